"""Percentages against whole numbers: can any count give this percentage, and does the printed count give it?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction

from survey_report.figure_checks.bases import Base, base_of
from survey_report.figure_checks.outcome import Certainty, Finding, Limit, Outcome, tested, together
from survey_report.figure_checks.printed import Figures, Printed, printed_text
from survey_report.figure_checks.rounding import bases_of, counts_printed_as, every_mean_reachable

ROUNDING, PAIRS = "rounding", "count and percentage"
NEVER_NOUGHT = ("n_items", "n_base", "n_total", "n_complete", "n_invited")


def check_rounding(figures: Figures) -> Outcome:
    """Percentages that no whole number of the base rounds to, and shares and counts that cannot be at all."""
    outcomes = [_possible(row) for row in figures.exact]
    for row in _percentages(figures):
        base = base_of(figures, row)
        if base is None:
            outcomes.append(_blind(row, "no base is printed"))
        elif every_mean_reachable(base.size, row.decimals + 2):
            # A percentage has two decimals more than it shows.
            step = printed_text(Fraction(100, base.size), 3)
            upto = "up to " if base.how == "bound" else ""
            limit = f"of {upto}{base.size:,} people, one is {step} points: every percentage of this precision occurs"
            outcomes.append(_blind(row, limit))
        elif base.how == "bound":
            outcomes.append(_bounded(row, base))
        else:
            outcomes.append(tested([row.id], *_unreachable(row, base)))
    return together(outcomes)


def check_pairs(figures: Figures) -> Outcome:
    """Counts printed beside a percentage that they do not give; without a base, pairs that share none."""
    outcomes = []
    loose: dict[tuple[str, str], list[tuple[Printed, Printed]]] = defaultdict(list)
    for share in _percentages(figures):
        count = figures.at(share.measure.replace("pct", "n", 1), share.subject)
        if count is None or count.id == share.id:
            continue
        base = base_of(figures, share)
        if base is None or base.how == "bound":
            loose[share.scale, share.item].append((count, share))
        else:
            outcomes.append(tested([count.id, share.id], *_unmatched(count, share, base)))
    outcomes += [_shared_base(pairs) for pairs in loose.values()]
    return together(outcomes)


def _percentages(figures: Figures) -> Iterable[Printed]:
    return (row for row in figures.exact if row.measure.startswith("pct") and row.unit == "percent")


def _possible(row: Printed) -> Outcome:
    """Whether a number lies in the range of its kind at all."""
    n = row.number
    if row.unit == "percent":
        possible, what = 0 <= n <= 100, "a share lies between 0 and 100 per cent"
    elif row.unit.startswith("scale_"):
        low, high = (int(end) for end in row.unit.split("_")[1:3])
        possible, what = low <= n <= high, f"the scale runs from {low} to {high}"
    elif row.unit == "count":
        # Scales have items, and percentages and tables have people.
        least = 1 if row.measure in NEVER_NOUGHT else 0
        possible, what = n >= least and n.denominator == 1, f"it is a whole number of {least} or more"
    else:
        return Outcome()
    if possible:
        return Outcome()
    return tested([row.id], Finding(ROUNDING, (row.id,), row.text, what, f"{row.text} is printed, but {what}."))


def _bounded(row: Printed, base: Base) -> Outcome:
    """A percentage of at most so many people: whether any number of them gives it."""
    smallest = next((size for size in range(1, base.size + 1) if counts_printed_as(row.span, size)), None)
    if smallest is not None:
        return _blind(row, f"at most {base.size:,} answered; {smallest:,} would do to give this percentage")
    arithmetic = f"no share of up to {base.size:,} people is printed as {row.text}%"
    message = f"{row.text}% is printed, but {arithmetic}."
    return tested([row.id], Finding(ROUNDING, (row.id, *base.figures), f"{row.text}%", arithmetic, message))


def _unreachable(row: Printed, base: Base) -> Iterable[Finding]:
    if counts_printed_as(row.span, base.size):
        return
    below = int(row.number * base.size / 100)
    near = [_share(count, base.size, row.decimals + 2) for count in (below, below + 1) if count <= base.size]
    arithmetic = " and ".join(f"{count:,} of {base.size:,} is {share}%" for count, share in near)
    message = (
        f"No whole number of {base.size:,} people gives {row.text}%: {arithmetic}, and nothing lies between."
        f"{_assumed(base)}"
    )
    yield Finding(ROUNDING, (row.id, *base.figures), f"{row.text}%", arithmetic, message, _certainty(base))


def _unmatched(count: Printed, share: Printed, base: Base) -> Iterable[Finding]:
    n = int(count.number)
    fits = counts_printed_as(share.span, base.size)
    if n in fits:
        return
    given = _share(n, base.size, share.decimals + 2)[1]
    arithmetic = f"{n:,} of {base.size:,} is {given}%"
    printed = f"{n:,} and {share.text}%"
    others = f"Of {base.size:,}, {_listed(fits)} would be printed as {share.text}%."
    message = f"{arithmetic}, which is not printed as {share.text}%. {others}{_assumed(base)}"
    ids = (count.id, share.id, *(figure for figure in base.figures if figure != count.id))
    yield Finding(PAIRS, ids, printed, arithmetic, message, _certainty(base))


def _shared_base(pairs: list[tuple[Printed, Printed]]) -> Outcome:
    """Two or more pairs of one item whose base is not printed must have one in common."""
    spans = [(count, share, bases_of(int(count.number), share.span)) for count, share in pairs]
    known = [(count, share, span) for count, share, span in spans if span is not None]
    ids = [figure for count, share, _ in known for figure in (count.id, share.id)]
    if len(known) < 2:
        return together(
            _blind(share, "count and percentage are printed, but no base and no second pair", PAIRS)
            for _, share, _ in known
        )
    low, high = max(span.low for *_, span in known), min(span.high for *_, span in known)
    if -(-low.numerator // low.denominator) <= high:
        return tested(ids)
    arithmetic = "; ".join(
        f"{count.number} as {share.text}% needs {float(span.low):.1f} to {float(span.high):.1f} people"
        for count, share, span in known
    )
    message = f"The pairs have no base in common: {arithmetic}."
    printed = "; ".join(f"{count.number} and {share.text}%" for count, share, _ in known)
    return tested(ids, Finding(PAIRS, tuple(ids), printed, arithmetic, message))


def _share(count: int, base: int, decimals: int) -> tuple[int, str]:
    return count, printed_text(Fraction(100 * count, base), decimals)


def _listed(fits: range) -> str:
    if not fits:
        return "no count"
    if len(fits) == 1:
        return f"only {fits[0]:,}"
    return f"only {fits[0]:,} {'or' if len(fits) == 2 else 'to'} {fits[-1]:,}"


def _assumed(base: Base) -> str:
    return "" if base.printed else " The base is not printed here; it is taken from the other questions."


def _certainty(base: Base) -> Certainty:
    return "certain" if base.printed else "likely"


def _blind(row: Printed, reason: str, check: str = ROUNDING) -> Outcome:
    return Outcome(limits=(Limit(check, (row.id,), reason),))
