"""Links between documents, and the files that a document names."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote

from survey_report.stitch.sources import resolve
from survey_report.stitch.tree import Node, attr, get, rewrite, span

ELSEWHERE = re.compile(r"^(?:[a-z][a-z0-9+.-]*:|//|#)", re.I)


@dataclass
class Named:
    """What a document names: images, linked files, links to no document, places (document, id, as typed) in others."""

    images: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    places: list[tuple[str, str, str]] = field(default_factory=list)


def to_root(document: str) -> str:
    """The way from a document to the root of the site: `../`, or nothing."""
    return "../" * document.count("/")


def link_documents(
    blocks: list[Node], document: str, fmt: str, documents: Collection[str], pdfs: Collection[str]
) -> tuple[list[Node], Named]:
    """Turn links to sources into links to what is made of them.

    In a PDF a link to another document leads to its PDF if there is one, else only its text stays.
    """
    named = Named()

    def visit(node: Node) -> list[Node] | None:
        if node["t"] == "Image":
            source = node["c"][2][0]
            if not ELSEWHERE.match(source):
                named.images.append(resolve(document, unquote(source.split("#")[0].split("?")[0])))
                narrow = get(node["c"][0], "qz-narrow")
                if narrow and fmt == "html":
                    named.images.append(resolve(document, narrow))
            return None
        if node["t"] != "Link" or ELSEWHERE.match(node["c"][2][0]):
            return None
        address, _, anchor = node["c"][2][0].partition("#")
        target = resolve(document, unquote(address))
        if not address.endswith(".qmd"):
            named.files.append(target)
            if address.startswith("/"):
                node["c"][2][0] = to_root(document) + target + (f"#{anchor}" if anchor else "")
            return None
        if target not in documents:
            named.lost.append(node["c"][2][0])
            return None
        if anchor:
            named.places.append((target, anchor, node["c"][2][0]))
        stem = posixpath.splitext(target)[0]
        if fmt == "html":
            node["c"][2][0] = f"{to_root(document)}{stem}.html" + (f"#{anchor}" if anchor else "")
            return None
        if target == document and anchor:
            node["c"][2][0] = f"#{anchor}"
            return None
        if target in pdfs:
            node["c"][2][0] = posixpath.relpath(stem + ".pdf", posixpath.dirname(document) or ".")
            return None
        return [span(attr(), node["c"][1])]

    made: list[Node] = rewrite(blocks, visit)
    return made, named


def anchors(nodes: Iterable[Node]) -> list[str]:
    """Where links inside the document lead, among its nodes."""
    return [node["c"][2][0][1:] for node in nodes if node["t"] == "Link" and re.match("#.", node["c"][2][0])]
