"""Answers fall into three classes: what two shares leave for the third, and what a printed range of it allows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import product

from survey_report.figure_checks.bases import base_of
from survey_report.figure_checks.outcome import Certainty, Finding, Limit, Outcome, tested, together
from survey_report.figure_checks.printed import Figures, Printed, printed_text
from survey_report.figure_checks.rounding import Span, counts_printed_as, rounded_values, total

THREE, RANGE, COMPONENTS = "three shares", "range of the third share", "shares and their parts"
# Three classes that hold every answer; the one in the middle is often not printed.
CLASSES = (
    ("pct_positive", "pct_neutral", "pct_negative"),
    ("pct_improved", "pct_no_change", "pct_worse"),
    ("pct_agree", "pct_neither", "pct_disagree"),
)
PARTS: Mapping[str, tuple[str, ...]] = {"pct_positive": ("pct_good", "pct_very_good")}
HUNDRED = Fraction(100)


def check_three(figures: Figures) -> Outcome:
    """Two or three of the classes of one question: 100 per cent together, or no more than that; counts likewise."""
    outcomes = []
    for classes in CLASSES:
        subjects = dict.fromkeys(row.subject for name in classes for row in figures.by_measure.get(name, ()))
        for subject in subjects:
            rows = [row for name in classes if (row := figures.at(name, subject))]
            if len(rows) == len(classes):
                outcomes += [_whole(rows), _whole_counts(figures, rows)]
            elif len(rows) > 1:
                outcomes.append(_part(rows))
            counts = [row for name in classes if (row := figures.at(name.replace("pct", "n", 1), subject))]
            if len(counts) > 1:
                outcomes.append(_counts(figures, counts, len(classes)))
    return together(outcomes)


def check_range(figures: Figures) -> Outcome:
    """A printed range of the third share over several periods, against what the other two leave in each."""
    outcomes = []
    for row in figures.rows:
        classes = next((names for names in CLASSES if row.measure in names), None)
        if row.relation == "between" and classes and row.value is not None and row.value_high is not None:
            outcomes.append(_range(figures, row, classes))
    return together(outcomes)


def check_components(figures: Figures) -> Outcome:
    """A share that is the sum of two others, such as good and very good answers."""
    outcomes = []
    for name, parts in PARTS.items():
        for whole in figures.by_measure.get(name, ()):
            rows = [row for part in parts if (row := figures.at(part, whole.subject))]
            if len(rows) < len(parts):
                continue
            ids = (*(row.id for row in rows), whole.id)
            made = total(row.span for row in rows)
            found = []
            if not made.meets(whole.span):
                arithmetic = f"{' and '.join(row.text for row in rows)} make {_between(made)} before rounding"
                message = f"{_capital(arithmetic)}; {whole.text} is printed for both."
                found = [Finding(COMPONENTS, ids, whole.text, arithmetic, message)]
            outcomes.append(tested(ids, *found))
    return together(outcomes)


def remainder(figures: Figures, row: Printed, classes: tuple[str, ...]) -> dict[str, Span]:
    """What the other two shares leave for the third, by period; periods with one of them unprinted are left out."""
    others = [name for name in classes if name != row.measure]
    periods = dict.fromkeys(found.period for name in others for found in figures.by_measure.get(name, ()))
    left = {}
    for period in periods:
        subject = replace(row, period=period).subject
        rows = [found for name in others if (found := figures.at(name, subject))]
        if len(rows) == len(others):
            taken = total(found.span for found in rows)
            left[period] = Span(HUNDRED - taken.high, HUNDRED - taken.low)
    return left


def in_words(figures: Figures, row: Printed, classes: tuple[str, ...]) -> str:
    """What the other two shares leave in each period: `34 and 14 leave 51 to 53; ...`."""
    left = remainder(figures, row, classes)
    return "; ".join(_left(figures, row, classes, period, span) for period, span in left.items())


def chance_of_range(left: Iterable[Span], low: Fraction, high: Fraction) -> Fraction:
    """How likely a range is, if the rounding errors of both shares are spread evenly and whole numbers are printed.

    Two even errors give the remainder a triangular spread: three times in four it rounds to what the printed shares
    leave, and once in eight each to one less or one more.
    """
    spreads = []
    for span in left:
        middle = (span.low + span.high) / 2
        spreads.append([(middle - 1, Fraction(1, 8)), (middle, Fraction(3, 4)), (middle + 1, Fraction(1, 8))])
    chance = Fraction(0)
    for drawn in product(*spreads):
        values = [value for value, _ in drawn]
        if min(values) == low and max(values) == high:
            share = Fraction(1)
            for _, part in drawn:
                share *= part
            chance += share
    return chance


def _whole(rows: list[Printed]) -> Outcome:
    span = total(row.span for row in rows)
    ids = tuple(row.id for row in rows)
    if span.holds(HUNDRED):
        return tested(ids)
    arithmetic = f"{_added(rows)}, between {_between(span)} before rounding"
    message = f"{_capital(arithmetic)}; three classes that hold every answer must reach 100."
    return tested(ids, Finding(THREE, ids, _texts(rows), arithmetic, message))


def _part(rows: list[Printed]) -> Outcome:
    span = total(row.span for row in rows)
    ids = tuple(row.id for row in rows)
    slack = HUNDRED - sum((row.number for row in rows), Fraction(0))
    limit = Limit(THREE, ids, f"two of three shares are printed and leave {printed_text(slack, 0)} points", blind=False)
    if span.low <= HUNDRED:
        return Outcome((), (limit,), frozenset(ids))
    arithmetic = f"{_added(rows)}, at least {printed_text(span.low, 1)} before rounding"
    message = f"{_capital(arithmetic)}: two shares of the same answers cannot pass 100."
    return tested(ids, Finding(THREE, ids, _texts(rows), arithmetic, message))


def _whole_counts(figures: Figures, rows: list[Printed]) -> Outcome:
    """Whether whole numbers that the three shares allow can add to the base."""
    base = base_of(figures, rows[0])
    if base is None or base.how == "bound":
        return Outcome()
    fits = [counts_printed_as(row.span, base.size) for row in rows]
    if not all(fits):
        return Outcome()  # the check of single percentages names it
    low, high = sum(counts[0] for counts in fits), sum(counts[-1] for counts in fits)
    ids = tuple(row.id for row in rows)
    if low <= base.size <= high:
        return tested((*ids, *base.figures))
    arithmetic = f"the three shares of {base.size} people stand for {low} to {high} people"
    message = f"{_capital(arithmetic)}, never for {base.size}."
    certainty: Certainty = "certain" if base.printed else "likely"
    return tested(ids, Finding(THREE, (*ids, *base.figures), _texts(rows), arithmetic, message, certainty))


def _counts(figures: Figures, rows: list[Printed], classes: int) -> Outcome:
    """Counts of the classes against the number of answers."""
    base = base_of(figures, rows[0])
    if base is None or base.how == "bound":
        return Outcome()
    ids = (*(row.id for row in rows), *base.figures)
    added = sum(int(row.number) for row in rows)
    if added == base.size or (len(rows) < classes and added < base.size):
        return tested(ids)
    arithmetic = f"{' and '.join(row.text for row in rows)} make {added:,}"
    message = f"{_capital(arithmetic)}, but {base.size:,} people answered."
    certainty: Certainty = "certain" if base.printed else "likely"
    return tested(ids, Finding(THREE, ids, _texts(rows), arithmetic, message, certainty))


def _range(figures: Figures, row: Printed, classes: tuple[str, ...]) -> Outcome:
    left = remainder(figures, row, classes)
    assert row.value is not None
    assert row.value_high is not None
    printed = f"{printed_text(row.value, row.decimals)} to {printed_text(row.value_high, row.decimals)}"
    if not left:
        return Outcome(limits=(Limit(RANGE, (row.id,), "no period prints both other shares"),))
    ids = (row.id, *_parts_of(figures, row, classes))
    every = set(left) == _periods(figures, row, classes)
    if _possible(row, list(left.values()), every):
        return tested(ids)
    arithmetic = in_words(figures, row, classes)
    message = f"A range from {printed} is printed, but {arithmetic}. No rounding gives both ends."
    return tested(ids, Finding(RANGE, ids, printed, arithmetic, message))


def _possible(row: Printed, left: list[Span], every: bool) -> bool:
    """Whether some choice of what can be printed in each period has the range's ends as smallest and largest."""
    assert row.value is not None
    assert row.value_high is not None
    choices = [
        [value for value in rounded_values(span, row.decimals) if row.value <= value <= row.value_high] for span in left
    ]
    if not all(choices):
        return False
    if not every:  # an end may belong to a period that is not printed
        return True
    return any(min(picked) == row.value and max(picked) == row.value_high for picked in product(*choices))


def _periods(figures: Figures, row: Printed, classes: tuple[str, ...]) -> set[str]:
    """Periods in which another share of this subject is spoken of, with a number or without."""
    others = [name for name in classes if name != row.measure]
    return {
        found.period
        for found in figures.rows
        if (found.scale, found.item) == (row.scale, row.item) and any(name in found.measure for name in others)
    }


def _parts_of(figures: Figures, row: Printed, classes: tuple[str, ...]) -> Iterator[str]:
    for period in remainder(figures, row, classes):
        for name in classes:
            found = figures.at(name, replace(row, period=period).subject)
            if found and name != row.measure:
                yield found.id


def _left(figures: Figures, row: Printed, classes: tuple[str, ...], period: str, span: Span) -> str:
    others = [figures.at(name, replace(row, period=period).subject) for name in classes if name != row.measure]
    texts = " and ".join(found.text for found in others if found)
    values = rounded_values(span, row.decimals)
    return f"{texts} leave {printed_text(values[0], row.decimals)} to {printed_text(values[-1], row.decimals)}"


def _added(rows: list[Printed]) -> str:
    added = sum((row.number for row in rows), Fraction(0))
    return f"{_texts(rows)} make {printed_text(added, rows[0].decimals)}"


def _texts(rows: Iterable[Printed]) -> str:
    listed = [row.text for row in rows]
    return f"{', '.join(listed[:-1])} and {listed[-1]}"


def _between(span: Span) -> str:
    return f"{printed_text(span.low, 1)} and {printed_text(span.high, 1)}"


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
