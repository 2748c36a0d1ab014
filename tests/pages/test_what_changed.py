"""What changed is built, whatever its date; what did not is not; two builds and a change of engine are told apart."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from checkout import copy_checkout, digests

from survey_report.locks import locked

pytestmark = pytest.mark.slow
OLD = (1_000_000_000, 1_000_000_000)  # 2001
STUDY = "team-survey"
DATES = ("--opened", "2026-09-01", "--closed", "2026-09-30")
# What stands for Quarto: the embedded engine under its name, with what Quarto notes of each embedded cell.
# A shell finds the interpreter, whose path may have spaces; Python takes those two lines for a text.
QUARTO = """#!/bin/sh
'''exec' "{python}" "$0" "$@"
' '''
import pathlib, sys
sys.path.insert(0, {source!r})
from survey_report.stitch import render_project
if sys.argv[1] == "--version":
    print("{version}")
elif sys.argv[1] == "render":
    render_project(pathlib.Path(), pathlib.Path("_site"), log=lambda text: None)
    for path in pathlib.Path("_site").rglob("*.html"):
        note = f'<main data-notebook="{{pathlib.Path.cwd()}}/x.ipynb" '
        path.write_text(path.read_text("utf-8").replace("<main ", note), "utf-8")
"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with a small study, drafted from an export that lies elsewhere, after one build."""
    folder = copy_checkout(tmp_path_factory.mktemp("what-changed") / "checkout")
    export = folder.parent / "people of Ann Other.csv"
    shutil.copyfile(Path(__file__).parents[1] / "old" / STUDY / f"{STUDY}.csv", export)
    drafted = survey_report(folder, "new-study", str(export), "--study", f"studies/{STUDY}", "--title", "Teams", *DATES)
    assert drafted.returncode == 0, drafted.stderr
    done = report(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def survey_report(
    folder: Path, *arguments: str, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    own = {"PYTHONPATH": str(folder / "src"), "SURVEY_REPORT_ENGINE": "embedded", **(environment or {})}
    command = [sys.executable, "-P", "-m", "survey_report.cli", *arguments]
    return subprocess.run(
        command, cwd=folder, env={**os.environ, **own}, capture_output=True, text=True, check=False, timeout=600
    )


def report(folder: Path, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return survey_report(folder, "build", "report", "--study", f"studies/{STUDY}", environment=environment)


def put(path: Path, text: str) -> None:
    """A file that takes the place of another and brings its old date, as archives and backups do."""
    other = path.with_name("other")
    other.write_text(text, encoding="utf-8")
    os.utime(other, OLD)
    other.replace(path)


def text_of(folder: Path) -> str:
    page = (folder / f"_build/{STUDY}/site/report/{STUDY}/full-report.html").read_text(encoding="utf-8")
    return " ".join(BeautifulSoup(page, "lxml").get_text(" ").split())


def stands(folder: Path) -> bool:
    """Whether a build finds nothing to do, and tells only where the report is."""
    done = report(folder)
    assert done.returncode == 0, done.stderr
    return done.stdout.startswith("the report is at ")


def test_what_has_an_old_date_is_built_and_what_has_a_new_one_is_not(checkout: Path) -> None:
    assert stands(checkout)
    study, export = checkout / "studies" / STUDY / "study.yml", checkout.parent / "people of Ann Other.csv"
    assert "97 people completed this survey" in text_of(checkout) or "96 people" in text_of(checkout)
    before = digests(checkout / f"_build/{STUDY}/site")

    put(study, study.read_text(encoding="utf-8").replace("min_group: 10", "min_group: 60"))
    assert report(checkout).returncode == 0
    assert "fewer than 60" in text_of(checkout)
    assert stands(checkout)
    put(study, study.read_text(encoding="utf-8").replace("min_group: 60", "min_group: 10"))
    assert report(checkout).returncode == 0
    assert digests(checkout / f"_build/{STUDY}/site") == before

    rows = export.read_text(encoding="utf-8").splitlines()
    put(export, "\n".join(rows[:-1]) + "\n")
    assert report(checkout).returncode == 0
    assert f"{len(rows) - 2} people completed this survey" in text_of(checkout)
    assert stands(checkout)

    page = checkout / "reproducibility.qmd"
    put(page, page.read_text(encoding="utf-8") + "\nA sentence from a backup.\n")
    done = report(checkout)
    assert "notebook 1" not in done.stdout, "a paragraph runs no notebook"
    assert "A sentence from a backup." in (checkout / f"_build/{STUDY}/site/reproducibility.html").read_text("utf-8")
    assert stands(checkout)

    now = time.time()
    for path in [*checkout.rglob("studies/**/*"), *checkout.rglob("src/**/*.py"), page, export]:
        os.utime(path, (now, now))
    assert stands(checkout)


def test_what_is_damaged_or_gone_is_made_again(checkout: Path) -> None:
    build = checkout / f"_build/{STUDY}"
    whole = digests(build / "site") | digests(build / "findings")
    for name in ("results.json", "site/index.html", "findings/respondents.ipynb"):
        (build / name).write_text("{}", encoding="utf-8")
    (build / "responses.parquet").unlink()
    done = report(checkout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert digests(build / "site") | digests(build / "findings") == whole
    assert stands(checkout)


def test_another_engine_sets_the_pages_anew_and_leaves_no_path(checkout: Path) -> None:
    program = checkout.parent / "programs" / "quarto"
    program.parent.mkdir()
    reproduced = checkout / f"_build/{STUDY}/site/reproducibility.html"
    environment = {"SURVEY_REPORT_ENGINE": "", "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}
    for version in ("1.98.0", "1.99.0"):
        words = {"python": sys.executable, "source": str(checkout / "src"), "version": version}
        program.write_text(QUARTO.format(**words), encoding="utf-8")
        program.chmod(0o755)
        done = report(checkout, environment)
        assert done.returncode == 0, done.stdout + done.stderr
        assert f"Quarto {version}" in reproduced.read_text(encoding="utf-8")
        assert "notebook 1" not in done.stdout
        for path in (checkout / f"_build/{STUDY}/site").rglob("*"):
            content = path.read_bytes() if path.is_file() else b""
            assert str(checkout.parent).encode() not in content, path
            assert b"Ann Other" not in content, path
            assert b"ann-other" not in content, path
    assert report(checkout).returncode == 0
    assert "Quarto 1.9" not in reproduced.read_text(encoding="utf-8")
    assert stands(checkout)


def test_a_second_build_of_a_rendering_ends_at_once(checkout: Path) -> None:
    build = checkout / f"_build/{STUDY}"
    with locked(build):
        done = report(checkout)
    assert done.returncode == 2
    assert f"_build/{STUDY}: is being built by another command" in done.stderr
    assert "Traceback" not in done.stderr
    assert stands(checkout)


def test_a_path_in_a_source_stops_the_build_and_the_old_site_stays(checkout: Path) -> None:
    page, site = checkout / "reproducibility.qmd", checkout / f"_build/{STUDY}/site"
    original, whole = page.read_text(encoding="utf-8"), digests(site)
    study = checkout / "studies" / STUDY / "study.yml"
    kept = study.read_text(encoding="utf-8")
    try:
        study.write_text(kept.replace("title: Teams", f"title: Teams of {checkout}/x"), encoding="utf-8")
        done = report(checkout)
    finally:
        study.write_text(kept, encoding="utf-8")
    assert done.returncode != 0
    assert "index.html: holds the path of the checkout" in done.stderr
    assert "Traceback" not in done.stderr
    assert digests(site) == whole
    assert page.read_text(encoding="utf-8") == original
