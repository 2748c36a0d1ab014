"""From an export to respondents: who is counted, what becomes of answers, what is never kept, real or synthetic."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_report.cleaning import clean, is_synthetic
from survey_report.errors import UserError
from survey_report.exports.export import Export
from survey_report.exports.personal import PERSONAL_COLUMNS
from survey_report.exports.read import read_export
from survey_report.files import digest_file
from survey_report.reading import Flow
from survey_report.rendering import open_rendering
from survey_report.responses import read_responses
from survey_report.study import Study

HEADER_ROWS = 3
Records = list[list[str]]
WriteExport = Callable[..., Path]


@pytest.fixture(scope="session")
def finished(export_rows: Records) -> Records:
    """The header and forty complete responses of the shipped export. Not to be changed in place."""
    done = export_rows[0].index("Finished")
    complete = [row for row in export_rows[HEADER_ROWS:] if row[done] == "True"]
    return [*export_rows[:HEADER_ROWS], *complete[:40]]


@pytest.fixture
def records(finished: Records) -> Records:
    """The same, to be changed at will."""
    return [list(record) for record in finished]


@pytest.fixture(scope="session")
def shipped(study: Study) -> Export:
    return read_export(study.folder / study.export.file)


@pytest.fixture(scope="session")
def respondents(shipped: Export, study: Study) -> pd.DataFrame:
    return clean(shipped, study)[0]


def put(records: Records, row: int, column: str, value: str) -> None:
    """Change a cell; rows are counted as a spreadsheet does."""
    records[row - 1][records[0].index(column)] = value


def cleaned(path: Path, study: Study) -> tuple[pd.DataFrame, Flow]:
    return clean(read_export(path), study)


# Who is counted


def test_flow_of_the_shipped_export(shipped: Export, study: Study) -> None:
    respondents, flow = clean(shipped, study)
    assert flow == Flow(
        rows=1794, previews=0, tests=0, repeated=0, refused=0, incomplete=395, complete=1399, not_asked=0
    )
    assert len(respondents) == 1399
    assert flow.as_dict()["complete"] == 1399


@pytest.mark.parametrize(
    ("column", "value", "counted"),
    [
        ("Status", "Survey Preview", "previews"),
        ("Status", "1", "previews"),
        ("Status", "9", "previews"),
        ("Status", "17", "previews"),
        ("DistributionChannel", "preview", "previews"),
        ("Status", "Survey Test", "tests"),
        ("Status", "2", "tests"),
        ("DistributionChannel", "test", "tests"),
        ("consent", "no", "refused"),
        ("Finished", "False", "incomplete"),
        ("Finished", "0", "incomplete"),
        ("Finished", "", "incomplete"),
        ("Status", "IP Address", "complete"),
        ("Status", "0", "complete"),
        ("Finished", "TRUE", "complete"),
        ("Finished", "1", "complete"),
        ("consent", "", "complete"),
    ],
)
def test_a_row_is_left_out_and_counted(
    column: str, value: str, counted: str, records: Records, write_export: WriteExport, study: Study
) -> None:
    put(records, 10, column, value)
    respondents, flow = cleaned(write_export(records), study)
    expected = {"complete": 39, counted: 1} if counted != "complete" else {"complete": 40}
    shown = {name: n for name, n in flow.as_dict().items() if n and name not in ("rows", "not_asked")}
    assert shown == expected
    assert len(respondents) == flow.complete


def test_exact_repetitions_are_left_out_and_counted(records: Records, write_export: WriteExport, study: Study) -> None:
    plain, _ = cleaned(write_export(records), study)
    records[20:20] = [list(records[4]), list(records[4])]
    records.append(list(records[10]))
    respondents, flow = cleaned(write_export(records), study)
    assert (flow.rows, flow.repeated, flow.complete) == (43, 3, 40)
    assert respondents.equals(plain)


def test_a_row_with_several_reasons_is_counted_once(records: Records, write_export: WriteExport, study: Study) -> None:
    for column, value in (("Status", "Survey Test"), ("consent", "no"), ("Finished", "False")):
        put(records, 10, column, value)
    records.append(list(records[9]))
    _, flow = cleaned(write_export(records), study)
    assert flow.as_dict() == {
        "rows": 41, "previews": 0, "tests": 2, "repeated": 0, "refused": 0, "incomplete": 0, "complete": 39,
        "not_asked": 0,
    }  # fmt: skip


EDITS = {
    "preview": ("Status", "Survey Preview"),
    "test": ("Status", "Survey Test"),
    "channel": ("DistributionChannel", "preview"),
    "refuse": ("consent", "no"),
    "abandon": ("Finished", "False"),
    "recode": ("Finished", "1"),
    "repeat": ("", ""),
}


@settings(max_examples=20, deadline=None, derandomize=True, database=None)
@given(edits=st.lists(st.tuples(st.integers(0, 11), st.sampled_from(sorted(EDITS))), max_size=25))
def test_flow_adds_up_whatever_happens_to_the_rows(
    edits: list[tuple[int, str]], finished: Records, study: Study, tmp_path_factory: pytest.TempPathFactory
) -> None:
    header, rows = finished[:HEADER_ROWS], [list(row) for row in finished[HEADER_ROWS : HEADER_ROWS + 14]]
    at = {name: header[0].index(name) for name in ("Status", "DistributionChannel", "consent", "Finished")}
    repeats = []
    for row, name in edits:
        column, value = EDITS[name]
        if name == "repeat":
            repeats.append(row)
        else:
            rows[row][at[column]] = value
    rows += [rows[row] for row in repeats]
    # The same rules, said in another way: one row after the other, in the order in which they apply.
    expected: Counter[str] = Counter()
    seen: set[tuple[str, ...]] = set()
    for row in rows:
        repeated = tuple(row) in seen
        seen.add(tuple(row))
        if row[at["Status"]] == "Survey Preview" or row[at["DistributionChannel"]] == "preview":
            expected["previews"] += 1
        elif row[at["Status"]] == "Survey Test":
            expected["tests"] += 1
        elif repeated:
            expected["repeated"] += 1
        elif row[at["consent"]] == "no":
            expected["refused"] += 1
        elif row[at["Finished"]] == "False":
            expected["incomplete"] += 1
        else:
            expected["complete"] += 1
    path = tmp_path_factory.getbasetemp() / "flow.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerows([*header, *rows])
    few = replace(study, thresholds=replace(study.thresholds, min_group=0))  # a handful of rows is enough here
    respondents, flow = cleaned(path, few)
    counts = flow.as_dict()
    assert counts.pop("not_asked") == 0
    assert counts.pop("rows") == len(rows) == sum(counts.values())
    assert {name: n for name, n in counts.items() if n} == dict(expected)
    assert len(respondents) == expected["complete"]


def test_an_export_of_which_nothing_is_left(records: Records, write_export: WriteExport, study: Study) -> None:
    for row in range(4, len(records) + 1):
        put(records, row, "Finished", "False")
    with pytest.raises(UserError) as caught:
        cleaned(write_export(records), study)
    (problem,) = caught.value.problems
    assert problem.message == "no complete response is left"
    assert "Finished" in problem.remedy


def test_recoded_flags_give_the_same_respondents(records: Records, write_export: WriteExport, study: Study) -> None:
    put(records, 9, "Finished", "False")
    plain = cleaned(write_export(records), study)
    for row in range(4, len(records) + 1):
        put(records, row, "Finished", "0" if row == 9 else "1")
        put(records, row, "Status", "0")
    recoded = cleaned(write_export(records), study)
    assert recoded[0].equals(plain[0])
    assert recoded[1] == plain[1]


# Answers


def test_respondents_are_typed_by_the_instrument(respondents: pd.DataFrame, study: Study) -> None:
    for question in study.asked:
        column = respondents[question.column]
        if question.type == "open":
            assert column.dtype == bool, question.column
        elif question.response_set:
            assert list(column.cat.categories) == list(study.response_sets[question.response_set].ids)
        else:
            assert list(column.cat.categories) == [category.id for category in question.categories]
    derived = [grouping.id for grouping in study.groupings if grouping.mapping]
    assert set(respondents.columns) == {question.column for question in study.asked} | set(derived)


def test_answers_are_those_of_the_export(respondents: pd.DataFrame, export_rows: Records, study: Study) -> None:
    """Counted from the file itself, without the reader: each answer of each closed question."""
    header, done = export_rows[0], export_rows[0].index("Finished")
    complete = [row for row in export_rows[HEADER_ROWS:] if row[done] == "True"]
    for question in study.asked:
        written = Counter(row[header.index(question.column)] for row in complete)
        blank = written.pop("", 0)
        if question.type == "open":
            assert respondents[question.column].sum() == len(complete) - blank
            continue
        options = question.categories
        if question.response_set:
            answers = study.response_sets[question.response_set]
            named = {option.answer: option.id for option in (*answers.options, *answers.missing)}
        else:
            named = {category.answer: category.id for category in options}
        read = respondents[question.column].value_counts()
        assert {named[text]: n for text, n in written.items()} == {id: n for id, n in read.items() if n}
        assert respondents[question.column].isna().sum() == blank, question.column


def test_integration_is_derived_from_the_area(respondents: pd.DataFrame, study: Study) -> None:
    with (study.folder / "areas.csv").open(encoding="utf-8", newline="") as handle:
        levels = {row["id"]: row["integration"] for row in csv.DictReader(handle)}
    assert [levels[area] for area in respondents["local_authority"]] == list(respondents["integration"])
    assert respondents["integration"].value_counts().to_dict() == {"full": 273, "partial": 532, "no-integration": 594}
    assert list(respondents["integration"].cat.categories) == ["full", "partial", "no-integration"]


def test_a_respondent_without_an_area_has_no_level(records: Records, write_export: WriteExport, study: Study) -> None:
    put(records, 10, "local_authority", "")
    respondents, _ = cleaned(write_export(records), study)
    assert respondents.loc[6, ["local_authority", "integration"]].isna().all()
    assert respondents["integration"].isna().sum() == 1


def test_answers_to_questions_that_were_not_meant_for_the_respondent_are_set_aside(
    records: Records, write_export: WriteExport, study: Study
) -> None:
    routed = [question.column for question in study.asked if question.asked_if]
    for row, role in ((10, "frontline staff"), (11, "senior leader"), (12, "")):
        for column in routed:
            put(records, row, column, "")
        put(records, row, "role", role)
        put(records, row, "time_in_area", "4 years or more")
        put(records, row, "transitions_experience", "no" if row == 12 else "yes")
    _, before = cleaned(write_export(records), study)
    for row in (10, 11, 12):
        put(records, row, "strategic_shared_planning", "Good")  # asked of senior leaders
        put(records, row, "strategic_open_challenges", "Leaders only.")
        put(records, row, "strategic_change_before_covid", "No Change")  # and of those only who were there
        put(records, row, "transitions_mental_health", "Poor")  # asked of those who know about transitions
    put(records, 11, "strategic_change_under_4_years", "No Change")
    respondents, flow = cleaned(write_export(records), study)
    rows = respondents.loc[[6, 7, 8]]
    assert rows["strategic_shared_planning"].isna().tolist() == [True, False, True]
    assert rows["strategic_shared_planning"][7] == "good"
    assert rows["strategic_open_challenges"].tolist() == [False, True, False]
    assert rows["strategic_change_before_covid"].isna().tolist() == [True, False, True]
    assert rows["strategic_change_under_4_years"].isna().all()
    assert rows["transitions_mental_health"].isna().tolist() == [False, False, True]
    assert before.not_asked == 0
    assert flow.not_asked == 3 + 1 + 4
    assert flow.complete == 40


def test_what_is_set_aside_is_counted_for_respondents_only(
    records: Records, write_export: WriteExport, study: Study
) -> None:
    put(records, 10, "role", "frontline staff")
    put(records, 10, "strategic_shared_planning", "Good")
    put(records, 10, "Finished", "False")
    _, flow = cleaned(write_export(records), study)
    assert flow.not_asked == 0


# What is never kept


def test_nothing_personal_and_nobody_s_words_in_what_is_written(
    export_rows: Records, write_export: WriteExport, study: Study, tmp_path: Path
) -> None:
    records = [list(record) for record in export_rows]
    header = records[0]
    for row, record in enumerate(records[HEADER_ROWS:], 4):
        for name, value in {
            "RecipientLastName": f"Lastname{row}",
            "RecipientFirstName": f"Firstname{row}",
            "RecipientEmail": f"person{row}@example.org",
            "ExternalReference": f"reference-{row}",
            "LocationLatitude": f"55.8{row:04}",
            "LocationLongitude": f"-4.2{row:04}",
        }.items():
            record[header.index(name)] = value
    private = [*sorted(PERSONAL_COLUMNS & set(header)), "ResponseId"]
    private += [question.column for question in study.open_questions]
    secrets = {record[header.index(name)] for name in private for record in records[HEADER_ROWS:]} - {""}
    assert len(secrets) > 13_000
    build = tmp_path / "build"
    read_responses(study.folder, write_export(records, "private.csv"), build)
    files = sorted(path for path in build.rglob("*") if path.is_file())
    assert [path.name for path in files] == ["reading.json", "responses.parquet"]
    # Parquet may be compressed: looked at as it is, and as it reads.
    frame = pd.read_parquet(build / "responses.parquet")
    plain = io.BytesIO()
    frame.to_parquet(plain, compression=None)
    content = b"\n".join([*(path.read_bytes() for path in files), plain.getvalue()])
    haystack = content.decode("utf-8", "replace")
    assert [text for text in secrets if text in haystack] == []
    assert "ResponseId" not in frame.columns
    assert not PERSONAL_COLUMNS & set(frame.columns)
    assert set(json.loads((build / "reading.json").read_text("utf-8"))["dropped_columns"]) <= PERSONAL_COLUMNS
    texts = {str(value) for column in frame for value in frame[column].dropna().unique()}
    ids = {option for answers in study.response_sets.values() for option in answers.ids}
    ids |= {category.id for question in study.questions for category in question.categories}
    ids |= {category.id for grouping in study.groupings for category in grouping.categories}
    assert texts <= ids | {"True", "False"}


def test_what_is_written_is_read_again(study: Study, tmp_path: Path, respondents: pd.DataFrame) -> None:
    reading = read_responses(study.folder, None, tmp_path)
    rendering = open_rendering(study.folder, tmp_path)
    assert rendering.reading == reading
    assert rendering.respondents.equals(respondents)
    assert reading.shipped
    assert reading.synthetic
    assert reading.export_digest == digest_file(study.folder / study.export.file)
    assert reading.responses_digest == digest_file(tmp_path / "responses.parquet")
    first = (tmp_path / "responses.parquet").read_bytes()
    read_responses(study.folder, None, tmp_path)
    assert (tmp_path / "responses.parquet").read_bytes() == first


def test_an_export_that_was_changed_is_not_the_shipped_one(
    records: Records, write_export: WriteExport, study: Study, tmp_path: Path
) -> None:
    """Its small numbers are protected in full: released figures are exempt for the shipped export only."""
    reading = read_responses(study.folder, write_export(records), tmp_path / "build")
    assert not reading.shipped
    assert open_rendering(study.folder, tmp_path / "build").policy.released == frozenset()


def test_the_shipped_export_is_known_by_its_content_not_by_its_name(study: Study, tmp_path: Path) -> None:
    lines = (study.folder / study.export.file).read_bytes().splitlines(keepends=True)
    for name, content, shipped in (("other.csv", lines, True), (Path(study.export.file).name, lines[:-1], False)):
        (tmp_path / name).write_bytes(b"".join(content))
        assert read_responses(study.folder, tmp_path / name, tmp_path / "build").shipped is shipped


def test_an_export_with_faults_leaves_what_was_built(
    records: Records, write_export: WriteExport, study: Study, tmp_path: Path
) -> None:
    build = tmp_path / "build"
    path = write_export(records)
    read_responses(study.folder, path, build)
    before = {file.name: file.read_bytes() for file in build.iterdir()}
    put(records, 10, "service", "plumbing")
    write_export(records)
    with pytest.raises(UserError):
        read_responses(study.folder, path, build)
    with pytest.raises(UserError):
        read_responses(study.folder, path, tmp_path / "another")
    assert {file.name: file.read_bytes() for file in build.iterdir()} == before
    assert not (tmp_path / "another").exists()


# Real or synthetic


def declared(study: Study, *digests: str) -> Study:
    return dataclasses.replace(study, export=dataclasses.replace(study.export, real_exports=digests))


def test_an_export_is_synthetic_unless_it_is_declared(
    records: Records, write_export: WriteExport, study: Study
) -> None:
    for row in range(4, len(records) + 1):
        put(records, row, study.export.synthetic_column, "")
    export = read_export(write_export(records))
    assert is_synthetic(export, study)
    assert is_synthetic(export, declared(study, "0" * 64))
    assert not is_synthetic(export, declared(study, "0" * 64, export.digest))


def test_a_column_that_says_synthetic_overrides_the_declaration(
    records: Records, write_export: WriteExport, study: Study, shipped: Export
) -> None:
    assert is_synthetic(shipped, declared(study, shipped.digest))
    for row in range(4, len(records) + 1):
        put(records, row, study.export.synthetic_column, "Synthetic" if row == 20 else "")
    one = read_export(write_export(records))
    assert is_synthetic(one, declared(study, one.digest))


def test_an_export_without_the_column_can_be_declared(
    records: Records, write_export: WriteExport, study: Study
) -> None:
    last = records[0].index(study.export.synthetic_column)
    export = read_export(write_export([row[:last] + row[last + 1 :] for row in records]))
    assert is_synthetic(export, study)
    assert not is_synthetic(export, declared(study, export.digest))
    changed = read_export(write_export([row[:last] + row[last + 1 :] for row in records[:-1]]))
    assert is_synthetic(changed, declared(study, export.digest))
