"""Whether what notebooks read is still what it was: by content from build to build, by size and time within one."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from survey_report.handover import rendering_digest, rendering_stamps


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    for name in ("study/study.yml", "study/data/export.csv", "build/responses.parquet", "build/coded/corpus.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("a", encoding="utf-8")
    return tmp_path / "study", tmp_path / "build"


@pytest.mark.parametrize("ask", [rendering_digest, rendering_stamps])
@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("study/study.yml", True),
        ("study/new.csv", True),
        ("build/responses.parquet", True),
        ("build/coded/corpus.json", True),
        ("study/data/export.csv", False),  # notebooks read what was made of it
        ("build/results.json", False),
    ],
)
def test_what_counts_as_a_change(
    folders: tuple[Path, Path], name: str, counts: bool, ask: Callable[[Path, Path], object]
) -> None:
    before = ask(*folders)
    assert ask(*folders) == before
    (folders[0].parent / name).write_text("ab", encoding="utf-8")
    assert (ask(*folders) != before) is counts


def test_within_a_run_time_tells_and_from_run_to_run_content(folders: tuple[Path, Path]) -> None:
    stamps, digest = rendering_stamps(*folders), rendering_digest(*folders)
    os.utime(folders[0] / "study.yml", ns=(1, 1))
    assert rendering_stamps(*folders) != stamps
    assert rendering_digest(*folders) == digest
