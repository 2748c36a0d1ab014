"""Many tests at once: Holm's adjustment, and how many would be significant by chance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def holm(p: Sequence[float] | np.ndarray) -> np.ndarray:
    """p values adjusted by Holm (1979, Scandinavian Journal of Statistics 6), in the order given.

    The i-th smallest of m is multiplied by m - i + 1, never falls below a smaller one's, and is at most 1. NaN (not
    tested) stays NaN and is not counted.
    """
    values = np.asarray(p, dtype=float)
    adjusted = np.full(values.shape, np.nan)
    tested = np.flatnonzero(~np.isnan(values))
    order = tested[np.argsort(values[tested], kind="stable")]
    factors = np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(values[order] * factors))
    return adjusted


def expected_by_chance(tests: int, alpha: float) -> float:
    """How many of `tests` tests would be significant at `alpha` on average if no group differed: tests times alpha.

    It holds whether or not the tests are independent (the mean of a sum is the sum of means).
    """
    return tests * alpha
