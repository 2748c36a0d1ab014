"""The record of a rendering: what it is made of can be told apart by its digests."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

import shipped
from survey_report.marks import Style
from survey_report.notebook import Desk
from survey_report.record import digest_rows, digest_table
from survey_report.results import RESULTS


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk with a study of its own below `tmp_path`, and results of one line."""
    files = shutil.ignore_patterns("data", "own")
    shutil.copytree(shipped.STUDY, tmp_path / "studies" / shipped.STUDY.name, ignore=files)
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / RESULTS).write_bytes(b"{}\n")
    study = replace(shipped.rendering().study, folder=tmp_path / "studies" / shipped.STUDY.name)
    rendering = replace(shipped.rendering(), study=study)
    return Desk(rendering, Style(shipped.STUDY.name, True), tmp_path / "build")


def digests(desk: Desk) -> dict[str, str]:
    return dict(digest_rows(desk)[["what", "digest"]].itertuples(index=False))


def test_the_table_shows_the_first_sixteen_digits(desk: Desk) -> None:
    export = hashlib.sha256(shipped.EXPORT.read_bytes()).hexdigest()
    results = hashlib.sha256(b"{}\n").hexdigest()
    table = digest_table(desk)
    for digest in (export, results):
        assert f"`{digest[:16]}`" in table
        assert digest in digests(desk).values()


@pytest.mark.parametrize("name", ["study.yml", "conditions.yml", "instrument.csv", "released.csv"])
def test_every_file_of_the_study_counts(desk: Desk, tmp_path: Path, name: str) -> None:
    before = digests(desk)
    with (tmp_path / "studies" / shipped.STUDY.name / name).open("ab") as handle:
        handle.write(b"\n")
    changed = {what for what, digest in digests(desk).items() if digest != before[what]}
    assert changed == {"Definition of the study"}
