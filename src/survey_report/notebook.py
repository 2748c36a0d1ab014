"""What notebooks call: a desk with the rendering on it, and outputs that carry caption, alt text and data with them.

In the build, whose runner says in the environment where the rendering lies, outputs are Markdown for the stitchers.
Their captions, alt texts, tables of data and numbers travel in their metadata; the runner takes them out when it
finishes the notebook (see `finish`). Whoever opens a notebook gets HTML, and the rendering of the checkout around it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from survey_report.cell_skipping import run_cells, skip_cells
from survey_report.cells import harmless
from survey_report.checkout import command, find_checkout, find_export, find_study, rendering_folder
from survey_report.digits import as_written
from survey_report.errors import Told
from survey_report.escaping import plain_words, settled, typeset
from survey_report.handover import BUILD, CARRIED, STUDIES, rendering_stamps
from survey_report.marks import KEY, NARROW_IMAGE, NOTICE, PREFIX, Style
from survey_report.numbers import Number
from survey_report.rendering import Rendering, open_rendering
from survey_report.sections import coded_sections, has, lack, level_groupings, listed_groupings

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from survey_report.charts.numbers import Kind

    Drawing = Callable[..., Figure | None]

NOTHING = "This study has no data for this part."
PRIVATE = "Private: do not publish this notebook"
WAVES = "waves"
ONE_WAVE = (
    "There is nothing to show here, for there is one wave alone; in the checkout, "
    "`make waves BASELINE=first.csv FOLLOWUP=second.csv` compares two."
)
BASELINE = "baseline"  # the folder of an earlier wave, below that of the later one
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
    """A rendering with the style of its numbers, and the folder that it lies in.

    `by_hand` says that somebody opened the notebook; `again` then is what to type for a step of the build.
    """

    rendering: Rendering
    style: Style
    build: Path = Path()
    by_hand: bool = False
    again: Callable[[str], str] = field(default=lambda step: f"make {step}", repr=False, compare=False)

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
        """The notebook's heading, plain text, with the notice below it."""
        notice = f"\n\n**{NOTICE}** {KEY}" if self.rendering.reading.synthetic else ""
        return self._output({"text/markdown": f"# {typeset(text)}{notice}", "text/plain": text}, {})

    def needs(self, *what: str) -> None:
        """End the notebook with a sentence where the study lacks one of these (see `sections.NEEDS`), or where there is
        no earlier wave (`waves`): cells that use the desk then show nothing. Raises Told in the build, which runs no
        such notebook.
        """
        for one in what:
            if one == WAVES and not (self.build / BASELINE).is_dir():
                self._end(ONE_WAVE)
            elif one != WAVES and not has(self.rendering.study, one):
                self._end(lack(self.rendering.study, one))

    def earlier(self) -> Rendering:
        """The earlier wave that this rendering is compared with, whose responses lie below its own."""
        return open_rendering(self.rendering.study.folder, self.build / BASELINE)

    def _end(self, sentence: str) -> None:
        if not self.by_hand:
            raise Told(sentence)
        print(sentence)
        skip_cells()

    def scale(self, wanted: str) -> str:
        """The id of a scale: the one that is wanted, or the study's first. Raises Told that lists those that exist."""
        return self._chosen("scale", wanted, [scale.id for scale in self.rendering.study.scales])

    def levels(self, wanted: str) -> str:
        """The id of a grouping that is compared over all scales, likewise."""
        return self._chosen("grouping", wanted, level_groupings(self.rendering.study))

    def listed(self, wanted: str) -> str:
        """The id of a grouping whose groups are set side by side, likewise."""
        return self._chosen("grouping", wanted, listed_groupings(self.rendering.study))

    def section(self, wanted: str) -> str:
        """The id of a part of the code frame, likewise."""
        return self._chosen("section", wanted, coded_sections(self.rendering.study))

    def _chosen(self, what: str, wanted: str, known: Sequence[str]) -> str:
        if wanted in known or not (wanted or known):
            return wanted
        if not wanted:
            return known[0]
        there = f"there are: {', '.join(known)}" if known else "there is none"
        raise Told(f"There is no {what} `{wanted}` for this notebook in {self.rendering.study.id}; {there}.")

    def built(self, name: str, step: str = "findings") -> Path:
        """The rendering's folder, for a result of the build in it. Raises Told with the command that makes it."""
        if not (self.build / name).is_file():
            raise Told(f"This notebook shows results of the build that are not there yet: run `{self.again(step)}`.")
        return self.build

    def respondents(self) -> pd.DataFrame:
        """The respondents, one typed row each, for whoever may see them. Raises Told in the build."""
        if not self.by_hand:
            raise Told("The build shows no rows of respondents.")
        print(PRIVATE)
        return self.rendering.respondents.copy()

    def _output(self, data: Mapping[str, str], carried: Mapping[str, object]) -> Output:
        if not self.by_hand:
            return Output(data, carried)
        from survey_report.hypertext import shown

        return Output(shown(data, carried), {})

    def _nothing(self, caption: str, data: pd.DataFrame) -> Output:
        """A sentence in the place of a table or figure: that the study has no such data, or why groups are left out."""
        text = self.rendering.withheld if BY_GROUP & set(data.columns) else ""
        text = text or NOTHING
        return self._output({"text/markdown": text, "text/plain": text}, {"caption": caption, "alt": text})

    def sentences(self, sentences: Iterable[str], log: Iterable[str] = ()) -> Output:
        """Generated sentences as a list; `log` are lines for the end of a build."""
        written = "\n".join(f"- {settled(sentence)}" for sentence in sentences)
        text = written or self.rendering.withheld or NOTHING
        lines = list(log)
        return self._output({"text/markdown": text, "text/plain": text}, {"log": lines} if lines else {})

    def text(self, markdown: str) -> Output:
        """Headings, text and tables in Markdown."""
        return self._output({"text/markdown": markdown, "text/plain": "text"}, {})

    def table(self, markdown: str, caption: str, data: pd.DataFrame, notes: Iterable[str] = ()) -> Output:
        """A table in Markdown with its caption and the data behind it; a word where the study has no such data.

        `notes` are sentences below it.
        """
        if data.empty:
            return self._nothing(caption, data)
        carried = {"caption": caption, "csv": csv_text(data), "prefix": self._prefix}
        below = "".join(f"\n\n{settled(note)}" for note in notes)
        return self._output({"text/markdown": markdown + below, "text/plain": caption}, carried)

    def figure(
        self,
        draw: Drawing | Figure | None,
        caption: str,
        alt: str,
        data: pd.DataFrame,
    ) -> Output:
        """A chart as SVG with caption, alt text and the data behind it; a word where there is nothing to draw.

        `draw` makes the chart for a canvas of a `width` in points, once for the page and once for a phone; a chart
        that is drawn already serves both.
        """
        from survey_report.charts.canvas import NARROW, WIDTH, svg

        wide = draw(width=WIDTH) if callable(draw) else draw
        if wide is None:
            return self._nothing(caption, data)
        words = plain_words(alt)
        carried = {"caption": caption, "alt": words, "csv": csv_text(data), "prefix": self._prefix}
        images = {"image/svg+xml": svg(wide)}
        if callable(draw) and (narrow := draw(width=NARROW)) is not None:
            images[NARROW_IMAGE] = svg(narrow)
        return self._output({**images, "text/plain": words}, carried)

    def numbers(
        self, numbers: Mapping[str, Number], pairs: pd.DataFrame | None = None, orders: pd.DataFrame | None = None
    ) -> Output:
        """Hand the section's numbers over; shows how many there are and of what kind."""
        kinds = pd.Series([number.kind for number in numbers.values()], dtype="str").value_counts().sort_index()
        text = f"{len(numbers)} numbers: " + ", ".join(f"{count} {kind}" for kind, count in kinds.items())
        carried = {
            "numbers": {key: number.as_dict() for key, number in numbers.items()},
            "pairs": _records(pairs),
            "orders": _records(orders),
        }
        return self._output({"text/plain": text}, carried)


def _records(frame: pd.DataFrame | None) -> list[dict[str, object]]:
    rows = [] if frame is None else frame.to_dict("records")
    return [{str(key): _plain(value) for key, value in row.items()} for row in rows]


def _plain(value: object) -> object:
    """A value as JSON may hold it: floats rounded, None for what is not a number."""
    if value is pd.NA:
        return None
    if not isinstance(value, float):
        return value
    return None if pd.isna(value) else round(value, 6)


def open_desk(study: str, export: str | Path | None = None) -> Desk:
    """The desk of a rendering: of the one that is being built, where the runner says that it lies; anywhere else that
    of a study, with its own export or the one that is named, in the checkout around the current folder.

    There, what is not yet read, or was read from something else, is read first. Raises Told where that cannot be.
    """
    if os.environ.get(BUILD):
        folder, build = Path(os.environ[STUDIES]) / study, Path(os.environ[BUILD])
        return _desk(folder, build)
    run_cells()
    root = find_checkout(Path.cwd())
    folder = find_study(root, study)
    own = find_export(root, export) if export else None
    build = rendering_folder(root, folder, own)
    desk = _desk(folder, build)
    plain = replace(desk.style, keyed=False)
    return replace(desk, style=plain, by_hand=True, again=lambda step: command(step, study, own))


def _desk(folder: Path, build: Path) -> Desk:
    rendering = _opened(folder, build, rendering_stamps(folder, build))
    return Desk(rendering, Style(folder.name, rendering.reading.synthetic, keyed=True), build)


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
