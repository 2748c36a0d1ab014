"""Writing files so that a failed run never leaves something that looks finished, and digests of what was written."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

# The same texts and values as those of Python's own, in a quarter of the time.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def write_bytes(path: Path, content: bytes, *, private: bool = False) -> None:
    """Write beside the target, then rename: the target is either the old file or the whole new one.

    A `private` file is for its owner only.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        if private:
            aside.touch(mode=0o600)
        aside.write_bytes(content)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def write_text(path: Path, content: str) -> None:
    """Write text as UTF-8 with the line ends it has."""
    write_bytes(path, content.encode("utf-8"))


def write_json(path: Path, content: object) -> None:
    """Write JSON with sorted keys and one final newline."""
    write_text(path, json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n")


def write_yaml(path: Path, content: object) -> None:
    """Write YAML with sorted keys."""
    write_text(path, yaml.dump(content, Dumper=DUMPER, sort_keys=True, allow_unicode=True, width=1000))


def read_yaml(path: Path) -> Any:
    """The value of a YAML file that `write_yaml` wrote."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)


def read_json(path: Path) -> Any:
    """The value of a JSON file that `write_json` wrote."""
    return json.loads(path.read_text(encoding="utf-8"))


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
