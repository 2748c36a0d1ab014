"""Reading a Qualtrics CSV export: three header rows, then one row a response. Personal columns are dropped at once."""

from __future__ import annotations

import ast
import codecs
import csv
import io
import json
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from survey_report.errors import Problem, UserError, rows_text
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
    `faults` is what is wrong with the form of the file: with any, it must not be used.
    """

    name: str
    digest: str
    responses: pd.DataFrame
    row_digests: pd.Series[str]
    texts: dict[str, str]
    dropped: tuple[str, ...]
    faults: tuple[Problem, ...] = ()


def read_export(path: Path) -> Export:
    """Read a CSV export with three header rows (names, question texts, ImportIds).

    Raises UserError when the file is missing, empty, a folder, or no Qualtrics export. What is wrong with single rows
    or columns (a row cut off, a name given twice) is kept in `faults`, so that it is reported with the rest.
    """
    content = _content(path)
    name = path.name.encode("utf-8", "replace").decode()
    faults: list[Problem] = []
    records = _records(name, content, faults)
    header = [row for _, row in records[:HEADER_ROWS]]
    if len(header) < HEADER_ROWS or not _import_id(header[-1][0]):
        message = "this is not a Qualtrics export: its third row holds no ImportIds"
        remedy = "in Qualtrics choose Data & Analysis > Export & Import > Export Data > CSV, choice text"
        raise UserError([*faults, Problem(name, "row 3", "", message, remedy)])
    names, body = header[0], records[HEADER_ROWS:]
    faults.extend(_shape_faults(name, header, body, content))
    texts, imports = ((row + [""] * len(names))[: len(names)] for row in header[1:])
    personal = [
        i
        for i, column in enumerate(names)
        if column in PERSONAL_COLUMNS or _import_id(imports[i]) in PERSONAL_IMPORT_IDS
    ]
    kept = {column: i for i, column in reversed(list(enumerate(names))) if i not in set(personal)}
    kept = dict(sorted(kept.items(), key=lambda entry: entry[1]))
    whole = [(number, row) for number, row in body if len(row) == len(names)]
    index = pd.Index([number for number, _ in whole], dtype="int64", name="row")
    responses = pd.DataFrame(
        {column: pd.array([" ".join(row[i].split()) for _, row in whole], dtype="str") for column, i in kept.items()},
        index=index,
    )
    digests = pd.Series([digest_bytes("\x1f".join(row).encode()) for _, row in whole], index=index, dtype="str")
    return Export(
        name=name,
        digest=digest_bytes(content),
        responses=responses,
        row_digests=digests,
        texts={column: " ".join(texts[i].split()) for column, i in kept.items()},
        dropped=tuple(names[i] for i in personal),
        faults=tuple(faults),
    )


def _content(path: Path) -> bytes:
    def refuse(message: str, remedy: str) -> UserError:
        name = (path.name or str(path)).encode("utf-8", "replace").decode()
        return UserError([Problem(name, "", "", message, remedy)])

    try:
        if path.is_dir():
            raise refuse("is a folder, not a file", "give the path of the export file itself")
        if not path.exists():
            raise refuse("there is no such file", "check the path after EXPORT=")
        if path.suffix.lower() != ".csv":
            kind = f"`{path.suffix}` files" if path.suffix else "files without an ending such as `.csv`"
            raise refuse(f"{kind} cannot be read yet", "export the responses as CSV")
        content = path.read_bytes()
    except OSError as error:
        raise refuse(f"cannot be read: {error.strerror}", "check the path and the file's permissions") from error
    if not content.removeprefix(codecs.BOM_UTF8).strip():
        raise refuse("the file is empty", "export the responses again")
    return content


def _records(name: str, content: bytes, faults: list[Problem]) -> list[tuple[int, list[str]]]:
    """Records with their numbers; blank ones are counted, as a spreadsheet does, and left out."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(
            [Problem(name, f"byte {error.start + 1}", "", "is not UTF-8 text", "export as CSV with UTF-8 encoding")]
        ) from error
    records: list[tuple[int, list[str]]] = []
    number = 0
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), 1):
            if any(cell.strip() for cell in row):
                records.append((number, row))
    except csv.Error as error:
        message = f"the file ends or breaks inside a record ({error})"
        remedy = "the file was cut off or edited by hand: export it again"
        faults.append(Problem(name, f"row {number + 1}", "", message, remedy))
    return records


def _import_id(cell: str) -> str:
    """The ImportId of a third-row cell: JSON, or the Python form of older exports; empty if it is neither."""
    if not cell.lstrip().startswith("{"):
        return ""
    for read in (json.loads, ast.literal_eval):
        try:
            with warnings.catch_warnings(action="ignore"):  # of Python about a text that is no Python
                value = read(cell)
        except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
            continue
        if isinstance(value, dict) and isinstance(value.get("ImportId"), str):
            return str(value["ImportId"])
    return ""


def _shape_faults(
    name: str, header: Sequence[Sequence[str]], body: Sequence[tuple[int, Sequence[str]]], content: bytes
) -> Iterable[Problem]:
    names = header[0]
    for column in sorted({column for column in names if names.count(column) > 1}):
        yield Problem(name, "row 1", column, "two columns have one name", "rename one in Qualtrics and export again")
    again = "export the file again, without editing it by hand"
    lengths: dict[int, list[int]] = {}
    for number, row in [*enumerate(header, 1), *body]:
        if len(row) != len(names):
            lengths.setdefault(len(row), []).append(number)
    last, final = body[-1] if body else (0, [])
    for length, numbers in lengths.items():
        cut = numbers == [last] and length < len(names)
        what = "the file is cut off inside a record" if cut else "a row of another length"
        yield Problem(name, rows_text(numbers), f"{length} cells instead of {len(names)}", what, again)
    others = [row[-1] for _, row in body[:-1] if len(row) == len(names)]
    if others and len(final) == len(names) and not content.endswith((b"\n", b"\r")) and final[-1] not in others:
        # The last cell may be the beginning of a longer one: no other row has its like, and no line end closes it.
        yield Problem(name, f"row {last}", "", "the file seems to be cut off inside its last cell", again)
    if not body:
        yield Problem(name, "row 4", "", "there is no response below the header rows", "export again")
