"""A document as the parts of an HTML page: one run of Pandoc writes title, contents, body and appendix."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from survey_report.stitch import pandoc
from survey_report.stitch.crossref import REFERENCE, number_of
from survey_report.stitch.html_nodes import HtmlNodes, footnotes
from survey_report.stitch.resolving import Resolver
from survey_report.stitch.tree import Node, attr, div, each, plain, plain_text, raw, raw_inline, rewrite, span, text
from survey_report.stitch.values import listed, printed


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
    cited = any(node["t"] == "Cite" for node in each([body, appendix, title]))
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
    contents = _contents(body, options) if options.get("toc") else []
    page = [
        *_segment("header", _title_block(resolver, title)),
        *_segment("contents", contents),
        *_segment("footer", _footer(resolver)),
        *_segment("appendix", appendix),
        raw("html", "<!--qz:body-->"),
        *body,
    ]
    citing = [argument for argument in arguments if cited or "math" in argument]
    meta: dict[str, Any] = {"lang": {"t": "MetaString", "c": str(options.get("lang") or "en")}}
    if cited and "--citeproc" in citing:
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


def _around(tag: str, classes: str, inlines: list[Node]) -> Node:
    return plain([raw_inline("html", f'<{tag} class="{classes}">'), *inlines, raw_inline("html", f"</{tag}>")])


def _title_block(resolver: Resolver, title: list[Node]) -> list[Node]:
    options = resolver.metadata
    made = [raw("html", '<header id="title-block-header" class="quarto-title-block default">')]
    if title:
        made.append(_around("h1", "title", title))
    if options.get("subtitle"):
        made.append(_around("p", "subtitle lead", resolver.inlines(options["subtitle"])))
    facts: list[Node] = []
    people = authors(options)
    if people:
        facts += [raw("html", f"<div>{_heading('Author' if len(people) == 1 else 'Authors')}")]
        for person in people:
            facts.append(_around("p", "author", resolver.inlines(person["name"])))
            if person["affiliation"]:
                facts.append(_around("p", "affiliation", resolver.inlines(person["affiliation"])))
        facts.append(raw("html", "</div>"))
    if options.get("date"):
        facts += [raw("html", f"<div>{_heading('Published')}"), _around("p", "date", resolver.inlines(options["date"]))]
        facts.append(raw("html", "</div>"))
    if facts:
        made += [raw("html", '<div class="quarto-title-meta">'), *facts, raw("html", "</div>")]
    if options.get("abstract"):
        made += [raw("html", '<div class="abstract"><div class="block-title">Abstract</div>')]
        made += [*resolver.markdown(options["abstract"]), raw("html", "</div>")]
    words = [printed(word) for word in listed(options.get("keywords"))]
    if words:
        made.append(
            raw("html", f'<div class="keywords">{_heading("Keywords")}<p>{html.escape(", ".join(words))}</p></div>')
        )
    return [*made, raw("html", "</header>")]


def _heading(words: str) -> str:
    return f'<div class="quarto-title-meta-heading">{words}</div>'


def authors(options: Mapping[str, Any]) -> list[dict[str, str]]:
    """Authors with name, affiliation and email, however they are written."""
    made = []
    for person in listed(options.get("author")):
        if isinstance(person, Mapping):
            where = person.get("affiliation") or person.get("affiliations")
            places = [printed(p.get("name")) if isinstance(p, Mapping) else printed(p) for p in listed(where)]
            row = {
                "name": printed(person.get("name")),
                "affiliation": ", ".join(places),
                "email": printed(person.get("email")),
            }
        else:
            row = {"name": printed(person), "affiliation": "", "email": ""}
        made.append(row)
    return made


def _footer(resolver: Resolver) -> list[Node]:
    footer = resolver.project.setting("website.page-footer")
    texts = [footer.get(k) for k in ("left", "center", "right")] if isinstance(footer, Mapping) else listed(footer)
    return [div(attr(), resolver.markdown(item)) for item in texts if item]


def citations(blocks: list[Node]) -> list[str]:
    """The keys that are cited (references to figures and the like are not citations)."""
    keys = [c["citationId"] for node in each(blocks) if node["t"] == "Cite" for c in node["c"][0]]
    return [key for key in keys if not REFERENCE.match(key)]
