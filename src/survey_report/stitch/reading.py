"""A document read: includes and embeds written out, one run of Pandoc, everything that stood on the shelf beside."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from survey_report.errors import Problem
from survey_report.stitch import pandoc, parts
from survey_report.stitch.cells import Place, write_cell
from survey_report.stitch.dates import read_date, write_date
from survey_report.stitch.notebooks import Notebook, NotebookError, parse_address, read_notebook, select
from survey_report.stitch.project import Project, document_metadata
from survey_report.stitch.raw_tables import raw_tables
from survey_report.stitch.shortcodes import Shelf, Shortcode, embed_words, mark_lines
from survey_report.stitch.sources import EMBED, Line, Source, inside, outside_code, resolve
from survey_report.stitch.tree import Node, get, is_node
from survey_report.stitch.values import listed, lookup, printed

# Attributes that are Markdown: titles of callouts, captions of listings.
ATTRIBUTE_TEXT = re.compile(r'(?:\.callout-\w+[^}]*?title|\blst-cap)=(?:"((?:[^"\\]|\\.)*)"|\'([^\']*)\')')
NOT_TEXT = {
    "project", "website", "format", "execute", "bibliography", "csl", "template-partials", "css", "filters",
    "metadata-files", "font-paths", "resources", "lang", "papersize", "mainfont", "date-format", "nocite", "margin",
}  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """A document as read: its tree before anything is resolved, and all that resolving needs."""

    source: Source
    metadata: Mapping[str, Mapping[str, Any]]
    shelf: Shelf
    blocks: list[Node]
    pieces: Mapping[str, list[Node]]
    objects: Sequence[tuple[str, str, list[Node]]]
    figures: Mapping[str, bytes]
    notebooks: tuple[str, ...]
    problems: tuple[Problem, ...]
    fatal: tuple[Problem, ...]

    @property
    def path(self) -> str:
        """The document's path from the root."""
        return self.source.path


def read_document(project: Project, source: Source, formats: Sequence[str], record: Path | None = None) -> Reading:
    """Read one document for all its formats. Problems are collected; RuntimeError only if pandoc itself fails.

    `record` is a file in which the trees of its parts are kept for the next time.
    """
    shelf, fatal, problems = Shelf(), list(source.fatal), list(source.problems)
    lines, figures, books = _embeds(project, source, shelf, problems, fatal)
    lines = raw_tables(lines, shelf)
    return _assemble(project, source, formats, Gathered(shelf, lines, figures, books, problems, fatal), record)


def read_whole_notebook(project: Project, book: Notebook) -> Reading:
    """Read a notebook as a page of its own: all cells but the hidden ones, with their code."""
    shelf = Shelf()
    lines: list[Line] = []
    figures: dict[str, bytes] = {}
    place = Place(book.path, book.path, preview=True)
    for cell in book.cells:
        if not cell.hidden and cell.kind in ("code", "markdown"):
            writing = write_cell(cell, book, place, shelf)
            lines += [Line(text, book.path, cell.number) for text in writing.lines]
            figures |= writing.figures
    front = {**book.front, "title": book.title, "number-sections": False, "toc": False, "code-fold": False}
    front.pop("format", None)
    front = {key: value for key, value in front.items() if key != "jupyter"}
    page = posixpath.splitext(book.path)[0] + "-preview.qmd"
    source = Source(page, front, (), tuple(lines), (), ())
    return _assemble(project, source, ("html",), Gathered(shelf, lines, figures, (), [], []))


@dataclass(frozen=True)
class Gathered:
    """What the lines of a document came to, before Pandoc."""

    shelf: Shelf
    lines: list[Line]
    figures: dict[str, bytes]
    books: tuple[str, ...]
    problems: list[Problem]
    fatal: list[Problem]


def _assemble(
    project: Project, source: Source, formats: Sequence[str], gathered: Gathered, record: Path | None = None
) -> Reading:
    shelf, lines, problems = gathered.shelf, gathered.lines, gathered.problems
    metadata = {fmt: with_date(document_metadata(project, source.front, fmt)) for fmt in formats}
    for options in metadata.values():
        for key, value in options.items():
            if key not in NOT_TEXT:
                _texts(value, shelf)
    for extra in _site_texts(project):
        shelf.piece(extra)
    text = "\n".join(mark_lines(shelf, lines))
    for found in ATTRIBUTE_TEXT.finditer(text):
        shelf.piece((found[1] or "").replace('\\"', '"') if found[1] is not None else found[2])
    _values(project, metadata, shelf)
    blocks, pieces, warnings = _read(shelf, text, record)
    problems += [_warning(warning, source, lines, _offset(shelf)) for warning in warnings if _counts(warning)]
    objects = _objects(shelf)
    return Reading(
        source,
        metadata,
        shelf,
        blocks,
        pieces,
        objects,
        gathered.figures,
        gathered.books,
        tuple(problems),
        tuple(gathered.fatal),
    )


def with_date(options: Mapping[str, Any]) -> dict[str, Any]:
    """Metadata with each date written in words (`date`) and as typed (`date-iso`)."""
    made = dict(options)
    for key in ("date", "date-modified"):
        day = read_date(printed(made.get(key))) if made.get(key) is not None else None
        if day:
            made[f"{key}-iso"] = day.isoformat()
            made[key] = write_date(day, str(made.get("date-format") or "long"), str(made.get("lang") or "en"))
    return made


def _embeds(
    project: Project, source: Source, shelf: Shelf, problems: list[Problem], fatal: list[Problem]
) -> tuple[list[Line], dict[str, bytes], tuple[str, ...]]:
    made: list[Line] = []
    figures: dict[str, bytes] = {}
    books: list[str] = []
    for _, line, is_text, _ in outside_code(source.lines):
        found = EMBED.match(line.text) if is_text else None
        words = embed_words(found[1]) if found else []
        if not words:
            made.append(line)
            continue
        path, names, positions = parse_address(words[0])
        target = resolve(source.path, path)
        try:
            if not inside(target):
                raise NotebookError("this path leads out of the project")
            if not target.endswith(".ipynb"):
                raise NotebookError(f"not a notebook: {target}")
            book = read_notebook(project.root, target)
        except NotebookError as error:
            fatal.append(line.problem(words[0], str(error), "Name an executed notebook; run the analysis first."))
            continue
        cells, missing = select(book, names, positions)
        for name in missing:
            known = ", ".join(book.labels()) or "none"
            fatal.append(line.problem(name, f"no such cell in {target}", f"Labels there: {known}."))
        if target not in books:
            books.append(target)
        place = Place(source.path, path, echo="echo=true" in words[1:])
        for cell in cells:
            if cell.hidden or (not cell.outputs and cell.kind == "code" and not place.echo):
                fatal.append(
                    line.problem(cell.anchor, f"this cell of {target} has no output to embed", "Name another.")
                )
                continue
            writing = write_cell(cell, book, place, shelf)
            problems += [line.problem(words[0], message, remedy) for message, remedy in writing.problems]
            made.append(Line("", line.file, line.number))
            made += [Line(text, line.file, line.number) for text in writing.lines]
            figures |= writing.figures
    return made, figures, tuple(books)


def _texts(value: Any, shelf: Shelf) -> None:
    """Put every text of a metadata value on the shelf."""
    if isinstance(value, Mapping):
        for item in value.values():
            _texts(item, shelf)
    elif isinstance(value, list):
        for item in value:
            _texts(item, shelf)
    elif isinstance(value, str) and value:
        shelf.piece(value)


def _site_texts(project: Project) -> list[str]:
    footer = project.setting("website.page-footer")
    return [str(text) for text in (footer.values() if isinstance(footer, Mapping) else listed(footer)) if text]


def _values(project: Project, metadata: Mapping[str, Mapping[str, Any]], shelf: Shelf) -> None:
    """Put the values of all variables that are used on the shelf, also those used by values."""
    seen = 0
    while seen < len(shelf.codes):
        codes = list(shelf.codes)[seen:]
        seen = len(shelf.codes)
        for code in codes:
            for value in values_of(project, metadata.values(), code):
                if not isinstance(value, (Mapping, list)):
                    shelf.piece(printed(value))


def values_of(project: Project, metadata: Any, code: Shortcode) -> list[Any]:
    """The values of a variable or metadata shortcode: one for variables, one a format for metadata."""
    sources = [project.variables] if code.name == "var" else list(metadata) if code.name == "meta" else []
    found = []
    for values in [] if code.literal else sources:
        try:
            found.append(lookup(values, code.argument))
        except KeyError:
            continue
    return found


def _pieces_text(shelf: Shelf) -> str:
    return "".join(f"::: {{#qzpiece{key}}}\n\n{text}\n\n:::\n\n" for text, key in shelf.pieces.items())


def _offset(shelf: Shelf) -> int:
    return _pieces_text(shelf).count("\n")


def _read(shelf: Shelf, text: str, record: Path | None) -> tuple[list[Node], dict[str, list[Node]], tuple[str, ...]]:
    """One reading of the pieces and the text; pieces come first so that nothing left open swallows them."""
    whole = _pieces_text(shelf) + text
    blocks, warnings = parts.read(whole, record) if record else pandoc.read(whole)
    pieces: dict[str, list[Node]] = {}
    body: list[Node] = []
    for block in blocks:
        identifier = block["c"][0][0] if block["t"] == "Div" else ""
        if identifier.startswith("qzpiece") and identifier not in pieces:
            pieces[identifier] = block["c"][1]
        else:
            body.append(block)
    for key in range(len(shelf.pieces)):
        pieces.setdefault(f"qzpiece{key}", [])
    return body, pieces, warnings


def _counts(warning: str) -> bool:
    return "unclosed" in warning or "Duplicate" in warning


def _warning(warning: str, source: Source, lines: Sequence[Line], offset: int) -> Problem:
    found = re.search(r"at line (\d+)", warning)
    number = int(found[1]) - offset - 1 if found else -1
    what = re.sub(r"\s*(at )?(line \d+ column \d+|chunk)", "", warning)
    remedy = "Close every ::: and give every id once."
    if 0 <= number < len(lines):
        return lines[number].problem("", what, remedy)
    return Problem(source.path, "", "", what, remedy)


def _objects(shelf: Shelf) -> list[tuple[str, str, list[Node]]]:
    """The parts that are no Markdown with their trees: code, HTML that is read, HTML that stays as it is."""
    pages = {number: content for number, (kind, content) in enumerate(shelf.objects) if kind == "html"}
    trees: dict[int, list[Node]] = {}
    if pages:
        page = "".join(f'<div id="qzobject{number}">{content}</div>' for number, content in pages.items())
        for block in pandoc.read(page, "html")[0]:
            if is_node(block) and block["t"] == "Div" and block["c"][0][0].startswith("qzobject"):
                trees[int(block["c"][0][0].removeprefix("qzobject"))] = block["c"][1]
    made = []
    for number, (kind, content) in enumerate(shelf.objects):
        made.append((kind, content, trees.get(number, [])))
    return json.loads(json.dumps(made)) if made else []


def figure_name(document: str, figure: str) -> str:
    """A figure's path from the root, given as seen from the document."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(document), figure))


def object_number(node: Node) -> int | None:
    """The number of the part that a div stands for."""
    if node["t"] == "Div" and "qz-object" in node["c"][0][1]:
        return int(get(node["c"][0], "qz") or 0)
    return None
