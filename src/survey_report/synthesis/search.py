"""Exchanges of single answers that bring means, tests and spread to the plan; sides of items keep their counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from survey_report.study import ResponseSet
from survey_report.synthesis.answers import MISSING, Ratings
from survey_report.synthesis.draws import Bools, Draws, Ints
from survey_report.synthesis.objective import Objective, State

# Changes looked at in a round, of which the best one is made; rounds at most, and rounds without gain until it ends.
CANDIDATES = 700
ROUNDS = 2500
PATIENCE = 60
# After so many changes the limits of the tests are worked out anew.
REFRESH = 60
# Share of changes that move one answer alone to its neighbour on the same side; furthest exchange as a share of the
# range of the scores, but two points in any case.
ALONE = 0.15
FURTHEST = 0.5


@dataclass(frozen=True)
class _Step:
    """Candidates: at `item`, `first` goes from answer `a` to `b`, and `second` the other way unless `alone`."""

    item: Ints
    first: Ints
    second: Ints
    alone: Bools
    a: Ints
    b: Ints

    def apart(self, other: Ints) -> Bools:
        """Whether each candidate and its `other` are about different people."""
        found = np.ones(len(self.item), dtype=np.bool_)
        for mine in (self.first, self.second):
            for theirs in (self.first, self.second):
                found &= mine != theirs[other]
        return found

    def make(self, ratings: Ratings, one: int) -> None:
        """Make one of the changes."""
        ratings.choices[self.first[one], self.item[one]] = self.b[one]
        if not self.alone[one]:
            ratings.choices[self.second[one], self.item[one]] = self.a[one]


def search(ratings: Ratings, objective: Objective, pinned: Bools, draws: Draws) -> tuple[int, float]:
    """Change `ratings.choices` until nothing is left to improve; returns the number of changes and the loss left.

    Two people exchange their answers to one item, which leaves the item as it was; or one person goes to the next
    answer on the same side, which leaves the sides as they were (but for `pinned` items: their answers are printed).
    """
    values, furthest = ratings.values, max(2, FURTHEST * ratings.span)
    beside = np.array([_beside(answers) for answers in ratings.sets], dtype=np.int64)
    state = objective.state(ratings)
    objective.refresh(state)
    current, moves, idle = float(objective.loss(state)[0]), 0, 0
    for _ in range(ROUNDS):
        if current <= 0 or idle >= PATIENCE:
            break
        item, first, second, alone = _candidates(ratings, objective, state, draws)
        a = ratings.choices[first, item]
        b = np.where(alone, beside[item, a], ratings.choices[second, item])
        usable = (a != MISSING) & (b != MISSING) & ~(alone & pinned[item])
        usable &= (a != b) & (np.abs(values[item, a] - values[item, b]) <= furthest)
        if not usable.any():
            idle += 1
            continue
        step = _Step(*(x[usable] for x in (item, first, second, alone, a, b)))
        change = _change(ratings, objective, step)
        losses = objective.loss(state.plus(change))
        best = [int(np.argmin(losses))]
        if losses[best[0]] >= current:
            # No single change helps: two at once may, where each alone would spoil what the other mends.
            other = np.roll(np.arange(len(step.item)), 1 + idle)
            losses = objective.loss(state.plus(change).plus(change.columns(other)))
            losses = np.where(step.apart(other), losses, np.inf)
            best = [int(np.argmin(losses)), int(other[int(np.argmin(losses))])]
        if losses[best[0]] >= current:
            idle += 1
            continue
        current, idle, moves = float(losses[best[0]]), 0, moves + len(best)
        for one in best:
            state = state.plus(change.columns(np.array([one])))
            step.make(ratings, one)
        if moves // REFRESH > (moves - len(best)) // REFRESH:
            objective.refresh(state)
            current = float(objective.loss(state)[0])
    return moves, current


def _candidates(ratings: Ratings, objective: Objective, state: State, draws: Draws) -> tuple[Ints, Ints, Ints, Bools]:
    """Random items and people; half of the first ones are of groups that a violation is about, and so are the second
    ones of half of these: an exchange within a group tells the mean of persons from the mean of answers."""
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
                inside = spots[spots % 2 == 0]
                second[inside] = mine[second[inside] % len(mine)]
    return item, first, second, alone


def _change(ratings: Ratings, objective: Objective, step: _Step) -> State:
    points = ratings.points.sum(axis=1)
    by = ratings.values[step.item, step.b] - ratings.values[step.item, step.a]
    parts = []
    for person, gain in ((step.first, by), (step.second, np.where(step.alone, 0, -by))):
        worth = objective.worth[person]
        before, more = points[person] * worth, gain * worth
        member = objective.members[:, person]
        mine = member * objective.scored[person]
        parts.append(State(mine * more, mine * (more * (2 * before + more)), member * more, member * gain))
    # Two answers of the same person to the same item cannot be exchanged, so the two parts never meet in one person.
    return parts[0].plus(parts[1])


def _beside(answers: ResponseSet) -> list[int]:
    """For each answer of a set the place of its nearest one on the same side, the first of two; or MISSING."""
    found = []
    for place, option in enumerate(answers.options):
        apart = {
            other: abs((candidate.score or 0) - (option.score or 0))
            for other, candidate in enumerate(answers.options)
            if candidate.side == option.side and other != place
        }
        found.append(min(apart, key=lambda other: apart[other], default=MISSING))
    return found
