"""Keys that a reader is to press: the shortcode `kbd`."""

from __future__ import annotations

import html
import re

from survey_report.stitch.tree import Node, attr, raw_inline, text

NAMED = re.compile(r"(\w+)=[\"']?([^\"'\s]+)[\"']?")
SYSTEMS = {"mac": "mac", "win": "windows", "windows": "windows", "linux": "linux"}


def keys(argument: str, fmt: str) -> list[Node]:
    """The keys as a format shows them; where they differ by system, all are named, as on paper nobody can choose."""
    named = [(SYSTEMS[name], value) for name, value in NAMED.findall(argument) if name in SYSTEMS]
    if not named:
        return [_key(argument, fmt)]
    made: list[Node] = []
    for place, (system, value) in enumerate(named):
        made += text(", ") if place else []
        made += [_key(value, fmt), *text(f" ({system})")]
    return made


def _key(words: str, fmt: str) -> Node:
    if fmt == "html":
        return raw_inline("html", f"<kbd>{html.escape(words)}</kbd>")
    return {"t": "Code", "c": [attr(), words]}
