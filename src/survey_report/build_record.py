"""Whether a whole build stands, asked before anything heavy is imported: by names, sizes and times of files.

When it does not, the steps of the build decide by digests what has to be made again. What was there when a build began
is noted then, and becomes the record when it has ended well: a file that changes meanwhile is not taken for built.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from survey_report.files import stamp, write_json
from survey_report.places import Places

RECORD, BEGUN, SITE_DONE, RECORDS_DONE = "whole.json", "begun.json", "site.done", "records.done"
PROFILES_MADE = "profiles/made.json"
# What pages are written from beside the findings; what else a build reads.
PAGES = ("_quarto.yml", "_environment", "CITATION.cff", "*.qmd", "report/**/*")
OTHERS = ("notebooks/*.ipynb", "src/survey_report/**/*", "requirements.lock", "pyproject.toml", "Snakefile", "Makefile")
CHOICES = ("SURVEY_REPORT_ENGINE", "QUARTO", "SURVEY_REPORT_FONTS", "SURVEY_REPORT_COLD_KERNELS")

Files = dict[str, list[int]]


def build_stands(root: Path, study: Path, own: Iterable[Path], places: Places) -> bool:
    """Whether nothing has changed since the last build; notes what there is if something has. `own` are files of the
    user's: export, coded material.

    Where only pages of the site are missing or changed, they are marked to be made again.
    """
    record = _read(places.build / RECORD)
    inputs = {"pages": _files(root, PAGES), "others": _others(root, study, own, places)}
    if record and record["inputs"] == inputs:
        if record["site"] == _files(places.site, ["**/*"]) and (places.build / SITE_DONE).is_file():
            return True
        (places.build / SITE_DONE).unlink(missing_ok=True)
    write_json(places.build / BEGUN, inputs)
    return False


def findings_stand(root: Path, study: Path, own: Iterable[Path], places: Places) -> bool:
    """Whether nothing but the sources of pages has changed since the last build; `own` are files of the user's."""
    record = _read(places.build / RECORD)
    done = (places.build / RECORDS_DONE).is_file()
    return done and record is not None and bool(record["inputs"]["others"] == _others(root, study, own, places))


def note_build(places: Places) -> None:
    """Note that what there was when the build began is built."""
    inputs = _read(places.build / BEGUN)
    if inputs:
        write_json(places.build / RECORD, {"inputs": inputs, "site": _files(places.site, ["**/*"])})
        (places.build / BEGUN).unlink()


def _others(root: Path, study: Path, own: Iterable[Path], places: Places) -> dict[str, object]:
    """All that findings rest on: files with size and time, and choices made in the environment."""
    files = _files(root, [*OTHERS, f"{study.as_posix()}/**/*"])
    made = places.build / PROFILES_MADE
    files |= {str(path): [*stamp(path)] for path in (*own, made) if path.is_file()}
    return {"files": files, "choices": [os.environ.get(name, "") for name in CHOICES], "quarto": shutil.which("quarto")}


def _files(root: Path, patterns: Iterable[str]) -> Files:
    found = {path for pattern in patterns for path in root.glob(pattern) if path.is_file()}
    return {path.relative_to(root).as_posix(): [*stamp(path)] for path in found if "__pycache__" not in path.parts}


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
