"""Shortcodes inside text: each is replaced by a word that survives Pandoc, and looked up again in the tree."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from survey_report.errors import Problem
from survey_report.stitch.outputs import closed
from survey_report.stitch.sources import Line, outside_code

SHORTCODE = re.compile(r"\{\{\{<(.*?)>\}\}\}|\{\{<\s*(.*?)\s*>\}\}")
# Long, because Quarto's own stand-in is: a pipe table row with a shortcode counts as wide.
WORD = re.compile(r"qz(\d{5})q{70}z")
KNOWN = ("var", "meta", "pagebreak", "include", "embed", "kbd")
USE = "Use include, embed, var, meta, kbd or pagebreak, each by itself; write {{{< ... >}}} to show one."
INSTEAD = {
    "env": "The environment differs from machine to machine. Put the value into _variables.yml and name it with var.",
    "video": "Link to the video, with a picture of it: [![..](..){#fig-name fig-alt=..}](address).",
    "lipsum": "Write the text.",
    "placeholder": "Name a picture.",
}


@dataclass(frozen=True)
class Shortcode:
    """One kind of shortcode: its words as typed, and whether it is only to be shown."""

    words: str
    literal: bool = False

    @property
    def name(self) -> str:
        """The first word."""
        return self.words.split()[0] if self.words.split() else ""

    @property
    def argument(self) -> str:
        """What follows the name, without quotes."""
        parts = self.words.split(None, 1)
        return parts[1].strip().strip("'\"") if len(parts) > 1 else ""


@dataclass
class Shelf:
    """What stands outside a document's text while Pandoc reads it.

    `codes` are its shortcodes, `pieces` Markdown texts that are read apart (captions, titles, values), `objects`
    parts of notebooks that are no Markdown, `outputs` the keys of pieces that a notebook made; `places` the lines where
    each shortcode stands.
    """

    codes: dict[Shortcode, int] = field(default_factory=dict)
    places: dict[int, list[Line]] = field(default_factory=dict)
    pieces: dict[str, int] = field(default_factory=dict)
    objects: list[tuple[str, str]] = field(default_factory=list)
    outputs: set[str] = field(default_factory=set)

    def word(self, code: Shortcode, line: Line | None = None) -> str:
        """The word that stands for a shortcode."""
        number = self.codes.setdefault(code, len(self.codes))
        if line:
            self.places.setdefault(number, []).append(line)
        return f"qz{number:05d}{'q' * 70}z"

    def piece(self, markdown: str, line: Line | None = None) -> str:
        """Put a Markdown text on the shelf; gives the key under which its tree is found."""
        marked = self.mark(markdown, line)
        if (len(marked) - len(marked.rstrip("\\"))) % 2:
            marked += "\\"  # a lone backslash at the end would be a line break
        return f"qzpiece{self.pieces.setdefault(marked, len(self.pieces))}"

    def output(self, markdown: str) -> str:
        """Put a Markdown text that a notebook made on the shelf: nothing in it may run, or end what it stands in."""
        key = self.piece(closed(markdown))
        self.outputs.add(key)
        return key

    def object(self, kind: str, content: str) -> str:
        """Put a part that is no Markdown on the shelf (kind: code, html, raw); gives the text that stands for it."""
        self.objects.append((kind, content))
        return f'::: {{.qz-object qz="{len(self.objects) - 1}"}}\n:::'

    def mark(self, text: str, line: Line | None = None) -> str:
        """Text with every shortcode replaced by its word."""

        def word(found: re.Match[str]) -> str:
            literal = found[1] is not None
            return self.word(Shortcode((found[1] if literal else found[2]).strip(), literal), line)

        return SHORTCODE.sub(word, text)


def mark_lines(shelf: Shelf, lines: Sequence[Line]) -> list[str]:
    """The text of the lines with shortcodes replaced, except in code that asks for none."""
    return [
        line.text if "shortcodes=" in info and "false" in info else shelf.mark(line.text, line)
        for _, line, _, info in outside_code(lines)
    ]


def misplaced(lines: Iterable[Line]) -> list[Problem]:
    """Shortcodes that no engine would carry out where they stand, and unknown ones."""
    problems: list[Problem] = []
    for _, line, text, info in outside_code(list(lines)):
        if "shortcodes=" in info:
            continue
        for found in SHORTCODE.finditer(line.text):
            if found[1] is not None:
                continue
            code = Shortcode(found[2].strip())
            if "{{<" in code.words or code.name not in KNOWN:
                problems.append(
                    line.problem(
                        found[0],
                        "a shortcode inside a shortcode" if "{{<" in code.words else f"unknown shortcode '{code.name}'",
                        USE if "{{<" in code.words else INSTEAD.get(code.name, USE),
                    )
                )
            elif code.name in ("include", "embed", "pagebreak") and text:
                alone = line.text.strip() == found[0]
                if not alone or line.text[:1].isspace():
                    problems.append(
                        line.problem(
                            found[0],
                            f"'{code.name}' stands among other text or is indented",
                            "Put it on a line of its own, not indented, with an empty line before and after.",
                        )
                    )
        if text:
            problems += _quoted(line)
    return problems


def _quoted(line: Line) -> list[Problem]:
    """Shortcodes in attributes between double quotes, which break the attributes."""
    return [
        line.problem(
            found[0],
            "a shortcode between double quotes in attributes breaks them",
            "Use single quotes: fig-alt='... {{< var key >}} ...'.",
        )
        for braces in re.finditer(r"\{(?!\{<)(?:\{\{<.*?>\}\}|[^{}])*\}", line.text)
        for found in re.finditer(r'[\w-]+="[^"]*\{\{<[^"]*"', braces[0])
    ]


def embed_words(argument: str) -> list[str]:
    """The words of an embed, quotes respected."""
    try:
        return shlex.split(argument)
    except ValueError:
        return argument.split()
