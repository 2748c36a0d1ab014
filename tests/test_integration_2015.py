"""The study of 2015: another instrument, no groups, few people; its figures reproduced from its own folder."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from survey_report.findings.people import people_findings
from survey_report.findings.theme import theme_findings
from survey_report.numbers import Number
from survey_report.reconciliation import Line, reconcile
from survey_report.rendering import Rendering, open_rendering
from survey_report.responses import read_responses
from survey_report.synthesis import synthesise

ROOT = Path(__file__).parents[1]
STUDY = ROOT / "studies" / "integration-2015"
DOUBTED = "y2015-partners-agree-pct"
# What print says of the answers to each statement: agree, neither, disagree, of 23 (paragraphs 64, 119, 126, 129).
PRINTED = {
    "disabled_children_transitions": (14, 5, 4),
    "negative_effects": (5, 9, 9),
    "partners_involved": (13, 3, 7),
    "sufficient_consideration": (10, 5, 8),
}


@pytest.fixture(scope="module")
def rendering(tmp_path_factory: pytest.TempPathFactory) -> Rendering:
    build = tmp_path_factory.mktemp("build")
    read_responses(STUDY, None, build)
    return open_rendering(STUDY, build)


def all_numbers(rendering: Rendering) -> Mapping[str, Number]:
    merged = dict(people_findings(rendering).numbers)
    for scale in rendering.study.scales:
        merged |= theme_findings(rendering, scale.id).numbers
    return merged


@pytest.fixture(scope="module")
def lines(rendering: Rendering) -> Mapping[str, Line]:
    return {line.figure.id: line for line in reconcile(rendering, all_numbers(rendering))}


def test_no_match_is_lost(lines: Mapping[str, Line]) -> None:
    computed = [line for line in lines.values() if line.figure.source in ("responses", "sessions")]
    assert {line.figure.id: line.status for line in computed if line.status != "match"} == {DOUBTED: "erratum"}
    assert lines[DOUBTED].reproduced == "57"
    assert Counter(line.status for line in lines.values()) == {"match": 31, "stated": 12, "erratum": 1}


def test_the_register_keeps_what_print_states(lines: Mapping[str, Line]) -> None:
    """The study's table names its rows in the pipeline's words; ids, values and places are those of print."""
    with (ROOT / "tests" / "data" / "figures-2015.csv").open(encoding="utf-8", newline="") as handle:
        printed = {row["id"]: row for row in csv.DictReader(handle)}
    assert printed.keys() == lines.keys()
    for name in ("value", "value_high", "relation", "where", "erratum"):
        assert {key: row[name] for key, row in printed.items()} == {
            key: getattr(line.figure, name) for key, line in lines.items()
        }


def test_answers_counted_by_hand_are_those_of_print(rendering: Rendering) -> None:
    with (STUDY / "data" / "synthetic-export.csv").open(encoding="utf-8", newline="") as handle:
        names, _, _, *rows = csv.reader(handle)
    assert len(rows) == 26
    for item, counts in PRINTED.items():
        answers = Counter(row[names.index(item)].removeprefix("Strongly ").casefold() for row in rows)
        assert (answers["agree"], answers["neither agree nor disagree"], answers["disagree"]) == counts
        assert answers[""] == 3


def test_three_classes_are_shown_because_they_are_public_and_single_answers_are_not(rendering: Rendering) -> None:
    partners = theme_findings(rendering, "partners")
    row = partners.items.iloc[0]
    assert row["shown"]
    assert row["merged"]
    assert partners.number("n_neither.partners_involved").value == 3
    closed = replace(rendering, policy=replace(rendering.policy, released=frozenset()))
    hidden = theme_findings(closed, "partners")
    assert not hidden.items.iloc[0]["shown"]
    assert hidden.number("n_neither.partners_involved").value is None


def test_nothing_is_compared_where_there_are_no_groups(rendering: Rendering) -> None:
    found = theme_findings(rendering, "services")
    assert found.groups.empty
    assert found.pairs.empty
    assert found.changes.empty


def test_the_export_is_made_from_the_study(rendering: Rendering, tmp_path: Path) -> None:
    synthesise(rendering.study, tmp_path / "made.csv", log=lambda _: None)
    assert (tmp_path / "made.csv").read_bytes() == (STUDY / "data" / "synthetic-export.csv").read_bytes()
