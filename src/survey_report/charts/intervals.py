"""What dot-and-interval charts share: the axis of scale means, and dots with intervals on it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd
import seaborn
from matplotlib.lines import Line2D

from survey_report.charts.canvas import SMALL, Canvas, text_width
from survey_report.charts.numbers import Kind, known
from survey_report.charts.palette import GRID, MUTED, PAPER
from survey_report.numbers import readable

SHORTEST = 3  # eighths of the range, halves of five answers, that an axis shows at least
AXIS_HEIGHT = 30.0
KEY = "Filled markers reproduce published means, hollow ones are invented."


@dataclass(frozen=True)
class Axis:
    """The stretch of the scale that is drawn, and where it lies on the canvas (points)."""

    low: float
    high: float
    left: float
    right: float
    unit: float = 0.5  # what the ends of the axis are multiples of, unless they are those of the scale

    def x(self, value: float) -> float:
        """Position of a scale value."""
        return self.left + (value - self.low) / (self.high - self.low) * (self.right - self.left)

    @property
    def ticks(self) -> list[float]:
        """Values to mark: every unit, or every other one where the stretch is long; wholes take less room."""
        most = 7 if self.unit >= 1 else 5
        step = self.unit if self.high - self.low <= most * self.unit + 1e-9 else 2 * self.unit
        first = math.ceil(self.low / step - 1e-9) * step
        return [first + index * step for index in range(int((self.high - first) / step + 1e-9) + 1)]


@dataclass(frozen=True)
class Mark:
    """A dot with its interval: values on the scale, height on the canvas, colour and marker."""

    id: str
    y: float
    mean: float
    low: float
    high: float
    kind: Kind
    colour: str
    marker: str = "o"


def axis_for(values: Iterable[float], left: float, right: float, ends: tuple[float, float]) -> Axis:
    """An axis that holds all values with some room, cut at eighths of the scale (of five answers: halves), within its
    `ends`."""
    found = [value for value in values if known(value)] or [sum(ends) / 2]
    unit = readable(max(ends[1] - ends[0], 1) / 8)
    low = max(ends[0], round(math.floor(min(found) / unit - 0.1) * unit, 10))
    high = min(ends[1], round(math.ceil(max(found) / unit + 0.1) * unit, 10))
    while high - low < min(SHORTEST * unit, ends[1] - ends[0]) - 1e-9:
        low, high = max(ends[0], round(low - unit, 10)), min(ends[1], round(high + unit, 10))
    return Axis(low, high, left, right, unit)


def key_text(kinds: Iterable[Kind]) -> str:
    """What filled and hollow markers mean, where a chart has both."""
    return KEY if {"reproduced", "invented"} <= set(kinds) else ""


def draw_axis(canvas: Canvas, axis: Axis, top: float, bottom: float, low: str, high: str) -> None:
    """Light grid lines with their values below, and what lies beyond each end in words."""
    for tick in axis.ticks:
        x = axis.x(tick)
        canvas.rule((x, top), (x, bottom), colour=GRID, weight=0.7)
        canvas.text(
            x, bottom + 8, f"{tick:.1f}".replace("-", "\u2212"), size=SMALL, colour=MUTED, align="center", name="tick"
        )
    draw_ends(canvas, axis, bottom + 20, low, high)


def draw_ends(canvas: Canvas, axis: Axis, middle: float, low: str, high: str) -> None:
    """What lies beyond each end of an axis in words; with arrows, where there is room for them."""
    words = {"left": f"\u2190 {low}", "right": f"{high} \u2192"}
    if sum(text_width(text, "regular", SMALL) for text in words.values()) + 12 > axis.right - axis.left:
        words = {"left": low, "right": high}
    canvas.text(axis.left, middle, words["left"], size=SMALL, colour=MUTED, name="end")
    canvas.text(axis.right, middle, words["right"], size=SMALL, colour=MUTED, align="right", name="end")


def draw_marks(canvas: Canvas, axis: Axis, marks: list[Mark], size: float) -> None:
    """Intervals as lines, means as dots: filled where reproduced or real, hollow where invented."""
    for mark in marks:
        if known(mark.low) and known(mark.high):
            line = Line2D((axis.x(mark.low), axis.x(mark.high)), (mark.y, mark.y), color=mark.colour, linewidth=1.5)
            line.set_solid_capstyle("butt")
            line.set_clip_on(False)
            line.set_label(f"interval:{mark.id}")
            canvas.axes.add_line(line)
    if not marks:
        return
    styles = {f"{mark.marker} {mark.colour}": mark for mark in marks}
    points = pd.DataFrame(
        {
            "x": [axis.x(mark.mean) for mark in marks],
            "y": [mark.y for mark in marks],
            "style": [f"{mark.marker} {mark.colour}" for mark in marks],
        }
    )
    seaborn.scatterplot(
        points,
        x="x",
        y="y",
        hue="style",
        style="style",
        palette={name: mark.colour for name, mark in styles.items()},
        markers={name: mark.marker for name, mark in styles.items()},
        s=size**2,
        linewidth=1.4,
        legend=False,
        ax=canvas.axes,
        zorder=3,
    )
    dots = canvas.axes.collections[-1]
    dots.set_label("means")
    dots.set_edgecolor([mark.colour for mark in marks])
    dots.set_facecolor([PAPER if mark.kind == "invented" else mark.colour for mark in marks])
    canvas.fix()
