"""The two steps for an export or a survey of one's own: proposing a mapping, drafting a study."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd

from survey_report.cleaning import reasons
from survey_report.drafting.batteries import batteries_of, unordered_lists
from survey_report.drafting.columns import Column, columns_of
from survey_report.drafting.dictionary import is_dictionary, read_dictionary
from survey_report.drafting.folder import UNUSED, Naming, draft_study
from survey_report.drafting.shapes import shape_of
from survey_report.errors import Problem, UserError, raise_if_any
from survey_report.escaping import one_line
from survey_report.exports.export import Export
from survey_report.exports.metadata import NAMES
from survey_report.exports.read import read_export
from survey_report.mapping.proposing import propose
from survey_report.mapping.table import ABSENT, NO, YES, Row, mapping_path, read_mapping, write_mapping
from survey_report.rare_answers import OFFERED, PLACE
from survey_report.spelling import spelling
from survey_report.study import MIN_CELL, MIN_GROUP, Study
from survey_report.wording import listing

Log = Callable[[str], object]
DATES = ("StartDate", "EndDate")


def map_export(path: Path, study: Study, *, accept: bool, log: Log = print) -> Path:
    """Propose how an export fits a study and write the study's mapping; decisions made before stay.

    `accept` takes every proposal that is made. Returns the mapping's path. Raises UserError for a file that cannot be
    read.
    """
    export = read_export(path)
    raise_if_any(export.faults)
    rows = propose(export, study, read_mapping(study))
    if accept:
        rows = [_accepted(row) for row in rows]
    target = mapping_path(study)
    write_mapping(target, rows)
    for line in _told(rows):
        log(line)
    log(f"the mapping is at {target.as_posix()}")
    return target


def _accepted(row: Row) -> Row:
    if row.decision or row.kind == "unused":
        return row
    without = {"answer": NO, "missing": ABSENT}
    return replace(row, decision=YES if row.kind == "column" or row.category else without[row.kind])


def _told(rows: Sequence[Row]) -> list[str]:
    """What was matched, what is open and what has no match, on both sides."""
    columns = [row for row in rows if row.kind == "column"]
    answers = [row for row in rows if row.kind == "answer"]
    taken = sum(row.decision == YES for row in columns)
    lines = [f"{taken} columns and {sum(row.decision == YES for row in answers)} answers are matched"]
    undecided = [row for row in rows if not row.decision and row.kind in ("column", "answer")]
    if undecided:
        lines.append(f"{len(undecided)} proposals to decide (write yes or no under `decision`):")
        for row in undecided:
            if row.kind == "column":
                lines.append(f"  column {row.column} -> {row.question}? confidence {row.confidence:.2f}")
            else:
                told = f"-> {row.category}? confidence {row.confidence:.2f}" if row.category else "matches no answer"
                lines.append(f"  answer `{row.answer[:60]}` to {row.question} {told}")
    missing = [row for row in rows if row.kind == "missing" and not row.decision]
    if missing:
        lines.append(f"{len(missing)} questions of the study without a column (name one, or write absent):")
        lines += [f"  {row.note[:100]}" for row in missing]
    unused = [row for row in rows if row.kind == "unused"]
    if unused:
        lines.append(f"{len(unused)} columns of the export that match no question, left unused:")
        lines += [f"  {row.column}" for row in unused]
    return lines


def new_study(
    source: Path,
    folder: Path,
    *,
    title: str,
    organisation: str,
    opened: date | None,
    closed: date | None,
    real: bool,
    log: Log = print,
    agreed: Callable[[Sequence[str]], bool] = lambda doubts: True,
) -> Study:
    """Draft a study from an export, or from a data dictionary (a CSV that begins `column,text,answers`).

    The dates of the fieldwork are read from the export where it has them. `real` declares the export to hold real
    answers. `agreed` is asked whether the study is written as it stands, with what is in doubt of it. Raises UserError
    for what cannot be read or drafted, and where the answer is no.
    """
    if is_dictionary(source):
        columns = read_dictionary(source)
        _ask(doubts_of(columns), source.name, agreed)
        first, last = _days(opened, closed, source, None)
        naming = Naming(title or _title(folder), organisation, first, last)
        study = draft_study(folder, columns, naming, {})
    else:
        export = read_export(source)
        raise_if_any(export.faults)
        _check_header(export)
        columns = columns_of(export)
        counted = export.responses[reasons(export) == "complete"]
        _check_number(export.name, len(counted), columns)
        sizes = {column.name: _sizes(counted[column.name]) for column in columns if column.kind == "closed"}
        first, last = _days(opened, closed, source, export)
        _ask(doubts_of(columns), export.name, agreed)
        digest = export.digest if real else ""
        naming = Naming(title or _title(folder), organisation, first, last, str(source.resolve()), digest)
        study = draft_study(folder, columns, naming, sizes)
    for line in _drafted(study, columns):
        log(line)
    return study


def doubts_of(columns: Sequence[Column]) -> list[str]:
    """A sentence for everything that the answers do not tell and the draft takes for granted."""
    told = [one_line(f"{battery.id}, {doubt}") for battery in batteries_of(columns) for doubt in battery.doubts]
    told += [one_line(f"{column.told}: {column.doubt}") for column in columns if column.doubt]
    return told + list(map(one_line, unordered_lists(columns)))


def _ask(doubts: Sequence[str], name: str, agreed: Callable[[Sequence[str]], bool]) -> None:
    """UserError where a person does not want the draft with its doubts."""
    if doubts and not agreed(doubts):
        remedy = "write the answers in order into a data dictionary and draft from it, or say yes to the draft"
        raise UserError([Problem(name, "", "", "the draft is not wanted with what is in doubt", remedy)])


def _title(folder: Path) -> str:
    text = folder.name.replace("-", " ")
    return text[:1].upper() + text[1:]


def _check_header(export: Export) -> None:
    """UserError for a table whose first row is somebody's answers: these would be taken for names of columns."""
    asked = [str(name) for name in export.responses.columns if name not in NAMES.values()]
    answers = {name: {spelling(str(answer)) for answer in export.responses[name].unique()} for name in asked}
    odd = [name for name in asked if shape_of(name) or (len(answers[name]) > 2 and spelling(name) in answers[name])]
    if export.form == "plain" and 2 * len(odd) > len(asked):
        what = "the first row seems to hold somebody's answers, not the names of the columns"
        raise UserError([Problem(export.name, "row 1", "", what, "put a row with the names of the questions above it")])


def _check_number(name: str, respondents: int, columns: Sequence[Column]) -> None:
    """UserError where so few answered that nothing can be drafted from what they said."""
    if respondents < MIN_GROUP and not any(column.kind in ("rated", "closed") for column in columns):
        what = f"{respondents} complete responses, fewer than min_group, which is {MIN_GROUP}: no report is made"
        remedy = "wait until more people have answered, or draft the study from a data dictionary"
        raise UserError([Problem(name, "", "", what, remedy)])


def _sizes(answers: pd.Series[str]) -> Mapping[str, int]:
    return {str(answer): int(n) for answer, n in answers.value_counts().items() if answer != ""}


def _days(opened: date | None, closed: date | None, source: Path, export: Export | None) -> tuple[date, date]:
    """First and last day of the fieldwork: as told, else from the export."""
    found: list[date] = []
    if export is not None:
        for name in DATES:
            if name in export.responses:
                read = pd.to_datetime(export.responses[name].str.slice(0, 10), format="%Y-%m-%d", errors="coerce")
                found += [day.date() for day in read.dropna()]
    first, last = opened or min(found, default=None), closed or max(found, default=None)
    if first is None or last is None:
        remedy = "give them as --opened YYYY-MM-DD --closed YYYY-MM-DD"
        raise UserError([Problem(source.name, "", "", "does not tell when the survey was open", remedy)])
    return first, last


def _drafted(study: Study, columns: Sequence[Column]) -> list[str]:
    items = sum(len(scale.items) for scale in study.scales)
    lines = [
        f"drafted {study.folder.as_posix()}: {items} rated questions in {len(study.scales)} scales, "
        f"{len(study.groupings)} groupings, {len(study.open_questions)} open questions",
    ]
    lines += [f"  scale {scale.id}: {len(scale.items)} items, {scale.title}" for scale in study.scales]
    lines += [f"  grouping {grouping.id}: {len(grouping.categories)} groups" for grouping in study.groupings]
    if few := [column for column in columns if column.other]:
        lines.append(
            f"  answers of fewer than {MIN_CELL} people and free values count as other in "
            f"{listing([c.told for c in few])}; they stand in {(study.folder / PLACE).as_posix()}: "
            f"write {OFFERED} as decision for one that could be chosen"
        )
    if own := [column for column in columns if column.kind == "rated" and column.rare]:
        number = sum(people for column in own for _, people in column.rare)
        lines.append(
            f"  {number} answers that are none of the scale's count as missing in {listing([c.told for c in own])}; "
            f"they stand in {(study.folder / PLACE).as_posix()}"
        )
    if doubts := doubts_of(columns):
        lines.append(f"  {len(doubts)} in doubt: look at these first")
        lines += [f"    {doubt}" for doubt in doubts]
    without = "left out, without answers or with one answer only"
    reasons_why = {"empty": without, "constant": without, "aside": "left out, since it ", "open": "own words, since "}
    told: dict[str, list[str]] = {}
    for column in columns:
        if column.kind in UNUSED or column.why:
            told.setdefault(reasons_why[column.kind] + column.why, []).append(column.told)
    lines += [f"  {what}: {', '.join(names)}" for what, names in told.items()]
    return [
        *lines,
        "everything in it is a guess: look at study.yml, instrument.csv and categories.csv before you use it",
    ]
