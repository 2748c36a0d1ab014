"""The answers of all groups to one question as cells that add up: which of them to hide.

An intruder is taken to know everybody's answers, how many of each group answered, and of every cell that is shown what
its printed percentage, and that of everybody else, leave of it. Where the answers of groups are printed elsewhere as
they are (`exact`), rounding protects only what is coarse there as well.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from survey_report.disclosure.precision import precision_of, rounded
from survey_report.disclosure.suppression import ZERO, Cells, suppress
from survey_report.disclosure.zeros import harmless
from survey_report.study import SIDES, Thresholds

Place = tuple[str, str]
POSITIVE, NEUTRAL, NEGATIVE = range(3)
# What hiding one more cell costs: less where the row has hidden cells already, less for the neutral side; twice as much
# for a group of LARGE answers as for a tiny one.
IN_NEW_ROW, IN_OPENED_ROW, OF_NEUTRAL, LARGE = 1.0, 0.3, 0.7, 50


@dataclass(frozen=True)
class Link:
    """A group (set, group) that consists of other groups and, perhaps, of people who are in none of these."""

    whole: tuple[str, str]
    parts: tuple[tuple[str, str], ...]


def hidden_cells(
    rows: pd.DataFrame, totals: np.ndarray, links: Sequence[Link], limits: Thresholds, *, exact: bool = False
) -> np.ndarray:
    """Which cells to hide (rows by sides) of one question.

    `rows` has one row a set and group: grouping, group, n, positive, neutral, negative (counts); `totals` are the
    counts of everybody. Hidden are all sides of rows under `min_group`, sides of rows that are not `harmless`, and
    what these need. In a row where one side is shown it is the positive one if that can be.
    """
    counts = rows[list(SIDES)].to_numpy(int)
    places: list[Place] = list(zip(rows["grouping"], rows["group"], strict=True))
    grid = _Grid.of(counts, places, np.asarray(totals, dtype=int), links)
    sides = np.flatnonzero(np.asarray(totals) > 0)  # an answer that nobody gave, or that is none, needs no protection
    primary = np.ones(grid.counts.shape, dtype=bool)
    for row in (*range(len(counts)), *grid.remainders):
        primary[row] = _primary(grid.counts[row], sides, limits)
    cells = grid.cells(primary, sides, limits, exact)
    hidden = suppress(cells, primary[:, sides].ravel(), _surely_safe(grid, cells, primary, sides).ravel())
    found = np.zeros(counts.shape, dtype=bool)
    found[:, sides] = hidden.reshape(len(grid.counts), len(sides))[: len(counts)]
    alone = found.any(axis=1) & ~found[:, NEUTRAL] & found[:, [POSITIVE, NEGATIVE]].all(axis=1)
    found[alone, NEUTRAL] = True  # the neutral share alone tells a reader nothing
    return found


def _primary(counts: np.ndarray, sides: np.ndarray, limits: Thresholds) -> np.ndarray:
    """Sides of one row that are hidden for its own sake."""
    n, hidden = int(counts.sum()), np.zeros(len(SIDES), dtype=bool)
    mine = counts[sides]
    if n < limits.min_group:
        hidden[sides] = True
        return hidden
    if harmless(mine, limits.min_cell).all():
        return hidden
    hidden[sides] = True
    for side in (POSITIVE, NEGATIVE):
        # With one side shown the others are known in sum: each may be anything up to it.
        if side in sides and len(sides) == len(SIDES) and min(counts[side], n - counts[side]) >= limits.min_cell:
            hidden[side] = False
            break
    return hidden


@dataclass(frozen=True)
class _Grid:
    """Counts of the rows that are printed, then of those that follow from them: who is in no group of a set, or in none
    of the parts of a group. `sums` are groups of rows that add to everybody, or (with a whole) to another row.
    `remainders` are the rows of whom sets of one group leave over: they are nearly everybody, and need hiding no more
    than a printed row does. Nobody else who is in no group is to be told of."""

    counts: np.ndarray
    totals: np.ndarray
    sums: tuple[tuple[tuple[int, ...], int | None], ...]
    blocks: tuple[tuple[object, ...], ...]  # rows of one block lie in the same sums, and are no sum themselves
    remainders: tuple[int, ...]

    @classmethod
    def of(cls, counts: np.ndarray, places: Sequence[Place], totals: np.ndarray, links: Sequence[Link]) -> _Grid:
        number = {place: i for i, place in enumerate(places)}
        lines = list(counts)
        sums: list[tuple[tuple[int, ...], int | None]] = []
        remainders: list[int] = []
        groups = Counter(grouping for grouping, _ in places)

        def add(parts: list[int], whole: np.ndarray, of: int | None) -> None:
            rest = whole - sum((lines[i] for i in parts), np.zeros(len(SIDES), dtype=int))
            if rest.any():
                if all(groups[places[part][0]] == 1 for part in parts):
                    remainders.append(len(lines))
                parts = [*parts, len(lines)]
                lines.append(rest)
            sums.append((tuple(parts), of))

        for grouping in dict.fromkeys(grouping for grouping, _ in places):
            add([i for (name, _), i in number.items() if name == grouping], totals, None)
        for link in links:
            parts = [number[place] for place in link.parts if place in number]
            if link.whole in number and parts:
                add(parts, counts[number[link.whole]], number[link.whole])
        wholes = {whole for _, whole in sums if whole is not None}
        blocks = tuple(
            ("alone", row) if row in wholes else tuple(i for i, (parts, _) in enumerate(sums) if row in parts)
            for row in range(len(lines))
        )
        return cls(np.array(lines), totals, tuple(sums), blocks, tuple(remainders))

    def cells(self, primary: np.ndarray, sides: np.ndarray, limits: Thresholds, exact: bool) -> Cells:
        """As cells in the order of rows and, in them, of sides."""
        n, width = len(self.counts), len(sides)
        lines: list[np.ndarray] = []
        for row in range(n):  # how many answered
            line = np.zeros((n, width))
            line[row] = 1
            lines.append(line.ravel())
        for parts, whole in self.sums:
            for side in range(width):
                line = np.zeros((n, width))
                line[list(parts), side] = 1
                if whole is not None:
                    line[whole, side] = -1
                lines.append(line.ravel())
        cost = np.where(primary[:, sides].any(axis=1, keepdims=True), IN_OPENED_ROW, IN_NEW_ROW) * np.ones((n, width))
        cost[:, sides == NEUTRAL] *= OF_NEUTRAL
        cost *= 1 + self.counts.sum(axis=1, keepdims=True) / LARGE  # a reader misses a large group more
        room = np.minimum(limits.min_cell, self.counts.sum(axis=1))[:, None] * np.ones((n, width))
        values = self.counts[:, sides]
        remainders = list(self.remainders)  # printed nowhere: nothing to hide, no rounding that tells
        cost[remainders] = np.inf
        low, high = _left_by_rounding(self.counts, self.totals, sides, limits)
        if exact:  # but of coarse groups, which are rounded everywhere
            as_it_is = (self.counts.sum(axis=1) >= limits.coarse_group)[:, None]
            low, high = np.where(as_it_is, values, low), np.where(as_it_is, values, high)
        low[remainders], high[remainders] = 0, self.counts[remainders].sum(axis=1, keepdims=True)
        return Cells(
            values.ravel(), sparse.csr_matrix(np.array(lines)), room.ravel(), cost.ravel(), low.ravel(), high.ravel()
        )


def _left_by_rounding(
    counts: np.ndarray, totals: np.ndarray, sides: np.ndarray, limits: Thresholds
) -> tuple[np.ndarray, np.ndarray]:
    """The smallest and the largest count that give the printed percentages of a row and of everybody else."""
    low, high = np.zeros_like(counts), np.repeat(counts.sum(axis=1), len(SIDES)).reshape(counts.shape)
    for mine, of_rest in ((counts, False), (totals - counts, True)):
        n = mine.sum(axis=1)
        for row, size in enumerate(n):
            if not size:
                continue
            step = precision_of(int(size), limits).pct_step
            for side, count in enumerate(mine[row]):
                printed = rounded(100 * float(count) / float(size), step)
                ends = [(printed + sign * step / 2) * float(size) / 100 for sign in (-1, 1)]
                least, most = math.ceil(ends[0] - ZERO), math.floor(ends[1] + ZERO)
                if of_rest:
                    least, most = int(totals[side]) - most, int(totals[side]) - least
                low[row, side], high[row, side] = max(low[row, side], least), min(high[row, side], most)
    return low[:, sides], high[:, sides]


def _surely_safe(grid: _Grid, cells: Cells, hidden: np.ndarray, sides: np.ndarray) -> np.ndarray:
    """Hidden cells that need no linear programme.

    Answers exchanged between two sides of their row, and the other way round in other rows of the same block as far as
    these may go, leave every sum as it is. Where that alone gives a cell its room, it is safe.
    """
    shape = (len(grid.counts), len(sides))
    values, low, high, room = (of.reshape(shape) for of in (cells.values, cells.low, cells.high, cells.room))
    covered = hidden[:, sides]
    give = np.where(covered, values, values - low)  # how far each cell may fall, and rise
    take = np.where(covered, values.sum(axis=1, keepdims=True), high - values)
    moves = np.minimum(give[:, :, None], take[:, None, :])  # from one side to another, within a row
    for parts, whole in grid.sums:
        if whole is not None:  # its parts must move with it
            moves[whole] = np.minimum(moves[whole], moves[list(parts)].sum(axis=0))
    of_set = {row: sums for sums, (parts, whole) in enumerate(grid.sums) if whole is None for row in parts}
    blocks = [("whole", of_set[row]) if name[0] == "alone" else name for row, name in enumerate(grid.blocks)]
    safe = np.zeros(shape, dtype=bool)
    for block in dict.fromkeys(blocks):
        rows = np.array([i for i, name in enumerate(blocks) if name == block])
        mine = moves[rows]
        others = mine.sum(axis=0) - mine
        rise = np.minimum(mine, others.transpose(0, 2, 1))  # [row, from, to]
        for at in range(len(sides)):
            for other in range(len(sides)):
                if at != other:
                    safe[rows, at] |= rise[:, other, at] + rise[:, at, other] >= room[rows, at]
    return np.asarray(safe & covered)
