"""What notebooks call: a desk with the rendering on it, and outputs that carry caption, alt text and data with them.

Notebooks write no files. An output's caption, alt text, table of data and numbers travel in its metadata; the runner
takes them out when it finishes the notebook (see `finish`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from survey_report.cells import harmless
from survey_report.digits import as_written
from survey_report.escaping import in_attribute, settled
from survey_report.handover import BUILD, CARRIED, STUDIES, rendering_stamps
from survey_report.marks import KEY, NARROW_IMAGE, NOTICE, PREFIX, Style
from survey_report.numbers import Number
from survey_report.rendering import Rendering, open_rendering

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from survey_report.charts.numbers import Kind

    Drawing = Callable[..., Figure | None]

NOTHING = "This study has no data for this part."
# What a table has in a column where its rows are groups of people, or compare them.
BY_GROUP = {"grouping", "question", "variable", "service", "clusters", "a"}


@dataclass(frozen=True)
class Output:
    """One output of a cell: content by MIME type, and what travels with it."""

    data: Mapping[str, str]
    carried: Mapping[str, object]

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, str], dict[str, object]]:
        return dict(self.data), {CARRIED: dict(self.carried)}


@dataclass(frozen=True)
class Desk:
    """A rendering with the style of its numbers."""

    rendering: Rendering
    style: Style

    @property
    def notice(self) -> str | None:
        """The line that every figure carries while the data are synthetic."""
        return NOTICE if self.rendering.reading.synthetic else None

    @property
    def _prefix(self) -> str:
        """What the name of a file for readers begins with."""
        return PREFIX if self.rendering.reading.synthetic else ""

    @property
    def kind(self) -> Kind:
        """What kind numbers are that no row of the register could hold."""
        return "invented" if self.rendering.reading.synthetic else "real"

    def title(self, text: str) -> Output:
        """The notebook's heading, with the notice below it."""
        notice = f"\n\n**{NOTICE}** {KEY}" if self.rendering.reading.synthetic else ""
        return Output({"text/markdown": f"# {text}{notice}", "text/plain": text}, {})

    def earlier(self) -> Rendering:
        """The earlier wave that this rendering is compared with; its responses lie below its own."""
        return open_rendering(self.rendering.study.folder, build_folder() / "baseline")

    def sentences(self, sentences: Iterable[str]) -> Output:
        """Generated sentences as a list."""
        written = "\n".join(f"- {settled(sentence)}" for sentence in sentences)
        text = written or self.rendering.withheld or NOTHING
        return Output({"text/markdown": text, "text/plain": text}, {})

    def text(self, markdown: str) -> Output:
        """Headings, text and tables in Markdown."""
        return Output({"text/markdown": markdown, "text/plain": "text"}, {})

    def table(self, markdown: str, caption: str, data: pd.DataFrame) -> Output:
        """A table in Markdown with its caption and the data behind it; a word where the study has no such data."""
        if data.empty:
            return self._nothing(caption, data)
        carried = {"caption": caption, "csv": csv_text(data), "prefix": self._prefix}
        return Output({"text/markdown": markdown, "text/plain": caption}, carried)

    def figure(self, draw: Drawing | Figure | None, caption: str, alt: str, data: pd.DataFrame) -> Output:
        """A chart as SVG with caption, alt text and the data behind it; a word where there is nothing to draw.

        `draw` makes the chart for a canvas of a `width` in points, once for the page and once for a phone; a chart
        that is drawn already serves both.
        """
        from survey_report.charts.canvas import NARROW, WIDTH, svg

        wide = draw(width=WIDTH) if callable(draw) else draw
        if wide is None:
            return self._nothing(caption, data)
        alt = in_attribute(alt)
        carried = {"caption": caption, "alt": alt, "csv": csv_text(data), "prefix": self._prefix}
        images = {"image/svg+xml": svg(wide)}
        if callable(draw) and (narrow := draw(width=NARROW)) is not None:
            images[NARROW_IMAGE] = svg(narrow)
        return Output({**images, "text/plain": alt}, carried)

    def _nothing(self, caption: str, data: pd.DataFrame) -> Output:
        """A sentence in the place of a table or figure: that the study has no such data, or why groups are left out."""
        text = self.rendering.withheld if BY_GROUP & set(data.columns) else ""
        text = text or NOTHING
        return Output({"text/markdown": text, "text/plain": text}, {"caption": caption, "alt": text})

    def numbers(self, numbers: Mapping[str, Number], pairs: pd.DataFrame | None = None) -> Output:
        """Hand the section's numbers over; shows how many there are and of what kind."""
        kinds = pd.Series([number.kind for number in numbers.values()], dtype="str").value_counts().sort_index()
        text = f"{len(numbers)} numbers: " + ", ".join(f"{count} {kind}" for kind, count in kinds.items())
        rows = [] if pairs is None else pairs.to_dict("records")
        tests = [{key: _plain(value) for key, value in row.items()} for row in rows]
        carried = {"numbers": {key: number.as_dict() for key, number in numbers.items()}, "pairs": tests}
        return Output({"text/plain": text}, carried)


def _plain(value: object) -> object:
    """A value as JSON may hold it: floats rounded, None for what is not a number."""
    if not isinstance(value, float):
        return value
    return None if pd.isna(value) else round(value, 6)


def build_folder() -> Path:
    """Where the rendering that is being built lies, as the runner says."""
    return Path(os.environ[BUILD])


def open_desk(study: str) -> Desk:
    """The desk of the rendering that is being built; the runner says where it lies.

    Raises ValueError when a notebook is opened for another study than the one being rendered.
    """
    folder, build = Path(os.environ[STUDIES]) / study, build_folder()
    rendering = _opened(folder, build, rendering_stamps(folder, build))
    return Desk(rendering, Style(study, rendering.reading.synthetic, keyed=True))


@lru_cache(maxsize=1)
def _opened(folder: Path, build: Path, _stamps: tuple[tuple[str, int, int], ...]) -> Rendering:
    """The rendering as its files were found; a process that was forked with it in memory need not read it again."""
    return open_rendering(folder, build)


def csv_text(frame: pd.DataFrame) -> str:
    """Protected data as CSV: numbers as printed, helper columns with keys and flags left out, no text is a formula."""
    keep = [name for name in frame.columns if not str(name).endswith("key") and name not in ("phrase", "groups")]
    shown = as_written(frame[keep])
    for name in shown.columns.difference(shown.select_dtypes("number").columns):
        shown[name] = [harmless(value) if isinstance(value, str) else value for value in shown[name]]
    return str(shown.to_csv(index=False, lineterminator="\n"))
