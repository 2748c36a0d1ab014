"""How notebooks and what runs them find each other: variables of the environment, and what an output carries."""

from __future__ import annotations

import os
from pathlib import Path

from survey_report.files import digest_bytes, digest_files, stamp

# Folders of the build and of the studies, and the id of the study that is being rendered.
BUILD, STUDIES, STUDY = "SURVEY_REPORT_BUILD", "SURVEY_REPORT_STUDIES", "SURVEY_REPORT_STUDY"
CARRIED = "survey_report"
# A folder of typefaces in the place of the theme's.
FONTS, THEME_FONTS = "SURVEY_REPORT_FONTS", Path("report", "theme", "fonts")

RESPONSES, READING = "responses.parquet", "reading.json"
RESULTS, VARIABLES, METADATA, RECONCILIATION = "results.json", "variables.json", "metadata.yml", "reconciliation.csv"
# What pages are made from: results, the table of respondents, executed notebooks.
BUILT = (RESULTS, RECONCILIATION, VARIABLES, METADATA, RESPONSES, "findings/*.ipynb", "findings/data/*.csv")
CODED = "coded"  # the folder of what was read of coded material
# What may be shown of the answers of all groups, decided on together; the folder goes nowhere.
ITEM, PRIVATE, PROTECTED_FILE = "item", "private", "protected.parquet"
EXPORTS = (".csv", ".tsv", ".txt", ".xlsx", ".sav", ".zsav")


def built_files(build: Path) -> list[Path]:
    """Files that pages are made from, as far as they are there, sorted."""
    return sorted(path for pattern in BUILT for path in build.glob(pattern) if path.is_file())


def rendering_digest(study_folder: Path, build: Path) -> str:
    """One digest over all that notebooks read of a study and its data: all of the study's files but exports, and what
    `responses.read_responses` wrote of people: answers, and coded material."""
    files, written = _read_by_notebooks(study_folder, build)
    return digest_bytes(f"{digest_files(files, study_folder)} {digest_files(written, build)}".encode())


def fonts_digest(root: Path) -> str:
    """One digest over the typefaces that charts are set in: those of the theme, and those of a folder that the
    environment names instead."""
    folders = [root / THEME_FONTS, *map(Path, filter(None, [os.environ.get(FONTS)]))]
    return digest_bytes(" ".join(digest_files(folder.glob("*.ttf"), folder) for folder in folders).encode())


def study_digest(study_folder: Path) -> str:
    """One digest over a study's definition: all of its files but exports."""
    return digest_files(_definition(study_folder), study_folder)


def rendering_stamps(study_folder: Path, build: Path) -> tuple[tuple[str, int, int], ...]:
    """The name of each of these files with its stamp."""
    files = [path for part in _read_by_notebooks(study_folder, build) for path in part]
    return tuple((str(path), *stamp(path)) for path in sorted(files))


def _read_by_notebooks(study_folder: Path, build: Path) -> tuple[list[Path], list[Path]]:
    """Files of the study, and of people."""
    people = [build / RESPONSES, build / READING, *sorted((build / CODED).glob("*"))]
    return _definition(study_folder), [path for path in people if path.is_file()]


def _definition(study_folder: Path) -> list[Path]:
    return [path for path in study_folder.rglob("*") if path.is_file() and not _is_export(path)]


def _is_export(path: Path) -> bool:
    return path.parent.name == "data" and path.suffix in EXPORTS
