"""Finding one's way and checking numbers, in a real browser: search, cards, the explore page, downloads, anchors."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from survey_report.site.reading import ids

FULL, SUMMARY = "report/csrr-2023/full-report.html", "report/csrr-2023/summary.html"
MOST = 5_000_000  # bytes of the full report with everything that it loads

pytestmark = pytest.mark.slow


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page that fails its test for an error in the console or a request that leaves the site."""
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    troubles: list[str] = []
    opened.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.on("request", lambda request: None if request.url.startswith("file:") else troubles.append(request.url))
    yield opened
    opened.close()
    assert troubles == []


def at(built: Path, name: str) -> str:
    return (built / "_site" / name).as_uri()


def focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.className"))


def test_the_search_finds_a_section_and_the_keyboard_leads_to_it(built: Path, page: Any) -> None:
    page.goto(at(built, "index.html"))
    page.focus("#site-search")
    page.keyboard.type("zebra")
    status = page.locator("#search-status")  # no function is waited for: the pages' policy lets none be made of a text
    status.filter(has_text="Nothing found").wait_for(state="attached")
    page.fill("#site-search", "small numbers")
    status.filter(has_text=re.compile("places? found")).wait_for(state="attached")
    titles = page.locator(".search-title").all_inner_texts()
    assert any(title.endswith("Small numbers") for title in titles), titles
    page.keyboard.press("ArrowDown")
    target = page.evaluate("document.activeElement.getAttribute('href')")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{target}")
    assert page.locator(f"[id='{target.split('#')[1]}']").count() == 1


def test_escape_closes_what_was_found(built: Path, page: Any) -> None:
    page.goto(at(built, FULL))
    page.fill("#site-search", "waiting")
    page.wait_for_selector("#search-found:not([hidden])")
    page.keyboard.press("Escape")
    assert page.locator("#search-found").is_hidden()
    assert focused(page) == "site-search"


@pytest.mark.parametrize(("kind", "name"), [("a.reproduced", SUMMARY), (".invented", FULL)])
def test_a_number_tells_what_it_rests_on_by_keyboard_alone(built: Path, page: Any, kind: str, name: str) -> None:
    page.goto(at(built, name))
    results = json.loads((built / "_build/csrr-2023/results.json").read_text())["numbers"]
    number = page.locator(f"main {kind}.about-number").first
    key, text = number.get_attribute("data-key"), number.inner_text()
    assert results[key]["text"] == text
    number.focus()
    page.keyboard.press("Enter")
    card = page.locator("#number-card")
    told = card.inner_text()
    assert focused(page) == "number-card"
    assert key in told
    assert f"n = {results[key]['base']:,}" in told if results[key]["base"] else "not stated" in told
    assert ("match" in told) == (kind == "a.reproduced")
    for link in card.locator("a").all():
        path, _, anchor = str(link.get_attribute("href")).partition("#")
        target = (built / "_site" / name).parent / path
        assert target.is_file(), path
        assert not anchor or anchor in ids(target.read_text(encoding="utf-8")), link.get_attribute("href")
    page.keyboard.press("Escape")
    assert card.count() == 0
    assert number.evaluate("element => element === document.activeElement")


def test_every_number_with_a_key_can_be_asked(built: Path, page: Any) -> None:
    for name in (FULL, SUMMARY):
        page.goto(at(built, name))
        assert page.locator("main p .about-number, main li .about-number").count() > 50, name
        silent = page.evaluate(
            "[...document.querySelectorAll('main [data-key]:not(.about-number)')]"
            ".filter(e => !e.closest('h1,h2,h3,h4,h5,h6,a a,summary')).map(e => e.dataset.key)"
        )
        assert silent == []


def test_published_figures_stand_below_their_table_and_lead_to_the_register(built: Path, page: Any) -> None:
    page.goto(at(built, FULL))
    box = page.locator("#fig-services-items .print-check")
    box.locator("summary").click()
    assert "match" in box.inner_text()
    target = str(box.locator("a").first.get_attribute("href")).split("#")[1]
    register = (built / "_site/report/csrr-2023/register.html").read_text(encoding="utf-8")
    assert target in ids(register)


def test_the_explore_page_follows_the_choice_and_its_address_keeps_it(built: Path, page: Any) -> None:
    page.goto(at(built, "explore.html"))
    assert "Synthetic data" in page.inner_text("#explore-result .notice")
    page.focus("#explore-scale")
    page.keyboard.press("ArrowDown")
    page.select_option("#explore-grouping", "service")
    title = page.inner_text("#explore-result h2")
    assert title in page.inner_text("#explore-status")
    rows = page.locator("#explore-result tbody tr").count()
    assert rows > 2
    assert page.locator("#explore-result .chart-row").count() == rows
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    assert page.inner_text("#explore-result h2") == title
    page.select_option("#explore-item", index=1)
    of_item = page.inner_text("#explore-result h2")
    assert of_item != title
    assert of_item in page.inner_text("#explore-status")
    assert page.locator("#explore-result tbody tr").count() > 2


def test_the_explore_page_shows_what_the_data_behind_the_table_say(built: Path, page: Any) -> None:
    page.goto(at(built, "explore.html") + "#scale=services&grouping=sector")
    shown = [row.split("\t")[:2] for row in page.locator("#explore-result tbody tr").all_inner_texts()][1:]
    with (built / "_build/csrr-2023/findings/data/tbl-services-means.csv").open() as handle:
        data = [row for row in csv.DictReader(handle) if row["grouping"] == "sector"]
    assert [row[0] for row in shown] == [row["label"] for row in data]
    for (_, mean), row in zip(shown, data, strict=True):
        assert mean == "not shown" if row["shown"] != "True" else float(mean) == float(row["mean"])


def test_downloads_arrive_and_parse(built: Path, page: Any) -> None:
    page.goto(at(built, "index.html"))
    names = page.evaluate(
        "[...document.querySelectorAll('main a')].map(a => a.href).filter(h => /\\.(csv|xlsx)$/.test(h))"
    )
    page.goto(at(built, FULL))
    names += page.evaluate("[...document.querySelectorAll('a.data-link')].map(a => a.href)")
    assert len(names) > 10
    # A page from a disk may not start a download by itself, so its links are followed by hand.
    for name in sorted(set(names)):
        content = Path(name.removeprefix("file://").replace("%20", " ")).read_bytes()
        if name.endswith(".xlsx"):
            assert len(openpyxl.load_workbook(io.BytesIO(content)).sheetnames) > 10
        else:
            lines = [line for line in content.decode().splitlines() if not line.startswith("#")]
            rows = list(csv.reader(lines))
            assert len(rows) > 1, name
            assert len({len(row) for row in rows}) == 1, name


def test_every_document_leads_to_the_next_one(built: Path, page: Any) -> None:
    page.goto(at(built, "index.html"))
    seen = [page.title()]
    while page.locator(".nav-page-next a").count():
        page.locator(".nav-page-next a").click()
        page.wait_for_load_state("load")
        seen.append(page.title())
    assert len(seen) == len(set(seen)) == page.locator("#quarto-sidebar li a").count()


def test_the_full_report_is_light(built: Path, page: Any) -> None:
    """How soon it is ready, `make bench` says."""
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    page.goto(at(built, FULL), wait_until="load")
    size = sum(Path(url.removeprefix("file://").replace("%20", " ")).stat().st_size for url in set(loaded))
    assert size < MOST


def test_a_page_is_whole_without_its_scripts(built: Path, browser: Any) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(at(built, SUMMARY))
    assert page.locator("main a.reproduced").count() > 20
    page.goto(at(built, "explore.html"))
    assert "needs JavaScript" in page.inner_text("#explore")
    context.close()


def test_nothing_for_the_screen_is_printed(built: Path, page: Any) -> None:
    page.goto(at(built, FULL))
    page.emulate_media(media="print")
    for name in (".site-search", ".page-navigation", "#quarto-sidebar", ".print-check >> nth=0"):
        assert page.locator(name).first.is_hidden(), name


def test_anchors_that_others_may_link_to_are_still_there(built: Path) -> None:
    kept = [line.split("#") for line in (Path(__file__).parent / "anchors.txt").read_text().split()]
    pages = {name: ids((built / "_site" / name).read_text(encoding="utf-8")) for name in {name for name, _ in kept}}
    lost = [f"{name}#{anchor}" for name, anchor in kept if anchor not in pages[name]]
    assert lost == [], "links from elsewhere lead to these: give the place its old id"


def test_how_to_cite_stands_on_the_first_page_and_in_the_report(built: Path) -> None:
    digest = json.loads((built / "_build/csrr-2023/results.json").read_text())
    assert digest["synthetic"]
    for name in ("index.html", FULL):
        text = (built / "_site" / name).read_text(encoding="utf-8")
        assert 'id="sec-cite"' in text
        assert re.search(r'href="[./]*CITATION\.cff"', text), name
    assert (built / "_site/CITATION.cff").read_bytes() == (built / "CITATION.cff").read_bytes()
