"""Hiding counts of survey respondents in tables of themes, so that what stays shown gives no hidden one away.

The decision on single counts is the study's `disclosure.Policy`. This adds counts that must be hidden whatever their
size (groups too small to report), and hides further ones until none of them follows from the total, as closely as
hidden shares may follow from theirs (`disclosure.suppression`): the range that is left must be `min_cell` wide.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from survey_report.disclosure import Policy


def may_show_parts(
    counts: pd.Series[int],
    keys: Sequence[str],
    policy: Policy,
    not_reported: Collection[bool],
    most: Sequence[float] | None = None,
) -> pd.Series[bool]:
    """Which of the counts that add up to a known total may be shown.

    `keys` are their result keys; `not_reported` marks those whose group is too small to report; `most` is how many
    there can be of each, as many people as the group has. Whatever is hidden, the total leaves each hidden count a
    range of at least the study's smallest cell, as long as another count above zero can be hidden with them.
    """
    numbers = counts.to_numpy(dtype=int)
    exempt = np.array([key in policy.released for key in keys], dtype=bool)
    apart = np.array(list(not_reported), dtype=bool)
    highest = np.where(apart, np.inf, np.inf if most is None else np.array(most, dtype=float))
    hidden = ~policy.may_show_counts(counts, keys).to_numpy(dtype=bool) | apart
    while hidden.any() and (widths(numbers, hidden, apart, highest) < policy.thresholds.min_cell).any():
        others = [i for i in range(len(numbers)) if not hidden[i] and not exempt[i] and numbers[i] > 0]
        if not others:
            break
        hidden[min(others, key=lambda i: (numbers[i], i))] = True
    return pd.Series(~hidden, index=counts.index)


def widths(numbers: np.ndarray, hidden: np.ndarray, apart: np.ndarray, highest: np.ndarray) -> np.ndarray:
    """How wide the range is that the total leaves each hidden count.

    Zeros are shown, so that a hidden count is one at least, unless its group is `apart`, hidden whatever its counts;
    it is no more than `highest`.
    """
    low, high = np.where(apart, 0.0, 1.0)[hidden], highest[hidden]
    total, lows, highs = numbers[hidden].sum(), low.sum(), high.sum()
    without = np.array([np.delete(high, i).sum() for i in range(len(high))]) if np.isinf(highs) else highs - high
    least, largest = np.maximum(low, total - without), np.minimum(high, total - (lows - low))
    return np.asarray(largest - least)


def is_small(count: int, policy: Policy) -> bool:
    """Whether a count of respondents is too small to show."""
    return 0 < count < policy.thresholds.min_cell
