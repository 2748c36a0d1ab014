"""Forms of exports: the same answers from every kind of file, and what each kind has of its own."""

from __future__ import annotations

import csv
import json
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
from forms import FORMS, HEADER_ROWS, as_text, names_only, sheet, spss, without_ids

from survey_report.cleaning import clean
from survey_report.export_check import check_export
from survey_report.exports.export import Export
from survey_report.exports.read import read_export
from survey_report.exports.spreadsheet import date_text, number_text
from survey_report.study import Study

DATA = Path(__file__).parents[1] / "data"
REFERENCE = Path(__file__).parents[1] / "reference"
Records = list[list[str]]
WriteExport = Callable[..., Path]


@pytest.fixture(scope="module")
def records(export_rows: Records) -> Records:
    """The header and sixty responses, finished and not, with texts that need quotes. Not to be changed in place."""
    done = export_rows[0].index("Finished")
    body = [list(row) for row in export_rows[HEADER_ROWS:]]
    rows = [row for row in body if row[done] == "True"][:45] + [row for row in body if row[done] == "False"][:15]
    open_one = export_rows[0].index("services_open_challenges")
    rows[3][open_one] = 'Staff said "no"; then,\tin the end, left.\nTwice – café.'
    rows[4][open_one] = "NA"
    rows[5][open_one] = "=1+1"
    rows[6][open_one] = "@home -2 +3"
    return [list(row) for row in export_rows[:HEADER_ROWS]] + rows


@pytest.fixture(scope="module")
def plain(records: Records, tmp_path_factory: pytest.TempPathFactory) -> Export:
    return read_export(as_text("export.csv", "utf-8")(records, tmp_path_factory.mktemp("plain")))


@pytest.mark.parametrize("form", FORMS)
def test_every_form_holds_the_same_responses(
    form: str, records: Records, plain: Export, tmp_path: Path, study: Study
) -> None:
    export = read_export(FORMS[form](records, tmp_path))
    expected = {"two header rows": "qualtrics-2", "one header row": "plain", "SPSS": "sav"}.get(form, "qualtrics-3")
    assert export.form == expected
    assert export.faults == ()
    assert export.added == ()
    assert export.dropped == plain.dropped
    first = {"qualtrics-3": 4, "qualtrics-2": 3, "plain": 2, "sav": 1}[expected]
    assert list(export.responses.index) == list(range(first, first + 60))
    pd.testing.assert_frame_equal(export.responses.reset_index(drop=True), plain.responses.reset_index(drop=True))
    assert export.responses.dtypes.equals(plain.responses.dtypes)
    if expected == "qualtrics-3":
        assert export.import_ids == plain.import_ids
    if expected != "plain":
        assert export.texts == plain.texts
    assert check_export(export, study) == []
    respondents, flow = clean(export, study)
    assert respondents.equals(clean(plain, study)[0])
    assert (flow.complete, flow.incomplete) == (45, 15)


def test_words_are_kept_as_they_are_written(plain: Export) -> None:
    words = plain.responses["services_open_challenges"].tolist()
    assert words[3] == 'Staff said "no"; then, in the end, left. Twice – café.'
    assert words[4:7] == ["NA", "=1+1", "@home -2 +3"]


# Files that other programs wrote


def test_a_spreadsheet_of_libreoffice_is_read_like_the_export_it_was_made_from() -> None:
    export, made_of = (read_export(DATA / f"synthetic-excerpt.{ending}") for ending in ("xlsx", "csv"))
    pd.testing.assert_frame_equal(export.responses, made_of.responses)
    assert export.texts == made_of.texts
    assert export.import_ids == made_of.import_ids
    assert export.dropped == made_of.dropped
    assert export.row_digests.is_unique
    assert export.notes == ("read the sheet `synthetic-excerpt`",)
    sample, made_of = (read_export(DATA / f"qualtrics-sample.{ending}") for ending in ("xlsx", "csv"))
    pd.testing.assert_frame_equal(sample.responses, made_of.responses)
    assert sample.texts["StartDate"] == "Anfangsdatum"


@pytest.mark.parametrize("name", ["synthetic-excerpt.tsv", "synthetic-excerpt-semicolons.csv"])
def test_a_text_of_libreoffice_is_read_like_the_export_it_was_made_from(name: str) -> None:
    export, made_of = read_export(DATA / name), read_export(DATA / "synthetic-excerpt.csv")
    assert set(export.responses["Finished"]) == {"TRUE", "FALSE"}
    pd.testing.assert_frame_equal(
        export.responses.replace({"Finished": {"TRUE": "True", "FALSE": "False"}}), made_of.responses
    )
    assert export.texts == made_of.texts
    assert export.import_ids == made_of.import_ids


def test_of_two_separators_the_one_that_makes_more_cells(tmp_path: Path) -> None:
    """Each of these records has three cells to RFC 4180, the first of which holds a semicolon."""
    path = tmp_path / "export.csv"
    path.write_text("Role; post,Region,Years\nNurse; ward,North,4\nCook; hall,South,9\n", encoding="utf-8")
    assert list(read_export(path).texts)[:3] == ["Role; post", "Region", "Years"]


def test_rows_that_differ_in_where_a_cell_ends_are_no_repetitions(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text("ResponseId,First,Second\n1,12,3\n1,1,23\n1,12,3\n", encoding="utf-8")
    assert read_export(path).row_digests.duplicated().tolist() == [False, False, True]


def test_of_two_columns_of_one_name_the_first_is_kept_and_both_are_told(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text("ResponseId,Role,Role\n1,Nurse,Cook\n2,Cook,Nurse\n", encoding="utf-8")
    export = read_export(path)
    assert export.responses["Role"].tolist() == ["Nurse", "Cook"]
    assert [(fault.value, fault.message) for fault in export.faults] == [("Role", "two columns have one name")]


@pytest.mark.parametrize("name", ["spss-sample", "spss-missing-sample"])
def test_an_spss_file_is_read_as_r_reads_it(name: str) -> None:
    """Values and labels from R's package foreign, see tests/reference/spss.R."""
    with (REFERENCE / "spss.csv").open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if row["file"] == name]
    export = read_export(DATA / f"{name}.sav")
    assert export.form == "sav"
    assert set(export.responses.columns) == {row["variable"] for row in rows} | set(export.added)
    assert len(export.responses) == max(int(row["case"]) for row in rows)
    for row in rows:
        assert export.responses.loc[int(row["case"]), row["variable"]] == row["text"]
        assert export.texts[row["variable"]] == row["label"]


def test_labels_and_missing_values_of_an_spss_file() -> None:
    export = read_export(DATA / "spss-sample.sav")
    assert export.values == {
        "mylabl": {"1": "Male", "2": "Female"},
        "myord": {"1": "low", "2": "medium", "3": "high"},
    }
    assert export.missing == {"mydate": {"": 1}, "dtime": {"": 1}, "mytime": {"": 1}}
    export = read_export(DATA / "spss-missing-sample.sav")
    assert export.missing == {"var1": {"missing": 1}}
    assert export.notes[0] == "values that the file declares missing are read as blank, in 1 column"


def test_missing_values_of_every_kind(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "range": [1.0, 97.0, 99.0, 2.0, None],
            "single": [8.0, 9.0, 3.0, 3.0, 3.0],
            "text": pd.Series(["yes", "refused", "", "no", "yes"], dtype="object"),
            "partly": [1.0, 2.0, 2.5, 1e6, -0.001],
        }
    )
    pyreadstat.write_sav(
        frame,
        str(tmp_path / "export.sav"),
        variable_value_labels={"range": {1.0: " Quite <b>good</b> ", 99.0: "Not asked"}, "partly": {1.0: "One"}},
        missing_ranges={"range": [{"lo": 90, "hi": 99}], "single": [8, 9], "text": ["refused"]},
    )
    export = read_export(tmp_path / "export.sav")
    assert export.faults == ()
    assert export.responses["range"].tolist() == ["Quite <b>good</b>", "", "", "2", ""]
    assert export.responses["single"].tolist() == ["", "", "3", "3", "3"]
    assert export.responses["text"].tolist() == ["yes", "", "", "no", "yes"]
    assert export.responses["partly"].tolist() == ["One", "2", "2.5", "1000000", "-0.001"]
    assert export.missing == {
        "range": {"97": 1, "Not asked": 1, "": 1},
        "single": {"8": 1, "9": 1},
        "text": {"refused": 1},
    }
    assert export.values["range"] == {"1": "Quite <b>good</b>", "99": "Not asked"}
    assert list(export.responses.index) == [1, 2, 3, 4, 5]


def test_moments_beyond_what_dates_can_be(tmp_path: Path) -> None:
    """SPSS keeps seconds since 1582; a slip of the keyboard puts one into the year 33658."""
    frame = pd.DataFrame({"moment": [13744980610.5, 1e12], "day": [86400.0, 9e11]})
    formats = {"moment": "DATETIME20", "day": "DATE11"}
    pyreadstat.write_sav(frame, str(tmp_path / "export.sav"), variable_format=formats)
    export = read_export(tmp_path / "export.sav")
    assert export.responses["moment"].tolist() == ["2018-05-06 10:10:11", "1000000000000"]
    assert export.responses["day"].tolist() == ["1582-10-15", "900000000000"]


@pytest.mark.parametrize(
    ("value", "shown", "text"),
    [
        (datetime(2023, 7, 21, 10, 30, 4, 999_600), "yyyy-mm-dd hh:mm:ss", "2023-07-21 10:30:05"),
        (datetime(2023, 7, 21, 10, 30, 5, 400), "yyyy-mm-dd hh:mm:ss", "2023-07-21 10:30:05"),
        (datetime(2023, 7, 21), "dd/mm/yyyy", "2023-07-21"),
        (datetime(2023, 7, 21), "dd/mm/yyyy hh:mm", "2023-07-21 00:00:00"),
        (datetime(2023, 7, 21), '[$-407]d. mmmm yyyy "Uhr h"', "2023-07-21"),
        (time(9, 5, 3), "hh:mm", "09:05:03"),
        (timedelta(hours=30, minutes=2), "[h]:mm", "30:02:00"),
    ],
)
def test_dates_of_a_spreadsheet_as_qualtrics_writes_them(value: object, shown: str, text: str) -> None:
    assert date_text(value, shown) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(38.0, "38"), (55.86, "55.86"), (-1, "-1"), (1e-7, "0.0000001"), (1e16, "10000000000000000"), (0.1, "0.1")],
)
def test_numbers_without_exponents(value: float, text: str) -> None:
    assert number_text(value) == text


# The legacy form and files with fewer header rows


def test_the_legacy_form() -> None:
    """What the R package qualtRics expects of its sample: one response, the empty last column left out."""
    export = read_export(DATA / "qualtrics-sample-legacy.csv")
    assert export.form == "qualtrics-2"
    assert export.faults == ()
    assert len(export.responses.columns) + len(export.dropped) == 15
    assert export.responses.loc[3].to_dict() == {
        "ResponseId": "R_2YPOQ602ER1jkf1",
        "V2": "Standard-Antwortsatz",
        "Status": "0",
        "StartDate": "2017-07-18 08:28:09",
        "EndDate": "2017-07-18 08:28:48",
        "Finished": "1",
        "Q1": "2",
        "Q2": "Hello World!",
        "LocationAccuracy": "-1",
    }
    assert export.original_names == {
        "ResponseId": "V1", "Status": "V7", "StartDate": "V8", "EndDate": "V9", "Finished": "V10",
    }  # fmt: skip
    assert export.texts["Q1"] == "This is a multiple choice question."
    assert export.dropped == (
        "V3 (Name)", "V4 (ExternalDataReference)", "V5 (EmailAddress)", "V6 (IPAddress)", "LocationLatitude",
        "LocationLongitude",
    )  # fmt: skip
    assert "192.0.2.7" not in repr(export.responses.to_dict())
    assert "Anonym" not in repr(export)


def test_a_table_without_columns_of_qualtrics(records: Records, tmp_path: Path, study: Study) -> None:
    asked = {question.column for question in study.asked}
    wanted = [i for i, name in enumerate(records[0]) if name in asked]
    rows = [[row[i] for i in wanted] for row in [records[0], *records[HEADER_ROWS : HEADER_ROWS + 45]]]
    rows += [rows[-1], rows[-1]]
    export = read_export(as_text("export.csv", "utf-8")(rows, tmp_path))
    assert export.form == "plain"
    assert export.added == ("ResponseId", "Status", "Finished")
    assert export.responses["ResponseId"].tolist() == [str(row) for row in range(2, 49)]
    assert len(export.notes) == 2
    assert check_export(export, study) == []
    respondents, flow = clean(export, study)
    # Three respondents who answered alike are three respondents: nothing says that they are one.
    assert (flow.complete, flow.repeated, flow.incomplete) == (47, 0, 0)
    assert respondents.iloc[44].equals(respondents.iloc[46])


def test_questions_as_names_of_columns(tmp_path: Path) -> None:
    rows = [["How old are you, <b>in years</b>?", "Wie hei&szlig;t Ihre Stadt; bitte w&auml;hlen"], ["30", "K\u00f6ln"]]
    export = read_export(as_text("export.csv", "utf-8", ";")(rows, tmp_path))
    first, second, *_ = export.texts
    assert first == "How old are you, <b>in years</b>?"
    assert export.texts[first] == "How old are you, in years?"
    assert export.texts[second] == "Wie heißt Ihre Stadt; bitte wählen"


@pytest.mark.parametrize("name", ["Response ID", "response_id", "ResponseID"])
def test_ids_under_another_spelling_of_their_name(name: str, tmp_path: Path) -> None:
    write = as_text("export.csv", "utf-8")
    export = read_export(write([[name, "Q1"], ["a", "1"], ["b", "2"]], tmp_path))
    assert export.responses["ResponseId"].tolist() == ["a", "b"]
    assert export.original_names == {"ResponseId": name}
    export = read_export(write([[name, "ResponseId"], ["a", "1"], ["b", "2"]], tmp_path))
    assert export.faults == ()
    assert export.responses["ResponseId"].tolist() == ["1", "2"]
    assert export.responses[name].tolist() == ["a", "b"]


@pytest.mark.parametrize("write", [names_only, spss])
def test_only_files_that_need_no_flags_may_lack_them(
    write: Callable[..., Path], records: Records, tmp_path: Path, study: Study
) -> None:
    gone = [records[0].index(name) for name in ("Status", "Finished")]
    fewer = [[cell for i, cell in enumerate(row) if i not in gone] for row in records]
    export = read_export(write(fewer, tmp_path))
    assert export.added == ("Status", "Finished")
    assert "ResponseId" not in export.original_names
    _, flow = clean(export, study)
    assert (flow.complete, flow.incomplete) == (60, 0)
    export = read_export(without_ids(fewer, tmp_path))
    assert export.added == ()
    assert [problem.place for problem in check_export(export, study)] == ["column Status", "column Finished"]


# Metadata in another language


GERMAN = {
    "StartDate": "Startdatum", "Status": "Antworttyp", "Finished": "Beendet", "ResponseId": "Antwort-ID",
    "DistributionChannel": "Verteilungskanal", "UserLanguage": "Benutzersprache", "IPAddress": "IP-Adresse",
}  # fmt: skip


def test_metadata_are_known_by_their_import_ids(
    records: Records, plain: Export, write_export: WriteExport, study: Study
) -> None:
    translated = [list(row) for row in records]
    translated[0] = [GERMAN.get(name, name) for name in records[0]]
    translated[1] = [GERMAN.get(name, text) for name, text in zip(*records[:2], strict=True)]
    done = records[0].index("Finished")
    for row in translated[HEADER_ROWS:]:
        row[done] = {"True": "WAHR", "False": "FALSCH"}[row[done]]
    export = read_export(write_export(translated))
    assert list(export.responses.columns) == list(plain.responses.columns)
    assert export.original_names == {name: word for name, word in GERMAN.items() if name != "IPAddress"}
    assert export.texts["ResponseId"] == "Antwort-ID"
    assert "IP-Adresse" in export.dropped
    assert clean(export, study)[0].equals(clean(plain, study)[0])


def test_a_question_may_have_the_name_of_a_metadata_column(records: Records, write_export: WriteExport) -> None:
    changed = [list(row) for row in records]
    changed[0][records[0].index("Status")] = "Etat"
    changed[0][records[0].index("services_open_challenges")] = "Status"
    export = read_export(write_export(changed))
    assert [(problem.value, problem.message) for problem in export.faults] == [("Status", "two columns have one name")]


@pytest.mark.parametrize(
    ("finished", "unfinished"),
    [("True", "False"), ("TRUE", "false"), ("1", "0"), ("Wahr", "Falsch"), ("Vrai", "Faux"), ("VERDADERO", "FALSO"),
     ("Verdadeiro", "Falso"), ("vero", "falso"), ("WAAR", "ONWAAR"), ("Sant", "Falskt"), ("TOSI", "EPÄTOSI"),
     ("PRAWDA", "FAŁSZ"), ("DOĞRU", "YANLIŞ"), ("ИСТИНА", "ЛОЖЬ"), ("True\u00a0", " False")],
)  # fmt: skip
def test_flags_in_many_languages(
    finished: str, unfinished: str, records: Records, write_export: WriteExport, study: Study
) -> None:
    done = records[0].index("Finished")
    spelled = {"True": finished, "False": unfinished}
    changed = [*records[:HEADER_ROWS], *([*row[:done], spelled[row[done]], *row[done + 1 :]] for row in
                                         records[HEADER_ROWS:])]  # fmt: skip
    _, flow = clean(read_export(write_export(changed)), study)
    assert (flow.complete, flow.incomplete) == (45, 15)


def test_a_flag_or_status_of_unknown_spelling_is_a_problem(
    records: Records, write_export: WriteExport, study: Study
) -> None:
    changed = [list(row) for row in records]
    changed[10][records[0].index("Finished")] = "perhaps"
    changed[12][records[0].index("Status")] = "Umfragevorschau"
    problems = check_export(read_export(write_export(changed)), study)
    assert [(p.place, p.value) for p in problems] == [
        ("column Finished, row 11", "perhaps"), ("column Status, row 13", "Umfragevorschau"),
    ]  # fmt: skip
    assert "True" in problems[0].remedy
    assert "Survey Preview" in problems[1].remedy


def test_numbers_are_no_statuses_in_a_table_of_another_origin(records: Records, tmp_path: Path, study: Study) -> None:
    """A column `Status` may be anything there: nobody is left out as a preview for a 1 in it."""
    asked = {question.column for question in study.asked}
    wanted = [i for i, name in enumerate(records[0]) if name in asked]
    rows = [["Status", *(records[0][i] for i in wanted)]]
    rows += [[str(number % 3), *(row[i] for i in wanted)] for number, row in enumerate(records[HEADER_ROWS:])]
    export = read_export(as_text("export.csv", "utf-8")(rows, tmp_path))
    assert [problem.value for problem in check_export(export, study)] == ["0", "1", "2"]
    numbered = [["ResponseId", "Finished", *rows[0]], *(["x" + str(i), "1", *row] for i, row in enumerate(rows[1:]))]
    _, flow = clean(read_export(as_text("export.csv", "utf-8")(numbered, tmp_path)), study)
    assert (flow.previews, flow.tests, flow.complete) == (20, 20, 20)


# ImportIds and texts


def test_import_ids_with_choices(records: Records, plain: Export, write_export: WriteExport) -> None:
    assert plain.import_ids["services_open_challenges"].startswith("QID")
    assert plain.import_ids["ResponseId"] == "_recordId"
    changed = [list(row) for row in records]
    for i, cell in enumerate([{"ImportId": "QID7", "choiceId": "3"}, {"ImportId": "QID7", "choiceId": 4}], 20):
        changed[2][i] = json.dumps(cell)
    changed[2][22] = "{broken"
    export = read_export(write_export(changed))
    names = records[0][20:23]
    assert [export.import_ids[name] for name in names] == ["QID7_3", "QID7_4", ""]


def test_texts_are_freed_of_html(records: Records, write_export: WriteExport) -> None:
    changed = [list(row) for row in records]
    i = records[0].index("service")
    changed[1][i] = (
        '<div style="x">Your&nbsp;service<br/>&amp; <b>sec</b>tor:\n is 3 < 4 &lt;b&gt;?</div><script>no()</script>'
    )
    assert read_export(write_export(changed)).texts["service"] == "Your service & sector: is 3 < 4 <b>?"


# Personal columns


def test_personal_columns_of_any_table_are_dropped(tmp_path: Path) -> None:
    personal = [
        "Name", "E-Mail", "email_address", "Phone number", "POSTCODE", "IP address", "First name", "Prénom", "Telefon",
        "ip", "Date of birth", "recipientemail", "LOCATIONLATITUDE",
    ]  # fmt: skip
    kept = ["service_name", "Q1", "emailed", "shipment", "age"]
    secret = [f"secret {i}" for i in range(len(personal))]
    rows = [[*personal, *kept], [*secret, *"abcde"], [*secret, *"fghij"]]
    for write in (as_text("export.csv", "utf-8"), sheet):
        export = read_export(write(rows, tmp_path))
        assert export.dropped == tuple(personal)
        assert [name for name in export.responses.columns if name not in export.added] == kept
        assert "secret" not in repr(export) + repr(export.responses.to_dict()) + repr(export.row_digests.to_dict())


def test_a_question_in_a_personal_column_is_told(records: Records, write_export: WriteExport, study: Study) -> None:
    first, *others = study.questions
    renamed = replace(study, questions=(replace(first, column="Postcode"), *others))
    changed = [list(row) for row in records]
    changed[0][records[0].index(first.column)] = "Postcode"
    (problem,) = check_export(read_export(write_export(changed)), renamed)
    assert problem.place == "column Postcode"
    assert "dropped" in problem.message


# Size


def test_what_is_read_is_not_held_twice(records: Records, tmp_path: Path) -> None:
    """Objects of Python are made for some rows at a time, however many there are; the texts themselves lie outside."""
    peaks = []
    for times in (100, 400):
        rows = [row[:20] for row in [*records[:HEADER_ROWS], *records[HEADER_ROWS:] * times]]
        path = as_text("export.csv", "utf-8")(rows, tmp_path)
        tracemalloc.start()
        export = read_export(path)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert len(export.responses) == 60 * times
    assert peaks[1] < 1.3 * peaks[0]
