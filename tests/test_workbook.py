"""The workbook holds texts as they are: no link, no formula, no text that it refuses, whatever a label says."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace

import openpyxl
import pandas as pd

import shipped
from survey_report.workbook import Sheet, readable, workbook

TEXTS = [
    "[inaudible](laughs)",
    "[here]([web address]) and [click](javascript:alert(1))",
    "[click](https://evil.example/l)",
    "https://evil.example/",
    "中文",
    "العربية",
    "É",
    "=HYPERLINK(1)",
    "{=1+1}",
    "$$shown$$ $$nothing$$",
    "<r><t>rich</t></r>",
    "Plain, (brackets) [too]",
]


def test_every_text_stands_as_it_is_and_none_is_a_link_or_a_formula() -> None:
    study = shipped.rendering().study
    named = replace(study, title="[a](b) $$c$$", short_title="[a](http://b.example) 题", organisation="$$kinds$$")
    sheets = [
        Sheet(f"tbl-{number}", text, pd.DataFrame({"label": TEXTS, "n": range(len(TEXTS)), text: 1}))
        for number, text in enumerate(TEXTS)
    ]
    content = workbook(sheets, named, synthetic=False)
    book = openpyxl.load_workbook(io.BytesIO(content))
    for number, title in enumerate(TEXTS, 1):
        sheet = book[f"Table {number}"]
        cells = [str(cell.value) for row in sheet for cell in row]
        assert sheet["A1"].value.rstrip() == title
        assert [text for text in TEXTS if text not in {cell.rstrip() for cell in cells}] == []
        assert not any("$$" in cell for cell in cells if cell.rstrip() not in (*TEXTS,))
        assert not [cell for row in sheet for cell in row if cell.data_type == "f"]
    links = [cell.hyperlink for sheet in book for row in sheet for cell in row if cell.hyperlink]
    assert links
    assert all(link.target is None for link in links)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        whole = " ".join(archive.read(name).decode() for name in archive.namelist())
    assert not re.search("[\ue000\u200b]", whole)
    assert 'TargetMode="External"' not in whole
    assert next(cell.value for cell in book["Cover"]["A"]).startswith("[a](http://b.example) 题: tables")


def test_answers_with_the_same_words_head_columns_of_their_own() -> None:
    study = shipped.rendering().study
    one = study.response_sets["likert_5"]
    alike = replace(one, options=tuple(replace(option, answer="Yes") for option in one.options))
    data = pd.DataFrame({"label": ["a"], **{option.id: [1.0] for option in one.options}})
    content = workbook([Sheet("tbl-a", "A", data)], replace(study, response_sets={"likert_5": alike}), synthetic=False)
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Table 1"]
    heads = next([cell.value for cell in row] for row in sheet if row[0].value == "Label")
    assert heads == ["Label", "Yes", "Yes (2)", "Yes (3)", "Yes (4)", "Yes (5)"]


def test_columns_of_reasons_say_what_of() -> None:
    data = pd.DataFrame({"label": ["a"], "spread": ["few"], "reason": ["few"]})
    heads = list(readable(data, shipped.rendering().study).columns)
    assert heads == ["Label", "Why the spread is not shown", "Why a figure is not shown"]
