"""What is known of an export once it has been read: names, digests and counts, no answers."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from survey_report.files import write_json
from survey_report.handover import READING


@dataclass(frozen=True)
class Flow:
    """How the rows of an export become respondents; each row is counted once, at the first reason that applies."""

    rows: int
    previews: int
    tests: int
    repeated: int
    refused: int
    incomplete: int
    complete: int
    not_asked: int  # single answers set aside because the question was not meant for that respondent

    def as_dict(self) -> dict[str, int]:
        """Counts by name."""
        return asdict(self)


@dataclass(frozen=True)
class Reading:
    """What is known of an export once it has been read: names and digests, no answers.

    `spellings` are (column, found, taken as, rows) of answers that were accepted in another spelling; `notes` sentences
    on what was taken for granted. `study_digest` is that of the study's definition (see `handover.study_digest`).
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
    study_digest: str = ""


def write_reading(reading: Reading, build: Path) -> None:
    """Write what is known of an export into the folder of its rendering."""
    write_json(build / READING, {**reading.__dict__, "flow": reading.flow.as_dict()}, private=True)


def read_reading(build: Path) -> Reading:
    """What `write_reading` wrote."""
    data = json.loads((build / READING).read_text(encoding="utf-8"))
    return Reading(
        **{**data, "flow": Flow(**data["flow"])}
        | {name: tuple(data[name]) for name in ("dropped_columns", "ignored_columns", "notes")}
        | {"spellings": tuple((str(c), str(found), str(meant), int(n)) for c, found, meant, n in data["spellings"])}
    )
