"""Areas change hands within their level until none of them stands out: an invented result about a place must not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from survey_report.study import Study
from survey_report.synthesis.answers import Ratings
from survey_report.synthesis.draws import Draws, Floats, Ints
from survey_report.synthesis.people import People
from survey_report.synthesis.skipping import scored

DEALS = 80
# Largest distance of an area from everybody in standard errors; among some two hundred, one of 2.8 is to be expected.
CALM = 3.0


def calm_areas(study: Study, people: People, ratings: Sequence[Ratings], draws: Draws) -> None:
    """Deal the column behind each derived grouping anew, in place; of several deals the calmest is taken.

    Who gave which answers plays no part in a deal. Everybody keeps the derived category: what was fitted to it stays.
    """
    for grouping in study.tested_groupings:
        if not grouping.derived_from or grouping.mapping is None:
            continue
        column = people[grouping.derived_from]
        names = [category.id for category in study.question(grouping.derived_from).categories]
        areas = np.array([names.index(str(area)) if area else -1 for area in column], dtype=np.int64)
        # Who was asked something because of their area stays there.
        fixed = {c for q in study.questions for item, c in q.asked_if if item == grouping.derived_from}
        kept = [str(area) if area in fixed else "" for area in column]
        levels = np.array(
            [f"{grouping.mapping.get(str(area), '')} {own}" for area, own in zip(column, kept, strict=True)]
        )
        seen = [(one.asked.rows, scored(one.asked, study.thresholds.min_answered), one.scores()) for one in ratings]
        known = [(rows[mask], scores[mask]) for rows, mask, scores in seen]
        best, calmest = np.arange(len(column)), np.inf
        for _ in range(DEALS):
            order = _within(levels, draws)
            dealt = areas[order]
            loudest = max((_loudest(dealt[rows], scores, len(names), study) for rows, scores in known), default=0)
            if loudest < calmest:
                best, calmest = order, loudest
            if loudest <= CALM:
                break
        people[grouping.derived_from] = column[best]


def _within(levels: np.ndarray, draws: Draws) -> Ints:
    """A random order in which everybody's place is taken by one of the same level."""
    order = np.arange(len(levels))
    for level in dict.fromkeys(levels.tolist()):
        mine = np.flatnonzero(levels == level)
        order[mine] = mine[draws.order(len(mine))]
    return order


def _loudest(areas: Ints, scores: Floats, count: int, study: Study) -> float:
    """The largest distance of an area's mean from everybody's in standard errors, among areas large enough to test."""
    if not len(scores):
        return 0.0
    everybody = float(np.cumsum(scores)[-1]) / len(scores)
    loudest = 0.0
    for area in range(count):
        mine = scores[areas == area]
        if len(mine) < max(study.thresholds.min_test_group, 2):
            continue
        mean = float(np.cumsum(mine)[-1]) / len(mine)
        spread = float(np.cumsum((mine - mean) ** 2)[-1]) / (len(mine) - 1)
        loudest = max(loudest, abs(mean - everybody) / float(np.sqrt(max(spread, 1e-9) / len(mine))))
    return loudest
