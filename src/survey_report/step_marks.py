"""Marks of the steps of a build: what each was made from, by content.

A step rests on sources of its own and on all that the steps before it rest on. Its mark is a file that holds one digest
of all of these; it is written when the step has ended. A mark that holds another digest than the sources have now is
removed before Snakemake looks, which then makes the step again, and those after it. No date of a source counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from survey_report.files import digest_bytes, digest_file

# What pages are written from beside the findings.
PAGES = ("_quarto.yml", "_environment", "CITATION.cff", "*.qmd", "report/**/*")
MARK, RECORDS, SITE = ".done", "records", "site"


def source_files(root: Path, patterns: Iterable[str]) -> list[Path]:
    """Files below `root` that a build may read, sorted: none that Python compiled beside them."""
    found = {path for pattern in patterns for path in root.glob(pattern) if path.is_file()}
    return sorted(path for path in found if "__pycache__" not in path.parts)


def made_from(paths: Iterable[str | Path], *further: str) -> str:
    """One digest over names and contents of files, and over further words; a file that is not there counts too."""
    digests = {str(path): digest_file(Path(path)) if Path(path).is_file() else "none" for path in paths}
    return digest_bytes(repr([sorted(digests.items()), further]).encode(errors="surrogateescape"))


def mark_of(build: Path | str, step: str) -> Path:
    """Where a step's mark lies."""
    return Path(build, f"{step}{MARK}")


def mark(build: Path | str, step: str, digest: str, *, look: bool = True) -> str:
    """The path of a step's mark; one that holds another digest is removed, unless nobody is to `look`."""
    path = mark_of(build, step)
    if look and path.is_file() and path.read_text(encoding="utf-8", errors="replace") != digest:
        path.unlink()
    return path.as_posix()


def remove_marks(build: Path, step: str = "*") -> None:
    """Have every step looked at again, or one."""
    for path in build.glob(f"{step}{MARK}"):
        path.unlink()
