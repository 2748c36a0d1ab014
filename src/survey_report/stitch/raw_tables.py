"""Tables written as raw HTML: read like those of notebooks, so that paper and Word have them too."""

from __future__ import annotations

import re
from collections.abc import Sequence

from survey_report.stitch.shortcodes import Shelf
from survey_report.stitch.sources import Line, outside_code

RAW = re.compile(r"\{=html\}")
# What stands around a table, a form or a script, would be lost: only a table by itself is read.
TABLE = re.compile(r"\s*<table\b(?![^>]*data-quarto-disable-processing)(?:(?!</table>).)*</table>\s*", re.I | re.S)


def raw_tables(lines: Sequence[Line], shelf: Shelf) -> list[Line]:
    """The lines, with every raw block of HTML that holds a table put on the shelf."""
    made: list[Line] = []
    block: list[Line] = []
    for _, line, text, info in outside_code(lines):
        starts = not block and not text and bool(RAW.fullmatch(info))
        if starts or block:
            block.append(line)
        else:
            made.append(line)
        if len(block) > 1 and line.text.strip() and set(line.text.strip()) <= {block[0].text.strip()[0]}:
            made += _shelved(block, shelf)
            block = []
    return made + block


def _shelved(block: list[Line], shelf: Shelf) -> list[Line]:
    content = "\n".join(line.text for line in block[1:-1])
    if not TABLE.fullmatch(content):
        return block
    first = block[0]
    rows = shelf.object("html", shelf.mark(content, first)).split("\n")
    return [Line(row, first.file, first.number) for row in ("", *rows, "")]
