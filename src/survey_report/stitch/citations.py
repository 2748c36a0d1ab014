"""Which sources a document cites, in its text or in `nocite`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from survey_report.stitch.crossref import REFERENCE
from survey_report.stitch.tree import Node
from survey_report.stitch.values import printed

KEY = re.compile(r"@(\*|\w[\w:.#$%&+?<>~/-]*\w|\w)")


def citations(nodes: Iterable[Node]) -> list[str]:
    """The keys that are cited among a document's nodes (references to figures and the like are not citations)."""
    keys = [c["citationId"] for node in nodes if node["t"] == "Cite" for c in node["c"][0]]
    return [key for key in keys if not REFERENCE.match(key)]


def uncited(options: Mapping[str, Any]) -> list[str]:
    """The keys of `nocite`: sources that the list names although the text does not; `*` stands for all."""
    return KEY.findall(printed(options.get("nocite")))


def nocite(options: Mapping[str, Any]) -> dict[str, Any]:
    """The `nocite` of the front matter as Pandoc's metadata; nothing where there is none."""
    keys = uncited(options)
    if not keys:
        return {}
    common = {"citationPrefix": [], "citationSuffix": [], "citationNoteNum": 0, "citationHash": 0}
    cites = [{"citationId": key, "citationMode": {"t": "NormalCitation"}, **common} for key in keys]
    return {"nocite": {"t": "MetaInlines", "c": [{"t": "Cite", "c": [cites, []]}]}}
