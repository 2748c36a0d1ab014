"""What reviewers take away: PDFs that screen readers can follow, a Word file, slides, a briefing; and their weight."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pikepdf
import pytest
from bs4 import BeautifulSoup

FOLDER = "_site/report/csrr-2023"
PDFS = ("full-report", "summary", "supplementary", "briefing")
MEGABYTES = 5_000_000

pytestmark = pytest.mark.slow


def elements(pdf: Any) -> Iterator[Any]:
    """All structure elements of a tagged PDF, in reading order."""
    waiting = [pdf.Root.StructTreeRoot.K]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, pikepdf.Array):
            waiting = [*node, *waiting]
        elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
            yield node
            waiting = [*([node.K] if "/K" in node else []), *waiting]


@pytest.mark.parametrize("name", PDFS)
def test_pdfs_are_tagged_as_pdf_ua_asks(built: Path, name: str) -> None:
    """The parts of ISO 14289-1 that a structure shows: identifier, language, title, headings, figures, headers."""
    with pikepdf.open(built / FOLDER / f"{name}.pdf") as pdf:
        with pdf.open_metadata() as meta:
            assert meta["pdfuaid:part"] == "1"
            assert meta["dc:title"]
        assert bool(pdf.Root.MarkInfo.Marked)
        assert str(pdf.Root.Lang) == "en-GB"
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        found = list(elements(pdf))
        kinds = Counter(str(node.S) for node in found)
        assert kinds["/H1"] > 0
        assert [node for node in found if str(node.S) == "/Figure" and not str(node.get("/Alt", "")).strip()] == []
        if kinds["/Table"]:
            assert kinds["/TH"] >= kinds["/Table"]
        levels = [int(str(node.S)[2:]) for node in found if re.fullmatch(r"/H\d", str(node.S))]
        assert all(after <= before + 1 for before, after in pairwise(levels))
        with pdf.open_outline() as outline:
            assert len(outline.root) > 3
        assert all(page.get("/Tabs", "/S") == "/S" for page in pdf.pages)


def test_charts_of_the_pdf_say_what_they_show(built: Path) -> None:
    with pikepdf.open(built / FOLDER / "full-report.pdf") as pdf:
        said = [str(node.Alt) for node in elements(pdf) if str(node.S) == "/Figure" and "/Alt" in node]
    page = BeautifulSoup((built / FOLDER / "full-report.html").read_text(encoding="utf-8"), "lxml")
    shown = [image["alt"] for image in page.select(".quarto-float-fig img")]
    assert len(shown) > 15
    assert set(shown) <= set(said)


def published_texts(built: Path) -> set[str]:
    """Every number that the full report marks as published, as it is written."""
    texts: set[str] = set()
    for name in ("full-report", "summary"):
        page = BeautifulSoup((built / FOLDER / f"{name}.html").read_text(encoding="utf-8"), "lxml")
        texts |= {link.get_text() for link in page.select("a.reproduced")}
    return texts


def test_the_briefing_holds_published_numbers_only_and_two_pages(built: Path) -> None:
    page = BeautifulSoup((built / FOLDER / "briefing.html").read_text(encoding="utf-8"), "lxml")
    main = page.select_one("main")
    assert main is not None
    assert main.select(".invented") == []
    assert main.select("table") == []
    assert [figure["id"] for figure in main.select("div.quarto-float")] == ["fig-key-means", "fig-key-shares"]
    assert not any("invented" in image["alt"] for image in main.select("img"))
    for name in ("fig-key-means", "fig-key-shares"):  # what is drawn, is of the kinds that the page may hold
        rows = pd.read_csv(built / "_build/csrr-2023/findings/data" / f"{name}.csv")
        kinds = set(rows.filter(regex="kind$").to_numpy().flat)
        assert kinds <= {"reproduced", "hidden"}
        assert "reproduced" in kinds
    assert len(main.select("a.reproduced")) > 8
    for part in main.select("a.reproduced, .notice, header, .quarto-float, #quarto-appendix"):
        part.decompose()
    loose = re.findall(
        r"\d[\d,.]*%?", re.sub(r"\d+ (?:July|August) 2023|\bIn 2023\b|for 10 to 20 years", "", main.get_text())
    )
    assert loose == []
    with pikepdf.open(built / FOLDER / "briefing.pdf") as pdf:
        assert len(pdf.pages) == 2


def test_slides_hold_published_numbers_only(built: Path) -> None:
    published = published_texts(built)
    with zipfile.ZipFile(built / FOLDER / "slides.pptx") as archive:
        slides = [archive.read(name).decode() for name in archive.namelist() if re.match(r"ppt/slides/slide\d", name)]
        master = archive.read("ppt/slideMasters/slideMaster1.xml").decode()
    assert "Synthetic data" in master
    words = " ".join("".join(re.findall(r"<a:t[^>]*>([^<]*)", slide)) for slide in slides)
    numbers = set(re.findall(r"(?<![\w.])\d[\d,]*(?:\.\d+)?%?", words)) - {"2023"}
    assert len(numbers) > 30
    assert numbers <= published | {"9"}, numbers - published  # nine items, which are counted and not measured
    assert not re.search(r'<a:rPr[^>]* i="1"', " ".join(slides)), "a number in italics is an invented one"


def test_the_word_file_has_what_the_page_has(built: Path) -> None:
    with zipfile.ZipFile(built / FOLDER / "full-report.docx") as archive:
        document = archive.read("word/document.xml").decode()
        heads = [archive.read(n).decode() for n in archive.namelist() if re.match(r"word/header\d*\.xml", n)]
    page = BeautifulSoup((built / FOLDER / "full-report.html").read_text(encoding="utf-8"), "lxml")
    assert any("Synthetic data" in head for head in heads)
    assert document.count("<w:tbl>") == len(page.select("main table")) - len(page.select(".print-check table"))
    described = re.findall(r'<wp:docPr[^>]* descr="([^"]+)"', document)
    assert len(described) == len(page.select(".quarto-float-fig img"))
    captions = re.findall(r"(Figure|Table)\u00a0(\d+)(?=: )", re.sub(r"<[^>]+>", "", document))
    assert len(captions) == len(described) + len(page.select("figure.quarto-float-tbl"))


def test_the_full_report_with_all_that_it_loads_stays_small(built: Path) -> None:
    page = built / FOLDER / "full-report.html"
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "lxml")
    named = [
        node.get("src") or node.get("href") or node.get("srcset") for node in soup.select("img, link, script, source")
    ]
    files = {(page.parent / name).resolve() for name in named if name and not name.startswith("data:")}
    fonts = {path.resolve() for path in (built / "_site/report/theme/fonts").glob("*.woff2")}
    assert len(files) > 20
    total = sum(path.stat().st_size for path in {page.resolve(), *files, *fonts})
    assert total < MEGABYTES, f"{total:,} bytes"
