"""Our own nodes as HTML with Quarto's class names and ids."""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from survey_report.stitch.crossref import NBSP, number_of
from survey_report.stitch.equations import with_number
from survey_report.stitch.structure import CALLOUT_PREFIX, CALLOUTS, CAPTION_ABOVE, image_attributes
from survey_report.stitch.tree import (
    Node,
    attr,
    div,
    get,
    plain,
    plain_text,
    raw,
    raw_inline,
    rewrite,
    span,
    text,
    without,
)
from survey_report.stitch.words import WORDS

# Quarto's own fixed suffix for the ids of captions.
CAPTION = "-caption-0ceaefa1-69ba-4598-a22c-09a6ac19f8ca"
# Where a picture drawn for a phone reads better than the wide one shrunk; `page.css` and the theme change there too.
NARROW_WINDOW = "(max-width: 640px)"


@dataclass
class HtmlNodes:
    """Turns the nodes of one page into Pandoc's; counts what needs a number of its own."""

    code_fold: str = ""
    notebook_href: dict[str, str] = field(default_factory=dict)
    callouts: int = 0
    tabsets: int = 0
    linked: set[str] = field(default_factory=set)
    heading: str = ""
    tex: bool = False  # formulas stay TeX, so that a number can be written into them
    regions: dict[str, int] = field(default_factory=dict)

    def convert(self, blocks: list[Node]) -> list[Node]:
        """Blocks that Pandoc can write."""
        made: list[Node] = rewrite(blocks, self._visit)
        return made

    def _visit(self, node: Node) -> list[Node] | None:
        kind = node["t"]
        if kind == "Float":
            return self._float(node)
        if kind == "Callout":
            return self._callout(node)
        if kind == "Tabset":
            return self._tabset(node)
        if kind == "Panel":
            return [div(attr("", ["quarto-layout-panel"]), self._rows(node["cells"], node["columns"]))]
        if kind == "Header":
            return [self._header(node)]
        if kind == "Image":
            return _image(node, ("img-fluid",))
        if kind == "Equation":
            return [self._equation(node)]
        if kind == "Table":
            return [self._scrolling(rewrite_inside(node, self._visit), "")]
        if kind == "CodeBlock":
            return _code(node)
        if kind == "Div":
            return self._div(node)
        return None

    def _header(self, node: Node) -> Node:
        number = number_of(node)
        self.heading = plain_text(node["c"][2]).strip()
        inlines = rewrite(node["c"][2], self._visit)
        if number:
            inlines = [span(attr("", ["header-section-number"]), text(number)), {"t": "Space"}, *inlines]
        return {"t": "Header", "c": [node["c"][0], node["c"][1], inlines]}

    def _equation(self, node: Node) -> Node:
        if self.tex:
            return span(attr(node["id"]), [with_number(node, f"\\tag{{{node['number']}}}")])
        number = span(attr("", ["equation-number"]), text(f"({node['number']})"))
        return span(attr(node["id"], ["equation"]), [*node["content"], number])

    def _float(self, node: Node) -> list[Node]:
        kind, caption_id = node["kind"], node["id"] + CAPTION
        caption = node["caption"]
        numbered = node.get("numbered", True)
        label = f"({node['letter']})" if node["sub"] else f"{node['word']}{NBSP}{node['number']}"
        words = (
            [*text(label + (" " if node["sub"] else f"{node['delimiter']} ")), *(caption or [])]
            if caption
            else text(label)
        )
        if not numbered:
            words = caption or []
        place = "top" if kind in CAPTION_ABOVE else "bottom"
        base = "quarto-subfloat" if node["sub"] else "quarto-float"
        start = (
            f'<figcaption class="{base}-caption-{place} {base}-caption quarto-float-{kind}"'
            f' id="{html.escape(caption_id)}">'
            if numbered
            else "<figcaption>"
        )
        figcaption = plain(
            [raw_inline("html", start), *rewrite(words, self._visit), raw_inline("html", "</figcaption>")]
        )
        content = self._content(node, plain_text(words).strip())
        described = [("aria-describedby", caption_id)] if numbered else []
        inner = [div(attr("", [], described), content)] if numbered else content
        inner = [figcaption, *inner] if place == "top" else [*inner, figcaption]
        if not numbered and not caption:
            inner = content
        opening = f'<figure class="{base} quarto-float-{kind} figure">' if numbered else '<figure class="figure">'
        classes = ["quarto-float", "quarto-figure", "quarto-figure-center", "anchored"]
        if node["columns"]:
            classes = ["quarto-layout-panel"]
        if not caption and numbered:
            classes.append("quarto-uncaptioned")
        if not numbered:
            classes = ["quarto-figure", "quarto-figure-center"]
        extra = [
            f"table-{c}" if c in ("striped", "hover", "sm", "bordered") and kind == "fig" else c
            for c in node["classes"]
        ]
        return [
            div(
                attr(node["id"] if numbered else "", [*extra, *classes]),
                [raw("html", opening), *inner, raw("html", "</figure>")],
            )
        ]

    def _content(self, node: Node, label: str) -> list[Node]:
        if node["columns"]:
            cells = [div(attr("", ["quarto-layout-cell-subref"]), self.convert([block])) for block in node["content"]]
            return self._rows(cells, node["columns"], done=True)

        def visit(inner: Node) -> list[Node] | None:
            if inner["t"] == "Image":
                return _image(inner, ("img-fluid", "figure-img"), described=True)
            if inner["t"] == "Table":
                return [self._scrolling(rewrite_inside(inner, self._visit), label)]
            return self._visit(inner)

        made: list[Node] = rewrite(node["content"], visit)
        return made

    def _scrolling(self, table: Node, label: str) -> Node:
        """A table that scrolls sideways by itself, also from the keyboard; every region has a name of its own."""
        name = label or plain_text(table["c"][1]).strip() or f"Table under {self.heading}".removesuffix(" under ")
        self.regions[name] = self.regions.get(name, 0) + 1
        name += f" ({self.regions[name]})" if self.regions[name] > 1 else ""
        return div(attr("", ["table-scroll"], [("role", "region"), ("tabindex", "0"), ("aria-label", name)]), [table])

    def _rows(self, cells: list[Node], columns: int, done: bool = False) -> list[Node]:
        share = f"flex-basis: {100 / columns:.1f}%;"
        rows = []
        for start in range(0, len(cells), columns):
            row = cells[start : start + columns]
            made = row if done else self.convert(row)
            rows.append(
                div(
                    attr("", ["quarto-layout-row"]),
                    [div(attr("", ["quarto-layout-cell"], [("style", share)]), [cell]) for cell in made],
                )
            )
        return rows

    def _callout(self, node: Node) -> list[Node]:
        self.callouts += 1
        kind, name = node["kind"], f"callout-{self.callouts}"
        title = node["title"]
        if title is None and node["appearance"] == "default":
            title = text(CALLOUTS[kind])
        if node["number"]:
            label = f"{WORDS[CALLOUT_PREFIX[kind]]}{NBSP}{node['number']}"
            title = [*text(label + ": "), *title] if node["title"] else text(label)
        classes = ["callout", f"callout-style-{node['appearance']}", f"callout-{kind}", *node["classes"]]
        classes += [] if node["icon"] else ["no-icon"]
        icon = '<div class="callout-icon-container" aria-hidden="true"><i class="callout-icon"></i></div>'
        content = self.convert(node["content"])
        body = div(attr("", ["callout-body-container", "callout-body"]), content)
        if title is None:
            return [
                div(
                    attr(node["id"], classes, node["pairs"]),
                    [div(attr("", ["callout-header"]), [raw("html", icon)]), body],
                )
            ]
        folds = node["collapse"] in ("true", "false")
        state = "false" if node["collapse"] == "true" else "true"
        fold = (
            f' role="button" tabindex="0" data-bs-toggle="collapse" aria-controls="{name}" aria-expanded="{state}"'
            if folds
            else ""
        )
        header = [
            raw("html", f'<div class="callout-header"{fold}>{icon}'),
            div(attr("", ["callout-title-container"]), [plain(rewrite(title, self._visit))]),
            raw("html", '<div class="callout-btn-toggle" aria-hidden="true"></div></div>' if folds else "</div>"),
        ]
        if folds:
            shown = ["show"] if state == "true" else []
            body = div(attr(name, [f"{name}-contents", "callout-collapse", "collapse", *shown]), [body])
        return [div(attr(node["id"], [*classes, "callout-titled"], node["pairs"]), [*header, body])]

    def _tabset(self, node: Node) -> list[Node]:
        self.tabsets += 1
        tabs: list[Node] = [raw("html", '<ul class="nav nav-tabs" role="tablist">')]
        panes = []
        for place, pane in enumerate(node["panes"], start=1):
            name, first = f"tabset-{self.tabsets}-{place}", place == 1
            link = (
                f'<li class="nav-item" role="presentation"><a class="nav-link{" active" if first else ""}"'
                f' id="{name}-tab" href="#{name}" role="tab" aria-controls="{name}"'
                f' aria-selected="{"true" if first else "false"}">'
            )
            words = rewrite(pane["title"], self._visit)
            tabs.append(plain([raw_inline("html", link), *words, raw_inline("html", "</a></li>")]))
            pairs = [("role", "tabpanel"), ("aria-labelledby", f"{name}-tab")]
            head = div(attr("", ["tab-title"], [("aria-hidden", "true")]), [plain(words)])
            classes = ["tab-pane", *(["active"] if first else [])]
            panes.append(div(attr(name, classes, pairs), [head, *self.convert(pane["content"])]))
        return [div(attr("", ["panel-tabset"]), [*tabs, raw("html", "</ul>"), div(attr("", ["tab-content"]), panes)])]

    def _div(self, node: Node) -> list[Node] | None:
        attributes, inner = node["c"]
        if "quarto-embed-nb-cell" in attributes[1]:
            book = get(attributes, "qz-book") or ""
            content = self.convert(inner)
            href = self.notebook_href.get(book)
            if href and book not in self.linked:
                self.linked.add(book)
                title = html.escape(get(attributes, "qz-title") or "")
                cell = html.escape(get(attributes, "qz-cell") or "")
                link = (
                    f'<a class="quarto-notebook-link" id="nblink-{len(self.linked)}" href="{href}#{cell}">'
                    f"Source: {title}</a>"
                )
                content = [*content, raw("html", link)]
            return [div(attr("", ["quarto-embed-nb-cell"]), content)]
        if "qz-source" in attributes[1]:
            fold = get(attributes, "qz-fold") or self.code_fold
            code = self.convert(inner)
            if fold in ("true", "show"):
                summary = html.escape(get(attributes, "qz-summary") or "Code")
                state = " open" if fold == "show" else ""
                start = raw("html", f'<details class="code-fold"{state}><summary>{summary}</summary>')
                return [start, *code, raw("html", "</details>")]
            return code
        if "column" in attributes[1] and get(attributes, "width"):
            style = f"width:{get(attributes, 'width')};"
            pairs = [*without(attributes, "width")[2], ["style", style]]
            return [div(attr(attributes[0], attributes[1], pairs), self.convert(inner))]
        return None


def rewrite_inside(node: Node, visit: Any) -> Node:
    """The node with its inside rewritten."""
    return {**node, "c": rewrite(node["c"], visit)}


def _image(node: Node, classes: tuple[str, ...], described: bool = False) -> list[Node]:
    """An image; with its version for narrow windows, where there is one."""
    attributes, description, target = node["c"]
    narrow = get(attributes, "qz-narrow")
    kept, alt = image_attributes(attributes, description)
    pairs = [*kept[2], *([["alt", alt]] if alt is not None else [])]
    image = {
        "t": "Image",
        "c": [attr(kept[0], [*kept[1], *classes], pairs), [] if described or alt else description, target],
    }
    if not narrow:
        return [image]
    start = f'<picture><source media="{NARROW_WINDOW}" srcset="{html.escape(quote(narrow))}">'
    return [raw_inline("html", start), image, raw_inline("html", "</picture>")]


def _code(node: Node) -> list[Node] | None:
    attributes, content = node["c"]
    name = get(attributes, "filename")
    block = {
        "t": "CodeBlock",
        "c": [without(attributes, "filename", "code-fold", "code-summary", "shortcodes"), content],
    }
    if not name:
        return [block]
    head = raw("html", f'<div class="code-with-filename-file"><strong>{html.escape(name)}</strong></div>')
    return [div(attr("", ["code-with-filename"]), [head, block])]
