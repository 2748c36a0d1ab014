"""Counts and percentages of the rows of a table against its last line, parts against wholes, categories counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction

from survey_report.figure_checks.bases import total_line
from survey_report.figure_checks.outcome import Finding, Limit, Outcome, tested, together
from survey_report.figure_checks.printed import OVERALL, Figures, Printed, printed_text
from survey_report.figure_checks.rounding import counts_printed_as, total

SUMS, HUNDRED, WHOLES = "sums", "adds to 100", "parts and wholes"
# Measures that add to another, everybody taken together.
PARTS: Mapping[str, tuple[str, ...]] = {"n_participants": ("n_focus_group_participants", "n_interview_participants")}
# The first of two cannot be more than the second.
AT_MOST = (
    ("n_open_answer", "n_complete"),
    ("n_telephone_interviews", "n_interviews"),
    ("n_interviews", "n_interview_participants"),
    ("n_focus_groups", "n_focus_group_participants"),
    ("n_responded", "n_invited"),
)


def check_sums(figures: Figures) -> Outcome:
    """Counts of one grouping in a table that has a line of totals."""
    return together(_sum(figures, rows) for rows in _tables(figures, "n"))


def check_hundred(figures: Figures) -> Outcome:
    """Percentages of one grouping in a table that has a line of totals: 100 within what rounding allows."""
    outcomes = []
    for rows in _tables(figures, "pct"):
        span = total(row.span for row in rows)
        printed = sum((row.number for row in rows), Fraction(0))
        slack = printed_text(span.high - printed, 2)
        text = printed_text(printed, rows[0].decimals)
        ids = tuple(row.id for row in rows)
        found = []
        if not span.holds(Fraction(100)):
            arithmetic = f"{len(rows)} percentages add to {text}, and rounding can move the sum by {slack} at most"
            found = [Finding(HUNDRED, ids, f"{len(rows)} shares", arithmetic, f"{arithmetic}; 100 is out of reach.")]
        outcomes.append(tested(ids, *found))
        reason = f"the sum of {len(rows)} percentages may be off by {slack} points through rounding alone"
        outcomes.append(Outcome(limits=(Limit(HUNDRED, ids, reason, blind=False),)))
    for row in figures.by_measure.get("pct_total", ()):
        found = [] if row.number == 100 else [_off(row)]
        outcomes.append(tested([row.id], *found))
    return together(outcomes)


def check_wholes(figures: Figures) -> Outcome:
    """Parts of everybody, numbers that bound each other, and how many categories a grouping has."""
    return together([*_parts(figures), *_at_most(figures), *_categories(figures), *_item_counts(figures)])


def _tables(figures: Figures, kind: str) -> Iterable[list[Printed]]:
    """Rows of one grouping and measure, for tables that print a total of it."""
    tables: dict[tuple[str, str, str], list[Printed]] = defaultdict(list)
    for row in figures.exact:
        if row.measure.startswith(kind) and row.group_by != OVERALL and not row.scale and not row.item:
            tables[row.where, row.group_by, row.measure].append(row)
    for (where, _, measure), rows in tables.items():
        totals = figures.by_measure.get(_total_of(measure), ())
        if len(rows) > 1 and any(line.where == where for line in totals):
            yield rows


def _total_of(measure: str) -> str:
    """The name of the last line's measure: `n` has `n_total`, `n_people` has `n_people_total`."""
    return f"{measure}_total"


def _sum(figures: Figures, rows: list[Printed]) -> Outcome:
    measure = _total_of(rows[0].measure)
    line = next(found for found in figures.by_measure[measure] if found.where == rows[0].where)
    ids = (*(row.id for row in rows), line.id)
    added, whole = sum(int(row.number) for row in rows), int(line.number)
    if added == whole:
        return tested(ids)
    gap = added - whole
    words = f"{abs(gap):,} too {'many' if gap > 0 else 'few'}"
    arithmetic = f"the {len(rows)} counts add to {added:,}, the total is {whole:,}: {words}"
    suspects = [row for row in rows if _mends(figures, row, gap)]
    message = f"{arithmetic[0].upper()}{arithmetic[1:]}."
    if len(suspects) == 1:
        row = suspects[0]
        message += (
            f" One count alone disagrees with its own percentage and would fit both with {int(row.number) - gap:,} "
            f"instead of {int(row.number):,}."
        )
        ids = (row.id, line.id)
    return tested((row.id for row in (*rows, line)), Finding(SUMS, ids, f"total {whole:,}", arithmetic, message))


def _mends(figures: Figures, row: Printed, gap: int) -> bool:
    """Whether a count contradicts its percentage as printed, and agrees with it once the gap is taken off."""
    share, base = figures.at(row.measure.replace("n", "pct", 1), row.subject), total_line(figures, row)
    if share is None or base is None:
        return False
    fits = counts_printed_as(share.span, int(base.number))
    return int(row.number) not in fits and int(row.number) - gap in fits


def _parts(figures: Figures) -> Iterable[Outcome]:
    for whole_name, names in PARTS.items():
        whole = figures.overall(whole_name)
        parts = [part for name in names if (part := figures.overall(name))]
        if whole is None or len(parts) < len(names):
            continue
        ids = (*(part.id for part in parts), whole.id)
        added = sum(int(part.number) for part in parts)
        arithmetic = f"{' and '.join(part.text for part in parts)} make {added:,}"
        message = f"{arithmetic[0].upper()}{arithmetic[1:]}, but {whole.text} is printed for all of them."
        found = [] if added == whole.number else [Finding(WHOLES, ids, whole.text, arithmetic, message)]
        yield tested(ids, *found)


def _at_most(figures: Figures) -> Iterable[Outcome]:
    for small_name, large_name in AT_MOST:
        small, large = figures.overall(small_name), figures.overall(large_name)
        if small is None or large is None:
            continue
        found = []
        if small.number > large.number:
            arithmetic = f"{small.text} is more than {large.text}"
            message = f"{arithmetic}, though the first number is a part of the second or cannot exceed it."
            found = [Finding(WHOLES, (small.id, large.id), small.text, arithmetic, message)]
        yield tested([small.id, large.id], *found)


def _categories(figures: Figures) -> Iterable[Outcome]:
    """A printed number of categories against the categories that have a printed count."""
    groupings = dict.fromkeys(row.group_by for row in figures.by_measure.get("n", ()) if row.group_by != OVERALL)
    for grouping in groupings:
        said = figures.overall(f"n_{_plural(grouping)}") or next(
            (row for row in figures.by_measure.get("n_categories", ()) if row.group_by == grouping), None
        )
        present = [row for row in figures.groups(grouping) if row.number > 0]
        if said is None:
            continue
        found = []
        if len(present) != said.number:
            arithmetic = f"{len(present)} categories have a count above nought"
            message = f"{arithmetic}, {said.text} are stated."
            found = [Finding(WHOLES, (said.id,), said.text, arithmetic, message)]
        yield tested([said.id], *found)


def _item_counts(figures: Figures) -> Iterable[Outcome]:
    """A number of items of a scale cannot be more than the scale has."""
    for row in figures.exact:
        items = figures.overall("n_items", row.scale) if row.scale else None
        if items is None or not row.measure.startswith("n_items_"):
            continue
        found = []
        if row.number > items.number:
            arithmetic = f"{row.text} items of {items.text}"
            message = f"{row.text} items are counted, but the scale has {items.text}."
            found = [Finding(WHOLES, (row.id, items.id), row.text, arithmetic, message)]
        yield tested([row.id, items.id], *found)


def _plural(word: str) -> str:
    return f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"


def _off(row: Printed) -> Finding:
    arithmetic = f"a total of all respondents is 100 per cent, not {row.text}"
    return Finding(HUNDRED, (row.id,), f"{row.text}%", arithmetic, f"{row.text}% is printed: {arithmetic}.")
