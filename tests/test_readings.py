"""Three readings of a mean over answers whose means can be reckoned by hand."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import pandas as pd
import pytest

import shipped
from survey_report.comparison_text import sensitivity_table
from survey_report.findings.comparing import comparing_findings
from survey_report.findings.other_methods import readings_of
from survey_report.marks import Style
from survey_report.readings import READINGS, beside_published, readings_sentences, scale_readings, shown_readings
from survey_report.rendering import Rendering
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
def people(one_scale: Study) -> pd.DataFrame:
    items = one_scale.scales[0].items
    option = {score: name for name, score in one_scale.response_sets[items[0].response_set].scores.items()}
    rows = [
        {"service": service, **{items[i].column: option[score] for i, score in enumerate(scores)}}
        for service, several in ANSWERS.items()
        for scores in several
    ]
    types = shipped.rendering().respondents.dtypes
    frame = pd.DataFrame(rows, columns=list(types.index)).astype("object")
    closed = {name: kind for name, kind in types.items() if isinstance(kind, pd.CategoricalDtype)}
    return frame.astype(closed)


@pytest.fixture(scope="module")
def readings(people: pd.DataFrame, one_scale: Study) -> pd.DataFrame:
    return scale_readings(people, one_scale)


@pytest.mark.parametrize("place", EXPECTED)
def test_means_reckoned_by_hand(readings: pd.DataFrame, place: tuple[str, str]) -> None:
    row = readings.set_index(["grouping", "group"]).loc[place]
    found = tuple(row[["n_half", "half", "n_one", "one", "n_answers", "pooled"]])
    assert found == pytest.approx(EXPECTED[place], nan_ok=True)


def test_which_reading_a_published_mean_agrees_with(
    readings: pd.DataFrame, people: pd.DataFrame, one_scale: Study
) -> None:
    register = shipped.rendering().register
    key = f"{SCALE}.mean.overall"
    for value, decimals, agrees in (("3.25", 2, "one"), ("3.14", 2, "pooled"), ("3.5", 1, "half")):
        figure = replace(register.by_key[key][0], value=value, decimals=decimals)
        beside = beside_published(readings, replace(register, by_key={key: (figure,)}))
        assert [name for name in READINGS if beside[f"{name}_agrees"].tolist() == [True]] == [agrees]
        assert readings_sentences(beside)[0].startswith("Everybody's means: of 1 that are published,")
        assert shown_readings(
            beside, replace(shipped.rendering(), study=one_scale, respondents=people)
        ).empty  # two people are too few


def own(people: pd.DataFrame) -> Rendering:
    """An export of one's own: nothing of it is public."""
    real = shipped.rendering()
    return replace(real, respondents=people.reset_index(drop=True), policy=replace(real.policy, released=frozenset()))


def test_readings_are_as_fine_as_the_mean_of_the_theme() -> None:
    everybody = shipped.rendering().respondents
    for n, decimals in ((30, 1), (len(everybody), 2)):
        means = readings_of(own(everybody.head(n)), shipped.rendering().study.scale(SCALE)).set_index("method")
        assert set(means["decimals"]) == {decimals}
        if decimals == 1:
            assert (means["mean"] * 10 % 1).dropna().round(9).isin([0, 1]).all()
    with_all = own(everybody)
    main = comparing_findings(with_all, SCALE)
    table = sensitivity_table(main, Style("csrr-2023", True))
    assert f"*{main.overall.value:.2f}*" in table
    assert not re.search(r"\*3\.\d{3}\*", table), "no more digits than the theme's page has"


def test_a_mean_that_the_theme_hides_is_no_reading() -> None:
    """All but one of thirty people chose the last answer: the theme shows no mean."""
    everybody, study = shipped.rendering().respondents.head(60).copy(), shipped.rendering().study
    for question in study.scale(SCALE).items:
        answers = study.response_sets[question.response_set]
        best = max(answers.scores, key=answers.scores.__getitem__)
        everybody[question.column] = pd.Series(best, everybody.index, dtype=everybody[question.column].dtype)
    found = readings_of(own(everybody), study.scale(SCALE))
    assert found["mean"].isna().all()
    assert found["reason"].ne("").all()


def test_a_reading_that_few_more_people_enter_is_not_beside_the_main_one() -> None:
    real = shipped.rendering()
    beside = beside_published(scale_readings(real.respondents, real.study), real.register)
    shown = shown_readings(beside, real)
    apart = shown["n_half"].to_frame("half").assign(one=beside["n_one"])
    few_more = (apart["one"] - apart["half"]).between(1, 4)
    assert few_more.any()
    assert shown.loc[few_more, ["n_one", "one", "n_answers", "pooled"]].isna().all(axis=None)
    assert shown.loc[(apart["one"] - apart["half"]) >= 5, "one"].notna().all()
    small = beside["n_half"].reindex(shown.index) < real.study.thresholds.coarse_group
    assert small.any()
    assert shown.loc[small, ["n_half", "half"]].isna().all(axis=None)


def test_a_study_that_published_no_mean_has_no_readings() -> None:
    none = beside_published(
        scale_readings(shipped.rendering().respondents, shipped.rendering().study), shipped.rendering().register
    ).iloc[:0]
    shown = shown_readings(none, shipped.rendering())
    assert shown.empty
    assert list(shown.columns) == list(none.columns)
    assert readings_sentences(shown) == []
