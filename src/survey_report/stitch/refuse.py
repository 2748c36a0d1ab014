"""What steps outside the subset, or what real Quarto would spoil without a word: refused with file and line."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from survey_report.errors import Problem
from survey_report.stitch.citations import citations, uncited
from survey_report.stitch.crossref import REFERENCE
from survey_report.stitch.document import Document, Version
from survey_report.stitch.links import anchors
from survey_report.stitch.pages import bibliography, style
from survey_report.stitch.project import Project
from survey_report.stitch.reading import figure_name
from survey_report.stitch.refuse_front import front_matter
from survey_report.stitch.refuse_lines import lines
from survey_report.stitch.sources import Source, inside, outside_code
from survey_report.stitch.structure import float_name, image_attributes
from survey_report.stitch.tree import Node, attr_of, each, plain_text

PLACE_OF_ID = re.compile(r'\["[^"\\]*"|"id": "[^"\\]*"|id=\\"[^"\\]*\\"')


def sources(project: Project, document: Document, ids: Mapping[str, str]) -> list[Problem]:
    """Everything in a document that strict rendering refuses, beside unknown variables and missing files.

    `ids` holds for every document the text in which its ids stand (see `id_text`).
    """
    source = document.reading.source
    problems = [*front_matter(project, source, document.reading.metadata), *lines(source)]
    for fmt, version in document.versions.items():
        nodes = list(each(version.blocks))
        own = ids[document.path] if fmt == "html" and document.path in ids else id_text(version)
        problems += _references(source, version, nodes)
        problems += _floats(source, nodes)
        problems += _headings(source, nodes)
        problems += _links(project, document, version, nodes, {**ids, "": own})
        problems += _citations(project, document, version, nodes)
    return list(dict.fromkeys(problems))


def locate(
    source: Source, needle: str, message: str, remedy: str, *, also: Sequence[str] = (), no: str = ""
) -> Problem:
    """A problem at the first line of text that holds the needle, or one of `also`, and does not hold `no`.

    Else it is in what is embedded or computed.
    """
    for wanted in (needle, *also):
        for _, line, text, info in outside_code(source.lines):
            if (text or info == "{=html}") and wanted in line.text and not (no and no in line.text):
                return line.problem(needle, message, remedy)
    return Problem(source.path, "in an embedded cell or a value", needle, message, remedy)


def _references(source: Source, version: Version, nodes: Sequence[Node]) -> Iterator[Problem]:
    unnumbered = {node["c"][1][0] for node in nodes if node["t"] == "Header" and "unnumbered" in node["c"][1][1]}
    for name in version.unresolved.missing:
        if name in unnumbered:
            message, remedy = "a reference to a heading without number", "Number the heading, or write its title."
        else:
            message = "nothing in this document has this id (tabs and hidden parts do not count)"
            remedy = "Correct the id; for another document write [text](other.qmd#id)."
        yield locate(source, f"@{name}", message, remedy)
    for name in version.unresolved.mixed:
        yield locate(source, f"@{name}", "a reference and a citation in one bracket", "Give each its own bracket.")
    for name in version.unresolved.trailing:
        yield locate(source, f"@{name}", "text after a reference in its bracket is lost", "Put it outside the bracket.")
    if version.resolver.metadata.get("number-sections") is not True:
        for _, line, text, _ in outside_code(source.lines):
            if text and "@sec-" in line.text:
                yield line.problem(
                    "@sec-", "a section reference where sections have no numbers", "Link: [text](#sec-x)."
                )
                break


def _floats(source: Source, nodes: Sequence[Node]) -> Iterator[Problem]:
    seen: set[str] = set()
    for node in nodes:
        identifier = node["id"] if node["t"] in ("Float", "Callout", "Equation") else (attr_of(node) or [""])[0]
        if identifier and identifier in seen and node["t"] in ("Float", "Callout", "Header", "Equation"):
            yield locate(source, identifier, "this id is used twice", "Give each thing an id of its own.")
        seen.add(identifier)
        if node["t"] == "Tabset" and not node["panes"]:
            yield locate(source, ".panel-tabset", "a tabset without headings loses its content", "Begin tabs with ##.")
        elif node["t"] == "Table" and node["c"][1] and node["c"][1][1]:
            caption = plain_text(node["c"][1][1]).strip()
            remedy = "Write `: Caption {#tbl-name}`, or ::: {#tbl-name} round it with the caption as last paragraph."
            yield locate(source, caption, "a table with a caption needs an id", remedy)
        elif node["t"] == "Float":
            yield from _float(source, node)


def _float(source: Source, node: Node) -> Iterator[Problem]:
    if not node.get("numbered", True):
        name, remedy = float_name(node).strip(), "Write ![..](..){#fig-name}."
        files = [image["c"][2][0] for image in each(node["content"]) if image["t"] == "Image"]
        also = (*(f"]({file}" for file in files), name)
        problem = locate(source, f"[{name}](", "a figure with a caption needs an id", remedy, also=also, no="#fig-")
        yield replace(problem, value=name)
    elif not node["caption"]:
        yield locate(source, node["id"], "a numbered figure or table without a caption", "Give it one.")
    for image in each(node["content"]):
        if image["t"] == "Image":
            attributes, description, target = image["c"]
            if image_attributes(attributes, description)[1] is None:
                name = target[0].rsplit("/", 1)[-1]
                where = node["id"] or name
                remedy = "Say what it shows: fig-alt."
                yield locate(source, where, "an image without alternative text", remedy, also=(name,), no="alt=")


def _headings(source: Source, nodes: Sequence[Node]) -> Iterator[Problem]:
    before = 0
    for node in nodes:
        if node["t"] == "Header":
            level = node["c"][0]
            if before and level > before + 1:
                title = plain_text(node["c"][2]).strip()
                yield locate(source, title, f"a heading of level {level} under one of level {before}", "Skip no level.")
            before = level
        elif node["t"] == "Tabset":  # its tabs count as headings, though a page shows them otherwise
            before = max(before, node["level"])


def _links(
    project: Project, document: Document, version: Version, nodes: Sequence[Node], ids: Mapping[str, str]
) -> Iterator[Problem]:
    """`ids` holds the document's own ids under no name."""
    source = document.reading.source
    for name in anchors(nodes):
        if not has_id(ids[""], name):
            yield locate(source, f"#{name}", "a link to an id that is not in this document", "Correct the id.")
    for target, name, typed in version.named.places:
        if target in ids and not has_id(ids[target], name):
            yield locate(source, typed, f"a link to an id that is not in {target}", "Correct the id.")
    for name in version.named.lost:
        yield locate(source, name, "a link to a document that is not rendered", "Add it to render:, or correct it.")
    figures = {figure_name(document.path, name) for name in document.reading.figures}
    for name in version.named.images:
        if not inside(name):
            yield locate(source, name, "this path leads out of the project", "Put the picture into the project.")
        elif name not in figures and not (project.root / name).is_file():
            yield locate(source, name.rsplit("/", 1)[-1], f"image not found: {name}", "Correct the path.")
    made = {
        posixpath.splitext(name)[0] + ending
        for name in project.documents
        for ending in (".html", ".pdf", ".docx", ".pptx")
    }
    for name in version.named.files:
        if name and name not in made and not name.endswith("-preview.html") and not (project.root / name).exists():
            yield locate(source, name.rsplit("/", 1)[-1], f"linked file not found: {name}", "Correct the path.")


def id_text(version: Version) -> str:
    """The tree as one text, cut down to where ids may stand between quotes, those of table rows and raw HTML too."""
    found = PLACE_OF_ID.findall(json.dumps(version.blocks, ensure_ascii=False))
    return " ".join(dict.fromkeys(found))


def has_id(tree: str, name: str) -> bool:
    """Whether something in a tree's text has this id."""
    return any(f"{before}{name}{after}" in tree for before, after in (('["', '"'), ('"id": "', '"'), ('id=\\"', '\\"')))


def _citations(project: Project, document: Document, version: Version, nodes: Sequence[Node]) -> Iterator[Problem]:
    source = document.reading.source
    known = set()
    for name in bibliography(project, version.resolver.metadata, document.path):
        path = project.root / name
        if not path.is_file():
            yield Problem(source.path, "bibliography", name, "no such file", "Correct the path.")
            return
        known |= keys(path.read_text(encoding="utf-8"))
    named = style(project, version.resolver.metadata, document.path)
    if known and named and not (project.root / named).is_file():
        yield Problem(source.path, "csl", named, "no such file", "Correct the path.")
    for key in [*citations(nodes), *uncited(version.resolver.metadata)]:
        if key not in known and key != "*" and not REFERENCE.match(key):
            remedy = "Add it to the bibliography, or write \\@ for a plain sign."
            yield locate(source, f"@{key}", "this key is not in the bibliography", remedy)


def keys(bibtex: str) -> set[str]:
    """The keys of a BibTeX file."""
    found = set()
    for part in bibtex.split("@")[1:]:
        head = part.split(",", 1)[0]
        if "{" in head:
            found.add(head.split("{", 1)[1].strip())
    return found
