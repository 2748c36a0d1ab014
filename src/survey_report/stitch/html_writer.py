"""A document as the parts of an HTML page: one run of Pandoc writes title, contents, body and appendix."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from survey_report.stitch import pandoc
from survey_report.stitch.citations import nocite, uncited
from survey_report.stitch.crossref import number_of
from survey_report.stitch.html_nodes import HtmlNodes
from survey_report.stitch.html_notes import footnotes
from survey_report.stitch.resolving import Resolver
from survey_report.stitch.title_block import reuse, title_block
from survey_report.stitch.tree import Node, attr, div, each, plain, plain_text, raw, raw_inline, rewrite, span, text
from survey_report.stitch.values import listed


@dataclass(frozen=True)
class PageParts:
    """HTML of the parts of a page; `title` is plain text, the others markup (or empty)."""

    title: str
    header: str
    contents: str
    body: str
    appendix: str
    footer: str


def write_parts(blocks: list[Node], resolver: Resolver, nodes: HtmlNodes, arguments: Sequence[str]) -> PageParts:
    """Write a resolved, numbered document; `arguments` say how Pandoc sets maths and citations."""
    options = resolver.metadata
    title = resolver.inlines(options.get("title"))
    body, appendix = split_appendix(blocks)
    cited = bool(uncited(options)) or any(node["t"] == "Cite" for node in each([body, appendix, title]))
    placed = any(node["t"] == "Div" and node["c"][0][0] == "refs" for node in each(blocks))
    body, appendix = nodes.convert(body), _appendix(appendix, nodes)
    both, notes = footnotes([div(attr(), body), div(attr(), appendix)])
    body, appendix = both[0]["c"][1], both[1]["c"][1]
    if cited and "--citeproc" in arguments and not placed:
        head = '<section class="quarto-appendix-contents" role="doc-bibliography" id="quarto-bibliography">'
        head += '<h2 class="anchored quarto-appendix-heading">References</h2>'
        appendix += [raw("html", head), div(attr("refs", ["references"]), []), raw("html", "</section>")]
    if notes:
        head = '<section id="footnotes" class="footnotes footnotes-end-of-document" role="doc-endnotes">'
        appendix += [raw("html", f"{head}<h2>Footnotes</h2><ol>"), *notes, raw("html", "</ol></section>")]
    appendix += reuse(options)
    contents = _contents(body, options) if options.get("toc") else []
    page = [
        *_segment("header", title_block(resolver, title)),
        *_segment("contents", contents),
        *_segment("footer", _footer(resolver)),
        *_segment("appendix", appendix),
        raw("html", "<!--qz:body-->"),
        *body,
    ]
    citing = [argument for argument in arguments if cited or "math" in argument]
    meta: dict[str, Any] = {"lang": {"t": "MetaString", "c": str(options.get("lang") or "en")}}
    if cited and "--citeproc" in citing:
        meta |= nocite(options)
        meta["link-citations"] = {"t": "MetaBool", "c": True}
    written = pandoc.write(page, meta, ["-t", "html5", "--section-divs", "--wrap=none", *citing]).text
    parts = dict(re.findall(r"<!--qz:(\w+)-->(.*?)<!--/qz-->", written, re.S))
    return PageParts(
        title=plain_text(title).strip(),
        header=parts["header"].strip(),
        contents=parts["contents"].strip(),
        body=written.split("<!--qz:body-->", 1)[1].strip(),
        appendix=parts["appendix"].strip(),
        footer=parts["footer"].strip(),
    )


def _segment(name: str, blocks: list[Node]) -> list[Node]:
    return [div(attr(), [raw("html", f"<!--qz:{name}-->"), *blocks, raw("html", "<!--/qz-->")])]


def split_appendix(blocks: list[Node]) -> tuple[list[Node], list[Node]]:
    """The body, and the sections that are marked as appendix."""
    body: list[Node] = []
    appendix: list[Node] = []
    level = 0
    for block in blocks:
        if block["t"] == "Header":
            if "appendix" in block["c"][1][1]:
                level = block["c"][0]
            elif level and block["c"][0] <= level:
                level = 0
        (appendix if level else body).append(block)
    return body, appendix


def _appendix(blocks: list[Node], nodes: HtmlNodes) -> list[Node]:
    """Appendix sections, each with its heading at level 2."""
    made: list[Node] = []
    for block in blocks:
        if block["t"] == "Header" and "appendix" in block["c"][1][1]:
            identifier, number = html.escape(block["c"][1][0]), number_of(block)
            if made:
                made.append(raw("html", "</section>"))
            made.append(raw("html", f'<section id="{identifier}" class="level1 appendix">'))
            words = rewrite(block["c"][2], nodes._visit)
            if number:
                words = [span(attr("", ["header-section-number"]), text(number)), {"t": "Space"}, *words]
            data = f' data-number="{number}"' if number else ""
            start = f'<h2 class="anchored quarto-appendix-heading"{data}>'
            made.append(plain([raw_inline("html", start), *words, raw_inline("html", "</h2>")]))
        else:
            made += nodes.convert([block])
    return [*made, raw("html", "</section>")] if made else []


def _contents(body: list[Node], options: Mapping[str, Any]) -> list[Node]:
    depth = int(options.get("toc-depth") or 3)
    headings = [
        block["c"]
        for block in body
        if block["t"] == "Header" and block["c"][0] <= depth and "unlisted" not in block["c"][1][1]
    ]
    return [_level(headings)] if headings else []


def _level(headings: list[Any]) -> Node:
    """A nested list of links; deeper headings go into the item before."""
    items: list[list[Node]] = []
    top = min(level for level, _, _ in headings)
    at = 0
    while at < len(headings):
        _, attributes, inlines = headings[at]
        end = at + 1
        while end < len(headings) and headings[end][0] > top:
            end += 1
        link = {"t": "Link", "c": [attr("", ["nav-link"]), _bare(inlines), [f"#{attributes[0]}", ""]]}
        inner = headings[at + 1 : end]
        items.append([plain([link]), *([_level(inner)] if inner else [])])
        at = end
    return {"t": "BulletList", "c": items}


def _bare(inlines: list[Node]) -> list[Node]:
    def visit(node: Node) -> list[Node] | None:
        if node["t"] == "Link":
            return _bare(node["c"][1])
        return [] if node["t"] == "Note" or (node["t"] == "RawInline" and "fnref" in node["c"][1]) else None

    made: list[Node] = rewrite(inlines, visit)
    return made


def _footer(resolver: Resolver) -> list[Node]:
    footer = resolver.project.setting("website.page-footer")
    texts = [footer.get(k) for k in ("left", "center", "right")] if isinstance(footer, Mapping) else listed(footer)
    return [div(attr(), resolver.markdown(item)) for item in texts if item]
