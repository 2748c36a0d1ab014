"""All scales over a grouping of clusters, such as kinds of areas: respondents of one area are alike, so areas count.

A grouping that is derived from the cluster (the area decides the level) varies between clusters only. What can be told
of it rests on the number of clusters, however many people answered in each.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from survey_report.digits import DECIMALS, printed, released
from survey_report.disclosure.comparisons import coarse_p
from survey_report.disclosure.precision import mean_steps, rounded
from survey_report.disclosure.reasons import NOT_COMPARED
from survey_report.findings.comparing import min_tested
from survey_report.findings.other_methods import cluster_word
from survey_report.findings.theme import group_findings
from survey_report.frames import each_row
from survey_report.numbers import Number
from survey_report.rendering import Rendering
from survey_report.scales import scale_scores
from survey_report.statistics.clustered import Clustered, cluster_means, random_intercept
from survey_report.statistics.equivalence import equivalence_of_contrast, verdict
from survey_report.statistics.multiplicity import expected_by_chance, holm
from survey_report.statistics.power import detectable
from survey_report.study import Bound, Grouping, Scale
from survey_report.wording import uncapital

NAN = float("nan")
# Fewer clusters in a group would say little, and from the plain and the weighted mean of two, each could be worked out.
MIN_CLUSTERS = 3
NO_DEVIATION = "the deviation of all scores is not shown"
UNTESTED = "not tested"
VERDICTS = ("difference", "negligible", "no difference found", "cannot tell")
# What figures are rounded to where a level has few answers; those in points of the scale as its means are.
IN_POINTS = ("difference", "low", "high", "naive_difference", "detectable")
COARSE_STEPS = {
    **dict.fromkeys(("icc", "statistic"), 0.1),
    **dict.fromkeys(("df", "df_within"), 1.0),
}
TEST_COLUMNS = [
    "scale", "title", "clusters", "icc", "statistic", "df_between", "df_within", "p", "means_p", "weighted_p",
    "naive_p", "left_out", "reason", "means_reason",
]  # fmt: skip
PAIR_COLUMNS = [
    "scale", "title", "a", "b", "label", "difference", "se", "df", "low", "high", "p", "p_holm", "naive_difference",
    "naive_low", "naive_high", "detectable",
]  # fmt: skip
BOUND_COLUMNS = [
    "scale", "title", "a", "b", "stated", "bound", "detectable", "low", "high", "p", "p_holm", "equivalent", "verdict",
    "reason",
]  # fmt: skip


@dataclass(frozen=True)
class ClusteredLevels:
    """A grouping of clusters over all scales.

    `tests`: one row a scale: clusters that took part, icc (share of variance between clusters, 0 to 1), Wald's F with
    its degrees of freedom and p of the random intercept, p of the means of clusters (plain and weighted by their
    answers), p of Welch's test of people (naive), labels of levels left out, why nothing was tested (reason,
    means_reason). `pairs`: one row a scale and pair of levels: difference (a minus b) with se, df, interval of
    1 - alpha each, p, p_holm; the naive difference with its simultaneous interval; the difference that the design
    would detect. `equivalence`: one row a pair and bound of the study, none without one: the bound as `stated` and in
    points of the scale, the difference that the design would detect, the interval of 1 - 2 alpha, p of the test of
    equivalence with its answer, p_holm (over all pairs at one bound), and the verdict; NaN with a reason where there
    was no test. `deviations`: by scale, the standard deviation of all its scores, that bounds in SDs are of; NaN where
    it may not be shown. `span` is the range of the scores, the widest of all scales.
    """

    grouping: Grouping
    cluster: str
    n_clusters: int
    tests: pd.DataFrame
    pairs: pd.DataFrame
    equivalence: pd.DataFrame
    bounds: tuple[Bound, ...]
    deviations: Mapping[str, float]
    numbers: Mapping[str, Number]
    span: int = 0
    withheld: str = ""

    @property
    def told(self) -> pd.DataFrame:
        """What the table of differences is made from: the tests of equivalence, without bounds the pairs alone."""
        return self.equivalence if self.bounds else self.pairs

    @property
    def bounds_by_scale(self) -> dict[str, list[float]]:
        """Bounds of equivalence in points of each scale of which differences are shown; those that can be tested."""
        known = self.equivalence.dropna(subset=["bound"])
        return {scale: sorted(set(known["bound"][known["scale"] == scale])) for scale in self.pairs["scale"].unique()}


def clustered_findings(rendering: Rendering, grouping_id: str) -> ClusteredLevels:
    """Compare the levels of a derived grouping on every scale, by clusters and by people.

    KeyError for a grouping that the study does not have.
    """
    study = rendering.study
    grouping = study.grouping(grouping_id)
    tests: list[dict[str, object]] = []
    pairs: list[dict[str, object]] = []
    at: list[dict[str, object]] = []
    steps: dict[str, float] = {}  # by scale of which a level is coarse
    told, alpha = rendering.withheld, study.thresholds.alpha
    deviations = {scale.id: _deviation(rendering, scale) for scale in study.scales}
    for scale in () if told else study.scales:
        test, mine, coarse = _of_scale(rendering, grouping, scale)
        at += [row for pair in mine for row in at_bounds(pair, study.bounds, deviations[scale.id], alpha)]
        if coarse:
            step = steps[scale.id] = mean_steps(study.answers(scale), study.thresholds).small
            test, mine = _coarser(test, step, alpha), [_coarser(pair, step, alpha) for pair in mine]
        tests.append(test)
        pairs += mine
    equivalence = _adjusted(pd.DataFrame(at, columns=BOUND_COLUMNS), steps, alpha)
    column = rendering.members(grouping.derived_from)
    n_clusters = int(column[rendering.members(grouping.id).notna()].nunique())
    ledger, source = rendering.ledger(), f"tbl-{grouping.id}-equivalence"
    ledger.count(f"{grouping.id}.n_clusters", n_clusters, source=f"tbl-{grouping.id}-clustered", shown=not told)
    ledger.count(f"{grouping.id}.n_differences_estimated", len(pairs), source=source, shown=not told)
    for bound in study.bounds:
        rows, start = equivalence[equivalence["stated"] == bound.text], f"{grouping.id}.{bound.key}"
        claims = Claims.of(rows, alpha)
        for name in VERDICTS:
            key = f"{start}.{name.replace(' ', '_')}"
            ledger.count(key, int((rows["verdict"] == name).sum()), source=source, shown=not told)
        ledger.count(f"{start}.n_tests", claims.tests, source=source, shown=not told)
        ledger.count(f"{start}.negligible_holm", claims.holm, source=source, shown=not told)
        ledger.enter(f"{start}.by_chance", claims.by_chance, unit="count", decimals=2, source=source, shown=not told)
    return ClusteredLevels(
        grouping=grouping,
        cluster=cluster_word(study, grouping.derived_from),
        n_clusters=n_clusters,
        tests=released(pd.DataFrame(tests, columns=TEST_COLUMNS), {"df_within": 0}),
        pairs=released(pd.DataFrame(pairs, columns=PAIR_COLUMNS)),
        equivalence=released(equivalence),
        bounds=study.bounds,
        deviations={scale: printed(value, DECIMALS["sd"]) for scale, value in deviations.items()},
        numbers=ledger.numbers,
        span=study.widest,
        withheld=told,
    )


@dataclass(frozen=True)
class Claims:
    """How many claims of equivalence were tested at one bound, and how many hold: one by one, and all together.

    `by_chance` is how many would pass on average if every true difference were as large as the bound: at most alpha
    each. `holm` of the `negligible` ones remain when all are adjusted for one another.
    """

    tests: int
    negligible: int
    holm: int
    by_chance: float

    @classmethod
    def of(cls, rows: pd.DataFrame, alpha: float) -> Claims:
        """Of the rows of `ClusteredLevels.equivalence` at one bound."""
        tests, negligible = int(rows["p"].notna().sum()), rows["verdict"] == "negligible"
        remaining = int((negligible & (rows["p_holm"].astype(float) < alpha)).sum())
        return cls(tests, int(negligible.sum()), remaining, expected_by_chance(tests, alpha))


def _deviation(rendering: Rendering, scale: Scale) -> float:
    """The standard deviation of all respondents' scores on a scale; NaN where it may not be shown."""
    scores = scale_scores(rendering.respondents, scale, rendering.study).dropna()
    enough = len(scale.items) > 1 and rendering.policy.precision(len(scores)).sd
    return float(scores.std(ddof=1)) if enough else NAN


def _adjusted(rows: pd.DataFrame, steps: Mapping[str, float], alpha: float) -> pd.DataFrame:
    """Rows at all bounds with p adjusted over each, made coarser on scales of which a level is (those with a step)."""
    for _, mine in rows.groupby("stated", sort=False):
        rows.loc[mine.index, "p_holm"] = holm(mine["p"].to_numpy(float))
    found = [
        _coarser(row, steps[str(row["scale"])], alpha) if row["scale"] in steps else row
        for row in ({str(key): value for key, value in row.items()} for row in rows.to_dict("records"))
    ]
    return pd.DataFrame(found, columns=BOUND_COLUMNS)


def _of_scale(
    rendering: Rendering, grouping: Grouping, scale: Scale
) -> tuple[dict[str, object], list[dict[str, object]], bool]:
    """The row of a scale in `tests`, its rows in `pairs`, and whether a level of it is coarse; both as computed."""
    study, alpha = rendering.study, rendering.study.thresholds.alpha
    scores = scale_scores(rendering.respondents, scale, study)
    levels, clusters = (rendering.members(name) for name in (grouping.id, grouping.derived_from))
    groups, naive, naive_pairs = group_findings(rendering, rendering.ledger(), scale, scores, only=grouping.id)
    told = set(groups.loc[groups["shown"].astype(bool), "group"])
    order, left_out = _comparable(rendering, grouping, scores, levels, clusters, told)
    least = min_tested(rendering)
    fit = random_intercept(scores, levels, clusters, order, min_n=least, alpha=alpha)
    plain, weighted = (
        cluster_means(scores, levels, clusters, order, min_n=least, alpha=alpha, weighted=heavy)
        for heavy in (False, True)
    )
    coarse = bool(groups.loc[groups["group"].isin(order), "coarse"].any())
    reason = NOT_COMPARED if len(order) < 2 else fit.reason
    row: dict[str, object] = {
        "scale": scale.id,
        "title": scale.title,
        "clusters": fit.clusters if not reason else pd.NA,
        "icc": fit.icc,
        "statistic": fit.statistic,
        "df_between": fit.df_between,
        "df_within": fit.df_within,
        "p": fit.p,
        "means_p": plain.p,
        "weighted_p": weighted.p,
        "naive_p": float(naive["p"].astype(float).iloc[0]) if len(naive) else NAN,
        "left_out": "; ".join(grouping.category(level).label for level in left_out),
        "reason": reason,
        "means_reason": reason or plain.reason,
    }
    by_pair = {(pair.a, pair.b): pair for pair in each_row(naive_pairs)}
    found = [_pair(grouping, scale, pair, by_pair.get((pair.a, pair.b)), alpha) for pair in each_row(_tested(fit))]
    return row, found, coarse


def _coarser(row: Mapping[str, object], step: float, alpha: float) -> dict[str, object]:
    """A row with a small level among those tested: fewer decimals, p values of one digit, no standard error.

    `step` is what figures in points of the scale are rounded to.
    """
    steps = COARSE_STEPS | dict.fromkeys(IN_POINTS, step)

    def value(name: str, of: object) -> object:
        if not isinstance(of, float) or np.isnan(of):
            return of
        if name == "p" or name.endswith(("_p", "p_holm")):
            return coarse_p(of, alpha)
        return rounded(of, steps[name]) if name in steps else of

    return {name: NAN if name == "se" else value(name, of) for name, of in row.items()}


def _tested(fit: Clustered) -> pd.DataFrame:
    return fit.pairs if not fit.reason else fit.pairs.iloc[:0]


def _comparable(
    rendering: Rendering,
    grouping: Grouping,
    scores: pd.Series[float],
    levels: pd.Series,
    clusters: pd.Series,
    told: Collection[str],
) -> tuple[list[str], list[str]]:
    """Levels of `told`, those whose mean is shown, with enough answers from enough clusters; and the others."""
    met = scores.notna() & levels.notna() & clusters.notna()
    by = pd.DataFrame({"cluster": clusters[met].astype("object")}).groupby(levels[met].astype("object"))["cluster"]
    sizes, numbers = by.size(), by.nunique()
    order = [
        category.id
        for category in grouping.categories
        if category.id in told
        and sizes.get(category.id, 0) >= min_tested(rendering)
        and numbers.get(category.id, 0) >= MIN_CLUSTERS
    ]
    return order, [category.id for category in grouping.categories if category.id not in order]


def _pair(grouping: Grouping, scale: Scale, pair: object, naive: object, alpha: float) -> dict[str, object]:
    """A row of `pairs`; `pair` and `naive` (None where people were not compared) are rows of frames of pairs."""
    values = {name: getattr(pair, name) for name in ("a", "b", "difference", "se", "df", "low", "high", "p", "p_holm")}
    return {
        "scale": scale.id,
        "title": scale.title,
        "label": f"{grouping.category(values['a']).label} against {uncapital(grouping.category(values['b']).label)}",
        **values,
        **{f"naive_{name}": getattr(naive, name, NAN) for name in ("difference", "low", "high")},
        "detectable": detectable(values["se"], values["df"], alpha=alpha),
    }


def at_bounds(
    pair: Mapping[str, object], bounds: Sequence[Bound], deviation: float, alpha: float
) -> list[dict[str, object]]:
    """The rows of a pair (a row of `ClusteredLevels.pairs`) in `ClusteredLevels.equivalence`, one a bound.

    `deviation` is that of all scores on the scale, NaN where it may not be shown: then none is tested that is in SDs.
    """
    estimate, error, freedom, low, high, smallest = (
        float(pair[name])  # type: ignore[arg-type]
        for name in ("difference", "se", "df", "low", "high", "detectable")
    )
    rows: list[dict[str, object]] = []
    for stated in bounds:
        bound = stated.points(deviation)
        found = equivalence_of_contrast(estimate, error, freedom, bound=bound, alpha=alpha)
        tested = not np.isnan(found.p)
        said = verdict(
            estimate, low, high, bound=bound, detectable=smallest, equivalent=found.equivalent if tested else None
        )
        rows.append(
            {
                **{name: pair[name] for name in ("scale", "title", "a", "b", "detectable")},
                "stated": stated.text,
                "bound": bound,
                "low": found.low,
                "high": found.high,
                "p": found.p,
                "p_holm": NAN,
                "equivalent": found.equivalent,
                "verdict": UNTESTED if np.isnan(bound) else said,
                "reason": NO_DEVIATION if np.isnan(bound) else found.reason,
            }
        )
    return rows
