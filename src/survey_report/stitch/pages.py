"""Writing the HTML page of a document and the files it shows."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from survey_report.stitch import page
from survey_report.stitch.document import Document
from survey_report.stitch.html_nodes import HtmlNodes
from survey_report.stitch.html_writer import write_parts
from survey_report.stitch.links import to_root
from survey_report.stitch.navigation import Entry
from survey_report.stitch.project import Project
from survey_report.stitch.reading import figure_name
from survey_report.stitch.sources import inside, resolve, resolve_file
from survey_report.stitch.values import listed, printed


def bibliography(project: Project, options: Mapping[str, Any], document: str) -> list[str]:
    """The bibliography files from the root: the project's count from there, a document's own from the document."""
    of_project = listed(project.config.get("bibliography"))
    return [
        name if name in of_project else resolve_file(document, printed(name))
        for name in map(printed, listed(options.get("bibliography")))
    ]


def style(project: Project, options: Mapping[str, Any], document: str) -> str:
    """The file, from the root, that says how sources are cited: the project's counts from there, a document's own from
    the document; nothing where neither names one."""
    name = printed(options.get("csl"))
    return name if not name or name == printed(project.config.get("csl")) else resolve_file(document, name)


def citing(project: Project, options: Mapping[str, Any], document: str) -> list[str]:
    """Pandoc's arguments for citations; without a style of the project's, Chicago as Quarto 1.5 sets it."""
    sources = [project.root / name for name in bibliography(project, options, document)]
    if not sources:
        return []
    named = style(project, options, document)
    own = project.root / named if named else page.ASSETS / "chicago-author-date.csl"
    return ["--citeproc", *(f"--bibliography={path}" for path in sources), f"--csl={own}"]


def write_html(project: Project, document: Document, site: Path, navigation: Sequence[Entry]) -> list[Path]:
    """Write a page, its figures and images; gives its files, those too that another page has brought along."""
    version = document.versions["html"]
    options = version.resolver.metadata
    target = site / (posixpath.splitext(document.path)[0] + ".html")
    target.parent.mkdir(parents=True, exist_ok=True)
    written = [target]
    for name, content in document.reading.figures.items():
        if name in shown_images(document, "html"):
            written.append(write_file(site / figure_name(document.path, name), content))
    styles = page.stylesheets(options, document.path)
    styles += [name for style in styles for name in page.style_files(project.root, style)]
    for name in dict.fromkeys([*version.named.images, *styles, *version.named.files]):
        if (site / name).exists() or page.copy_file(project.root, site, name):
            written.append(site / name)
    hrefs = {
        book: to_root(document.path) + posixpath.splitext(book)[0] + "-preview.html" for book in document.notebooks
    }
    fold = "true" if options.get("code-fold") is True else printed(options.get("code-fold"))
    nodes = HtmlNodes(fold, hrefs, tex=not project.strict)
    # Quarto leaves maths to a script from the web; MathML needs none. Who wants what Quarto prints gets what it prints.
    maths = "--mathml" if project.strict else "--mathjax"
    parts = write_parts(version.blocks, version.resolver, nodes, [maths, *citing(project, options, document.path)])
    stem = posixpath.splitext(posixpath.basename(document.path))[0]
    made = {"typst": ("PDF", "pdf"), "docx": ("Word", "docx"), "pptx": ("Slides", "pptx")}
    others = {word: f"{stem}.{ending}" for fmt, (word, ending) in made.items() if fmt in document.formats}
    text = page.render_page(parts, document.path, project, options, navigation, others)
    target.write_text(text, encoding="utf-8")
    for name in linked_files(text, document.path):
        if (site / name).exists() or page.copy_file(project.root, site, name):
            written.append(site / name)
    return written


def linked_files(text: str, document: str) -> list[str]:
    """The files, from the root, that a page names in links and images, other than pages and PDFs."""
    found = []
    for address in re.findall(r'\b(?:href|src)="([^"#?:]+)', text):
        name = resolve(document, unquote(unescape(address)))
        if inside(name) and posixpath.splitext(name)[1] not in (
            "",
            ".html",
            ".pdf",
            ".docx",
            ".pptx",
            ".qmd",
        ):
            found.append(name)
    return sorted(set(found))


def shown_images(document: Document, fmt: str) -> set[str]:
    """The figures that this format shows, as seen from the document."""
    shown = set(document.versions[fmt].named.images)
    return {name for name in document.reading.figures if figure_name(document.path, name) in shown}


def write_file(path: Path, content: bytes) -> Path:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path
