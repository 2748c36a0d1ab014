"""Comparing groups when respondents come in clusters: those of one cluster answer alike, so they tell less than n.

Two ways: a random intercept for the cluster, and (for a grouping of clusters, not of respondents) one mean a cluster.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats

from survey_report.statistics.mixed import ClusterTable, MixedFit, cluster_table, random_intercept_fit
from survey_report.statistics.multiplicity import holm
from survey_report.statistics.samples import NOT_COMPUTED, group_numbers, rows_of

NAN = float("nan")
PAIR_COLUMNS = ["a", "b", "difference", "se", "df", "low", "high", "p", "p_holm"]


@dataclass(frozen=True)
class Clustered:
    """A grouping tested with clusters taken into account; NaN with a reason where it was not.

    `n` scores in `clusters` clusters and the `groups` that took part; `of_clusters`: every cluster lies in one group.
    `statistic` is Wald's F on `df_between` and `df_within`. `variance_between` and `variance_within` clusters are in
    squared units of the scores, `icc` is the share (0 to 1) of the first in both (NaN for means of clusters).
    `pairs`: one row a pair of groups: a, b, difference (a minus b), se, df, low, high (1 - alpha each, not
    simultaneous), p, p_holm (Holm over the pairs).
    """

    n: int
    clusters: int
    groups: tuple[str, ...]
    of_clusters: bool
    statistic: float
    df_between: float
    df_within: float
    p: float
    variance_between: float
    variance_within: float
    icc: float
    converged: bool
    pairs: pd.DataFrame
    reason: str = ""


@dataclass(frozen=True)
class _Table:
    """Scores by cluster and group, less their median, with the names of the groups."""

    table: ClusterTable
    groups: tuple[str, ...]

    @property
    def n(self) -> int:
        return int(self.table.counts.sum())

    @property
    def clusters(self) -> int:
        return len(self.table.counts)

    @property
    def of_clusters(self) -> bool:
        return bool(((self.table.counts > 0).sum(axis=1) == 1).all())


def random_intercept(
    scores: pd.Series[float], groups: pd.Series, clusters: pd.Series, order: Sequence[str], *, min_n: int, alpha: float
) -> Clustered:
    """Group means with a random intercept for the cluster, by restricted maximum likelihood (see `mixed`).

    Rows without score, group or cluster, and groups of `order` with fewer than `min_n` scores, are left out. Degrees of
    freedom are between and within (Pinheiro and Bates 2000, Mixed-Effects Models in S and S-PLUS, p. 91, as R's nlme
    has them): clusters - groups for a grouping of clusters, n - clusters - (groups - 1) for one that varies within
    them. About 10 ms for 1,400 scores in 30 clusters.
    """
    data = _tabulate(scores, groups, clusters, order, min_n)
    reason = _not_enough(data) or ("" if (data.table.counts.sum(axis=1) > 1).any() else "no cluster has two answers")
    freedom = data.clusters - len(data.groups)
    if not data.of_clusters:
        freedom = data.n - data.clusters - (len(data.groups) - 1)
    if not reason and freedom < 1:
        reason = "too few clusters for so many groups" if data.of_clusters else "too few answers for so many clusters"
    if not reason and _flat(data):
        reason = NOT_COMPUTED
    if reason:
        return _none(data, reason)
    fit = random_intercept_fit(data.table)
    if not fit.converged:
        return _none(data, "the model did not converge")
    return _tested(data, fit, freedom, alpha)


def cluster_means(
    scores: pd.Series[float],
    groups: pd.Series,
    clusters: pd.Series,
    order: Sequence[str],
    *,
    min_n: int,
    alpha: float,
    weighted: bool,
) -> Clustered:
    """Mean score of each cluster by least squares on the group of the cluster: clusters - groups degrees of freedom.

    For a grouping of clusters only. The mean of a cluster stands for all its respondents, so their number cannot make
    up for few clusters (Donner and Klar 2000, Design and Analysis of Cluster Randomization Trials, section 6.2).
    `weighted` weighs a cluster by its number of scores, otherwise all count alike. Its errors are right where clusters
    do not differ, and a little small where they do and their sizes differ: 7 errors in 100 instead of 5 with an ICC of
    .05 and sizes from 6 to 106 (see `benchmarks/simulations.py`). Rows as in `random_intercept`. About 2 ms.
    """
    data = _tabulate(scores, groups, clusters, order, min_n)
    reason = _not_enough(data)
    if not reason and not data.of_clusters:
        reason = "the grouping varies within clusters"
    freedom = data.clusters - len(data.groups)
    if not reason and freedom < 1:
        reason = "too few clusters for so many groups"
    if reason:
        return _none(data, reason)
    sizes = data.table.counts.sum(axis=1)
    means = data.table.sums.sum(axis=1) / sizes
    members = (data.table.counts > 0).astype(float)
    weights = sizes if weighted else np.ones_like(sizes)
    totals = members.T @ weights
    group_means = members.T @ (weights * means) / totals
    residual = float(weights @ (means - members @ group_means) ** 2) / freedom
    if residual <= 1e-24 * float(weights @ means**2):
        return _none(data, NOT_COMPUTED)
    fit = MixedFit(group_means, np.diag(residual / totals), NAN, NAN, True)
    return _tested(data, fit, freedom, alpha)


def intraclass_correlation(scores: pd.Series[float], clusters: pd.Series) -> Clustered:
    """The share of variance that lies between clusters, without a grouping: `icc` and its parts; nothing is tested."""
    everybody = pd.Series("all", index=scores.index)
    data = _tabulate(scores, everybody, clusters, ["all"], 1)
    reason = "fewer than two clusters" if data.clusters < 2 else ""
    if not reason and not (data.table.counts.sum(axis=1) > 1).any():
        reason = "no cluster has two answers"
    if not reason and _flat(data):
        reason = NOT_COMPUTED
    if reason:
        return _none(data, reason)
    fit = random_intercept_fit(data.table)
    if not fit.converged:
        return _none(data, "the model did not converge")
    icc = fit.between / (fit.between + fit.within)
    return _result(data, (NAN, NAN, NAN, NAN), fit, icc, _pair_frame([]), "")


def _tabulate(
    scores: pd.Series[float], groups: pd.Series, clusters: pd.Series, order: Sequence[str], min_n: int
) -> _Table:
    codes = group_numbers(groups, order, scores.index)
    numbers, _ = pd.factorize(rows_of(clusters, scores.index), sort=True)
    values = scores.to_numpy(float)
    met = (codes >= 0) & (numbers >= 0) & ~np.isnan(values)
    large = np.bincount(codes[met], minlength=len(order)) >= max(min_n, 1)
    met[met] = large[codes[met]]
    values, codes, numbers = values[met], codes[met], numbers[met]
    # Summed in a fixed order, so that the order of rows changes not even the last digit.
    rows = np.lexsort((values, codes, numbers))
    centred = values[rows] - (float(np.median(values)) if len(values) else 0.0)
    centred[np.abs(centred) <= 1e-12 * np.abs(values).max(initial=0.0)] = 0.0  # they differ by rounding only
    _, clusters_met = np.unique(numbers[rows], return_inverse=True)
    groups_met = (np.cumsum(large) - 1)[codes[rows]]
    taken = tuple(group for group, is_large in zip(order, large, strict=True) if is_large)
    shape = (int(clusters_met.max(initial=-1)) + 1, len(taken))
    return _Table(cluster_table(centred, clusters_met, groups_met, shape), taken)


def _not_enough(data: _Table) -> str:
    if len(data.groups) < 2:
        return "fewer than two groups"
    return "fewer than two clusters" if data.clusters < 2 else ""


def _flat(data: _Table) -> bool:
    """Whether scores within a cluster and group are all alike, up to rounding."""
    counts, sums = data.table.counts, data.table.sums
    explained = float((sums[counts > 0] ** 2 / counts[counts > 0]).sum())
    return data.table.squares - explained <= 1e-12 * max(data.table.squares, 1e-300)


def _tested(data: _Table, fit: MixedFit, freedom: int, alpha: float) -> Clustered:
    """Wald's F that all means are equal, and the pairs."""
    contrasts = np.eye(len(data.groups))[1:] - np.eye(len(data.groups))[0]
    estimates = contrasts @ fit.means
    covariance = contrasts @ fit.covariance @ contrasts.T
    between = len(contrasts)
    statistic = float(estimates @ np.linalg.solve(covariance, estimates)) / between
    p = float(stats.f.sf(statistic, between, freedom))
    quantile = float(stats.t.ppf(1 - alpha / 2, freedom))
    rows = []
    for i, j in combinations(range(len(data.groups)), 2):
        difference = float(fit.means[i] - fit.means[j])
        error = float(np.sqrt(fit.covariance[i, i] + fit.covariance[j, j] - 2 * fit.covariance[i, j]))
        half = quantile * error
        pair_p = float(2 * stats.t.sf(abs(difference) / error, freedom))
        ends = (difference - half, difference + half)
        rows.append((data.groups[i], data.groups[j], difference, error, float(freedom), *ends, pair_p, NAN))
    icc = fit.between / (fit.between + fit.within)
    return _result(data, (statistic, float(between), float(freedom), p), fit, icc, _pair_frame(rows), "")


def _none(data: _Table, reason: str) -> Clustered:
    fit = MixedFit(np.array([]), np.array([]), NAN, NAN, False)
    return _result(data, (NAN, NAN, NAN, NAN), fit, NAN, _pair_frame([]), reason)


def _result(
    data: _Table,
    test: tuple[float, float, float, float],
    fit: MixedFit,
    icc: float,
    pairs: pd.DataFrame,
    reason: str,
) -> Clustered:
    return Clustered(
        data.n,
        data.clusters,
        data.groups,
        data.of_clusters,
        *test,
        variance_between=fit.between,
        variance_within=fit.within,
        icc=icc,
        converged=fit.converged,
        pairs=pairs,
        reason=reason,
    )


def _pair_frame(rows: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=PAIR_COLUMNS).astype(dict.fromkeys(PAIR_COLUMNS[2:], float))
    return frame.assign(p_holm=holm(frame["p"].to_numpy()))
