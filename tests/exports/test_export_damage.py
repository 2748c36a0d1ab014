"""Files that are damaged, too large, or other than they say: one plain problem each, and no value of a cell in it."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from forms import HEADER_ROWS, as_text, sheet, spss, text

from survey_report.errors import Problem, UserError
from survey_report.export_check import check_export
from survey_report.exports import delimited, read, sheet_limits
from survey_report.exports.read import read_export
from survey_report.study import Study

DATA = Path(__file__).parents[1] / "data"
Records = list[list[str]]
WriteExport = Callable[..., Path]
SECRET = "Zebedee"


@pytest.fixture
def records(export_rows: Records) -> Records:
    """The header and ten responses, one with words that no message may repeat. To be changed at will."""
    rows = [list(row) for row in export_rows[: HEADER_ROWS + 10]]
    rows[5][rows[0].index("services_open_challenges")] = f"{SECRET}, said he"
    return rows


def problems_of(path: Path) -> tuple[Problem, ...]:
    """What is wrong with the form of a file, whether it can be read further or not."""
    try:
        faults = read_export(path).faults
    except UserError as error:
        faults = error.problems
    assert all(problem.file == path.name and problem.remedy for problem in faults)
    assert SECRET not in "".join(map(str, faults))
    return faults


def problem_of(path: Path) -> Problem:
    (problem,) = problems_of(path)
    return problem


# Text


@pytest.mark.parametrize(
    ("encoding", "text_of_it", "byte"),
    [("cp1252", "Don’t", 4), ("latin-1", "é", 1), ("mac-roman", "é", 1), ("cp437", "é", 1)],
)
def test_text_in_an_encoding_of_old_is_refused_with_its_place(
    encoding: str, text_of_it: str, byte: int, records: Records, tmp_path: Path
) -> None:
    records[7][records[0].index("support_open_improvements")] = text_of_it
    content = text(records)
    (tmp_path / "export.csv").write_bytes(content.encode(encoding))
    problem = problem_of(tmp_path / "export.csv")
    assert problem.place == f"byte {content.index(text_of_it) + byte}"
    assert problem.message == "is not UTF-8 text"
    assert "UTF-8" in problem.remedy


def test_the_place_of_a_bad_byte_far_into_the_file(records: Records, tmp_path: Path) -> None:
    content = text([*records, *records[HEADER_ROWS:] * 500]).encode()
    assert len(content) > 2 << 20
    for mark in (b"", b"\xef\xbb\xbf"):
        (tmp_path / "export.csv").write_bytes(mark + content + b"\xe9")
        assert problem_of(tmp_path / "export.csv").place == f"byte {len(mark) + len(content) + 1}"
        (tmp_path / "export.csv").write_bytes(mark + content[:50] + b"\xe9" + content[51:])
        assert problem_of(tmp_path / "export.csv").place == f"byte {len(mark) + 51}"


def test_utf_16_that_is_cut_or_broken(records: Records, tmp_path: Path) -> None:
    content = b"\xff\xfe" + text(records).encode("utf-16-le")
    path = tmp_path / "export.tsv"
    path.write_bytes(content[:-1])
    assert problem_of(path).message == "is not UTF-16 text"
    path.write_bytes(content[:1000] + b"\x00\xdc" + content[1002:])
    problem = problem_of(path)
    assert (problem.place, problem.message) == ("byte 1001", "is not UTF-16 text")


def test_utf_32_is_refused(records: Records, tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_bytes(text(records).encode("utf-32"))
    assert "UTF-32" in problem_of(tmp_path / "export.csv").message


def test_nul_characters_are_told_with_their_rows(records: Records, write_export: WriteExport) -> None:
    for row in (5, 8):
        records[row][30] = "Go\0od"
    problem = problem_of(write_export(records))
    assert problem.place == "rows 6, 9"
    assert "NUL" in problem.message


def test_a_file_of_nothing_but_zeros(tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_bytes(b"\0" * 5000)
    assert problems_of(tmp_path / "export.csv")


def test_a_quotation_mark_left_open(records: Records, tmp_path: Path) -> None:
    lines = text(records).splitlines(keepends=True)
    lines[6] = lines[6].replace("IP Address", '"IP Address', 1)
    (tmp_path / "export.csv").write_bytes("".join(lines).encode())
    problem = problem_of(tmp_path / "export.csv")
    assert problem.place == "row 7"
    assert "breaks inside a record" in problem.message


def test_a_cell_of_more_than_a_million_characters(records: Records, write_export: WriteExport) -> None:
    before = 131_072  # as Python has it
    csv.field_size_limit(before)
    records[6][30] = "x" * 1_000_000
    assert problems_of(write_export(records)) == ()
    records[6][30] = "x" * 1_000_001
    problem = problem_of(write_export(records))
    assert (problem.place, problem.message) == ("row 7", "a cell has more than 1,000,000 characters")
    assert csv.field_size_limit() == before
    path = sheet(records[:6], write_export([]).parent)
    with_cell(path, "AB6", f'<c r="AB6" t="inlineStr"><is><t>{"x" * 1_000_001}</t></is></c>')
    problem = problem_of(path)
    assert (problem.place, problem.message) == ("row 6", "a cell has more than 1,000,000 characters")


def test_a_line_without_end(records: Records, write_export: WriteExport, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "LONGEST_LINE", 2000)
    assert "a cell has more than" in problems_of(write_export(records))[0].message


def test_a_file_that_is_too_large(write_export: WriteExport, records: Records) -> None:
    path = write_export(records)
    with path.open("ab") as handle:
        handle.truncate(read.LARGEST + 1)  # takes no room on the disk
    problem = problem_of(path)
    assert problem.message == "is larger than 2,000 MB, the most that is read"


def test_rows_and_header_in_different_dialects(records: Records, tmp_path: Path) -> None:
    content = text(records[:HEADER_ROWS]) + text(records[HEADER_ROWS:], ";")
    (tmp_path / "export.csv").write_text(content, encoding="utf-8", newline="")
    found = problems_of(tmp_path / "export.csv")
    assert found[0].message == "a row of another length"


# Columns


def test_columns_without_a_name(records: Records, write_export: WriteExport) -> None:
    wider = [[*row, "", ""] for row in records]
    assert problems_of(write_export(wider)) == ()
    wider[8][-1] = SECRET
    problem = problem_of(write_export(wider))
    assert (problem.place, problem.value) == ("row 1", f"cell {len(wider[0])}")
    assert problem.message == "a column has no name"
    wider[8][-1] = ""
    wider[2][-1] = '{"ImportId":"QID99"}'
    assert problem_of(write_export(wider)).value == f"cell {len(wider[0])}"
    records[0][records[0].index("service")] = " "
    assert problem_of(write_export(records)).message == "a column has no name"


def test_header_rows_out_of_place(records: Records, write_export: WriteExport) -> None:
    header, body = records[:HEADER_ROWS], records[HEADER_ROWS:]
    for rows in ([header[0], header[2], header[1], *body], [*header[:2], *body, header[2]],
                 [header[0], *body, header[2], header[1]], [*header, *body[:3], header[2], *body[3:]]):  # fmt: skip
        messages = [problem.message for problem in problems_of(write_export(rows))]
        assert "ids of questions stand where they should not be" in messages


# Spreadsheets


def test_a_formula_without_its_value(records: Records, tmp_path: Path) -> None:
    path = sheet(records, tmp_path)
    book = openpyxl.load_workbook(path)
    book.active["AB6"] = '="Go"&"od"'
    book.save(path)  # openpyxl computes nothing: there is no value
    problem = problem_of(path)
    assert (problem.place, problem.message) == ("row 6", "a formula has no value")


def with_cell(path: Path, cell: str, xml: str) -> Path:
    """The spreadsheet with the XML of one cell replaced, as a spreadsheet program would write it."""
    return replaced(path, rf'<c r="{cell}"[^>]*?(/>|>.*?</c>)', xml)


def replaced(path: Path, pattern: str, xml: str) -> Path:
    """The spreadsheet with one part of its first sheet's XML replaced."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    page, n = re.subn(pattern, xml, parts["xl/worksheets/sheet1.xml"].decode())
    assert n == 1
    parts["xl/worksheets/sheet1.xml"] = page.encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def test_a_formula_counts_as_its_value(records: Records, tmp_path: Path) -> None:
    name = records[0][27]
    path = with_cell(sheet(records, tmp_path), "AB6", '<c r="AB6" t="str"><f>A1&amp;B1</f><v>Very Good</v></c>')
    export = read_export(path)
    assert export.faults == ()
    assert export.responses.loc[6, name] == "Very Good"
    path = with_cell(sheet(records, tmp_path), "AB6", '<c r="AB6" t="str"><f>IF(1,"")</f><v></v></c>')
    export = read_export(path)
    assert export.faults == ()
    assert export.responses.loc[6, name] == ""


def test_white_space_in_the_letters_of_the_file_format(records: Records, tmp_path: Path) -> None:
    cell = '<c r="AB6" t="inlineStr"><is><t>Very_x000D__x000A_Good_x00a0_</t></is></c>'
    export = read_export(with_cell(sheet(records, tmp_path), "AB6", cell))
    assert export.responses.loc[6, records[0][27]] == "Very Good"


def test_a_sheet_that_states_its_size_wrongly(records: Records, tmp_path: Path) -> None:
    expected = read_export(sheet(records, tmp_path)).responses
    path = replaced(sheet(records, tmp_path), r'<dimension ref="[^"]*"', '<dimension ref="A1:B3"')
    assert read_export(path).responses.equals(expected)


def test_an_error_in_a_cell(records: Records, tmp_path: Path) -> None:
    path = with_cell(sheet(records, tmp_path), "AB6", '<c r="AB6" t="e"><v>#N/A</v></c>')
    assert problem_of(path).message == "a cell holds an error, such as #N/A"
    path = with_cell(sheet(records, tmp_path), "AB6", '<c r="AB6" t="s"><v>999999</v></c>')
    assert problem_of(path).message == "the spreadsheet is damaged, or none"


def test_sheets_beside_the_first(records: Records, tmp_path: Path) -> None:
    path = sheet(records, tmp_path)
    expected = read_export(path).responses
    book = openpyxl.load_workbook(path)
    book.active.title = "Responses"
    empty, hidden, notes = (book.create_sheet(name) for name in ("Empty", "Hidden", "Notes"))
    hidden["A1"] = notes["B2"] = "words"
    hidden.sheet_state = "hidden"
    book._sheets = [empty, hidden, book["Responses"], notes]
    book.active = 0
    book.save(path)
    export = read_export(path)
    assert export.responses.equals(expected)
    assert export.notes == ("read the sheet `Responses`; others hold data too: `Notes`",)


def test_a_spreadsheet_without_data(tmp_path: Path) -> None:
    assert problem_of(sheet([], tmp_path)).message == "the file is empty"


def test_blank_rows_and_cells_of_a_spreadsheet(records: Records, tmp_path: Path) -> None:
    expected = read_export(sheet(records, tmp_path)).responses
    spaced = [*records[:5], [], *[[*row, "", ""] for row in records[5:]], [], []]
    export = read_export(sheet(spaced, tmp_path))
    assert export.faults == ()
    assert list(export.responses.index) == [4, 5, *range(7, 15)]
    assert export.responses.reset_index(drop=True).equals(expected.reset_index(drop=True))


@pytest.mark.parametrize("name", ["export.xlsx", "export.sav"])
def test_a_damaged_file(name: str, records: Records, tmp_path: Path) -> None:
    write = {"export.xlsx": sheet, "export.sav": spss}[name]
    content = write(records, tmp_path).read_bytes()
    expected = read_export(tmp_path / name).responses
    path = tmp_path / name
    for at in (0, 5, 100, len(content) // 3, len(content) // 2, len(content) - 30):
        for damaged in (content[:at], b"x" * at):
            path.write_bytes(damaged)
            assert "damaged" in problem_of(path).message if at else "empty" in problem_of(path).message
        if name == "export.xlsx":  # an archive keeps a sum of each of its parts, an SPSS file does not
            path.write_bytes(content[:at] + b"\xff\x00\xff" + content[at + 3 :])
            assert problems_of(path) or read_export(path).responses.equals(expected)


def test_a_spreadsheet_that_would_fill_the_memory(
    records: Records, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet_limits, "LARGEST_UNPACKED", 1000)
    assert "unpacks to more than" in problem_of(sheet(records, tmp_path)).message


@pytest.mark.parametrize(
    ("source", "name", "message"),
    [
        ("synthetic-excerpt.xlsx", "export.csv", "is a spreadsheet or an archive, whatever its ending"),
        ("spss-sample.sav", "export.csv", "is an SPSS file, whatever its ending"),
        ("synthetic-excerpt.csv", "export.xlsx", "the spreadsheet is damaged, or none"),
        ("synthetic-excerpt.csv", "export.sav", "the SPSS file is damaged, or none"),
        ("synthetic-excerpt.xlsx", "export.sav", "is a spreadsheet or an archive, whatever its ending"),
    ],
)
def test_a_file_that_is_other_than_its_name_says(source: str, name: str, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes((DATA / source).read_bytes())
    assert problem_of(tmp_path / name).message == message


def test_a_protected_spreadsheet(tmp_path: Path) -> None:
    (tmp_path / "export.xlsx").write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 4000)
    assert "password" in problem_of(tmp_path / "export.xlsx").remedy


def test_a_fault_of_form_is_told_with_the_others(records: Records, tmp_path: Path, study: Study) -> None:
    records[6][records[0].index("service")] = "plumbing"
    records[8][-1:] = []
    records[7][40] = "\0"
    problems = check_export(read_export(as_text("export.csv", "utf-8")(records, tmp_path)), study)
    assert {problem.place for problem in problems} >= {"row 9", "row 8", "column service, row 7"}


@pytest.mark.parametrize(
    ("last", "others", "cut"),
    [
        ("Good", ["Good", "Poor"], False),
        ("Fair", ["Good", "Poor"], True),
        ("Goo", ["Good", "Poor"], True),
        ("", ["Good", "Poor"], True),
        ("Good", ["Good", "Good enough"], True),
        ("", ["", ""], False),
        ("Good", ["Good", "Goo"], False),
    ],
)
def test_a_last_cell_that_may_be_the_beginning_of_another(
    last: str, others: list[str], cut: bool, tmp_path: Path
) -> None:
    rows = [["Q1", "Q2"], *(["a", answer] for answer in others), ["b", last]]
    path = as_text("export.csv", "utf-8")(rows, tmp_path)
    assert problems_of(path) == ()
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    messages = [problem.message for problem in problems_of(path)]
    assert messages == (["the file seems to be cut off inside its last cell"] if cut else [])
