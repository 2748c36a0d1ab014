"""Scale means that do not depend on which items a respondent could answer.

A respondent's mean of the answered items is too high if the items left out (don't know, not applicable) are ones that
everybody rates low. Adding an effect of the item takes that out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

NAN = float("nan")


@dataclass(frozen=True)
class AdjustedMean:
    """A scale mean adjusted for which items were answered, in the units of the scores.

    `n` respondents with `answers` answers. `mean` is the adjusted one, `plain` the mean of respondents' own means.
    `persons`: adjusted score of each respondent (NaN without answers), indexed as the items were. `items`: one row an
    item: item, n, plain (mean of its answers), adjusted (its fitted mean had everybody answered). NaN with a reason
    where it was not computed.
    """

    n: int
    answers: int
    mean: float
    plain: float
    persons: pd.Series[float]
    items: pd.DataFrame
    reason: str = ""


def adjusted_mean(items: pd.DataFrame) -> AdjustedMean:
    """Least squares of score = respondent + item over the answers given; the mean of all fitted cells.

    The additive two-way model with missing cells (Searle 1987, Linear Models for Unbalanced Data, chapter 4): every
    respondent with an answer has a fitted score on every item, and the scale mean is the grand mean of these, each
    respondent counting once. An adjusted score is a respondent's mean fitted score. Without missing cells both are the
    plain means. It removes the bias of don't-knows as far as who does not know an item would rate it as others do,
    given how the respondent rates the rest.

    `items`: one row a respondent, one column an item. About 2 ms for 1,400 respondents.
    """
    values = items.to_numpy(float)
    answered = ~np.isnan(values)
    given = answered.sum(axis=1)
    met = given > 0
    n, answers = int(met.sum()), int(answered.sum())
    if n == 0:
        return _none(items, n, answers, NAN, "no answers")
    cells, present = np.where(answered, values, 0.0)[met], answered[met].astype(float)
    own = cells.sum(axis=1) / given[met]
    plain = float(own.mean())
    used = present.sum(axis=0) > 0
    if not used.all():
        return _none(items, n, answers, plain, "an item without answers")
    if not _linked(present):
        return _none(items, n, answers, plain, "items that no respondent answered together")
    # Respondents are swept out; what is left are as many equations as items.
    share = present / given[met][:, None]
    normal = np.diag(present.sum(axis=0)) - present.T @ share
    right = cells.sum(axis=0) - present.T @ own
    effects = np.linalg.lstsq(normal, right, rcond=1e-12)[0]
    effects -= effects.mean()
    scores = own - share @ effects
    persons = pd.Series(np.nan, index=items.index, dtype=float)
    persons[met] = scores
    frame = pd.DataFrame(
        {
            "item": list(items.columns),
            "n": present.sum(axis=0).astype(int),
            "plain": cells.sum(axis=0) / present.sum(axis=0),
            "adjusted": float(scores.mean()) + effects,
        }
    )
    return AdjustedMean(n, answers, float(scores.mean()), plain, persons, frame)


def _linked(present: np.ndarray) -> bool:
    """Whether every two items are joined by a chain of respondents; otherwise their effects cannot be compared."""
    together = (present.T @ present) > 0
    reached = together[0]
    for _ in range(len(together)):
        reached = together[reached].any(axis=0)
    return bool(reached.all())


def _none(items: pd.DataFrame, n: int, answers: int, plain: float, reason: str) -> AdjustedMean:
    frame = pd.DataFrame(
        {
            "item": list(items.columns),
            "n": items.notna().sum().to_numpy(),
            "plain": items.mean().to_numpy(float),
            "adjusted": np.nan,
        }
    )
    return AdjustedMean(n, answers, NAN, plain, pd.Series(np.nan, index=items.index, dtype=float), frame, reason)
