"""Markdown tables of the findings. Every number in them comes from a ledger, with its mark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from survey_report.disclosure.precision import FINE_MEAN_STEP
from survey_report.findings.levels import Levels
from survey_report.findings.people import People
from survey_report.findings.theme import Theme
from survey_report.frames import each_row
from survey_report.marks import Style, unkeyed
from survey_report.numbers import NOT_SHOWN, Number, format_number
from survey_report.study import SIDES, ResponseSet

SMALL_GROUP = "not shown: small group"


def pipe_table(header: Sequence[str], rows: Sequence[Sequence[str]], align: str, widths: Sequence[int] = ()) -> str:
    """A pipe table; `align` has one letter a column (l, r, c), `widths` their relative widths. Numbers lose keys."""
    rule = {"l": ":{}", "r": "{}:", "c": ":{}:"}
    dashes = [
        rule[letter].format("-" * width) for letter, width in zip(align, widths or [10] * len(align), strict=True)
    ]
    lines = [list(header), dashes, *rows]
    return unkeyed("\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines))


def breakdown_table(people: People, questions: Sequence[str], style: Style, first: str = "") -> str:
    """Respondents by the categories of some questions: number and percentage; questions head their rows in bold."""
    rows: list[list[str]] = []
    frame = people.breakdown(*questions)
    for heading, part in frame.groupby("heading", sort=False):
        if frame["heading"].nunique() > 1:
            rows.append([f"**{heading}**", "", ""])
        rows += [
            [str(row.label), style(people.numbers[str(row.n_key)]), style(people.numbers[str(row.pct_key)])]
            for row in each_row(part)
        ]
    total = [style(people.numbers[f"respondents.{name}"]) for name in ("n_complete", "pct_total")]
    rows.append(["**All respondents**", *total])
    return pipe_table([first or "Group", "Respondents", "Share"], rows, "lrr", [60, 18, 12])


def keyed_table(rows: pd.DataFrame, numbers: Mapping[str, Number], style: Style, header: Sequence[str]) -> str:
    """Two columns: a label and its number; `rows` has label and key."""
    lines = [[str(row.label), style(numbers[str(row.key)])] for row in each_row(rows)]
    return pipe_table(header, lines, "lr", [60, 20])


def items_table(theme: Theme, style: Style) -> str:
    """Shares of the three sides for every item, with the number of answers."""
    return _sides_table(theme.items, theme.answers, theme.numbers, style, "Item")


def changes_table(theme: Theme, style: Style) -> str:
    """Shares of improved, unchanged and worse for every period, with the number of answers."""
    return _sides_table(theme.changes, theme.change_answers, theme.numbers, style, "Period")


def _sides_table(
    frame: pd.DataFrame, answers: ResponseSet, numbers: Mapping[str, Number], style: Style, first: str
) -> str:
    rows = [
        [
            str(row["label"]),
            *(style(numbers[str(row[f"{side}_key"])]) for side in SIDES),
            base_text(row["n"], style),
        ]
        for _, row in frame.iterrows()
    ]
    words = [answers.words[side].capitalize() for side in SIDES]
    return pipe_table([first, *words, "Answers"], rows, "lrrrr", [36, 16, 18, 16, 12])


def means_table(theme: Theme, style: Style) -> str:
    """Mean, 95 % interval and number of respondents by group; groupings head their rows with Welch's test."""
    rows = [["**All respondents**", style(theme.overall), "", base_text(theme.overall.base, style)]]
    for test in each_row(theme.tests):
        rows.append([f"**{test.label}**: {style.other(welch_text(test))}", "", "", ""])
        for row in each_row(theme.groups[theme.groups["grouping"] == test.grouping]):
            interval = interval_text(row, style)
            rows.append([str(row.label), style(theme.numbers[str(row.key)]), interval, base_text(row.n, style)])
    return pipe_table(["Group", "Mean", "95% interval", "Respondents"], rows, "lrrr", [52, 12, 18, 16])


def welch_text(test: object) -> str:
    """`F(3, 120.4) = 5.12, p = 0.002` of a row of `Theme.tests`."""
    p = getattr(test, "p", None)
    if p is None or pd.isna(p):
        return "not tested, groups too small"
    statistic, between, within = (float(getattr(test, name)) for name in ("statistic", "df_between", "df_within"))
    shown = format_number(float(p), "p", 3)
    relation = f"p {shown}" if shown.startswith("below") else f"p = {shown}"
    if pd.isna(statistic):  # a group among those tested is too small for it to be shown
        return relation
    return f"F({between:.0f}, {within:.1f}) = {statistic:.2f}, {relation}"


def pairs_table(theme: Theme, style: Style) -> str:
    """The pairs of groups that differ, with the simultaneous interval of the difference; empty text if none does."""
    labels = dict(zip(theme.groups["grouping"] + "/" + theme.groups["group"], theme.groups["label"], strict=True))
    rows = []
    for pair in each_row(theme.pairs[theme.pairs["significant"]]):
        a, b, sign = (pair.a, pair.b, 1.0) if float(pair.difference) > 0 else (pair.b, pair.a, -1.0)
        low, high = sorted((sign * float(pair.low), sign * float(pair.high)))
        apart = SMALL_GROUP if pd.isna(pair.low) else style.other(f"{low:.2f} to {high:.2f}")
        rows.append(
            [
                labels[f"{pair.grouping}/{a}"],
                labels[f"{pair.grouping}/{b}"],
                style.other(f"{abs(float(pair.difference)):.2f}"),
                apart,
                style.other(pair_p_text(pair, theme.alpha)),
            ]
        )
    if not rows:
        return "No pair of groups differs significantly."
    return pipe_table(["Higher", "Lower", "Difference", "95% interval", "p"], rows, "llrrr", [30, 30, 13, 17, 16])


def interval_text(row: object, style: Style) -> str:
    """The interval of a mean, a row of `Theme.groups`; empty where there is none."""
    low, high, step = (float(getattr(row, name)) for name in ("low", "high", "step"))
    if not getattr(row, "shown", False) or pd.isna(low):
        return ""
    decimals = 1 if getattr(row, "coarse", False) and step > FINE_MEAN_STEP else 2
    return style.other(f"{low:.{decimals}f} to {high:.{decimals}f}")


def pair_p_text(pair: object, alpha: float) -> str:
    """p of a pair of groups; of a pair with a coarse group, on which side of alpha it lies."""
    p = float(getattr(pair, "p"))  # noqa: B009
    if pd.isna(p):
        return f"below {alpha:g}" if getattr(pair, "significant", False) else f"{alpha:g} or more"
    return format_number(p, "p", 3)


def levels_table(levels: Levels, style: Style) -> str:
    """Means of every scale by level, with Welch's test: one row a scale."""
    labels = [category.label for category in levels.grouping.categories]
    rows = []
    for test in each_row(levels.tests):
        mine = levels.rows[levels.rows["scale"] == test.scale]
        cells = [style(levels.numbers_by_scale[str(key)]) for key in mine["key"]]
        rows.append([str(test.title), *cells, style.other(welch_text(test))])
    return pipe_table(
        ["Scale", *labels, "Welch's test"], rows, "l" + "r" * len(labels) + "l", [26, *[14] * len(labels), 34]
    )


def base_text(n: object, style: Style) -> str:
    """The number of respondents behind a result."""
    if n is None or pd.isna(n):  # type: ignore[call-overload]
        return f"[{NOT_SHOWN}]{{.hidden-value}}"
    return style.other(format_number(float(n), "count", 0))  # type: ignore[arg-type]


def reason_text(reason: str) -> str:
    """Why something is not shown, behind what it is."""
    return f"[({reason})]{{.hidden-value}}"
