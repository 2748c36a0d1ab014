"""Whether a whole build stands, asked before anything heavy is imported; by content, never by dates.

What was there when a build began is noted then, and becomes the record when it has ended well. A file is looked into
only where it is not as the record has it: size, time of change, time of the entry (which nothing can set back) and
number on the disk. Two files are the same where their digests are, so a date alone changes nothing, and a file that was
put there with an old date is a change.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from survey_report.files import digest_file, write_json
from survey_report.handover import READING, built_files
from survey_report.places import Places
from survey_report.step_marks import PAGES, RECORDS, SITE, mark_of, remove_marks, source_files

RECORD, BEGUN = "whole.json", "begun.json"
PROFILES_MADE = "profiles/made.json"
# What a build reads beside the sources of its pages.
OTHERS = ("notebooks/*.ipynb", "src/survey_report/**/*", "requirements.lock", "pyproject.toml", "Snakefile", "Makefile")
CHOICES = ("SURVEY_REPORT_ENGINE", "QUARTO", "SURVEY_REPORT_FONTS")

# A file's stamp, then its digest.
Seen = dict[str, list[Any]]


def build_stands(root: Path, study: Path, own: Iterable[Path], places: Places) -> bool:
    """Whether nothing has changed since the last build; notes what there is if something has. `own` are files of the
    user's: export, coded material.

    Where pages of the site are missing or changed they are marked to be made again; where it is something that they
    were made from, every step is.
    """
    record = _read(places.build / RECORD) or {}
    inputs = {
        "pages": _seen(source_files(root, PAGES), root, record),
        "others": _seen(_others(root, study, own, places), root, record),
        "engine": _engine(),
    }
    made = _seen_made(places, record)
    if record and not _alike(made["built"], record["built"]):
        remove_marks(places.build)
    elif record and not _alike(made["site"], record["site"]):
        remove_marks(places.build, SITE)
    elif record and all(_alike(part, record[name]) for name, part in inputs.items()):
        if {**inputs, **made} != record:  # other dates
            write_json(places.build / RECORD, {**inputs, **made})
        return True
    write_json(places.build / BEGUN, inputs)
    return False


def findings_stand(root: Path, study: Path, own: Iterable[Path], places: Places) -> bool:
    """Whether nothing but the sources of pages has changed since the last build; `own` are files of the user's."""
    record = _read(places.build / RECORD)
    if record is None or record["engine"] != _engine() or not mark_of(places.build, RECORDS).is_file():
        return False
    return _alike(_seen(_others(root, study, own, places), root, record), record["others"])


def note_build(root: Path, places: Places, export: Path | None) -> tuple[str, ...]:
    """Note that what there was when the build began is built; gives the files that prevent it.

    These changed meanwhile, so that nobody knows what the steps saw of them, or are an `export` that the reading tells
    another digest of: all steps are then marked to be looked at again.
    """
    begun = _read(places.build / BEGUN)
    if begun is None:
        return ()
    inputs = {**begun["pages"], **begun["others"]}
    changed = [name for name, seen in inputs.items() if _stamp(root / name) != seen[:-1]]
    name = _name(export, root) if export else ""
    if name in inputs and (_read(places.build / READING) or {}).get("export_digest") != inputs[name][-1]:
        changed.append(name)
    if changed:
        remove_marks(places.build)
    else:
        write_json(places.build / RECORD, {**begun, **_seen_made(places, {})})
    (places.build / BEGUN).unlink()
    return tuple(dict.fromkeys(changed))


def _others(root: Path, study: Path, own: Iterable[Path], places: Places) -> list[Path]:
    """All files that findings rest on."""
    files = source_files(root, [*OTHERS, f"{study.as_posix()}/**/*"])
    return [*files, *(path for path in (*own, places.build / PROFILES_MADE) if path.is_file())]


def _seen_made(places: Places, known: Mapping[str, Any]) -> dict[str, Seen]:
    """What was built: the site, and what it was made from."""
    return {
        "site": _seen(source_files(places.site, ["**/*"]), Path(), known),
        "built": _seen(built_files(places.build), Path(), known),
    }


def _engine() -> list[Any]:
    """What decides on the engine of the pages: choices, and the program that is found with its stamp."""
    program = os.environ.get("QUARTO") or shutil.which("quarto") or ""
    found = [program, *_stamp(Path(os.path.realpath(program)))] if program else []
    return [[os.environ.get(name, "") for name in CHOICES], found]


def _seen(paths: Iterable[Path], root: Path, record: Mapping[str, Any]) -> Seen:
    """Stamp and digest of each file; the digest is the one on record where the stamp is."""
    known = {name: seen for part in record.values() if isinstance(part, dict) for name, seen in part.items()}
    found: Seen = {}
    for path in paths:
        stamp, before = _stamp(path), known.get(name := _name(path, root))
        found[name] = before if before is not None and before[:-1] == stamp else [*stamp, digest_file(path)]
    return found


def _alike(one: Any, other: Any) -> bool:
    """Whether two parts of a record tell of the same: files of the same content, or equal choices."""
    if not isinstance(one, dict):
        return bool(one == other)
    return one.keys() == other.keys() and all(seen[-1] == other[name][-1] for name, seen in one.items())


def _stamp(path: Path) -> list[int]:
    """What a file's entry says of it; nothing where it is gone."""
    try:
        about = path.stat()
    except OSError:
        return []
    return [about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino]


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and "inputs" not in found else None
