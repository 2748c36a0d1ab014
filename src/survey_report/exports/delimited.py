"""Exports as text: encoding, separator and records of a CSV or TSV file, read as a stream."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from survey_report.errors import Problem, UserError, rows_text
from survey_report.exports.assembling import Row, Source

SEPARATORS = (",", ";", "\t")
# Characters in one cell; a quotation mark that is left open shows itself by a cell that grows beyond it.
CELL_LIMIT = 1_000_000
LONGEST_LINE = 64_000_000
HEAD, HEAD_RECORDS = 1_000_000, 8  # characters and records by which the separator is told
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
ENCODING_REMEDY = "export as CSV with UTF-8 encoding (in a spreadsheet: save as `CSV UTF-8`)"


def read_delimited(path: Path, name: str) -> Source:
    """The records of a text file, blank ones left out. Raises UserError (as do the rows) where it is no known text."""
    with path.open("rb") as handle:
        encoding = _encoding(handle.read(512), name)
        size = handle.seek(0, io.SEEK_END)
        handle.seek(max(0, size - 4))
        end = handle.read()
    source = Source(name, iter(()), open_end=not _closed(end, encoding))
    source.rows = _checked(_records(path, encoding, source), path, name, encoding)
    return source


def _encoding(head: bytes, name: str) -> str:
    """UTF-8 or UTF-16, by its mark or, without one, by where the zeros of Latin letters stand."""
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise UserError([Problem(name, "byte 1", "", "is UTF-32 text, which is not read", ENCODING_REMEDY)])
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return encoding
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) > len(head) // 5 and min(even, odd) <= len(head) // 50:
        return "utf-16-le" if odd > even else "utf-16-be"
    return "utf-8"


def _closed(end: bytes, encoding: str) -> bool:
    if encoding.startswith("utf-16"):
        return end.rstrip(b"\0").endswith((b"\n", b"\r"))
    return end.endswith((b"\n", b"\r"))


def _records(path: Path, encoding: str, source: Source) -> Iterator[Row]:
    """Records with their numbers; blank ones are counted, as a spreadsheet does, and left out."""
    with path.open("r", encoding=encoding, newline="") as text:
        separator = _separator(text.read(HEAD), path.suffix.lower())
    number = 0
    nulls: list[int] = []
    limit = csv.field_size_limit(CELL_LIMIT)
    try:
        with path.open("r", encoding=encoding, newline="") as text:
            marked = [False]
            for number, row in enumerate(csv.reader(_lines(text, marked), delimiter=separator, strict=True), 1):
                if marked[0]:
                    nulls.append(number)
                    marked[0] = False
                if any(cell.strip() for cell in row):
                    yield number, row
    except csv.Error as error:
        source.faults.append(_broken(source.name, number + 1, str(error)))
    finally:
        csv.field_size_limit(limit)
    if nulls:
        remedy = "the file was damaged, or saved by a program in a form of its own: export it again"
        source.faults.append(Problem(source.name, rows_text(nulls), "", "holds characters of no text (NUL)", remedy))


def _broken(name: str, row: int, error: str) -> Problem:
    if "field limit" in error:
        message = f"a cell has more than {CELL_LIMIT:,} characters"
        remedy = "a quotation mark may have been left open in this row or above: export the file again"
    else:
        message = f"the file ends or breaks inside a record ({error})"
        remedy = "the file was cut off or edited by hand: export it again"
    return Problem(name, f"row {row}", "", message, remedy)


def _lines(text: TextIO, marked: list[bool]) -> Iterator[str]:
    """The lines as they are, with a note of those that hold a NUL."""
    while line := text.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise csv.Error("field larger than field limit")
        if "\0" in line:
            marked[0] = True
        yield line


def _checked(rows: Iterator[Row], path: Path, name: str, encoding: str) -> Iterator[Row]:
    """The rows, and a plain word where the text cannot be decoded."""
    try:
        yield from rows
    except UnicodeError as error:
        what = "UTF-8" if encoding.startswith("utf-8") else "UTF-16"
        problem = Problem(name, f"byte {_bad_byte(path, encoding)}", "", f"is not {what} text", ENCODING_REMEDY)
        raise UserError([problem]) from error


def _bad_byte(path: Path, encoding: str) -> int:
    """Place (from 1) of the first byte that cannot be decoded; read anew, since a stream does not tell."""
    decoder = codecs.getincrementaldecoder(encoding.removesuffix("-sig"))()
    behind = 0
    with path.open("rb") as handle:
        while True:
            block = handle.read(1 << 20)
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                return behind - pending + error.start + 1
            behind += len(block)
            if not block:
                return behind


def _separator(head: str, suffix: str) -> str:
    """The separator that makes records of one length; of several, the one that makes most cells."""
    scores = {separator: _score(head, separator) for separator in SEPARATORS}
    best = max(SEPARATORS, key=lambda separator: scores[separator])
    return best if scores[best] > (0, 0) else "\t" if suffix == ".tsv" else ","


def _score(head: str, separator: str) -> tuple[float, int]:
    """Share of the first records that are as long as the first one, and that length; nought for a single cell."""
    records: list[list[str]] = []
    limit = csv.field_size_limit(CELL_LIMIT)
    try:
        for row in csv.reader(io.StringIO(head, newline=""), delimiter=separator):
            if any(cell.strip() for cell in row):
                records.append(row)
            if len(records) == HEAD_RECORDS:
                break
    except csv.Error:
        pass
    finally:
        csv.field_size_limit(limit)
    if not records or len(records[0]) < 2:
        return 0, 0
    return sum(len(row) == len(records[0]) for row in records) / len(records), len(records[0])
