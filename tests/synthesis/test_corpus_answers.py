"""Open answers in the export: made of the bank and nothing else, fitting question and writer, as often as published."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from survey_report.errors import UserError
from survey_report.study import Question, Study
from survey_report.synthesis.corpus import Bank
from survey_report.synthesis.corpus.answers import Slot, compose, found_passages
from survey_report.synthesis.corpus.bank import SURVEY, Passage, may_write

Row = dict[str, str]
KINDS = ("service", "sector", "role")


def voice(study: Study, row: Row) -> frozenset[str]:
    found = set()
    for kind in KINDS:
        question = study.question(kind)
        found |= {category.id for category in question.categories if category.answer == row[question.column]}
    return frozenset(found)


def answers(study: Study, rows: list[Row]) -> list[tuple[Row, Question, str]]:
    return [(row, q, row[q.column]) for row in rows for q in study.open_questions if row[q.column]]


def passages(bank: Bank, question: Question, text: str) -> list[Passage]:
    return [passage for _, passage in found_passages(bank, question, text)]


def test_answers_are_passages_with_glue_around_them(study: Study, bank: Bank, rows: list[Row]) -> None:
    numbers: Counter[int] = Counter()
    glued = 0
    for _, question, text in answers(study, rows):
        rest = text
        found = passages(bank, question, text)
        for passage in found:
            rest = rest.replace(passage.text, "|", 1)
        numbers[len(found)] += 1
        words = {g.text for part in ("opener", "link", "closer") for g in bank.words(SURVEY, part, question.item)}
        between = {piece.strip() for piece in rest.split("|")} - {""}
        assert between <= words, text
        glued += bool(between)
    assert set(numbers) == {1, 2, 3}
    assert numbers[1] > numbers[2] > numbers[3] > 100
    assert 0.1 < glued / numbers.total() < 0.4


def test_answers_fit_the_question_and_whoever_gives_them(study: Study, bank: Bank, rows: list[Row]) -> None:
    good, bad = {"improvement", "good practice"}, {"challenge", "need"}
    for row, question, text in answers(study, rows):
        for passage in passages(bank, question, text):
            theme = bank.by_id[passage.theme]
            assert theme.valence in (good if question.item == "open_improvements" else bad)
            assert SURVEY in theme.methods
            assert may_write(theme, passage, voice(study, row)), (text, row["service"])


def test_services_that_the_report_names_raise_a_theme(study: Study, bank: Bank, complete: list[Row]) -> None:
    # Themes of one service, with passages that name no speaker, stay with that service.
    raised = [
        (bank.by_id[passage.theme], voice(study, row))
        for row, question, text in answers(study, complete)
        for passage in passages(bank, question, text)
        if not passage.speaker
    ]
    named = [(theme, who) for theme, who in raised if theme.named]
    assert len(named) > 50
    assert all(theme.named & who for theme, who in named)


def test_no_theme_of_the_survey_is_missing(study: Study, bank: Bank, complete: list[Row]) -> None:
    raised = {p.theme for _, question, text in answers(study, complete) for p in passages(bank, question, text)}
    assert raised == {theme.id for theme in bank.themes if SURVEY in theme.methods}
    sources = Counter(
        theme
        for _, question, text in answers(study, complete)
        for theme in {passage.theme for passage in passages(bank, question, text)}
    )
    assert all(sources[theme] <= most for theme, most in bank.limits.items())
    # Few themes are raised often, many seldom.
    counts = sorted(sources.values())
    assert counts[-1] > 4 * counts[len(counts) // 2]


def test_abandoned_questionnaires_do_not_raise_what_is_counted(
    study: Study, bank: Bank, rows: list[Row], register_of_themes: dict[str, Row]
) -> None:
    left = [row for row in rows if row["Finished"] != "True"]
    raised = {p.theme for _, question, text in answers(study, left) for p in passages(bank, question, text)}
    assert len(raised) > 20
    assert not raised & set(register_of_themes)


@pytest.fixture(scope="module")
def register_of_themes(study: Study) -> dict[str, Row]:
    """Published counts of single themes, by theme."""
    with study.files["published"].open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if row["measure"] in ("n_raising", "n_examples")]
    assert len(rows) == 22
    return {row["theme_id"]: row for row in rows}


@pytest.fixture
def slots(study: Study, complete: list[Row]) -> list[Slot]:
    return [Slot(question, voice(study, row)) for row, question, _ in answers(study, complete)]


def with_register(study: Study, folder: Path, row_id: str, value: str) -> Study:
    path = folder / "published.csv"
    shutil.copy(study.files["published"], path)
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert row_id in {row["id"] for row in rows}
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(row | ({"value": value} if row["id"] == row_id else {}) for row in rows)
    return replace(study, files={**study.files, "published": path})


def test_a_changed_number_of_sources_is_met(study: Study, bank: Bank, slots: list[Slot], tmp_path: Path) -> None:
    changed = with_register(study, tmp_path, "qual-young-carers-gap", "5")
    texts = compose(changed, bank, slots, "complete", counted=True)
    theme = "services-gaps-in-range-of-services-young-carers-gap"
    said = [passage.text for passage in bank.said[theme, SURVEY]]
    assert sum(any(one in text for one in said) for text in texts) == 5


def test_more_sources_than_there_are_people_is_a_clash(
    study: Study, bank: Bank, slots: list[Slot], tmp_path: Path
) -> None:
    changed = with_register(study, tmp_path, "qual-external-supervision", "400")
    with pytest.raises(UserError) as caught:
        compose(changed, bank, slots, "complete", counted=True)
    assert [(p.file, p.place, p.value) for p in caught.value.problems] == [
        ("published.csv", "qual-external-supervision", "400")
    ]
