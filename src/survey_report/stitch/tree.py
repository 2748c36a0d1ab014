"""Pandoc's document tree as plain JSON values: builders, a walker, text of a node.

Besides Pandoc's own nodes the tree holds, between reading and writing, nodes of ours (Float, Callout, Tabset,
Panel): dictionaries with a "t" and named parts instead of "c".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

Node = dict[str, Any]
Visit = Callable[[Node], "list[Node] | None"]

PARTS = ("caption", "title", "content", "cells", "panes")


def attr(identifier: str = "", classes: Iterable[str] = (), pairs: Iterable[tuple[str, str]] = ()) -> list[Any]:
    """Attributes as Pandoc writes them."""
    return [identifier, list(classes), [list(pair) for pair in pairs]]


def text(value: str) -> list[Node]:
    """Words and spaces of a plain string; non-breaking spaces stay inside words."""
    nodes: list[Node] = []
    for number, word in enumerate(value.split(" ")):
        if number:
            nodes.append({"t": "Space"})
        if word:
            nodes.append({"t": "Str", "c": word})
    return nodes


def raw(fmt: str, value: str) -> Node:
    """A raw block."""
    return {"t": "RawBlock", "c": [fmt, value]}


def raw_inline(fmt: str, value: str) -> Node:
    """A raw inline."""
    return {"t": "RawInline", "c": [fmt, value]}


def div(attributes: list[Any], blocks: list[Node]) -> Node:
    """A div."""
    return {"t": "Div", "c": [attributes, blocks]}


def span(attributes: list[Any], inlines: list[Node]) -> Node:
    """A span."""
    return {"t": "Span", "c": [attributes, inlines]}


def plain(inlines: list[Node]) -> Node:
    """Inlines as a block without paragraph."""
    return {"t": "Plain", "c": inlines}


def is_node(value: Any) -> bool:
    """Whether a value is a node of the tree."""
    return isinstance(value, dict) and "t" in value


def attr_of(node: Node) -> list[Any] | None:
    """The attribute triple of a node that has one."""
    kind, content = node["t"], node.get("c")
    if kind in ("Div", "Span", "CodeBlock", "Code", "Link", "Image", "Figure", "Table"):
        return content[0]  # type: ignore[index, no-any-return]
    if kind == "Header":
        return content[1]  # type: ignore[index, no-any-return]
    return None


def get(attributes: list[Any], key: str) -> str | None:
    """The value of one key of an attribute triple."""
    return next((value for name, value in attributes[2] if name == key), None)


def without(attributes: list[Any], *keys: str) -> list[Any]:
    """The attribute triple without the given keys."""
    return [attributes[0], attributes[1], [pair for pair in attributes[2] if pair[0] not in keys]]


def rewrite(value: Any, visit: Visit) -> Any:
    """A new tree: `visit` gets every node from the top; None keeps it and goes inside, a list takes its place.

    Nodes without anything inside are not copied, so a visitor must not change them where an older tree still counts.
    """
    if type(value) is not list:
        return _inside(value, visit) if is_node(value) else value
    made: list[Any] = []
    for item in value:
        kind = type(item)
        if kind is dict and "t" in item:
            given = visit(item)
            if given is not None:
                made.extend(given)
            elif len(item) <= 2 and type(item.get("c", "")) is str:  # nearly all: words and spaces
                made.append(item)
            else:
                made.append(_inside(item, visit))
        else:
            made.append(rewrite(item, visit) if kind is list and item else item)
    return made


def _inside(node: Node, visit: Visit) -> Node:
    if len(node) == 2:
        content = node.get("c")
        return {"t": node["t"], "c": rewrite(content, visit)} if type(content) in (list, dict) else node
    return {
        key: rewrite(part, visit) if (key == "c" or key in PARTS) and type(part) in (list, dict) else part
        for key, part in node.items()
    }


def each(value: Any) -> Iterator[Node]:
    """Every node in document order, the outer before the inner, but for words and spaces."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if type(item) is list:
            waiting += [
                part
                for part in reversed(item)
                if (type(part) is dict and (len(part) > 2 or type(part.get("c", "")) is not str)) or type(part) is list
            ]
        elif type(item) is dict and "t" in item:
            yield item
            if len(item) <= 2:
                if type(inside := item.get("c")) is list or type(inside) is dict:
                    waiting.append(inside)
                continue
            for key in reversed(item):
                if key == "c" or key in PARTS:
                    waiting.append(item[key])


def plain_text(value: Any) -> str:
    """The text of inlines or blocks, without notes; blocks are joined by spaces."""
    words: list[str] = []
    _gather(value, words)
    return "".join(words)


def _gather(value: Any, words: list[str]) -> None:
    if isinstance(value, list):
        for item in value:
            _gather(item, words)
        return
    if not is_node(value):
        return
    kind, content = value["t"], value.get("c")
    if kind == "Str":
        words.append(str(content))
    elif kind in ("Space", "SoftBreak", "LineBreak"):
        words.append(" ")
    elif kind in ("Code", "Math", "CodeBlock"):
        words.append(str(content[1]))
    elif kind == "Quoted":
        marks = "“”" if content[0]["t"] == "DoubleQuote" else "‘’"
        words.append(marks[0])
        _gather(content[1], words)
        words.append(marks[1])
    elif kind not in ("Note", "RawInline", "RawBlock"):
        if kind in ("Para", "Plain", "Header") and words and not words[-1].endswith(" "):
            words.append(" ")
        _gather(content, words)
        for part in PARTS:
            _gather(value.get(part), words)


def inlines_of(blocks: list[Node]) -> list[Node]:
    """Blocks as one run of inlines: paragraphs parted by a line break, anything else run together."""
    made: list[Node] = []
    for block in blocks:
        if block["t"] in ("Para", "Plain"):
            if made and block["t"] == "Para":
                made.append({"t": "LineBreak"})
            made.extend(block["c"])
        else:
            made.extend(_leaves(block))
    return made


def _leaves(block: Node) -> list[Node]:
    if block["t"] == "Header":
        return list(block["c"][2])
    return [inline for part in each(block.get("c")) if part["t"] in ("Plain", "Para") for inline in part["c"]]
