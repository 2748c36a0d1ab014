"""Shares of answers with their intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats


def wilson(counts: pd.Series, n: pd.Series, *, alpha: float) -> pd.DataFrame:
    """Shares in percent with Wilson's interval (1927, JASA 22), row by row: n, share, low, high, reason.

    (p + z^2/2n +- z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n). `n` may be effective sizes, not whole. The interval stays
    within 0 and 100 and does not collapse at either end. NaN with a reason where n is 0.
    """
    size = n.astype(float).where(n > 0)
    share = counts / size
    low, high = wilson_ends(share.to_numpy(float), size.to_numpy(float), alpha=alpha)
    reason = np.where(size.isna(), "no answers", "")
    return pd.DataFrame({"n": n, "share": 100 * share, "low": 100 * low, "high": 100 * high, "reason": reason})


def wilson_ends(share: np.ndarray, size: np.ndarray, *, alpha: float) -> tuple[np.ndarray, np.ndarray]:
    """The ends of `wilson`; shares and ends from 0 to 1."""
    z = float(stats.norm.isf(alpha / 2))
    centre = (share + z**2 / (2 * size)) / (1 + z**2 / size)
    half = z * np.sqrt(share * (1 - share) / size + z**2 / (4 * size**2)) / (1 + z**2 / size)
    # Rounding may carry an end past the share itself where that is 0 or 1.
    return np.minimum(np.maximum(centre - half, 0), share), np.maximum(np.minimum(centre + half, 1), share)
