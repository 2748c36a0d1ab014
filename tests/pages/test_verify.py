"""`make verify`: a second build, from nothing, that must give every digest of the first."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def verify(folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(folder / "src"), "SURVEY_REPORT_ENGINE": "embedded"}
    command = [sys.executable, "-m", "survey_report.cli", "verify"]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.heavy
def test_an_untouched_site_verifies_and_leaves_nothing_behind(built_copy: Path) -> None:
    done = verify(built_copy)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "verified: " in done.stdout
    assert not (built_copy / "_build/csrr-2023/verify").exists()


@pytest.mark.slow
def test_a_changed_byte_in_the_site_is_named(built_copy: Path) -> None:
    page = built_copy / "_site/report/csrr-2023/summary.html"
    page.write_bytes(page.read_bytes().replace(b"</p>", b"</p> ", 1))
    done = verify(built_copy)
    assert done.returncode == 2
    assert "_site/report/csrr-2023/summary.html" in done.stderr
    assert done.stderr.count("on record,") == 1
