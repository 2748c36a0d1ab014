"""Reading the study's YAML and CSV files key by key, collecting what is wrong instead of stopping at the first."""

from __future__ import annotations

import csv
import difflib
import reprlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml
from yaml.composer import ComposerError

from survey_report.cells import as_given
from survey_report.errors import Problem, UserError
from survey_report.escaping import visible

LARGEST_YAML, LARGEST_TABLE = 2_000_000, 100_000_000  # bytes
DEEPEST, LONGEST_NUMBER, MOST_GUESSES = 50, 100, 100
NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
NOT_OWN = "is no file of the study's own folder"
OWN_FOLDER = "put the file into the study's folder, and write its place in that folder, without `..`"
SHORTENED = reprlib.Repr()
SHORTENED.maxstring = SHORTENED.maxother = SHORTENED.maxlong = 80


def too_large(limit: int) -> tuple[str, str]:
    """Message and remedy for a file of a study that is larger than `limit` bytes."""
    return f"is larger than {limit // 1_000_000:,} MB, the most that is read", "check that it is the study's own file"


class Fields:
    """A mapping from a file; `take` returns a value of the wanted type or notes a problem and returns a stand-in.

    The stand-in only keeps the reading going: the caller raises all problems before it is used.
    """

    def __init__(self, data: object, file: str, place: str, problems: list[Problem]) -> None:
        self.file, self.place, self.problems = file, place, problems
        self.data: Mapping[str, Any] = data if isinstance(data, Mapping) else {}
        if not isinstance(data, Mapping):
            self.note("", data, "should hold keys and values", "write it as `key: value` lines")
        self.taken: set[str] = set()

    def note(self, key: str, value: object, message: str, remedy: str) -> None:
        """Record one problem at `key`."""
        place = ".".join(part for part in (self.place, key) if part)
        self.problems.append(Problem(self.file, place, "" if value is None else shown(value), message, remedy))

    def text(self, key: str, default: str | None = None) -> str:
        """A text; `default` makes the key optional."""
        return str(self._take(key, str, "", default))

    def number(self, key: str, low: float, high: float) -> float:
        """A number between low and high, both included."""
        value = self._take(key, (int, float), low, None)
        if isinstance(value, bool) or not low <= value <= high:
            self.note(key, value, f"should be a number from {low:g} to {high:g}", "correct the value")
            return float(low)
        return float(value)

    def whole(self, key: str, low: int, high: int) -> int:
        """A whole number between low and high, both included."""
        value = self.number(key, low, high)
        if not value.is_integer():
            self.note(key, value, "should be a whole number", "correct the value")
        return int(value)

    def flag(self, key: str, default: bool | None = None) -> bool:
        """true or false."""
        return bool(self._take(key, bool, False, default))

    def day(self, key: str) -> date:
        """A date written as YYYY-MM-DD."""
        value = self._take(key, date, date(1970, 1, 1), None)
        if isinstance(value, datetime):  # is a date for Python, but cannot be compared with one
            self.note(key, value, "should be a date such as 2023-07-21, without a time", "remove the time")
            return value.date()
        return value if isinstance(value, date) else date(1970, 1, 1)

    def path(self, key: str, folder: Path, default: str | None = None) -> Path | None:
        """The file named under `key`, which lies in `folder`; None for none, or for one that lies elsewhere."""
        name = self.text(key, default)
        if not name:
            return None
        found = inside(folder, name)
        if found is None:
            self.note(key, name, NOT_OWN, OWN_FOLDER)
        return found

    def rows(self, key: str, default: Sequence[object] | None = None) -> list[Any]:
        """A list."""
        return list(self._take(key, list, [], default))

    def part(self, key: str) -> Fields:
        """The mapping under `key`."""
        place = ".".join(part for part in (self.place, key) if part)
        return Fields(self._take(key, Mapping, {}, None), self.file, place, self.problems)

    def each(self, key: str, default: Sequence[object] | None = None) -> list[Fields]:
        """A list of mappings, each with its own place; `default` makes the key optional."""
        place, rows = ".".join(part for part in (self.place, key) if part), self.rows(key, default)
        return [Fields(row, self.file, f"{place}[{i}]", self.problems) for i, row in enumerate(rows, 1)]

    def done(self) -> None:
        """Note the keys that nothing asked for: a misspelt key must not pass unseen."""
        left = [key for key in self.data if key not in self.taken]
        known = sorted(self.taken)
        for number, key in enumerate(left):
            close = difflib.get_close_matches(shown(key), known, 1) if number < MOST_GUESSES else []
            remedy = f"did you mean `{close[0]}`?" if close else f"known keys: {', '.join(known)}"
            self.note(shown(key), self.data[key], "is not a key this file may hold", remedy)

    def _take(self, key: str, kind: Any, stand_in: Any, default: Any) -> Any:
        self.taken.add(key)
        if key not in self.data or self.data[key] is None:
            if default is None:
                self.note(key, None, "is missing", f"add `{key}:` with a value")
                return stand_in
            return default
        value = self.data[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            names = {
                (int, float): "a number",
                str: "a text (quote it)",
                date: "a date such as 2023-07-21",
                list: "a list",
                bool: "true or false",
            }
            want = names.get(kind, "of another type" if kind is not Mapping else "keys and values")
            self.note(key, value, f"should be {want}", "correct the value")
            return stand_in
        return value


def inside(folder: Path, name: str) -> Path | None:
    """The file of that name in a folder; None for a path that leads out of it, links followed."""
    path = Path(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name:
        return None
    try:
        return folder / path if (folder / path).resolve().is_relative_to(folder.resolve()) else None
    except (OSError, RuntimeError):  # links that go in a circle
        return None


def own_file(folder: Path, name: str) -> Path:
    """The file of that name in a study's folder. Raises UserError for a path that leads out of it."""
    found = inside(folder, name)
    if found is None:
        raise UserError([Problem(folder.name, "", name[:80], NOT_OWN, OWN_FOLDER)])
    return found


def shown(value: object) -> str:
    """The beginning of a value as text, cut before the text is made."""
    return (SHORTENED.repr(value) if isinstance(value, list | dict | set | tuple) else str(value))[:80]


class _Bounded(yaml.SafeLoader):
    """Reads YAML whose nodes, those repeated by references included, are no more than a study can need; its texts come
    without characters that nobody sees."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.depth = self.size = 0
        self.sizes: dict[str, int] = {}

    def compose_node(self, parent: Any, index: Any) -> Any:
        """A node, after a look at its depth and its size."""
        event, before = self.peek_event(), self.size  # type: ignore[no-untyped-call]
        if self.check_event(yaml.AliasEvent):
            if event.anchor in self.anchors and event.anchor not in self.sizes:
                raise ComposerError(None, None, "a value refers to itself", event.start_mark)
            self.size += self.sizes.get(event.anchor, 0)
        else:
            self.size += 1 + len(getattr(event, "value", ""))
        self.depth += 1
        if self.depth > DEEPEST:
            raise ComposerError(None, None, f"values are nested more than {DEEPEST} levels deep", event.start_mark)
        node = super().compose_node(parent, index)
        self.depth -= 1
        if self.size > LARGEST_YAML:
            raise ComposerError(None, None, "references repeat more than a study can need", event.start_mark)
        if isinstance(node, yaml.ScalarNode) and node.tag in NUMBERS and len(node.value) > LONGEST_NUMBER:
            raise ComposerError(None, None, f"a number has more than {LONGEST_NUMBER} characters", event.start_mark)
        if event.anchor and not isinstance(event, yaml.AliasEvent):
            self.sizes[event.anchor] = self.size - before
        return node


def _text(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> str:
    return visible(loader.construct_scalar(node))


_Bounded.add_constructor("tag:yaml.org,2002:str", _text)


def read_yaml(path: Path, problems: list[Problem]) -> object:
    """The content of a YAML file; a missing or broken file is a problem and gives an empty mapping."""
    if not path.is_file():
        problems.append(Problem(path.name, "", "", "there is no such file", f"create it in {path.parent.name}/"))
        return {}
    if path.stat().st_size > LARGEST_YAML:
        problems.append(Problem(path.name, "", "", *too_large(LARGEST_YAML)))
        return {}
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_Bounded)
    except UnicodeDecodeError:
        problems.append(Problem(path.name, "", "", "is not UTF-8 text", "save it as UTF-8"))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}" if mark else ""
        what = getattr(error, "problem", None) or str(error).partition("\n")[0]
        problems.append(Problem(path.name, place, "", f"is not readable YAML: {what}", "mend the line"))
    except ValueError as error:  # a day that no calendar has, such as 2023-13-45
        problems.append(Problem(path.name, "", "", f"is not readable YAML: {error}", "correct the date"))
    return {}


def read_table(path: Path, columns: Sequence[str], problems: list[Problem]) -> list[dict[str, str]]:
    """Rows of a CSV file that must have `columns`; what keeps it from being read is a problem and gives no rows.

    Texts that were made harmless for spreadsheets come as they were given.
    """
    found: list[Problem] = []

    def note(place: str, value: str, message: str, remedy: str) -> None:
        found.append(Problem(path.name, place, value, message, remedy))

    rows: list[list[str]] = []
    if not path.is_file():
        note("", "", "there is no such file", f"create it in {path.parent.name}/")
    elif path.stat().st_size > LARGEST_TABLE:
        note("", "", *too_large(LARGEST_TABLE))
    else:
        try:
            with path.open(encoding="utf-8-sig", newline="") as handle:  # spreadsheets put a mark before the first name
                rows = [[visible(cell) for cell in row] for row in csv.reader(handle, strict=True) if row]
        except (csv.Error, UnicodeDecodeError) as error:
            note("", "", f"is not readable CSV in UTF-8: {error}", "save it as CSV UTF-8")
    header = rows[0] if rows else []
    if not found:
        for name in columns:
            if name not in header:
                note("first row", "", f"column `{name}` is missing", "add the column")
        for name in sorted({name for name in header if header.count(name) > 1}):
            note("first row", name, "two columns have one name", "rename one of them")
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(header):
            cells = f"{len(row)} cells instead of {len(header)}"
            note(f"row {number}", cells, "has another length", "put texts with commas in quotes, add empty cells")
    problems.extend(found)
    return [] if found else [dict(zip(header, map(as_given, row), strict=True)) for row in rows[1:]]
