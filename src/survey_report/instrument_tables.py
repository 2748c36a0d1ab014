"""Tables of the study itself: what was asked, which answers were offered, how derived groupings came about."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from survey_report.escaping import bold
from survey_report.pipe_tables import pipe_table
from survey_report.study import Option, Question, ResponseSet, Study

TYPES = {
    "rating": "Rating",
    "change_over_time": "Change over time",
    "open": "Open question",
    "demographic": "About the respondent",
    "routing": "Routing",
    "derived": "Worked out from another answer",
}
REVERSED = "reversed: its scores are turned"
QUESTIONS = ["part", "question", "wording", "answers", "asked", "basis"]
ANSWERS = ["set", "answers", "answer", "score", "side"]
SOURCES = ["grouping", "category", "label", "level", "basis", "note"]


def instrument_questions(study: Study) -> pd.DataFrame:
    """One row a question: part of the instrument, short name, wording, answers, who was asked, basis."""
    titles = {scale.id: scale.title for scale in study.scales}
    rows = [
        (
            titles.get(question.scale, TYPES[question.type]),
            question.short,
            question.label,
            answers_of(question, study),
            asked_text(question, study),
            question.basis,
        )
        for question in study.questions
    ]
    frame = pd.DataFrame(rows, columns=QUESTIONS)
    order = {part: number for number, part in enumerate(dict.fromkeys([*titles.values(), *frame["part"]]))}
    return frame.sort_values("part", key=lambda parts: parts.map(order), kind="stable").reset_index(drop=True)


def answers_of(question: Question, study: Study) -> str:
    """The answers to a question in few words."""
    if question.type == "open":
        return "own words"
    if question.response_set:
        return span(study.response_sets[question.response_set]) + (f"; {REVERSED}" if question.reverse else "")
    count = len(question.categories)
    return f"{count} categories" if count else "derived"


def span(answers: ResponseSet) -> str:
    """A set of answers by its first and last."""
    ends = [answers.options[0].answer, answers.options[-1].answer]
    return f"{ends[0]} to {ends[1]}" if len(answers.options) > 1 else ends[0]


def asked_text(question: Question, study: Study) -> str:
    """Who was asked a question, from its conditions."""
    if not question.asked_if:
        return "everybody" if question.column else "nobody: worked out"
    parts = []
    for name, category in question.asked_if:
        source = study.question(name)
        label = next((c.label for c in source.categories if c.id == category), category)
        parts.append(f"{source.short}: {label}")
    return "; ".join(parts)


def instrument_answers(study: Study) -> pd.DataFrame:
    """One row an answer of each set: its score and how it is summed; those that count as missing have neither."""
    rows = [
        (
            answers.id,
            span(answers),
            option.label,
            option.score if option.score is not None else pd.NA,
            _side(option, answers),
        )
        for answers in study.response_sets.values()
        for option in (*answers.options, *answers.missing)
    ]
    return pd.DataFrame(rows, columns=ANSWERS).astype({"score": "Int64"})


def category_sources(study: Study) -> pd.DataFrame:
    """One row a category that a derived grouping puts into one of its own: into which, on what basis, with a note."""
    rows = []
    for grouping in (grouping for grouping in study.groupings if grouping.mapping):
        levels = {category.id: category.label for category in grouping.categories}
        bases, notes = grouping.mapping_basis or {}, grouping.mapping_note or {}
        position = {category.id: number for number, category in enumerate(grouping.categories)}
        mapping = grouping.mapping or {}
        areas = sorted(
            study.categories(grouping.derived_from), key=lambda area: position.get(mapping.get(area.id, ""), -1)
        )
        for area in areas:
            level = mapping.get(area.id, "")
            rows.append((grouping.label, area.id, area.label, levels.get(level, ""), bases.get(area.id, ""),
                         notes.get(area.id, "")))  # fmt: skip
    return pd.DataFrame(rows, columns=SOURCES)


def questions_table(study: Study) -> str:
    """What was asked; parts of the instrument head their rows."""
    rows: list[list[str]] = []
    for part, mine in instrument_questions(study).groupby("part", sort=False):
        rows.append([bold(str(part)), "", "", ""])
        rows += [
            [row["wording"] or row["question"], row["answers"], row["asked"], row["basis"]]
            for row in mine.to_dict("records")
        ]
    return pipe_table(["Question", "Answers", "Asked of", "Basis"], rows, "llll", [54, 18, 30, 12])


def response_sets_table(study: Study) -> str:
    """Answers with their scores; sets head their rows."""
    rows: list[list[str]] = []
    for (_, name), mine in instrument_answers(study).groupby(["set", "answers"], sort=False):
        rows.append([bold(str(name)), "", ""])
        rows += [
            [str(row["answer"]), "none" if pd.isna(row["score"]) else str(row["score"]), str(row["side"])]
            for row in mine.to_dict("records")
        ]
    return pipe_table(["Answer", "Score", "Counted as"], rows, "lrl", [34, 12, 44])


def sources_table(study: Study) -> str:
    """Where each category of a derived grouping comes from; its levels head their rows."""
    rows: list[list[str]] = []
    for (grouping, level), mine in category_sources(study).groupby(["grouping", "level"], sort=False):
        rows.append([bold(f"{grouping}: {level}"), "", ""])
        rows += [[row["label"], row["basis"], row["note"]] for row in mine.to_dict("records")]
    return pipe_table(["Category", "Basis", "Source"], rows, "lll", [30, 12, 58])


def codes(question: Question, study: Study) -> Iterator[tuple[str, str]]:
    """Code and wording of each answer to a closed question; scores are the codes of rated ones."""
    if question.response_set:
        answers = study.response_sets[question.response_set]
        for option in (*answers.options, *answers.missing):
            yield (option.id if option.score is None else f"{option.id} ({option.score})"), option.label
    else:
        for one in question.answers:
            yield one.id, one.label


def _side(option: Option, answers: ResponseSet) -> str:
    return answers.words[option.side] if option.side else "missing: no answer"
