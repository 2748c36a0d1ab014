"""Printed means: whether whole-number answers can give them, and whether group means can give the overall one."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

from survey_report.figure_checks.bases import asked_of_some, total_line, upper_bound
from survey_report.figure_checks.outcome import Certainty, Finding, Limit, Outcome, tested, together
from survey_report.figure_checks.printed import OVERALL, Figures, Printed, printed_text
from survey_report.figure_checks.rounding import (
    Span,
    every_mean_reachable,
    reachable_mean,
    weighted_limits,
)

GRIM, WEIGHTED = "reachable means", "group means and the overall mean"
# A scale's number of answers is not printed. Of each group at least this share is taken to have answered it.
LEAST_ANSWERING = Fraction(1, 2)


def check_grim(figures: Figures) -> Outcome:
    """Means that no answers in whole numbers give, where so few answered that means have gaps between them.

    A mean over several items is tested as if everybody answered all of them, so a finding there is likely, no more.
    """
    return together(_granularity(figures, row) for row in _means(figures))


def check_weighted(figures: Figures) -> Outcome:
    """The overall mean of a scale against the means of one grouping.

    Groups without a printed mean may have any mean of the scale; each group weighs between half of its respondents
    and all of them, or between none and all where the scale was put to some only.
    """
    parts: dict[tuple[str, str], list[Printed]] = defaultdict(list)
    for row in _means(figures):
        if row.group_by != OVERALL:
            parts[row.scale, row.group_by].append(row)
    outcomes = []
    for (scale, grouping), rows in parts.items():
        overall = next((row for row in _means(figures) if row.scale == scale and row.group_by == OVERALL), None)
        if overall is not None:
            outcomes.append(_weighted(figures, overall, rows, grouping))
    return together(outcomes)


def _means(figures: Figures) -> list[Printed]:
    return [row for row in figures.by_measure.get("mean", ()) if row.unit.startswith("scale_")]


def _granularity(figures: Figures, row: Printed) -> Outcome:
    counted = None if row.item else figures.overall("n_items", row.scale)
    items = max(1, int(counted.number)) if counted else 1
    needed = 10**row.decimals
    gaps = -(-needed // items) - 1
    exact = next((n for n in figures.by_measure.get("n", ()) if n.subject[:4] == row.subject[:4] and row.scale), None)
    steps = f"a mean of b people over {items} items moves in steps of 1/({items}b)"
    if exact is None:
        most = upper_bound(figures, row)
        reach = f"up to {most.size:,} may have answered" if most else "how many answered is not known"
        reason = f"{steps}; {row.decimals} decimals leave gaps only up to b = {gaps}, and {reach}"
        return Outcome(limits=(Limit(GRIM, (row.id,), reason),))
    people = max(1, int(exact.number))
    if every_mean_reachable(people * items, row.decimals):
        reason = f"{steps}; {row.decimals} decimals leave gaps only up to b = {gaps}, and {people:,} answered"
        return Outcome(limits=(Limit(GRIM, (row.id,), reason),))
    if reachable_mean(row.span, people * items):
        return tested([row.id, exact.id])
    cases = people * items
    below = row.number * cases // 1
    near = [printed_text(Fraction(points, cases), row.decimals + 1) for points in (below, below + 1)]
    arithmetic = f"{below} points over {cases} answers make {near[0]}, {below + 1} points make {near[1]}"
    message = f"{row.text} is printed for {people} people; {arithmetic}, and nothing lies between."
    if items > 1:
        message += " This takes it that everybody answered every item."
    certainty: Certainty = "certain" if items == 1 else "likely"
    ids = (row.id, exact.id)
    return tested(ids, Finding(GRIM, ids, row.text, arithmetic, message, certainty))


def _weighted(figures: Figures, overall: Printed, rows: list[Printed], grouping: str) -> Outcome:
    ids = (overall.id, *(row.id for row in rows))
    sizes = {row.group: row for row in figures.groups(grouping)}
    low, high = (Fraction(end) for end in overall.unit.split("_")[1:3])
    if not sizes:
        reason = "how many people each group has is not printed, nor which groups there are"
        return Outcome(limits=(Limit(WEIGHTED, ids, reason),))
    everybody = next((line for row in sizes.values() if (line := total_line(figures, row))), None)
    if everybody is None:
        reason = "how many people there are in all is not printed, so there may be other groups"
        return Outcome(limits=(Limit(WEIGHTED, ids, reason),))
    printed = {row.group: row for row in rows}
    least = Fraction(0) if asked_of_some(figures, overall.scale) else LEAST_ANSWERING
    values = [printed[group].span if group in printed else Span(low, high) for group in sizes]
    weights = [Span(least * size.number, size.number) for size in sizes.values()]
    others = everybody.number - sum((size.number for size in sizes.values()), Fraction(0))
    if others > 0:  # people in groups that are not printed, who may have said anything
        values.append(Span(low, high))
        weights.append(Span(least * others, others))
    reach = weighted_limits(values, weights)
    if reach is None or (reach.low <= low and reach.high >= high):
        reason = f"{len(values) - len(printed)} groups have no printed mean, and how many answered is not known"
        return Outcome(limits=(Limit(WEIGHTED, ids, reason),))
    shown = f"{printed_text(reach.low, overall.decimals)} to {printed_text(reach.high, overall.decimals)}"
    limit = Limit(WEIGHTED, ids, f"the group means allow an overall mean from {shown}", blind=False)
    if reach.meets(overall.span):
        return Outcome((), (limit,), frozenset(ids))
    arithmetic = f"the group means allow {shown}"
    assumed = "" if not least else " This takes it that at least half of every group answered."
    message = (
        f"{overall.text} is printed for everybody, but {arithmetic}, whatever the groups without a printed mean said."
        f"{assumed}"
    )
    hull = weighted_limits(values, [Span(Fraction(0), weight.high) for weight in weights])
    certainty: Certainty = "likely" if hull is None or hull.meets(overall.span) else "certain"
    return Outcome(
        (Finding(WEIGHTED, ids, overall.text, arithmetic, message, certainty),),
        (limit,),
        frozenset(ids),
    )
