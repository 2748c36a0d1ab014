"""Checking an export against the study before anything is built: every problem with column, rows, value and remedy."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

import pandas as pd

from survey_report.errors import Problem, rows_text
from survey_report.qualtrics import FINISHED, Export
from survey_report.study import Question, Study

RESPONSE_ID, STATUS, COMPLETED = "ResponseId", "Status", "Finished"
MANY_VALUES = 20


def answer_codes(question: Question, study: Study) -> dict[str, str]:
    """Ids of a closed question's answers by their text, case folded; empty for open questions."""
    if question.response_set:
        answers = study.response_sets[question.response_set]
        return {option.answer.casefold(): option.id for option in (*answers.options, *answers.missing)}
    return {category.answer.casefold(): category.id for category in question.categories}


def _answers(question: Question, study: Study) -> list[str]:
    """A closed question's answers as the study spells them."""
    if question.response_set:
        answers = study.response_sets[question.response_set]
        return [option.answer for option in (*answers.options, *answers.missing)]
    return [category.answer for category in question.categories]


def check_export(export: Export, study: Study) -> list[Problem]:
    """All problems of an export: of its form, missing columns, unknown answers, conflicting rows.

    Values are named for closed questions only; what people wrote in their own words is never repeated.
    """
    problems = [*export.faults, *_missing_columns(export, study)]
    responses = export.responses
    for question in study.asked:
        if question.column in responses and question.type != "open":
            problems.extend(_unknown_answers(export.name, responses[question.column], _answers(question, study)))
    if COMPLETED in responses:
        problems.extend(_unknown_answers(export.name, responses[COMPLETED], [value.title() for value in FINISHED]))
    if RESPONSE_ID in responses:
        problems.extend(_conflicts(export))
    return problems


def _missing_columns(export: Export, study: Study) -> Iterable[Problem]:
    needed = dict.fromkeys((RESPONSE_ID, STATUS, COMPLETED), "Qualtrics writes it into every export")
    needed |= {question.column: f"it holds the answers to: {question.label}" for question in study.asked}
    strange = [str(name) for name in export.responses.columns if name not in needed]
    for name, why in needed.items():
        if name not in export.responses:
            close = difflib.get_close_matches(name, strange, 1)
            hint = f"is it `{close[0]}`? " if close else ""
            yield Problem(
                export.name, f"column {name}", "", "this column is missing", f"{hint}name a column `{name}` ({why})"
            )


def _unknown_answers(name: str, answers: pd.Series[str], known: Sequence[str]) -> Iterable[Problem]:
    spellings = {answer.casefold(): answer for answer in known}
    strange = answers[(answers != "") & ~answers.str.casefold().isin(list(spellings))]
    if strange.nunique() > max(MANY_VALUES, 2 * len(known)):
        # No closed question has so many answers: these may be people's own words, which are never repeated.
        yield Problem(
            name,
            f"column {answers.name}, {rows_text(strange.index)}",
            f"{strange.nunique():,} different values",
            "this column does not hold the answers of its question",
            "check that the column has the right name, and that the export has choice texts",
        )
        return
    for value, rows in strange.groupby(strange, sort=True):
        close = difflib.get_close_matches(str(value).casefold(), list(spellings), 1)
        hint = f"did you mean `{spellings[close[0]]}`? " if close else ""
        yield Problem(
            name,
            f"column {answers.name}, {rows_text(rows.index)}",
            str(value)[:80],
            "this answer is not one of the question's answers",
            f"{hint}correct the export, or add the answer to the study",
        )


def _conflicts(export: Export) -> Iterable[Problem]:
    ids = export.responses[RESPONSE_ID]
    empty = ids.index[ids == ""]
    if len(empty):
        yield Problem(export.name, f"column {RESPONSE_ID}, {rows_text(empty)}", "", "is empty", "export again")
    distinct = ids[(ids != "") & ~export.row_digests.duplicated()]
    for value, rows in distinct.groupby(distinct, sort=True):
        if len(rows) > 1:
            yield Problem(
                export.name,
                f"column {RESPONSE_ID}, {rows_text(rows.index)}",
                str(value),
                "different rows carry one response id",
                "keep the row that is right and remove the others",
            )
