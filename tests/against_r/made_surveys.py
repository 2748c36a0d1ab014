"""Random surveys whose truth their maker knows: a study folder, an export, and what each answer scores, by seed.

They vary what goes wrong on outside data: 2 to 11 points, scores from 0, 1 or below 0, reversed items, scales of one
item, answers that nobody gave, several kinds of missing answers, groups of 2, 9, 10, 11, 49 and 50 people, groups that
answer alike, groups with the very same answers, one group only, scales and items that only some are asked.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from survey_report.study_load import OPTIONAL_COLUMNS, QUESTION_COLUMNS

NUMBER = 50  # of surveys
SIZES = (2, 9, 10, 11, 49, 50)  # of groups: what thresholds lie between
MISSING = {"unknown": "Don't know", "inapplicable": "Not applicable", "refused": "Prefer not to say"}
SIDES = ("negative", "neutral", "positive")
ROUTED = 1  # the second scale has an item put to one team only: a score rests on half of those that one was asked


@dataclass(frozen=True)
class Answers:
    """The answers of a scale in order, with their scores."""

    id: str
    texts: tuple[str, ...]
    scores: tuple[int, ...]

    @property
    def sides(self) -> tuple[str, ...]:
        """The side of each answer: those about the middle of seven or more are neutral, as is the middle of an odd
        number."""
        low, high = min(self.scores), max(self.scores)
        width = (high - low) / 6 if len(self.scores) > 6 else 0
        apart = [score - (low + high) / 2 for score in self.scores]
        return tuple(SIDES[1 if abs(x) <= width else 0 if x < 0 else 2] for x in apart)


@dataclass(frozen=True)
class Item:
    """One item; `asked_if` is (grouping, category id) of those who were asked, None where everybody was."""

    name: str
    scale: str
    reverse: bool
    asked_if: tuple[str, str] | None = None


@dataclass(frozen=True)
class Survey:
    """A survey as its maker knows it; `groups` are the categories of each grouping, `rows` the export's."""

    name: str
    answers: Mapping[str, Answers]
    items: tuple[Item, ...]
    groups: Mapping[str, tuple[str, ...]]
    rows: pd.DataFrame
    derived: Mapping[str, str] | None = None  # the level of each group of the first grouping, which is not tested then
    margins: tuple[tuple[str, str, float], ...] = ()
    title: str = "A made survey"


def made_survey(seed: int) -> Survey:
    """The survey of that seed."""
    draw = np.random.default_rng([17, seed])
    groups, membership = _groups(draw, seed)
    n = len(membership["team"])
    sets, items, columns = {}, [], dict(membership)
    for number in range(1 + seed % 3):
        scale = f"scale{number + 1}"
        answers = sets[scale] = _answers(seed + 4 * number, scale)
        whole = ("team", groups["team"][0]) if number == 2 and len(groups["team"]) > 1 else None
        mine = [
            Item(f"{scale}_{place + 1}", scale, bool(draw.random() < 0.35), whole)
            for place in range(seed % 8 + 1 if number == 0 else int(draw.integers(1, 9)))
        ]
        if number == ROUTED and len(mine) > 2 and len(groups["team"]) > 1:
            mine[1:2] = [Item(mine[1].name, scale, mine[1].reverse, ("team", groups["team"][-1]))]
        columns |= _answered(draw, seed, answers, mine, membership, n)
        items += mine
    return Survey(f"made-{seed:02d}", sets, tuple(items), groups, pd.DataFrame(columns).iloc[draw.permutation(n)])


def _groups(draw: np.random.Generator, seed: int) -> tuple[dict[str, tuple[str, ...]], dict[str, list[str]]]:
    """Categories by grouping, and who is in which; some in none."""
    sizes = [int(size) for size in draw.choice((*SIZES, 120), size=int(draw.integers(2, 6)))]
    sizes += [12] if sum(sizes) < 10 else []  # of fewer people no report is made
    if seed % 10 == 9:
        sizes = [9 + seed]  # one group only
    teams = [f"Team {chr(65 + k)}" for k in range(len(sizes) + seed % 2)]  # a last one that nobody is in
    membership = {"team": [team for team, size in zip(teams, sizes, strict=False) for _ in range(size)]}
    n = len(membership["team"])
    shifts = ("Day", "Night", "Weekend")[: 2 + seed % 2]
    groups = {"team": tuple(teams)}
    if seed % 5 != 4:
        groups["shift"] = shifts
        membership["shift"] = [("" if draw.random() < 0.05 else str(draw.choice(shifts))) for _ in range(n)]
    return groups, membership


def _answers(seed: int, name: str) -> Answers:
    points = seed % 10 + 2
    start = (1, 0, -(points // 2) if points % 2 else 1)[seed % 3]
    texts = [f"Answer {k} of {points}" for k in range(1, points + 1)]
    order = slice(None, None, -1 if seed % 4 == 1 else 1)  # the best answer may come first
    return Answers(name, tuple(texts), tuple(range(start, start + points))[order])


def _answered(
    draw: np.random.Generator,
    seed: int,
    answers: Answers,
    items: Sequence[Item],
    membership: Mapping[str, Sequence[str]],
    n: int,
) -> dict[str, list[str]]:
    """Answers of each person to each item, as texts; empty where somebody left it out or was not asked."""
    points, teams = len(answers.texts), np.array(membership["team"])
    places = {team: place for place, team in enumerate(dict.fromkeys(membership["team"]))}
    apart = 0.0 if seed % 4 == 3 else 0.5  # in standard deviations, from team to team
    trait = draw.normal(size=n) + apart * np.array([places[team] % 4 for team in teams])
    rates = [0.0, 0.1, 0.3, 0.6][seed % 4]
    columns = {}
    for item in items:
        value = 0.7 * trait + 0.7 * draw.normal(size=n) + draw.normal(0, 0.4)
        chosen = np.clip(np.floor(stretch(value) * points), 0, points - 1).astype(int)
        if seed in (13, 37):  # everybody alike
            chosen[:] = points // 2
        if seed % 9 == 5:  # the first team all alike
            chosen[teams == teams[0]] = points - 1
        if seed % 8 == 6 and points > 3:  # an answer that nobody gives
            chosen[chosen == 1] = 0
        chosen = points - 1 - chosen if item.reverse else chosen
        texts = np.array(answers.texts, dtype=object)[chosen]
        gone = draw.random(n) < rates * draw.random()
        texts[gone] = draw.choice(np.array(["", "", *MISSING.values()], dtype=object), size=int(gone.sum()))
        if item.asked_if:
            texts[teams != item.asked_if[1]] = ""
        columns[item.name] = list(texts)
    if seed % 6 == 5 and len(places) > 1 and not any(item.asked_if for item in items):  # two teams with equal answers
        first, second = list(places)[:2]
        one, two = np.flatnonzero(teams == first), np.flatnonzero(teams == second)
        for texts in columns.values():
            for place, person in enumerate(two):
                texts[person] = texts[one[place % len(one)]]
    return columns


def stretch(value: np.ndarray) -> np.ndarray:
    """Values about 0 as places from 0 to 1."""
    return 1 / (1 + np.exp(-1.2 * value))


# Writing


def write_survey(survey: Survey, folder: Path) -> tuple[Path, Path]:
    """Writes the study's folder and its export; their paths."""
    study = folder / survey.name
    study.mkdir(parents=True)
    (study / "study.yml").write_text(yaml.safe_dump(_content(survey), sort_keys=False, allow_unicode=True), "utf-8")
    header = [*QUESTION_COLUMNS, *OPTIONAL_COLUMNS]
    empty = dict.fromkeys(header, "") | {"basis": "stated", "period": "current"}
    rows = [
        empty | {"id": item.name, "column": item.name, "type": "rating", "scale": item.scale, "item": item.name,
                 "short": item.name, "label": f"What do you say of {item.name}?", "response_type": item.scale,
                 "reverse": "yes" if item.reverse else "",
                 "asked_if": f"{item.asked_if[0]}={group_id(item.asked_if[1])}" if item.asked_if else ""}
        for item in survey.items
    ]  # fmt: skip
    rows += [
        empty | {"id": name, "column": name, "type": "demographic", "item": name, "short": name, "label": name}
        for name in survey.groups
    ]
    known = [
        (name, group_id(group), group, group.lower(), group) for name, mine in survey.groups.items() for group in mine
    ]
    if survey.derived:
        rows.append(empty | {"id": "level", "type": "derived", "item": "level", "short": "Level", "label": "Level"})
        levels = sorted(set(survey.derived.values()))
        known += [("level", group_id(level), level, level.lower(), "") for level in levels]
        table = [(group_id(one), group_id(level), "stated", "") for one, level in survey.derived.items()]
        write_table(study / "levels.csv", ["id", "level", "basis", "note"], table)
    write_table(study / "instrument.csv", header, [list(row.values()) for row in rows])
    write_table(study / "categories.csv", ["question", "id", "label", "phrase", "answer"], known)
    if survey.margins:
        write_table(study / "margins.csv", ["variable", "category", "share"], survey.margins)
    export = folder / f"{survey.name}.csv"
    write_table(export, list(survey.rows.columns), survey.rows.to_numpy().tolist())
    return study, export


def truth_rows(survey: Survey) -> list[list[object]]:
    """What each answer to each item is: survey, scale, item, reverse, asked grouping and group, option, answer, score,
    side; missing answers have no score."""
    rows: list[list[object]] = []
    for item in survey.items:
        answers = survey.answers[item.scale]
        asked = item.asked_if or ("", "")
        names = [survey.name, item.scale, item.name, "yes" if item.reverse else "", *asked]
        options = zip(answers.texts, answers.scores, answers.sides, strict=True)
        rows += [[*names, group_id(text), text, score, side] for text, score, side in options]
        rows += [[*names, kind, text, "", ""] for kind, text in MISSING.items()]
    return rows


TRUTH = ["survey", "scale", "item", "reverse", "asked_grouping", "asked_group", "option", "answer", "score", "side"]


def group_id(text: str) -> str:
    """The id of a category or an answer."""
    return text.lower().replace(" ", "-")


def write_table(path: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerows([header, *rows])
    return path


def _content(survey: Survey) -> dict[str, Any]:
    day = pd.Timestamp("2026-01-01").date()
    groupings: list[dict[str, Any]] = [
        {"id": name, "label": name.capitalize(), "by": name, "tested": True, "count": f"n_{name}s"}
        for name in survey.groups
    ]
    if survey.derived:
        groupings[0]["tested"] = False
        groupings.append(
            {"id": "level", "label": "Level", "by": "level", "tested": True, "count": "n_levels"}
            | {"derived_from": next(iter(survey.groups)), "table": "levels.csv", "column": "level"}
        )
    files = {"margins": "margins.csv"} if survey.margins else {}
    return files | {
        "id": survey.name, "title": survey.title, "short_title": survey.title, "organisation": "Nobody",
        "wave": "2026", "language": "en-GB", "opened": day, "closed": day, "report_author": "Nobody",
        "report_date": day, "citation": "Nobody (2026)",
        "export": {"file": "", "synthetic_column": "", "synthetic_values": [], "real_exports": []},
        "instrument": "instrument.csv", "categories": "categories.csv",
        "response_sets": {answers.id: _set(answers) for answers in survey.answers.values()},
        "scales": [{"id": name, "title": name.capitalize(), "subject": name} for name in survey.answers],
        "thresholds": {"min_group": 10, "min_cell": 5, "min_answered": 0.5, "alpha": 0.05, "min_test_group": 10},
        "groupings": groupings,
        "further_demographics": [],
    }  # fmt: skip


def _set(answers: Answers) -> dict[str, Any]:
    options = zip(answers.texts, answers.scores, answers.sides, strict=True)
    return {
        "options": [
            {"id": group_id(text), "answer": text, "score": score, "side": side} for text, score, side in options
        ],
        "missing": [{"id": kind, "answer": text} for kind, text in MISSING.items()],
        "measures": {side: f"pct_{side}" for side in reversed(SIDES)},
        "words": {"positive": "agree", "neutral": "neither", "negative": "disagree"},
    }
