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
    narrow,
    text_width,
    wrap,
)
from survey_report.charts.intervals import Axis, Mark, draw_ends, draw_marks
from survey_report.charts.numbers import FACES, Kind, known, number
from survey_report.charts.palette import GRID, INK, LEVELS, MUTED, PAPER, RULE
from survey_report.disclosure.reasons import not_shown
from survey_report.numbers import decimals_of, readable
from survey_report.study import Study

LINE, ROW, HEADING, AXIS_HEIGHT, LANE = 11.0, 15.0, 20.0, 32.0, 17.0
LABEL_WIDTH, VALUE_WIDTH, INDENT = (90.0, 190.0), 40.0, 9.0
MINUS = "\u2212"
KEY = "Blue: the interval does not reach the line of no difference. Grey: it does."


def least_reach(study: Study) -> float:
    """How far from nought an axis of differences of means reaches at least: an eighth of the range of the scores."""
    return readable(max(study.widest, 1) / 8)


def contrasts_chart(
    rows: pd.DataFrame,
    *,
    unit: str,
    reach: float,
    lower: str,
    higher: str,
    kind: Kind,
    notice: str | None = None,
    width: float = WIDTH,
) -> Figure | None:
    """One row each, in the order of the frame, with a line at no difference; None where no row can be shown.

    Columns: label, difference, low, high (NaN where not shown), differs, decimals, reason (in the place of what is not
    shown), and heading where rows stand in blocks. `unit` names what is counted ("points"), `reach` is the least that
    the axis covers on both sides; `lower` and `higher` are words for its two sides. On a canvas of phone's width a
    row's name stands above its interval.
    """
    records = [{str(key): value for key, value in row.items()} for row in rows.to_dict("records")]
    shown = [row for row in records if known(row["difference"])]
    if not shown:
        return None
    above = narrow(width)
    headed = any(row.get("heading") for row in records)
    indent = INDENT if headed and not above else 0.0
    widest = max(text_width(str(row["label"]), "regular", BODY) for row in records) + indent + 1
    label_width = min(max(widest, LABEL_WIDTH[0]), LABEL_WIDTH[1])
    if above:
        label_width = width - 2 * EDGE - VALUE_WIDTH - 6
    lines = [wrap(str(row["label"]), label_width - indent, "regular", BODY) for row in records]
    heights = [LINE * len(text) + LANE if above else max(ROW, LINE * len(text) + 4) for text in lines]
    blocks = len(dict.fromkeys(str(row["heading"]) for row in records)) if headed else 0
    top = EDGE + 16
    bottom = top + sum(heights) + blocks * HEADING + 2
    footer = footer_lines([KEY, notice or ""], width)
    canvas = Canvas.of_height(bottom + AXIS_HEIGHT + footer_height(footer), width)
    left, right = EDGE + label_width + 10, width - EDGE - VALUE_WIDTH - 8
    if above:
        left, right = EDGE + 12, width - EDGE - 12
    axis = _axis(shown, reach, left, right)
    _draw_axis(canvas, axis, top, bottom, _step(axis.high, reach))
    draw_ends(canvas, axis, bottom + 21, lower, higher)
    canvas.text(width - EDGE, top - 8, unit, size=SMALL, colour=MUTED, align="right", name="head")
    marks: list[Mark] = []
    y, before = top + 1, ""
    for index, (row, label, height) in enumerate(zip(records, lines, heights, strict=True)):
        heading = str(row.get("heading") or "")
        if heading != before:
            y, before = y + HEADING, heading
            canvas.rule((EDGE, y - 3), (width - EDGE, y - 3), colour=RULE)
            canvas.lines(EDGE, y - 10, [heading], face="semibold", ground=above, name="heading")
        # Beside the interval the name is centred on it; above it, it has lines of its own, the value on the first.
        middle = y + LINE * len(label) + LANE / 2 - 2 if above else y + height / 2
        words = (y + LINE * len(label) / 2 + 1, y + LINE / 2 + 1) if above else (middle, middle)
        visible = known(row["difference"])
        canvas.lines(
            EDGE + indent, words[0], label, colour=INK if visible else MUTED, leading=1.1 if above else 1.15,
            ground=above, name="label",
        )  # fmt: skip
        if visible:
            marks.append(_mark(row, middle, axis, kind, str(index)))
            _value(canvas, row, words[1], kind)
        else:
            canvas.hidden(axis.left + 5, middle, not_shown(str(row["reason"])))
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
    x, colour = canvas.width - EDGE, INK if row["differs"] else MUTED
    if narrow(canvas.width):  # no line of the grid runs through it
        wide = text_width(text, FACES[kind], BODY)
        canvas.bar(x - wide - 2, middle, wide + 2, BODY + 1, PAPER)
    canvas.text(x, middle, text, face=FACES[kind], colour=colour, align="right", name=f"{kind}:difference")


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


def _draw_axis(canvas: Canvas, axis: Axis, top: float, bottom: float, step: float) -> None:
    count = round(axis.high / step)
    decimals = 0 if step >= 1 else max(2, decimals_of(step))
    for tick in (place * step for place in range(-count, count + 1)):
        x = axis.x(tick)
        canvas.rule((x, top), (x, bottom), colour=MUTED if tick == 0 else GRID, weight=1.0 if tick == 0 else 0.7)
        text = signed(tick, decimals)
        canvas.text(x, bottom + 8, text, size=SMALL, colour=MUTED, align="center", name="tick")
