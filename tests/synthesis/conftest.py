"""The committed synthetic export and the study it belongs to."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from survey_report.study import Study
from survey_report.study_load import load_study
from survey_report.synthesis import study_corpus
from survey_report.synthesis.corpus import Bank, SyntheticCorpus
from survey_report.synthesis.settings import read_settings

STUDY = Path(__file__).parents[2] / "studies" / "csrr-2023"
Row = dict[str, str]


@pytest.fixture(scope="session")
def study() -> Study:
    return load_study(STUDY)


@pytest.fixture(scope="session")
def records(study: Study) -> list[list[str]]:
    """Everything in the committed export, header rows included."""
    with (study.folder / study.export.file).open(encoding="utf-8", newline="") as handle:
        return list(csv.reader(handle, strict=True))


@pytest.fixture(scope="session")
def rows(records: list[list[str]]) -> list[Row]:
    """The committed export's responses."""
    return [dict(zip(records[0], record, strict=True)) for record in records[3:]]


@pytest.fixture(scope="session")
def complete(rows: list[Row]) -> list[Row]:
    """Those who finished."""
    return [row for row in rows if row["Finished"] == "True"]


@pytest.fixture(scope="session")
def register(study: Study) -> list[Row]:
    """Rows of the register that are computed from answers."""
    with study.files["published"].open(encoding="utf-8", newline="") as handle:
        return [row for row in csv.DictReader(handle) if row["source"] == "responses"]


@pytest.fixture(scope="session")
def bank(study: Study) -> Bank:
    """The study's bank of passages."""
    return read_settings(study).bank


@pytest.fixture(scope="session")
def corpus(study: Study) -> SyntheticCorpus:
    """The invented corpus made from the committed export. Not to be changed in place."""
    return study_corpus(study)
