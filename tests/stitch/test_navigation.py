"""Previous and next page, in the order of the navigation."""

from __future__ import annotations

from survey_report.stitch.navigation import Entry, neighbours, paging

ITEMS = (
    Entry("Home", "index.html"),
    Entry("Part", "", (Entry("A", "report/a.html"), Entry("Elsewhere", "https://example.org/"))),
    Entry("B & C", "b.html"),
)


def test_pages_follow_each_other_through_headings_and_past_other_sites() -> None:
    assert neighbours(ITEMS, "report/a.qmd") == (ITEMS[0], ITEMS[2])
    assert neighbours(ITEMS, "index.qmd") == (None, ITEMS[1].inner[0])
    assert neighbours(ITEMS, "nowhere.qmd") == (None, None)


def test_links_count_from_the_page() -> None:
    made = paging(ITEMS, "report/a.qmd")
    assert 'href="../index.html"' in made
    assert 'href="../b.html"' in made
    assert "B &amp; C" in made
    assert paging(ITEMS, "nowhere.qmd") == ""
