"""Is a difference too small to matter? Two one-sided tests, and what may be said of a comparison."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import stats

from survey_report.statistics.power import detectable
from survey_report.statistics.samples import NOT_COMPUTED

NAN = float("nan")
Verdict = Literal["difference", "negligible", "cannot tell", "no difference found"]


@dataclass(frozen=True)
class Equivalence:
    """Two one-sided tests of a difference against +-`bound`, in the units of the scores.

    `p` is the larger of the two one-sided p values; `low` and `high` are the interval of 1 - 2 alpha, which lies within
    the bounds exactly when `p` is below alpha (`equivalent`). `detectable` is the difference that the design would find
    with 80 % power at alpha, two-sided. With a reason there was no test: `p` is NaN and `equivalent` False.
    """

    difference: float
    se: float
    df: float
    bound: float
    low: float
    high: float
    p: float
    equivalent: bool
    detectable: float
    reason: str = ""


def equivalence(a: np.ndarray, b: np.ndarray, *, bound: float, alpha: float) -> Equivalence:
    """Whether the means of two samples differ by less than `bound`, by Welch's t (Schuirmann 1987; Lakens 2017).

    Variances may differ. See `equivalence_of_contrast`.
    """
    if min(len(a), len(b)) < 2:
        return Equivalence(NAN, NAN, NAN, bound, NAN, NAN, NAN, False, NAN, "a group with fewer than 2 answers")
    difference = float(a.mean() - b.mean())
    if max(np.ptp(a), np.ptp(b)) == 0:
        reason = NOT_COMPUTED
        return Equivalence(difference, NAN, NAN, bound, NAN, NAN, NAN, False, NAN, reason)
    error_a, error_b = float(a.var(ddof=1)) / len(a), float(b.var(ddof=1)) / len(b)
    df = (error_a + error_b) ** 2 / (error_a**2 / (len(a) - 1) + error_b**2 / (len(b) - 1))
    return equivalence_of_contrast(difference, float(np.sqrt(error_a + error_b)), df, bound=bound, alpha=alpha)


def equivalence_of_contrast(difference: float, se: float, df: float, *, bound: float, alpha: float) -> Equivalence:
    """Two one-sided tests (Schuirmann 1987, Journal of Pharmacokinetics and Biopharmaceutics 15) of an estimate.

    For any contrast with a standard error on `df` degrees of freedom, such as a difference between clusters. `bound`
    is the smallest difference that matters. The test is made whatever the design could detect: it can show equivalence
    wherever the bound is larger than the quantile of t times the standard error.
    """
    if not (np.isfinite([difference, se, df]).all() and se > 0):
        return Equivalence(difference, se, df, bound, NAN, NAN, NAN, False, NAN, "no standard error")
    smallest = detectable(se, df, alpha=alpha)
    half = float(stats.t.isf(alpha, df)) * se
    ends = (difference - half, difference + half)
    p = float(max(stats.t.sf((difference + bound) / se, df), stats.t.cdf((difference - bound) / se, df)))
    return Equivalence(difference, se, df, bound, *ends, p, p < alpha, smallest)


def verdict(
    estimate: float, low: float, high: float, *, bound: float, detectable: float, equivalent: bool | None = None
) -> Verdict:
    """What may be said of an estimated difference with its interval, `bound` being the smallest that matters.

    `difference`: the interval excludes 0 (however small the difference; its size is for an effect size to tell).
    Otherwise `negligible`: the difference lies within the bounds, by a test of equivalence if its answer is given as
    `equivalent`, or else because the interval does (stricter than the test, which uses 1 - 2 alpha). Otherwise `cannot
    tell`: the design could not have found a difference of `bound` (`detectable` is larger, or not known). Otherwise
    `no difference found`.
    """
    if not np.isfinite([estimate, low, high]).all():
        return "cannot tell"
    if low > 0 or high < 0:
        return "difference"
    if equivalent or (equivalent is None and -bound < low and high < bound):
        return "negligible"
    return "no difference found" if detectable <= bound else "cannot tell"
