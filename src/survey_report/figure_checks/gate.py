"""The gate of the build: no page is made from tables or numbers that contradict themselves."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pandas as pd

from survey_report.errors import Problem, raise_if_any
from survey_report.figure_checks.checks import check_figures
from survey_report.figure_checks.own_results import figures_of_results
from survey_report.figure_checks.own_tables import Context, reader_of
from survey_report.numbers import Number, format_number
from survey_report.study import Study

RESULTS = "results.json"
REMEDY = "a computation of this project is wrong; the pages are not made from it. `make test` may say which"


def check_build(build: Path, runs: Iterable[str], study: Study) -> tuple[int, int]:
    """Check the data tables and numbers that the notebooks of a rendering left in `build`.

    Returns how many tables and numbers agree. Raises UserError naming table, row and arithmetic of all that do not.
    """
    numbers: dict[str, Number] = {}
    for name in runs:
        content = json.loads((build / "numbers" / f"{name}.json").read_text(encoding="utf-8"))
        numbers |= {key: Number(key=key, **value) for key, value in content["numbers"].items()}
    tables = {path.stem: pd.read_csv(path) for path in sorted((build / "findings" / "data").glob("*.csv"))}
    read = {label: table for label, table in tables.items() if reader_of(table)}
    raise_if_any([*table_problems(read, numbers, study), *number_problems(numbers, study)])
    return len(read), len(numbers)


def table_problems(
    tables: Mapping[str, pd.DataFrame], numbers: Mapping[str, Number], study: Study
) -> Iterator[Problem]:
    """What is wrong in data tables, by label; tables that no check can read are passed over."""
    context = Context(study, numbers)
    for label, table in tables.items():
        check = reader_of(table)
        for fault in check(label, table, context) if check else ():
            yield Problem(f"{label}.csv", fault.row, fault.value, fault.arithmetic, REMEDY)


def number_problems(numbers: Mapping[str, Number], study: Study) -> Iterator[Problem]:
    """What is wrong among the numbers that texts may name: the checks on published figures, read with certainty."""
    for key, number in numbers.items():
        if number.value is not None and number.text != format_number(number.value, number.unit, number.decimals):
            yield Problem(RESULTS, key, number.text, f"the number is {number.value}", REMEDY)
    for finding in check_figures(figures_of_results(numbers, study)).findings:
        if finding.certainty == "certain":
            yield Problem(RESULTS, ", ".join(finding.figures[:4]), finding.printed, finding.message, REMEDY)
