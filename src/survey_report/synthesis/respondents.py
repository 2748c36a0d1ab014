"""The heart of the generator: every respondent's answers as ids, with no thought of how an export spells them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from survey_report.study import Scale, Study
from survey_report.synthesis.aims import scale_aims
from survey_report.synthesis.answers import MISSING, Fit, Ratings, change, period_figures, rate, skip_reasons, traits
from survey_report.synthesis.areas import deal_areas
from survey_report.synthesis.draws import Bools, Draws, Floats, Ints
from survey_report.synthesis.leaving import leave
from survey_report.synthesis.pages import survey_pages
from survey_report.synthesis.people import Column, People, closed_questions, complete_people, other_people
from survey_report.synthesis.repair import repair
from survey_report.synthesis.settings import Settings
from survey_report.synthesis.targets import Targets
from survey_report.synthesis.texts import open_answers


@dataclass(frozen=True)
class Respondents:
    """Answers by question id, one place a respondent: a category or option id, a text, or "" for none.

    `progress` is in percent; 100 exactly for those who finished, who come first.
    """

    answers: Mapping[str, Column]
    progress: Ints


def generate(study: Study, targets: Targets, settings: Settings, log: Callable[[str], object]) -> Respondents:
    """Complete and abandoned questionnaires of `study`, the same on every run."""
    people = complete_people(study, targets, settings)
    log(f"people: {targets.complete} complete")
    complete, rated, fits = _answers(study, targets, settings, people, "complete", None, log)
    deal_areas(study, people, rated, Draws(settings.seed, "areas"))
    complete |= _closed(study, people, targets.complete)
    writers = np.zeros(targets.complete, dtype=np.bool_)
    writers[Draws(settings.seed, "writers").order(targets.complete)[: targets.open_answers]] = True
    complete |= open_answers(study, settings, people, writers, "complete")

    others = other_people(people, targets.incomplete, settings)
    left, _, _ = _answers(study, targets, settings, others, "abandoned", fits, log)
    left |= _closed(study, others, targets.incomplete)
    writers = Draws(settings.seed, "other writers").uniform(targets.incomplete) < settings.open_abandoned
    left |= open_answers(study, settings, others, writers, "abandoned")
    progress = leave(settings, survey_pages(study), others, left)
    log(f"people: {targets.incomplete} abandoned")
    return Respondents(
        {question.id: np.concatenate([complete[question.id], left[question.id]]) for question in study.asked},
        np.concatenate([np.full(targets.complete, 100, dtype=np.int64), progress]),
    )


def _answers(
    study: Study,
    targets: Targets,
    settings: Settings,
    people: People,
    name: str,
    fits: Mapping[str, Fit] | None,
    log: Callable[[str], object],
) -> tuple[dict[str, Column], list[Ratings], dict[str, Fit]]:
    size = len(next(iter(people.values())))
    liking = traits(study, settings, size, name)
    found: dict[str, Column] = {}
    rated, learnt = [], {}
    for scale in study.scales:
        trait = liking[scale.id]
        ratings, learnt[scale.id] = rate(
            study, targets, settings, scale, people, trait, name, fits[scale.id] if fits else None
        )
        if fits is None:
            among = {item: column[ratings.rows] for item, column in people.items()}
            scored: Bools = ratings.scored(study.thresholds.min_answered)
            moves = repair(
                ratings, scale_aims(study, targets, scale.id, among, scored), Draws(settings.seed, f"repair {scale.id}")
            )
            log(f"scale {scale.id}: {len(ratings.rows)} asked, {moves} answers moved")
        found |= _columns(settings, ratings, size, name)
        found |= _changes(study, targets, settings, scale, people, trait, name)
        rated.append(ratings)
    return found, rated, learnt


def _changes(
    study: Study, targets: Targets, settings: Settings, scale: Scale, people: People, trait: Floats, name: str
) -> dict[str, Column]:
    figures = period_figures(scale, targets)
    return {
        question.id: change(
            targets,
            settings,
            question,
            study.response_sets[question.response_set],
            figures[question.id],
            people,
            trait,
            name,
        )
        for question in scale.changes
    }


def _columns(settings: Settings, ratings: Ratings, size: int, name: str) -> dict[str, Column]:
    ids = np.array([option.id for option in ratings.options.options], dtype=object)
    columns = {}
    for place, question in enumerate(ratings.scale.items):
        chosen = ratings.choices[:, place]
        column = np.full(size, "", dtype=object)
        answered = chosen != MISSING
        column[ratings.rows[answered]] = ids[chosen[answered]]
        draws = Draws(settings.seed, f"{name} skipped {question.id}")
        item = settings.items[question.id]
        column[ratings.rows[~answered]] = skip_reasons(ratings.options, item, int((~answered).sum()), draws)
        columns[question.id] = column
    return columns


def _closed(study: Study, people: People, size: int) -> dict[str, Column]:
    found = {question.id: people[question.item].copy() for question in closed_questions(study)}
    if study.consent:
        consent = study.question(study.consent[0])
        agreed = next(c.id for c in consent.categories if c.id != study.consent[1])
        found[consent.id] = np.full(size, agreed, dtype=object)
    return found
