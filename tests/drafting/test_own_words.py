"""What somebody wrote, and what identifies a row, stands nowhere but below own/, whatever the survey looks like.

Surveys are invented at random, and what must not come out is known for each: the files are searched for it.
"""

from __future__ import annotations

import csv
import os
import random
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from survey_report.cli import main
from survey_report.codebook import codebook
from survey_report.drafting.columns import columns_of
from survey_report.drafting.shapes import free_values, shape_of
from survey_report.errors import UserError
from survey_report.exports.export import Export
from survey_report.exports.metadata import COMPLETED, STATUS
from survey_report.exports.personal import is_personal
from survey_report.exports.read import read_export
from survey_report.findings.people import people_findings
from survey_report.findings.theme import theme_findings
from survey_report.instrument_tables import instrument_questions
from survey_report.own_survey import new_study
from survey_report.rendering import open_rendering
from survey_report.responses import read_responses
from survey_report.study import Study
from survey_report.study_load import load_study
from survey_report.verifying import copy_sources

ROOT = Path(__file__).parents[2]
AGREE = ["Strongly agree", "Agree", "Neither agree nor disagree", "Disagree", "Strongly disagree"]
OFFERED = ["Pay", "Workload", "Moving away", "Not thinking of it"]
DAYS = {"opened": date(2024, 5, 1), "closed": date(2024, 5, 31)}


@dataclass
class Survey:
    """A table, and the texts of it that must not come out."""

    header: list[str]
    rows: list[list[str]]
    secret: set[str] = field(default_factory=set)

    def write(self, path: Path) -> Path:
        with path.open("w", encoding="utf-8", newline="") as handle:
            csv.writer(handle, lineterminator="\n").writerows([self.header, *self.rows])
        return path


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def word(rng: random.Random) -> str:
    return "".join(rng.choice("bdfgklmnprtvz") + rng.choice("aeiou") for _ in range(5))


def invented(seed: int) -> Survey:
    """A survey with one-off answers in a closed question, and columns that identify people."""
    rng = random.Random(seed)
    people = rng.randrange(60, 200)
    own = {n: f"{word(rng)} {word(rng)} at {word(rng)}" for n in rng.sample(range(people), rng.randrange(1, 9))}
    twice = f"{word(rng)} ward"
    own |= dict.fromkeys(rng.sample([n for n in range(people) if n not in own], 4), twice)
    start = datetime(2026, 3, 1, 8)
    times = [start + timedelta(seconds=rng.randrange(2_000_000)) for _ in range(people)]
    form = rng.choice(["%Y-%m-%d %H:%M:%S", "%Y/%m/%d %I:%M:%S %p GMT+0", "%d/%m/%Y %H:%M", "%H:%M:%S", "%b %d, %Y"])
    columns: dict[str, list[str]] = {
        "Stamp": [moment.strftime(form) for moment in times],
        "Reason": [own.get(n, rng.choice(OFFERED)) for n in range(people)],
        "Site": [rng.choice(["North", "South"]) for _ in range(people)],
        "participant_id": [f"P{7000 + n // 6}" for n in range(people)],
        "Seen on": [f"2026-02-{rng.randrange(10, 14)}" for _ in range(people)],
        "Contact": [f"{word(rng)}@{word(rng)}.org" for _ in range(people)],
        "Number to call": [f"0131 {rng.randrange(4_000_000, 5_000_000)}" for _ in range(people)],
        "Came from": [f"10.{rng.randrange(40, 99)}.77.{rng.randrange(2)}" for _ in range(people)],
        "Salary": [str(rng.choice([23_117, 25_361, 31_733, 44_891])) for _ in range(people)],
        "I am heard": [rng.choice(AGREE) for _ in range(people)],
        "I am safe": [rng.choice(AGREE) for _ in range(people)],
    }
    order = list(columns)
    rng.shuffle(order)
    identifying = ("Stamp", "participant_id", "Seen on", "Contact", "Number to call", "Came from", "Salary")
    secret = {*own.values(), *(value for name in identifying for value in columns[name])}
    return Survey(order, [[columns[name][n] for name in order] for n in range(people)], secret)


def texts_below(folder: Path, private: tuple[str, ...]) -> Iterator[tuple[Path, str]]:
    """The content of every file, packed ones unpacked, apart from some folders and the export itself."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not set(private) & set(path.relative_to(folder).parts):
            content = path.read_bytes()
            yield path, content.decode("utf-8", "replace")
            if path.suffix == ".pdf" and (program := shutil.which("pdftotext")):
                run = subprocess.run([program, str(path), "-"], capture_output=True, text=True, check=True)
                yield path, run.stdout
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as archive:
                    yield path, "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


DIGEST = re.compile(r"\b[0-9a-f]{64}\b")  # five digits of an id may stand in one by chance


def found_in(folder: Path, secret: set[str], private: tuple[str, ...]) -> list[tuple[str, str]]:
    """Secrets that stand in files below a folder, as they were typed or as an id or a label would have them."""
    wanted = {form for text in secret for form in (text, text.lower().replace(" ", "-"), text[:1].upper() + text[1:])}
    return [
        (path.name, text)
        for path, content in texts_below(folder, private)
        for text in wanted
        if text in DIGEST.sub("", content)
    ]


@pytest.mark.parametrize("seed", range(12))
def test_own_words_and_ids_stand_below_own_alone(seed: int, tmp_path: Path) -> None:
    survey, told = invented(seed), []
    source = survey.write(tmp_path / "export.csv")
    folder, build = tmp_path / "studies" / "drafted", tmp_path / "build"
    study = new_study(source, folder, title="", organisation="Us", real=False, log=told.append, **DAYS)
    assert [len(scale.items) for scale in study.scales] == [2] or len(study.scales) == 2
    assert sorted(category.label for category in study.question("reason").categories) == sorted([*OFFERED, "Other"])
    columns = {question.column for question in study.questions}
    assert columns == {"Reason", "Site", "I am heard", "I am safe"}
    read_responses(folder, None, build)
    rendering = open_rendering(folder, build)
    counts = rendering.respondents["Reason"].value_counts()
    assert counts["other"] == sum(row[survey.header.index("Reason")] in survey.secret for row in survey.rows)
    for name, frame in (("codebook", codebook(study)), ("instrument", instrument_questions(study)),
                        ("people", people_findings(rendering).breakdowns)):  # fmt: skip
        frame.to_csv(build / f"{name}.csv")
    assert found_in(folder, survey.secret, ("own",)) == []
    assert found_in(build, survey.secret, ("private",)) == []
    assert not [text for text in survey.secret if any(text in line for line in told)]
    kept = folder / "own" / "rare-answers.csv"
    assert kept.stat().st_mode & 0o077 == 0
    rare = {row["answer"]: row["people"] for row in rows_of(kept)}
    reasons = [row[survey.header.index("Reason")] for row in survey.rows]
    assert rare == {text: str(reasons.count(text)) for text in reasons if text in survey.secret}


def plain(columns: dict[str, list[str]]) -> Export:
    """An export without a file: a table of finished responses."""
    cells = {STATUS: "IP Address", COMPLETED: "True", **columns}
    responses = pd.DataFrame(cells, dtype="str")
    digests = pd.Series(map(str, responses.index), index=responses.index)
    return Export("x.csv", "", responses, digests, {}, (), form="plain")


def drafted(tmp_path: Path, header: list[str], rows: list[list[str]]) -> Study:
    source = Survey(header, rows).write(tmp_path / "export.csv")
    return new_study(source, tmp_path / "drafted", title="", organisation="Us", real=False, log=lambda _: None, **DAYS)


def decided(study: Study, decisions: dict[str, str]) -> None:
    path = study.folder / "own" / "rare-answers.csv"
    rows = rows_of(path)
    for row in rows:
        row["decision"] = decisions.get(row["answer"], "")
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_an_answer_that_was_offered_is_a_category_once_it_is_confirmed(tmp_path: Path) -> None:
    answers = ["Day"] * 40 + ["Night"] * 30 + ["On call"] * 3 + ["=1+1"] * 2 + ["when Ann lets me"]
    study = drafted(tmp_path, ["Shift", "q"], [[answer, AGREE[n % 5]] for n, answer in enumerate(answers)])
    assert [c.answer for c in study.question("shift").categories] == ["Day", "Night", "*"]
    decided(study, {"On call": "offered", "'=1+1": "Offered "})
    again = load_study(study.folder)
    assert [c.answer for c in again.question("shift").categories] == ["Day", "Night", "=1+1", "On call", "*"]
    read_responses(study.folder, None, tmp_path / "build")
    counts = open_rendering(study.folder, tmp_path / "build").respondents["Shift"].value_counts()
    assert counts.to_dict() == {"day": 40, "night": 30, "on-call": 3, "1-1": 2, "other": 1}
    decided(study, {"when Ann lets me": "offered"})
    assert [c.label for c in load_study(study.folder).question("shift").categories][2] == "When Ann lets me"
    decided(study, {"On call": "yes"})
    with pytest.raises(UserError) as caught:
        load_study(study.folder)
    assert [problem.place for problem in caught.value.problems] == ["row 3, decision"]
    path = study.folder / "own" / "rare-answers.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("shift,", "shifts,"), encoding="utf-8")
    decided(study, {})
    with pytest.raises(UserError) as caught:
        load_study(study.folder)
    assert [(p.place, p.value, p.message) for p in caught.value.problems] == [
        ("rows 2, 3, 4, question", "shifts", "is no question of the study")
    ]


def test_the_next_waves_own_words_need_no_change_and_are_not_repeated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = ["Day"] * 40 + ["Night"] * 30 + ["Other"] * 6 + ["When Ann lets me"]
    study = drafted(tmp_path, ["Shift", "q"], [[answer, AGREE[n % 5]] for n, answer in enumerate(answers)])
    assert [(c.label, c.answer) for c in study.question("shift").categories] == [
        ("Day", "Day"), ("Night", "Night"), ("Other", "*"),
    ]  # fmt: skip
    later = [["day", "Agree"]] * 20 + [["Whenever Bob is away", "Agree"], ["Whenever Eve is away", "Agree"]]
    path = Survey(["Shift", "q"], later).write(tmp_path / "later.csv")
    capsys.readouterr()
    assert main(["check", "--study", str(study.folder), "--export", str(path)]) == 0
    told = capsys.readouterr()
    assert "Shift: 2 different answers in 2 rows count as `Other`" in told.out
    assert main(["map", str(path), "--study", str(study.folder)]) == 0
    told = capsys.readouterr()
    assert "Whenever" not in told.out + told.err
    assert "Whenever" not in (study.folder / "own" / "mapping.csv").read_text(encoding="utf-8")


def test_a_rating_loses_no_answer_and_a_fixed_list_keeps_what_few_chose(tmp_path: Path) -> None:
    rows = [[AGREE[0] if n else AGREE[4], "Yes" if n > 2 else "No", "Ja" if n % 2 else f"{n} times"] for n in range(60)]
    study = drafted(tmp_path, ["q", "member", "often"], rows)
    # The smallest list that has both ends: nobody chose its middle, so that nothing says whether it has one.
    offered = [option.answer for option in study.response_sets["agreement"].options]
    assert offered == [answer for answer in AGREE if answer != "Neither agree nor disagree"]
    assert [category.answer for category in study.question("member").categories] == ["No", "Yes"]
    assert not (study.folder / "own" / "rare-answers.csv").exists()
    assert [question.column for question in study.open_questions] == ["often"]


def test_an_answer_of_rows_that_do_not_count_is_not_listed(tmp_path: Path) -> None:
    """A test row that somebody filled in must neither be listed nor stop the reading."""
    rows = [["True", "IP Address", ["North", "South"][n % 2], AGREE[n % 5]] for n in range(40)]
    rows += [["False", "IP Address", "Left early at Rosebank", AGREE[0]], *[["True", "Survey Test", "A try", ""]] * 6]
    study = drafted(tmp_path, ["Finished", "Status", "site", "q"], rows)
    assert [category.answer for category in study.question("site").categories] == ["North", "South", "*"]
    read_responses(study.folder, None, tmp_path / "build")
    assert open_rendering(study.folder, tmp_path / "build").respondents["site"].value_counts()["other"] == 0


TIMES = (
    "8 Uhr", "7.30 Uhr", "halb neun", "acht Uhr", "9h", "14h30", "9 o’clock", "nine o'clock", "12 noon", "half past 8",
    "quarter to nine", "9.30am", "12. Januar 2026", "3. März", "3 mars 2026", "1er août 2026", "12 de enero de 2026",
    "3 maart 2026", "12 Ionawr 2026", "Dienstag, 3. März 2026",
)  # fmt: skip
NO_TIMES = ("Mai", "Samedi", "Mo", "9 hours", "2 days", "12 months", "Half", "half the time", "8 or more", "Over 8h")


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ("2026/03/01 10:11:12 am GMT+0", "a date or a time"),
        ("2026-03-01T10:11:12Z", "a date or a time"),
        ("3/1/2026 9:05", "a date or a time"),
        ("10:11", "a date or a time"),
        ("9.30 pm", "a date or a time"),
        ("9.30", ""),
        *((text, "a date or a time") for text in TIMES),
        *((text, "") for text in NO_TIMES),
        ("55.95,-3.19", "a pair of coordinates"),
        ("12th of March", "a date or a time"),
        ("Mar 3, 2026", "a date or a time"),
        ("Sunday, 1 March 2026", "a date or a time"),
        ("March", ""),
        ("Monday", ""),
        ("2 to 5 years", ""),
        ("2010-2014", ""),
        ("20000 - 29999", ""),
        ("a.b@c.org", "an e-mail address"),
        ("192.168.0.12", "an address of a computer"),
        ("fe80::1ff:fe23:4567:890a", "an address of a computer"),
        ("+44 131 496 0000", "a telephone number"),
        ("EH8 9YL", "a postcode"),
        ("R_1abc2DEF3ghi4JK", "an id"),
        ("123e4567-e89b-12d3-a456-426614174000", "an id"),
        ("Café", ""),
        ("中文", ""),
        ("Level 3", ""),
    ],
)
def test_shapes_of_values(value: str, shape: str) -> None:
    assert shape_of(value) == shape


@pytest.mark.parametrize(
    ("answers", "given", "free"),
    [
        (["34", "51", "47", "29"], 80, "a number"),
        (["1998", "2003", "2010"], 80, "a number"),
        (["£23,000", "31000", "27 500"], 80, "a number"),
        (["1", "2"], 80, ""),
        (["1", "2", "3", "99"], 80, ""),
        (["2", "3", "4", "5"], 80, ""),
        ([str(n) for n in range(1, 11)], 10, "a number"),
        (["A-101", "A-102", "B-7", "C-88"], 4, "an id"),
        (["North", "South", "10:15"], 80, ""),
        (["Under 5", "5 to 10", "Over 10"], 80, ""),
    ],
)
def test_free_values(answers: list[str], given: int, free: str) -> None:
    assert free_values(answers, given) == free


def test_a_table_without_names_of_columns_is_refused_and_not_repeated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = random.Random(5)
    rows = [[f"a{n}@b.org", rng.choice(["North", "South", "East"]), rng.choice(AGREE)] for n in range(80)]
    path = Survey(rows[0], rows[1:]).write(tmp_path / "bare.csv")
    days = ["--opened", "2024-05-01", "--closed", "2024-05-31"]
    assert main(["new-study", str(path), "--study", str(tmp_path / "bare"), *days]) == 2
    told = capsys.readouterr()
    assert "the first row seems to hold somebody's answers" in told.err
    assert "a0@b.org" not in told.out + told.err
    assert not (tmp_path / "bare").exists()


@pytest.mark.parametrize("people", [1, 4, 9])
def test_fewer_than_min_group_make_no_report_and_an_earlier_one_is_named(
    people: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    rng = random.Random(people)
    header = ["Status", "site", "q"]
    rows = [["IP Address" if n < people else "Survey Test", rng.choice(["North", "South"]), rng.choice(AGREE)]
            for n in range(60)]  # fmt: skip
    path = Survey(header, rows).write(tmp_path / "few.csv")
    days = ["--opened", "2024-05-01", "--closed", "2024-05-31"]
    assert main(["new-study", str(path), "--study", "studies/few", *days]) == 0
    earlier = tmp_path / "_build" / "few"
    (earlier / "site").mkdir(parents=True)
    (earlier / "site" / "index.html").write_text("of an earlier build", encoding="utf-8")
    capsys.readouterr()
    assert main(["check", "--study", "studies/few"]) == 2
    told = capsys.readouterr().err
    assert f"{people} complete responses, fewer than min_group, which is 10" in told
    assert "_build/few/site: was built before from other answers" in told
    assert told.count("->") == 2
    assert main(["read", "--study", "studies/few"]) == 2
    assert [path.name for path in earlier.rglob("*") if path.is_file()] == ["index.html"]


@pytest.mark.slow
def test_a_built_site_holds_no_own_words(tmp_path: Path) -> None:
    """Everything that a build makes of such a survey: pages, PDFs, downloads, workbook, digests."""
    survey = invented(20261130)
    checkout = copy_sources(ROOT, tmp_path / "checkout")
    source = survey.write(tmp_path / "people.csv")
    folder = checkout / "studies" / "drafted"
    new_study(source, folder, title="", organisation="Us", real=False, log=lambda _: None, **DAYS)
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(checkout / "src"),
        "SURVEY_REPORT_ENGINE": "embedded",
        "STUDY": "drafted",
    }
    command = ["snakemake", "site", "--cores", "2", "--quiet", "all", "--nolock"]
    run = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    build = checkout / "_build" / "drafted"
    assert (build / "site" / "index.html").is_file()
    assert len(list(build.rglob("*.pdf"))) >= 2
    assert found_in(build, survey.secret, ("private",)) == []
    assert found_in(folder, survey.secret, ("own",)) == []
    assert not [text for text in survey.secret if text in run.stdout + run.stderr]
    assert (
        found_in(build / "site", {"Reason", "Neither agree nor disagree"}, ()) != []
    )  # the search finds what is there
    assert found_in(build, {str(source)}, ()) == []


@pytest.mark.parametrize(
    ("heading", "values", "kind"),
    [
        ("Child", range(6, 11), "aside"),
        ("Age", range(1, 6), "aside"),
        ("Anzahl Kinder", range(5), "aside"),
        ("How many nights did you work?", range(1, 6), "aside"),
        ("¿Cuántos hijos tiene?", range(5), "aside"),
        ("Nights away", range(9), "aside"),
        ("I feel heard", range(1, 6), "rated"),
        ("How likely are you to recommend us, 0 to 10?", range(9), "rated"),
        ("My manager cares about people of any age and how they are treated", range(1, 6), "rated"),
        ("Group", range(1, 3), "closed"),
    ],
)
def test_whole_numbers_are_points_where_something_says_so(heading: str, values: range, kind: str) -> None:
    numbers = list(map(str, values))
    assert [column.kind for column in columns_of(plain({heading: numbers * 10}))] == [kind]


def test_points_of_a_matrix_are_rated_together() -> None:
    high = ["2", "3", "4", "5"] * 15
    both = plain({"Rate - a": ["1", "2", "3", "4", "5"] * 12, "Rate - b": high, "Alone": high})
    assert [column.kind for column in columns_of(both)] == ["rated", "rated", "aside"]
    counts = plain({"Number of - cars": ["1", "2", "3"] * 20, "Number of - dogs": ["0", "1", "2"] * 20})
    assert [column.kind for column in columns_of(counts)] == ["aside", "aside"]


@pytest.mark.parametrize(
    ("answers", "listed"),
    [
        (["North", "South", "45000"], ("North", "South")),
        (["North", "South", "East", "3"], ("East", "North", "South")),
        (["1", "2", "3 or more"], ("1", "2", "3 or more")),
        (["None", "1", "2"], ("1", "2", "None")),
    ],
)
def test_a_free_number_among_words_is_not_listed(answers: list[str], listed: tuple[str, ...]) -> None:
    (column,) = columns_of(plain({"Where": answers * 10}))
    assert (column.kind, column.answers) == ("closed", listed)
    assert {answer for answer, _ in column.rare} == set(answers) - set(listed)


def test_own_words_behind_other_are_not_listed_however_many_gave_them() -> None:
    answers = ["Day", "Night", "Other: days with Ann", "Sonstiges: mit Eva", "Autre : avec Luc", "Otro - con Ana"]
    (column,) = columns_of(plain({"Shift": answers * 8}))
    assert (column.kind, column.answers, column.other) == ("closed", ("Day", "Night"), "Other")
    assert {answer for answer, _ in column.rare} == set(answers[2:])
    (column,) = columns_of(plain({"Shift": ["Day", "Night", "Other - please specify"] * 8}))
    assert column.answers == ("Day", "Night", "Other - please specify")


@pytest.mark.parametrize(
    "heading",
    [
        "Which? - Other (please specify)", "Sonstiges (bitte angeben)", "Autre (précisez)", "Otro (especifique)",
        "Which? - Other", "Q5_6_TEXT", "gender_other", "If yes, please specify",
    ],
)  # fmt: skip
def test_the_text_field_of_other_is_open(heading: str) -> None:
    (column,) = columns_of(plain({heading: ["With Ann", "With Eve"] * 20}))
    assert column.kind == "open"


def test_other_that_is_chosen_or_rated_is_no_text_field() -> None:
    columns = {"Which? - Other": ["Other", ""] * 20, "Rated - Other": AGREE * 8, "Ticked: Other": ["0", "1"] * 20}
    kinds = [columns_of(plain({name: cells}))[0].kind for name, cells in columns.items()]
    assert kinds == ["option", "rated", "closed"]


@pytest.mark.parametrize(
    ("heading", "personal"),
    [
        *((text, True) for text in (
            "Your name (optional)", "Name (freiwillig)", "Ihr Name", "Full name of respondent", "E-mail address",
            "What is your name?", "Please enter your e-mail address if you want the results", "Votre nom",
            "Nombre y apellidos", "Name of your line manager", "Ihre E-Mail-Adresse (optional)", "Uw naam",
        )),
        *((text, False) for text in (
            "Name of your team", "Department name", "My manager knows my name", "Your manager", "Nombre de hijos",
            "Which form of address do you prefer?", "How often do you check your e-mail?", "Number of phones", "Work",
        )),
    ],
)  # fmt: skip
def test_headings_that_ask_who_somebody_is(heading: str, personal: bool, tmp_path: Path) -> None:
    assert is_personal(heading) is personal
    rows = [[["Ann Lee", "Eve Roy"][n % 2], AGREE[n % 5], "North"] for n in range(20)]
    export = read_export(Survey([heading, "q", "site"], rows).write(tmp_path / "export.csv"))
    assert (heading not in export.responses, heading in export.dropped) == (personal, personal)


def test_a_text_of_ones_own_leaves_a_scale_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = "Depends if my manager is in"
    rows = [[AGREE[n % 5], own if n == 7 else AGREE[n % 3], str(n % 5 + 1)] for n in range(60)]
    rows[9][2] = "Ask Ann"
    source = Survey(["Us - a", "Us - b", "Rate us"], rows).write(tmp_path / "export.csv")
    told: list[str] = []
    study = new_study(source, tmp_path / "drafted", title="", organisation="Us", real=False, log=told.append, **DAYS)
    assert [len(scale.items) for scale in study.scales] == [2, 1]
    assert "  2 answers that are none of the scale's count as missing in Us - b and Rate us" in "\n".join(told)
    kept = rows_of(study.folder / "own" / "rare-answers.csv")
    assert [(row["answer"], row["people"]) for row in kept] == [(own, "1"), ("Ask Ann", "1")]
    assert found_in(study.folder, {own, "Ask Ann"}, ("own",)) == []
    assert main(["check", "--study", str(study.folder)]) == 0
    assert "Us - b: 1 different answers in 1 rows count as missing" in capsys.readouterr().out
    read_responses(study.folder, None, tmp_path / "build")
    rendering = open_rendering(study.folder, tmp_path / "build")
    assert rendering.respondents["Us - b"].value_counts()["any-other-answer"] == 1
    second = theme_findings(rendering, study.scales[1].id)
    given = [int(row[2]) for row in rows if row[2].isdecimal()]
    assert second.overall.value == pytest.approx(sum(given) / len(given), abs=0.005)
    assert "any-other-answer = Any other answer" in codebook(study).to_csv()
    decided(study, {own: "offered"})
    with pytest.raises(UserError) as caught:
        load_study(study.folder)
    (problem,) = caught.value.problems
    assert problem.place == "row 2, decision"
    assert "study.yml" in problem.remedy


def test_a_matrix_tells_what_an_item_of_two_answers_is() -> None:
    rows = {"Us - a": AGREE * 12, "Us - b": [*["Agree"] * 57, "Ask Ann", "Ask Ann", "Ask Eve"]}
    both = columns_of(plain(rows))
    assert [column.kind for column in both] == ["rated", "rated"]
    assert both[1].rare == (("Ask Ann", 2), ("Ask Eve", 1))
    few = columns_of(plain({"q": [*AGREE * 10, *(f"Ask Ann {n}" for n in range(10))]}))
    assert [column.kind for column in few] == ["closed"]
