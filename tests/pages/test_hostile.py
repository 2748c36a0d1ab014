"""One study whose every text is hostile, built whole: no page, document or workbook of it does what its texts say."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import openpyxl
import pikepdf
import pytest
import yaml
from bs4 import BeautifulSoup
from checkout import build, copy_checkout
from pdfminer.high_level import extract_text

from hostile import MARKS, UNSEEN, write_hostile_study
from survey_report.stitch import render_project

pytestmark = pytest.mark.slow

SLIDES = """---
title: "{{< var study.short_title >}}"
format: {pptx: default}
---

# Means

{{< embed /_build/libraries/findings/theme-visits.ipynb#tbl-visits-means >}}

# Items

{{< embed /_build/libraries/findings/theme-visits.ipynb#fig-visits-items >}}
"""
HANDLER = re.compile(r"on[a-z]+$")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = copy_checkout(tmp_path_factory.mktemp("hostile") / "checkout")
    study = write_hostile_study(folder / "studies")
    done = build(folder, study="libraries", corpus=str(study / "corpus.csv"))
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    found = next((folder / "_build").glob("libraries-*/site"))
    assert (found / "index.html").is_file()
    return found


def pages(site: Path) -> list[Path]:
    found = [path for path in sorted(site.rglob("*.html")) if "site_libs" not in path.parts]
    assert len(found) > 15
    return found


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture(params=["file", "http"])
def root(request: pytest.FixtureRequest, site: Path) -> Iterator[str]:
    """Where the pages lie: on a disk, and on a server."""
    if request.param == "file":
        yield site.as_uri()
        return
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_no_page_runs_or_fetches_what_a_text_says(site: Path, browser: Any, root: str) -> None:
    context = browser.new_context()
    troubles: list[str] = []
    for path in pages(site):
        page = context.new_page()
        name = path.relative_to(site).as_posix()
        told = partial(lambda name, text: troubles.append(f"{name}: {text}"), name)
        page.on("console", lambda message, told=told: told(message.text) if "Policy" in message.text else None)
        page.on("pageerror", lambda error, told=told: told(str(error)))
        page.on("request", lambda call, told=told: None if call.url.startswith(root) else told(call.url))
        page.goto(f"{root}/{name}")
        page.wait_for_load_state("load")
        assert page.evaluate("window.PWN") is None, name
        for element in page.query_selector_all("main [data-key]")[:1]:
            element.click()
            assert page.evaluate("window.PWN") is None, name
        page.close()
    context.close()
    assert troubles == []


def test_search_and_explorer_tell_texts_as_they_are(site: Path, browser: Any, root: str) -> None:
    page = browser.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(f"{root}/explore.html#scale=%&item=%zz")
    page.wait_for_selector("#explore-result table")
    assert MARKS[0] in page.inner_text("#explore-result")
    page.fill("#site-search", "onerror")
    page.wait_for_selector("#search-list a")
    assert MARKS[0][:12] in page.inner_text("#search-found")
    page.fill("#site-search", "x" * 100_000)
    page.locator("#search-status", has_text="Nothing found").wait_for(state="attached")
    page.goto(f"{root}/report/libraries/full-report.html#%")
    page.wait_for_load_state("load")
    assert page.evaluate("window.PWN") is None
    assert page.evaluate("document.documentElement.classList.contains('js')")
    page.close()
    assert troubles == []


def test_pages_hold_no_handler_form_or_address_of_a_text(site: Path) -> None:
    for path in pages(site):
        text = path.read_text(encoding="utf-8")
        page = BeautifulSoup(text, "lxml")
        name = path.relative_to(site).as_posix()
        handlers = [key for tag in page.find_all(True) for key in tag.attrs if HANDLER.match(key)]
        assert handlers == [], name
        assert not page.select("form, iframe, object, embed, base, main script:not([type]):not([src])"), name
        addresses = [tag.get(key, "") for tag in page.find_all(True) for key in ("href", "src", "action")]
        assert not [a for a in addresses if re.match(r"\s*(?:javascript|data):|https?://evil", a)], name
        assert not [tag for tag in page.select("[style]") if "fixed" in tag["style"]], name
        assert "<main" not in text or "Content-Security-Policy" in text.partition("<body")[0], name
        assert not set(UNSEEN) & set(text) - {"t", "x"}, name
        assert "1 March 2021 {{" not in text, name


def test_texts_are_read_as_they_were_written(site: Path) -> None:
    for name in ("full-report", "supplementary"):
        page = BeautifulSoup((site / f"report/libraries/{name}.html").read_text(encoding="utf-8"), "lxml")
        whole = straight(" ".join(page.get_text(" ").split()))
        for mark in MARKS:
            assert straight(mark) in whole, (name, mark)


def straight(text: str) -> str:
    return text.translate(str.maketrans("“”‘’", "\"\"''"))


def test_the_pdf_prints_them_and_runs_none(site: Path) -> None:
    for name in ("full-report", "supplementary"):
        path = site / f"report/libraries/{name}.pdf"
        text = re.sub(r"-\n|\s", "", straight(extract_text(path)))
        for mark in (MARKS[0], MARKS[6], MARKS[10], MARKS[11], MARKS[13]):
            assert re.sub(r"\s", "", mark) in text, (name, mark)
        with pikepdf.open(path) as pdf:
            notes = [note for page in pdf.pages for note in page.get("/Annots", [])]
            links = [str(note.A.URI) for note in notes if "/URI" in note.get("/A", {})]
        assert not [link for link in links if "evil" in link or "javascript" in link]


def parts_of(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        return {part: archive.read(part).decode() for part in archive.namelist() if part.endswith((".xml", ".rels"))}


def test_the_word_file_holds_no_field_of_a_text(site: Path) -> None:
    parts = parts_of(site / "report/libraries/full-report.docx")
    whole = " ".join(parts.values())
    body = parts["word/document.xml"]
    assert "DDEAUTO cmd" in re.sub(r"<[^>]*>", "", body)
    assert not re.search(r'w:instr="[^"]*DDE|<w:instrText[^>]*>[^<]*DDE', body)
    assert set(re.findall(r"<w:instrText[^>]*>\s*(\w+)", body)) <= {"TOC", "PAGEREF", "HYPERLINK", "PAGE"}
    assert "evil.example" not in " ".join(re.findall(r'Target="([^"]*)"', whole))
    assert "javascript:" not in " ".join(re.findall(r'Target="([^"]*)"', whole))


def test_slides_hold_no_link_of_a_text(site: Path, tmp_path: Path) -> None:
    stage = tmp_path / "stage"
    shutil.copytree(site.parent / "stage", stage)
    (stage / "slides.qmd").write_text(SLIDES, encoding="utf-8")
    config = yaml.safe_load((stage / "_quarto.yml").read_text(encoding="utf-8"))
    config["project"]["render"] = ["slides.qmd"]
    (stage / "_quarto.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    render_project(stage, tmp_path / "out", strict=False, log=lambda line: None)
    parts = parts_of(tmp_path / "out" / "slides.pptx")
    slides = " ".join(text for name, text in parts.items() if name.startswith("ppt/slides/slide"))
    assert "javascript:window.PWN=4" in slides
    assert "<a:fld" not in slides
    targets = [t for name, text in parts.items() for t in re.findall(r'Target="([^"]*)"', text)]
    assert not [target for target in targets if "evil" in target or "javascript" in target]


def test_the_workbook_holds_them_literally(site: Path) -> None:
    path = next(site.rglob("*tables.xlsx"))
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
    cells = [cell for sheet in book for row in sheet for cell in row if cell.value is not None]
    assert not [cell for cell in cells if cell.data_type == "f" or (cell.hyperlink and cell.hyperlink.target)]
    texts = [str(cell.value) for cell in cells]
    for mark in MARKS:
        assert any(mark in text for text in texts), mark


def test_pictures_draw_texts_and_hold_none(site: Path) -> None:
    for path in site.rglob("*.svg"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"onerror|<script|javascript:|foreignObject", text), path.name
