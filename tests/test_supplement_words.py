"""Tables and sentences of the supplement say what the findings hold, and hold back what would tell of a few people."""

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
from survey_report import cluster_text, comparison_text
from survey_report import supplement_tables as tables
from survey_report.codebook import codebook
from survey_report.findings.changing import change_findings
from survey_report.findings.clustered import ClusteredLevels, clustered_findings
from survey_report.findings.comparing import Comparing, comparing_findings
from survey_report.findings.measuring import measurement_findings
from survey_report.findings.weighting import weighting_findings
from survey_report.instrument_tables import asked_text
from survey_report.marks import Style
from survey_report.numbers import format_number
from survey_report.results import study_facts
from survey_report.scales import scale_scores
from survey_report.study import Study

PLAIN = Style("csrr-2023", False)
MARGINS = "variable,category,share\nmember,yes,80\nmember,no,20\n"


@cache
def compared(scale: str) -> Comparing:
    return comparing_findings(shipped.rendering(), scale)


@cache
def clustered() -> ClusteredLevels:
    return clustered_findings(shipped.rendering(), "integration")


def rows_of(table: str) -> list[list[str]]:
    """Cells of a pipe table's lines, its two head lines left out."""
    lines = [line for line in table.split("\n") if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


# Pairs of groups


@pytest.mark.parametrize("scale", ["services", "support"])
def test_pairs_that_differ_stand_one_a_row_higher_group_first_and_the_others_in_a_line(scale: str) -> None:
    rendering, found = shipped.rendering(), compared(scale)
    scores = scale_scores(rendering.respondents, rendering.study.scale(scale), rendering.study)
    shown = dict(zip(found.groups["label"], found.groups["mean"], strict=True))
    sized = set(found.groups.loc[found.groups["n"].notna(), "label"])
    lines = iter(rows_of(comparison_text.differences_table(found, PLAIN)))
    for grouping in rendering.study.tested_groupings:
        groups = rendering.respondents[rendering.study.column(grouping.id)].astype("object")
        enough = [c for c in grouping.categories if (groups[scores.notna()] == c.id).sum() >= 10]
        samples = [scores[(groups == c.id) & scores.notna()].to_numpy() for c in enough]
        test = stats.tukey_hsd(*samples, equal_var=False)
        interval = test.confidence_interval()
        differ, others, near = set(), [], 0
        for i, a in enumerate(enough):
            for j, b in enumerate(enough[:i]):
                if unclear(scale, grouping.id, a.id, b.id, found.groups):
                    near += 1
                elif test.pvalue[i, j] < 0.05:
                    differ.add((a.label, b.label) if samples[i].mean() > samples[j].mean() else (b.label, a.label))
                elif min(len(samples[i]), len(samples[j])) >= 50 and {a.label, b.label} <= sized:
                    others.append((abs(test.statistic[i, j]), max(abs(interval.low[i, j]), abs(interval.high[i, j]))))
                else:  # what the means say that are shown, and no interval
                    others.append((abs(shown[a.label] - shown[b.label]), 0.0))
        head = next(lines)
        assert head[0] == f"**{grouping.label}**"
        assert {tuple(next(lines)[:2]) for _ in differ} == differ
        assert head[1] == f"{len(differ)} of {len(differ) + len(others) + near} differ" + (
            f", {near} not told" * (near > 0)
        )
        last = next(lines)
        assert last[2] == f"up to {max(size for size, _ in others):.2f}"
        furthest = max(end for _, end in others)
        assert last[3] == (f"within ±{furthest:.2f}" if furthest else "[not shown]{.hidden-value}")
        if near:
            assert "not told" in next(lines)[2]
    assert next(lines, None) is None


def unclear(scale: str, grouping: str, a: str, b: str, groups: pd.DataFrame) -> bool:
    """Whether the printed means of a pair with a small group leave open which is the higher one."""
    rows = groups[groups["grouping"] == grouping].set_index("group").loc[[a, b]]
    gap, reach = abs(rows["mean"].iloc[0] - rows["mean"].iloc[1]), rows["step"].sum() / 2
    return bool(rows["coarse"].any() and gap < reach - 1e-9 and scale not in ("relationships", "transitions"))


def test_the_test_by_areas_is_not_the_naive_one() -> None:
    lines = rows_of(cluster_text.clustered_table(clustered(), PLAIN))
    for row, cells in zip(clustered().tests.itertuples(), lines, strict=True):
        assert cells[3].endswith(f"p = {format_number(row.p, 'p', 3)}")
        assert cells[5] == format_number(row.naive_p, "p", 3)
    assert any(row.p != pytest.approx(row.naive_p, abs=0.01) for row in clustered().tests.itertuples())


def test_an_interval_to_either_side_of_nought_counts() -> None:
    pairs = clustered().pairs.copy()
    pairs[["low", "high"]] = (-0.1, 0.1)
    pairs.loc[pairs.index[0], ["low", "high"]] = (0.1, 0.3)
    pairs.loc[pairs.index[1:3], ["low", "high"]] = (-0.3, -0.1)
    text = cluster_text.alt_equivalence(replace(clustered(), pairs=pairs), PLAIN)
    assert "Three of the intervals lie wholly to one side of nought" in text


# Codebook and instrument


def test_answers_that_count_as_missing_stand_apart(study: Study) -> None:
    found = codebook(study).set_index("column")
    for scale in study.scales:
        for question in scale.items:
            row = found.loc[question.column]
            assert "dont-know" not in row["answers"]
            assert row["missing"] == (
                "dont-know = Don't Know; not-applicable = Not Applicable; empty = left blank or not asked"
            )


def test_a_question_says_every_condition_of_being_asked(study: Study) -> None:
    several = [question for question in study.questions if len(question.asked_if) > 1]
    assert several
    for question in several:
        parts = asked_text(question, study).split("; ")
        assert len(parts) == len(question.asked_if)
        for part, (name, category) in zip(parts, question.asked_if, strict=True):
            source = study.question(name)
            label = next(c.label for c in source.categories if c.id == category)
            assert part == f"{source.short}: {label}"


# Measurement


def test_the_number_of_complete_answers_is_held_back_where_few_left_something_out() -> None:
    rendering = shipped.rendering()
    scale = rendering.study.scales[0]
    given = raw()[[question.column for question in scale.items]].isin(
        ["Very Good", "Good", "Neither Good nor Poor", "Poor", "Very Poor"]
    )
    partly = given.any(axis=1) & ~given.all(axis=1)
    for few, shown in [(3, False), (5, True)]:
        kept = ~partly | (partly.cumsum() <= few)
        found = measurement_findings(cut(rendering, kept)).scales.set_index("scale").loc[scale.id]
        assert pd.notna(found["n"]) == shown
        assert pd.notna(found["alpha"])


def test_an_item_of_which_few_gave_an_answer_is_not_described() -> None:
    rendering = shipped.rendering()
    scale = rendering.study.scales[0]
    texts = raw()[[question.column for question in scale.items]]
    sides = texts.replace(
        {"Very Good": "+", "Good": "+", "Neither Good nor Poor": "0", "Poor": "-", "Very Poor": "-"}
    ).where(lambda frame: frame.isin(["+", "0", "-"]))
    some = sides.notna().all(axis=1)
    first = some & (some.cumsum() <= 60)
    counts = {column: sides.loc[first, column].value_counts() for column in sides}
    few = [column for column in sides if min(counts[column].get(side, 0) for side in "+0-") < 5]
    assert few
    assert len(few) < len(scale.items)
    found = measurement_findings(cut(rendering, first)).items
    found = found[found["scale"] == scale.id].set_index("item")
    for question in scale.items:
        row = found.loc[question.item]
        assert pd.isna(row["mean"]) == pd.isna(row["item_rest"]) == (question.column in few)
        assert bool(row["reason"]) == (question.column in few)


# Change over time


def test_those_without_a_group_do_not_follow_from_the_groups() -> None:
    """A hundred people without a level of integration: what they said is the total less what the levels said."""
    rendering = shipped.rendering()
    frame = rendering.respondents.copy()
    frame["integration"] = frame["integration"].mask(pd.Series(np.arange(len(frame)) < 100))
    found = change_findings(replace(cut(rendering, slice(None)), respondents=frame)).groups
    for place, rows in found[found["grouping"] == "integration"].groupby(["scale", "period"]):
        assert rows["balance"].isna().any(), place


def test_a_change_that_few_saw_from_both_ends_is_not_told() -> None:
    rendering = shipped.rendering()
    scale, (first, second) = rendering.study.scales[0], rendering.study.periods[:2]
    columns = [scale.change(period.id).column for period in (first, second)]  # type: ignore[union-attr]
    for both, shown in [(9, False), (30, True)]:
        frame = rendering.respondents.copy()
        twice = frame[columns].notna().all(axis=1)
        order = twice.cumsum()
        frame.loc[twice & (order > both) & (order % 2 == 0), columns[0]] = np.nan
        frame.loc[twice & (order > both) & (order % 2 == 1), columns[1]] = np.nan
        found = change_findings(replace(cut(rendering, slice(None)), respondents=frame))
        balances = found.balances[found.balances["scale"] == scale.id].set_index("period")["balance"]
        assert balances[[first.id, second.id]].notna().all()
        row = found.pairs[found.pairs["scale"] == scale.id].iloc[0]
        assert pd.notna(row["difference"]) == shown
        assert row["reason"] == ("" if shown else "fewer than 10 answers")


# Weighting


def test_differences_and_shares_are_weighted_less_unweighted(tmp_path: Path) -> None:
    one = made_up(libraries(tmp_path, MARGINS), 300)
    found = weighting_findings(one)
    for row in found.means.itertuples():
        assert row.difference == pytest.approx(row.weighted - row.unweighted)
        assert abs(row.difference) > 1e-6
    member = 100 * (one.respondents["member"].astype(str) == "yes").mean()
    cells = next(row for row in rows_of(tables.margins_table(found, PLAIN)) if row[1:2] != [""])
    assert cells[1:] == [format_number(member, "percent", 1), "80.0%", "80.0%"]
    assert cells[1] != cells[2]


# Marks


def test_numbers_below_nought_have_a_sign_and_hidden_ones_a_mark(study: Study) -> None:
    found = change_findings(shipped.rendering())
    text = tables.balances_by_group_table(found, PLAIN)
    shown = [number for key, number in found.numbers.items() if key.startswith("change.services.since_covid.service.")]
    assert any(number.value is not None and number.value < 0 for number in shown)
    for number in shown:
        if number.value is not None and number.value < 0:
            assert f"−{abs(number.value):.0f} (" in text
    everything = tables.missing_by_group_table(measurement_findings(shipped.rendering()), PLAIN)
    assert all(cell for row in rows_of(everything) for cell in row[1:] if not row[0].startswith("**"))


def test_the_words_on_answers_to_items_name_facts_of_the_study() -> None:
    study, words = shipped.rendering().study, (shipped.ROOT / "report/_items.qmd").read_text(encoding="utf-8")
    named = set(re.findall(r"var study\.(\w+)", words))
    assert named == {"min_cell", "coarse_group"}
    assert named <= set(study_facts(study))
    assert "its share is 0%" in words
