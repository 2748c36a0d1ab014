"""Whether a build stands is told by its files: inputs, choices and the pages that came out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from survey_report.build_record import build_stands, findings_stand, note_build
from survey_report.places import Places

STUDY = Path("studies/s")
FILES = (
    "notebooks/n.ipynb",
    "report/s/a.qmd",
    "index.qmd",
    "src/survey_report/m.py",
    "studies/s/study.yml",
    "Snakefile",
)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout after a build."""
    monkeypatch.chdir(tmp_path)
    for name in (*FILES, "own.csv"):
        touch(tmp_path / name)
    assert not stands()
    for name in ("_site/index.html", "_build/s/site.done", "_build/s/records.done"):
        touch(tmp_path / name)
    note_build(PLACES)
    assert stands()
    return tmp_path


PLACES = Places(Path("_build/s"), Path("_site"))


def touch(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(path.read_text() + "x" if path.exists() else "x", encoding="utf-8")


def stands() -> bool:
    return build_stands(Path(), STUDY, [Path("own.csv")], PLACES)


def rests() -> bool:
    return findings_stand(Path(), STUDY, [Path("own.csv")], PLACES)


@pytest.mark.parametrize("name", [*FILES, "own.csv", "report/new.qmd", "studies/s/data/new.csv"])
def test_a_changed_or_new_input_is_a_change(name: str, checkout: Path) -> None:
    touch(checkout / name)
    assert not stands()
    assert rests() == (name.endswith(".qmd"))


def test_a_choice_of_the_environment_is_a_change(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SURVEY_REPORT_ENGINE", "embedded")
    assert not stands()
    assert not rests()


@pytest.mark.parametrize("change", [lambda path: path.unlink(), touch])
def test_pages_that_are_gone_or_changed_are_made_again(change: object, checkout: Path) -> None:
    change(checkout / "_site/index.html")  # type: ignore[operator]
    assert not stands()
    assert not (checkout / "_build/s/site.done").exists()
    assert rests()


def test_what_changes_while_a_build_goes_on_is_not_built(checkout: Path) -> None:
    touch(checkout / "index.qmd")
    assert not stands()
    touch(checkout / "index.qmd")
    touch(checkout / "_build/s/site.done")
    note_build(PLACES)
    assert not stands()
    note_build(PLACES)
    assert stands()


def test_a_build_that_was_not_begun_here_is_not_noted(checkout: Path) -> None:
    os.remove(checkout / "_build/s/whole.json")
    note_build(PLACES)
    assert not (checkout / "_build/s/whole.json").exists()
    assert not rests()


def test_what_python_leaves_is_no_change(checkout: Path) -> None:
    touch(checkout / "src/survey_report/__pycache__/m.cpython-311.pyc")
    assert stands()
