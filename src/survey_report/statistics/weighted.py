"""Weighted means and shares with standard errors that know of the weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from survey_report.statistics.samples import NOT_COMPUTED
from survey_report.statistics.shares import wilson
from survey_report.statistics.weighting import Weights

NAN = float("nan")


@dataclass(frozen=True)
class Estimate:
    """A weighted estimate from `n` answers with its standard error and interval; NaN with a reason.

    A mean is in the units of the values, a share in percent.
    """

    n: int
    value: float
    se: float
    low: float
    high: float
    reason: str = ""


def weighted_mean(values: pd.Series[float], weights: Weights, *, alpha: float) -> Estimate:
    """The weighted mean of values (NaN left out; give NaN outside a group for the mean of the group).

    The standard error is Taylor's linearisation with raking taken into account: sqrt(n / (n - 1) * sum (w r)^2), r the
    residual of (value - mean) / (sum of weights) from least squares on the raking variables over all respondents, with
    base weights (Deville and Sarndal 1992, JASA 87; for equal base weights R's survey iterates to it). Trimming is not
    taken into account. The interval is Student's t with n - 1 degrees of freedom, n counting all respondents.
    """
    n, mean, se, reason = _linearised(values, weights)
    if reason:
        return Estimate(n, mean, NAN, NAN, NAN, reason)
    half = float(stats.t.isf(alpha / 2, len(values) - 1)) * se
    return Estimate(n, mean, se, mean - half, mean + half)


def weighted_share(members: pd.Series[float], weights: Weights, *, alpha: float) -> Estimate:
    """The weighted share, in percent, of 1 among values of 1 and 0 (NaN left out); see `weighted_mean`.

    The interval is Wilson's with the effective number of answers p (1 - p) / se^2 (Korn and Graubard 1998), or Kish's
    (sum of w)^2 / (sum of w^2) where all answers are alike and the standard error is 0.
    """
    n, share, se, reason = _linearised(members, weights)
    if reason and n < 2:
        return Estimate(n, 100 * share, NAN, NAN, NAN, reason)
    if not reason and se < 1e-9:  # the margins fix the share
        return Estimate(n, 100 * share, 0.0, 100 * share, 100 * share)
    used = weights.weights[members.notna()].to_numpy()
    effective = float(used.sum() ** 2 / (used**2).sum()) if reason else share * (1 - share) / se**2
    ends = wilson(pd.Series([share * effective]), pd.Series([effective]), alpha=alpha).iloc[0]
    return Estimate(n, 100 * share, 0.0 if reason else 100 * se, float(ends["low"]), float(ends["high"]))


def _linearised(values: pd.Series[float], weights: Weights) -> tuple[int, float, float, str]:
    """Answers, weighted mean, its standard error (NaN with a reason where there is none)."""
    given = values.notna().to_numpy()
    n, w = int(given.sum()), weights.weights.to_numpy()
    if n == 0:
        return 0, NAN, NAN, "no answers"
    filled = np.where(given, values.to_numpy(float), 0.0)
    total = float(w @ given)
    mean = float(w @ filled) / total
    if n < 2:
        return n, mean, NAN, "fewer than 2 answers"
    if np.ptp(filled[given]) == 0:
        return n, mean, NAN, NOT_COMPUTED
    deviations = np.where(given, filled - mean, 0.0) / total
    root = np.sqrt(weights.base.to_numpy())[:, None]
    cells = weights.indicators.to_numpy(float)
    effects = np.linalg.lstsq(root * cells, root[:, 0] * deviations, rcond=None)[0]
    residuals = w * (deviations - cells @ effects)
    rows = len(residuals)
    return n, mean, float(np.sqrt(rows / (rows - 1) * residuals @ residuals)), ""
