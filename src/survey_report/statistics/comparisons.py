"""Comparing groups of respondents on a scale: means with intervals, Welch's ANOVA, Games-Howell pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from scipy import optimize, stats

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
    scores: pd.Series[float], groups: pd.Series, order: Sequence[str], *, min_n: int, alpha: float
) -> Comparison:
    """Compare `scores` (NaN left out) over `groups` (category ids), groups in `order`.

    Groups with fewer than `min_n` scores, or without any spread, are described but not tested.
    """
    samples = group_samples(scores, groups, order)
    means = pd.DataFrame([_describe(sample, alpha) for sample in samples.values()], index=pd.Index(order, name="group"))
    tested = eligible(samples, min_n)
    if len(tested) < 2:
        none = pd.DataFrame(columns=PAIR_COLUMNS).astype(dict.fromkeys(PAIR_COLUMNS[2:], float))
        return Comparison(means, None, none)
    return Comparison(means, welch_anova(tested), games_howell(tested, alpha=alpha))


def significance(scores: pd.Series[float], groups: pd.Series, order: Sequence[str], *, min_n: int) -> Significance:
    """The p values of `compare` without its intervals, which take most of the time."""
    tested = eligible(group_samples(scores, groups, order), min_n)
    if len(tested) < 2:
        return Significance(None, {})
    p = _pairs_test(tested).pvalue
    names = list(tested)
    pairs = {(names[i], names[j]): float(p[i, j]) for i, j in combinations(range(len(names)), 2)}
    return Significance(welch_anova(tested).p, pairs)


def _pairs_test(samples: Samples) -> Any:
    """SciPy's Games-Howell test: `statistic` and `pvalue`, one row and one column a sample."""
    return stats.tukey_hsd(*samples.values(), equal_var=False)


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

    p values are SciPy's; half an interval is q * sqrt((s_a^2/n_a + s_b^2/n_b) / 2) with Welch-Satterthwaite degrees of
    freedom (SciPy's own intervals are the same but take twenty times as long). Columns as in Comparison.pairs.
    """
    result = _pairs_test(samples)
    names = list(samples)
    error = np.array([sample.var(ddof=1) / len(sample) for sample in samples.values()])
    df = np.array([len(sample) - 1.0 for sample in samples.values()])
    rows = []
    for i, j in combinations(range(len(names)), 2):
        freedom = (error[i] + error[j]) ** 2 / (error[i] ** 2 / df[i] + error[j] ** 2 / df[j])
        half = studentised_range(1 - alpha, len(names), float(freedom)) * float(np.sqrt((error[i] + error[j]) / 2))
        difference = float(result.statistic[i, j])
        rows.append((names[i], names[j], difference, difference - half, difference + half, float(result.pvalue[i, j])))
    return pd.DataFrame(rows, columns=PAIR_COLUMNS)


def studentised_range(level: float, k: int, df: float) -> float:
    """Quantile of the studentised range of k means; the root of SciPy's distribution function."""
    start = float(stats.norm.ppf(1 - (1 - level) / k)) * 1.5
    root = optimize.newton(
        lambda q: float(stats.studentized_range.sf(q, k, df)) - (1 - level), start, x1=start * 1.1, tol=1e-9
    )
    return float(root)


def _describe(sample: np.ndarray, alpha: float) -> dict[str, float]:
    n = len(sample)
    if n < 2:
        return {"n": n, "mean": float(sample.mean()) if n else np.nan, "sd": np.nan, "low": np.nan, "high": np.nan}
    mean, sd = float(sample.mean()), float(sample.std(ddof=1))
    half = float(stats.t.ppf(1 - alpha / 2, n - 1)) * sd / float(np.sqrt(n))
    return {"n": n, "mean": mean, "sd": sd, "low": mean - half, "high": mean + half}
