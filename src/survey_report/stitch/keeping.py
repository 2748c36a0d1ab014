"""Pages that stand: what a page was made from, by digest, and which files it consists of.

A page of which nothing has changed is taken from the site that is there. Changed are: the document with its includes,
a notebook that it embeds, the configuration, the variables, the titles of all documents, anything that is no document
(styles, bibliographies, images), the engine itself. Links to places in other documents are looked at again when the
other document changed.
"""

from __future__ import annotations

import json
import platform
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from survey_report.files import digest_bytes, digest_file, digest_files, write_json
from survey_report.stitch.project import Project
from survey_report.stitch.sources import Source, resolve

EMBEDDED = re.compile(r"\{\{<\s*embed\s+([^\s#>]+\.ipynb)")
PROGRAMS = ("typst", "pypandoc_binary", "pyyaml")
ENGINE = Path(__file__).parents[1]


@dataclass(frozen=True)
class Leaf:
    """A page: the digest of what it was made from, and its files with the digests of those that were made for it."""

    key: str
    files: tuple[str, ...]
    digests: Mapping[str, str]


@dataclass(frozen=True)
class Known:
    """What other documents need of one: its title, its ids, the places in others that it leads to."""

    title: str
    ids: str
    places: tuple[tuple[str, str], ...]
    notebooks: tuple[str, ...]


@dataclass
class Kept:
    """The pages of a site by name, as `report.qmd html`, and what is known of its documents."""

    site: Path
    leaves: dict[str, Leaf] = field(default_factory=dict)
    known: dict[str, Known] = field(default_factory=dict)

    def stands(self, page: str, key: str) -> bool:
        """Whether a page was made from this, and is there as it was written."""
        leaf = self.leaves.get(page)
        if leaf is None or leaf.key != key or not all((self.site / name).is_file() for name in leaf.files):
            return False
        return all(digest_file(self.site / name) == digest for name, digest in leaf.digests.items())

    def take(self, page: str, root: Path, site: Path) -> list[Path]:
        """Put the files of a page into a new site, as far as they are not there: what only it has from the old one,
        the others from the project."""
        leaf = self.leaves[page]
        for name in leaf.files:
            source = (self.site if name in leaf.digests else root) / name
            if not (site / name).exists() and source.is_file():
                (site / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, site / name)
        return [site / name for name in leaf.files]


def read_kept(record: Path, site: Path) -> Kept:
    """What is known of a site; nothing where the record cannot be read."""
    try:
        content = json.loads(record.read_text(encoding="utf-8"))
        leaves = {name: Leaf(one["key"], tuple(one["files"]), one["digests"]) for name, one in content["pages"].items()}
        known = {name: _known(one) for name, one in content["documents"].items()}
    except (OSError, ValueError, KeyError, TypeError):
        return Kept(site)
    return Kept(site, leaves, known)


def _known(one: Mapping[str, Any]) -> Known:
    places = tuple((str(target), str(name)) for target, name in one["places"])
    return Known(one["title"], one["ids"], places, tuple(one["notebooks"]))


def write_kept(kept: Kept, record: Path) -> None:
    """Write what is known of a site."""
    pages = {n: {"key": leaf.key, "files": leaf.files, "digests": leaf.digests} for n, leaf in kept.leaves.items()}
    write_json(record, {"pages": pages, "documents": {name: one.__dict__ for name, one in kept.known.items()}})


def leaf(key: str, files: list[str], root: Path, site: Path) -> Leaf:
    """A page that was written into `site`; files that the project at `root` does not hold were made for it."""
    names = tuple(dict.fromkeys(files))
    return Leaf(key, names, {name: digest_file(site / name) for name in names if not (root / name).is_file()})


def common_key(project: Project, sources: Mapping[str, Source], options: tuple[object, ...]) -> str:
    """A digest over what every page is made from."""
    root = project.root
    others = [path for path in root.rglob("*") if path.is_file() and _is_common(path.relative_to(root))]
    fronts = {name: [line.text for line in source.front_lines] for name, source in sources.items()}
    engine = [path for path in [*(ENGINE / "stitch").rglob("*"), *ENGINE.glob("*.py")] if path.is_file()]
    engine = [path for path in engine if "__pycache__" not in path.parts]
    about = [digest_files(others, root), fronts, digest_files(engine, ENGINE), _programs(), repr(options)]
    return digest_bytes(json.dumps(about, sort_keys=True).encode())


def document_key(common: str, project: Project, source: Source) -> str:
    """A digest over all that one document is made from."""
    text = "\n".join(line.text for line in source.lines)
    books = sorted({resolve(source.path, name) for name in EMBEDDED.findall(text)})
    digests = [(name, digest_file(project.root / name)) for name in books if (project.root / name).is_file()]
    return digest_bytes(json.dumps([common, source.path, text, digests]).encode())


def notebook_key(common: str, project: Project, book: str) -> str:
    """The same of the page of a notebook."""
    return digest_bytes(f"{common} {book} {digest_file(project.root / book)}".encode())


def _is_common(path: Path) -> bool:
    return path.suffix not in (".qmd", ".ipynb") and "downloads" not in path.parts and "data" not in path.parts


def _programs() -> list[str]:
    found = [platform.python_version()]
    for name in PROGRAMS:
        try:
            found.append(version(name))
        except PackageNotFoundError:
            found.append("none")
    return found
