"""What stands behind a number: its base, the table it stands in, the notebook, and what the published report prints."""

from __future__ import annotations

import csv
import json
import posixpath
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from survey_report.handover import RECONCILIATION
from survey_report.numbers import Number
from survey_report.register import Figure, Register
from survey_report.results_file import read_results

RELATIONS = {
    "<": "under ",
    "<=": "at most ",
    ">": "over ",
    ">=": "at least ",
    "is_max": "largest, ",
    "is_min": "smallest, ",
}


@dataclass(frozen=True)
class Printed:
    """A row of the register: what is printed, what this rendering computes, how they stand to each other, and where."""

    id: str
    published: str
    here: str
    status: str
    where: str


@dataclass(frozen=True)
class NumberFacts:
    """Numbers and the notebook runs that made them, by key; published figures by the key they speak of, and by id."""

    numbers: Mapping[str, Number]
    runs: Mapping[str, str]
    printed: Mapping[str, tuple[Printed, ...]]
    rows: Mapping[str, Printed]

    def of_number(self, number: Number) -> list[Printed]:
        """The published figures that speak of a number: those of its key, and the row that it reproduces."""
        found = {row.id: row for row in self.printed.get(number.key, ())}
        if number.figure in self.rows:
            found.setdefault(number.figure, self.rows[number.figure])
        return list(found.values())

    def of_source(self, label: str) -> list[tuple[Number, Printed]]:
        """Published figures of one table, each once, in the order of the numbers."""
        found: dict[str, tuple[Number, Printed]] = {}
        for number in self._by_source.get(label, ()):
            for row in self.of_number(number):
                found.setdefault(row.id, (number, row))
        return list(found.values())

    @cached_property
    def _by_source(self) -> Mapping[str, Sequence[Number]]:
        found: dict[str, list[Number]] = {}
        for number in self.numbers.values():
            found.setdefault(number.source, []).append(number)
        return found


def read_facts(build: Path, register: Register) -> NumberFacts:
    """NumberFacts of a rendering from its results, its sections' numbers and its reconciliation."""
    numbers, _ = read_results(build)
    runs: dict[str, str] = {}
    for path in sorted((build / "numbers").glob("*.json")):
        for key in json.loads(path.read_text(encoding="utf-8"))["numbers"]:
            runs[key] = path.stem
    with (build / RECONCILIATION).open(encoding="utf-8", newline="") as handle:
        lines = {row["id"]: row for row in csv.DictReader(handle)}
    rows = {figure.id: _printed(figure, lines[figure.id]) for figure in register.figures if figure.id in lines}
    printed = {key: tuple(rows[f.id] for f in figures if f.id in rows) for key, figures in register.by_key.items()}
    return NumberFacts(numbers, runs, printed, rows)


def _printed(figure: Figure, line: Mapping[str, str]) -> Printed:
    sign = "%" if figure.unit == "percent" else ""
    published = f"{RELATIONS.get(figure.relation, '')}{line['published']}{sign if line['published'] else ''}"
    here = f"{line['reproduced']}{sign}" if line["reproduced"] else ""
    return Printed(figure.id, published, here, line["status"], figure.where)


def page_data(
    keys: Iterable[str], facts: NumberFacts, places: Mapping[str, tuple[str, str]], page: str, register: str
) -> Any:
    """What the numbers of one page rest on, for its script.

    `places` holds name and address (from the root) of tables by label and of notebooks by run; `register` is the
    address of the register's page, empty without one. Numbers are [kind, base, source, run, rows of the register].
    """
    here = posixpath.dirname(page)
    named: dict[str, list[str]] = {}

    def name(key: str) -> str:
        if key not in places:
            return ""
        words, address = places[key]
        named.setdefault(key, [words, _from(here, address)])
        return key

    numbers = {}
    for key in keys:
        number = facts.numbers.get(key)
        if number is None:
            continue
        rows = [[row.id, row.published, row.here, row.status, row.where] for row in facts.of_number(number)]
        numbers[key] = [number.kind, number.base, name(number.source), name(facts.runs.get(key, "")), rows]
    return {"register": _from(here, register) if register else "", "places": named, "numbers": numbers}


def _from(folder: str, address: str) -> str:
    path, sign, anchor = address.partition("#")
    return posixpath.relpath(path, folder or ".") + sign + anchor
