"""Noncentral t and F: tails, and which noncentrality puts an observed value at a given probability."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import optimize, special

from survey_report.statistics.quadrature import EDGE, deviation_points, normal_density, panel_points


def t_cdf(t: float, df: float, noncentrality: float) -> float:
    """Probability that (z + noncentrality) / s is at most t, with z standard normal, s a deviation on `df`.

    One integral, over s or over z, whichever leaves the smoother integrand (SciPy's distribution functions fail for
    few degrees of freedom far from 0).
    """
    if t < 0:
        return 1 - t_cdf(-t, df, -noncentrality)
    if t <= max(5.0, float(np.sqrt(2 * df))):
        deviations, shares = deviation_points(df)
        return float(shares @ special.ndtr(t * deviations - noncentrality))
    start = min(max(-noncentrality, -EDGE), EDGE)  # below it z + noncentrality is negative, and so less than t s
    z, weights = panel_points(start, EDGE, 6)
    beyond = special.gammaincc(df / 2, df / 2 * (np.maximum(z + noncentrality, 0) / t) ** 2)
    return float(special.ndtr(start) + (weights * normal_density(z)) @ beyond)


def t_noncentrality(t: float, df: float, probability: float) -> float:
    """The noncentrality for which t is the `probability` quantile of the noncentral t distribution."""
    step = float(np.sqrt(1 + t * t / (2 * df)))  # about the standard deviation of the estimate of the noncentrality
    return _falling_root(lambda centre: t_cdf(t, df, centre) - probability, t - step, t + step)


def f_noncentrality(f: float, df_between: float, df_within: float, probability: float) -> float:
    """The noncentrality for which f is the `probability` quantile of the noncentral F distribution; 0 if none is."""

    def excess(centre: float) -> float:
        return float(special.ncfdtr(df_between, df_within, centre, f)) - probability

    if excess(0) <= 0:
        return 0.0
    return _falling_root(excess, 0.0, df_between * f + 1)


def _falling_root(function: Callable[[float], float], low: float, high: float) -> float:
    """Root of a falling function, from a first guess of where it lies."""
    width = high - low
    while function(low) < 0:
        low -= width
    while function(high) > 0:
        high += width
    return float(optimize.brentq(function, low, high, xtol=1e-11))
