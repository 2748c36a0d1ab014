"""Two small exports of invented answers, from which version 0.1.0 drafted the study folders below."""

import csv
import random
from pathlib import Path

HERE = Path(__file__).parent
AGREE = ["Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"]
TEAMS = ["Day care", "Fostering", "Residential care"]
ITEMS = ["I know who leads a case", "I can reach partners", "We share records", "Meetings lead to decisions"]


def chosen(rng: random.Random, centre: float, top: int) -> int:
    """A point from 0 to `top`, mostly near `centre`."""
    return min(top, max(0, round(rng.gauss(centre, 1.1))))


def team_survey() -> list[list[str]]:
    """A plain table with one header row: one scale of agreement, two groupings."""
    rng = random.Random(20261130)
    head = ["Team", "Years in post", *(f"How far do you agree? [{item}]" for item in ITEMS), "Anything else?"]
    rows = []
    for number in range(96):
        team = TEAMS[number % 3]
        years = rng.choice(["Under 2", "2 to 5", "Over 5"])
        points = [AGREE[chosen(rng, 1.6 + 0.5 * (number % 3), 4)] for _ in ITEMS]
        blank = rng.randrange(9)
        answers = ["" if place == blank else answer for place, answer in enumerate(points)]
        rows.append([team, years, *answers, "More time for visits." if number % 17 == 0 else ""])
    return [head, *rows]


def point_survey() -> list[list[str]]:
    """A plain table with ratings from 1 to 5 and a closed question into which some people wrote their own answer."""
    rng = random.Random(4)
    head = ["Where do you work?", "Training", "Supervision", "Premises"]
    rows = []
    for number in range(80):
        place = ["Town", "Village", "Island"][number % 3] if number % 20 else f"Boat {number // 20 + 1} by the pier"
        rows.append([place, *(str(1 + chosen(rng, 2.4, 4)) for _ in range(3))])
    return [head, *rows]


for name, rows in (("team-survey", team_survey()), ("point-survey", point_survey())):
    with (HERE / name / f"{name}.csv").open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows(rows)
