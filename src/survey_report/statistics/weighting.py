"""Weights that bring respondents to the population: raking to known margins, checked before it starts."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from survey_report.errors import Problem, UserError, raise_if_any
from survey_report.frames import each_row
from survey_report.study import MARGIN_COLUMNS

ROUNDS, CLOSE = 1000, 1e-12  # raking stops when no weighted share (0 to 1) is farther from the wanted one
SUM_TOLERANCE = 0.5  # percentage points: shares printed with one decimal seldom sum to exactly 100
LARGEST = 5.0  # times the mean weight


@dataclass(frozen=True)
class Weights:
    """Weights of respondents (mean 1, indexed as they are) and how they came about.

    `margins`: one row a category: variable, category, n (respondents), unweighted, weighted, wanted (all three in
    percent of respondents with an answer to the variable). `design_effect`: Kish's (1965, Survey Sampling), n times the
    sum of squares over the square of the sum, or 1 and the squared coefficient of variation: by how much unequal
    weights alone multiply variances; `effective_n` = n / design effect. `trimmed` weights were held at the
    largest allowed, so that weighted shares may miss the wanted ones. `indicators` are the raking variables as 0/1
    columns and `base` the weights before, for standard errors.
    """

    weights: pd.Series[float]
    margins: pd.DataFrame
    design_effect: float
    effective_n: float
    trimmed: int
    rounds: int
    indicators: pd.DataFrame
    base: pd.Series[float]


def rake(
    respondents: pd.DataFrame,
    margins: pd.DataFrame,
    *,
    base: pd.Series[float] | None = None,
    largest: float = LARGEST,
    file: str = "margins",
) -> Weights:
    """Rake to population margins by iterative proportional fitting (Deming and Stephan 1940, Deville et al. 1993).

    `respondents`: one row a respondent, a column each variable. `margins`: one row a category of a variable: variable,
    category, share (percent of the population; those of a variable sum to 100). Each round fits one variable after the
    other; it ends when all margins are met. A respondent without an answer to a variable keeps the weight that the
    other variables give. Weights above `largest` (more than 1) times the mean are then held there and the excess is
    shared equally among the others (as R's survey trims), which moves the margins a little. `base`: positive weights to
    start from (all alike if not given). UserError names every margin that cannot be met; `file` is what it calls them.
    About 0.1 ms a round.
    """
    if not largest > 1:
        raise ValueError("the largest weight allowed must be above the mean, which is 1")
    raise_if_any(margin_problems(respondents, margins, file))
    indicators, wanted = _indicators(respondents, margins)
    start = np.ones(len(respondents)) if base is None else base.to_numpy(float) / float(base.mean())
    cells, shares = indicators.to_numpy(float), wanted["share"].to_numpy(float) / 100
    variables = [np.flatnonzero(wanted["variable"] == name) for name in wanted["variable"].unique()]
    weights, rounds, gap = start, 0, np.inf
    while gap > CLOSE and rounds < ROUNDS:
        for columns in variables:
            weights = _fit(weights, cells[:, columns], shares[columns])
        met = [weights @ cells[:, columns] for columns in variables]
        gap = max(float(np.abs(m / m.sum() - shares[columns]).max()) for m, columns in zip(met, variables, strict=True))
        rounds += 1
        if min(float(m.min() / m.sum()) for m in met) < CLOSE:
            break
    if gap > 100 * CLOSE:
        raise UserError([_contradiction(gap, file)])
    weights, trimmed = _trim(weights / weights.mean(), largest)
    effect = float((weights**2).mean())
    return Weights(
        weights=pd.Series(weights, index=respondents.index),
        margins=_achieved(wanted, cells, weights),
        design_effect=effect,
        effective_n=len(weights) / effect,
        trimmed=trimmed,
        rounds=rounds,
        indicators=indicators,
        base=pd.Series(start, index=respondents.index),
    )


def margin_problems(respondents: pd.DataFrame, margins: pd.DataFrame, file: str) -> list[Problem]:
    """What keeps respondents from being raked to margins: everything at once."""
    missing = [column for column in MARGIN_COLUMNS if column not in margins.columns]
    if missing:
        return [
            Problem(file, "header", column, "a column is missing", f"add the column {column}") for column in missing
        ]
    problems = []
    if respondents.empty:
        problems.append(Problem(file, "", "", "there are no respondents to weigh", "check the export"))
    for variable, rows in margins.groupby("variable", sort=False):
        if variable not in respondents.columns:
            remedy = "name a column of the respondents, or take the variable out of the margins"
            problems.append(Problem(file, "variable", str(variable), "respondents have no such variable", remedy))
        else:
            problems += _variable_problems(respondents[variable], rows, str(variable), file)
    return problems


def _variable_problems(answers: pd.Series, rows: pd.DataFrame, variable: str, file: str) -> list[Problem]:
    problems = []
    counts = answers.value_counts()
    for row in each_row(rows):
        place = f"{variable}, {row.category}"
        number = pd.to_numeric(row.share, errors="coerce")
        if not (np.isfinite(number) and number > 0):
            remedy = "give the category's share of the population in percent, or join it to another"
            problems.append(Problem(file, place, str(row.share), "a share must be a number above 0", remedy))
        if not counts.get(row.category, 0):
            remedy = "join the category to another, in the margins and in the study"
            problems.append(Problem(file, place, "", "no respondent is in this category", remedy))
    for category in rows.loc[rows["category"].duplicated(), "category"]:
        problems.append(Problem(file, variable, str(category), "the category has two rows", "keep one of them"))
    for category in sorted(str(name) for name in counts.index[counts > 0] if name not in set(rows["category"])):
        remedy = "add the category's share, or join it to another, in the margins and in the study"
        problems.append(Problem(file, variable, category, "respondents are in a category without a share", remedy))
    total = float(pd.to_numeric(rows["share"], errors="coerce").sum())
    if abs(total - 100) > SUM_TOLERANCE:
        remedy = "give shares in percent of the population, every category once"
        problems.append(Problem(file, variable, f"{total:g}", "the shares do not sum to 100", remedy))
    return problems


def _indicators(respondents: pd.DataFrame, margins: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One 0/1 column for each row of the margins, and the margins with shares that sum to exactly 100."""
    wanted = margins[MARGIN_COLUMNS].reset_index(drop=True)
    share = wanted["share"].astype(float)
    wanted["share"] = 100 * share / share.groupby(wanted["variable"]).transform("sum")
    columns: dict[Hashable, np.ndarray] = {}
    for number, row in enumerate(each_row(wanted)):
        columns[number] = (respondents[row.variable].astype("object") == row.category).to_numpy(dtype=float)
    return pd.DataFrame(columns, index=respondents.index), wanted


def _fit(weights: np.ndarray, cells: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Weights times the factor of each respondent's category; the total of those with an answer stays."""
    totals = weights @ cells
    factors = cells @ (shares * totals.sum() / totals)
    return np.where(cells.any(axis=1), weights * factors, weights)


def _trim(weights: np.ndarray, largest: float) -> tuple[np.ndarray, int]:
    """Weights with mean 1, none above `largest`, and how many were cut; what is cut off is shared equally by the rest.

    As trimWeights of R's survey with strict = TRUE.
    """
    cut = np.zeros(len(weights), dtype=bool)
    while (over := weights > largest * (1 + 1e-12)).any():
        cut |= over
        excess = float((weights[over] - largest).sum())
        weights = np.where(cut, largest, weights + excess / (~cut).sum())
    return weights, int(cut.sum())


def _contradiction(gap: float, file: str) -> Problem:
    return Problem(
        file,
        "",
        f"{100 * gap:.2g} percentage points apart",
        "no weights of these respondents meet all margins",
        "leave a variable out, or join categories: respondents of one category are mostly those of another",
    )


def _achieved(wanted: pd.DataFrame, cells: np.ndarray, weights: np.ndarray) -> pd.DataFrame:
    frame = wanted[["variable", "category"]].assign(
        n=cells.sum(axis=0).astype(int), unweighted=cells.sum(axis=0), weighted=weights @ cells
    )
    for column in ("unweighted", "weighted"):
        frame[column] = 100 * frame[column] / frame.groupby("variable")[column].transform("sum")
    return frame.assign(wanted=wanted["share"])
