"""What a spreadsheet would take for a formula (after the OWASP page on CSV injection): = + - @, also after a tab."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_report.cells import as_given, harmless
from survey_report.errors import Problem
from survey_report.mapping.table import Row, write_mapping
from survey_report.notebook import csv_text
from survey_report.study_fields import read_table


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1"])
def test_formulas_are_made_harmless(text: str) -> None:
    assert harmless(text) == "'" + text
    assert as_given(harmless(text)) == text


@pytest.mark.parametrize("text", ["", "5", "-5", "+3.2", "-0.35%", "a=b", "Very good", "38 to 52", "'quoted'"])
def test_other_texts_stay(text: str) -> None:
    assert harmless(text) == text


@given(st.text())
def test_every_text_comes_back(text: str) -> None:
    assert as_given(harmless(text)) == text


@pytest.mark.parametrize(
    "text", ["-1", "+44", "-", "=", "@", "'=1", "''@x", "\t-2", "\r\n=1", "= 1", "-1 point", "'tis"]
)
def test_a_table_of_a_study_gives_texts_as_they_were(text: str, tmp_path: Path) -> None:
    with (tmp_path / "t.csv").open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerows([["label"], [harmless(text)]])
    problems: list[Problem] = []
    assert read_table(tmp_path / "t.csv", ["label"], problems) == [{"label": text}]
    assert not problems


def test_no_csv_of_the_project_holds_a_formula(tmp_path: Path) -> None:
    frame = pd.DataFrame({"label": ["=1+1", "fine"], "value": [-1.5, 2.0]})
    assert csv_text(frame) == "label,value\n'=1+1,-1.5\nfine,2.0\n"
    write_mapping(tmp_path / "m.csv", [Row("unused", column="=HYPERLINK(1)", text="@x")])
    with (tmp_path / "m.csv").open(encoding="utf-8", newline="") as handle:
        cells = [cell for row in csv.reader(handle) for cell in row]
    assert "'=HYPERLINK(1)" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "@"))]
