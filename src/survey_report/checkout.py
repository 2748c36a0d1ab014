"""The checkout around a notebook that somebody opens, and the rendering in it, read anew where it does not stand."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from survey_report.errors import Told
from survey_report.files import digest_file
from survey_report.handover import PRIVATE, PROTECTED_FILE, RESPONSES, study_digest
from survey_report.places import DEFAULT_STUDY, places
from survey_report.reading import read_reading
from survey_report.study_load import load_study

STUDIES, NOTEBOOKS = "studies", "notebooks"
STEPS = ("read", "protect")
SHOWN = 4000  # characters of what a step said


def find_checkout(start: Path) -> Path:
    """The nearest folder at or above `start` that holds studies and notebooks. Raises Told if there is none."""
    for folder in (start, *start.parents):
        if (folder / STUDIES).is_dir() and (folder / NOTEBOOKS).is_dir():
            return folder
    raise Told(f"{start} lies in no checkout: run the notebook in the folder that holds {STUDIES}/ and {NOTEBOOKS}/.")


def find_study(root: Path, study: str) -> Path:
    """The folder of a study. Raises Told with the studies that there are."""
    known = sorted(path.parent.name for path in (root / STUDIES).glob("*/study.yml"))
    if study not in known:
        raise Told(f"There is no study `{study}` in {STUDIES}/; there are: {', '.join(known)}.")
    return root / STUDIES / study


def find_export(root: Path, export: str | Path) -> Path:
    """An export that is named as seen from here or from the checkout. Raises Told if there is no such file."""
    for place in (Path.cwd(), root):
        if (found := (place / export).resolve()).is_file():
            return found
    raise Told(f"There is no export {export}, neither as seen from {Path.cwd()} nor from {root}.")


def rendering_folder(root: Path, study: Path, export: Path | None) -> Path:
    """The folder of a rendering. What does not stand there is read by `survey-report`, in processes of their own."""
    build = root / places(study.name, str(export or "")).build
    if not stands(study, export, build):
        print(f"Reading the export of {study.name} into {build.relative_to(root)}, once.")
        for step in STEPS:
            _run(step, root, study, export)
    return build


def stands(study: Path, export: Path | None, build: Path) -> bool:
    """Whether what lies in `build` was read from this export and this definition of the study, and is whole."""
    source = export or study / load_study(study).export.file
    try:
        found = read_reading(build)
        wanted = (study_digest(study), digest_file(source), digest_file(build / RESPONSES))
    except (OSError, ValueError, TypeError, KeyError):
        return False
    whole = (build / PRIVATE / PROTECTED_FILE).is_file()
    return whole and (found.study_digest, found.export_digest, found.responses_digest) == wanted


def command(step: str, study: str, export: Path | None = None) -> str:
    """What to type in the checkout for a step of the build, for this rendering."""
    words = [f"make {step}", *([f"STUDY={study}"] if study != DEFAULT_STUDY else [])]
    return " ".join([*words, *([f'EXPORT="{export}"'] if export else [])])


def _run(step: str, root: Path, study: Path, export: Path | None) -> None:
    arguments = ["--study", study.relative_to(root).as_posix(), *([f"--export={export}"] if export else [])]
    done = subprocess.run(
        [sys.executable, "-m", "survey_report.cli", step, *arguments],
        cwd=root, env={**os.environ, "PYTHONHASHSEED": "0"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        print((done.stderr or done.stdout).strip()[-SHOWN:])
        raise Told(f"The export of {study.name} could not be read; what is wrong with it stands above.")
