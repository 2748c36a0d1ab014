"""Which counts of a distribution of answers may be shown beside each other.

That nobody gave an answer says something of everybody who answered, and so does that nearly everybody gave the same.
Both are harmless as long as no answer was given by all but a few.
"""

from __future__ import annotations

import numpy as np


def harmless(counts: np.ndarray, least: int) -> np.ndarray:
    """Which counts may be shown, one row a distribution: none is from 1 to below `least`, and no row with a count of
    more than all but `least` has any."""
    alike = counts.max(axis=-1, keepdims=True, initial=0) > counts.sum(axis=-1, keepdims=True) - least
    return np.asarray(((counts == 0) | (counts >= least)) & ~alike)
