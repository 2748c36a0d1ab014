"""What counts as no answer: marks of survey programs, values that a file declares missing, what a study lists."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from made_study import AGREE, five_points, rendered, write_made_study, write_rows
from survey_report.errors import UserError
from survey_report.export_check import counted_as_other
from survey_report.figure_checks.own_tables import Context, check_breakdown
from survey_report.findings.measuring import measurement_findings
from survey_report.findings.no_answers import NoAnswers
from survey_report.findings.people import people_findings, share_in
from survey_report.findings.theme import theme_findings
from survey_report.mapping.prepared import prepared_export
from survey_report.marks import Style
from survey_report.missing_marks import mark_of
from survey_report.no_answer_text import no_answer_sentences
from survey_report.rendering import Rendering
from survey_report.scales import not_counted, scale_scores
from survey_report.study_load import load_study

SITE = {"item": "site", "type": "demographic"}
SITES = [{"question": "site", "id": name.lower(), "answer": name} for name in ("North", "South")]
REFUSED = {"question": "site", "id": "refused", "answer": "Refused", "missing": "yes"}


def made(folder: Path, rows: list[dict[str, str]], answers: object = None, *more: dict[str, str]) -> Rendering:
    """Three rated items and a site, as the rows have them."""
    sets = {"agree": answers or five_points(("unknown", "Don't know"))}
    questions = [{"item": "one"}, {"item": "two"}, {"item": "three"}, SITE]
    study = write_made_study(folder / "work", questions, sets, [*SITES, *more], ["site"])
    return rendered(study, write_rows(folder / "export.csv", rows), folder / "build")


def row(one: str, two: str = "Agree", three: str = "Agree", site: str = "North") -> dict[str, str]:
    return {"one": one, "two": two, "three": three, "site": site}


def counts(work: Rendering, item: str) -> dict[str, int]:
    question = next(question for question in work.study.questions if question.item == item)
    return {kind: int(n) for kind, n in not_counted(work.respondents, question, work.study).sum().items()}


@pytest.mark.parametrize(
    ("text", "mark"),
    [("-99", "blank"), ("-99.0", "blank"), ("−1", "blank"), ("Not asked", "not-asked"), ("NOT  ASKED", "not-asked"),
     ("", ""), ("99", ""), ("9", ""), ("8", ""), ("Refused", ""), ("N/A", ""), ("-9", ""), ("-1.5", ""), ("1", "")],
)  # fmt: skip
def test_marks(text: str, mark: str) -> None:
    assert mark_of(text) == mark


def test_marks_are_missing_in_any_study_and_counted_by_kind(tmp_path: Path) -> None:
    rows = [row("Agree")] * 20 + [row("-99")] * 7 + [row("-1")] * 2 + [row("")] * 3 + [row("Don't Know")] * 6
    rows += [row("Not asked", site="-99")] * 5 + [row("Disagree", site="not asked")] * 4
    work = made(tmp_path, rows)
    assert counts(work, "one") == {"unknown": 6, "blank": 12, "not-asked": 5}
    assert counts(work, "site") == {"blank": 5, "not-asked": 4}
    assert counts(work, "two") == {"unknown": 0, "blank": 0, "not-asked": 0}
    people = work.respondents
    assert people["one"].value_counts().loc[lambda n: n > 0].to_dict() == {"level-4": 20, "unknown": 6, "level-2": 4}
    assert people["site"].isna().sum() == 9
    assert list(people["site"].cat.categories) == ["north", "south"]
    theme = theme_findings(work, "mood")
    assert theme.items.set_index("item")["n"].to_dict() == {"one": 24, "two": 47, "three": 47}
    assert int(theme.groups["n"].fillna(0).sum()) <= 47 - 9


def test_who_was_not_asked_an_item_needs_half_of_the_others(tmp_path: Path) -> None:
    """Of three items two are half and more; of the two that were asked, one."""
    rows = [row("Agree", "-99", "-99"), row("Agree", "-99", "Not asked"), *[row("Agree")] * 10]
    work = made(tmp_path, rows)
    scores = scale_scores(work.respondents, work.study.scale("mood"), work.study)
    np.testing.assert_array_equal(scores[:2], [np.nan, 4.0])


def test_a_number_that_the_study_offers_is_an_answer(tmp_path: Path) -> None:
    """On a scale from -2 to 2, -1 is a level, also as pandas writes it; -99 still is none."""
    levels = five_points(answers=[str(n) for n in range(-2, 3)], least=-2)
    given = [*["-2"] * 10, *["-1"] * 10, *["-1.0"] * 10, *["-99"] * 10]
    work = made(tmp_path, [row(text, "0", "2") for text in given], levels)
    assert work.respondents["one"].value_counts()["level-2"] == 20
    assert counts(work, "one") == {"blank": 10, "not-asked": 0}
    # (-2 + 0 + 2) / 3 = 0, (-1 + 0 + 2) / 3 = 1/3, (0 + 2) / 2 = 1
    right = [0.0] * 10 + [1 / 3] * 20 + [1.0] * 10
    np.testing.assert_allclose(scale_scores(work.respondents, work.study.scale("mood"), work.study), right)


def test_a_study_may_name_a_mark(tmp_path: Path) -> None:
    """-99 that the study lists as refused keeps that name; "Not asked" is never somebody's answer."""
    listed = five_points(("refused", "-99"), ("skipped", "Not asked"))
    work = made(tmp_path, [row("Agree")] * 10 + [row("-99")] * 6 + [row("Not asked")] * 5, listed)
    assert counts(work, "one") == {"refused": 6, "skipped": 0, "blank": 0, "not-asked": 5}


@pytest.mark.parametrize("text", ["8", "9", "88", "98", "99", "Refused", "No answer", "N/A"])
def test_other_codes_are_missing_only_where_the_study_says_so(tmp_path: Path, text: str) -> None:
    rows = [row("Agree")] * 10 + [row(text)] * 6
    with pytest.raises(UserError) as caught:
        made(tmp_path / "a", rows)
    assert [problem.value for problem in caught.value.problems] == [text]
    work = made(tmp_path / "b", rows, five_points(("none", text)))
    assert counts(work, "one") == {"none": 6, "blank": 0, "not-asked": 0}


def test_a_closed_question_has_missing_answers_that_are_no_category(tmp_path: Path) -> None:
    rows = [row("Agree")] * 12 + [row("Agree", site="South")] * 11 + [row("Agree", site="refused")] * 6
    work = made(tmp_path, [*rows, row("Agree", site="")], None, REFUSED)
    assert [category.id for category in work.study.grouping("site").categories] == ["north", "south"]
    assert counts(work, "site") == {"refused": 6, "blank": 1, "not-asked": 0}
    assert Counter(work.respondents["site"].dropna()) == {"north": 12, "south": 11}


def test_any_other_answer_to_a_closed_question_may_be_missing(tmp_path: Path) -> None:
    rest = REFUSED | {"id": "rest", "answer": "*", "label": "Any other"}
    rows = [row("Agree")] * 12 + [row("Agree", site="Elsewhere")] * 6 + [row("Agree", site="-99")] * 5
    work = made(tmp_path, rows, None, rest)
    assert counts(work, "site") == {"rest": 6, "blank": 5, "not-asked": 0}
    export = prepared_export(work.study, tmp_path / "export.csv")
    assert counted_as_other(export, work.study) == ["site: 1 different answers in 6 rows count as missing"]


def test_what_categories_csv_says_of_missing_answers_is_checked(tmp_path: Path) -> None:
    twice = {"question": "site", "id": "north", "answer": "Refused", "missing": "yes"}
    unknown = REFUSED | {"missing": "perhaps"}
    for row_of, said in ((twice, "stands twice"), (unknown, "is not known")):
        folder = tmp_path / said.replace(" ", "-")
        write_made_study(folder, [{"item": "one"}, SITE], {"agree": five_points()}, [*SITES, row_of])
        with pytest.raises(UserError) as caught:
            load_study(folder)
        assert [problem.message for problem in caught.value.problems] == [said]


PLAIN = Style("work", synthetic=False)


def test_each_kind_is_named_and_counted_under_the_table(tmp_path: Path) -> None:
    rows = [row("Agree")] * 40 + [row("-99")] * 7 + [row("Don't know")] * 12 + [row("Not asked")] * 6
    work = made(tmp_path, rows)
    assert no_answer_sentences(theme_findings(work, "mood").not_counted, 5, PLAIN) == [
        "Not counted: One: Don't know 12, left blank 7, not asked 6."
    ]
    found = measurement_findings(work).missing
    mine = found[(found["item"] == "one") & (found["group"] == "")].set_index("kind")
    assert mine["n"].to_dict() == {"unknown": 12, "blank": 7}
    assert mine["asked"].to_dict() == {"unknown": 59, "blank": 59}
    assert mine["percent"].round(1).to_dict() == {"unknown": 20.3, "blank": 11.9}  # 12 and 7 of 59


def test_small_counts_are_told_together_or_not_at_all(tmp_path: Path) -> None:
    """Three refusals are not shown, so that the next smallest count goes with them: 3 and 6 make 9, which is printed
    as 59 people less 50 answers; three alone are fewer than five."""
    listed = five_points(("unknown", "Don't know"), ("refused", "Refused"))
    rows = [row("Agree")] * 38 + [row("Refused")] * 3 + [row("-99")] * 6 + [row("Don't know", "Refused")] * 12
    first, second, _ = theme_findings(made(tmp_path, rows, listed), "mood").not_counted
    assert first == NoAnswers("One", {"Don't know": 12}, ("Refused", "Left blank"), 9)
    assert no_answer_sentences([first], 5, PLAIN) == ["Not counted: Don't know 12, Refused and left blank together 9."]
    assert no_answer_sentences([second], 5, PLAIN) == ["Not counted: Refused 12."]
    few = made(tmp_path / "few", [row("Agree")] * 38 + [row("Refused")] * 3, listed)
    assert no_answer_sentences(theme_findings(few, "mood").not_counted[:1], 5, PLAIN) == [
        "Not counted: Refused fewer than 5."
    ]


def test_many_items_have_the_range_of_their_counts() -> None:
    rows = [
        NoAnswers("A", {"Unknown": 12, "Left blank": 9}),
        NoAnswers("B", {"Unknown": 31}, ("Refused",)),
        NoAnswers("C", {"Unknown": 1450}, ("Refused", "Left blank"), 8),
        NoAnswers("D", {"Unknown": 20, "Not asked": 40}),
    ]
    assert no_answer_sentences(rows, 5, PLAIN) == [
        "Not counted, from row to row: Unknown 12 to 1,450, left blank up to 9, Refused too few to show, "
        "not asked up to 40."
    ]
    assert no_answer_sentences([NoAnswers("A", {})] * 5, 5, PLAIN) == []


def test_shares_of_respondents_are_of_those_who_answered(tmp_path: Path) -> None:
    """24 and 16 of 40, that is 60% and 40%; six refused, five left it blank: they are in no base, and no category."""
    rows = [row("Agree")] * 24 + [row("Agree", site="South")] * 16
    rows += [row("Agree", site="Refused")] * 6 + [row("Agree", site="-1")] * 5
    work = made(tmp_path, rows, None, REFUSED)
    people = people_findings(work)
    assert people.breakdown("site")["category"].tolist() == ["north", "south"]
    shares = {group: people.numbers[f"respondents.pct.site.{group}"] for group in ("north", "south")}
    assert {group: (share.value, share.base) for group, share in shares.items()} == {
        "north": (60.0, 40), "south": (40.0, 40)
    }  # fmt: skip
    assert no_answer_sentences(people.not_counted("site"), 5, PLAIN, named=True) == [
        "Not counted: Site: Refused 6, left blank 5."
    ]
    data = people.data(people.breakdown("site"))
    assert list(check_breakdown("", data, Context(work.study, people.numbers))) == []
    wrong = data.assign(pct=[47.1, 31.4])  # of all 51 respondents
    assert len(list(check_breakdown("", wrong, Context(work.study, people.numbers)))) == 2


def test_few_blanks_follow_from_no_share(tmp_path: Path) -> None:
    """Three left it blank, so the next smallest count is hidden with theirs; a share is told only as finely as it
    is the same for every number of blanks."""
    rows = [row("Agree")] * 900 + [row("Agree", site="South")] * 100 + [row("Agree", site="-99")] * 3
    people = people_findings(made(tmp_path, rows))
    assert {key: number.kind for key, number in people.numbers.items() if ".site." in key} == {
        "respondents.n.site.north": "invented", "respondents.pct.site.north": "hidden",
        "respondents.n.site.south": "hidden", "respondents.pct.site.south": "hidden",
        "respondents.n.site.no-answer": "hidden",
    }  # fmt: skip
    assert no_answer_sentences(people.not_counted("site"), 5, PLAIN, named=True) == [
        "Not counted: Site: no answer not shown."
    ]
    assert share_in(2000, (2997, 2999)) == (66.7, 1)
    assert share_in(300, (994, 998)) == (30.0, 0)
    assert np.isnan(share_in(900, (901, 1002))[0])


@pytest.mark.parametrize("seed", range(3))
def test_no_base_can_be_worked_out_from_the_shares(seed: int) -> None:
    """Every base that the printed counts allow gives the printed shares."""
    draw = np.random.default_rng(seed)
    for _ in range(300):
        most = int(draw.integers(20, 3000))
        least, n = most - int(draw.integers(0, 30)), int(draw.integers(0, most // 2))
        share, decimals = share_in(n, (max(least, 1), most))
        if not np.isnan(share):
            slack = 0.5 * 10**-decimals + 1e-9
            assert all(abs(100 * n / base - share) <= slack for base in range(max(least, 1), most + 1))


def test_too_few_answers_say_nothing_of_those_who_gave_none(tmp_path: Path) -> None:
    work = made(tmp_path, [row("Agree")] * 9 + [row("-99")] * 40)
    assert theme_findings(work, "mood").not_counted[0] == NoAnswers("One", {})


def spss(folder: Path) -> Path:
    """Sixty people of an SPSS file: 8, 9 and -7 ("Not asked") are declared missing, -99 is not."""
    one = [1.0] * 20 + [5.0] * 10 + [8.0] * 9 + [9.0] * 6 + [-99.0] * 5 + [-7.0] * 10
    frame = pd.DataFrame({"one": one, "two": [2.0] * 60, "three": [2.0] * 60, "site": [1.0] * 30 + [9.0] * 30})
    labels = dict(enumerate(AGREE, 1))
    none = {8.0: "Don't know", 9.0: "Refused", -7.0: "Not asked"}
    pyreadstat.write_sav(
        frame, str(folder / "people.sav"),
        variable_value_labels={**dict.fromkeys(("one", "two", "three"), labels | none),
                               "site": {1.0: "North", 2.0: "South", 9.0: "Refused"}},
        missing_ranges={"one": [8.0, 9.0, -7.0], "site": [9.0]},
    )  # fmt: skip
    return folder / "people.sav"


def test_values_that_spss_declares_missing_have_the_names_that_the_study_gives(tmp_path: Path) -> None:
    """The study lists "Don't know": 9 people; what it does not list counts with the blanks (6 and 5 for -99)."""
    questions = [{"item": "one"}, {"item": "two"}, {"item": "three"}, SITE]
    study = write_made_study(
        tmp_path / "work", questions, {"agree": five_points(("unknown", "Don't know"))}, [*SITES, REFUSED], ["site"]
    )
    work = rendered(study, spss(tmp_path), tmp_path / "build")
    assert counts(work, "one") == {"unknown": 9, "blank": 11, "not-asked": 10}
    assert counts(work, "site") == {"refused": 30, "blank": 0, "not-asked": 0}
    assert work.respondents["one"].isin(["level-1", "level-5"]).sum() == 30


def test_declared_missing_wins_over_a_category_of_the_study(tmp_path: Path) -> None:
    category = {"question": "site", "id": "refused", "answer": "Refused"}
    questions = [{"item": "one"}, {"item": "two"}, {"item": "three"}, SITE]
    study = write_made_study(tmp_path / "work", questions, {"agree": five_points()}, [*SITES, category], ["site"])
    work = rendered(study, spss(tmp_path), tmp_path / "build")
    assert counts(work, "site") == {"blank": 30, "not-asked": 0}
