"""Where people give a questionnaire up, and how far they had come."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from survey_report.synthesis.draws import Draws, Ints
from survey_report.synthesis.pages import Page
from survey_report.synthesis.people import Column, People, asked
from survey_report.synthesis.settings import Settings

# Share of those who leave in the middle of a page rather than at its end.
MID_PAGE = 0.3


def leave(settings: Settings, pages: Sequence[Page], people: People, answers: dict[str, Column]) -> Ints:
    """Blank, in place, what each person no longer answered; returns their progress in percent, always below 100.

    Few have not even agreed to take part; most leave early, at the end of a page or within it.
    """
    size = len(next(iter(answers.values())))
    draws = Draws(settings.seed, "leaving")
    weights = np.array([round(settings.abandon_decay**place, 9) for place in range(1, len(pages))])
    page = draws.pick(weights, size) + 1
    within = np.where(draws.uniform(size) < MID_PAGE, draws.uniform(size), 0.0)
    at_once = draws.uniform(size) < settings.abandon_blank
    order = [question for one in pages for question in one]
    starts = np.cumsum([0, *(len(one) for one in pages)])
    stop = starts[page] + np.floor(within * (starts[page + 1] - starts[page])).astype(np.int64)
    stop[at_once] = 0
    for place, question in enumerate(order):
        answers[question.id][place >= stop] = ""
    seen = np.zeros(size, dtype=np.int64)
    due = np.zeros(size, dtype=np.int64)
    for place, question in enumerate(order):
        put = asked(question, people, size)
        due += put
        seen += put & (place < stop)
    return np.clip(np.floor(100 * seen / np.maximum(due, 1)), 0, 99).astype(np.int64)
