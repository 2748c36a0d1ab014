"""Small exchanges of single answers that bring the group means to their printed value; shares of items never change."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from survey_report.synthesis.aims import Aim
from survey_report.synthesis.answers import MISSING, Ratings
from survey_report.synthesis.draws import Draws, Floats, Ints

# Moves looked at in a round, of which the best one is made; rounds at most.
CANDIDATES = 3000
ROUNDS = 900


def repair(ratings: Ratings, aims: Sequence[Aim], draws: Draws) -> int:
    """Change `ratings.choices` until every aim holds or the rounds are spent; returns the number of moves made.

    Two moves exist. Two people exchange their neighbouring answers to one item, which leaves the item as it was. One
    person goes to the next answer on the same side, which leaves the item's shares as they were; items with a
    published percentage of a single answer are left out of that.
    """
    if not aims:
        return 0
    options = ratings.options.options
    scores = np.array([option.score or 0 for option in options], dtype=np.int64)
    beside = np.array([_beside(ratings, place) for place in range(len(options))], dtype=np.int64)
    people, items = ratings.choices.shape
    unit = math.lcm(*range(1, items + 1))
    answered = np.maximum((ratings.choices != MISSING).sum(axis=1), 1)
    worth = unit // answered
    member = np.array([aim.members for aim in aims], dtype=np.int64)
    sizes = member.sum(axis=1)
    sums = (member * (ratings.points.sum(axis=1) * worth)).sum(axis=1)
    low = np.array([aim.low for aim in aims]) * sizes * unit
    high = np.array([aim.high for aim in aims]) * sizes * unit
    weight = np.array([aim.weight for aim in aims]) / sizes
    current = _loss(sums[None, :], low, high, weight)[0]
    moves = 0
    for _ in range(ROUNDS):
        if current <= 0:
            break
        item, first, second = (draws.below(limit, CANDIDATES) for limit in (items, people, people))
        alone = draws.uniform(CANDIDATES) < 0.3
        a = ratings.choices[first, item]
        b = np.where(alone, beside[a], ratings.choices[second, item])
        usable = (a != MISSING) & (b != MISSING) & ~(alone & ratings.pinned[item])
        usable &= np.abs(scores[a] - scores[b]) == 1
        item, first, second, alone, a, b = (x[usable] for x in (item, first, second, alone, a, b))
        if not len(item):
            continue
        step = scores[b] - scores[a]
        change = member[:, first] * (step * worth[first])
        change -= np.where(alone, 0, member[:, second] * (step * worth[second]))
        losses = _loss(sums[None, :] + change.T, low, high, weight)
        best = int(np.argmin(losses))
        if losses[best] >= current:
            continue
        current = losses[best]
        sums = sums + change[:, best]
        ratings.choices[first[best], item[best]] = b[best]
        if not alone[best]:
            ratings.choices[second[best], item[best]] = a[best]
        moves += 1
    return moves


def _loss(sums: Ints, low: Floats, high: Floats, weight: Floats) -> Floats:
    """How far the sums lie outside their ranges; rounded so that equal losses are equal on every machine."""
    off = np.maximum(np.maximum(low - sums, sums - high), 0.0)
    squares = off * off * weight
    total = np.zeros(len(squares))
    for column in range(squares.shape[1]):
        total += squares[:, column]
    return np.asarray(np.rint(total * 1e3) / 1e3, dtype=np.float64)


def _beside(ratings: Ratings, place: int) -> int:
    """The neighbouring answer on the same side, or MISSING."""
    option = ratings.options.options[place]
    for other, candidate in enumerate(ratings.options.options):
        if candidate.side == option.side and abs((candidate.score or 0) - (option.score or 0)) == 1:
            return other
    return MISSING
