"""Two independent groups compared: difference of means or of shares, with its interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from survey_report.statistics.samples import NOT_COMPUTED
from survey_report.statistics.shares import wilson

NAN = float("nan")


@dataclass(frozen=True)
class Difference:
    """First less second: difference with interval and p, `n` and value of both; NaN with a reason.

    Means are in the units of the values, shares in percent and their difference in percentage points (no p).
    """

    n_first: int
    n_second: int
    first: float
    second: float
    difference: float
    se: float
    df: float
    low: float
    high: float
    p: float
    reason: str = ""


def mean_difference(first: np.ndarray, second: np.ndarray, *, alpha: float) -> Difference:
    """Welch's (1947, Biometrika 34) comparison of two means, first less second; NaN values are left out.

    Standard error sqrt(s1^2/n1 + s2^2/n2), degrees of freedom by Welch and Satterthwaite. The two groups must have no
    member in common: a group is compared with the rest, not with all of which it is a part.
    """
    a, b = first[~np.isnan(first)], second[~np.isnan(second)]
    means = (float(a.mean()) if len(a) else NAN, float(b.mean()) if len(b) else NAN)
    if min(len(a), len(b)) < 2:
        return _none(len(a), len(b), *means, "fewer than 2 answers in one of the groups")
    error_a, error_b = float(a.var(ddof=1)) / len(a), float(b.var(ddof=1)) / len(b)
    if error_a + error_b <= 1e-15:
        return _none(len(a), len(b), *means, NOT_COMPUTED)
    se = float(np.sqrt(error_a + error_b))
    df = (error_a + error_b) ** 2 / (error_a**2 / (len(a) - 1) + error_b**2 / (len(b) - 1))
    difference = means[0] - means[1]
    half = float(stats.t.isf(alpha / 2, df)) * se
    p = float(2 * stats.t.sf(abs(difference) / se, df))
    return Difference(len(a), len(b), *means, difference, se, df, difference - half, difference + half, p)


def share_difference(part_first: float, first: float, part_second: float, second: float, *, alpha: float) -> Difference:
    """Two independent shares, first less second, in percentage points.

    The interval is Newcombe's (1998, Statistics in Medicine 17, method 10): from Wilson's bounds l and u of each share,
    d - sqrt((p1 - l1)^2 + (u2 - p2)^2) to d + sqrt((u1 - p1)^2 + (p2 - l2)^2). It keeps its level in small groups and
    does not collapse where a share is 0 or 100 %. Counts need not be whole.
    """
    if min(first, second) == 0:
        shares = (100 * part_first / first if first else NAN, 100 * part_second / second if second else NAN)
        return _none(int(first), int(second), *shares, "no answers in one of the groups")
    ends = wilson(pd.Series([part_first, part_second]), pd.Series([first, second]), alpha=alpha)
    (p1, l1, u1), (p2, l2, u2) = ends[["share", "low", "high"]].to_numpy(float)
    low, high = map(float, joined_ends((p1, l1, u1), (p2, l2, u2)))
    return Difference(int(first), int(second), float(p1), float(p2), float(p1 - p2), NAN, NAN, low, high, NAN)


def joined_ends(first: tuple[Any, Any, Any], second: tuple[Any, Any, Any]) -> tuple[Any, Any]:
    """Ends of the interval of first less second, each an independent (estimate, low, high), numbers or arrays of them.

    By the method of variance estimates recovery (Zou and Donner 2008, Statistics in Medicine 27): Newcombe's method 10
    for any two estimates.
    """
    (a, low_a, high_a), (b, low_b, high_b) = first, second
    return a - b - np.hypot(a - low_a, high_b - b), a - b + np.hypot(high_a - a, b - low_b)


def _none(n_first: int, n_second: int, first: float, second: float, reason: str) -> Difference:
    return Difference(n_first, n_second, first, second, first - second, NAN, NAN, NAN, NAN, NAN, reason)
