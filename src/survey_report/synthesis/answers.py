"""Ratings and changes of one scale: a trait for each person, answers handed out by rank until the counts are spent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from survey_report.study import ResponseSet, Study
from survey_report.synthesis.draws import Bools, Draws, Floats, Ints, spread_exactly
from survey_report.synthesis.means import EVERYBODY, Key
from survey_report.synthesis.people import Column, People
from survey_report.synthesis.plan import ScalePlan
from survey_report.synthesis.settings import ScaleShape, Settings
from survey_report.synthesis.skipping import Asked

# Rounds in which group effects and the agreement between items are moved towards the plan.
ROUNDS = 16
# Points of the scale that one unit of trait is worth, roughly; only the speed of the fit depends on it.
SLOPE = 0.8
# The fit stays this far inside the range of the spread, and lets groups without a printed mean lie anywhere within
# LOOSE / sqrt(size) of the planned one.
INSIDE = 0.02
LOOSE = 0.5
MISSING = -1


@dataclass(frozen=True)
class Fit:
    """What the complete answers taught: effects by (grouping, group), and the agreement between items."""

    effects: Mapping[Key, float]
    agreement: float


@dataclass
class Ratings:
    """Answers of one scale: `choices[person, item]` is a place among the options or MISSING."""

    asked: Asked
    options: ResponseSet
    choices: Ints

    @property
    def points(self) -> Ints:
        """Score of every choice, 0 where there is none."""
        scores = np.array([option.score or 0 for option in self.options.options] + [0], dtype=np.int64)
        return scores[self.choices]

    def scores(self) -> Floats:
        """Mean of each person's answered items; 0 without any."""
        answered = self.asked.answered.sum(axis=1)
        return np.asarray(self.points.sum(axis=1) / np.maximum(answered, 1), dtype=np.float64)


def traits(study: Study, settings: Settings, size: int, name: str) -> dict[str, Floats]:
    """What each person thinks of each scale, mean 0, deviation 1, correlated over the scales."""
    common = Draws(settings.seed, f"{name} common").normal(size)
    shared, own = np.sqrt(settings.between_scales), np.sqrt(1 - settings.between_scales)
    return {s.id: shared * common + own * Draws(settings.seed, f"{name} {s.id}").normal(size) for s in study.scales}


def rate(
    settings: Settings,
    scale: str,
    asked: Asked,
    options: ResponseSet,
    counts: Mapping[str, Sequence[int]],
    groups: People,
    trait: Floats,
    scored: Bools,
    plan: ScalePlan | None,
    fit: Fit | None,
    name: str,
) -> tuple[Ratings, Fit]:
    """Answers to the items of a scale, each answer as often as `counts` says, and how they were fitted.

    With `plan` given, effects of groups are fitted to its means; else `fit` is used as it stands. `groups` and `trait`
    are of the people asked.
    """
    draws = Draws(settings.seed, f"{name} ratings {scale}")
    noise = draws.normal(len(asked.rows), len(asked.questions))
    shape = settings.scales[scale]
    current = fit or Fit({}, shape.agreement)
    own = trait.copy()
    for group in settings.wider:
        if group.scale == scale:
            own[groups[group.grouping] == group.group] *= group.factor
    choices = np.full(asked.answered.shape, MISSING, dtype=np.int64)
    ratings = Ratings(asked, options, choices)
    members = {key: scored & (groups[key[0]] == key[1]) for key in (plan.means if plan else {}) if key != EVERYBODY}
    for step in range(ROUNDS if plan else 1):
        _hand_out(ratings, counts, current, own, groups, noise)
        if plan and step < ROUNDS - 1:
            current = _closer(current, shape, plan, ratings.scores(), scored, members)
    return ratings, current


def change(
    settings: Settings,
    asked: Asked,
    options: ResponseSet,
    counts: Sequence[int],
    trait: Floats,
    name: str,
) -> Column:
    """Option ids of one change question for the people asked; the reason, or nothing, where there is no answer."""
    question = asked.questions[0]
    draws = Draws(settings.seed, f"{name} {question.id}")
    column = asked.reasons[question.id].copy()
    chosen = np.flatnonzero(asked.answered[:, 0])
    leaning = 0.5 * trait + draws.normal(len(trait))
    ids = np.array([option.id for option in options.options], dtype=object)
    column[chosen] = ids[_by_rank(leaning[chosen], counts, options)]
    return column


def scaled(counts: Sequence[int], base: int) -> list[int]:
    """The same shares of another number of answers."""
    if not sum(counts):
        return [base, *[0] * (len(counts) - 1)]
    return [int(n) for n in spread_exactly(base, np.array(counts, dtype=np.float64))]


def _by_rank(leaning: Floats, counts: Sequence[int], options: ResponseSet) -> Ints:
    """Places among the options: the best answers to those who lean highest."""
    best_first = sorted(range(len(counts)), key=lambda place: -(options.options[place].score or 0))
    places = np.repeat(best_first, [counts[place] for place in best_first])
    # Rounded before ranking, so that a last digit that differs between machines can't change the order.
    order = np.argsort(-np.rint(leaning * 1e7), kind="stable")
    handed = np.empty(len(leaning), dtype=np.int64)
    handed[order] = places
    return handed


def _hand_out(
    ratings: Ratings, counts: Mapping[str, Sequence[int]], fit: Fit, trait: Floats, groups: People, noise: Floats
) -> None:
    leaning = trait.copy()
    for (grouping, group), effect in fit.effects.items():
        leaning[groups[grouping] == group] += effect
    shared, own = np.sqrt(fit.agreement), np.sqrt(1 - fit.agreement)
    for place, question in enumerate(ratings.asked.questions):
        chosen = np.flatnonzero(ratings.asked.answered[:, place])
        mixed = shared * leaning[chosen] + own * noise[chosen, place]
        ratings.choices[chosen, place] = _by_rank(mixed, counts[question.id], ratings.options)


def _closer(
    fit: Fit, shape: ScaleShape, plan: ScalePlan, scores: Floats, scored: Bools, members: Mapping[Key, Bools]
) -> Fit:
    """Effects and agreement moved part of the way to the plan."""
    effects = dict(fit.effects)
    for key, mine in members.items():
        size = int(mine.sum())
        if size < 3:
            continue
        mean = float(np.cumsum(scores[mine])[-1]) / size
        loose = LOOSE / float(np.sqrt(size)) if key not in plan.printed else 0.0
        goal = min(max(mean, plan.means[key] - loose), plan.means[key] + loose)
        effects[key] = effects.get(key, 0.0) + 0.6 * (goal - mean) / SLOPE
    everybody = scores[scored]
    mean = float(np.cumsum(everybody)[-1]) / max(1, len(everybody))
    spread = float(np.sqrt(np.cumsum((everybody - mean) ** 2)[-1] / max(1, len(everybody) - 1)))
    low, high = shape.spread
    goal = min(max(spread, low + INSIDE), high - INSIDE)
    agreement = min(max(fit.agreement + 1.2 * (goal - spread), 0.05), 0.97)
    return replace(fit, effects=effects, agreement=agreement)
