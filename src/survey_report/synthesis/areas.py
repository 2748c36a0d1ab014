"""Areas are dealt out by chance. Of several deals the first is taken whose levels don't stand apart on any scale."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from survey_report.study import Grouping, Study
from survey_report.synthesis.answers import Ratings
from survey_report.synthesis.draws import Draws, Floats, Ints
from survey_report.synthesis.people import People

DEALS = 80
# Difference of two levels in standard errors; the tests of the report see a difference from about 2.3.
CALM = 1.5


def deal_areas(study: Study, people: People, ratings: Sequence[Ratings], draws: Draws) -> None:
    """Shuffle the column behind each derived grouping, in place; who gave which answers plays no part in a deal."""
    for grouping in study.tested_groupings:
        if not grouping.derived_from or grouping.mapping is None:
            continue
        column = people[grouping.derived_from]
        levels = np.array([_level(grouping, area) for area in column], dtype=np.int64)
        enough = [one.scored(study.thresholds.min_answered) for one in ratings]
        scored = [(one.rows[mask], one.scores()[mask]) for one, mask in zip(ratings, enough, strict=True)]
        best, calmest = None, np.inf
        for _ in range(DEALS):
            order = draws.order(len(column))
            apart = max(_apart(levels[order][rows], scores, len(grouping.categories)) for rows, scores in scored)
            if apart < calmest:
                best, calmest = order, apart
            if apart < CALM:
                break
        if best is not None:
            people[grouping.derived_from] = column[best]


def _level(grouping: Grouping, area: str) -> int:
    wanted = (grouping.mapping or {}).get(area)
    return next((place for place, c in enumerate(grouping.categories) if c.id == wanted), -1)


def _apart(levels: Ints, scores: Floats, count: int) -> float:
    """The largest difference of two levels in standard errors of the difference."""
    means, errors = [], []
    for level in range(count):
        mine = scores[levels == level]
        if len(mine) < 3:
            continue
        mean = float(np.cumsum(mine)[-1]) / len(mine)
        spread = float(np.cumsum((mine - mean) ** 2)[-1]) / (len(mine) - 1)
        means.append(mean)
        errors.append(spread / len(mine))
    return max(
        (
            abs(means[a] - means[b]) / float(np.sqrt(max(errors[a] + errors[b], 1e-12)))
            for a in range(len(means))
            for b in range(a)
        ),
        default=0.0,
    )
