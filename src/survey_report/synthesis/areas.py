"""Areas are dealt out by chance. Of several deals the first is taken in which neither areas nor levels stand out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from survey_report.study import Grouping, Study
from survey_report.synthesis.answers import Ratings
from survey_report.synthesis.draws import Draws, Floats, Ints
from survey_report.synthesis.people import People

DEALS = 80
# Largest difference of two levels in standard errors; the tests of the report see a difference from about 2.3.
LEVELS_CALM = 1.5
# Largest distance of an area from everybody, likewise; among some two hundred, one of 2.8 is to be expected.
AREAS_CALM = 3.0


def deal_areas(study: Study, people: People, ratings: Sequence[Ratings], draws: Draws) -> None:
    """Shuffle the column behind each derived grouping, in place; who gave which answers plays no part in a deal.

    An invented result about a real place must not look like a finding, so a deal that makes one look so is dealt again.
    """
    least = study.thresholds.min_test_group
    for grouping in study.tested_groupings:
        if not grouping.derived_from or grouping.mapping is None:
            continue
        column = people[grouping.derived_from]
        names = [category.id for category in study.question(grouping.derived_from).categories]
        areas = np.array([names.index(str(area)) for area in column], dtype=np.int64)
        levels = np.array([_level(grouping, str(area)) for area in column], dtype=np.int64)
        enough = [one.scored(study.thresholds.min_answered) for one in ratings]
        scored = [(one.rows[mask], one.scores()[mask]) for one, mask in zip(ratings, enough, strict=True)]
        best, calmest = draws.order(len(column)), np.inf
        for _ in range(DEALS):
            order = draws.order(len(column))
            loudest = 0.0
            for rows, scores in scored:
                apart = _apart(*_moments(levels[order][rows], scores, len(grouping.categories), least))
                alone = _alone(*_moments(areas[order][rows], scores, len(names), least), _mean(scores))
                loudest = max(loudest, apart / LEVELS_CALM, alone / AREAS_CALM)
            if loudest < calmest:
                best, calmest = order, loudest
            if loudest <= 1:
                break
        people[grouping.derived_from] = column[best]


def _level(grouping: Grouping, area: str) -> int:
    wanted = (grouping.mapping or {}).get(area)
    return next((place for place, c in enumerate(grouping.categories) if c.id == wanted), -1)


def _mean(scores: Floats) -> float:
    return float(np.cumsum(scores)[-1]) / len(scores)


def _moments(codes: Ints, scores: Floats, count: int, least: int) -> tuple[list[float], list[float]]:
    """Mean and squared standard error of each group of at least `least` people."""
    means, errors = [], []
    for code in range(count):
        mine = scores[codes == code]
        if len(mine) < max(least, 2):
            continue
        means.append(_mean(mine))
        spread = float(np.cumsum((mine - means[-1]) ** 2)[-1]) / (len(mine) - 1)
        errors.append(max(spread, 1e-9) / len(mine))
    return means, errors


def _apart(means: Sequence[float], errors: Sequence[float]) -> float:
    """The largest difference of two groups in standard errors of the difference."""
    pairs = [(a, b) for a in range(len(means)) for b in range(a)]
    return max((abs(means[a] - means[b]) / float(np.sqrt(errors[a] + errors[b])) for a, b in pairs), default=0.0)


def _alone(means: Sequence[float], errors: Sequence[float], everybody: float) -> float:
    """The largest distance of a group from everybody in standard errors of its mean."""
    return max(
        (abs(mean - everybody) / float(np.sqrt(error)) for mean, error in zip(means, errors, strict=True)), default=0.0
    )
