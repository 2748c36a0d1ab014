"""An export with names and wordings of its own: proposed, decided, used; nothing guessed passes for decided."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from strange import EXTRA, OTHER_ANSWERS, strange_export

from survey_report.cleaning import clean
from survey_report.errors import UserError
from survey_report.exports.read import read_export
from survey_report.mapping.applying import apply_mapping
from survey_report.mapping.likeness import Weights, answer_likeness, likeness, words
from survey_report.mapping.prepared import prepared_export
from survey_report.mapping.proposing import propose
from survey_report.mapping.table import Row, mapping_path, read_mapping, write_mapping
from survey_report.own_survey import map_export
from survey_report.study import Study


def decide(study: Study, changes: dict[tuple[str, str], dict[str, str]]) -> None:
    """Edit the mapping as a person would: rows by kind and column, answer or question."""
    path = mapping_path(study)
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    left = dict(changes)
    for row in rows:
        for key in ((row["kind"], row["column"]), (row["kind"], row["answer"]), (row["kind"], row["question"])):
            row |= left.pop(key, {})
    assert not left, left
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_what_is_taken_unasked_is_right_and_most_is(own_study: Study, tmp_path: Path) -> None:
    meaning = strange_export(own_study, tmp_path / "strange.csv")
    rows = propose(read_export(tmp_path / "strange.csv"), own_study, ())
    taken = {row.column: row.question for row in rows if row.kind == "column" and row.decision == "yes"}
    assert {name: asked for name, asked in taken.items() if meaning[name] != asked} == {}
    assert len(taken) > 0.75 * len(meaning)
    proposed = {row.column: row.question for row in rows if row.kind == "column"}
    assert proposed == meaning  # what is left to a person is right here as well
    assert [row.column for row in rows if row.kind == "unused"] == [EXTRA]
    assert [row for row in rows if row.kind == "missing"] == []


def test_answers_in_other_words_find_their_category(own_study: Study, tmp_path: Path) -> None:
    strange_export(own_study, tmp_path / "strange.csv")
    rows = propose(read_export(tmp_path / "strange.csv"), own_study, ())
    found = {row.answer: row for row in rows if row.kind == "answer"}
    ids = {"Neither good or poor": "neither", "Don’t know / unsure": "dont-know", "Police Scotland": "police",
           "Education (schools)": "education", "Argyll and Bute": "argyll-and-bute"}  # fmt: skip
    assert {answer: found[answer].category for answer in ids} == ids
    assert found["Very Good"].confidence == 1.0
    assert found["Police Scotland"].decision == "", "close, but for a person to decide"


def test_the_mapped_export_gives_the_same_respondents(own_study: Study, tmp_path: Path) -> None:
    path = tmp_path / "strange.csv"
    strange_export(own_study, path)
    map_export(path, own_study, accept=True, log=lambda _: None)
    theirs, flow = clean(prepared_export(own_study, path), own_study)
    ours, flow_of_ours = clean(prepared_export(own_study, None), own_study)
    pd.testing.assert_frame_equal(theirs, ours)
    assert flow == flow_of_ours


def test_a_question_that_was_not_asked_is_nobody_s_answer(own_study: Study, tmp_path: Path) -> None:
    path = tmp_path / "strange.csv"
    gone = "services-responsiveness"
    strange_export(own_study, path, without=gone)
    map_export(path, own_study, accept=False, log=lambda _: None)
    with pytest.raises(UserError) as caught:
        clean(prepared_export(own_study, path), own_study)
    assert any(problem.value == gone for problem in caught.value.problems)
    map_export(path, own_study, accept=True, log=lambda _: None)
    export = prepared_export(own_study, path)
    assert f"not asked, as the mapping says: {gone}" in export.notes
    respondents, _ = clean(export, own_study)
    assert respondents["services_responsiveness"].isna().all()
    assert respondents["services_waiting_time"].notna().any()


def test_undecided_rows_stop_the_build_and_are_all_named(own_study: Study, tmp_path: Path) -> None:
    path = tmp_path / "strange.csv"
    strange_export(own_study, path)
    map_export(path, own_study, accept=False, log=lambda _: None)
    undecided = [row for row in read_mapping(own_study) if not row.decision and row.kind in ("column", "answer")]
    assert undecided
    with pytest.raises(UserError) as caught:
        clean(prepared_export(own_study, path), own_study)
    told = {problem.value for problem in caught.value.problems if problem.file == "mapping.csv"}
    assert told == {row.column or row.answer for row in undecided}


def test_decisions_are_remembered(own_study: Study, tmp_path: Path) -> None:
    path = tmp_path / "strange.csv"
    meaning = strange_export(own_study, path)
    map_export(path, own_study, accept=False, log=lambda _: None)
    service = next(name for name, asked in meaning.items() if asked == "demographic-service")
    changes = {("column", service): {"decision": "no"}, ("answer", "Police Scotland"): {"decision": "no"}}
    decide(own_study, changes)
    map_export(path, own_study, accept=False, log=lambda _: None)
    rows = {row.place: row for row in read_mapping(own_study)}
    assert rows["column", service].decision == "no"
    assert rows["answer", "service", "Police Scotland"].decision == "no"
    assert rows["missing", "demographic-service"].decision == ""


def test_an_answer_decided_against_counts_as_none_and_is_counted(own_study: Study, tmp_path: Path) -> None:
    path = tmp_path / "strange.csv"
    strange_export(own_study, path)
    map_export(path, own_study, accept=True, log=lambda _: None)
    decide(own_study, {("answer", "Police Scotland"): {"decision": "no"}})
    export = prepared_export(own_study, path)
    before, _ = clean(prepared_export(own_study, None), own_study)
    respondents, _ = clean(export, own_study)
    assert (respondents["service"] == "police").sum() == 0
    assert respondents["service"].isna().sum() == (before["service"] == "police").sum() == 47
    assert any("counted as none" in note for note in export.notes)


def test_a_column_decided_against_is_not_used_though_it_has_the_name(own_study: Study) -> None:
    export = read_export(own_study.folder / own_study.export.file)
    rows = [
        replace(row, decision="no") if row.question == "services-waiting-time" else row
        for row in propose(export, own_study, ())
    ]
    rows.append(Row("missing", question="services-waiting-time", decision="absent"))
    mapped = apply_mapping(export, rows, own_study)
    assert (mapped.responses["services_waiting_time"] == "").all()


def test_two_columns_for_one_question_are_refused(own_study: Study, tmp_path: Path) -> None:
    path = tmp_path / "strange.csv"
    strange_export(own_study, path)
    map_export(path, own_study, accept=True, log=lambda _: None)
    decide(own_study, {("unused", EXTRA): {"kind": "column", "question": "demographic-service", "decision": "yes"}})
    with pytest.raises(UserError, match="2 columns are taken for `service`"):
        clean(prepared_export(own_study, path), own_study)


def test_a_mapping_with_unknown_names_is_refused_whole(own_study: Study) -> None:
    rows = [
        Row("column", column="a", question="no-question", decision="yes"),
        Row("answer", question="likert_5", answer="x", category="no-answer", decision="yes"),
        Row("kolumn", column="b"),
    ]
    write_mapping(mapping_path(own_study), rows)
    decide(own_study, {("column", "a"): {"decision": "maybe"}})
    with pytest.raises(UserError) as caught:
        read_mapping(own_study)
    found = {(problem.place, problem.value) for problem in caught.value.problems}
    assert found == {
        ("row 2, decision", "maybe"),
        ("row 2, question", "no-question"),
        ("row 3, category", "no-answer"),
        ("row 4, kind", "kolumn"),
    }


def test_open_answers_never_enter_the_mapping(own_study: Study, tmp_path: Path) -> None:
    path, lines = tmp_path / "strange.csv", []
    strange_export(own_study, path)
    map_export(path, own_study, accept=False, log=lines.append)
    content = mapping_path(own_study).read_text(encoding="utf-8") + "\n".join(map(str, lines))
    export = read_export(own_study.folder / own_study.export.file)
    for question in own_study.open_questions:
        for text in export.responses[question.column].unique():
            assert not text or text not in content


def test_likeness() -> None:
    weights = Weights([])
    assert likeness(words("Waiting times"), words("Waiting time"), weights) == 1.0
    assert likeness(words("Waiting time"), words("Range of services"), weights) == 0.0
    assert likeness(words("How long people wait"), words("wait"), weights) < 0.8
    for theirs, ours in {answer: study_answer for study_answer, answer in OTHER_ANSWERS.items()}.items():
        assert 0.35 < answer_likeness(theirs, ours) < 1.0
    assert answer_likeness("VERY  good", "Very Good") == 1.0
    assert answer_likeness("Very good", "Very poor") < 0.8


@pytest.mark.parametrize(("written", "meant"), [("Yes", "yes"), (" NO ", "no"), ("yes", "yes"), ("  ", "")])
def test_a_decision_may_be_written_in_capitals_and_with_spaces(own_study: Study, written: str, meant: str) -> None:
    column = own_study.asked[0]
    write_mapping(mapping_path(own_study), [Row("column", column="a", question=column.id)])
    decide(own_study, {("column", "a"): {"decision": written}})
    assert [row.decision for row in read_mapping(own_study)] == [meant]
