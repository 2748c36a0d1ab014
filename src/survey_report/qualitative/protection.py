"""Hiding counts of survey respondents in tables of themes, so that what stays shown gives no hidden one away.

The decision on single counts is the study's `disclosure.Policy`. This adds counts that must be hidden whatever their
size (groups too small to report), and hides further ones where those alone could be worked out from the total.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from survey_report.disclosure import Policy


def may_show_parts(
    counts: pd.Series[int], keys: Sequence[str], policy: Policy, not_reported: Collection[bool]
) -> pd.Series[bool]:
    """Which of the counts that add up to a known total may be shown.

    `keys` are their result keys; `not_reported` marks those whose group is too small to report. Hidden ones are never
    alone and never add up to less than the study's smallest cell, as long as another count above zero can be hidden
    with them.
    """
    numbers = counts.to_numpy(dtype=int)
    exempt = np.array([key in policy.released for key in keys], dtype=bool)
    hidden = ~policy.may_show_counts(counts, keys).to_numpy(dtype=bool) | np.array(list(not_reported), dtype=bool)
    while hidden.any() and (hidden.sum() == 1 or numbers[hidden].sum() < policy.thresholds.min_cell):
        others = [i for i in range(len(numbers)) if not hidden[i] and not exempt[i] and numbers[i] > 0]
        if not others:
            break
        hidden[min(others, key=lambda i: (numbers[i], i))] = True
    return pd.Series(~hidden, index=counts.index)


def is_small(count: int, policy: Policy) -> bool:
    """Whether a count of respondents is too small to show."""
    return 0 < count < policy.thresholds.min_cell
