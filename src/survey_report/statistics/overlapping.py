"""Two figures of partly the same people: which is higher, beyond what chance readily explains.

What each respondent adds to a figure is a series: a score, or 1 and 0 for a share; NaN for who gave no answer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

NAN = float("nan")
Answers = np.ndarray


@dataclass(frozen=True)
class Overlapping:
    """The second mean less the first, with its standard error; NaN where it cannot be computed.

    `n_both` people are in both, of `n_first` and `n_second`. `method` is `paired` where all are, `independent` where
    none is, otherwise `partly paired`.
    """

    n_first: int
    n_second: int
    n_both: int
    difference: float
    se: float
    df: float
    p: float

    @property
    def method(self) -> str:
        """How far the two samples are the same people."""
        if self.n_both == self.n_first == self.n_second:
            return "paired"
        return "partly paired" if self.n_both else "independent"


def overlapping_t(first: Answers, second: Answers) -> Overlapping:
    """A t test for partly overlapping samples, rows of both being the same people.

    After Derrick, Russ, Toher and White (2017, Journal of Modern Applied Statistical Methods 16), for unequal
    variances: the difference of the two means, each over all who are in it, with the covariance of those who are in
    both. It is the paired t test where everybody is and Welch's where nobody is.
    """
    both = ~np.isnan(first) & ~np.isnan(second)
    n_both = int(both.sum())
    a, b = first[~np.isnan(first)], second[~np.isnan(second)]
    sizes = (len(a), len(b), n_both)
    if min(len(a), len(b)) == 0:
        return Overlapping(*sizes, NAN, NAN, NAN, NAN)
    difference = float(b.mean() - a.mean())
    if min(len(a), len(b)) < 2:
        return Overlapping(*sizes, difference, NAN, NAN, NAN)
    var_a, var_b = float(a.var(ddof=1)), float(b.var(ddof=1))
    correlation = _correlation(first[both], second[both])
    overlap = 2 * correlation * float(np.sqrt(var_a * var_b)) * n_both / (len(a) * len(b))
    variance = var_a / len(a) + var_b / len(b) - overlap
    if variance <= 1e-12:
        return Overlapping(*sizes, difference, NAN, NAN, NAN)
    df = _freedom(var_a / len(a), var_b / len(b), len(a), len(b), n_both)
    se = float(np.sqrt(variance))
    return Overlapping(*sizes, difference, se, df, float(2 * stats.t.sf(abs(difference) / se, df)))


def mcnemar_p(first: Answers, second: Answers) -> float:
    """The exact p of McNemar's test (1947, Psychometrika 12) that two shares of the same people are equal.

    Those who count in just one of the two would be divided as coins are. People without an answer to one are left out.
    """
    both = ~np.isnan(first) & ~np.isnan(second)
    only_first = int((first[both] > second[both]).sum())
    only_second = int((second[both] > first[both]).sum())
    apart = only_first + only_second
    return float(stats.binomtest(only_first, apart).pvalue) if apart else 1.0


def _freedom(error_a: float, error_b: float, n_a: int, n_b: int, n_both: int) -> float:
    """Degrees of freedom between n_both - 1 (all paired) and Welch's (none), by the share of answers not paired."""
    welch = (error_a + error_b) ** 2 / (error_a**2 / (n_a - 1) + error_b**2 / (n_b - 1))
    single = n_a + n_b - 2 * n_both
    return n_both - 1 + (welch - n_both + 1) / (n_a + n_b) * single


def _correlation(a: Answers, b: Answers) -> float:
    """Pearson's correlation; 0 where one of the two does not vary."""
    if len(a) < 2 or min(np.ptp(a), np.ptp(b)) == 0:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])
