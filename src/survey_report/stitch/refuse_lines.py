"""What is refused for the way it is written: checks of single lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from survey_report.errors import Problem
from survey_report.stitch.shortcodes import misplaced
from survey_report.stitch.sources import Line, Source, outside_code
from survey_report.stitch.structure import CALLOUT_PREFIX, CALLOUTS

CELL = re.compile(r"^\{\s*([A-Za-z]\w*)(?=[\s,}])")
INLINE_CODE = re.compile(r"`(?:\{(?:python|r|julia|ojs)\}|r) [^`]*`")
BRACES = re.compile(r"\{(?!\{<)((?:\{\{<.*?>\}\}|[^{}])*)\}")
SIZE = re.compile(r"\b(?:width|height)=[\"']?\d+(?:\.\d+)?(?:px)?[\"']?(?=\s|$)")
LAID_OUT = re.compile(r"\.(?:grid|aside|column-[a-z-]+|g-col-\d+)(?=[\s}]|$)")
THEOREMS = re.compile(r"#(?:thm|lem|cor|prp|cnj|def|exm|exr)-[\w-]+|\.(?:proof|remark|solution)(?=[\s}]|$)")
ANNOTATION = re.compile(r"(?:#|//|--|%|;)\s*<\d+>\s*$")
CONDITION = re.compile(r"\.content-(?:visible|hidden)(?=\s|$)")
BEGINS = re.compile(r"#{1,6}\s+\S|:{3,}\s*\{")
ENDS = re.compile(r"\{\{<.*>\}\}\s*$")
STANDS = re.compile(r"#{1,6}\s|:{3,}|<!--|.*-->\s*$")
FORMATS = {"html", "html:js", "typst", "docx", "pptx"}
FOOTNOTE = re.compile(r"(?<!!)\[\^([^\]\s]+)\](:?)")


def lines(source: Source) -> Iterator[Problem]:
    """Problems of the document's own lines and those of its includes."""
    yield from misplaced(source.lines)
    yield from _footnotes(source)
    yield from _parted(source)
    fenced = False
    above = ""
    for _, line, text, info in outside_code(source.lines):
        if BEGINS.match(line.text) and text and above.strip() and not STANDS.match(above):
            yield line.problem(line.text[:40], "no empty line before this: it is read as text", "Put one there.")
        above = line.text if text else ""
        if not text:
            if not fenced:
                yield from _cell(line, info)
            fenced = True
            if (found := ANNOTATION.search(line.text)) and source.front.get("code-annotations") is not False:
                remedy = "Take the mark out, and name the lines in the list; or set code-annotations: false."
                yield line.problem(found[0], "notes on lines of code are set by Quarto only", remedy)
            continue
        fenced = False
        for found in INLINE_CODE.finditer(line.text):
            yield line.problem(found[0], "code in the text is not run", "Compute it first, and name it with var.")
        for braces in BRACES.finditer(re.sub(r"`[^`]*`", "", line.text)):
            yield from _attributes(line, braces[1])


def _cell(line: Line, info: str) -> Iterator[Problem]:
    found = CELL.match(info)
    if found and found[1] in ("mermaid", "dot"):
        yield line.problem(info, "diagrams are not drawn", "Draw it in a notebook and embed the cell.")
    elif found:
        yield line.problem(
            info,
            "code cells are not run",
            f"Embed a cell of an executed notebook, or write {{.{found[1]}}} to show code.",
        )


def _attributes(line: Line, words: str) -> Iterator[Problem]:
    for found in SIZE.finditer(words):
        yield line.problem(found[0], "an image size in pixels stops Typst", "Use per cent, cm or in: width=60%.")
    for found in LAID_OUT.finditer(words):
        yield line.problem(found[0], "this layout exists in HTML only", "Use .columns, or layout-ncol.")
    for found in THEOREMS.finditer(words):
        remedy = "Write the word and the number yourself, in a div of another class."
        yield line.problem(found[0], "theorems, definitions, proofs and the like are set by Quarto only", remedy)
    if re.search(r"\blayout(?:-nrow|-valign)?=", words):
        yield line.problem(words, "this layout is not supported", "Use layout-ncol.")
    callout = re.search(r"\.callout(?:-(\w+))?(?=\s|$)", words)
    if callout and callout[1] not in CALLOUTS:
        yield line.problem(callout[0], "no such callout", f"Use one of {', '.join('.callout-' + k for k in CALLOUTS)}.")
    elif callout:
        own = re.search(r"#([\w-]+)", words)
        if own and not own[1].startswith(CALLOUT_PREFIX[callout[1]] + "-"):
            remedy = f"Begin it with {CALLOUT_PREFIX[callout[1]]}-, or leave it out."
            yield line.problem(own[0], "this id on a callout stops Typst", remedy)
    if CONDITION.search(words):
        yield from _condition(line, words)


def _condition(line: Line, words: str) -> Iterator[Problem]:
    rest = re.sub(r"[\w-]+=(?:\"[^\"]*\"|'[^']*'|\S+)", "", CONDITION.sub("", words)).split()
    if rest:
        yield line.problem(
            " ".join(rest), "a conditional div or span is dropped with its classes and id", "Put the styled one inside."
        )
    for kind, value in re.findall(r"\b(?:when|unless)-(\w+)=[\"']?([^\"'\s}]+)", words):
        if kind == "profile":
            yield line.problem(words, "profiles are not supported", "Use when-meta.")
        elif kind == "format" and value not in FORMATS:
            yield line.problem(value, "no such format, or a list", f"Name one of {', '.join(sorted(FORMATS))}.")


def _parted(source: Source) -> Iterator[Problem]:
    """Lines that begin and end with a shortcode: Quarto makes a paragraph of such a line."""
    every = [(line, text) for _, line, text, _ in outside_code(source.lines)]
    for number, (line, text) in enumerate(every):
        if not text or not ENDS.match(line.text):
            continue
        beside = [every[i][0].text for i in (number - 1, number + 1) if 0 <= i < len(every)]
        if any(other.strip() and not STANDS.match(other) for other in beside):
            message = "a line that begins and ends with a shortcode parts the paragraph it stands in"
            yield line.problem(line.text[:60], message, "Break the lines elsewhere, so that a word begins or ends it.")


def _footnotes(source: Source) -> Iterator[Problem]:
    defined: dict[str, Line] = {}
    used: list[tuple[str, Line]] = []
    for _, line, text, _ in outside_code(source.lines):
        if not text:
            continue
        for found in FOOTNOTE.finditer(re.sub(r"`[^`]*`", "", line.text)):
            if found[2] and line.text.startswith(found[0]):
                if found[1] in defined:
                    yield line.problem(found[0], "this footnote is written twice", "Give each its own name.")
                defined[found[1]] = line
            else:
                used.append((found[1], line))
    for name, line in used:
        if name not in defined:
            yield line.problem(f"[^{name}]", "no such footnote", f"Write it: [^{name}]: text.")
