"""Intervals around figures that are printed rounded: one rule for every table, chart, profile and pair of waves.

A rounded figure stands for everything that rounds to it. Its interval is what the intervals of all these together
cover: wider than usual by what rounding may have moved (half a step for each rounded part), and its own ends are
rounded outward. So it holds the interval of the figure before rounding, covers no less often than that one, and tells
nothing that the printed figures do not. It ends where the scale of the figure ends.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import stats

from survey_report.statistics.change import balance_ends
from survey_report.statistics.contrasts import joined_ends
from survey_report.statistics.shares import wilson_ends

NAN = float("nan")
BALANCE_ENDS = (-100.0, 100.0)  # ends of a balance, and of a difference of two shares
CHANGE_ENDS = (-200.0, 200.0)  # ends of a difference of two balances


def outward(low: Any, high: Any, unit: float) -> tuple[Any, Any]:
    """Both ends (numbers or arrays of them) moved away from each other to multiples of a unit.

    What float arithmetic adds moves nothing.
    """
    down, up = np.floor(np.round(np.divide(low, unit), 6)) * unit, np.ceil(np.round(np.divide(high, unit), 6)) * unit
    return np.round(down, 6) + 0.0, np.round(up, 6) + 0.0


def within(low: Any, high: Any, ends: tuple[float, float]) -> tuple[Any, Any]:
    """An interval (numbers or arrays of them) cut where its scale ends; NaN stays NaN."""
    return np.clip(low, *ends), np.clip(high, *ends)


def around(low: Any, high: Any, *, moved: float, unit: float, ends: tuple[float, float]) -> tuple[Any, Any]:
    """The interval of a rounded figure from the one that is computed around it, see above.

    `moved` is how far rounding may have carried the figure, `unit` what the ends are rounded to.
    """
    return within(*outward(np.subtract(low, moved), np.add(high, moved), unit), ends)


def mean_ends(
    mean: float, n: int, spread: float, *, step: float, unit: float, alpha: float, ends: tuple[float, float]
) -> tuple[float, float]:
    """The interval of a group's mean that is rounded to `step`, from the spread of everybody; NaN for groups of one.

    Student's t with the group's n - 1 degrees of freedom, so that it is no narrower than usual. It takes answers to
    spread in the group as they do among everybody: the spread of the group itself would tell its answers.
    """
    if n < 2 or math.isnan(spread):
        return NAN, NAN
    half = float(stats.t.isf(alpha / 2, n - 1)) * spread / math.sqrt(n)
    low, high = around(mean - half, mean + half, moved=step / 2, unit=unit, ends=ends)
    return float(low), float(high)


def difference_ends(
    difference: Any, n: int, rest: int, spread: float, *, step: float, unit: float, alpha: float, width: float
) -> tuple[Any, Any]:
    """The interval of a difference (a number or an array of them) of two means that are printed, of n and `rest`.

    Student's t with the spread of all respondents; `step` is the sum of what the two means are rounded to, `unit` what
    the ends are, `width` that of the scale.
    """
    error = spread * math.sqrt(1 / n + 1 / rest)
    half = float(stats.t.isf(alpha / 2, n + rest - 2)) * error
    return around(difference - half, difference + half, moved=step / 2, unit=unit, ends=(-width, width))


def share_ends(first: Any, n: int, second: Any, m: int, *, steps: float, alpha: float) -> tuple[Any, Any]:
    """The interval of a difference of two shares in percent (numbers or arrays), as they are printed, of n and m.

    Newcombe's (see `contrasts.share_difference`), `steps` the sum of what the two are rounded to. In whole points.
    """
    parts = []
    for share, size in ((np.divide(first, 100), n), (np.divide(second, 100), m)):
        parts.append((share, *wilson_ends(share, np.asarray(size, dtype=float), alpha=alpha)))
    low, high = joined_ends(*parts)
    return around(100 * low, 100 * high, moved=steps / 2, unit=1.0, ends=BALANCE_ENDS)


def balance_difference_ends(
    first: tuple[Any, Any], n: int, second: tuple[Any, Any], m: int, *, steps: float, alpha: float
) -> tuple[Any, Any]:
    """The interval of a difference of two net balances, from the shares of better and of worse that are printed.

    `steps` is the sum of what the shares of the two are rounded to: two of these make a balance. In whole points.
    """
    parts = []
    for (better, worse), size in ((first, n), (second, m)):
        balance = np.subtract(better, worse)
        low, high = balance_ends(np.multiply(better, size / 100), np.multiply(worse, size / 100), size, alpha=alpha)
        parts.append((balance, np.minimum(low, balance), np.maximum(high, balance)))
    low, high = joined_ends(*parts)
    return around(low, high, moved=steps, unit=1.0, ends=CHANGE_ENDS)


def leaves_out_zero(low: Any, high: Any) -> Any:
    """Whether an interval (numbers or arrays) lies wholly to one side of zero."""
    return np.greater(low, 0) | np.less(high, 0)
