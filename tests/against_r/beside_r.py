"""Surveys opened by the project beside what R computes from the same files: every number, and a reason for each that
is not told."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from agreement import Agreement
from all_findings import Findings, computed, published, texts
from made_surveys import TRUTH, Survey, group_id, truth_rows, write_survey, write_table

from r_values import P_ERROR, run
from survey_report.frames import each_row
from survey_report.rendering import Rendering, open_rendering
from survey_report.responses import read_responses
from survey_report.scales import answered_any, scale_scores

EXACT = 1e-9
FITTED = 1e-4  # of the factor model: both search, and stop at a tolerance of their own
NO_NUMBER = re.compile(r"\b(nan|NaN|None|inf)\b|<NA>")
ByR = Mapping[tuple[str, ...], float]


class Made:
    """A survey: as made, opened by the project, its findings as computed and as published."""

    def __init__(self, survey: Survey, folder: Path) -> None:
        self.survey = survey
        study, export = write_survey(survey, folder)
        build = folder / f"build-{survey.name}"
        read_responses(study, export, build)
        self.rendering: Rendering = open_rendering(study, build)
        self.computed: Findings = computed(self.rendering)
        self.published: Findings = published(self.rendering)

    def tested(self) -> list[tuple[str, str, str, str, str]]:
        """Groups that take part in tests, as computed and as published: as, survey, scale, grouping, group.

        Where a mean is hidden its group is not tested, so that there may be fewer of them in what is published.
        """
        return [
            (said, self.survey.name, scale, test.grouping, group)
            for said, found in (("computed", self.computed), ("published", self.published))
            for scale, theme in found.themes.items()
            for test in each_row(theme.tests)
            for group in test.groups
        ]


def looked_at_by_r(surveys: Sequence[Made], folder: Path) -> ByR:
    """What R computes from the exports in `folder`; skips where it, or psych, is not installed."""
    write_table(folder / "truth.csv", TRUTH, [row for one in surveys for row in truth_rows(one.survey)])
    known = [
        (one.survey.name, name, group_id(group), group)
        for one in surveys
        for name, groups in one.survey.groups.items()
        for group in groups
    ]
    write_table(folder / "groups.csv", ["survey", "grouping", "id", "answer"], known)
    tested = [row for one in surveys for row in one.tested()]
    write_table(folder / "tested.csv", ["as", "survey", "scale", "grouping", "group"], tested)
    run("made-surveys.R", folder)
    with (folder / "by-r.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.reader(handle))[1:]
    return {tuple(row[:5]): float(row[5]) for row in rows if row[5] not in ("NA", "NaN")}


def as_computed(surveys: Sequence[Made], by_r: ByR) -> Agreement:
    """All that is computed, with all its digits."""
    tally = Agreement()
    for one in surveys:
        for check in (of_scores, of_items, of_groups, of_measurement):
            check(one, by_r, tally)
    return tally


def as_shown(surveys: Sequence[Made], by_r: ByR) -> Agreement:
    """All that is published, within what each number is rounded to."""
    tally = Agreement()
    for one in surveys:
        as_published(one, by_r, tally)
    return tally


def as_told(surveys: Sequence[Made], by_r: ByR) -> Agreement:
    """That what is not told has a reason, and that no text has a gap in a number's place."""
    tally = Agreement()
    for one in surveys:
        reasons(one, by_r, tally)
        for text in texts(one.rendering, one.published):
            tally.said(one.survey.name, not NO_NUMBER.search(text), f"no number in: {text[:300]}")
    return tally


# As computed


def of_scores(one: Made, by_r: ByR, tally: Agreement) -> None:
    """Scores of persons and their means, by every reading."""
    name, people, study = one.survey.name, one.rendering.respondents, one.rendering.study
    tally.same("respondents", name, len(people), by_r[name, "respondents", "", "", ""], 0)
    for scale in study.scales:
        scores = scale_scores(people, scale, study)
        tally.same("n", (name, scale.id), scores.notna().sum(), by_r[name, "n", scale.id, "", ""], 0)
        n_any = int(answered_any(people, scale, study).sum())
        tally.same("any", (name, scale.id), n_any, by_r[name, "any", scale.id, "", ""], 0)
        if scores.notna().any():
            tally.same("mean", (name, scale.id), scores.mean(), by_r.get((name, "mean", scale.id, "", "")), EXACT)
        for row in each_row(one.computed.comparing[scale.id].means):
            quantity = {"one": "mean_one", "pooled": "mean_pooled", "adjusted": "mean_adjusted"}.get(row.method)
            value = by_r.get((name, quantity or "", scale.id, "", ""))
            if quantity and not math.isnan(row.mean) and (value is not None or quantity != "mean_adjusted"):
                tally.same(quantity, (name, scale.id), row.mean, value, 1e-7 if row.decimals == 2 else 0.25)


def of_items(one: Made, by_r: ByR, tally: Agreement) -> None:
    """Shares of answers and of sides, in the words that people saw."""
    name = one.survey.name
    for scale, theme in one.computed.themes.items():
        for row in each_row(theme.items):
            place = (name, scale, row.item)
            tally.same("item_n", place, 0 if pd.isna(row.n) else row.n, by_r[name, "item_n", scale, row.item, ""], 0
                       if not pd.isna(row.n) else 9)  # fmt: skip
            for side in ("positive", "neutral", "negative"):
                if row.shown:
                    tally.same("side", place, getattr(row, side), by_r[name, "side", scale, row.item, side], EXACT)
        shares = theme.items.set_index("item")
        for item in shares.index[shares["shown"].astype(bool) & ~shares["merged"].astype(bool)]:
            for option in (option.id for option in theme.answers.options):
                found = by_r[name, "answer", scale, item, option]
                tally.same("answer", (name, scale, item, option), shares.loc[item, option], found, EXACT)


def of_groups(one: Made, by_r: ByR, tally: Agreement) -> None:
    """Groups, tests and pairs of every grouping, by each method that R has."""
    name, people, study = one.survey.name, one.rendering.respondents, one.rendering.study
    for scale, comparing in one.computed.comparing.items():
        scores = scale_scores(people, study.scale(scale), study)
        low, high = study.answers(study.scale(scale)).ends
        for row in each_row(comparing.groups):
            place = (name, scale, row.grouping, row.group)
            mine = scores[(one.rendering.members(row.grouping) == row.group).fillna(False).astype(bool)].dropna()
            tally.same("group_n", place, len(mine), by_r[name, "group_n", scale, row.grouping, row.group], 0)
            if len(mine):
                found = by_r[name, "group_mean", scale, row.grouping, row.group]
                tally.same("group_mean", place, mine.mean(), found, EXACT)
            if row.shown and not row.coarse:
                for column in ("sd", "low", "high"):
                    found = by_r[name, f"group_{column}", scale, row.grouping, row.group]
                    found = found if column == "sd" else min(max(found, low), high)  # it ends with the scale
                    tally.same(f"group_{column}", place, getattr(row, column), found, EXACT)
        _of_tests(one, scale, by_r, tally)
    if one.computed.every:
        for row in each_row(one.computed.every.tests):
            if not math.isnan(row.p_holm):
                found = by_r.get((name, "holm_all", row.scale, f"computed {row.grouping}", ""))
                within = _one_digit(one, row, found)
                few = "" if within == EXACT else ", one digit"
                tally.same(f"holm_all{few}", (name, row.scale, row.grouping), row.p_holm, found, within)


def _one_digit(one: Made, row: object, p: float | None) -> float:
    """How far a p value may be from R's: with a scale of one item spread is hidden, and p has one digit."""
    scale, grouping = (str(getattr(row, name)) for name in ("scale", "grouping"))
    groups = one.computed.comparing[scale].groups
    coarse = groups.loc[groups["grouping"] == grouping, "coarse"].astype(bool).any()
    return digit(p) if coarse and p else EXACT


def digit(p: float) -> float:
    """What a p value of one digit may be off, with that of staying on its side of alpha."""
    return 10.0 ** math.floor(math.log10(p)) if p > 0 else 1e-300


def _of_tests(one: Made, scale: str, by_r: ByR, tally: Agreement) -> None:
    name, comparing, theme = one.survey.name, one.computed.comparing[scale], one.computed.themes[scale]
    single = len(one.rendering.study.scale(scale).items) == 1
    few = ", one digit" if single else ""
    for row in each_row(comparing.tests):
        place, told = (name, scale, row.grouping), f"computed {row.grouping}"
        if math.isnan(row.p):
            tally.said(place, (name, "welch_p", scale, told, "") not in by_r, "R tests what is not tested")
            continue
        wanted = {q: by_r.get((name, q, scale, told, "")) for q in ("welch_p", "holm_scale", "omega2")}
        for quantity, p in (("welch_p", row.p), ("holm_scale", row.p_holm)):
            within = digit(wanted[quantity] or 1.0) if single else EXACT
            tally.same(f"{quantity}{few}", place, p, wanted[quantity], within)
        tally.same(f"omega2{few}", place, row.omega, wanted["omega2"], 0.0051 if single else 0.00051)
        if not single:
            for column, quantity in (
                ("statistic", "welch_f"),
                ("df_between", "welch_between"),
                ("df_within", "welch_within"),
            ):
                found = by_r[name, quantity, scale, told, ""]
                tally.same(quantity, place, getattr(row, column), found, EXACT * max(1, abs(found)))
    for row in each_row(comparing.sensitivity):
        quantity = {"classical": "anova_p", "order": "kruskal_p", "welch": "welch_p", "holm": "holm_scale"}.get(
            row.method
        )
        if quantity and not row.reason:
            found = by_r.get((name, quantity, scale, f"computed {row.grouping}", ""))
            tally.same(
                f"{quantity}{few}", (name, scale, row.grouping), row.p, found, digit(found or 1) if single else EXACT
            )
    for row in each_row(comparing.pairs):
        place, pair = (name, scale, row.a, row.b), "|".join((f"computed {row.grouping}", row.a, row.b))
        of = {q: by_r.get((name, q, scale, pair, "")) for q in ("difference", "pair_low", "pair_high", "pair_p", "d")}
        tally.said(place, of["difference"] is not None, "R has no such pair")
        if single:  # spread is hidden: the difference of the means that are shown
            if pd.isna(row.significant):  # not told: rounding leaves open which of the two is the higher one
                tally.said(
                    place, abs(of["difference"] or 0.0) <= 0.011, "is not told, although rounding leaves no doubt"
                )
            else:
                tally.same("difference, rounded", place, row.difference, of["difference"], 0.011)
            continue
        tally.same("difference", place, row.difference, of["difference"], EXACT)
        for column in ("low", "high", "p"):
            found = of[f"pair_{column}"]
            scale_of = max(1.0, abs(found or 0)) * (1 if column == "p" else 1e-4 / P_ERROR)
            tally.same(f"pair_{column}", place, getattr(row, column), found, P_ERROR * scale_of)
        # Hedges' correction shrinks d by a factor between those of the smallest and the largest degrees of freedom.
        if not math.isnan(row.g) and of["d"] is not None:
            tally.said(place, abs(row.g) <= abs(of["d"]) + EXACT, f"g {row.g} lies beyond d {of['d']}")
            tally.said(place, abs(row.g) >= 0.9 * abs(of["d"]) - EXACT, f"g {row.g} is far from d {of['d']}")
    tally.same("pairs", (name, scale), len(theme.pairs), sum(
        math.comb(len(test.groups), 2) for test in each_row(theme.tests) if test.groups), 0)  # fmt: skip


def of_measurement(one: Made, by_r: ByR, tally: Agreement) -> None:
    """Consistency of scales, statistics of items, answers that count as missing."""
    name, found = one.survey.name, one.computed.measurement
    for row in each_row(found.scales):
        n = by_r[name, "complete", row.scale, "", ""]
        if not pd.isna(row.n):
            tally.same("complete", (name, row.scale), row.n, n, 0)
        for column, quantity in (("alpha", "alpha"), ("low", "alpha_low"), ("high", "alpha_high")):
            if not math.isnan(getattr(row, column)):
                value = by_r.get((name, quantity, row.scale, "", ""))
                tally.same(quantity, (name, row.scale), getattr(row, column), value, 1e-9 * max(1, abs(value or 0)))
        for column, quantity in (("omega", "omega"), ("statistic", "factor_statistic"), ("p", "factor_p")):
            value = by_r.get((name, quantity, row.scale, "", ""))
            if not math.isnan(getattr(row, column)) and value is not None:  # R's search may have failed
                tally.same(quantity, (name, row.scale), getattr(row, column), value, FITTED * max(1, abs(value)))
    for row in each_row(found.items):
        for column, quantity in (("mean", "item_mean"), ("sd", "item_sd"), ("item_rest", "item_rest"),
                                 ("alpha_without", "alpha_without")):  # fmt: skip
            value = by_r.get((name, quantity, row.scale, row.item, ""))
            if not math.isnan(getattr(row, column)) and value is not None:
                tally.same(
                    quantity, (name, row.scale, row.item), getattr(row, column), value, EXACT * max(1, abs(value))
                )
    for row in each_row(found.missing):
        if not row.group and not math.isnan(row.percent):
            value = by_r[name, "missing", row.scale, row.item, row.kind]
            tally.same("missing", (name, row.item, row.kind), row.percent, value, EXACT)
            tally.same("asked", (name, row.item), row.asked, by_r[name, "asked", row.scale, row.item, ""], 0)


# As published


def as_published(one: Made, by_r: ByR, tally: Agreement) -> None:
    name, rendering = one.survey.name, one.rendering
    policy = rendering.policy
    for row in each_row(one.published.people.breakdowns):
        n, share = (one.published.people.numbers[key].value for key in (row.n_key, row.pct_key))
        if n is not None and row.category != "no-answer":
            tally.same("count", (name, row.category), n, by_r[name, "group_count", "", row.question, row.category], 0)
            percent = by_r[name, "group_percent", "", row.question, row.category]
            shown = one.published.people.numbers[row.pct_key]
            if share is None:  # the number of those who left it blank would follow
                tally.said((name, row.category), shown.kind == "hidden", "no share")
            else:
                tally.same(
                    "percent", (name, row.category), share, percent, (0.05 if "." in shown.text else 0.5) + EXACT
                )
    for scale, theme in one.published.themes.items():
        n = int(by_r[name, "n", scale, "", ""])
        if theme.overall.value is not None:
            found = by_r[name, "mean", scale, "", ""]
            tally.same(
                "mean",
                (name, scale),
                theme.overall.value,
                found,
                policy.precision(n, answers=theme.answers).mean_step / 2 + EXACT,
            )
        for row in each_row(theme.items):
            if row.shown:
                step = policy.precision(int(row.n)).pct_step
                for side in ("positive", "neutral", "negative"):
                    found = by_r[name, "side", scale, row.item, side]
                    tally.same("side", (name, row.item, side), getattr(row, side), found, step / 2 + EXACT)
        _groups_as_published(one, scale, by_r, tally)
    for row in each_row(one.published.measurement.scales):
        n = int(by_r[name, "complete", row.scale, "", ""])
        if not math.isnan(row.alpha):
            half = 0.05 if policy.precision(n).coarse else 0.005
            tally.same(
                "alpha", (name, row.scale), row.alpha, by_r.get((name, "alpha", row.scale, "", "")), half + EXACT
            )
    for row in each_row(one.published.measurement.missing):
        if not row.group and not math.isnan(row.percent):
            found = by_r[name, "missing", row.scale, row.item, row.kind]
            half = policy.precision(int(row.asked)).pct_step / 2 if policy.precision(int(row.asked)).coarse else 0.05
            tally.same("missing", (name, row.item, row.kind), row.percent, found, half + EXACT)


def _groups_as_published(one: Made, scale: str, by_r: ByR, tally: Agreement) -> None:
    name, comparing = one.survey.name, one.published.comparing[scale]
    low, high = one.rendering.study.answers(one.rendering.study.scale(scale)).ends
    steps, means = {}, {}
    for row in each_row(comparing.groups):
        place = (name, scale, row.grouping, row.group)
        if not row.shown:
            continue
        mean = by_r[name, "group_mean", scale, row.grouping, row.group]
        steps[row.grouping, row.group], means[row.grouping, row.group] = row.step, mean
        tally.same("group_mean", place, row.mean, mean, row.step / 2 + EXACT)
        tally.said(place, low <= row.mean <= high, f"the mean {row.mean} lies beyond the scale")
        if not pd.isna(row.n):
            tally.same("group_n", place, row.n, by_r[name, "group_n", scale, row.grouping, row.group], 0)
        if not math.isnan(row.low):
            tally.said(place, row.low - EXACT <= row.mean <= row.high + EXACT, "the interval misses its mean")
        if not row.coarse:
            for column in ("sd", "low", "high"):
                found = by_r[name, f"group_{column}", scale, row.grouping, row.group]
                found = found if column == "sd" else min(max(found, low), high)  # it ends with the scale
                tally.same(f"group_{column}", place, getattr(row, column), found, 0.005 + EXACT)
    for row in each_row(comparing.pairs):
        place, pair = (name, scale, row.a, row.b), "|".join((f"published {row.grouping}", row.a, row.b))
        found = {q: by_r.get((name, q, scale, pair, "")) for q in ("difference", "pair_p", "pair_low", "pair_high")}
        if found["difference"] is None:
            tally.said(place, False, "R has no such pair")
            continue
        coarse = math.isnan(row.p)
        room = (steps[row.grouping, row.a] + steps[row.grouping, row.b]) / 2 if coarse else 0.005
        if pd.isna(row.significant):
            tally.said(place, coarse and math.isnan(row.difference), "is not told, and its difference is")
            apart = means[row.grouping, row.a] - means[row.grouping, row.b]
            tally.said(place, abs(apart) <= 2 * room + EXACT, "is not told, although rounding leaves no doubt")
            continue
        tally.same("difference", place, row.difference, found["difference"], room + 0.005 + EXACT)
        differs = bool((found["pair_p"] or 0.0) < 0.05)
        tally.said(place, differs or not row.significant, "is called different, and is not")
        if not coarse:
            tally.same("pair_p", place, row.p, found["pair_p"], P_ERROR)
            tally.said(place, differs == row.significant, "differs, and is not called so")
            for column in ("low", "high"):
                tally.same(f"pair_{column}", place, getattr(row, column), found[f"pair_{column}"], 0.0051)
    for row in each_row(comparing.tests):
        if not math.isnan(row.p):
            p = by_r.get((name, "welch_p", scale, f"published {row.grouping}", ""))
            tally.same("welch_p", (name, scale, row.grouping), row.p, p, digit(p or 1.0))
            tally.said(
                (name, scale, row.grouping), (row.p < 0.05) == ((p or 1.0) < 0.05), "p is on the other side of 0.05"
            )


# Reasons


def reasons(one: Made, by_r: ByR, tally: Agreement) -> None:
    """That what is not shown says why, and that what R could compute is shown or has a reason."""
    name, found, tested = one.survey.name, one.published, set(one.tested())
    for scale, theme in found.themes.items():
        for row in each_row(theme.items):
            tally.said((name, row.item), bool(row.shown) != bool(row.reason), "an item is hidden without a reason")
        for row in each_row(theme.groups):
            place = (name, scale, row.group)
            tally.said(place, bool(row.shown) or bool(row.reason), "a group is hidden without a reason")
            tally.said(place, not (row.shown and math.isnan(row.mean)), "a group is shown without a mean")
            bare = row.shown and (math.isnan(row.low) or pd.isna(row.n))
            tally.said(place, not bare or bool(row.reason or row.spread), "no interval or number, and no reason")
        comparing = found.comparing[scale]
        for row in each_row(comparing.tests):
            place = (name, scale, row.grouping)
            tally.said(place, bool(row.reason) == math.isnan(row.p), f"p {row.p}, reason {row.reason!r}")
        for row in each_row(comparing.pairs):
            tally.said((name, scale, row.a, row.b), not math.isnan(row.g) or bool(row.reason), "no g and no reason")
        for row in each_row(comparing.sensitivity):
            place = (name, scale, row.method, row.grouping)
            tally.said(place, not math.isnan(row.p) or bool(row.reason), "no p and no reason")
        for row in each_row(comparing.means):
            tally.said((name, scale, row.method), math.isnan(row.mean) == bool(row.reason), "no mean and no reason")
        for row in each_row(comparing.groups):
            enough = by_r[name, "group_n", scale, row.grouping, row.group] >= 10
            if not enough:
                untold = not row.shown and ("published", name, scale, row.grouping, row.group) not in tested
                tally.said((name, scale, row.group), untold, "a small group is told of")
    for row in each_row(found.measurement.scales):
        for column in ("alpha", "omega"):
            lacking = math.isnan(getattr(row, column))
            tally.said((name, row.scale, column), not lacking or bool(row.reason), "nothing shown and no reason")
    for row in each_row(found.measurement.items):
        lacking = np.isnan([row.mean, row.item_rest]).any()
        tally.said((name, row.item), not lacking or bool(row.reason), "an item's statistics lack a reason")
