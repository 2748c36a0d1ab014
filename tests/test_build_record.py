"""Whether a build stands is told by what is in its files: inputs, choices and what came out; never by their dates."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from survey_report.build_record import build_stands, findings_stand, note_build
from survey_report.files import digest_file
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
    for name in MADE:
        touch(tmp_path / name)
    assert noted() == ()
    assert stands()
    return tmp_path


MADE = ("_site/index.html", "_build/s/results.json", "_build/s/site.done", "_build/s/records.done")
PLACES = Places(Path("_build/s"), Path("_site"))


def touch(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(path.read_text() + "x" if path.exists() else "x", encoding="utf-8")


def stands() -> bool:
    return build_stands(Path(), STUDY, [Path("own.csv")], PLACES)


def noted(export: Path | None = None) -> tuple[str, ...]:
    return note_build(Path(), PLACES, export)


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


@pytest.mark.parametrize("name", [*FILES, "own.csv", "_site/index.html", "_build/s/results.json"])
def test_another_content_with_the_old_date_and_size_is_a_change(name: str, checkout: Path) -> None:
    path = checkout / name
    about = path.stat()
    path.write_text("y", encoding="utf-8")
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))
    assert path.stat().st_mtime_ns == about.st_mtime_ns
    assert path.stat().st_size == about.st_size
    assert not stands()


@pytest.mark.parametrize("name", [*FILES, "own.csv"])
def test_a_file_put_into_the_place_of_another_with_an_old_date_is_a_change(name: str, checkout: Path) -> None:
    other = checkout.parent / "other"
    other.write_text("z", encoding="utf-8")
    os.utime(other, (1_000_000_000, 1_000_000_000))
    other.replace(checkout / name)
    assert not stands()


def test_other_dates_are_no_change(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    for name in (*FILES, "own.csv", *MADE):
        os.utime(checkout / name, (1_000_000_000, 1_000_000_000))
    assert stands()
    assert stands()
    copy = tmp_path_factory.mktemp("copies") / "copy"
    shutil.copytree(checkout, copy)
    os.chdir(copy)
    assert stands()


def test_an_engine_that_is_put_there_or_replaced_is_a_change(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = checkout / "bin" / "quarto"
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    for _ in range(2):
        touch(program)
        program.chmod(0o755)
        assert not stands()
        assert noted() == ()
        assert stands()


@pytest.mark.parametrize("change", [lambda path: path.unlink(), touch])
def test_pages_that_are_gone_or_changed_are_made_again(change: object, checkout: Path) -> None:
    change(checkout / "_site/index.html")  # type: ignore[operator]
    assert not stands()
    assert not (checkout / "_build/s/site.done").exists()
    assert rests()


@pytest.mark.parametrize("change", [lambda path: path.unlink(), touch])
def test_what_pages_were_made_from_is_made_again(change: object, checkout: Path) -> None:
    change(checkout / "_build/s/results.json")  # type: ignore[operator]
    assert not stands()
    assert list((checkout / "_build/s").glob("*.done")) == []


def test_what_changes_while_a_build_goes_on_is_not_built(checkout: Path) -> None:
    touch(checkout / "index.qmd")
    assert not stands()
    touch(checkout / "index.qmd")
    assert noted() == ("index.qmd",)
    assert list((checkout / "_build/s").glob("*.done")) == [], "nobody knows what the steps saw"
    assert not stands()
    assert noted() == ()
    assert stands()


def test_what_changes_and_changes_back_is_not_built(checkout: Path) -> None:
    touch(checkout / "index.qmd")
    assert not stands()
    about, kept = (checkout / "index.qmd").stat(), (checkout / "index.qmd").read_text()
    touch(checkout / "index.qmd")
    (checkout / "index.qmd").write_text(kept, encoding="utf-8")
    os.utime(checkout / "index.qmd", ns=(about.st_atime_ns, about.st_mtime_ns))
    assert noted() == ("index.qmd",)


def test_an_export_that_was_read_in_another_state_is_not_built(checkout: Path) -> None:
    touch(checkout / "index.qmd")
    assert not stands()
    (checkout / "_build/s/reading.json").write_text(json.dumps({"export_digest": "another"}), encoding="utf-8")
    assert noted(Path("own.csv")) == ("own.csv",)
    assert not stands()
    told = {"export_digest": digest_file(checkout / "own.csv")}
    (checkout / "_build/s/reading.json").write_text(json.dumps(told), encoding="utf-8")
    assert noted(Path("own.csv")) == ()
    assert stands()


def test_a_build_that_was_not_begun_here_is_not_noted(checkout: Path) -> None:
    os.remove(checkout / "_build/s/whole.json")
    assert noted() == ()
    assert not (checkout / "_build/s/whole.json").exists()
    assert not rests()


def test_what_python_leaves_is_no_change(checkout: Path) -> None:
    touch(checkout / "src/survey_report/__pycache__/m.cpython-311.pyc")
    assert stands()
