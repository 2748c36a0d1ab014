"""Checking an export against the study before anything is built: every problem with column, rows, value and remedy."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

import pandas as pd

from survey_report.errors import Problem, rows_text
from survey_report.exports.export import Export
from survey_report.exports.headers import QUALTRICS_REMEDY
from survey_report.exports.metadata import COMPLETED, FALSE, NAMES, RESPONSE_ID, STATUS, STATUSES, TRUE
from survey_report.exports.texts import fold
from survey_report.spelling import spelling, strange
from survey_report.study import ANY, Category, Option, Question, Study

MANY_VALUES = 20
FEW_COLUMNS = 0.1  # with a smaller share of the study's columns a table is of another survey, or of something else
ANSWER_REMEDY = (
    "run `survey-report map EXPORT` and say what it stands for; add it to the study if it was there to choose"
)
PERSONAL_REMEDY = "take the question out of the study's instrument: what identifies a person is never reported"
FLAG_REMEDY = "write True for a finished response and False for another"
STATUS_REMEDY = "write Survey Preview or Survey Test for what is no real response, and IP Address for one that is"


def answer_codes(question: Question, study: Study) -> dict[str, str]:
    """Ids of a closed question's answers by their text, as `spelling` compares it; empty for open questions."""
    return {spelling(one.answer): one.id for one in _listed(question, study)}


def answers_of(question: Question, study: Study) -> list[str]:
    """A closed question's answers as the study spells them, missing ones last."""
    return [one.answer for one in _listed(question, study)]


def _listed(question: Question, study: Study) -> list[Option | Category]:
    """A closed question's answers but for one that takes any other."""
    options = study.response_sets[question.response_set].options if question.response_set else question.categories
    return [one for one in (*options, *study.missing(question)) if one.answer != ANY]


def any_other(question: Question, study: Study) -> str:
    """Id of what takes any other answer to a closed question; empty where the list is all there is."""
    return study.response_sets[question.response_set].any_other if question.response_set else question.any_other


def check_export(export: Export, study: Study) -> list[Problem]:
    """All problems of an export: of its form, missing columns, unknown answers, conflicting rows.

    Values are named for closed questions only; what people wrote in their own words is never repeated.
    """
    present = sum(question.column in export.responses for question in study.asked)
    if export.form != "qualtrics-3" and present < FEW_COLUMNS * len(study.asked):
        return [*export.faults, _other_survey(export)]
    problems = [*export.faults, *_missing_columns(export, study)]
    responses = export.responses
    for question in study.asked:
        if question.column in responses and question.type != "open" and not any_other(question, study):
            problems.extend(_unknown_answers(export.name, responses[question.column], answers_of(question, study)))
    if COMPLETED in responses:
        problems.extend(_unknown_answers(export.name, responses[COMPLETED], [*TRUE, *FALSE], FLAG_REMEDY))
    if STATUS in responses:
        known = [*STATUSES.values(), *(STATUSES if _has_codes(export) else ())]
        problems.extend(_unknown_answers(export.name, responses[STATUS], known, STATUS_REMEDY))
    if RESPONSE_ID in responses:
        problems.extend(_conflicts(export))
    return problems


def accepted_spellings(export: Export, study: Study) -> pd.DataFrame:
    """Answers that are taken for others although they are spelled in another way, one row a column and spelling.

    Columns: column, found, taken_as (text as the study spells it), rows (how many). Differences of case, white space,
    apostrophes, quotation marks and dashes are accepted; of what is written in other words nothing is.
    """
    meant = {
        question.column: {spelling(answer): answer for answer in answers_of(question, study)}
        for question in study.asked
        if question.type != "open"
    }
    meant[COMPLETED] = {spelling(word): "True" for word in TRUE} | {spelling(word): "False" for word in FALSE}
    meant[COMPLETED] |= {code: code for code in ("1", "0")}
    meant[STATUS] = {spelling(text): text for text in STATUSES.values()}
    rows = [
        (column, found, answers[spelling(found)], times)
        for column, answers in meant.items()
        if column in export.responses
        for found, times in _spellings(export, column)
        if spelling(found) in answers and found != answers[spelling(found)]
    ]
    frame = pd.DataFrame(rows, columns=["column", "found", "taken_as", "rows"])
    return frame.astype({"column": "str", "found": "str", "taken_as": "str", "rows": "int64"})


def counted_as_other(export: Export, study: Study) -> list[str]:
    """A sentence for each question with answers off its list, which count as other or missing. It repeats none."""
    told = []
    for question in study.asked:
        if (other := any_other(question, study)) and question.column in export.responses:
            label = next((f"`{one.label}`" for one in question.categories if one.id == other), "missing")
            found = strange(export.responses[question.column], answer_codes(question, study))
            if len(found):
                different = found.map(spelling).nunique()
                text = f"{different:,} different answers in {len(found):,} rows count as {label}"
                told.append(f"{question.column}: {text}")
    return told


def _spellings(export: Export, column: str) -> Iterable[tuple[str, int]]:
    """Texts of a column as the file has them, with the number of rows; those whose white space was folded unfolded."""
    folded = {str(text): int(times) for text, times in export.responses[column].value_counts().items() if text}
    for text, times in export.respaced.get(column, {}).items():
        folded[fold(text)] -= times
        folded[text] = times
    return sorted((text, times) for text, times in folded.items() if times > 0)


MAP_REMEDY = "run `survey-report map EXPORT`, which proposes which column is which question of the study"


def _other_survey(export: Export) -> Problem:
    if export.form == "sav":
        remedy = f"{MAP_REMEDY}, or choose the study that was asked"
        return Problem(export.name, "", "", "hardly a variable is a column of the study", remedy)
    message = (
        "this is not a Qualtrics export with three header rows: its third row holds no ImportIds, "
        "and hardly a column of the study is named in its first"
    )
    return Problem(export.name, "row 3", "", message, f"{QUALTRICS_REMEDY}; or {MAP_REMEDY}")


def _has_codes(export: Export) -> bool:
    """Whether numbers in a column of that name are response types; other tables may use it for something else."""
    others = [name for name in NAMES.values() if name in export.responses and name not in (STATUS, *export.added)]
    return export.form.startswith("qualtrics") or len(others) > 1


def _missing_columns(export: Export, study: Study) -> Iterable[Problem]:
    needed = dict.fromkeys((RESPONSE_ID, STATUS, COMPLETED), "Qualtrics writes it into every export")
    needed |= {question.column: f"it holds the answers to: {question.label}" for question in study.asked}
    others = [str(name) for name in export.responses.columns if name not in needed]
    for name, why in needed.items():
        if name in export.dropped:
            message = "this column was dropped, since columns of that name hold what identifies a person"
            yield Problem(export.name, f"column {name}", "", message, PERSONAL_REMEDY)
        elif name not in export.responses:
            close = difflib.get_close_matches(name, others, 1)
            hint = f"is it `{close[0]}`? " if close else ""
            yield Problem(
                export.name, f"column {name}", "", "this column is missing", f"{hint}name a column `{name}` ({why})"
            )


def _unknown_answers(
    name: str, answers: pd.Series[str], known: Sequence[str], remedy: str = ANSWER_REMEDY
) -> Iterable[Problem]:
    spellings = {spelling(answer): answer for answer in known}
    unknown = strange(answers, spellings)
    if unknown.nunique() > max(MANY_VALUES, 2 * len(known)):
        # No closed question has so many answers: these may be people's own words, which are never repeated.
        yield Problem(
            name,
            f"column {answers.name}, {rows_text(unknown.index)}",
            f"{unknown.nunique():,} different values",
            "this column does not hold the answers of its question",
            "check that the column has the right name, and that the export has choice texts",
        )
        return
    for value, rows in unknown.groupby(unknown, sort=True):
        close = difflib.get_close_matches(spelling(str(value)), list(spellings), 1)
        hint = f"did you mean `{spellings[close[0]]}`? " if close else ""
        yield Problem(
            name,
            f"column {answers.name}, {rows_text(rows.index)}",
            str(value)[:80],
            "this answer is not one of the question's answers",
            f"{hint}{remedy}",
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
                "export again; where they are responses of different people, give each an id of its own",
            )
