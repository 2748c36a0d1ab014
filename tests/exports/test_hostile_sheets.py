"""Small files that hold more than any memory does, or run without end: one plain problem each, before they are read."""

from __future__ import annotations

import random
import time
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pyreadstat
import pytest

from survey_report.errors import Problem, UserError
from survey_report.exports import sheet_limits, spreadsheet, spss
from survey_report.exports.assembling import MOST_COLUMNS
from survey_report.exports.read import read_export

NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
HEAD = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>Team</t></is></c><c r="B1" t="inlineStr"><is><t>Area</t></is></c></row>'
)


def workbook(path: Path, rows: str, strings: str = "") -> Path:
    """A spreadsheet whose only sheet has these rows, as XML, and whose shared texts are these."""
    book = openpyxl.Workbook()
    book.active["A1"] = "x"
    book.save(path.with_name("plain.xlsx"))
    with zipfile.ZipFile(path.with_name("plain.xlsx")) as plain, zipfile.ZipFile(path, "w", 8) as made:
        for name in plain.namelist():
            content = plain.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content = f"<worksheet {NAMESPACE}><sheetData>{rows}</sheetData></worksheet>".encode()
            made.writestr(name, content)
        if strings:
            made.writestr("xl/sharedStrings.xml", f"<sst {NAMESPACE}>{strings}</sst>")
    return path


def told(path: Path) -> Problem:
    """The one problem of a file that is not read; told at once."""
    begun = time.monotonic()
    with pytest.raises(UserError) as caught:
        read_export(path)
    assert time.monotonic() - begun < 5  # a second, where nothing else runs
    (problem,) = caught.value.problems
    assert problem.file == path.name
    assert problem.remedy
    return problem


def row(number: int, cells: str = "", attributes: str = "") -> str:
    return f'<row {attributes} r="{number}">{cells}</row>'


@pytest.mark.parametrize(
    "far",
    [
        row(2_000_000_000, '<c r="A2000000000"><v>1</v></c>'),
        row(2_000_000_000),
        row(1_048_577, '<c r="A1048577"><v>1</v></c>', 'spans="1:2"'),
        row(int("9" * 40)),
    ],
)
def test_a_row_that_no_sheet_has(far: str, tmp_path: Path) -> None:
    path = workbook(tmp_path / "far.xlsx", HEAD + far)
    assert path.stat().st_size < 8_000
    assert told(path).message == "has rows beyond row 1,048,576, the last one that a sheet can have"


def test_a_row_that_no_sheet_has_in_letters_that_the_look_misses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What opens the file counts as well."""
    monkeypatch.setattr(spreadsheet, "MOST_ROWS", 5000)
    path = workbook(tmp_path / "far.xlsx", HEAD + '<row spans=">" r="2000000000"></row>')
    assert "has rows beyond row" in told(path).message


def test_the_last_row_of_a_sheet_may_be_empty(tmp_path: Path) -> None:
    """As programs leave it that gave all rows a height."""
    rows = HEAD + row(2, '<c r="A2"><v>1</v></c><c r="B2"><v>2</v></c>') + row(1_048_576, "", 'ht="15"')
    assert read_export(workbook(tmp_path / "tall.xlsx", rows)).responses["Area"].tolist() == ["2"]


@pytest.mark.parametrize("part", ['<row r="2"/>', '<row r="2"><c r="A2"/></row>'])
def test_rows_without_end(part: str, tmp_path: Path) -> None:
    path = workbook(tmp_path / "rows.xlsx", HEAD + part * 200_000)
    assert "packed far more tightly" in told(path).message


def test_more_rows_than_a_sheet_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_limits, "MOST_ROWS", 1000)
    assert "has rows beyond row" in told(workbook(tmp_path / "rows.xlsx", HEAD + "<row/>" * 1001)).message


def test_a_cell_that_is_packed_tightly_and_one_that_is_not(tmp_path: Path) -> None:
    cell = '<row r="2"><c r="A2" t="inlineStr"><is><t>{}</t></is></c></row>'
    assert "packed far more" in told(workbook(tmp_path / "one.xlsx", HEAD + cell.format("x" * 3_000_000))).message
    letters = random.Random(1).randbytes(4_000_000).hex()
    assert "a cell has more than" in told(workbook(tmp_path / "other.xlsx", HEAD + cell.format(letters))).message


def test_shared_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(tmp_path / "one.xlsx", HEAD, "<si><t>x</t></si>" * 200_000)
    assert "packed far more tightly" in told(path).message
    monkeypatch.setattr(sheet_limits, "MOST_STRINGS", 10)
    path = workbook(tmp_path / "other.xlsx", HEAD, "<si><t>x</t></si>" * 11)
    assert "holds more than 10 different texts" in told(path).message


def test_cells_far_to_the_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(tmp_path / "one.xlsx", HEAD.replace("B1", "XFD1"))
    assert told(path).message == "has 16,384 columns, more than the 5,000 that are read"
    blank = "".join(row(number, f'<c r="XFD{number}" s="0"/>') for number in range(2, 40))
    assert read_export(workbook(tmp_path / "few.xlsx", HEAD + blank + row(40, '<c r="A40"><v>1</v></c>')))
    monkeypatch.setattr(spreadsheet, "MOST_BEYOND", 100_000)
    assert "beyond column 5,000 in many rows" in told(workbook(tmp_path / "many.xlsx", HEAD + blank)).message


def test_formats_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_limits, "MOST_ELEMENTS", 20)
    assert "that are no answers" in told(workbook(tmp_path / "formats.xlsx", HEAD)).message


@pytest.mark.parametrize("name", ["wide.csv", "wide.sav"])
def test_more_columns_than_a_survey_has(name: str, tmp_path: Path) -> None:
    frame = pd.DataFrame([[1.0] * (MOST_COLUMNS + 1)], columns=[f"q{n}" for n in range(MOST_COLUMNS + 1)])
    path = tmp_path / name
    frame.to_csv(path, index=False) if name.endswith("csv") else pyreadstat.write_sav(frame, str(path))
    assert told(path).message == "has 5,001 columns, more than the 5,000 that are read"


def test_cases_of_an_spss_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pyreadstat.write_sav(pd.DataFrame({"a": [1.0] * 100, "b": ["x"] * 100}), str(tmp_path / "a.zsav"), compress=True)
    assert len(read_export(tmp_path / "a.zsav").responses) == 100
    monkeypatch.setattr(spss, "LARGEST_UNPACKED", 16 * 99)
    assert "unpacks to more than" in told(tmp_path / "a.zsav").message


def test_memory_that_is_not_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    path = workbook(tmp_path / "a.xlsx", HEAD)
    monkeypatch.setattr(openpyxl, "load_workbook", fail)
    assert "needs more memory" in told(path).message


def test_marks_that_turn_the_order_of_letters_around_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Te\u202eam,Area\n\u2066gnp\u202e.exe\u2069,North\n", encoding="utf-8")
    assert read_export(tmp_path / "a.csv").responses["Team"].tolist() == ["gnp.exe"]
