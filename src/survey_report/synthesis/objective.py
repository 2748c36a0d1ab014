"""How far the answers to a scale are from the plan: one number for each of many candidate changes at once."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from survey_report.synthesis.answers import Ratings
from survey_report.synthesis.critical import distances, welch_limit
from survey_report.synthesis.draws import Bools, Floats, Ints
from survey_report.synthesis.means import EVERYBODY, Key
from survey_report.synthesis.plan import ScalePlan

# Printed means lie within this share of half a rounding unit; margins are kept by this factor of the distance.
WITHIN = 0.9
SAFE = 1.015
# Weights of a violation: a mean off by half a unit, a pair off by one standard error, F by one, a deviation by this
# share of the range of the scores.
MEAN, PAIR, CALM, SPREAD_WEIGHT = 1.0, 6.0, 1.0, 1.0
SPREAD = 0.0125
# The other two readings of a group's mean, and the pattern under classical tests, only tip the balance.
READING, CLASSICAL = 0.05, 0.5
# Range of a group's deviation around that of everybody's.
NARROW, WIDE = 0.8, 1.25
# Person means are counted in units of one over the least common multiple of 1 to this many items, or to all where they
# are fewer: exact, and squares of a hundred thousand people still fit a whole number. With more items a mean is off by
# some hundred thousandths of the range.
EXACT = 16


@dataclass
class State:
    """Sums over each group (rows) for one or many candidates (columns), in whole units of a score.

    `scored` and `squares` over people with enough answers, `any` over people with at least one, `pooled` over answers.
    """

    scored: Ints
    squares: Ints
    any: Ints
    pooled: Ints

    def plus(self, other: State) -> State:
        """Sums after the changes `other`."""
        return State(
            self.scored + other.scored,
            self.squares + other.squares,
            self.any + other.any,
            self.pooled + other.pooled,
        )

    def columns(self, places: Ints) -> State:
        """Some of the candidates, in this order."""
        return State(*(x[:, places] for x in (self.scored, self.squares, self.any, self.pooled)))


@dataclass(frozen=True)
class _Range:
    group: int
    low: float
    high: float
    half: float
    weight: float
    reading: str


@dataclass(frozen=True)
class _Test:
    a: int
    b: int
    groups: int
    p: float
    differs: bool
    grouping: str


class Objective:
    """Everything asked of one scale. `keys` are its groups, EVERYBODY first; `members[group, person]`."""

    def __init__(
        self, ratings: Ratings, plan: ScalePlan, groups: Mapping[str, NDArray[np.object_]], scored: Bools,
        spread: tuple[float, float], alpha: float,
    ) -> None:  # fmt: skip
        self.plan, self.spread, self.alpha = plan, spread, alpha
        answered = ratings.asked.answered.sum(axis=1)
        self.unit = math.lcm(*range(1, min(ratings.choices.shape[1], EXACT) + 1))
        self.worth = np.where(answered > 0, self.unit // np.maximum(answered, 1), 0).astype(np.int64)
        self.scored = scored
        wanted = {key for key in plan.means if key != EVERYBODY}
        self.keys: list[Key] = [EVERYBODY, *sorted(wanted)]
        everybody = np.ones(len(scored), dtype=np.bool_)
        self.members = np.array([groups[k] == g if k else everybody for k, g in self.keys], dtype=np.int64)
        self.n = (self.members * scored).sum(axis=1)
        self.n_any = (self.members * (answered > 0)).sum(axis=1)
        self.n_answers = (self.members * answered).sum(axis=1)
        place = {key: i for i, key in enumerate(self.keys)}
        self.off = SPREAD * ratings.span
        self.ranges = list(_ranges(plan, place, alike=bool(ratings.asked.put.all())))
        self.tests = [
            _Test(
                place[t.grouping, t.a], place[t.grouping, t.b], len(plan.tested[t.grouping]), t.p, t.differs, t.grouping
            )
            for t in plan.pairs
            if {t.a, t.b} <= set(plan.tested.get(t.grouping, ()))
        ]
        self.calms = [(c, [place[c.grouping, g] for g in plan.tested[c.grouping]]) for c in plan.calms]
        self.families = {
            grouping: [place[grouping, g] for g in plan.tested[grouping]]
            for grouping in dict.fromkeys(test.grouping for test in self.tests)
        }
        self.spreads = [0, *dict.fromkeys(g for family in self.families.values() for g in family)]
        self.limits = np.zeros(len(self.tests))
        self.f_limits = np.zeros(len(self.calms))

    def state(self, ratings: Ratings) -> State:
        """Sums of the answers as they are."""
        points = ratings.points.sum(axis=1)
        scores = points * self.worth
        mine = self.members * self.scored
        return State(
            (mine * scores).sum(axis=1)[:, None],
            (mine * scores * scores).sum(axis=1)[:, None],
            (self.members * scores).sum(axis=1)[:, None],
            (self.members * points).sum(axis=1)[:, None],
        )

    def refresh(self, state: State) -> None:
        """Work out anew how far apart groups must be: it depends a little on their deviations."""
        mean, error = self._moments(state)
        for i, test in enumerate(self.tests):
            ea, eb = float(error[test.a, 0]), float(error[test.b, 0])
            na, nb = int(self.n[test.a]), int(self.n[test.b])
            freedom = (ea + eb) ** 2 / max(ea * ea / (na - 1) + eb * eb / (nb - 1), 1e-12)
            limit = float(distances(test.p, test.groups, np.array([round(freedom, 2)]))[0])
            self.limits[i] = limit * SAFE if test.differs else limit / SAFE
        for i, (calm, family) in enumerate(self.calms):
            _, within = self._welch(mean, error, family)
            self.f_limits[i] = welch_limit(calm.p, len(family) - 1.0, round(float(within[0]), 1)) / SAFE

    def loss(self, state: State) -> Floats:
        """Sum of weighted squared violations, rounded so that equal losses are equal on every machine."""
        total = self._means_off(state)
        mean, error = self._moments(state)
        for test, limit in zip(self.tests, self.limits, strict=True):
            apart = (mean[test.a] - mean[test.b]) / np.sqrt(error[test.a] + error[test.b])
            total += PAIR * _over(limit - apart if test.differs else np.abs(apart) - limit)
        total += self._classical_off(mean, error)
        for (_, family), limit in zip(self.calms, self.f_limits, strict=True):
            total += CALM * _over(self._welch(mean, error, family)[0] - limit)
        low, high = self.spread
        deviation: Floats
        for place, one in enumerate(self.spreads):
            group = int(one)
            deviation = np.sqrt(error[group] * self.n[group])
            room = (1.0, 1.0) if place == 0 else (NARROW, WIDE)
            off = np.maximum(low * room[0] - deviation, deviation - high * room[1])
            total += SPREAD_WEIGHT * _over(off / self.off)
        return np.asarray(np.rint(total * 1e5) / 1e5, dtype=np.float64)

    def troubled(self, state: State) -> list[int]:
        """Groups that a violation is about."""
        found: dict[int, None] = {}
        mean, error = self._moments(state)
        for one in self.ranges:
            value = float(self._reading(state, one)[0])
            if not one.low <= value <= one.high:
                found[one.group] = None
        for test, limit in zip(self.tests, self.limits, strict=True):
            apart = float((mean[test.a] - mean[test.b])[0] / np.sqrt(error[test.a] + error[test.b])[0])
            if (apart < limit) if test.differs else (abs(apart) > limit):
                found |= {test.a: None, test.b: None}
        return list(found)

    def _moments(self, state: State) -> tuple[Floats, Floats]:
        """Mean and squared standard error of every group; infinite error where a group has fewer than two scores."""
        n = np.maximum(self.n, 1)[:, None]
        mean = state.scored / (n * self.unit)
        centred = state.squares / (self.unit * self.unit) - n * mean * mean
        spread = np.maximum(centred, 1e-6) / np.maximum(n - 1, 1)
        return mean, spread / n

    def _reading(self, state: State, one: _Range) -> Floats:
        g = one.group
        if one.reading == "pooled":
            return np.asarray(state.pooled[g] / max(1, int(self.n_answers[g])))
        if one.reading == "any":
            return np.asarray(state.any[g] / (max(1, int(self.n_any[g])) * self.unit))
        return np.asarray(state.scored[g] / (max(1, int(self.n[g])) * self.unit))

    def _means_off(self, state: State) -> Floats:
        total = np.zeros(state.scored.shape[1])
        for one in self.ranges:
            value = self._reading(state, one)
            total += one.weight * _over(np.maximum(one.low - value, value - one.high) / one.half)
        return total

    def _welch(self, mean: Floats, error: Floats, family: Sequence[int]) -> tuple[Floats, Floats]:
        """Welch's F of a grouping and its degrees of freedom within groups."""
        k = len(family)
        weights = [1 / error[g] for g in family]
        whole, centre = _sum(weights), _sum([w * mean[g] for w, g in zip(weights, family, strict=True)])
        centre = centre / whole
        between = _sum([w * (mean[g] - centre) ** 2 for w, g in zip(weights, family, strict=True)]) / (k - 1)
        odd = _sum([(1 - w / whole) ** 2 / max(1, self.n[g] - 1) for w, g in zip(weights, family, strict=True)])
        return between / (1 + 2 * (k - 2) / (k * k - 1) * odd), (k * k - 1) / (3 * odd)

    def _classical_off(self, mean: Floats, error: Floats) -> Floats:
        total = np.zeros(mean.shape[1])
        for grouping, family in self.families.items():
            freedom = sum(int(self.n[g]) - 1 for g in family)
            pooled = _sum([error[g] * float(self.n[g] * (self.n[g] - 1)) for g in family]) / max(1, freedom)
            limit = float(distances(self.alpha, len(family), np.array([float(freedom)]))[0])
            for test in self.tests:
                if test.grouping == grouping:
                    apart = mean[test.a] - mean[test.b]
                    apart = apart / np.sqrt(pooled * (1 / self.n[test.a] + 1 / self.n[test.b]))
                    total += CLASSICAL * _over(limit * SAFE - apart if test.differs else np.abs(apart) - limit / SAFE)
        return total


def _ranges(plan: ScalePlan, place: Mapping[Key, int], *, alike: bool) -> Sequence[_Range]:
    """Where printed means may lie, by three readings.

    The mean of all answers is none of them unless everybody was asked `alike`: who is asked more weighs more in it.
    """
    found = []
    for key, figure in plan.printed.items():
        half, value = float(figure.half_unit), float(figure.value)
        for reading in ("scored", "any", "pooled") if alike else ("scored", "any"):
            first = reading == "scored" or key == EVERYBODY
            weight = MEAN if first else READING
            found.append(_Range(place[key], value - WITHIN * half, value + WITHIN * half, half, weight, reading))
    return found


def _over(x: Floats) -> Floats:
    above = np.maximum(x, 0.0)
    return np.asarray(above * above, dtype=np.float64)


def _sum(parts: Sequence[Floats]) -> Floats:
    """One after the other: the order in which NumPy adds may differ between machines."""
    total = np.zeros_like(parts[0])
    for part in parts:
        total = total + part
    return total
