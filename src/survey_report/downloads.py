"""Files for readers to take away: the data of every table and figure, a workbook of the tables, the codebook.

The names and first lines of all of them say so while the data are synthetic: a CSV file then begins with a line that
starts with `#`, which readers of CSV skip when told to (`comment="#"`). The tables that the build itself reads, in
`findings/data`, have no such line.
"""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from survey_report.codebook import codebook
from survey_report.digits import read_data
from survey_report.execution import Run
from survey_report.files import below, write_bytes, write_text
from survey_report.handover import ITEM, PRIVATE, PROTECTED_FILE
from survey_report.marks import NOTICE, PREFIX
from survey_report.notebook import csv_text
from survey_report.rendering import Rendering
from survey_report.study import Study
from survey_report.workbook import Sheet, workbook

FOLDER = "downloads"
WORKBOOK, CODEBOOK = "tables.xlsx", "codebook.csv"
ANSWERS = "answers-by-group.csv"


def download_name(name: str, *, synthetic: bool) -> str:
    """The name of a file for readers."""
    return (PREFIX if synthetic else "") + name


def download_links(study: Study, *, synthetic: bool) -> dict[str, str]:
    """Markdown links to the workbook and the codebook, as variables of documents."""
    place = f"/_build/{study.id}/findings/{FOLDER}/"
    named = {"workbook": ("Workbook of all tables", WORKBOOK), "codebook": ("Codebook", CODEBOOK)}
    return {
        key: f"[{words}]({place}{download_name(name, synthetic=synthetic)})" for key, (words, name) in named.items()
    }


def write_downloads(rendering: Rendering, runs: Iterable[Run], records: Iterable[Run], build: Path) -> list[Path]:
    """Write the downloads of a rendering anew; the workbook holds the tables of `runs`, in order."""
    study, synthetic = rendering.study, rendering.reading.synthetic
    data, folder = build / "findings" / "data", build / "findings" / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    first = first_line(synthetic=synthetic)
    written, sheets = [], []
    captions = {label: caption for run in runs for label, caption in captions_of(run, build).items()}
    for label in [*captions, *(label for run in records for label in captions_of(run, build))]:
        text = (data / f"{label}.csv").read_text(encoding="utf-8")
        if label in captions and label.startswith("tbl-"):
            sheets.append(Sheet(label, captions[label], read_data(io.StringIO(text))))
        written.append(below(folder, download_name(f"{label}.csv", synthetic=synthetic)))
        write_text(written[-1], first + text)
    written.append(folder / download_name(CODEBOOK, synthetic=synthetic))
    write_text(written[-1], first + csv_text(codebook(study)))
    if (protected := build / PRIVATE / PROTECTED_FILE).is_file():  # what the explore page shows of items by group
        rows = pd.read_parquet(protected)
        written.append(folder / download_name(ANSWERS, synthetic=synthetic))
        write_text(written[-1], first + csv_text(rows[rows["kind"] == ITEM]))
    written.append(folder / download_name(WORKBOOK, synthetic=synthetic))
    write_bytes(written[-1], workbook(sheets, study, synthetic=synthetic))
    return written


def first_line(*, synthetic: bool) -> str:
    """What a CSV file for readers begins with while the data are synthetic."""
    return f"# {NOTICE}\n" if synthetic else ""


def write_tables(runs: Iterable[Run], build: Path, *, synthetic: bool) -> None:
    """Write the data of the runs' tables and figures only, without workbook and codebook."""
    for label in (label for run in runs for label in captions_of(run, build)):
        text = (build / "findings" / "data" / f"{label}.csv").read_text(encoding="utf-8")
        name = download_name(f"{label}.csv", synthetic=synthetic)
        write_text(build / "findings" / FOLDER / name, first_line(synthetic=synthetic) + text)


def captions_of(run: Run, build: Path) -> Mapping[str, str]:
    """Captions of the tables and figures of a run that have data, by label."""
    content = json.loads((build / "numbers" / f"{run.name}.json").read_text(encoding="utf-8"))
    found: Mapping[str, str] = content["captions"]
    return found
