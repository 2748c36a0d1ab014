"""A document prepared: for each format its tree with everything numbered and every reference resolved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from survey_report.errors import Problem
from survey_report.stitch.crossref import Target, Unresolved, number_all, resolve_references
from survey_report.stitch.equations import equations
from survey_report.stitch.links import Named, link_documents
from survey_report.stitch.project import Project
from survey_report.stitch.reading import Reading
from survey_report.stitch.resolving import Resolver
from survey_report.stitch.structure import structure
from survey_report.stitch.tree import Node, plain_text, rewrite


@dataclass(frozen=True)
class Version:
    """One format of a document."""

    blocks: list[Node]
    resolver: Resolver
    targets: Mapping[str, Target]
    unresolved: Unresolved
    named: Named


@dataclass(frozen=True)
class Document:
    """A document with its versions by format, and everything that is wrong with it."""

    path: str
    title: str
    formats: tuple[str, ...]
    versions: Mapping[str, Version]
    reading: Reading
    problems: tuple[Problem, ...]
    fatal: tuple[Problem, ...]

    @property
    def notebooks(self) -> tuple[str, ...]:
        """The notebooks it embeds."""
        return self.reading.notebooks


def prepare(
    project: Project, reading: Reading, formats: Sequence[str], pdfs: frozenset[str], made: Sequence[str] | None = None
) -> Document:
    """Resolve, structure and number a reading for each of its formats, or for those that are to be made now."""
    versions: dict[str, Version] = {}
    title = ""
    problems = list(reading.problems)
    for fmt in (formats if made is None else made) if not reading.fatal else ():
        resolver = Resolver(project, reading, fmt)
        blocks = structure(equations(resolver.body()), resolver.piece, resolver.markdown)
        if fmt == "typst":
            blocks = flatten_tabs(blocks)
        targets = number_all(blocks, resolver.metadata)
        if fmt in ("docx", "pptx"):  # whose tabs Quarto gives no numbers
            blocks = flatten_tabs(blocks)
        blocks, unresolved = resolve_references(blocks, targets, fmt)
        blocks, named = link_documents(blocks, reading.path, fmt, project.documents, pdfs if fmt == "typst" else ())
        title = title or plain_text(resolver.inlines(resolver.metadata.get("title"))).strip()
        versions[fmt] = Version(blocks, resolver, targets, unresolved, named)
        problems += resolver.problems
    return Document(reading.path, title, tuple(formats), versions, reading, tuple(problems), reading.fatal)


def flatten_tabs(blocks: list[Node]) -> list[Node]:
    """Tabsets as ordinary sections without ids, as a PDF has them."""

    def visit(node: Node) -> list[Node] | None:
        if node["t"] != "Tabset":
            return None
        made: list[Node] = []
        for pane in node["panes"]:
            made.append({"t": "Header", "c": [node["level"], ["", [], []], pane["title"]]})
            made += flatten_tabs(pane["content"])
        return made

    made: list[Node] = rewrite(blocks, visit)
    return made
