"""Scores, comparisons of groups and shares, against values from R (see the scripts in reference/) and by hand."""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import shipped
from r_values import P_ERROR, REFERENCE, assert_kept, read, run
from survey_report.scales import answer_counts, answered_any, item_scores, scale_scores, side_counts
from survey_report.statistics.comparisons import PAIR_COLUMNS, Comparison, compare
from survey_report.statistics.ranges import studentised_range, studentised_range_sf
from survey_report.study import Option, Question, ResponseSet, Scale, Study

DATA_SETS = ("PlantGrowth", "chickwts", "InsectSprays", "iris")
GIVEN_DIGITS = 1e-8  # R's values are kept with ten significant digits
TUKEY_ERROR = 2e-4  # R's qtukey stops at an error of 0.0001


@cache
def reference(data: str) -> dict[str, dict[tuple[str, str], float]]:
    """R's values of one data set: quantity, then the group or pair it belongs to."""
    found: dict[str, dict[tuple[str, str], float]] = defaultdict(dict)
    for row in read("comparisons.csv"):
        if row["data"] == data:
            found[row["quantity"]][row["a"], row["b"]] = float(row["value"])
    return found


@cache
def compared(data: str) -> Comparison:
    """The project's comparison of one data set, groups under the names that R knows."""
    if data != "services":
        rows = [row for row in read("samples.csv") if row["data"] == data]
        scores = pd.Series([float(row["score"]) for row in rows])
        groups = pd.Series([row["group"] for row in rows])
        return compare(scores, groups, sorted(set(groups)), min_n=10, alpha=0.05)
    rendering = shipped.rendering()
    names = {category.id: category.answer for category in rendering.study.grouping("service").categories}
    scores = scale_scores(rendering.respondents, rendering.study.scale("services"), rendering.study)
    groups = rendering.respondents["service"].astype("object").map(names)
    return compare(scores, groups, list(names.values()), min_n=10, alpha=0.05)


@pytest.mark.parametrize("data", [*DATA_SETS, "services"])
def test_welch_anova_as_in_r(data: str) -> None:
    welch, expected = compared(data).welch, reference(data)
    assert welch is not None
    for name, value in {
        "F": welch.statistic,
        "df_between": welch.df_between,
        "df_within": welch.df_within,
        "p": welch.p,
    }.items():
        assert value == pytest.approx(expected[name]["", ""], rel=GIVEN_DIGITS), name
    assert set(welch.groups) == {a for a, _ in expected["mean"]}


@pytest.mark.parametrize("data", [*DATA_SETS, "services"])
def test_games_howell_as_in_r(data: str) -> None:
    pairs, expected = compared(data).pairs, reference(data)
    assert list(pairs.columns) == PAIR_COLUMNS
    groups = len(expected["mean"])
    assert len(pairs) == len(expected["pair_p"]) == groups * (groups - 1) // 2
    for pair in pairs.itertuples():
        key, sign = ((pair.a, pair.b), 1) if (pair.a, pair.b) in expected["pair_p"] else ((pair.b, pair.a), -1)
        low, high = sorted((sign * pair.low, sign * pair.high))
        width = expected["pair_high"][key] - expected["pair_low"][key]
        assert sign * pair.difference == pytest.approx(expected["difference"][key], rel=GIVEN_DIGITS, abs=1e-9)
        assert pair.p == pytest.approx(expected["pair_p"][key], rel=1e-4, abs=P_ERROR)
        assert low == pytest.approx(expected["pair_low"][key], abs=TUKEY_ERROR * width)
        assert high == pytest.approx(expected["pair_high"][key], abs=TUKEY_ERROR * width)
        assert (low > 0 or high < 0) == (pair.p < 0.05)  # the interval and the test say the same


@pytest.mark.parametrize("data", [*DATA_SETS, "services"])
def test_means_and_intervals_as_in_r(data: str) -> None:
    means, expected = compared(data).means, reference(data)
    assert set(means.index) == {a for a, _ in expected["mean"]}
    for group, row in means.iterrows():
        for name in ("n", "mean", "sd", "low", "high"):
            assert row[name] == pytest.approx(expected[name][str(group), ""], rel=GIVEN_DIGITS), (group, name)


def test_studentised_range_as_in_r() -> None:
    values = reference("studentised range")
    assert len(values["q95"]) == 12
    for level, name in ((0.90, "q90"), (0.95, "q95"), (0.99, "q99")):
        for (k, df), value in values[name].items():
            assert studentised_range(level, int(k), float(df)) == pytest.approx(value, rel=TUKEY_ERROR), (k, df, name)


def test_a_tail_is_a_probability_at_either_end() -> None:
    """Two equal means lie apart by nought or more for certain, by 200 deviations never: rounding shows in neither."""
    for df in (9.3, 57, 1400):
        assert 1 - 1e-12 < studentised_range_sf(0, 2, df) <= 1
        assert 0 <= studentised_range_sf(200, 2, df) < 1e-12


def test_reference_values_are_of_this_export() -> None:
    stored = (REFERENCE / "export.md5").read_text(encoding="utf-8").strip()
    found = hashlib.md5(shipped.EXPORT.read_bytes(), usedforsecurity=False).hexdigest()
    assert stored == found, "the export has changed: run the R scripts in tests/reference again, as their heads say"


def test_stored_values_are_what_r_gives(tmp_path: Path) -> None:
    run("comparisons.R", shipped.EXPORT, tmp_path)
    for name in ("comparisons.csv", "samples.csv"):
        assert_kept(name, tmp_path)


def test_small_groups_and_groups_without_spread_are_described_but_not_tested() -> None:
    scores = pd.Series([*range(10), *range(9), *[3.0] * 12, *range(5, 17), 4.0, math.nan], dtype=float)
    groups = pd.Series(["ten"] * 10 + ["nine"] * 9 + ["flat"] * 12 + ["other"] * 12 + ["single", "other"])
    order = ["empty", "single", "nine", "flat", "ten", "other"]
    result = compare(scores, groups, order, min_n=10, alpha=0.05)
    assert result.welch is not None
    assert result.welch.groups == ("ten", "other")
    assert list(result.means.index) == order
    assert list(result.means["n"]) == [0, 1, 9, 12, 10, 12]  # the missing score is no answer
    assert np.isnan(result.means.loc["empty", "mean"])
    assert result.means.loc["single", "mean"] == 4
    assert np.isnan(result.means.loc["single", "low"])
    assert result.means.loc["flat", ["mean", "sd", "low", "high"]].to_list() == [3, 0, 3, 3]
    assert result.pairs[["a", "b"]].to_numpy().tolist() == [["ten", "other"]]


@pytest.mark.parametrize("names", [["a"] * 20, ["a"] * 11 + ["b"] * 9, ["a"] * 20 + ["b"] * 20])
def test_fewer_than_two_groups_gives_no_test(names: list[str]) -> None:
    scores = pd.Series([float(i % 5) for i in range(20)] + [2.0] * (len(names) - 20))
    result = compare(scores, pd.Series(names), ["a", "b"], min_n=10, alpha=0.05)
    assert result.welch is None
    assert result.pairs.empty
    assert list(result.pairs.columns) == PAIR_COLUMNS


ANSWERS = ResponseSet(
    "points",
    (
        Option("best", "Best", 5, "positive"),
        Option("fine", "Fine", 4, "positive"),
        Option("so-so", "So so", 3, "neutral"),
        Option("bad", "Bad", 2, "negative"),
        Option("worst", "Worst", 1, "negative"),
    ),
    (Option("unknown", "Don't know"), Option("none", "Not applicable")),
    {"positive": "good", "neutral": "so so", "negative": "bad"},
    {"positive": "pct_positive", "neutral": "pct_neutral", "negative": "pct_negative"},
)
LETTERS = {"5": "best", "4": "fine", "3": "so-so", "2": "bad", "1": "worst", "?": "unknown", "-": "none", " ": None}


def question(name: str) -> Question:
    return Question(name, name, "rating", "s", name, name, name, "stated", "points", (), (), "current", "")


def frame(rows: list[str]) -> tuple[pd.DataFrame, Scale]:
    """Respondents from rows of letters, one letter an item."""
    names = [f"q{i}" for i in range(len(rows[0]))]
    kind = pd.CategoricalDtype(list(ANSWERS.ids))
    columns = {name: pd.Series([LETTERS[row[i]] for row in rows], dtype=kind) for i, name in enumerate(names)}
    return pd.DataFrame(columns), Scale("s", "S", "s", tuple(question(name) for name in names), ())


def with_points(study: Study) -> Study:
    return replace(study, response_sets={"points": ANSWERS})


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("1111111", 1),
        ("5432154", 24 / 7),
        ("543?-  ", None),  # three of seven are fewer than half
        ("543?-1 ", 13 / 4),  # four of seven are enough, and only they count
        ("?-?-?-?", None),
        ("       ", None),
        ("51  ", 3),  # two of four are half
        ("5 ? ", None),
        ("5432     ", None),
        ("54321    ", 3),  # five of nine: four would be fewer than half
        ("4", 4),
        ("?", None),
    ],
)
def test_a_score_needs_half_of_the_items(row: str, expected: float | None) -> None:
    study = shipped.rendering().study
    assert study.thresholds.min_answered == 0.5
    respondents, scale = frame([row])
    found = scale_scores(respondents, scale, with_points(study)).iloc[0]
    assert np.isnan(found) if expected is None else found == pytest.approx(expected, rel=1e-12)


def test_counts_leave_out_what_is_no_answer() -> None:
    respondents, scale = frame(["55", "4?", "3-", "2 ", "1 ", "?4"])
    study = with_points(shipped.rendering().study)
    scores = item_scores(respondents, scale.items, study)
    assert scores["q0"].tolist()[:5] == [5, 4, 3, 2, 1]
    assert np.isnan(scores.loc[5, "q0"])
    counts = answer_counts(respondents, scale.items, ANSWERS)
    assert counts.loc["q0"].to_dict() == {"best": 1, "fine": 1, "so-so": 1, "bad": 1, "worst": 1}
    assert counts.loc["q1"].to_dict() == {"best": 1, "fine": 1, "so-so": 0, "bad": 0, "worst": 0}
    assert side_counts(counts, ANSWERS).to_numpy().tolist() == [[2, 1, 2], [2, 0, 0]]
    assert answered_any(respondents, scale, study).tolist() == [True] * 6
    assert answered_any(frame(["? ", "-?", "  "])[0], scale, study).tolist() == [False] * 3
