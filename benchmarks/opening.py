"""How soon a page can be read: opened from the disk in Chromium, until all of it is there, scripts run."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

FLAGS = ["--no-sandbox", "--disable-gpu"]
READY = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"


def opened(page: Path) -> Iterator[tuple[str, float]]:
    """What was measured with seconds, in a browser that runs already; nothing without Chromium or Playwright."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return
    if not program:
        return
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=FLAGS)
        view = browser.new_page()
        for place in (page.with_name("summary.html"), page):  # the first page of a browser waits for the browser
            view.goto(place.resolve().as_uri(), wait_until="load")
        yield "the full report opened in Chromium", float(view.evaluate(READY)) / 1000
        browser.close()
