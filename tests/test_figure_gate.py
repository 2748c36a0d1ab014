"""The gate of the build: what this project prints passes the checks, and what contradicts itself does not pass."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import shipped
from survey_report.errors import Problem, UserError
from survey_report.execution import runs_of
from survey_report.figure_checks import check_figures
from survey_report.figure_checks.gate import check_build, number_problems, table_problems
from survey_report.figure_checks.own_results import figures_of_results
from survey_report.figure_checks.own_tables import READERS, reader_of
from survey_report.findings.levels import Levels, level_findings
from survey_report.findings.people import People, people_findings
from survey_report.findings.theme import Theme, theme_findings
from survey_report.notebook import csv_text
from survey_report.numbers import Number
from survey_report.study import Study

Tables = dict[str, pd.DataFrame]
Records = list[list[str]]
WriteExport = Callable[..., Path]


def as_read(frame: pd.DataFrame) -> pd.DataFrame:
    """A table as the gate reads it from its data file."""
    return pd.read_csv(io.StringIO(csv_text(frame)))


def tables_of(people: People, themes: Iterable[Theme], levels: Levels) -> tuple[Tables, dict[str, Number]]:
    """The data tables that the notebooks write, under their labels, and all numbers."""
    numbers = dict(people.numbers)
    tables = {
        "tbl-flow": as_read(people.data(people.flow)),
        "tbl-respondents": as_read(people.data(people.breakdown(*people.main_groupings))),
        "tbl-areas": as_read(people.data(people.breakdown(*people.areas))),
        "tbl-levels": as_read(people.data(people.breakdown(*people.derived))),
        "tbl-demographics": as_read(people.data(people.breakdown(*people.further))),
        "tbl-focus-groups": as_read(people.data(people.by_method("focus_group"))),
        "tbl-interviews": as_read(people.data(people.by_method("interview"))),
    }
    for theme in themes:
        scale = theme.scale
        numbers |= theme.numbers
        tables[f"tbl-{scale.id}-items"] = as_read(theme.items)
        tables[f"tbl-{scale.id}-means"] = as_read(theme.groups)
        tables[f"tbl-{scale.id}-change"] = as_read(theme.changes)
        tables[f"tbl-{scale.id}-pairs"] = as_read(theme.pairs)
    tables["tbl-integration"] = as_read(levels.rows)
    return tables, numbers | dict(levels.numbers)


@cache
def shipped_tables() -> tuple[Mapping[str, pd.DataFrame], Mapping[str, Number]]:
    return tables_of(shipped.people(), shipped.themes(), shipped.levels("integration"))


def problems_with(label: str, table: pd.DataFrame) -> list[Problem]:
    return list(table_problems({label: table}, shipped_tables()[1], shipped.rendering().study))


def test_all_tables_are_read_and_agree(study: Study) -> None:
    tables, numbers = shipped_tables()
    readers = {label: reader_of(table) for label, table in tables.items()}
    assert [label for label, reader in readers.items() if reader is None] == []
    assert set(readers.values()) == set(READERS.values())
    assert list(table_problems(tables, numbers, study)) == []
    assert list(number_problems(numbers, study)) == []


# Label, row, column, wrong value, and what the arithmetic says.
BROKEN = [
    ("tbl-respondents", 0, "n", 120.0, "120 of 1,399 is 8.578%"),
    ("tbl-respondents", 0, "n", 120.0, "the counts add to 1,400"),
    ("tbl-respondents", 0, "n", 118.0, "the counts add to 1,398"),
    ("tbl-respondents", 0, "pct", 8.6, "119 of 1,399 is 8.506%"),
    ("tbl-areas", 4, "pct", float("nan"), "106 of 1,399 is 7.577%"),
    ("tbl-services-items", 0, "positive", 70.0, "is not 100.00"),
    ("tbl-services-items", 0, "very-good", 1, "1.00 + 59.00 is not 74.00"),
    ("tbl-services-change", 0, "n", 67, "no whole number of 67 answers"),
    ("tbl-services-means", 0, "mean", 5.2, "answers run from 1 to 5"),
    ("tbl-services-means", 0, "mean", 4.4, "its interval runs from"),
    ("tbl-services-means", 0, "n", 400, "the group has 119 respondents"),
    ("tbl-services-means", 6, "mean", 3.3, "the group means, weighted, give"),
    ("tbl-integration", 0, "mean", 3.15, "the group means, weighted, give"),
    ("tbl-services-pairs", 0, "difference", 2.0, "its interval runs from"),
    ("tbl-services-pairs", 0, "p", 1.2, "p lies between 0 and 1"),
    ("tbl-services-pairs", 0, "significant", True, "p is"),
    ("tbl-services-pairs", 0, "significant", True, "the interval runs from"),
    ("tbl-services-pairs", 0, "difference", 0.25, "less"),
    ("tbl-focus-groups", 0, "value", 17.0, "the lines above add to 67"),
    ("tbl-flow", 5, "value", 400.0, "left out and kept add to 1,799"),
    ("tbl-flow", 7, "value", 1400.0, "only 1,399 were kept"),
]


@pytest.mark.parametrize(("label", "row", "column", "value", "arithmetic"), BROKEN)
def test_a_wrong_cell_is_named(label: str, row: int, column: str, value: Any, arithmetic: str) -> None:
    table = shipped_tables()[0][label].copy()
    table[column] = table[column].astype("object")
    table.loc[row, column] = value
    found = [problem for problem in problems_with(label, table) if arithmetic in problem.message]
    assert found, [str(problem) for problem in problems_with(label, table)]
    assert all(problem.file == f"{label}.csv" and problem.place and problem.value for problem in found)


def test_options_add_to_their_side() -> None:
    """Fifty answers moved from one side's option to the other's side leaves 100 as it was."""
    table = shipped_tables()[0]["tbl-services-items"].copy()
    people = table.loc[0, "n"]
    for side, more in (("positive", 1), ("negative", -1)):
        count = round(table.loc[0, side] * people / 100)
        table.loc[0, side] = round(100 * (count + more * 50) / people)
    texts = [f"{problem.place}: {problem.message}" for problem in problems_with("tbl-services-items", table)]
    assert len(texts) == 2
    assert "positive" in texts[0]
    assert "negative" in texts[1]


@pytest.mark.parametrize(
    ("label", "columns"),
    [
        ("tbl-respondents", ["n", "pct"]),
        ("tbl-services-items", ["n"]),
        (
            "tbl-services-items",
            ["positive", "neutral", "negative", "very-good", "good", "neither", "poor", "very-poor"],
        ),
        ("tbl-services-means", ["n"]),
        ("tbl-services-means", ["n", "mean", "low", "high"]),
        ("tbl-flow", ["value"]),
        ("tbl-interviews", ["value"]),
    ],
)
def test_hidden_cells_are_passed_over(label: str, columns: list[str]) -> None:
    table = shipped_tables()[0][label].copy()
    for row in range(len(table)):
        hidden = table.copy()
        for column in columns:
            hidden[column] = hidden[column].astype("float")
            hidden.loc[row, column] = float("nan")
        assert problems_with(label, hidden) == []


def test_tables_of_another_form_are_passed_over() -> None:
    table = pd.DataFrame({"what": ["a"], "name": ["b"], "digest": ["c"]})
    assert reader_of(table) is None
    assert problems_with("tbl-digests", table) == []


def altered(key: str, **changes: Any) -> dict[str, Number]:
    numbers = dict(shipped_tables()[1])
    numbers[key] = replace(numbers[key], **changes)
    return numbers


@pytest.mark.parametrize(
    ("key", "changes", "arithmetic"),
    [
        ("respondents.n.service.health", {"value": 208.0, "text": "208"}, "208 of 1,399 is 14.868%"),
        ("respondents.pct.service.health", {"value": 14.7, "text": "14.7%"}, "207 of 1,399 is 14.796%"),
        ("respondents.n.sector.public", {"value": 1217.0, "text": "1,217"}, "add to 1,398, the total is 1,399"),
        ("services.pct_positive.waiting_time", {"value": 90.0, "text": "90%"}, "three classes"),
        ("services.pct_worse.since_covid", {"value": 60.0, "text": "60%"}, "three classes"),
        ("services.mean.overall", {"value": 5.2, "text": "5.20"}, "the scale runs from 1 to 5"),
        ("services.n_items_at_least_50", {"value": 8.0, "text": "8"}, "by the printed shares"),
        ("services.n_items_below_50", {"value": 0.0, "text": "0"}, "by the printed shares"),
        ("integration.n_tables_compared", {"text": "8"}, "the number is 7"),
        ("support.mean.overall", {"text": "3.56"}, "the number is 3.65"),
    ],
)
def test_a_wrong_number_is_named(key: str, changes: dict[str, Any], arithmetic: str, study: Study) -> None:
    found = list(number_problems(altered(key, **changes), study))
    assert any(arithmetic in problem.message for problem in found), [str(problem) for problem in found]
    assert all(problem.file == "results.json" for problem in found)
    assert any(key in problem.place for problem in found)


def test_group_means_bind_the_overall_mean_only_where_they_hold_everybody() -> None:
    """People who gave no group belong to the overall mean and to no row of the table."""
    table = shipped_tables()[0]["tbl-services-means"]
    overall = shipped_tables()[1]["services.mean.overall"]
    assert overall.base is not None
    study = shipped.rendering().study
    for more, faults in ((0, True), (5, False)):
        numbers = altered("services.mean.overall", value=3.5, text="3.50", base=overall.base + more)
        assert bool(list(table_problems({"tbl-services-means": table}, numbers, study))) is faults


def test_what_is_only_likely_stops_no_build(study: Study) -> None:
    """That half of each group answered is no certainty; a mean that this alone rules out passes here."""
    numbers = altered("services.mean.overall", value=2.9, text="2.90")
    for key, number in numbers.items():
        if key.startswith("services.mean.") and key.split(".")[2] not in ("overall", "sector"):
            numbers[key] = replace(number, value=None, text="not shown", kind="hidden")
    found = check_figures(figures_of_results(numbers, study)).findings
    assert [finding.certainty for finding in found] == ["likely"]
    assert list(number_problems(numbers, study)) == []


def test_hidden_numbers_are_passed_over(study: Study) -> None:
    """A hidden category takes its table's total with it: the shown ones need not add to it."""
    for key in ("respondents.n.service.health", "services.pct_positive.waiting_time", "services.mean.overall"):
        hidden = altered(key, value=None, text="not shown", kind="hidden", base=None)
        assert list(number_problems(hidden, study)) == []
    figures = figures_of_results(shipped_tables()[1], study)
    assert {one.measure for one in figures.rows} >= {"n", "pct", "n_total", "n_base", "mean", "pct_positive"}


@pytest.mark.slow
@pytest.mark.parametrize("size", [16, 40, 150])
def test_small_exports_pass(size: int, export_rows: Records, write_export: WriteExport) -> None:
    """Exports of few people, with much hidden, raise no false alarm."""
    rows = export_rows[:3] + random.Random(size).sample(export_rows[3:], size)
    rendering = shipped.rendering_of(write_export(rows))
    themes = [theme_findings(rendering, scale.id) for scale in rendering.study.scales]
    tables, numbers = tables_of(people_findings(rendering), themes, level_findings(rendering, "integration"))
    assert list(table_problems(tables, numbers, rendering.study)) == []
    assert list(number_problems(numbers, rendering.study)) == []


@pytest.fixture
def build(tmp_path: Path, study: Study) -> Path:
    """A build folder with the numbers and tables of the findings."""
    tables, numbers = shipped_tables()
    (tmp_path / "numbers").mkdir()
    (tmp_path / "findings" / "data").mkdir(parents=True)
    first, *others = [run.name for run in runs_of(study)]
    for name in others:
        (tmp_path / "numbers" / f"{name}.json").write_text(
            '{"numbers": {}, "pairs": [], "orders": []}', encoding="utf-8"
        )
    content = {"numbers": {key: number.as_dict() for key, number in numbers.items()}, "pairs": []}
    (tmp_path / "numbers" / f"{first}.json").write_text(json.dumps(content), encoding="utf-8")
    for label, table in tables.items():
        table.to_csv(tmp_path / "findings" / "data" / f"{label}.csv", index=False)
    return tmp_path


def test_the_gate_reads_a_build_and_stops_it(build: Path, study: Study) -> None:
    runs = [run.name for run in runs_of(study)]
    tables, numbers = shipped_tables()
    assert check_build(build, runs, study) == (len(tables), len(numbers))
    path = build / "findings" / "data" / "tbl-respondents.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("119,8.5", "191,8.5"), encoding="utf-8")
    with pytest.raises(UserError) as caught:
        check_build(build, runs, study)
    assert {problem.file for problem in caught.value.problems} == {"tbl-respondents.csv"}
    assert any("191 of 1,399 is 13.653%" in problem.message for problem in caught.value.problems)


def test_results_are_not_written_from_findings_that_contradict_themselves(
    build: Path, study: Study, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from survey_report import cli, rendering

    monkeypatch.setattr(cli, "_build", lambda options: build)
    monkeypatch.setattr(rendering, "open_rendering", lambda folder, place: shipped.rendering())
    path = build / "findings" / "data" / "tbl-services-means.csv"
    table = pd.read_csv(path)
    table.loc[0, "mean"] = 4.4
    table.to_csv(path, index=False)
    assert cli.main(["results", "--study", str(study.folder)]) == 2
    told = capsys.readouterr().err
    assert "tbl-services-means.csv" in told
    assert "its interval runs from" in told
    assert not (build / "results.json").exists()
