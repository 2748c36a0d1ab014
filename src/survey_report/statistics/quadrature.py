"""Sums that stand for integrals over a normal deviate or over an estimated standard deviation."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy import special

ORDER = 32  # Gauss and Legendre's points a panel; more points or panels change nothing above 1e-11
WIDTH = 1.5  # of a panel of the logarithm of the deviation, which ranges far where there are few degrees of freedom
TAIL = 1e-16
EDGE = 9.0  # the normal distribution holds less than 1e-18 beyond it


def panel_points(low: float, high: float, panels: int) -> tuple[np.ndarray, np.ndarray]:
    """Points and weights of Gauss and Legendre's rule on equal panels from low to high."""
    points, weights = _rule()
    half = (high - low) / panels / 2
    middles = low + half * (2 * np.arange(panels) + 1)
    return (middles[:, None] + half * points).ravel(), np.tile(half * weights, panels)


def deviation_points(df: float) -> tuple[np.ndarray, np.ndarray]:
    """Points s of a standard deviation estimated on `df` degrees of freedom (true value 1) and their probabilities."""
    ends = (special.gammaincinv(df / 2, TAIL), special.gammainccinv(df / 2, TAIL))
    low, high = (float(np.log(2 * chi / df) / 2) for chi in ends)  # of the logarithm of s
    logs, weights = panel_points(low, high, max(2, int(np.ceil((high - low) / WIDTH))))
    exponent = df / 2 * np.log(df / 2) - special.gammaln(df / 2) + df * logs - df * np.exp(2 * logs) / 2
    return np.exp(logs), weights * 2 * np.exp(exponent)


def normal_density(z: np.ndarray) -> np.ndarray:
    """Density of the standard normal distribution."""
    density: np.ndarray = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    return density


@cache
def _rule() -> tuple[np.ndarray, np.ndarray]:
    points, weights = np.polynomial.legendre.leggauss(ORDER)
    return points, weights
