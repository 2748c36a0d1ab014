"""A rendering: one study with one export. Its files lie in one folder that no other rendering touches."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from survey_report.cleaning import Flow, clean, is_synthetic
from survey_report.disclosure import Policy
from survey_report.export_check import accepted_spellings, counted_as_other
from survey_report.exports.export import Export
from survey_report.files import digest_file, write_bytes, write_json
from survey_report.frames import each_row, read_frame
from survey_report.handover import READING, RESPONSES
from survey_report.ledger import Ledger
from survey_report.mapping.prepared import prepared_export
from survey_report.qualitative import coded
from survey_report.qualitative.coded import Coded
from survey_report.register import Register, load_register, released_keys
from survey_report.study import Study
from survey_report.study_load import load_study


@dataclass(frozen=True)
class Reading:
    """What is known of an export once it has been read: names and digests, no answers.

    `spellings` are (column, found, taken as, rows) of answers that were accepted in another spelling; `notes` sentences
    on what was taken for granted.
    """

    export_name: str
    export_digest: str
    responses_digest: str
    synthetic: bool
    shipped: bool
    flow: Flow
    dropped_columns: tuple[str, ...]
    ignored_columns: tuple[str, ...]
    spellings: tuple[tuple[str, str, str, int], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rendering:
    """What the findings are computed from: respondents (one row each), the study, the register, what may be shown.

    `coded` is the coded material, None where the rendering has none.
    """

    study: Study
    respondents: pd.DataFrame
    reading: Reading
    register: Register
    policy: Policy
    coded: Coded | None = None

    @property
    def withheld(self) -> str:
        """Why no groups are told of, as a sentence; empty where they are."""
        least = self.policy.thresholds.min_report
        if len(self.respondents) >= least:
            return ""
        return f"Fewer than {least} people answered, so only overall results are shown, none of groups."

    def members(self, name: str) -> pd.Series:
        """The group of each respondent, by a grouping or a closed question.

        Nobody is in any where no groups are told of, so that nothing computed from these can tell of one.
        """
        column = self.respondents[self.study.column(name)]
        return column.mask(pd.Series(True, index=column.index)) if self.withheld else column

    def ledger(self) -> Ledger:
        """A new, empty ledger."""
        return Ledger(self.register, synthetic=self.reading.synthetic)


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
    study = load_study(study_folder)
    export = prepared_export(study, export_path)
    respondents, flow = clean(export, study)
    shipped = is_shipped(export, study)
    corpus_file = coded.corpus_path(study, corpus, shipped=shipped)
    material = coded.read_coded(study, corpus_file) if corpus_file else None
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
    )
    write_json(build / READING, {**reading.__dict__, "flow": flow.as_dict()}, private=True)
    shutil.rmtree(build / coded.FOLDER, ignore_errors=True)
    if corpus_file and material:
        policy = _policy(study, reading, load_register(study))
        areas = {
            str(area): int(n)
            for grouping in study.groupings
            if not grouping.tested
            for area, n in respondents[study.column(grouping.id)].value_counts().items()
        }
        coded.write_coded(study, corpus_file, material, areas, policy, build)
    return reading


def _policy(study: Study, reading: Reading, register: Register) -> Policy:
    """What may be shown: released figures are exempt for shipped data only."""
    released = released_keys(register, study.files.get("released")) if reading.shipped else frozenset()
    return Policy(study.thresholds, released)


def open_rendering(study_folder: Path, build: Path) -> Rendering:
    """Open what `read_responses` wrote."""
    study = load_study(study_folder)
    data = json.loads((build / READING).read_text(encoding="utf-8"))
    reading = Reading(
        **{**data, "flow": Flow(**data["flow"])}
        | {name: tuple(data[name]) for name in ("dropped_columns", "ignored_columns", "notes")}
        | {"spellings": tuple((str(c), str(found), str(meant), int(n)) for c, found, meant, n in data["spellings"])}
    )
    register = load_register(study)
    return Rendering(
        study=study,
        respondents=read_frame(build / RESPONSES),
        reading=reading,
        register=register,
        policy=_policy(study, reading, register),
        coded=coded.open_coded(build),
    )
