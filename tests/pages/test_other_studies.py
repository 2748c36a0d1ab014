"""Other studies beside the default one: each a site of its own, the default one untouched."""

from __future__ import annotations

import csv
import shutil
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from checkout import build, digests

from survey_report.study_load import load_study
from survey_report.synthesis import synthesise

sys.path.insert(0, str(Path(__file__).parents[1] / "synthesis"))
from second_study import write_second_study

pytestmark = pytest.mark.heavy


def page(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "lxml")


def default_files(folder: Path) -> dict[str, str]:
    found = {**digests(folder / "_site"), **digests(folder / "_build" / "csrr-2023")}
    return found | {"_variables.yml": (folder / "_variables.yml").read_text(encoding="utf-8")}


@pytest.fixture(scope="module")
def older(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the study of 2015, built beside the default one, which must not change."""
    folder = shutil.copytree(built, tmp_path_factory.mktemp("older") / "checkout")
    before = default_files(folder)
    done = build(folder, study="integration-2015")
    assert done.returncode == 0, done.stderr[-3000:]
    assert default_files(folder) == before
    return folder / "_build" / "integration-2015" / "site"


def test_the_older_study_has_a_report_of_its_own(older: Path) -> None:
    report = page(older / "report" / "integration-2015" / "short-report.html")
    captions = [caption.get_text() for caption in report.select("figcaption")]
    assert len([text for text in captions if text.startswith("Figure")]) == 3
    assert (older / "report" / "integration-2015" / "short-report.pdf").read_bytes().startswith(b"%PDF")
    words = report.get_text(" ", strip=True)
    for words_of_print in ("14 of 23", "61%", "13 of 23", "39%"):
        assert words_of_print in " ".join(words.split())
    assert not (older / "report" / "csrr-2023").exists()


def test_its_register_is_its_own(older: Path) -> None:
    register = page(older / "report" / "integration-2015" / "register.html")
    assert "31 of 32 figures computed from answers or session tables match." in register.get_text(" ")
    assert register.find(id="y2015-disabled-transitions-agree-n")
    assert not register.find(id="respondents-complete-n")
    report = page(older / "report" / "integration-2015" / "short-report.html")
    link = next(a for a in report.select("a.reproduced") if a.get_text() == "14")
    assert link["href"] == "../../report/integration-2015/register.html#y2015-disabled-transitions-agree-n"


def test_its_navigation_names_its_pages_only(older: Path) -> None:
    index = page(older / "index.html")
    targets = {a["href"].lstrip("./").partition("#")[0] for a in index.select("a[href]") if ".html" in a["href"]}
    assert {"report/integration-2015/short-report.html", "report/integration-2015/register.html"} <= targets
    assert all((older / target).is_file() for target in targets)


def test_a_study_without_documents_gets_the_general_report(built_copy: Path) -> None:
    before = default_files(built_copy)
    folder = write_second_study(built_copy / "studies")
    with (folder / "published.csv").open(encoding="utf-8", newline="") as handle:
        means = [row for row in csv.DictReader(handle) if row["measure"] == "mean"]
    assert means
    study = load_study(folder)
    synthesise(study, folder / study.export.file, log=lambda _: None)
    done = build(built_copy, study=study.id)
    assert done.returncode == 0, done.stderr[-3000:]
    assert default_files(built_copy) == before
    site = built_copy / "_build" / study.id / "site" / "report" / study.id
    report = page(site / "full-report.html")
    titles = [heading.get_text(" ", strip=True) for heading in report.select("h1, h2")]
    for title in ("Respondents", "Borrowing", "Visits", "Differences between groups", "Change over time"):
        assert any(title in heading for heading in titles), title
    assert "2.81" in report.get_text(" ")
    assert "?@" not in report.get_text()
    tables = page(site / "supplementary.html")
    # Overview; items and three of comparisons of two scales, change of one; questions, answers; every answer; balances,
    # also by group; missing answers, also by group; consistency of scales and items.
    shown = [table for table in tables.select("table") if not table.find_parent(class_="print-check")]
    assert len(shown) == 10 + 2 + 1 + 2 + 2 + 2
    assert "nan" not in {cell.get_text(strip=True) for cell in tables.select("td")}
    downloads = built_copy / "_build" / study.id / "site" / "_build" / study.id / "findings" / "downloads"
    assert (downloads / "synthetic-tables.xlsx").is_file()
    for name in ("full-report", "supplementary"):
        assert (site / f"{name}.pdf").is_file()
