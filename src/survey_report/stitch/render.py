"""Rendering a project: read every document, report all problems together, then write pages and PDFs."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from survey_report.errors import Problem, UserError
from survey_report.stitch import page, previews, refuse
from survey_report.stitch.document import Document, prepare
from survey_report.stitch.navigation import entries
from survey_report.stitch.office_writer import write_office
from survey_report.stitch.pages import write_html
from survey_report.stitch.project import FORMATS, Project, document_formats, load_project
from survey_report.stitch.reading import read_document
from survey_report.stitch.sources import read_source
from survey_report.stitch.typst_writer import write_pdf
from survey_report.stitch.values import listed, printed

WORKERS = 2


def render_project(
    root: Path,
    site: Path,
    *,
    formats: tuple[str, ...] = FORMATS,
    keep_typ: bool = False,
    only: Sequence[str] = (),
    log: Callable[[str], None] = print,
    strict: bool = True,
) -> list[Path]:
    """Render the project at `root` into the empty folder `site`; gives the files written, in order.

    `only` names documents (paths from the root) if not all are wanted. With `strict`, sources that step outside the
    subset, or that Quarto would spoil without a word, are refused: UserError with the problems of all documents.
    Without it the engine prints what Quarto prints (`?@fig-none`). Missing files are refused either way.
    """
    root, site = root.resolve(), site.resolve()
    project = replace(load_project(root), strict=strict)
    chosen = [name for name in project.documents if not only or name in only]
    unknown = sorted(set(only) - set(project.documents))
    if unknown:
        raise UserError([Problem(n, "", "", "not a document of this project", "Add it to render:.") for n in unknown])
    with ThreadPoolExecutor(WORKERS) as pool:
        pdfs = _pdfs(project, formats, chosen)
        documents = list(pool.map(lambda name: _prepare(project, name, formats, pdfs), chosen))
        _report(project, documents, strict, log)
        navigation = entries(project, _titles(project, documents))
        site.mkdir(parents=True, exist_ok=True)
        written: list[Path] = []
        jobs = [(document, fmt) for document in documents for fmt in document.formats]

        def write(job: tuple[Document, str]) -> list[Path]:
            document, fmt = job
            if fmt == "html":
                return write_html(project, document, site, navigation)
            if fmt != "typst":
                return write_office(project, document, site, fmt)
            return write_pdf(project, document, site, keep_typ=keep_typ)

        for number, (job, files) in enumerate(zip(jobs, pool.map(write, jobs), strict=True), start=1):
            name = posixpath.splitext(job[0].path)[0] + {"html": ".html", "typst": ".pdf"}.get(job[1], f".{job[1]}")
            log(f"page {number} of {len(jobs)}: {name}")
            written += files
        if "html" in formats:
            books = sorted(
                {book for document in documents if "html" in document.formats for book in document.notebooks}
            )
            for book, files in zip(
                books, pool.map(lambda b: previews.write_preview(project, b, site, navigation), books), strict=True
            ):
                log(f"notebook: {book}")
                written += files
            written += _finish(project, documents, site)
    return written


def _prepare(project: Project, name: str, formats: Sequence[str], pdfs: frozenset[str]) -> Document:
    source = read_source(project.root, name)
    wanted = document_formats(project, source.front, formats)
    reading = read_document(project, source, wanted)
    return prepare(project, reading, wanted, pdfs)


def _pdfs(project: Project, formats: Sequence[str], chosen: Sequence[str]) -> frozenset[str]:
    """The documents that are rendered to PDF too."""
    if "typst" not in formats:
        return frozenset()
    fronts = {name: read_source(project.root, name).front for name in chosen}
    return frozenset(name for name, front in fronts.items() if "typst" in document_formats(project, front, formats))


def _report(project: Project, documents: Sequence[Document], strict: bool, log: Callable[[str], None]) -> None:
    """Raise UserError with everything that is wrong, or print it when it is to be put up with."""
    fatal = [problem for document in documents for problem in document.fatal]
    ids = {d.path: refuse.id_text(d.versions["html"]) for d in documents if "html" in d.versions}
    found = [
        problem for document in documents for problem in [*document.problems, *refuse.sources(project, document, ids)]
    ]
    found = list(dict.fromkeys(found))
    if fatal or (strict and found):
        raise UserError(dict.fromkeys([*fatal, *(found if strict else [])]))
    for problem in found:
        log(f"warning: {problem}")


def _titles(project: Project, documents: Sequence[Document]) -> dict[str, str]:
    titles = {name: name for name in project.documents}
    for name in project.documents:
        front = read_source(project.root, name).front
        titles[name] = printed(front.get("title")) or name
    return titles | {document.path: document.title for document in documents if document.title}


def _finish(project: Project, documents: Sequence[Document], site: Path) -> list[Path]:
    """Style, script, resources, and a way in when there is no index."""
    page.write_library(site)
    written: list[Path] = []
    for pattern in listed(project.setting("project.resources")):
        for source in sorted(project.root.glob(printed(pattern).lstrip("/"))):
            name = source.relative_to(project.root).as_posix()
            if source.is_file() and not source.is_relative_to(site) and page.copy_file(project.root, site, name):
                written.append(site / name)
    first = next((document for document in documents if "html" in document.formats), None)
    index = site / "index.html"
    if first and not index.exists():
        target = posixpath.splitext(first.path)[0] + ".html"
        index.write_text(page.redirect(target, first.title or project.title), encoding="utf-8")
        written.append(index)
    return written
