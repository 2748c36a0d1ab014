"""Comparisons that involve small groups, given less finely.

A difference of two means, its interval, a test statistic or a p value with many digits each tell the mean or the spread
of a small group where those of the other groups are known. What is shown of a coarse group therefore follows from
figures that are shown already: its rounded mean, its number of answers and the spread of everybody.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy import stats

from survey_report.disclosure.precision import FINE_MEAN_STEP, rounded
from survey_report.frames import each_row
from survey_report.numbers import round_half_up

NAN = float("nan")


def coarse_p(p: float, alpha: float) -> float:
    """A p value with one significant digit that stays on its side of alpha; NaN stays NaN."""
    if not p > 0:
        return p
    place = max(math.floor(math.log10(p)), -300)  # a smaller power of ten is none any more
    step = 10.0**place
    found = round(round_half_up(p / step, 0) * step, -place)
    if p < alpha <= found:
        return round(alpha - 10.0 ** math.floor(math.log10(alpha)), 12) if alpha > step else alpha / 2
    return max(found, alpha) if p >= alpha else found


def pooled_interval(mean: float, n: int, deviation: float, alpha: float) -> tuple[float, float]:
    """An interval of a group's mean from the deviation of everybody instead of its own; NaN for groups of one.

    Student's t with the group's n - 1 degrees of freedom, so that it is no narrower than usual.
    """
    if n < 2:
        return NAN, NAN
    half = float(stats.t.ppf(1 - alpha / 2, n - 1)) * deviation / math.sqrt(n)
    return mean - half, mean + half


def coarse_pairs(pairs: pd.DataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    """Pairs (grouping, a, b, difference, low, high, p and others) as they may be shown.

    `groups` says of every group what is shown of it: grouping, group, mean, coarse. Where one of a pair is coarse, the
    difference is that of the shown means, and there is neither interval nor p; whether it is significant stays, unless
    the shown means are equal or the other way round.
    """
    means = {(row.grouping, row.group): float(row.mean) for row in each_row(groups)}
    covered = {(row.grouping, row.group) for row in each_row(groups) if row.coarse}
    ends = [((row.grouping, row.a), (row.grouping, row.b)) for row in each_row(pairs)]
    coarse = np.array([a in covered or b in covered for a, b in ends], dtype=bool)
    shown = pairs.copy()
    if not coarse.any():
        return shown
    apart = [rounded(means[a] - means[b], FINE_MEAN_STEP) for a, b in ends]
    agree = np.sign(apart) == np.sign(shown["difference"].astype(float))
    if "significant" in shown:
        shown["significant"] = shown["significant"].astype(bool) & (agree | ~coarse)
    shown["difference"] = np.where(coarse, apart, shown["difference"].astype(float))
    for name in ("low", "high", "p"):
        shown[name] = shown[name].astype(float).mask(coarse)
    return shown


def coarse_tests(tests: pd.DataFrame, groups: pd.DataFrame, alpha: float) -> pd.DataFrame:
    """Tests over whole groupings (grouping, statistic, df_within, p, groups and others) as they may be shown.

    With a coarse group among those tested, p has one significant digit and the statistic is left out, as are the
    degrees of freedom within groups: they tell the spread of single groups.
    """
    covered = {(row.grouping, row.group) for row in each_row(groups) if row.coarse}
    coarse = [any((row.grouping, group) in covered for group in row.groups) for row in each_row(tests)]
    shown = tests.copy()
    hidden = pd.Series(coarse, index=tests.index, dtype=bool)
    for name in ("statistic", "df_within"):
        shown[name] = shown[name].astype(float).mask(hidden)
    shown["p"] = [
        coarse_p(float(p), alpha) if is_coarse else p for p, is_coarse in zip(tests["p"], coarse, strict=True)
    ]
    return shown
