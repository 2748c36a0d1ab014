"""Invented answers as a survey export, fitted to what a study has published, and an invented corpus to go with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from survey_report.exports.read import read_export
from survey_report.qualitative.corpus import Corpus
from survey_report.qualitative.refi_write import write_refi_qda
from survey_report.study import Study
from survey_report.synthesis.corpus.frames import SyntheticCorpus, synthetic_corpus
from survey_report.synthesis.export_form import write_export
from survey_report.synthesis.respondents import generate
from survey_report.synthesis.settings import read_settings
from survey_report.synthesis.targets import read_targets
from survey_report.synthesis.verdict import judge

__all__ = ["study_corpus", "synthesise", "write_corpus"]


def synthesise(study: Study, target: Path, *, log: Callable[[str], object] = print) -> None:
    """Write a synthetic export of `study` to `target`, byte for byte the same on every run.

    Reads the study's register, synthesis.yml and the tables it names; `log` takes one line for each step.
    Raises UserError when one of these files is missing or wrong, and when rows of the register cannot hold together: it
    names them.
    """
    settings = read_settings(study)
    targets = read_targets(study)
    respondents = generate(study, targets, settings, log)
    judge(study, targets, settings, respondents, log)
    write_export(study, respondents, settings.seed, target)
    log(f"{target}: {len(respondents.progress)} rows")


def study_corpus(study: Study, export: Path | None = None) -> SyntheticCorpus:
    """The invented corpus of `study`, its survey sources made from `export` (None: the study's own synthetic export).

    Nothing is written. Raises UserError when the
    bank has faults, or when the export's open answers are not of the bank.
    """
    return synthetic_corpus(study, read_export(export or study.folder / study.export.file), read_settings(study).bank)


def write_corpus(
    study: Study, target: Path, export: Path | None = None, *, log: Callable[[str], object] = print
) -> None:
    """Write `study_corpus` to `target` as a REFI-QDA archive, byte for byte the same on every run."""
    made = study_corpus(study, export)
    excerpts = made.excerpts.astype({"start": "Int64", "end": "Int64"})
    write_refi_qda(Corpus(made.sources, made.codes, excerpts), target, made.name)
    log(f"{target}: {len(made.sources)} sources, {len(excerpts)} excerpts")
