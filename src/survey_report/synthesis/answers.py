"""Ratings and changes of one scale: a trait for each person, answers handed out by rank until the counts are spent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from survey_report.study import Question, ResponseSet, Study
from survey_report.synthesis.draws import Bools, Draws, Floats, Ints, spread_exactly
from survey_report.synthesis.means import EVERYBODY, Key
from survey_report.synthesis.people import Column, People
from survey_report.synthesis.plan import ScalePlan
from survey_report.synthesis.settings import ScaleShape, Settings
from survey_report.synthesis.skipping import Asked

# Rounds in which group effects and the agreement between items are moved towards the plan.
ROUNDS = 16
# All in ranges of the scale, from its lowest to its highest score. What one unit of trait is worth, roughly; only the
# speed of the fit depends on it.
SLOPE = 0.2
# The fit stays this far inside the range of the spread, and lets groups without a printed mean lie anywhere within
# LOOSE / sqrt(size) of the planned one. A spread that is off by a whole range moves the agreement by AGREEING.
INSIDE = 0.005
LOOSE = 0.125
AGREEING = 4.8
MISSING = -1


@dataclass(frozen=True)
class Fit:
    """What the complete answers taught: effects by (grouping, group), and the agreement between items."""

    effects: Mapping[Key, float]
    agreement: float


@dataclass
class Ratings:
    """Answers of one scale: `choices[person, item]` is a place among the item's options or MISSING.

    `sets` are the answers to each item, `values[item, place]` their scores, turned where the item is reversed.
    """

    asked: Asked
    sets: tuple[ResponseSet, ...]
    values: Ints
    choices: Ints

    @property
    def points(self) -> Ints:
        """Score of every choice, 0 where there is none."""
        found = self.values[np.arange(len(self.sets)), self.choices]
        return np.where(self.choices == MISSING, 0, found)

    @property
    def span(self) -> int:
        """From the lowest score to the highest."""
        return int(self.values.max() - self.values.min())

    def scores(self) -> Floats:
        """Mean of each person's answered items; 0 without any."""
        answered = self.asked.answered.sum(axis=1)
        return np.asarray(self.points.sum(axis=1) / np.maximum(answered, 1), dtype=np.float64)


def traits(study: Study, settings: Settings, size: int, name: str) -> dict[str, Floats]:
    """What each person thinks of each scale, mean 0, deviation 1, correlated over the scales."""
    common = Draws(settings.seed, f"{name} common").normal(size)
    shared, own = np.sqrt(settings.between_scales), np.sqrt(1 - settings.between_scales)
    return {s.id: shared * common + own * Draws(settings.seed, f"{name} {s.id}").normal(size) for s in study.scales}


def values(study: Study, question: Question) -> list[int]:
    """Scores of a question's options in their order, turned where it is reversed."""
    scores = study.scores(question)
    return [scores[option.id] for option in study.response_sets[question.response_set].options]


def rate(
    study: Study,
    settings: Settings,
    scale: str,
    asked: Asked,
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
    sets = tuple(study.response_sets[question.response_set] for question in asked.questions)
    ratings = Ratings(asked, sets, np.array([values(study, question) for question in asked.questions]), choices)
    members = {key: scored & (groups[key[0]] == key[1]) for key in (plan.means if plan else {}) if key != EVERYBODY}
    for step in range(ROUNDS if plan else 1):
        _hand_out(ratings, counts, current, own, groups, noise)
        if plan and step < ROUNDS - 1:
            current = _closer(current, shape, plan, ratings.scores(), scored, members, ratings.span)
    return ratings, current


def change(
    study: Study,
    settings: Settings,
    asked: Asked,
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
    ids = np.array([option.id for option in study.response_sets[question.response_set].options], dtype=object)
    column[chosen] = ids[_by_rank(leaning[chosen], counts, values(study, question))]
    return column


def scaled(counts: Sequence[int], base: int) -> list[int]:
    """The same shares of another number of answers."""
    if not sum(counts):
        return [base, *[0] * (len(counts) - 1)]
    return [int(n) for n in spread_exactly(base, np.array(counts, dtype=np.float64))]


def _by_rank(leaning: Floats, counts: Sequence[int], points: Sequence[int]) -> Ints:
    """Places among the options: the answers with most points to those who lean highest."""
    best_first = sorted(range(len(counts)), key=lambda place: -points[place])
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
        ratings.choices[chosen, place] = _by_rank(mixed, counts[question.id], ratings.values[place].tolist())


def _closer(
    fit: Fit,
    shape: ScaleShape,
    plan: ScalePlan,
    scores: Floats,
    scored: Bools,
    members: Mapping[Key, Bools],
    span: int,
) -> Fit:
    """Effects and agreement moved part of the way to the plan; `span` is the range of the scores."""
    effects = dict(fit.effects)
    for key, mine in members.items():
        size = int(mine.sum())
        if size < 3:
            continue
        mean = float(np.cumsum(scores[mine])[-1]) / size
        loose = LOOSE * span / float(np.sqrt(size)) if key not in plan.printed else 0.0
        goal = min(max(mean, plan.means[key] - loose), plan.means[key] + loose)
        effects[key] = effects.get(key, 0.0) + 0.6 * (goal - mean) / (SLOPE * span)
    everybody = scores[scored]
    mean = float(np.cumsum(everybody)[-1]) / max(1, len(everybody))
    spread = float(np.sqrt(np.cumsum((everybody - mean) ** 2)[-1] / max(1, len(everybody) - 1)))
    low, high = shape.spread
    goal = min(max(spread, low + INSIDE * span), high - INSIDE * span)
    agreement = min(max(fit.agreement + AGREEING / span * (goal - spread), 0.05), 0.97)
    return replace(fit, effects=effects, agreement=agreement)
