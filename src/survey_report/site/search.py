"""The index of the site's search: every section and every caption, as a script that a page loads when someone searches.

A script rather than a file to fetch, because pages that are opened from a disk may not fetch anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from survey_report.site.reading import Reading
from survey_report.site.scripts import assignment

NAME = "SURVEY_SEARCH"


def search_index(pages: Mapping[str, Reading]) -> dict[str, Any]:
    """Pages as [address, title], sections as [page, anchor, title, text]; addresses count from the root of the site."""
    listed = [[name, page.title or name] for name, page in pages.items()]
    sections: list[list[Any]] = []
    for number, page in enumerate(pages.values()):
        sections += [[number, part.anchor, part.title, part.text] for part in page.sections]
        sections += [[number, anchor, caption, ""] for anchor, caption in page.captions.items()]
    return {"pages": listed, "sections": sections}


def search_script(pages: Mapping[str, Reading]) -> str:
    """The index as a script."""
    return assignment(NAME, search_index(pages))
