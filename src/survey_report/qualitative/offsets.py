"""Where a selection lies: from positions as a program counts them to Unicode code points of the text.

The standard (REFI-QDA 1.5, 10.2) counts Unicode code points from 0 in the plain text file and speaks of the first and
the last character; its examples, and every program's files seen so far, give the place after the last one. Programs
differ in two things. A line end written as CR LF is two characters of the file, and counts as one in ATLAS.ti
(QualCoder exports for MAXQDA the same way). A character outside the Basic Multilingual Plane, such as an emoji, is one
code point, but two in programs that count UTF-16. Neither is declared. Many programs name a selection after its text,
so the names tell which way of counting fits; where they do not, it is the standard's, with CR LF as one for ATLAS.ti. A
byte-order mark counts for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from survey_report.qualitative.corpus import clean

ASTRAL = 0xFFFF


@dataclass(frozen=True)
class Counting:
    """A way of counting: what a CR LF and a character outside the Basic Multilingual Plane come to."""

    line_end: int = 2
    astral: int = 1

    def __str__(self) -> str:
        words = [f"a CR LF line end as {'one character' if self.line_end == 1 else 'two'}"]
        words += ["an emoji as two characters"] if self.astral == 2 else []
        return " and ".join(words)


STANDARD = Counting()
OTHERS = (Counting(1, 1), Counting(2, 2), Counting(1, 2))


@dataclass(frozen=True)
class Named:
    """A selection with the name that a program gave it."""

    start: int
    end: int
    name: str


def plain(raw: str) -> str:
    """A text with every line end as one `\\n` and without a byte-order mark at its start."""
    return raw.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


class Positions:
    """Turns positions in a raw text, counted in one way, into positions in `plain(raw)`."""

    def __init__(self, raw: str, counting: Counting) -> None:
        self.text = plain(raw)
        raw = raw.removeprefix("\ufeff")
        self._bounds: np.ndarray | None = None
        if ("\r\n" in raw and counting.line_end == 2) or (counting.astral == 2 and has_astral(raw)):
            points = np.frombuffer(raw.encode("utf-32-le"), dtype="<u4")
            widths = np.where(points > ASTRAL, counting.astral, 1)
            before_feed = np.append((points[:-1] == ord("\r")) & (points[1:] == ord("\n")), False)
            widths[before_feed] = counting.line_end
            self._bounds = np.concatenate([[0], np.cumsum(widths[~np.roll(before_feed, 1)])])

    @property
    def last(self) -> int:
        """The largest position in the text, as the program counts."""
        return len(self.text) if self._bounds is None else int(self._bounds[-1])

    def place(self, start: int, end: int) -> tuple[int, int]:
        """From and to in the plain text, cut at its end."""
        start, end = min(start, self.last), min(end, self.last)
        if self._bounds is None:
            return start, end
        first = int(np.searchsorted(self._bounds, start, side="right")) - 1
        return first, max(first, int(np.searchsorted(self._bounds, end, side="left")))


def choose_counting(sources: Iterable[tuple[str, Sequence[Named]]], origin: str = "") -> Counting:
    """The way of counting under which most names of selections are their texts, over all sources of one project.

    `sources` are raw texts with their selections; `origin` is the program that wrote the file. On a tie, the way with
    fewest selections past the end of their text, then the program's usual one.
    """
    usual = Counting(1, 1) if "atlas" in origin.lower() else STANDARD
    ways = [usual, *(way for way in (STANDARD, *OTHERS) if way != usual)]
    fits, outside = dict.fromkeys(ways, 0), dict.fromkeys(ways, 0)
    for raw, selections in sources:
        if selections and ("\r\n" in raw or has_astral(raw)):
            for way in ways:
                positions = Positions(raw, way)
                for selection in selections:
                    start, end = positions.place(selection.start, selection.end)
                    fits[way] += _is_name_of(selection.name, positions.text[start:end])
                    outside[way] += selection.end > positions.last
    return max(ways, key=lambda way: (fits[way], -outside[way], -ways.index(way)))


def has_astral(text: str) -> bool:
    """Whether a text has characters that UTF-16 writes as two."""
    return bool(text) and ord(max(text)) > ASTRAL


def _is_name_of(name: str, text: str) -> bool:
    """Whether a name is the text, or its beginning with an ellipsis; names lack what XML cannot hold."""
    stem, shown = clean(name.removesuffix("…").removesuffix("...")), clean(text[: 2 * len(name) + 100])
    if len(stem) < 3 or text.strip()[:1] != text[:1]:
        return False
    return shown == stem or (stem != clean(name) and shown.startswith(stem))
