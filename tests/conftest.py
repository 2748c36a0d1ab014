"""The checkout, its study and its export, for tests of every part."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pytest

from survey_report.study import Study
from survey_report.study_load import load_study

Records = list[list[str]]
WriteExport = Callable[..., Path]


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return Path(__file__).parents[1]


@pytest.fixture(scope="session")
def study(root: Path) -> Study:
    """The shipped study."""
    return load_study(root / "studies" / "csrr-2023")


@pytest.fixture(scope="session")
def export_rows(study: Study) -> Records:
    """Every record of the shipped export, the three header rows first. Not to be changed in place."""
    with (study.folder / study.export.file).open(encoding="utf-8", newline="") as handle:
        return list(csv.reader(handle, strict=True))


@pytest.fixture
def write_export(tmp_path: Path) -> WriteExport:
    """Write records as a CSV file of a name; returns its path."""

    def write(records: Iterable[Sequence[str]], name: str = "export.csv") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as handle:
            csv.writer(handle, lineterminator="\n").writerows(records)
        return path

    return write
