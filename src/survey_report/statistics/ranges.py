"""The studentised range: its tail and its quantiles.

SciPy has both but integrates afresh for every value: all pairs of eight groups with their intervals take it three
seconds, these sums two tenths of one. They agree with SciPy's to 1e-10 (and SciPy's with R's; see the tests).
"""

from __future__ import annotations

import numpy as np
from scipy import optimize, special, stats

from survey_report.statistics.quadrature import EDGE, deviation_points, normal_density, panel_points


def studentised_range_sf(q: float, k: int, df: float) -> float:
    """Probability that the range of k standard normal means over an independent standard deviation exceeds q.

    The double integral over the deviation and the smallest mean (Copenhaver and Holland 1988, Journal of Statistical
    Computation and Simulation 30).
    """
    deviations, shares = deviation_points(df)
    smallest, weights = panel_points(-EDGE, EDGE, 4)
    others = special.ndtr(smallest + q * deviations[:, None]) - special.ndtr(smallest)
    within = k * others ** (k - 1) @ (weights * normal_density(smallest))
    return float(np.clip(shares @ (1 - within), 0.0, 1.0))


def studentised_range(level: float, k: int, df: float) -> float:
    """Quantile of the studentised range of k means; the root of its distribution function."""
    start = float(stats.norm.ppf(1 - (1 - level) / k)) * 1.5
    root = optimize.newton(
        lambda q: studentised_range_sf(abs(q), k, df) - (1 - level), start, x1=start * 1.1, tol=1e-10
    )
    return float(root)
