"""The coded material of a rendering as it is kept beside the respondents; it is never published as it is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from survey_report.frames import read_frame
from survey_report.handover import CODED
from survey_report.qualitative.corpus import COLUMNS, Corpus

if TYPE_CHECKING:
    from survey_report.study import Category, Study

FOLDER = CODED
READING, QUOTATIONS, TO_CHECK = "coded.json", "quotations.parquet", "to-check.csv"


@dataclass(frozen=True, eq=False)
class Coded:
    """A corpus with categories of the study, and the quotations that may be printed from it.

    `quotations` are those of `choose`: theme, place, quotation, text, attribution, method, service.
    """

    name: str
    digest: str
    corpus: Corpus
    quotations: pd.DataFrame


def open_coded(build: Path) -> Coded | None:
    """What `coded_reading.write_coded` kept; None where the rendering has no coded material."""
    folder = build / FOLDER
    if not (folder / READING).is_file():
        return None
    told = json.loads((folder / READING).read_text(encoding="utf-8"))
    frames = {name: read_frame(folder / f"{name}.parquet") for name in COLUMNS}
    corpus = Corpus(**frames, notices=tuple(told["notices"]))
    return Coded(told["name"], told["digest"], corpus, read_frame(folder / QUOTATIONS))


def service_labels(study: Study) -> dict[str, str]:
    """Labels of services; of sectors where no service has the id."""
    found: dict[str, str] = {}
    for name in ("sector", "service"):
        found |= {c.id: c.label.partition(" (")[0] for c in category_rows(study, name)}
    return found


def category_rows(study: Study, name: str) -> list[Category]:
    """Categories of a grouping; none where the study has no such grouping."""
    return [c for grouping in study.groupings if grouping.id == name for c in grouping.categories]
