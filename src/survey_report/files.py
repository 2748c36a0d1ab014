"""Writing files so that a failed run never leaves something that looks finished, and digests of what was written."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from survey_report.errors import Problem, UserError

OWNER_FILE, OWNER_FOLDER = 0o600, 0o700
# The same texts and values as those of Python's own, in a quarter of the time.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
# The folder of a build for files that go again, and the variable of the environment that names it.
SCRATCH, SCRATCH_IN = "scratch", "SURVEY_REPORT_SCRATCH"


def write_bytes(path: Path, content: bytes, *, private: bool = False) -> None:
    """Write beside the target, then rename: the target is either the old file or the whole new one.

    A `private` file, one with what single people said, is readable by its owner only, whatever the umask.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        if private:
            aside.unlink(missing_ok=True)
            aside.touch(OWNER_FILE, exist_ok=False)
        aside.write_bytes(content)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def private_folder(path: Path) -> Path:
    """A folder that its owner only may look into, made where it is not there."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(OWNER_FOLDER)
    return path


def below(root: Path, name: str | Path) -> Path:
    """The path `name` below a folder that is written to. Raises UserError for one that leads out of it."""
    path = Path(os.path.normpath(root / name))
    inside = Path(os.path.normpath(root))
    if path == inside or not path.is_relative_to(inside):
        message, remedy = "leads out of the folder that is built", "correct the ids of the study that it is made of"
        raise UserError([Problem(str(name)[:200], "", "", message, remedy)])
    return path


def write_text(path: Path, content: str, *, private: bool = False) -> None:
    """Write text as UTF-8 with the line ends it has."""
    write_bytes(path, content.encode("utf-8"), private=private)


def write_json(path: Path, content: object, *, private: bool = False) -> None:
    """Write JSON with sorted keys and one final newline."""
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"
    write_text(path, text, private=private)


def write_yaml(path: Path, content: object) -> None:
    """Write YAML with sorted keys."""
    write_text(path, yaml.dump(content, Dumper=DUMPER, sort_keys=True, allow_unicode=True, width=1000))


def read_yaml(path: Path) -> Any:
    """The value of a YAML file that `write_yaml` wrote."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)


def read_json(path: Path) -> Any:
    """The value of a JSON file that `write_json` wrote."""
    return json.loads(path.read_text(encoding="utf-8"))


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A new folder that goes again: in the build, where what a killed one leaves is swept, else the system's place."""
    place = os.environ.get(SCRATCH_IN) or None
    if place:
        Path(place).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="stitch-", dir=place) as name:
        yield Path(name)


def digest_bytes(content: bytes) -> str:
    """SHA-256 as hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def digest_file(path: Path) -> str:
    """SHA-256 of a file's content, which may be larger than memory."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def stamp(path: Path) -> tuple[int, int]:
    """Size and time of a file: enough to see whether it was written meanwhile. Raises OSError if it is gone."""
    about = path.stat()
    return about.st_size, about.st_mtime_ns


def digest_files(paths: Iterable[Path], root: Path) -> str:
    """One SHA-256 over names (relative to root) and contents, in the order of the names."""
    total = hashlib.sha256()
    for name, path in sorted((path.relative_to(root).as_posix(), path) for path in paths):
        total.update(f"{name}\0{digest_file(path)}\n".encode())
    return total.hexdigest()
