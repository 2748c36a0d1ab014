"""The reports before the intruder: pages and scripts show no more of groups than the downloads do."""

from __future__ import annotations

import csv
import re
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "attacker"))

from groups import given_away, printed_means
from knowledge import known, tables_under
from reading import exhibits_under, scripted, untold, untold_words

STUDY = Path("studies") / "csrr-2023"
# Tables of groups; tests over groups set several tables side by side.
GROUPS = re.compile(
    r"-(sizes|means|change-groups|missing-groups|demographics|areas|respondents|levels|raised)$|^fig-.*-groups$"
)
pytestmark = pytest.mark.slow


def test_reports_show_no_more_of_groups_than_their_downloads(built: Path) -> None:
    site = built / "_site"
    with (built / STUDY / "published.csv").open(encoding="utf-8", newline="") as handle:
        public = frozenset(row["id"] for row in csv.DictReader(handle))
    of_groups = {one.label for one in exhibits_under(site) if one.rows and GROUPS.search(one.label)}
    assert len(of_groups) > 10
    assert untold(site, GROUPS, public, rows=False) == []
    assert untold_words(site, re.compile("^fig-")) == []


def test_scripts_carry_figures_of_the_downloads_alone(built: Path) -> None:
    site = built / "_site"
    held = np.concatenate(
        [table.select_dtypes("number").to_numpy(float).ravel() for table in tables_under(site).values()]
    )
    carried = scripted(site)
    assert len(carried) > 500
    assert not set(np.round(carried, 4)) - set(np.round(held[~np.isnan(held)], 4))


def test_groups_of_few_answers_have_many_distributions(built: Path) -> None:
    tables = tables_under(built / "_site")
    assert len(printed_means(tables)) > 10
    assert given_away(known(built / "_site", built / STUDY), tables) == []


def test_what_is_private_lies_in_no_site(built: Path) -> None:
    published = list((built / "_site").rglob("*"))
    assert len(published) > 100
    for path in published:
        assert path.suffix not in {".parquet", ".ipynb"}, path
        assert path.name != "results.json"
        if path.is_file() and path.suffix in {".html", ".csv", ".js", ".txt", ".json"}:
            assert not re.search(r"private/|(answers|protected)\.parquet", path.read_text(encoding="utf-8")), path
