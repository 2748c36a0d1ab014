"""Scores of scales and counts of answers, from respondents. Definitions as in the study's methodology."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import pandas as pd

from survey_report.study import Question, ResponseSet, Scale, Study

Counts = TypeVar("Counts", pd.Series, np.ndarray)
BLANK, NOT_ASKED = "blank", "not-asked"  # kinds of no answer that every question has
ROUNDING = 1e-9  # a share of a whole number of items that is one itself may come out a little larger


def item_scores(respondents: pd.DataFrame, questions: Sequence[Question], study: Study) -> pd.DataFrame:
    """Scores (float), one row a respondent and one column a question; don't know, not applicable, blank are NaN.

    Each question is scored by its own answers; scores of reversed items are turned.
    """
    columns = {}
    for question in questions:
        scores = study.scores(question)
        column = respondents[question.column]
        by_code = np.array([scores.get(str(option), np.nan) for option in column.cat.categories] + [np.nan])
        columns[question.column] = by_code[column.cat.codes.to_numpy()]  # code -1 (missing) takes the last entry
    return pd.DataFrame(columns, index=respondents.index)


def scale_scores(respondents: pd.DataFrame, scale: Scale, study: Study) -> pd.Series[float]:
    """Each respondent's mean of the answered items of a scale, NaN with fewer than the study's share of them answered.

    The share is `thresholds.min_answered` (half) of the items that this respondent was asked.
    """
    scores = item_scores(respondents, scale.items, study)
    return scores.mean(axis=1).where(scored(respondents, scale, study, scores)).rename(scale.id)


def scored(respondents: pd.DataFrame, scale: Scale, study: Study, scores: pd.DataFrame) -> pd.Series[bool]:
    """Who has a score on a scale: whoever answered enough of the items that they were asked.

    `scores` are the `item_scores` of its items.
    """
    asked = asked_each(respondents, scale.items, study).sum(axis=1)
    return enough_answered(scores.notna().sum(axis=1), asked, study.thresholds.min_answered)


def enough_answered(answered: Counts, asked: Counts, least: float) -> Counts:
    """Whether so many answered items, of so many that were asked, make a score: with seven asked and half, four do."""
    return (answered > 0) & (answered >= least * asked - ROUNDING)


def answered_any(respondents: pd.DataFrame, scale: Scale, study: Study) -> pd.Series[bool]:
    """Whether a respondent gave at least one substantive answer to the scale's items."""
    scores = item_scores(respondents, scale.items, study)
    return scores.notna().any(axis=1)


def asked_of(respondents: pd.DataFrame, question: Question, study: Study) -> pd.Series[bool]:
    """Whether a respondent was asked a question: by its conditions, and by the export where it says who was not."""
    asked = pd.Series(True, index=respondents.index)
    if (name := no_answer_column(question)) in respondents:
        asked &= (respondents[name] != NOT_ASKED).to_numpy()
    for name, category in question.asked_if:
        asked &= (respondents[study.question(name).column] == category).fillna(False).astype(bool)
    return asked


def no_answer_column(question: Question) -> str:
    """The respondents' column that says why they gave no answer, where one is there (see `cleaning`)."""
    return f"{question.column}: no answer"


def not_counted(respondents: pd.DataFrame, question: Question, study: Study) -> pd.DataFrame:
    """Why respondents do not count among those who answered a question (bool): one row each, one column a kind.

    Kinds are the ids of the missing answers that the study lists, then `BLANK` and `NOT_ASKED`. Who has none of them
    answered.
    """
    given = respondents[question.column].astype("object")
    asked = asked_of(respondents, question, study)
    said = given
    if not question.response_set and (name := no_answer_column(question)) in respondents:
        said = respondents[name].astype("object")
    marks = pd.DataFrame(index=respondents.index)
    for option in study.missing(question):
        marks[option.id] = asked & (said == option.id).fillna(False).astype(bool)
    nothing = asked & given.isna() & ~marks.any(axis=1)
    marks[BLANK] = nothing | marks.get(BLANK, False)  # an id that the study uses itself
    marks[NOT_ASKED] = ~asked
    return marks


def asked_each(respondents: pd.DataFrame, questions: Sequence[Question], study: Study) -> pd.DataFrame:
    """Whether each respondent was asked each question (bool): each by its own conditions, one column a question."""
    columns = {question.column: asked_of(respondents, question, study) for question in questions}
    return pd.DataFrame(columns, index=respondents.index)


def answer_counts(respondents: pd.DataFrame, questions: Sequence[Question], answers: ResponseSet) -> pd.DataFrame:
    """Counts of substantive answers, as people saw them: one row a question (index: question id), one column an option
    id."""
    options = [option.id for option in answers.options]
    rows = np.zeros((len(questions), len(options)), dtype=int)
    for row, question in zip(rows, questions, strict=True):
        column = respondents[question.column].cat
        given = np.bincount(column.codes[column.codes >= 0], minlength=len(column.categories))
        places = column.categories.get_indexer(pd.Index(options))
        row[places >= 0] = given[places[places >= 0]]
    return pd.DataFrame(rows, index=[question.id for question in questions], columns=options)


def group_answers(
    respondents: pd.DataFrame, scale: Scale, study: Study, members: pd.Series[bool] | np.ndarray
) -> pd.DataFrame:
    """`answer_counts` of the items of a scale, of the respondents who are `members` of a group."""
    columns = [question.column for question in scale.items]
    mine = respondents.loc[members, columns]
    return answer_counts(mine, scale.items, study.answers(scale))


def side_counts(counts: pd.DataFrame, answers: ResponseSet) -> pd.DataFrame:
    """Counts of the three sides (positive, neutral, negative), one row a question, from `answer_counts`."""
    return pd.DataFrame(
        {
            "positive": counts[list(answers.side("positive"))].sum(axis=1),
            "neutral": counts[list(answers.side("neutral"))].sum(axis=1),
            "negative": counts[list(answers.side("negative"))].sum(axis=1),
        }
    )


def percent(part: pd.DataFrame | pd.Series, whole: pd.Series) -> pd.DataFrame | pd.Series:
    """Shares in percent of `whole`, row by row."""
    return part.mul(100.0).div(whole, axis=0)
