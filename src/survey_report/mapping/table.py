"""The mapping of a study: a CSV that `survey-report map` proposes and a person edits."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from survey_report.cells import harmless
from survey_report.errors import Problem, raise_if_any
from survey_report.files import private_folder, write_text
from survey_report.study import Study
from survey_report.study_fields import own_file, read_table

# Below the study's folder; git ignores it, since it is made from an export.
PLACE = Path("own", "mapping.csv")
COLUMNS = ["kind", "column", "text", "question", "answer", "category", "confidence", "decision", "note"]
# column: `column` of the export holds the answers to `question`. answer: `answer` in the export is the study's
# `category` of `question` (or of a response set). missing: no column was found for `question`. unused: a column that
# matches nothing.
KINDS = ("column", "answer", "missing", "unused")
# yes: use the row. no: do not; an answer then counts as none. absent: the question was not asked. Empty: undecided.
YES, NO, ABSENT = "yes", "no", "absent"
DECISIONS = (YES, NO, ABSENT, "")


@dataclass(frozen=True)
class Row:
    """One row of the mapping; see KINDS and DECISIONS. `confidence` runs from 0 to 1."""

    kind: str
    column: str = ""
    text: str = ""
    question: str = ""
    answer: str = ""
    category: str = ""
    confidence: float = 0.0
    decision: str = ""
    note: str = ""

    @property
    def place(self) -> tuple[str, ...]:
        """What the row is about: a decision on it is remembered under this."""
        if self.kind == "answer":
            return ("answer", self.question, self.answer)
        if self.kind == "missing":
            return ("missing", self.question)
        return ("column", self.column)


def mapping_path(study: Study) -> Path:
    """Where the mapping of a study lies. Raises UserError for a place outside the study's folder."""
    return own_file(study.folder, PLACE.as_posix())


def read_mapping(study: Study) -> tuple[Row, ...]:
    """The rows of a study's mapping, none without a file.

    Raises UserError for kinds, decisions, questions and categories that are not known, all at once.
    """
    path = mapping_path(study)
    if not path.is_file():
        return ()
    problems: list[Problem] = []
    rows = [_row(number, cells, problems) for number, cells in enumerate(read_table(path, COLUMNS, problems), 2)]
    problems.extend(_unknown(rows, study))
    raise_if_any(problems)
    return tuple(rows)


def write_mapping(path: Path, rows: Iterable[Row]) -> None:
    """Write the mapping, the old file replaced only once the new one is whole."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        cells = [getattr(row, name) for name in COLUMNS]
        writer.writerow([f"{cell:.2f}" if isinstance(cell, float) else harmless(cell) for cell in cells])
    private_folder(path.parent)
    write_text(path, text.getvalue(), private=True)


def answers_of(study: Study, question: str) -> Mapping[str, str]:
    """Ids of answers with their texts: of a response set by its id, or of a closed question; KeyError for neither."""
    if question in study.response_sets:
        answers = study.response_sets[question]
        return {option.id: option.answer for option in (*answers.options, *answers.missing)}
    return {one.id: one.answer for one in study.question(question).answers}


def _row(number: int, cells: Mapping[str, str], problems: list[Problem]) -> Row:
    def note(name: str, message: str, remedy: str) -> None:
        problems.append(Problem(PLACE.name, f"row {number}, {name}", cells[name][:80], message, remedy))

    kind, decision = cells["kind"].strip(), cells["decision"].strip().lower()
    if kind not in KINDS:
        note("kind", "is not known", f"use one of: {', '.join(KINDS)}")
    if decision not in DECISIONS:
        note("decision", "is not known", "write yes, no or absent, or leave it empty")
    elif decision == ABSENT and kind != "missing":
        note("decision", "only a question without a column can be absent", "write yes or no")
    try:
        confidence = float(cells["confidence"] or 0)
    except ValueError:
        note("confidence", "should be a number", "leave it as it was")
        confidence = 0.0
    rest = {name: cells[name] for name in ("column", "text", "question", "answer", "category", "note")}
    return Row(kind=kind, confidence=confidence, decision=decision, **rest)


def _unknown(rows: Iterable[Row], study: Study) -> Iterable[Problem]:
    asked = {question.id for question in study.asked}
    for number, row in enumerate(rows, 2):
        place = f"row {number}"
        if row.kind in ("column", "missing") and row.question not in asked:
            remedy = "use an id of the study's instrument that has a column"
            yield Problem(PLACE.name, f"{place}, question", row.question, "is no question of the study", remedy)
        if row.kind != "answer":
            continue
        try:
            known = answers_of(study, row.question)
        except KeyError:
            remedy = "use the short name of a closed question, or the id of a response set"
            yield Problem(PLACE.name, f"{place}, question", row.question, "has no answers in the study", remedy)
            continue
        if row.category and row.category not in known:
            remedy = f"use one of: {', '.join(known)}"
            yield Problem(PLACE.name, f"{place}, category", row.category, f"is no answer to `{row.question}`", remedy)
        elif not row.category and row.decision == YES:
            remedy = "name the category, or write no as decision"
            yield Problem(PLACE.name, f"{place}, category", "", "is empty", remedy)
