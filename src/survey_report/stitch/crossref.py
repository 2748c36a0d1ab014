"""Numbers of headings, figures, tables, listings, formulas and callouts, and the references to them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from survey_report.stitch.structure import CALLOUT_PREFIX
from survey_report.stitch.tree import Node, attr, each, get, raw_inline, rewrite, text
from survey_report.stitch.words import WORDS, words

REFERENCE = re.compile(rf"({'|'.join(WORDS)})-", re.I)
NBSP = "\u00a0"


@dataclass(frozen=True)
class Target:
    """What a reference leads to: the word for it, its number, and letter for a part."""

    word: str
    number: str
    letter: str = ""

    def label(self, word: bool = True, capital: bool = False) -> str:
        """As a reference names it: Figure 3 (a); `capital` where the reference begins with a capital letter."""
        number = f"{self.number} ({self.letter})" if self.letter else self.number
        named = self.word[:1].upper() + self.word[1:] if capital else self.word
        return f"{named}{NBSP}{number}" if word else number


def number_all(blocks: list[Node], options: Mapping[str, Any]) -> dict[str, Target]:
    """Number everything in document order, in place; gives the targets by id (of several, the last)."""
    named = words(options)
    targets = _headings(blocks, options, named.reference["sec"])
    counts: dict[str, int] = {}
    for node in each(blocks):
        if node["t"] == "Float":
            node["word"], node["delimiter"] = named.caption[node["kind"]], named.delimiter
        if node["t"] == "Float" and not node["sub"] and node["kind"] and node.get("numbered", True):
            counts[node["kind"]] = counts.get(node["kind"], 0) + 1
            node["number"] = str(counts[node["kind"]])
            word = named.reference[node["kind"]]
            targets[node["id"]] = Target(word, node["number"])
            parts = [part for part in each(node["content"]) if part["t"] == "Float" and part["sub"]]
            for place, part in enumerate(parts):
                part["number"], part["letter"] = node["number"], chr(ord("a") + place % 26)
                targets[part["id"]] = Target(word, part["number"], part["letter"])
        elif node["t"] == "Callout" and node["id"].startswith(CALLOUT_PREFIX[node["kind"]] + "-"):
            prefix = CALLOUT_PREFIX[node["kind"]]
            counts[prefix] = counts.get(prefix, 0) + 1
            node["number"] = str(counts[prefix])
            targets[node["id"]] = Target(named.reference[prefix], node["number"])
        elif node["t"] == "Equation":
            counts["eq"] = counts.get("eq", 0) + 1
            node["number"] = str(counts["eq"])
            targets[node["id"]] = Target(named.reference["eq"], node["number"])
    return targets


def _headings(blocks: list[Node], options: Mapping[str, Any], word: str) -> dict[str, Target]:
    headings = [node for node in each(blocks) if node["t"] == "Header"]
    top = 1 if any(node["c"][0] == 1 for node in headings) else 2
    depth = int(options.get("number-depth") or 6)
    shown = options.get("number-sections") is True
    counts = [0] * 7
    targets: dict[str, Target] = {}
    for node in headings:
        level, attributes = node["c"][0], node["c"][1]
        if "unnumbered" in attributes[1]:
            continue
        counts[level] += 1
        counts[level + 1 :] = [0] * (6 - level)
        number = ".".join(str(count) for count in counts[min(top, level) : level + 1])
        if attributes[0].startswith("sec-"):
            targets[attributes[0]] = Target(word, number)
        if shown and level <= depth:
            attributes[2] = [*attributes[2], ["data-number", number]]
    return targets


def number_of(header: Node) -> str | None:
    """The number that a heading shows."""
    return get(header["c"][1], "data-number")


@dataclass
class Unresolved:
    """References without a target, and brackets that mix references with citations."""

    missing: list[str]
    mixed: list[str]
    trailing: list[str]


def resolve_references(blocks: list[Node], targets: Mapping[str, Target], fmt: str) -> tuple[list[Node], Unresolved]:
    """Replace references by links (HTML) or Typst references; unknown ones stay in bold with a question mark."""
    found = Unresolved([], [], [])

    def visit(node: Node) -> list[Node] | None:
        if node["t"] != "Cite":
            return None
        citations = node["c"][0]
        references = [citation for citation in citations if REFERENCE.match(citation["citationId"])]
        if not references:
            return None
        if len(references) < len(citations):
            found.mixed.append(references[0]["citationId"])
        made: list[Node] = []
        for citation in references:
            if made:
                made += text(", ")
            if citation["citationSuffix"]:
                found.trailing.append(citation["citationId"])
            made += _reference(citation, targets, fmt, found)
        return made

    made: list[Node] = rewrite(blocks, visit)
    return made, found


def _reference(citation: dict[str, Any], targets: Mapping[str, Target], fmt: str, found: Unresolved) -> list[Node]:
    identifier = citation["citationId"][0].lower() + citation["citationId"][1:]
    target = targets.get(identifier)
    if not target:
        found.missing.append(identifier)
        return [{"t": "Strong", "c": text(f"?@{identifier}")}]
    if fmt == "typst":
        return [raw_inline("typst", f"@{identifier}")]
    prefix = citation["citationPrefix"]
    if prefix:
        label = [*prefix, {"t": "Str", "c": "\u00a0"}, *text(target.label(word=False))]
    else:
        named = citation["citationMode"]["t"] != "SuppressAuthor"
        label = text(target.label(word=named, capital=citation["citationId"][0].isupper()))
    return [{"t": "Link", "c": [attr("", ["quarto-xref"]), label, [f"#{identifier}", ""]]}]
