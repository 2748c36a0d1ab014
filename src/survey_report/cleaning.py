"""From an export to respondents: who is counted, who is not and why, and answers as categories."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from survey_report.errors import Problem, UserError, raise_if_any
from survey_report.export_check import answer_codes, any_other, check_export
from survey_report.exports.export import Export
from survey_report.exports.metadata import (
    CHANNEL,
    COMPLETED,
    FINISHED,
    PREVIEW_CHANNEL,
    PREVIEW_STATUS,
    STATUS,
    TEST_CHANNEL,
    TEST_STATUS,
)
from survey_report.missing_marks import without_marks
from survey_report.reading import Flow
from survey_report.scales import NOT_ASKED, asked_of, no_answer_column
from survey_report.spelling import is_one_of, meant, spelling
from survey_report.study import Question, Study


class TooFewRespondents(UserError):
    """Raised where a whole survey has fewer respondents than a group must have to be reported."""


def _too_few(name: str, respondents: int, least: int) -> Problem:
    what = f"{respondents} complete responses, fewer than min_group, which is {least}: no report is made from so few"
    return Problem(name, "", "", what, "wait until more people have answered; check Finished and Status")


def clean(export: Export, study: Study) -> tuple[pd.DataFrame, Flow]:
    """Respondents (one row each, in the export's order) and the flow that led to them.

    Columns: each closed question's column as an ordered-by-study categorical of category or option ids (missing where
    blank or not asked), derived groupings likewise, and for each open question whether it was answered (bool); the
    words themselves are not kept. Why a closed question has no category, where somebody said it, and who was not asked
    though the routing would have it, stands in a column of its own (`no_answer_column`). Raises UserError for
    everything wrong with the export.
    """
    export = without_marks(export, study)
    raise_if_any(check_export(export, study))
    reason = reasons(export, _refused(export, study))
    kept = export.responses[reason == "complete"]
    if kept.empty:
        raise_if_any([Problem(export.name, "", "", "no complete response is left", "check Finished and Status")])
    if len(kept) < study.thresholds.min_group:
        raise TooFewRespondents([_too_few(export.name, len(kept), study.thresholds.min_group)])
    answers, no_answers = {}, {}
    for question in study.asked:
        if question.type != "open":
            answers[question.column] = _answers(kept[question.column], question, study)
        why = _no_answers(kept[question.column], question, study, export.not_asked.get(question.column, ()))
        if why.notna().any():
            no_answers[no_answer_column(question)] = why
    known = pd.DataFrame({**answers, **no_answers}, index=kept.index)
    asked = {question.column: asked_of(known, question, study) for question in study.asked}
    answered = {name: kept[name] != "" for name in asked}
    set_aside = sum(int((answered[name] & ~asked[name]).sum()) for name in asked)
    columns: dict[str, pd.Series] = {name: answers[name].where(asked[name]) for name in answers}
    for grouping in study.groupings:
        if grouping.mapping is not None:
            source = columns[study.question(grouping.derived_from).column]
            ids = [category.id for category in grouping.categories]
            columns[grouping.id] = source.astype("object").map(dict(grouping.mapping)).astype(_categorical(ids))
    for question in study.open_questions:
        columns[question.column] = answered[question.column] & asked[question.column]
    columns |= no_answers
    respondents = pd.DataFrame(columns).reset_index(drop=True)
    counts = reason.value_counts()
    flow = Flow(
        rows=len(reason),
        **{name: int(counts.get(name, 0)) for name in Flow.__dataclass_fields__ if name not in ("rows", "not_asked")},
        not_asked=set_aside,
    )
    return respondents, flow


def is_synthetic(export: Export, study: Study) -> bool:
    """True unless the study lists the export's digest as real; the embedded-data column overrides the list."""
    policy = study.export
    if policy.synthetic_column in export.responses:
        marked = {spelling(value) for value in policy.synthetic_values}
        if is_one_of(export.responses[policy.synthetic_column], marked).any():
            return True
    return export.digest not in policy.real_exports


def reasons(export: Export, refused: pd.Series[bool] | None = None) -> pd.Series[str]:
    """Why each row is counted (`complete`) or not; the first reason that applies."""
    responses = export.responses
    channel = responses[CHANNEL] if CHANNEL in responses else pd.Series("", index=responses.index)
    status = responses[STATUS]
    tests = [
        ("previews", is_one_of(status, PREVIEW_STATUS) | is_one_of(channel, PREVIEW_CHANNEL)),
        ("tests", is_one_of(status, TEST_STATUS) | is_one_of(channel, TEST_CHANNEL)),
        ("repeated", export.row_digests.duplicated()),
        *([("refused", refused)] if refused is not None else []),
        ("incomplete", ~meant(responses[COMPLETED], FINISHED).eq(True)),
    ]
    reason = pd.Series("complete", index=responses.index, dtype="str")
    for name, applies in reversed(tests):
        reason = reason.mask(applies, name)
    return reason


def _refused(export: Export, study: Study) -> pd.Series[bool] | None:
    """Who refused consent; None for a study that did not ask."""
    if not study.consent:
        return None
    question = study.question(study.consent[0])
    return meant(export.responses[question.column], answer_codes(question, study)) == study.consent[1]


def _categorical(ids: list[str]) -> pd.CategoricalDtype:
    return pd.CategoricalDtype(ids)


def _answers(texts: pd.Series[str], question: Question, study: Study) -> pd.Series:
    if question.response_set:
        ids = list(study.response_sets[question.response_set].ids)
    else:
        ids = [category.id for category in question.categories]
    found = _ids(texts, question, study)
    return found.where(found.isin(ids)).astype(_categorical(ids))


def _no_answers(texts: pd.Series[str], question: Question, study: Study, not_asked: Sequence[int]) -> pd.Series:
    """Ids of the missing answers to a closed question, and who was not asked. Of rated ones the answers tell."""
    ids = [option.id for option in question.missing]
    found = _ids(texts, question, study) if ids else pd.Series(pd.NA, texts.index, dtype="object")
    found = found.where(found.isin(ids)).mask(texts.index.isin(not_asked), NOT_ASKED)
    return found.astype(_categorical(list(dict.fromkeys([*ids, NOT_ASKED]))))


def _ids(texts: pd.Series[str], question: Question, study: Study) -> pd.Series:
    """Ids of answers, missing ones among them."""
    found = meant(texts, answer_codes(question, study))
    if other := any_other(question, study):
        found = found.mask(found.isna() & (texts != ""), other)
    return found
