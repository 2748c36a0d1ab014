"""`make verify`: a second build, from nothing, that must give every digest of the first."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def verify(built: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(built / "src"), "SURVEY_REPORT_ENGINE": "embedded"}
    command = [sys.executable, "-m", "survey_report.cli", "verify"]
    return subprocess.run(command, cwd=built, env=environment, capture_output=True, text=True, check=False)


def test_an_untouched_site_verifies_and_leaves_nothing_behind(built: Path) -> None:
    done = verify(built)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "verified: " in done.stdout
    assert not (built / "_build/csrr-2023/verify").exists()


def test_a_changed_byte_in_the_site_is_named(built: Path) -> None:
    page = built / "_site/report/csrr-2023/summary.html"
    before = page.read_bytes()
    try:
        page.write_bytes(before.replace(b"</p>", b"</p> ", 1))
        done = verify(built)
    finally:
        page.write_bytes(before)
    assert done.returncode == 2
    assert "_site/report/csrr-2023/summary.html" in done.stderr
    assert done.stderr.count("on record,") == 1
