"""Scores by group, and which groups may be tested."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

Samples = Mapping[str, np.ndarray]
# Where answers do not vary: that they do not would tell what everybody answered, so no more than this is said.
NOT_COMPUTED = "cannot be computed"


def group_samples(scores: pd.Series[float], groups: pd.Series, order: Sequence[str]) -> dict[str, np.ndarray]:
    """Scores of each group of `order` (category ids), without missing ones; groups may be empty."""
    values, numbers = scores.to_numpy(float), group_numbers(groups, order, scores.index)
    answered = ~np.isnan(values)
    return {group: values[answered & (numbers == number)] for number, group in enumerate(order)}


def group_numbers(groups: pd.Series, order: Sequence[str], rows: pd.Index) -> np.ndarray:
    """The place in `order` of the group of each of `rows`; -1 for one that is missing or not among them."""
    names = pd.Index(rows_of(groups, rows).astype("object"))
    return pd.Index(list(order), dtype="object").get_indexer(names)


def rows_of(values: pd.Series, rows: pd.Index) -> pd.Series:
    """The values of `rows`, in their order; missing where there is none."""
    return values if values.index.equals(rows) else values.reindex(rows)


def eligible(samples: Samples, min_n: int) -> dict[str, np.ndarray]:
    """Samples that are large enough (at least `min_n`, and two) and not all alike."""
    return {group: sample for group, sample in samples.items() if not ineligible(sample, min_n)}


def ineligible(sample: np.ndarray, min_n: int) -> str:
    """Why a sample is not tested; empty if it is."""
    if len(sample) < max(min_n, 2):
        return f"fewer than {max(min_n, 2)} answers"
    return "" if np.ptp(sample) > 0 else NOT_COMPUTED
