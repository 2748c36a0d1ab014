"""Checks on the tables behind a rendering's pages: each knows the tables it can read by their columns.

Data files hold what pages print, so that each figure stands for a range: it must hold a number that the others allow.
Empty cells are hidden ones; what rests on them is passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

import pandas as pd

from survey_report.digits import P, p_value
from survey_report.figure_checks.printed import printed_text
from survey_report.figure_checks.rounding import Span, counts_printed_as, span_of, total
from survey_report.findings.people import FLOW_STEPS, NO_ANSWER
from survey_report.frames import each_row
from survey_report.numbers import Number
from survey_report.study import SIDES, Scale, Study

MEAN_DECIMALS, SHARE_DECIMALS, SIDE_DECIMALS = 2, 1, 0


@dataclass(frozen=True)
class Context:
    """What a table is checked against: the study, and every number of the rendering."""

    study: Study
    numbers: Mapping[str, Number]

    def value(self, key: str) -> Fraction | None:
        """A number as it is printed; None where there is none or it is hidden."""
        number = self.numbers.get(key)
        return None if number is None or number.value is None else _exact(number.value)


@dataclass(frozen=True)
class Fault:
    """One row of a table that cannot be right, with what it says and the arithmetic."""

    row: str
    value: str
    arithmetic: str


Check = Callable[[str, pd.DataFrame, Context], Iterator[Fault]]


def check_breakdown(_: str, table: pd.DataFrame, context: Context) -> Iterator[Fault]:
    """Respondents by category: shares are those of the counts among all who answered; with those who gave no answer
    counts add to all respondents."""
    everybody = context.value("respondents.n_complete")
    if not everybody:
        return
    for question, rows in table.groupby("question", sort=False):
        key = f"respondents.n.{question}.{NO_ANSWER.id}"
        unanswered = context.value(key) if key in context.numbers else Fraction(0)
        known = everybody - (unanswered or 0)
        for row in each_row(rows[rows["n"].notna()]):
            if pd.isna(row.pct) and unanswered is None:
                continue  # it would tell how many answered
            share = Fraction(100) * _exact(row.n) / known if known else Fraction(0)
            # Where the number of those who gave no answer is hidden, shares are coarser and only bounded from below.
            decimals = SHARE_DECIMALS if unanswered is not None else 0
            found = None if pd.isna(row.pct) else span_of(_exact(row.pct), decimals)
            if found is None or not (found.holds(share) or (unanswered is None and found.high > share)):
                text = f"{row.n:g} of {int(known):,} is {printed_text(share, 3)}%"
                yield Fault(f"{question}, {row.label}", f"{row.pct}%", text)
        added, hidden = int(rows["n"].sum()), bool(rows["n"].isna().any()) or unanswered is None
        added += int(unanswered or 0)
        if added > everybody or (added != everybody and not hidden):
            text = f"the counts add to {added:,}, there are {int(everybody):,} respondents"
            yield Fault(str(question), f"{added:,}", text)


def check_sides(label: str, table: pd.DataFrame, context: Context) -> Iterator[Fault]:
    """Shares of answers: each is that of a whole number of answers, options add to their side, sides to 100."""
    options = _sides_of(label, context.study, table)
    for row in table.to_dict("records"):
        shown = {name: _exact(row[name]) for name in (*options, *SIDES) if not pd.isna(row[name])}
        if not shown or pd.isna(row["n"]):
            continue
        name, base = str(row["label"]), int(row["n"])
        if base < context.study.thresholds.coarse_group:
            continue  # rounded too coarsely for anything to follow
        for column, share in shown.items():
            if not counts_printed_as(span_of(share, SIDE_DECIMALS), base):
                yield Fault(f"{name}, {column}", f"{float(share)}%", f"no whole number of {base:,} answers gives it")
        sums: list[tuple[str, Fraction, list[str]]] = [("all sides", Fraction(100), [*SIDES])]
        sums += [(side, shown[side], [o for o in options if options[o] == side]) for side in SIDES if side in shown]
        for what, whole, parts in sums:
            if not parts or any(part not in shown for part in parts):
                continue
            shares = [shown[part] for part in parts]
            if not total(span_of(share, SIDE_DECIMALS) for share in shares).meets(_whole(whole, what)):
                text = f"{' + '.join(printed_text(s, 2) for s in shares)} is not {printed_text(whole, 2)}"
                yield Fault(f"{name}, {what}", f"{float(whole)}%", text)


def check_means(label: str, table: pd.DataFrame, context: Context) -> Iterator[Fault]:
    """Means lie on the scale and in their intervals, groups hold no more people than there are, and add up."""
    scales = table["scale"] if "scale" in table else pd.Series(_scale_of(label, context.study), table.index)
    for (scale, grouping), rows in table.groupby([scales, "grouping"], sort=False):
        points = _points(context.study, str(scale))
        shown = rows[rows["mean"].notna()]
        for row in each_row(shown):
            mean = _mean_span(row.mean, getattr(row, "step", float("nan")))
            name = f"{scale}, {row.label}"
            if points and not points.holds(_exact(row.mean)):
                yield Fault(name, f"{row.mean}", f"answers run from {points.low} to {points.high}")
            if not pd.isna(row.low) and not mean.meets(Span(_exact(row.low), _exact(row.high))):
                yield Fault(name, f"{row.mean}", f"its interval runs from {row.low} to {row.high}")
            size = context.value(f"respondents.n.{grouping}.{row.group}")
            if size is not None and not pd.isna(row.n) and row.n > size:
                yield Fault(name, f"{row.n}", f"the group has {size} respondents")
        yield from _overall(str(scale), str(grouping), rows, context)


def _overall(scale: str, grouping: str, rows: pd.DataFrame, context: Context) -> Iterator[Fault]:
    """Where all groups are shown and hold everybody who answered, their weighted mean is the overall mean."""
    overall = context.numbers.get(f"{scale}.mean.overall")
    if overall is None or overall.value is None or overall.base is None:
        return
    if rows[["n", "mean"]].isna().any(axis=None) or int(rows["n"].sum()) != overall.base:
        return
    spans = [_mean_span(row.mean, getattr(row, "step", float("nan"))) for row in each_row(rows)]
    weights = [int(row.n) for row in each_row(rows)]
    low = sum((w * s.low for w, s in zip(weights, spans, strict=True)), Fraction(0)) / overall.base
    high = sum((w * s.high for w, s in zip(weights, spans, strict=True)), Fraction(0)) / overall.base
    if not Span(low, high).meets(span_of(_exact(overall.value), MEAN_DECIMALS)):
        text = f"the group means, weighted, give {printed_text(low, 3)} to {printed_text(high, 3)}"
        yield Fault(f"{scale}, by {grouping}", overall.text, text)


def check_pairs(_: str, table: pd.DataFrame, context: Context) -> Iterator[Fault]:
    """Differences are those of the means and lie in their intervals; significant is what its p says."""
    alpha, slack, near = context.study.thresholds.alpha, 10**-MEAN_DECIMALS, 10**-P
    for row in each_row(table):
        name = f"{row.scale}, {row.a} and {row.b}"
        if pd.isna(row.difference):  # nor is it told of such a pair which group is the higher one
            if not pd.isna(row.significant) and row.significant:
                yield Fault(name, f"significant: {row.significant}", "no difference is printed")
            continue
        if pd.isna(row.p):  # of a pair with a small group there is neither interval nor p
            yield from _apart(name, row, context)
            continue
        if not row.low - slack <= row.difference <= row.high + slack:
            yield Fault(name, f"{row.difference}", f"its interval runs from {row.low} to {row.high}")
        p = p_value(row.p)
        if not 0 <= p <= 1:
            yield Fault(name, f"p {row.p}", "p lies between 0 and 1")
        elif abs(p - alpha) > near and bool(row.significant) != (p < alpha):
            yield Fault(name, f"significant: {row.significant}", f"p is {row.p}, the level is {alpha}")
        apart = row.low > 0 or row.high < 0
        if min(abs(row.low), abs(row.high)) > slack and abs(p - alpha) > near and apart != bool(row.significant):
            yield Fault(name, f"significant: {row.significant}", f"the interval runs from {row.low} to {row.high}")
        yield from _apart(name, row, context)


def _apart(name: str, row: object, context: Context) -> Iterator[Fault]:
    """The difference of a pair is that of its means."""
    scale, grouping, a, b, apart = (getattr(row, n) for n in ("scale", "grouping", "a", "b", "difference"))
    means = [context.value(f"{scale}.mean.{grouping}.{group}") for group in (a, b)]
    if means[0] is not None and means[1] is not None:
        first, second = (span_of(mean, MEAN_DECIMALS) for mean in means if mean is not None)
        reach = Span(first.low - second.high, first.high - second.low)
        if not reach.meets(span_of(_exact(apart), MEAN_DECIMALS)):
            text = f"{float(means[0])} less {float(means[1])} is {printed_text(means[0] - means[1], 2)}"
            yield Fault(name, f"{apart}", text)


def _whole(share: Fraction, what: str) -> Span:
    """What a sum of printed shares must come to: a side as it is printed, or exactly everything."""
    return span_of(share, SIDE_DECIMALS) if what in SIDES else Span(share, share)


def _mean_span(mean: float, step: float) -> Span:
    """What a mean may have been before it was rounded to a step (hundredths where none is given)."""
    if pd.isna(step) or step <= 10**-MEAN_DECIMALS:
        return span_of(_exact(mean), MEAN_DECIMALS)
    half = Fraction(f"{step:g}") / 2
    return Span(_exact(mean) - half, _exact(mean) + half)


def check_participants(_: str, table: pd.DataFrame, __: Context) -> Iterator[Fault]:
    """Participants by group: the last line is the sum of the others."""
    if table["value"].isna().any() or len(table) < 2:
        return
    *parts, whole = (int(value) for value in table["value"])
    if sum(parts) != whole:
        yield Fault(str(table["label"].iloc[-1]), f"{whole:,}", f"the lines above add to {sum(parts):,}")


def check_flow(_: str, table: pd.DataFrame, __: Context) -> Iterator[Fault]:
    """From rows to respondents: the first line is the sum of those left out and those kept; a line below is a part."""
    steps = len(FLOW_STEPS) + 2
    values = table["value"]
    if values.iloc[:steps].isna().any() or len(table) < steps:
        return
    rows, *parts = (int(value) for value in values.iloc[:steps])
    if sum(parts) != rows:
        yield Fault(str(table["label"].iloc[0]), f"{rows:,}", f"left out and kept add to {sum(parts):,}")
    if len(table) > steps and values.iloc[-1] > parts[-1]:
        yield Fault(str(table["label"].iloc[-1]), f"{values.iloc[-1]:g}", f"only {parts[-1]:,} were kept")


# The most telling columns first: a table is read by the first check whose columns it has.
READERS: Mapping[tuple[str, ...], Check] = MappingProxyType(
    {
        ("question", "category", "label", "n", "pct"): check_breakdown,
        ("label", "n", *SIDES): check_sides,
        ("grouping", "group", "label", "n", "mean", "low", "high"): check_means,
        ("a", "b", "difference", "low", "high", "p", "scale", "grouping", "significant"): check_pairs,
        ("method", "label", "value"): check_participants,
        ("label", "value"): check_flow,
    }
)


def reader_of(table: pd.DataFrame) -> Check | None:
    """The check that can read a table; None for tables without numbers of this kind."""
    return next((check for columns, check in READERS.items() if set(columns) <= set(table.columns)), None)


def _exact(value: object) -> Fraction:
    return Fraction(repr(float(value)))  # type: ignore[arg-type]


def _sides_of(label: str, study: Study, table: pd.DataFrame) -> dict[str, str]:
    """The side of each answer option that has a column: by the scale that the table is of, else by all its columns.

    The options of one set may all stand in another (five points in seven), so that columns alone do not tell the set.
    """
    scale = next((scale for scale in study.scales if label in _labels(scale)), None)
    questions = (*scale.items, *scale.changes) if scale else ()
    mine = dict.fromkeys(question.response_set for question in questions)
    sets = [{o.id: str(o.side) for o in study.response_sets[name].options} for name in mine or study.response_sets]
    present = [options for options in sets if options and set(options) <= set(table.columns)]
    return max(present, key=len, default={})


def _labels(scale: Scale) -> tuple[str, ...]:
    """Labels of the tables that hold shares of a scale's answers."""
    return tuple(f"{kind}-{scale.id}-{what}" for kind in ("tbl", "fig") for what in ("items", "change"))


def _scale_of(label: str, study: Study) -> str:
    names = {name: scale.id for scale in study.scales for name in (f"tbl-{scale.id}-means", f"fig-{scale.id}-groups")}
    return names.get(label, "")


def _points(study: Study, scale_id: str) -> Span | None:
    scale = next((scale for scale in study.scales if scale.id == scale_id), None)
    if scale is None:
        return None
    low, high = study.answers(scale).ends
    return Span(Fraction(low), Fraction(high))
