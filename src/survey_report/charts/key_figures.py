"""Published figures at a glance: means of scales from the middle of the scale, shares of answers from nought."""

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
from survey_report.charts.intervals import AXIS_HEIGHT, Axis, Mark, draw_axis, draw_marks
from survey_report.charts.numbers import FACES, kind_of, mean, number, percent
from survey_report.charts.palette import MUTED, SIDES
from survey_report.study import Side

LINE, ROW, LANE, BAR, HEAD = 11.0, 17.0, 16.0, 10.0, 18.0
MEANS_LABEL, SHARES_LABEL = 176.0, 236.0
MEAN_WIDTH, SHARE_WIDTH = 34.0, 32.0
BOTH: tuple[Side, Side] = ("negative", "positive")


def scale_means_chart(
    means: pd.DataFrame,
    *,
    ends: tuple[float, float],
    low: str,
    high: str,
    notice: str | None = None,
    width: float = WIDTH,
) -> Figure | None:
    """One row a scale in the order of the frame, from the middle of the scale to its mean; None where there is none.

    Columns: scale, title, mean, kind. `ends` are the scores of the worst and the best answer, `low` and `high` their
    words.
    """
    if means.empty:
        return None
    records = [{str(key): value for key, value in row.items()} for row in means.to_dict("records")]
    above = narrow(width)
    room = width - 2 * EDGE - MEAN_WIDTH - 6 if above else MEANS_LABEL
    lines = [wrap(str(row["title"]), room, "regular", BODY) for row in records]
    heights = [LINE * len(text) + LANE if above else max(ROW, LINE * len(text) + 4) for text in lines]
    top = EDGE + 2
    bottom = top + sum(heights)
    footer = footer_lines([notice or ""], width)
    canvas = Canvas.of_height(bottom + AXIS_HEIGHT + footer_height(footer), width)
    left, right = (EDGE + 12, width - EDGE - 12) if above else (EDGE + room + 18, width - EDGE - MEAN_WIDTH - 12)
    axis, middle = Axis(*ends, left, right), sum(ends) / 2
    draw_axis(canvas, axis, top, bottom, low, high)
    canvas.rule((axis.x(middle), top), (axis.x(middle), bottom), colour=MUTED, weight=1.0, name="middle")
    marks: list[Mark] = []
    y = top
    for row, label, height in zip(records, lines, heights, strict=True):
        at = y + LINE * len(label) + LANE / 2 - 2 if above else y + height / 2
        words = (y + LINE * len(label) / 2 + 1, y + LINE / 2 + 1) if above else (at, at)
        value, kind = number(row["mean"]), kind_of(row, "kind", "invented")
        colour = SIDES["negative" if value < middle else "positive"][0]
        canvas.lines(EDGE, words[0], label, leading=1.1, ground=True, name="label")
        canvas.text(
            width - EDGE, words[1], mean(value), face=FACES[kind], size=BODY + 0.5, colour=colour, align="right",
            name=f"{kind}:{row['scale']}",
        )  # fmt: skip
        marks.append(Mark(str(row["scale"]), at, value, min(value, middle), max(value, middle), kind, colour))
        y += height
    draw_marks(canvas, axis, marks, 7.5)
    draw_footer(canvas, footer)
    return canvas.figure


def shares_chart(
    shares: pd.DataFrame, *, positive: str, negative: str, notice: str | None = None, width: float = WIDTH
) -> Figure | None:
    """One row an item in the order of the frame: its positive share to the right, its negative one to the left.

    Columns: item, label, title (of the scale), positive, negative (percent, NaN where none is to be
    shown), positive_kind, negative_kind. `positive` and `negative` are words for the two sides. None for no rows.
    """
    if shares.empty:
        return None
    records = [{str(key): value for key, value in row.items()} for row in shares.to_dict("records")]
    above = narrow(width)
    room = width - 2 * EDGE if above else SHARES_LABEL
    names = [_name(str(row["label"]), str(row["title"]), room) for row in records]
    heights = [LINE * len(name) + LANE if above else max(ROW, LINE * len(name) + 5) for name in names]
    top = EDGE + HEAD
    footer = footer_lines([notice or ""], width)
    canvas = Canvas.of_height(top + sum(heights) + footer_height(footer), width)
    left, right = EDGE + (0 if above else room + 8) + SHARE_WIDTH, width - EDGE - SHARE_WIDTH
    furthest = {side: max((number(row[side]) for row in records if _has(row, side)), default=0.0) for side in BOTH}
    per_percent = (right - left) / max(sum(furthest.values()), 1.0)
    zero = left + furthest["negative"] * per_percent
    _heads(canvas, zero, EDGE + HEAD / 2 - 2, {"negative": negative, "positive": positive})
    canvas.rule((zero, top - 2), (zero, top + sum(heights)), colour=MUTED, weight=1.0, name="zero")
    y = top
    for row, name, height in zip(records, names, heights, strict=True):
        at = y + LINE * len(name) + LANE / 2 - 1 if above else y + height / 2
        for index, words in enumerate(name):
            line = y + LINE * (index + 0.5) + 1 if above else at + LINE * (index - (len(name) - 1) / 2)
            _draw_name(canvas, words, line)
        for side, sign in zip(BOTH, (-1, 1), strict=True):
            if not _has(row, side):
                continue
            value, kind = number(row[side]), kind_of(row, f"{side}_kind", "invented")
            long = value * per_percent
            canvas.bar(zero - long if sign < 0 else zero, at, long, BAR, SIDES[side][1], name=f"{row['item']}/{side}")
            canvas.text(
                zero + sign * (long + 4), at, percent(value), face=FACES[kind], colour=SIDES[side][0],
                align="right" if sign < 0 else "left", name=f"{kind}:{row['item']}/{side}",
            )  # fmt: skip
        y += height
    draw_footer(canvas, footer)
    return canvas.figure


def _has(row: dict[str, object], side: Side) -> bool:
    """Whether the share of a side belongs into the chart."""
    return not pd.isna(number(row[side])) and kind_of(row, f"{side}_kind", "hidden") != "hidden"


def _name(label: str, title: str, room: float) -> list[tuple[str, str]]:
    """An item's name with that of its scale after it, in lines of both parts; the scale has its own where both are
    wider than the room."""
    if text_width(f"{label}  ", "regular", BODY) + text_width(title, "regular", SMALL) <= room:
        return [(label, title)]
    return [*((line, "") for line in wrap(label, room, "regular", BODY)), ("", title)]


def _draw_name(canvas: Canvas, words: tuple[str, str], middle: float) -> None:
    label, title = words
    start = EDGE + (text_width(f"{label}  ", "regular", BODY) if label else 0.0)
    if label:
        canvas.lines(EDGE, middle, [label], ground=True, name="label")
    if title:
        canvas.lines(start, middle, [title], ground=True, size=SMALL, colour=MUTED, name="scale")


def _heads(canvas: Canvas, zero: float, middle: float, words: dict[Side, str]) -> None:
    """The words of both sides, at the line between them where they fit beside it, else at the edges."""
    heads = {side: text[:1].upper() + text[1:] for side, text in words.items()}
    wide = {side: text_width(text, "semibold", SMALL) for side, text in heads.items()}
    fit = wide["negative"] + 6 <= zero - EDGE and wide["positive"] + 6 <= canvas.width - EDGE - zero
    places = {"negative": zero - 6 if fit else EDGE, "positive": zero + 6 if fit else canvas.width - EDGE}
    aligned = {"negative": "right", "positive": "left"} if fit else {"negative": "left", "positive": "right"}
    for side in BOTH:
        canvas.lines(
            places[side], middle, [heads[side]], face="semibold", size=SMALL, colour=SIDES[side][0],
            align=aligned[side], name="head",
        )  # fmt: skip
