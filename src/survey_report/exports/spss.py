"""Exports as SPSS files (.sav): value labels become the answers' texts, missing values become blank and are counted."""

from __future__ import annotations

import datetime
import math
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from survey_report.errors import Problem, UserError
from survey_report.exports.assembling import BLOCK, Row, Source, assemble, check_width, choose_columns
from survey_report.exports.export import Export
from survey_report.exports.headers import Header
from survey_report.exports.spreadsheet import date_text, number_text
from survey_report.exports.texts import fold, plain_text

EPOCH = datetime.datetime(1582, 10, 14)  # dates are seconds from the first day of the Gregorian calendar
DATES = ("DATE", "ADATE", "EDATE", "JDATE", "SDATE")
MOMENTS = ("DATETIME", "YMDHMS")
TIMES = ("TIME", "DTIME", "MTIME")
DAMAGED = ("the SPSS file is damaged, or none", "open it in SPSS, save it and try again, or export as CSV")
CODED = ("its texts cannot be decoded", "save the file in SPSS with Unicode encoding, or export as CSV in UTF-8")
LARGEST_UNPACKED = 8_000_000_000  # bytes, as the variables declare their widths
REMEMBERED = 10_000  # values of a variable whose texts are kept at hand
Ranges = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class _Variable:
    """What a file says of a variable: labels by value, which values are missing, how numbers are meant."""

    labels: Mapping[Any, str]
    missing: Ranges
    format: str


def read_spss(path: Path, name: str, digest: str) -> Export:
    """The cases of an SPSS file; each is a row, numbered from 1. Raises UserError for a file that is damaged."""
    frame, meta = _load(path, name)
    header = _header(meta)
    variables = [_variable(meta, column) for column in meta.column_names]
    counts: list[dict[str, int]] = [{} for _ in variables]
    declared: list[dict[str, array[int]]] = [{} for _ in variables]
    rows = _rows(frame, variables, counts, declared)
    export = assemble(Source(name, rows, header=header), digest)
    if export is None:
        raise UserError([Problem(name, "", "", *DAMAGED)])
    kept = choose_columns(header).kept
    labels = {
        column: {_plain(value): fold(label) for value, label in sorted(variables[i].labels.items(), key=_order)}
        for column, i in kept.items()
        if variables[i].labels
    }
    missing = {column: counts[i] for column, i in kept.items() if counts[i]}
    users = sum(1 for column in missing if any(missing[column]))
    note = f"values that the file declares missing are read as blank, in {users} column{'s' if users > 1 else ''}"
    return replace(
        export,
        values=labels,
        missing=missing,
        declared={column: declared[i] for column, i in kept.items() if declared[i]},
        notes=(*export.notes, *([note] if users else [])),
    )


def _load(path: Path, name: str) -> tuple[pd.DataFrame, Any]:
    import pyreadstat

    try:
        # Dates stay numbers: some lie beyond what dates of Python can be.
        _, meta = pyreadstat.read_sav(str(path), metadataonly=True)
        check_width(len(meta.column_names), name)
        width = sum(max(8, size) for size in meta.variable_storage_width.values())
        most = LARGEST_UNPACKED // max(1, width)
        # Whatever the file declares, no more than these cases are read.
        frame, meta = pyreadstat.read_sav(
            str(path), user_missing=True, disable_datetime_conversion=True, row_limit=most + 1
        )
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, ValueError, UnicodeError) as error:
        coded = isinstance(error, UnicodeError) or "encoding" in str(error)
        raise UserError([Problem(name, "", "", *(CODED if coded else DAMAGED))]) from error
    if len(frame) > most:
        message = f"unpacks to more than {LARGEST_UNPACKED // 1_000_000:,} MB, the most that is read"
        raise UserError([Problem(name, "", "", message, "export the responses from SPSS as CSV")])
    if not meta.column_names:
        raise UserError([Problem(name, "", "", *DAMAGED)])
    return frame, meta


def _header(meta: Any) -> Header:
    names = tuple(str(name) for name in meta.column_names)
    blank = ("",) * len(names)
    texts = tuple(plain_text(meta.column_names_to_labels.get(name) or "") for name in meta.column_names)
    return Header("sav", names, texts, blank, blank, blank, ())


def _variable(meta: Any, column: str) -> _Variable:
    kind = str(meta.original_variable_types.get(column, "")).rstrip("0123456789.")
    labels = meta.variable_value_labels.get(column, {})
    return _Variable(labels, meta.missing_ranges.get(column, ()), kind)


def _rows(
    frame: pd.DataFrame,
    variables: Sequence[_Variable],
    counts: Sequence[dict[str, int]],
    declared: Sequence[dict[str, array[int]]],
) -> Iterator[Row]:
    """Rows as texts, a block of them at a time; what was missing is counted on the way, what was declared so noted."""
    known: list[dict[Any, tuple[str, str | None]]] = [{} for _ in variables]
    for start in range(0, len(frame), BLOCK):
        columns = []
        for i, variable in enumerate(variables):
            cells = []
            for number, value in enumerate(frame.iloc[start : start + BLOCK, i].tolist(), start + 1):
                value = None if value is None or value != value else value
                found = known[i].get(value)
                if found is None:
                    found = answer_text(value, variable)
                    if len(known[i]) < REMEMBERED:
                        known[i][value] = found
                text, reason = found
                if reason is not None:
                    counts[i][reason] = counts[i].get(reason, 0) + 1
                    if reason:
                        declared[i].setdefault(reason, array("q")).append(number)
                cells.append(text)
            columns.append(cells)
        for offset, row in enumerate(zip(*columns, strict=True)):
            yield start + offset + 1, row


def answer_text(value: Any, variable: _Variable) -> tuple[str, str | None]:
    """A value's text, and what made it blank: the label of a missing value, an empty text for a system-missing one."""
    if value is None:
        return "", ""
    label = variable.labels.get(value)
    if _is_missing(value, variable.missing):
        return "", fold(label or _plain(value)) or _plain(value)
    if label is not None:
        return fold(label), None
    return _moment(value, variable.format) if isinstance(value, int | float) else str(value), None


def _is_missing(value: Any, ranges: Ranges) -> bool:
    for one in ranges:
        low, high = one["lo"], one["hi"]
        if isinstance(value, str) != isinstance(low, str):
            continue
        if (value.rstrip() == low.rstrip()) if isinstance(value, str) else (low <= value <= high):
            return True
    return False


def _plain(value: Any) -> str:
    return number_text(value) if isinstance(value, int | float) else str(value)


def _moment(value: float, kind: str) -> str:
    """A number as its format means it: a date, a moment, a time, or just a number."""
    if kind in TIMES and math.isfinite(value):
        return date_text(datetime.timedelta(seconds=value))
    if kind in (*DATES, *MOMENTS) and math.isfinite(value):
        try:
            return date_text(EPOCH + datetime.timedelta(seconds=value), "h" if kind in MOMENTS else "d")
        except OverflowError:
            return number_text(value)
    return number_text(value)


def _order(entry: tuple[Any, str]) -> tuple[bool, Any]:
    return isinstance(entry[0], str), entry[0]
