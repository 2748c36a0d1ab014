"""A scale compared over groupings by other methods than the main one: does a conclusion rest on the method?"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from survey_report.frames import each_row
from survey_report.readings import counted, why_hidden
from survey_report.rendering import Rendering
from survey_report.statistics.adjusted import adjusted_mean
from survey_report.statistics.clustered import random_intercept
from survey_report.statistics.comparisons import significance
from survey_report.statistics.multiplicity import holm
from survey_report.statistics.ordinal import items_on_grouping
from survey_report.statistics.samples import NOT_COMPUTED, eligible, group_samples
from survey_report.statistics.sensitivity import brunner_munzel_pairs, classical_anova, kruskal_wallis, tukey_pairs
from survey_report.study import Grouping, Scale, Study

NAN = float("nan")
Pair = tuple[str, str]

# Methods by id, in the order of the table, each as a table names it and as a sentence does.
METHODS = {
    "welch": ("Welch's ANOVA, Games-Howell pairs (main analysis)", "Welch's analysis"),
    "classical": ("Classical ANOVA, Tukey's pairs", "the classical analysis"),
    "order": ("Kruskal-Wallis, Brunner-Munzel pairs (Holm)", "the analysis of ranks"),
    "holm": ("Welch's ANOVA, Holm over all groupings", "Holm's adjustment over the groupings"),
    "mixed": ("Random intercept by {cluster}, pairs (Holm)", "the model with a random intercept"),
    "ordinal": ("Ordinal model of each item (Holm)", "the ordinal model of the items"),
    "one": ("Score from one answered item or more", "scores from one item or more"),
    "pooled": ("Every answer counts once", "the mean of all answers"),
    "adjusted": ("Adjusted for items left out", "the adjusted mean"),
}
COLUMNS = [
    "method", "method_label", "grouping", "p", "differs", "found", "of", "what", "lost", "gained", "icc", "reason",
]  # fmt: skip
MEAN_COLUMNS = ["method", "mean", "decimals", "reason"]


@dataclass(frozen=True)
class _Outcome:
    """What a method says of a grouping: p of the test over all groups and p of each pair (empty: compares no pairs).

    `icc` is the share of variance between clusters, of a method that knows clusters.
    """

    p: float
    pairs: dict[Pair, float]
    items: tuple[int, int] | None = None
    icc: float = NAN
    reason: str = ""

    def told(self, grouping: str, pairs: Collection[tuple[str, str, str]]) -> _Outcome:
        """The same with those of its pairs that are among the given ones."""
        return replace(self, pairs={pair: p for pair, p in self.pairs.items() if (grouping, *pair) in pairs})


def compared_otherwise(
    rendering: Rendering,
    scale: Scale,
    scores: pd.Series[float],
    tests: pd.DataFrame,
    pairs: pd.DataFrame,
    told: Collection[tuple[str, str, str]],
    *,
    alpha: float,
) -> tuple[pd.DataFrame, frozenset[tuple[str, str, str]]]:
    """One row a method and grouping, the main method first; and the pairs (grouping, a, b) that differ by every method.

    `tests` and `pairs` are those of `group_findings`; every method compares the groups tested there, and counts those
    of the pairs (grouping, a, b) that are `told`: how many others differ would say which do. Columns: method,
    method_label, grouping, p (of all groups at once; of the ordinal model the smallest over the items, adjusted),
    differs (p below alpha), found and of (number of significant pairs, or items, out of how many), what (`pairs` or
    `items`), lost and gained (pairs that are significant by the main method only, by this one only), icc (share of
    variance between clusters, of the mixed model), reason. After
    Holm's adjustment over the groupings pairs count only where their grouping still differs.
    """
    adjusted = dict(zip(tests["grouping"], holm(tests["p"].to_numpy(float)), strict=True))
    rows: list[dict[str, object]] = []
    steady: set[tuple[str, str, str]] = set()
    variants = _Variants(rendering, scale, scores)
    for test in each_row(tests):
        grouping = rendering.study.grouping(test.grouping)
        mine = pairs[pairs["grouping"] == grouping.id]
        main = _Outcome(float(test.p) if test.p is not None else NAN, _by_pair(mine, "p"))
        if np.isnan(main.p):
            continue
        kept = main.pairs if adjusted[grouping.id] < alpha else dict.fromkeys(main.pairs, 1.0)
        outcomes = {"welch": main, "holm": _Outcome(adjusted[grouping.id], kept)}
        outcomes |= {name: one(grouping, list(test.groups), alpha) for name, one in variants.methods.items()}
        outcomes = {name: outcome.told(grouping.id, told) for name, outcome in outcomes.items()}
        main = outcomes["welch"]
        rows += [
            _row(name, variants.label(name), grouping, outcomes[name], main, alpha)
            for name in METHODS
            if name in outcomes
        ]
        found = [_below(outcome.pairs, alpha) for outcome in outcomes.values() if outcome.pairs]
        steady |= {(grouping.id, *pair) for pair in (set.intersection(*found) if found else set())}
    frame = pd.DataFrame(rows, columns=COLUMNS)
    order = [name for name in METHODS if name in set(frame["method"])]
    ordered = frame.sort_values("method", key=lambda m: m.map(order.index), kind="stable").reset_index(drop=True)
    return ordered, frozenset(steady)


def readings_of(rendering: Rendering, scale: Scale) -> pd.DataFrame:
    """The mean of all respondents by each way to score the scale: method, mean, decimals, reason.

    Each is given as finely as the theme's mean of everybody, which the main reading is; see `why_hidden`.
    """
    items, main, one = counted(rendering.respondents, scale, rendering.study)
    persons = items.mean(axis=1)
    total = int(items.notna().sum().sum())
    adjusted = adjusted_mean(items[main])
    values = {
        "welch": (float(persons[main].mean()), main),
        "one": (float(persons.mean()), one),
        "pooled": (float(np.nansum(items.to_numpy(float))) / total if total else NAN, one),
        "adjusted": (adjusted.mean, main),
    }
    rows = []
    for name, (mean, members) in values.items():
        key = f"{scale.id}.mean.overall" if name == "welch" else ""
        precision = rendering.policy.precision(int(members.sum()), key, rendering.study.answers(scale))
        reason = why_hidden(rendering, scale, members, mean, main, key)
        reason = reason or (adjusted.reason if name == "adjusted" else "")
        rows.append(
            (name, NAN if reason else precision.mean(mean) if precision.coarse else mean, precision.decimals, reason)
        )
    return pd.DataFrame(rows, columns=MEAN_COLUMNS)


def cluster_question(study: Study) -> str:
    """The question whose answers are the clusters of the study's respondents: that from which a tested grouping is
    derived, such as the area of a kind of area. Empty if there is none."""
    return next((g.derived_from for g in study.tested_groupings if g.mapping and g.derived_from), "")


def cluster_word(study: Study, question: str) -> str:
    """What a cluster is called in sentences."""
    return next((g.by for g in study.groupings if g.id == question), "area")


def pooled_scores(items: pd.DataFrame, groups: pd.Series) -> pd.Series[float]:
    """Scores of persons whose mean by group is the mean of all answers of the group, each answer counting once.

    A person with c answers and mean x in a group with mean of answers m and c answers a person on average, c_mean, has
    m + c (x - m) / c_mean. The variance of these over n is that of m as a ratio of two totals (Cochran 1977, Sampling
    Techniques, section 6.5), so that answers of one person do not count as independent. NaN without answers or group.
    """
    given = items.notna().sum(axis=1)
    sums = items.sum(axis=1)
    met = (given > 0) & groups.notna()
    by = groups[met].astype("object")
    totals = pd.DataFrame({"given": given[met], "sum": sums[met]}).groupby(by, observed=True)
    means = totals["sum"].transform("sum") / totals["given"].transform("sum")
    return (means + (sums[met] - given[met] * means) / totals["given"].transform("mean")).reindex(items.index)


class _Variants:
    """The other methods for one scale: each takes a grouping, the groups to compare and alpha."""

    def __init__(self, rendering: Rendering, scale: Scale, scores: pd.Series[float]) -> None:
        self._rendering, self._scores = rendering, scores
        self._items, enough, _ = counted(rendering.respondents, scale, rendering.study)
        self._one = self._items.mean(axis=1)
        self._adjusted = adjusted_mean(self._items[enough])
        self._clusters = cluster_question(rendering.study)
        self.methods: dict[str, Callable[[Grouping, list[str], float], _Outcome]] = {
            "classical": self._classical,
            "order": self._order,
            **({"mixed": self._mixed} if self._clusters else {}),
            "ordinal": self._ordinal,
            "one": lambda grouping, tested, _: self._welch(self._one, grouping, tested),
            "pooled": self._pooled,
            "adjusted": self._two_way,
        }

    def label(self, method: str) -> str:
        """The method as the table names it."""
        word = cluster_word(self._rendering.study, self._clusters) if self._clusters else ""
        return METHODS[method][0].replace("{cluster}", word)

    def _column(self, grouping: Grouping) -> pd.Series:
        return self._rendering.members(grouping.id)

    def _samples(self, grouping: Grouping, tested: list[str]) -> dict[str, np.ndarray]:
        return group_samples(self._scores, self._column(grouping), tested)

    def _welch(self, scores: pd.Series[float], grouping: Grouping, tested: list[str]) -> _Outcome:
        column = self._column(grouping)
        if len(eligible(group_samples(scores, column, tested), 2)) < len(tested):
            return _Outcome(NAN, {}, reason=NOT_COMPUTED)
        found = significance(scores, column, tested, min_n=2)
        return _Outcome(NAN if found.welch is None else found.welch, dict(found.pairs))

    def _classical(self, grouping: Grouping, tested: list[str], alpha: float) -> _Outcome:
        samples = self._samples(grouping, tested)
        found = classical_anova(samples)
        return _Outcome(found.p, _by_pair(tukey_pairs(samples, alpha=alpha), "p"), reason=found.reason)

    def _order(self, grouping: Grouping, tested: list[str], _: float) -> _Outcome:
        samples = self._samples(grouping, tested)
        found = kruskal_wallis(samples)
        return _Outcome(found.p, _by_pair(brunner_munzel_pairs(samples), "p_holm"), reason=found.reason)

    def _mixed(self, grouping: Grouping, tested: list[str], alpha: float) -> _Outcome:
        clusters = self._rendering.members(grouping.derived_from if grouping.mapping else self._clusters)
        found = random_intercept(self._scores, self._column(grouping), clusters, tested, min_n=2, alpha=alpha)
        return _Outcome(found.p, _by_pair(found.pairs, "p_holm"), icc=found.icc, reason=found.reason)

    def _ordinal(self, grouping: Grouping, tested: list[str], alpha: float) -> _Outcome:
        least = max(self._rendering.study.thresholds.min_test_group, self._rendering.study.thresholds.min_group)
        found = items_on_grouping(self._items, self._column(grouping), tested, min_n=least)
        fitted = found[found["p_holm"].notna()]
        if fitted.empty:
            return _Outcome(NAN, {}, reason=str(found["reason"].iloc[0]))
        items = (int((fitted["p_holm"] < alpha).sum()), len(fitted))
        return _Outcome(float(fitted["p_holm"].min()), {}, items=items)

    def _pooled(self, grouping: Grouping, tested: list[str], _: float) -> _Outcome:
        return self._welch(pooled_scores(self._items, self._column(grouping)), grouping, tested)

    def _two_way(self, grouping: Grouping, tested: list[str], _: float) -> _Outcome:
        if self._adjusted.reason:
            return _Outcome(NAN, {}, reason=self._adjusted.reason)
        return self._welch(self._adjusted.persons.reindex(self._items.index), grouping, tested)


def _by_pair(frame: pd.DataFrame, column: str) -> dict[Pair, float]:
    return {(str(row.a), str(row.b)): float(getattr(row, column)) for row in each_row(frame)}


def _below(pairs: dict[Pair, float], alpha: float) -> set[Pair]:
    return {pair for pair, p in pairs.items() if p < alpha}


def _row(
    method: str, label: str, grouping: Grouping, outcome: _Outcome, main: _Outcome, alpha: float
) -> dict[str, object]:
    mine, usual = _below(outcome.pairs, alpha), _below(main.pairs, alpha)
    by_items = outcome.items is not None
    found, of = outcome.items or (len(mine), len(outcome.pairs))
    compares = bool(outcome.pairs)
    return {
        "method": method,
        "method_label": label,
        "grouping": grouping.id,
        "p": outcome.p,
        "differs": bool(outcome.p < alpha),
        "found": found,
        "of": of,
        "what": "items" if by_items else "pairs",
        "lost": len(usual - mine) if compares else 0,
        "gained": len(mine - usual) if compares else 0,
        "icc": outcome.icc,
        "reason": outcome.reason,
    }
