"""Differences between levels with their intervals, beside the difference that the design could have detected."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence

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
from survey_report.charts.intervals import Axis, Mark, draw_marks
from survey_report.charts.numbers import FACES, Kind, known, mean, number
from survey_report.charts.palette import GRID, INK, LEVELS, MARKERS, MUTED, RULE
from survey_report.numbers import decimals_of, readable

LANE, PADDING, HEAD, AXIS_HEIGHT = 14.0, 9.0, 16.0, 20.0
LABEL_WIDTH = 118.0
VALUE_WIDTH, REACH_WIDTH = 42.0, 58.0
MIN_REACH, MAX_REACH = 2, 5  # ends of the axis in twentieths of the range; what lies beyond is cut
KEY = "Grey bars reach as far as the difference that the design would detect with 80% power"
BOUNDS_KEY = f"{KEY}; dashed lines are the bounds."


def equivalence_chart(
    pairs: pd.DataFrame,
    bounds: Mapping[str, Sequence[float]],
    *,
    span: float,
    kind: Kind = "invented",
    notice: str | None = None,
    width: float = WIDTH,
) -> Figure | None:
    """One block a scale, one lane a pair of levels, in the order of the frame; None where there is none.

    Columns: scale, title, a, b, label, difference, low, high (ends of the 95% interval), detectable; in scale points.
    `bounds` are those of equivalence by scale, `span` is the range of the scores, which the axis is a part of.
    """
    if pairs.empty:
        return None
    records = [{str(key): value for key, value in row.items()} for row in pairs.to_dict("records")]
    labels = dict.fromkeys(str(row["label"]) for row in records)
    looks = {label: (LEVELS[i % len(LEVELS)], MARKERS[i % len(MARKERS)]) for i, label in enumerate(labels)}
    scales = {str(row["scale"]): str(row["title"]) for row in records}
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
    legend = {label: wrap(label, width - 2 * EDGE - 12, "regular", SMALL + 0.5) for label in looks}
    top = EDGE + sum(map(len, legend.values())) * 12 + len(looks) * 2 + HEAD
    bottom = top + sum(block.values())
    footer = footer_lines([BOUNDS_KEY if any(bounds.values()) else f"{KEY}.", notice or ""], width)
    canvas = Canvas.of_height(bottom + AXIS_HEIGHT + footer_height(footer), width)
    left, right = EDGE + 10 if above else EDGE + LABEL_WIDTH + 10, width - EDGE - VALUE_WIDTH - REACH_WIDTH - 6
    furthest = max(abs(number(row[c])) for row in records for c in ("low", "high", "detectable") if known(row[c]))
    unit = span / 20
    reach = unit * min(max(math.ceil(furthest / unit + 0.1), MIN_REACH), MAX_REACH)
    axis = Axis(-reach, reach, left, right)

    y = EDGE + 7
    for label, (colour, marker) in looks.items():
        canvas.axes.plot([EDGE + 4], [y], marker=marker, markersize=6, color=colour)
        for line in legend[label]:
            canvas.text(EDGE + 12, y, line, size=SMALL + 0.5, name="legend")
            y += 12
        y += 2
    canvas.fix()
    for x, text in ((right + VALUE_WIDTH, "Diff."), (width - EDGE, "Detectable")):
        canvas.text(x, top - 7, text, size=SMALL, colour=MUTED, align="right", name="head")
    _draw_axis(canvas, axis, top, bottom, span)
    everywhere = set.intersection(*(set(bounds.get(scale, ())) for scale in scales))
    _draw_bounds(canvas, axis, top, bottom, everywhere)
    marks: list[Mark] = []
    y = top
    for scale in scales:
        canvas.rule((EDGE, y), (width - EDGE, y), colour=RULE, weight=0.6)
        _draw_bounds(canvas, axis, y, y + block[scale], set(bounds.get(scale, ())) - everywhere)
        title_middle = y + 3 + len(titles[scale]) * 6.0 if above else y + block[scale] / 2
        canvas.lines(
            EDGE, title_middle, titles[scale], face="semibold", size=BODY, leading=1.15, ground=above, name="label"
        )
        lanes = [row for row in records if row["scale"] == scale]
        middle = y + (block[scale] - LANE * (len(lanes) - 1)) / 2
        if above:
            middle = y + len(titles[scale]) * 12.0 + LANE / 2 + 3
        for row in lanes:
            colour, marker = looks[str(row["label"])]
            name = f"{scale}/{row['a']}/{row['b']}"
            _draw_reach(canvas, axis, number(row["detectable"]), middle, name)
            low, high = (min(max(number(row[end]), -reach), reach) for end in ("low", "high"))
            marks.append(Mark(name, middle, number(row["difference"]), low, high, kind, colour, marker))
            ink = MUTED if kind == "invented" else INK
            for x, value, part in (
                (right + VALUE_WIDTH, row["difference"], ""),
                (width - EDGE, row["detectable"], "/d"),
            ):
                style = {"face": FACES[kind], "size": BODY - 0.5, "colour": ink, "align": "right"}
                canvas.text(x, middle, mean(number(value)).replace("-", "\u2212"), name=f"{kind}:{name}{part}", **style)  # type: ignore[arg-type]
            middle += LANE
        y += block[scale]
    draw_marks(canvas, axis, marks, 6.0)
    draw_footer(canvas, footer)
    return canvas.figure


def _draw_bounds(canvas: Canvas, axis: Axis, top: float, bottom: float, bounds: Collection[float]) -> None:
    for end in (sign * bound for bound in sorted(bounds) for sign in (-1, 1) if bound <= axis.high):
        canvas.rule((axis.x(end), top), (axis.x(end), bottom), colour=MUTED, weight=0.7, dashes=(3, 2), name="bound")


def _draw_axis(canvas: Canvas, axis: Axis, top: float, bottom: float, span: float) -> None:
    """Nought as a line, values below where they do not touch."""
    canvas.rule((axis.x(0), top), (axis.x(0), bottom), colour=MUTED, weight=1.0, name="nought")
    end = float("-inf")
    step = readable(span / (20 if axis.high <= 3 * span / 20 + 1e-9 else 8))
    ticks = {0.0, *(sign * step * i for i in range(1, int(axis.high / step + 1e-9) + 1) for sign in (-1, 1))}
    for tick in sorted({round(tick, 6) for tick in ticks}):
        text = f"{tick:.{decimals_of(step)}f}".replace("-", "\u2212")
        half = text_width(text, "regular", SMALL) / 2
        if axis.x(tick) - half > end + 4:
            canvas.text(axis.x(tick), bottom + 8, text, size=SMALL, colour=MUTED, align="center", name="tick")
            end = axis.x(tick) + half


def _draw_reach(canvas: Canvas, axis: Axis, detectable: float, middle: float, name: str) -> None:
    if known(detectable):
        left, right = axis.x(max(-detectable, axis.low)), axis.x(min(detectable, axis.high))
        canvas.bar(left, middle, right - left, 9.0, GRID, name=f"detectable:{name}")
        canvas.axes.patches[-1].set_zorder(0.3)  # under the lines at nought and at the bounds
