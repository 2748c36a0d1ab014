"""A random intercept by restricted maximum likelihood, from counts and sums by cluster and group.

With one variance ratio the whole fit is a search over one number, and no matrix is larger than the number of groups.
It is exact at the edge where clusters do not differ, which general optimisers only approach.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize

GRID = np.concatenate([[0.0], np.geomspace(1e-6, 1e6, 97)])  # ratios that the search starts from


@dataclass(frozen=True)
class ClusterTable:
    """Scores by cluster and group: `counts` (clusters x groups), `sums` of scores (likewise), total sum of squares."""

    counts: np.ndarray
    sums: np.ndarray
    squares: float


@dataclass(frozen=True)
class MixedFit:
    """Means of groups with their covariance, variances between and within clusters (in squared units of the scores).

    `converged` is whether the slope of the likelihood vanishes, or falls at the edge where clusters do not differ.
    """

    means: np.ndarray
    covariance: np.ndarray
    between: float
    within: float
    converged: bool


def cluster_table(scores: np.ndarray, clusters: np.ndarray, groups: np.ndarray, shape: tuple[int, int]) -> ClusterTable:
    """Counts and sums from scores with the numbers of their cluster and group. Scores are best centred."""
    counts, sums = np.zeros(shape), np.zeros(shape)
    np.add.at(counts, (clusters, groups), 1.0)
    np.add.at(sums, (clusters, groups), scores)
    return ClusterTable(counts, sums, float(scores @ scores))


def random_intercept_fit(table: ClusterTable) -> MixedFit:
    """Restricted maximum likelihood of score = mean of group + cluster + error (Patterson and Thompson 1971).

    The deviance is profiled over the ratio of the variances (Searle, Casella and McCulloch 1992, Variance Components,
    chapter 6); the root of its slope is taken in the best interval of a fixed grid.
    """
    profile = np.array([_deviance(table, ratio) for ratio in GRID])
    best = int(profile.argmin())
    ratio, converged = float(GRID[best]), False
    low, high = float(GRID[max(best - 1, 0)]), float(GRID[min(best + 1, len(GRID) - 1)])
    if best == 0 and _slope(table, 0.0) >= 0:
        converged = True
    elif _slope(table, low) < 0 < _slope(table, high):
        ratio, converged = float(optimize.brentq(lambda r: _slope(table, r), low, high, xtol=1e-14)), True
    means, inverse, _, residual = _given(table, ratio)
    within = residual / _freedom(table)
    return MixedFit(means, inverse * within, ratio * within, within, converged)


def _freedom(table: ClusterTable) -> float:
    return float(table.counts.sum() - table.counts.shape[1])


def _given(table: ClusterTable, ratio: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """At a ratio of variances: means of groups, inverse of their information, sums of residuals, weighted squares.

    Generalised least squares with the inverse of I + ratio * J for each cluster, which is I - weight * J.
    """
    sizes = table.counts.sum(axis=1)
    weights = ratio / (1 + sizes * ratio)
    information = np.diag(table.counts.sum(axis=0)) - table.counts.T @ (weights[:, None] * table.counts)
    cluster_sums = table.sums.sum(axis=1)
    score = table.sums.sum(axis=0) - table.counts.T @ (weights * cluster_sums)
    inverse = np.linalg.inv(information)
    means = inverse @ score
    residuals = cluster_sums - table.counts @ means
    squares = table.squares - 2 * float(means @ table.sums.sum(axis=0)) + float(table.counts.sum(axis=0) @ means**2)
    return means, inverse, residuals, squares - float(weights @ residuals**2)


def _deviance(table: ClusterTable, ratio: float) -> float:
    _, inverse, _, residual = _given(table, ratio)
    sizes = table.counts.sum(axis=1)
    freedom = _freedom(table)
    determinant = -float(np.linalg.slogdet(inverse)[1])
    return freedom * float(np.log(max(residual, 1e-300))) + float(np.log1p(sizes * ratio).sum()) + determinant


def _slope(table: ClusterTable, ratio: float) -> float:
    """Derivative of the deviance by the ratio."""
    _, inverse, residuals, residual = _given(table, ratio)
    sizes = table.counts.sum(axis=1)
    change = 1 / (1 + sizes * ratio) ** 2
    information = -table.counts.T @ (change[:, None] * table.counts)
    by_residual = -_freedom(table) * float(change @ residuals**2) / residual
    return by_residual + float((sizes / (1 + sizes * ratio)).sum()) + float(np.trace(inverse @ information))
