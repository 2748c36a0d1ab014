"""Diverging stacked bars: answers on one side of zero against those on the other, the neutral ones across it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pandas as pd
from matplotlib.figure import Figure

from survey_report.charts.canvas import (
    BODY,
    EDGE,
    SMALL,
    WIDTH,
    Canvas,
    balanced,
    draw_footer,
    footer_height,
    footer_lines,
    narrow,
    text_width,
    wrap,
)
from survey_report.charts.numbers import FACES, Kind, kind_of, known, number, people, percent, reason_of, whole
from survey_report.charts.palette import INK, MUTED, PAPER, RULE, SIDES, contrast, ink_on, option_fills
from survey_report.disclosure.reasons import not_shown
from survey_report.study import ResponseSet, Side

BAR, GAP, LINE = 17.0, 8.0, 12.0
LABEL_WIDTH = (60.0, 142.0)
TOTAL_WIDTH = {False: 46.0, True: 36.0}  # on a narrow canvas the words above the totals have room beside them
PART_HIDDEN = "\u2013  not shown: too few of some answers."
MERGED = "Bars of three parts: answers of one side are shown together, to protect respondents."
SIDES_IN_ORDER: tuple[Side, ...] = ("negative", "neutral", "positive")


@dataclass(frozen=True)
class Segment:
    """A part of a bar: one answer, or a whole side where answers are merged. `value` is in percent."""

    id: str
    side: Side
    value: float
    kind: Kind
    fill: str


@dataclass(frozen=True)
class Row:
    """A bar with its texts. `segments` go from the negative end to the positive; `totals` hold percent and kind."""

    id: str
    label: str
    n: float
    n_kind: Kind
    segments: tuple[Segment, ...]
    totals: Mapping[Side, tuple[float, Kind]]
    reason: str = ""
    lines: tuple[str, ...] = field(default=())
    above: bool = False  # whether the name stands above the bar

    @property
    def shown(self) -> bool:
        """Whether any number of the row may be shown."""
        return any(kind != "hidden" for _, kind in self.totals.values())

    @property
    def left(self) -> float:
        """Percent to the left of zero."""
        return sum(s.value * {"negative": 1.0, "neutral": 0.5, "positive": 0.0}[s.side] for s in self.segments)

    @property
    def right(self) -> float:
        """Percent to the right of zero."""
        return sum(s.value for s in self.segments) - self.left

    @property
    def height(self) -> float:
        """Points from this row's top to the next one's."""
        return self.name_height + BAR + GAP if self.above else max(BAR, LINE * len(self.lines)) + GAP

    @property
    def name_height(self) -> float:
        """Points that the name takes above the bar."""
        return LINE * len(self.lines) + 1 if self.above else 0.0


def items_chart(
    items: pd.DataFrame,
    response_set: ResponseSet,
    *,
    notice: str | None = None,
    width: float = WIDTH,
) -> Figure:
    """One bar an item, best first; on a canvas of phone's width its name stands above it.

    Columns: item, label, n, one per answer id and positive, neutral, negative (percent, NaN where hidden),
    positive_kind, neutral_kind, negative_kind, merged, reason (why the row is not shown). Optional: `<answer id>_kind`
    and `n_kind`; without them they
    count as invented unless the side is real (a side of one answer has the side's kind).
    """
    rows = [_row(row, "item", response_set) for row in _records(items)]
    rows.sort(key=lambda row: -row.totals["positive"][0] if known(row.totals["positive"][0]) else 1000.0)
    return _draw(rows, response_set, notice, width)


def change_chart(
    changes: pd.DataFrame,
    response_set: ResponseSet,
    *,
    notice: str | None = None,
    width: float = WIDTH,
) -> Figure | None:
    """One bar a period, in the order given. Columns as for `items_chart`, with `period` in place of `item`.

    None for a scale without questions on change.
    """
    if changes.empty:
        return None
    rows = [_row(row, "period", response_set) for row in _records(changes)]
    return _draw(rows, response_set, notice, width)


def _records(frame: pd.DataFrame) -> list[dict[str, object]]:
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def _row(row: Mapping[str, object], key: str, response_set: ResponseSet) -> Row:
    totals: dict[Side, tuple[float, Kind]] = {}
    for side in SIDES_IN_ORDER:
        value, kind = number(row[side]), kind_of(row, f"{side}_kind", "hidden")
        totals[side] = (value, kind) if known(value) and kind != "hidden" else (float("nan"), "hidden")
    real = any(kind == "real" for _, kind in totals.values())
    fills = option_fills(response_set)
    segments: list[Segment] = []
    for side in SIDES_IN_ORDER:
        value, side_kind = totals[side]
        # A response set starts at its positive end; a bar starts at its negative one.
        options = response_set.side(side)[::-1]
        whole_side = bool(row["merged"]) or not all(known(row.get(option)) for option in options)
        if side_kind == "hidden":
            continue
        if whole_side:
            fill = fills[options[0]] if len(options) == 1 else SIDES[side][1]
            segments.append(Segment(side, side, value, side_kind, fill))
            continue
        guess: Kind = side_kind if len(options) == 1 else "real" if side_kind == "real" else "invented"
        segments += [
            Segment(option, side, number(row[option]), kind_of(row, f"{option}_kind", guess), fills[option])
            for option in options
        ]
    n_kind = kind_of(row, "n_kind", "real" if real else "invented")
    return Row(str(row[key]), str(row["label"]), number(row["n"]), n_kind, tuple(segments), totals, reason_of(row))


@dataclass(frozen=True)
class Columns:
    """Where the columns stand, in points: centres of totals, bar area, right edge of n."""

    negative: float
    zero: float
    per_percent: float
    positive: float
    n: float


def _n_width(rows: list[Row]) -> float:
    shown = [row for row in rows if row.shown]
    return max((text_width(people(row.n), "regular", SMALL) for row in shown if known(row.n)), default=0.0)


def _columns(rows: list[Row], label_width: float, width: float) -> Columns:
    shown = [row for row in rows if row.shown]
    above = narrow(width)
    total = TOTAL_WIDTH[above]
    left = EDGE + total if above else EDGE + label_width + 8 + total
    right = width - EDGE - total if above else width - EDGE - _n_width(rows) - 6 - total
    most_left = max((row.left for row in shown), default=50.0)
    most_right = max((row.right for row in shown), default=50.0)
    per_percent = (right - left) / max(most_left + most_right, 1.0)
    return Columns(
        negative=left - total / 2,
        zero=left + most_left * per_percent,
        per_percent=per_percent,
        positive=right + total / 2,
        n=width - EDGE,
    )


def _draw(rows: list[Row], response_set: ResponseSet, notice: str | None, canvas_width: float) -> Figure:
    above = narrow(canvas_width)
    widest = max((text_width(row.label, "regular", BODY) for row in rows), default=0.0) + 1
    label_width = min(max(widest, LABEL_WIDTH[0]), LABEL_WIDTH[1])
    if above:
        label_width = canvas_width - 2 * EDGE - _n_width(rows) - 8
    rows = [replace(row, lines=tuple(wrap(row.label, label_width, "regular", BODY)), above=above) for row in rows]
    head_width = (canvas_width - 2 * EDGE) / 2 - 8 if above else TOTAL_WIDTH[False]
    heads: dict[Side, list[str]] = {
        side: balanced(_sentence(response_set.words[side]), head_width, "semibold", SMALL)
        for side in ("negative", "positive")
    }
    legend = _legend_lines(response_set, canvas_width)
    head_top = EDGE + len(legend) * 16 + 6
    top = head_top + max(map(len, heads.values())) * SMALL * 1.15 + 8
    partly = any(row.shown and any(kind == "hidden" for _, kind in row.totals.values()) for row in rows)
    merged = any(segment.id == segment.side for row in rows for segment in row.segments)
    footer = footer_lines([PART_HIDDEN if partly else "", MERGED if merged else "", notice or ""], canvas_width)
    canvas = Canvas.of_height(top + sum(row.height for row in rows) + footer_height(footer), canvas_width)
    columns = _columns(rows, label_width, canvas_width)

    _draw_legend(canvas, legend)
    for side, x in (("negative", columns.negative), ("positive", columns.positive)):
        lines = heads["negative" if side == "negative" else "positive"]
        middle = top - 8 - SMALL * 1.15 * len(lines) / 2
        colour = SIDES["negative" if side == "negative" else "positive"][0]
        align = "center"
        if above:
            x, align = (EDGE, "left") if side == "negative" else (canvas_width - EDGE, "right")
        canvas.lines(x, middle, lines, face="semibold", size=SMALL, colour=colour, align=align, leading=1.15)
    y = top
    for row in rows:
        if row.shown:
            start = y + row.name_height - (2 if above else GAP / 2)
            ends = (columns.zero, start), (columns.zero, y + row.height - (GAP - 2 if above else GAP / 2))
            canvas.rule(*ends, colour=MUTED, weight=0.7, name="zero")
        _draw_row(canvas, columns, row, y)
        y += row.height
    draw_footer(canvas, footer)
    return canvas.figure


def _draw_row(canvas: Canvas, columns: Columns, row: Row, top: float) -> None:
    colour = INK if row.shown else MUTED
    middle = top + row.name_height + (row.height - row.name_height - GAP) / 2
    name_middle = top + row.name_height / 2 if row.above else middle
    canvas.lines(EDGE, name_middle, list(row.lines), colour=colour, name="label", leading=1.15)
    if not row.shown:
        canvas.hidden(EDGE + 3 if row.above else columns.negative - 12, middle, not_shown(row.reason))
        return
    x = columns.zero - row.left * columns.per_percent
    for segment in row.segments:
        width = segment.value * columns.per_percent
        canvas.bar(x, middle, width, BAR, segment.fill, name=f"{row.id}/{segment.id}")
        _draw_share(canvas, x, middle, width, segment, f"{row.id}/{segment.id}")
        x += width
    for side, at in (("negative", columns.negative), ("positive", columns.positive)):
        value, kind = row.totals["negative" if side == "negative" else "positive"]
        side_colour = SIDES["negative" if side == "negative" else "positive"][0]
        canvas.text(
            at,
            middle,
            percent(value) if kind != "hidden" else "\u2013",
            face=FACES[kind],
            size=BODY + 0.5,
            colour=side_colour if kind in ("reproduced", "real") else MUTED,
            align="center",
            name=f"{kind}:{row.id}/total-{side}",
        )
    if known(row.n):
        canvas.text(
            columns.n,
            top + LINE / 2 + 0.5 if row.above else middle,
            people(row.n),
            face=FACES[row.n_kind],
            size=SMALL,
            colour=MUTED,
            align="right",
            name=f"{row.n_kind}:{row.id}/n",
        )


def _draw_share(canvas: Canvas, x: float, middle: float, width: float, segment: Segment, name: str) -> None:
    text, face = whole(segment.value), FACES[segment.kind]
    if text_width(text, face, SMALL) + 3 > width:
        return
    colour = ink_on(segment.fill, muted=segment.kind == "invented")
    canvas.text(
        x + width / 2, middle, text, face=face, size=SMALL, colour=colour, align="center", name=f"{segment.kind}:{name}"
    )


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _legend_lines(response_set: ResponseSet, canvas_width: float) -> list[list[tuple[str, str, float]]]:
    """Legend entries (text, fill, width) in lines that fit the canvas, in the order of the bars' segments."""
    fills = option_fills(response_set)
    lines: list[list[tuple[str, str, float]]] = [[]]
    for option in reversed(response_set.options):
        text = _sentence(option.answer.lower())
        width = 13 + text_width(text, "regular", SMALL + 0.5) + 16
        if lines[-1] and sum(entry[2] for entry in lines[-1]) + width - 16 > canvas_width - 2 * EDGE:
            lines.append([])
        lines[-1].append((text, fills[option.id], width))
    return lines


def _draw_legend(canvas: Canvas, lines: list[list[tuple[str, str, float]]]) -> None:
    for index, line in enumerate(lines):
        x = EDGE
        middle = EDGE + 8 + index * 16
        for text, fill, width in line:
            if contrast(fill, PAPER) < 1.5:
                canvas.bar(x - 0.5, middle, 10, 10, RULE)
            canvas.bar(x, middle, 9, 9, fill)
            canvas.text(x + 13, middle, text, size=SMALL + 0.5, name="legend")
            x += width
