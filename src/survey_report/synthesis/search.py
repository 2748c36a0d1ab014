"""Exchanges of single answers that bring means, tests and spread to the plan; sides of items keep their counts."""

from __future__ import annotations

import numpy as np

from survey_report.synthesis.answers import MISSING, Ratings
from survey_report.synthesis.draws import Bools, Draws, Ints
from survey_report.synthesis.objective import Objective, State

# Changes looked at in a round, of which the best one is made; rounds at most, and rounds without gain until it ends.
CANDIDATES = 700
ROUNDS = 2500
PATIENCE = 60
# After so many changes the limits of the tests are worked out anew.
REFRESH = 60
# Share of changes that move one answer alone to its neighbour on the same side; furthest exchange in points.
ALONE = 0.15
FURTHEST = 2


def search(ratings: Ratings, objective: Objective, pinned: Bools, draws: Draws) -> tuple[int, float]:
    """Change `ratings.choices` until nothing is left to improve; returns the number of changes and the loss left.

    Two people exchange their answers to one item, which leaves the item as it was; or one person goes to the next
    answer on the same side, which leaves the sides as they were (but for `pinned` items: their answers are printed).
    """
    options = ratings.options.options
    scores = np.array([option.score or 0 for option in options], dtype=np.int64)
    beside = np.array([_beside(ratings, place) for place in range(len(options))], dtype=np.int64)
    state = objective.state(ratings)
    objective.refresh(state)
    current, moves, idle = float(objective.loss(state)[0]), 0, 0
    for _ in range(ROUNDS):
        if current <= 0 or idle >= PATIENCE:
            break
        item, first, second, alone = _candidates(ratings, objective, state, draws)
        a = ratings.choices[first, item]
        b = np.where(alone, beside[a], ratings.choices[second, item])
        usable = (a != MISSING) & (b != MISSING) & ~(alone & pinned[item])
        usable &= (a != b) & (np.abs(scores[a] - scores[b]) <= FURTHEST)
        if not usable.any():
            idle += 1
            continue
        item, first, second, alone, a, b = (x[usable] for x in (item, first, second, alone, a, b))
        change = _change(ratings, objective, first, second, alone, scores[b] - scores[a])
        losses = objective.loss(state.plus(change))
        best = int(np.argmin(losses))
        if losses[best] >= current:
            idle += 1
            continue
        current, idle, moves = float(losses[best]), 0, moves + 1
        state = state.plus(change.column(best))
        ratings.choices[first[best], item[best]] = b[best]
        if not alone[best]:
            ratings.choices[second[best], item[best]] = a[best]
        if moves % REFRESH == 0:
            objective.refresh(state)
            current = float(objective.loss(state)[0])
    return moves, current


def _candidates(ratings: Ratings, objective: Objective, state: State, draws: Draws) -> tuple[Ints, Ints, Ints, Bools]:
    """Random items and people; half of the first ones are of groups that a violation is about."""
    people, items = ratings.choices.shape
    item, first, second = (draws.below(limit, CANDIDATES) for limit in (items, people, people))
    alone = draws.uniform(CANDIDATES) < ALONE
    luck = draws.uniform(CANDIDATES)
    troubled = objective.troubled(state)
    if troubled:
        which = draws.below(len(troubled), CANDIDATES // 2)
        for place, group in enumerate(troubled):
            mine = np.flatnonzero(objective.members[group])
            spots = np.flatnonzero(which == place)
            if len(mine):
                first[spots] = mine[np.floor(luck[spots] * len(mine)).astype(np.int64)]
    return item, first, second, alone


def _change(ratings: Ratings, objective: Objective, first: Ints, second: Ints, alone: Bools, step: Ints) -> State:
    points = ratings.points.sum(axis=1)
    parts = []
    for person, by in ((first, step), (second, np.where(alone, 0, -step))):
        worth = objective.worth[person]
        before, gain = points[person] * worth, by * worth
        member = objective.members[:, person]
        mine = member * objective.scored[person]
        parts.append(State(mine * gain, mine * (gain * (2 * before + gain)), member * gain, member * by))
    # Two answers of the same person to the same item cannot be exchanged, so the two parts never meet in one person.
    return parts[0].plus(parts[1])


def _beside(ratings: Ratings, place: int) -> int:
    """The neighbouring answer on the same side, or MISSING."""
    option = ratings.options.options[place]
    for other, candidate in enumerate(ratings.options.options):
        if candidate.side == option.side and abs((candidate.score or 0) - (option.score or 0)) == 1:
            return other
    return MISSING
