"""The study as data: what the shipped one holds, and how a broken one is named by file, place, value and remedy."""

from __future__ import annotations

import csv
import re
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from survey_report.errors import Problem, UserError
from survey_report.study import Study
from survey_report.study_load import load_study

Edit = Callable[[bytes], bytes]


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture(scope="session")
def area_counts(study: Study) -> dict[str, int]:
    """Respondents of each area as published, with the counts that errata correct."""
    return {
        row["group"]: int(study.corrections.get(row["id"], row["value"]))
        for row in table(study.files["published"])
        if row["group_by"] == "local_authority" and row["measure"] == "n" and row["relation"] == "="
    }


@pytest.fixture
def broken(study: Study, tmp_path: Path) -> Callable[..., tuple[Problem, ...]]:
    """The problems of a copy of the study after edits; a file edited with None is removed."""

    def problems(edits: dict[str, Edit | None]) -> tuple[Problem, ...]:
        folder = tmp_path / study.id
        folder.mkdir()
        for path in study.folder.iterdir():
            if path.is_file():
                shutil.copyfile(path, folder / path.name)
        for name, edit in edits.items():
            path = folder / name
            if edit is None:
                path.unlink()
            else:
                before = path.read_bytes()
                after = edit(before)
                assert after != before, f"the edit of {name} changes nothing"
                path.write_bytes(after)
        with pytest.raises(UserError) as caught:
            load_study(folder)
        return caught.value.problems

    return problems


def swap(old: str, new: str) -> Edit:
    return lambda content: content.replace(old.encode(), new.encode(), 1)


def add(line: str) -> Edit:
    return lambda content: content + line.encode() + b"\n"


# The shipped study


def test_scales_hold_as_many_items_as_published(study: Study) -> None:
    published = {
        row["scale"]: int(row["value"])
        for row in table(study.files["published"])
        if row["measure"] == "n_items" and row["source"] == "instrument"
    }
    assert {scale.id: len(scale.items) for scale in study.scales} == published
    assert len(study.scales) == 7
    assert sum(len(scale.items) for scale in study.scales) == 47


def test_every_scale_has_three_change_questions_and_two_open_ones(study: Study) -> None:
    for scale in study.scales:
        assert [change.period for change in scale.changes] == [period.id for period in study.periods], scale.id
        assert all(scale.change(period.id) for period in study.periods)
        assert sum(question.scale == scale.id for question in study.open_questions) == 2


def test_every_question_says_how_it_is_known(study: Study) -> None:
    bases = Counter(question.basis for question in study.questions if question.type == "rating")
    assert set(bases) == {"stated", "implied", "assumed"}
    # "A third of it is implied or assumed", all questions taken together.
    told = sum(question.basis != "stated" for question in study.questions) / len(study.questions)
    assert 0.2 < told < 0.45


def test_levels_of_integration_hold_the_published_respondents(study: Study, area_counts: dict[str, int]) -> None:
    integration = study.grouping("integration")
    assert integration.mapping
    assert integration.mapping_basis
    assert len(area_counts) == 32
    assert sum(area_counts.values()) == 1399
    assert area_counts["east-ayrshire"] == 22
    held = Counter[str]()
    for area, count in area_counts.items():
        held[integration.mapping[area]] += count
    assert held == {"full": 273, "partial": 532, "no-integration": 594}
    named = {
        "argyll-and-bute", "east-ayrshire", "east-renfrewshire", "inverclyde", "north-ayrshire", "west-dunbartonshire",
        "south-ayrshire", "east-dunbartonshire", "glasgow-city", "orkney",
    }  # fmt: skip
    assert {area for area, level in integration.mapping.items() if level == "full"} == named
    assert sum(area_counts[area] for area in named) == 273
    stated = {area: integration.mapping[area] for area, basis in integration.mapping_basis.items() if basis == "stated"}
    assert stated == {"highland": "partial", "moray": "partial"}
    assert {basis for area, basis in integration.mapping_basis.items() if area in named} == {"inferred"}
    others = set(area_counts) - named - set(stated)
    assert {integration.mapping_basis[area] for area in others} == {"assumed"}


def test_published_groups_are_groups_of_the_study(study: Study) -> None:
    known = {grouping.id: {category.id for category in grouping.categories} for grouping in study.groupings}
    named = [
        row
        for row in table(study.files["published"])
        if row["source"] == "responses" and row["relation"] == "=" and row["group_by"] in known
    ]
    assert len(named) > 100
    assert [row["id"] for row in named if row["group"] not in known[row["group_by"]] | {"all"}] == []


def test_published_items_are_items_of_the_study(study: Study) -> None:
    items = {scale.id: {item.item for item in scale.items} for scale in study.scales}
    for row in table(study.files["published"]):
        if row["measure"] in ("pct_positive", "pct_negative") and row["relation"] == "=":
            assert row["item"] in items[row["scale"]], row["id"]


def test_groups_are_compared_that_the_report_compares(study: Study) -> None:
    """Areas have no published mean or pair, and so are not compared."""
    compared = {row["group_by"] for row in table(study.files["published"]) if row["measure"] == "significant_pair"}
    assert {grouping.id for grouping in study.tested_groupings} == compared - {"overall"}
    assert len(compared) < len(study.groupings)


def test_words_for_the_ends_of_a_scale(study: Study) -> None:
    """The published scale runs from 1 (very poor) to 5 (very good)."""
    for scale in study.scales:
        answers = study.response_sets[scale.items[0].response_set]
        assert (answers.low, answers.high) == ("very poor", "very good")


def test_what_is_looked_up_by_a_wrong_name_is_a_key_error(study: Study) -> None:
    for look_up in (study.scale, study.grouping, study.question, study.groupings[0].category):
        with pytest.raises(KeyError, match="nothing"):
            look_up("nothing")


# Broken studies: file, place, value, words of the message or the remedy


def line_of(name: str, start: str = "") -> int:
    """Number of the first line of a study's file that starts so; without a start, of the last line."""
    lines = (Path(__file__).parents[1] / "studies" / "csrr-2023" / name).read_text(encoding="utf-8").splitlines()
    return next(i for i, line in enumerate(lines, 1) if line.startswith(start)) if start else len(lines)


BROKEN: dict[str, tuple[dict[str, Edit | None], list[tuple[str, str, str, str]]]] = {
    "missing key": (
        {"study.yml": swap("wave:", "# wave:")},
        [("study.yml", "wave", "", "add `wave:`")],
    ),
    "misspelt key": (
        {"study.yml": swap("\nwave:", "\nwvae:")},
        [("study.yml", "wave", "", "is missing"), ("study.yml", "wvae", "2023", "did you mean `wave`?")],
    ),
    "misspelt key inside": (
        {"study.yml": swap("min_cell:", "min_cel:")},
        [
            ("study.yml", "thresholds.min_cell", "", "is missing"),
            ("study.yml", "thresholds.min_cel", "5", "did you mean `min_cell`?"),
        ],
    ),
    "score between two whole numbers": (
        {"study.yml": swap("score: 4, side: positive", "score: 4.7, side: positive")},
        [("study.yml", "response_sets.likert_5.options[2].score", "4.7", "should be a whole number")],
    ),
    "misspelt key in a list": (
        {"study.yml": swap("score: 5, side: positive", "score: 5, sied: positive")},
        [
            ("study.yml", "response_sets.likert_5.options[1].side", "", "is missing"),
            ("study.yml", "response_sets.likert_5.options[1].sied", "positive", "did you mean `side`?"),
        ],
    ),
    "text for a number": (
        {"study.yml": swap("min_group: 10", "min_group: ten")},
        [("study.yml", "thresholds.min_group", "ten", "should be a number")],
    ),
    "number out of bounds": (
        {"study.yml": swap("alpha: 0.05", "alpha: 5")},
        [("study.yml", "thresholds.alpha", "5", "from 0.0001 to 0.5")],
    ),
    "no number": (
        {"study.yml": swap("alpha: 0.05", "alpha: .nan")},
        [("study.yml", "thresholds.alpha", "nan", "from 0.0001 to 0.5")],
    ),
    "yes for a number": (
        {"study.yml": swap("min_group: 10", "min_group: yes")},
        [("study.yml", "thresholds.min_group", "True", "should be a number")],
    ),
    "bounds of equivalence": (
        {
            "study.yml": lambda content: (
                content[: content.index(b"equivalence:")]
                + b"equivalence:\n  bounds:\n    - {points: 0, reason: R}\n    - {points: 4, reason: R}\n"
                b"    - {points: 0.2, sd: 0.3, reason: R}\n    - {sd: 0.3}\n    - {reason: R}\n"
                b"    - {sd: 2.5, reason: R}\n    - {points: 0.1, reason: R, why: x}\n    - {points: 0.1, reason: R}\n"
                b"    - {points: much, reason: R}\n\n" + content[content.index(b"# Coded open answers") :]
            )
        },
        [
            ("study.yml", "equivalence.bounds[1].points", "0", "should be larger than 0"),
            ("study.yml", "equivalence.bounds[3]", "points: 0.2, sd: 0.3", "keep points or sd"),
            ("study.yml", "equivalence.bounds[4].reason", "", "say in a sentence why"),
            ("study.yml", "equivalence.bounds[5]", "", "add `points:` or `sd:`"),
            ("study.yml", "equivalence.bounds[6].sd", "2.5", "from 0 to 2"),
            ("study.yml", "equivalence.bounds[7].why", "x", "known keys: points, reason, sd"),
            ("study.yml", "equivalence.bounds[9].points", "much", "should be a number"),
            ("study.yml", "equivalence.bounds[2].points", "4", "no smaller than the range of `services`, 4"),
            ("study.yml", "equivalence.bounds[8].points", "0.1", "stands twice"),
        ],
    ),
    "equivalence without bounds": (
        {"study.yml": lambda of: re.sub(rb"(?s)\nequivalence:.*?\n\n", b"\nequivalence: {bound: none}\n\n", of)},
        [
            ("study.yml", "equivalence.bounds", "", "is missing"),
            ("study.yml", "equivalence.bound", "none", "did you mean `bounds`?"),
        ],
    ),
    "text for a list": (
        {"study.yml": swap("further_demographics: [tenure,", "further_demographics: tenure #")},
        [("study.yml", "further_demographics", "tenure", "should be a list")],
    ),
    "list for a mapping": (
        {"study.yml": swap("consent: {question: consent, refused: \"no\"}", "consent: [consent, \"no\"]")},
        [
            ("study.yml", "consent", "['consent', 'no']", "should be keys and values"),
            ("study.yml", "consent.question", "", "is missing"),
            ("study.yml", "consent.refused", "", "is missing"),
            ("study.yml", "consent.question", "", "is no question that instrument.csv asks"),
        ],
    ),
    "unquoted no": (
        {"study.yml": swap("refused: \"no\"", "refused: no")},
        [
            ("study.yml", "consent.refused", "False", "should be a text (quote it)"),
            ("study.yml", "consent.refused", "", "is no answer"),
        ],
    ),
    "text for a date": (
        {"study.yml": swap("opened: 2023-07-21", "opened: in July")},
        [("study.yml", "opened", "in July", "should be a date such as")],
    ),
    "time for a date": (
        {"study.yml": swap("opened: 2023-07-21", "opened: 2023-07-21 09:00:00")},
        [("study.yml", "opened", "2023-07-21 09:00:00", "remove the time")],
    ),
    "date that no calendar has": (
        {"study.yml": swap("opened: 2023-07-21", "opened: 2023-13-21")},
        [("study.yml", "", "", "month must be in 1..12")],
    ),
    "closed before opened": (
        {"study.yml": swap("closed: 2023-08-28", "closed: 2022-08-28")},
        [("study.yml", "closed", "2022-08-28", "lies before `opened`")],
    ),
    "broken YAML": (
        {"study.yml": swap("wave: \"2023\"", "wave: \"2023")},
        [("study.yml", f"line {line_of('study.yml', 'report_author:')}", "", "is not readable YAML")],
    ),
    "forbidden character": (
        {"study.yml": swap("wave: \"2023\"", "wave: \"20\x0023\"")},
        [("study.yml", "", "", "unacceptable character")],
    ),
    "not UTF-8": (
        {"study.yml": lambda content: content.replace(b"CELCIS", b"C\xe9lcis")},
        [("study.yml", "", "", "is not UTF-8")],
    ),
    "empty study.yml": (
        {"study.yml": lambda content: b""},
        [("study.yml", "", "", "should hold keys and values")],
    ),
    "no study.yml": (
        {"study.yml": None},
        [("study.yml", "", "", "there is no such file")],
    ),
    "wrong id": (
        {"study.yml": swap("id: csrr-2023", "id: csrr-2032")},
        [("study.yml", "id", "csrr-2032", "write csrr-2023")],
    ),
    "no such side": (
        {"study.yml": swap("side: positive", "side: posetive")},
        [("study.yml", "response_sets.likert_5.options[1].side", "posetive", "use positive, neutral or negative")],
    ),
    "no such share": (
        {"study.yml": swap("share: larger side", "share: largest")},
        [("study.yml", "item_counts[3].share", "largest", "larger side")],
    ),
    "scale without items": (
        {"study.yml": swap("scales:\n", "scales:\n  - {id: housing, title: Housing, subject: housing}\n")},
        [("study.yml", "scales[1].id", "housing", "has no rating item")],
    ),
    "scale twice": (
        {"study.yml": swap("scales:\n", "scales:\n  - {id: services, title: Housing, subject: housing}\n")},
        [("study.yml", "scales, id", "services", "stands twice")],
    ),
    "grouping twice": (
        {"study.yml": swap("{id: sector,", "{id: service,")},
        [("study.yml", "groupings, id", "service", "stands twice"),
         ("study.yml", "profiles", "sector", "is no grouping of the study")],
    ),
    "answer twice": (
        {"study.yml": swap("answer: Poor,", "answer: good,")},
        [("study.yml", "response_sets.likert_5, answer", "good", "stands twice")],
    ),
    "no such grouping": (
        {"study.yml": swap("{id: sector,", "{id: sectors,")},
        [("study.yml", "groupings[2].id", "sectors", "is no question of instrument.csv"),
         ("study.yml", "profiles", "sector", "is no grouping of the study")],
    ),
    "no such demographic": (
        {"study.yml": swap("[tenure,", "[tenur,")},
        [("study.yml", "further_demographics", "tenur", "is no question of instrument.csv")],
    ),
    "derived from nothing": (
        {"study.yml": swap("derived_from: local_authority", "derived_from: local_autority")},
        [("study.yml", "groupings[5].derived_from", "local_autority", "is no question that instrument.csv asks")],
    ),
    "derived without a table": (
        {"study.yml": swap("    table: areas.csv\n", "")},
        [("study.yml", "groupings[5].table", "", "is missing")],
    ),
    "no such refusal": (
        {"study.yml": swap("refused: \"no\"", "refused: \"never\"")},
        [("study.yml", "consent.refused", "never", "is no answer to `consent`")],
    ),
    "consent that nobody is asked for": (
        {"study.yml": swap("question: consent, refused: \"no\"", "question: integration, refused: full")},
        [("study.yml", "consent.question", "integration", "is no question that instrument.csv asks")],
    ),
    "a word for a digest": (
        {"study.yml": swap("real_exports: []", "real_exports: [mine.csv]")},
        [("study.yml", "export.real_exports", "mine.csv", "is no SHA-256 digest")],
    ),
    "file not named": (
        {"study.yml": swap("instrument: instrument.csv\n", "")},
        [("study.yml", "instrument", "", "is missing")],
    ),
    "missing column": (
        {"instrument.csv": swap("asked_if", "askedif")},
        [("instrument.csv", "first row", "", "column `asked_if` is missing")],
    ),
    "column twice": (
        {"areas.csv": swap("basis,note", "basis,basis")},
        [("areas.csv", "first row", "basis", "two columns have one name")],
    ),
    "a comma too many": (
        {"categories.csv": swap("service,health,Health,health,health", "service,health,Health, care,health,health")},
        [("categories.csv", "row 5", "6 cells instead of 5", "put texts with commas in quotes")],
    ),
    "no CSV": (
        {"areas.csv": swap("Aberdeen City,", "\"Aberdeen City,")},
        [("areas.csv", "", "", "is not readable CSV")],
    ),
    "latin-1 CSV": (
        {"areas.csv": lambda content: content.replace(b"Na h-Eileanan", b"Na h-\xc8ileanan")},
        [("areas.csv", "", "", "is not readable CSV in UTF-8")],
    ),
    "question twice": (
        {"instrument.csv": lambda content: content + content.splitlines(keepends=True)[1]},
        [
            ("instrument.csv", "row 100, id", "services-quality-of-practice", "stands in row 2 as well"),
            ("instrument.csv", "row 100, column", "services_quality_of_practice", "stands in row 2 as well"),
        ],
    ),
    "no such type of question": (
        {"instrument.csv": swap(",rating,", ",ratting,")},
        [("instrument.csv", "row 2, type", "ratting", "use one of: rating")],
    ),
    "no such basis": (
        {"instrument.csv": swap(",implied,", ",guessed,")},
        [("instrument.csv", "row 4, basis", "guessed", "use one of: stated")],
    ),
    "no such answers": (
        {"instrument.csv": swap(",likert_5,", ",likert_6,")},
        [("instrument.csv", "row 2, response_type", "likert_6", "use one of: likert_5, change_5")],
    ),
    "category that does not exist": (
        {"instrument.csv": swap("role=senior-leader", "role=senior-leaders")},
        [("instrument.csv", "row 45, asked_if", "role=senior-leaders", "names a category that does not exist")],
    ),
    "rule on a question that is not asked": (
        {"instrument.csv": swap("role=senior-leader", "integration=full")},
        [("instrument.csv", "row 45, asked_if", "integration=full", "is no closed question that is asked")],
    ),
    "no such scale, in many rows": (
        {"instrument.csv": lambda content: content.replace(b",leadership,", b",leaders,")},
        [
            ("study.yml", "scales[6].id", "leadership", "has no rating item"),
            ("instrument.csv", "rows 35, 36, 37, 38, 39 and 10 more, scale", "leaders", "is no scale of study.yml"),
        ],
    ),
    "no such period": (
        {"instrument.csv": swap(",before_covid,", ",before,")},
        [("instrument.csv", "row 49, period", "before", "is no period of study.yml")],
    ),
    "question without categories": (
        {"categories.csv": lambda content: content.replace(b"\ngender,", b"\nsex,")},
        [
            ("categories.csv", "question", "sex", "is no closed question"),
            ("instrument.csv", "row 96, item", "gender", "has no categories"),
        ],
    ),
    "category twice": (
        {"categories.csv": add("service,health,Health,health,hospitals")},
        [("categories.csv", "service, id", "health", "stands twice")],
    ),
    "category for an answer that has one": (
        {"categories.csv": add("service,nursing,Nursing,nursing,Health")},
        [("categories.csv", "service, answer", "health", "stands twice")],
    ),
    "unknown level of an area": (
        {"areas.csv": swap("no-integration", "none")},
        [("areas.csv", "row 4, integration", "none", "use one of: full, no-integration, partial")],
    ),
    "area that does not exist": (
        {"areas.csv": swap("\nangus,", "\nangos,")},
        [
            ("areas.csv", "row 4, id", "angos", "is no category of `local_authority`"),
            ("areas.csv", "id", "angus", "cannot be derived"),
        ],
    ),
    "area twice": (
        {"areas.csv": add("angus,Angus,Angus,full,assumed,")},
        [("areas.csv", "row 34, id", "angus", "stands twice")],
    ),
    "where a level comes from": (
        {"areas.csv": swap("assumed", "told")},
        [("areas.csv", "row 2, basis", "told", "use one of: stated")],
    ),
    "people in words": (
        {"participants.csv": swap("16", "sixteen")},
        [("participants.csv", "row 2, participants", "sixteen", "should be a whole number")],
    ),
    "scores out of order": (
        {"study.yml": swap("answer: Good, score: 4", "answer: Good, score: 1")},
        [("study.yml", "response_sets.likert_5, score", "5, 1, 3, 2, 1", "neither rises nor falls")],
    ),
    "people squared": (
        {"participants.csv": swap("16", "16²")},
        [("participants.csv", "row 2, participants", "16²", "should be a whole number")],
    ),
    "correction of nothing": (
        {"corrections.csv": swap("respondents-", "respondent-")},
        [("corrections.csv", "row 2, figure_id", "respondent-local-authority-east-ayrshire-n", "is no id of")],
    ),
    "correction by a word": (
        {"corrections.csv": swap("22", "fewer")},
        [("corrections.csv", "respondents-local-authority-east-ayrshire-n", "fewer", "should be a number")],
    ),
    "release of nothing": (
        {"released.csv": add("no-such-figure,Table 1")},
        [("released.csv", "row 219, figure_id", "no-such-figure", "is no id of published.csv")],
    ),
    "broken conditions": (
        {"conditions.yml": add("\"")},
        [("conditions.yml", f"line {line_of('conditions.yml') + 2}", "", "is not readable YAML")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", BROKEN)
def test_a_fault_is_named_with_file_place_value_and_remedy(
    fault: str, broken: Callable[..., tuple[Problem, ...]]
) -> None:
    edits, expected = BROKEN[fault]
    problems = broken(edits)
    assert [(p.file, p.place, p.value) for p in problems] == [each[:3] for each in expected], problems
    for problem, (*_, words) in zip(problems, expected, strict=True):
        assert words in f"{problem.message}; {problem.remedy}"
        assert problem.message
        assert problem.remedy


@pytest.mark.parametrize(
    "name",
    ["instrument.csv", "categories.csv", "published.csv", "errata.csv", "corrections.csv", "released.csv",
     "participants.csv", "sessions.csv", "areas.csv", "conditions.yml"],
)  # fmt: skip
def test_a_missing_file_is_one_problem(name: str, broken: Callable[..., tuple[Problem, ...]]) -> None:
    assert [str(problem) for problem in broken({name: None})] == [
        f"{name}: there is no such file\n    -> create it in csrr-2023/"
    ]


def test_faults_of_several_files_are_told_at_once(broken: Callable[..., tuple[Problem, ...]]) -> None:
    problems = broken(
        {
            "study.yml": swap("min_cell: 5", "min_cell: five"),
            "areas.csv": swap("assumed", "told"),
            "instrument.csv": swap(",rating,", ",ratting,"),
            "participants.csv": swap("16", "sixteen"),
            "sessions.csv": None,
        }
    )
    assert {problem.file for problem in problems} == {
        "study.yml", "areas.csv", "instrument.csv", "participants.csv", "sessions.csv"
    }  # fmt: skip
    assert len(problems) == 5
    text = str(UserError(problems))
    assert all(str(problem) in text for problem in problems)


def test_files_as_a_spreadsheet_saves_them_are_read(study: Study, tmp_path: Path) -> None:
    """A byte-order mark, Windows line ends and blank lines at the end change nothing."""
    folder = tmp_path / study.id
    folder.mkdir()
    for path in study.folder.iterdir():
        if path.suffix == ".csv":
            content = b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n") + b"\r\n\r\n"
            (folder / path.name).write_bytes(content)
        elif path.is_file():
            shutil.copyfile(path, folder / path.name)
    read = load_study(folder)
    assert read.questions == study.questions
    assert read.groupings == study.groupings
    assert read.corrections == study.corrections


def test_a_digest_may_be_written_in_capitals(study: Study, tmp_path: Path) -> None:
    folder = tmp_path / study.id
    shutil.copytree(study.folder, folder, ignore=shutil.ignore_patterns("data"))
    text = (folder / "study.yml").read_text(encoding="utf-8")
    (folder / "study.yml").write_text(text.replace("real_exports: []", f"real_exports: [{'AB' * 32}]"), "utf-8")
    assert load_study(folder).export.real_exports == ("ab" * 32,)
