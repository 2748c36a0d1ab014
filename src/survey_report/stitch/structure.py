"""The tree with nodes of our own for what Quarto adds to Pandoc: figures and tables with ids, callouts, tabsets.

Float    id, kind (fig, tbl or lst), classes, caption (inlines or None), content, columns, sub; number, letter, and
         word and delimiter of its caption (see `words`)
Callout  id, kind, classes, title (inlines or None), content, appearance, icon, collapse, number
Tabset   level, panes; Pane: title, content
Panel    columns, cells; each cell a Div
Equation id, number, content (see `equations`)
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from survey_report.stitch.tree import Node, attr, div, each, get, inlines_of, plain, plain_text, rewrite, without

FLOAT_ID = re.compile(r"(fig|tbl|lst)-.")
CAPTION_ABOVE = ("tbl", "lst")
CALLOUTS = {"note": "Note", "tip": "Tip", "warning": "Warning", "important": "Important", "caution": "Caution"}
CALLOUT_PREFIX = {"note": "nte", "tip": "tip", "warning": "wrn", "important": "imp", "caution": "cau"}
TABLE_CLASSES = {"striped", "hover", "bordered", "borderless", "sm"}

Piece = Callable[[str], list[Node]]


def structure(blocks: list[Node], piece: Piece, title: Piece, inside: str = "") -> list[Node]:
    """Give figures, tables, callouts, tabsets and layouts their own nodes.

    `piece` gives the blocks of a caption key, `title` those of a title text; `inside` is the kind of float around.
    """

    def deeper(inner: list[Node], around: str = inside) -> list[Node]:
        return structure(inner, piece, title, around)

    def visit(node: Node) -> list[Node] | None:
        kind = node["t"]
        if kind == "Figure":
            return [_figure(node, inside)]
        if kind == "Table":
            return [_table(node, inside)]
        if kind == "CodeBlock" and node["c"][0][0].startswith("lst-"):
            return [_listing(node, title, inside)]
        if linked := _linked_image(node):
            return [_linked_figure(node, linked, inside)]
        if kind == "Para" and len(node["c"]) == 1 and node["c"][0]["t"] == "Image":
            image = node["c"][0]
            if image["c"][0][0].startswith("fig-") and not image["c"][1]:
                identifier = image["c"][0][0]
                image["c"][0][0] = ""
                return [_float(identifier, "fig", [], None, [plain([image])], inside)]
        if kind != "Div":
            return None
        attributes, inner = node["c"]
        name = next((c[8:] for c in attributes[1] if c.startswith("callout-") and c[8:] in CALLOUTS), None)
        if name:
            return [_callout(node, name, title, deeper)]
        if "panel-tabset" in attributes[1]:
            return [_tabset(inner, deeper)]
        if FLOAT_ID.match(attributes[0]):
            return [_div_float(node, piece, deeper, inside)]
        if get(attributes, "layout-ncol"):
            columns = int(get(attributes, "layout-ncol") or 1)
            return [{"t": "Panel", "columns": columns, "cells": [div(attr(), [b]) for b in deeper(inner)]}]
        return None

    made: list[Node] = rewrite(blocks, visit)
    return made


def _float(
    identifier: str,
    kind: str,
    classes: list[str],
    caption: list[Node] | None,
    content: list[Node],
    inside: str,
    columns: int = 0,
) -> Node:
    return {
        "t": "Float",
        "id": identifier,
        "kind": kind,
        "classes": classes,
        "caption": caption,
        "content": content,
        "columns": columns,
        "sub": inside == kind,
        "number": "",
        "letter": "",
        "word": "",
        "delimiter": ":",
    }


def _figure(node: Node, inside: str) -> Node:
    attributes, caption, content = node["c"]
    identifier = attributes[0] if FLOAT_ID.match(attributes[0]) else ""
    for image in each(content):
        if image["t"] == "Image":
            image["c"][1] = []
    kind = identifier[:3] if identifier else "fig"
    made = _float(identifier, kind, list(attributes[1]), inlines_of(caption[1]), content, inside)
    made["numbered"] = bool(identifier)
    made["sub"] = made["sub"] and bool(identifier)
    return made


def _linked_image(node: Node) -> Node | None:
    """The image with a caption that is a link and a paragraph by itself: a figure for Quarto, not for Pandoc."""
    if node["t"] != "Para" or [inline["t"] for inline in node["c"]] != ["Link"]:
        return None
    inner = node["c"][0]["c"][1]
    return inner[0] if [inline["t"] for inline in inner] == ["Image"] and inner[0]["c"][1] else None


def _linked_figure(node: Node, image: Node, inside: str) -> Node:
    caption, image["c"][1] = image["c"][1], []
    attributes = image["c"][0]
    identifier, attributes[0] = attributes[0], ""
    return _figure({"t": "Figure", "c": [attr(identifier), [None, [plain(caption)]], [plain(node["c"])]]}, inside)


def _listing(node: Node, title: Piece, inside: str) -> Node:
    attributes, code = node["c"]
    caption = inlines_of(title(get(attributes, "lst-cap") or "")) or None
    block = {"t": "CodeBlock", "c": [without(["", *attributes[1:]], "lst-cap"), code]}
    return _float(attributes[0], "lst", ["listing"], caption, [block], inside)


def _table(node: Node, inside: str) -> Node:
    attributes, caption = node["c"][0], node["c"][1]
    widths(node, get(attributes, "tbl-colwidths"))
    identifier = attributes[0]
    classes = [f"table-{c}" if c in TABLE_CLASSES else c for c in attributes[1] if c != "caption-top"]
    node["c"][0] = without(attr("", ["caption-top", "table", *classes], attributes[2]), "tbl-colwidths")
    if not identifier.startswith("tbl-"):
        node["c"][0][0] = identifier
        return node
    node["c"][1] = [None, []]
    return _float(identifier, "tbl", list(attributes[1]), inlines_of(caption[1]), [node], inside)


def widths(table: Node, value: str | None) -> None:
    """Set column widths from `[50,25,25]`."""
    if not value:
        return
    try:
        shares = [float(part) / 100 for part in json.loads(value)]
    except (ValueError, TypeError):
        return
    for column, share in zip(table["c"][2], shares, strict=False):
        column[1] = {"t": "ColWidth", "c": share}


def only_image(block: Node) -> bool:
    """Whether a paragraph holds nothing but one image."""
    return block["t"] in ("Para", "Plain") and [inline["t"] for inline in block["c"]] == ["Image"]


def _div_float(node: Node, piece: Piece, deeper: Callable[..., list[Node]], inside: str) -> Node:
    attributes, inner = node["c"]
    kind = attributes[0][:3]
    key, caption = get(attributes, "qz-cap"), None
    if key is not None:
        caption = inlines_of(piece(key))
    elif "qz-float" not in attributes[1] and len(inner) > 1 and inner[-1]["t"] == "Para" and not only_image(inner[-1]):
        caption, inner = inner[-1]["c"], inner[:-1]
    content = deeper(inner, kind)
    for part in each(content):
        if part["t"] == "Table":
            widths(part, get(attributes, "tbl-colwidths"))
    content = [plain(block["c"]) if only_image(block) else block for block in content]
    classes = [name for name in attributes[1] if name != "qz-float"]
    columns = int(get(attributes, "layout-ncol") or 0)
    return _float(attributes[0], kind, classes, caption, content, inside, columns)


def _callout(node: Node, name: str, title: Piece, deeper: Callable[..., list[Node]]) -> Node:
    attributes, inner = node["c"]
    given = get(attributes, "title")
    words = inlines_of(title(given)) if given else None
    if words is None and inner and inner[0]["t"] == "Header":
        words, inner = inner[0]["c"][2], inner[1:]
    appearance = get(attributes, "appearance") or "default"
    known = ("title", "icon", "appearance", "collapse")
    return {
        "t": "Callout",
        "id": attributes[0],
        "kind": name,
        "classes": [c for c in attributes[1] if c != f"callout-{name}"],
        "pairs": without(attributes, *known)[2],
        "title": words,
        "content": deeper(inner),
        "appearance": "simple" if appearance == "minimal" else appearance,
        "icon": get(attributes, "icon") != "false" and appearance != "minimal",
        "collapse": get(attributes, "collapse"),
        "number": "",
    }


def _tabset(inner: list[Node], deeper: Callable[..., list[Node]]) -> Node:
    level = next((block["c"][0] for block in inner if block["t"] == "Header"), 0)
    panes: list[Node] = []
    for block in inner:
        if block["t"] == "Header" and block["c"][0] == level:
            panes.append({"t": "Pane", "title": block["c"][2], "content": []})
        elif panes:
            panes[-1]["content"].append(block)
    for pane in panes:
        pane["content"] = deeper(pane["content"])
    return {"t": "Tabset", "level": level, "panes": panes}


def float_name(node: Node) -> str:
    """What a float is called in messages and labels."""
    return plain_text(node.get("caption")) or str(node["id"])


def image_attributes(attributes: list[Any], description: list[Node]) -> tuple[list[Any], str | None]:
    """An image's attributes without alternative text, and that text: fig-alt, alt, else the bracket text."""
    alt = get(attributes, "fig-alt")
    alt = get(attributes, "alt") if alt is None else alt
    if alt is None and description:
        alt = plain_text(description).strip()
    return without(attributes, "fig-alt", "alt", "qz-narrow"), alt
