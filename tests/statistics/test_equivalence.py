"""Equivalence, what a design can detect, and shares against R; what may be said of a comparison."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from oracle import ENDS, EXACT, P_ERROR, samples, values

from survey_report.statistics.equivalence import equivalence, equivalence_of_contrast, verdict
from survey_report.statistics.power import detectable, detectable_difference
from survey_report.statistics.shares import wilson


@pytest.mark.parametrize("bound", ["0.5", "1", "2"])
def test_two_one_sided_tests_as_in_r(bound: str) -> None:
    groups, expected = samples("PlantGrowth"), values("groups.csv", "tost")
    found = equivalence(groups["ctrl"], groups["trt1"], bound=float(bound), alpha=0.05)
    assert found.difference == pytest.approx(groups["ctrl"].mean() - groups["trt1"].mean())
    for name in ("low", "high", "se", "df"):
        assert getattr(found, name) == pytest.approx(expected[name][bound, ""], rel=EXACT), name
    assert found.p == pytest.approx(expected["p"][bound, ""], abs=P_ERROR)
    assert found.equivalent == (found.p < 0.05) == (-found.bound < found.low and found.high < found.bound)
    assert (found.reason, found.equivalent) == ("", bound != "0.5")


def test_detectable_differences_as_in_r() -> None:
    expected = values("groups.csv", "detectable")
    for (n, power), value in expected["equal"].items():
        found = detectable_difference(int(n), int(n), 1.3, 1.3, alpha=0.05, power=float(power))
        assert found == pytest.approx(value, rel=ENDS)
    for (n, sd), value in expected["unequal"].items():
        assert detectable_difference(int(n), 25, float(sd), 1.0, alpha=0.01) == pytest.approx(value, rel=ENDS)


def test_nothing_is_detectable_without_spread_or_answers() -> None:
    assert math.isnan(detectable_difference(1, 9, 1, 1, alpha=0.05))
    assert math.isnan(detectable_difference(9, 9, 0, 0, alpha=0.05))
    assert math.isnan(detectable(math.nan, 9, alpha=0.05))
    assert detectable_difference(2, 900, 5, 0, alpha=0.001) > 1000  # one group of two: next to nothing


def test_a_contrast_of_clusters_is_tested_with_its_own_error() -> None:
    close = equivalence_of_contrast(0.02, 0.1, 29, bound=0.5, alpha=0.05)
    assert close.equivalent
    assert not close.reason
    assert not equivalence_of_contrast(0.4, 0.1, 29, bound=0.5, alpha=0.05).equivalent
    # The design could not detect 0.2 points, and the test shows all the same that the difference is smaller.
    small = equivalence_of_contrast(0.0, 0.078, 29, bound=0.2, alpha=0.05)
    assert small.detectable == pytest.approx(0.078 * detectable(1.0, 29, alpha=0.05))
    assert small.detectable > 0.2
    assert small.p == pytest.approx(0.0079, abs=1e-4)  # R: pt(-0.2 / 0.078, 29)
    assert small.equivalent
    assert equivalence_of_contrast(0.1, 0.0, 29, bound=0.5, alpha=0.05).reason == "no standard error"
    assert equivalence_of_contrast(0.1, math.nan, 29, bound=0.5, alpha=0.05).reason == "no standard error"


def test_no_equivalence_without_a_reason() -> None:
    flat = np.full(5, 3.0)
    assert equivalence(flat, flat, bound=1, alpha=0.05).reason == "cannot be computed"
    assert equivalence(flat, np.array([]), bound=1, alpha=0.05).reason == "a group with fewer than 2 answers"
    assert not equivalence(flat, flat, bound=1, alpha=0.05).equivalent
    varied = np.array([2.9, 3.1, 3.0, 2.95, 3.05])
    assert equivalence(flat, varied, bound=1, alpha=0.05).equivalent  # one group without spread is no hindrance


@pytest.mark.parametrize(
    ("low", "high", "detectable", "equivalent", "expected"),
    [
        (0.3, 0.9, 0.2, None, "difference"),
        (-0.9, -0.3, 0.2, None, "difference"),
        (0.01, 0.09, 0.2, True, "difference"),  # found, though small: its size says so
        (0.3, 0.9, 2.0, None, "difference"),  # found by luck, but found
        (-0.1, 0.2, 0.2, None, "negligible"),
        (-0.1, 0.5, 0.2, None, "no difference found"),
        (-0.1, 0.5, 0.2, True, "negligible"),  # the test of equivalence is less strict than the interval
        (-0.1, 0.2, 0.2, False, "no difference found"),
        (-0.1, 0.2, 0.5, None, "negligible"),  # whatever the design could have detected
        (-0.1, 0.5, 0.5, True, "negligible"),
        (-0.1, 0.5, 0.5, None, "cannot tell"),
        (-0.1, 0.2, 0.5, False, "cannot tell"),
        (-0.1, 0.5, math.nan, None, "cannot tell"),
        (math.nan, math.nan, 0.2, None, "cannot tell"),
    ],
)
def test_verdicts(low: float, high: float, detectable: float, equivalent: bool | None, expected: str) -> None:
    found = verdict((low + high) / 2, low, high, bound=0.4, detectable=detectable, equivalent=equivalent)
    assert found == expected


def test_wilsons_interval_as_in_r() -> None:
    expected = values("groups.csv", "share")
    rows = [(float(k), float(n), low) for (k, n), low in expected["low"].items()]
    for k, n, low in rows:
        found = wilson(pd.Series([k]), pd.Series([n]), alpha=0.01 if n == 1399 else 0.05).iloc[0]
        high = expected["high"][f"{k:g}", f"{n:g}"]
        assert [found["low"], found["high"]] == pytest.approx([low, high], rel=EXACT, abs=1e-12)
        assert found["share"] == pytest.approx(100 * k / n)


def test_a_share_of_nobody_says_so() -> None:
    found = wilson(pd.Series([0, 1], index=["x", "y"]), pd.Series([0, 4], index=["x", "y"]), alpha=0.05)
    assert list(found["reason"]) == ["no answers", ""]
    assert found.loc["x", ["share", "low", "high"]].isna().all()
    assert list(found.index) == ["x", "y"]
