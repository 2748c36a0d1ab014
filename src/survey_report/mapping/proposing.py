"""Proposing which column is which question and which answer is which category, beside what is decided already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import linear_sum_assignment

from survey_report.exports.export import Export
from survey_report.exports.metadata import NAMES
from survey_report.mapping.likeness import Weights, answer_likeness, last_part, likeness, words
from survey_report.mapping.table import NO, YES, Row, answers_of
from survey_report.missing_marks import mark_of
from survey_report.spelling import spelling
from survey_report.study import ANY, Question, Study

# A proposal this sure is taken unless a person says no, one below `WORTH` is not made at all.
SURE, WORTH = 0.8, 0.35
# A column whose best question beats the next one by less is left to a person.
CLEAR = 0.08
SAME_ANSWERS = 0.6
# No closed question has more answers; a column with more may hold people's own words, which are never listed.
MANY_ANSWERS = 60
LONGEST_ANSWER = 120


@dataclass(frozen=True)
class Candidate:
    """A column of the export with what likeness looks at."""

    name: str
    text: str
    answers: frozenset[str]  # as they are compared; empty where there are too many for a closed question
    many: bool


def propose(export: Export, study: Study, decided: Sequence[Row]) -> list[Row]:
    """All rows of the mapping: columns in the order of the export, then answers, then questions without a column.

    Decisions in `decided` stay, with the row they stand in.
    """
    remembered = {row.place: row for row in decided if row.decision}
    added = {*NAMES.values(), study.export.synthetic_column}
    candidates = [_candidate(export, str(name)) for name in export.responses.columns if name not in added]
    taken = {row.column: row.question for row in remembered.values() if row.kind == "column" and row.decision == YES}
    refused = {(row.column, row.question) for row in remembered.values() if row.decision == NO}
    open_columns = [one for one in candidates if ("column", one.name) not in remembered]
    open_questions = [q for q in study.asked if q.id not in set(taken.values())]
    matched = _match(open_columns, open_questions, study, refused)
    rows = []
    for one in candidates:
        if ("column", one.name) in remembered:
            rows.append(remembered["column", one.name])
        elif one.name in matched:
            rows.append(matched[one.name])
        else:
            rows.append(Row("unused", column=one.name, text=one.text, note="matches no question of the study"))
    used = {row.column: row.question for row in rows if row.kind == "column" and row.decision != NO}
    rows += _answers(export, study, used, remembered)
    rows += _without_column(study, set(used.values()), remembered)
    known = {row.place for row in rows}
    return rows + [row for place, row in remembered.items() if place not in known and row.kind != "missing"]


def _candidate(export: Export, name: str) -> Candidate:
    texts = [text for text in export.responses[name].unique() if text]
    many = len(texts) > MANY_ANSWERS or any(len(text) > LONGEST_ANSWER for text in texts)
    return Candidate(name, export.texts.get(name, ""), frozenset() if many else frozenset(map(spelling, texts)), many)


def _match(
    columns: Sequence[Candidate], questions: Sequence[Question], study: Study, refused: set[tuple[str, str]]
) -> dict[str, Row]:
    """The best pairing of columns and questions, taken together; by column."""
    if not columns or not questions:
        return {}
    scores = _scores(columns, questions, study)
    for i, column in enumerate(columns):
        for j, question in enumerate(questions):
            if (column.name, question.id) in refused:
                scores[i, j] = 0.0
    found = {}
    for i, j in zip(*linear_sum_assignment(-scores), strict=True):
        score = float(scores[i, j])
        if score < WORTH:
            continue
        rivals = max([0.0, *np.delete(scores[i], j), *np.delete(scores[:, j], i)])
        clear = score - rivals >= CLEAR or score >= 0.98
        column, question = columns[i], questions[j]
        found[column.name] = Row(
            "column",
            column=column.name,
            text=column.text,
            question=question.id,
            confidence=round(min(score, 1.0), 2),
            decision=YES if score >= SURE and clear else "",
            note=f"{question.short}: {question.label}" + ("" if clear else " (another pairing is almost as likely)"),
        )
    return found


def _scores(columns: Sequence[Candidate], questions: Sequence[Question], study: Study) -> np.ndarray:
    """Likeness of every column (row) and question (column of the array)."""
    texts = [text for column in columns for text in (column.text, column.name)]
    weights = Weights([*texts, *(text for q in questions for text in (q.label, q.short, q.column))])
    asked = [(_known(question, study), words(question.label), words(question.short)) for question in questions]
    scores = np.zeros((len(columns), len(questions)))
    for i, column in enumerate(columns):
        whole, item, name = words(column.text), words(last_part(column.text)), words(column.name)
        for j, question in enumerate(questions):
            known, label, short = asked[j]
            fit = _fit(column, known)
            if spelling(column.name) in (spelling(question.column), spelling(question.id)):
                scores[i, j] = 1.0 if fit >= 0.5 else 0.6
                continue
            alike = max(
                likeness(item, short, weights),
                likeness(item, label, weights),
                0.9 * likeness(whole, label, weights),
                0.9 * likeness(name, words(question.column), weights),
            )
            scores[i, j] = min(0.97, alike * (0.35 + 0.65 * fit) + 0.05 * fit)
            if question.categories and fit == 1.0 and len(column.answers) > 1:
                # Answers that no other question has say as much as a wording.
                scores[i, j] = max(scores[i, j], SAME_ANSWERS)
    # Questions worded alike, such as the open ones of every scale, come in the study's order.
    across, down = np.linspace(0, 1, len(questions)), np.linspace(0, 1, len(columns))[:, None]
    return np.where(scores > 0, scores - 0.02 * (across - down) ** 2, 0.0)


def _known(question: Question, study: Study) -> frozenset[str]:
    name = question.response_set or question.item
    return frozenset(map(spelling, answers_of(study, name).values())) if question.type != "open" else frozenset()


def _fit(column: Candidate, known: frozenset[str]) -> float:
    """How well the answers in a column fit a question: the share of different ones that it knows; open questions take
    what no closed one could."""
    if not known:
        return 1.0 if column.many else 0.4
    if column.many:
        return 0.0
    if not column.answers:
        return 0.5
    return len(column.answers & known) / len(column.answers)


def _answers(
    export: Export, study: Study, used: Mapping[str, str], remembered: Mapping[tuple[str, ...], Row]
) -> Iterable[Row]:
    """One row an answer of each response set and closed question, in the order in which the export has them."""
    by_id = {question.id: question for question in study.asked}
    given: dict[str, dict[str, str]] = {}
    for name, asked in used.items():
        question = by_id[asked]
        if question.type == "open":
            continue
        offered = answers_of(study, question.response_set or question.item).values()
        texts = {spelling(text): str(text) for text in export.responses[name].unique() if text}
        texts = {spelt: text for spelt, text in texts.items() if text in offered or not mark_of(text)}
        if len(texts) <= MANY_ANSWERS and max(map(len, texts), default=0) <= LONGEST_ANSWER:
            given.setdefault(question.response_set or question.item, {}).update(texts)
    for name, texts in given.items():
        known = answers_of(study, name)
        spellings = {spelling(answer): category for category, answer in known.items()}
        if ANY in known.values():  # what is not on the list needs no decision
            texts = {spelt: text for spelt, text in texts.items() if spelt in spellings}
        free = [category for spelt, category in spellings.items() if spelt not in texts]
        unlike = [text for spelt, text in texts.items() if spelt not in spellings]
        matched = _match_answers(name, unlike, {category: known[category] for category in free})
        for spelt, text in texts.items():
            if ("answer", name, text) in remembered:
                yield remembered["answer", name, text]
            elif spelt in spellings:
                found = spellings[spelt]
                yield Row("answer", question=name, answer=text, category=found, confidence=1.0, decision=YES)
            else:
                yield matched.get(
                    text, Row("answer", question=name, answer=text, note="matches no answer of the study")
                )


def _match_answers(name: str, texts: Sequence[str], free: Mapping[str, str]) -> dict[str, Row]:
    """The best pairing of answers that are spelled otherwise with categories that no other answer took; by answer."""
    if not texts or not free:
        return {}
    categories = list(free)
    scores = np.array([[answer_likeness(text, free[category]) for category in categories] for text in texts])
    found = {}
    for i, j in zip(*linear_sum_assignment(-scores), strict=True):
        score = float(scores[i, j])
        if score < WORTH:
            continue
        rivals = max([0.0, *np.delete(scores[i], j), *np.delete(scores[:, j], i)])
        sure = score >= SURE and score - rivals >= CLEAR
        found[texts[i]] = Row("answer", question=name, answer=texts[i], category=categories[j],
                              confidence=round(score, 2), decision=YES if sure else "")  # fmt: skip
    return found


def _without_column(study: Study, used: set[str], remembered: Mapping[tuple[str, ...], Row]) -> Iterable[Row]:
    for question in study.asked:
        if question.id not in used:
            row = Row("missing", question=question.id, note=f"{question.short}: {question.label}")
            kept = remembered.get(row.place)
            yield replace(row, decision=kept.decision) if kept else row
