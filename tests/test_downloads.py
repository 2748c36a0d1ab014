"""Files for readers: data tables, workbook and codebook, and that they say what kind of data they hold."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import shipped
from survey_report.codebook import codebook
from survey_report.downloads import download_links, write_downloads
from survey_report.execution import Run
from survey_report.findings.measuring import measurement_findings
from survey_report.marks import NOTICE
from survey_report.notebook import csv_text
from survey_report.rendering import Rendering
from survey_report.study import Study
from survey_report.workbook import Sheet, readable, workbook

RUNS, RECORDS = [Run("first", "theme", {})], [Run("register", "register", {})]


@pytest.fixture(scope="module")
def sheets() -> list[Sheet]:
    found = measurement_findings(shipped.rendering())
    theme = shipped.theme("strategic")
    frames = {"tbl-a": found.scales, "tbl-b": found.missing, "tbl-c": theme.items, "tbl-d": theme.pairs}
    formula = pd.DataFrame({"label": ["=1+1", "@sum", "-5"], "value": [1.5, None, 3]})
    frames |= {"tbl-e": formula, "tbl-f": formula.iloc[:0]}
    read = {label: pd.read_csv(io.StringIO(csv_text(frame))) for label, frame in frames.items()}
    return [Sheet(label, f"Caption of {label}", frame) for label, frame in read.items()]


def book(sheets: list[Sheet], study: Study, *, synthetic: bool = True) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(workbook(sheets, study, synthetic=synthetic)))


def texts(sheet: object) -> list[object]:
    return [cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None]  # type: ignore[attr-defined]


def test_the_workbook_has_a_cover_contents_notes_and_a_table_a_sheet(sheets: list[Sheet], study: Study) -> None:
    made = book(sheets, study)
    assert made.sheetnames == ["Cover", "Contents", "Notes", *(f"Table {n}" for n in range(1, 6))]
    assert made["Cover"]["A1"].value == f"{study.short_title}: tables"
    for number, sheet in enumerate(sheets[:5], 1):
        page = made[f"Table {number}"]
        assert page["A1"].value == sheet.caption
        assert len(page.tables) == 1, "marked as a table, so that screen readers find its headings"
        (table,) = page.tables.values()
        first, last = (part for part in table.ref.split(":"))
        assert page[first].value == readable(sheet.data, study).columns[0]
        low, high = page[first].row, page[last].row
        assert high - low == len(sheet.data)
        cells = [cell.value for row in page.iter_rows(min_row=low, max_row=high) for cell in row]
        assert None not in cells, "an empty cell says nothing"
    assert [row[1].value for row in made["Contents"].iter_rows() if str(row[0].value).startswith("Table ")][0:1] != [
        None
    ]


def test_every_sheet_says_that_the_data_are_synthetic(sheets: list[Sheet], study: Study) -> None:
    made = book(sheets, study)
    for name in made.sheetnames:
        if name != "Contents":
            assert any(NOTICE in str(text) for text in texts(made[name])), name
    for name in (real := book(sheets, study, synthetic=False)).sheetnames:
        assert not any("ynthetic" in str(text) for text in texts(real[name])), name


def test_no_cell_is_a_formula(sheets: list[Sheet], study: Study) -> None:
    made = book(sheets, study)
    cells = [cell for page in made for row in page.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    values = [cell.value for row in made["Table 5"].iter_rows(min_row=8) for cell in row]
    assert "=1+1" in values
    assert "[x]" in values
    assert 1.5 in values


def test_the_same_tables_give_the_same_bytes(sheets: list[Sheet], study: Study) -> None:
    first = workbook(sheets, study, synthetic=True)
    assert first == workbook(sheets, study, synthetic=True)
    with zipfile.ZipFile(io.BytesIO(first)) as parts:
        assert {part.date_time[0] for part in parts.infolist()} == {1980}
        core = parts.read("docProps/core.xml").decode()
    assert study.report_date.isoformat() in core


def test_the_codebook_tells_every_column_of_the_responses(study: Study) -> None:
    found, respondents = codebook(study).set_index("column"), shipped.rendering().respondents
    assert list(found.index) == list(respondents.columns)
    for name, column in respondents.items():
        row = found.loc[str(name)]
        assert (row[["type", "question", "answers", "missing", "base", "basis"]] != "").all(), name
        if isinstance(column.dtype, pd.CategoricalDtype):
            told = f"{row['answers']}; {row['missing']}"
            for code in column.cat.categories:
                assert f"{code} " in told, (name, code)
    item = study.scales[0].items[0]
    assert "very-good (5) = Very Good" in found.loc[item.column, "answers"]
    assert "dont-know = Don't Know" in found.loc[item.column, "missing"]
    asked = next(question for question in study.asked if question.asked_if and question.type == "change_over_time")
    assert found.loc[asked.column, "base"] != "everybody"


def laid_out(build: Path) -> None:
    data = build / "findings" / "data"
    data.mkdir(parents=True)
    (build / "numbers").mkdir()
    for label in ("tbl-one", "fig-one", "tbl-register", "tbl-stale"):
        (data / f"{label}.csv").write_text("label,value\nA,1\n", encoding="utf-8")
    for run, captions in (("first", {"tbl-one": "One", "fig-one": "Drawn"}), ("register", {"tbl-register": "All"})):
        (build / "numbers" / f"{run}.json").write_text(json.dumps({"captions": captions}), encoding="utf-8")


def rendering(*, synthetic: bool) -> Rendering:
    shown = shipped.rendering()
    return replace(shown, reading=replace(shown.reading, synthetic=synthetic))


def test_names_and_first_lines_say_synthetic(tmp_path: Path) -> None:
    laid_out(tmp_path)
    written = write_downloads(rendering(synthetic=True), RUNS, RECORDS, tmp_path)
    folder = tmp_path / "findings" / "downloads"
    assert sorted(path.name for path in folder.iterdir()) == sorted(path.name for path in written)
    tables = {"tbl-one.csv", "fig-one.csv", "tbl-register.csv", "codebook.csv", "tables.xlsx"}
    assert {path.name for path in written} == {f"synthetic-{name}" for name in tables}
    for path in folder.glob("*.csv"):
        assert path.read_text(encoding="utf-8").startswith(f"# {NOTICE}\n")
    assert pd.read_csv(folder / "synthetic-tbl-one.csv", comment="#").to_dict("list") == {"label": ["A"], "value": [1]}
    made = openpyxl.load_workbook(folder / "synthetic-tables.xlsx")
    assert made.sheetnames == ["Cover", "Contents", "Notes", "Table 1"]
    for link in download_links(shipped.rendering().study, synthetic=True).values():
        assert (folder / link.rpartition("/")[2].rstrip(")")).is_file()


def test_files_of_real_data_say_nothing_of_the_kind_and_old_ones_go(tmp_path: Path) -> None:
    laid_out(tmp_path)
    write_downloads(rendering(synthetic=True), RUNS, RECORDS, tmp_path)
    written = write_downloads(rendering(synthetic=False), RUNS, RECORDS, tmp_path)
    folder = tmp_path / "findings" / "downloads"
    assert {path.name for path in folder.iterdir()} == {path.name for path in written}
    assert (folder / "tbl-one.csv").read_text(encoding="utf-8").startswith("label,value\n")
    assert not [path for path in written if "synthetic" in path.name]
