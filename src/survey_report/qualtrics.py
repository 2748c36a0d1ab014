"""Reading a Qualtrics CSV export: three header rows, then one row a response. Personal columns are dropped at once."""

from __future__ import annotations

import ast
import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from survey_report.errors import Problem, UserError
from survey_report.files import digest_bytes

# What Qualtrics calls the columns that identify a person; they never leave this module.
PERSONAL_IMPORT_IDS = frozenset(
    {
        "ipAddress",
        "recipientLastName",
        "recipientFirstName",
        "recipientEmail",
        "externalDataReference",
        "locationLatitude",
        "locationLongitude",
    }
)
PERSONAL_COLUMNS = frozenset(
    {
        "IPAddress",
        "RecipientLastName",
        "RecipientFirstName",
        "RecipientEmail",
        "ExternalReference",
        "ExternalDataReference",
        "LocationLatitude",
        "LocationLongitude",
    }
)
# Values of Status, as text and as recode value, that mark a response which is no real one.
PREVIEW_STATUS = frozenset({"Survey Preview", "1", "9", "17"})
TEST_STATUS = frozenset({"Survey Test", "2"})
FINISHED = {"true": True, "1": True, "false": False, "0": False}
HEADER_ROWS = 3


@dataclass(frozen=True)
class Export:
    """An export without its personal columns.

    `responses` has one row a response, text in every column, and the row's number in the file as index (counted as
    a spreadsheet counts, header rows included). `row_digests` has the digest of each whole row, personal columns
    included, so that exact repetitions can be told without keeping them. `texts` maps columns to question texts.
    """

    name: str
    digest: str
    responses: pd.DataFrame
    row_digests: pd.Series[str]
    texts: dict[str, str]
    dropped: tuple[str, ...]


def read_export(path: Path) -> Export:
    """Read a CSV export with three header rows (names, question texts, ImportIds).

    Raises UserError when the file is missing, empty, a folder, cut off, or no Qualtrics export.
    """
    content = _content(path)
    records = _records(path.name, content)
    if len(records) < HEADER_ROWS or not _is_import_row(records[HEADER_ROWS - 1]):
        raise UserError(
            [
                Problem(
                    path.name,
                    "row 3",
                    "",
                    "this is not a Qualtrics export: its third row holds no ImportIds",
                    "in Qualtrics choose Data & Analysis > Export & Import > Export Data > CSV, choice text",
                )
            ]
        )
    names, texts, imports = records[0], records[1], [_import_id(cell) for cell in records[2]]
    _refuse_bad_shape(path.name, names, records[HEADER_ROWS:])
    personal = [i for i, name in enumerate(names) if name in PERSONAL_COLUMNS or imports[i] in PERSONAL_IMPORT_IDS]
    kept = [i for i in range(len(names)) if i not in set(personal)]
    rows = records[HEADER_ROWS:]
    index = pd.RangeIndex(HEADER_ROWS + 1, HEADER_ROWS + 1 + len(rows), name="row")
    responses = pd.DataFrame(
        {names[i]: pd.array([" ".join(row[i].split()) for row in rows], dtype="str") for i in kept}, index=index
    )
    digests = pd.Series([digest_bytes("\x1f".join(row).encode()) for row in rows], index=index, dtype="str")
    return Export(
        name=path.name,
        digest=digest_bytes(content),
        responses=responses,
        row_digests=digests,
        texts={names[i]: " ".join(texts[i].split()) for i in kept},
        dropped=tuple(names[i] for i in personal),
    )


def _content(path: Path) -> bytes:
    def refuse(message: str, remedy: str) -> UserError:
        return UserError([Problem(path.name or str(path), "", "", message, remedy)])

    if path.is_dir():
        raise refuse("is a folder, not a file", "give the path of the export file itself")
    if not path.exists():
        raise refuse("there is no such file", "check the path after EXPORT=")
    if path.suffix.lower() != ".csv":
        raise refuse(f"`{path.suffix}` files cannot be read yet", "export the responses as CSV")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise refuse(f"cannot be read: {error.strerror}", "check the file's permissions") from error
    if not content.strip():
        raise refuse("the file is empty", "export the responses again")
    return content


def _records(name: str, content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(
            [Problem(name, f"byte {error.start + 1}", "", "is not UTF-8 text", "export as CSV with UTF-8 encoding")]
        ) from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records: list[list[str]] = []
    try:
        for row in reader:
            if row:
                records.append(row)
    except csv.Error as error:
        place = f"row {len(records) + 1}"
        message = f"the file ends or breaks inside a record ({error})"
        raise UserError(
            [Problem(name, place, "", message, "the file was cut off or edited by hand: export it again")]
        ) from error
    return records


def _is_import_row(row: Sequence[str]) -> bool:
    return bool(row) and _import_id(row[0]) != ""


def _import_id(cell: str) -> str:
    """The ImportId of a third-row cell: JSON, or the Python form of older exports; empty if it is neither."""
    for read in (json.loads, ast.literal_eval):
        try:
            value = read(cell)
        except (ValueError, SyntaxError):
            continue
        if isinstance(value, dict) and isinstance(value.get("ImportId"), str):
            return str(value["ImportId"])
    return ""


def _refuse_bad_shape(name: str, names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    problems = [
        Problem(name, "row 1", column, "two columns have one name", "rename one of them in Qualtrics and export again")
        for column in sorted({column for column in names if names.count(column) > 1})
    ]
    for number, row in enumerate(rows, HEADER_ROWS + 1):
        if len(row) != len(names):
            last = number == HEADER_ROWS + len(rows)
            what = (
                "the file is cut off inside a record" if last and len(row) < len(names) else "a row of another length"
            )
            problems.append(
                Problem(
                    name,
                    f"row {number}",
                    f"{len(row)} cells instead of {len(names)}",
                    what,
                    "export the file again, without editing it by hand",
                )
            )
    if len(rows) == 0:
        problems.append(Problem(name, "row 4", "", "there is no response below the header rows", "export again"))
    if problems:
        raise UserError(problems)
