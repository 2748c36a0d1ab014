"""Digests of everything that a rendering wrote: the file that goes with the site, and comparing it with what is there.

The file has the form that `sha256sum --check` reads, with names as seen from the site's folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from survey_report.files import digest_file, read_json, write_text
from survey_report.handover import READING, RESPONSES, built_files

NAME = "digests.txt"


def site_digests(site: Path) -> dict[str, str]:
    """Digest of every file of a site but the list itself, by its name from there."""
    files = sorted(path for path in site.rglob("*") if path.is_file() and path != site / NAME)
    return {path.relative_to(site).as_posix(): digest_file(path) for path in files}


def build_digests(build: Path, way: str) -> dict[str, str]:
    """Digest of what the site was made from; `way` leads from the site to the folder of the build.

    Without that of the answers, by which a guess of them could be confirmed, unless they come with the study.
    """
    told = (build / READING).is_file() and read_json(build / READING)["shipped"]
    files = [path for path in built_files(build) if told or path.name != RESPONSES]
    return {f"{way}/{path.relative_to(build).as_posix()}": digest_file(path) for path in files}


def all_digests(site: Path, build: Path, way: str) -> dict[str, str]:
    """Digests of a site and of what it was made from, sorted by name."""
    return dict(sorted({**site_digests(site), **build_digests(build, way)}.items()))


def way_to(build: Path, site: Path) -> str:
    """How to get from a site to the folder of its build, as it will be when the site is in its place."""
    return Path(os.path.relpath(build, site)).as_posix()


def write_digests(site: Path, build: Path, way: str) -> Path:
    """Write the list into the site."""
    write_text(site / NAME, digests_text(all_digests(site, build, way)))
    return site / NAME


def digests_text(digests: Mapping[str, str]) -> str:
    """The list as `sha256sum` writes it."""
    return "".join(f"{digest}  {name}\n" for name, digest in digests.items())


def read_digests(path: Path) -> dict[str, str]:
    """Digests by name from such a list. Raises ValueError for a line that is none."""
    found = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        digest, sign, name = line.partition("  ")
        if not sign or len(digest) != 64:
            raise ValueError(f"line {number} is no digest: {line[:40]}")
        found[name] = digest
    return found


def differences(recorded: Mapping[str, str], found: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """Names that differ with what is wrong: `changed`, `missing` (recorded, not found) or `new`."""
    for name in sorted({*recorded, *found}):
        if name not in found:
            yield name, "missing"
        elif name not in recorded:
            yield name, "new"
        elif recorded[name] != found[name]:
            yield name, "changed"
