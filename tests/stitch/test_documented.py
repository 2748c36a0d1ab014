"""Documents written from Quarto's guide alone, beside what real Quarto 1.5.57 made of them.

`documented/` was written before the embedded engine was looked at, so it asks for what an author would, not for what
the engine has. `documented.json` holds what Quarto made of it; `documented_outlines.py` says how it is recorded.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from survey_report.errors import Problem, UserError
from survey_report.stitch import render_project

HERE = Path(__file__).parent
QUARTO = os.environ.get("QUARTO") or shutil.which("quarto")

# Where an outline departs from Quarto's, and why. Every row must be needed.
DEPARTURES = {
    r"^/beyond/html/": "what is refused (see REFUSED), and so never reaches a reader",
    r"^/writing/html/paragraphs\[1\]$": "keys are named for every system; Quarto leaves the choice to a script",
    r"^/writing/html/duplicate_ids$": "the id of a listing stands once; in Quarto's page both box and code have it",
    r"^/embedded/html/notebook_links$": "the page of a notebook is always linked; the option is for Quarto's sake",
    r"^/paper/html/images": "ORCID is named by its number; Quarto draws its mark",
    r"/typst/images": "alternative text is passed to the PDF",
    r"/typst/links": "a link to another document leads to its PDF, not to its source",
    r"^/index/typst/headings\[3\]$": "a heading that is not listed moves up with its neighbours; Quarto forgets it",
    r"^/paper/typst/citations": "sources of `nocite` are listed in the PDF too",
    r"^/notices/typst/callouts\[11\]$": "of nested callouts the outer one's title comes first in the source",
    r"^/notices/typst/imports$": "callouts need no icon font from a registry",
    r"/pdf/bookmarks": "newer Typst writes the section's number into the bookmark",
    r"^/tables/pdf/captions": "a caption without an id, which only Typst would number, is refused",
    r"/docx/images": "Word gets every picture's own description; Quarto hands on the caption, or nothing",
    r"^/paper/docx/refs\[5\]$": "newer Pandoc links the page number with its source",
}

# What strict rendering refuses in these documents, and why. Every row must be needed.
REFUSED = {
    "not supported by the embedded engine": "`profile`: one project, one form; a study chooses by metadata",
    "profiles are not supported": "as above",
    "this option of crossref is carried out by Quarto only": "kinds of one's own: figures and tables do for a report",
    "theorems, definitions, proofs and the like are set by Quarto only": "a survey report proves nothing",
    "notes on lines of code are set by Quarto only": "a survey report shows hardly any code",
    "unknown shortcode 'env'": "the same sources must give the same pages on every machine",
    "unknown meta key": "`audience` comes from a profile's file",
    "this key is not in the bibliography": "references to theorems and own kinds read as citations",
    "this layout exists in HTML only": "margins and columns: Quarto 1.5 loses them on paper without a word",
    "this layout is not supported": "rows of unequal columns: layout-ncol does",
    "an image size in pixels stops Typst": "Quarto itself cannot make a PDF of it",
    "a figure with a caption needs an id": "on paper Quarto would number it, in a count of its own",
    "a table with a caption needs an id": "on paper Quarto would number it, in a count of its own",
    "an image without alternative text": "accessibility",
    "a shortcode between double quotes in attributes breaks them": "Quarto prints the attributes instead of a figure",
}

# What must agree with whatever version of Quarto is at hand.
SAME = {
    "html": (
        "headings",
        "captions",
        "refs",
        "unresolved",
        "images",
        "tables",
        "callouts",
        "tabsets",
        "footnotes",
        "toc",
    ),
    "typst": ("headings", "captions", "refs", "callouts", "footnotes"),
}


@pytest.fixture(scope="module")
def documented() -> ModuleType:
    """The reader of these documents' outlines, which recorded Quarto's."""
    import documented_outlines

    return documented_outlines


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory, documented: ModuleType) -> Path:
    """A copy of the documents, rendered as Quarto would, warnings and all."""
    folder = tmp_path_factory.mktemp("documented") / "project"
    shutil.copytree(documented.SOURCES, folder)
    render_project(folder, folder / "_site", keep_typ=True, strict=False, log=lambda line: None)
    return folder


@pytest.fixture(scope="module")
def ours(root: Path, documented: ModuleType) -> dict[str, Any]:
    return dict(documented.outlines(root))


@pytest.fixture(scope="module")
def differences(ours: dict[str, Any], outline: ModuleType) -> list[str]:
    theirs = json.loads((HERE / "documented.json").read_text(encoding="utf-8"))
    return list(outline.compare(theirs, ours))


def unexplained(differences: list[str]) -> Iterator[str]:
    for line in differences:
        if not any(re.search(pattern, line.split("\n")[0]) for pattern in DEPARTURES):
            yield line


def test_everything_was_rendered(ours: dict[str, Any], documented: ModuleType) -> None:
    for fmt, names in documented.FORMATS.items():
        assert [name for name in documented.DOCUMENTS if fmt in ours[name]] == list(names)


@pytest.mark.parametrize("fmt", ["html", "typst", "pdf", "docx"])
def test_outlines_are_quartos(differences: list[str], fmt: str) -> None:
    assert [line for line in unexplained(differences) if f"/{fmt}" in line.split("\n")[0]] == []


@pytest.mark.parametrize("pattern", DEPARTURES)
def test_departure_is_needed(differences: list[str], pattern: str) -> None:
    assert any(re.search(pattern, line.split("\n")[0]) for line in differences)


def test_bookmarks_differ_by_their_numbers_only(differences: list[str]) -> None:
    for line in differences:
        where, theirs, *ours = line.split("\n")
        if "/pdf/bookmarks" in where:
            (level, title), (own_level, own) = json.loads(theirs[4:]), json.loads(ours[0][4:])
            # Quarto's older Typst drops the apostrophe in "web's".
            assert (own_level, re.sub(r"^[\d.a-z]+ ", "", own).replace("'", "")) == (level, title)


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory, documented: ModuleType) -> list[Problem]:
    """What strict rendering says of the documents."""
    folder = tmp_path_factory.mktemp("strict")
    with pytest.raises(UserError) as caught:
        render_project(documented.SOURCES, folder / "site", log=lambda line: None)
    assert not list(folder.rglob("*.html"))
    return list(caught.value.problems)


def test_what_is_refused_is_named_with_file_line_and_remedy(refused: list[Problem], documented: ModuleType) -> None:
    for problem in refused:
        number = re.fullmatch(r"line (\d+)", problem.place)
        assert number, problem
        line = (documented.SOURCES / problem.file).read_text(encoding="utf-8").splitlines()[int(number[1]) - 1]
        words = re.sub(r"[*`]", "", line)
        assert problem.value in words or problem.value.removeprefix("@") in words, problem
        assert problem.remedy


def test_nothing_else_is_refused(refused: list[Problem]) -> None:
    assert {problem.message for problem in refused} == set(REFUSED)


@pytest.mark.slow
@pytest.mark.quarto
@pytest.mark.skipif(not QUARTO, reason="no quarto program on PATH or in QUARTO")
def test_the_quarto_at_hand_agrees(
    ours: dict[str, Any], outline: ModuleType, documented: ModuleType, tmp_path: Path
) -> None:
    theirs = documented.by_quarto(QUARTO, tmp_path / "documented", ("html", "typst"))
    pairs = [
        {
            name: {
                fmt: {key: facts[name][fmt].get(key) for key in keys}
                for fmt, keys in SAME.items()
                if fmt in facts[name]
            }
            for name in documented.DOCUMENTS
        }
        for facts in (theirs, ours)
    ]
    assert list(unexplained(list(outline.compare(*pairs)))) == []
