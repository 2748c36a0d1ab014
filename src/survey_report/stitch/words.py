"""The words of captions and references, Figure 1, and those that the front matter sets in their place (`crossref`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from survey_report.stitch.structure import CALLOUT_PREFIX, CALLOUTS
from survey_report.stitch.values import printed

WORDS = {
    "fig": "Figure",
    "tbl": "Table",
    "sec": "Section",
    "lst": "Listing",
    "eq": "Equation",
    **{CALLOUT_PREFIX[kind]: word for kind, word in CALLOUTS.items()},
}
TITLES = ("fig", "tbl", "lst")
PREFIXES = ("fig", "tbl", "lst", "eq", "sec")
# What `crossref` may say here.
KNOWN = (*(f"{kind}-title" for kind in TITLES), *(f"{kind}-prefix" for kind in PREFIXES), "title-delim")


@dataclass(frozen=True)
class Words:
    """For each kind the word of its captions and of references to it; what stands between number and caption."""

    caption: Mapping[str, str]
    reference: Mapping[str, str]
    delimiter: str = ":"


def words(options: Mapping[str, Any]) -> Words:
    """The words of a document, from its metadata."""
    own = options.get("crossref")
    given = {key: printed(value) for key, value in own.items()} if isinstance(own, Mapping) else {}
    caption = WORDS | {kind: given[f"{kind}-title"] for kind in TITLES if f"{kind}-title" in given}
    reference = WORDS | {kind: given[f"{kind}-prefix"] for kind in PREFIXES if f"{kind}-prefix" in given}
    return Words(caption, reference, given.get("title-delim", ":"))
