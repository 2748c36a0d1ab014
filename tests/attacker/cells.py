"""Ranges of every cell of every group, by linear programmes over all that is known of one question at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from knowledge import SIDES, Knowledge
from scipy import sparse
from scipy.optimize import linprog

SMALL = 5
SLACK = 1e-6
Place = tuple[str, str]


@dataclass(frozen=True)
class Breach:
    """A cell of which too much is known: between which counts it lies, and whether it is printed."""

    question: tuple[str, str, str]
    place: Place
    side: str
    low: float
    high: float
    printed: bool


class Problem:
    """All that is known of one question: variables are the counts of each group by side."""

    def __init__(self, knowledge: Knowledge, question: tuple[str, str, str]) -> None:
        self.question, self.knowledge = question, knowledge
        self.rows = _of_question(knowledge.rows, question)
        self.places: list[Place] = list(self.rows)
        self.totals = knowledge.totals.get(question)
        self._extra: list[Place] = []
        self._equal: list[tuple[dict[int, float], float]] = []
        self._most: list[tuple[dict[int, float], float]] = []
        for name in dict.fromkeys(grouping for grouping, _ in self.places):
            self._extra.append((name, ""))  # people who are in no group that is reported on
        self._extra += [("", f"{whole}") for whole in self._wholes()]
        self._number = {place: i for i, place in enumerate([*self.places, *self._extra])}
        self._know()

    def _wholes(self) -> list[Place]:
        inside = self.knowledge.inside
        return list(dict.fromkeys(inside[p] for p in self.places if p in inside and inside[p] in self.rows))

    def cell(self, place: Place, side: int) -> int:
        return self._number[place] * len(SIDES) + side

    def _know(self) -> None:
        for place, row in self.rows.items():
            mine = [self.cell(place, side) for side in range(len(SIDES))]
            size = self.knowledge.sizes.get(place)
            if not pd.isna(row["n"]):
                self._equal.append((dict.fromkeys(mine, 1.0), float(row["n"])))
            elif size is not None:
                self._most.append((dict.fromkeys(mine, 1.0), float(size)))
            for side, name in enumerate(SIDES):
                self._printed(mine[side], row.get("n"), row.get(name), row["step"])
                if self.totals and not pd.isna(row.get("rest_n", np.nan)):
                    rest = row.get(f"rest_{name}")
                    self._printed(mine[side], row["rest_n"], rest, row.get("rest_step", 1.0), of=self.totals[side])
        other = _of_question(self.knowledge.others, self.question)
        for place, row in other.items():
            if place in self.rows:
                for side, name in enumerate(SIDES):
                    self._printed(self.cell(place, side), row["n"], row[name], row["step"])
        self._know_sections()
        if self.totals:
            for grouping in dict.fromkeys(grouping for grouping, _ in self.places):
                if grouping == "cross_sections":  # these may share members
                    continue
                group = [p for p in [*self.places, (grouping, "")] if p[0] == grouping]
                for side in range(len(SIDES)):
                    self._equal.append(({self.cell(p, side): 1.0 for p in group}, float(self.totals[side])))
        for whole in self._wholes():
            parts = [p for p in self.places if self.knowledge.inside.get(p) == whole]
            for side in range(len(SIDES)):
                line = {self.cell(p, side): 1.0 for p in [*parts, ("", f"{whole}")]}
                self._equal.append((line | {self.cell(whole, side): -1.0}, 0.0))

    def _know_sections(self) -> None:
        """Cross-sections that share nobody are no more, together, than each group that they all lie in."""
        sections = {self._section(place): place for place in self.places if self._section(place)}
        for whole in self.places:
            mine = [name for name in sections if self._within(name, whole) and sections[name] != whole]
            for count in range(1, len(mine) + 1):
                for family in combinations(mine, count):
                    if all(self._apart(a, b) for a, b in combinations(family, 2)):
                        for side in range(len(SIDES)):
                            line = {self.cell(sections[name], side): 1.0 for name in family}
                            self._most.append((line | {self.cell(whole, side): -1.0}, 0.0))

    def _section(self, place: Place) -> str:
        return place[1] if place[1] in self.knowledge.sections and place[0] in ("cross_sections", place[1]) else ""

    def _within(self, name: str, whole: Place) -> bool:
        who = self.knowledge.sections[name]
        return self.knowledge.sections[self._section(whole)] < who if self._section(whole) else whole in who

    def _apart(self, a: str, b: str) -> bool:
        who, other = dict(self.knowledge.sections[a]), dict(self.knowledge.sections[b])
        return any(other.get(grouping, group) != group for grouping, group in who.items())

    def _printed(self, cell: int, n: object, share: object, step: object, of: int | None = None) -> None:
        """What a printed percentage tells of a count (or, for that of the rest, of what it leaves)."""
        if pd.isna(n) or pd.isna(share):  # type: ignore[call-overload]
            return
        base, half = float(n), max(float(step), 1e-4) / 2  # type: ignore[arg-type]
        low = math.ceil((float(share) - half) * base / 100 - SLACK)  # type: ignore[arg-type]
        high = math.floor((float(share) + half) * base / 100 + SLACK)  # type: ignore[arg-type]
        if of is not None:
            low, high = of - high, of - low
        self._most += [({cell: 1.0}, float(high)), ({cell: -1.0}, float(-low))]

    def breaches(self) -> Iterator[Breach]:
        """Cells of printed groups that are known too well."""
        width = len(self._number) * len(SIDES)
        equal, right = _matrix(self._equal, width)
        most, limit = _matrix(self._most, width)
        low, high = np.full(width, np.inf), np.full(width, -np.inf)

        def solve(aim: np.ndarray) -> None:
            found = linprog(aim, A_ub=most, b_ub=limit, A_eq=equal, b_eq=right, bounds=(0, None), method="highs")
            if found.status == 3:  # unbounded: nothing at all is known
                high[aim < 0] = np.inf
                return
            assert found.status == 0, (self.question, found.message)
            np.minimum(low, found.x, out=low)
            np.maximum(high, found.x, out=high)

        draw = np.random.default_rng(1)
        for _ in range(6):  # a few solutions in all directions give most cells their room at once
            aim = draw.normal(size=width)
            aim[aim < 0] = 0.0
            solve(aim)
        for place, row in self.rows.items():
            size = self.knowledge.sizes.get(place, SMALL)
            need, asked = min(SMALL, size), False
            for side, name in enumerate(SIDES):
                cell = self.cell(place, side)
                if self.totals and not self.totals[side]:
                    continue
                printed = not pd.isna(row[name])

                if printed and row[name] == 0:  # may be printed where no side is that of all but a few
                    others = [low[self.cell(place, other)] for other in range(len(SIDES))]
                    if max(others) > row["n"] - SMALL:
                        yield Breach(self.question, place, name, 0.0, 0.0, printed)
                    continue

                def fine(cell: int = cell, need: int = need, printed: bool = printed) -> bool:
                    return high[cell] >= need - SLACK and (printed or high[cell] - low[cell] >= need - SLACK)

                for sign in (-1.0, 1.0):
                    if not fine():
                        solve(np.eye(1, width, cell)[0] * sign)
                if not fine() and not asked and not printed:
                    need, asked = min(need, self._answers(place, most, limit, equal, right)), True
                if not fine(need=need):
                    yield Breach(self.question, place, name, float(low[cell]), float(high[cell]), printed)

    def _answers(self, place: Place, most: object, limit: object, equal: object, right: object) -> int:
        """How many of a group can have answered, as totals tell: no hiding gives more room than these."""
        aim = np.zeros(len(self._number) * len(SIDES))
        aim[[self.cell(place, side) for side in range(len(SIDES))]] = -1.0
        found = linprog(aim, A_ub=most, b_ub=limit, A_eq=equal, b_eq=right, bounds=(0, None), method="highs")
        return SMALL if found.status else round(-float(found.fun))


def _of_question(rows: pd.DataFrame, question: tuple[str, str, str]) -> dict[Place, pd.Series]:
    if rows.empty:
        return {}
    scale, kind, item = question
    mine = rows[(rows["scale"] == scale) & (rows["kind"] == kind) & (rows["item"] == item)]
    return {(str(row["grouping"]), str(row["group"])): row for _, row in mine.iterrows()}


def _matrix(lines: list[tuple[dict[int, float], float]], width: int) -> tuple[sparse.csr_matrix, np.ndarray]:
    matrix = sparse.lil_matrix((len(lines), width))
    for number, (line, _) in enumerate(lines):
        for cell, factor in line.items():
            matrix[number, cell] = factor
    return matrix.tocsr(), np.array([right for _, right in lines])


def questions_of(knowledge: Knowledge) -> list[tuple[str, str, str]]:
    """Every question that a profile says something of."""
    if knowledge.rows.empty:
        return []
    frame = knowledge.rows[["scale", "kind", "item"]].drop_duplicates()
    return [(str(scale), str(kind), str(item)) for scale, kind, item in frame.itertuples(index=False)]


def attack(knowledge: Knowledge, every: int = 1) -> list[Breach]:
    """All breaches; `every` takes only each so many-th question."""
    return [
        breach for question in questions_of(knowledge)[::every] for breach in Problem(knowledge, question).breaches()
    ]
