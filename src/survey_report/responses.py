"""Reading an export into the respondents of a rendering; what only opens one does not need this (see `rendering`)."""

from __future__ import annotations

import shutil
from pathlib import Path

from survey_report.cleaning import clean, is_synthetic
from survey_report.export_check import accepted_spellings, counted_as_other
from survey_report.exports.export import Export
from survey_report.files import digest_file, write_bytes
from survey_report.frames import each_row
from survey_report.handover import CODED, RESPONSES, study_digest
from survey_report.mapping.prepared import prepared_export
from survey_report.qualitative.coded_reading import check_people, corpus_path, read_coded, write_coded
from survey_report.reading import Reading, write_reading
from survey_report.register import load_register
from survey_report.rendering import policy_of
from survey_report.study import Study
from survey_report.study_load import load_study


def spellings_of(export: Export, study: Study) -> tuple[tuple[str, str, str, int], ...]:
    """Rows of `accepted_spellings` as plain values."""
    rows = each_row(accepted_spellings(export, study))
    return tuple((str(row.column), str(row.found), str(row.taken_as), int(row.rows)) for row in rows)


def is_shipped(export: Export, study: Study) -> bool:
    """Whether an export is the one that comes with the study: it lies in its folder."""
    shipped_path = study.folder / study.export.file
    if not shipped_path.resolve().is_relative_to(study.folder.resolve()):
        return False
    return shipped_path.is_file() and digest_file(shipped_path) == export.digest


def read_responses(study_folder: Path, export_path: Path | None, build: Path, corpus: Path | None = None) -> Reading:
    """Read, check and clean an export; write the respondents and the reading into `build`, coded material beside them.

    `export_path` None takes the study's own export, `corpus` None the study's own coded material if it goes with the
    export. Raises UserError before anything is written.
    """
    digest = study_digest(study_folder)
    study = load_study(study_folder)
    export = prepared_export(study, export_path)
    respondents, flow = clean(export, study)
    shipped = is_shipped(export, study)
    corpus_file = corpus_path(study, corpus, shipped=shipped)
    material = read_coded(study, corpus_file) if corpus_file else None
    if corpus_file and material:
        check_people(material, len(respondents), corpus_file.name)
    frame_file = build / RESPONSES
    build.mkdir(parents=True, exist_ok=True)
    write_bytes(frame_file, respondents.to_parquet(index=False), private=True)
    known = {question.column for question in study.asked}
    reading = Reading(
        export_name=export.name,
        export_digest=export.digest,
        responses_digest=digest_file(frame_file),
        synthetic=is_synthetic(export, study),
        shipped=shipped,
        flow=flow,
        dropped_columns=export.dropped,
        ignored_columns=tuple(name for name in export.responses.columns if name not in known),
        spellings=spellings_of(export, study),
        notes=(*export.notes, *counted_as_other(export, study)),
        study_digest=digest,
    )
    write_reading(reading, build)
    shutil.rmtree(build / CODED, ignore_errors=True)
    if corpus_file and material:
        policy = policy_of(study, reading, load_register(study))
        areas = {
            str(area): int(n)
            for grouping in study.groupings
            if not grouping.tested
            for area, n in respondents[study.column(grouping.id)].value_counts().items()
        }
        write_coded(study, corpus_file, material, len(respondents), areas, policy, build)
    return reading
