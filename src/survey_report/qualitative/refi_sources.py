"""One text source of a REFI-QDA project: its plain text, its selections and what they are coded with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from survey_report.errors import Problem
from survey_report.qualitative.archive import Contents
from survey_report.qualitative.corpus import ExcerptRecord
from survey_report.qualitative.offsets import Counting, Named, Positions, plain


@dataclass(frozen=True)
class Coding:
    """A code given to a selection; positions are None where the whole source is coded."""

    code: str
    coder: str | None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True)
class Text:
    """A text source; `raw` is its text as the file has it, None where it is not at hand."""

    guid: str
    name: str
    raw: str | None
    codings: tuple[Coding, ...] = ()
    named: tuple[Named, ...] = field(default=(), repr=False)

    @property
    def shown(self) -> str:
        """The text with `\\n` at every line end; empty where it is not at hand."""
        return plain(self.raw or "")

    def excerpts(self, place: int, counting: Counting) -> Iterator[ExcerptRecord]:
        """Its codings as excerpts of the source at `place`."""
        positions = None if self.raw is None else Positions(self.raw, counting)
        for coding in self.codings:
            start, end = coding.start, coding.end
            if positions is not None:
                whole = (0, positions.last)
                start, end = positions.place(*((start, end) if start is not None and end is not None else whole))
            yield ExcerptRecord(place, coding.code, coding.coder, start, end, "" if positions is None else None)

    def outside(self, counting: Counting) -> int:
        """How many selections reach past the end of the text."""
        if self.raw is None:
            return 0
        last = Positions(self.raw, counting).last
        return len({(c.start, c.end) for c in self.codings if c.end is not None and c.end > last})


def read_source(element: Element, number: int, contents: Contents, file: str, problems: list[Problem]) -> Text | None:
    """The source, or None if it has rich text only.

    Positions that are no numbers and texts that are not UTF-8 are added to `problems`.
    """
    place = f"source {number}"
    raw: str | None = None
    inside, path = element.find("PlainTextContent"), element.get("plainTextPath", "")
    if inside is not None:
        raw = inside.text or ""
    elif path:
        content = contents.texts.get(_internal(path))
        raw = None if content is None else _decode(content, place, file, problems)
    elif element.get("richTextPath"):
        return None
    else:
        raw = ""
    codings: list[Coding] = []
    named: list[Named] = []
    for count, selection in enumerate(element.findall("PlainTextSelection"), 1):
        span = _span(selection, f"{place}, selection {count}", file, problems)
        codes = list(_codings(selection, *span))
        codings += codes
        if codes and selection.get("name"):
            named.append(Named(*span, selection.get("name", "")))
    codings += _codings(element, None, None)
    return Text(element.get("guid", "").lower(), element.get("name", ""), raw, tuple(codings), tuple(named))


def _internal(path: str) -> str:
    """The name under `sources/` of a text inside the archive; paths to elsewhere name nothing there."""
    return path.partition("internal://")[2].lower() if path.startswith("internal://") else path.lower()


def _decode(content: bytes, place: str, file: str, problems: list[Problem]) -> str:
    """UTF-8, as the standard wants, or UTF-16 where a byte-order mark says so."""
    utf_16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        return content.decode("utf-16" if utf_16 else "utf-8")
    except UnicodeDecodeError:
        problems.append(Problem(file, place, "", "has a text that is not UTF-8", "export the project again"))
        return ""


def _span(selection: Element, place: str, file: str, problems: list[Problem]) -> tuple[int, int]:
    told = [selection.get(name, "").strip() for name in ("startPosition", "endPosition")]
    digits = [part if part.isascii() and part.isdecimal() and len(part) < 12 else "" for part in told]
    if not all(digits) or int(digits[0]) > int(digits[1]):
        problems.append(
            Problem(
                file, place, " to ".join(told)[:40], "is no place in a text", "export the project again, or mend it"
            )
        )
        return 0, 0
    return int(digits[0]), int(digits[1])


def _codings(element: Element, start: int | None, end: int | None) -> Iterator[Coding]:
    for coding in element.findall("Coding"):
        coder = coding.get("creatingUser") or element.get("creatingUser") or ""
        for code in coding.findall("CodeRef"):
            yield Coding(code.get("targetGUID", "").lower(), coder.lower() or None, start, end)
