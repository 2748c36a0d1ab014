"""Which figures of one survey are higher than which: printed so, and by more than chance readily explains.

Whoever picks the highest of many figures by looking may compare it with each of the others at one level: where none is
truly higher, it is called higher than all of them no more often than that (Hung and Fithian 2019, Annals of Statistics
47, for independent figures; for those of the same people it is simulated in the tests).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations

import numpy as np
import pandas as pd

from survey_report.frames import each_row
from survey_report.numbers import Number
from survey_report.rendering import Rendering
from survey_report.scales import scale_scores
from survey_report.statistics.overlapping import mcnemar_p, overlapping_t
from survey_report.study import SIDES, Question, ResponseSet, Scale

ORDERS = ["a", "b", "higher"]


@dataclass(frozen=True)
class Measured:
    """A figure as it is printed (None where it is not shown), and what each respondent adds to it.

    That is a score; 1 or 0 where the figure is a `share`; NaN for who gave no answer.
    """

    key: str
    value: float | None
    each: np.ndarray
    share: bool = False

    @classmethod
    def of(cls, number: Number, each: pd.Series[float], *, share: bool = False) -> Measured:
        """A number of the ledger."""
        return cls(number.key, number.value, each.to_numpy(float), share)


def orders_of(sets: Iterable[Sequence[Measured]], *, alpha: float, least: int) -> pd.DataFrame:
    """Every pair of each set that is shown: keys a and b, and which of them is `higher`, empty where that is not shown.

    Two shares are compared by McNemar's exact test over those who answered for both, anything else by the t test for
    partly overlapping samples. Fewer than `least` people are not compared. No estimate enters but in print.
    """
    rows = []
    for measured in sets:
        shown = [one for one in measured if one.value is not None]
        for first, second in combinations(shown, 2):
            rows.append((first.key, second.key, _higher(first, second, alpha, least)))
    return pd.DataFrame(rows, columns=ORDERS, dtype="str")


def _higher(first: Measured, second: Measured, alpha: float, least: int) -> str:
    """The key of the higher of two, or nothing."""
    printed = (first.value or 0.0) - (second.value or 0.0)
    if not printed or min(np.isfinite(one.each).sum() for one in (first, second)) < least:
        return ""
    if first.share and second.share:
        both = np.isfinite(first.each) & np.isfinite(second.each)
        if both.sum() < least:
            return ""
        p, direction = mcnemar_p(first.each, second.each), float((first.each - second.each)[both].sum())
    else:
        found = overlapping_t(second.each, first.each)
        p, direction = found.p, found.difference
    if not p < alpha or (direction > 0) != (printed > 0):
        return ""
    return first.key if printed > 0 else second.key


def above(orders: pd.DataFrame, first: str, others: Iterable[str]) -> list[str]:
    """Those of the other figures that the first is not shown to be higher than."""
    lower = {row.b if row.higher == row.a else row.a for row in each_row(orders) if row.higher == first}
    return [other for other in others if other not in lower]


def scale_orders(
    rendering: Rendering,
    scale: Scale,
    overall: Number,
    mean_of: Callable[[Scale, pd.Series[float]], Number],
    groups: pd.DataFrame,
    numbers: Mapping[str, Number],
) -> pd.DataFrame:
    """All orders that one scale tells of: its mean beside those of later scales and of its groups, items, and change.

    A group's mean is set beside that of everybody, and compared with that of everybody else. `mean_of` gives the mean
    of a scale as it is printed. Left out are groups of which little is told (`coarse`), and scales with other ends.
    """
    study, limits = rendering.study, rendering.study.thresholds
    scores = scale_scores(rendering.respondents, scale, study)
    mine = Measured.of(overall, scores)
    sets: list[list[Measured]] = []
    for other in study.scales[[one.id for one in study.scales].index(scale.id) + 1 :]:
        if study.answers(other).ends != study.answers(scale).ends:
            continue
        others = scale_scores(rendering.respondents, other, study)
        sets.append([mine, Measured.of(mean_of(other, others), others)])
    for row in each_row(groups[groups["shown"].astype(bool) & ~groups["coarse"].astype(bool)]):
        members = (rendering.members(str(row.grouping)) == row.group).fillna(False).astype(bool)
        rest = Measured.of(overall, scores.where(~members))
        sets.append([rest, Measured.of(numbers[str(row.key)], scores.where(members))])
    sides_of = partial(_sides, rendering.respondents, scale, numbers)
    items = {question.item: sides_of(question, study.answers(scale), question.item) for question in scale.items}
    sets += [[sides[side] for sides in items.values()] for side in ("positive", "negative")]
    asked = [(period.id, change) for period in study.periods if (change := scale.change(period.id))]
    same = study.response_sets[asked[0][1].response_set] if asked else study.answers(scale)
    periods = {period: sides_of(change, same, period) for period, change in asked}
    sets += [list(sides.values()) for sides in periods.values()]
    sets += [[sides[side] for sides in periods.values()] for side in SIDES]
    return orders_of(sets, alpha=limits.alpha, least=limits.min_group)


def _sides(
    respondents: pd.DataFrame,
    scale: Scale,
    numbers: Mapping[str, Number],
    question: Question,
    answers: ResponseSet,
    name: str,
) -> dict[str, Measured]:
    """The shares of the three sides of a question, in the words that people saw."""
    given = respondents[question.column].astype("object")
    answered = given.isin([option.id for option in answers.options])
    return {
        side: Measured.of(
            numbers[f"{scale.id}.{answers.measures[side]}.{name}"],
            given.isin(list(answers.side(side))).astype(float).where(answered),
            share=True,
        )
        for side in SIDES
    }
