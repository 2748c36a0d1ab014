"""Traces of the machine in a finished site: its folders, its user's name, the name of an export of one's own.

Every file is looked through, parts of office files and streams of PDFs as well. A user's name counts within a path and
as a property of a file, never as a word; a word that the documents' sources hold is no trace.
"""

from __future__ import annotations

import getpass
import html
import io
import json
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from survey_report.errors import Problem, raise_if_any
from survey_report.handover import CODED, READING
from survey_report.step_marks import PAGES, source_files

ZIPPED = (".docx", ".pptx", ".xlsx", ".zip")
TEXTS = (".qmd", ".yml", ".css", ".js", ".typ", ".csl", ".bib", ".csv")
# What Quarto notes of every cell that a page embeds.
NOTEBOOK = re.compile(r'\sdata-notebook="[^"]*"')
STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
# Where office files and PDFs name people.
PROPERTY = re.compile(
    rb"<(?:dc:creator|cp:lastModifiedBy|Manager|Company)[^>]*>([^<]*)<|/(?:Author|Creator)\s*\(([^)]*)\)"
    rb"|<rdf:li[^>]*>([^<]*)<|<meta name=\"author\" content=\"([^\"]*)\""
)
BEFORE, AFTER = rb"(?<![\w.~%-])", rb"(?![\w.-])"


@dataclass(frozen=True)
class Trace:
    """Something that must not stand in a site: what it is, and every way in which a file may write it."""

    what: str
    word: str

    @cached_property
    def ways(self) -> frozenset[bytes]:
        """The word as text, in HTML, in an address, in a script, and as PDFs write what is not ASCII."""
        texts = (self.word, html.escape(self.word), quote(self.word), json.dumps(self.word)[1:-1])
        known = frozenset(text.encode("utf-8", "surrogateescape") for text in texts)
        return known | {self.word.encode("utf-16-be", "surrogatepass")}

    def stands_in(self, content: bytes) -> bool:
        """Whether a file holds it as a whole: `/app` is not in `/apples`."""
        return any(
            way in content and (b"\0" in way or re.search(BEFORE + re.escape(way) + AFTER, content))
            for way in self.ways
        )


def without_traces(page: str) -> str:
    """A page without the folders that Quarto notes beside what it embeds."""
    return NOTEBOOK.sub("", page)


def check_traces(root: Path, site: Path, builds: Iterable[Path], people: Iterable[str] = ()) -> None:
    """Look a finished site through; `builds` are what it was made from, `people` names that may stand as authors.

    Raises UserError that names each file with what was found in it.
    """
    builds = tuple(builds)
    sources = b"\n".join(path.read_bytes() for path in source_files(root, PAGES) if path.suffix in TEXTS)
    names = {path.name for path in site.rglob("*")}
    traces = [one for one in (*machine(root), *own_files(builds)) if one.word not in names]
    traces = [one for one in traces if not one.stands_in(sources)]
    users = {name.encode() for name in user_names() - set(people)}
    raise_if_any(_found(site, traces, users))


def machine(root: Path) -> list[Trace]:
    """Folders of this machine that a program might write down."""
    places = [
        ("the path of the checkout", str(root.resolve())),
        ("the path of the checkout", str(root.absolute())),
        ("the path of the home folder", str(_home() or "")),
        ("the path of the folder for temporary files", tempfile.gettempdir()),
        *(
            ("a path with a user's name", f"{folder}{name}")
            for name in user_names()
            for folder in ("/home/", "/Users/", "\\Users\\")
        ),
    ]
    named = {word: what for what, word in reversed(places) if len(word) > 1}
    return [Trace(what, word) for word, what in named.items()]


def user_names() -> set[str]:
    """What the person at this machine is called by it."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a number without a name
        user = ""
    return {name for name in (user, (_home() or Path()).name) if name}


def _home() -> Path | None:
    """The home folder; None for a user who has none."""
    try:
        return Path.home()
    except RuntimeError:
        return None


def own_files(builds: Iterable[Path]) -> list[Trace]:
    """Names of an export and of coded material that did not come with the study, and of the folders made from them."""
    found = []
    for build in builds:
        reading = _read(build / READING)
        if reading and not reading.get("shipped"):
            coded = _read(build / CODED / READING).get("name", "")
            found += [
                ("the file name of your export", reading["export_name"]),
                ("the name of your coded material", coded),
            ]
            found += [("the name of the build's folder", build.name)] if "-" in build.name else []
    return [Trace(what, str(name)) for what, name in found if name]


def _found(site: Path, traces: list[Trace], users: set[bytes]) -> Iterator[Problem]:
    remedy = "take it out of the source that brings it in; if none does, please report this as a fault of the program"
    for path in sorted(path for path in site.rglob("*") if path.is_file()):
        told: set[str] = set()
        for part, content in _parts(path):
            for trace in traces:
                if trace.what not in told and trace.stands_in(content):
                    told.add(trace.what)
                    name = path.relative_to(site).as_posix()
                    yield Problem(name, part, trace.word, f"holds {trace.what}", f"nothing is published; {remedy}")
            if any(user in content for user in users) and any(
                value in users for match in PROPERTY.finditer(content) for value in match.groups()
            ):
                yield Problem(
                    path.relative_to(site).as_posix(), part, "", "names this machine's user as a person", remedy
                )


def _parts(path: Path) -> Iterator[tuple[str, bytes]]:
    """The content of a file, and of what is packed in it, by the name of the part."""
    content = path.read_bytes()
    yield "", content
    if path.suffix in ZIPPED:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield name, archive.read(name)
    elif path.suffix == ".pdf":
        for match in STREAM.finditer(content):
            try:
                yield "a stream", zlib.decompressobj().decompress(match[1])
            except zlib.error:  # not packed, or packed in another way
                continue


def _read(path: Path) -> dict[str, object]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
