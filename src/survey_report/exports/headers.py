"""Telling the form of an export by its first rows: names; texts; ImportIds."""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

from survey_report.exports.metadata import BY_LETTERS, NAMES, looks_like_metadata
from survey_report.exports.texts import fold, plain_text

MOST_ROWS = 3
QUALTRICS_REMEDY = "in Qualtrics choose Data & Analysis > Export & Import > Export Data > CSV, choice text"
Record = tuple[int, Sequence[str]]
# Names of the columns in the legacy form of Qualtrics; what they are stands in the second row.
LEGACY_NAME = re.compile(r"V\d+")
LEGACY_ID = "responseid"
IMPORT_IDS = {name: import_id for import_id, name in NAMES.items()}


@dataclass(frozen=True)
class Header:
    """The header rows of an export, one entry a column: names as the file has them, question texts, ImportIds.

    `kinds` are ImportIds by which columns are known that the file does not state (legacy form); `headings` what such
    a column is called beside its name. `lengths` are the numbers of cells by row number.
    """

    form: str
    names: tuple[str, ...]
    texts: tuple[str, ...]
    import_ids: tuple[str, ...]
    kinds: tuple[str, ...]
    headings: tuple[str, ...]
    lengths: tuple[tuple[int, int], ...]


def read_header(first: Sequence[Record]) -> Header:
    """The header that the first records make: with ImportIds, with names and texts, or with names only."""
    rows = [row for _, row in first[:MOST_ROWS]]
    if len(rows) == MOST_ROWS and any(import_id(cell) for cell in rows[2]):
        return _header("qualtrics-3", first[:3])
    if len(rows) > 1 and _is_second_header(rows[0], rows[1]):
        return _header("qualtrics-2", first[:2])
    return _header("plain", first[:1])


def _header(form: str, records: Sequence[Record]) -> Header:
    width = len(records[0][1])
    rows = [[*row, *[""] * width][:width] for _, row in records]
    names = [fold(cell) for cell in rows[0]]
    texts = [plain_text(cell) for cell in rows[1 if len(rows) > 1 else 0]]
    ids = [import_id(cell) for cell in rows[2]] if len(rows) > 2 else [""] * width
    legacy = form == "qualtrics-2" and _is_legacy(rows[0], rows[1])
    headings = [text if legacy and LEGACY_NAME.fullmatch(name) else "" for name, text in zip(names, texts, strict=True)]
    return Header(
        form=form,
        names=tuple(names),
        texts=tuple(texts),
        import_ids=tuple(ids),
        kinds=tuple(_kind(heading) or given for heading, given in zip(headings, ids, strict=True)),
        headings=tuple(headings),
        lengths=tuple((number, len(row)) for number, row in records),
    )


def _kind(heading: str) -> str:
    name = heading if heading in IMPORT_IDS else BY_LETTERS.get(heading.lower(), "")
    return IMPORT_IDS.get(name, "")


def _is_legacy(names: Sequence[str], texts: Sequence[str]) -> bool:
    return any(
        LEGACY_NAME.fullmatch(name.strip()) and text.strip().lower() == LEGACY_ID
        for name, text in zip(names, texts, strict=False)
    )


def _is_second_header(names: Sequence[str], cells: Sequence[str]) -> bool:
    """Whether the second row holds texts: those of the legacy form, or headings of columns that hold no words else."""
    if _is_legacy(names, cells):
        return True
    signs = [looks_like_metadata(fold(name), cell) for name, cell in zip(names, cells, strict=False)]
    return signs.count(False) > 1 and True not in signs


def import_id(cell: str) -> str:
    """The ImportId of a third-row cell, with the choice's id behind it if there is one; empty if it holds none.

    The cell is JSON, or the Python form of older exports.
    """
    if not cell.lstrip().startswith("{"):
        return ""
    for read in (json.loads, ast.literal_eval):
        try:
            with warnings.catch_warnings(action="ignore"):  # of Python about a text that is no Python
                value = read(cell)
        except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
            continue
        if isinstance(value, dict) and isinstance(value.get("ImportId"), str):
            choice = value.get("choiceId")
            return f"{value['ImportId']}_{choice}" if isinstance(choice, str | int) else str(value["ImportId"])
    return ""
