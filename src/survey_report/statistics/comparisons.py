"""Comparing groups of respondents on a scale: means with intervals, Welch's ANOVA, Games-Howell pairs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats

from survey_report.statistics.ranges import studentised_range, studentised_range_sf
from survey_report.statistics.samples import Samples, eligible, group_samples


@dataclass(frozen=True)
class Welch:
    """Welch's one-way analysis of variance: F, its degrees of freedom, p, and the groups that took part."""

    statistic: float
    df_between: float
    df_within: float
    p: float
    groups: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """One scale compared over one grouping.

    `means`: one row a group: n, mean, sd, low, high (95 % interval of the mean from Student's t).
    `pairs`: one row a pair of tested groups: a, b, difference (a minus b), low, high (simultaneous interval), p.
    `welch` is None and `pairs` empty when fewer than two groups are large enough.
    """

    means: pd.DataFrame
    welch: Welch | None
    pairs: pd.DataFrame


@dataclass(frozen=True)
class Significance:
    """p values of one scale over one grouping: Welch's (None if not tested) and of each pair of tested groups."""

    welch: float | None
    pairs: Mapping[tuple[str, str], float]


PAIR_COLUMNS = ["a", "b", "difference", "low", "high", "p"]


def compare(
    scores: pd.Series[float],
    groups: pd.Series,
    order: Sequence[str],
    *,
    min_n: int,
    alpha: float,
    leave_out: Collection[str] = (),
) -> Comparison:
    """Compare `scores` (NaN left out) over `groups` (category ids), groups in `order`.

    Groups with fewer than `min_n` scores, without any spread, or in `leave_out`, are described but not tested.
    """
    samples = group_samples(scores, groups, order)
    means = pd.DataFrame([_describe(sample, alpha) for sample in samples.values()], index=pd.Index(order, name="group"))
    tested = {group: sample for group, sample in eligible(samples, min_n).items() if group not in leave_out}
    if len(tested) < 2:
        none = pd.DataFrame(columns=PAIR_COLUMNS).astype(dict.fromkeys(PAIR_COLUMNS[2:], float))
        return Comparison(means, None, none)
    return Comparison(means, welch_anova(tested), games_howell(tested, alpha=alpha))


def significance(scores: pd.Series[float], groups: pd.Series, order: Sequence[str], *, min_n: int) -> Significance:
    """The p values of `compare` without its intervals, which take most of the time."""
    tested = eligible(group_samples(scores, groups, order), min_n)
    if len(tested) < 2:
        return Significance(None, {})
    pairs = {(pair.a, pair.b): pair.p for pair in _pairs(tested)}
    return Significance(welch_anova(tested).p, pairs)


def welch_anova(samples: Samples) -> Welch:
    """Welch's ANOVA (Welch 1951, Biometrika 38): SciPy's F and p; degrees of freedom by his formula."""
    result = stats.f_oneway(*samples.values(), equal_var=False)
    k = len(samples)
    n = np.array([len(sample) for sample in samples.values()], dtype=float)
    weights = n / np.array([sample.var(ddof=1) for sample in samples.values()])
    spread = float((((1 - weights / weights.sum()) ** 2) / (n - 1)).sum())
    return Welch(float(result.statistic), k - 1.0, (k * k - 1) / (3 * spread), float(result.pvalue), tuple(samples))


def games_howell(samples: Samples, *, alpha: float) -> pd.DataFrame:
    """Games and Howell's (1976, Journal of Educational Statistics 1) pairs with simultaneous intervals.

    p is the tail of the studentised range at |a - b| / sqrt((s_a^2/n_a + s_b^2/n_b) / 2) with Welch and Satterthwaite's
    degrees of freedom; half an interval is its quantile times that root. Columns as in Comparison.pairs.
    """
    rows = []
    for pair in _pairs(samples):
        half = studentised_range(1 - alpha, len(samples), pair.df) * pair.error
        rows.append((pair.a, pair.b, pair.difference, pair.difference - half, pair.difference + half, pair.p))
    return pd.DataFrame(rows, columns=PAIR_COLUMNS)


@dataclass(frozen=True)
class _Pair:
    """Two samples compared: `error` is the unit of the studentised range."""

    a: str
    b: str
    difference: float
    error: float
    df: float
    p: float


def _pairs(samples: Samples) -> list[_Pair]:
    """Every pair of samples by Games and Howell's test."""
    found = []
    for a, b in combinations(samples, 2):
        first, second = samples[a], samples[b]
        var_a, var_b = float(first.var(ddof=1)) / len(first), float(second.var(ddof=1)) / len(second)
        df = (var_a + var_b) ** 2 / (var_a**2 / (len(first) - 1) + var_b**2 / (len(second) - 1))
        error = float(np.sqrt((var_a + var_b) / 2))
        difference = float(first.mean() - second.mean())
        p = studentised_range_sf(abs(difference) / error, len(samples), df)
        found.append(_Pair(a, b, difference, error, df, p))
    return found


def _describe(sample: np.ndarray, alpha: float) -> dict[str, float]:
    n = len(sample)
    if n < 2:
        return {"n": n, "mean": float(sample.mean()) if n else np.nan, "sd": np.nan, "low": np.nan, "high": np.nan}
    mean, sd = float(sample.mean()), float(sample.std(ddof=1))
    half = float(stats.t.ppf(1 - alpha / 2, n - 1)) * sd / float(np.sqrt(n))
    return {"n": n, "mean": mean, "sd": sd, "low": mean - half, "high": mean + half}
