"""The codebook: every column of the respondents' table, what was asked, the codes of the answers, the base."""

from __future__ import annotations

import pandas as pd

from survey_report.instrument_tables import REVERSED, TYPES, asked_text, codes
from survey_report.study import Grouping, Question, Study

CODEBOOK = ["column", "type", "scale", "item", "period", "question", "answers", "missing", "base", "basis"]


def codebook(study: Study) -> pd.DataFrame:
    """One row a column of the respondents' table, in its order.

    column, type, scale, item, period, question (wording), answers (`code = wording`, the score of rated answers in
    brackets), missing (what counts as no answer), base (who was asked), basis (how much is known of the question).
    """
    closed = [question for question in study.asked if question.type != "open"]
    rows = [_closed(question, study) for question in closed]
    rows += [_derived(grouping) for grouping in study.groupings if grouping.mapping is not None]
    rows += [_open(question, study) for question in study.open_questions if question.column]
    return pd.DataFrame(rows, columns=CODEBOOK)


def _closed(question: Question, study: Study) -> dict[str, str]:
    missing = study.missing(question)
    none = {option.id for option in missing}
    pairs = [f"{code} = {wording}" for code, wording in codes(question, study) if code not in none]
    return _row(
        question,
        study,
        answers="; ".join([*pairs, *([REVERSED] if question.reverse else [])]),
        missing="; ".join(
            [*(f"{option.id} = {option.label}" for option in missing), "empty = left blank or not asked"]
        ),
    )


def _open(question: Question, study: Study) -> dict[str, str]:
    return _row(
        question, study, answers="True = answered in own words; False = not answered", missing="the words are not kept"
    )


def _row(question: Question, study: Study, *, answers: str, missing: str) -> dict[str, str]:
    return {
        "column": question.column,
        "type": TYPES[question.type],
        "scale": question.scale,
        "item": question.item,
        "period": question.period,
        "question": question.label or question.short,
        "answers": answers,
        "missing": missing,
        "base": asked_text(question, study),
        "basis": question.basis,
    }


def _derived(grouping: Grouping) -> dict[str, str]:
    return {
        "column": grouping.id,
        "type": TYPES["derived"],
        "scale": "",
        "item": grouping.id,
        "period": "",
        "question": grouping.label,
        "answers": "; ".join(f"{category.id} = {category.label}" for category in grouping.categories),
        "missing": "empty = no answer to the question that it derives from",
        "base": f"everybody who answered {grouping.derived_from}",
        "basis": "see the table of categories and their sources",
    }
