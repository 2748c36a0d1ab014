"""The stored values are what the R scripts beside them give."""

from __future__ import annotations

import csv
import shutil
import subprocess
from pathlib import Path

import pytest
from oracle import REFERENCE

PACKAGE_MISSING = 77


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.mark.parametrize(
    ("script", "tables"),
    [
        ("groups.R", ["group-samples.csv", "groups.csv"]),
        ("clusters.R", ["cluster-scores.csv", "clusters.csv"]),
        ("ordered.R", ["ordered-counts.csv", "ordered.csv"]),
        ("items.R", ["item-answers.csv", "items.csv"]),
        ("change.R", ["change-answers.csv", "change.csv"]),
        ("weights.R", ["weight-respondents.csv", "weights.csv"]),
        ("contrasts.R", ["contrast-answers.csv", "contrasts.csv"]),
    ],
)
def test_stored_values_are_what_r_gives(script: str, tables: list[str], tmp_path: Path) -> None:
    program = shutil.which("Rscript")
    if program is None:
        pytest.skip("Rscript is not installed (Debian: r-base-core); its stored values were compared")
    # Where it lies: of a folder with a space in its name R would tell the script another one.
    ran = subprocess.run(
        [program, script, str(tmp_path)], cwd=REFERENCE, capture_output=True, text=True, timeout=300, check=False
    )
    if ran.returncode == PACKAGE_MISSING:
        pytest.skip(f"{script} needs an R package that is not installed (see its head)")
    assert ran.returncode == 0, ran.stderr
    for table in tables:
        stored, anew = rows(REFERENCE / table), rows(tmp_path / table)
        assert len(stored) == len(anew) > 0
        for old, new in zip(stored, anew, strict=True):
            for column, value in old.items():
                try:
                    assert float(new[column]) == pytest.approx(float(value), rel=1e-6, abs=1e-9), (table, old)
                except ValueError:
                    assert new[column] == value, (table, old)
