"""Markdown that a notebook printed: words, tables, links and classes, but nothing that runs or leaves its place.

Outputs hold what people answered and named. Whoever makes them escapes it; here is the net below. Raw parts of any
format, attributes that hold code or looks, and links that carry code or data are taken out.
"""

from __future__ import annotations

import re

from survey_report.stitch.tree import Node, attr_of, rewrite, span

CODE = re.compile(r"[\s\x00-\x1f]*(?:javascript|vbscript|data)\s*:", re.I)
ATTRIBUTE = re.compile(r"(?:on.*|style|src(?:doc|set)?|href|(?:form)?action|xlink:href|background)$", re.I)
DIV = re.compile(r"^\s*:{3,}\s*(.*?)\s*:*\s*$")
FENCE = re.compile(r"^\s*(`{3,}|~{3,})(.*)$")


def harmless(blocks: list[Node]) -> list[Node]:
    """The same blocks without what could run."""

    def visit(node: Node) -> list[Node] | None:
        if node["t"] in ("RawInline", "RawBlock"):
            return []
        without_code(node)
        if node["t"] in ("Link", "Image") and CODE.match(node["c"][2][0]) and not _is_picture(node):
            return [span(node["c"][0], node["c"][1])]
        return None

    made: list[Node] = rewrite(blocks, visit)
    return made


def without_code(node: Node, *, looks: bool = False) -> None:
    """Take the attributes that hold code out of a node, and those that say how it looks unless `looks`."""
    attributes = attr_of(node)
    if attributes:
        attributes[2] = [
            pair for pair in attributes[2] if not ATTRIBUTE.match(pair[0]) or (looks and pair[0].lower() == "style")
        ]


def closed(markdown: str) -> str:
    """Markdown that closes what it opens: where divs or code do not, their signs are words."""
    lines, depth, fence = markdown.split("\n"), 0, ""
    for line in lines:
        if found := FENCE.match(line):
            if not fence:
                fence = found[1]
            elif found[1].startswith(fence) and not found[2].strip():
                fence = ""
        elif not fence and (div := DIV.match(line)):
            depth += 1 if div[1] else -1
            if depth < 0:
                break
    if not depth and not fence:
        return markdown
    return re.sub(r"^(\s*)(:{3,}|`{3,}|~{3,})", r"\1\\\2", markdown, flags=re.M)


def _is_picture(node: Node) -> bool:
    return node["t"] == "Image" and bool(re.match(r"data:image/(?:png|jpeg|gif|webp)[;,]", node["c"][2][0], re.I))
