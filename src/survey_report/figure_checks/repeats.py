"""The same figure given twice, as a number, a range, a bound or the top of an order: can all of it be one number?"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction
from itertools import combinations

from survey_report.figure_checks.outcome import Finding, Limit, Outcome, tested, together
from survey_report.figure_checks.printed import OVERALL, Figures, Printed, printed_text
from survey_report.figure_checks.remainders import CLASSES, chance_of_range, in_words, remainder
from survey_report.figure_checks.rounding import Span

TWICE, BOUNDS = "given twice", "bounds and thresholds"
# The last line of a table of respondents counts those that took part.
SAME = {"n_total": "n_complete"}
# Measures that say what they count even without scale, item or group. Other rows without these may speak of anything.
OF_EVERYBODY = ("n_complete", "n_incomplete", "n_open_answer", "pct_total")
NUMBERED = ("=", "is_max", "is_min")
MEETS = {
    "<": lambda span, bound: span.low < bound,
    "<=": lambda span, bound: span.low <= bound,
    ">": lambda span, bound: span.high > bound,
    ">=": lambda span, bound: span.high >= bound,
}
THRESHOLD = re.compile(r"n_items_(at_least|over|below)_(\d+)$")
EXCEPT = "all_but_"


def check_twice(figures: Figures) -> Outcome:
    """Numbers and ranges of one quantity that no single number, however rounded, can satisfy."""
    same: dict[tuple[str, ...], list[Printed]] = defaultdict(list)
    nameless = []
    for row in figures.rows:
        if row.value is None or row.relation not in (*NUMBERED, "between"):
            continue
        measure = _measure(row)
        if any((row.scale, row.item, row.theme)) or row.group_by != OVERALL or measure in OF_EVERYBODY:
            kind = "between" if row.relation == "between" else "number"
            same[measure, kind, *row.subject, row.theme].append(row)
        else:
            nameless.append(row.id)
    outcomes = [_pair(figures, a, b) for rows in same.values() for a, b in combinations(rows, 2)]
    unnamed = Limit(TWICE, tuple(nameless), "the register's columns do not tell of what they are")
    return together([*outcomes, Outcome(limits=(unnamed,) if nameless else ())])


def check_bounds(figures: Figures) -> Outcome:
    """Numbers against a bound for the same quantity, or for every item of the scale, and against numbers of items."""
    outcomes = []
    for row in figures.rows:
        if row.relation in MEETS and row.value is not None:
            outcomes += [_bounded(row, number) for number in _under(figures, row)]
    outcomes += [_threshold(figures, row) for row in figures.exact if THRESHOLD.match(row.measure) and row.scale]
    return together(outcomes)


def _measure(row: Printed) -> str:
    """One name for what is the same: the last line of a table repeats a number that has a name already."""
    if row.measure in SAME:
        return SAME[row.measure]
    return row.measure if row.measure in OF_EVERYBODY else row.measure.removesuffix("_total")


def _pair(figures: Figures, a: Printed, b: Printed) -> Outcome:
    ids = (a.id, b.id)
    if a.relation == "between":
        if (a.value, a.value_high) == (b.value, b.value_high):
            return tested(ids)
        printed = f"{_range_text(a)}; {_range_text(b)}"
        arithmetic = f"one range runs from {_range_text(a)}, the other from {_range_text(b)}"
        message = f"The same range is given twice and differs: {arithmetic}.{_likelier(figures, a, b)}"
        return tested(ids, Finding(TWICE, ids, printed, arithmetic, message))
    if a.span.meets(b.span):
        return tested(ids)
    fine, coarse = (a, b) if a.decimals >= b.decimals else (b, a)
    unequal = f"{a.text} is not {b.text}"
    arithmetic = unequal if a.decimals == b.decimals else f"{fine.text} does not round to {coarse.text}"
    message = f"The same figure is given twice, as {a.text} and as {b.text}: {arithmetic}."
    return tested(ids, Finding(TWICE, ids, f"{a.text}; {b.text}", arithmetic, message))


def _likelier(figures: Figures, a: Printed, b: Printed) -> str:
    """Which of two ranges of a third share is likelier, given what the other two shares leave."""
    classes = next((names for names in CLASSES if a.measure in names), None)
    left = remainder(figures, a, classes) if classes else {}
    if not classes or not left or a.decimals or b.decimals:
        return ""
    chances = [
        chance_of_range(left.values(), row.value, row.value_high)
        for row in (a, b)
        if row.value is not None and row.value_high is not None
    ]
    told = f" Of 100, {in_words(figures, a, classes)}."
    if not all(chances):
        possible = [row for row, chance in zip((a, b), chances, strict=True) if chance]
        return f"{told} Only {_range_text(possible[0])} can come of that." if possible else f"{told} Neither fits."
    more, less = (a, b) if chances[0] >= chances[1] else (b, a)
    odds = printed_text(max(chances) / min(chances), 0)
    return (
        f"{told} Both ranges can come of that, but {_range_text(more)} is about {odds} times as likely as "
        f"{_range_text(less)} if rounding errors are spread evenly."
    )


def _range_text(row: Printed) -> str:
    high = row.value_high if row.value_high is not None else row.number
    return f"{row.text} to {printed_text(high, row.decimals)}"


def _under(figures: Figures, bound: Printed) -> Iterable[Printed]:
    """Printed numbers that a bound speaks of."""
    if bound.item.startswith(EXCEPT) or bound.item == "all_items":
        left_out = bound.item.removeprefix(EXCEPT)
        for row in figures.by_measure.get(bound.measure, ()):
            alike = (row.scale, row.group_by, row.period) == (bound.scale, bound.group_by, bound.period)
            if alike and row.item and row.item != left_out:
                yield row
    elif any((bound.scale, bound.item, bound.theme)) or bound.measure in OF_EVERYBODY:
        yield from figures.by_subject.get((bound.measure, bound.subject), ())


def _bounded(bound: Printed, number: Printed) -> Outcome:
    ids = (bound.id, number.id)
    words = {"<": "below", "<=": "at most", ">": "above", ">=": "at least"}[bound.relation]
    # Thresholds are meant for numbers as a reader sees them, so the printed number is compared, not what it was.
    if MEETS[bound.relation](Span(number.number, number.number), bound.number):
        return tested(ids)
    arithmetic = f"{number.text} is not {words} {bound.text}"
    message = f"{_capital(words)} {bound.text} is stated, but {number.text} is printed: {arithmetic}."
    return tested(ids, Finding(BOUNDS, ids, number.text, arithmetic, message))


def _threshold(figures: Figures, row: Printed) -> Outcome:
    """A number of items beyond a threshold, against printed shares and against bounds for all items."""
    found = THRESHOLD.match(row.measure)
    assert found
    side, edge = found[1], Fraction(found[2])
    shares = [share for share in figures.by_measure.get("pct_positive", ()) if share.scale == row.scale and share.item]
    items = figures.overall("n_items", row.scale)
    if items is None or side == "over":  # over half may be on either side, so good shares do not settle it
        return Outcome(limits=(Limit(BOUNDS, (row.id,), "which items are counted does not follow from its name"),))
    beyond = [share for share in shares if (share.number >= edge) == (side == "at_least")]
    least, most = len(beyond), int(items.number) - (len(shares) - len(beyond))
    for bound in figures.bounds("pct_positive"):
        if bound.scale != row.scale or bound.item != "all_items":
            continue
        above = bound.relation in (">", ">=") and bound.number >= edge
        below = bound.relation == "<" and bound.number <= edge
        if above or below:
            least = most = int(items.number) if above == (side == "at_least") else 0
            shares = [*shares, bound]
    ids = (row.id, items.id, *(share.id for share in shares))
    if least <= row.number <= most:
        return tested(ids)
    arithmetic = f"by the printed shares and bounds it is {least}" + (f" to {most}" if most != least else "")
    message = f"{row.text} of {items.text} items are said to be {side.replace('_', ' ')} {edge}; {arithmetic}."
    return tested(ids, Finding(BOUNDS, ids, row.text, arithmetic, message))


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
