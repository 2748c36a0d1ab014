"""Exports as spreadsheets (.xlsx): the first sheet with data, each cell as the text that Qualtrics would write."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from itertools import chain, count
from pathlib import Path
from typing import Any

from survey_report.errors import Problem, UserError, rows_text
from survey_report.exports.assembling import MOST_COLUMNS, Row, Source
from survey_report.exports.delimited import CELL_LIMIT
from survey_report.exports.sheet_limits import DAMAGED, MOST_ROWS, TOO_MANY_ROWS, look_through, refused

# White space that the file format writes in letters.
ESCAPED = re.compile(r"_x(0009|000A|000D|00A0)_", re.IGNORECASE)
# Blank cells to the right of those that are read are made one by one; no more than these.
MOST_BEYOND = 20_000_000
Cells = Sequence[Any]


@contextmanager
def open_spreadsheet(path: Path, name: str) -> Iterator[Source]:
    """The rows of the first visible sheet with data. Raises UserError (as do the rows) for a file that is damaged."""
    from openpyxl import load_workbook

    with_formulas = look_through(path, name)
    source = Source(name, iter(()), pads=True)
    with path.open("rb") as handle, path.open("rb") as again:
        with _telling(name):
            book = load_workbook(handle, read_only=True, data_only=True)
            seen = count()
            filled = [s for s in book.worksheets if s.sheet_state == "visible" and _has_data(s, seen, name)]
            formulas = load_workbook(again, read_only=True)[filled[0].title] if filled and with_formulas else None
        if filled:
            others = ", ".join(f"`{sheet.title}`" for sheet in filled[1:])
            beside = f"; others hold data too: {others}" if others else ""
            source.notes.append(f"read the sheet `{filled[0].title}`{beside}")
            source.rows = _rows(filled[0], formulas, source)
        yield source


@contextmanager
def _telling(name: str) -> Iterator[None]:
    """Whatever a damaged file makes the reading library raise becomes one plain problem."""
    try:
        yield
    except (UserError, MemoryError):
        raise
    except Exception as error:
        raise refused(name, *DAMAGED) from error


def _has_data(sheet: Any, seen: Iterator[int], name: str) -> bool:
    """Whether a sheet holds anything; `seen` counts the rows that were looked at, of all sheets together."""
    sheet.reset_dimensions()  # some programs state them wrongly
    for row in sheet.iter_rows(values_only=True):
        if any(value not in (None, "") for value in row):
            return True
        _check_row(next(seen), name)
    return False


def _check_row(number: int, name: str) -> None:
    if number > MOST_ROWS:
        raise refused(name, TOO_MANY_ROWS)


def _rows(sheet: Any, formulas: Any, source: Source) -> Iterator[Row]:
    """Rows with their numbers; blank ones are counted and left out. Cells that hold no value are told at the end."""
    if formulas is not None:
        formulas.reset_dimensions()
    uncomputed: list[int] = []
    errors: list[int] = []
    large: list[int] = []
    pairs: Iterator[tuple[Cells, Cells]] = zip(
        sheet.iter_rows(), chain(formulas.iter_rows() if formulas is not None else (), _endless()), strict=False
    )
    beyond = 0
    for number, (cells, written) in enumerate(_each(pairs, source.name), 1):
        _check_row(number, source.name)
        if not cells:
            continue
        beyond += max(0, len(cells) - MOST_COLUMNS)
        if beyond > MOST_BEYOND:
            raise refused(source.name, f"has cells beyond column {MOST_COLUMNS:,} in many rows")
        if any(map(_is_uncomputed, cells, written)):
            uncomputed.append(number)
        if any(cell.data_type == "e" for cell in cells):
            errors.append(number)
        with _telling(source.name):
            row = [cell_text(cell) for cell in cells]
        if any(len(text) > CELL_LIMIT for text in row):
            large.append(number)
        if any(text.strip() for text in row):
            yield number, row
    for rows, message, remedy in (
        (uncomputed, "a formula has no value", "open the file in a spreadsheet program, save it and try again"),
        (errors, "a cell holds an error, such as #N/A", "correct the cell, or export again"),
        (large, f"a cell has more than {CELL_LIMIT:,} characters", "export again"),
    ):
        if rows:
            source.faults.append(Problem(source.name, rows_text(rows), "", message, remedy))


def _endless() -> Iterator[Cells]:
    while True:
        yield ()


def _each(pairs: Iterator[tuple[Cells, Cells]], name: str) -> Iterator[tuple[Cells, Cells]]:
    while True:
        with _telling(name):
            pair = next(pairs, None)
        if pair is None:
            return
        yield pair


def _is_uncomputed(cell: Any, written: Any) -> bool:
    """A formula without its value; one whose value is an empty text says so by its type."""
    return bool(written.data_type == "f" and cell.value is None and cell.data_type != "str")


def cell_text(cell: Any) -> str:
    """A cell's value as a CSV export of Qualtrics would have it; empty for a blank cell."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), value) if "_x" in value else value
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        return number_text(value)
    return date_text(value, cell.number_format or "")


def number_text(value: float) -> str:
    """A number without an exponent; a whole one without a decimal point."""
    if value != value or value in (float("inf"), float("-inf")):
        return ""
    if value == int(value):
        return str(int(value))
    return format(Decimal(repr(float(value))), "f")


def date_text(value: object, number_format: str = "") -> str:
    """`2023-07-21 10:30:05`; the date alone where the cell shows no time, the time alone where it has no date."""
    if isinstance(value, datetime.datetime):
        rounded = value + datetime.timedelta(microseconds=500_000)
        shown = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", number_format).lower()
        clock = "h" in shown or "s" in shown or not number_format
        return rounded.strftime("%Y-%m-%d %H:%M:%S" if clock else "%Y-%m-%d")
    if isinstance(value, datetime.timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    if isinstance(value, datetime.time):
        return value.strftime("%H:%M:%S")
    return str(value)
