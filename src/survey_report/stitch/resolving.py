"""From a reading to the tree of one format: hidden content out, notebook parts in, variables and metadata resolved."""

from __future__ import annotations

import marshal
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from survey_report.errors import Problem, UserError
from survey_report.stitch.keyboard import keys
from survey_report.stitch.outputs import harmless, without_code
from survey_report.stitch.project import Project
from survey_report.stitch.reading import Reading, object_number, values_of
from survey_report.stitch.shortcodes import WORD, Shortcode
from survey_report.stitch.tree import Node, attr, attr_of, div, each, get, inlines_of, plain_text, raw, rewrite, text
from survey_report.stitch.values import lookup, printed

STYLE = re.compile(r"<style[^>]*>.*?</style>", re.S | re.I)
FORMAT_NAMES = {"html": {"html", "html:js"}, "typst": {"typst"}, "docx": {"docx"}, "pptx": {"pptx"}}


@dataclass
class Resolver:
    """Resolves one reading for one format; `problems` gathers what is unknown there."""

    project: Project
    reading: Reading
    fmt: str
    problems: list[Problem] = field(default_factory=list)
    _open: list[Shortcode] = field(default_factory=list)
    _codes: list[Shortcode] = field(default_factory=list)

    @property
    def metadata(self) -> Mapping[str, Any]:
        """The metadata of this format."""
        return self.reading.metadata[self.fmt]

    def body(self) -> list[Node]:
        """The document's blocks."""
        blocks = self.visible(_copy(self.reading.blocks))
        made: list[Node] = rewrite(self._parts(blocks), self._resolve)
        return unique_headings(made)

    def markdown(self, value: Any) -> list[Node]:
        """The blocks of a metadata text."""
        if value in (None, ""):
            return []
        key = self.reading.shelf.piece(printed(value))
        return self.piece(key) if key in self.reading.pieces else [{"t": "Para", "c": text(printed(value))}]

    def inlines(self, value: Any) -> list[Node]:
        """A metadata text as inlines."""
        return inlines_of(self.markdown(value))

    def piece(self, key: str) -> list[Node]:
        """The resolved blocks of a piece by its key."""
        blocks = self.reading.pieces.get(key)
        if blocks is None:
            return []
        shown = self.visible(_copy(blocks))
        made: list[Node] = rewrite(harmless(shown) if key in self.reading.shelf.outputs else shown, self._resolve)
        return made

    # ------------------------------------------------------------ conditions

    def visible(self, blocks: list[Node]) -> list[Node]:
        """Blocks without what this format or these metadata hide."""

        def visit(node: Node) -> list[Node] | None:
            if node["t"] not in ("Div", "Span", "CodeBlock"):
                return None
            attributes, inner = node["c"]
            if "qz-only" in attributes[1]:
                # Of what a cell offers, an office file takes what paper takes.
                wanted = "html" if self.fmt == "html" else "typst"
                return self.visible(inner) if get(attributes, "qz-format") == wanted else []
            if not {"content-visible", "content-hidden"} & set(attributes[1]):
                return None
            holds = self._holds(attributes)
            shown = holds if "content-visible" in attributes[1] else not holds
            if node["t"] == "CodeBlock":
                return [{"t": "CodeBlock", "c": [unconditional(attributes), inner]}] if shown else []
            return self.visible(inner) if shown else []

        made: list[Node] = rewrite(blocks, visit)
        return made

    def _holds(self, attributes: list[Any]) -> bool:
        for key, value in attributes[2]:
            kind, _, subject = key.partition("-")
            if subject == "format":
                true = value in FORMAT_NAMES[self.fmt]
            elif subject == "meta":
                true = self._is_true(value)
            elif subject == "profile":
                true = False
            else:
                continue
            if kind in ("when", "unless") and true != (kind == "when"):
                return False
        return True

    def _is_true(self, key: str) -> bool:
        try:
            return lookup(self.metadata, key) is True
        except KeyError:
            return False

    # ------------------------------------------------------------ parts of notebooks

    def _parts(self, blocks: list[Node]) -> list[Node]:
        def visit(node: Node) -> list[Node] | None:
            if node["t"] == "Div" and "qz-output" in node["c"][0][1]:
                return harmless(node["c"][1])
            number = object_number(node)
            if number is None:
                return None
            kind, content, tree = self.reading.objects[number]
            if kind.startswith("code"):
                classes = ["python", "cell-code"] if kind == "code:python" else []
                return [{"t": "CodeBlock", "c": [attr("", classes), content]}]
            if kind == "raw":
                return [raw("html", content)] if self.fmt == "html" else []
            styles = "\n".join(STYLE.findall(content)) if self.fmt == "html" else ""
            return ([raw("html", styles)] if styles else []) + read_tables(tree, "<style scoped>" in content)

        made: list[Node] = rewrite(blocks, visit)
        return made

    # ------------------------------------------------------------ shortcodes

    def _resolve(self, node: Node) -> list[Node] | None:
        kind = node["t"]
        if kind in ("Para", "Plain") and len(node["c"]) == 1 and node["c"][0]["t"] == "Str":
            found = WORD.fullmatch(node["c"][0]["c"])
            if found and self._code(int(found[1])).name == "pagebreak":
                html = '<div style="page-break-after: always;"></div>'
                word = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
                breaks = {"html": raw("html", html), "typst": raw("typst", "#pagebreak()")}
                return [breaks.get(self.fmt) or raw("openxml", word)]
        if kind == "Str":
            return self._words(node["c"]) if WORD.search(node["c"]) else None
        if kind in ("Code", "CodeBlock", "Math", "RawInline", "RawBlock"):
            node["c"][1] = self._plain(node["c"][1])
        if kind in ("Link", "Image"):
            node["c"][2] = [self._plain(part) for part in node["c"][2]]
        attributes = attr_of(node)
        if attributes:
            attributes[2] = [[key, self._plain(value)] for key, value in attributes[2]]
        if kind == "Header" and WORD.search(node["c"][1][0]):
            node["c"][1][0] = re.sub("-+", "-", WORD.sub("", node["c"][1][0])).strip("-") or "section"
        return None

    def _words(self, value: str) -> list[Node]:
        made: list[Node] = []
        start = 0
        for found in WORD.finditer(value):
            made += text(value[start : found.start()])
            made += self._value(int(found[1]))
            start = found.end()
        return made + text(value[start:])

    def _plain(self, value: str) -> str:
        return WORD.sub(lambda found: plain_text(self._value(int(found[1]))), value)

    def _code(self, number: int) -> Shortcode:
        if len(self._codes) != len(self.reading.shelf.codes):
            self._codes = list(self.reading.shelf.codes)
        return self._codes[number]

    def _value(self, number: int) -> list[Node]:
        code = self._code(number)
        if code.literal:
            return text("{{< " + code.words + " >}}")
        if code.name == "kbd":
            return keys(code.argument, self.fmt)
        if code.name not in ("var", "meta"):
            return text("{{< " + code.words + " >}}")
        if code in self._open:
            raise UserError([self._problem(number, "this value refers to itself", "Take the reference out.")])
        found = values_of(self.project, [self.metadata], code)
        if not found:
            self.problems.append(self._problem(number, f"unknown {code.name} key", "Correct the key."))
            return [{"t": "Strong", "c": text(f"?{code.name}:{code.argument}")}]
        if isinstance(found[0], list):
            self.problems.append(self._problem(number, "this value is a list", "Name one item: key.1, key.2, ..."))
            return [{"t": "Strong", "c": text(f"?invalid {code.name} type:{code.argument}")}]
        if isinstance(found[0], Mapping):
            self.problems.append(self._problem(number, "this value is a group of keys", "Name one key of it."))
            return []
        self._open.append(code)
        made = self.inlines(found[0])
        self._open.pop()
        return made

    def _problem(self, number: int, message: str, remedy: str) -> Problem:
        code, places = self._code(number), self.reading.shelf.places.get(number)
        value = "{{< " + code.words + " >}}"
        if places:
            return places[0].problem(value, message, remedy)
        return Problem(self.reading.path, "front matter, or a value used there", value, message, remedy)


def unconditional(attributes: list[Any]) -> list[Any]:
    """Attributes without the condition under which their block is shown."""
    classes = [name for name in attributes[1] if name not in ("content-visible", "content-hidden")]
    return [attributes[0], classes, [pair for pair in attributes[2] if not re.match("(when|unless)-", pair[0])]]


def _copy(blocks: list[Node]) -> list[Node]:
    """A copy that may be changed; for a tree of plain values this is the fast way."""
    made: list[Node] = marshal.loads(marshal.dumps(blocks))
    return made


def unique_headings(blocks: list[Node]) -> list[Node]:
    """The same blocks, where ids of headings that became equal get a number."""
    seen: dict[str, int] = {}
    for node in each(blocks):
        if node["t"] == "Header" and node["c"][1][0]:
            name = node["c"][1][0]
            seen[name] = seen.get(name, 0) + 1
            if seen[name] > 1 and not name.startswith("sec-"):
                node["c"][1][0] = f"{name}-{seen[name] - 1}"
    return blocks


def read_tables(blocks: list[Node], pandas: bool) -> list[Node]:
    """HTML tables as Quarto writes them anew: body headers become cells (kept as row headers for screen readers)."""

    def visit(node: Node) -> list[Node] | None:
        without_code(node, looks=True)
        if node["t"] != "Table":
            return None
        attributes = node["c"][0]
        attributes[2] = [pair for pair in attributes[2] if pair[0] not in ("border", "quarto-postprocess")]
        if pandas:
            attributes[1] = [*attributes[1], "table-sm", "table-striped", "small"]
        for body in node["c"][4]:
            for row in [*body[2], *body[3]]:
                for cell in row[1][: body[1]]:
                    cell[0] = attr(cell[0][0], cell[0][1], [*cell[0][2], ("role", "rowheader")])
            body[1] = 0
        return [node]

    made: list[Node] = rewrite(blocks, visit)
    return [block for block in made if not (block["t"] == "Div" and not block["c"][1])] or [div(attr(), [])]
