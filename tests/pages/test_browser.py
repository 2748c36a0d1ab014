"""Pages in a real browser, Debian's Chromium driven by Playwright: widths, errors, requests, keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from drawing import draw_all

PAGES = (
    "index.html",
    "reproducibility.html",
    "report/csrr-2023/full-report.html",
    "report/csrr-2023/summary.html",
    "report/csrr-2023/supplementary.html",
    "report/csrr-2023/register.html",
    "explore.html",
    "_build/csrr-2023/findings/theme-services-preview.html",
)
WIDTHS = (1280, 768, 390)

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_page_fits_its_window_and_asks_the_network_for_nothing(
    built: Path, browser: Any, name: str, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("requestfailed", lambda request: troubles.append(f"failed: {request.url}"))
    page.on("request", lambda request: None if request.url.startswith("file:") else troubles.append(request.url))
    page.goto((built / "_site" / name).as_uri())
    page.wait_for_load_state("load")
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    draw_all(page)
    pictures = page.evaluate("[...document.images].filter(i => !i.complete || !i.naturalWidth).map(i => i.src)")
    page.close()
    assert troubles == []
    assert overflow <= 0, f"{name} is {overflow} px wider than a window of {width} px"
    assert pictures == []


def test_every_picture_has_words_for_it_and_every_table_a_header(built: Path, browser: Any) -> None:
    page = browser.new_page()
    for name in PAGES:
        page.goto((built / "_site" / name).as_uri())
        assert page.evaluate("[...document.images].filter(i => !i.alt.trim()).length") == 0, name
        bare = page.evaluate("[...document.querySelectorAll('main table')].filter(t => !t.querySelector('th')).length")
        assert bare == 0, name
        assert page.evaluate("document.documentElement.lang") == "en-GB"
    page.close()


def test_a_number_of_the_summary_leads_to_its_row(built: Path, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto((built / "_site/report/csrr-2023/summary.html").as_uri())
    link = page.locator("main p a.reproduced").first
    target = link.get_attribute("href").split("#")[1]
    link.click()
    page.locator("#number-card a", has_text="row in the register").first.click()
    page.wait_for_url(f"**/register.html#{target}")
    assert page.locator(f"[id='{target}']").is_visible()
    page.close()


def test_the_keyboard_reaches_the_text_past_the_navigation(built: Path, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto((built / "_site/report/csrr-2023/full-report.html").as_uri())
    page.keyboard.press("Tab")
    focused = page.evaluate("[document.activeElement.tagName, document.activeElement.getAttribute('href')]")
    assert focused[0] == "A"
    assert str(focused[1]).startswith("#"), "the first stop is the link that skips the navigation"
    page.close()
