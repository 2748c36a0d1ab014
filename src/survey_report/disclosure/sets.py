"""Answers of every group of several profile sets, protected together.

A profile set parts the respondents into groups, each with a page of its own: councils, services, sectors. What one page
hides may follow from the pages of the other groups and the national table, so that rows are decided on together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from survey_report.disclosure.policy import Policy
from survey_report.frames import each_row
from survey_report.rendering import Rendering
from survey_report.study import SIDES, Question, ResponseSet, Scale, Study

ITEM, CHANGE = "item", "change"
NAMES = ["grouping", "group", "scale", "kind", "item"]
RAW = [*NAMES, "n", *SIDES]
REST = [f"rest_{name}" for name in ("n", *SIDES)]
PROTECTED = [*NAMES, "n", *SIDES, *REST, "step", "detail", "reason"]
TOO_FEW_OF_ONE = "not shown: too few of some answers"


@dataclass(frozen=True)
class ProfileSet:
    """Respondents parted into groups: the set's id, each respondent's group (missing: in none), the groups in order."""

    id: str
    members: pd.Series
    groups: tuple[str, ...]


def grouping_set(rendering: Rendering, grouping_id: str) -> ProfileSet:
    """The profile set of one of the study's groupings; KeyError if the study has none of that id."""
    study = rendering.study
    groups = tuple(category.id for category in study.grouping(grouping_id).categories)
    return ProfileSet(grouping_id, rendering.respondents[study.column(grouping_id)], groups)


def questions_of(study: Study) -> list[tuple[Scale, str, str, Question]]:
    """Every rated question as (scale, kind, name, question): `item` with the item's short name, `change` with the
    period's id."""
    found: list[tuple[Scale, str, str, Question]] = []
    for scale in study.scales:
        found += [(scale, ITEM, question.item, question) for question in scale.items]
        found += [(scale, CHANGE, question.period, question) for question in scale.changes]
    return found


def raw_answers(rendering: Rendering, sets: Sequence[ProfileSet]) -> pd.DataFrame:
    """Counts of the three sides: one row a set, group and question, columns RAW; grouping and group are empty in the
    rows of everybody. Never published."""
    respondents, study = rendering.respondents, rendering.study
    everybody = ProfileSet("", pd.Series("", index=respondents.index, dtype="object"), ("",))
    parts = [everybody, *sets]
    places = [pd.Index(part.groups).get_indexer(pd.Index(part.members.astype("object"))) for part in parts]
    rows: list[tuple[object, ...]] = []
    for scale, kind, name, question in questions_of(study):
        sides = _sides(respondents[question.column], study.response_sets[question.response_set])
        for part, place in zip(parts, places, strict=True):
            given = (place >= 0) & (sides >= 0)
            pairs = place[given] * len(SIDES) + sides[given]
            counts = np.bincount(pairs, minlength=len(part.groups) * len(SIDES)).reshape(-1, len(SIDES))
            rows += [
                (part.id, group, scale.id, kind, name, int(line.sum()), *map(int, line))
                for group, line in zip(part.groups, counts, strict=True)
            ]
    frame = pd.DataFrame(rows, columns=RAW)
    order = {(part.id, group): number for number, (part, group) in enumerate((p, g) for p in parts for g in p.groups)}
    ranks = [order[(row.grouping, row.group)] for row in each_row(frame)]
    return frame.iloc[np.argsort(ranks, kind="stable")].reset_index(drop=True)


def _sides(column: pd.Series, answers: ResponseSet) -> np.ndarray:
    """The place in SIDES of each respondent's answer, -1 where there is none."""
    side_of = {option.id: SIDES.index(option.side) for option in answers.options if option.side}
    return column.astype("object").map(side_of).fillna(-1).to_numpy(int)


def protected_answers(rendering: Rendering, sets: Sequence[ProfileSet]) -> pd.DataFrame:
    """What the profiles of the sets may print: one row a set, group and question, in the order of `raw_answers`.

    Columns: grouping, group, scale, kind (`item` or `change`), item (an item's short name, a period's id), n (answers,
    NA where not shown), positive, neutral, negative (percent, rounded to `step`; NaN where not shown), rest_n and
    rest_positive, rest_neutral, rest_negative (everybody else: in whole percent, not shown where the group's are not),
    step (what the group's percentages and all differences drawn from them are to be rounded to), detail (`sides`: all
    three, `some`: at least one, `none`) and reason (empty where all three are shown).
    """
    return protect(raw_answers(rendering, sets), rendering.policy)


def protect(raw: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """The protected rows of `raw_answers` without those of everybody."""
    limits = policy.thresholds
    everybody = raw[raw["grouping"] == ""].set_index(["scale", "kind", "item"])
    rows = []
    for row in each_row(raw[raw["grouping"] != ""]):
        total = everybody.loc[(row.scale, row.kind, row.item)]
        counts = [int(getattr(row, side)) for side in SIDES]
        rest = [int(total[side]) - count for side, count in zip(SIDES, counts, strict=True)]
        filled = [count for count, side in zip(counts, SIDES, strict=True) if int(total[side])]
        precision = policy.precision(row.n)
        if row.n < limits.min_group:
            detail, reason = "none", f"not shown: fewer than {limits.min_group} answers"
        elif min(filled, default=0) < limits.min_cell:
            detail, reason = "none", TOO_FEW_OF_ONE
        else:
            detail, reason = "sides", ""
        shown = detail == "sides"
        nan = float("nan")
        rows.append(
            (
                *(getattr(row, name) for name in NAMES),
                row.n if shown else pd.NA,
                *(precision.percent(100 * count / row.n) if shown else nan for count in counts),
                sum(rest) if shown else pd.NA,
                *(_share(policy, count, sum(rest)) if shown else nan for count in rest),
                precision.pct_step,
                detail,
                reason,
            )
        )
    frame = pd.DataFrame(rows, columns=PROTECTED)
    return frame.astype({"n": "Int64", "rest_n": "Int64"})


def _share(policy: Policy, count: int, n: int) -> float:
    """A percentage as it may be printed; NaN of nobody."""
    return policy.precision(n).percent(100 * count / n) if n else float("nan")
