"""Differences from all others with their intervals around nought: one row a scale, an item, a period or a group."""

from __future__ import annotations

import math
from collections.abc import Mapping

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
    text_width,
    wrap,
)
from survey_report.charts.intervals import Axis, Mark, draw_marks
from survey_report.charts.numbers import FACES, Kind, known, number
from survey_report.charts.palette import GRID, INK, LEVELS, MUTED, RULE

LINE, ROW, HEADING, AXIS_HEIGHT = 11.0, 15.0, 20.0, 32.0
LABEL_WIDTH, VALUE_WIDTH = (90.0, 190.0), 40.0
MINUS = "\u2212"
KEY = "Blue: the interval does not reach the line of no difference. Grey: it does."


def contrasts_chart(
    rows: pd.DataFrame, *, unit: str, reach: float, lower: str, higher: str, kind: Kind, notice: str | None = None
) -> Figure | None:
    """One row each, in the order of the frame, with a line at no difference; None where no row can be shown.

    Columns: label, difference, low, high (NaN where not shown), differs, decimals, reason (in the place of what is not
    shown), and heading where rows stand in blocks. `unit` names what is counted ("points"), `reach` is the least that
    the axis covers on both sides; `lower` and `higher` are words for its two sides.
    """
    records = [{str(key): value for key, value in row.items()} for row in rows.to_dict("records")]
    shown = [row for row in records if known(row["difference"])]
    if not shown:
        return None
    headed = any(row.get("heading") for row in records)
    widest = max(text_width(str(row["label"]), "regular", BODY) for row in records) + (10 if headed else 1)
    label_width = min(max(widest, LABEL_WIDTH[0]), LABEL_WIDTH[1])
    lines = [wrap(str(row["label"]), label_width - (9 if headed else 0), "regular", BODY) for row in records]
    heights = [max(ROW, LINE * len(text) + 4) for text in lines]
    blocks = len(dict.fromkeys(str(row["heading"]) for row in records)) if headed else 0
    top = EDGE + 16
    bottom = top + sum(heights) + blocks * HEADING + 2
    footer = footer_lines([KEY, notice or ""])
    canvas = Canvas.of_height(bottom + AXIS_HEIGHT + footer_height(footer))
    axis = _axis(shown, reach, EDGE + label_width + 10, WIDTH - EDGE - VALUE_WIDTH - 8)
    _draw_axis(canvas, axis, top, bottom, _step(axis.high, reach), lower, higher)
    canvas.text(WIDTH - EDGE, top - 8, unit, size=SMALL, colour=MUTED, align="right", name="head")
    marks: list[Mark] = []
    y, before = top + 1, ""
    for index, (row, label, height) in enumerate(zip(records, lines, heights, strict=True)):
        heading = str(row.get("heading") or "")
        if heading != before:
            y, before = y + HEADING, heading
            canvas.rule((EDGE, y - 3), (WIDTH - EDGE, y - 3), colour=RULE)
            canvas.text(EDGE, y - 10, heading, face="semibold", name="heading")
        middle = y + height / 2
        visible = known(row["difference"])
        canvas.lines(
            EDGE + (9 if headed else 0), middle, label, colour=INK if visible else MUTED, leading=1.15, name="label"
        )
        if visible:
            marks.append(_mark(row, middle, axis, kind, str(index)))
            _value(canvas, row, middle, kind)
        else:
            canvas.hidden(axis.left + 5, middle, str(row["reason"]))
        y += height
    draw_marks(canvas, axis, marks, 6.0)
    draw_footer(canvas, footer)
    return canvas.figure


def signed(value: float, decimals: int) -> str:
    """A difference with its sign; nought has none."""
    text = f"{abs(value):.{decimals}f}"
    if float(text) == 0:
        return text
    return f"{MINUS if value < 0 else '+'}{text}"


def _mark(row: Mapping[str, object], middle: float, axis: Axis, kind: Kind, name: str) -> Mark:
    low, high = (min(max(number(row[end]), axis.low), axis.high) for end in ("low", "high"))
    colour = LEVELS[0] if row["differs"] else MUTED
    return Mark(name, middle, number(row["difference"]), low, high, kind, colour)


def _value(canvas: Canvas, row: Mapping[str, object], middle: float, kind: Kind) -> None:
    text = signed(number(row["difference"]), int(number(row["decimals"])))
    colour = INK if row["differs"] else MUTED
    canvas.text(WIDTH - EDGE, middle, text, face=FACES[kind], colour=colour, align="right", name=f"{kind}:difference")


def _axis(rows: list[dict[str, object]], reach: float, left: float, right: float) -> Axis:
    """An axis with nought in the middle that holds every difference and, unless they are very wide, the intervals."""
    far = max(abs(number(row["difference"])) for row in rows)
    ends = [abs(number(row[end])) for row in rows for end in ("low", "high") if known(row[end])]
    wanted = max(far * 1.1, min(max(ends, default=0.0), 2.5 * max(far, reach)), reach)
    step = _step(wanted, reach)
    end = math.ceil(wanted / step - 1e-9) * step
    return Axis(-end, end, left, right)


def _step(end: float, reach: float) -> float:
    """The distance of grid lines: half the least reach, or the smallest multiple of it that needs no more than four."""
    return next(half for factor in (1, 2, 4, 8) if (half := reach / 2 * factor) * 4 >= end or factor == 8)


def _draw_axis(canvas: Canvas, axis: Axis, top: float, bottom: float, step: float, lower: str, higher: str) -> None:
    count = round(axis.high / step)
    decimals = 0 if step >= 1 else 2
    for tick in (place * step for place in range(-count, count + 1)):
        x = axis.x(tick)
        canvas.rule((x, top), (x, bottom), colour=MUTED if tick == 0 else GRID, weight=1.0 if tick == 0 else 0.7)
        text = signed(tick, decimals)
        canvas.text(x, bottom + 8, text, size=SMALL, colour=MUTED, align="center", name="tick")
    canvas.text(axis.left, bottom + 21, f"\u2190 {lower}", size=SMALL, colour=MUTED, name="end")
    canvas.text(axis.right, bottom + 21, f"{higher} \u2192", size=SMALL, colour=MUTED, align="right", name="end")
