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
    z = float(stats.norm.isf(alpha / 2))
    centre = (share + z**2 / (2 * size)) / (1 + z**2 / size)
    half = z * np.sqrt(share * (1 - share) / size + z**2 / (4 * size**2)) / (1 + z**2 / size)
    # Rounding may carry an end past the share itself where that is 0 or 100 %.
    return pd.DataFrame(
        {
            "n": n,
            "share": 100 * share,
            "low": 100 * np.minimum((centre - half).clip(lower=0), share),
            "high": 100 * np.maximum((centre + half).clip(upper=1), share),
            "reason": np.where(size.isna(), "no answers", ""),
        }
    )
