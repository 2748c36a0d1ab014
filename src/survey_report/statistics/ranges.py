"""The studentised range: its tail and its quantiles.

SciPy has both but integrates afresh for every value: all pairs of eight groups with their intervals take it three
seconds, these sums two tenths of one. They agree with SciPy's to 1e-10 (and SciPy's with R's; see the tests).
"""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy import optimize, special, stats

from survey_report.statistics.quadrature import EDGE, deviation_points, normal_density, panel_points

START_STEP = 2.0  # how far apart the search starts, as a share and over the degrees of freedom


def studentised_range_sf(q: float, k: int, df: float) -> float:
    """Probability that the range of k standard normal means over an independent standard deviation exceeds q.

    The double integral over the deviation and the smallest mean (Copenhaver and Holland 1988, Journal of Statistical
    Computation and Simulation 30).
    """
    return _tail(q, k, *deviation_points(df))


def _tail(q: float, k: int, deviations: np.ndarray, shares: np.ndarray) -> float:
    smallest, below, weights = _smallest()
    others = special.ndtr(smallest + q * deviations[:, None]) - below
    within = k * others ** (k - 1) @ weights
    return float(np.clip(shares @ (1 - within), 0.0, 1.0))


@cache
def _smallest() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points of the smallest mean, the share of the normal distribution below each, and their weights."""
    points, weights = panel_points(-EDGE, EDGE, 4)
    return points, special.ndtr(points), weights * normal_density(points)


def studentised_range(level: float, k: int, df: float) -> float:
    """Quantile of the studentised range of k means; the root of its distribution function."""
    start = _of_known_deviation(level, k)
    return _root(level, k, deviation_points(df), start, start * (1 + START_STEP / df))


@cache
def _of_known_deviation(level: float, k: int) -> float:
    """The quantile of the range itself, near which that over a well estimated deviation lies."""
    start = float(stats.norm.ppf(1 - (1 - level) / k)) * 1.5
    return _root(level, k, (np.ones(1), np.ones(1)), start, start * 1.1)


def _root(level: float, k: int, points: tuple[np.ndarray, np.ndarray], first: float, second: float) -> float:
    return float(optimize.newton(lambda q: _tail(abs(q), k, *points) - (1 - level), first, x1=second, tol=1e-10))
