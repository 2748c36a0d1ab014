"""What notebooks call: a desk with the rendering on it, and outputs that carry caption, alt text and data with them.

In the build, whose runner says in the environment where the rendering lies, outputs are Markdown for the stitchers.
Their captions, alt texts, tables of data and numbers travel in their metadata; the runner takes them out when it
finishes the notebook (see `finish`). Whoever opens a notebook gets HTML, and the rendering of the checkout around it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

from survey_report.absent import Absent
from survey_report.cells import harmless
from survey_report.checkout import command, find_checkout, find_export, find_study, rendering_folder
from survey_report.digits import as_written
from survey_report.errors import Told
from survey_report.escaping import in_attribute, settled, typeset
from survey_report.handover import BUILD, CARRIED, STUDIES, rendering_stamps
from survey_report.marks import KEY, NARROW_IMAGE, NOTICE, PREFIX, Style
from survey_report.numbers import Number
from survey_report.rendering import Rendering, open_rendering
from survey_report.sections import coded_sections, has, lack, level_groupings, listed_groupings

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from survey_report.charts.numbers import Kind

    Drawing = Callable[..., Figure | None]

Found = TypeVar("Found")
Given = TypeVar("Given")

NOTHING = "This study has no data for this part."
PRIVATE = "Private: do not publish this notebook"
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

    `by_hand` says that somebody opened the notebook; `again` then is what to type for a step of the build. `ended`
    holds the sentence after which there is nothing to show. What an output shows may be given as a call (a `partial`),
    which is made only if there is something to show.
    """

    rendering: Rendering
    style: Style
    build: Path = Path()
    by_hand: bool = False
    again: Callable[[str], str] = field(default=lambda step: f"make {step}", repr=False, compare=False)
    ended: list[str] = field(default_factory=list, repr=False, compare=False)

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

    def title(self, text: str) -> Output | None:
        """The notebook's heading, plain text, with the notice below it."""
        if self.ended:
            return None
        notice = f"\n\n**{NOTICE}** {KEY}" if self.rendering.reading.synthetic else ""
        return self._output({"text/markdown": f"# {typeset(text)}{notice}", "text/plain": text}, {})

    def find(self, function: Callable[..., Found], *arguments: Any, needs: str = "") -> Found | Absent:
        """What a function finds. Where the study lacks what it `needs` (see `sections.NEEDS`), a sentence says so,
        and the notebook shows nothing from there on. Raises Told in the build, which runs no such notebook."""
        if needs and not has(self.rendering.study, needs):
            self._end(lack(self.rendering.study, needs))
        return Absent() if self.ended else function(*arguments)

    def result(
        self, read: Callable[[Path], Found], name: str, *, step: str = "findings", needs: str = ""
    ) -> Found | Absent:
        """What `read` reads of a result of the build, likewise. Raises Told with the command that makes it."""
        found = self.find(lambda: self.build, needs=needs)
        return found if isinstance(found, Absent) else read(self.built(name, step))

    def earlier(self) -> Rendering | Absent:
        """The earlier wave that this rendering is compared with, whose responses lie below its own; likewise."""
        if (self.build / BASELINE).is_dir():
            return open_rendering(self.rendering.study.folder, self.build / BASELINE)
        comparing = "in the checkout, `make waves BASELINE=first.csv FOLLOWUP=second.csv` compares two"
        self._end(f"There is nothing to show here, for there is one wave alone; {comparing}.")
        return Absent()

    def _end(self, sentence: str) -> None:
        if not self.by_hand:
            raise Told(sentence)
        if not self.ended:
            print(sentence)
        self.ended.append(sentence)

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

    def sentences(self, sentences: Iterable[str] | partial[Iterable[str]]) -> Output | None:
        """Generated sentences as a list."""
        if self.ended:
            return None
        written = "\n".join(f"- {settled(sentence)}" for sentence in made(sentences))
        text = written or self.rendering.withheld or NOTHING
        return self._output({"text/markdown": text, "text/plain": text}, {})

    def text(self, markdown: str | partial[str]) -> Output | None:
        """Headings, text and tables in Markdown."""
        if self.ended:
            return None
        return self._output({"text/markdown": made(markdown), "text/plain": "text"}, {})

    def table(
        self, markdown: str | partial[str], caption: str, data: pd.DataFrame | partial[pd.DataFrame]
    ) -> Output | None:
        """A table in Markdown with its caption and the data behind it; a word where the study has no such data."""
        if self.ended:
            return None
        rows = made(data)
        if rows.empty:
            return self._nothing(caption, rows)
        carried = {"caption": caption, "csv": csv_text(rows), "prefix": self._prefix}
        return self._output({"text/markdown": made(markdown), "text/plain": caption}, carried)

    def figure(
        self,
        draw: Drawing | Figure | None,
        caption: str,
        alt: str | partial[str],
        data: pd.DataFrame | partial[pd.DataFrame],
    ) -> Output | None:
        """A chart as SVG with caption, alt text and the data behind it; a word where there is nothing to draw.

        `draw` makes the chart for a canvas of a `width` in points, once for the page and once for a phone; a chart
        that is drawn already serves both.
        """
        if self.ended:
            return None
        from survey_report.charts.canvas import NARROW, WIDTH, svg

        wide = draw(width=WIDTH) if callable(draw) else draw
        if wide is None:
            return self._nothing(caption, made(data))
        words = in_attribute(made(alt))
        carried = {"caption": caption, "alt": words, "csv": csv_text(made(data)), "prefix": self._prefix}
        images = {"image/svg+xml": svg(wide)}
        if callable(draw) and (narrow := draw(width=NARROW)) is not None:
            images[NARROW_IMAGE] = svg(narrow)
        return self._output({**images, "text/plain": words}, carried)

    def numbers(self, numbers: Mapping[str, Number], pairs: pd.DataFrame | None = None) -> Output | None:
        """Hand the section's numbers over; shows how many there are and of what kind."""
        if self.ended:
            return None
        kinds = pd.Series([number.kind for number in numbers.values()], dtype="str").value_counts().sort_index()
        text = f"{len(numbers)} numbers: " + ", ".join(f"{count} {kind}" for kind, count in kinds.items())
        rows = [] if pairs is None else pairs.to_dict("records")
        tests = [{key: _plain(value) for key, value in row.items()} for row in rows]
        carried = {"numbers": {key: number.as_dict() for key, number in numbers.items()}, "pairs": tests}
        return self._output({"text/plain": text}, carried)


def made(what: Given | partial[Given]) -> Given:
    """What is given, or what the call gives that is given in its place."""
    return what() if isinstance(what, partial) else what


def _plain(value: object) -> object:
    """A value as JSON may hold it: floats rounded, None for what is not a number."""
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
