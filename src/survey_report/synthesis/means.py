"""Where the means of a scale and of its groups should lie, so that printed means and tests can hold together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from survey_report.synthesis.critical import distances
from survey_report.synthesis.demands import Demand
from survey_report.synthesis.linear import Model
from survey_report.synthesis.pairs import PairDemand
from survey_report.synthesis.targets import Figure, Targets

Key = tuple[str, str]
EVERYBODY: Key = ("", "")
# How far the mean of person means may lie from the mean of all answers, as a share of the range of the scores.
READINGS_APART = 0.01
# A group's standard deviation may lie this much outside the range set for everybody's.
NARROWER, WIDER = 0.75, 1.35
# Printed means are aimed at within this share of half a rounding unit.
INNER = 0.8
# Costs of leaving the margin of a test, of leaving the inner range, of lying away from everybody's mean.
OFF_MARGIN, OFF_INNER, OFF_CENTRE = 100.0, 50.0, 0.2
# A mean that must exceed another one does so by this much.
ABOVE = 0.002


@dataclass(frozen=True)
class Sizes:
    """Scored respondents of a scale: all of them, and by (grouping, group)."""

    total: int
    groups: Mapping[Key, int]


class Means:
    """Means of one scale as variables of a model; `names[grouping, group]`, EVERYBODY for all."""

    def __init__(
        self, model: Model, scale: str, sizes: Sizes, pooled: Mapping[int, float], ends: tuple[float, float]
    ) -> None:
        self.model, self.scale, self.sizes, self.pooled, self.ends = model, scale, sizes, pooled, ends
        self.names = {EVERYBODY: model.variable(*ends)}
        everybody = self.names[EVERYBODY]
        apart = {everybody: 1.0, **{name: -value for name, value in pooled.items()}}
        room = READINGS_APART * (ends[1] - ends[0]) + 1 / max(1, sizes.total)
        model.row("", apart, -room, room)
        for grouping in dict.fromkeys(grouping for grouping, _ in sizes.groups):
            own = {key: n for key, n in sizes.groups.items() if key[0] == grouping and n}
            most = model.variable(0, np.inf, cost=1.0)
            for key in own:
                self.names[key] = model.variable(*ends)
                model.distance({self.names[key]: 1.0, everybody: -1.0}, 0.0, OFF_CENTRE, most)
            together = {self.names[key]: n / sum(own.values()) for key, n in own.items()}
            model.row("", {**together, everybody: -1.0}, 0.0, 0.0)

    def printed(self, targets: Targets) -> None:
        """Enter the printed means, and wish everybody's mean of all answers to round to the same."""
        for (scale, grouping, group), figure in targets.means.items():
            if scale == self.scale and (grouping, group) in self.names:
                self.figure((grouping, group), figure)
        overall = targets.means.get((self.scale, "", ""))
        if overall is not None:
            self._wish(self.pooled, overall)

    def figure(self, key: Key, figure: Figure) -> None:
        """A mean rounds to the printed one, and better lies well within the range that does."""
        value, half = float(figure.value), float(figure.half_unit)
        self.model.row(figure.id, {self.names[key]: 1.0}, value - half, value + half * 0.999)
        self._wish({self.names[key]: 1.0}, figure)

    def enter(self, demand: Demand) -> None:
        """Enter a bound on a mean, or a group that lies above or below all others."""
        key = (demand.grouping, demand.subject) if demand.grouping else EVERYBODY
        if key not in self.names:
            return
        if demand.form == "mean-extreme":
            sign = 1.0 if demand.relation == "is_max" else -1.0
            self.figure(key, Figure(demand.id, demand.value, demand.decimals))
            for other in demand.among:
                if (demand.grouping, other) in self.names:
                    terms = {self.names[key]: sign, self.names[demand.grouping, other]: -sign}
                    self.model.row(demand.id, terms, low=ABOVE)
            return
        half = 0.5 / 10**demand.decimals
        if demand.relation == "=":
            self.figure(key, Figure(demand.id, demand.value, demand.decimals))
            return
        edge = float(demand.value) + (-half if demand.relation in (">=", "<") else half)
        bounds = {"low": edge} if demand.relation.startswith(">") else {"high": edge - 1e-4}
        self.model.row(demand.id, {self.names[key]: 1.0}, **bounds)

    def test(self, pair: PairDemand, groups: int, spread: tuple[float, float], alpha: float) -> None:
        """Enter a pair: at `alpha` it must come out as said with some spread of the groups, and better at its own p.

        `groups` is the number of tested groups of its grouping, `spread` the range of everybody's deviation.
        """
        a, b = (self.names.get((pair.grouping, group)) for group in (pair.a, pair.b))
        sizes = [self.sizes.groups.get((pair.grouping, group), 0) for group in (pair.a, pair.b)]
        if a is None or b is None or min(sizes) < 2:
            if pair.differs:
                self.model.row(pair.id, {}, low=1)
            return
        terms = {a: 1.0, b: -1.0}
        likely = self.apart(pair.p, groups, sizes, sum(spread) / 2)
        slack = self.model.variable(0, np.inf, cost=OFF_MARGIN)
        if pair.differs:
            self.model.row(pair.id, terms, low=self.apart(alpha, groups, sizes, NARROWER * spread[0]))
            self.model.row("", {**terms, slack: 1.0}, low=1.04 * likely)
        else:
            far = self.apart(alpha, groups, sizes, WIDER * spread[1])
            self.model.row(pair.id, terms, -far, far)
            self.model.row("", {**terms, slack: 1.0}, low=-0.96 * likely)
            self.model.row("", {**terms, slack: -1.0}, high=0.96 * likely)

    def open(self, grouping: str, a: str, b: str, groups: int, spread: tuple[float, float], alpha: float) -> list[int]:
        """Two flags of a pair on which nothing is said: a lies significantly above b, b above a; else nothing shows."""
        sizes = [self.sizes.groups[grouping, group] for group in (a, b)]
        terms = {self.names[grouping, a]: 1.0, self.names[grouping, b]: -1.0}
        near = 0.9 * self.apart(alpha, groups, sizes, sum(spread) / 2)
        far = 1.1 * self.apart(alpha, groups, sizes, sum(spread) / 2)
        up, down = (self.model.variable(0, 1, whole=True, cost=1.0) for _ in range(2))
        span = 2 * (self.ends[1] - self.ends[0])
        self.model.row("", {**terms, up: -span}, low=far - span)
        self.model.row("", {**terms, down: span}, high=span - far)
        self.model.row("", {**terms, up: -span}, high=near)
        self.model.row("", {**terms, down: span}, low=-near)
        return [up, down]

    def apart(self, p: float, groups: int, sizes: Sequence[int], deviation: float) -> float:
        """Difference of two means at which a pair of groups with this deviation has `p`."""
        freedom = np.array([float(sum(sizes) - 2)])
        error = deviation * float(np.sqrt(1 / sizes[0] + 1 / sizes[1]))
        return float(distances(p, groups, freedom)[0]) * error

    def _wish(self, terms: Mapping[int, float], figure: Figure) -> None:
        slack, value = self.model.variable(0, np.inf, cost=OFF_INNER), float(figure.value)
        inner = INNER * float(figure.half_unit)
        self.model.row("", {**terms, slack: 1.0}, low=value - inner)
        self.model.row("", {**terms, slack: -1.0}, high=value + inner)
