"""The committed export: its form, who is in it, what was asked of whom, and that it says nothing about a person."""

from __future__ import annotations

import csv
import ipaddress
import json
import re
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from survey_report.study import Study
from survey_report.synthesis import synthesise

Row = dict[str, str]
# Columns and import ids of a real export (the example data of the R package qualtRics).
REAL_HEADER = Path(__file__).with_name("qualtrics_header.csv")
FIXED = ("IPAddress", "RecipientLastName", "RecipientFirstName", "RecipientEmail", "ExternalReference")


def test_the_committed_file_is_what_two_runs_write(study: Study, tmp_path: Path) -> None:
    lines: list[str] = []
    for name in ("one.csv", "two.csv"):
        synthesise(study, tmp_path / name, log=lines.append)
    first, second = ((tmp_path / name).read_bytes() for name in ("one.csv", "two.csv"))
    assert first == second
    assert first == (study.folder / study.export.file).read_bytes()
    assert not [line for line in lines if line.startswith("not met")]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.csv", "two.csv"]


def test_header_has_the_form_of_a_real_export(study: Study, records: list[list[str]]) -> None:
    with REAL_HEADER.open(encoding="utf-8", newline="") as handle:
        real = [(row["name"], row["import_id"]) for row in csv.DictReader(handle)]
    names, texts, imports = records[:3]
    ids = [json.loads(cell)["ImportId"] for cell in imports]
    assert list(zip(names, ids, strict=True))[: len(real)] == real
    assert all(
        cell == json.dumps({"ImportId": name}, separators=(",", ":")) for cell, name in zip(imports, ids, strict=True)
    )
    assert len(set(names)) == len(names)
    assert len(set(ids)) == len(ids)
    assert all(texts)
    asked = names[len(real) : -1]
    assert sorted(asked) == sorted(question.column for question in study.asked)
    assert all(re.fullmatch(r"QID\d+(_\d+|_TEXT)?", name) for name in ids[len(real) : -1])
    assert asked[0] == study.question(study.consent[0]).column if study.consent else True
    labels = {question.column: question.label for question in study.asked}
    assert all(texts[names.index(column)] == label for column, label in labels.items())
    assert names[-1] == study.export.synthetic_column
    assert all(len(record) == len(names) for record in records)


def test_every_row_says_that_it_is_synthetic(study: Study, rows: list[Row]) -> None:
    assert {row[study.export.synthetic_column] for row in rows} == {study.export.synthetic_values[0]}


def test_metadata_of_responses(study: Study, rows: list[Row]) -> None:
    starts = [datetime.fromisoformat(row["StartDate"]) for row in rows]
    ends = [datetime.fromisoformat(row["EndDate"]) for row in rows]
    recorded = [datetime.fromisoformat(row["RecordedDate"]) for row in rows]
    assert starts == sorted(starts)
    assert min(starts).date() >= study.opened
    assert max(recorded).date() <= study.closed
    for row, start, end, kept in zip(rows, starts, ends, recorded, strict=True):
        assert start <= end <= kept
        assert int((end - start).total_seconds()) == int(row["Duration (in seconds)"])
        assert (row["Progress"] == "100") == (row["Finished"] == "True")
        assert 0 <= int(row["Progress"]) <= 100
    assert {row["Status"] for row in rows} == {"IP Address"}
    ids = [row["ResponseId"] for row in rows]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"R_[0-9A-Za-z]{15}", one) for one in ids)
    seconds = sorted(int(row["Duration (in seconds)"]) for row in rows if row["Finished"] == "True")
    assert 5 * 60 <= seconds[len(seconds) // 2] <= 30 * 60


def test_no_two_rows_are_alike(rows: list[Row]) -> None:
    own = [tuple(value for name, value in row.items() if name != "ResponseId") for row in rows]
    assert max(Counter(own).values()) == 1


def test_only_answers_the_study_knows(study: Study, rows: list[Row]) -> None:
    for question in study.asked:
        if question.type == "open":
            continue
        known = {category.answer for category in question.categories}
        if question.response_set:
            answers = study.response_sets[question.response_set]
            known = {option.answer for option in (*answers.options, *answers.missing)}
        found = {row[question.column] for row in rows}
        assert found - {""} <= known, question.id
        if question.type == "rating":
            assert {option.answer for option in study.response_sets[question.response_set].missing} & found, question.id


def test_nobody_answers_what_they_were_not_asked(study: Study, rows: list[Row]) -> None:
    conditional = [question for question in study.asked if question.asked_if]
    assert conditional
    for question in conditional:
        wanted = []
        for item, category in question.asked_if:
            gate = study.question(item)
            wanted.append((gate.column, next(c.answer for c in gate.categories if c.id == category)))
        put = [row for row in rows if all(row[column] == answer for column, answer in wanted)]
        assert not [row for row in rows if row[question.column] and row not in put], question.id
        if question.type != "open":
            answered = [row for row in put if row["Finished"] == "True" and row[question.column]]
            assert len(answered) > 0.85 * len([row for row in put if row["Finished"] == "True"]), question.id


def test_the_abandoned_stop_and_do_not_come_back(study: Study, records: list[list[str]], rows: list[Row]) -> None:
    columns = [name for name in records[0] if name in {question.column for question in study.asked}]
    left = [row for row in rows if row["Finished"] != "True"]
    last = [max((place for place, name in enumerate(columns) if row[name]), default=-1) for row in left]
    assert len(left) == len(last)
    assert last.count(-1) > 0
    assert all(row["Progress"] == "0" for row, place in zip(left, last, strict=True) if place < 0)
    # They stop all over the questionnaire, mostly early.
    assert len(set(last)) > 30
    assert sorted(last)[len(last) // 2] < len(columns) / 2
    further = [sum(1 for place in last if place >= limit) for limit in range(0, len(columns), 10)]
    assert further == sorted(further, reverse=True)


@pytest.mark.parametrize("column", FIXED)
def test_personal_columns_hold_nothing_personal(rows: list[Row], column: str) -> None:
    values = {row[column] for row in rows} - {""}
    if column == "IPAddress":
        documentation = ipaddress.ip_network("192.0.2.0/24")
        assert all(ipaddress.ip_address(value) in documentation for value in values)
    else:
        assert values == set()


def test_no_coordinates(rows: list[Row]) -> None:
    assert {row["LocationLatitude"] + row["LocationLongitude"] for row in rows} == {""}


@pytest.mark.parametrize(
    "pattern",
    [
        r"\S@\S",  # e-mail
        r"https?:|www\.",  # web address
        r"\d",  # telephone numbers, dates of birth, ages, case numbers
        r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b",  # British postcode
        r"\b(Mr|Mrs|Ms|Miss|Dr|Prof)\b",
    ],
)
def test_open_answers_hold_no_trace_of_a_person(study: Study, rows: list[Row], pattern: str) -> None:
    texts = {row[question.column] for question in study.open_questions for row in rows} - {""}
    assert not [text for text in texts if re.search(pattern, text)]


def test_open_answers_are_short_and_varied(study: Study, complete: list[Row]) -> None:
    for question in study.open_questions:
        texts = [row[question.column] for row in complete if row[question.column]]
        assert texts, question.id
        assert max(map(len, texts)) < 500
        assert len(set(texts)) == len(texts)
        assert all(text[0].isupper() and text[-1] in ".?!" and text == " ".join(text.split()) for text in texts)
    areas = {
        c.label
        for grouping in study.groupings
        if grouping.derived_from
        for c in study.question(grouping.derived_from).categories
    }
    joined = " ".join(row[question.column] for question in study.open_questions for row in complete)
    assert not [area for area in areas if area in joined]
