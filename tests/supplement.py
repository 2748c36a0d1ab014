"""Renderings for tests of the supplement's findings: raw answers of the shipped export, and a small made-up study."""

from __future__ import annotations

import csv
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

import shipped
from survey_report.disclosure import Policy
from survey_report.register import load_register
from survey_report.rendering import Rendering
from survey_report.study import Study
from survey_report.study_load import load_study

sys.path.insert(0, str(Path(__file__).parent / "synthesis"))
from second_study import write_second_study

__all__ = ["cut", "libraries", "made_up", "raw"]

LIMITS = "min_group: 10, min_cell: 5"


@cache
def raw() -> pd.DataFrame:
    """Complete rows of the shipped export as they stand in the file: texts, read without the package."""
    with shipped.EXPORT.open(encoding="utf-8", newline="") as handle:
        records = list(csv.reader(handle))
    frame = pd.DataFrame(records[3:], columns=records[0])
    return frame[frame["Finished"] == "True"].reset_index(drop=True)


def cut(rendering: Rendering, rows: pd.Series | slice) -> Rendering:
    """The rendering with some of its respondents and nothing released."""
    policy = Policy(rendering.study.thresholds, frozenset())
    return replace(rendering, respondents=rendering.respondents[rows].reset_index(drop=True), policy=policy)


def libraries(folder: Path, margins: str = "") -> Study:
    """The small study of library users, with margins of its population where given."""
    place = write_second_study(folder)
    text = (place / "study.yml").read_text(encoding="utf-8").replace("min_group: 5, min_cell: 3", LIMITS)
    if margins:
        (place / "margins.csv").write_text(margins, encoding="utf-8")
        text += "margins: margins.csv\n"
    (place / "study.yml").write_text(text, encoding="utf-8")
    return load_study(place)


def made_up(study: Study, n: int, *, alike: bool = False) -> Rendering:
    """A rendering of n respondents with answers drawn from all options, or all giving the first one."""
    draw = np.random.default_rng(11)
    columns = {}
    for question in study.asked:
        if question.type == "open":
            columns[question.column] = pd.Series(draw.random(n) < 0.5)
            continue
        answers = study.response_sets[question.response_set].ids if question.response_set else None
        ids = list(answers or (category.id for category in question.categories))
        chosen = np.zeros(n, dtype=int) if alike and answers else draw.integers(0, len(ids), n)
        columns[question.column] = pd.Series(pd.Categorical.from_codes(chosen, ids))
    reading = replace(shipped.rendering().reading, shipped=False)
    policy = Policy(study.thresholds, frozenset())
    return Rendering(study, pd.DataFrame(columns), reading, load_register(study), policy)
