"""Raking and weighted estimates against R's survey package, trimming, and margins that cannot be met."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pandas as pd
import pytest
from oracle import EXACT, FITTED, frame, values

from survey_report.errors import UserError
from survey_report.statistics.weighted import Estimate, weighted_mean, weighted_share
from survey_report.statistics.weighting import Weights, rake


def schools() -> pd.DataFrame:
    return frame("weight-respondents.csv")


def margins() -> pd.DataFrame:
    rows = [(*name.split(" "), share) for (name, _), share in values("weights.csv", "margin")["share"].items()]
    return pd.DataFrame(rows, columns=["variable", "category", "share"])


@cache
def raked() -> Weights:
    return rake(schools(), margins(), largest=100)  # R does not trim


def test_raking_as_in_r() -> None:
    expected, found = values("weights.csv", "raked"), raked()
    assert found.weights.tolist() == pytest.approx(list(expected["weight"].values()), rel=EXACT)
    assert found.design_effect == pytest.approx(expected["design_effect"]["", ""], rel=EXACT)
    assert found.effective_n == pytest.approx(expected["effective_n"]["", ""], rel=EXACT)
    assert found.margins["weighted"].tolist() == pytest.approx(found.margins["wanted"].tolist(), rel=1e-10)
    assert found.margins["wanted"].tolist() == pytest.approx(margins()["share"].tolist(), rel=1e-10)
    assert found.margins["n"].sum() == 2 * len(schools())
    assert found.trimmed == 0


def test_the_design_effect_is_one_and_the_squared_variation() -> None:
    weights = raked().weights
    assert raked().design_effect == pytest.approx(1 + weights.var(ddof=0) / weights.mean() ** 2, rel=1e-12)


def test_weighted_estimates_as_in_r() -> None:
    expected, rows = values("weights.csv", "estimate"), schools()
    of = {
        "api00": weighted_mean(rows["api00"], raked(), alpha=0.05),
        "target": weighted_mean(rows["target"], raked(), alpha=0.05),
        "api00 of M": weighted_mean(rows["api00"].where(rows["stype"] == "M"), raked(), alpha=0.05),
    }
    for name, found in of.items():
        assert found.value == pytest.approx(expected["value"][name, ""], rel=EXACT), name
        assert found.se == pytest.approx(expected["se_swept"][name, ""], rel=EXACT), name
        assert found.se == pytest.approx(expected["se"][name, ""], rel=FITTED), name
    assert of["target"].n == rows["target"].notna().sum()
    ends = [expected["low"]["api00", ""], expected["high"]["api00", ""]]
    assert [of["api00"].low, of["api00"].high] == pytest.approx(ends, rel=EXACT)


def test_a_weighted_share_as_in_r() -> None:
    expected, found = values("weights.csv", "estimate"), weighted_share(schools()["award"], raked(), alpha=0.05)
    assert found.value == pytest.approx(100 * expected["value"]["award", ""], rel=EXACT)
    assert found.se == pytest.approx(100 * expected["se_swept"]["award", ""], rel=EXACT)
    assert found.se == pytest.approx(100 * expected["se"]["award", ""], rel=FITTED)
    ends = [expected["low"]["award", ""], expected["high"]["award", ""]]
    assert [found.low, found.high] == pytest.approx(ends, rel=EXACT)


def test_given_weights_have_the_error_of_given_weights() -> None:
    """A variable that says nothing of the answers leaves the error of weights that are not raked."""
    expected, rows = values("weights.csv", "estimate"), schools()
    everybody = pd.DataFrame({"all": ["x"] * len(rows)})
    margin = pd.DataFrame([("all", "x", 100.0)], columns=["variable", "category", "share"])
    given = rake(everybody, margin, base=raked().weights)
    assert given.weights.tolist() == pytest.approx(raked().weights.tolist(), rel=1e-12)
    for name in ("api00", "target"):
        found = weighted_mean(rows[name], given, alpha=0.05)
        assert found.value == pytest.approx(expected["value"][f"{name} by given weights", ""], rel=EXACT)
        assert found.se == pytest.approx(expected["se"][f"{name} by given weights", ""], rel=EXACT)


def test_a_share_that_the_margins_fix_has_no_error() -> None:
    found = weighted_share((schools()["stype"] == "H").astype(float), raked(), alpha=0.05)
    wanted = margins().set_index("category").loc["H", "share"]
    assert [found.value, found.low, found.high] == pytest.approx([wanted] * 3)
    assert found.se == 0


@pytest.mark.parametrize("largest", ["1.5", "3"])
def test_trimmed_weights_as_in_r(largest: str) -> None:
    found, expected = rake(schools(), margins(), largest=float(largest)), values("weights.csv", "trimmed")[largest]
    assert found.weights.tolist() == pytest.approx(list(expected.values()), rel=EXACT)
    assert found.weights.max() == pytest.approx(float(largest))
    assert found.trimmed == sum(value > float(largest) - 1e-9 for value in expected.values())
    assert found.design_effect < raked().design_effect
    gap = (found.margins["weighted"] - found.margins["wanted"]).abs().max()
    assert 0 < gap < (found.margins["unweighted"] - found.margins["wanted"]).abs().max()


def test_who_did_not_answer_a_variable_keeps_the_weight_of_the_others() -> None:
    rows = schools().copy()
    rows.loc[[0, 5, 9], "stype"] = None
    found = rake(rows, margins())
    assert found.margins["weighted"].tolist() == pytest.approx(found.margins["wanted"].tolist(), abs=1e-8)
    assert found.weights.notna().all()
    nobody = rows.assign(stype=None)
    only = rake(nobody.assign(**{"stype": ["E", "H", "M"] + [None] * 197}), margins())
    assert np.isfinite(only.weights).all()


def test_margins_that_contradict_each_other_say_so() -> None:
    rows = pd.DataFrame({"one": ["a"] * 5 + ["b"] * 5, "two": ["c"] * 5 + ["d"] * 5})
    wanted = pd.DataFrame(
        [("one", "a", 30.0), ("one", "b", 70.0), ("two", "c", 60.0), ("two", "d", 40.0)],
        columns=["variable", "category", "share"],
    )
    with pytest.raises(UserError, match="no weights of these respondents meet all margins"):
        rake(rows, wanted)
    # Unless they agree with each other as well as the respondents' answers do.
    assert rake(rows, wanted.assign(share=[30.0, 70.0, 30.0, 70.0])).weights.iloc[0] == pytest.approx(0.6)


def test_every_margin_that_cannot_be_met_is_named() -> None:
    bad = pd.DataFrame(
        [
            ("stype", "E", 70.0),
            ("stype", "H", 20.0),
            ("stype", "X", 20.0),
            ("stype", "H", 5.0),
            ("sch.wide", "No", "many"),
            ("sch.wide", "Yes", 100.0),
            ("region", "north", 100.0),
        ],
        columns=["variable", "category", "share"],
    )
    with pytest.raises(UserError) as caught:
        rake(schools(), bad, file="margins.csv")
    said = [(problem.place, problem.value, problem.message) for problem in caught.value.problems]
    assert said == [
        ("stype, X", "", "no respondent is in this category"),
        ("stype", "H", "the category has two rows"),
        ("stype", "M", "respondents are in a category without a share"),
        ("stype", "115", "the shares do not sum to 100"),
        ("sch.wide, No", "many", "a share must be a number above 0"),
        ("variable", "region", "respondents have no such variable"),
    ]
    assert all(problem.remedy and problem.file == "margins.csv" for problem in caught.value.problems)


def test_margins_without_a_column_or_respondents_are_refused() -> None:
    with pytest.raises(UserError, match="a column is missing"):
        rake(schools(), margins().drop(columns="share"))
    with pytest.raises(UserError, match="no respondents to weigh"):
        rake(schools().iloc[:0], margins())


def test_shares_with_one_decimal_need_not_sum_to_exactly_100() -> None:
    rounded = margins().assign(share=lambda rows: rows["share"].round(0))
    rounded.loc[0, "share"] += 0.4
    assert rake(schools(), rounded).margins.groupby("variable")["wanted"].sum().tolist() == pytest.approx([100, 100])


def test_no_estimate_without_a_reason() -> None:
    rows = schools()
    nobody = pd.Series(np.nan, index=rows.index)
    one, alike = nobody.copy(), pd.Series(1.0, index=rows.index)
    one[3] = 1.0
    for function in (weighted_mean, weighted_share):
        assert function(nobody, raked(), alpha=0.05).reason == "no answers"
        assert function(one, raked(), alpha=0.05).reason == "fewer than 2 answers"
    assert weighted_mean(alike, raked(), alpha=0.05).reason == "cannot be computed"
    share: Estimate = weighted_share(alike, raked(), alpha=0.05)
    assert (share.value, share.se, share.high, share.reason) == (pytest.approx(100), 0, pytest.approx(100), "")
    assert 95 < share.low < 100
    assert math.isnan(weighted_share(nobody, raked(), alpha=0.05).value)
