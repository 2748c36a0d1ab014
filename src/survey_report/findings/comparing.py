"""Groups compared on one scale: spread, Welch's tests and pairs with sizes of effects, the same by other methods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from survey_report.digits import released
from survey_report.disclosure.comparisons import coarse_p, coarse_tests
from survey_report.disclosure.reasons import NOT_ASKED, NOT_COMPARED, NOT_TESTED, NOT_TOLD
from survey_report.findings.other_methods import compared_otherwise, readings_of
from survey_report.findings.theme import group_findings, overall_mean, shown_pairs
from survey_report.frames import each_row
from survey_report.numbers import Number, round_half_up
from survey_report.rendering import Rendering
from survey_report.scales import scale_scores
from survey_report.statistics.effect_sizes import hedges_g_pairs, omega_squared
from survey_report.statistics.multiplicity import expected_by_chance, holm
from survey_report.statistics.samples import group_samples, ineligible
from survey_report.study import Grouping, Scale

NAN = float("nan")
COARSE_SIZE_DECIMALS = 2
SIZE_DECIMALS = 3  # of omega squared: more would tell how many people were tested, and so the size of a hidden group
ALL = "comparisons"


@dataclass(frozen=True)
class Comparing:
    """One scale compared over every tested grouping.

    `groups`: one row a group, as in Theme with scale, sd and note (why a group is not tested, empty if it is).
    `tests`: one row a grouping: grouping, label, statistic, df_between, df_within, p, p_holm (over the groupings),
    omega (squared), omega_low, omega_high, pairs, differ, not_told (number of tested pairs, of those that differ and of
    those of which it is not told), reason.
    `pairs`: one row a tested pair: as in Theme with label_a, label_b, g, g_low, g_high, reason, and
    steady (whether it differs by every method that compares pairs; missing where it is not told).
    `sensitivity`: one row a method and grouping, see `other_methods`. `means`: one row a reading of the scale mean.
    """

    scale: Scale
    overall: Number
    groups: pd.DataFrame
    tests: pd.DataFrame
    pairs: pd.DataFrame
    sensitivity: pd.DataFrame
    means: pd.DataFrame
    numbers: Mapping[str, Number]
    alpha: float = 0.05
    withheld: str = ""


@dataclass(frozen=True)
class AllComparisons:
    """Every scale tested over every grouping.

    `tests`: one row a scale and grouping: scale, title, grouping, label, p, p_holm (over all of them), omega,
    omega_low, omega_high, reason.
    """

    groupings: tuple[Grouping, ...]
    tests: pd.DataFrame
    numbers: Mapping[str, Number]
    withheld: str = ""


def comparing_findings(rendering: Rendering, scale_id: str) -> Comparing:
    """Compare a scale over the study's groupings; KeyError for a scale that the study does not have.

    A group enters tests where enough have a score on this scale and its mean is shown; `note` says which do not. All
    methods compare the same groups.
    """
    scale, limits = rendering.study.scale(scale_id), rendering.study.thresholds
    ledger = rendering.ledger()
    scores = scale_scores(rendering.respondents, scale, rendering.study)
    overall = overall_mean(rendering, ledger, scale, scores)
    groups, tests, pairs = group_findings(rendering, ledger, scale, scores, exact=True)
    groups = _described(rendering, scale, scores, groups)
    shown = shown_pairs(rendering, scale, groups, _sized(rendering, scores, groups, pairs))
    told = {(row.grouping, row.a, row.b) for row in each_row(shown) if row.state != NOT_TOLD}
    sensitivity, steady = compared_otherwise(rendering, scale, scores, tests, pairs, told, alpha=limits.alpha)
    by_every = [(row.grouping, row.a, row.b) in steady for row in each_row(shown)]
    shown["steady"] = pd.Series(by_every, index=shown.index, dtype="boolean").mask(shown["significant"].isna())
    return Comparing(
        scale=scale,
        overall=overall,
        groups=released(groups),
        tests=released(_with_sizes(rendering, scores, tests, shown, groups)),
        pairs=released(shown),
        sensitivity=released(_coarse_p_by_grouping(sensitivity, tests, groups, limits.alpha)),
        means=released(readings_of(rendering, scale)),
        numbers=ledger.numbers,
        alpha=limits.alpha,
        withheld=rendering.withheld,
    )


def all_comparisons(rendering: Rendering) -> AllComparisons:
    """Welch's test of every scale over every grouping, and how many would be significant by chance alone."""
    study, alpha = rendering.study, rendering.study.thresholds.alpha
    frames = []
    for scale in study.scales:
        scores = scale_scores(rendering.respondents, scale, study)
        groups, tests, pairs = group_findings(rendering, rendering.ledger(), scale, scores, exact=True)
        sized = _with_sizes(rendering, scores, tests, shown_pairs(rendering, scale, groups, pairs), groups)
        coarse = sized["grouping"].isin(_coarse_groupings(tests, groups))
        frames.append(sized.assign(scale=scale.id, title=scale.title, exact=tests["p"].astype(float), coarse=coarse))
    tests = pd.concat(frames, ignore_index=True)
    adjusted = holm(tests["exact"].to_numpy(float))
    tests["p_holm"] = [
        coarse_p(float(p), alpha) if coarse else p for p, coarse in zip(adjusted, tests["coarse"], strict=True)
    ]
    ledger, source = rendering.ledger(), f"tbl-{ALL}"
    n = int(tests["p"].notna().sum())
    ledger.count(f"{ALL}.n_tests", n, source=source)
    ledger.count(f"{ALL}.n_significant", int((tests["p"] < alpha).sum()), source=source)
    ledger.count(f"{ALL}.n_significant_holm", int((tests["p_holm"] < alpha).sum()), source=source)
    ledger.enter(f"{ALL}.by_chance", expected_by_chance(n, alpha), unit="count", decimals=1, source=source)
    columns = ["scale", "title", "grouping", "label", "p", "p_holm", "omega", "omega_low", "omega_high", "reason"]
    return AllComparisons(study.tested_groupings, released(tests[columns]), ledger.numbers, rendering.withheld)


def min_tested(rendering: Rendering) -> int:
    """The smallest group that enters a test: one that may not be reported is not tested."""
    return max(rendering.study.thresholds.min_test_group, rendering.study.thresholds.min_group)


def _described(rendering: Rendering, scale: Scale, scores: pd.Series[float], groups: pd.DataFrame) -> pd.DataFrame:
    """Standard deviations, which a coarse group has not, and notes. Of a group that is not tested the note says no more
    than that: answers that do not vary must not stand out among the causes."""
    study, smallest = rendering.study, min_tested(rendering)
    deviations, notes = [], []
    for grouping in (grouping for grouping in study.tested_groupings if grouping.id in set(groups["grouping"])):
        column = rendering.members(grouping.id)
        samples = group_samples(scores, column, [category.id for category in grouping.categories])
        for category, row in zip(grouping.categories, each_row(groups[groups["grouping"] == grouping.id]), strict=True):
            sample = samples[category.id]
            tested = row.shown and not ineligible(sample, smallest)
            open_to_see = row.shown and not row.coarse and len(sample) > 1
            deviations.append(float(sample.std(ddof=1)) if open_to_see else NAN)
            notes.append(NOT_ASKED if row.reason == NOT_ASKED else "" if tested else NOT_TESTED)
    return groups.assign(scale=scale.id, sd=deviations, note=notes)


def _sized(rendering: Rendering, scores: pd.Series[float], groups: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Hedges' g of each tested pair; not where the spread of a group is hidden, which g would tell."""
    alpha = rendering.study.thresholds.alpha
    found = []
    for grouping, mine in groups[groups["note"] == ""].groupby("grouping", sort=False):
        if len(mine) > 1:
            column = rendering.members(str(grouping))
            sizes = hedges_g_pairs(group_samples(scores, column, list(mine["group"])), alpha=alpha)
            found.append(sizes.rename(columns={"low": "g_low", "high": "g_high"}).assign(grouping=grouping))
    labels = dict(zip(groups["grouping"] + "/" + groups["group"], groups["label"], strict=True))
    places = groups["grouping"] + "/" + groups["group"]
    why = dict(zip(places, groups["spread"], strict=True))
    columns = ["grouping", "a", "b", "g", "g_low", "g_high", "reason"]
    sizes = pd.concat(found, ignore_index=True)[columns] if found else pd.DataFrame(columns=columns)
    sized = pairs.merge(sizes, on=["grouping", "a", "b"], how="left", validate="1:1")
    ends = {end: (sized["grouping"].astype(str) + "/" + sized[end].astype(str)).astype("object") for end in ("a", "b")}
    sized = sized.assign(**{f"label_{end}": [labels[name] for name in names] for end, names in ends.items()})
    reasons = [why[a] or why[b] for a, b in zip(ends["a"], ends["b"], strict=True)]
    covered = np.array([bool(reason) for reason in reasons], dtype=bool)
    sized[["g", "g_low", "g_high"]] = sized[["g", "g_low", "g_high"]].astype(float)
    sized.loc[covered, ["g", "g_low", "g_high"]] = NAN
    sized["reason"] = [reason or own for reason, own in zip(reasons, sized["reason"].fillna(""), strict=True)]
    return sized


def _coarse_p_by_grouping(rows: pd.DataFrame, tests: pd.DataFrame, groups: pd.DataFrame, alpha: float) -> pd.DataFrame:
    """Rows with `grouping` and `p`: one digit of p where a coarse group was tested."""
    coarse = set(_coarse_groupings(tests, groups))
    p = [coarse_p(float(row.p), alpha) if row.grouping in coarse else row.p for row in each_row(rows)]
    return rows.assign(p=pd.Series(p, index=rows.index, dtype=float))


def _coarse_groupings(tests: pd.DataFrame, groups: pd.DataFrame) -> list[str]:
    """Groupings with a coarse group among those tested."""
    covered = set((groups["grouping"] + "/" + groups["group"])[groups["coarse"].astype(bool)])
    return [t.grouping for t in each_row(tests) if any(f"{t.grouping}/{g}" in covered for g in t.groups)]


def _with_sizes(
    rendering: Rendering, scores: pd.Series[float], tests: pd.DataFrame, pairs: pd.DataFrame, groups: pd.DataFrame
) -> pd.DataFrame:
    """Holm's adjustment over the groupings, omega squared, and why a grouping was not tested; `tests` are exact.

    Omega squared tells Welch's F: with a coarse group it has fewer decimals, and no interval.
    """
    alpha = rendering.study.thresholds.alpha
    coarse = set(_coarse_groupings(tests, groups))
    shown = coarse_tests(tests, groups, alpha)
    numbers = tests.assign(**{c: tests[c].astype(float) for c in ("statistic", "df_between", "df_within", "p")})
    rows = []
    for test in each_row(numbers):
        column = rendering.members(test.grouping)
        tested = list(test.groups)
        n = int((scores.notna() & column.isin(tested)).sum())
        size = omega_squared(test.statistic, test.df_between, test.df_within, n, alpha=alpha)
        mine = pairs[pairs["grouping"] == test.grouping]
        decimals = COARSE_SIZE_DECIMALS if test.grouping in coarse else SIZE_DECIMALS
        ends = (NAN, NAN) if test.grouping in coarse else (size.low, size.high)
        rows.append(
            {
                **{
                    name: round_half_up(value, decimals) if np.isfinite(value) else NAN
                    for name, value in zip(("omega", "omega_low", "omega_high"), (size.value, *ends), strict=True)
                },
                "pairs": len(mine),
                "differ": int(mine["significant"].sum()),
                "not_told": int(mine["significant"].isna().sum()),
                "reason": NOT_COMPARED if len(tested) < 2 else size.reason,
            }
        )
    columns = ["omega", "omega_low", "omega_high", "pairs", "differ", "not_told", "reason"]
    sizes = pd.DataFrame(rows, columns=columns, index=numbers.index)
    exact = numbers["p"].to_numpy(float, copy=True)
    for name in ("statistic", "df_within", "p"):
        numbers[name] = shown[name].astype(float)
    return pd.concat([numbers.drop(columns="groups"), sizes], axis=1).assign(
        p_holm=[
            coarse_p(float(p), alpha) if grouping in coarse else p
            for p, grouping in zip(holm(exact), numbers["grouping"], strict=True)
        ]
    )
