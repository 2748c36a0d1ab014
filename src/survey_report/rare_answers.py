"""Answers that few people gave, where no list says which were offered: kept aside for the person who drafts a study.

Their texts stand in one file of the study alone, which git ignores. There the person may say that one was offered.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from survey_report.cells import harmless
from survey_report.errors import Problem, rows_text
from survey_report.files import private_folder, write_bytes
from survey_report.spelling import spelling
from survey_report.study import ANY, Category, Study
from survey_report.study_fields import NOT_OWN, OWN_FOLDER, inside, read_table
from survey_report.study_ids import new_id
from survey_report.wording import capital

if TYPE_CHECKING:
    import pandas as pd

DRAFTED_0_1 = "# Drafted by `survey-report new-study`:"
PLACE = Path("own", "rare-answers.csv")
COLUMNS = ["question", "answer", "people", "decision"]
OFFERED = "offered"


@dataclass(frozen=True)
class RareAnswer:
    """An answer to a question (by its short name) with the number of people who gave it."""

    question: str
    answer: str
    people: int


def write_rare_answers(folder: Path, rows: Iterable[RareAnswer]) -> None:
    """Write the file of a study, which only its owner may read."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([row.question, harmless(row.answer), row.people, ""] for row in rows)
    private_folder((folder / PLACE).parent)
    write_bytes(folder / PLACE, text.getvalue().encode(), private=True)


def offered_answers(
    folder: Path, questions: Mapping[str, bool] | None, problems: list[Problem]
) -> dict[str, list[str]]:
    """By question, the answers that a person has confirmed as offered; none without a file.

    `questions` says of the short name of each of the study's questions whether it is rated, None where the instrument
    could not be read. To a rated question none can be confirmed: where it stands on the scale is for study.yml to say.
    """
    found: dict[str, list[str]] = defaultdict(list)
    file = inside(folder, PLACE.as_posix())
    if file is None:
        problems.append(Problem(PLACE.as_posix(), "", "", NOT_OWN, OWN_FOLDER))
    if file is None or not file.is_file():
        return found
    unknown: dict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(read_table(file, COLUMNS, problems), 2):
        if questions is not None and row["question"] not in questions:
            unknown[row["question"]].append(number)
        decision = row["decision"].strip().lower()
        place = f"row {number}, decision"
        if decision == OFFERED and questions and questions.get(row["question"]):
            what = "cannot be confirmed here, since this question has the answers of a scale"
            remedy = "add the answer to the options, or to the missing answers, of its response set in study.yml, and "
            remedy += "empty this cell"
            problems.append(Problem(PLACE.as_posix(), place, decision, what, remedy))
        elif decision == OFFERED:
            found[row["question"]].append(row["answer"].strip())
        elif decision:
            remedy = f"write {OFFERED} for an answer that could be chosen, and leave the cell empty for any other"
            problems.append(Problem(PLACE.as_posix(), place, decision[:40], "is not known", remedy))
    for question, numbers in unknown.items():
        what, remedy = "is no question of the study", "correct the short name, or take the rows out"
        problems.append(Problem(PLACE.as_posix(), f"{rows_text(numbers)}, question", question[:80], what, remedy))
    return found


def with_offered(
    categories: Mapping[str, Sequence[Category]], offered: Mapping[str, Sequence[str]]
) -> dict[str, tuple[Category, ...]]:
    """Categories by question, with those that were offered before the one that takes any other answer."""
    found = {}
    for question, rows in categories.items():
        listed, rest = [row for row in rows if row.answer != ANY], [row for row in rows if row.answer == ANY]
        for answer in offered.get(question, ()) if rest else ():
            if answer and spelling(answer) not in {spelling(row.answer) for row in listed}:
                ids = {row.id for row in (*listed, *rest)}
                name = new_id(answer, ids, between="-", otherwise="answer")
                listed.append(Category(name, capital(answer), answer, answer))
        found[question] = (*listed, *rest)
    return found


def rare_in_lists(respondents: pd.DataFrame, study: Study) -> list[str]:
    """A line for each question of a study drafted by version 0.1.0 that lists answers of few people.

    That version took every answer of an export for one that was offered, also what somebody had typed.
    """
    if not (study.folder / "study.yml").read_text(encoding="utf-8").startswith(DRAFTED_0_1):
        return []
    told, least = [], study.thresholds.min_cell
    for question in study.asked:
        if not question.categories or question.any_other:
            continue
        counts = respondents[question.column].value_counts()
        few = sum(0 < int(counts.get(category.id, 0)) < least for category in question.categories)
        if few:
            what = (
                f"{few} of {len(question.categories)} answers in categories.csv are given by fewer than {least} people"
            )
            remedy = f"put one row with the answer `{ANY}`, which takes any other, in the place of what somebody typed"
            told.append(f"{question.column}: {what}; {remedy}")
    return told
