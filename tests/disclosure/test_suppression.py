"""Hiding cells of tables that add up: a published example, and random tables attacked as a reader would."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from survey_report.disclosure import suppression
from survey_report.disclosure.suppression import Cells, bounds, safe, suppress

# Investment of enterprises by activity (rows) and region (columns): the example of Fischetti and Salazar, Solving the
# cell suppression problem on tabular data with linear constraints, Management Science 47 (2001). Totals are printed.
# 22 is sensitive. With 8, 17 and 12 hidden beside it, the article gives 5 to 30 as what a reader can tell of it.
INVESTMENT = np.array([[20, 50, 10], [8, 19, 22], [17, 32, 12]])
SENSITIVE, COMPANIONS = 5, (3, 6, 8)


def table(values: np.ndarray, room: float, low: np.ndarray | None = None, high: np.ndarray | None = None) -> Cells:
    """A two-way table with both its margins printed."""
    rows, columns = values.shape
    lines = [np.repeat(np.arange(rows) == row, columns) for row in range(rows)]
    lines += [np.tile(np.arange(columns) == column, rows) for column in range(columns)]
    flat = values.ravel()
    return Cells(
        flat,
        sparse.csr_matrix(np.array(lines, dtype=float)),
        np.full(flat.shape, room),
        np.ones(flat.shape),
        flat if low is None else low.ravel(),
        flat if high is None else high.ravel(),
    )


def of(*cells: int) -> np.ndarray:
    return np.isin(np.arange(9), cells)


def test_bounds_are_those_of_the_published_example() -> None:
    cells = table(INVESTMENT, 5)
    assert bounds(cells, of(SENSITIVE, *COMPANIONS), [SENSITIVE])[0] == pytest.approx((5, 30))
    assert bounds(cells, of(SENSITIVE), [SENSITIVE])[0] == pytest.approx((22, 22))
    assert bounds(cells, of(SENSITIVE, 3), [SENSITIVE])[0] == pytest.approx((22, 22)), "its column still tells it"


def test_the_sensitive_cell_of_the_published_example_takes_three_others_with_it() -> None:
    """The fewest that can: one more in its row, one in its column, and one where those two cross."""
    hidden = suppress(table(INVESTMENT, 5), of(SENSITIVE))
    assert hidden.sum() == 4
    row, column = divmod(SENSITIVE, 3)
    grid = hidden.reshape(3, 3)
    assert grid[row].sum() == 2
    assert grid[:, column].sum() == 2


def test_rounding_of_shown_cells_gives_room() -> None:
    cells = table(INVESTMENT, 5, INVESTMENT - 4, INVESTMENT + 4)
    low, high = bounds(cells, of(SENSITIVE), [SENSITIVE])[0]
    assert (low, high) == pytest.approx((14, 30))  # two cells of its row may each be 4 off
    assert suppress(cells, of(SENSITIVE)).sum() == 1


def test_a_cell_that_nothing_can_protect_stays_hidden() -> None:
    cells = table(np.array([[3, 9]]), 5)  # one row: the columns' totals are the cells
    hidden = suppress(cells, np.array([True, False]))
    assert hidden[0]
    assert not safe(cells, hidden, [0])[0]


def test_a_cell_in_no_printed_sum_has_no_end_and_others_keep_theirs() -> None:
    cells = table(INVESTMENT, 5)
    flat = np.append(INVESTMENT.ravel(), 7)
    sums = sparse.hstack([cells.sums, sparse.csr_matrix((6, 1))], format="csr")
    wider = Cells(flat, sums, np.full(10, 5.0), np.ones(10), flat, flat)
    hidden = np.append(of(SENSITIVE, *COMPANIONS), True)
    assert bounds(wider, hidden, [9, SENSITIVE]).tolist() == [[0, np.inf], [pytest.approx(5), pytest.approx(30)]]
    assert safe(wider, hidden, [9, SENSITIVE]).all()


def feasible(values: np.ndarray, hidden: np.ndarray) -> dict[int, set[int]]:
    """The values that each hidden cell takes in any table of whole numbers with the same shown cells and margins: tried
    out one by one."""
    columns = values.shape[1]
    free = [tuple(cell) for cell in np.argwhere(hidden)]
    found: dict[int, set[int]] = {row * columns + column: set() for row, column in free}
    ends = [min(int(values[r].sum()), int(values[:, c].sum())) for r, c in free]
    for tried in product(*(range(end + 1) for end in ends)):
        changed = values.copy()
        for (row, column), value in zip(free, tried, strict=True):
            changed[row, column] = value
        if (changed.sum(axis=0) == values.sum(axis=0)).all() and (changed.sum(axis=1) == values.sum(axis=1)).all():
            for (row, column), value in zip(free, tried, strict=True):
                found[row * columns + column].add(value)
    return found


def test_a_range_that_is_not_found_protects_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The solver stops on iterations: what it did not get to must not pass for safe."""
    cells, hidden = table(INVESTMENT, 5), of(SENSITIVE, *COMPANIONS)
    assert safe(cells, hidden, [SENSITIVE, 3]).all()
    monkeypatch.setattr(suppression, "MAX_ITERATIONS", 0)
    assert bounds(cells, hidden, [SENSITIVE, 3]).tolist() == [[22, 22], [8, 8]]
    assert not safe(cells, hidden, [SENSITIVE, 3]).any()


@given(
    values=st.lists(st.integers(0, 5), min_size=6, max_size=6), hidden=st.lists(st.booleans(), min_size=6, max_size=6)
)
@settings(max_examples=60, deadline=None)
def test_bounds_are_what_trying_out_every_table_gives(values: list[int], hidden: tuple[bool, ...]) -> None:
    """Of tables with two margins the programme's ends are whole numbers, so that it agrees with counting."""
    grid, covered = np.array(values).reshape(2, 3), np.array(hidden)
    cells = table(grid, 5)
    reached = feasible(grid, covered.reshape(2, 3))
    found = bounds(cells, covered, list(reached)) if reached else np.empty((0, 2))
    assert found.ravel() == pytest.approx([end for values in reached.values() for end in (min(values), max(values))])


@given(data=st.data(), rows=st.integers(3, 6), columns=st.integers(3, 5), rounded=st.booleans())
@settings(max_examples=60, deadline=None)
def test_nothing_hidden_follows(data: st.DataObject, rows: int, columns: int, rounded: bool) -> None:
    values = np.array(data.draw(st.lists(st.integers(0, 30), min_size=rows * columns, max_size=rows * columns)))
    grid = values.reshape(rows, columns)
    low, high = (np.maximum(grid - 1, 0), grid + 1) if rounded else (grid, grid)
    cells = table(grid, 5, low, high)
    primary = values < 5
    hidden = suppress(cells, primary)
    assert hidden[primary].all()
    everything = np.ones(len(values), dtype=bool)
    which = np.flatnonzero(hidden)
    if len(which):
        assert (safe(cells, hidden, which) | ~safe(cells, everything, which)).all(), "more could have been hidden"


def test_the_same_table_hides_the_same_cells() -> None:
    draw = np.random.default_rng(3)
    grid = draw.integers(0, 25, (12, 3))
    first = suppress(table(grid, 5), grid.ravel() < 5)
    assert (first == suppress(table(grid, 5), grid.ravel() < 5)).all()
