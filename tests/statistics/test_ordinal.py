"""Cumulative logit models against R's polr, several items together, and items that no model fits."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from oracle import FITTED, P_ERROR, frame, values

from survey_report.statistics.multiplicity import holm
from survey_report.statistics.ordinal import EFFECT_COLUMNS, ITEM_COLUMNS, cumulative_logit, items_on_grouping

SETS = sorted(set(frame("ordered-counts.csv")["data"]))


def answers(data: str) -> tuple[pd.Series, pd.Series, list[str]]:
    """One row a respondent: answers, groups, and the groups in R's order."""
    counts = frame("ordered-counts.csv", data)
    rows = counts.loc[counts.index.repeat(counts["n"])].reset_index(drop=True)
    return rows["answer"].astype(float), rows["group"], sorted(set(rows["group"]))


@pytest.mark.parametrize("data", SETS)
def test_cumulative_logit_as_in_r(data: str) -> None:
    scores, groups, order = answers(data)
    found, expected = cumulative_logit(scores, groups, order, min_n=1, alpha=0.05), values("ordered.csv", data)
    assert (found.reason, found.converged, found.n, found.groups) == ("", True, len(scores), tuple(order))
    assert list(found.effects.columns) == EFFECT_COLUMNS
    assert [(name, "") for name in found.effects["group"]] == list(expected["coefficient"])
    for effect in found.effects.itertuples():
        se = expected["se"][effect.group, ""]
        coefficient = expected["coefficient"][effect.group, ""]
        assert effect.reference == order[0]
        assert effect.coefficient == pytest.approx(coefficient, rel=FITTED, abs=FITTED * se)
        assert effect.se == pytest.approx(se, rel=FITTED)
        assert effect.p == pytest.approx(expected["p"][effect.group, ""], abs=1e-5)
        assert [effect.low, effect.high] == pytest.approx(
            [coefficient - 1.959964 * se, coefficient + 1.959964 * se], abs=FITTED * (1 + se)
        )
    assert found.thresholds["threshold"].tolist() == pytest.approx(
        list(expected["threshold"].values()), rel=FITTED, abs=1e-4
    )
    assert found.log_likelihood == pytest.approx(expected["log_likelihood"]["", ""], rel=1e-9)
    assert found.null_log_likelihood == pytest.approx(expected["null"]["", ""], rel=1e-9)
    assert found.lr == pytest.approx(expected["lr"]["", ""], rel=1e-6)
    assert found.df == expected["df"]["", ""]
    assert found.p == pytest.approx(expected["lr_p"]["", ""], abs=P_ERROR)


def test_with_two_groups_and_two_answers_it_is_the_log_odds_ratio() -> None:
    scores = pd.Series([0.0] * 12 + [1.0] * 8 + [0.0] * 5 + [1.0] * 15)
    groups = pd.Series(["a"] * 20 + ["b"] * 20)
    effect = cumulative_logit(scores, groups, ["a", "b"], min_n=10, alpha=0.05).effects.iloc[0]
    assert effect["coefficient"] == pytest.approx(math.log((15 / 5) / (8 / 12)), rel=1e-8)
    assert effect["se"] == pytest.approx(math.sqrt(1 / 15 + 1 / 5 + 1 / 8 + 1 / 12), rel=1e-8)


@pytest.mark.parametrize(
    ("scores", "groups", "reason"),
    [
        ([1, 2, 3], "aaa", "fewer than two groups"),
        ([math.nan] * 4, "aabb", "fewer than two groups"),
        ([3, 3, 3, 3], "aabb", "cannot be computed"),
        ([1, 2, 3, 4], "aabb", "cannot be computed"),
        ([1, 2, 2, 3], "aabb", "cannot be computed"),  # they share one answer, which is not enough
        ([1, 2, 1, 2, 2, 2], "aabbcc", "cannot be computed"),  # a group at the top throughout
        ([1, 2, 2, 3, 3, 1], "aabbcc", ""),
        ([1, 2, 3, 2, 2], "aaabb", ""),  # alike, but within the others' range
    ],
)
def test_no_model_without_a_reason(scores: list[float], groups: str, reason: str) -> None:
    found = cumulative_logit(
        pd.Series(scores, dtype=float), pd.Series(list(groups)), ["a", "b", "c"], min_n=1, alpha=0.05
    )
    assert (reason in found.reason) if reason else (found.reason == "")
    assert math.isnan(found.p) == bool(reason)
    assert found.effects.empty == bool(reason)
    assert np.isfinite(found.effects[["coefficient", "se", "low", "high"]].to_numpy(float)).all()


def test_items_of_a_scale_are_adjusted_together() -> None:
    scores, groups, order = answers("five points")
    other = pd.Series(np.roll(scores.to_numpy(), 7))
    items = pd.DataFrame({"first": scores, "second": other, "flat": 3.0, "none": np.nan})
    found = items_on_grouping(items, groups, order, min_n=10)
    assert list(found.columns) == ITEM_COLUMNS
    assert list(found["item"]) == ["first", "second", "flat", "none"]
    assert list(found["reason"]) == ["", "", "cannot be computed", "fewer than two groups"]
    single = [cumulative_logit(item, groups, order, min_n=10, alpha=0.05).p for item in (scores, other)]
    assert found["p"].tolist()[:2] == single
    assert found["p_holm"].tolist() == pytest.approx(holm([*single, math.nan, math.nan]).tolist(), nan_ok=True)


def test_small_groups_are_left_out() -> None:
    scores, groups, order = answers("sparse")
    found = cumulative_logit(scores, groups, order, min_n=3, alpha=0.05)
    assert found.groups == ("big", "flat")
    assert found.n == 75 + 12
