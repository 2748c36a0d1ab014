"""Orders, ranks, comparisons of two shares, and pairs of groups said to differ, against the printed numbers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from survey_report.figure_checks.outcome import Certainty, Finding, Limit, Outcome, tested, together
from survey_report.figure_checks.printed import ALL_SCALES, OVERALL, Figures, Printed

ORDERS, PAIRS = "orders and ranks", "pairs that differ"
RANK = re.compile(r"rank_(?:of|by)_(\w+?)(?:_from_(top|bottom))?$")
AGAINST = "_vs_"
LEVEL = 10  # points; two shares that are called about equal lie no further apart


def check_orders(figures: Figures) -> Outcome:
    """Largest, smallest and ranked figures, among those of the same kind that are printed."""
    outcomes = []
    for row in figures.rows:
        if row.relation in ("is_max", "is_min") and row.value is not None:
            outcomes.append(_extreme(figures, row))
        elif (found := RANK.match(row.measure)) and row.value is not None and row.relation in ("=", "<="):
            outcomes.append(_rank(figures, row, found[1], found[2] == "bottom"))
        elif AGAINST in row.measure and not row.item:
            outcomes.append(_against(figures, row))
    return together(outcomes)


def check_pairs_differ(figures: Figures) -> Outcome:
    """Pairs said to differ: the first group's mean is the higher one. And how many pairs differ, against a total."""
    pairs = [row for row in figures.rows if row.measure == "significant_pair" and row.relation == "differs"]
    outcomes = [_pair(figures, row) for row in pairs]
    by_scale: dict[str, list[str]] = defaultdict(list)
    by_grouping: dict[str, set[str]] = defaultdict(set)
    for row in pairs:
        by_scale[row.scale].append(row.id)
        by_grouping[row.group_by].add(row.scale)
    for row in figures.by_measure.get("n_significant_pairs", ()):
        outcomes.append(_no_fewer(row, len(by_scale[row.scale]), tuple(by_scale[row.scale])))
    for row in figures.by_measure.get("n_significant_associations", ()):
        outcomes.append(_no_fewer(row, len(by_grouping[row.group_by]), ()))
    for row in figures.rows:
        if row.measure == "significant_pair" and row.relation == "not_differs":
            outcomes.append(_nowhere(row, pairs))
    return together(outcomes)


def _siblings(figures: Figures, row: Printed, measure: str) -> list[Printed]:
    """Printed numbers of the same measure that stand in one order with the row's: other items, groups or scales."""

    def alike(other: Printed) -> bool:
        if (other.group_by, other.period) != (row.group_by, row.period) or other.scale == ALL_SCALES:
            return False
        if row.item:
            return other.scale == row.scale and other.item not in ("", row.item)
        if row.group_by != OVERALL:
            return other.scale == row.scale and not other.item and other.group != row.group
        return not other.item and other.scale not in ("", row.scale) and bool(row.scale)

    found: dict[tuple[str, ...], Printed] = {}
    for other in figures.by_measure.get(measure, ()):
        if alike(other):
            best = found.get(other.subject)
            found[other.subject] = other if best is None or other.decimals > best.decimals else best
    return list(found.values())


def _extreme(figures: Figures, row: Printed) -> Outcome:
    siblings = _siblings(figures, row, row.measure)
    if not siblings:
        return Outcome(limits=(Limit(ORDERS, (row.id,), "nothing else of its order is printed"),))
    largest = row.relation == "is_max"
    top, low = row.span.high, row.span.low
    beyond = [other for other in siblings if (other.span.low >= top if largest else other.span.high <= low)]
    word = "largest" if largest else "smallest"
    found = [
        Finding(
            ORDERS,
            (row.id, other.id),
            row.text,
            f"{other.text} is {'above' if largest else 'below'} {row.text}",
            f"{row.text} is called the {word}, but {other.text} is printed for another of its kind.",
        )
        for other in beyond
    ]
    return tested([row.id, *(other.id for other in siblings)], *found)


def _rank(figures: Figures, row: Printed, measure: str, from_bottom: bool) -> Outcome:
    own = figures.at(measure, row.subject) or figures.at(measure, replace(row, period="none").subject)
    siblings = _siblings(figures, own, measure) if own else []
    if own is None or not siblings:
        return Outcome(limits=(Limit(ORDERS, (row.id,), "its own number or the others of its order are not printed"),))
    above = [o for o in siblings if o.number > own.number and o.span.low >= own.span.high]
    below = [o for o in siblings if o.number < own.number and o.span.high <= own.span.low]
    ahead = below if from_bottom else above
    level = len(siblings) - len(above) - len(below)
    best, worst = 1 + len(ahead), 1 + len(ahead) + level
    ids = (row.id, own.id, *(other.id for other in siblings))
    # Others may be unprinted, so a rank can be worse than the printed ones say; it is never better.
    if best <= row.number and (row.relation == "<=" or row.number <= worst or not _all_printed(figures, own, siblings)):
        return tested(ids)
    end = "bottom" if from_bottom else "top"
    where = f"{best}" if best == worst else f"{best} to {worst}"
    arithmetic = f"by the printed numbers, {own.text} has rank {where} from the {end}"
    said = f"{row.text}" if row.relation == "=" else f"{row.text} or better"
    ids = (row.id, own.id, *(other.id for other in ahead)) if best > row.number else ids
    return tested(ids, Finding(ORDERS, ids, row.text, arithmetic, f"Rank {said} is stated; {arithmetic}."))


def _all_printed(figures: Figures, own: Printed, siblings: list[Printed]) -> bool:
    """Whether every member of an order is printed, as far as the register tells how many there are."""
    if own.item:
        items = figures.overall("n_items", own.scale)
        return items is not None and len(siblings) + 1 == items.number
    if own.group_by != OVERALL:
        return len(siblings) + 1 == len(figures.groups(own.group_by))
    scales = {row.scale for row in figures.rows} - {"", ALL_SCALES}
    return len(siblings) + 1 == len(scales)


def _against(figures: Figures, row: Printed) -> Outcome:
    """Two shares set against each other: more of one than of the other, or about equal."""
    first_name, _, second_name = row.measure.partition(AGAINST)
    first, second = figures.at(first_name, row.subject), figures.at(second_name, row.subject)
    if first is None or second is None or row.relation not in (">", "about_equal"):
        return Outcome(limits=(Limit(ORDERS, (row.id,), "the two shares are not both printed"),))
    ids = (row.id, first.id, second.id)
    arithmetic = f"{first.text} against {second.text}"
    found: list[Finding] = []

    def add(message: str, certainty: Certainty = "certain") -> None:
        found.append(Finding(ORDERS, ids, arithmetic, arithmetic, message, certainty))

    if row.relation == ">" and first.span.high <= second.span.low:
        add(f"The first share is said to be larger: {arithmetic}.")
    if row.relation == ">" and row.value is not None and row.number != second.number:
        add(f"{row.text} is given for the smaller share, {second.text} is printed for it.")
    if row.relation == "about_equal" and abs(first.number - second.number) > LEVEL:
        add(f"The two are called about equal, read as at most {LEVEL} points apart: {arithmetic}.", "likely")
    return tested(ids, *found)


def _pair(figures: Figures, row: Printed) -> Outcome:
    names = row.group.split("|")
    means = [found for name in names if (found := figures.at("mean", replace(row, group=name).subject))]
    if len(names) != 2 or len(means) != 2:
        return Outcome(limits=(Limit(PAIRS, (row.id,), "not both means are printed"),))
    high, low = means
    ids = (row.id, high.id, low.id)
    if high.number > low.number and high.span.high > low.span.low:
        return tested(ids)
    arithmetic = f"{high.text} is not above {low.text}"
    message = f"The first of two groups is said to differ by a higher mean, but {arithmetic}."
    # Means that are printed alike may differ by what rounding hides, though hardly so that it would show in a test.
    certainty: Certainty = "likely" if high.span.high > low.span.low else "certain"
    return tested(ids, Finding(PAIRS, ids, f"{high.text}; {low.text}", arithmetic, message, certainty))


def _no_fewer(row: Printed, named: int, ids: tuple[str, ...]) -> Outcome:
    if named <= row.number:
        return tested([row.id])
    arithmetic = f"{named} are named as different"
    message = f"{row.text} differences are counted, but {arithmetic}."
    return tested([row.id], Finding(PAIRS, (row.id, *ids), row.text, arithmetic, message))


def _nowhere(row: Printed, pairs: Iterable[Printed]) -> Outcome:
    """A grouping in which nothing differs, or a pair that does not, against pairs that do."""
    groups = set(row.group.split("|"))

    def same(pair: Printed) -> bool:
        if row.scale not in (pair.scale, ALL_SCALES) or row.group_by != pair.group_by:
            return False
        return row.group == "all" or set(pair.group.split("|")) <= groups

    against = [pair for pair in pairs if same(pair)]
    found = [
        Finding(
            PAIRS, (row.id, pair.id), "differs; does not differ", "both are stated",
            "A difference is stated at one place and ruled out at another.",
        )
        for pair in against
    ]  # fmt: skip
    return tested([row.id], *found)
