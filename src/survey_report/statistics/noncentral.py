"""Noncentral t and F turned round: which noncentrality puts an observed value at a given probability."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import optimize, special


def t_noncentrality(t: float, df: float, probability: float) -> float:
    """The noncentrality for which t is the `probability` quantile of the noncentral t distribution.

    Bisection on SciPy's distribution function (its own inverse stops at an error of about 0.0001).
    """
    step = float(np.sqrt(1 + t * t / (2 * df)))  # about the standard deviation of the estimate of the noncentrality
    return _falling_root(lambda centre: float(special.nctdtr(df, centre, t)) - probability, t - step, t + step)


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
