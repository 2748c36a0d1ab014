"""Published figures as rows that checks can ask about: what is printed, of what, and how precisely."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from pathlib import Path

import pandas as pd

from survey_report.errors import Problem, raise_if_any
from survey_report.figure_checks.rounding import Span, span_of
from survey_report.study_fields import read_table

COLUMNS = [
    "id", "section", "kind", "source", "scale", "item", "group_by", "group", "measure", "period", "relation",
    "value", "value_high", "unit", "decimals", "where", "basis",
]  # fmt: skip
OVERALL = "overall"
ALL_SCALES = "all"  # in the column `scale`: a statement about every scale at once
Subject = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class Printed:
    """One row of a register; the columns as they stand there, `value` and `value_high` as exact numbers."""

    id: str
    section: str
    kind: str
    source: str
    scale: str
    item: str
    group_by: str
    group: str
    measure: str
    period: str
    relation: str
    unit: str
    where: str
    basis: str
    theme: str
    decimals: int
    value: Fraction | None
    value_high: Fraction | None

    @cached_property
    def subject(self) -> Subject:
        """Of whom and what the figure is, apart from its measure."""
        return (self.scale, self.item, self.group_by, self.group, self.period)

    @property
    def number(self) -> Fraction:
        """The printed number; ValueError for a row without one."""
        if self.value is None:
            raise ValueError(f"{self.id} has no number")
        return self.value

    @cached_property
    def span(self) -> Span:
        """What the number can have been before it was rounded; a count is exact."""
        return span_of(self.number, None if "count" in (self.kind, self.unit) else self.decimals)

    @property
    def text(self) -> str:
        """The number as it is printed."""
        return printed_text(self.number, self.decimals)


def printed_text(value: Fraction, decimals: int) -> str:
    """A number with its decimals and with commas between thousands."""
    return f"{float(value):,.{decimals}f}"


@dataclass(frozen=True)
class Figures:
    """All rows of a register, in its order."""

    rows: tuple[Printed, ...]

    @cached_property
    def exact(self) -> tuple[Printed, ...]:
        """Rows that print one number."""
        return tuple(row for row in self.rows if row.relation == "=" and row.value is not None)

    @cached_property
    def by_measure(self) -> Mapping[str, tuple[Printed, ...]]:
        """Rows that print one number, by measure."""
        found: dict[str, list[Printed]] = {}
        for row in self.exact:
            found.setdefault(row.measure, []).append(row)
        return {measure: tuple(rows) for measure, rows in found.items()}

    @cached_property
    def by_subject(self) -> Mapping[tuple[str, Subject], tuple[Printed, ...]]:
        """Rows that print one number, by measure and subject; the most precise first."""
        found: dict[tuple[str, Subject], list[Printed]] = {}
        for row in self.exact:
            found.setdefault((row.measure, row.subject), []).append(row)
        return {key: tuple(sorted(rows, key=lambda row: -row.decimals)) for key, rows in found.items()}

    def at(self, measure: str, subject: Subject) -> Printed | None:
        """The most precise printed number of a measure for a subject."""
        rows = self.by_subject.get((measure, subject))
        return rows[0] if rows else None

    def overall(self, measure: str, scale: str = "") -> Printed | None:
        """The first printed number of a measure that takes everybody; of a scale if one is given."""
        rows = self.by_measure.get(measure, ())
        return next((row for row in rows if row.scale == scale and not row.item and row.group_by == OVERALL), None)

    @cached_property
    def _bounds(self) -> Mapping[str, tuple[Printed, ...]]:
        found: dict[str, list[Printed]] = {}
        for row in self.rows:
            if row.relation in ("<", "<=", ">", ">=") and row.value is not None:
                found.setdefault(row.measure, []).append(row)
        return {measure: tuple(rows) for measure, rows in found.items()}

    def bounds(self, measure: str) -> tuple[Printed, ...]:
        """Rows that bound a measure instead of stating it."""
        return self._bounds.get(measure, ())

    def groups(self, grouping: str) -> tuple[Printed, ...]:
        """Printed numbers of respondents in the categories of a grouping, one a category."""
        rows = (row for row in self.by_measure.get("n", ()) if row.group_by == grouping and not row.scale)
        return tuple({row.group: row for row in rows}.values())

    def with_number(self, ids: Iterable[str], value: Fraction) -> Figures:
        """The same register with another number in some rows."""
        changed = set(ids)
        return Figures(tuple(replace(row, value=value) if row.id in changed else row for row in self.rows))

    def without(self, ids: Iterable[str]) -> Figures:
        """The same register without some rows."""
        gone = set(ids)
        return Figures(tuple(row for row in self.rows if row.id not in gone))


def figures_of(frame: pd.DataFrame) -> Figures:
    """A register given as a frame with the columns of published.csv, all text (`theme_id` may be missing)."""
    records = frame.to_dict("records")
    return Figures(tuple(_row({str(key): str(value) for key, value in record.items()}) for record in records))


def read_frame(path: Path) -> pd.DataFrame:
    """A register file as a frame of text; UserError for a missing file or column."""
    problems: list[Problem] = []
    rows = read_table(path, COLUMNS, problems)
    raise_if_any(problems)
    return pd.DataFrame(rows, dtype=str)


def _row(record: Mapping[str, str]) -> Printed:
    texts = {name: record[name] for name in COLUMNS if name not in ("value", "value_high", "decimals")}
    return Printed(
        **texts,
        theme=record.get("theme_id", ""),
        decimals=int(record["decimals"] or 0),
        value=Fraction(record["value"]) if record["value"] else None,
        value_high=Fraction(record["value_high"]) if record["value_high"] else None,
    )
