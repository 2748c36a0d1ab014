"""All distributions of answers to one question from 1 to 5 that fit what is printed of a group."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

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


def few_by_mean(n: int, items: Sequence[Printed], mean: float, step: float, small: int = 5) -> list[int]:
    """Answers (5 to 1) of which fewer than `small` can have been given to all items of a scale together.

    `items` are what is printed of each: with the mean of all, near an end of what these allow, it may tell that hardly
    anybody chose one of two answers. Nothing follows (an empty list) where they do not fit each other, as when people
    left items out.
    """
    every = n * len(items)
    reach = np.array([[_range(share, one.n, one.step) for share in one.shares] for one in items]).sum(axis=0)
    scores = np.array([5.0, 4.0, 3.0, 2.0, 1.0])
    sides = np.array([[1, 1, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 1, 1]], dtype=float)
    total = np.array([(mean - step / 2) * every, (mean + step / 2) * every])
    limits = np.vstack([sides, -sides, scores, -scores])
    right = np.array([*reach[:, 1], *-reach[:, 0], total[1] + SLACK, -total[0] + SLACK])
    found = []
    for place in range(len(scores)):
        aim = -np.eye(1, len(scores), place)[0]
        result = linprog(aim, A_ub=limits, b_ub=right, A_eq=np.ones((1, 5)), b_eq=[every], method="highs")
        if result.status:
            return []
        if -result.fun < small - SLACK:
            found.append(int(scores[place]))
    return found
