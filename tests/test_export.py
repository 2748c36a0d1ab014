"""Reading and checking an export: what is read, what is dropped, and that everything wrong is named in one message."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_report.cleaning import clean
from survey_report.errors import Problem, UserError
from survey_report.export_check import check_export
from survey_report.exports.export import Export
from survey_report.exports.personal import PERSONAL_COLUMNS
from survey_report.exports.read import read_export
from survey_report.study import Study

DATA = Path(__file__).parent / "data"
HEADER_ROWS = 3
Records = list[list[str]]
WriteExport = Callable[..., Path]


@pytest.fixture
def records(export_rows: Records) -> Records:
    """The header and the first forty responses of the shipped export, to be changed at will."""
    return [list(record) for record in export_rows[: HEADER_ROWS + 40]]


def place(records: Records, column: str) -> int:
    return records[0].index(column)


def put(records: Records, row: int, column: str, value: str) -> None:
    """Change a cell; rows are counted as a spreadsheet does."""
    records[row - 1][place(records, column)] = value


def as_bytes(records: Records, line_end: str = "\n") -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=line_end).writerows(records)
    return out.getvalue().encode()


def faults(path: Path, study: Study) -> tuple[Problem, ...]:
    """What a user is told about an export."""
    with pytest.raises(UserError) as caught:
        clean(read_export(path), study)
    return caught.value.problems


def same(left: Export, right: Export) -> bool:
    return left.responses.equals(right.responses) and left.texts == right.texts and left.dropped == right.dropped


# What is read


def test_a_real_export_is_read() -> None:
    export = read_export(DATA / "qualtrics-sample.csv")
    assert export.faults == ()
    assert list(export.responses.columns) == [
        "StartDate", "EndDate", "Status", "Progress", "Duration (in seconds)", "Finished", "RecordedDate", "ResponseId",
        "DistributionChannel", "UserLanguage", "Q1", "Q2", "Q2 - Topics",
    ]  # fmt: skip
    assert export.responses.loc[4].to_dict() == {
        "StartDate": "2017-07-18 08:28:09",
        "EndDate": "2017-07-18 08:28:48",
        "Status": "0",
        "Progress": "100",
        "Duration (in seconds)": "38",
        "Finished": "1",
        "RecordedDate": "2017-07-18 08:28:48",
        "ResponseId": "R_2YPOQ602ER1jkf1",
        "DistributionChannel": "anonymous",
        "UserLanguage": "DE",
        "Q1": "2",
        "Q2": "Hello World!",
        "Q2 - Topics": "",
    }
    assert export.texts["StartDate"] == "Anfangsdatum"
    assert export.texts["Duration (in seconds)"] == "Dauer (in Sekunden)"
    assert export.texts["DistributionChannel"] == "Verteilungskanal"
    assert set(export.dropped) == {
        "IPAddress", "RecipientLastName", "RecipientFirstName", "RecipientEmail", "ExternalReference",
        "LocationLatitude", "LocationLongitude",
    }  # fmt: skip
    assert "192.0.2.7" not in repr(export.responses.to_dict())
    assert "55.86" not in repr(export)


def test_personal_columns_under_other_names_are_known_by_their_import_ids(
    records: Records, write_export: WriteExport
) -> None:
    for row, name in enumerate(["IPAddress", "RecipientEmail", "LocationLatitude"]):
        records[0][place(records, name)] = f"renamed {row}"
    export = read_export(write_export(records))
    assert not set(export.responses.columns) & (PERSONAL_COLUMNS | {"renamed 0", "renamed 1", "renamed 2"})
    assert len(export.dropped) == 7


def test_personal_columns_without_their_import_ids_are_known_by_name(
    records: Records, write_export: WriteExport
) -> None:
    records[2] = [json.dumps({"ImportId": f"QID{i}"}) for i in range(len(records[0]))]
    export = read_export(write_export(records))
    assert not set(export.responses.columns) & PERSONAL_COLUMNS
    assert len(export.dropped) == 7


def test_the_python_form_of_the_third_row_is_read_alike(records: Records, write_export: WriteExport) -> None:
    newer = read_export(write_export(records))
    records[2] = [repr({**json.loads(cell), "timeZone": "Europe/London"}) for cell in records[2]]
    assert records[2][0] == "{'ImportId': 'startDate', 'timeZone': 'Europe/London'}"
    assert same(read_export(write_export(records)), newer)


@pytest.mark.parametrize("form", ["byte-order mark", "Windows line ends", "blank lines", "no last line end"])
def test_other_forms_of_the_file_are_read_alike(form: str, records: Records, tmp_path: Path, study: Study) -> None:
    plain = as_bytes(records)
    content = {
        "byte-order mark": b"\xef\xbb\xbf" + plain,
        "Windows line ends": as_bytes(records, "\r\n"),
        "blank lines": plain + b"\n\n",
        "no last line end": plain.rstrip(b"\n"),
    }[form]
    (tmp_path / "plain.csv").write_bytes(plain)
    (tmp_path / "other.csv").write_bytes(content)
    read = [read_export(tmp_path / name) for name in ("plain.csv", "other.csv")]
    assert same(*read)
    assert check_export(read[1], study) == []
    assert read[0].digest != read[1].digest


def test_answers_with_line_breaks_commas_and_quotes_stay_whole(records: Records, write_export: WriteExport) -> None:
    put(records, 5, "services_open_challenges", 'Staff said "no",\r\nthen left.\nTwice.')
    export = read_export(write_export(records))
    assert export.responses.loc[5, "services_open_challenges"] == 'Staff said "no", then left. Twice.'
    assert len(export.responses) == 40
    assert list(export.responses.index) == list(range(4, 44))


def test_row_numbers_are_those_of_a_spreadsheet(records: Records, write_export: WriteExport, study: Study) -> None:
    put(records, 10, "services_open_challenges", "One\nof\nmany lines")
    put(records, 20, "service", "plumbing")
    records.insert(14, [])
    (problem,) = faults(write_export(records), study)
    assert problem.place == "column service, row 21"


def test_answers_are_known_whatever_their_case_and_spaces(
    records: Records, write_export: WriteExport, study: Study
) -> None:
    expected, _ = clean(read_export(write_export(records)), study)
    for row in records[HEADER_ROWS:]:
        for column in ("service", "services_waiting_time", "role"):
            i = place(records, column)
            row[i] = f"  {row[i].upper().replace(' ', '  ')} "
    read, _ = clean(read_export(write_export(records)), study)
    assert read.equals(expected)


# Files that are no export


def test_a_missing_file(tmp_path: Path, study: Study) -> None:
    (problem,) = faults(tmp_path / "export.csv", study)
    assert str(problem) == "export.csv: there is no such file\n    -> check the path after EXPORT="


def test_a_folder(tmp_path: Path, study: Study) -> None:
    (tmp_path / "export.csv").mkdir()
    (problem,) = faults(tmp_path / "export.csv", study)
    assert problem.file == "export.csv"
    assert problem.message == "is a folder, not a file"


@pytest.mark.parametrize("content", [b"", b"\n\n  \n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n"])
def test_an_empty_file(content: bytes, tmp_path: Path, study: Study) -> None:
    (tmp_path / "export.csv").write_bytes(content)
    (problem,) = faults(tmp_path / "export.csv", study)
    assert problem.message == "the file is empty"


PLAIN = {
    "a table": b"name,age\nAnn,30\nBob,40\nCleo,50\n",
    "one line": b"hello\n",
    "JSON": b'{"a": 1}\n',
    "a page": b"<!doctype html>\n<html>\n<body>\n</body>\n",
    "something like Python": b'a,b\nc,d\n"{[]: 1}",2\n',
    "a slip of Python": b"a,b\nc,d\n\"{'\\d': 1 is 1}\",2\n",
    "very deep": b"a,b\nc,d\n" + b'"{""a"":' + b"[" * 20000 + b'",2\n',
    "very deep Python": b"a,b\nc,d\n" + b"{" + b"(" * 20000 + b",2\n",
    "semicolons": b"StartDate;EndDate\nStart;End\n'{}';'{}'\n1;2\n",
}


@pytest.mark.parametrize("kind", PLAIN)
def test_a_file_that_is_no_export(kind: str, tmp_path: Path, study: Study) -> None:
    (tmp_path / "export.csv").write_bytes(PLAIN[kind])
    (problem,) = faults(tmp_path / "export.csv", study)
    assert problem.file == "export.csv"
    assert "this is not a Qualtrics export" in problem.message
    assert "Export Data > CSV, choice text" in problem.remedy


def test_an_export_of_another_survey_is_one_problem(study: Study) -> None:
    (problem,) = faults(DATA / "qualtrics-sample-legacy.csv", study)
    assert "its third row holds no ImportIds" in problem.message
    assert "Hello World" not in str(problem)


def test_header_rows_without_ids_and_responses(records: Records, write_export: WriteExport, study: Study) -> None:
    (problem,) = faults(write_export(records[:2]), study)
    assert (problem.place, problem.message) == ("row 3", "there is no response below the header rows")


@pytest.mark.parametrize("name", ["export.xls", "export.zip", "export", "export.csv.gz"])
def test_a_file_of_another_kind(name: str, tmp_path: Path, study: Study, records: Records) -> None:
    (tmp_path / name).write_bytes(as_bytes(records))
    (problem,) = faults(tmp_path / name, study)
    assert problem.file == name
    assert "cannot be read yet" in problem.message
    assert "CSV" in problem.remedy


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
def test_a_file_in_another_encoding(encoding: str, tmp_path: Path, study: Study, records: Records) -> None:
    put(records, 5, "services_open_challenges", "Café")
    (tmp_path / "export.csv").write_bytes(as_bytes(records).decode().encode(encoding))
    (problem,) = faults(tmp_path / "export.csv", study)
    assert problem.message == "is not UTF-8 text"
    assert problem.place.startswith("byte ")


def test_a_name_that_no_file_can_have(tmp_path: Path, study: Study) -> None:
    (problem,) = faults(tmp_path / f"{'x' * 300}.csv", study)
    assert "cannot be read" in problem.message


def test_a_file_that_may_not_be_read(
    write_export: WriteExport, study: Study, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_export(records)

    def refuse(self: Path, *_: object, **__: object) -> bytes:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "open", refuse)  # root, whom no permission stops, may run the tests
    (problem,) = faults(path, study)
    assert problem.message == "cannot be read: Permission denied"


def test_a_name_that_is_not_utf_8(tmp_path: Path, study: Study, records: Records) -> None:
    put(records, 5, "service", "plumbing")
    path = tmp_path / os.fsdecode(b"r\xe9sum\xe9.csv")
    try:
        path.write_bytes(as_bytes(records))
    except OSError:
        pytest.skip("the file system takes UTF-8 names only")
    (problem,) = faults(path, study)
    problem.file.encode("utf-8")


# Files that are cut off


def cut_inside(content: bytes, at: int) -> bool:
    """Whether a cut at this byte falls inside a record (not just before or behind its line end)."""
    before = content[:at]
    at_end = before.endswith(b"\n") or content[at : at + 1] == b"\n"
    return not (at_end and before.count(b'"') % 2 == 0)


@pytest.fixture(scope="session")
def few(export_rows: Records) -> bytes:
    """Four responses with answers in quotes and over several lines."""
    rows = [list(row) for row in export_rows[: HEADER_ROWS + 4]]
    rows[4][rows[0].index("services_open_challenges")] = 'One, "two",\nthree'
    rows[6][rows[0].index("support_open_improvements")] = "Beyond\nthe line, é"
    return as_bytes(rows)


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(share=st.floats(0, 1, exclude_max=True))
def test_a_file_cut_anywhere_is_refused_not_crashed_on(
    share: float, few: bytes, study: Study, tmp_path_factory: pytest.TempPathFactory
) -> None:
    at = int(share * len(few))
    refuse_cut(few, at, study, tmp_path_factory.getbasetemp() / "cut.csv")


def test_a_file_cut_near_the_end_of_a_record_is_refused(few: bytes, study: Study, tmp_path: Path) -> None:
    ends = [i for i in range(len(few)) if few[i : i + 1] == b"\n" and few[:i].count(b'"') % 2 == 0][HEADER_ROWS + 1 :]
    assert len(ends) == 3
    for end in ends:
        for at in (end - 12, end - 5, end - 1, end, end + 1):
            refuse_cut(few, min(at, len(few)), study, tmp_path / "cut.csv")


def test_the_shipped_export_cut_anywhere_is_refused(study: Study, tmp_path: Path) -> None:
    content = (study.folder / study.export.file).read_bytes()
    for at in (*range(200_000, len(content), 231_017), len(content) // 2, len(content) - 4, len(content) - 40):
        refuse_cut(content, at, study, tmp_path / "cut.csv")


def refuse_cut(content: bytes, at: int, study: Study, path: Path) -> None:
    """Anything but a UserError fails; a cut between two records may pass."""
    path.write_bytes(content[:at])
    problems: tuple[Problem, ...] = ()
    try:
        clean(read_export(path), study)
    except UserError as error:
        problems = error.problems
    assert problems or not cut_inside(content, at), f"a cut at byte {at} passes: ...{content[max(0, at - 40) : at]!r}"
    assert all(problem.file == "cut.csv" and problem.remedy for problem in problems)


def test_a_cut_names_the_row(records: Records, tmp_path: Path, study: Study) -> None:
    content = as_bytes(records)
    (tmp_path / "export.csv").write_bytes(content[: content.rindex(b"R_") + 5])
    (problem,) = faults(tmp_path / "export.csv", study)
    assert problem.place == "row 43"
    assert problem.message == "the file is cut off inside a record"
    assert problem.value == f"9 cells instead of {len(records[0])}"


def test_a_cut_inside_quotes_names_the_row(records: Records, tmp_path: Path, study: Study) -> None:
    put(records, 43, "services_open_challenges", "Secret, so secret")
    content = as_bytes(records)
    (tmp_path / "export.csv").write_bytes(content[: content.index(b"Secret") + 8])
    (problem,) = faults(tmp_path / "export.csv", study)
    assert problem.place == "row 43"
    assert "breaks inside a record" in problem.message
    assert "Secret" not in str(problem)


# Columns


def test_two_columns_of_one_name(records: Records, write_export: WriteExport, study: Study) -> None:
    records[0][place(records, "sector")] = "service"
    problems = faults(write_export(records), study)
    assert ("row 1", "service", "two columns have one name") in [(p.place, p.value, p.message) for p in problems]
    assert "column sector" in [problem.place for problem in problems]


def test_missing_columns_are_all_named(records: Records, write_export: WriteExport, study: Study) -> None:
    gone = {place(records, name) for name in ("ResponseId", "gender", "services_open_challenges")}
    records[0][place(records, "local_authority")] = "local_autority"
    records[0][place(records, "service")] = "Q17"
    kept = [[cell for i, cell in enumerate(row) if i not in gone] for row in records]
    problems = faults(write_export(kept), study)
    assert {problem.place for problem in problems} == {
        "column ResponseId", "column gender", "column services_open_challenges", "column local_authority",
        "column service",
    }  # fmt: skip
    assert {problem.message for problem in problems} == {"this column is missing"}
    remedies = {problem.place: problem.remedy for problem in problems}
    assert remedies["column local_authority"].startswith("is it `local_autority`? ")
    # A column that has its own question is no candidate, however alike its name.
    assert not remedies["column services_open_challenges"].startswith("is it")
    assert "What stands in the way" in remedies["column services_open_challenges"]
    assert "Qualtrics writes it into every export" in remedies["column ResponseId"]


def test_columns_that_the_study_does_not_know_are_no_fault(
    records: Records, write_export: WriteExport, study: Study
) -> None:
    extra = ["Q99", "New", '{"ImportId":"QID99"}', *["x"] * 40]
    wider = [[*row, cell] for row, cell in zip(records, extra, strict=True)]
    assert check_export(read_export(write_export(wider)), study) == []


@pytest.mark.parametrize("row", [2, 3])
def test_a_short_header_row(row: int, records: Records, write_export: WriteExport, study: Study) -> None:
    records[row - 1] = records[row - 1][:20]
    problems = faults(write_export(records), study)
    assert [(p.place, p.value) for p in problems] == [(f"row {row}", f"20 cells instead of {len(records[0])}")]


def test_rows_of_another_length_are_summarised(records: Records, write_export: WriteExport, study: Study) -> None:
    for row in records[10:30]:
        del row[-1]
    (problem,) = faults(write_export(records), study)
    assert problem.place == "rows 11, 12, 13, 14, 15 and 15 more"
    assert problem.message == "a row of another length"


def test_an_export_without_responses(records: Records, write_export: WriteExport, study: Study) -> None:
    (problem,) = faults(write_export(records[:3]), study)
    assert problem.message == "there is no response below the header rows"


# Answers


def test_unknown_answers_and_councils(records: Records, write_export: WriteExport, study: Study) -> None:
    put(records, 7, "services_waiting_time", "Very Gud")
    put(records, 9, "local_authority", "Glasgow")
    put(records, 12, "local_authority", "Narnia")
    put(records, 13, "local_authority", "Narnia")
    put(records, 14, "Finished", "Ture")
    problems = {(p.place, p.value): p for p in faults(write_export(records), study)}
    assert set(problems) == {
        ("column services_waiting_time, row 7", "Very Gud"),
        ("column local_authority, row 9", "Glasgow"),
        ("column local_authority, rows 12, 13", "Narnia"),
        ("column Finished, row 14", "Ture"),
    }
    assert "did you mean `Very Good`?" in problems["column services_waiting_time, row 7", "Very Gud"].remedy
    assert "did you mean `Glasgow City`?" in problems["column local_authority, row 9", "Glasgow"].remedy
    assert "did you mean" not in problems["column local_authority, rows 12, 13", "Narnia"].remedy
    assert "did you mean `True`?" in problems["column Finished, row 14", "Ture"].remedy
    flag = problems.pop(("column Finished, row 14", "Ture"))
    assert flag.remedy.endswith("write True for a finished response and False for another")
    assert all("`survey-report map EXPORT`" in problem.remedy for problem in problems.values())
    assert all(problem.file == "export.csv" for problem in (flag, *problems.values()))


def test_many_rows_with_one_unknown_answer_are_one_problem(
    records: Records, write_export: WriteExport, study: Study
) -> None:
    for row in range(4, 44):
        put(records, row, "service", "plumbing")
    (problem,) = faults(write_export(records), study)
    assert problem.place == "column service, rows 4, 5, 6, 7, 8 and 35 more"


def test_numbers_instead_of_choice_texts_are_told_for_every_question(
    records: Records, write_export: WriteExport, study: Study
) -> None:
    """The likeliest mistake: numeric values exported where choice texts are needed."""
    closed = [question.column for question in study.asked if question.type != "open"]
    for row in records[HEADER_ROWS:]:
        for column in closed:
            i = place(records, column)
            row[i] = str(1 + len(row[i]) % 5) if row[i] else ""
    problems = faults(write_export(records), study)
    answered = {column for column in closed if any(row[place(records, column)] for row in records[HEADER_ROWS:])}
    assert {problem.place.split(",")[0] for problem in problems} == {f"column {column}" for column in answered}


def test_a_column_of_other_content_is_told_without_its_content(
    export_rows: Records, write_export: WriteExport, study: Study
) -> None:
    """Two names exchanged, an open question and a closed one: nobody's own words are repeated."""
    header = list(export_rows[0])
    left, right = header.index("service"), header.index("services_open_challenges")
    header[left], header[right] = header[right], header[left]
    (problem,) = faults(write_export([header, *export_rows[1:]]), study)
    assert problem.place.startswith("column service, rows ")
    assert problem.value.endswith(" different values")
    written = {row[right] for row in export_rows[HEADER_ROWS:] if row[right]}
    assert not [text for text in written if text in str(problem)]


# Rows


def test_conflicting_rows(records: Records, write_export: WriteExport, study: Study) -> None:
    first = records[4][place(records, "ResponseId")]
    put(records, 9, "ResponseId", first)
    put(records, 12, "ResponseId", first)
    (problem,) = faults(write_export(records), study)
    assert problem.place == "column ResponseId, rows 5, 9, 12"
    assert problem.value == first
    assert problem.message == "different rows carry one response id"
    assert problem.remedy == "export again; where they are responses of different people, give each an id of its own"


def test_rows_that_differ_in_a_personal_column_only_are_in_conflict(
    records: Records, write_export: WriteExport, study: Study
) -> None:
    """They were dropped, but who answered twice under one id must still be told."""
    records.append(list(records[4]))
    put(records, len(records), "IPAddress", "192.0.2.99")
    (problem,) = faults(write_export(records), study)
    assert problem.message == "different rows carry one response id"
    assert "192.0.2" not in str(problem)


def test_empty_ids_are_one_problem(records: Records, write_export: WriteExport, study: Study) -> None:
    for row in range(4, 44):
        put(records, row, "ResponseId", "")
    (problem,) = faults(write_export(records), study)
    assert problem.place == "column ResponseId, rows 4, 5, 6, 7, 8 and 35 more"
    assert problem.message == "is empty"


def test_everything_wrong_is_one_message_without_open_answers(
    records: Records, write_export: WriteExport, study: Study
) -> None:
    secrets = []
    for row in range(4, 44):
        for question in study.open_questions:
            secrets.append(f"Secret {row} {question.column}")
            put(records, row, question.column, secrets[-1])
    put(records, 5, "service", "plumbing")
    put(records, 6, "local_authority", "Narnia")
    put(records, 8, "ResponseId", records[8][place(records, "ResponseId")])
    put(records, 10, "ResponseId", "")
    records[0][place(records, "gender")] = "sex"
    records[0][place(records, "UserLanguage")] = "DataKind"
    records[20].pop()
    content = as_bytes(records)
    path = write_export(records)
    path.write_bytes(content[: content.rindex(b"Secret") + 20])
    problems = faults(path, study)
    assert sorted((p.place, p.value) for p in problems) == sorted(
        [
            ("row 1", "DataKind"),
            ("row 21", f"{len(records[0]) - 1} cells instead of {len(records[0])}"),
            ("row 43", f"{place(records, 'strategic_open_challenges') + 1} cells instead of {len(records[0])}"),
            ("column gender", ""),
            ("column service, row 5", "plumbing"),
            ("column local_authority, row 6", "Narnia"),
            ("column ResponseId, row 10", ""),
            ("column ResponseId, rows 8, 9", records[8][place(records, "ResponseId")]),
        ]
    )
    message = str(UserError(problems))
    assert "Secret" not in message
    assert not [text for text in secrets if text in message]


def test_the_shipped_export_has_no_fault(study: Study) -> None:
    assert check_export(read_export(study.folder / study.export.file), study) == []


def test_reading_changes_nothing(write_export: WriteExport, records: Records, study: Study, tmp_path: Path) -> None:
    path = write_export(records)
    copy = Path(shutil.copy(path, tmp_path / "copy.csv"))
    clean(read_export(path), study)
    assert path.read_bytes() == copy.read_bytes()
