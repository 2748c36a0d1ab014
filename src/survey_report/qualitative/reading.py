"""Reading a study's corpus, whatever file it is in."""

from __future__ import annotations

from pathlib import Path

from survey_report.qualitative.corpus import Corpus
from survey_report.qualitative.excerpts_csv import read_excerpts_csv
from survey_report.qualitative.naming import Naming
from survey_report.qualitative.refi_qda import read_refi_qda


def read_corpus(path: Path, naming: Naming | None = None) -> Corpus:
    """The corpus in a `.csv` table of excerpts, or in a REFI-QDA file of any other name. Raises UserError."""
    return read_excerpts_csv(path, naming) if path.suffix.lower() == ".csv" else read_refi_qda(path, naming)
