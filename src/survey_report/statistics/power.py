"""What a design can detect: the smallest true difference that a two-sided t test would find."""

from __future__ import annotations

import numpy as np
from scipy import optimize, stats

from survey_report.statistics.noncentral import t_cdf

POWER = 0.8


def detectable(se: float, df: float, *, alpha: float, power: float = POWER) -> float:
    """The true difference that a t test at `alpha` (two-sided) finds with probability `power`, in the units of `se`.

    Solved for the noncentrality at which the noncentral t distribution on `df` lies beyond the critical value on either
    side with that probability (Cohen 1988, Statistical Power Analysis; as R's power.t.test with strict = TRUE), times
    the standard error `se`. NaN where there is no standard error. About 0.1 ms.
    """
    if not (np.isfinite(se) and np.isfinite(df)) or se <= 0 or df < 1:
        return float("nan")
    critical = float(stats.t.isf(alpha / 2, df))

    def lacking(centre: float) -> float:
        above, below = 1 - t_cdf(critical, df, centre), t_cdf(-critical, df, centre)
        return power - above - below

    high = critical + 1
    while lacking(high) > 0:
        high *= 2
    return float(optimize.brentq(lacking, 0.0, high, xtol=1e-12)) * se


def detectable_difference(n_a: int, n_b: int, sd_a: float, sd_b: float, *, alpha: float, power: float = POWER) -> float:
    """The true difference of two means that Welch's t test would find with probability `power`; see `detectable`.

    In the units of the standard deviations; with Welch and Satterthwaite's degrees of freedom at these. NaN with fewer
    than two answers in a group or no spread in both.
    """
    if min(n_a, n_b) < 2 or not max(sd_a, sd_b) > 0:
        return float("nan")
    error_a, error_b = sd_a**2 / n_a, sd_b**2 / n_b
    df = (error_a + error_b) ** 2 / (error_a**2 / (n_a - 1) + error_b**2 / (n_b - 1))
    return detectable(float(np.sqrt(error_a + error_b)), df, alpha=alpha, power=power)
