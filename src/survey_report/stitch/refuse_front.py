"""What is refused in the front matter of a document, and in what the project says for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from survey_report.errors import Problem
from survey_report.stitch.dates import read_date
from survey_report.stitch.project import FORMATS, Project
from survey_report.stitch.sources import Line, Source, read_lines
from survey_report.stitch.values import printed
from survey_report.stitch.words import KNOWN

KEYS = {
    "cap-location": "captions stand under figures and above tables and listings",
    "fig-cap-location": "captions of figures stand under them",
    "tbl-cap-location": "captions of tables stand above them",
    "reference-location": "notes stand at the end of a page, and at the foot in a PDF",
    "citation-location": "sources stand at the end",
    "citation": "write the section on how to cite",
    "profile": "one project has one form here; parts may depend on metadata, with when-meta",
    "filters": "filters are run by Quarto only",
    "shortcodes": "own shortcodes are run by Quarto only",
    "template": "use template-partials",
    "include-in-header": "put styles into a css file",
    "include-before-body": "include the text with {{< include >}}",
    "include-after-body": "include the text with {{< include >}}",
    "number-offset": "sections are numbered from 1 here",
    "shift-heading-level-by": "type the levels that are meant",
    "params": "run the notebook with its parameters first",
    "listing": "write the list out",
}


def front_matter(project: Project, source: Source, metadata: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    """Problems of the front matter and of what the project says for the document."""
    lines = _lines(project, source)
    options = next(iter(metadata.values()), {})
    for key in ("date", "date-modified"):
        value = source.front.get(key)
        if value is not None and not read_date(printed(value)) and "{{<" not in printed(value):
            message = "the clock is not read" if value in ("today", "now", "last-modified") else "not a date"
            yield _at(lines, key, printed(value), message, "Write it as 2024-05-01.")
    lang = printed(options.get("lang") or "en")
    if not lang.lower().startswith("en"):
        remedy = "Render with Quarto; or keep lang: en-GB and give the passages their own, [..]{lang=gd}."
        yield _at(lines, "lang", lang, "words such as Figure and Note are English here", remedy)
    crossref = options.get("crossref")
    for key in crossref if isinstance(crossref, Mapping) else []:
        if key not in KNOWN:
            remedy = f"Leave it out; these are: {', '.join(KNOWN)}."
            yield _at(lines, key, key, "this option of crossref is carried out by Quarto only", remedy)
    for key, reason in KEYS.items():
        if key in options:
            yield _at(lines, key, key, "not supported by the embedded engine", f"Leave it out: {reason}.")


def formats(project: Project, source: Source) -> Iterator[Problem]:
    """Formats that a document asks for and does not get."""
    own = source.front.get("format", project.config.get("format", "html"))
    for name in [own] if isinstance(own, str) else list(own or []):
        if name not in FORMATS:
            remedy = f"Use one of {', '.join(FORMATS)}."
            yield _at(_lines(project, source), name, name, "this format is made by Quarto only", remedy)


def _lines(project: Project, source: Source) -> list[Line]:
    return [*source.front_lines, *read_lines(project.root, "_quarto.yml")]


def _at(lines: list[Line], key: str, value: str, message: str, remedy: str) -> Problem:
    for line in lines:
        if re.match(rf"\W*(?:\w+:\W*)?{re.escape(key)}\b", line.text):
            return line.problem(value, message, remedy)
    return Problem("_quarto.yml or its metadata-files", key, value, message, remedy)
