"""How many standard errors apart two groups must be: quantiles of the studentised range, to three decimals."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy import special, stats

from survey_report.synthesis.draws import Floats

# Degrees of freedom at which a quantile is worked out; between them it is drawn straight over 1 / degrees.
GRID = (5.0, 8.0, 12.0, 20.0, 40.0, 100.0, 400.0, 1e6)


@cache
def table(p: float, k: int) -> tuple[float, ...]:
    """Distances in standard errors of the difference, one for each of GRID, at which the pair's p is `p`."""
    return tuple(round(_distance(p, k, df), 3) for df in GRID)


def distances(p: float, k: int, df: Floats) -> Floats:
    """The distance at which a Games-Howell (or Tukey) pair of `k` groups has `p`, for each of `df`."""
    at = np.array([1 / x for x in reversed(GRID)])
    return np.asarray(np.interp(1 / np.maximum(df, GRID[0]), at, np.array(table(p, k)[::-1])), dtype=np.float64)


@cache
def welch_limit(p: float, df_between: float, df_within: float) -> float:
    """The F at which Welch's analysis of variance has `p`."""
    return round(float(stats.f.isf(p, df_between, df_within)), 3)


def _distance(p: float, k: int, df: float) -> float:
    low, high = 0.5, 40.0
    for _ in range(24):
        middle = (low + high) / 2
        low, high = (middle, high) if beyond(middle * 2**0.5, k, df) > p else (low, middle)
    return high


def beyond(q: float, k: int, df: float) -> float:
    """Chance that the range of `k` means exceeds `q` standard errors of a mean (two nested sums over fine steps)."""
    z = np.linspace(-8.0, 8.0, 321)
    # The estimated standard error over the true one: the root of a chi-square over its degrees of freedom.
    chance = (np.arange(64) + 0.5) / 64
    ratio = np.sqrt(stats.chi2.ppf(_ends(chance), df) / df) if df < 1e5 else np.ones(1)
    weight = _widths(chance) if df < 1e5 else np.ones(1)
    inner = special.ndtr(z)[None, :] - special.ndtr(z[None, :] - q * ratio[:, None])
    density = np.exp(-z * z / 2) / np.sqrt(2 * np.pi)
    within = k * (density * inner ** (k - 1)).sum(axis=1) * (z[1] - z[0])
    return float(1 - (weight * within).sum())


def _ends(chance: Floats) -> Floats:
    """Chances from 0 to 1 drawn towards both ends, where the quantiles change fast."""
    return np.asarray(chance * chance * (3 - 2 * chance), dtype=np.float64)


def _widths(chance: Floats) -> Floats:
    width = 6 * chance * (1 - chance)
    return np.asarray(width / width.sum(), dtype=np.float64)
