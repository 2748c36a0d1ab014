"""The studentised range: its tail and its quantiles.

SciPy has both but integrates afresh for every value: all pairs of eight groups with their intervals take it three
seconds, these sums a few hundredths of one. They agree with SciPy's and R's to what those promise (see the tests).
"""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy import optimize, special, stats

ORDER = 32  # Gauss and Legendre's points a panel; more points or panels change nothing above 1e-11
WIDTH = 1.5  # of a panel of the logarithm of the deviation, which ranges far where there are few degrees of freedom
TAIL = 1e-16
EDGE = 9.0  # the normal distribution holds less than 1e-18 beyond it


def studentised_range_sf(q: np.ndarray | float, k: int, df: np.ndarray | float) -> np.ndarray:
    """Probability that the range of k standard normal means over an independent standard deviation exceeds q.

    The double integral over the deviation and the smallest mean (Copenhaver and Holland 1988, Journal of Statistical
    Computation and Simulation 30); one value for each q with its own degrees of freedom.
    """
    q, df = np.broadcast_arrays(np.asarray(q, dtype=float), np.asarray(df, dtype=float))
    values = [_tail(float(one), k, float(freedom)) for one, freedom in zip(q.ravel(), df.ravel(), strict=True)]
    return np.reshape(values, q.shape)


def studentised_range(level: float, k: int, df: float) -> float:
    """Quantile of the studentised range of k means; the root of its distribution function."""
    start = float(stats.norm.ppf(1 - (1 - level) / k)) * 1.5
    root = optimize.newton(lambda q: _tail(abs(q), k, df) - (1 - level), start, x1=start * 1.1, tol=1e-10)
    return float(root)


def _tail(q: float, k: int, df: float) -> float:
    ends = (special.gammaincinv(df / 2, TAIL), special.gammainccinv(df / 2, TAIL))
    low, high = (float(np.log(2 * chi / df) / 2) for chi in ends)  # of the logarithm of the standard deviation
    logs, weights = _points(low, high, max(2, int(np.ceil((high - low) / WIDTH))))
    density = 2 * np.exp(df / 2 * np.log(df / 2) - special.gammaln(df / 2) + df * logs - df * np.exp(2 * logs) / 2)
    smallest, share = _points(-EDGE, EDGE, 4)
    below = special.ndtr(smallest)
    others = special.ndtr(smallest + q * np.exp(logs)[:, None]) - below
    within = k * others ** (k - 1) @ (share * np.exp(-(smallest**2) / 2) / np.sqrt(2 * np.pi))
    return float(np.clip((weights * density) @ (1 - within), 0.0, 1.0))


def _points(low: float, high: float, panels: int) -> tuple[np.ndarray, np.ndarray]:
    """Points and weights of Gauss and Legendre's rule on equal panels."""
    points, weights = _rule()
    half = (high - low) / panels / 2
    middles = low + half * (2 * np.arange(panels) + 1)
    return (middles[:, None] + half * points).ravel(), np.tile(half * weights, panels)


@cache
def _rule() -> tuple[np.ndarray, np.ndarray]:
    points, weights = np.polynomial.legendre.leggauss(ORDER)
    return points, weights
