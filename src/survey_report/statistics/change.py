"""Net balance of answers about change: those who say better less those who say worse, in percentage points.

Answers about change are a series of 1 (better), 0 (no change), -1 (worse) and NaN (no answer), one a respondent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from survey_report.statistics.overlapping import overlapping_t
from survey_report.statistics.samples import NOT_COMPUTED, rows_of

NAN = float("nan")


@dataclass(frozen=True)
class NetBalance:
    """Better less worse in percentage points (-100 to 100) of `n` answers, with its interval; NaN with a reason.

    `better` and `worse` are percentages.
    """

    n: int
    better: float
    worse: float
    balance: float
    se: float
    low: float
    high: float
    reason: str = ""


@dataclass(frozen=True)
class BalanceChange:
    """The later net balance less the earlier one, in percentage points, with its interval; NaN with a reason.

    `n_both` respondents answered for both periods, of `n_earlier` and `n_later`. `method` is `paired` where all did,
    `independent` where none did, otherwise `partly paired`.
    """

    n_earlier: int
    n_later: int
    n_both: int
    method: str
    difference: float
    se: float
    df: float
    low: float
    high: float
    p: float
    reason: str = ""


def net_balance(answers: pd.Series[float], *, alpha: float) -> NetBalance:
    """The net balance with its standard error and interval.

    The standard error is the multinomial one, sqrt((b + w - (b - w)^2) / n). The interval is Wald's with half an answer
    added to each of four cells (b + 1/2 and w + 1/2 of n + 2; Agresti and Min 2005, Statistics in Medicine 24, whose
    paired proportions differ in the same way), cut at -100 and 100: it keeps its level in small samples and does not
    collapse where all answer alike.
    """
    given = answers.dropna().to_numpy(float)
    n = len(given)
    return balance_of_counts(int((given > 0).sum()), int((given < 0).sum()), n, alpha=alpha)


def balance_of_counts(better: float, worse: float, n: int, *, alpha: float) -> NetBalance:
    """`net_balance` of n answers, so many better and so many worse (these need not be whole numbers)."""
    if not n:
        return NetBalance(0, NAN, NAN, NAN, NAN, NAN, NAN, "no answers")
    balance = (better - worse) / n
    se = float(np.sqrt(max(0.0, better + worse - (better - worse) ** 2 / n) / n**2))
    low, high = map(float, balance_ends(better, worse, n, alpha=alpha))
    return NetBalance(n, 100 * better / n, 100 * worse / n, 100 * balance, 100 * se, low, high)


def balance_ends(better: Any, worse: Any, n: int, *, alpha: float) -> tuple[Any, Any]:
    """The ends of the interval of `net_balance`, in percentage points; counts are numbers or arrays of them."""
    centre = (better - worse) / (n + 2)
    spread = np.sqrt(better + worse + 1 - (better - worse) ** 2 / (n + 2)) / (n + 2)
    half = float(stats.norm.isf(alpha / 2)) * spread
    return 100 * np.maximum(-1.0, centre - half), 100 * np.minimum(1.0, centre + half)


def balance_change(earlier: pd.Series[float], later: pd.Series[float], *, alpha: float) -> BalanceChange:
    """How the net balance of one period differs from that of another, rows of both being the same respondents.

    It is the difference of two means of partly the same people (see `overlapping.overlapping_t`).
    """
    first, second = earlier.to_numpy(float), rows_of(later, earlier.index).to_numpy(float)
    found = overlapping_t(first, second)
    sizes = (found.n_first, found.n_second, found.n_both, found.method)
    if min(found.n_first, found.n_second) == 0:
        return BalanceChange(*sizes, NAN, NAN, NAN, NAN, NAN, NAN, "no answers for one of the periods")
    difference = 100 * found.difference
    if min(found.n_first, found.n_second) < 2:
        return BalanceChange(*sizes, difference, NAN, NAN, NAN, NAN, NAN, "fewer than 2 answers for one of the periods")
    if np.isnan(found.se):
        return BalanceChange(*sizes, difference, NAN, NAN, NAN, NAN, NAN, NOT_COMPUTED)
    se = 100 * found.se
    half = float(stats.t.isf(alpha / 2, found.df)) * se
    return BalanceChange(*sizes, difference, se, found.df, difference - half, difference + half, found.p)
