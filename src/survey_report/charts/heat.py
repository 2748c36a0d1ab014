"""Shares in a grid: one row a theme, one column a group, the darker the larger.

On a canvas of phone's width a theme's name stands above its row, so that the columns have all of the width; more groups
than fit side by side then make a second grid below the first.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

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
from survey_report.charts.numbers import FACES, WITHHELD, count, kind_of, known, number, percent
from survey_report.charts.palette import AA, INK, MUTED, PAPER, RULE, SIDES, blend, contrast, ink_on
from survey_report.charts.typeface import font

LABEL_WIDTH, HEAD_WIDTH, HEAD_LINE = 140.0, 98.0, SMALL * 1.36
ROW, LINE, GAP, BETWEEN = 20.0, 11.0, 1.5, 14.0
DARKEST = SIDES["positive"][0]
KINDS = "Bold numbers reproduce published figures, those in italics are invented."
KEY = "c: not shown, to protect respondents. The last row is the number of answers that shares are of."


@dataclass(frozen=True)
class Grid:
    """Columns that stand side by side: their ids, where the first begins, the width of each, their heads in lines."""

    services: tuple[str, ...]
    left: float
    width: float
    heads: Mapping[str, list[str]]

    @property
    def head(self) -> float:
        """Points that the heads take, which stand upright."""
        return max(text_width(line, "regular", SMALL) for lines in self.heads.values() for line in lines) + 8

    def middle(self, service: str) -> float:
        """Where the middle of a column lies."""
        return self.left + (self.services.index(service) + 0.5) * self.width


def heat_chart(cells: pd.DataFrame, *, notice: str | None = None, width: float = WIDTH) -> Figure | None:
    """One row a theme and one column a service, in the order of the frame; None where there is nothing to draw.

    Columns: theme, label, service, service_label, base, share (percent), kind, shown.
    """
    if cells.empty:
        return None
    records = [{str(key): value for key, value in row.items()} for row in cells.to_dict("records")]
    above = narrow(width)
    themes = {str(row["theme"]): str(row["label"]) for row in records}
    bases = {str(row["service"]): number(row["base"]) for row in records}
    room = width - 2 * EDGE if above else LABEL_WIDTH
    labels = {theme: wrap(label, room, "regular", BODY) for theme, label in themes.items()}
    grids = _grids(records, EDGE if above else EDGE + LABEL_WIDTH + 8, width - EDGE)
    names = {theme: LINE * len(lines) + 4 if above else 0.0 for theme, lines in labels.items()}
    heights = {theme: ROW if above else max(ROW, LINE * len(lines) + 6) for theme, lines in labels.items()}
    rows = sum(names.values()) + sum(heights.values())
    foot = ROW + (LINE if above else 0.0)
    shown = [row for row in records if row["shown"] and known(row["share"])]
    both = {"reproduced", "invented"} <= {kind_of(row, "kind", "invented") for row in shown}
    footer = footer_lines([KEY, KINDS if both else "", notice or ""], width)
    height = sum(grid.head + rows + foot for grid in grids) + BETWEEN * (len(grids) - 1)
    canvas = Canvas.of_height(EDGE + height + footer_height(footer), width)
    largest = max((number(row["share"]) for row in shown), default=0.0) or 1.0

    y = EDGE
    for grid in grids:
        y += grid.head
        for service in grid.services:
            lines = grid.heads[service]
            for index, line in enumerate(lines):
                _upright(canvas, grid.middle(service) + (index - (len(lines) - 1) / 2) * HEAD_LINE, y - 4, line)
        for theme, lines in labels.items():
            middle = y + names[theme] + heights[theme] / 2
            canvas.lines(EDGE, y + names[theme] / 2 if above else middle, lines, size=BODY, leading=1.1, name="label")
            for row in (row for row in records if row["theme"] == theme and row["service"] in grid.services):
                x = grid.middle(str(row["service"])) - grid.width / 2
                _draw_cell(canvas, row, x, middle, grid.width, heights[theme], largest)
            y += names[theme] + heights[theme]
        canvas.rule((EDGE, y), (width - EDGE, y), colour=RULE)
        canvas.text(EDGE, y + (LINE / 2 + 3 if above else ROW / 2), "Answers", size=SMALL, colour=MUTED, name="base")
        y += foot
        for service in grid.services:
            text = count(bases[service])
            x = grid.middle(service)
            canvas.text(x, y - ROW / 2, text, size=SMALL, colour=MUTED, align="center", name="base")
        y += BETWEEN
    draw_footer(canvas, footer)
    return canvas.figure


def _grids(records: list[dict[str, object]], left: float, right: float) -> list[Grid]:
    """As many columns side by side as hold their numbers, in as few grids as that takes, of like size."""
    services = {str(row["service"]): str(row["service_label"]) for row in records}
    texts = {percent(100), *(count(number(row["base"])) for row in records)}
    least = max(text_width(text, "regular", SMALL) for text in texts) + 3
    most = max(1, int((right - left) / least))
    number_of = math.ceil(len(services) / most)
    each = math.ceil(len(services) / number_of)
    width = (right - left) / each
    ids = list(services)
    parts = [ids[start : start + each] for start in range(0, len(ids), each)]
    return [
        Grid(tuple(part), left, width, {service: _head(services[service], width) for service in part}) for part in parts
    ]


def _head(label: str, width: float) -> list[str]:
    """A column's name in lines that stand upright side by side within its width."""
    most, reach = max(1, int(width / HEAD_LINE)), HEAD_WIDTH
    while len(lines := wrap(label, reach, "regular", SMALL)) > most:
        reach += 10
    return lines


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
    drawn.set_fontproperties(font("regular", SMALL, text))
    drawn.set_label("head")
