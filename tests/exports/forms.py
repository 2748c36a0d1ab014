"""The same records written in every form that is read. Made by the tests: no such file by Qualtrics could be had."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pyreadstat

Records = Sequence[Sequence[str]]
Write = Callable[[Records, Path], Path]
HEADER_ROWS = 3
DATE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")


def text(records: Records, separator: str = ",", line_end: str = "\n") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator=line_end).writerows(records)
    return out.getvalue()


def as_text(name: str, encoding: str, separator: str = ",", mark: bytes = b"", line_end: str = "\n") -> Write:
    def write(records: Records, folder: Path) -> Path:
        path = folder / name
        path.write_bytes(mark + text(records, separator, line_end).encode(encoding))
        return path

    return write


def sheet(records: Records, folder: Path, name: str = "export.xlsx", typed: bool = False) -> Path:
    """A spreadsheet; `typed` turns what looks like a date, a number or a truth value into one, below the header."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for number, row in enumerate(records):
        page.append([as_value(cell) if typed and number >= HEADER_ROWS else cell for cell in row])
        for cell in page[number + 1]:
            if isinstance(cell.value, str):
                cell.data_type = "s"  # a text that begins with = is no formula
    book.save(folder / name)
    return folder / name


def typed_sheet(records: Records, folder: Path) -> Path:
    return sheet(records, folder, typed=True)


def as_value(cell: str) -> object:
    if DATE.fullmatch(cell):
        return datetime.fromisoformat(cell)
    if re.fullmatch(r"-?\d+(\.\d+)?", cell):
        return float(cell)
    return {"True": True, "False": False, "": None}.get(cell, cell)


def without_ids(records: Records, folder: Path) -> Path:
    return as_text("export.csv", "utf-8")([*records[:2], *records[3:]], folder)


def names_only(records: Records, folder: Path) -> Path:
    return as_text("export.csv", "utf-8")([records[0], *records[3:]], folder)


def spss(records: Records, folder: Path, coded: int = 30) -> Path:
    """An SPSS file: columns of few different texts as numbers with value labels, others as texts."""
    names = [re.sub(r"\W", "_", name) for name in records[0]]
    columns: dict[str, list[object]] = {}
    labels: dict[str, dict[float, str]] = {}
    for i, name in enumerate(names):
        cells = [row[i] for row in records[HEADER_ROWS:]]
        answers = sorted(set(cells) - {""})
        if 0 < len(answers) <= coded and max(map(len, answers)) < 120:
            codes = {answer: float(code) for code, answer in enumerate(answers, 1)}
            columns[name] = [codes.get(cell) for cell in cells]
            labels[name] = {code: answer for answer, code in codes.items()}
        else:
            columns[name] = list(cells)
    frame = pd.DataFrame({name: pd.Series(cells, dtype="float64" if name in labels else "object")
                          for name, cells in columns.items()})  # fmt: skip
    path = folder / "export.sav"
    pyreadstat.write_sav(frame, str(path), column_labels=list(records[1]), variable_value_labels=labels)
    return path


FORMS: dict[str, Write] = {
    "UTF-8 with a mark": as_text("export.csv", "utf-8", mark=b"\xef\xbb\xbf"),
    "Windows line ends": as_text("export.csv", "utf-8", line_end="\r\n"),
    "UTF-8 with tabs": as_text("export.tsv", "utf-8", "\t"),
    "UTF-16 with tabs": as_text("export.tsv", "utf-16-le", "\t", b"\xff\xfe"),
    "UTF-16, big end first": as_text("export.tsv", "utf-16-be", "\t", b"\xfe\xff"),
    "UTF-16 without a mark": as_text("export.tsv", "utf-16-le", "\t"),
    "UTF-16, big end first, without a mark": as_text("export.csv", "utf-16-be"),
    "tabs under the name .csv": as_text("export.csv", "utf-8", "\t"),
    "tabs under the name .txt": as_text("export.txt", "utf-8", "\t"),
    "semicolons": as_text("export.csv", "utf-8", ";"),
    "a spreadsheet of texts": sheet,
    "a spreadsheet of dates, numbers and flags": typed_sheet,
    "two header rows": without_ids,
    "one header row": names_only,
    "SPSS": spss,
}
