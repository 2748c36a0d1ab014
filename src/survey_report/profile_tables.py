"""Markdown tables of a profile."""

from __future__ import annotations

import pandas as pd

from survey_report.charts.contrasts import signed
from survey_report.escaping import bold
from survey_report.findings.profile import Profile
from survey_report.frames import each_row
from survey_report.marks import Style
from survey_report.pipe_tables import WITHHELD, base_text, pipe_table, reason_text
from survey_report.profile_text import interval
from survey_report.wording import listing, uncapital

OTHERS = "All others"


def scales_table(profile: Profile, style: Style) -> str:
    """Means of the group and of all others by scale, their difference with interval, and the answers."""
    rows = []
    for row in each_row(profile.scales):
        if pd.isna(row.mean):
            rows.append([f"{row.title} {reason_text(row.reason)}", "", "", "", "", ""])
            continue
        cells = [f"{row.mean:.{row.decimals}f}", f"{row.rest_mean:.2f}", signed(row.difference, row.decimals)]
        ends = interval(row.low, row.high, row.decimals)
        rows.append([row.title, *map(style.other, [*cells, ends]), base_text(row.n, style)])
    header = ["Scale", "This group", OTHERS, "Difference", "95% interval", "Answers"]
    return pipe_table(header, rows, "lrrrrr", [36, 12, 11, 13, 18, 10])


def items_table(profile: Profile, style: Style) -> str:
    """The items farthest from all others: shares of good answers and their difference."""
    rows = []
    for row in each_row(profile.standing_out):
        shares = [f"{value:.0f}%" for value in (row.positive, row.rest_positive)]
        cells = [*shares, signed(row.difference, 0), interval(row.low, row.high, 0)]
        rows.append([f"{row.label} ({uncapital(row.title)})", *map(style.other, cells), base_text(row.n, style)])
    header = ["Item", "This group", OTHERS, "Difference", "95% interval", "Answers"]
    return pipe_table(header, rows, "lrrrrr", [40, 12, 12, 12, 16, 10])


def all_items_table(profile: Profile, style: Style) -> str:
    """Shares of good and of poor answers to every item, for the group and for all others; scales head their rows."""
    rows = []
    for title, part in profile.items.groupby("title", sort=False):
        rows.append([bold(str(title)), "", "", "", ""])
        for row in each_row(part):
            shares = (row.positive, row.rest_positive, row.negative, row.rest_negative)
            cells = [style.other(f"{value:.0f}%") if not pd.isna(value) else WITHHELD for value in shares]
            rows.append([row.label, *cells])
    header = ["Item", "Good: this group", "Good: all others", "Poor: this group", "Poor: all others"]
    return pipe_table(header, rows, "lrrrr", [40, 14, 14, 14, 14])


def changes_table(profile: Profile, style: Style) -> str:
    """Net balances by scale and period: improved less worse, in percentage points."""
    rows = []
    for label, part in profile.changes.groupby("period_label", sort=False):
        rows.append([bold(str(label)), "", "", "", ""])
        shown = part[part["balance"].notna()]
        for row in each_row(shown):
            cells = [
                signed(row.balance, 0),
                signed(row.rest_balance, 0),
                signed(row.difference, 0),
                interval(row.low, row.high, 0),
            ]
            rows.append([row.title, *map(style.other, cells)])
        for reason, hidden in part[part["balance"].isna()].groupby("reason", sort=False):
            titles = listing([hidden["title"].iloc[0], *map(uncapital, hidden["title"].iloc[1:])])
            rows.append([f"{titles} {reason_text(str(reason))}", "", "", "", ""])
    header = ["Scale", "This group", OTHERS, "Difference", "95% interval"]
    return pipe_table(header, rows, "lrrrr", [40, 16, 12, 14, 18])


def raised_table(profile: Profile, style: Style) -> str:
    """Themes by the number of people that raise them."""
    rows = [[row.label, row.part, style.other(f"{row.n:,}")] for row in each_row(profile.raised.rows)]
    return pipe_table(["Theme", "Part", "People"], rows, "llr", [44, 36, 12])
