"""Items of one scale that were put to different people: each counts for those who were asked it."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from made_study import AGREE, five_points, rendered, write_made_study, write_rows
from survey_report.disclosure.reasons import NOT_ASKED, NOT_TOGETHER
from survey_report.findings.measuring import measurement_findings
from survey_report.findings.theme import theme_findings
from survey_report.readings import counted
from survey_report.rendering import Rendering
from survey_report.scales import answered_any, asked_each, enough_answered, scale_scores

ROLES = [{"question": "role", "id": role, "answer": role} for role in ("staff", "manager", "guest")]
ROLE = {"item": "role", "type": "demographic"}
# Two items for all but guests' third kind, two for managers only.
QUESTIONS = [
    {"item": "pay"},
    {"item": "team"},
    {"item": "budget", "asked_if": "role=manager"},
    {"item": "board", "asked_if": "role=manager"},
    ROLE,
]
# Role, answers to the four items (0 for none), and the score by hand: the mean of what was answered, given half of what
# was asked. Staff are asked two items, managers four; what staff say of the board was never asked and does not count.
PEOPLE = [
    ("staff", (5, 4, 0, 0), 4.5),
    ("staff", (3, 0, 0, 0), 3.0),  # one of two is half: with one of four there would be no score
    ("staff", (0, 0, 0, 0), np.nan),
    ("staff", (0, 0, 5, 5), np.nan),
    ("staff", (2, 0, 5, 5), 2.0),
    ("manager", (1, 2, 3, 4), 2.5),
    ("manager", (5, 0, 0, 0), np.nan),  # one of four
    ("manager", (0, 0, 2, 5), 3.5),
    ("guest", (4, 0, 0, 0), 4.0),
    ("", (4, 0, 1, 1), 4.0),  # without a role nobody is asked for managers' answers
]


def made(folder: Path, questions: list[dict[str, str]], people: list[tuple[str, tuple[int, ...]]]) -> Rendering:
    study = write_made_study(folder / "work", questions, {"agree": five_points()}, ROLES, ["role"])
    names = [question["item"] for question in questions if question is not ROLE]
    rows = [
        {"role": role, **{name: AGREE[score - 1] if score else "" for name, score in zip(names, given, strict=True)}}
        for role, given in people
    ]
    return rendered(study, write_rows(folder / "export.csv", rows), folder / "build")


def test_a_score_needs_half_of_what_this_respondent_was_asked(tmp_path: Path) -> None:
    work = made(tmp_path, QUESTIONS, [(role, given) for role, given, _ in PEOPLE])
    study, people, scale = work.study, work.respondents, work.study.scale("mood")
    right = [score for *_, score in PEOPLE]
    np.testing.assert_allclose(scale_scores(people, scale, study), right)
    assert asked_each(people, scale.items, study).sum(axis=1).tolist() == [2, 2, 2, 2, 2, 4, 4, 4, 2, 2]
    _, enough, one = counted(people, scale, study)
    assert enough.tolist() == [not np.isnan(score) for score in right]
    assert one.tolist() == [True, True, False, False, True, True, True, True, True, True]
    assert int(answered_any(people, scale, study).sum()) == 8


def test_the_mean_of_a_rendering_is_the_one_by_hand(tmp_path: Path) -> None:
    work = made(tmp_path, QUESTIONS, [(role, given) for role, given, _ in PEOPLE * 8])
    overall = theme_findings(work, "mood").overall
    right = [score for *_, score in PEOPLE if not np.isnan(score)]
    assert overall.base == 8 * len(right) == 56
    assert overall.value == pytest.approx(sum(right) / len(right), abs=5e-3)  # 23.5 / 7 = 3.357


def test_half_is_half_whatever_the_type_of_the_counts() -> None:
    for asked, answered in product(range(8), repeat=2):
        if answered <= asked:
            right = answered > 0 and 2 * answered >= asked
            assert bool(enough_answered(np.array([answered]), np.array([asked]), 0.5)[0]) == right
            assert bool(enough_answered(pd.Series([answered]), pd.Series([asked]), 0.5)[0]) == right
    assert enough_answered(np.array([11]), np.array([20]), 0.55)[0]  # 0.55 * 20 is 11.000000000000002


def test_who_was_asked_no_item_is_told_from_who_was_asked_some(tmp_path: Path) -> None:
    """The first item is for managers, the second for staff: guests alone are asked nothing."""
    questions = [{"item": "budget", "asked_if": "role=manager"}, {"item": "rota", "asked_if": "role=staff"}, ROLE]
    given = [("manager", (score, 0)) for score in (1, 2, 3, 4, 5)] + [
        ("staff", (0, score)) for score in (1, 2, 3, 4, 5)
    ]
    work = made(tmp_path, questions, given * 12 + [("guest", (5, 5))] * 12)
    reasons = theme_findings(work, "mood").groups.set_index("group")["reason"]
    assert reasons["guest"] == NOT_ASKED
    assert reasons["manager"] == reasons["staff"] == ""
    measured = measurement_findings(work).scales.iloc[0]
    assert measured["reason"] == NOT_TOGETHER
    assert np.isnan(measured["alpha"])


def test_consistency_rests_on_those_who_were_asked_and_answered_everything(tmp_path: Path) -> None:
    """Alpha of managers alone, worked out from their answers (Cronbach's formula written out)."""
    draw = np.random.default_rng(3)
    base = draw.integers(2, 5, 60)
    answers = np.clip(base[:, None] + draw.integers(-1, 2, (60, 4)), 1, 5)
    staff = [("staff", (int(a), int(b), 0, 0)) for a, b, *_ in answers]
    work = made(tmp_path, QUESTIONS, [*staff, *(("manager", tuple(map(int, row))) for row in answers)])
    found = measurement_findings(work)
    by_item, total = answers.var(axis=0, ddof=1).sum(), answers.sum(axis=1).var(ddof=1)
    assert found.scales.iloc[0]["n"] == found.numbers["measurement.n.mood"].value == 60
    assert found.scales.iloc[0]["alpha"] == pytest.approx(4 / 3 * (1 - by_item / total), abs=5e-3)
    missing = found.missing[found.missing["group"] == ""].set_index("item")["asked"]
    assert missing.to_dict() == {"pay": 120, "team": 120, "budget": 60, "board": 60}
