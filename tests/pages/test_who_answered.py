"""Each page that prints tests or intervals says once that respondents chose to answer, and no other page says it."""

from __future__ import annotations

import re
import zipfile
from html import unescape
from pathlib import Path

import pytest

SAID = "Respondents chose to answer."
TESTED = re.compile(r"\bsignifican|\bintervals?\b|\bp (?:=|below|<)")
# Pages on the published figures and on how the answers were made up: what they print of tests is told of others.
RECORDS = ("register", "errata", "synthetic-data")


def words(html: str) -> str:
    """The text of a page; what scripts show, and their own words, are no part of it."""
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def documents(site: Path) -> list[Path]:
    return sorted(path for path in [*site.glob("*.html"), *(site / "report").rglob("*.html")])


@pytest.mark.slow
def test_pages_with_tests_say_once_who_answered(built: Path) -> None:
    told = set()
    for page in documents(built / "_site"):
        text = words(page.read_text(encoding="utf-8")).replace("\u00a0", " ")
        without = text.replace(SAID + " Tests and intervals allow for chance", "")
        tested = bool(TESTED.search(without)) and page.stem not in RECORDS
        # The explorer's script shows intervals by choice.
        expected = int(tested or page.stem == "explore")
        assert text.count(SAID) == expected, page.name
        told |= {page.stem} if expected else set()
    assert {"full-report", "summary", "supplementary", "briefing", "explore"} <= told


@pytest.mark.slow
def test_slides_say_once_who_answered(built: Path) -> None:
    with zipfile.ZipFile(built / "_site" / "report" / "csrr-2023" / "slides.pptx") as slides:
        texts = [slides.read(name).decode() for name in slides.namelist() if name.startswith("ppt/slides/slide")]
    assert sum(text.count(SAID) for text in texts) == 1


@pytest.mark.parametrize("name", ["_tests", "profile", "profiles", "waves"])
def test_templates_of_pages_with_tests_say_who_answered(root: Path, name: str) -> None:
    """Those of a study without documents of its own, of profiles and of waves: one line that includes the sentence."""
    text = (root / "report" / "any-study" / f"{name}.qmd").read_text(encoding="utf-8")
    assert text.count("{{< include /report/_chose.qmd >}}") == 1
    assert SAID in (root / "report" / "_chose.qmd").read_text(encoding="utf-8")


def test_a_profile_that_shows_nothing_does_not_say_it(root: Path) -> None:
    assert "_chose" not in (root / "report" / "any-study" / "profile-too-small.qmd").read_text(encoding="utf-8")
