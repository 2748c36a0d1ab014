"""A table of coded excerpts: what it holds, and every fault with its row and column."""

from __future__ import annotations

from pathlib import Path

import pytest

from survey_report.errors import UserError
from survey_report.qualitative.naming import Naming
from survey_report.qualitative.reading import read_corpus

HEADER = "source,method,service,role,area,code,coder,start,end,text,valence\n"
ROWS = """Answer 1,Survey,Health,,fife,Services > Waits,jane,0,15,Waits are long.,challenge
Answer 1,survey,Health,,fife,Services > Kindness,bob,,,"Staff are kind,
they say.",
Group A,focus groups,,,,Services > Waits,bob,3,3,,challenge
Group B,interview,,,,,,,,,

Answer 1,survey,Health,,fife,Services > Waits,jane,0,15,Waits are long.,challenge
"""


def written(tmp_path: Path, content: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "excerpts.csv"
    path.write_text(content, encoding=encoding)
    return path


def faults(tmp_path: Path, content: str) -> list[tuple[str, str, str]]:
    with pytest.raises(UserError) as raised:
        read_corpus(written(tmp_path, content))
    return [(problem.place, problem.value, problem.message) for problem in raised.value.problems]


def test_a_table(tmp_path: Path) -> None:
    corpus = read_corpus(written(tmp_path, HEADER + ROWS, "utf-8-sig"), Naming(values={"service": {"health": "h"}}))
    assert corpus.sources.drop(columns="text").to_numpy().tolist() == [
        ["answer-1", "Answer 1", "survey", "", "h", "", "", "fife"],
        ["group-a", "Group A", "focus group", "", "", "", "", ""],
        ["group-b", "Group B", "interview", "", "", "", "", ""],
    ]
    assert corpus.codes.to_numpy().tolist() == [
        ["services", "Services", "", "Services", ""],
        ["services-waits", "Waits", "services", "Services > Waits", "challenge"],
        ["services-kindness", "Kindness", "services", "Services > Kindness", ""],
    ]
    found = corpus.excerpts.fillna({"start": -1, "end": -1}).to_numpy().tolist()
    assert found == [
        ["answer-1", "services-kindness", "coder-2", -1, -1, "Staff are kind,\nthey say."],
        ["answer-1", "services-waits", "coder-1", 0, 15, "Waits are long."],
        ["group-a", "services-waits", "coder-2", 3, 3, ""],
    ]


def test_every_fault_is_named_with_its_row_and_column(tmp_path: Path) -> None:
    rows = """,walk,,,,A,,,,x,
a,survey,health,,,A,,1,,x,
a,survey,police,,,A > > B,,5,3,x,need
a,interview,health,,,A,,0,7,four,need
a,survey,health,,,,,,,said,
a,survey
"""
    assert faults(tmp_path, HEADER + rows[: rows.rindex("a,survey\n")]) == [
        ("row 2, column source", "", "is empty"),
        ("row 2, column method", "walk", "is no method"),
        ("row 3, column end", "", "should be a whole number"),
        ("row 4, column service", "police", "differs from another row of the source: row 3 says `health`"),
        ("row 4, column code", "A > > B", "has an empty name in its path"),
        ("row 4, column end", "3", "lies before the start, 5"),
        ("row 5, column method", "interview", "differs from another row of the source: row 3 says `survey`"),
        ("row 5, column valence", "need", "differs from another row of the code: row 2 says ``"),
        ("row 5, column end", "7", "is 7 characters after the start, but the text has 4"),
        ("row 6, column code", "", "is empty beside a text"),
    ]
    assert faults(tmp_path, HEADER + rows) == [("row 7", "2 cells instead of 11", "has another length")]


def test_faults_of_the_header(tmp_path: Path) -> None:
    assert faults(tmp_path, "source,methods,code,code,text\n") == [
        ("row 1", "", "column `method` is missing"),
        ("row 1", "methods", "is no column of this table"),
        ("row 1", "code", "stands there twice"),
    ]
    assert [place for place, _, _ in faults(tmp_path, "")] == ["row 1"] * 4


@pytest.mark.parametrize("content", [b'source,method\n"open', b"\xff\xfe\x00", b"a\x00b,\xe9\n"])
def test_a_file_that_is_no_table(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "excerpts.csv"
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"excerpts.csv: is not readable CSV in UTF-8"):
        read_corpus(path)
    with pytest.raises(UserError, match="there is no such file"):
        read_corpus(tmp_path / "none.csv")


def test_who_answered_is_told_by_a_column_and_in_no_message(tmp_path: Path) -> None:
    head = "source,method,respondent,code,text\n"
    corpus = read_corpus(
        written(tmp_path, head + "A1,survey,ann@x.example,Waits,one\nA2,survey,ann@x.example,Waits,two\n")
    )
    assert corpus.sources["respondent"].tolist() == ["ann@x.example"] * 2
    (fault,) = faults(tmp_path, head + "A1,survey,ann@x.example,Waits,one\nA1,survey,bob@x.example,Waits,two\n")
    assert fault == ("row 3, column respondent", "", "differs from another row of the source: row 2 says another")
