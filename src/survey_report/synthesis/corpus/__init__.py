"""An invented corpus: open answers, transcripts and their coding, put together from a bank of passages."""

from __future__ import annotations

from survey_report.synthesis.corpus.bank import Bank
from survey_report.synthesis.corpus.bank_load import read_bank
from survey_report.synthesis.corpus.frames import SyntheticCorpus, synthetic_corpus

__all__ = ["Bank", "SyntheticCorpus", "read_bank", "synthetic_corpus"]
