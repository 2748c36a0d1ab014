"""Checking an export against the study before anything is built: every problem with column, rows, value and remedy."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

import pandas as pd

from survey_report.errors import Problem, rows_text
from survey_report.qualtrics import FINISHED, Export
from survey_report.study import Question, Study

RESPONSE_ID, STATUS, COMPLETED = "ResponseId", "Status", "Finished"


def answer_codes(question: Question, study: Study) -> dict[str, str]:
    """Ids of a closed question's answers by their text, case folded; empty for open questions."""
    if question.response_set:
        answers = study.response_sets[question.response_set]
        return {option.answer.casefold(): option.id for option in (*answers.options, *answers.missing)}
    return {category.answer.casefold(): category.id for category in question.categories}


def check_export(export: Export, study: Study) -> list[Problem]:
    """All problems of an export's content: missing columns, unknown answers, conflicting rows.

    Values are named for closed questions only; what people wrote in their own words is never repeated.
    """
    problems = list(_missing_columns(export, study))
    responses = export.responses
    for question in study.asked:
        if question.column in responses and question.type != "open":
            problems.extend(_unknown_answers(export.name, responses[question.column], answer_codes(question, study)))
    if COMPLETED in responses:
        known = dict.fromkeys(FINISHED, "") | {"true": "True", "false": "False"}
        problems.extend(_unknown_answers(export.name, responses[COMPLETED], known))
    if RESPONSE_ID in responses:
        problems.extend(_conflicts(export))
    return problems


def _missing_columns(export: Export, study: Study) -> Iterable[Problem]:
    columns = list(export.responses.columns)
    needed = [(name, "Qualtrics writes it into every export") for name in (RESPONSE_ID, STATUS, COMPLETED)]
    needed += [(question.column, f"it holds the answers to: {question.label}") for question in study.asked]
    for name, why in needed:
        if name not in columns:
            close = difflib.get_close_matches(name, columns, 1)
            hint = f"is it `{close[0]}`? " if close else ""
            yield Problem(
                export.name, f"column {name}", "", "this column is missing", f"{hint}name a column `{name}` ({why})"
            )


def _unknown_answers(name: str, answers: pd.Series[str], known: Mapping[str, str]) -> Iterable[Problem]:
    folded = answers.str.casefold()
    strange = answers[(answers != "") & ~folded.isin(list(known))]
    for value, rows in strange.groupby(strange, sort=True):
        close = difflib.get_close_matches(str(value).casefold(), list(known), 1)
        hint = f"did you mean `{close[0]}`? " if close else ""
        yield Problem(
            name,
            f"column {answers.name}, {rows_text(rows.index)}",
            str(value)[:80],
            "this answer is not one of the question's answers",
            f"{hint}correct the export, or add the answer to the study",
        )


def _conflicts(export: Export) -> Iterable[Problem]:
    ids = export.responses[RESPONSE_ID]
    for number in ids.index[ids == ""]:
        yield Problem(export.name, f"column {RESPONSE_ID}, row {number}", "", "is empty", "export again")
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
