"""Word files and slides: beside what real Quarto 1.5.57 made of the sample, and what a reviewer's office needs."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from lxml import etree
from PIL import Image

from survey_report.stitch import render_project
from survey_report.stitch.office_reference import reference
from survey_report.stitch.office_writer import png, steady

HERE = Path(__file__).parent
NAMES = ("full", "summary")
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="72pt" height="36pt">'
    b'<rect width="72" height="36" fill="#f00"/></svg>'
)
DOCUMENT = """---
title: Title
format: {docx: {reference-doc: reference.docx}, pptx: default}
---

## One {#sec-one}

::: {.notice}
A notice.
:::

![A caption](a.svg){#fig-a fig-alt="What it shows"}

| Name | Value |
|---|--:|
| a | 1 |

: A table {#tbl-a}

See @fig-a and @tbl-a.
"""

Write = Callable[..., Path]


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory, outline: ModuleType) -> dict[str, Any]:
    """Outlines of the sample's Word files."""
    root = tmp_path_factory.mktemp("office") / "project"
    shutil.copytree(HERE / "sample", root)
    config = root / "_quarto.yml"
    config.write_text(config.read_text().replace("  typst:\n", "  docx: default\n  typst:\n", 1))
    render_project(root, root / "_site", formats=("docx",), strict=False, log=lambda line: None)
    made = {name: outline.docx_outline(root / f"_site/report/{name}.docx") for name in NAMES}
    return dict(json.loads(json.dumps(made)))


@pytest.fixture
def made(write: Write, tmp_path: Path) -> Path:
    """The site of a small document as Word file and slides."""
    others = {"a.svg": SVG, "reference.docx": reference("docx", "Nothing here is real.")}
    root = write(DOCUMENT, others)
    render_project(root, tmp_path / "site", formats=("docx", "pptx"), log=lambda line: None)
    return tmp_path / "site"


@pytest.mark.parametrize("name", NAMES)
def test_captions_references_and_headings_are_quartos(words: dict[str, Any], name: str) -> None:
    theirs = json.loads((HERE / "outline.json").read_text(encoding="utf-8"))[f"report/{name}"]["docx"]
    ours = words[name]
    assert [row[1:] for row in ours["captions"]] == [row[1:] for row in theirs["captions"]]
    assert ours["refs"] == theirs["refs"]
    # Quarto writes "1. Methods" and "1.1 Base"; here both numbers stand without a full stop.
    plain = [[level, re.sub(r"^(\d)\. ", r"\1 ", title)] for level, title in theirs["headings"]]
    assert [[level, re.sub(r"\s+", " ", title)] for level, title in ours["headings"]] == plain
    assert all(ours["images"]), "Quarto passes no alternative text to Word for most pictures"
    assert len(ours["images"]) >= len([row for row in ours["captions"] if row[0] == "ImageCaption"]) - 3


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_word_file_holds_real_tables_described_pictures_and_the_notice_on_every_page(made: Path) -> None:
    found = parts(made / "a.docx")
    document = found["word/document.xml"].decode()
    tree = etree.fromstring(document.encode())
    assert tree.xpath("count(//*[local-name()='tbl'])") == 1
    assert "w:tblHeader" in document
    assert [node.get("descr") for node in tree.iter("{*}docPr")] == ["What it shows"]
    assert 'w:val="Notice"' in document
    heads = [name for name in found if re.match(r"word/header\d*.xml", name)]
    assert any(b"Nothing here is real." in found[name] for name in heads)
    assert "headerReference" in document
    pictures = [content for name, content in found.items() if name.startswith("word/media/")]
    assert Image.open(io.BytesIO(pictures[0])).size == (200, 100)  # an inch by half at 200 dots an inch


def test_slides_hold_what_the_document_says(made: Path) -> None:
    found = parts(made / "a.pptx")
    slides = " ".join(content.decode() for name, content in found.items() if re.match(r"ppt/slides/slide\d", name))
    for text in ("Title", "One", "A notice.", "Name", "What it shows"):
        assert text in slides, text


def test_the_same_sources_give_the_same_bytes(made: Path, tmp_path: Path) -> None:
    render_project(tmp_path / "project", tmp_path / "again", formats=("docx", "pptx"), log=lambda line: None)
    for name in ("a.docx", "a.pptx"):
        assert (made / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_the_clock_is_taken_out(made: Path) -> None:
    core = b"<d>2031-05-06T07:08:09Z</d>"
    office = io.BytesIO()
    with zipfile.ZipFile(office, "w") as archive:
        archive.writestr("docProps/core.xml", core)
    assert b"2031" not in steady(office.getvalue())
    assert b"2000-01-01T00:00:00Z" in zipfile.ZipFile(io.BytesIO(steady(office.getvalue()))).read("docProps/core.xml")


def test_a_picture_of_lines_becomes_the_same_picture_of_dots() -> None:
    picture = Image.open(io.BytesIO(png(SVG))).convert("RGB")
    assert picture.size == (200, 100)
    assert picture.getpixel((100, 50)) == (255, 0, 0)
    assert png(SVG) == png(SVG)


def test_reference_files_are_whole_and_in_the_theme(tmp_path: Path) -> None:
    css = (Path(__file__).parents[2] / "report/theme/report.css").read_text(encoding="utf-8")
    accent = re.search(r"--accent: #([0-9a-f]{6});", css)[1].upper()  # type: ignore[index]
    for kind in ("docx", "pptx"):
        content = reference(kind, "A & B")
        assert content == reference(kind, "A & B")
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                if name.endswith((".xml", ".rels")):
                    etree.fromstring(archive.read(name))
            theme = next(name for name in archive.namelist() if name.endswith("theme1.xml"))
            assert f'<a:srgbClr val="{accent}"/>' in archive.read(theme).decode()
