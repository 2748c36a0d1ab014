"""Sizes of effects with their intervals: Hedges' g of a pair of groups, omega squared of a grouping."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import special

from survey_report.statistics.noncentral import f_noncentrality, t_noncentrality
from survey_report.statistics.samples import NOT_COMPUTED, Samples

NAN = float("nan")
PAIR_COLUMNS = ["a", "b", "g", "low", "high", "reason"]


@dataclass(frozen=True)
class EffectSize:
    """The size of an effect with its interval; NaN with a reason where it cannot be computed."""

    value: float
    low: float
    high: float
    reason: str = ""


def hedges_g(a: np.ndarray, b: np.ndarray, *, alpha: float) -> EffectSize:
    """Hedges' g of two samples: the difference of their means (a minus b) in standard deviations.

    The standardiser is the square root of the mean of the two variances, since Welch's test does not assume that they
    are equal (Delacre, Lakens, Ley, Liu and Leys 2021, "Why Hedges' g*s based on the non-pooled standard deviation
    should be reported with Welch's t-test"). The correction for small samples is exact for the degrees of freedom of
    this standardiser, see `_standardiser_df`. The interval of 1 - `alpha` is that of the noncentral t distribution
    around Welch's t, on Welch and Satterthwaite's degrees of freedom, in the same units. It excludes 0 exactly when
    Welch's t test is significant at `alpha`; it is that of one pair, not simultaneous over several.
    """
    if min(len(a), len(b)) < 2:
        return EffectSize(NAN, NAN, NAN, "a group with fewer than 2 answers")
    n_a, n_b = len(a), len(b)
    var_a, var_b = float(a.var(ddof=1)), float(b.var(ddof=1))
    if max(np.ptp(a), np.ptp(b)) == 0:
        return EffectSize(NAN, NAN, NAN, NOT_COMPUTED)
    error_a, error_b = var_a / n_a, var_b / n_b
    df = (error_a + error_b) ** 2 / (error_a**2 / (n_a - 1) + error_b**2 / (n_b - 1))
    if df < 1 + 1e-9:
        return EffectSize(NAN, NAN, NAN, "two answers do not show how much answers vary")
    difference = float(a.mean() - b.mean())
    standardiser = float(np.sqrt((var_a + var_b) / 2))
    error = float(np.sqrt(error_a + error_b))
    shrunk = _correction(_standardiser_df(n_a, n_b, var_a, var_b))
    low, high = (t_noncentrality(difference / error, df, p) for p in (1 - alpha / 2, alpha / 2))
    unit = shrunk * error / standardiser
    return EffectSize(difference / standardiser * shrunk, low * unit, high * unit)


def _standardiser_df(n_a: int, n_b: int, var_a: float, var_b: float) -> float:
    """Degrees of freedom of the mean of two variances, which is nearly a chi squared divided by them.

    Satterthwaite (1946, Biometrics Bulletin 2) for (var_a + var_b) / 2: the squared mean over the sum of the squares,
    each over its own degrees of freedom. Those of Welch's t weight variances by 1 / n and belong to another sum.
    """
    return (var_a + var_b) ** 2 / (var_a**2 / (n_a - 1) + var_b**2 / (n_b - 1))


def _correction(df: float) -> float:
    """What makes a difference over a deviation on `df` degrees of freedom unbiased (Hedges 1981)."""
    return float(np.exp(special.gammaln(df / 2) - np.log(np.sqrt(df / 2)) - special.gammaln((df - 1) / 2)))


def hedges_g_pairs(samples: Samples, *, alpha: float) -> pd.DataFrame:
    """Hedges' g of every pair of samples, one row a pair: a, b, g (a minus b), low, high, reason. See `hedges_g`.

    About 1 ms a pair.
    """
    rows = []
    for a, b in combinations(samples, 2):
        found = hedges_g(samples[a], samples[b], alpha=alpha)
        rows.append((a, b, found.value, found.low, found.high, found.reason))
    return pd.DataFrame(rows, columns=PAIR_COLUMNS).astype(dict.fromkeys(["g", "low", "high"], float))


def omega_squared(statistic: float, df_between: float, df_within: float, n: int, *, alpha: float) -> EffectSize:
    """Omega squared of a one-way analysis of `n` scores: the share (0 to 1) of the variance that groups explain.

    df_b (F - 1) / (df_b (F - 1) + n), 0 where that is negative. With the F of the classical analysis this is Hays'
    omega squared, (SS_b - df_b MS_w) / (SS + MS_w). With Welch's F it is the estimate that Carroll and Nordholm (1975,
    Educational and Psychological Measurement 35) study for unequal variances.

    The interval is Steiger's (2004, Psychological Methods 9): bounds of the noncentrality of F, each divided by itself
    plus n. It covers 1 - 2 `alpha`, as he advises for a quantity that cannot be negative, so that it excludes 0
    exactly when F is significant at `alpha`. For Welch's F, which follows the F distribution only nearly, it is an
    approximation.
    """
    if not np.isfinite([statistic, df_between, df_within]).all():
        return EffectSize(NAN, NAN, NAN, "the groups could not be tested")
    excess = df_between * (statistic - 1)
    value = max(0.0, excess / (excess + n))
    low, high = (f_noncentrality(statistic, df_between, df_within, p) for p in (1 - alpha, alpha))
    return EffectSize(value, low / (low + n), high / (high + n))
