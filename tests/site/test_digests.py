"""Digests of a rendering: `sha256sum` agrees with the list, and a difference is named."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from survey_report.errors import UserError
from survey_report.files import write_text
from survey_report.site.digests import NAME, differences, read_digests, way_to, write_digests
from survey_report.verifying import verify


@pytest.fixture
def site(tmp_path: Path) -> Path:
    write_text(tmp_path / "_build/csrr-2023/results.json", "{}\n")
    write_text(tmp_path / "_build/csrr-2023/secret.txt", "not listed\n")
    write_text(tmp_path / "_site/index.html", "<p>a</p>")
    write_text(tmp_path / "_site/report/a b.html", "<p>b</p>")
    build, site = tmp_path / "_build/csrr-2023", tmp_path / "_site"
    write_digests(site, build, way_to(build, site))
    return site


def test_sha256sum_reads_the_list_and_agrees(site: Path) -> None:
    command = ["sha256sum", "--check", "--strict", NAME]
    assert subprocess.run(command, cwd=site, capture_output=True, check=False).returncode == 0
    assert list(read_digests(site / NAME)) == ["../_build/csrr-2023/results.json", "index.html", "report/a b.html"]
    write_text(site / "index.html", "<p>A</p>")
    assert subprocess.run(command, cwd=site, capture_output=True, check=False).returncode == 1


def test_differences_are_told_apart() -> None:
    assert list(differences({"a": "1", "b": "1", "c": "1"}, {"a": "1", "b": "2", "d": "1"})) == [
        ("b", "changed"), ("c", "missing"), ("d", "new"),
    ]  # fmt: skip


def test_a_line_that_is_no_digest_is_named(tmp_path: Path) -> None:
    write_text(tmp_path / NAME, "a" * 64 + "  x\nnonsense\n")
    with pytest.raises(ValueError, match="line 2"):
        read_digests(tmp_path / NAME)


@pytest.mark.parametrize("name", ["_site/index.html", "_build/csrr-2023/results.json"])
def test_a_changed_byte_is_found_before_anything_is_built(site: Path, name: str) -> None:
    root = site.parent
    write_text(root / name, "changed")
    with pytest.raises(UserError) as raised:
        verify(root, Path("studies/csrr-2023"), None, log=lambda _: None)
    assert [problem.file for problem in raised.value.problems] == [name]


def test_without_a_build_there_is_nothing_to_verify(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="make report"):
        verify(tmp_path, Path("studies/csrr-2023"), None)
