"""A page to draw on, in points with y growing downwards, and its deterministic SVG.

Positions are worked out here rather than left to an axes' layout: columns line up to the point, text is measured
before it is placed, and nothing depends on a backend's defaults.
"""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.textpath import text_to_path

from survey_report.charts.palette import INK, MUTED, PAPER
from survey_report.charts.typeface import Face, any_letters, font, font_folder

WIDTH = 504.0  # 7 inches
NARROW = 264.0  # a phone's column: at this width a point of the canvas is a little more than a pixel there
EDGE = 3.0
CAP_HEIGHT = 0.66  # of the type size; centres figures and capitals on a line

SMALL, NOTE, BODY = 8.5, 8.5, 10.0
KERNING = 0.1  # of the type size: more than any typeface moves two words towards or away from each other
UNDRAWN = re.compile(r" ?[\x00-\x1f\x7f-\x9f\u2028\u2029]+ ?")
# A letter that is used again, moved along its line; `x` says the same in a third of the bytes.
GLYPH = re.compile(r'(<use xlink:href="#[^"]+") transform="translate\((-?[\d.]+) 0\)"')


def flat(text: str) -> str:
    """A text on one line: breaks, tabs and other characters that no typeface draws are spaces."""
    return UNDRAWN.sub(" ", text)


def text_width(text: str, face: Face, size: float) -> float:
    """Width in points of a line of text."""
    return _width(flat(text), font_folder(), face, size)


@lru_cache(10_000)  # lines are broken by trying: the same words are measured again and again
def _width(text: str, _: Path | None, face: Face, size: float) -> float:
    with any_letters():
        return float(text_to_path.get_text_width_height_descent(text, font(face, size, text), False)[0])


def wrap(text: str, width: float, face: Face, size: float) -> list[str]:
    """Lines no wider than `width` points; a word that is wider is divided with a hyphen."""
    lines: list[str] = []
    line, guess = "", 0.0
    for word in flat(text).split(" "):
        alone = text_width(word, face, size)
        candidate, wide = (f"{line} {word}", guess + _space(face, size) + alone) if line else (word, alone)
        if _fits(candidate, wide, width, face, size):
            line, guess = candidate, wide
            continue
        if line:
            lines.append(line)
        line = word
        while text_width(line, face, size) > width and len(line) > 3:
            cut = next((i for i in range(len(line) - 2, 2, -1) if text_width(f"{line[:i]}-", face, size) <= width), 3)
            lines.append(f"{line[:cut]}-")
            line = line[cut:]
        guess = text_width(line, face, size)
    return [*lines, line] if line or not lines else lines


def _fits(line: str, guess: float, width: float, face: Face, size: float) -> bool:
    """Whether a line is no wider than `width`; `guess` is what its words and spaces take, each measured by itself.

    Words come again, lines do not: a line is measured only where kerning between words might decide.
    """
    if abs(guess - width) > KERNING * size * (line.count(" ") + 1):
        return guess < width
    return text_width(line, face, size) <= width


def _space(face: Face, size: float) -> float:
    return text_width("n n", face, size) - 2 * text_width("n", face, size)


def balanced(text: str, width: float, face: Face, size: float) -> list[str]:
    """As `wrap`, with lines as even as the same number of them allows."""
    lines = wrap(text, width, face, size)
    while width > size * 3 and len(narrower := wrap(text, width - 1, face, size)) == len(lines):
        width, lines = width - 1, narrower
    return lines


@dataclass(frozen=True)
class Canvas:
    """A figure with one invisible axes over all of it, measured in points from the top left."""

    figure: Figure
    axes: Axes
    height: float
    width: float = WIDTH

    @classmethod
    def of_height(cls, height: float, width: float = WIDTH) -> Canvas:
        """An empty white canvas; height and width in points."""
        figure = Figure(figsize=(width / 72, height / 72), facecolor=PAPER)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set_xticks([])  # a library that draws on the axes would make ticks that are never seen
        axes.set_yticks([])
        canvas = cls(figure, axes, height, width)
        canvas.fix()
        return canvas

    def fix(self) -> None:
        """Set the limits again, after a library drew on the axes and stretched them."""
        self.axes.set_xlim(0, self.width)
        self.axes.set_ylim(self.height, 0)

    def text(
        self,
        x: float,
        middle: float,
        text: str,
        *,
        face: Face = "regular",
        size: float = BODY,
        colour: str = INK,
        align: Literal["left", "center", "right"] = "left",
        name: str = "",
    ) -> None:
        """A line of text whose capitals are centred on `middle`; `name` says what it is, for tests."""
        text = flat(text)
        drawn = self.axes.text(
            x, middle + CAP_HEIGHT * size / 2, text, ha=align, va="baseline", color=colour, parse_math=False
        )
        drawn.set_fontproperties(font(face, size, text))
        drawn.set_label(name)

    def hidden(self, x: float, middle: float, text: str) -> None:
        """Words in place of numbers that may not be shown, on a ground of their own so that no line runs through."""
        self.bar(x - 3, middle, text_width(text, "regular", SMALL) + 6, SMALL + 3, PAPER)
        self.text(x, middle, text, size=SMALL, colour=MUTED, name="hidden")

    def lines(
        self, x: float, middle: float, lines: list[str], *, leading: float = 1.2, ground: bool = False, **style: Any
    ) -> None:
        """Several lines of text, centred on `middle` as a block; with `ground`, no line of the chart runs through."""
        size = style.get("size", BODY)
        step = size * leading
        top = middle - step * (len(lines) - 1) / 2
        for index, line in enumerate(lines):
            if ground:
                wide = text_width(line, style.get("face", "regular"), size)
                self.bar(x - 1, top + index * step, wide + 3, step, PAPER)
            self.text(x, top + index * step, line, **style)

    def bar(self, x: float, middle: float, width: float, height: float, fill: str, *, name: str = "") -> None:
        """A filled rectangle, centred on `middle`."""
        bar = Rectangle((x, middle - height / 2), width, height, facecolor=fill, edgecolor="none", linewidth=0)
        bar.set_label(name)
        bar.set_clip_on(False)
        self.axes.add_artist(bar)  # unlike a patch that is added, it moves no limits

    def rule(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        *,
        colour: str,
        weight: float = 0.6,
        dashes: tuple[float, float] | None = None,
        name: str = "",
    ) -> None:
        """A straight line between two points."""
        line = Line2D(
            (start[0], end[0]), (start[1], end[1]), color=colour, linewidth=weight, solid_capstyle="butt", zorder=0.5
        )
        if dashes:
            line.set_dashes(dashes)
        line.set_label(name)
        self.axes.add_artist(line)
        line.set_clip_on(False)


def narrow(width: float) -> bool:
    """Whether a canvas is too narrow for names beside what they name: they stand above it then."""
    return width < 400


def footer_lines(texts: list[str], width: float = WIDTH) -> list[str]:
    """Footer texts wrapped to the canvas."""
    room = width - 2 * EDGE - (4 if narrow(width) else 0)
    return [line for text in texts if text for line in wrap(text, room, "regular", NOTE)]


def draw_footer(canvas: Canvas, lines: list[str]) -> None:
    """Footer lines at the bottom of the canvas."""
    for index, line in enumerate(reversed(lines)):
        middle = canvas.height - EDGE - NOTE * 0.5 - index * NOTE * 1.25
        canvas.text(EDGE, middle, line, size=NOTE, colour=MUTED, name="footer")


def footer_height(lines: list[str]) -> float:
    """Points that the footer takes, with the space above it."""
    return NOTE * 1.25 * len(lines) + 8 if lines else EDGE


def svg(figure: Figure) -> str:
    """The figure as SVG: the same figure gives the same bytes. Text is drawn as outlines, to look alike anywhere."""
    buffer = io.StringIO()
    with any_letters(), matplotlib.rc_context({"svg.fonttype": "path", "svg.hashsalt": "survey-report"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return _compact(buffer.getvalue())


def _compact(source: str) -> str:
    """The same picture in about half the bytes: short names of its own, few decimals, no comments or indents."""
    source = re.sub(r"<!--.*?-->|<!DOCTYPE[^>]*>", "", source, flags=re.S)
    # A page may hold several pictures in one document, so names must differ between them.
    prefix = "g" + hashlib.sha256(source.encode()).hexdigest()[:6]
    used = dict.fromkeys(re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', source))
    names = {first or second: f"{prefix}-{index}" for index, (first, second) in enumerate(used)}
    source = re.sub(r' id="([^"]+)"', lambda m: f' id="{names[m[1]]}"' if m[1] in names else "", source)
    source = re.sub(r'(href="#)([^"]+)(")|(url\(#)([^)]+)(\))', lambda m: _renamed(m, names), source)
    source = re.sub(r"\d+\.\d{3,}", _shorter, source)
    source = GLYPH.sub(r'\1 x="\2"', source)
    return re.sub(r"\s*\n\s*(?=[<\w])", lambda m: "" if source[m.end()] == "<" else " ", source).strip() + "\n"


def _renamed(found: re.Match[str], names: dict[str, str]) -> str:
    before, name, after = (part for part in found.groups() if part is not None)
    return f"{before}{names[name]}{after}"


def _shorter(found: re.Match[str]) -> str:
    value = float(found[0])
    return f"{value:.2f}".rstrip("0").rstrip(".") if value >= 10 else f"{value:.4f}".rstrip("0").rstrip(".")
