"""A tally of numbers set beside those of R: how many of each statistic, the largest difference, and what disagrees."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class Agreement:
    """What was compared, by the name of the statistic; `wrong` tells each disagreement in words."""

    counts: Counter[str] = field(default_factory=Counter)
    largest: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    wrong: list[str] = field(default_factory=list)

    def same(self, statistic: str, place: object, mine: object, by_r: float | None, within: float) -> None:
        """Notes whether two numbers agree; R must have one where the project has."""
        found = math.nan if mine is None else float(mine)  # type: ignore[arg-type]
        if by_r is None or math.isnan(found):
            self.wrong.append(f"{statistic} of {place}: {found}, by R {by_r}")
            return
        apart = abs(found - by_r)
        self.counts[statistic] += 1
        self.largest[statistic] = max(self.largest[statistic], apart)
        if not apart <= within:
            self.wrong.append(f"{statistic} of {place}: {found}, by R {by_r}, {apart:.2g} apart")

    def said(self, place: object, holds: bool, what: str) -> None:
        """Notes that something that must hold of what is told does not."""
        self.counts["told"] += 1
        if not holds:
            self.wrong.append(f"{place}: {what}")

    def add(self, other: Agreement) -> None:
        """Takes over what another tally holds."""
        self.counts.update(other.counts)
        self.wrong += other.wrong
        for name, apart in other.largest.items():
            self.largest[name] = max(self.largest[name], apart)

    def lines(self) -> Iterable[str]:
        """One line a statistic: name, how many, the largest difference."""
        for name, number in sorted(self.counts.items()):
            yield f"{name:18} {number:6} {self.largest.get(name, 0):.2g}"
