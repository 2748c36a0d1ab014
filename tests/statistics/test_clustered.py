"""Random intercepts and means of clusters against R (lme4, nlme, lm), at the edge, and where nothing can be fitted."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pandas as pd
import pytest
from oracle import EXACT, FITTED, P_ERROR, Values, frame, values

from survey_report.statistics.clustered import (
    PAIR_COLUMNS,
    Clustered,
    cluster_means,
    intraclass_correlation,
    random_intercept,
)

SETS = sorted(set(frame("cluster-scores.csv")["data"]))
OF_CLUSTERS = ("Orthodont", "BodyWeight", "areas")


@cache
def fitted(data: str, method: str) -> Clustered:
    rows = frame("cluster-scores.csv", data)
    given = (rows["score"], rows["group"], rows["cluster"], sorted(set(rows["group"])))
    if method == "mixed":
        return random_intercept(*given, min_n=2, alpha=0.05)
    return cluster_means(*given, min_n=2, alpha=0.05, weighted=method == "weighted")


def compare(found: Clustered, expected: Values, method: str, tolerance: float) -> None:
    test = {name: expected[name][method, ""] for name in ("F", "df_between", "df_within", "p")}
    assert found.reason == ""
    assert found.converged
    assert found.statistic == pytest.approx(test["F"], rel=tolerance)
    assert (found.df_between, found.df_within) == (test["df_between"], test["df_within"])
    assert found.p == pytest.approx(test["p"], abs=P_ERROR)
    assert list(found.pairs.columns) == PAIR_COLUMNS
    assert len(found.pairs) == len(found.groups) * (len(found.groups) - 1) // 2
    for pair in found.pairs.itertuples():
        of = {
            name: expected[name][method, f"{pair.a} {pair.b}"] for name in ("difference", "se", "low", "high", "pair_p")
        }
        for name in ("difference", "se", "low", "high"):
            assert getattr(pair, name) == pytest.approx(of[name], rel=tolerance, abs=tolerance * of["se"]), name
        assert pair.p == pytest.approx(of["pair_p"], abs=P_ERROR)
        assert pair.df == test["df_within"]


@pytest.mark.parametrize("data", SETS)
def test_a_random_intercept_as_in_r(data: str) -> None:
    found, expected = fitted(data, "mixed"), values("clusters.csv", data)
    compare(found, expected, "mixed", FITTED)
    assert found.of_clusters == (data in OF_CLUSTERS)
    scale = expected["within"]["mixed", ""]
    assert found.variance_between == pytest.approx(expected["between"]["mixed", ""], rel=FITTED, abs=FITTED * scale)
    assert found.variance_within == pytest.approx(scale, rel=FITTED)
    assert found.icc == pytest.approx(expected["icc"]["mixed", ""], rel=FITTED, abs=1e-9)


@pytest.mark.parametrize("method", ["weighted", "unweighted"])
@pytest.mark.parametrize("data", OF_CLUSTERS)
def test_means_of_clusters_as_in_r(data: str, method: str) -> None:
    compare(fitted(data, method), values("clusters.csv", data), method, EXACT)


@pytest.mark.parametrize("data", SETS)
def test_intraclass_correlation_as_in_r(data: str) -> None:
    rows, expected = frame("cluster-scores.csv", data), values("clusters.csv", data)
    found = intraclass_correlation(rows["score"], rows["cluster"])
    assert found.icc == pytest.approx(expected["icc"]["empty", ""], rel=FITTED, abs=1e-9)
    assert found.variance_within == pytest.approx(expected["within"]["empty", ""], rel=FITTED)
    assert found.clusters == rows["cluster"].nunique()
    assert (found.reason, len(found.pairs)) == ("", 0)


def test_clusters_that_do_not_differ_are_at_the_edge() -> None:
    found = fitted("alike", "mixed")
    assert (found.variance_between, found.icc, found.converged) == (0, 0, True)


def test_balanced_clusters_agree_whichever_way() -> None:
    """With clusters of one size the random intercept and the means of clusters are the same test."""
    mixed = fitted("Orthodont", "mixed")
    for method in ("weighted", "unweighted"):
        assert fitted("Orthodont", method).statistic == pytest.approx(mixed.statistic, rel=1e-9)


def given(scores: list[float], groups: str, clusters: str) -> tuple[pd.Series, pd.Series, pd.Series, list[str]]:
    return pd.Series(scores, dtype=float), pd.Series(list(groups)), pd.Series(list(clusters)), ["a", "b", "c"]


@pytest.mark.parametrize(
    ("scores", "groups", "clusters", "reason"),
    [
        ([1, 2, 3, 4], "aaaa", "1122", "fewer than two groups"),
        ([math.nan] * 4, "aabb", "1122", "fewer than two groups"),
        ([1, 2, 3, 4], "aabb", "1111", "fewer than two clusters"),
        ([1, 2, 3, 4], "aabb", "1234", "no cluster has two answers"),
        ([1, 2, 3, 4], "aabb", "1122", "too few clusters for so many groups"),
        ([1, 2, 3], "abb", "112", "too few answers for so many clusters"),
        ([1, 1, 2, 2, 3, 3, 5, 5], "aaaabbbb", "11223344", "cannot be computed"),
        ([4] * 8, "aaaabbbb", "11223344", "cannot be computed"),
        ([0.1 + 0.2, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3], "aaaabbbb", "11223344", "cannot be computed"),
    ],
)
def test_no_random_intercept_without_a_reason(scores: list[float], groups: str, clusters: str, reason: str) -> None:
    found = random_intercept(*given(scores, groups, clusters), min_n=1, alpha=0.05)
    assert found.reason == reason
    assert math.isnan(found.p)
    assert found.pairs.empty
    assert not found.converged


def test_no_means_of_clusters_without_a_reason() -> None:
    def reason(scores: list[float], groups: str, clusters: str) -> str:
        return cluster_means(*given(scores, groups, clusters), min_n=1, alpha=0.05, weighted=True).reason

    assert reason([1, 2, 3, 4], "abab", "1122") == "the grouping varies within clusters"
    assert reason([1, 2, 3, 4], "aabb", "1122") == "too few clusters for so many groups"
    assert reason([2, 2, 2, 2, 4, 4], "aaaabb", "112233") == "cannot be computed"
    assert reason([0] * 6, "aaaabb", "112233") == "cannot be computed"
    assert reason([1, 2, 3, 4, 3, 4], "aabbbb", "112233") == "cannot be computed"
    assert reason([1, 2, 3, 4, 3, 5], "aabbbb", "112233") == ""


def test_no_intraclass_correlation_without_a_reason() -> None:
    for scores, clusters, reason in (
        ([1, 2, 3], "111", "fewer than two clusters"),
        ([math.nan] * 3, "112", "fewer than two clusters"),
        ([1, 2, 3], "123", "no cluster has two answers"),
        ([1, 1, 3, 3], "1122", "cannot be computed"),
    ):
        found = intraclass_correlation(pd.Series(scores, dtype=float), pd.Series(list(clusters)))
        assert found.reason == reason
        assert math.isnan(found.icc)


def test_rows_without_a_group_or_cluster_and_small_groups_are_left_out() -> None:
    rows = frame("cluster-scores.csv", "areas")
    more = pd.DataFrame(
        {
            "score": [5.0, 1.0, 5.0, np.nan],
            "group": ["south", None, "few", "south"],
            "cluster": [None, "c1", "c1", "c1"],
        }
    )
    both = pd.concat([rows[["score", "group", "cluster"]], more], ignore_index=True)
    order = ["few", *sorted(set(rows["group"]))]
    found = random_intercept(both["score"], both["group"], both["cluster"], order, min_n=2, alpha=0.05)
    assert (found.n, found.groups) == (len(rows), fitted("areas", "mixed").groups)
    assert found.statistic == fitted("areas", "mixed").statistic
