"""The heart of the generator: every respondent's answers as ids, with no thought of how an export spells them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from survey_report.study import Study
from survey_report.synthesis.answers import MISSING, Fit, Ratings, change, rate, scaled, traits
from survey_report.synthesis.areas import calm_areas
from survey_report.synthesis.draws import Draws, Floats, Ints
from survey_report.synthesis.leaving import leave
from survey_report.synthesis.objective import Objective
from survey_report.synthesis.pages import survey_pages
from survey_report.synthesis.people import Column, People, closed_questions, complete_people, grouped, other_people
from survey_report.synthesis.plan import Plan, make_plan
from survey_report.synthesis.search import search
from survey_report.synthesis.settings import Settings
from survey_report.synthesis.skipping import Asked, put, scored
from survey_report.synthesis.targets import Targets
from survey_report.synthesis.texts import open_answers


@dataclass(frozen=True)
class Respondents:
    """Answers by question id, one place a respondent: a category or option id, a text, or "" for none.

    `progress` is in percent; 100 exactly for those who finished, who come first.
    """

    answers: Mapping[str, Column]
    progress: Ints


@dataclass(frozen=True)
class _Survey:
    """What is the same for complete and abandoned questionnaires."""

    study: Study
    targets: Targets
    settings: Settings
    log: Callable[[str], object]


@dataclass(frozen=True)
class _Questions:
    """What was put to people of one kind: ratings by scale, changes by question."""

    ratings: Mapping[str, Asked]
    changes: Mapping[str, Asked]


def generate(study: Study, targets: Targets, settings: Settings, log: Callable[[str], object]) -> Respondents:
    """Complete and abandoned questionnaires of `study`, the same on every run.

    Raises UserError naming the rows of the register that clash.
    """
    survey = _Survey(study, targets, settings, log)
    people = complete_people(study, targets, settings)
    log(f"people: {targets.complete} complete")
    questions = _put(survey, people, "complete")
    plan = make_plan(study, targets, settings, grouped(study, people), questions.ratings, questions.changes)
    log(f"plan: counts of {len(plan.counts)} questions")
    complete, rated, fits = _complete(survey, people, questions, plan)
    calm_areas(study, people, rated, Draws(settings.seed, "areas"))
    complete |= _closed(study, people, targets.complete)
    writers = np.zeros(targets.complete, dtype=np.bool_)
    told = targets.open_answers
    many = round(settings.open_complete * targets.complete) if told is None else told
    writers[Draws(settings.seed, "writers").order(targets.complete)[:many]] = True
    complete |= open_answers(study, settings, people, writers, "complete", counted=True)

    finished = np.full(targets.complete, 100, dtype=np.int64)
    if not targets.incomplete:
        return Respondents({question.id: complete[question.id] for question in study.asked}, finished)
    others = other_people(people, targets.incomplete, settings)
    left = _abandoned(survey, others, plan, fits)
    left |= _closed(study, others, targets.incomplete)
    writers = Draws(settings.seed, "other writers").uniform(targets.incomplete) < settings.open_abandoned
    left |= open_answers(study, settings, others, writers, "abandoned", counted=False)
    progress = leave(settings, survey_pages(study), others, left)
    log(f"people: {targets.incomplete} abandoned")
    return Respondents(
        {question.id: np.concatenate([complete[question.id], left[question.id]]) for question in study.asked},
        np.concatenate([finished, progress]),
    )


def _put(survey: _Survey, people: People, name: str) -> _Questions:
    study, targets, settings = survey.study, survey.targets, survey.settings
    ratings, changes = {}, {}
    for scale in study.scales:
        ratings[scale.id] = put(study, scale.items, targets, settings, people, name)
        for question in scale.changes:
            changes[question.id] = put(study, (question,), targets, settings, people, name)
    return _Questions(ratings, changes)


def _complete(
    survey: _Survey, people: People, questions: _Questions, plan: Plan
) -> tuple[dict[str, Column], list[Ratings], dict[str, Fit]]:
    study, settings, size = survey.study, survey.settings, survey.targets.complete
    liking, groups = traits(study, settings, size, "complete"), grouped(study, people)
    found: dict[str, Column] = {}
    rated, fits = [], {}
    for scale in study.scales:
        asked, aims = questions.ratings[scale.id], plan.scales[scale.id]
        among = {name: column[asked.rows] for name, column in groups.items()}
        enough = scored(asked, study.thresholds.min_answered)
        ratings, fits[scale.id] = rate(
            study, settings, scale.id, asked, plan.counts, among,
            liking[scale.id][asked.rows], enough, aims, None, "complete",
        )  # fmt: skip
        spread = settings.scales[scale.id].spread
        objective = Objective(ratings, aims, among, enough, spread, study.thresholds.alpha)
        pinned = np.array([bool(survey.targets.options.get(q.id)) for q in scale.items])
        moves, left = search(ratings, objective, pinned, Draws(settings.seed, f"search {scale.id}"))
        survey.log(f"scale {scale.id}: {len(asked.rows)} asked, {moves} answers moved, {left:g} left of the violations")
        found |= _columns(ratings, size)
        rated.append(ratings)
    found |= _changes(survey, questions, plan, liking, size, "complete")
    return found, rated, fits


def _abandoned(survey: _Survey, people: People, plan: Plan, fits: Mapping[str, Fit]) -> dict[str, Column]:
    """Answers as if they had gone on to the end, like those of the complete."""
    study, settings, size = survey.study, survey.settings, survey.targets.incomplete
    name = "abandoned"
    questions = _put(survey, people, name)
    liking, groups = traits(study, settings, size, name), grouped(study, people)
    found: dict[str, Column] = {}
    for scale in study.scales:
        asked = questions.ratings[scale.id]
        counts = {question: scaled(plan.counts[question], base) for question, base in asked.bases.items()}
        among = {name: column[asked.rows] for name, column in groups.items()}
        ratings, _ = rate(
            study, settings, scale.id, asked, counts, among,
            liking[scale.id][asked.rows], scored(asked, study.thresholds.min_answered), None, fits[scale.id], name,
        )  # fmt: skip
        found |= _columns(ratings, size)
    return found | _changes(survey, questions, plan, liking, size, name)


def _changes(
    survey: _Survey, questions: _Questions, plan: Plan, liking: Mapping[str, Floats], size: int, name: str
) -> dict[str, Column]:
    found = {}
    for scale in survey.study.scales:
        for question in scale.changes:
            asked = questions.changes[question.id]
            counts = plan.counts[question.id]
            if name != "complete":
                counts = tuple(scaled(counts, asked.bases[question.id]))
            column = np.full(size, "", dtype=object)
            leaning = liking[scale.id][asked.rows]
            column[asked.rows] = change(survey.study, survey.settings, asked, counts, leaning, name)
            found[question.id] = column
    return found


def _columns(ratings: Ratings, size: int) -> dict[str, Column]:
    columns = {}
    for place, question in enumerate(ratings.asked.questions):
        ids = np.array([option.id for option in ratings.sets[place].options], dtype=object)
        chosen = ratings.choices[:, place]
        column = np.full(size, "", dtype=object)
        column[ratings.asked.rows] = np.where(chosen == MISSING, ratings.asked.reasons[question.id], ids[chosen])
        columns[question.id] = column
    return columns


def _closed(study: Study, people: People, size: int) -> dict[str, Column]:
    found = {question.id: people[question.item].copy() for question in closed_questions(study)}
    if study.consent:
        consent = study.question(study.consent[0])
        agreed = next(c.id for c in consent.categories if c.id != study.consent[1])
        found[consent.id] = np.full(size, agreed, dtype=object)
    return found
