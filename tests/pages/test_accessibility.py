"""WCAG 2.2 AA as axe-core sees it, on every page as a desk and a phone show it, and what a keyboard reaches."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from drawing import draw_all

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
# Also without level: what makes a page easier to find one's way in.
OTHERS = ["landmark-unique", "empty-table-header", "page-has-heading-one", "region", "skip-link", "tabindex"]
RUN = """async ([tags, others]) => {
  const rules = axe.getRules(tags).map(r => r.ruleId).concat(others);
  const found = await axe.run(document, {runOnly: rules, resultTypes: ["violations", "incomplete"]});
  // Of a sign in a formula axe cannot tell what is behind it; formulas take the colours of their text.
  const clear = r => ({...r, nodes: r.nodes.filter(n => !/^<m(o|i|n|row|frac|sub|sup)\\b/.test(n.html))});
  const told = rows => rows.map(r => `${r.id}: ${r.nodes.length} such as ${r.nodes[0].html.slice(0, 120)}`);
  const unclear = found.incomplete.filter(r => r.id === "color-contrast").map(clear).filter(r => r.nodes.length);
  return [told(found.violations), told(unclear)];
}"""
# The shadows at the ends of wide tables are pictures, before which axe cannot tell what is behind a letter.
PLAIN_GROUND = "main * { background-image: none !important; }"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def axe() -> str:
    package = pytest.importorskip("axe_playwright_python", reason="axe-core (axe-playwright-python) is not installed")
    return (files(package) / "axe.min.js").read_text(encoding="utf-8")


def faults(page: Any, axe: str) -> list[str]:
    """What axe finds wrong on the page that is open; in a wide window, which cuts nothing, also what is unclear."""
    page.add_style_tag(content=PLAIN_GROUND)
    page.evaluate(axe)
    violations, unclear = page.evaluate(RUN, [WCAG, OTHERS])
    return [*violations, *(f"unclear {text}" for text in unclear if page.viewport_size["width"] > 1000)]


@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_on_any_page(built: Path, browser: Any, axe: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    found = {}
    names = sorted((built / "_site").rglob("*.html"))
    assert len(names) > 20
    for path in names:
        page.goto(path.as_uri())
        if wrong := faults(page, axe):
            found[path.name] = wrong
    page.close()
    assert found == {}


def test_axe_finds_what_is_broken(browser: Any, axe: str) -> None:
    page = browser.new_page()
    page.set_content(
        '<html lang="en"><title>T</title><main><h1>A</h1><img src="x.png"><p style="color:#aaa">b</p></main>'
    )
    wrong = " ".join(faults(page, axe))
    page.close()
    assert "image-alt" in wrong
    assert "color-contrast" in wrong


@pytest.mark.parametrize("width", [1280, 390])
def test_whatever_scrolls_can_be_reached_and_scrolled_by_keyboard(built: Path, browser: Any, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    scrolling = 0
    for name in ("full-report", "supplementary", "register", "errata"):
        page.goto((built / f"_site/report/csrr-2023/{name}.html").as_uri())
        boxes = page.evaluate(
            """[...document.querySelectorAll("main *")].filter(e => e.scrollWidth > e.clientWidth + 1
              && ["auto", "scroll"].includes(getComputedStyle(e).overflowX))
              .map(e => [e.tabIndex, e.getAttribute("role"), e.getAttribute("aria-label") || "", e.tagName])"""
        )
        scrolling += len(boxes)
        assert [box for box in boxes if box[0] != 0] == [], name
        assert [box for box in boxes if box[3] == "DIV" and (box[1] != "region" or not box[2])] == [], name
    page.close()
    assert scrolling or width > 1000


def test_focus_is_seen_on_everything_that_takes_it(built: Path, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto((built / "_site/report/csrr-2023/summary.html").as_uri())
    stops = page.evaluate(
        "document.querySelectorAll('a[href], button, input, select, summary, [tabindex=\"0\"]').length"
    )
    seen = set()
    for _ in range(min(stops, 60)):
        page.keyboard.press("Tab")
        outline, where = page.evaluate(
            """(() => {
              const at = document.activeElement, style = getComputedStyle(at);
              return [style.outlineStyle + style.outlineWidth, at.outerHTML.slice(0, 80)];
            })()"""
        )
        assert outline not in ("none0px", "none3px"), where
        seen.add(where)
    page.close()
    assert len(seen) > 20


def test_a_phone_is_given_the_chart_that_is_drawn_for_it(built: Path, browser: Any) -> None:
    for name in ("full-report", "briefing"):
        for width, narrow in ((390, True), (768, False), (1280, False)):
            page = browser.new_page(viewport={"width": width, "height": 900})
            page.goto((built / f"_site/report/csrr-2023/{name}.html").as_uri())
            draw_all(page)
            taken = page.evaluate("[...document.querySelectorAll('.quarto-float-fig img')].map(i => i.currentSrc)")
            shown = page.evaluate(
                "[...document.querySelectorAll('.quarto-float-fig img')].map(i => i.width / i.naturalWidth)"
            )
            page.close()
            assert taken
            assert all(address.endswith("-narrow.svg") == narrow for address in taken)
            # Its smallest letters, of 8.5 points, are eleven pixels high or more on a phone, and ten beside it.
            assert min(shown) * 8.5 * 4 / 3 >= (11 if narrow else 10), width
