"""Spellings: which differences count, which are accepted and listed, and that no two answers are taken for one."""

from __future__ import annotations

import csv
import json
import shutil
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_report.cleaning import clean
from survey_report.cli import main
from survey_report.errors import UserError
from survey_report.escaping import visible
from survey_report.export_check import accepted_spellings, answer_codes, check_export
from survey_report.exports.read import read_export
from survey_report.responses import read_responses
from survey_report.spelling import spelling
from survey_report.study import Study
from survey_report.study_load import load_study

HEADER_ROWS = 3
Records = list[list[str]]
WriteExport = Callable[..., Path]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Don't Know", "don’t know"),
        ("Don't Know", "DON`T  KNOW"),
        ("Don't Know", "Donʼt\u00a0Know"),
        ("1-3 years", "1–3 years"),
        ("1-3 years", "1—3\u202fyears"),
        ("1-3 years", "1\u20113 years"),
        ('the "third" sector', "The “Third” Sector"),
        ('the "third" sector', "the «third» sector"),
        ("Café", "CAFE\u0301"),
        ("Straße", "STRASSE"),
        ("co-operate", "co\u2011oper\u00adate"),
        ("Good", "\ufeff Good\u200b\n"),
    ],
)
def test_spellings_that_are_one(one: str, other: str) -> None:
    assert spelling(one) == spelling(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Good", "Goods"), ("1-3", "1 - 3"), ("1-3", "13"), ("Café", "Cafe"), ("Don't", "Dont"), ("a;b", "a,b"),
     ("'x'", '"x"'), ("5", "5.0"), ("", "-")],
)  # fmt: skip
def test_spellings_that_are_two(one: str, other: str) -> None:
    assert spelling(one) != spelling(other)


TEXTS = st.text(st.characters(codec="utf-8"), max_size=30)


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(text=TEXTS)
def test_a_spelling_is_its_own_spelling(text: str) -> None:
    assert spelling(spelling(text)) == spelling(text)
    assert spelling(text.upper()) == spelling(text.upper().lower())


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(text=TEXTS, form=st.sampled_from(["NFC", "NFD"]), space=st.sampled_from([" ", "\u00a0", " \t ", "\u3000"]))
def test_what_nobody_sees_makes_no_difference(text: str, form: str, space: str) -> None:
    seen = unicodedata.normalize(form, space.join(["", *text.split(), ""]))  # type: ignore[arg-type]
    assert spelling(seen) == spelling(text)


def test_no_two_answers_of_the_study_are_spelled_alike(study: Study) -> None:
    for question in study.asked:
        options = question.categories
        if question.response_set:
            answers = study.response_sets[question.response_set]
            assert len(answer_codes(question, study)) == len(answers.options) + len(answers.missing)
        elif question.type != "open":
            assert len(answer_codes(question, study)) == len(options)


def test_two_answers_that_are_spelled_alike_are_a_fault_of_the_study(study: Study, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(study.folder, tmp_path / study.id))
    table = (folder / "categories.csv").read_text("utf-8")
    for old, new in ((",under 1 year\n", ",1-3 years\n"), (",1 to 3 years\n", ",1–3 Years\n")):
        assert old in table
        table = table.replace(old, new, 1)
    (folder / "categories.csv").write_text(table, "utf-8")
    with pytest.raises(UserError) as caught:
        load_study(folder)
    (problem,) = caught.value.problems
    assert (problem.place, problem.value, problem.message) == ("tenure, answer", "1-3 years", "stands twice")


# In an export


@pytest.fixture
def records(export_rows: Records) -> Records:
    """The header and ten finished responses. To be changed at will."""
    done = export_rows[0].index("Finished")
    return [
        list(row) for row in (*export_rows[:HEADER_ROWS], *[row for row in export_rows if row[done] == "True"][:10])
    ]


def put(records: Records, row: int, column: str, value: str) -> None:
    records[row - 1][records[0].index(column)] = value


def test_accepted_spellings_are_listed(records: Records, write_export: WriteExport, study: Study) -> None:
    for row in range(4, 14):
        put(records, row, "services_waiting_time", "Don't Know")
        put(records, row, "service", "health")
        put(records, row, "services_open_challenges", "Very  Good")
    expected = clean(read_export(write_export(records)), study)[0]
    assert accepted_spellings(read_export(write_export(records)), study).empty
    for row, text in ((5, "don’t know"), (6, "don’t know"), (7, "Don't  Know"), (8, " don’t  know"), (9, "DON`T KNOW")):
        put(records, row, "services_waiting_time", text)
    put(records, 5, "service", "Health\u00a0")
    put(records, 5, "Finished", "WAHR")
    put(records, 6, "Finished", "TRUE")
    put(records, 7, "Finished", "1")
    put(records, 8, "Status", "ip address")
    export = read_export(write_export(records))
    assert check_export(export, study) == []
    assert clean(export, study)[0].equals(expected)
    found = accepted_spellings(export, study)
    assert found.dtypes.astype(str).to_dict() == {"column": "str", "found": "str", "taken_as": "str", "rows": "int64"}
    assert [tuple(row) for row in found.itertuples(index=False)] == [
        ("services_waiting_time", " don’t  know", "Don't Know", 1),
        ("services_waiting_time", "DON`T KNOW", "Don't Know", 1),
        ("services_waiting_time", "Don't  Know", "Don't Know", 1),
        ("services_waiting_time", "don’t know", "Don't Know", 2),
        ("service", "Health\u00a0", "health", 1),
        ("Finished", "TRUE", "True", 1),
        ("Finished", "WAHR", "True", 1),
        ("Status", "ip address", "IP Address", 1),
    ]


def test_an_unknown_answer_is_no_accepted_spelling(records: Records, write_export: WriteExport, study: Study) -> None:
    put(records, 5, "services_waiting_time", "Very  Gud")
    put(records, 6, "services_waiting_time", "Very  Good")
    export = read_export(write_export(records))
    assert accepted_spellings(export, study)["found"].tolist() == ["Very  Good"]
    assert [problem.value for problem in check_export(export, study)] == ["Very Gud"]


def test_people_s_own_words_are_not_listed(records: Records, write_export: WriteExport, study: Study) -> None:
    for row in range(4, 14):
        put(records, row, "services_open_challenges", f"Secret  {row}  DON'T KNOW")
    export = read_export(write_export(records))
    assert accepted_spellings(export, study).empty


def test_a_refusal_in_another_spelling_is_a_refusal(records: Records, write_export: WriteExport, study: Study) -> None:
    put(records, 5, "consent", "NO\u00a0")
    put(records, 6, "Status", "SURVEY  PREVIEW")
    put(records, 7, "DistributionChannel", "Test ")
    few = replace(study, thresholds=replace(study.thresholds, min_group=7))
    _, flow = clean(read_export(write_export(records)), few)
    assert (flow.refused, flow.previews, flow.tests, flow.complete) == (1, 1, 1, 7)


def test_a_declaration_in_another_spelling_is_one(records: Records, write_export: WriteExport, study: Study) -> None:
    from survey_report.cleaning import is_synthetic

    for row in range(4, 14):
        put(records, row, study.export.synthetic_column, "SYNTHETIC\u00a0" if row == 8 else "")
    export = read_export(write_export(records))
    real = replace(study, export=replace(study.export, real_exports=(export.digest,)))
    assert is_synthetic(export, real)


def test_the_command_prints_what_it_accepted(
    records: Records, write_export: WriteExport, study: Study, capsys: pytest.CaptureFixture[str],
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for row in (5, 6):
        put(records, row, "services_waiting_time", "very\u00a0good")
    path = write_export(records)
    monkeypatch.chdir(tmp_path)
    for step in ("check", "read"):
        assert main([step, "--study", str(study.folder), "--export", str(path)]) == 0
        said = capsys.readouterr().out
        assert "  accepted in another spelling:\n" in said
        assert "    services_waiting_time: 'very\\xa0good' taken as 'Very Good' in 2 rows\n" in said


def test_the_command_says_how_a_plain_table_was_read(
    records: Records, write_export: WriteExport, study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = {records[0].index(name) for name in ("ResponseId", "Status", "Finished")}
    rows = [[cell for i, cell in enumerate(row) if i not in gone] for row in [records[0], *records[HEADER_ROWS:]]]
    assert main(["check", "--study", str(study.folder), "--export", str(write_export(rows))]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "the export fits the study: 10 rows, 10 complete responses"
    assert said[1].startswith("  the file has no ids of responses")
    assert said[2].startswith("  the file does not say which responses are finished")


def test_the_reading_keeps_notes_and_spellings(
    records: Records, write_export: WriteExport, study: Study, tmp_path: Path
) -> None:
    from survey_report.rendering import open_rendering

    put(records, 5, "service", records[4][records[0].index("service")].upper())
    reading = read_responses(study.folder, write_export(records), tmp_path / "build")
    assert len(reading.spellings) == 1
    assert open_rendering(study.folder, tmp_path / "build").reading == reading


# Any file at all


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(
    content=st.one_of(
        st.binary(max_size=400),
        st.text(st.sampled_from("ab,;\t\"\n\r{}'ImportId:=\0é–"), max_size=200).map(lambda text: text.encode()),
        st.text(st.sampled_from('ab,;\t"\n\r\0é'), max_size=200).map(lambda text: text.encode("utf-16")),
    ),
    name=st.sampled_from(["any.csv", "any.tsv", "any.txt", "any.xlsx"]),
)
def test_any_bytes_are_read_or_refused(
    content: bytes, name: str, tmp_path_factory: pytest.TempPathFactory, study: Study
) -> None:
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(content)
    try:
        export = read_export(path)
    except UserError as error:
        problems = list(error.problems)
    else:
        problems = check_export(export, study)
        assert isinstance(accepted_spellings(export, study), pd.DataFrame)
    assert problems
    assert all(problem.file == name and problem.remedy for problem in problems)


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)


@settings(max_examples=120, deadline=None, derandomize=True, database=None)
@given(
    rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=6),
    separator=st.sampled_from(",;\t"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]),
    line_end=st.sampled_from(["\n", "\r\n"]),
)
def test_what_was_written_is_read(
    rows: list[list[str]], separator: str, encoding: str, line_end: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Any texts, in any dialect: each cell as it was, but for its white space and for what nobody sees."""
    names = ["ResponseId", "Status", "Q1", "Q2", "Q3"]
    ids = [json.dumps({"ImportId": name}) for name in ("_recordId", "status", "QID1", "QID2", "QID3")]
    header = [names, ["Response ID", "Response Type", "One", "Two", "Three"], ids]
    body = [[f"R_{number}", "0", *row] for number, row in enumerate(rows)]
    path = tmp_path_factory.getbasetemp() / "written.csv"
    with path.open("w", encoding=encoding, newline="") as handle:
        writer = csv.writer(handle, delimiter=separator, lineterminator=line_end, quoting=csv.QUOTE_ALL)
        writer.writerows([*header, *body])
    export = read_export(path)
    assert export.faults == ()
    assert export.responses[["Q1", "Q2", "Q3"]].to_numpy().tolist() == [
        [" ".join(visible(cell).split()) for cell in row] for row in rows
    ]
