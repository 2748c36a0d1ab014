"""The bank: complete, in the form that the corpus needs, naming nobody who exists; and what is said of a faulty one."""

from __future__ import annotations

import csv
import re
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from survey_report.errors import UserError
from survey_report.study import Study
from survey_report.study_load import load_study
from survey_report.synthesis.corpus import Bank, read_bank
from survey_report.synthesis.corpus.bank import SURVEY, Passage, Theme, may_write, slug

FILE = "corpus/corpus.yml"
SENTENCE = re.compile(r"[^.!?]+[.!?]+")


def test_every_theme_has_passages_in_every_method_that_raised_it(bank: Bank) -> None:
    assert len(bank.themes) == 502  # as published
    said = Counter(passage.theme for passage in bank.passages)
    assert min(said[theme.id] for theme in bank.themes) >= 3
    assert not [(theme.id, m) for theme in bank.themes for m in theme.methods if (theme.id, m) not in bank.said]


def test_ids_of_themes_are_their_place_in_the_tree(bank: Bank) -> None:
    assert [theme.id for theme in bank.themes] == [f"{theme.parent}-{slug(theme.subtheme)}" for theme in bank.themes]
    assert len({theme.id for theme in bank.themes}) == len(bank.themes)


def test_the_bank_is_large_and_nothing_stands_in_it_twice(bank: Bank) -> None:
    texts = [passage.text for passage in bank.passages]
    assert len(set(texts)) == len(texts) > 3000
    sentences = {sentence.strip().lower() for text in texts for sentence in SENTENCE.findall(text)}
    assert len(sentences) > 4000
    # A passage within another could not be told from it in an answer.
    joined = "\n".join(texts)
    assert not [text for text in texts if joined.count(text) > 1]


def test_passages_read_like_sentences_without_numbers_or_titles(bank: Bank, study: Study) -> None:
    texts = [entry.text for entry in (*bank.passages, *bank.glue)]
    assert not [text for text in texts if re.search(r"\d|@|https?:|\b(Mr|Mrs|Ms|Miss|Dr|Prof)\b", text)]
    passages = [passage.text for passage in bank.passages]
    assert not [text for text in passages if not (text[0].isupper() and text[-1] in ".?!")]
    derived = {grouping.derived_from for grouping in study.groupings if grouping.derived_from}
    areas = [category.label for name in sorted(derived) for category in study.question(name).categories]
    assert len(areas) == 32
    assert not [(area, text) for area in areas for text in texts if re.search(rf"\b{re.escape(area)}\b", text)]


def test_identifying_names_are_listed(bank: Bank) -> None:
    named = [entry for entry in (*bank.passages, *bank.glue) if entry.identifying]
    assert len(named) >= 50
    assert {passage.method for passage in bank.passages if passage.identifying} == {
        "survey",
        "focus group",
        "interview",
    }
    names = {name for entry in named for name in entry.identifying}
    assert all(name[0].isupper() for name in names)
    # A name that is listed once stands nowhere unlisted.
    for entry in (*bank.passages, *bank.glue):
        found = {name for name in names if re.search(rf"\b{re.escape(name)}\b", entry.text)}
        assert found == set(entry.identifying), entry.text


def test_sessions_are_those_of_the_published_tables(bank: Bank, study: Study) -> None:
    for row in study.participants:
        method = row.method.replace("_", " ")
        people = sum(n for s in bank.sessions if s.method == method for group, n in s.groups if group == row.group)
        assert people == row.participants, row
    held = Counter((session.method.replace(" ", "_"), session.mode) for session in bank.sessions)
    assert held == {(row.method, row.mode): row.sessions for row in study.sessions}
    assert sum(session.participants for session in bank.sessions) == 91


def theme(named: set[str]) -> Theme:
    return Theme("t", "s", "t", "u", "need", (SURVEY,), (), frozenset(named))


@pytest.mark.parametrize(
    ("named", "speaker", "voice", "fits"),
    [
        (set(), "", {"health"}, True),
        ({"health"}, "", {"health", "frontline"}, True),
        ({"health"}, "", {"police"}, False),
        ({"health"}, "police", {"police"}, True),
        (set(), "police", {"health"}, False),
        (set(), "!police", {"health"}, True),
        (set(), "!police", {"police"}, False),
    ],
)
def test_who_may_write_what(named: set[str], speaker: str, voice: set[str], *, fits: bool) -> None:
    assert may_write(theme(named), Passage("t", SURVEY, speaker, "Text.", ()), voice) == fits


@pytest.fixture
def copied(study: Study, tmp_path: Path) -> Path:
    folder = tmp_path / study.folder.name
    shutil.copytree(study.folder, folder, ignore=shutil.ignore_patterns("data"))
    return folder


def rewrite(path: Path, change: Callable[[int, dict[str, str]], None]) -> None:
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    for place, row in enumerate(rows):
        change(place, row)
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_everything_wrong_with_a_bank_is_named_at_once(copied: Path) -> None:
    faults = [
        ("theme", "no-such-theme"),
        ("method", "telegram"),
        ("speaker", "plumber"),
        ("identifying", "Nobody Here"),
        ("text", "Two  spaces."),
    ]

    def spoil(place: int, row: dict[str, str]) -> None:
        if place < len(faults):
            row[faults[place][0]] = faults[place][1]

    rewrite(copied / "corpus" / "support.csv", spoil)

    def about(place: int, row: dict[str, str]) -> None:
        if place == 0:
            row["about"] = "no-such-question"

    rewrite(copied / "corpus" / "glue.csv", about)

    def crowd(place: int, row: dict[str, str]) -> None:
        if place == 0:
            row["participants"] = "7"

    rewrite(copied / "corpus" / "sessions.csv", crowd)
    rewrite(copied / "corpus" / "limits.csv", lambda place, row: row.update(most="few") if place == 0 else None)
    path = copied / FILE
    path.write_text(path.read_text(encoding="utf-8").replace("overlap:", "overlaps:"), encoding="utf-8")
    with pytest.raises(UserError) as caught:
        read_bank(load_study(copied), FILE)
    message = str(caught.value)
    for part in (*(value for _, value in faults), "no-such-question", "17 participants", "few", "overlap", "overlaps"):
        assert part in message, part


def test_a_question_that_nobody_can_answer_is_named(copied: Path) -> None:
    path = copied / FILE
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("open_challenges: [challenge, need]", "open_challenges: [puzzle]"), encoding="utf-8")
    with pytest.raises(UserError) as caught:
        read_bank(load_study(copied), FILE)
    assert {problem.place for problem in caught.value.problems} == {
        question.id for question in load_study(copied).open_questions if question.item == "open_challenges"
    }
