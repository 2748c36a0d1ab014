"""How often the register says that a theme was raised: numbers of sources, and of coded examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from survey_report.errors import Problem, raise_if_any
from survey_report.study import Study
from survey_report.study_fields import read_table
from survey_report.synthesis.corpus.bank import SURVEY, Bank

COLUMNS = ["id", "source", "measure", "relation", "value", "theme_id"]
SOURCES, EXAMPLES = "n_raising", "n_examples"
SOURCE = "corpus"


@dataclass(frozen=True)
class Fixed:
    """One theme whose number is printed: of sources that raise it, or of coded examples (`examples`). All come up in
    one method."""

    row: str
    theme: str
    method: str
    number: int
    examples: bool


def read_fixed(study: Study, bank: Bank) -> tuple[Fixed, ...]:
    """The register's rows on how often one theme was raised; rows that only count themes are left to the code tree.

    A theme of several methods comes up in the survey where that is one of them, else in the first. Raises UserError for
    a theme that the bank does not have, or a number that is none.
    """
    problems: list[Problem] = []
    path = study.files["published"]
    found = []
    for row in read_table(path, COLUMNS, problems):
        if row["source"] != SOURCE or row["measure"] not in (SOURCES, EXAMPLES):
            continue
        theme = bank.by_id.get(row["theme_id"])
        if theme is None or not row["value"].isdigit() or row["relation"] != "=":
            value = f"{row['theme_id']}, {row['relation']} {row['value']}"
            what = "names no theme of the bank, or no exact whole number"
            problems.append(Problem(path.name, row["id"], value, what, "correct the row"))
            continue
        method = SURVEY if SURVEY in theme.methods else theme.methods[0]
        found.append(Fixed(row["id"], theme.id, method, int(row["value"]), row["measure"] == EXAMPLES))
    raise_if_any(problems)
    return tuple(found)


def clashes(study: Study, short: Mapping[str, int], fixed: Sequence[Fixed]) -> list[Problem]:
    """Problems for rows of which only `short[row]` could be met."""
    wanted = {one.row: one.number for one in fixed}
    name = study.files["published"].name
    return [
        Problem(
            name, row, str(wanted[row]), f"only {number} could raise the theme", "add passages, or lower the number"
        )
        for row, number in short.items()
    ]
