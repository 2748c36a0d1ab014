"""What chance does to a comparison that is printed: how often its interval leaves out zero although nothing differs.

Intervals of rounded figures are wider than the level says, so that they leave out zero more seldom. What they really
do follows from the printed figures: were the group drawn at random from all who answered, its counts would follow the
hypergeometric distribution, and each count gives figures as they would be printed and their interval, by the same
functions. The same distribution tells how often a difference at least as large would be printed (`p`): the exact
permutation test of the printed difference, given how many answered what.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special, stats

from survey_report.disclosure.intervals import (
    balance_difference_ends,
    difference_ends,
    leaves_out_zero,
    share_ends,
)

NAN = float("nan")
REACH = 6.0  # standard deviations of a random draw beyond which nothing counts: two in a thousand million
GRID = 0.02  # in standard deviations, of means
SMALL = 1e-9


@dataclass(frozen=True)
class Luck:
    """Of a comparison in which nothing differs: the probability that its interval leaves out zero (`chance`), and
    that the difference is at least as large as the one that is printed (`p`)."""

    chance: float
    p: float


NOTHING = Luck(NAN, NAN)


def share_luck(first: float, n: int, second: float, m: int, *, step: float, second_step: float, alpha: float) -> Luck:
    """Of two shares in percent, of n and m answers, that are rounded to steps."""
    total, whole = round((first * n + second * m) / 100), n + m
    counts = _possible(n * total / whole, _deviation(n, m, total), max(0, total - m), min(n, total))
    weights = stats.hypergeom.pmf(counts, whole, total, n)
    one, two = _printed(100 * counts / n, step), _printed(100 * (total - counts) / m, second_step)
    ends = share_ends(one, n, two, m, steps=step + second_step, alpha=alpha)
    return _luck(weights, one - two, ends, first - second)


def balance_luck(
    first: tuple[float, float], n: int, second: tuple[float, float], m: int, *, step: float, second_step: float,
    alpha: float,
) -> Luck:  # fmt: skip
    """Of two net balances, from the shares of better and worse, of n and m answers, that are rounded to steps."""
    whole = n + m
    better, worse = (round((a * n + b * m) / 100) for a, b in zip(first, second, strict=True))
    worse = min(worse, whole - better)  # rounding may have pushed the two over everybody
    up, down = np.meshgrid(
        *(
            _possible(n * total / whole, _deviation(n, m, total), max(0, total - m), min(n, total))
            for total in (better, worse)
        ),
        indexing="ij",
    )
    met = (up + down <= n) & (whole - better - worse >= n - up - down)
    up, down = up[met], down[met]
    weights = np.exp(
        _choose(better, up) + _choose(worse, down) + _choose(whole - better - worse, n - up - down)
        - _choose(whole, np.array(n))
    )  # fmt: skip
    one = _printed(100 * up / n, step), _printed(100 * down / n, step)
    two = _printed(100 * (better - up) / m, second_step), _printed(100 * (worse - down) / m, second_step)
    ends = balance_difference_ends(one, n, two, m, steps=step + second_step, alpha=alpha)
    apart = (one[0] - one[1]) - (two[0] - two[1])
    return _luck(weights, apart, ends, first[0] - first[1] - (second[0] - second[1]))


def mean_luck(
    first: float, n: int, second: float, m: int, spread: float, *, step: float, second_step: float, unit: float,
    alpha: float, width: float,
) -> Luck:  # fmt: skip
    """Of two means of n and m scores that are rounded to steps, the ends of their interval to `unit`.

    `spread` is the deviation of all scores, `width` that of the scale.

    The mean of a random draw of n is normal nearly enough, with variance spread^2 m / (n (n + m)), and that of the
    others follows from it.
    """
    overall = (first * n + second * m) / (n + m)
    error = spread * math.sqrt(m / (n * (n + m)))
    z = np.arange(-REACH, REACH + GRID / 2, GRID)
    mean = overall + error * z
    weights = stats.norm.pdf(z) * GRID
    one, two = _printed(mean, step), _printed(overall - (mean - overall) * n / m, second_step)
    ends = difference_ends(one - two, n, m, spread, step=step + second_step, unit=unit, alpha=alpha, width=width)
    return _luck(weights, one - two, ends, first - second)


def _luck(weights: np.ndarray, apart: np.ndarray, ends: tuple[np.ndarray, np.ndarray], found: float) -> Luck:
    chance = float(weights[leaves_out_zero(*ends)].sum())
    return Luck(min(1.0, chance), min(1.0, float(weights[np.abs(apart) >= abs(found) - SMALL].sum())))


def _deviation(n: int, m: int, total: int) -> float:
    """The standard deviation of how many of `total` a random draw of n out of n + m holds."""
    whole = n + m
    return math.sqrt(n * total * (whole - total) * m / (whole**2 * max(1, whole - 1)))


def _possible(centre: float, deviation: float, least: int, most: int) -> np.ndarray:
    """The counts that a random draw may hold, but for those that are next to impossible."""
    reach = REACH * deviation + 1
    return np.arange(max(least, math.floor(centre - reach)), min(most, math.ceil(centre + reach)) + 1)


def _printed(values: np.ndarray, step: float) -> np.ndarray:
    """Values to the nearest multiple of a step, halves away from zero, as `precision.rounded`."""
    return np.asarray(np.sign(values) * np.floor(np.abs(values) / step + 0.5 + SMALL) * step)


def _choose(of: int, many: np.ndarray) -> np.ndarray:
    """The logarithm of the number of ways to choose so many."""
    return np.asarray(special.gammaln(of + 1) - special.gammaln(many + 1) - special.gammaln(of - many + 1))
