"""Ratings and changes of one scale: a trait for each person, answers handed out by rank until the quotas are full."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from survey_report.study import Question, ResponseSet, Scale, Side, Study
from survey_report.synthesis import quotas
from survey_report.synthesis.aims import Aim, group_means, scale_aims
from survey_report.synthesis.draws import Bools, Draws, Floats, Ints
from survey_report.synthesis.people import Column, People, asked
from survey_report.synthesis.settings import ItemShares, ScaleShape, Settings
from survey_report.synthesis.targets import Figure, Targets

# Rounds in which group effects and the ends of the answers are moved towards the published means.
ROUNDS = 14
# Points of the scale that one unit of trait is worth, roughly; only the speed of the fit depends on it.
SLOPE = 0.8
MISSING = -1


@dataclass(frozen=True)
class Fit:
    """What the complete answers taught: effects by (grouping, group), and the shape with its ends moved."""

    effects: Mapping[tuple[str, str], float]
    shape: ScaleShape


@dataclass
class Ratings:
    """Answers of one scale: `choices[person, item]` is a place among the options or MISSING, `rows` who was asked."""

    scale: Scale
    options: ResponseSet
    rows: Ints
    choices: Ints
    pinned: Bools
    trait: Floats

    @property
    def points(self) -> Ints:
        """Score of every choice, 0 where there is none."""
        scores = np.array([option.score or 0 for option in self.options.options] + [0], dtype=np.int64)
        return scores[self.choices]

    def scored(self, least: float) -> Bools:
        """Who answered at least this share of the items."""
        return np.asarray((self.choices != MISSING).sum(axis=1) >= least * self.choices.shape[1])

    def scores(self) -> Floats:
        """Mean of each person's answered items; 0 without any."""
        answered = (self.choices != MISSING).sum(axis=1)
        return np.asarray(self.points.sum(axis=1) / np.maximum(answered, 1), dtype=np.float64)


def traits(study: Study, settings: Settings, size: int, name: str) -> dict[str, Floats]:
    """What each person thinks of each scale, mean 0, deviation 1, correlated over the scales."""
    common = Draws(settings.seed, f"{name} common").normal(size)
    shared, own = np.sqrt(settings.between_scales), np.sqrt(1 - settings.between_scales)
    return {s.id: shared * common + own * Draws(settings.seed, f"{name} {s.id}").normal(size) for s in study.scales}


def rate(
    study: Study,
    targets: Targets,
    settings: Settings,
    scale: Scale,
    people: People,
    trait: Floats,
    name: str,
    fit: Fit | None = None,
) -> tuple[Ratings, Fit]:
    """Answers to the rating items of `scale` and how they were fitted; with `fit` given, that is used as it stands."""
    draws = Draws(settings.seed, f"{name} ratings {scale.id}")
    rows = np.flatnonzero(asked(scale.items[0], people, len(trait)))
    options = study.response_sets[scale.items[0].response_set]
    among = {item: column[rows] for item, column in people.items()}
    sides, choices = [], np.full((len(rows), len(scale.items)), MISSING, dtype=np.int64)
    dropping = draws.normal(len(rows))
    for place, question in enumerate(scale.items):
        chosen, counts = _answering(question, targets, settings, len(rows), dropping, draws)
        choices[chosen, place] = 0
        sides.append(counts)
    noise = draws.normal(len(rows), len(scale.items))
    pinned = np.array([bool(targets.options.get(question.id)) for question in scale.items])
    ratings = Ratings(scale, options, rows, choices, pinned, trait[rows])
    aims = scale_aims(study, targets, scale.id, among, ratings.scored(study.thresholds.min_answered))
    current = fit or Fit({}, settings.scales[scale.id])
    for _ in range(1 if fit or not aims else ROUNDS):
        _hand_out(ratings, targets, settings, current, sides, noise, among)
        if fit is None and aims:
            current = _closer(current, aims, group_means(ratings.scores(), aims))
    return ratings, current


def change(
    targets: Targets,
    settings: Settings,
    question: Question,
    options: ResponseSet,
    period_figures: Mapping[Side, Figure],
    people: People,
    trait: Floats,
    name: str,
) -> Column:
    """Option ids of one change question, empty where not asked or left blank."""
    draws = Draws(settings.seed, f"{name} {question.id}")
    rows = np.flatnonzero(asked(question, people, len(trait)))
    column = np.full(len(trait), "", dtype=object)
    published = replace(targets, sides={**targets.sides, question.id: period_figures})
    chosen, sides = _answering(question, published, settings, len(rows), draws.normal(len(rows)), draws)
    skipped = np.setdiff1d(np.arange(len(rows)), chosen)
    shape = settings.scales[question.scale]
    counts = quotas.option_counts(options, sides, len(chosen), shape, targets.options.get(question.id, {}))
    leaning = 0.5 * trait[rows] + draws.normal(len(rows))
    ids = np.array([option.id for option in options.options], dtype=object)
    column[rows[chosen]] = ids[_by_rank(leaning[chosen], counts, options)]
    column[rows[skipped]] = skip_reasons(options, settings.items[question.id], len(skipped), draws)
    return column


def skip_reasons(options: ResponseSet, item: ItemShares, size: int, draws: Draws) -> Column:
    """Ids of the answers that are none (or an empty text), as often as assumed."""
    # The columns of the assumed shares stand for the first two of the set's missing answers, whatever they are called.
    ids = [option.id for option in options.missing][:2]
    weights = np.array([*item.skipped[: len(ids)], item.skipped[2]])
    return np.array([*ids, ""], dtype=object)[draws.pick(weights, size)]


def period_figures(scale: Scale, targets: Targets) -> dict[str, dict[Side, Figure]]:
    """Published sides of each change question; a published range of the unchanged fixes its lowest and highest one."""
    found = {q.id: dict(targets.sides.get(q.id, {})) for q in scale.changes}
    span = targets.spans.get(scale.id)
    if span and all({"positive", "negative"} <= set(sides) for sides in found.values()):
        unchanged = {q: 100 - sides["positive"].value - sides["negative"].value for q, sides in found.items()}
        order = sorted(unchanged, key=lambda q: unchanged[q])
        found[order[0]]["neutral"], found[order[-1]]["neutral"] = span
    return found


def _answering(
    question: Question, targets: Targets, settings: Settings, size: int, dropping: Floats, draws: Draws
) -> tuple[Ints, dict[Side, int]]:
    """Places of those who answer, and how many take each side."""
    assumed = settings.items[question.id]
    shares = quotas.side_shares(question, targets, assumed)
    figures = targets.sides.get(question.id, {})
    if "neutral" in figures:
        shares["neutral"] = float(figures["neutral"].value)
    wanted = round(size * (1 - sum(assumed.skipped) / 100))
    base, counts = quotas.possible_base(wanted, size, shares, figures)
    readiness = np.argsort(0.8 * dropping + draws.normal(size), kind="stable")
    return np.sort(readiness[:base]), counts


def _by_rank(leaning: Floats, counts: list[int], options: ResponseSet) -> Ints:
    """Places among the options: the best answers to those who lean highest."""
    best_first = sorted(range(len(counts)), key=lambda place: -(options.options[place].score or 0))
    places = np.repeat(best_first, [counts[place] for place in best_first])
    # Rounded before ranking, so that a last digit that differs between machines can't change the order.
    order = np.argsort(-np.rint(leaning * 1e7), kind="stable")
    handed = np.empty(len(leaning), dtype=np.int64)
    handed[order] = places
    return handed


def _hand_out(
    ratings: Ratings,
    targets: Targets,
    settings: Settings,
    fit: Fit,
    sides: list[dict[Side, int]],
    noise: Floats,
    people: People,
) -> None:
    trait = ratings.trait.copy()
    for group in settings.wider:
        if group.scale == ratings.scale.id:
            trait[people[group.grouping] == group.group] *= group.factor
    for (grouping, name), effect in fit.effects.items():
        trait[people[grouping] == name] += effect
    shared, own = np.sqrt(fit.shape.agreement), np.sqrt(1 - fit.shape.agreement)
    for place, question in enumerate(ratings.scale.items):
        chosen = np.flatnonzero(ratings.choices[:, place] != MISSING)
        fixed = targets.options.get(question.id, {})
        counts = quotas.option_counts(ratings.options, sides[place], len(chosen), fit.shape, fixed)
        leaning = shared * trait[chosen] + own * noise[chosen, place]
        ratings.choices[chosen, place] = _by_rank(leaning, counts, ratings.options)


def _closer(fit: Fit, aims: list[Aim], means: Floats) -> Fit:
    """Effects and ends moved part of the way to the aims. Everybody's mean is moved by the ends alone."""
    effects = dict(fit.effects)
    for aim, mean in zip(aims[1:], means[1:], strict=True):
        # A published mean is aimed at in its middle; the others may lie anywhere in their range.
        target = aim.centre if aim.weight >= 1 else min(max(float(mean), aim.low), aim.high)
        step = 0.6 * (target - float(mean)) / SLOPE
        effects[aim.grouping, aim.group] = effects.get((aim.grouping, aim.group), 0.0) + step
    gap = aims[0].centre - float(means[0])
    ends = {
        "positive_end": min(max(fit.shape.positive_end + 0.9 * gap, 0.02), 0.9),
        "negative_end": min(max(fit.shape.negative_end - 0.9 * gap, 0.02), 0.9),
    }
    return Fit(effects, replace(fit.shape, **ends))
