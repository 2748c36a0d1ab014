"""Putting a decided mapping to use: the export under the study's names, with the study's answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from survey_report.errors import Problem
from survey_report.exports.export import Export
from survey_report.exports.metadata import complete_metadata
from survey_report.mapping.table import ABSENT, PLACE, YES, Row, answers_of
from survey_report.spelling import meant, spelling
from survey_report.study import Study

# What an export tells of its columns, by their names.
BY_COLUMN = ("texts", "import_ids", "values", "missing", "declared", "not_asked", "original_names", "respaced")


def apply_mapping(export: Export, rows: Sequence[Row], study: Study) -> Export:
    """The export with columns renamed and answers replaced as decided.

    Columns decided against no longer bear a name of the study. A question that was not asked gets an empty column, so
    that all its numbers are not shown. Problems (undecided rows, two columns for one question) are added to the
    export's faults, what was left out to its notes.
    """
    by_id = {question.id: question for question in study.asked}
    present = set(map(str, export.responses.columns))
    chosen = {row.column: by_id[row.question].column for row in rows if _used(row) and row.column in present}
    refused = {row.column for row in rows if row.kind in ("column", "unused") and row.decision != YES}
    ours = {question.column for question in study.asked}
    names = set(chosen.values())
    aside = {name for name in present - chosen.keys() if name in names or (name in refused and name in ours)}
    renaming = {**{name: f"{name} (not used)" for name in aside}, **chosen}
    faults = tuple(_faults(rows, chosen, present))
    changed = replace(export, faults=(*export.faults, *faults))
    if len(names) < len(chosen):
        return changed  # two columns of one name could not be told apart; the faults say so
    responses = export.responses.rename(columns=renaming)
    answered = {row.question for row in rows if _used(row) and row.column in present}
    left = [by_id[row.question] for row in rows if row.kind == "missing" and row.decision == ABSENT]
    absent = [question for question in left if question.id not in answered and question.column not in responses]
    for question in absent:
        responses[question.column] = pd.Series("", index=responses.index, dtype="str")
    responses, count = _with_answers(responses, rows, study)
    notes = [f"not asked, as the mapping says: {', '.join(q.id for q in absent)}"] if absent else []
    notes += [f"{count:,} single answers counted as none, as the mapping says"] if count else []
    told: dict[str, Any] = {
        field: {renaming.get(name, name): value for name, value in getattr(export, field).items()}
        for field in BY_COLUMN
    }
    return complete_metadata(replace(changed, responses=responses, notes=(*export.notes, *notes), **told))


def _used(row: Row) -> bool:
    return row.kind == "column" and row.decision == YES


def _faults(rows: Sequence[Row], chosen: Mapping[str, str], present: set[str]) -> Iterable[Problem]:
    answered = {row.question for row in rows if _used(row) and row.column in present}
    again = "write yes or no as `decision`, or correct the row; `survey-report map` proposes anew"
    for number, row in enumerate(rows, 2):
        place = f"row {number}"
        if row.kind == "column" and not row.decision and row.column in present and row.question not in answered:
            yield Problem(PLACE.name, place, row.column, f"it is not decided whether this is `{row.question}`", again)
        elif row.kind == "missing" and not row.decision and row.question not in answered:
            remedy = "name its column in a row of kind `column`, or write absent as `decision`"
            yield Problem(PLACE.name, place, row.question, "this question has no column in the export", remedy)
        elif row.kind == "answer" and not row.decision:
            message = f"it is not decided which answer to `{row.question}` this is"
            remedy = "write yes as `decision` with a category, or no where it counts as no answer"
            yield Problem(PLACE.name, place, row.answer[:80], message, remedy)
    for column, times in Counter(chosen.values()).items():
        if times > 1:
            names = ", ".join(name for name, target in chosen.items() if target == column)
            yield Problem(
                PLACE.name,
                "column",
                names,
                f"{times} columns are taken for `{column}`",
                "write yes for the one that is right, no for the others",
            )


def _with_answers(responses: pd.DataFrame, rows: Sequence[Row], study: Study) -> tuple[pd.DataFrame, int]:
    """Answers as the study spells them; those decided against become blank and are counted."""
    replaced: dict[str, dict[str, str]] = {}
    for row in rows:
        if row.kind == "answer" and row.decision:
            text = answers_of(study, row.question)[row.category] if row.decision == YES else ""
            replaced.setdefault(row.question, {})[spelling(row.answer)] = text
    count = 0
    for question in study.asked:
        table = replaced.get(question.response_set or question.item, {})
        if not table or question.type == "open" or question.column not in responses:
            continue
        column = responses[question.column]
        found = meant(column, table)
        count += int(((found == "") & (column != "")).sum())
        responses[question.column] = column.where(found.isna() | (column == ""), found).astype("str")
    return responses, count
