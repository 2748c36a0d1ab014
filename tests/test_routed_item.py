"""A survey with a reversed item and one that only women were asked: its findings beside those of R's psych."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import r_values
from survey_report.findings.measuring import Measurement, measurement_findings
from survey_report.findings.theme import Theme, theme_findings
from survey_report.rendering import Rendering
from survey_report.scales import item_scores, scale_scores
from survey_report.statistics.measurement import cronbach_alpha, item_statistics
from test_reversed import AGREE, answer_set, rendered, write, write_study

ITEMS = ("one", "two", "three", "four")
Expected = dict[tuple[str, str], float]


@pytest.fixture(scope="module")
def rendering(tmp_path_factory: pytest.TempPathFactory) -> Rendering:
    folder = tmp_path_factory.mktemp("routed")
    items = [(item, "mood", "agree", "yes" if item == "two" else "") for item in ITEMS]
    study = write_study(folder / "mood", items, {"agree": answer_set(AGREE, range(1, 6))}, ["Men", "Women"])
    with (study / "instrument.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    asked = [list((row | ({"asked_if": "gender=women"} if row["item"] == "four" else {})).values()) for row in rows]
    write(study / "instrument.csv", list(rows[0]), asked)
    people = r_values.read("routed-answers.csv")
    answers = [[*(AGREE[int(one[item]) - 1] if one[item] else "" for item in ITEMS), one["group"]] for one in people]
    return rendered(study, write(folder / "export.csv", [*ITEMS, "gender"], answers), folder / "build")


@pytest.fixture(scope="module")
def expected() -> Expected:
    return {(row["what"], row["item"]): float(row["value"]) for row in r_values.read("routed.csv")}


@pytest.fixture(scope="module")
def theme(rendering: Rendering) -> Theme:
    return theme_findings(rendering, "mood")


@pytest.fixture(scope="module")
def measured(rendering: Rendering) -> Measurement:
    return measurement_findings(rendering)


def test_r_gives_the_kept_values(tmp_path: Path) -> None:
    r_values.run("routed.R", tmp_path)
    for name in ("routed-answers.csv", "routed.csv"):
        r_values.assert_kept(name, tmp_path)


def test_means_are_those_of_psych(rendering: Rendering, theme: Theme, expected: Expected) -> None:
    scores = scale_scores(rendering.respondents, rendering.study.scale("mood"), rendering.study)
    assert scores.notna().sum() == expected["n", ""]
    assert scores.mean() == pytest.approx(expected["mean", ""], rel=1e-9)
    assert theme.overall.value == pytest.approx(expected["mean", ""], abs=0.005)
    means = theme.groups.set_index("group")["mean"]
    for group in ("women", "men"):
        assert means[group] == pytest.approx(expected["mean", group], abs=0.005)
    (pair,) = theme.pairs.itertuples()
    assert pair.p == pytest.approx(expected["p", ""], abs=5e-4)
    assert pair.significant


@pytest.mark.parametrize("item", ITEMS)
def test_shares_are_of_those_who_were_asked_in_the_words_they_saw(theme: Theme, expected: Expected, item: str) -> None:
    row = theme.items.set_index("item").loc[item]
    assert row["n"] == expected["base", item]
    for side in ("positive", "neutral", "negative"):
        assert row[side] == pytest.approx(expected[side, item], abs=0.5), side


def test_consistency_is_that_of_psych(rendering: Rendering, measured: Measurement, expected: Expected) -> None:
    row, rest = measured.scales.iloc[0], measured.items.set_index("item")["item_rest"]
    assert row["n"] == expected["complete", ""]
    assert row["alpha"] == pytest.approx(expected["alpha", ""], abs=0.005)
    scores = item_scores(rendering.respondents, rendering.study.scale("mood").items, rendering.study)
    assert cronbach_alpha(scores, alpha=0.05).alpha == pytest.approx(expected["alpha", ""], rel=1e-9)
    exact = item_statistics(scores).set_index("item")["item_rest"]
    for item in ITEMS:
        assert rest[item] == pytest.approx(expected["rest", item], abs=0.005), item
        assert exact[item] == pytest.approx(expected["rest", item], rel=1e-9), item
