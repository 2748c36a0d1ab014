"""Three readings of a mean over answers whose means can be reckoned by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd
import pytest

import shipped
from survey_report.readings import READINGS, beside_published, readings_sentences, scale_readings, shown_readings
from survey_report.study import Study

SCALE = "relationships"  # four items, of which half must be answered
ANSWERS = {"police": ([5, 5], [1, 2, 3], [4]), "health": ([2], [])}
# Persons who answered half of the items, those who answered one, answers: how many, and their mean.
EXPECTED = {
    ("overall", "all"): (2, 7 / 2, 4, 13 / 4, 7, 22 / 7),
    ("service", "police"): (2, 7 / 2, 3, 11 / 3, 6, 20 / 6),
    ("service", "health"): (0, math.nan, 1, 2, 1, 2),
    ("service", "education"): (0, math.nan, 0, math.nan, 0, math.nan),
}


@pytest.fixture(scope="module")
def one_scale() -> Study:
    study = shipped.rendering().study
    assert len(study.scale(SCALE).items) == 4
    return replace(study, scales=(study.scale(SCALE),))


@pytest.fixture(scope="module")
def readings(one_scale: Study) -> pd.DataFrame:
    items = one_scale.scales[0].items
    option = {score: name for name, score in one_scale.response_sets[items[0].response_set].scores.items()}
    people = [
        {"service": service, **{items[i].column: option[score] for i, score in enumerate(scores)}}
        for service, several in ANSWERS.items()
        for scores in several
    ]
    types = shipped.rendering().respondents.dtypes
    frame = pd.DataFrame(people, columns=list(types.index)).astype("object")
    closed = {name: kind for name, kind in types.items() if isinstance(kind, pd.CategoricalDtype)}
    return scale_readings(frame.astype(closed), one_scale)


@pytest.mark.parametrize("place", EXPECTED)
def test_means_reckoned_by_hand(readings: pd.DataFrame, place: tuple[str, str]) -> None:
    row = readings.set_index(["grouping", "group"]).loc[place]
    found = tuple(row[["n_half", "half", "n_one", "one", "n_answers", "pooled"]])
    assert found == pytest.approx(EXPECTED[place], nan_ok=True)


def test_which_reading_a_published_mean_agrees_with(readings: pd.DataFrame, one_scale: Study) -> None:
    register = shipped.rendering().register
    key = f"{SCALE}.mean.overall"
    for value, decimals, agrees in (("3.25", 2, "one"), ("3.14", 2, "pooled"), ("3.5", 1, "half")):
        figure = replace(register.by_key[key][0], value=value, decimals=decimals)
        beside = beside_published(readings, replace(register, by_key={key: (figure,)}))
        assert [name for name in READINGS if beside[f"{name}_agrees"].tolist() == [True]] == [agrees]
        assert readings_sentences(beside)[0].startswith("Everybody's means: of 1 that are published,")
        assert shown_readings(beside, one_scale).empty  # two people are too few
