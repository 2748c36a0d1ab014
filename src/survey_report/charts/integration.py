"""All scales side by side by the levels of one grouping: a marker of its own for each level."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from survey_report.charts.canvas import (
    BODY,
    EDGE,
    SMALL,
    WIDTH,
    Canvas,
    draw_footer,
    footer_height,
    footer_lines,
    narrow,
    text_width,
    wrap,
)
from survey_report.charts.intervals import AXIS_HEIGHT, Mark, axis_for, draw_axis, draw_marks, key_text
from survey_report.charts.numbers import (
    FACES,
    WITHHELD,
    count,
    kind_of,
    known,
    mean,
    mean_shown,
    no_size_text,
    number,
    reason_of,
)
from survey_report.charts.palette import INK, LEVELS, MARKERS, MUTED, RULE
from survey_report.disclosure.reasons import not_shown

LANE, PADDING, HEAD = 13.0, 9.0, 16.0
LABEL_WIDTH = 118.0
MEAN_WIDTH, N_WIDTH = 40.0, 42.0


def integration_chart(
    rows: pd.DataFrame,
    *,
    ends: tuple[float, float],
    low: str,
    high: str,
    notice: str | None = None,
    width: float = WIDTH,
) -> Figure | None:
    """One block a scale, one lane a level, in the order of the frame; None where there are none.

    Columns: scale, title, group, label, n, mean, low, high (ends of the 95% interval), kind, shown, reason.
    """
    if rows.empty:
        return None
    records = [{str(key): value for key, value in row.items()} for row in rows.to_dict("records")]
    levels = {str(row["group"]): str(row["label"]) for row in records}
    looks = {group: (LEVELS[i % len(LEVELS)], MARKERS[i % len(MARKERS)]) for i, group in enumerate(levels)}
    scales = {str(row["scale"]): str(row["title"]) for row in records}
    legend = _legend_lines(levels, width)
    above = narrow(width)
    room = width - 2 * EDGE if above else LABEL_WIDTH
    titles = {scale: wrap(title, room, "semibold", BODY) for scale, title in scales.items()}
    lanes_height = {scale: LANE * sum(row["scale"] == scale for row in records) for scale in scales}
    block = {
        scale: len(titles[scale]) * 12.0 + lanes_height[scale] + PADDING
        if above
        else max(len(titles[scale]) * 12.0, lanes_height[scale]) + PADDING
        for scale in scales
    }

    top = EDGE + len(legend) * 16 + HEAD
    bottom = top + sum(block.values())
    shown = [row for row in records if mean_shown(row)]
    key = key_text(kind_of(row, "kind", "invented") for row in shown)
    footer = footer_lines([key, no_size_text(shown), notice or ""], width)
    canvas = Canvas.of_height(bottom + AXIS_HEIGHT + footer_height(footer), width)
    left, right = EDGE + 12 if above else EDGE + LABEL_WIDTH + 10, width - EDGE - MEAN_WIDTH - N_WIDTH - 6
    axis = axis_for([number(row[c]) for row in shown for c in ("mean", "low", "high")], left, right, ends)

    _draw_legend(canvas, legend, looks)
    for x, text in ((right + MEAN_WIDTH, "Mean"), (width - EDGE, "n")):
        canvas.text(x, top - 7, text, size=SMALL, colour=MUTED, align="right", name="head")
    draw_axis(canvas, axis, top, bottom, low, high)
    marks: list[Mark] = []
    y = top
    for scale in scales:
        canvas.rule((EDGE, y), (width - EDGE, y), colour=RULE, weight=0.6)
        title_middle = y + 3 + len(titles[scale]) * 6.0 if above else y + block[scale] / 2
        canvas.lines(
            EDGE, title_middle, titles[scale], face="semibold", size=BODY, leading=1.15, ground=above, name="label"
        )
        lanes = [row for row in records if row["scale"] == scale]
        middle = y + (block[scale] - LANE * (len(lanes) - 1)) / 2
        if above:
            middle = y + len(titles[scale]) * 12.0 + LANE / 2 + 3
        for row in lanes:
            marks += _draw_lane(canvas, row, middle, left, right, looks[str(row["group"])])
            middle += LANE
        y += block[scale]
    draw_marks(canvas, axis, marks, 6.0)
    draw_footer(canvas, footer)
    return canvas.figure


def _draw_lane(
    canvas: Canvas,
    row: dict[str, object],
    middle: float,
    left: float,
    right: float,
    look: tuple[str, str],
) -> list[Mark]:
    colour, marker = look
    name = f"{row['scale']}/{row['group']}"
    if not mean_shown(row):
        canvas.hidden(left + 5, middle, f"{row['label']}: {not_shown(reason_of(row))}")
        return []
    kind = kind_of(row, "kind", "invented")
    n_kind = kind_of(row, "n_kind", "real" if kind == "real" else "invented")
    value = number(row["mean"])
    canvas.text(
        right + MEAN_WIDTH,
        middle,
        mean(value, row.get("step")),
        face=FACES[kind],
        size=BODY - 0.5,
        colour=MUTED if kind == "invented" else INK,
        align="right",
        name=f"{kind}:{name}",
    )
    n_kind = n_kind if known(row["n"]) else "hidden"
    canvas.text(
        canvas.width - EDGE,
        middle,
        count(number(row["n"])) if known(row["n"]) else WITHHELD,
        face=FACES[n_kind],
        size=SMALL,
        colour=MUTED,
        align="right",
        name=f"{n_kind}:{name}/n",
    )
    return [Mark(name, middle, value, number(row["low"]), number(row["high"]), kind, colour, marker)]


def _legend_lines(levels: dict[str, str], width: float) -> list[list[tuple[str, str, float]]]:
    """Legend entries (group, text, width) in lines that fit the canvas."""
    lines: list[list[tuple[str, str, float]]] = [[]]
    for group, text in levels.items():
        taken = 12 + text_width(text, "regular", SMALL + 0.5) + 18
        if lines[-1] and sum(entry[2] for entry in lines[-1]) + taken - 18 > width - 2 * EDGE:
            lines.append([])
        lines[-1].append((group, text, taken))
    return lines


def _draw_legend(canvas: Canvas, lines: list[list[tuple[str, str, float]]], looks: dict[str, tuple[str, str]]) -> None:
    for index, line in enumerate(lines):
        x = EDGE
        middle = EDGE + 8 + index * 16
        for group, text, width in line:
            colour, marker = looks[group]
            canvas.axes.plot(
                [x + 4],
                [middle],
                marker=marker,
                markersize=6,
                markeredgewidth=1.4,
                markeredgecolor=colour,
                markerfacecolor=colour,
            )
            canvas.text(x + 12, middle, text, size=SMALL + 0.5, name="legend")
            x += width
    canvas.fix()
