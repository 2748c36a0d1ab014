"""An export as the study reads it: the study's own as it is, another one through the study's mapping."""

from __future__ import annotations

from pathlib import Path

from survey_report.errors import Problem, UserError
from survey_report.exports.export import Export
from survey_report.exports.read import read_export
from survey_report.mapping.applying import apply_mapping
from survey_report.mapping.table import read_mapping
from survey_report.missing_marks import without_marks
from survey_report.study import Study


def prepared_export(study: Study, path: Path | None) -> Export:
    """The export at `path`, or the study's own for None, under the study's names.

    Raises UserError for a file that cannot be read, a mapping with unknown names, and a study without an export.
    """
    if path is None:
        if not study.export.file:
            remedy = "give the path of an export after EXPORT=, or write it into own/export.txt of the study"
            raise UserError([Problem("study.yml", "export.file", "", "the study has no export of its own", remedy)])
        return without_marks(read_export(study.folder / study.export.file), study)
    export, rows = read_export(path), read_mapping(study)
    return without_marks(apply_mapping(export, rows, study) if rows else export, study)
