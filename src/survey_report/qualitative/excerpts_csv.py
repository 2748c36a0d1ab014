"""Coded excerpts from a plain CSV table, for a study without a project file.

One row a coded excerpt, UTF-8, the first row naming the columns:

| column | meaning |
|---|---|
| `source` | name of the source; required |
| `method` | `survey`, `focus group` or `interview`, or what the study's names say; required |
| `code` | names of the code and of those above it, from the top, joined by ` > `; empty for a source without codes |
| `text` | the excerpt |
| `respondent` | who gave an answer, in whatever way; without it each source counts as one person |
| `service`, `sector`, `role`, `area` | as in a corpus; the same in every row of one source |
| `coder` | whoever coded it |
| `start`, `end` | first character and the one after the last in the source's text; both or neither |
| `valence` | valence of the code; the same in every row of one code |

The columns after `text` may be left out. The whole text of a source is not known, so agreement can be reckoned by
source only, and such a corpus cannot be written as a project file.
"""

from __future__ import annotations

import csv
import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path

from survey_report.errors import Problem, raise_if_any
from survey_report.qualitative.corpus import STEP, CodeRecord, Corpus, ExcerptRecord, SourceRecord, assemble, clean
from survey_report.qualitative.naming import Naming
from survey_report.qualitative.offsets import plain
from survey_report.study import METHODS, TRAITS
from survey_report.study_fields import LARGEST_TABLE, too_large

NEEDED = ("source", "method", "code", "text")
OPTIONAL = (*TRAITS[1:], "coder", "start", "end", "valence")
PRIVATE = ("respondent", "text")
Code = tuple[str, ...]


class Table:
    """Rows of one file, and what is wrong with them, each problem with its row and column."""

    def __init__(self, path: Path) -> None:
        self.file = path.name
        self.problems: list[Problem] = []
        self.rows: list[dict[str, str]] = []
        try:
            if path.stat().st_size > LARGEST_TABLE:
                self._whole("", *too_large(LARGEST_TABLE))
                return
            with path.open(encoding="utf-8-sig", newline="") as handle:
                records = list(csv.reader(handle, strict=True))
        except FileNotFoundError:
            self._whole("", "there is no such file", "check the path")
        except (OSError, csv.Error, UnicodeDecodeError):
            self._whole("", "is not readable CSV in UTF-8", "save it as CSV UTF-8")
        else:
            self._fill(records)

    def note(self, row: int, column: str, message: str, remedy: str) -> None:
        """Record one problem with a cell; its value is repeated unless people may have written it."""
        value = "" if column in PRIVATE else self.rows[row - 2][column][:80]
        self.problems.append(Problem(self.file, f"row {row}, column {column}", value, message, remedy))

    def _whole(self, place: str, message: str, remedy: str, value: str = "") -> None:
        self.problems.append(Problem(self.file, place, value, message, remedy))

    def _fill(self, records: Sequence[Sequence[str]]) -> None:
        header = [name.strip() for name in records[0]] if records else []
        for name in NEEDED:
            if name not in header:
                self._whole("row 1", f"column `{name}` is missing", "add the column")
        for name in dict.fromkeys(header):
            if name not in (*NEEDED, *OPTIONAL):
                close = difflib.get_close_matches(name, [*NEEDED, *OPTIONAL], 1)
                remedy = f"did you mean `{close[0]}`?" if close else f"columns: {', '.join((*NEEDED, *OPTIONAL))}"
                self._whole("row 1", "is no column of this table", remedy, name)
            if header.count(name) > 1:
                self._whole("row 1", "stands there twice", "give each column a name of its own", name)
        empty = dict.fromkeys((*NEEDED, *OPTIONAL), "")
        for number, record in enumerate(records[1:], 2):
            if record and len(record) != len(header):
                cells = f"{len(record)} cells instead of {len(header)}"
                self._whole(f"row {number}", "has another length", "put texts with commas in quotes", cells)
            self.rows.append(empty | dict(zip(header, record, strict=False)))


def read_excerpts_csv(path: Path, naming: Naming | None = None) -> Corpus:
    """Read a table of coded excerpts.

    Raises UserError with every problem: the row, the column, the value and what to do.
    """
    naming = naming or Naming()
    table = Table(path)
    raise_if_any(table.problems)
    sources: dict[str, tuple[int, int, dict[str, str]]] = {}  # place, first row, traits
    codes: dict[Code, tuple[int, str]] = {}  # first row, valence
    excerpts = []
    for number, row in enumerate(table.rows, 2):
        if not any(row.values()):
            continue
        name = clean(row["source"])
        if not name:
            table.note(number, "source", "is empty", "name the source of the excerpt")
        traits = {column: naming.value(column, row[column]) for column in TRAITS}
        place, first, known = sources.setdefault(name, (len(sources), number, traits))
        _check_traits(table, number, traits, first, known)
        code = _code(table, number, row)
        if code:
            valence = row["valence"].strip()
            first, told = codes.setdefault(code, (number, valence))
            if valence != told:
                message = f"differs from another row of the code: row {first} says `{told}`"
                table.note(number, "valence", message, "make them agree")
            start, end, text = _stretch(table, number, row)
            excerpts.append(ExcerptRecord(place, code, row["coder"].strip() or None, start, end, text))
    raise_if_any(table.problems)
    records = [SourceRecord(name, "", traits) for name, (_, _, traits) in sources.items()]
    return assemble(records, _with_parents({code: told for code, (_, told) in codes.items()}, naming), excerpts)


def _check_traits(table: Table, row: int, traits: Mapping[str, str], first: int, known: Mapping[str, str]) -> None:
    if traits["method"] not in METHODS:
        message = "is no method" if traits["method"] else "is empty"
        table.note(row, "method", message, f"use one of: {', '.join(METHODS)}")
    for column in TRAITS:
        if traits[column] != known[column]:
            says = "another" if column in PRIVATE else f"`{known[column]}`"
            message = f"differs from another row of the source: row {first} says {says}"
            table.note(row, column, message, "make them agree")


def _code(table: Table, number: int, row: Mapping[str, str]) -> Code:
    """Names from the top; empty for a row without a code."""
    if not row["code"].strip():
        if row["text"].strip():
            table.note(number, "code", "is empty beside a text", "name the code of this excerpt")
        return ()
    code = tuple(clean(name) for name in row["code"].split(STEP.strip()))
    if not all(code):
        table.note(number, "code", "has an empty name in its path", f"write names joined by `{STEP}`")
    return code


def _stretch(table: Table, number: int, row: Mapping[str, str]) -> tuple[int | None, int | None, str]:
    """Start, end and text of an excerpt."""
    text = plain(row["text"])
    told = {column: row[column].strip() for column in ("start", "end")}
    if not any(told.values()):
        return None, None, text
    for column, value in told.items():
        if not (value.isascii() and value.isdecimal() and len(value) < 12):
            table.note(number, column, "should be a whole number", "count characters from 0, or leave both empty")
            return None, None, text
    start, end = int(told["start"]), int(told["end"])
    if end < start:
        table.note(number, "end", f"lies before the start, {start}", "correct the positions")
    elif text and end - start != len(text):
        message = f"is {end - start:,} characters after the start, but the text has {len(text):,}"
        table.note(number, "end", message, "correct the positions, or leave both empty")
    return start, end, text


def _with_parents(codes: Mapping[Code, str], naming: Naming) -> list[CodeRecord]:
    """The codes and all codes above them."""
    paths = dict.fromkeys(code[:length] for code in codes for length in range(1, len(code) + 1))
    return [
        CodeRecord(path, path[-1], path[:-1] or None, codes.get(path, "") or naming.of_code(path[-1])) for path in paths
    ]
