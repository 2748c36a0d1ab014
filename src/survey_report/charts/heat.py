"""Shares in a grid: one row a theme, one column a group, the darker the larger."""

from __future__ import annotations

import math

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
from survey_report.charts.intervals import key_text
from survey_report.charts.numbers import FACES, count, kind_of, known, number, percent
from survey_report.charts.palette import AA, INK, MUTED, PAPER, RULE, SIDES, blend, contrast, ink_on
from survey_report.charts.typeface import font

LABEL_WIDTH, HEAD_HEIGHT = 140.0, 104.0
ROW, LINE, GAP = 20.0, 11.0, 1.5
DARKEST = SIDES["positive"][0]
WITHHELD = "c"
KEY = "c: not shown, to protect small groups. The last row is the number of answers that shares are of."


def heat_chart(cells: pd.DataFrame, *, notice: str | None = None) -> Figure | None:
    """One row a theme and one column a service, in the order of the frame; None where there is nothing to draw.

    Columns: theme, label, service, service_label, base, share (percent), kind, shown.
    """
    if cells.empty:
        return None
    records = [{str(key): value for key, value in row.items()} for row in cells.to_dict("records")]
    themes = {str(row["theme"]): str(row["label"]) for row in records}
    services = {str(row["service"]): str(row["service_label"]) for row in records}
    bases = {str(row["service"]): number(row["base"]) for row in records}
    labels = {theme: wrap(label, LABEL_WIDTH, "regular", BODY) for theme, label in themes.items()}
    heights = {theme: max(ROW, LINE * len(lines) + 6) for theme, lines in labels.items()}
    left = EDGE + LABEL_WIDTH + 8
    width = (WIDTH - EDGE - left) / len(services)
    heads = {service: wrap(label, HEAD_HEIGHT - 6, "regular", SMALL) for service, label in services.items()}
    head = max(text_width(line, "regular", SMALL) for lines in heads.values() for line in lines) + 8
    top = EDGE + head
    bottom = top + sum(heights.values())
    shown = [row for row in records if row["shown"] and known(row["share"])]
    footer = footer_lines([KEY, key_text(kind_of(row, "kind", "invented") for row in shown), notice or ""])
    canvas = Canvas.of_height(bottom + ROW + footer_height(footer))
    largest = max((number(row["share"]) for row in shown), default=0.0) or 1.0

    for place, service in enumerate(services):
        x = left + (place + 0.5) * width
        for index, line in enumerate(heads[service]):
            _upright(canvas, x + (index - (len(heads[service]) - 1) / 2) * SMALL * 1.36, top - 4, line)
    y = top
    for theme, lines in labels.items():
        middle = y + heights[theme] / 2
        canvas.lines(EDGE, middle, lines, size=BODY, leading=1.1, name="label")
        for row in (row for row in records if row["theme"] == theme):
            x = left + list(services).index(str(row["service"])) * width
            _draw_cell(canvas, row, x, middle, width, heights[theme], largest)
        y += heights[theme]
    canvas.rule((EDGE, bottom), (WIDTH - EDGE, bottom), colour=RULE)
    canvas.text(EDGE, bottom + ROW / 2, "Answers", size=SMALL, colour=MUTED, name="base")
    for place, service in enumerate(services):
        x = left + (place + 0.5) * width
        canvas.text(x, bottom + ROW / 2, count(bases[service]), size=SMALL, colour=MUTED, align="center", name="base")
    draw_footer(canvas, footer)
    return canvas.figure


def _draw_cell(
    canvas: Canvas, row: dict[str, object], x: float, middle: float, width: float, height: float, largest: float
) -> None:
    name = f"{row['theme']}/{row['service']}"
    if not row["shown"] or not known(row["share"]):
        canvas.text(x + width / 2, middle, WITHHELD, size=SMALL, colour=MUTED, align="center", name=f"hidden:{name}")
        return
    share, kind = number(row["share"]), kind_of(row, "kind", "invented")
    fill = _fill(share, largest)
    canvas.bar(x + GAP / 2, middle, width - GAP, height - GAP, fill, name=name)
    colour = ink_on(fill)
    canvas.text(
        x + width / 2, middle, percent(share), face=FACES[kind], size=SMALL, colour=colour, align="center",
        name=f"{kind}:{name}",
    )  # fmt: skip


def _fill(share: float, largest: float) -> str:
    """The darker the larger; a middle tone on which no text could be read gives way to the next lighter one."""
    depth = math.sqrt(share / largest)
    while contrast(ink_on(fill := blend(PAPER, DARKEST, depth)), fill) < AA + 0.1:
        depth -= 0.02
    return fill


def _upright(canvas: Canvas, x: float, bottom: float, text: str) -> None:
    """A line of text that reads from bottom to top."""
    drawn = canvas.axes.text(
        x, bottom, text, ha="center", va="bottom", rotation=90, color=INK, parse_math=False, rotation_mode="default"
    )
    drawn.set_fontproperties(font("regular", SMALL))
    drawn.set_label("head")
