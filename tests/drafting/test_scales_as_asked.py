"""Scales are drafted as they were asked: as many points as were offered, in their order, and missing codes beside them.

Means are computed here from the codes themselves, and by `theme_findings` from the drafted study.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from survey_report.cli import main
from survey_report.drafting.known_sets import fit_of, known_sets
from survey_report.drafting.numbered import number_and_words
from survey_report.drafting.rated import Rated, rated_of
from survey_report.drafting.response_sets import outside_of, response_set
from survey_report.errors import UserError
from survey_report.findings.theme import theme_findings
from survey_report.own_survey import new_study
from survey_report.rendering import open_rendering
from survey_report.responses import read_responses
from survey_report.study import ResponseSet, Study

DAYS = {"opened": date(2026, 3, 1), "closed": date(2026, 3, 31)}
FOUR = ["Strongly agree", "Agree", "Disagree", "Strongly disagree"]
FIVE = ["Strongly agree", "Agree", "Neither agree nor disagree", "Disagree", "Strongly disagree"]
QUALTRICS = ["Strongly agree", "Somewhat agree", "Neither agree nor disagree", "Somewhat disagree", "Strongly disagree"]
SIX = ["Strongly agree", "Agree", "Slightly agree", "Slightly disagree", "Disagree", "Strongly disagree"]
HEALTH = ["Excellent", "Very good", "Good", "Fair", "Poor"]


def written(tmp_path: Path, columns: Mapping[str, Sequence[str]]) -> Path:
    columns = {**columns, "remark": [f"remark {n}" for n, _ in enumerate(next(iter(columns.values())))]}
    path = tmp_path / "export.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerows([list(columns), *zip(*columns.values(), strict=True)])
    return path


def drafted(source: Path, told: list[str] | None = None) -> Study:
    log = (told if told is not None else []).append
    return new_study(source, source.parent / "drafted", title="", organisation="Us", real=False, log=log, **DAYS)


def spread(counts: Mapping[str, int]) -> list[str]:
    """Answers so many times each, mixed."""
    answers = [answer for answer, n in counts.items() for _ in range(n)]
    random.Random(7).shuffle(answers)
    return answers


def coded(words: Iterable[str]) -> dict[float, str]:
    """Value labels, from 1 on."""
    return {float(code): word for code, word in enumerate(words, 1)}


def offered(answers: ResponseSet) -> list[str]:
    return [option.answer for option in answers.options]


def mean(study: Study, scale: str) -> float:
    read_responses(study.folder, None, study.folder.parent / "build")
    value = theme_findings(open_rendering(study.folder, study.folder.parent / "build"), scale).overall.value
    assert value is not None
    return value


def sav(
    tmp_path: Path, columns: Mapping[str, Sequence[float]], labels: Mapping[str, Mapping[float, str]], **more: object
) -> Path:
    path = tmp_path / "export.sav"
    pyreadstat.write_sav(pd.DataFrame(columns), str(path), variable_value_labels=labels, **more)
    return path


def test_four_answers_of_a_labelled_variable_stay_four_and_are_scored_from_the_good_end(tmp_path: Path) -> None:
    first, second = (
        [1.0] * 80 + [2.0] * 132 + [3.0] * 65 + [4.0] * 23,
        [1.0] * 73 + [2.0] * 86 + [3.0] * 89 + [4.0] * 52,
    )
    health = [1.0] * 37 + [2.0] * 82 + [3.0] * 95 + [4.0] * 47 + [5.0] * 39
    labels = {n: coded(FOUR) for n in ("q1", "q2")}
    labels["health"] = coded(HEALTH)
    study = drafted(sav(tmp_path, {"q1": first, "q2": second, "health": health}, labels))
    agree, good = (study.answers(scale) for scale in study.scales)
    assert (offered(agree), agree.ends) == (FOUR, (1, 4))
    assert [option.side for option in agree.options] == ["positive", "positive", "negative", "negative"]
    assert (offered(good), good.ends) == (HEALTH, (1, 5))
    assert mean(study, "part-1") == pytest.approx(2.75, abs=0.005)  # of 5 - code
    assert mean(study, "part-2") == pytest.approx(3.10, abs=0.005)  # of 6 - code


def test_a_label_that_nobody_chose_was_offered(tmp_path: Path) -> None:
    labels = {"q": coded(reversed(FIVE))}
    study = drafted(sav(tmp_path, {"q": [2.0, 3.0, 4.0, 5.0] * 20}, labels))
    assert offered(study.answers(study.scales[0])) == FIVE
    assert mean(study, "part-1") == pytest.approx(3.5)


def test_labels_at_the_ends_only_leave_numbers_between_and_codes_outside_missing(tmp_path: Path) -> None:
    labels: dict[str, dict[float, str]] = {"q": {1.0: "Strongly disagree", 5.0: "Strongly agree"}}
    labels["turned"] = {1.0: "Strongly agree", 5.0: "Strongly disagree"}
    values = [1.0, 2.0, 2.0, 3.0, 4.0, 5.0, 8.0, 9.0] * 12
    told: list[str] = []
    study = drafted(sav(tmp_path, {"q": values, "turned": values}, labels), told)
    plain, turned = (study.answers(scale) for scale in study.scales)
    assert offered(plain) == ["Strongly agree", "4", "3", "2", "Strongly disagree"]
    assert offered(turned) == ["Strongly agree", "2", "3", "4", "Strongly disagree"]
    assert [option.score for option in turned.options] == [5, 4, 3, 2, 1]
    assert [option.answer for option in plain.missing] == ["8", "9"]
    assert mean(study, "part-1") == pytest.approx(17 / 6, abs=0.005)
    assert mean(study, "part-2") == pytest.approx(6 - 17 / 6, abs=0.005)
    assert any("q: taken for no answer, with the number of answers: `8` (12) and `9` (12)" in line for line in told)
    assert any("the codes run from `Strongly agree` down" in line for line in told)


def test_a_labelled_refusal_is_no_point_and_declared_values_are_blank(tmp_path: Path) -> None:
    words = ["Extremely well", "Very well", "Moderately well", "Slightly well", "Not well at all"]
    labels: dict[str, dict[float, str]] = {"well": coded(words) | {-99.0: "Refused", 7.0: "Don't know"}}
    values = [1.0, 2.0, 3.0, 4.0, 5.0, -99.0, 7.0] * 10
    path = sav(tmp_path, {"well": values}, labels, missing_ranges={"well": [{"lo": 7.0, "hi": 7.0}]})
    study = drafted(path)
    answers = study.answers(study.scales[0])
    assert (offered(answers), answers.ends) == (words, (1, 5))
    assert {option.answer for option in answers.missing} == {"Refused", "Don't know"}
    assert mean(study, "part-1") == pytest.approx(3.0)


@pytest.mark.parametrize(
    ("words", "scores"),
    [
        (FOUR, [4, 3, 2, 1]),
        (FIVE, [5, 4, 3, 2, 1]),
        (QUALTRICS, [5, 4, 3, 2, 1]),
        (SIX, [6, 5, 4, 3, 2, 1]),
        (HEALTH, [5, 4, 3, 2, 1]),
        (["A lot", "A little", "None"], [3, 2, 1]),
        (["Very satisfied", "Satisfied", "Neither satisfied nor dissatisfied", "Dissatisfied", "Very dissatisfied"],
         [5, 4, 3, 2, 1]),
        (["Sehr zufrieden", "Eher zufrieden", "Weder zufrieden noch unzufrieden", "Eher unzufrieden",
          "Sehr unzufrieden"], [5, 4, 3, 2, 1]),
        (["Tout à fait d'accord", "Plutôt d'accord", "Plutôt pas d'accord", "Pas d'accord du tout"], [4, 3, 2, 1]),
        (["Muy buena", "Buena", "Regular", "Mala", "Muy mala"], [5, 4, 3, 2, 1]),
    ],
)  # fmt: skip
def test_only_answers_that_were_offered_are_in_the_set(words: list[str], scores: list[int], tmp_path: Path) -> None:
    given = spread({answer: 20 + n for n, answer in enumerate(words)})
    study = drafted(written(tmp_path, {"q": given}))
    answers = study.answers(study.scales[0])
    assert offered(answers) == words
    assert [option.score for option in answers.options] == scores
    by_word = dict(zip(words, scores, strict=True))
    assert mean(study, "part-1") == pytest.approx(sum(by_word[one] for one in given) / len(given), abs=0.005)


def test_the_default_five_of_qualtrics_have_their_mean_on_five_points(tmp_path: Path) -> None:
    counts = dict(zip(QUALTRICS, (60, 90, 70, 50, 24), strict=True))
    study = drafted(written(tmp_path, {"Q1_1": spread(counts), "Q1_2": list(reversed(spread(counts)))}))
    assert study.answers(study.scales[0]).ends == (1, 5)
    right = sum(score * n for score, n in zip((5, 4, 3, 2, 1), counts.values(), strict=True)) / sum(counts.values())
    assert mean(study, "part-1") == pytest.approx(right, abs=0.005)


def test_an_answer_that_nobody_chose_is_taken_from_the_neighbour_and_said(tmp_path: Path) -> None:
    columns = {
        "My work matters": spread({FIVE[0]: 180, FIVE[1]: 94, FIVE[2]: 26}),
        "I have the time I need": spread(dict.fromkeys(FIVE, 60)),
    }
    told: list[str] = []
    study = drafted(written(tmp_path, columns), told)
    assert [len(scale.items) for scale in study.scales] == [2]
    assert offered(study.answers(study.scales[0])) == FIVE
    assert any("My work matters: not all answers were chosen" in line for line in told)


def test_an_answer_that_nobody_chose_is_a_doubt_where_several_lists_fit(tmp_path: Path) -> None:
    told: list[str] = []
    study = drafted(written(tmp_path, {"q": spread({FIVE[0]: 30, FIVE[1]: 20, FIVE[2]: 10})}), told)
    assert offered(study.answers(study.scales[0])) == FIVE
    (doubt,) = [line for line in told if "nobody chose" in line]
    assert "`Disagree` and `Strongly disagree`" in doubt
    assert "7" in doubt


def test_one_scale_does_not_stretch_another(tmp_path: Path) -> None:
    seven = ["Strongly agree", "Agree", "Somewhat agree", FIVE[2], "Somewhat disagree", "Disagree", "Strongly disagree"]
    study = drafted(written(tmp_path, {"a": spread(dict.fromkeys(FIVE, 14)), "b": spread(dict.fromkeys(seven, 10))}))
    assert [study.answers(scale).ends for scale in study.scales] == [(1, 5), (1, 7)]
    numbers = {"a": [str(1 + n % 5) for n in range(66)], "b": [str(n % 11) for n in range(66)]}
    (tmp_path / "two").mkdir()
    study = drafted(written(tmp_path / "two", numbers))
    assert [study.answers(scale).ends for scale in study.scales] == [(1, 5), (0, 10)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1 = Strongly disagree", (1, "Strongly disagree")), ("Strongly agree (5)", (5, "Strongly agree")),
        ("5 - Very good", (5, "Very good")), ("2. Poor", (2, "Poor")), ("3) Fair", (3, "Fair")), ("1.0", (1, "")),
        ("4", (4, "")), ("1 (Poor)", (1, "Poor")), ("Very good", None), ("10-15", None),
        ("2 to 3 years", (2, "to 3 years")),
    ],
)  # fmt: skip
def test_numbers_in_texts(text: str, found: tuple[int, str] | None) -> None:
    assert number_and_words(text) == found


@pytest.mark.parametrize(
    "texts",
    [
        ["1 = Strongly disagree", "2", "3 = Neutral", "4", "5 = Strongly agree"],
        [f"{answer} ({5 - n})" for n, answer in enumerate(FIVE)],
        [f"{5 - n} - {answer}" for n, answer in enumerate(FIVE)],
        ["1.0", "2.0", "3.0", "4.0", "5.0"],
    ],
)
def test_numbers_in_texts_give_the_order(texts: list[str], tmp_path: Path) -> None:
    given = spread({text: 9 + n for n, text in enumerate(texts)})
    study = drafted(written(tmp_path, {"q": given}))
    answers = study.answers(study.scales[0])
    assert answers.ends == (1, 5)
    numbers = [float(next(sign for sign in text if sign.isdigit())) for text in given]
    assert mean(study, "part-1") == pytest.approx(sum(numbers) / len(numbers), abs=0.005)


def test_numbered_categories_are_no_scale(tmp_path: Path) -> None:
    told: list[str] = []
    places = ["1 = North", "2 = South", "3 = East"]
    study = drafted(
        written(
            tmp_path,
            {
                "place": spread(dict.fromkeys(places, 20)),
                "children": spread({"1 child": 20, "2 children": 20, "3 children": 20}),
            },
        ),
        told,
    )
    assert study.scales == ()
    assert any("place: the numbered answers are categories" in line for line in told)
    assert not any("children: the numbered" in line for line in told)


def test_a_question_that_names_its_ends_has_them(tmp_path: Path) -> None:
    study = drafted(written(tmp_path, {"Overall, from 1 to 9": [str(1 + n % 8) for n in range(80)]}))
    assert study.answers(study.scales[0]).ends == (1, 9)


def test_marks_of_programs_are_missing_without_a_doubt(tmp_path: Path) -> None:
    values = [*(["1", "2", "3", "4", "5"] * 12), *["-99"] * 10, *["-1"] * 5]
    told: list[str] = []
    study = drafted(written(tmp_path, {"q1_1": values, "q1_2": list(reversed(values))}), told)
    answers = study.answers(study.scales[0])
    assert answers.ends == (1, 5)
    assert [option.answer for option in answers.missing] == ["-99", "-1"]
    assert mean(study, "part-1") == pytest.approx(3.0)
    assert not any("doubt" in line for line in told)


def test_codes_are_outside_a_scale_only_where_its_battery_says_so() -> None:
    assert outside_of([{1, 2, 3, 4, 5, 9}, {1, 2, 3, 4, 5}], None) == {9}
    assert outside_of([{1, 2, 3, 4, 5, 8, 9}, {1, 2, 3, 4, 5, 9}], None) == {8, 9}
    assert outside_of([{1, 2, 3, 4, 5, 6, 7, 9}, {1, 4, 7}], None) == {9}
    assert outside_of([{*range(1, 11)}, {*range(1, 11)}], None) == set()
    assert outside_of([{*range(0, 11)}], None) == set()
    assert outside_of([{1, 2, 3, 4, 5, 9}], None) == set()  # of one item nobody can tell
    assert outside_of([{1, 2, 3, 4, 5, 9}], (1, 5)) == {9}
    assert outside_of([{1, 2, 3, 99, 88}], None) == {88, 99}


def test_a_battery_with_codes_is_rated_and_says_how_many_gave_them(tmp_path: Path) -> None:
    points = ["1", "2", "3", "4", "5"] * 16
    columns = {"q1_1": points[:70] + ["9"] * 10, "q1_2": points, "q1_3": ["8"] * 4 + points[:76]}
    columns |= {"children": [str(n % 9) for n in range(80)], "rate": [str(1 + n % 10) for n in range(80)]}
    told: list[str] = []
    study = drafted(written(tmp_path, columns), told)
    assert [study.answers(scale).ends for scale in study.scales] == [(1, 5), (1, 10)]
    assert [option.answer for option in study.answers(study.scales[0]).missing] == ["8", "9"]
    assert any("`9` (10)" in line and "`8` (4)" in line for line in told)
    assert mean(study, "part-2") == pytest.approx(5.5)  # its 8 and 9 are points
    assert not any(question.column == "children" for question in study.questions)


@pytest.mark.parametrize("names", [("q1", "q2", "q3"), ("A", "B", "C")])
def test_neighbours_without_a_stem_are_a_battery_for_their_codes(names: tuple[str, ...], tmp_path: Path) -> None:
    points = ["1", "2", "3", "4", "5"] * 16
    columns = dict(zip(names, (points[:70] + ["9"] * 10, points, points[:74] + ["99"] * 6), strict=True))
    study = drafted(written(tmp_path, columns))
    assert [len(scale.items) for scale in study.scales] == [3]
    assert study.answers(study.scales[0]).ends == (1, 5)
    assert [option.answer for option in study.answers(study.scales[0]).missing] == ["9", "99"]


def test_words_beside_a_scale_are_missing_under_their_own_names(tmp_path: Path) -> None:
    counts = dict.fromkeys(FIVE, 12) | {"N/A": 7, "Prefer not to say": 6, "99 = Refused": 5}
    told: list[str] = []
    study = drafted(written(tmp_path, {"q": spread(counts)}), told)
    answers = study.answers(study.scales[0])
    assert offered(answers) == FIVE
    assert {option.answer for option in answers.missing} == {"N/A", "Prefer not to say", "99 = Refused"}
    assert any("`N/A` (7)" in line for line in told)


def test_the_smallest_published_set_counts() -> None:
    def words(*answers: str) -> tuple[int, bool]:
        fit = fit_of(answers)
        assert fit is not None
        return len(fit.known.levels), bool(fit.rivals)

    assert words(*FOUR) == (4, False)
    assert words(*FIVE) == (5, False)
    assert words(*SIX) == (6, False)
    assert words("Agree", FIVE[2], "Disagree") == (3, True)
    assert words("Strongly agree", "Agree", "Strongly disagree") == (4, True)
    assert fit_of(["Agree", "Disagree"]) is None  # perhaps there were these two only
    assert fit_of(["Good", "Often", "Agree"]) is None
    for known in known_sets():
        plain = [level.texts[0].replace("{}", "useful") for level in known.levels]
        fit = fit_of(plain)
        assert fit is not None
        assert [level.texts[0] for level in fit.known.levels] == plain or len(fit.known.levels) == len(plain)


def test_labels_in_no_order_of_theirs_are_categories() -> None:
    labels = {"1": "Agree", "2": "Strongly disagree", "3": "Strongly agree", "4": "Disagree"}
    assert rated_of(labels.values(), labels) is None
    assert rated_of(["North", "South", "West"], {"1": "North", "2": "South", "3": "West"}) is None


def test_an_unknown_word_between_known_ends_has_the_place_of_its_code() -> None:
    labels = {"1": "Strongly disagree", "2": "Disagree", "3": "In two minds", "4": "Agree", "5": "Strongly agree"}
    found = rated_of(labels.values(), labels)
    assert found == Rated("agreement", {label: int(code) for code, label in labels.items()}, complete=True)
    made = response_set([found], [dict.fromkeys(labels.values(), 5)])
    assert [(o.answer, o.score, o.side) for o in made.answers.options][2] == ("In two minds", 3, "neutral")
    assert "`In two minds`" in made.doubts[0]


def test_a_draft_with_doubts_may_be_declined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = written(tmp_path, {"q": spread({FIVE[0]: 30, FIVE[1]: 20, FIVE[2]: 10})})
    with pytest.raises(UserError, match="not wanted"):
        new_study(source, tmp_path / "no", title="", organisation="", real=False, agreed=lambda _: False, **DAYS)
    assert not (tmp_path / "no").exists()
    command = ["new-study", str(source), "--study", str(tmp_path / "yes"), "--opened", "2026-03-01", "--closed",
               "2026-03-31"]  # fmt: skip
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _: "no")
    assert main(command) == 2
    assert main([*command, "--yes"]) == 0


def test_a_matrix_whose_words_fit_no_one_set_comes_apart(tmp_path: Path) -> None:
    neutral = [answer if answer != FIVE[2] else "Neutral" for answer in FIVE]
    columns = {"Q1_1": spread(dict.fromkeys(FIVE, 12)), "Q1_2": spread(dict.fromkeys(neutral, 12))}
    columns |= {"Q1_3": ["Agree"] * 60, "Q1_4": spread(dict.fromkeys(["-99.0", *map(str, range(1, 6))], 10))}
    study = drafted(written(tmp_path, columns))
    assert [offered(study.answers(scale)) for scale in study.scales][:2] == [FIVE, neutral]
    assert [option.answer for option in study.answers(study.scales[2]).missing] == ["-99.0"]


def test_marks_are_no_categories_and_labels_of_missing_are_said(tmp_path: Path) -> None:
    columns = {"site": spread({"North": 30, "South": 25, "-99": 10}), "used": spread({"Yes": 30, "No": 30, "-1": 5})}
    study = drafted(written(tmp_path, columns))
    assert [[c.answer for c in study.question(name).categories] for name in columns] == [
        ["North", "South"],
        ["No", "Yes"],
    ]
    (tmp_path / "spss").mkdir()
    labels = {"reason": {1.0: "Pay", 2.0: "Workload", 8.0: "Missing", 9.0: "Missing"}}
    told: list[str] = []
    study = drafted(sav(tmp_path / "spss", {"reason": [1.0, 2.0, 2.0, 8.0, 9.0] * 10}, labels), told)
    assert "reason: taken for no answer, with the number of answers: `Missing` (20)" in "\n".join(told)
    with (study.folder / "categories.csv").open(encoding="utf-8", newline="") as handle:
        rows = {row["answer"]: row["missing"] for row in csv.DictReader(handle)}
    assert rows == {"Pay": "", "Workload": "", "Missing": "yes"}


def test_numbers_and_numbered_words_of_one_matrix_are_read_apart(tmp_path: Path) -> None:
    columns = {
        "Q1_1": spread({str(n): 12 for n in range(1, 6)}),
        "Q1_2": spread({"5 = Strongly agree": 20, "4 = Agree": 20, "2 = Disagree": 20}),
        "Q1_3": spread({f"{answer} ({5 - n})": 12 for n, answer in enumerate(FIVE)}),
    }
    study = drafted(written(tmp_path, columns))
    assert all(study.answers(scale).ends == (1, 5) for scale in study.scales)
    read_responses(study.folder, None, tmp_path / "build")


def test_a_code_in_two_spellings_is_one_missing_answer_each(tmp_path: Path) -> None:
    points = [str(1 + n % 5) for n in range(60)]
    study = drafted(written(tmp_path, {"Q1_1": [*points, "-99", "99"], "Q1_2": [*points, "-99.0", "99.0"]}))
    missing = [option for scale in study.scales for option in study.answers(scale).missing]
    assert {option.answer for option in missing} == {"-99", "-99.0", "99", "99.0"}
    read_responses(study.folder, None, tmp_path / "build")


def test_words_in_no_list_that_several_questions_share_are_asked_about(tmp_path: Path) -> None:
    words = {"Not on your life": 20, "Once in a blue moon": 20, "Every other day": 20}
    columns = {
        "Singing": spread(words),
        "Dancing": spread(words),
        "Site": spread({"North": 20, "South": 20, "East": 20}),
    }
    told: list[str] = []
    study = drafted(written(tmp_path, columns), told)
    assert study.scales == ()
    doubts = [line for line in told if "no published list" in line]
    assert len(doubts) == 1, "one question with such answers may well be a list of categories"
    assert "Singing and Dancing" in doubts[0]
    assert "`Once in a blue moon`" in doubts[0]
    assert "data dictionary" in doubts[0]
