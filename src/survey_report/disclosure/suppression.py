"""Hiding cells of tables that add up, so that no hidden cell follows from the cells that are shown and the totals.

What an intruder knows is a system of equations: sums of cells that are printed somewhere, and cells that are shown. For
each hidden cell these leave a range. A cell is safe when its range is wide enough. Cells that are not safe take others
with them, the cheapest that give them room: a linear programme over two tables that the intruder could not tell from
the true one, in one of which the cell is larger and in the other smaller (the idea of Kelly, Golden and Assad 1992,
Networks 22, and of Fischetti and Salazar 2000, Journal of the American Statistical Association 95). Hiding more only
widens ranges, so that one pass over all hidden cells, old and new, is enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

ZERO = 1e-7
TINY_COST = 1e-4  # of moving cells that are hidden already: among equal solutions the one that moves least
MAX_ITERATIONS = 20_000
SOLVED, UNBOUNDED = 0, 3  # SciPy's numbers
AT_A_TIME = 4  # cells whose ranges are worked out together


@dataclass(frozen=True)
class Cells:
    """Counts (one a cell), the sums of them that are printed, and what protects each.

    `low` and `high` are what a shown cell tells of its count: the count itself where it is printed as it is, the ends
    of what it may have been where it is rounded. `sums` has one row a sum and one column a cell (1 where the cell is in
    it, -1 where it is the printed sum of others). `room` is how wide the range of each cell must be if it is hidden.
    As no count is below nought, it reaches as high. `cost` is what hiding one more costs; infinite where it cannot be
    hidden.
    """

    values: np.ndarray
    sums: sparse.csr_matrix
    room: np.ndarray
    cost: np.ndarray
    low: np.ndarray
    high: np.ndarray


def bounds(cells: Cells, hidden: np.ndarray, which: Sequence[int] | np.ndarray) -> np.ndarray:
    """The ranges of some hidden cells (one row a cell: lowest, highest) that shown cells and sums leave.

    Two linear programmes a cell, over all hidden cells. They have nothing to do with each other and are solved as one:
    calling the solver costs more than solving. An end that nothing holds is infinite; one that the solver does not find
    is taken to be the count itself, so that the cell does not pass for safe.
    """
    columns = np.flatnonzero(hidden | (cells.low < cells.high))
    matrix = cells.sums[:, columns]
    matrix = matrix[np.flatnonzero(np.diff(matrix.indptr))]
    right = matrix @ cells.values[columns].astype(float)
    limits = np.array([(0.0, np.inf) if hidden[i] else (cells.low[i], cells.high[i]) for i in columns], dtype=float)
    places = np.searchsorted(columns, which)
    signs = np.tile([1.0, -1.0], len(places))

    def ends(programmes: np.ndarray) -> np.ndarray:
        number = len(programmes)
        cost = np.zeros((number, len(columns)))
        cost[np.arange(number), places[programmes // 2]] = signs[programmes]
        together = sparse.kron(sparse.identity(number), matrix, format="csr")
        result = _solve(cost.ravel(), together, np.tile(right, number), np.tile(limits, (number, 1)))
        if result.status == SOLVED:
            return np.asarray((cost * result.x.reshape(cost.shape)).sum(axis=1))
        if number == 1:
            return -np.inf * np.ones(1) if result.status == UNBOUNDED else cost @ cells.values[columns]
        return np.concatenate([ends(one) for one in np.split(programmes, number)])  # one spoils all

    return np.asarray(signs * ends(np.arange(len(signs)))).reshape(-1, 2)


def safe(cells: Cells, hidden: np.ndarray, which: Sequence[int] | np.ndarray) -> np.ndarray:
    """Whether the range of each of some hidden cells is wide enough."""
    low, high = bounds(cells, hidden, which).T
    return np.asarray(high - low >= cells.room[which] - ZERO)


def suppress(cells: Cells, primary: np.ndarray, known_safe: np.ndarray | None = None) -> np.ndarray:
    """Which cells to hide: those of `primary` and the others that these need.

    `known_safe` are cells of `primary` of which the caller knows that they are safe already. A cell that nothing can
    protect, since no other cells can be hidden with it, stays hidden all the same; `safe` tells.
    """
    hidden = primary.astype(bool).copy()
    done = np.zeros(len(hidden), dtype=bool) if known_safe is None else known_safe.astype(bool).copy()
    while True:
        waiting = np.flatnonzero(hidden & ~done & (cells.room > 0))
        if not len(waiting):
            return hidden
        order = np.argsort(cells.values[waiting] - cells.room[waiting] * 1000, kind="stable")
        first = waiting[order][:AT_A_TIME]  # the neediest
        fine = safe(cells, hidden, first)
        done[first[fine]] = True
        if not fine.all():
            cell = int(first[~fine][0])
            done[cell] = True
            hidden |= _companions(cells, hidden, cell)


def _companions(cells: Cells, hidden: np.ndarray, cell: int) -> np.ndarray:
    """Cells to hide so that `cell` is safe; none where that cannot be."""
    # A shown cell that is rounded may move as far as its rounding for nothing, and further when it is hidden: these are
    # two columns of the programme.
    slack = ~hidden & (cells.low < cells.high)
    movable = np.concatenate([np.flatnonzero(hidden | np.isfinite(cells.cost)), np.flatnonzero(slack)])
    width, place = len(movable), int(np.flatnonzero(movable == cell)[0])
    rounding = np.arange(width) >= width - int(slack.sum())
    cost = np.where(hidden[movable] | rounding, TINY_COST, cells.cost[movable])
    matrix = cells.sums[:, movable]
    # Variables: how much each cell is larger (first) and smaller (second) in the one table, then in the other.
    pair = sparse.hstack([matrix, -matrix])
    equations = sparse.block_diag([pair, pair], format="csr")
    apart = np.zeros((1, 4 * width))
    apart[0, [place, 3 * width + place]] = -1.0  # up in the one plus down in the other: at least the room
    apart[0, [width + place, 2 * width + place]] = 1.0
    values, low, high = (of[movable].astype(float) for of in (cells.values, cells.low, cells.high))
    down = [(0.0, v - least if rounded else v) for v, least, rounded in zip(values, low, rounding, strict=True)]
    up = [(0.0, most - v if rounded else None) for v, most, rounded in zip(values, high, rounding, strict=True)]
    result = _solve(
        np.tile(cost, 4), equations, np.zeros(equations.shape[0]), [*up, *down] * 2, apart, -cells.room[[cell]]
    )
    found = np.zeros(len(hidden), dtype=bool)
    if result.status == SOLVED:
        moved = (np.asarray(result.x).reshape(4, width).max(axis=0) > ZERO) & ~rounding
        found[movable[moved]] = True
    return found


def _solve(
    cost: np.ndarray,
    equations: Any,
    right: np.ndarray,
    limits: Any,
    inequalities: np.ndarray | None = None,
    most: np.ndarray | None = None,
) -> Any:
    """What SciPy's HiGHS makes of a linear programme: `status` says whether it was solved, or is unbounded."""
    return linprog(
        cost,
        A_eq=equations,
        b_eq=right,
        A_ub=inequalities,
        b_ub=most,
        bounds=limits,
        method="highs-ds",
        options={"maxiter": MAX_ITERATIONS, "presolve": False},
    )
