"""Two groups, and two waves adjusted for who answered, against R."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from oracle import EXACT, P_ERROR, frame, values

from survey_report.statistics.contrasts import mean_difference, share_difference
from survey_report.statistics.standardised import OTHER, joined_categories, standardised_change

TABLE = "contrasts.csv"


def wave(name: str) -> pd.DataFrame:
    return frame("contrast-answers.csv", name)


@pytest.mark.parametrize("pair", [("later", "earlier"), ("d", "rest")])
def test_difference_of_means_as_in_r(pair: tuple[str, str]) -> None:
    earlier = wave("earlier")
    if pair[0] == "d":
        of_d = earlier["service"] == "d"
        groups = earlier["score"][of_d], earlier["score"][~of_d]
    else:
        groups = wave("later")["score"], earlier["score"]
    found = mean_difference(*(group.to_numpy(float) for group in groups), alpha=0.05)
    for name in ("first", "second", "difference", "se", "df", "low", "high"):
        assert getattr(found, name) == pytest.approx(values(TABLE, "means")[name][pair], rel=EXACT), name
    assert found.p == pytest.approx(values(TABLE, "means")["p"][pair], abs=P_ERROR)


@pytest.mark.parametrize("counts", [(56, 70, 48, 80), (9, 10, 3, 10), (0, 12, 30, 400), (15, 15, 0, 15)])
def test_difference_of_shares_as_in_r(counts: tuple[int, int, int, int]) -> None:
    found = share_difference(*counts, alpha=0.05)
    pair = f"{counts[0]}/{counts[1]}", f"{counts[2]}/{counts[3]}"
    for name in ("first", "second", "difference", "low", "high"):
        expected = values(TABLE, "shares")[name][pair]
        assert getattr(found, name) == pytest.approx(expected, rel=EXACT, abs=1e-7), name


def test_newcombe_as_he_printed_it() -> None:
    """His Table II, method 10: 56/70 against 48/80 and 9/10 against 3/10."""
    first, second = share_difference(56, 70, 48, 80, alpha=0.05), share_difference(9, 10, 3, 10, alpha=0.05)
    assert [round(value / 100, 4) for value in (first.low, first.high)] == [0.0524, 0.3339]
    assert [round(value / 100, 4) for value in (second.low, second.high)] == [0.1705, 0.8090]


@pytest.mark.parametrize("groupings", [["service"], ["service", "role"]])
def test_standardised_change_as_in_r(groupings: list[str]) -> None:
    before, after = wave("earlier"), wave("later")
    found = standardised_change(
        before["score"], after["score"], before[groupings], after[groupings], alpha=0.05, min_n=1
    )
    expected, name = values(TABLE, "standardised"), (" ".join(groupings), "")
    for part in ("crude", "adjusted", "composition"):
        assert getattr(found, part) == pytest.approx(expected[part][name], rel=EXACT, abs=1e-10), part
    for part in ("se", "df", "low", "high"):
        assert getattr(found, part) == pytest.approx(expected[f"adjusted_{part}"][name], rel=EXACT), part
    assert found.p == pytest.approx(expected["adjusted_p"][name], abs=P_ERROR)
    assert found.crude == pytest.approx(found.adjusted + found.composition)


def test_with_one_grouping_it_is_post_stratification() -> None:
    before, after = wave("earlier"), wave("later")
    found = standardised_change(
        before["score"], after["score"], before[["service"]], after[["service"]], alpha=0.05, min_n=1
    )
    assert found.adjusted == pytest.approx(values(TABLE, "post-stratified")["adjusted"]["service", ""], rel=EXACT)


def test_a_planted_change_is_told_from_a_change_of_who_answered() -> None:
    """Two services a point apart: all scores rise by 0.3 and the better service doubles its part."""
    draw = np.random.default_rng(5)

    def made(n_good: int, n_poor: int, rise: float) -> pd.DataFrame:
        service = ["good"] * n_good + ["poor"] * n_poor
        base = np.where(np.array(service) == "good", 4.0, 3.0)
        return pd.DataFrame({"service": service, "score": base + rise + draw.normal(0, 0.1, len(service))})

    before, after = made(200, 400, 0.0), made(400, 200, 0.3)
    found = standardised_change(before["score"], after["score"], before[["service"]], after[["service"]], alpha=0.05)
    assert found.crude == pytest.approx(0.3 + 1 / 3, abs=0.03)
    assert found.adjusted == pytest.approx(0.3, abs=0.03)
    assert found.composition == pytest.approx(1 / 3, abs=0.02)


def test_two_that_cannot_be_compared_say_why() -> None:
    one, many = np.array([3.0, np.nan]), np.array([2.0, 3.0, 4.0])
    assert mean_difference(one, many, alpha=0.05).reason == "fewer than 2 answers in one of the groups"
    assert mean_difference(np.array([2.0, 2.0]), np.array([3.0, 3.0]), alpha=0.05).reason == "cannot be computed"
    assert share_difference(0, 0, 3, 10, alpha=0.05).reason == "no answers in one of the groups"
    scores, groups = pd.Series(many), pd.DataFrame({"g": ["a", "b", "a"]})
    few = standardised_change(scores, scores, groups, groups, alpha=0.05)
    assert few.reason == "fewer than 10 answers in one of the waves"
    assert np.isnan(few.adjusted)
    apart = pd.DataFrame({"g": ["a", "a", "b"]}), pd.DataFrame({"g": ["a", "a", "a"], "h": ["x", "x", "x"]})
    later = scores + pd.Series([0.1, 0, 0.2])
    lost = standardised_change(scores, later, apart[0], apart[1][["g"]], alpha=0.05, min_n=2)
    assert lost.reason == ""  # the one in b joins a


def test_small_categories_are_joined() -> None:
    before = pd.Series(["a"] * 30 + ["b"] * 20 + ["c"] * 6 + ["d"] * 6)
    after = pd.Series(["a"] * 30 + ["b"] * 20 + ["c"] * 6 + ["d"] * 9)
    assert joined_categories(before, after, 10) == {"a": "a", "b": "b", "c": OTHER, "d": OTHER}
    assert joined_categories(before, after, 15) == {"a": "a", "b": "b", "c": "a", "d": "a"}
    assert joined_categories(before, after, 1) == {name: name for name in "abcd"}
