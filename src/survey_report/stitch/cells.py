"""A cell of a notebook as Markdown for a document: figures, tables, text, code.

One text serves all formats: where they take different representations of an output, each stands in a div that
only its format keeps (`.qz-only`).
"""

from __future__ import annotations

import base64
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from survey_report.escaping import in_attribute
from survey_report.marks import NARROW_IMAGE
from survey_report.stitch.notebooks import Cell, Notebook, joined
from survey_report.stitch.outputs import closed
from survey_report.stitch.shortcodes import Shelf
from survey_report.stitch.values import listed, printed

IMAGES = {"image/svg+xml": "svg", "image/png": "png", "image/jpeg": "jpeg"}
UNPROCESSED = re.compile(r"data-quarto-disable-processing\s*=\s*[\"']true[\"']")
SPREAD = ":::"


@dataclass(frozen=True)
class Place:
    """Where a cell is written: the document's path, the address as typed, code shown without own option, preview."""

    document: str
    address: str
    echo: bool = False
    preview: bool = False

    def figure(self, cell: Cell, output: int, suffix: str) -> str:
        """The name of a figure's file as seen from the document."""
        stem = posixpath.splitext(posixpath.basename(self.document))[0]
        book = "" if self.preview else re.sub(r"[/\\ ]", "-", posixpath.splitext(self.address)[0]) + "-"
        name = cell.label or f"cell-{cell.number}"
        return f"{stem}_files/figure-html/{book}{name}-output-{output}.{suffix}"


@dataclass
class Writing:
    """Markdown of cells and the figures it names (by path as seen from the document)."""

    lines: list[str] = field(default_factory=list)
    figures: dict[str, bytes] = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(default_factory=list)

    def add(self, text: str) -> None:
        """Add a block."""
        self.lines += [*text.split("\n"), ""]


def quoted(value: str) -> str:
    """A text as the value of an attribute in Markdown."""
    return f'"{in_attribute(" ".join(value.split()))}"'


def opening(identifier: str = "", classes: tuple[str, ...] = (), **pairs: str) -> str:
    """The first line of a div."""
    words = [f"#{identifier}"] if identifier else []
    words += [f".{name}" for name in classes if name]
    words += [f"{key.replace('_', '-')}={quoted(value)}" for key, value in pairs.items()]
    return f"{SPREAD} {{{' '.join(words)}}}" if words else f"{SPREAD} {{.cell}}"


def shows_code(cell: Cell, place: Place) -> bool:
    """Whether the cell's code is printed; its own option wins."""
    own = cell.options.get("echo")
    return (place.echo or place.preview) if own is None else own is not False


def write_cell(cell: Cell, book: Notebook, place: Place, shelf: Shelf) -> Writing:
    """The cell as Markdown. What real Quarto would refuse or spoil is noted as (message, remedy) in `problems`."""
    made = Writing()
    wrapper: dict[str, str] = {"qz_book": book.path, "qz_title": book.title, "qz_cell": cell.anchor}
    if not place.preview:
        made.add(opening("", ("quarto-embed-nb-cell",), **wrapper))
    if cell.kind == "markdown":
        made.add(opening(f"cell-{cell.identifier}", ("cell", "markdown")))
        made.add(shelf.mark(cell.source))
        made.add(SPREAD)
    else:
        _code_cell(cell, place, shelf, made)
    if not place.preview:
        made.add(SPREAD)
    return made


def _code_cell(cell: Cell, place: Place, shelf: Shelf, made: Writing) -> None:
    classes = tuple(str(name).lstrip(".") for name in _words(cell.options.get("classes")))
    outputs = [] if cell.options.get("output") is False else _visible(cell, place)
    is_float = bool(re.match(r"(fig|tbl)-", cell.label)) and _caption(cell) is not None
    is_float = is_float or cell.label.startswith("fig-")
    several = len(outputs) > 1 or all(output.get("output_type") == "stream" for output in outputs)
    inner = cell.label if several and not is_float and cell.options.get("output") != "asis" else ""
    made.add(opening(inner or cell.anchor, ("cell", *classes)))
    if shows_code(cell, place) and cell.source.strip():
        fold = printed(cell.options.get("code-fold"))
        summary = printed(cell.options.get("code-summary"))
        made.add(opening("", ("qz-source",), qz_fold=fold, qz_summary=summary))
        made.add(shelf.object("code:python", cell.source))
        made.add(SPREAD)
    if _caption(cell) is not None and not is_float:
        made.problems.append(
            (f"cell '{cell.label}' has a caption but no label with fig- or tbl-", "Label it fig-... or tbl-....")
        )
    if is_float and cell.label.startswith("fig-"):
        _figure(cell, place, shelf, made, outputs)
    elif is_float:
        pairs = {"qz_cap": shelf.output(str(_caption(cell)))}
        if cell.options.get("tbl-colwidths"):
            pairs["tbl_colwidths"] = str(cell.options["tbl-colwidths"])
        made.add(opening(cell.label, ("qz-float",), **pairs))
        for output in outputs:
            _output(cell, place, shelf, made, output, "", "")
        made.add(SPREAD)
    else:
        for number, output in enumerate(outputs, start=1):
            identifier = f"{cell.label}-{number}" if several and cell.label else cell.label
            _output(cell, place, shelf, made, output, identifier, _alt(cell, number))
    made.add(SPREAD)


def _figure(cell: Cell, place: Place, shelf: Shelf, made: Writing, outputs: list[Mapping[str, Any]]) -> None:
    caption, subs = _caption(cell), cell.options.get("fig-subcap")
    columns = printed(cell.options.get("layout-ncol"))
    pairs = {"layout_ncol": columns} if columns else {}
    if isinstance(caption, list):
        made.problems.append(
            (f"cell '{cell.label}' has a list of captions: its figures would share one id", "One cell a figure.")
        )
        for number, output in enumerate(outputs, start=1):
            own = caption[number - 1] if number <= len(caption) else ""
            made.add(opening(cell.label, ("qz-float",), qz_cap=shelf.output(str(own))))
            _output(cell, place, shelf, made, output, "", _alt(cell, number))
            made.add(SPREAD)
        return
    images = [output for output in outputs if set(output.get("data", {})) & set(IMAGES)]
    if len(images) > 1 and not isinstance(subs, list):
        made.problems.append(
            (f"cell '{cell.label}' has one caption for several images", "Give fig-subcap a list, or split the cell.")
        )
    if caption is not None:
        pairs["qz_cap"] = shelf.output(str(caption))
    made.add(opening(cell.label, ("qz-float",), **pairs))
    for number, output in enumerate(outputs, start=1):
        if isinstance(subs, list):
            own = str(subs[number - 1]) if number <= len(subs) else ""
            made.add(opening(f"{cell.label}-{number}", ("qz-float",), qz_cap=shelf.output(own)))
        _output(cell, place, shelf, made, output, "", _alt(cell, number))
        if isinstance(subs, list):
            made.add(SPREAD)
    made.add(SPREAD)


def _visible(cell: Cell, place: Place) -> list[Mapping[str, Any]]:
    warning = cell.options.get("warning")
    errors = place.preview if warning is None else bool(warning)
    return [output for output in cell.outputs if output.get("name") != "stderr" or errors]


def _caption(cell: Cell) -> Any:
    return cell.options.get("tbl-cap" if cell.label.startswith("tbl-") else "fig-cap")


def _alt(cell: Cell, number: int) -> str | None:
    value = cell.options.get("fig-alt")
    if isinstance(value, list):
        return str(value[number - 1]) if number <= len(value) else None
    return None if value is None else str(value)


def _words(value: Any) -> list[str]:
    return value.split() if isinstance(value, str) else [str(item) for item in listed(value)]


def _output(
    cell: Cell, place: Place, shelf: Shelf, made: Writing, output: Mapping[str, Any], identifier: str, alt: str | None
) -> None:
    kind = str(output.get("output_type"))
    if cell.options.get("output") == "asis" and kind == "stream":
        made.add(shelf.mark(joined(output.get("text")).strip("\n")))
        return
    if kind == "stream":
        name = str(output.get("name"))
        made.add(opening(identifier, ("cell-output", f"cell-output-{name}")))
        made.add(shelf.object("code", joined(output.get("text")).rstrip("\n")))
        made.add(SPREAD)
        return
    if kind == "error":
        made.problems.append((f"cell '{cell.anchor}' ended in an error", "Correct the notebook and run it again."))
        made.add(opening(identifier, ("cell-output", "cell-output-error")))
        made.add(shelf.object("code", f"{output.get('ename')}: {output.get('evalue')}"))
        made.add(SPREAD)
        return
    data = output.get("data", {})
    number = next(i for i, other in enumerate(cell.outputs, start=1) if other is output)
    html, typst = (_choice(data, fmt) for fmt in ("html", "typst"))
    mark = ("cell-output-markdown",) if html == "text/markdown" else ()
    made.add(opening(identifier, ("cell-output", "cell-output-display", *mark)))
    if html == typst:
        made.add(_representation(data, html, shelf, made, place.figure(cell, number, IMAGES.get(html, "")), alt))
    else:
        for fmt, chosen in (("html", html), ("typst", typst)):
            made.add(opening("", ("qz-only",), qz_format=fmt))
            made.add(
                _representation(data, chosen, shelf, made, place.figure(cell, number, IMAGES.get(chosen, "")), alt)
            )
            made.add(SPREAD)
    made.add(SPREAD)


def _choice(data: Mapping[str, Any], fmt: str) -> str:
    html = joined(data.get("text/html"))
    order = ["text/html", "text/markdown", *IMAGES, "text/plain"]
    if fmt == "typst":
        order = ["text/markdown", "text/html", *IMAGES, "text/plain"]
        if "<table" not in html or UNPROCESSED.search(html):
            order.remove("text/html")
        if UNPROCESSED.search(html):
            return "text/html:dropped"
    found = next((kind for kind in order if data.get(kind)), "")
    return "text/html:raw" if found == "text/html" and ("<table" not in html or UNPROCESSED.search(html)) else found


def _representation(data: Mapping[str, Any], kind: str, shelf: Shelf, made: Writing, name: str, alt: str | None) -> str:
    if kind in IMAGES:
        content = joined(data[kind])
        made.figures[name] = content.encode() if kind == "image/svg+xml" else base64.b64decode(content)
        pairs = [f"fig-alt={quoted(shelf.mark(alt))}"] if alt is not None else []
        if data.get(NARROW_IMAGE):
            narrow = re.sub(r"(\.\w+)$", "-narrow.svg", name)
            made.figures[narrow] = joined(data[NARROW_IMAGE]).encode()
            pairs.append(f"qz-narrow={quoted(narrow)}")
        return f"![]({name})" + (f"{{{' '.join(pairs)}}}" if pairs else "")
    if kind == "text/markdown":
        return f"{opening('', ('qz-output',))}\n\n{shelf.mark(closed(joined(data[kind]).strip(chr(10))))}\n\n{SPREAD}"
    if kind == "text/html":
        return shelf.object("html", joined(data[kind]))
    if kind == "text/html:raw":
        return shelf.object("raw", joined(data["text/html"]))
    if kind == "text/plain":
        return shelf.object("code", joined(data[kind]))
    return ""
