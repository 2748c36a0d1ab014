"""Writing a document as a Word file for rounds of comments, or as slides: pandoc writes, figures become PNG."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

import typst

from survey_report.errors import Problem, UserError
from survey_report.files import scratch_folder
from survey_report.stitch import pandoc
from survey_report.stitch.citations import nocite
from survey_report.stitch.crossref import NBSP, number_of
from survey_report.stitch.document import Document
from survey_report.stitch.equations import with_number
from survey_report.stitch.office_reference import unzipped, zipped
from survey_report.stitch.pages import citing, shown_images, write_file
from survey_report.stitch.project import Project
from survey_report.stitch.reading import figure_name
from survey_report.stitch.sources import inside
from survey_report.stitch.structure import CALLOUTS, image_attributes
from survey_report.stitch.title_block import authors
from survey_report.stitch.tree import Node, attr, div, get, plain, rewrite, span, text
from survey_report.stitch.values import printed

# A moment in the place of the clock's; office programs show none for it.
EPOCH = "2000-01-01T00:00:00Z"
PIXELS_PER_INCH = 200
STYLED = {"notice": "Notice", "findings": "Findings", "lead": "Lead", "key-figure": "Key Figure"}
PLACES = re.compile(r'<property [^>]*name="(?:bibliography|csl)">.*?</property>', re.DOTALL)


def write_office(project: Project, document: Document, site: Path, kind: str) -> list[Path]:
    """Write the .docx or .pptx of a document. Raises UserError when its reference file is missing."""
    version = document.versions[kind]
    options = version.resolver.metadata
    with scratch_folder() as work:
        for figure in shown_images(document, kind):
            content = document.reading.figures[figure]
            where = figure_name(document.path, figure)
            if where.endswith(".svg"):
                write_file(work / (where[:-4] + ".png"), png(content))
            else:
                write_file(work / where, content)
        for where in version.named.images:
            if where.endswith(".svg") and inside(where) and (project.root / where).is_file():
                write_file(work / (where[:-4] + ".png"), png((project.root / where).read_bytes()))
        blocks = convert(version.blocks, posixpath.dirname(document.path), kind)
        arguments = ["-t", kind, "-s", "-o", str(work / f"made.{kind}"), f"--resource-path={work}:{project.root}"]
        if options.get("reference-doc"):
            given = project.root / printed(options["reference-doc"]).lstrip("/")
            if not given.is_file():
                where = printed(options["reference-doc"])
                raise UserError([Problem(document.path, "reference-doc", where, "no such file", "Build it first.")])
            arguments.append(f"--reference-doc={given}")
        if options.get("toc") is True and kind == "docx":
            arguments += ["--toc", f"--toc-depth={printed(options.get('toc-depth') or 3)}"]
        if kind == "pptx":
            arguments.append(f"--slide-level={printed(options.get('slide-level') or 2)}")
        arguments += citing(project, options, document.path)
        pandoc.write(blocks, _metadata(document, kind), arguments)
        made = (work / f"made.{kind}").read_bytes()
    target = site / f"{posixpath.splitext(document.path)[0]}.{kind}"
    return [write_file(target, steady(made))]


def png(svg: bytes) -> bytes:
    """A picture of lines as one of dots, which every office program shows; the same picture gives the same bytes."""
    with scratch_folder() as folder:
        (folder / "figure.svg").write_bytes(svg)
        source = '#set page(width: auto, height: auto, margin: 0pt)\n#image("figure.svg")'
        (folder / "figure.typ").write_text(source, encoding="utf-8")
        return bytes(
            typst.compile(str(folder / "figure.typ"), format="png", ppi=PIXELS_PER_INCH, ignore_system_fonts=True)
        )


def steady(office: bytes) -> bytes:
    """An office file without the clock and the folders of the machine: its dates fixed, its parts with the earliest
    date that a zip file can say."""
    parts = unzipped(office)
    core = parts["docProps/core.xml"].decode()
    parts["docProps/core.xml"] = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", EPOCH, core).encode()
    if custom := parts.get("docProps/custom.xml"):  # where pandoc notes which files it cited by, with their folders
        parts["docProps/custom.xml"] = PLACES.sub("", custom.decode()).encode()
    return zipped(parts)


def _metadata(document: Document, kind: str) -> dict[str, Node]:
    resolver = document.versions[kind].resolver
    options = resolver.metadata
    meta: dict[str, Node] = {"lang": {"t": "MetaString", "c": printed(options.get("lang") or "en")}} | nocite(options)
    for key in ("title", "subtitle", "date"):
        if options.get(key):
            meta[key] = {"t": "MetaInlines", "c": resolver.inlines(options[key])}
    names = [{"t": "MetaInlines", "c": resolver.inlines(person["name"])} for person in authors(options)]
    if names:
        meta["author"] = {"t": "MetaList", "c": names}
    if options.get("link-citations") is True:
        meta["link-citations"] = {"t": "MetaBool", "c": True}
    meta["toc-title"] = {"t": "MetaString", "c": printed(options.get("toc-title") or "Table of contents")}
    if options.get("abstract") and kind == "docx":
        meta["abstract"] = {"t": "MetaBlocks", "c": resolver.markdown(options["abstract"])}
    return meta


def convert(blocks: list[Node], folder: str, kind: str) -> list[Node]:
    """Blocks that pandoc can write, with figures, tables and callouts as paragraphs of named styles."""

    def visit(node: Node) -> list[Node] | None:
        name = node["t"]
        if name == "Float":
            return floating(node)
        if name == "Callout":
            title = node["title"] if node["title"] is not None else text(CALLOUTS[node["kind"]])
            inner = [plain([{"t": "Strong", "c": title}]), *rewrite(node["content"], visit)]
            return [div(attr(node["id"], [], [("custom-style", "Callout")]), inner)]
        if name == "Equation":
            return [span(attr(node["id"]), [with_number(node, f"\\qquad({node['number']})")])]
        if name == "Panel":
            cells: list[Node] = rewrite(node["cells"], visit)
            return cells
        if name == "Header":
            number = number_of(node)
            words = rewrite(node["c"][2], visit)
            if number:
                words = [span(attr("", ["header-section-number"]), text(number)), *text(NBSP + NBSP), *words]
            return [{"t": "Header", "c": [node["c"][0], attr(node["c"][1][0]), words]}]
        if name == "Image":
            return [image(node)]
        if name == "Div":
            return divided(node)
        return None

    def floating(node: Node) -> list[Node]:
        content: list[Node] = rewrite(node["content"], visit)
        label = f"({node['letter']}) " if node["sub"] else f"{node['word']}{NBSP}{node['number']}{node['delimiter']} "
        numbered = node.get("numbered", True)
        words = [*(text(label) if numbered else []), *rewrite(node["caption"] or [], visit)]
        if not words:
            return content
        style = "Table Caption" if node["kind"] == "tbl" else "Image Caption"
        caption = div(attr("", [], [("custom-style", style)]), [{"t": "Para", "c": words}])
        if kind == "pptx":
            caption = {"t": "Para", "c": words}
        whole = [caption, *content] if node["kind"] == "tbl" else [*content, caption]
        return whole if kind == "pptx" else [div(attr(node["id"]), whole)]

    def divided(node: Node) -> list[Node] | None:
        attributes, inner = node["c"]
        if not inner and attributes[0] != "refs":
            return []
        style = next((STYLED[c] for c in attributes[1] if c in STYLED), "")
        if style and kind == "docx":
            return [div(attr(attributes[0], [], [("custom-style", style)]), rewrite(inner, visit))]
        if any(c in ("columns", "column", "incremental", "notes") for c in attributes[1]) or attributes[0] == "refs":
            return None
        made: list[Node] = rewrite(inner, visit)
        return [div(attr(attributes[0]), made)] if attributes[0] and kind == "docx" else made

    def image(node: Node) -> Node:
        attributes, description, target = node["c"]
        kept, alt = image_attributes(attributes, description)
        name = posixpath.normpath(posixpath.join(folder, target[0]))
        name = name[:-4] + ".png" if name.endswith(".svg") else name
        sizes = kept[2] if get(kept, "width") or get(kept, "height") else [["width", "100%"]] if kind == "docx" else []
        return {"t": "Image", "c": [attr("", [], [tuple(pair) for pair in sizes]), text(alt or ""), [name, ""]]}

    made: list[Node] = rewrite(blocks, visit)
    return made
