"""When people answered and how long they took. No clock: everything comes from the study's dates and fixed draws."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

import numpy as np

from survey_report.study import Study
from survey_report.synthesis.draws import Draws, Ints

# Relative number of people who start in each hour of the day, and on each day of the week from Monday.
HOURS = (0.2, 0.1, 0.1, 0.1, 0.1, 0.3, 1, 3, 7, 11, 12, 11, 9, 10, 11, 10, 7, 4, 2, 2, 2, 2, 1, 0.5)
DAYS = (10, 11, 11, 9, 7, 1, 1)
# A survey draws most answers at first; every further day this share is lost, and reminders bring it back.
DAILY_DECAY = 0.93
REMINDER_EVERY = 13
# Share of people who leave the page open for hours.
LEFT_OPEN = 0.06
# An unfinished questionnaire is recorded this many days after the last answer.
RECORD_AFTER = timedelta(days=7)


@dataclass(frozen=True)
class Visit:
    """Start, end, time of recording and seconds taken."""

    start: datetime
    end: datetime
    recorded: datetime
    seconds: int


def visits(study: Study, seed: int, progress: Ints, answered: Ints, written: Ints) -> list[Visit]:
    """One visit a respondent. `answered` counts closed answers, `written` the characters of open ones."""
    draws = Draws(seed, "visits")
    size = len(progress)
    opening = datetime.combine(study.opened, time(9, 0))
    closing = datetime.combine(study.closed, time(23, 59, 59))
    length = (study.closed - study.opened).days + 1
    weights = np.array(
        [
            round(
                DAYS[(study.opened + timedelta(days=day)).weekday()] * DAILY_DECAY ** (day % REMINDER_EVERY + day / 4),
                9,
            )
            for day in range(length)
        ]
    )
    day = draws.pick(weights, size)
    hour = draws.pick(np.array(HOURS), size)
    second = draws.below(3600, size)
    pace = 3.5 + 9 * draws.uniform(size) * (0.4 + 0.6 * draws.uniform(size))
    typing = 0.25 + 0.4 * draws.uniform(size)
    reading = 40 + draws.below(150, size)
    pause = np.where(draws.uniform(size) < LEFT_OPEN, 1800 + draws.below(4 * 3600, size), 0)
    seconds = np.floor(reading + pace * answered + typing * written).astype(np.int64) + pause
    delay = draws.below(2, size)
    found = []
    for person in range(size):
        start = opening.replace(hour=0) + timedelta(
            days=int(day[person]), hours=int(hour[person]), seconds=int(second[person])
        )
        # Nobody starts before the survey opens or so late that it closes meanwhile.
        took = timedelta(seconds=int(seconds[person]))
        start = max(start, opening + timedelta(seconds=int(second[person])))
        start = min(start, closing - took - timedelta(seconds=60))
        end = start + took
        finished = int(progress[person]) == 100
        recorded = end + timedelta(seconds=int(delay[person])) if finished else min(end + RECORD_AFTER, closing)
        found.append(Visit(start, end, recorded, int(seconds[person])))
    return found
