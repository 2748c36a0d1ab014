"""All distributions of answers to one question from 1 to 5 that fit what is printed of a group."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

SLACK = 1e-9


@dataclass(frozen=True)
class Printed:
    """What is printed of a group: n, mean and deviation with the steps they are rounded to, and the percentages of the
    positive, neutral and negative side. None where not printed."""

    n: int
    mean: float | None = None
    mean_step: float = 0.01
    sd: float | None = None
    sd_step: float = 0.01
    shares: tuple[float | None, float | None, float | None] = (None, None, None)
    step: float = 1.0


def fitting(printed: Printed, most: int = 100_000) -> np.ndarray:
    """Distributions (rows; counts of the answers 5, 4, 3, 2, 1), no more than about `most`."""
    found, total = [], 0
    n = printed.n
    ranges = [_range(share, n, printed.step) for share in printed.shares]
    for positive in range(ranges[0][0], ranges[0][1] + 1):
        for negative in range(ranges[2][0], ranges[2][1] + 1):
            neutral = n - positive - negative
            if not ranges[1][0] <= neutral <= ranges[1][1]:
                continue
            five, one = np.meshgrid(np.arange(positive + 1), np.arange(negative + 1), indexing="ij")
            four, two = positive - five, negative - one
            sums = 5 * five + 4 * four + 3 * neutral + 2 * two + one
            fits = np.ones(sums.shape, dtype=bool)
            if printed.mean is not None:
                fits &= np.abs(sums / n - printed.mean) <= printed.mean_step / 2 + SLACK
            if printed.sd is not None and n > 1:
                squares = 25 * five + 16 * four + 9 * neutral + 4 * two + one
                sd = np.sqrt(np.maximum(0.0, (squares - sums**2 / n) / (n - 1)))
                fits &= np.abs(sd - printed.sd) <= printed.sd_step / 2 + SLACK
            if fits.any():
                rows = [five[fits], four[fits], np.full(int(fits.sum()), neutral), two[fits], one[fits]]
                found.append(np.column_stack(rows))
                total += int(fits.sum())
                if total > most:
                    return np.vstack(found)
    return np.vstack(found) if found else np.empty((0, 5), dtype=int)


def _range(share: float | None, n: int, step: float) -> tuple[int, int]:
    if share is None:
        return 0, n
    low = math.ceil((share - step / 2) * n / 100 - SLACK)
    return max(0, low), min(n, math.floor((share + step / 2) * n / 100 + SLACK))


def revealed(printed: Printed, small: int = 5) -> bool:
    """Whether one distribution alone fits, and a count under `small` follows from it."""
    found = fitting(printed, most=2)
    return len(found) == 1 and int(found.min()) < small
