"""Linear demands on whole and real numbers, each with the register row it comes from; what cannot hold together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import optimize, sparse

Terms = Mapping[int, float]
# Branches HiGHS may try; without values by then none are thought to exist. It stops on steps, never on time.
NODES = 2_000
# How near to the smallest cost is near enough; the costs are only wishes, the rows always hold.
GAP = 0.01


@dataclass(frozen=True)
class Row:
    """low <= sum of coefficient * variable <= high; `owner` is a register row's id, empty for what always holds."""

    owner: str
    terms: Terms
    low: float
    high: float


@dataclass
class Model:
    """Variables by number with their bounds, and the rows that tie them."""

    lows: list[float] = field(default_factory=list)
    highs: list[float] = field(default_factory=list)
    whole: list[int] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def variable(self, low: float, high: float, *, whole: bool = False, cost: float = 0.0) -> int:
        """A new variable; `cost` is its weight in what is made small."""
        self.lows.append(low)
        self.highs.append(high)
        self.whole.append(int(whole))
        self.costs.append(cost)
        return len(self.lows) - 1

    def row(self, owner: str, terms: Terms, low: float = -np.inf, high: float = np.inf) -> None:
        """Demand that the sum of `terms` lies from `low` to `high`; nothing does where `high` is the smaller one."""
        if low > high:
            self.rows.append(Row(owner, terms, low, np.inf))
            low = -np.inf
        self.rows.append(Row(owner, terms, low, high))

    def holds_if(self, terms: Terms, at_least: float, reach: float, gap: float = 1.0) -> int:
        """A variable that is 1 where the sum is at least `at_least`, 0 where it is at most that less `gap`.

        The sum can't lie between; its absolute value is at most `reach`.
        """
        span = reach + abs(at_least) + gap
        flag = self.variable(0, 1, whole=True)
        self.row("", {**terms, flag: -span}, low=at_least - span)
        self.row("", {**terms, flag: -span}, high=at_least - gap)
        return flag

    def distance(self, terms: Terms, goal: float, cost: float, most: int | None = None, scale: float = 1.0) -> None:
        """Make |sum - goal| small; where `most` is given, also that variable, at least |sum - goal| / scale."""
        off = self.variable(0, np.inf, cost=cost)
        self.row("", {**terms, off: 1.0}, low=goal)
        self.row("", {**terms, off: -1.0}, high=goal)
        if most is not None:
            self.row("", {off: 1.0, most: -scale}, high=0.0)

    def owners(self) -> list[str]:
        """Register rows that the model rests on, in the order they were entered."""
        return list(dict.fromkeys(row.owner for row in self.rows if row.owner))

    def solve(self) -> np.ndarray | None:
        """Values of all variables at the smallest cost, or None where no values meet all rows."""
        return self._run(self.rows, self.costs)

    def clash(self) -> list[str]:
        """A smallest set of owners that cannot hold together: without any one of them the rest can. Empty if all can.

        Deletion filter (Chinneck and Dravnieks 1991): one owner after the other is left out for good wherever the rest
        still clashes.
        """
        if self._possible(()):
            return []
        # Halves first: what a clash has nothing to do with goes in large pieces. Plain figures came first and are
        # left for last, since they say most about what is wrong.
        dropped: set[str] = set()
        pieces = [self.owners()[::-1]]
        while pieces:
            piece = pieces.pop(0)
            if not self._possible(dropped | set(piece)):
                dropped |= set(piece)
            elif len(piece) > 1:
                middle = len(piece) // 2
                pieces[:0] = [piece[:middle], piece[middle:]]
        return [owner for owner in self.owners() if owner not in dropped]

    def _possible(self, without: Collection[str]) -> bool:
        return self._run([row for row in self.rows if row.owner not in without], [0.0] * len(self.costs)) is not None

    def _run(self, rows: Sequence[Row], costs: Sequence[float]) -> np.ndarray | None:
        if not self.lows:
            return np.zeros(0)
        entries = [(place, name, value) for place, row in enumerate(rows) for name, value in row.terms.items()]
        constraints = []
        if entries:
            at, names, values = zip(*entries, strict=True)
            matrix = sparse.csr_array((values, (at, names)), shape=(len(rows), len(self.lows)))
            limits = [row.low for row in rows], [row.high for row in rows]
            constraints = [optimize.LinearConstraint(matrix, *limits)]
        result = optimize.milp(
            np.array(costs),
            integrality=np.array(self.whole),
            bounds=optimize.Bounds(np.array(self.lows), np.array(self.highs)),
            constraints=constraints,
            options={"mip_rel_gap": GAP, "node_limit": NODES},
        )
        return result.x  # type: ignore[no-any-return]


def total(terms: Iterable[int], factor: float = 1.0) -> dict[int, float]:
    """The sum of variables, each times `factor`."""
    return dict.fromkeys(terms, factor)
