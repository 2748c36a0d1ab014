"""An intruder with all published tables learns nothing of small numbers, and much where nothing protects them."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from cells import attack
from knowledge import Knowledge, known

import shipped
from survey_report.disclosure import Policy
from survey_report.disclosure.sets import links_between, protect, raw_answers, study_sets
from survey_report.findings.changing import change_findings
from survey_report.findings.theme import theme_findings
from survey_report.notebook import csv_text
from survey_report.rendering import Rendering

SIDES = ["positive", "neutral", "negative"]
TABLES = ("knowledge", "cells", "distributions", "groups", "reading")
pytestmark = pytest.mark.slow


def unprotected() -> Rendering:
    """The shipped study with thresholds of nought, as a copied study could have them."""
    rendering = shipped.rendering()
    limits = replace(rendering.study.thresholds, min_group=0, min_cell=0, coarse_group=0)
    study = replace(rendering.study, thresholds=limits)
    return replace(rendering, study=study, policy=Policy(limits, rendering.policy.released))


def answers_of(rendering: Rendering) -> pd.DataFrame:
    sets = study_sets(rendering)
    return protect(raw_answers(rendering, sets), rendering.policy, links_between(sets))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The downloads that bear on answers of groups, with more digits than a site prints: an intruder may have them from
    elsewhere, and the answers of everybody."""
    folder = tmp_path_factory.mktemp("site")
    with shipped.exactly():
        for scale in shipped.rendering().study.scales:
            theme = theme_findings(shipped.rendering(), scale.id)
            for name, frame in (("items", theme.items), ("change", theme.changes)):
                if len(frame):
                    (folder / f"synthetic-tbl-{scale.id}-{name}.csv").write_text(csv_text(frame), encoding="utf-8")
        groups = csv_text(change_findings(shipped.rendering()).groups)
    (folder / "synthetic-tbl-change-groups.csv").write_text(groups, encoding="utf-8")
    people = shipped.people()
    everyone = people.data(people.breakdowns)
    (folder / "synthetic-tbl-respondents.csv").write_text(csv_text(everyone), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def protected() -> pd.DataFrame:
    return answers_of(shipped.rendering())


def test_the_intruder_knows_nothing_of_the_package() -> None:
    for name in TABLES:
        tree = ast.parse((Path(__file__).parent / f"{name}.py").read_text(encoding="utf-8"))
        names = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        names += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
        assert not [found for found in names if found.startswith("survey_report")]


def test_nothing_is_found_on_the_shipped_study(site: Path, protected: pd.DataFrame) -> None:
    found = known(site, shipped.STUDY, protected)
    assert len(found.totals) > 60
    assert found.sizes["local_authority", "na-h-eileanan-siar"] == 6
    assert attack(found) == []


def test_plenty_is_found_where_protection_is_off(site: Path) -> None:
    found = attack(known(site, shipped.STUDY, answers_of(unprotected())), every=6)
    assert len(found) > 300


def test_hiding_small_cells_alone_is_not_enough(site: Path, protected: pd.DataFrame) -> None:
    """With only the small cells of each row hidden they follow from the row, its set and the levels."""
    naive = answers_of(unprotected())
    counts = raw_answers(shipped.rendering(), study_sets(shipped.rendering()))
    counts = counts[counts["grouping"] != ""].reset_index(drop=True)
    naive[SIDES] = naive[SIDES].where(counts[SIDES] >= 5)
    naive[[f"rest_{side}" for side in SIDES]] = naive[[f"rest_{side}" for side in SIDES]].where(
        (counts[SIDES] >= 5).to_numpy()
    )
    found = [breach for breach in attack(known(site, shipped.STUDY, naive), every=6) if not breach.printed]
    assert len(found) > 100


def test_nothing_known_is_nothing_found() -> None:
    assert attack(Knowledge()) == []
