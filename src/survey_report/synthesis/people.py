"""Who answers: the closed questions about the person, with exact counts where the register gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from survey_report.study import Question, Study
from survey_report.synthesis.draws import Draws, Floats, Ints
from survey_report.synthesis.headcounts import headcounts
from survey_report.synthesis.settings import Affinity, Settings
from survey_report.synthesis.targets import Targets

Column = NDArray[np.object_]
People = dict[str, Column]
# Proposed exchanges for each person when categories are matched; the mix no longer changes visibly after about 30.
EXCHANGES = 60


def closed_questions(study: Study) -> tuple[Question, ...]:
    """Questions about the person that have a column, but for consent."""
    consent = study.consent[0] if study.consent else ""
    return tuple(q for q in study.asked if q.type in ("demographic", "routing") and q.item != consent)


def complete_people(study: Study, targets: Targets, settings: Settings) -> People:
    """Category ids by question item, one place a complete respondent; empty where left blank or not asked.

    Counts are the register's, else in proportion to the assumed shares; who combines what follows the affinities.
    Raises UserError for a question that has neither counts nor shares, and for printed counts that clash.
    """
    people: People = {}
    counts = headcounts(study, targets, settings, closed_questions(study))
    deciding = {item for q in study.questions for item, _ in q.asked_if} | {g.id for g in study.groupings}
    deciding |= set(targets.counts)
    for question in closed_questions(study):
        draws = Draws(settings.seed, f"people {question.id}")
        ids = [category.id for category in question.categories]
        labels = np.repeat(np.arange(len(ids)), [counts[question.item][one] for one in ids])
        labels = labels[draws.order(targets.complete)]
        pulls = [a for a in settings.affinities if a.of == question.item and a.with_ in people]
        if pulls:
            labels = arrange(labels, _weights(ids, pulls, people, targets.complete), draws)
        column = np.array(ids, dtype=object)[labels]
        if question.item not in deciding:
            column[draws.uniform(targets.complete) < settings.blank_closed] = ""
        people[question.item] = column
    for question in closed_questions(study):
        people[question.item][~asked(question, people, targets.complete)] = ""
    return people


def other_people(people: People, size: int, settings: Settings) -> People:
    """More people of the same kind: each is like a random one of `people` in every closed question."""
    donors = Draws(settings.seed, "other people").below(len(next(iter(people.values()))), size)
    return {item: column[donors] for item, column in people.items()}


def asked(question: Question, people: Mapping[str, Column], size: int) -> NDArray[np.bool_]:
    """Which people the question was put to. Consent is no part of `people`: all of them gave it."""
    put = np.ones(size, dtype=np.bool_)
    for item, category in question.asked_if:
        if item in people:
            put &= people[item] == category
    return put


def grouped(study: Study, people: People) -> People:
    """Each person's category in every grouping, derived ones included; empty where there is none."""
    found = {}
    for grouping in study.groupings:
        column = people[study.question(grouping.derived_from or grouping.id).item]
        if grouping.mapping is not None:
            mapping = grouping.mapping
            column = np.array([mapping.get(str(answer), "") for answer in column], dtype=object)
        found[grouping.id] = column
    return found


def arrange(labels: Ints, weights: Sequence[Sequence[float]], draws: Draws) -> Ints:
    """Exchange labels between people so that label l falls to person p about in proportion to weights[p][l].

    The counts of the labels never change (a Metropolis walk over the orders of one list).
    """
    current = labels.tolist()
    size = len(current)
    rounds = size * EXCHANGES
    first, second = draws.below(size, rounds).tolist(), draws.below(size, rounds).tolist()
    luck = draws.uniform(rounds).tolist()
    for p, q, chance in zip(first, second, luck, strict=True):
        a, b = current[p], current[q]
        if a != b and weights[p][b] * weights[q][a] > chance * weights[p][a] * weights[q][b]:
            current[p], current[q] = b, a
    return np.array(current, dtype=np.int64)


def _weights(ids: Sequence[str], pulls: Sequence[Affinity], people: People, size: int) -> list[list[float]]:
    table: Floats = np.ones((size, len(ids)))
    for pull in pulls:
        for place, category in enumerate(ids):
            row = pull.weights.get(category, {})
            table[:, place] *= np.array([row.get(str(other), 1.0) for other in people[pull.with_]])
    rows: list[list[float]] = table.tolist()
    return rows
