"""Net balances and how they change against R."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from oracle import EXACT, P_ERROR, frame, values

from survey_report.statistics.change import balance_change, net_balance

SETS = {"paired": "paired", "independent": "independent", "partly": "partly paired", "two": "paired"}


@pytest.mark.parametrize("period", ["earlier", "later"])
@pytest.mark.parametrize("data", SETS)
def test_net_balance_as_in_r(data: str, period: str) -> None:
    found = net_balance(frame("change-answers.csv", data)[period], alpha=0.05)
    expected = values("change.csv", data)
    for name in ("n", "better", "worse", "balance", "se", "low", "high"):
        assert getattr(found, name) == pytest.approx(expected[name][period, ""], rel=EXACT, abs=1e-10), name


@pytest.mark.parametrize("data", SETS)
def test_change_of_balance_as_in_r(data: str) -> None:
    answers, expected = frame("change-answers.csv", data), values("change.csv", data)
    found = balance_change(answers["earlier"], answers["later"], alpha=0.05)
    assert (found.method, found.reason) == (SETS[data], "")
    assert found.n_both == answers.notna().all(axis=1).sum()
    of = {"difference": found.difference, "change_se": found.se, "df": found.df}
    for name, value in (of | {"change_low": found.low, "change_high": found.high}).items():
        assert value == pytest.approx(expected[name]["", ""], rel=EXACT), name
    assert found.p == pytest.approx(expected["p"]["", ""], abs=P_ERROR)


def test_the_interval_does_not_collapse_where_all_answer_alike() -> None:
    expected = values("change.csv", "edge")
    for name, answer in (("all better", 1.0), ("no change", 0.0)):
        found = net_balance(pd.Series([answer] * 12), alpha=0.05)
        ends = [expected["low"][name, ""], expected["high"][name, ""]]
        assert [found.low, found.high] == pytest.approx(ends, rel=EXACT)
        assert found.se == 0
        assert found.low <= found.balance <= found.high


def test_no_change_without_a_reason() -> None:
    nan = math.nan

    def change(earlier: list[float], later: list[float]) -> tuple[str, str]:
        found = balance_change(pd.Series(earlier), pd.Series(later), alpha=0.05)
        assert math.isnan(found.p) == bool(found.reason)
        return found.method, found.reason

    assert net_balance(pd.Series([nan, nan]), alpha=0.05).reason == "no answers"
    assert change([nan, nan], [1, 0])[1] == "no answers for one of the periods"
    assert change([1, nan], [1, 0])[1] == "fewer than 2 answers for one of the periods"
    assert change([1, 0, 0], [0, -1, -1]) == ("paired", "cannot be computed")
    assert change([0, 0, nan, nan], [nan, nan, 1, 1]) == ("independent", "cannot be computed")
    assert change([1, 0, nan], [1, nan, 0])[0] == "partly paired"
    assert change([1, 0, 1, nan], [1, 1, 1, 0]) == ("partly paired", "")


def test_periods_are_matched_by_respondent() -> None:
    answers = frame("change-answers.csv", "paired")
    found = balance_change(answers["earlier"], answers["later"].iloc[::-1], alpha=0.05)
    assert found == balance_change(answers["earlier"], answers["later"], alpha=0.05)
