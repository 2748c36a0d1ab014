"""The page of a whole notebook, published beside the report: `<notebook>-preview.html`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from survey_report.stitch.document import prepare
from survey_report.stitch.navigation import Entry
from survey_report.stitch.notebooks import read_notebook
from survey_report.stitch.pages import write_html
from survey_report.stitch.project import Project
from survey_report.stitch.reading import read_whole_notebook
from survey_report.stitch.tree import Node, plain_text, rewrite


def write_preview(project: Project, book: str, site: Path, navigation: Sequence[Entry]) -> list[Path]:
    """Write the page of a notebook; what it refers to elsewhere stays unresolved, as nothing here is refused."""
    notebook = read_notebook(project.root, book)
    document = prepare(project, read_whole_notebook(project, notebook), ("html",), frozenset())
    blocks = drop_title(document.versions["html"].blocks, document.title)
    document.versions["html"].blocks[:] = blocks
    return write_html(project, document, site, navigation)


def drop_title(blocks: list[Node], title: str) -> list[Node]:
    """The blocks without the first heading that says what the page's title says."""
    dropped = False

    def visit(node: Node) -> list[Node] | None:
        nonlocal dropped
        if node["t"] == "Header" and not dropped and plain_text(node["c"][2]).strip() == title:
            dropped = True
            return []
        return None

    made: list[Node] = rewrite(blocks, visit)
    return made
