"""Reading a data dictionary: a CSV with one row a column of the survey."""

from __future__ import annotations

from pathlib import Path

from survey_report.drafting.columns import Column, described
from survey_report.errors import Problem, raise_if_any
from survey_report.study_fields import read_table

COLUMNS = ["column", "text", "answers"]
BETWEEN = "|"


def read_dictionary(path: Path) -> tuple[Column, ...]:
    """The columns of a survey: name, question text, answers in order with `|` between them (none for open questions).

    Raises UserError for a missing file or column, and for names that are empty or given twice.
    """
    problems: list[Problem] = []
    found, seen = [], set()
    for number, row in enumerate(read_table(path, COLUMNS, problems), 2):
        name = row["column"].strip()
        if not name or name in seen:
            what = "stands twice" if name else "is empty"
            problems.append(
                Problem(path.name, f"row {number}, column", name, what, "give each column a name of its own")
            )
        seen.add(name)
        answers = [answer.strip() for answer in row["answers"].split(BETWEEN) if answer.strip()]
        found.append(described(name, row["text"].strip(), answers))
    if not found and not problems:
        problems.append(Problem(path.name, "", "", "has no rows", "write one row for each column of the survey"))
    raise_if_any(problems)
    return tuple(found)


def is_dictionary(path: Path) -> bool:
    """Whether a file is a data dictionary: a CSV whose first row names its columns."""
    if path.suffix.lower() != ".csv" or not path.is_file():
        return False
    with path.open("rb") as handle:
        first = handle.readline(1000).decode("utf-8-sig", "replace").strip()
    return [cell.strip().strip('"').lower() for cell in first.split(",")][: len(COLUMNS)] == COLUMNS
