"""Reliability, one factor and adjusted means of a scale's items against R (psych, factanal, lm)."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pandas as pd
import pytest
from oracle import EXACT, FITTED, frame, values

from survey_report.statistics.adjusted import adjusted_mean
from survey_report.statistics.factor import LOADING_COLUMNS, omega
from survey_report.statistics.measurement import ITEM_COLUMNS, cronbach_alpha, item_statistics

SETS = ("attitude", "survey", "three")


@cache
def items(data: str) -> pd.DataFrame:
    """One row a person, one column an item, in R's order."""
    rows = frame("item-answers.csv", data)
    return rows.pivot(index="person", columns="item", values="score")[list(dict.fromkeys(rows["item"]))]


@pytest.mark.parametrize("data", SETS)
def test_cronbachs_alpha_as_in_r(data: str) -> None:
    found, expected = cronbach_alpha(items(data), alpha=0.05), values("items.csv", data)
    assert (found.n, found.items, found.reason) == (expected["n"]["", ""], items(data).shape[1], "")
    for name, value in {"alpha": found.alpha, "alpha_low": found.low, "alpha_high": found.high}.items():
        assert value == pytest.approx(expected[name]["", ""], rel=EXACT), name


@pytest.mark.parametrize("data", SETS)
def test_items_beside_the_rest_as_in_r(data: str) -> None:
    found, expected = item_statistics(items(data)), values("items.csv", data)
    assert list(found.columns) == ITEM_COLUMNS
    assert list(found["item"]) == [name for name, _ in expected["item_rest"]]
    for name in ("item_rest", "mean", "sd", *(["alpha_without"] if data != "three" else [])):
        assert found[name].tolist() == pytest.approx(list(expected[name].values()), rel=EXACT), name
    assert (found["reason"] == "").all()


def test_alpha_of_right_and_wrong_is_kuder_and_richardsons() -> None:
    """Formula 20 of Kuder and Richardson (1937), by hand: k = 3, p = 3/4, 2/4, 1/4, variance of the sum 1.25."""
    right = pd.DataFrame([[0, 0, 0], [1, 0, 0], [1, 1, 0], [1, 1, 1]], dtype=float)
    by_hand = 3 / 2 * (1 - (3 / 16 + 4 / 16 + 3 / 16) / 1.25)
    assert cronbach_alpha(right, alpha=0.05).alpha == pytest.approx(by_hand)


@pytest.mark.parametrize("data", SETS)
def test_one_factor_and_omega_as_in_r(data: str) -> None:
    found, expected = omega(items(data)), values("items.csv", data)
    assert (found.reason, found.n) == ("", expected["n"]["", ""])
    assert list(found.loadings.columns) == LOADING_COLUMNS
    assert found.loadings["loading"].tolist() == pytest.approx(list(expected["loading"].values()), abs=FITTED)
    assert found.loadings["uniqueness"].tolist() == pytest.approx(list(expected["uniqueness"].values()), abs=FITTED)
    assert found.omega == pytest.approx(expected["omega"]["", ""], rel=FITTED)
    if data == "three":
        assert (found.df, math.isnan(found.statistic), math.isnan(found.p)) == (0, True, True)
    else:
        assert found.statistic == pytest.approx(expected["statistic"]["", ""], rel=FITTED)
        assert found.df == expected["df"]["", ""]
        assert found.p == pytest.approx(expected["p"]["", ""], abs=1e-5)


def test_omega_of_items_that_measure_alike_is_alpha() -> None:
    """Where items share one loading and one own variance, both are the reliability of the sum (McDonald 1999)."""
    truth = np.array([[2, -1, 0.5, 1, -2, 1.5, -0.5, -1.5] * 4]).T
    own = np.linalg.qr(np.vander(np.linspace(-1, 1, 32), 8))[0][:, 1:6] * 4
    own -= truth @ np.linalg.lstsq(truth, own, rcond=None)[0]
    own = np.linalg.qr(own - own.mean(axis=0))[0] * 4
    alike = pd.DataFrame(truth + own)
    assert omega(alike).omega == pytest.approx(cronbach_alpha(alike, alpha=0.05).alpha, rel=1e-3)


def flat_with(*columns: list[float]) -> pd.DataFrame:
    return pd.DataFrame(dict(enumerate(columns)), dtype=float)


def test_what_is_no_scale_says_why() -> None:
    up, down = [1.0, 2, 3, 4, 5, 2], [5.0, 4, 3, 2, 1, 4]
    flat, none = [3.0] * 6, [math.nan] * 6
    assert cronbach_alpha(flat_with(up), alpha=0.05).reason == "fewer than two items"
    assert cronbach_alpha(flat_with(up, none), alpha=0.05).reason == "fewer than two complete answers"
    assert cronbach_alpha(flat_with(up, down), alpha=0.05).reason == "cannot be computed"
    assert cronbach_alpha(flat_with(up, flat), alpha=0.05).reason == ""
    assert item_statistics(flat_with(up, none))["reason"].tolist() == ["fewer than two complete answers"] * 2
    assert item_statistics(flat_with(up, flat))["reason"].tolist() == [
        "cannot be computed",
        "cannot be computed",
    ]
    mixed = [2.0, 1, 4, 3, 5, 5]
    assert omega(flat_with(up, mixed)).reason == "one factor needs three items"
    assert omega(flat_with(up[:3], mixed[:3], [1.0, 1, 2])).reason == "fewer complete answers than items need"
    assert omega(flat_with(up, mixed, flat)).reason == "cannot be computed"
    assert omega(flat_with(up, mixed, up)).reason == "an item follows from the others"
    assert omega(flat_with(up, mixed, none)).n == 0
    nearly = [*up[:5], 3.0]
    assert "Heywood" in omega(flat_with(up, nearly, mixed)).reason


@pytest.mark.parametrize("data", SETS)
def test_adjusted_means_as_in_r(data: str) -> None:
    found, expected = adjusted_mean(items(data)), values("items.csv", data)
    assert (found.reason, found.n, found.answers) == ("", expected["persons"]["", ""], expected["answers"]["", ""])
    assert found.mean == pytest.approx(expected["adjusted"]["", ""], rel=EXACT)
    assert found.plain == pytest.approx(expected["plain"]["", ""], rel=EXACT)
    assert found.items["adjusted"].tolist() == pytest.approx(list(expected["adjusted_item"].values()), rel=EXACT)
    for (person, _), value in expected["adjusted_person"].items():
        assert found.persons[int(person)] == pytest.approx(value, rel=EXACT)
    assert found.persons.notna().sum() == found.n


def test_without_missing_answers_nothing_is_adjusted() -> None:
    found = adjusted_mean(items("attitude"))
    assert found.mean == pytest.approx(found.plain, rel=1e-12)
    assert found.persons.to_numpy() == pytest.approx(items("attitude").mean(axis=1).to_numpy(), rel=1e-12)


def test_the_bias_of_dont_knows_is_taken_out() -> None:
    """By hand: the second item is rated two lower by all; who left it out does not thereby rate higher."""
    answers = flat_with([5, 4, 3, 5], [3, 2, 1, math.nan])
    found = adjusted_mean(answers)
    assert found.plain == pytest.approx((4 + 3 + 2 + 5) / 4)
    assert found.mean == pytest.approx((4 + 3 + 2 + 4) / 4)
    assert found.persons.tolist() == pytest.approx([4, 3, 2, 4])
    assert found.items["adjusted"].tolist() == pytest.approx([4.25, 2.25])


def test_no_adjusted_mean_without_a_reason() -> None:
    nan = math.nan
    assert adjusted_mean(flat_with([nan, nan], [nan, nan])).reason == "no answers"
    assert adjusted_mean(flat_with([1, 2], [nan, nan])).reason == "an item without answers"
    apart = adjusted_mean(flat_with([1, 2, nan, nan], [nan, nan, 4, 5]))
    assert apart.reason == "items that no respondent answered together"
    assert (math.isnan(apart.mean), apart.plain, apart.items["plain"].tolist()) == (True, 3, [1.5, 4.5])
    assert adjusted_mean(flat_with([1, 2], [1, 2]).iloc[:0]).reason == "no answers"
    chained = adjusted_mean(flat_with([1, 2, nan], [2, nan, 3], [nan, nan, 5]))
    assert chained.reason == ""
