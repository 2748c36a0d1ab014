"""Tables and chart rows of two waves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from survey_report.charts.canvas import WIDTH
from survey_report.charts.contrasts import contrasts_chart, least_reach, signed
from survey_report.escaping import bold
from survey_report.findings.waves import Waves
from survey_report.frames import each_row
from survey_report.marks import Style
from survey_report.pipe_tables import base_text, pipe_table, reason_text
from survey_report.profile_text import interval

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from survey_report.notebook import Desk

MEANS = ["Earlier", "Later", "Change", "95% interval", "Answers earlier", "Answers later"]


def people_table(waves: Waves, style: Style) -> str:
    """Shares of groups among the respondents of both waves."""
    return _shares_table("Group", waves.people, "heading", 1, style)


def scales_table(waves: Waves, style: Style) -> str:
    """Means of scales in both waves, with the change as measured and adjusted."""
    rows = []
    for row in each_row(waves.scales):
        if pd.isna(row.difference):
            rows.append([f"{row.title} {reason_text(row.reason)}", *[""] * 6])
            continue
        means = [f"{value:.{row.decimals}f}" for value in (row.before, row.after)]
        cells = [*means, signed(row.difference, row.decimals), interval(row.low, row.high, row.decimals)]
        adjusted = ["", ""]
        if not pd.isna(row.adjusted):
            ends = interval(row.adjusted_low, row.adjusted_high, 2)
            adjusted = [style.other(signed(row.adjusted, 2)), style.other(ends)]
        elif row.adjusted_reason:
            adjusted = [reason_text(row.adjusted_reason), ""]
        left_out = "" if row.items == row.items_all else f" ({row.items} of {row.items_all} items)"
        rows.append([f"{row.title}{left_out}", *map(style.other, cells), *adjusted])
    header = ["Scale", "Earlier", "Later", "Change", "95% interval", "Adjusted change", "95% interval (adjusted)"]
    return pipe_table(header, rows, "lrrrrrr", [34, 10, 10, 10, 18, 12, 18])


def items_table(waves: Waves, style: Style) -> str:
    """Shares of good answers to every item in both waves; scales head their rows."""
    return _shares_table("Item", waves.items, "title", 0, style)


def _shares_table(name: str, shares: pd.DataFrame, block: str, decimals: int, style: Style) -> str:
    """Shares of both waves with their change; the column `block` heads its rows."""
    rows = []
    for heading, part in shares.groupby(block, sort=False):
        rows.append([bold(str(heading)), *[""] * 4])
        for row in each_row(part):
            if pd.isna(row.difference):
                rows.append([f"{row.label} {reason_text(row.reason)}", *[""] * 4])
                continue
            cells = [f"{share:.{decimals}f}%" for share in (row.before, row.after)]
            cells += [signed(row.difference, decimals), interval(row.low, row.high, decimals)]
            rows.append([row.label, *map(style.other, cells)])
    return pipe_table([name, "Earlier", "Later", "Change", "95% interval"], rows, "lrrrr", [44, 12, 12, 12, 18])


def groups_table(waves: Waves, scale: str, style: Style) -> str:
    """Means of the groups on one scale in both waves; groupings head their rows."""
    rows = []
    for heading, part in waves.of_scale(scale).groupby("heading", sort=False):
        rows.append([bold(str(heading)), *[""] * 6])
        for row in each_row(part):
            if pd.isna(row.difference):
                rows.append([f"{row.label} {reason_text(row.reason)}", *[""] * 6])
                continue
            means = [f"{value:.{row.decimals}f}" for value in (row.before, row.after)]
            cells = [*means, signed(row.difference, row.decimals), interval(row.low, row.high, row.decimals)]
            sizes = [base_text(n, style) for n in (row.n_before, row.n_after)]
            rows.append([row.label, *map(style.other, cells), *sizes])
    return pipe_table(["Group", *MEANS], rows, "lrrrrrr", [40, 10, 10, 10, 16, 12, 12])


def scale_rows(waves: Waves) -> pd.DataFrame:
    """Two rows a scale for the chart: the change as measured and adjusted for who answered."""
    rows = []
    for row in each_row(waves.scales):
        measured = (row.difference, row.low, row.high, row.differs)
        rows.append((row.title, "As measured", *measured, row.decimals, row.reason))
        adjusted = (row.adjusted, row.adjusted_low, row.adjusted_high, row.adjusted_differs)
        rows.append((row.title, "Adjusted for who answered", *adjusted, 2, row.adjusted_reason))
    columns = ["heading", "label", "difference", "low", "high", "differs", "decimals", "reason"]
    return pd.DataFrame(rows, columns=columns)


def scales_chart(waves: Waves, desk: Desk, width: float = WIDTH) -> Figure | None:
    """Changes of scale means with their intervals."""
    return contrasts_chart(
        scale_rows(waves), unit="Points", reach=least_reach(desk.rendering.study), lower="lower than before",
        higher="higher than before", kind=desk.kind, notice=desk.notice, width=width,
    )  # fmt: skip


def alt_scales(waves: Waves, desk: Desk) -> str:
    """What the chart of changes shows."""
    invented = ", invented" if desk.style.synthetic else ""
    told = waves.scales[waves.scales["difference"].notna()]
    parts = [f"{row.title} {signed(row.difference, row.decimals)}{invented}" for row in each_row(told)]
    return f"Change of scale means between the waves with 95% intervals: {'; '.join(parts)}." if parts else "Nothing."
