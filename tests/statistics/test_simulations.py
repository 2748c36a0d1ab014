"""Small groups' intervals from answers whose truth is known; and the simulations of `make bench` run and judge.

The whole of it, with every interval and test that is printed, is `benchmarks/simulations.py`.
"""

from __future__ import annotations

import csv
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from survey_report.disclosure.intervals import mean_ends
from survey_report.disclosure.precision import precision_of
from survey_report.study import Option, ResponseSet, Thresholds

ROOT = Path(__file__).resolve().parents[2]
LIMITS = Thresholds(min_group=10, min_cell=5, min_answered=0.5, alpha=0.05, min_test_group=10)
FIVE = ResponseSet("five", tuple(Option(f"a{k}", f"a{k}", k, "positive") for k in range(1, 6)), (), {})
CUTS = np.array([-1.5, -0.5, 0.5, 1.5])
DRAWS, ITEMS = 1500, 4


def coverage(n: int, *, allowance: bool) -> float:
    """How often the interval of a rounded mean of n people holds the true one: normal values that correlate by 0.4
    between four items, cut into five answers, of people who lean anywhere."""
    draw, covered = np.random.default_rng(n), []
    step = precision_of(n, LIMITS, FIVE).mean_step
    for lean in draw.uniform(-0.8, 0.8, DRAWS):
        true = 1 + float(stats.norm.sf(CUTS - lean).sum())
        normal = math.sqrt(0.4) * draw.standard_normal((300, 1)) + math.sqrt(0.6) * draw.standard_normal((300, ITEMS))
        scores = 1 + (lean + normal[..., None] > CUTS).sum(axis=2).mean(axis=1)
        printed = precision_of(n, LIMITS, FIVE).mean(float(scores[:n].mean()))
        spread, moved = float(scores.std(ddof=1)), step if allowance else 0.0
        unit = 0.1 if allowance else 1e-6
        low, high = mean_ends(printed, n, spread, step=moved, unit=unit, alpha=0.05, ends=FIVE.ends)
        covered.append(low <= true <= high)
    return float(np.mean(covered))


@pytest.mark.parametrize("n", [10, 12, 15, 19])
def test_small_groups_intervals_hold_the_truth_as_often_as_they_say(n: int) -> None:
    assert coverage(n, allowance=True) >= 0.95


@pytest.mark.parametrize("n", [15, 19])
def test_without_allowing_for_rounding_they_would_not(n: int) -> None:
    assert coverage(n, allowance=False) < 0.94


def simulations(target: Path, *options: str) -> tuple[int, list[dict[str, str]]]:
    """Exit code and rows of the simulations that `make bench` runs."""
    command = [sys.executable, "-W", "error", str(ROOT / "benchmarks" / "simulations.py"), "--out", str(target)]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False, cwd=ROOT)
    assert target.exists(), done.stderr
    with target.open(encoding="utf-8", newline="") as handle:
        return done.returncode, list(csv.DictReader(handle))


def test_every_case_of_the_benchmark_can_be_drawn_and_a_rate_outside_its_limits_fails_the_run(tmp_path: Path) -> None:
    """Two draws of each: one test that finds something makes a rate of a half."""
    code, rows = simulations(tmp_path / "two.csv", "--part", "0")
    assert len(rows) > 200
    assert {row["draws"] for row in rows} <= {"1", "2"}
    wrong = [row for row in rows if row["verdict"] != "right"]
    assert all(not float(row["low"]) <= float(row["observed"]) <= float(row["high"]) for row in wrong)
    assert wrong
    assert code == 1


def test_rates_within_their_limits_pass(tmp_path: Path) -> None:
    code, rows = simulations(tmp_path / "some.csv", "--part", "0.1", "--only", "one question, 5 points, n 1")
    assert code == 0
    assert all(float(row["observed"]) >= 0.95 for row in rows)
