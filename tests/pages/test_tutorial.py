"""The tutorial page: every command on it is run, in its order, and does what the page says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from checkout import ROOT, copy_checkout

BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy with an environment that counts as set up: the one that the tests run in."""
    folder = copy_checkout(tmp_path_factory.mktemp("tutorial") / "checkout")
    shutil.copyfile(ROOT / "pyproject.toml", folder / "pyproject.toml")
    (folder / ".venv" / "bin").mkdir(parents=True)
    for program in ("python", "survey-report", "snakemake"):
        (folder / ".venv" / "bin" / program).symlink_to(Path(sys.executable).parent / program)
    (folder / ".venv" / ".ready").touch()
    return folder


@pytest.mark.heavy
def test_every_command_is_run(checkout: Path) -> None:
    blocks = BLOCK.findall((checkout / "report" / "tutorial.qmd").read_text(encoding="utf-8"))
    assert len(blocks) == 6
    environment = {**os.environ, "PYTHONPATH": str(checkout / "src"), "SURVEY_REPORT_ENGINE": "embedded"}
    for block in blocks:
        done = subprocess.run(
            ["bash", "-eu", "-c", block], cwd=checkout, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{block}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
    first = page(checkout / "_build" / "team-survey" / "site")
    assert "Conditions of work" in first
    assert "74 people completed this survey" in first
    (second,) = (checkout / "_build").glob("team-survey-team-survey-next-*")
    text = page(second / "site")
    assert "66 people completed this survey" in text
    assert "Care staff" in text
    assert not (checkout / "_site").exists(), "the site of the default study is another matter"


def page(site: Path) -> str:
    soup = BeautifulSoup((site / "report" / "team-survey" / "full-report.html").read_text(encoding="utf-8"), "lxml")
    return " ".join(soup.get_text(" ").split())


def test_nothing_of_it_can_be_committed_by_mistake() -> None:
    names = ["studies/team-survey/study.yml", "studies/csrr-2023/own/mapping.csv", "_build/x", "studies/a/own/b"]
    done = subprocess.run(["git", "check-ignore", *names], cwd=ROOT, capture_output=True, text=True, check=False)
    if "not a git repository" in done.stderr:
        pytest.skip("no git repository here")
    assert done.stdout.split() == names
    kept = ["studies/csrr-2023/study.yml", "studies/integration-2015/study.yml"]
    assert subprocess.run(["git", "check-ignore", *kept], cwd=ROOT, check=False).returncode == 1
