"""The change of a mean between two independent samples, adjusted for who answered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from survey_report.statistics.samples import NOT_COMPUTED

NAN = float("nan")
NO_ANSWER, OTHER = "(no answer)", "(other)"


@dataclass(frozen=True)
class StandardisedChange:
    """How a mean changed, and how much of it is left when the later sample has the earlier one's composition.

    `crude` = later mean less earlier mean = `adjusted` + `composition`. `se`, `df`, `low`, `high`, `p` belong to
    `adjusted`. `terms` are the columns of the model besides the constant. NaN with a reason.
    """

    n_earlier: int
    n_later: int
    crude: float
    adjusted: float
    composition: float
    se: float
    df: float
    low: float
    high: float
    p: float
    terms: int
    reason: str = ""


def standardised_change(
    earlier: pd.Series[float],
    later: pd.Series[float],
    earlier_groups: pd.DataFrame,
    later_groups: pd.DataFrame,
    *,
    alpha: float,
    min_n: int = 10,
) -> StandardisedChange:
    """Regression standardisation of the later sample to the earlier one's composition.

    A linear model of the later scores on all groupings (main effects) predicts what the earlier respondents would have
    scored; the mean prediction less the earlier mean is the adjusted change. It is the unexplained part of Kitagawa's
    (1955, Journal of the American Statistical Association 50) and Oaxaca's (1973, International Economic Review 14)
    decomposition, and with one grouping it is direct standardisation (post-stratification) exactly. The rest of the
    crude change comes from who answered.

    The variance, with the composition itself a sample (Jann 2008, Stata Journal 8): x' V x, x the mean row of the
    earlier sample and V the heteroscedasticity-consistent covariance of the later coefficients (HC2, MacKinnon and
    White 1985, Journal of Econometrics 29), plus the variance over n of the earlier respondents' prediction less their
    score. Degrees of freedom join the two parts as Satterthwaite does: later n less columns, earlier n less 1.

    Scores are NaN where a respondent has none; groups are one row a respondent, one column a grouping, missing where
    there was no answer (a category of its own). Categories with fewer than `min_n` scores in either sample are joined.
    Samples must be independent: no respondent is known to be in both. About 3 ms for 1,400 respondents.
    """
    old, new = earlier.dropna(), later.dropna()
    crude = float(new.mean() - old.mean()) if len(old) and len(new) else NAN
    if min(len(old), len(new)) < max(min_n, 2):
        return _none(len(old), len(new), crude, f"fewer than {max(min_n, 2)} answers in one of the waves")
    a, b = _rows(earlier_groups, old.index, later_groups, new.index, min_n)
    columns = a.shape[1]
    rank = int(np.linalg.matrix_rank(b))
    if len(new) - rank < 2:
        return _none(len(old), len(new), crude, "too many categories for the answers")
    inverse = np.linalg.pinv(b.T @ b, rcond=1e-10, hermitian=True)
    mean_row = a.mean(axis=0)
    if not np.allclose(inverse @ (b.T @ b) @ mean_row, mean_row, atol=1e-8):
        return _none(len(old), len(new), crude, "categories of the earlier wave cannot be told apart in the later one")
    effects = inverse @ (b.T @ new.to_numpy(float))
    residuals = new.to_numpy(float) - b @ effects
    leverage = np.einsum("ij,jk,ik->i", b, inverse, b)
    influence = (b @ (inverse @ mean_row)) * residuals / np.sqrt(np.clip(1 - leverage, 1e-9, None))
    gaps = a @ effects - old.to_numpy(float)
    of_later, of_earlier = float(influence @ influence), float(gaps.var(ddof=1)) / len(old)
    adjusted, variance = float(gaps.mean()), of_later + of_earlier
    if variance <= 1e-15:
        return _none(len(old), len(new), crude, NOT_COMPUTED)
    se = float(np.sqrt(variance))
    df = variance**2 / (of_later**2 / (len(new) - rank) + of_earlier**2 / (len(old) - 1))
    half, p = float(stats.t.isf(alpha / 2, df)) * se, float(2 * stats.t.sf(abs(adjusted) / se, df))
    return StandardisedChange(
        len(old), len(new), crude, adjusted, crude - adjusted, se, df, adjusted - half, adjusted + half, p, columns - 1
    )


def _rows(
    earlier: pd.DataFrame, old: pd.Index, later: pd.DataFrame, new: pd.Index, min_n: int
) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the model for both samples: a constant and indicators of all but the first category of each grouping."""
    left, right = [np.ones((len(old), 1))], [np.ones((len(new), 1))]
    for name in earlier.columns:
        before = earlier.loc[old, name].astype("object").where(earlier.loc[old, name].notna(), NO_ANSWER)
        after = later.loc[new, name].astype("object").where(later.loc[new, name].notna(), NO_ANSWER)
        kept = joined_categories(before, after, min_n)
        for category in sorted(set(kept.values()))[1:]:
            left.append((before.map(kept) == category).to_numpy(float)[:, None])
            right.append((after.map(kept) == category).to_numpy(float)[:, None])
    return np.hstack(left), np.hstack(right)


def joined_categories(before: pd.Series, after: pd.Series, min_n: int) -> dict[str, str]:
    """What each category counts as: itself, or one for all that have fewer than `min_n` members in either sample.

    Where these together are too few as well, they join the largest category.
    """
    counts = pd.DataFrame({"before": before.value_counts(), "after": after.value_counts()}).fillna(0)
    smaller = counts.min(axis=1)
    few = sorted(str(name) for name in counts.index[smaller < min_n])
    kept = {str(name): str(name) for name in counts.index}
    together = counts.loc[few].sum().min() if few else min_n
    largest = sorted(counts.index[smaller >= min_n], key=lambda name: (-smaller[name], str(name)))
    target = OTHER if together >= min_n or not largest else str(largest[0])
    return kept | dict.fromkeys(few, target)


def _none(n_earlier: int, n_later: int, crude: float, reason: str) -> StandardisedChange:
    return StandardisedChange(n_earlier, n_later, crude, NAN, NAN, NAN, NAN, NAN, NAN, NAN, 0, reason)
