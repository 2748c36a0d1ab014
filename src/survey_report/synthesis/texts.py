"""Open answers: who answers which question; the words come from the bank of the study's invented corpus."""

from __future__ import annotations

import numpy as np

from survey_report.study import Study
from survey_report.synthesis.corpus.answers import Slot, compose, voices
from survey_report.synthesis.draws import Bools, Draws
from survey_report.synthesis.people import Column, People, asked, grouped
from survey_report.synthesis.settings import Settings


def open_answers(
    study: Study, settings: Settings, people: People, writers: Bools, name: str, *, counted: bool
) -> dict[str, Column]:
    """Texts by question id. Every writer answers at least one question put to them, nobody else any.

    Only `counted` answers meet the register's numbers of sources that raise a theme; in others those themes are absent.
    """
    draws = Draws(settings.seed, f"{name} open")
    size = len(writers)
    questions = study.open_questions
    columns = {question.id: np.full(size, "", dtype=object) for question in questions}
    put = {question.id: asked(question, people, size) for question in questions}
    wanted = draws.pick(np.array(settings.open_counts), size) + 1
    weights = np.array([settings.open_weights.get(question.item, 1.0) for question in questions])
    eagerness = draws.uniform(size, len(questions)) * weights
    chosen: list[tuple[int, int]] = []
    for person in np.flatnonzero(writers).tolist():
        open_to = [place for place, question in enumerate(questions) if put[question.id][person]]
        open_to.sort(key=lambda place: -float(eagerness[person, place]))
        chosen.extend((person, place) for place in open_to[: int(wanted[person])])
    speaking = voices(settings.bank, grouped(study, people), size)
    slots = [Slot(questions[place], speaking[person]) for person, place in chosen]
    for (person, place), text in zip(chosen, compose(study, settings.bank, slots, name, counted=counted), strict=True):
        columns[questions[place].id][person] = text
    return columns
