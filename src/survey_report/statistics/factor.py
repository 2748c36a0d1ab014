"""One factor behind the items of a scale, by maximum likelihood, and McDonald's omega."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize, stats

from survey_report.statistics.samples import NOT_COMPUTED

NAN = float("nan")
LEAST_UNIQUENESS = 0.005  # as R's factanal; at this bound the model explains all of an item, which no item deserves
LOADING_COLUMNS = ["item", "loading", "uniqueness"]


@dataclass(frozen=True)
class Omega:
    """McDonald's omega of a scale from `n` complete answers; NaN with a reason where it was not computed.

    `loadings`: one row an item: item, loading (correlation with the factor), uniqueness (share of variance that is the
    item's own). `statistic`, `df`, `p`: likelihood-ratio test that one factor is enough (NaN with three items, where it
    always is).
    """

    n: int
    omega: float
    loadings: pd.DataFrame
    statistic: float
    df: int
    p: float
    reason: str = ""


def omega(items: pd.DataFrame) -> Omega:
    """McDonald's (1999, Test Theory) omega of the sum of items: (sum of l)^2 / ((sum of l)^2 + sum of u).

    l are the loadings and u the own variances of the items in their units, in a model of one factor fitted by maximum
    likelihood (Joreskog 1967, as R's factanal; the test with Bartlett's correction). `items`: one row a respondent, one
    column an item, scores; only respondents who answered all items count. About 60 ms.
    """
    complete = items.dropna()
    n, k = complete.shape
    if k < 3:
        return _none(n, "one factor needs three items")
    if n <= k:
        return _none(n, "fewer complete answers than items need")
    values = complete.to_numpy(float)
    if (np.ptp(values, axis=0) == 0).any():
        return _none(n, NOT_COMPUTED)
    correlations = np.corrcoef(values, rowvar=False)
    if np.linalg.eigvalsh(correlations)[0] < 1e-8:
        return _none(n, "an item follows from the others")
    found = optimize.minimize(
        _discrepancy,
        (1 - 0.5 / k) / np.diag(np.linalg.inv(correlations)),
        args=(correlations,),
        jac=True,
        method="L-BFGS-B",
        bounds=[(LEAST_UNIQUENESS, 1.0)] * k,
        options={"maxiter": 1000, "ftol": 1e-15, "gtol": 1e-9},
    )
    own = np.asarray(found.x)
    if own.min() <= LEAST_UNIQUENESS * (1 + 1e-6):
        return _none(n, "one item would explain the factor alone (Heywood case)")
    loadings = _loadings(own, correlations)
    sd = values.std(axis=0, ddof=1)
    common = float(loadings @ sd) ** 2
    df = ((k - 1) ** 2 - (k + 1)) // 2
    statistic = (n - 1 - (2 * k + 5) / 6 - 2 / 3) * float(found.fun) if df else NAN
    frame = pd.DataFrame({"item": list(complete.columns), "loading": loadings, "uniqueness": own})
    p = float(stats.chi2.sf(statistic, df)) if df else NAN
    return Omega(n, common / (common + float(own @ sd**2)), frame, statistic, df, p)


def _discrepancy(own: np.ndarray, correlations: np.ndarray) -> tuple[float, np.ndarray]:
    """Joreskog's discrepancy of the one-factor model at given uniquenesses, and its slope."""
    scaled = correlations / np.sqrt(np.outer(own, own))
    rest = np.linalg.eigvalsh(scaled)[:-1]
    loadings = _loadings(own, correlations)
    slope = (loadings**2 + own - 1) / own**2
    return float((rest - np.log(rest) - 1).sum()), slope


def _loadings(own: np.ndarray, correlations: np.ndarray) -> np.ndarray:
    """Loadings that fit best at given uniquenesses; the factor points to where most items do."""
    root = np.sqrt(own)
    values, vectors = np.linalg.eigh(correlations / np.outer(root, root))
    loadings = vectors[:, -1] * np.sqrt(max(float(values[-1]) - 1, 0.0)) * root
    pointed: np.ndarray = -loadings if loadings.sum() < 0 else loadings
    return pointed


def _none(n: int, reason: str) -> Omega:
    empty = pd.DataFrame(columns=LOADING_COLUMNS).astype({"loading": float, "uniqueness": float})
    return Omega(n, NAN, empty, NAN, 0, NAN, reason)
