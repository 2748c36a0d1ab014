"""A build that is interrupted leaves no process and nothing half-written; the next one goes on where it ended."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest

from survey_report.execution import runs_of
from survey_report.files import digest_file
from survey_report.kernels.forking import can_fork
from survey_report.study_load import load_study
from survey_report.verifying import copy_sources

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not can_fork() or not Path("/proc").is_dir(), reason="needs forks, and a list of processes"),
]
ROOT = Path(__file__).parents[2]
MARK = "SURVEY_REPORT_TEST_RUN"
PATIENCE = 120.0
RUNS = len(runs_of(load_study(ROOT / "studies" / "csrr-2023")))


def command(step: str) -> list[str]:
    return [str(Path(sys.executable).parent / "survey-report"), step, "--study", "studies/csrr-2023"]


def environment(checkout: Path, mark: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(checkout / "src"), MARK: mark}


def alive(mark: str) -> set[int]:
    """Processes that have this mark in their environment."""
    found = set()
    for place in Path("/proc").iterdir():
        try:
            ours = place.name.isdecimal() and f"{MARK}={mark}".encode() in (place / "environ").read_bytes()
        except OSError:
            continue
        found |= {int(place.name)} if ours else set()
    return found


def whole(build: Path) -> set[str]:
    """Runs that are written; each with all its files as its key has them."""
    names = set()
    for key in (build / "keys").glob("*.json"):
        written = json.loads(key.read_text(encoding="utf-8"))["written"]
        assert {file: digest_file(build / file) for file in written} == written
        names.add(key.stem)
    return names


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout whose export has been read."""
    copy = copy_sources(ROOT, tmp_path_factory.mktemp("interrupted") / "checkout")
    subprocess.run(command("read"), cwd=copy, env=environment(copy, ""), capture_output=True, check=True)
    return copy


@pytest.fixture
def checkout(read: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(read, tmp_path / "checkout"))


def interrupted(checkout: Path, sent: signal.Signals) -> set[str]:
    """Build until two more notebooks are written, and interrupt; returns what is written then."""
    build, mark = checkout / "_build" / "csrr-2023", uuid.uuid4().hex
    before = whole(build)
    with subprocess.Popen(
        command("findings"),
        cwd=checkout,
        env=environment(checkout, mark),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        until = time.monotonic() + PATIENCE
        while len(whole(build)) < len(before) + 2:
            assert time.monotonic() < until, "no notebook was written"
            assert process.poll() is None, process.communicate()
            time.sleep(0.05)
        assert len(alive(mark)) > 2
        os.killpg(process.pid, sent)  # as the terminal does: to the command and what it started in its group
        said, told = process.communicate(timeout=PATIENCE)
    assert process.returncode == (130 if sent == signal.SIGINT else -sent)
    assert "Traceback" not in told
    stand = f"{len(before)} of {RUNS} notebooks stand as they are"
    assert (stand in said) == bool(before)
    while alive(mark) and time.monotonic() < until:
        time.sleep(0.05)
    assert alive(mark) == set()
    if sent == signal.SIGINT:
        assert list(build.rglob("*.part")) == []
    assert len(whole(build)) >= len(before) + 2
    return whole(build)


@pytest.mark.parametrize(
    "sent",
    [signal.SIGINT, *(pytest.param(one, marks=pytest.mark.heavy) for one in (signal.SIGTERM, signal.SIGKILL))],
    ids=lambda sent: sent.name,
)
def test_the_next_build_goes_on(sent: signal.Signals, checkout: Path) -> None:
    assert interrupted(checkout, sent) < interrupted(checkout, sent)


@pytest.mark.heavy
def test_what_was_left_is_made(checkout: Path) -> None:
    build = checkout / "_build" / "csrr-2023"
    before = interrupted(checkout, signal.SIGTERM)
    (build / "findings" / ".left.ipynb.part").write_text("half", encoding="utf-8")
    done = subprocess.run(
        command("findings"), cwd=checkout, env=environment(checkout, ""), capture_output=True, text=True, check=True
    )
    assert f"{len(before)} of {RUNS} notebooks stand as they are" in done.stdout
    assert len(whole(build)) == RUNS
    assert list(build.rglob("*.part")) == []
