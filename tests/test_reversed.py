"""Items that say the opposite of their scale: scores are turned, shares stay in the words that people saw."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from survey_report.codebook import codebook
from survey_report.disclosure import Policy
from survey_report.errors import Problem, UserError
from survey_report.execution import Run
from survey_report.figure_checks.gate import number_problems
from survey_report.findings.measuring import measurement_findings
from survey_report.findings.people import people_findings
from survey_report.findings.theme import theme_findings
from survey_report.finish import finish, notebook_json
from survey_report.instrument_tables import instrument_questions
from survey_report.marks import Style
from survey_report.notebook import Desk
from survey_report.readings import scale_readings
from survey_report.rendering import Rendering, open_rendering
from survey_report.responses import read_responses
from survey_report.results import log_lines
from survey_report.scales import answer_counts, item_scores, scale_scores
from survey_report.study import Option, ResponseSet, Thresholds
from survey_report.study_load import OPTIONAL_COLUMNS, QUESTION_COLUMNS, load_study
from survey_report.supplement_tables import consistency_sentences, doubts_log
from survey_report.up_to_date import Basis, write_run

SIX = ["Very Inaccurate", "Moderately Inaccurate", "Slightly Inaccurate",
       "Slightly Accurate", "Moderately Accurate", "Very Accurate"]  # fmt: skip
AGREE = ["Strongly disagree", "Disagree", "Neither", "Agree", "Strongly agree"]
# An item: name, scale, response set, what the column `reverse` says.
Item = tuple[str, str, str, str]


def answer_set(answers: Sequence[str], scores: Sequence[int], low: str = "negative", high: str = "positive") -> Any:
    """A set of which the first answers are of the side `low` and the last of the side `high`."""
    middle = (len(answers) - 1) / 2
    sides = [low if place < middle else high if place > middle else "neutral" for place in range(len(answers))]
    options = [
        {"id": text.lower().replace(" ", "-"), "answer": text, "score": score, "side": side}
        for text, score, side in zip(answers, scores, sides, strict=True)
    ]
    return {
        "options": options,
        "missing": [],
        "measures": {side: f"pct_{side}" for side in ("positive", "neutral", "negative")},
        "words": {"positive": "agree", "neutral": "neither", "negative": "disagree"},
    }


def write_study(folder: Path, items: Sequence[Item], sets: Mapping[str, Any], groups: Sequence[str] = ()) -> Path:
    """A study of these items, grouped by `gender` where there are groups; the path of its folder."""
    folder.mkdir(parents=True)
    scales = dict.fromkeys(scale for _, scale, _, _ in items)
    content = {
        "id": folder.name, "title": "Made", "short_title": "Made", "organisation": "Us", "wave": "2026",
        "language": "en-GB", "opened": "2026-01-01", "closed": "2026-01-31", "report_author": "Us",
        "report_date": "2026-02-01", "citation": "Us",
        "export": {"file": "", "synthetic_column": "", "synthetic_values": [], "real_exports": []},
        "instrument": "instrument.csv", "categories": "categories.csv", "response_sets": dict(sets),
        "scales": [{"id": scale, "title": scale.capitalize(), "subject": scale} for scale in scales],
        "thresholds": {"min_group": 10, "min_cell": 5, "min_answered": 0.5, "alpha": 0.05, "min_test_group": 10},
        "groupings": [{"id": "gender", "label": "Gender", "by": "gender", "tested": True, "count": "n_genders"}]
        if groups else [],
        "further_demographics": [],
    }  # fmt: skip
    for day in ("opened", "closed", "report_date"):
        content[day] = pd.Timestamp(str(content[day])).date()
    (folder / "study.yml").write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    header = [*QUESTION_COLUMNS, *OPTIONAL_COLUMNS]
    empty = dict.fromkeys(header, "") | {"basis": "stated", "period": "current"}
    rows = [
        empty | {"id": name, "column": name, "type": "rating", "scale": scale, "item": name, "short": name.upper(),
                 "label": name, "response_type": answers, "reverse": reverse}
        for name, scale, answers, reverse in items
    ]  # fmt: skip
    if groups:
        rows.append(empty | {"id": "gender", "column": "gender", "type": "demographic", "item": "gender",
                             "short": "Gender", "label": "Gender"})  # fmt: skip
    write(folder / "instrument.csv", header, [list(row.values()) for row in rows])
    known = [["gender", group.lower(), group, group.lower(), group] for group in groups]
    write(folder / "categories.csv", ["question", "id", "label", "phrase", "answer"], known)
    return folder


def write(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerows([header, *rows])
    return path


def rendered(folder: Path, export: Path, build: Path) -> Rendering:
    read_responses(folder, export, build)
    return open_rendering(folder, build)


def problems(folder: Path) -> list[Problem]:
    with pytest.raises(UserError) as caught:
        load_study(folder)
    return list(caught.value.problems)


# Revelle's psych: 25 items of the Big Five, and what psych 2.2.9 says of them with the keys of its manual.
# Alpha; means of persons who answered at least half; women less men. The data are read from the installed package.
BFI = {
    "agreeableness": ("A", (1,), 4.65, 0.703, 0.395),
    "conscientiousness": ("C", (4, 5), 4.27, 0.727, 0.190),
    "extraversion": ("E", (1, 2), 4.14, 0.762, 0.238),
    "openness": ("O", (2, 5), 4.59, 0.600, -0.100),
}


@pytest.fixture(scope="module")
def bfi(tmp_path_factory: pytest.TempPathFactory) -> Rendering:
    if shutil.which("Rscript") is None:
        pytest.skip("Rscript is not installed (Debian: r-base-core)")
    has = "'bfi' %in% data(package = 'psych')$results[, 'Item']"
    script = f"x <- if ({has}) psych::bfi else psychTools::bfi; write.csv(x, stdout(), row.names = FALSE, na = '')"
    done = subprocess.run(["Rscript", "-e", script], check=False, capture_output=True, text=True, timeout=120)
    if done.returncode:
        pytest.skip("neither psych (Debian: r-cran-psych) nor psychTools with the data set `bfi` is installed")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    items = [(f"{letter}{number}".lower(), scale, "six", "yes" if number in turned else "")
             for scale, (letter, turned, *_) in BFI.items() for number in range(1, 6)]  # fmt: skip
    folder = tmp_path_factory.mktemp("bfi")
    write_study(folder / "big-five", items, {"six": answer_set(SIX, range(1, 7))}, ["Men", "Women"])
    answers = [
        [*(SIX[int(row[name.upper()]) - 1] if row[name.upper()] else "" for name, *_ in items),
         ["Men", "Women"][int(row["gender"]) - 1]]
        for row in rows
    ]  # fmt: skip
    export = write(folder / "export.csv", [*(name for name, *_ in items), "gender"], answers)
    return rendered(folder / "big-five", export, folder / "build")


@pytest.mark.parametrize("scale", BFI)
def test_the_big_five_are_what_psych_has(bfi: Rendering, scale: str) -> None:
    _, _, mean, alpha, difference = BFI[scale]
    scores = scale_scores(bfi.respondents, bfi.study.scale(scale), bfi.study)
    by_gender = scores.groupby(bfi.members("gender").astype(str)).mean()
    assert by_gender["women"] - by_gender["men"] == pytest.approx(difference, abs=5e-4)
    theme = theme_findings(bfi, scale)
    assert theme.overall.value == pytest.approx(mean, abs=5e-3)
    pair = theme.pairs.iloc[0]
    sign = 1 if pair.a == "women" else -1
    assert sign * pair.difference == pytest.approx(difference, abs=6e-3)
    assert pair.significant
    found = measurement_findings(bfi)
    assert found.scales.set_index("scale").loc[scale, "alpha"] == pytest.approx(alpha, abs=6e-3)
    assert (found.items.loc[found.items["scale"] == scale, "item_rest"] > 0).all()


def test_the_checks_of_a_build_find_no_fault_in_reversed_scales(bfi: Rendering) -> None:
    numbers = dict(people_findings(bfi).numbers)
    for scale in bfi.study.scales:
        numbers |= theme_findings(bfi, scale.id).numbers
    assert list(number_problems(numbers, bfi.study)) == []


# A survey of thirty people whose truth is worked out here

ITEMS: list[Item] = [("one", "mood", "agree", ""), ("two", "mood", "agree", "yes"), ("three", "mood", "agree", "no")]


def given() -> np.ndarray:
    """Scores of the answers as given: the second item is answered the other way, 0 is no answer."""
    likes = np.random.default_rng(4).integers(1, 6, 60)
    answers = np.column_stack([likes, 6 - likes, np.clip(likes + np.tile([0, 1, -1], 20), 1, 5)])
    answers[:6, 1] = 0
    return answers


def mood(folder: Path, items: Sequence[Item]) -> Rendering:
    study = write_study(folder / "mood", items, {"agree": answer_set(AGREE, range(1, 6))})
    rows = [[AGREE[score - 1] if score else "" for score in row] for row in given()]
    return rendered(study, write(folder / "export.csv", ["one", "two", "three"], rows), folder / "build")


def test_scores_turn_and_shares_do_not(tmp_path: Path) -> None:
    rendering, answers = mood(tmp_path, ITEMS), given()
    study, people, scale = rendering.study, rendering.respondents, rendering.study.scale("mood")
    right = np.where(answers == 0, np.nan, answers).astype(float)
    two = answers[6:, 1]
    shares = {
        "positive": 100 * np.mean(two > 3),
        "neutral": 100 * np.mean(two == 3),
        "negative": 100 * np.mean(two < 3),
    }
    right[:, 1] = 6 - right[:, 1]
    np.testing.assert_array_equal(item_scores(people, scale.items, study).to_numpy(), right)
    np.testing.assert_allclose(scale_scores(people, scale, study), np.nanmean(right, axis=1))
    pooled = scale_readings(people, study).set_index("grouping").loc["overall", "pooled"]
    assert pooled == pytest.approx(np.nanmean(right))
    seen = answer_counts(people, scale.items, study.answers(scale)).loc["two"]
    assert seen.tolist() == [int((answers[:, 1] == score).sum()) for score in range(1, 6)]
    theme = theme_findings(rendering, "mood")
    assert theme.overall.value == pytest.approx(np.nanmean(right, axis=1).mean(), abs=5e-3)
    row = theme.items.set_index("item").loc["two"]
    assert row["shown"]
    for side, share in shares.items():
        assert row[side] == pytest.approx(share, abs=0.5), side


def test_what_goes_against_the_rest_is_said_and_not_turned(tmp_path: Path) -> None:
    (right,) = consistency_sentences(measurement_findings(mood(tmp_path / "a", ITEMS)))
    assert right == "No item that is shown goes against the rest of its scale, and no alpha is under 0.5."
    rendering = mood(tmp_path / "b", [(*item[:3], "") for item in ITEMS])
    found = measurement_findings(rendering)
    text = " ".join(consistency_sentences(found))
    assert "TWO" in text
    assert "against the rest of the scale" in text
    assert "alpha is under 0.5" in text
    scale = rendering.study.scale("mood")
    answers = given()
    np.testing.assert_array_equal(
        item_scores(rendering.respondents, scale.items, rendering.study)["two"].to_numpy()[6:], answers[6:, 1]
    )


def test_the_log_has_a_line_for_each_scale_in_doubt(tmp_path: Path) -> None:
    """From the cell of the notebook to the end of the build, without a second computation."""
    assert doubts_log(measurement_findings(mood(tmp_path / "a", ITEMS)), load_study(tmp_path / "a" / "mood")) == []
    rendering = mood(tmp_path / "b", [(*item[:3], "") for item in ITEMS])
    found = measurement_findings(rendering)
    (line,) = doubts_log(found, rendering.study)
    assert line == (
        'mood, scale `mood`: "ONE" and "TWO" go against the rest of the scale, and alpha is under 0.5; '
        "yes in the column `reverse` of instrument.csv turns an item that says the opposite of the others"
    )
    desk = Desk(rendering, Style("mood", synthetic=True, keyed=True), tmp_path)
    data, metadata = desk.sentences(["One."], log=[line])._repr_mimebundle_()
    output = {"output_type": "display_data", "data": data, "metadata": metadata}
    cell = {"cell_type": "code", "source": "#| label: txt-a", "metadata": {}, "outputs": [output]}
    done = finish({"cells": [cell]}, {})
    assert line not in notebook_json(done.notebook)
    write_run("measurement", done, {}, Basis("findings", "digest"), tmp_path)
    assert log_lines([Run("measurement", "measurement", {})], tmp_path) == [line]


def test_too_few_people_raise_no_doubt(tmp_path: Path) -> None:
    """With fewer than `min_report` complete answers a negative correlation is left unsaid."""
    study = write_study(
        tmp_path / "mood", [(*item[:3], "") for item in ITEMS], {"agree": answer_set(AGREE, range(1, 6))}
    )
    rows = [[AGREE[score - 1] if score else "" for score in row] for row in given()]
    for number, doubted in ((19, 0), (20, 1)):
        people = rows[6 : 6 + number]
        export = write(tmp_path / f"{number}.csv", ["one", "two", "three"], people)
        few = rendered(study, export, tmp_path / f"build-{number}")
        assert len(doubts_log(measurement_findings(few), few.study)) == doubted


def test_codebook_and_instrument_say_which_are_reversed(tmp_path: Path) -> None:
    study = load_study(write_study(tmp_path / "mood", ITEMS, {"agree": answer_set(AGREE, range(1, 6))}))
    told = codebook(study).set_index("item")["answers"].str.contains("reversed")
    assert told.to_dict() == {"one": False, "two": True, "three": False}
    asked = instrument_questions(study).set_index("question")["answers"].str.contains("reversed")
    assert asked.to_dict() == {"ONE": False, "TWO": True, "THREE": False}


# What is refused

SETS = {
    "agree": answer_set(AGREE, range(1, 6)),
    "seven": answer_set([f"Point {n}" for n in range(1, 8)], range(1, 8)),
    "turned": answer_set(AGREE, range(5, 0, -1)),  # the tutorial's old advice
    "turned-sides": answer_set(AGREE, range(5, 0, -1), low="positive", high="negative"),
    "other-words": answer_set(["Never", "Seldom", "At times", "Often", "Always"], range(1, 6)),
}


@pytest.mark.parametrize(
    ("answers", "reverse", "place", "said"),
    [
        ("seven", "", "row 4, response_type", "its scores run from 1 to 7, those of its scale (`agree`) from 1 to 5"),
        ("turned", "yes", "row 4, reverse", "run against those of `agree` already"),
        ("turned-sides", "yes", "row 4, reverse", "run against those of `agree` already"),
        ("turned", "", "row 4, response_type", "one table has one head"),
        ("other-words", "", "row 4, response_type", "one table has one head"),
        ("agree", "Yes!", "row 4, reverse", "is not known"),
    ],
)
def test_items_that_cannot_stand_in_one_scale(
    tmp_path: Path, answers: str, reverse: str, place: str, said: str
) -> None:
    items = [("one", "mood", "agree", ""), ("two", "mood", "agree", ""), ("three", "mood", answers, reverse)]
    found = problems(write_study(tmp_path / "mood", items, SETS))
    assert [(problem.file, problem.place) for problem in found] == [("instrument.csv", place)]
    assert said in found[0].message
    assert found[0].remedy


def test_an_item_may_count_other_answers_as_missing(tmp_path: Path) -> None:
    more = SETS["agree"] | {"missing": [{"id": "unknown", "answer": "Don't know"}]}
    items = [("one", "mood", "agree", ""), ("two", "mood", "more", "yes")]
    assert load_study(write_study(tmp_path / "mood", items, SETS | {"more": more})).questions[1].reverse


# What a mean tells beside shares

FIVE = ResponseSet(
    "agree",
    tuple(Option(text, text, score, "negative" if score < 3 else "positive" if score > 3 else "neutral")
          for score, text in enumerate(AGREE, 1)),
    (),
    {},
)  # fmt: skip
LIMITS = Thresholds(min_group=10, min_cell=5, min_answered=0.5, alpha=0.05, min_test_group=10)


NAMES = [option.id for option in FIVE.options]


def test_a_reversed_item_is_protected_as_the_item_that_says_it_straight() -> None:
    """The mean of a coarse group may be shown just where it may with the answers turned by hand."""
    draw, policy, outcomes = np.random.default_rng(1), Policy(LIMITS, frozenset()), set()
    for _ in range(600):
        n = int(draw.integers(10, 50))
        straight = draw.multinomial(n, draw.dirichlet(np.full(5, 0.6)), size=2)
        seen = straight.copy()
        seen[1] = seen[1, ::-1]
        mean = float((straight @ np.arange(1, 6)).sum() / straight.sum())
        frames = [pd.DataFrame(counts, columns=NAMES) for counts in (seen, straight)]
        found = policy.mean_may_show(mean, n, frames[0], FIVE, turned=[False, True])
        assert found == policy.mean_may_show(mean, n, frames[1], FIVE)
        outcomes.add((found, policy.mean_may_show(mean, n, frames[0], FIVE)))
    assert outcomes == {(True, True), (True, False), (False, True), (False, False)}  # to turn them makes a difference


def test_no_coarse_mean_is_shown_where_turned_scores_have_no_opposite() -> None:
    middle = Option("Neither", "Neither", 3, "positive")
    uneven = ResponseSet("uneven", (*FIVE.options[:2], middle, *FIVE.options[3:]), (), {})
    policy, counts = Policy(LIMITS, frozenset()), pd.DataFrame([[8, 8, 8, 8, 8]] * 2, columns=NAMES)
    assert policy.mean_may_show(3.0, 40, counts, uneven)
    assert not policy.mean_may_show(3.0, 40, counts, uneven, turned=[False, True])
