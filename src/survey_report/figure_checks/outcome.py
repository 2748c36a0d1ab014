"""What a check says: contradictions, how far it can see, and which figures it looked at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Certainty = Literal["certain", "likely"]


@dataclass(frozen=True)
class Finding:
    """Figures that cannot all be right. `likely` rests on an assumption that the message names, `certain` on none."""

    check: str
    figures: tuple[str, ...]
    printed: str
    arithmetic: str
    message: str
    certainty: Certainty = "certain"


@dataclass(frozen=True)
class Limit:
    """How far a check can see on some figures; `blind` where no value at all could contradict."""

    check: str
    figures: tuple[str, ...]
    reason: str
    blind: bool = True


@dataclass(frozen=True)
class Outcome:
    """Findings, limits, and the figures that were tested with some power."""

    findings: tuple[Finding, ...] = ()
    limits: tuple[Limit, ...] = ()
    tested: frozenset[str] = frozenset()

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(self.findings + other.findings, self.limits + other.limits, self.tested | other.tested)


def tested(figures: Iterable[str], *findings: Finding) -> Outcome:
    """Figures that were tested, with what was found."""
    return Outcome(findings, (), frozenset(figures))


def together(outcomes: Iterable[Outcome]) -> Outcome:
    """All outcomes as one."""
    listed = list(outcomes)
    return Outcome(
        tuple(finding for outcome in listed for finding in outcome.findings),
        tuple(limit for outcome in listed for limit in outcome.limits),
        frozenset().union(*(outcome.tested for outcome in listed)),
    )
