"""The sample beside what real Quarto 1.5.57 made of it: equal but for the departures listed here."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pdfminer.high_level
import pytest

# Where the outline departs from Quarto's, and why. Every row must be needed.
DEPARTURES = {
    r"/typst/images": "alternative text is passed to the PDF",
    r"/typst/links": "a link to another document leads to its PDF, not to its source",
    r"/summary/typst/imports": "callouts need no icon font from a registry",
    r"/summary/typst/bibliography": "no bibliography where nothing is cited",
    r"/summary/pdf/bookmarks\[3\]": "no bibliography where nothing is cited",
    r"/pdf/bookmarks": "newer Typst writes the section's number into the bookmark",
    r"/summary/pdf/pages": "no empty last page, and definition lists set closer",
    r"/pdf/lang": "newer Typst writes the region",
    r"/pdf/tagged": "tagged",
    r"/pdf/title": "the title is in the document's properties",
}
NOT_MADE = re.compile(r"/docx|^/site|\(profile|/pdf/mentions")


@pytest.fixture(scope="module")
def theirs() -> dict[str, Any]:
    facts: dict[str, Any] = json.loads((Path(__file__).parent / "outline.json").read_text(encoding="utf-8"))
    return facts


@pytest.fixture(scope="module")
def ours(sample: Path, outline: ModuleType) -> dict[str, Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pdfminer.high_level, "extract_text", even_spaces(pdfminer.high_level.extract_text))
        facts: dict[str, Any] = json.loads(json.dumps(outline.project_outline(sample, sample / "_site")))
    return facts


@pytest.fixture(scope="module")
def differences(theirs: dict[str, Any], ours: dict[str, Any], outline: ModuleType) -> list[str]:
    return [line for line in outline.compare(theirs, ours) if not NOT_MADE.search(line.split("\n")[0])]


def even_spaces(extract: Any) -> Any:
    """A reader of PDF text that does not take the wide spaces of justified lines for two spaces."""

    def text(path: Path) -> str:
        return re.sub(r"(?<=\xa0) +", "", re.sub(" {2,}", " ", extract(path)))

    return text


def unexplained(differences: list[str], part: str) -> Iterator[str]:
    for line in differences:
        where = line.split("\n")[0]
        if f"/{part}" in where and not any(re.search(pattern, where) for pattern in DEPARTURES):
            yield line


@pytest.mark.parametrize("part", ["html", "typst", "pdf"])
def test_outline_is_quartos(differences: list[str], part: str) -> None:
    assert list(unexplained(differences, part)) == []


@pytest.mark.parametrize("pattern", DEPARTURES)
def test_departure_is_needed(differences: list[str], pattern: str) -> None:
    assert any(re.search(pattern, line.split("\n")[0]) for line in differences)


@pytest.mark.parametrize("name", ["full", "summary", "supplement"])
def test_pdf_mentions_the_same_numbers(theirs: dict[str, Any], ours: dict[str, Any], name: str) -> None:
    expected = [re.sub("3c", "3b", text) for text in theirs[f"report/{name}"]["pdf"]["mentions"]]
    if name == "supplement":  # its "Table 3c" is a slip of Quarto's counter; these two its reader lost in wide spaces
        expected = ["Section\xa01", "Section\xa01.1", *expected]
    assert ours[f"report/{name}"]["pdf"]["mentions"] == expected


def test_bookmarks_differ_by_their_numbers_only(differences: list[str]) -> None:
    for line in differences:
        where, theirs, *ours = line.split("\n")
        if "/pdf/bookmarks" in where and "null" not in ours[0]:
            level, title = json.loads(theirs[4:])
            assert json.loads(ours[0][4:])[0] == level
            assert json.loads(ours[0][4:])[1].endswith(f" {title}")


def test_same_bytes_twice(sample: Path, tmp_path: Path) -> None:
    from survey_report.stitch import render_project

    again = tmp_path / "again"
    render_project(sample, again, keep_typ=True, strict=False, log=lambda line: None)
    names = sorted(p.relative_to(again) for p in again.rglob("*") if p.is_file())
    assert names == sorted(p.relative_to(sample / "_site") for p in (sample / "_site").rglob("*") if p.is_file())
    assert [n for n in names if (again / n).read_bytes() != (sample / "_site" / n).read_bytes()] == []


def test_pages_fetch_nothing(sample: Path) -> None:
    pages = list((sample / "_site").rglob("*.html"))
    assert pages
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"<(?:script|img|link|iframe)[^>]*(?:src|href)=\"(?:https?:)?//", text)
        assert str(sample) not in text


def test_every_relative_link_and_image_leads_somewhere(sample: Path) -> None:
    pages = list((sample / "_site").rglob("*.html"))
    named = [
        (page, name)
        for page in pages
        for name in re.findall(r'(?:href|src)="([^"#:]+)(?:#[^"]*)?"', page.read_text(encoding="utf-8"))
    ]
    assert named
    assert [f"{page.name}: {name}" for page, name in named if not (page.parent / name).exists()] == []


def test_pdf_is_accessible_where_its_images_are_described(sample: Path) -> None:
    import pikepdf

    for name in ("full", "summary"):
        with pikepdf.open(sample / f"_site/report/{name}.pdf") as pdf:
            assert b"pdfuaid:part" in pdf.Root.Metadata.read_bytes()
            assert str(pdf.Root.Lang) == "en-GB"
            assert "/CreationDate" not in pdf.docinfo
