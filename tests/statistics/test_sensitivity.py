"""Other methods for the same comparison against R, many tests at once, and what cannot be compared."""

from __future__ import annotations

import math

import numpy as np
import pytest
from oracle import ENDS, EXACT, P_ERROR, frame, samples, signed, values
from scipy import stats

from survey_report.statistics.multiplicity import expected_by_chance, holm
from survey_report.statistics.ranges import studentised_range, studentised_range_sf
from survey_report.statistics.sensitivity import (
    ORDER_COLUMNS,
    TUKEY_COLUMNS,
    brunner_munzel_pairs,
    classical_anova,
    classical_omega_squared,
    kruskal_wallis,
    tukey_pairs,
)

SETS = sorted(set(frame("group-samples.csv")["data"]))
TUKEY_ERROR = 2e-4  # R's qtukey stops at an error of 0.0001


@pytest.mark.parametrize("data", SETS)
def test_classical_analysis_as_in_r(data: str) -> None:
    found, expected = classical_anova(samples(data)), values("groups.csv", data)
    assert found.statistic == pytest.approx(expected["anova_F"]["", ""], rel=EXACT, abs=1e-20)
    assert (found.df_between, found.df_within) == (expected["anova_df1"]["", ""], expected["anova_df2"]["", ""])
    assert found.p == pytest.approx(expected["anova_p"]["", ""], abs=P_ERROR, rel=1e-6)
    size = classical_omega_squared(samples(data), alpha=0.05)
    assert size.value == pytest.approx(expected["omega2"]["", ""], rel=EXACT)
    assert size.low == pytest.approx(expected["omega2_low"]["", ""], rel=ENDS, abs=ENDS)
    assert size.high == pytest.approx(expected["omega2_high"]["", ""], rel=ENDS, abs=ENDS)


@pytest.mark.parametrize("data", SETS)
def test_tukeys_pairs_as_in_r(data: str) -> None:
    pairs, expected = tukey_pairs(samples(data), alpha=0.05), values("groups.csv", data)
    assert list(pairs.columns) == TUKEY_COLUMNS
    assert len(pairs) == len(expected["tukey_p"])
    for pair in pairs.itertuples():
        difference, sign = signed(expected["tukey_difference"], pair.a, pair.b)
        ends = sorted(sign * signed(expected[name], pair.a, pair.b)[0] for name in ("tukey_low", "tukey_high"))
        width = TUKEY_ERROR * (ends[1] - ends[0])
        assert sign * pair.difference == pytest.approx(difference, rel=EXACT, abs=1e-12)
        assert [pair.low, pair.high] == pytest.approx(ends, abs=width)
        assert pair.p == pytest.approx(signed(expected["tukey_p"], pair.a, pair.b)[0], abs=P_ERROR)


@pytest.mark.parametrize("data", SETS)
def test_kruskal_and_wallis_as_in_r(data: str) -> None:
    found, expected = kruskal_wallis(samples(data)), values("groups.csv", data)
    assert found.statistic == pytest.approx(expected["kruskal_H"]["", ""], rel=EXACT, abs=1e-12)
    assert found.df_between == expected["kruskal_df"]["", ""]
    assert found.p == pytest.approx(expected["kruskal_p"]["", ""], abs=P_ERROR, rel=1e-6)


@pytest.mark.parametrize("data", SETS)
def test_brunner_and_munzels_pairs_as_in_r(data: str) -> None:
    pairs, expected = brunner_munzel_pairs(samples(data)), values("groups.csv", data)
    assert list(pairs.columns) == ORDER_COLUMNS
    assert len(pairs) == len(expected["superiority"])
    for pair in pairs.itertuples():
        superiority, sign = signed(expected["superiority"], pair.a, pair.b)
        assert pair.superiority == pytest.approx(superiority if sign == 1 else 100 - superiority, rel=EXACT)
        assert (pair.reason == "") == (((pair.a, pair.b) in expected["bm"]) or ((pair.b, pair.a) in expected["bm"]))
        if pair.reason:
            continue
        statistic = signed(expected["bm"], pair.a, pair.b)[0]
        assert sign * pair.statistic == pytest.approx(statistic, rel=EXACT, abs=1e-12)
        assert pair.p == pytest.approx(signed(expected["bm_p"], pair.a, pair.b)[0], abs=P_ERROR)
        assert pair.p_holm == pytest.approx(signed(expected["bm_holm"], pair.a, pair.b)[0], abs=P_ERROR)


def test_brunner_and_munzels_own_example() -> None:
    """Pain scores of two treatments as in their article: 3.1375, p 0.005786, probability 0.788961."""
    pair = brunner_munzel_pairs({name: samples("pain")[name] for name in ("N", "Y")}).iloc[0]
    assert (round(pair["statistic"], 4), round(pair["p"], 6)) == (3.1375, 0.005786)
    assert round(pair["superiority"], 4) == 78.8961


def test_holm_leaves_out_what_was_not_tested() -> None:
    """p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm") of R is 0.03, 0.06, 0.06, 0.02."""
    assert holm([0.01, math.nan, 0.04, 0.03, 0.005]).tolist() == pytest.approx(
        [0.03, math.nan, 0.06, 0.06, 0.02], nan_ok=True
    )
    assert holm([0.5, 0.9]).tolist() == [1, 1]
    assert holm([]).tolist() == []
    assert np.isnan(holm([math.nan])).all()


def test_expected_by_chance() -> None:
    assert expected_by_chance(350, 0.05) == pytest.approx(17.5)
    assert expected_by_chance(0, 0.05) == 0


def test_what_cannot_be_compared_says_why() -> None:
    varied, flat = np.array([1.0, 2, 3, 4, 2, 3]), np.full(5, 3.0)
    for function in (classical_anova, kruskal_wallis):
        assert function({"a": varied}).reason == "fewer than two groups"
        assert function({"a": varied, "b": varied[:1]}).reason == "a group with fewer than 2 answers"
        assert function({"a": flat, "b": flat}).reason == "cannot be computed"
        assert function({"a": varied, "b": flat}).reason == ""
    assert classical_anova({"a": flat, "b": flat + 1}).reason == "cannot be computed"
    assert classical_omega_squared({"a": flat, "b": flat + 1}, alpha=0.05).reason == "cannot be computed"
    assert math.isnan(classical_anova({"a": flat, "b": flat + 1}).statistic)
    tukey = tukey_pairs({"a": flat, "b": flat + 1}, alpha=0.05).iloc[0]
    assert (tukey["difference"], tukey["reason"]) == (-1, "cannot be computed")
    assert math.isnan(tukey["p"])


def test_groups_that_lie_apart_have_no_test_by_ranks() -> None:
    groups = {
        "low": np.array([1.0, 2, 2]),
        "high": np.array([4.0, 5, 4]),
        "flat": np.full(4, 3.0),
        "none": np.array([]),
    }
    pairs = brunner_munzel_pairs(groups).set_index(["a", "b"])
    assert pairs.loc[("low", "high"), "superiority"] == 0
    assert pairs.loc[("low", "high"), "reason"] == "cannot be computed"
    assert pairs.loc[("low", "none"), "reason"] == "a group with fewer than 2 answers"
    assert math.isnan(pairs.loc[("low", "none"), "superiority"])
    assert pairs["p"].isna().all()
    assert pairs["p_holm"].isna().all()


@pytest.mark.parametrize("k", [2, 3, 8])
@pytest.mark.parametrize("df", [2, 11.7, 330, 1391])
def test_studentised_range_as_in_scipy(k: int, df: float) -> None:
    for q in (0.0, 0.5, 3.3, 6, 40):
        assert studentised_range_sf(q, k, df) == pytest.approx(stats.studentized_range.sf(q, k, df), abs=1e-9)


def test_studentised_range_with_one_degree_of_freedom() -> None:
    """Of two means it is sqrt(2) times Student's t, whose quantile for one degree of freedom is a tangent."""
    assert studentised_range(0.95, 2, 1) == pytest.approx(math.sqrt(2) * math.tan(math.pi * 0.475), rel=1e-8)
    for df in (1, 1.5, 7, 5000):
        assert studentised_range_sf(2.5, 2, df) == pytest.approx(2 * stats.t.sf(2.5 / math.sqrt(2), df), abs=1e-10)
