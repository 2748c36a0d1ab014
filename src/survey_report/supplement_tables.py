"""Markdown tables of measurement, change over time and weighting, for the supplementary report."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from survey_report.escaping import bold, one_line, sentences
from survey_report.findings.changing import Changes
from survey_report.findings.measuring import LOW_ALPHA, Measurement, doubts
from survey_report.findings.weighting import Weighting
from survey_report.frames import each_row
from survey_report.marks import Style
from survey_report.numbers import Number, format_number, p_equation, round_half_up
from survey_report.pipe_tables import WITHHELD, base_text, pipe_table
from survey_report.study import SIDES, ResponseSet, Study
from survey_report.wording import listing


def scales_table(found: Measurement, style: Style) -> str:
    """Alpha with interval, omega, and the test of one factor, by scale."""
    rows = []
    for row in each_row(found.scales):
        alpha, omega = (found.numbers[f"measurement.{name}.{row.scale}"] for name in ("alpha", "omega"))
        interval = style.other(f"{row.low:.2f} to {row.high:.2f}") if alpha.value is not None else row.reason
        rest = style(omega) if omega.value is not None else (row.reason if alpha.value is not None else "")
        cells = [str(row.items), complete_text(row, style), _or_none(alpha, style), interval, rest]
        rows.append([row.title, *cells, style.other(factor_text(row)) if factor_text(row) else ""])
    complete = "Complete answers, of people with a score"
    header = ["Scale", "Items", complete, "Alpha", "95% interval", "Omega", "Test of one factor"]
    return pipe_table(header, rows, "lrrrrrr", [24, 8, 18, 9, 17, 9, 30])


def complete_text(row: object, style: Style) -> str:
    """How many answered every item, of those with a score: `274 of 550`; only the first where the second is hidden."""
    n, scored = getattr(row, "n"), getattr(row, "scored")  # noqa: B009
    return base_text(n, style) if pd.isna(scored) else f"{base_text(n, style)} of {base_text(scored, style)}"


def factor_text(row: object) -> str:
    """The test that one factor is enough, in a form readers know; empty where there is none."""
    p, statistic, df = (getattr(row, name) for name in ("p", "statistic", "df"))
    if pd.isna(p):
        return ""
    return f"χ²({df}) = {float(statistic):,.1f}, {p_equation(float(p))}"


def item_statistics_table(found: Measurement, style: Style) -> str:
    """Mean, standard deviation, correlation with the rest, and alpha without the item; scales head their rows."""
    rows = []
    for title, part in found.items.groupby("title", sort=False):
        rows.append([bold(str(title)), "", "", "", ""])
        for row in each_row(part):
            values = [row.mean, row.sd, row.item_rest, row.alpha_without]
            rows.append([row.label, *_or_reason([_decimal(value, style) for value in values], row.reason)])
    header = ["Item", "Mean", "Standard deviation", "Correlation with the rest", "Alpha without it"]
    return pipe_table(header, rows, "lrrrr", [40, 10, 14, 18, 14])


@sentences
def complete_sentences(found: Measurement, style: Style) -> list[str]:
    """On how few complete answers a coefficient rests, of how many people whose scores make the scale's mean."""
    known = found.scales[found.scales["alpha"].notna() & found.scales["scored"].notna()]
    if known.empty:
        return ["Alpha and omega rest on those who answered every item of a scale; a mean does not."]
    shares = known["n"].astype(float) / known["scored"].astype(float)
    fewest = [
        f"{complete_text(row, style)} people with a score on {_named(row.title)}"
        for row in each_row(known[shares == shares.min()])
    ]
    return [f"Alpha and omega rest on those who answered every item: at the least, on {listing(fewest)}."]


@sentences
def consistency_sentences(found: Measurement) -> list[str]:
    """Items that go against the rest of their scale, and scales whose items hardly go together, by what is printed."""
    scales, items = (frame[frame["scale"].isin(list(found.judged))] for frame in (found.scales, found.items))
    if scales["alpha"].isna().all() and items["item_rest"].isna().all():
        return ["The consistency of no scale is told: too few people answered every item, or there is one item only."]
    told = [
        f"In {_named(doubt.title)}, {listing(map(_named, doubt.against))} "
        f"{'goes' if len(doubt.against) == 1 else 'go'} against the rest of the scale: the correlation is negative. "
        "Scores of an item that says the opposite of the others should be turned: only the instrument can say so."
        for doubt in doubts(found)
        if doubt.against
    ]
    told += [
        f"The items of {_named(doubt.title)} hardly go together: alpha is under {LOW_ALPHA}, "
        "and their mean says little."
        for doubt in doubts(found)
        if doubt.loose
    ]
    return told or [f"No item that is shown goes against the rest of its scale, and no alpha is under {LOW_ALPHA}."]


def doubts_log(found: Measurement, study: Study) -> list[str]:
    """A line of the build's log for each scale whose mean is in doubt, with what turns an item."""
    lines = []
    for doubt in doubts(found):
        what = []
        if doubt.against:
            verb = "goes" if len(doubt.against) == 1 else "go"
            what.append(f"{listing(map(_named, doubt.against))} {verb} against the rest of the scale")
        if doubt.loose:
            what.append(f"alpha is under {LOW_ALPHA}")
        name = study.files["instrument"].name
        remedy = f"yes in the column `reverse` of {name} turns an item that says the opposite of the others"
        lines.append(one_line(f"{study.id}, scale `{doubt.scale}`: {', and '.join(what)}; {remedy}"))
    return lines


def _named(text: object) -> str:
    return f'"{text}"'


def answers_table(found: Measurement, study: Study, style: Style) -> str:
    """Shares of every answer to every item, by scale; one set of columns for each set of answers."""
    parts = []
    for title, part in found.answers.groupby("title", sort=False):
        options = _answers(study, str(part["scale"].iloc[0])).options
        rows = [
            [row["label"], base_text(row["n"], style), *(_percent(row[option.id], style) for option in options)]
            for _, row in part.iterrows()
        ]
        parts.append(([option.answer for option in options], str(title), rows))
    header, lines = parts[0][0], []
    for own, title, rows in parts:
        lines.append([bold(str(title)) + ("" if own == header else f": {', '.join(own)}"), *[""] * (len(header) + 1)])
        lines += [[*row, *[""] * (len(header) + 2 - len(row))][: len(header) + 2] for row in rows]
    widths = [34, 11, *[12] * len(header)]
    return pipe_table(["Item", "Answers", *header], lines, "l" + "r" * (len(header) + 1), widths)


def _answers(study: Study, scale: str) -> ResponseSet:
    return study.answers(study.scale(scale))


def missing_everybody(found: Measurement) -> pd.DataFrame:
    """Missing answers of all respondents, one row an item and kind."""
    return found.missing[found.missing["group"] == ""].drop(columns=["grouping", "group", "group_label"])


def missing_groups(found: Measurement) -> pd.DataFrame:
    """Missing answers by group, one row an item, group and kind."""
    return found.missing[found.missing["group"] != ""].drop(columns=["asked", "n"])


def missing_table(found: Measurement, style: Style) -> str:
    """Shares of those asked who gave an answer that counts as missing, by item; scales head their rows."""
    everybody = found.missing[found.missing["group"] == ""]
    rows = []
    for title, part in everybody.groupby("title", sort=False):
        rows.append([bold(str(title)), *[""] * (len(found.kinds) + 1)])
        for (_, label), mine in part.groupby(["item", "label"], sort=False):
            by_kind = {str(row.kind): found.numbers[str(row.key)] for row in each_row(mine)}
            cells = [_mark(by_kind.get(kind), style) for kind in found.kinds]
            rows.append([str(label), base_text(mine["asked"].iloc[0], style), *cells])
    header = ["Item", "Asked", *found.kinds.values()]
    return pipe_table(header, rows, "l" + "r" * (len(header) - 1), [40, 12, *[14] * len(found.kinds)])


def missing_by_group_table(found: Measurement, style: Style) -> str:
    """The same by group: one column a group, one row an item; kinds of answer and scales head their rows."""
    if found.grouping is None:
        return ""
    groups = found.grouping.categories
    frame = found.missing[found.missing["group"] != ""]
    rows: list[list[str]] = []
    for kind, of_kind in frame.groupby("kind_label", sort=False):
        for number, (title, part) in enumerate(of_kind.groupby("title", sort=False)):
            heads = [str(title)] if number else [str(kind), str(title)]
            rows += [[bold(str(text)), *[""] * len(groups)] for text in heads]
            for label, mine in part.groupby("label", sort=False):
                by_group = {str(row.group): found.numbers[str(row.key)] for row in each_row(mine)}
                rows.append([str(label), *(_mark(by_group.get(group.id), style) for group in groups)])
    labels = [group.label.partition(" (")[0] for group in groups]  # what is in brackets would not fit
    widths = [max(8, *map(len, label.split())) + 1 for label in labels]
    return pipe_table(["Item", *labels], rows, "l" + "r" * len(groups), [28, *widths])


def balances_table(found: Changes, study: Study, style: Style) -> str:
    """Shares of the three sides and the net balance with its interval, by scale and period."""
    questions = [question for scale in study.scales for question in scale.changes]
    answers = study.response_sets[questions[0].response_set]
    words = [answers.words[side].capitalize() for side in SIDES]
    rows = []
    for title, part in found.balances.groupby("title", sort=False):
        rows.append([bold(str(title)), *[""] * 5])
        for row in each_row(part):
            sides = [_percent(value, style) for value in (row.positive, row.neutral, row.negative)]
            cells = [base_text(row.n, style), *sides, _balance(row, style)]
            rows.append([row.period_label, *_or_reason(cells, row.reason)])
    return pipe_table(["Period", "Answers", *words, "Net balance"], rows, "lrrrrr", [30, 10, 14, 14, 14, 22])


def balances_by_group_table(found: Changes, style: Style) -> str:
    """Net balance with interval by group, one column a period; scales and groupings head their rows."""
    header = ["Group", *(period.label for period in found.periods)]
    rows = []
    for (title, heading), part in found.groups.groupby(["title", "grouping_label"], sort=False):
        rows.append([_heading(str(title), str(heading)), *[""] * len(found.periods)])
        cells: dict[tuple[str, str], dict[str, str]] = {}
        for row in each_row(part):
            cells.setdefault((row.group, row.label), {})[str(row.period)] = _balance(row, style)
        for (_, label), by_period in cells.items():
            rows.append([label, *(by_period.get(period.id, "") for period in found.periods)])
    return pipe_table(header, rows, "l" + "r" * len(found.periods), [32, *[20] * len(found.periods)])


def group_differences_table(found: Changes, style: Style) -> str:
    """How net balances changed between periods, by group; scales and groupings head their rows."""
    alone = found.group_pairs["periods"].nunique() == 1  # then the column says which periods
    headings = dict(zip(found.groups["grouping"], found.groups["grouping_label"], strict=True))
    rows = []
    for (title, periods, grouping), part in found.group_pairs.groupby(["title", "periods", "grouping"], sort=False):
        own = "" if alone else f", {str(periods)[:1].lower()}{str(periods)[1:]}"
        heading = _heading(f"{title}{own}", headings[grouping])
        rows.append([heading, "", "", ""])
        rows += [[str(row.label), *_difference_cells(row, style)] for row in each_row(part)]
    change = "Change of net balance"
    if alone:
        periods = str(found.group_pairs["periods"].iloc[0])
        change += f", {periods[:1].lower()}{periods[1:]}"
    return pipe_table(["Group", "Answered both", change, "p"], rows, "lrrr", [40, 13, 36, 14])


def _heading(title: str, grouping: str) -> str:
    return bold(f"{title}, by {grouping[:1].lower()}{grouping[1:]}")


def _difference_cells(row: object, style: Style) -> list[str]:
    """Respondents who answered both, the difference with its interval, p; a reason where there is none."""
    both, reason, p = (getattr(row, name) for name in ("n_both", "reason", "p"))
    if reason:
        return ["", str(reason), ""]
    return [base_text(both, style), _difference(row, style), style.other(format_number(float(p), "p", 3))]


def differences_table(found: Changes, style: Style) -> str:
    """How net balances changed between periods, among all who answered for them."""
    rows = []
    for row in each_row(found.pairs):
        name = f"{row.title}: {str(row.periods)[:1].lower()}{str(row.periods)[1:]}"
        rows.append([name, *_difference_cells(row, style)])
    header = ["Scale and periods", "Answered both", "Change of net balance", "p"]
    return pipe_table(header, rows, "lrrr", [50, 14, 26, 14])


def margins_table(found: Weighting, style: Style) -> str:
    """Shares of respondents before and after weighting beside those of the population."""
    rows = []
    for heading, part in found.margins.groupby("heading", sort=False):
        rows.append([bold(str(heading)), "", "", ""])
        for row in each_row(part):
            shares = [_percent(value, style, 1) for value in (row.respondents, row.weighted)]
            rows.append([row.label, *shares, format_number(float(row.wanted), "percent", 1)])
    return pipe_table(["Group", "Unweighted", "Weighted", "Population"], rows, "lrrr", [50, 14, 14, 14])


def weighted_table(found: Weighting, style: Style) -> str:
    """Unweighted and weighted mean of every scale with the weighted one's interval."""
    rows = []
    for row in each_row(found.means):
        cells = [
            _decimal(row.unweighted, style),
            style(found.numbers[str(row.key)]),
            f"{style.other(f'{row.low:.2f} to {row.high:.2f}')}" if pd.notna(row.low) else row.reason,
            style.other(_signed(row.difference, 2)) if pd.notna(row.difference) else "",
            base_text(row.n, style),
        ]
        rows.append([row.title, *cells])
    header = ["Scale", "Unweighted mean", "Weighted mean", "95% interval", "Difference", "Respondents"]
    return pipe_table(header, rows, "lrrrrr", [34, 14, 14, 18, 14, 14])


@sentences
def weighting_sentences(found: Weighting, style: Style) -> list[str]:
    """What the weights cost in precision."""
    number = found.numbers
    effect, effective, n = (style(number[f"weighting.{name}"]) for name in ("design_effect", "effective_n", "n"))
    sentences = [
        f"The weights multiply the variance of a mean by a design effect of {effect} (Kish): {n} respondents tell as "
        f"much as {effective} of equal weight."
    ]
    trimmed = number["weighting.n_trimmed"]
    if trimmed.value:
        sentences.append(f"{style(trimmed)} weights were cut at five times the mean, which moves the margins a little.")
    return sentences


def _or_none(number: Number, style: Style) -> str:
    return style(number) if number.value is not None else ""


def _or_reason(cells: Iterable[str], reason: str) -> list[str]:
    """Cells of a row, the first empty one of which says why it is empty."""
    found = list(cells)
    if reason and "" in found:
        found[found.index("")] = reason
    return found


def _decimal(value: object, style: Style) -> str:
    return "" if pd.isna(value) else style.other(f"{round_half_up(float(value), 2):.2f}")  # type: ignore[call-overload, arg-type]


def _percent(value: object, style: Style, decimals: int = 0) -> str:
    if pd.isna(value):  # type: ignore[call-overload]
        return WITHHELD
    return style.other(format_number(float(value), "percent", decimals))  # type: ignore[arg-type]


def _mark(number: Number | None, style: Style) -> str:
    """A number, or the short mark of one that is not shown; empty where there could be none."""
    if number is None:
        return ""
    return WITHHELD if number.value is None else style(number)


def _signed(value: float, decimals: int = 0) -> str:
    text = f"{round_half_up(abs(float(value)), decimals):.{decimals}f}"
    if not float(text):
        return text
    return f"+{text}" if value > 0 else f"−{text}"


def _with_interval(value: float, low: float, high: float, style: Style) -> str:
    interval = f" ({_signed(low)} to {_signed(high)})" if pd.notna(low) else ""
    return style.other(_signed(value) + interval)


def _balance(row: object, style: Style) -> str:
    value, low, high = (float(getattr(row, name)) for name in ("balance", "low", "high"))
    return WITHHELD if pd.isna(value) else _with_interval(value, low, high, style)


def _difference(row: object, style: Style) -> str:
    value, low, high = (float(getattr(row, name)) for name in ("difference", "low", "high"))
    return WITHHELD if pd.isna(value) else _with_interval(value, low, high, style)
