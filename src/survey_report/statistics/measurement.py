"""How well the items of a scale measure one thing: Cronbach's alpha, and each item beside the rest.

Items are a frame of scores: one row a respondent, one column an item. Only respondents who answered all items count.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from survey_report.statistics.samples import NOT_COMPUTED

NAN = float("nan")
ITEM_COLUMNS = ["item", "n", "mean", "sd", "item_rest", "alpha_without", "reason"]


@dataclass(frozen=True)
class Alpha:
    """Cronbach's alpha of a scale of `items` items with its interval, from `n` complete answers; NaN with a reason."""

    n: int
    items: int
    alpha: float
    low: float
    high: float
    reason: str = ""


def cronbach_alpha(items: pd.DataFrame, *, alpha: float) -> Alpha:
    """Cronbach's (1951, Psychometrika 16) alpha: k / (k - 1) * (1 - sum of variances / variance of the sum).

    The interval of 1 - `alpha` is Feldt's (1965, Psychometrika 30): 1 - (1 - value) F, with quantiles of F on n - 1 and
    (n - 1)(k - 1) degrees of freedom.
    """
    values = items.dropna().to_numpy(float)
    n, k = values.shape
    reason = _not_enough(n, k)
    value = NAN if reason else _alpha(values)
    if not reason and np.isnan(value):
        reason = NOT_COMPUTED
    if reason:
        return Alpha(n, k, NAN, NAN, NAN, reason)
    upper, lower = (float(stats.f.ppf(p, n - 1, (n - 1) * (k - 1))) for p in (1 - alpha / 2, alpha / 2))
    return Alpha(n, k, value, 1 - (1 - value) * upper, 1 - (1 - value) * lower)


def item_statistics(items: pd.DataFrame) -> pd.DataFrame:
    """One row an item: item, n, mean, sd, item_rest, alpha_without, reason.

    `item_rest` is the correlation of the item with the sum of the others (corrected item-total correlation);
    `alpha_without` Cronbach's alpha of the others, NaN with fewer than three items.
    """
    values = items.dropna().to_numpy(float)
    n, k = values.shape
    rows = []
    for column, item in enumerate(items.columns):
        reason = _not_enough(n, k)
        if reason:
            rows.append((item, n, float(values[:, column].mean()) if n else NAN, NAN, NAN, NAN, reason))
            continue
        own, others = values[:, column], np.delete(values, column, axis=1)
        rest = others.sum(axis=1)
        correlation = NAN
        if np.ptp(own) == 0 or np.ptp(rest) == 0:
            reason = NOT_COMPUTED
        else:
            correlation = float(np.corrcoef(own, rest)[0, 1])
        without = _alpha(others) if k > 2 else NAN
        rows.append((item, n, float(own.mean()), float(own.std(ddof=1)), correlation, without, reason))
    return pd.DataFrame(rows, columns=ITEM_COLUMNS).astype(dict.fromkeys(ITEM_COLUMNS[2:6], float))


def _not_enough(n: int, k: int) -> str:
    if k < 2:
        return "fewer than two items"
    return "fewer than two complete answers" if n < 2 else ""


def _alpha(values: np.ndarray) -> float:
    """Cronbach's alpha; NaN where the sum does not vary."""
    k = values.shape[1]
    total = values.sum(axis=1)
    if np.ptp(total) == 0:
        return NAN
    return float(k / (k - 1) * (1 - values.var(axis=0, ddof=1).sum() / total.var(ddof=1)))
