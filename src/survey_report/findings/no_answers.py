"""Who does not count among those who answered a question, by kind: what stands under its table, as it may be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from survey_report.rendering import Rendering
from survey_report.scales import BLANK, NOT_ASKED, not_counted
from survey_report.study import Question, Study


@dataclass(frozen=True)
class NoAnswers:
    """Those who are in no base of one question.

    `counts` are numbers by the label of their kind, where somebody is of it and the number may be shown; `together`
    the labels of the others that somebody is of, and `rest` how many these are in all, None where that may not be told.
    `hidden` is whether not even that these are few may be told.
    """

    label: str
    counts: Mapping[str, int]
    together: tuple[str, ...] = ()
    rest: int | None = None
    hidden: bool = False


def kinds_of(question: Question, study: Study) -> dict[str, str]:
    """Labels of the kinds of no answer to a question, those that its study lists first; see `scales.not_counted`."""
    own = {BLANK: "Left blank", NOT_ASKED: "Not asked"}
    listed = {option.id: option.label for option in study.missing(question)}
    return {**listed, **{kind: label for kind, label in own.items() if kind not in listed}}


def shown_kinds(rendering: Rendering, counts: pd.Series[int], *, joint: bool = False) -> pd.Series[bool]:
    """Which kinds' counts of one question may be shown, of all respondents.

    The kinds add to those asked less those who answered, and these are printed. Who was asked is told apart: that is
    everybody less those who were not. `joint` is for tables where only the sum of all kinds follows.
    """
    if joint:
        return rendering.policy.may_show_counts(counts, ["" for _ in counts])
    told = counts.drop(NOT_ASKED)
    shown = rendering.policy.may_show_counts(told, ["" for _ in told])
    alone = counts[[NOT_ASKED]]
    return pd.concat([shown, rendering.policy.may_show_counts(alone, [""])])


def no_answers(rendering: Rendering, question: Question, *, joint: bool = False) -> NoAnswers:
    """Who is in no base of a question; nothing is told where too few answered it. For `joint` see `shown_kinds`."""
    study, limits = rendering.study, rendering.study.thresholds
    labels = kinds_of(question, study)
    counts = not_counted(rendering.respondents, question, study).sum().astype(int)
    if not rendering.policy.group_may_show(len(rendering.respondents) - int(counts.sum())):
        return NoAnswers(question.short, {})
    given = counts[counts > 0]
    shown = shown_kinds(rendering, counts, joint=joint)[given.index]
    rest = int(given[~shown].sum())
    return NoAnswers(
        question.short,
        {labels[str(kind)]: int(n) for kind, n in given[shown].items()},
        tuple(labels[str(kind)] for kind in given.index[~shown]),
        rest if rest >= limits.min_cell else None,
    )
