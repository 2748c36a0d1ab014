"""Two hundred malformed exports: each is read as the export it was made from, or refused in plain words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest
from mutator import DAMAGES, HEADER_ROWS, SECRETS, STEPS, Mutant, mutants

from survey_report.cleaning import clean
from survey_report.errors import UserError
from survey_report.export_check import accepted_spellings
from survey_report.exports.read import read_export
from survey_report.study import Study

Records = list[list[str]]
MUTANTS = 200


@pytest.fixture(scope="module")
def records(export_rows: Records) -> Records:
    """The header and sixteen responses, finished and not, one with words beyond plain Latin letters."""
    done = export_rows[0].index("Finished")
    body = [list(row) for row in export_rows[HEADER_ROWS:]]
    rows = [row for row in body if row[done] == "True"][:12] + [row for row in body if row[done] == "False"][:4]
    rows[3][export_rows[0].index("services_open_challenges")] = "Café – “naïve”, they said"
    rows[5][export_rows[0].index("support_open_improvements")] = "Two\nlines; and\ta tab"
    return [list(row) for row in export_rows[:HEADER_ROWS]] + rows


@pytest.fixture(scope="module")
def made(records: Records, study: Study, tmp_path_factory: pytest.TempPathFactory) -> Sequence[Mutant]:
    return list(mutants(records, study, MUTANTS, tmp_path_factory.mktemp("made")))


@pytest.fixture(scope="module")
def expected(records: Records, study: Study, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    from forms import as_text

    return clean(read_export(as_text("export.csv", "utf-8")(records, tmp_path_factory.mktemp("plain"))), study)[0]


def test_the_mutants_are_of_every_kind(made: Sequence[Mutant]) -> None:
    done = Counter(word for mutant in made for word in mutant.done.split("Way(")[0].replace(",", "").split())
    assert not [step.__name__ for step in (*STEPS, *DAMAGES) if not done[step.__name__]]
    assert done["spreadsheet"] > 10
    assert 60 < sum(mutant.same for mutant in made) < 140


def refusal_faults(mutant: Mutant, error: UserError) -> list[str]:
    """What is wrong with a refusal."""
    said = str(error)
    whole = all(problem.file == mutant.name and problem.message and problem.remedy for problem in error.problems)
    told = [f"tells {secret}" for secret in SECRETS if secret in said]
    return [*(["refused"] if mutant.same else []), *([] if whole and error.problems else ["not told in full"]), *told]


@pytest.mark.parametrize("part", range(10))
def test_a_mutant_is_read_as_it_was_or_refused(
    part: int, made: Sequence[Mutant], expected: pd.DataFrame, study: Study, tmp_path: Path
) -> None:
    wrong = []
    for mutant in made[part::10]:
        path = tmp_path / mutant.name
        path.write_bytes(mutant.content)
        try:
            export = read_export(path)
            respondents, flow = clean(export, study)
        except UserError as error:
            wrong += [f"{mutant.seed} {fault}: {mutant.done}\n{error}" for fault in refusal_faults(mutant, error)]
            continue
        if not mutant.same:
            wrong.append(f"{mutant.seed} accepted: {mutant.done}")
        elif not respondents.equals(expected) or flow.complete != len(expected):
            wrong.append(f"{mutant.seed} silently different: {mutant.done}")
        spellings = accepted_spellings(export, study)
        assert (spellings["found"] != spellings["taken_as"]).all()
        if "case_answers" in mutant.done or "space_answers" in mutant.done:
            assert len(spellings), mutant.done
    assert wrong == []
