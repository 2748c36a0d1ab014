"""Comparisons that involve small groups, given less finely.

A difference of two means, its interval, a test statistic or a p value with many digits each tell the mean or the spread
of a small group where those of the other groups are known. What is shown of a coarse group therefore follows from
figures that are shown already: its rounded mean, its number of answers and the spread of everybody.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from survey_report.disclosure.precision import FINE_MEAN_STEP, rounded
from survey_report.disclosure.reasons import DIFFERS, NO_DIFFERENCE, NOT_TOLD
from survey_report.frames import each_row
from survey_report.numbers import round_half_up

NAN = float("nan")
FLOAT_NOISE = 1e-9


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


def order_known(apart: float, steps: float) -> bool:
    """Whether two means that are printed `apart`, and rounded to steps of this sum, tell which one is the higher."""
    return abs(apart) >= steps / 2 - FLOAT_NOISE


def coarse_pairs(pairs: pd.DataFrame, groups: pd.DataFrame, *, public: bool = False) -> pd.DataFrame:
    """Pairs (grouping, a, b, difference, low, high, p, significant and others) as they may be shown.

    Their `state` is that they differ, that no difference was found, or that neither is told (`reasons`).
    `groups` says of every group what is shown of it: grouping, group, mean, step (what it is rounded to), coarse. Where
    one of a pair is coarse, the difference is that of the shown means, and there is neither interval nor p. Nothing is
    told of a pair whose shown means lie so near each other that either may be the higher one (`order_known`): a test
    that found a difference would say that they lie farther apart than they seem, and in which way would stay open. This
    is so for every such pair, whatever its test found, so that the state says nothing that the shown means and their
    steps do not; `significant` is missing then, as is the difference, whose sign may be the wrong one. Where it is
    `public` how many pairs differ, of those that do not it is said.
    """
    rows = {(row.grouping, row.group): row for row in each_row(groups)}
    ends = [(rows[row.grouping, row.a], rows[row.grouping, row.b]) for row in each_row(pairs)]
    coarse = np.array([bool(a.coarse or b.coarse) for a, b in ends], dtype=bool)
    apart = np.array([float(a.mean) - float(b.mean) for a, b in ends], dtype=float)
    known = np.array([order_known(gap, a.step + b.step) for gap, (a, b) in zip(apart, ends, strict=True)], dtype=bool)
    found = pairs["significant"].to_numpy(bool)
    told = ~coarse | known | (public & ~found)
    near = coarse & ~known
    shown = pairs.copy()
    seen = np.array([rounded(gap, FINE_MEAN_STEP) for gap in apart], dtype=float)
    exact = pairs["difference"].to_numpy(float)
    shown["difference"] = np.where(near, NAN, np.where(coarse, seen, exact))
    for name in ("low", "high", "p"):
        shown[name] = shown[name].astype(float).mask(coarse)
    shown["significant"] = pd.array(found, dtype="boolean")
    shown.loc[~told, "significant"] = pd.NA
    shown["state"] = np.select([~told, found], [NOT_TOLD, DIFFERS], NO_DIFFERENCE).astype(object)
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
