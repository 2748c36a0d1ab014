"""The record of a rendering: digests and versions of what made it."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from survey_report.escaping import code
from survey_report.files import digest_file, digest_files
from survey_report.frames import each_row
from survey_report.handover import RESULTS
from survey_report.notebook import Desk
from survey_report.pipe_tables import pipe_table
from survey_report.provenance import code_digest, versions


def digest_rows(desk: Desk) -> pd.DataFrame:
    """One row an input or result: what, name, digest; of answers only where the data come with the study."""
    study, reading = desk.rendering.study, desk.rendering.reading
    study_files = [path for path in study.folder.iterdir() if path.suffix in (".csv", ".yml")]
    answers = [
        ("Survey export", reading.export_name, reading.export_digest),
        ("Respondents, cleaned and typed (not published)", "responses.parquet", reading.responses_digest),
    ]
    rows = [
        *(answers if reading.shipped else []),
        ("Results", RESULTS, digest_file(desk.built(RESULTS) / RESULTS)),
        ("Definition of the study", f"studies/{study.id}", digest_files(study_files, study.folder.parent)),
        ("Code that computed the results", "src/survey_report", code_digest()),
    ]
    return pd.DataFrame(rows, columns=["what", "name", "digest"])


def digest_table(desk: Desk) -> str:
    """The digests as a table; the first sixteen digits are enough to compare, the data file has all."""
    rows = [[str(row.what), code(str(row.name)), code(str(row.digest)[:16])] for row in each_row(digest_rows(desk))]
    return pipe_table(["What", "Name", "SHA-256 begins"], rows, "lll", [40, 24, 20])


def version_rows() -> pd.DataFrame:
    """One row a program: name, version."""
    return pd.DataFrame(versions(), columns=["program", "version"])


def version_table() -> str:
    """Versions as a table."""
    return pipe_table(["Program", "Version"], list(_texts(version_rows())), "ll", [20, 12])


def _texts(frame: pd.DataFrame) -> Iterable[list[str]]:
    for row in each_row(frame):
        yield [str(value) for value in row]
