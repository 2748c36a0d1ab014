"""Markdown tables of the findings. Every number in them comes from a ledger, with its mark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from survey_report.disclosure.reasons import NOT_TOLD, TOO_NEAR
from survey_report.escaping import bold
from survey_report.findings.levels import Levels
from survey_report.findings.people import People
from survey_report.findings.theme import Theme
from survey_report.frames import each_row
from survey_report.marks import Style
from survey_report.numbers import Number
from survey_report.pipe_tables import (
    HIDDEN_CELL,
    NOT_TOLD_CELL,
    base_text,
    interval_text,
    pair_p_text,
    pipe_table,
    welch_text,
)
from survey_report.study import SIDES, ResponseSet


def breakdown_table(people: People, questions: Sequence[str], style: Style, first: str = "") -> str:
    """Respondents by the categories of some questions: number and percentage; questions head their rows in bold."""
    rows: list[list[str]] = []
    frame = people.breakdown(*questions)
    for heading, part in frame.groupby("heading", sort=False):
        if frame["heading"].nunique() > 1:
            rows.append([bold(str(heading)), "", ""])
        rows += [
            [str(row.label), style(people.numbers[str(row.n_key)]), style(people.numbers[str(row.pct_key)])]
            for row in each_row(part)
        ]
    total = [style(people.numbers[f"respondents.{name}"]) for name in ("n_complete", "pct_total")]
    rows.append([bold("All respondents"), *total])
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
    rows = [[bold("All respondents"), style(theme.overall), "", base_text(theme.overall.base, style)]]
    for test in each_row(theme.tests):
        rows.append([f"{bold(str(test.label))}: {style.other(welch_text(test))}", "", "", ""])
        for row in each_row(theme.groups[theme.groups["grouping"] == test.grouping]):
            interval = interval_text(row, style)
            rows.append([str(row.label), style(theme.numbers[str(row.key)]), interval, base_text(row.n, style)])
    return pipe_table(["Group", "Mean", "95% interval", "Respondents"], rows, "lrrr", [52, 12, 18, 16])


def pairs_table(theme: Theme, style: Style) -> str:
    """The pairs of groups that differ, with the simultaneous interval of the difference; then of how many pairs of a
    grouping it is not told. Words if no pair differs."""
    labels = dict(zip(theme.groups["grouping"] + "/" + theme.groups["group"], theme.groups["label"], strict=True))
    rows = []
    for pair in each_row(theme.pairs[theme.pairs["significant"]]):
        a, b, sign = (pair.a, pair.b, 1.0) if float(pair.difference) > 0 else (pair.b, pair.a, -1.0)
        low, high = sorted((sign * float(pair.low), sign * float(pair.high)))
        apart = HIDDEN_CELL if pd.isna(pair.low) else style.other(f"{low:.2f} to {high:.2f}")
        rows.append(
            [
                labels[f"{pair.grouping}/{a}"],
                labels[f"{pair.grouping}/{b}"],
                style.other(f"{abs(float(pair.difference)):.2f}"),
                apart,
                style.other(pair_p_text(pair, theme.alpha)),
            ]
        )
    not_told = int((theme.pairs["state"] == NOT_TOLD).sum())
    if not rows:
        if not not_told:
            return "No pair of groups differs significantly."
        return (
            "No pair of groups of which it is told differs significantly. "
            f"Of {not_told} of {len(theme.pairs)} pairs it is not told: {TOO_NEAR}."
        )
    for test in each_row(theme.tests):
        mine = theme.pairs[theme.pairs["grouping"] == test.grouping]
        near = int((mine["state"] == NOT_TOLD).sum())
        if near:
            rows.append([f"{test.label}: {near} of {len(mine)} pairs", TOO_NEAR, NOT_TOLD_CELL, "", ""])
    return pipe_table(["Higher", "Lower", "Difference", "95% interval", "p"], rows, "llrrr", [30, 30, 13, 17, 16])


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
