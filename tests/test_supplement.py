"""Measurement and change over time from the shipped export, recomputed from its texts; what they may not show."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import shipped
from supplement import cut, libraries, made_up, raw
from survey_report import instrument_tables
from survey_report import supplement_tables as tables
from survey_report.execution import runs_of
from survey_report.findings.changing import Changes, change_findings
from survey_report.findings.measuring import Measurement, measurement_findings
from survey_report.marks import Style
from survey_report.notebook import csv_text
from survey_report.rendering import Rendering
from survey_report.scales import BLANK
from survey_report.study import Study

STYLE = Style("csrr-2023", True)
NOTHING = re.compile(r"\bnan\b|<NA>|\binf\b|None", re.IGNORECASE)
SCORES = {"Very Good": 5, "Good": 4, "Neither Good nor Poor": 3, "Poor": 2, "Very Poor": 1}
SIGNS = {"Improved A Lot": 1, "Improved A Little": 1, "No Change": 0, "A Little Worse": -1, "A Lot Worse": -1}


@cache
def measured() -> Measurement:
    with shipped.exactly():
        return measurement_findings(shipped.in_full(shipped.rendering()))


@cache
def changed() -> Changes:
    with shipped.exactly():
        return change_findings(shipped.in_full(shipped.rendering()))


def markdown(rendering: Rendering) -> list[str]:
    """Every table of the supplement on measurement and change."""
    found, study = measurement_findings(rendering), rendering.study
    written = [
        tables.scales_table(found, STYLE),
        tables.item_statistics_table(found, STYLE),
        tables.answers_table(found, study, STYLE),
        tables.missing_table(found, STYLE),
        tables.missing_by_group_table(found, STYLE),
    ]
    data = [found.scales, found.items, found.answers, found.missing]
    if any(scale.changes for scale in study.scales):
        changes = change_findings(rendering)
        written += [
            tables.balances_table(changes, study, STYLE),
            tables.balances_by_group_table(changes, STYLE),
            tables.differences_table(changes, STYLE),
            tables.group_differences_table(changes, STYLE),
        ]
        data += [changes.balances, changes.groups, changes.pairs, changes.group_pairs]
    return [*written, *(csv_text(frame) for frame in data)]


# Measurement


def scores(scale_id: str) -> pd.DataFrame:
    """Scores of complete answers to a scale, from the texts of the export."""
    columns = [question.column for question in shipped.rendering().study.scale(scale_id).items]
    return raw()[columns].apply(lambda column: column.map(SCORES)).dropna()


def test_alpha_is_that_of_the_covariances(study: Study) -> None:
    for row in measured().scales.itertuples():
        matrix = np.cov(scores(row.scale).to_numpy(float), rowvar=False)
        k = len(matrix)
        assert row.alpha == pytest.approx(k / (k - 1) * (1 - np.trace(matrix) / matrix.sum()), rel=1e-12)
        assert row.n == len(scores(row.scale))
        assert row.low < row.alpha < row.high
        assert row.alpha <= row.omega + 1e-9, "omega is at least alpha where one factor holds"
        assert measured().numbers[f"measurement.alpha.{row.scale}"].value == pytest.approx(row.alpha, abs=0.005)
    assert list(measured().scales["scale"]) == [scale.id for scale in study.scales]


def test_items_stand_beside_the_rest_of_their_scale() -> None:
    for scale, rows in measured().items.groupby("scale", sort=False):
        values = scores(str(scale))
        for column, row in zip(values.columns, rows.itertuples(), strict=True):
            rest = values.drop(columns=column).sum(axis=1)
            if not row.reason:
                assert row.item_rest == pytest.approx(float(values[column].corr(rest)), rel=1e-9)
                assert row.mean == pytest.approx(float(values[column].mean()))


def missing_counts(study: Study) -> pd.DataFrame:
    """Answers that count as missing, from the texts: one row an item, kind and group (empty for all)."""
    grouping = study.tested_groupings[0]
    answers = {category.id: category.answer for category in study.question(grouping.id).categories}
    group_texts = raw()[study.question(grouping.id).column]
    rows = []
    for scale in study.scales:
        for question in scale.items:
            asked = pd.Series(True, index=raw().index)
            for name, category in question.asked_if:
                other = study.question(name)
                text = next(c.answer for c in other.categories if c.id == category)
                asked &= raw()[other.column] == text
            given = raw().loc[asked, question.column]
            for kind, text in [("dont-know", "Don't Know"), ("not-applicable", "Not Applicable"), (BLANK, "")]:
                mine = given == text
                rows.append((scale.id, question.item, kind, "", int(mine.sum()), len(mine)))
                for group, answer in answers.items():
                    here = group_texts[asked] == answer
                    rows.append((scale.id, question.item, kind, group, int((mine & here).sum()), int(here.sum())))
    return pd.DataFrame(rows, columns=["scale", "item", "kind", "group", "count", "asked"])


def test_missing_answers_are_those_of_the_export(study: Study) -> None:
    expected = missing_counts(study).set_index(["scale", "item", "kind", "group"])
    found = measured().missing.set_index(["scale", "item", "kind", "group"])
    assert set(found.index) == set(expected.index)
    shown = found[found["percent"].notna()]
    assert len(shown) > 300
    for place, row in shown.iterrows():
        count, asked = expected.loc[place, ["count", "asked"]]
        assert row["percent"] == pytest.approx(100 * count / asked), place
        assert count == 0 or count >= 5, f"a small count is shown: {place}"


def test_no_missing_answer_follows_from_what_is_shown(study: Study) -> None:
    both = missing_counts(study).merge(measured().missing, on=["scale", "item", "kind", "group"])
    for (scale, item, kind), rows in both.groupby(["scale", "item", "kind"]):
        everybody, groups = rows[rows["group"] == ""].iloc[0], rows[rows["group"] != ""]
        hidden = groups[groups["percent"].isna()]
        if pd.isna(everybody["percent"]):
            assert hidden.shape == groups.shape, "a hidden total is the sum of shown groups"
            continue
        left = everybody["count"] - groups.loc[groups["percent"].notna(), "count"].sum()
        assert left == 0 or left >= 5, (scale, item, kind)
        assert len(hidden[hidden["count"] > 0]) != 1, (scale, item, kind)
    for place, rows in both[both["group"] == ""].groupby(["scale", "item"]):
        hidden = rows[rows["percent"].isna()]
        others = rows[(rows["count"] > 0) & rows["percent"].notna()]
        assert hidden.empty or hidden["count"].sum() >= 5 or others.empty, place


def test_a_small_group_says_nothing_even_in_large_counts(tmp_path: Path) -> None:
    """Six of the eight people of a branch had no idea: its count is large enough to show, the branch is not."""
    small = made_up(libraries(tmp_path), 200)
    item = small.study.scales[0].items[0]
    frame = small.respondents.copy()
    frame["branch"] = pd.Categorical(["hill"] * 8 + ["town"] * 100 + ["harbour"] * 92, ["town", "harbour", "hill"])
    frame.loc[:5, item.column] = "no-idea"
    found = measurement_findings(replace(small, respondents=frame)).missing
    mine = found[(found["item"] == item.item) & (found["kind"] == "no-idea")].set_index("group")["percent"]
    assert pd.notna(mine[""])
    assert pd.isna(mine["hill"])
    assert mine[["town", "harbour"]].isna().sum() == 1, "the small group follows from the two others"


# Change over time


def signs(scale_id: str, period: str) -> pd.Series:
    question = shipped.rendering().study.scale(scale_id).change(period)
    assert question is not None
    return raw()[question.column].map(SIGNS)


def test_balances_are_those_of_the_export() -> None:
    shown = changed().balances.dropna(subset="balance")
    assert len(shown) > 15
    for row in shown.itertuples():
        given = signs(row.scale, row.period).dropna()
        assert row.n == len(given)
        assert row.balance == pytest.approx(100 * given.mean())
        assert row.positive == pytest.approx(100 * (given == 1).mean())
        assert row.negative == pytest.approx(100 * (given == -1).mean())
        assert row.positive + row.neutral + row.negative == pytest.approx(100)
        wald = 100 * given.std(ddof=0) / np.sqrt(len(given)) * stats.norm.isf(0.025)
        assert (row.high - row.low) / 2 == pytest.approx(wald, rel=0.05)  # half an answer more in each cell
        assert changed().numbers[row.key].value == pytest.approx(row.balance, abs=0.5)


def test_who_answered_twice_is_compared_as_a_pair() -> None:
    """Among those who answered for both periods, the change is the paired t test's."""
    rendering = shipped.rendering()
    scale, (first, second) = rendering.study.scales[0], rendering.study.periods[:2]
    a, b = signs(scale.id, first.id), signs(scale.id, second.id)
    both = a.notna() & b.notna()
    with shipped.exactly():
        found = change_findings(cut(rendering, both)).pairs
    row = found[found["scale"] == scale.id].iloc[0]
    expected = stats.ttest_rel(b[both], a[both])
    assert row["method"] == "paired"
    assert row["difference"] == pytest.approx(100 * float((b[both] - a[both]).mean()))
    interval = expected.confidence_interval(0.95)
    assert (row["low"], row["high"]) == pytest.approx((100 * interval.low, 100 * interval.high))
    assert row["p"] == pytest.approx(expected.pvalue)
    assert row["n_both"] == both.sum()


def test_periods_that_nobody_answered_both_of_are_not_compared() -> None:
    for row in changed().pairs.itertuples():
        assert (signs(row.scale, row.earlier).notna() & signs(row.scale, row.later).notna()).any()
    assert len(changed().pairs) == len(shipped.rendering().study.scales)


def safe(counts: pd.Series) -> bool:
    """Ten answers or more, no side from 1 to 4, and none with all but fewer than five."""
    n = int(counts.sum())
    return n >= 10 and not counts.between(1, 4).any() and counts.max() <= n - 5


def hidden_totals(rendering: Rendering) -> list[tuple[str, pd.Series]]:
    """Sides of the answers that follow for hidden groups together: (where, counts of better, same, worse)."""
    found, study, totals = change_findings(rendering), rendering.study, []
    for (scale, period, grouping), rows in found.groups.groupby(["scale", "period", "grouping"], sort=False):
        question = study.scale(scale).change(period)
        assert question is not None
        sides = {o.id: {"positive": 1, "negative": -1}.get(str(o.side), 0) for o in
                 study.response_sets[question.response_set].options}  # fmt: skip
        column = rendering.respondents[question.column].astype("object").map(sides)
        groups = rendering.respondents[study.column(grouping)].astype("object")
        shown = set(rows.loc[rows["balance"].notna(), "group"])
        for group in shown:
            counts = column[groups == group].value_counts().reindex([1, 0, -1], fill_value=0)
            assert safe(counts), (scale, period, group)
        rest = column[~groups.isin(shown)].dropna()
        if shown:
            totals.append((f"{scale} {period} {grouping}", rest.value_counts().reindex([1, 0, -1], fill_value=0)))
    return totals


@pytest.mark.parametrize("n", [1399, 240])
def test_no_group_s_answers_on_change_follow_from_the_others(n: int) -> None:
    totals = hidden_totals(cut(shipped.rendering(), slice(0, n)))
    assert len(totals) > 5
    for where, counts in totals:
        assert counts.sum() == 0 or safe(counts), where


# Little or nothing to tell


@pytest.mark.parametrize("n", [0, 1, 6, 12, 40])
@pytest.mark.parametrize("alike", [False, True])
def test_degenerate_answers_give_reasons(tmp_path: Path, n: int, alike: bool) -> None:
    rendering = made_up(libraries(tmp_path), n, alike=alike)
    for text in markdown(rendering):
        assert not NOTHING.search(text), text
    found = measurement_findings(rendering)
    if n < 10:
        assert (found.scales["reason"] == "fewer than 10 answers").all()
        assert found.scales[["alpha", "omega"]].isna().all(axis=None)
        assert (change_findings(rendering).balances["reason"] == "fewer than 10 answers").all()
        assert found.answers["n"].isna().all()
    if alike and n >= 12:
        assert found.scales["alpha"].isna().all()
        assert (found.scales["reason"] != "").all()


def test_few_respondents_of_the_shipped_study_give_reasons() -> None:
    for text in markdown(cut(shipped.rendering(), slice(0, 9))):
        assert not NOTHING.search(text), text
    assert measurement_findings(cut(shipped.rendering(), slice(0, 9))).missing["percent"].isna().all()


# The instrument, and what is run


def test_every_question_and_area_of_the_study_is_told(study: Study) -> None:
    questions = instrument_tables.instrument_questions(study)
    assert len(questions) == len(study.questions)
    assert set(questions["basis"]) <= {"stated", "implied", "inferred", "assumed"}
    text = instrument_tables.questions_table(study)
    assert all((question.label or question.short) in text for question in study.questions)
    sources = instrument_tables.category_sources(study)
    grouping = next(grouping for grouping in study.groupings if grouping.mapping)
    assert len(sources) == len(study.categories(grouping.derived_from))
    assert (sources["basis"] != "").all()
    assert (sources["note"] != "").all()
    assert sources.groupby("level", sort=False).ngroups == len(grouping.categories)
    assert instrument_tables.response_sets_table(study).count("missing: no answer") == 4


def test_runs_are_those_the_study_has_something_for(tmp_path: Path, study: Study) -> None:
    names = {run.name for run in runs_of(study)}
    assert {"instrument", "measurement", "change"} <= names
    assert "weighting" not in names
    small = libraries(tmp_path, "variable,category,share\nmember,yes,60\nmember,no,40\n")
    assert "weighting" in {run.name for run in runs_of(small)}
