"""Displayed formulas with an id, `$$ ... $$ {#eq-mean}`: each becomes one node that is numbered and referred to."""

from __future__ import annotations

import re

from survey_report.stitch.tree import Node, each, text

IDENTIFIER = re.compile(r"\{#(eq-[\w-]+)\}")


def equations(blocks: list[Node]) -> list[Node]:
    """The same blocks, in place, with a node Equation (id, number, content) for each formula followed by its id."""
    for node in each(blocks):
        if node["t"] in ("Para", "Plain") and any(inline["t"] == "Math" for inline in node["c"]):
            node["c"] = _joined(node["c"])
    return blocks


def _joined(inlines: list[Node]) -> list[Node]:
    made: list[Node] = []
    for node in inlines:
        found = IDENTIFIER.match(node["c"]) if node["t"] == "Str" else None
        before = len(made) - 1
        while before >= 0 and made[before]["t"] in ("Space", "SoftBreak"):
            before -= 1
        if found and before >= 0 and _displayed(made[before]):
            made[before:] = [{"t": "Equation", "id": found[1], "number": "", "content": [made[before]]}]
            made += text(node["c"][found.end() :])
        else:
            made.append(node)
    return made


def _displayed(node: Node) -> bool:
    return bool(node["t"] == "Math" and node["c"][0]["t"] == "DisplayMath")


def with_number(node: Node, tex: str) -> Node:
    """The formula of an Equation with its number written into it by a TeX command (`\\tag`, `\\qquad`)."""
    kind, formula = node["content"][0]["c"]
    return {"t": "Math", "c": [kind, formula + tex]}
