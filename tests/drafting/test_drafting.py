"""New studies drafted from exports and data dictionaries: what is guessed, and that it loads and gives findings."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import pytest

from survey_report.charts.intervals import axis_for
from survey_report.cli import main
from survey_report.documents import general_sources
from survey_report.drafting.answer_sets import asset
from survey_report.drafting.dictionary import is_dictionary
from survey_report.drafting.known_sets import known_sets
from survey_report.drafting.rated import Rated, rated_of
from survey_report.drafting.response_sets import response_set
from survey_report.errors import UserError
from survey_report.execution import runs_of
from survey_report.exports.read import read_export
from survey_report.figure_checks.gate import number_problems, table_problems
from survey_report.findings.people import people_findings
from survey_report.findings.theme import theme_findings
from survey_report.own_survey import new_study
from survey_report.rendering import open_rendering
from survey_report.responses import read_responses
from survey_report.study import Study
from survey_report.study_load import load_study

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"
AGREEMENT = ("Strongly agree", "Agree", "Neither agree nor disagree", "Disagree", "Strongly disagree")


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerows([header, *rows])
    return path


def draft(source: Path, folder: Path) -> Study:
    days = {"opened": date(2024, 5, 1), "closed": date(2024, 5, 31)}
    return new_study(source, folder, title="", organisation="Us", real=False, log=lambda _: None, **days)


def findings(study: Study, build: Path) -> None:
    """All numbers of a study, with their consistency checked as the build does."""
    read_responses(study.folder, None, build)
    rendering = open_rendering(study.folder, build)
    people = people_findings(rendering)
    numbers, flow = dict(people.numbers), people.data(people.flow)
    for scale in study.scales:
        numbers |= theme_findings(rendering, scale.id).numbers
    assert list(number_problems(numbers, study)) == []
    assert list(table_problems({"tbl-flow": flow}, numbers, study)) == []


def test_the_shipped_export_is_taken_apart_as_the_study_has_it(study: Study, tmp_path: Path) -> None:
    drafted = draft(study.folder / study.export.file, tmp_path / "again")
    ours = [[item.column for item in scale.items] for scale in study.scales]
    theirs = [[item.column for item in scale.items] for scale in drafted.scales]
    assert theirs[::2] == ours  # each followed by its questions on change
    changes = [[question.column for question in scale.changes] for scale in study.scales]
    assert theirs[1::2] == changes
    first, second = (study.response_sets[name] for name in ("likert_5", "change_5"))
    for scale, wanted in zip(drafted.scales[:2], (first, second), strict=True):
        answers = drafted.response_sets[scale.items[0].response_set]
        assert [(o.answer.casefold(), o.score, o.side) for o in answers.options] == [
            (o.answer.casefold(), o.score, o.side) for o in wanted.options
        ]
        assert {o.answer for o in answers.missing} == {o.answer for o in wanted.missing}
    assert [g.id for g in drafted.groupings] == ["service", "sector", "role", "tenure", "time_in_area",
                                                 "transitions_experience"]  # fmt: skip
    assert {q.column for q in drafted.open_questions} == {q.column for q in study.open_questions}
    assert not any(question.column.startswith(("consent", "DataKind")) for question in drafted.questions)


def test_twelve_respondents(tmp_path: Path) -> None:
    rows = [[AGREEMENT[n % 5], AGREEMENT[(n + 1) % 5], ("North", "South")[n % 2]] for n in range(12)]
    study = draft(write(tmp_path / "few.csv", ["q1", "q2", "place"], rows), tmp_path / "few")
    assert [len(scale.items) for scale in study.scales] == [2]
    assert study.groupings == ()  # six in each place: too few to compare
    assert study.further_demographics == ("place",)
    findings(study, tmp_path / "build")


def test_a_single_item(tmp_path: Path) -> None:
    rows = [[answer, str(n)] for n, answer in enumerate(AGREEMENT * 4)]
    study = draft(write(tmp_path / "one.csv", ["opinion", "number"], rows), tmp_path / "one")
    assert [len(scale.items) for scale in study.scales] == [1]
    findings(study, tmp_path / "build")


def test_no_rated_question_at_all(tmp_path: Path) -> None:
    rows = [[("Red", "Blue", "Green")[n % 3], str(n)] for n in range(60)]
    study = draft(write(tmp_path / "none.csv", ["colour", "remark"], rows), tmp_path / "none")
    assert study.scales == ()
    findings(study, tmp_path / "build")


def test_four_hundred_columns(tmp_path: Path) -> None:
    header = ["place", *(f"Q{block}_{item}" for block in range(1, 41) for item in range(1, 11))]
    rows = [[("North", "South")[n % 2], *(AGREEMENT[(n * k) % 5] for k in range(400))] for n in range(50)]
    study = draft(write(tmp_path / "wide.csv", header, rows), tmp_path / "wide")
    assert [len(scale.items) for scale in study.scales] == [10] * 40
    assert [grouping.id for grouping in study.groupings] == ["place"]
    findings(study, tmp_path / "build")


def test_lists_of_a_drafted_study_hold_no_formulas(tmp_path: Path) -> None:
    header = ["=cmd|' /C calc'!A0", "'=1", "@who", "-1", "q1"]
    answers = ("=1+1", "+cmd", "@SUM(A1)", "-2+3", "'=quoted", "-5")
    rows = [[answers[n % 6], "North", answers[n % 5], "yes" if n % 2 else "no", AGREEMENT[n % 5]] for n in range(60)]
    study = draft(write(tmp_path / "sums.csv", header, rows), tmp_path / "sums")
    for name in ("instrument.csv", "categories.csv"):
        with (study.folder / name).open(encoding="utf-8", newline="") as handle:
            cells = [cell for row in csv.reader(handle) for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]
    assert {question.column for question in study.questions} == {header[0], *header[2:]}
    assert {category.answer for category in study.questions[0].categories} == {*answers[:-1], "*"}
    findings(study, tmp_path / "build")


def test_long_questions_have_short_ids(tmp_path: Path) -> None:
    stem = "In which local authority area of Scotland do you spend most of your working week at the moment, counting"
    header = [f"{stem} evenings?", f"{stem} weekends?", "рост", "вес", "rate"]
    rows = [[("North", "South")[n % 2]] * 4 + [AGREEMENT[n % 5]] for n in range(60)]
    study = draft(write(tmp_path / "long.csv", header, rows), tmp_path / "long")
    names = [question.item for question in study.questions]
    assert len(set(names)) == len(names) == 5
    assert max(map(len, names)) <= 61
    assert names[2:4] == ["question", "question_2"]
    study_file = study.folder / "study.yml"
    study_file.write_text(study_file.read_text(encoding="utf-8") + f"profiles: [{names[0]}]\n", encoding="utf-8")
    assert load_study(study.folder).profiles == (names[0],)


def test_several_answers_and_other_answers(tmp_path: Path) -> None:
    header = ["Q1_1", "Q1_2", "Q1_3_TEXT", "rate"]
    rows = [["Bus" if n % 2 else "", "Train" if n % 3 else "", f"by way {n}" if n % 9 == 0 else "", str(1 + n % 5)]
            for n in range(90)]  # fmt: skip
    study = draft(write(tmp_path / "ways.csv", header, rows), tmp_path / "ways")
    assert study.further_demographics == ("q1_1", "q1_2")
    assert [question.column for question in study.open_questions] == ["Q1_3_TEXT"]
    (scale,) = study.scales
    answers = study.response_sets[scale.items[0].response_set]
    assert [(o.answer, o.side) for o in answers.options] == [
        ("5", "positive"), ("4", "positive"), ("3", "neutral"), ("2", "negative"), ("1", "negative"),
    ]  # fmt: skip
    findings(study, tmp_path / "build")


def test_an_spss_file_keeps_the_order_of_its_labels(tmp_path: Path) -> None:
    study = draft(DATA / "spss-sample.sav", tmp_path / "sample")
    labels = read_export(DATA / "spss-sample.sav").values
    for name, values in labels.items():
        question = next((q for q in study.questions if q.column == name), None)
        if question and question.categories:
            assert [category.answer for category in question.categories] == list(values.values())
    settings = study.folder / "study.yml"  # of five cases, which are too few for a report
    settings.write_text(settings.read_text(encoding="utf-8").replace("min_group: 10", "min_group: 5"), encoding="utf-8")
    findings(study, tmp_path / "build")


def test_a_data_dictionary(tmp_path: Path) -> None:
    rows = [
        ["q1", "I have the time I need", "|".join(AGREEMENT)],
        ["q2", "I have the tools I need", "|".join([*AGREEMENT, "Don't know"])],
        ["team", "Team", "North|South|East"],
        ["remarks", "Anything else", ""],
    ]
    source = write(tmp_path / "dictionary.csv", ["column", "text", "answers"], rows)
    assert is_dictionary(source)
    study = draft(source, tmp_path / "told")
    assert [[item.item for item in scale.items] for scale in study.scales] == [["q1", "q2"]]
    assert [o.answer for o in study.response_sets["agreement"].missing] == ["Don't know"]
    assert [grouping.id for grouping in study.groupings] == ["team"]
    assert study.export.file == ""
    write(tmp_path / "dictionary.csv", ["column", "text", "answers"], [rows[0], rows[0], ["", "x", ""]])
    with pytest.raises(UserError) as caught:
        draft(source, tmp_path / "again")
    assert [problem.message for problem in caught.value.problems] == ["stands twice", "is empty"]
    assert not (tmp_path / "again").exists()


def test_what_cannot_be_drafted_leaves_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = write(tmp_path / "words.csv", ["said", "more"], [[f"my words, number {n}", f"{n} more"] for n in range(40)])
    rated = write(tmp_path / "rated.csv", ["q1", "q2"], [[answer, answer] for answer in AGREEMENT * 4])
    days = ["--opened", "2024-05-01", "--closed", "2024-05-31"]
    cases = [
        ([str(words), "--study", str(tmp_path / "a"), *days], "no column holds answers"),
        ([str(rated), "--study", str(tmp_path / "b")], "does not tell when the survey was open"),
        ([str(rated), "--study", str(tmp_path / "Not a name"), *days], "is no name for a study"),
        ([str(tmp_path / "nothing.csv"), "--study", str(tmp_path / "c"), *days], "there is no such file"),
    ]
    for arguments, message in cases:
        assert main(["new-study", *arguments]) == 2
        assert message in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["rated.csv", "words.csv"]
    assert main(["new-study", str(rated), "--study", str(tmp_path / "d"), *days]) == 0
    before = (tmp_path / "d" / "study.yml").read_bytes()
    assert main(["new-study", str(rated), "--study", str(tmp_path / "d"), *days]) == 2
    assert (tmp_path / "d" / "study.yml").read_bytes() == before


def test_known_sets_are_apart_and_cited() -> None:
    sources = asset()["sources"]
    for known in known_sets():
        spellings = [one for level in known.levels for one in level.spellings]
        assert len(spellings) == len(set(spellings)) >= 3, known
        assert {level.side for level in known.levels} >= {"positive", "negative"}
        assert known.sources
        assert all(sources[name]["title"] and sources[name]["url"].startswith("http") for name in known.sources)
    assert {name for known in known_sets() for name in known.sources} == set(sources)


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        (AGREEMENT, "agreement"),
        (("Very good", "Good", "Fair", "Poor", "Very poor"), "quality"),
        (("Always", "Never", "Sometimes"), "frequency"),
        (("Not at all", "A little", "A great deal"), "extent"),
        (("1", "2", "3", "4"), "points"),
        (("0", "5", "10"), "points"),
        (("1998", "2003", "2010"), ""),
        (("Yes", "No"), ""),
        (("Good", "Often", "Agree"), ""),
        (("Agree",), ""),
    ],
)
def test_sets_are_told_by_their_answers(answers: tuple[str, ...], kind: str) -> None:
    for given in (answers, [*answers, "Don't know", "N/A"]):
        found = rated_of(given, {})
        assert (found.kind if found else "") == kind


def test_levels_that_nobody_chose_belong_to_the_set() -> None:
    people = {"AGREE": 9, "Strongly disagree": 4, "Neutral": 2, "Don’t know": 1}
    drafted = response_set([Rated("agreement")], [people])
    assert [option.answer for option in drafted.answers.options] == [
        "Strongly agree", "Agree", "Neutral", "Disagree", "Strongly disagree",
    ]  # fmt: skip
    assert [option.score for option in drafted.answers.options] == [5, 4, 3, 2, 1]
    assert [option.answer for option in drafted.answers.missing] == ["Don’t know"]
    assert "nobody chose `Strongly agree` and `Disagree`" in drafted.doubts[0]


@pytest.mark.parametrize("tops", [(5, 7), (5, 10), (7, 5), (3, 11)])
def test_scales_of_several_lengths_are_each_read_by_their_own_answers(tops: tuple[int, int], tmp_path: Path) -> None:
    """The answers of a short scale may all stand in a longer one; every table, axis and number goes by its own."""
    low = 0 if 11 in tops else 1
    rows = [
        [str(low + (n * 7 + n // 9) % (top - low)) for top in tops] + [("North", "South")[n % 2]] for n in range(240)
    ]
    source = write(
        tmp_path / "mixed.csv", ["rate first", "place", "rate second"], [[a, place, b] for a, b, place in rows]
    )
    study = draft(source, tmp_path / "mixed")
    read_responses(study.folder, None, tmp_path / "build")
    rendering = open_rendering(study.folder, tmp_path / "build")
    assert len(study.scales) == 2
    for scale, position in zip(study.scales, (0, 1), strict=True):
        found = theme_findings(rendering, scale.id)
        given = [int(row[position]) for row in rows]
        assert found.overall.value == pytest.approx(sum(given) / len(given), abs=0.005)
        lowest, highest = found.answers.ends
        assert lowest <= min(given) <= max(given) <= highest
        tables = {f"tbl-{scale.id}-items": found.items, f"tbl-{scale.id}-means": found.groups}
        assert list(table_problems(tables, found.numbers, study)) == []
        axis = axis_for([lowest, highest], 0, 100, found.answers.ends)
        assert (axis.low, axis.high) == (lowest, highest)


def test_an_axis_is_no_longer_than_its_scale() -> None:
    """Nor shorter than three eighths of it; of two answers eighths are drawn as tenths."""
    axis = axis_for([0.4, 0.6], 0, 100, (0, 1))
    assert (axis.low, axis.high) == pytest.approx((0.3, 0.7))
    axis = axis_for([0.01, 0.98], 0, 100, (0, 1))
    assert (axis.low, axis.high) == (0, 1)


def test_documents_have_no_part_that_a_study_lacks(tmp_path: Path) -> None:
    rows = [[("Red", "Blue")[n % 2], ("North", "South")[n // 2 % 2], AGREEMENT[n % 5]] for n in range(60)]
    closed = draft(write(tmp_path / "a.csv", ["colour", "place"], [row[:2] for row in rows]), tmp_path / "closed")
    rated = draft(write(tmp_path / "b.csv", ["q", "note"], [[row[2], "free"] for row in rows]), tmp_path / "rated")
    texts = "\n".join(general_sources(ROOT, closed).values())
    assert len(closed.groupings) == 2
    runs = {run.name for run in runs_of(closed)} | {"provenance"}
    assert set(re.findall(r"findings/([\w-]+)\.ipynb", texts)) <= runs
    assert "explore.qmd" not in texts
    assert "%" not in re.sub(r"\{\{<.*?>\}\}", "", texts)
    assert not re.search(r"Welch|\b(scored?|rated|rating)\b", texts)
    texts = "\n".join(general_sources(ROOT, rated).values())
    assert rated.groupings == ()
    assert set(re.findall(r"findings/([\w-]+)\.ipynb", texts)) <= {run.name for run in runs_of(rated)} | {"provenance"}
    assert "explore.qmd" in texts
    assert "Welch" not in texts
