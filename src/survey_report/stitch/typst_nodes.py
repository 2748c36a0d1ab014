"""Our own nodes as Typst, in the form of Quarto's own Typst source."""

from __future__ import annotations

import json
import re

from survey_report.stitch.crossref import NBSP
from survey_report.stitch.structure import CALLOUT_PREFIX, CALLOUTS, CAPTION_ABOVE, image_attributes
from survey_report.stitch.tree import Node, attr, each, get, plain, raw, raw_inline, rewrite, text
from survey_report.stitch.words import WORDS

COLOURS = {
    "note": ("#eaf1f8", "#0b5394"),
    "tip": ("#e8f3ec", "#1d6b3a"),
    "warning": ("#fbf1e2", "#8a5300"),
    "important": ("#f9e9ec", "#9d1c33"),
    "caution": ("#fbeee6", "#9a3d0a"),
}
LENGTH = re.compile(r"^\d+(\.\d+)?(%|cm|mm|in|pt|em)$")


def string(value: str) -> str:
    """A Typst string."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


def convert(blocks: list[Node]) -> list[Node]:
    """Blocks that Pandoc can write as Typst."""
    made: list[Node] = rewrite(blocks, _visit)
    return made


def _visit(node: Node) -> list[Node] | None:
    kind = node["t"]
    if kind == "Float":
        return _float(node)
    if kind == "Callout":
        return _callout(node)
    if kind == "Panel":
        return _grid([convert([cell]) for cell in node["cells"]], node["columns"])
    if kind == "Image":
        return [_image(node)]
    if kind == "Math":
        block = "true" if node["c"][0]["t"] == "DisplayMath" else "false"
        start = f"#math.equation(block: {block}, alt: {string(node['c'][1])}, "
        return [raw_inline("typst", start), node, raw_inline("typst", ")")]
    if kind == "Equation":
        formula = node["content"][0]
        start = f'#math.equation(block: true, numbering: "(1)", alt: {string(formula["c"][1])}, '
        return [raw_inline("typst", start), formula, raw_inline("typst", f")<{node['id']}>")]
    if kind == "DefinitionList":
        return _terms(node)
    if kind == "Table":
        for column in node["c"][2]:
            if column[0]["t"] == "AlignDefault":
                column[0] = {"t": "AlignLeft"}
        return None
    if kind == "Div":
        return _div(node)
    if kind == "CodeBlock":
        return [{"t": "CodeBlock", "c": [attr("", [c for c in node["c"][0][1] if c != "cell-code"]), node["c"][1]]}]
    return None


def _div(node: Node) -> list[Node] | None:
    attributes, inner = node["c"]
    if not inner:
        return [node] if attributes[0] == "refs" else []
    if "qz-source" in attributes[1]:
        return convert(inner)
    if "quarto-embed-nb-cell" in attributes[1] or "cell" in attributes[1] or "cell-output" in attributes[1]:
        return convert(inner)
    if get(attributes, "style") == "page-break-after: always;":
        return [raw("typst", "#pagebreak()")]
    return None


def _terms(node: Node) -> list[Node] | None:
    """A definition list whose definitions stand close under their terms; None where they are more than paragraphs."""
    made: list[Node] = [raw_inline("typst", "#terms(tight: false, ")]
    for term, definitions in node["c"]:
        paragraphs = [block for blocks in definitions for block in blocks]
        if any(block["t"] not in ("Para", "Plain") for block in paragraphs):
            return None
        made += [raw_inline("typst", "terms.item(["), *rewrite(term, _visit), raw_inline("typst", "], [")]
        for place, block in enumerate(paragraphs):
            made += [raw_inline("typst", "#parbreak()")] if place else []
            made += rewrite(block["c"], _visit)
        made.append(raw_inline("typst", "]), "))
    return [{"t": "Para", "c": [*made, raw_inline("typst", ")")]}]


def _image(node: Node) -> Node:
    attributes, description, target = node["c"]
    kept, alt = image_attributes(attributes, description)
    sizes = [
        f"{name}: {value}" for name in ("width", "height") if (value := get(kept, name) or "") and LENGTH.match(value)
    ]
    described = [f"alt: {string(alt)}"] if alt else []
    inner = ", ".join([string(target[0]), *(["width: 100%"] if sizes else []), *described])
    return raw_inline("typst", f"#box({', '.join([*sizes, f'image({inner})'])})")


def _float(node: Node) -> list[Node]:
    kind, name = node["kind"], node["word"]
    label = f"<{node['id']}>" if node["id"] else ""
    place = "top" if kind in CAPTION_ABOVE else "bottom"
    caption = rewrite(node["caption"] or [], _visit)
    if node["columns"]:
        start = f'#quarto_super(\nkind: "quarto-float-{kind}", caption: ['
        end = (
            f'], label: {label or "none"}, position: {place}, supplement: "{name}", '
            'subrefnumbering: "1a", subcapnumbering: "(a)", ['
        )
        cells = [convert([block]) for block in node["content"]]
        head = plain([raw_inline("typst", start), *caption, raw_inline("typst", end)])
        return [head, *_grid(cells, node["columns"]), raw("typst", "])")]
    caption_start = f"], caption: figure.caption(position: {place}, ["
    end = f']), kind: "quarto-float-{kind}", supplement: "{name}")' + (f"\n{label}" if label else "")
    tail = plain([raw_inline("typst", caption_start), *caption, raw_inline("typst", end)])
    start = "#figure([#set align(left)\n" if kind == "lst" else "#figure(["
    return [raw("typst", start), *convert(node["content"]), tail]


def _grid(cells: list[list[Node]], columns: int) -> list[Node]:
    made = [raw("typst", f"#grid(columns: {columns}, gutter: 1.5em,\n[")]
    for number, cell in enumerate(cells):
        made += [raw("typst", "], [")] if number else []
        made += cell
    return [*made, raw("typst", "])")]


def _callout(node: Node) -> list[Node]:
    kind = node["kind"]
    background, colour = COLOURS[kind]
    title = node["title"] if node["title"] is not None else text(CALLOUTS[kind])
    word = WORDS[CALLOUT_PREFIX[kind]]
    label = f", label: [{word}~{node['number']}{': ' if node['title'] else ''}]" if node["number"] else ""
    if node["number"] and node["title"] is None:
        title = []
    end = f'], background_color: rgb("{background}"), icon_color: rgb("{colour}"){label})'
    head = plain([raw_inline("typst", "#callout(title: ["), *rewrite(title, _visit), raw_inline("typst", "], body: [")])
    made = [head, *convert(node["content"]), raw("typst", end)]
    if not node["number"]:
        return made
    # A numbered callout is a figure, so that references find it.
    start = raw("typst", "#figure([")
    tail = f'], caption: [], kind: "quarto-callout-{kind}", supplement: "{word}")\n<{node["id"]}>'
    return [start, *made, raw("typst", tail)]


def shift_headings(blocks: list[Node], depth: int) -> list[Node]:
    """Headings as a PDF has them: moved up when there is no level 1; without number below `depth`."""
    headings = [node for node in each(blocks) if node["t"] == "Header"]
    shift = 0 if any(node["c"][0] == 1 for node in headings) else 1

    def visit(node: Node) -> list[Node] | None:
        if node["t"] != "Header":
            return None
        level, attributes, inlines = node["c"]
        words = rewrite(inlines, _visit)
        if "unlisted" in attributes[1] and "unnumbered" not in attributes[1] and level <= depth:
            start = raw_inline("typst", f"#heading(level: {max(1, level - shift)}, outlined: false, [")
            return [plain([start, *words, raw_inline("typst", f"])\n<{attributes[0]}>")])]
        if "unnumbered" in attributes[1] or level > depth:
            outlined = ", outlined: false" if "unlisted" in attributes[1] else ""
            label = f"\n<{attributes[0]}>" if attributes[0] else ""
            start = raw_inline("typst", f"#heading(level: {level}, numbering: none{outlined}, [")
            return [plain([start, *words, raw_inline("typst", f"]){label}")])]
        return [{"t": "Header", "c": [max(1, level - shift), attr(attributes[0]), words]}]

    made: list[Node] = rewrite(blocks, visit)
    return made


def separate_references(blocks: list[Node]) -> list[Node]:
    """Keep `@fig-a` apart from letters that follow, which Typst would take for part of the label."""

    def fix(inlines: list[Node]) -> list[Node]:
        made: list[Node] = []
        for place, node in enumerate(inlines):
            after = inlines[place + 1] if place + 1 < len(inlines) else None
            glued = after and after["t"] == "Str" and re.match(r"[\w:.-]+\w|[\w-]", after["c"])
            if node["t"] == "RawInline" and node["c"][1].startswith("@") and glued:
                node = raw_inline("typst", f"#ref(<{node['c'][1][1:]}>);")
            made.append(node)
        return made

    def visit(node: Node) -> list[Node] | None:
        if isinstance(node.get("c"), list) and node["c"] and node["t"] in ("Para", "Plain", "Emph", "Strong"):
            node["c"] = fix(node["c"])
        return None

    made: list[Node] = rewrite(blocks, visit)
    return made


def json_strings(names: list[str]) -> str:
    """Names as a Typst array."""
    return "(" + "".join(json.dumps(name, ensure_ascii=False) + ", " for name in names) + ")"


__all__ = ["NBSP", "convert", "json_strings", "separate_references", "shift_headings", "string"]
