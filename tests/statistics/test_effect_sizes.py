"""Hedges' g and omega squared against R, the distributions they rest on, and what has no size."""

from __future__ import annotations

import math

import numpy as np
import pytest
from oracle import ENDS, EXACT, frame, samples, signed, values
from scipy import stats

from survey_report.statistics.comparisons import welch_anova
from survey_report.statistics.effect_sizes import PAIR_COLUMNS, hedges_g, hedges_g_pairs, omega_squared
from survey_report.statistics.noncentral import f_noncentrality, t_cdf, t_noncentrality
from survey_report.statistics.samples import eligible

SETS = sorted(set(frame("group-samples.csv")["data"]))
VARIED = [data for data in SETS if "welch_F" in values("groups.csv", data)]  # sets where every group has spread


@pytest.mark.parametrize("data", SETS)
def test_hedges_g_as_in_r(data: str) -> None:
    expected = values("groups.csv", data)
    pairs = hedges_g_pairs(samples(data), alpha=0.05)
    assert list(pairs.columns) == PAIR_COLUMNS
    assert len(pairs) == len(expected["superiority"])
    for pair in pairs.itertuples():
        value, sign = signed(expected["g"], pair.a, pair.b)
        ends = sorted(sign * signed(expected[name], pair.a, pair.b)[0] for name in ("g_low", "g_high"))
        assert sign * pair.g == pytest.approx(value, rel=EXACT, abs=1e-12)
        assert [pair.low, pair.high] == pytest.approx(ends, rel=ENDS, abs=ENDS)
        assert pair.reason == ""


@pytest.mark.parametrize(("n_a", "n_b", "welch_bias"), [(50, 568, 0.012), (10, 500, 0.068)])
def test_g_is_unbiased_where_sizes_differ(n_a: int, n_b: int, welch_bias: float) -> None:
    """Normal scores of one variance, half a deviation apart: g is 0.5 on average.

    The difference of means, whose average is 0.5 exactly, is taken off to see a bias in few draws. Corrected with
    Welch's degrees of freedom, which are nearly those of the small group, g was too small by `welch_bias` of itself.
    """
    rng = np.random.default_rng(20231130)
    off = []
    for _ in range(1500):
        a, b = rng.normal(0.5, 1, n_a), rng.normal(0, 1, n_b)
        off.append(hedges_g(a, b, alpha=0.05).value - float(a.mean() - b.mean()))
    error = float(np.std(off)) / math.sqrt(len(off))
    assert abs(float(np.mean(off))) < 3 * error < 0.5 * welch_bias / 2


@pytest.mark.parametrize("data", VARIED)
def test_the_interval_of_g_says_what_welchs_t_test_says(data: str) -> None:
    groups = samples(data)
    for pair in hedges_g_pairs(groups, alpha=0.05).itertuples():
        p = stats.ttest_ind(groups[pair.a], groups[pair.b], equal_var=False).pvalue
        assert (pair.low > 0 or pair.high < 0) == (p < 0.05)


@pytest.mark.parametrize("data", VARIED)
def test_omega_squared_of_welchs_f_as_in_r(data: str) -> None:
    expected, groups = values("groups.csv", data), samples(data)
    welch = welch_anova(groups)
    assert welch.statistic == pytest.approx(expected["welch_F"]["", ""], rel=EXACT, abs=1e-20)
    n = sum(len(sample) for sample in groups.values())
    size = omega_squared(welch.statistic, welch.df_between, welch.df_within, n, alpha=0.05)
    assert size.value == pytest.approx(expected["welch_omega2"]["", ""], rel=EXACT)
    assert size.low == pytest.approx(expected["welch_omega2_low"]["", ""], rel=ENDS, abs=ENDS)
    assert size.high == pytest.approx(expected["welch_omega2_high"]["", ""], rel=ENDS, abs=ENDS)
    assert (size.low > 0) == (welch.p < 0.05)


def test_what_has_no_size_says_why() -> None:
    flat, one, none = np.full(12, 3.0), np.array([4.0]), np.array([])
    varied = np.array([1.0, 2, 3, 4, 5])
    assert hedges_g(flat, flat + 1, alpha=0.05).reason == "cannot be computed"
    assert hedges_g(one, varied, alpha=0.05).reason == hedges_g(none, varied, alpha=0.05).reason != ""
    assert hedges_g(np.array([1.0, 2.0]), flat, alpha=0.05).reason == "two answers do not show how much answers vary"
    assert hedges_g(varied, flat, alpha=0.05).reason == ""
    assert omega_squared(math.nan, 2, 9, 12, alpha=0.05).reason == "the groups could not be tested"
    pairs = hedges_g_pairs(eligible({"flat": flat, "varied": varied, "one": one}, 2), alpha=0.05)
    assert pairs.empty
    assert pairs["g"].dtype == float


def test_sizes_far_from_nothing_have_intervals_too() -> None:
    apart = hedges_g(np.array([1.0] * 20 + [2]), np.array([5.0] * 30 + [4.99]), alpha=0.05)
    assert apart.low < apart.value < apart.high < -10
    assert 0 < omega_squared(1e7, 3, 12.0, 16, alpha=0.05).low < omega_squared(1e7, 3, 12.0, 16, alpha=0.05).high < 1
    tiny = omega_squared(0.01, 3, 12.0, 16, alpha=0.05)
    assert (tiny.value, tiny.low, tiny.high, tiny.reason) == (0, 0, 0, "")


@pytest.mark.parametrize("df", [1.0, 1.3, 4, 30.3, 1397, 1e5])
@pytest.mark.parametrize("t", [-12.0, 0.0, 0.4, 4.99, 5.01, 60])
def test_noncentral_t_both_ways(df: float, t: float) -> None:
    for probability in (0.995, 0.975, 0.5, 0.025):
        assert t_cdf(t, df, t_noncentrality(t, df, probability)) == pytest.approx(probability, abs=1e-9)
    assert t_cdf(t, df, 0.0) == pytest.approx(stats.t.cdf(t, df), abs=1e-8)
    if abs(t) <= 5 < df:  # where SciPy's function holds
        assert t_cdf(t, df, 1.7) == pytest.approx(stats.nct.cdf(t, df, 1.7), abs=1e-9)


def test_noncentral_f_is_zero_where_f_is_small() -> None:
    assert f_noncentrality(0.01, 3, 20, 0.95) == 0
    centre = f_noncentrality(4.2, 3, 20.5, 0.05)
    assert stats.ncf.cdf(4.2, 3, 20.5, centre) == pytest.approx(0.05, abs=1e-9)
