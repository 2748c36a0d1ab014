"""How much the checks find: errors planted one at a time into registers that are free of contradictions."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from survey_report.figure_checks.checks import CHECKS, check_figures
from survey_report.figure_checks.outcome import Finding
from survey_report.figure_checks.printed import Figures, Printed
from survey_report.figure_checks.simulated import simulated_register

SEED = 20230721
PLANTED = 100
NARROW = 3  # an alarm that names no more figures than this tells a reader where to look


@dataclass(frozen=True)
class Slip:
    """One planted error: the figure, with rows that repeat it, how it came about, and what is printed then and now."""

    figures: tuple[str, ...]
    kind: str
    how: str
    before: str
    after: str


@dataclass(frozen=True)
class Trial:
    """A planted error and the alarms that followed."""

    slip: Slip
    alarms: tuple[Finding, ...]

    @property
    def checks(self) -> frozenset[str]:
        """Checks with an alarm that names the changed figure."""
        return frozenset(alarm.check for alarm in self.alarms if self._names(alarm))

    @property
    def narrowed(self) -> bool:
        """Whether an alarm names the changed figure and few others."""
        return any(self._names(alarm) and len(alarm.figures) <= NARROW for alarm in self.alarms)

    @property
    def elsewhere(self) -> int:
        """Alarms that do not name the changed figure."""
        return sum(not self._names(alarm) for alarm in self.alarms)

    def _names(self, alarm: Finding) -> bool:
        return not set(self.slip.figures).isdisjoint(alarm.figures)


def clean_register(figures: Figures, corrections: Mapping[str, str], doubted: Iterable[str]) -> Figures:
    """A register as it would be without errata: corrected where the study says how, otherwise without the figure."""
    for figure, value in corrections.items():
        figures = figures.with_number([figure], Fraction(value))
    return figures.without(set(doubted) - set(corrections))


def plant(figures: Figures, draw: random.Random) -> tuple[Figures, Slip]:
    """Change one printed number at random; what only repeats it as the top or bottom of an order changes with it.

    Figures that the register infers are left alone: nobody printed them. Raises ValueError where none can be changed.
    """
    rows = [row for row in figures.exact if row.basis == "stated"]
    draw.shuffle(rows)
    for row in rows:
        ways = list(SLIPS)
        draw.shuffle(ways)
        for how in ways:
            after = SLIPS[how](figures, row, draw)
            if after is not None and Fraction(after) != row.number:
                text = _plain(row)
                ids = _with_echoes(figures, row)
                return figures.with_number(ids, Fraction(after)), Slip(ids, row.kind, how, text, after)
    raise ValueError("no figure can be changed")


def trials(figures: Figures, count: int = PLANTED, seed: int = SEED) -> tuple[Trial, ...]:
    """One register with one planted error each; the register given must be free of alarms."""
    draw = random.Random(seed)
    done = []
    for _ in range(count):
        changed, slip = plant(figures, draw)
        done.append(Trial(slip, check_figures(changed).findings))
    return tuple(done)


def simulated_trials(count: int = PLANTED, seed: int = SEED) -> tuple[tuple[Trial, ...], int]:
    """One planted error in each of many simulated registers, and how many alarms those gave before."""
    draw = random.Random(seed)
    done, false_alarms = [], 0
    for number in range(count):
        register = simulated_register(seed + number)
        false_alarms += len(check_figures(register).findings)
        changed, slip = plant(register, draw)
        done.append(Trial(slip, check_figures(changed).findings))
    return tuple(done), false_alarms


def found_by(done: Iterable[Trial]) -> dict[str, int]:
    """How many planted errors each check found; one error may be found by several."""
    counts = dict.fromkeys(CHECKS, 0)
    for trial in done:
        for check in trial.checks:
            counts[check] = counts.get(check, 0) + 1
    return counts


def _plain(row: Printed) -> str:
    return f"{float(row.number):.{row.decimals}f}"


def _other_last_digit(_: Figures, row: Printed, draw: random.Random) -> str | None:
    text = _plain(row)
    return text[:-1] + draw.choice([digit for digit in "0123456789" if digit != text[-1]])


def _digits_exchanged(_: Figures, row: Printed, draw: random.Random) -> str | None:
    text = _plain(row)
    places = [i for i, char in enumerate(text) if char.isdigit()]
    pairs = [(a, b) for a, b in pairwise(places) if text[a] != text[b]]
    # 10 printed as 01 would catch the eye; a nought does not come to the front unless decimals follow it.
    pairs = [(a, b) for a, b in pairs if not (a == 0 and text[b] == "0" and "." not in text[: b + 2])]
    if not pairs:
        return None
    a, b = draw.choice(pairs)
    chars = list(text)
    chars[a], chars[b] = chars[b], chars[a]
    return "".join(chars)


def _neighbour(figures: Figures, row: Printed, draw: random.Random) -> str | None:
    alike = [other for other in figures.exact if (other.measure, other.where) == (row.measure, row.where)]
    place = alike.index(row)
    near = [other for other in alike[max(0, place - 1) : place + 2] if other.number != row.number]
    return _plain(draw.choice(near)) if near else None


SLIPS: Mapping[str, Callable[[Figures, Printed, random.Random], str | None]] = {
    "another last digit": _other_last_digit,
    "two digits exchanged": _digits_exchanged,
    "the value of a neighbour": _neighbour,
}


def _with_echoes(figures: Figures, row: Printed) -> tuple[str, ...]:
    """The figure and the rows that state an order by the same printed number."""
    echoes = [
        other.id
        for other in figures.rows
        if (other.subject, other.where, other.value) == (row.subject, row.where, row.value)
        and (
            (other.relation in ("is_max", "is_min") and other.measure == row.measure)
            or other.measure.endswith(f"_vs_{row.measure}")
        )
    ]
    return (row.id, *echoes)
