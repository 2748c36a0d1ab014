"""What one worker does: reads documents and remembers them, says what others need of them, writes their pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from survey_report.errors import Problem
from survey_report.stitch import previews, refuse
from survey_report.stitch.document import Document, prepare
from survey_report.stitch.navigation import Entry
from survey_report.stitch.office_writer import write_office
from survey_report.stitch.pages import write_html
from survey_report.stitch.project import Project, document_formats
from survey_report.stitch.reading import read_document
from survey_report.stitch.sources import read_source
from survey_report.stitch.typst_writer import write_pdf


@dataclass(frozen=True)
class Summary:
    """What is known of a document once it has been read."""

    path: str
    title: str
    formats: tuple[str, ...]
    ids: str
    places: tuple[tuple[str, str], ...]
    notebooks: tuple[str, ...]
    problems: tuple[Problem, ...]
    fatal: tuple[Problem, ...]


@dataclass
class Desk:
    """A worker for `crew`: jobs are a method's name and its arguments."""

    project: Project
    site: Path
    formats: tuple[str, ...]
    keep_typ: bool
    pdfs: frozenset[str]
    trees: Path | None = None  # a folder that keeps what was read of each document, for the next time
    documents: dict[str, Document] = field(default_factory=dict)

    def do(self, job: tuple[Any, ...]) -> Any:
        """Do a job."""
        return getattr(self, job[0])(*job[1:])

    def read(self, name: str, made: Sequence[str]) -> Summary:
        """Read a document, for those of its formats that are to be made."""
        source = read_source(self.project.root, name)
        wanted = document_formats(self.project, source.front, self.formats)
        record = self.trees / f"{name.replace('/', '-')}.trees" if self.trees else None
        reading = read_document(self.project, source, wanted, record)
        now = [fmt for fmt in wanted if fmt in made or fmt == "html"]  # other documents ask for the ids of the page
        document = prepare(self.project, reading, wanted, self.pdfs, now)
        self.documents[name] = document
        html = document.versions.get("html")
        places = {
            (target, place) for version in document.versions.values() for target, place, _ in version.named.places
        }
        return Summary(
            name,
            document.title,
            document.formats,
            refuse.id_text(html) if html else "",
            tuple(sorted(places)),
            document.notebooks,
            document.problems,
            document.fatal,
        )

    def refused(self, name: str, ids: dict[str, str]) -> list[Problem]:
        """What strict rendering refuses in a document that was read."""
        return refuse.sources(self.project, self.documents[name], ids)

    def page(self, name: str, fmt: str, navigation: Sequence[Entry]) -> list[str]:
        """Write a page of a document that was read; its files as seen from the site."""
        document = self.documents[name]
        if fmt == "html":
            return self._names(write_html(self.project, document, self.site, navigation))
        if fmt != "typst":
            return self._names(write_office(self.project, document, self.site, fmt))
        return self._names(write_pdf(self.project, document, self.site, keep_typ=self.keep_typ))

    def preview(self, book: str, navigation: Sequence[Entry]) -> list[str]:
        """Write the page of a notebook."""
        return self._names(previews.write_preview(self.project, book, self.site, navigation))

    def _names(self, paths: Sequence[Path]) -> list[str]:
        return [path.relative_to(self.site).as_posix() for path in paths]
