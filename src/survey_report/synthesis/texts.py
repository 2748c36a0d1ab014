"""Open answers put together from the study's fragments: short, general and about nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from survey_report.study import Question, Study
from survey_report.synthesis.draws import Bools, Draws
from survey_report.synthesis.people import Column, People, asked
from survey_report.synthesis.settings import PARTS, Settings

# Share of answers that make two points.
TWO_POINTS = 0.3


def open_answers(study: Study, settings: Settings, people: People, writers: Bools, name: str) -> dict[str, Column]:
    """Texts by question id. Every writer answers at least one question put to them, nobody else any."""
    draws = Draws(settings.seed, f"{name} open")
    size = len(writers)
    questions = study.open_questions
    columns = {question.id: np.full(size, "", dtype=object) for question in questions}
    put = {question.id: asked(question, people, size) for question in questions}
    wanted = draws.pick(np.array(settings.open_counts), size) + 1
    weights = np.array([settings.open_weights.get(question.item, 1.0) for question in questions])
    eagerness = draws.uniform(size, len(questions)) * weights
    for person in np.flatnonzero(writers).tolist():
        open_to = [place for place, question in enumerate(questions) if put[question.id][person]]
        open_to.sort(key=lambda place: -float(eagerness[person, place]))
        for place in open_to[: int(wanted[person])]:
            columns[questions[place].id][person] = "?"
    for question in questions:
        answering = np.flatnonzero(columns[question.id] == "?")
        columns[question.id][answering] = _compose(settings, question, len(answering), name)
    return columns


def _compose(settings: Settings, question: Question, size: int, name: str) -> Sequence[str]:
    draws = Draws(settings.seed, f"{name} text {question.id}")
    parts: Mapping[str, list[str]] = {
        part: [
            f.text
            for f in settings.fragments
            if f.part == part and f.item == question.item and f.scale in ("", question.scale)
        ]
        for part in PARTS
    }
    first, joint, ending = (draws.below(len(parts[part]), size).tolist() for part in ("opening", "joint", "ending"))
    point = draws.below(len(parts["body"]), size).tolist()
    step = draws.below(max(1, len(parts["body"]) - 1), size).tolist()
    twice = (draws.uniform(size) < TWO_POINTS).tolist()
    texts = []
    for place in range(size):
        bodies = [parts["body"][point[place]]]
        if twice[place] and len(parts["body"]) > 1:
            bodies.append(parts["body"][(point[place] + 1 + step[place]) % len(parts["body"])])
        text = (
            parts["opening"][first[place]] + parts["joint"][joint[place]].join(bodies) + parts["ending"][ending[place]]
        )
        texts.append(text[:1].upper() + text[1:])
    return texts
