"""Respondents weighted to the population: margins met, what the weights cost, and means beside the unweighted ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from survey_report.digits import MEAN, printed, released
from survey_report.disclosure.intervals import within
from survey_report.disclosure.reasons import FOLLOWS, few
from survey_report.errors import Problem
from survey_report.findings.people import tally
from survey_report.findings.theme import mean_may_show
from survey_report.frames import each_row
from survey_report.numbers import Number
from survey_report.rendering import Rendering
from survey_report.scales import scale_scores
from survey_report.statistics.weighted import weighted_mean
from survey_report.statistics.weighting import Weights, margin_problems, rake
from survey_report.study import MARGIN_COLUMNS, Study

SOURCE = "tbl-weighting-means"
MARGINS = ["variable", "heading", "category", "label", "respondents", "wanted", "weighted"]
MEANS = ["scale", "title", "n", "unweighted", "weighted", "low", "high", "difference", "reason", "key"]


@dataclass(frozen=True)
class Weighting:
    """What weighting to known margins of the population does.

    `margins`: one row a category: variable, heading, category, label, respondents (percent of those who answered; NaN
    where not shown), wanted (percent of the population), weighted (NaN as respondents). `means`: one row a scale:
    scale, title, n, unweighted, weighted with low and high, difference, reason, key.
    """

    margins: pd.DataFrame
    means: pd.DataFrame
    numbers: Mapping[str, Number]


def read_margins(study: Study) -> pd.DataFrame:
    """The study's margins: one row a category: variable, category, share (percent); KeyError without any."""
    return pd.read_csv(study.files["margins"], dtype={"variable": "str", "category": "str"})[MARGIN_COLUMNS]


def check_margins(respondents: pd.DataFrame, study: Study) -> Iterable[Problem]:
    """What keeps respondents from being weighted; nothing for a study without margins."""
    if "margins" not in study.files:
        return []
    return margin_problems(_named(respondents, study), read_margins(study), study.files["margins"].name)


def weights_of(respondents: pd.DataFrame, study: Study) -> Weights:
    """Respondents raked to the study's margins. Raises UserError for margins that cannot be met."""
    return rake(_named(respondents, study), read_margins(study), file=study.files["margins"].name)


def weighting_findings(rendering: Rendering) -> Weighting:
    """Margins, design effect and weighted means; KeyError for a study without margins."""
    study, ledger = rendering.study, rendering.ledger()
    weights, told = weights_of(rendering.respondents, study), not rendering.withheld
    ledger.enter("weighting.design_effect", weights.design_effect, unit="ratio", decimals=2, source=SOURCE, shown=told)
    ledger.count("weighting.effective_n", round(weights.effective_n), source=SOURCE, shown=told)
    ledger.count("weighting.n", len(weights.weights), source=SOURCE)
    trimmed = rendering.policy.may_show_counts(
        pd.Series([weights.trimmed, len(weights.weights) - weights.trimmed]), ["", ""]
    )
    ledger.count("weighting.n_trimmed", weights.trimmed, source=SOURCE, shown=told and bool(trimmed[0]))
    means = []
    for scale in study.scales:
        scores = scale_scores(rendering.respondents, scale, study)
        found, plain = weighted_mean(scores, weights, alpha=study.thresholds.alpha), float(scores.mean())
        low, high = within(found.low, found.high, study.answers(scale).ends)
        key = f"weighting.mean.{scale.id}"
        shown = told and mean_may_show(rendering, scale, scores.notna(), plain)
        precision = rendering.policy.precision(found.n, answers=study.answers(scale))
        weighted = precision.mean(found.value) if precision.coarse else found.value
        plain = precision.mean(plain) if precision.coarse else plain
        number = ledger.mean(
            key, weighted, source=SOURCE, base=found.n if shown else None, shown=shown, decimals=precision.decimals
        )
        hidden = number.value is None
        values = {
            "unweighted": plain,
            "weighted": weighted,
            "low": float(low) if precision.sd else float("nan"),
            "high": float(high) if precision.sd else float("nan"),
            "difference": printed(weighted, MEAN) - printed(plain, MEAN),
        }
        means.append(
            {
                "scale": scale.id,
                "title": scale.title,
                "n": pd.NA if hidden else found.n,
                **{name: float("nan") if hidden else value for name, value in values.items()},
                "reason": _why(rendering, found.n)
                if hidden
                else found.reason or ("" if precision.sd else f"under {study.thresholds.coarse_group} answers"),
                "key": key,
            }
        )
    margins = _margins(rendering, weights).iloc[: 0 if rendering.withheld else None]
    return Weighting(released(margins, {"weighted": 1}), released(pd.DataFrame(means, columns=MEANS)), ledger.numbers)


def _why(rendering: Rendering, n: int) -> str:
    """Why the means of a scale are not shown."""
    limits = rendering.policy.thresholds
    if rendering.withheld:
        return few(limits.min_report, "respondents in all")
    return few(limits.min_group) if n < limits.min_group else FOLLOWS


def _named(respondents: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Respondents with columns under the names that margins use: groupings and closed questions."""
    known = [grouping.id for grouping in study.groupings]
    known += [question.item for question in study.asked if question.type in ("demographic", "routing")]
    return pd.DataFrame({name: respondents[study.column(name)] for name in dict.fromkeys(known)})


def _margins(rendering: Rendering, weights: Weights) -> pd.DataFrame:
    """Shares before and after; a category whose number of respondents is hidden elsewhere is hidden here."""
    rows = []
    for variable, part in weights.margins.groupby("variable", sort=False):
        counted = tally(rendering, str(variable))
        shown = dict(zip((c.id for c in counted.categories), counted.shown, strict=True))
        labels = {category.id: category.label for category in counted.categories}
        for row in each_row(part):
            visible = bool(shown[row.category])
            rows.append(
                (
                    variable,
                    counted.heading,
                    row.category,
                    labels[row.category],
                    row.unweighted if visible else float("nan"),
                    row.wanted,
                    row.weighted if visible else float("nan"),
                )
            )
    return pd.DataFrame(rows, columns=MARGINS)
