"""What is told of a number and of the published figures in a table, with the study's own register."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import shipped
from survey_report.files import write_json, write_text
from survey_report.numbers import Number
from survey_report.register import load_register
from survey_report.site.floats import disclosure, same_data, with_checks
from survey_report.site.numbers import NumberFacts, page_data, read_facts
from survey_report.study_load import load_study

KEY, FIGURE = "services.mean.overall", "services-mean-overall"
MEAN = Number(KEY, 3.05, "3.05", "mean", 2, 1394, "tbl-services-means", "reproduced", FIGURE)
OWN = Number("services.n", 1399.0, "1,399", "count", 0, None, "tbl-services-items", "invented")


@pytest.fixture
def facts(tmp_path: Path) -> NumberFacts:
    register = load_register(load_study(shipped.STUDY))
    numbers = {number.key: number.as_dict() for number in (MEAN, OWN)}
    write_json(tmp_path / "results.json", {"numbers": numbers, "pairs": [], "synthetic": True})
    write_json(tmp_path / "numbers/theme-services.json", {"numbers": {KEY: {}}})
    lines = [["id", "published", "reproduced", "source", "status"], [FIGURE, "3.05", "3.05", "responses", "match"]]
    with (tmp_path / "reconciliation.csv").open("w", newline="") as handle:
        csv.writer(handle).writerows(lines)
    return read_facts(tmp_path, register)


def test_a_number_is_told_with_base_table_notebook_and_published_value(facts: NumberFacts) -> None:
    places = {
        "tbl-services-means": ("Table 3", "report/s/full.html#tbl-services-means"),
        "theme-services": ("N", "b/n.html"),
    }
    data = page_data([KEY, OWN.key, "no.such"], facts, places, "report/s/summary.html", "report/s/register.html")
    kind, base, table, run, rows = data["numbers"][KEY]
    assert (kind, base, table, run) == ("reproduced", 1394, "tbl-services-means", "theme-services")
    assert rows[0][:4] == [FIGURE, "3.05", "3.05", "match"]
    assert data["places"]["tbl-services-means"] == ["Table 3", "full.html#tbl-services-means"]
    assert data["places"]["theme-services"][1] == "../../b/n.html"
    assert data["register"] == "register.html"
    assert data["numbers"][OWN.key][4] == []
    assert "no.such" not in data["numbers"]


def test_published_figures_of_a_table_are_told_below_it_and_in_the_figure_of_the_same_data(facts: NumberFacts) -> None:
    link = '<a href="../../x/downloads/synthetic-fig-a.csv" class="data-link" aria-label="Data as CSV: Means">Data</a>'
    markup = f'<div id="fig-a" class="q"><figure><figcaption>Figure 1 {link}</figcaption></figure></div><p>Text</p>'
    made = with_checks(markup, "report/s/full.html", facts, {"fig-a": "tbl-services-means"}, {"fig-a": "n.html#fig-a"},
                       "report/s/register.html")  # fmt: skip
    assert '<a class="made-by" href="../../n.html#fig-a" aria-label="Notebook: Means">Notebook</a>' in made
    assert '</figure><details class="print-check"><summary>1 published figure here, matching' in made
    assert f'href="register.html#{FIGURE}"' in made
    assert with_checks(markup, "report/s/full.html", facts, {}, {}, "report/s/register.html") == markup


def test_a_figure_that_differs_is_not_counted_as_matching(facts: NumberFacts) -> None:
    (number, row), *_ = facts.of_source("tbl-services-means")
    other = type(row)(row.id, row.published, "9.99", "differs", row.where)
    told = disclosure([(number, row), (number, other)], "tbl-a", "register.html")
    assert "2 published figures here, 1 matching" in told


def test_a_figure_goes_with_the_table_of_the_same_data_only(tmp_path: Path) -> None:
    for name, text in (("fig-a", "x\n1\n"), ("tbl-b", "x\n1\n"), ("fig-c", "x\n2\n")):
        write_text(tmp_path / f"{name}.csv", text)
    assert same_data(tmp_path) == {"fig-a": "tbl-b"}
