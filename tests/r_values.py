"""Values from R: tables kept beside the scripts that wrote them, and the scripts run anew where R is installed."""

from __future__ import annotations

import csv
import shutil
import subprocess
from pathlib import Path

import pytest

REFERENCE = Path(__file__).parent / "reference"
PACKAGE_MISSING = 77  # what a script says that lacks a package
P_ERROR = 1e-6  # R's ptukey and SciPy's distribution are separate approximations


def read(name: str, folder: Path = REFERENCE) -> list[dict[str, str]]:
    """The rows of a table, of the one that is kept if no folder is given."""
    with (folder / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def run(script: str, *arguments: Path) -> None:
    """Runs a script with R; skips where that, or a package of it, is not installed."""
    program = shutil.which("Rscript")
    if program is None:
        pytest.skip("Rscript is not installed (Debian: r-base-core); its stored values were compared")
    # Where it lies: of a folder with a space in its name R would tell the script another one.
    command = [program, script, *map(str, arguments)]
    done = subprocess.run(command, cwd=REFERENCE, check=False, capture_output=True, text=True, timeout=300)
    if done.returncode == PACKAGE_MISSING:
        pytest.skip(f"{script} needs an R package that is not installed (see its head)")
    assert done.returncode == 0, done.stderr


def assert_kept(name: str, anew: Path, rel: float = 1e-7, absolute: float = 1e-12) -> None:
    """Asserts that the kept table is what R gives: texts alike, numbers within the digits that are kept."""
    stored, found = read(name), read(name, anew)
    assert len(stored) == len(found) > 0
    for old, new in zip(stored, found, strict=True):
        for column, value in old.items():
            try:
                assert float(new[column]) == pytest.approx(float(value), rel=rel, abs=absolute), (name, old)
            except ValueError:
                assert new[column] == value, (name, old)
