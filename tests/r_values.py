"""Values from R: tables kept beside the scripts that wrote them, and the scripts run anew where R is installed."""

from __future__ import annotations

import csv
import shutil
import subprocess
from pathlib import Path

import pytest

import shipped

REFERENCE = Path(__file__).parent / "reference"
P_ERROR = 1e-6  # R's ptukey and SciPy's distribution are separate approximations


def read(name: str, folder: Path = REFERENCE) -> list[dict[str, str]]:
    """The rows of a table, of the one that is kept if no folder is given."""
    with (folder / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def run(script: str, target: Path, export: Path = shipped.EXPORT) -> None:
    """Writes into a folder what a script says of an export, the shipped one; skips where R is not installed."""
    program = shutil.which("Rscript")
    if program is None:
        pytest.skip("Rscript is not installed (Debian: r-base-core); its stored values were compared")
    # Where it lies: of a folder with a space in its name R would tell the script another one.
    command = [program, script, str(export), str(target)]
    done = subprocess.run(command, cwd=REFERENCE, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def assert_kept(name: str, anew: Path) -> None:
    """Asserts that the kept table is what R gives: texts alike, numbers within the digits that are kept."""
    stored, found = read(name), read(name, anew)
    assert len(stored) == len(found)
    for old, new in zip(stored, found, strict=True):
        for column, value in old.items():
            try:
                assert float(new[column]) == pytest.approx(float(value), rel=1e-7, abs=1e-12), (name, old)
            except ValueError:
                assert new[column] == value, (name, old)
