"""Rendering a project: read every document, report all problems together, then write pages and PDFs."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from survey_report.errors import Problem, UserError
from survey_report.stitch import page, refuse, refuse_front
from survey_report.stitch.crew import Crew, Task, crew
from survey_report.stitch.keeping import Kept, Known, common_key, document_key, leaf, notebook_key
from survey_report.stitch.navigation import entries
from survey_report.stitch.project import FORMATS, Project, document_formats, load_project
from survey_report.stitch.sources import Source, read_source
from survey_report.stitch.values import listed, printed
from survey_report.stitch.writing import Desk, Summary

Page = tuple[str, str]  # a document and a format
NOTEBOOK = "notebook"  # the format of a notebook's own page, in the names of pages


def render_project(
    root: Path,
    site: Path,
    *,
    formats: tuple[str, ...] = FORMATS,
    made: tuple[str, ...] = (),
    keep_typ: bool = False,
    only: Sequence[str] = (),
    log: Callable[[str], None] = print,
    strict: bool = True,
    workers: int = 1,
    kept: Kept | None = None,
    trees: Path | None = None,
) -> list[Path]:
    """Render the project at `root` into the empty folder `site`; gives the files of all pages, in order.

    `only` names documents (paths from the root) if not all are wanted. With `strict`, sources that step outside the
    subset, or that Quarto would spoil without a word, are refused: UserError with the problems of all documents.
    Without it the engine prints what Quarto prints (`?@fig-none`). Missing files are refused either way.

    `workers` processes share the work. Pages that stand in `kept` are taken from its site, and it is told of those
    that are made; parts of documents that did not change are taken from the folder `trees`. `made` are the formats
    that are made now, if not all `formats`: others are taken as they are.
    """
    root, site = root.resolve(), site.resolve()
    project = replace(load_project(root), strict=strict)
    chosen = [name for name in project.documents if not only or name in only]
    unknown = sorted(set(only) - set(project.documents))
    if unknown:
        raise UserError([Problem(n, "", "", "not a document of this project", "Add it to render:.") for n in unknown])
    sources = {name: read_source(root, name) for name in project.documents}
    has = {name: document_formats(project, sources[name].front, formats) for name in chosen}
    pdfs = frozenset(name for name in chosen if "typst" in has[name])
    keys = _Keys(project, sources, (formats, keep_typ, strict, sorted(pdfs)), kept=kept is not None)
    kept = kept or Kept(site)
    desk = Desk(project, site, formats, keep_typ, pdfs, trees)
    wanted = {(name, fmt): keys.page(name, fmt) for name in chosen for fmt in has[name]}
    due = _due(wanted, kept, made or formats)
    many = len({name for name, _ in due})
    with crew(desk, min(workers, many)) as hands:
        odd = [problem for name in chosen for problem in refuse_front.formats(project, sources[name])]
        summaries, readers = _read(hands, due, sources, kept, wanted, odd, log if not strict else None)
        known = {name: kept.known[name] for name in chosen if name in kept.known} | {
            name: Known(one.title, one.ids, one.places, one.notebooks) for name, one in summaries.items()
        }
        navigation = entries(project, _titles(sources, known))
        site.mkdir(parents=True, exist_ok=True)
        books = sorted(
            {book for name in chosen if "html" in has[name] and name in known for book in known[name].notebooks}
        )
        books = books if "html" in formats else []
        previews = {book: keys.notebook(book) for book in books}
        new = [book for book in books if not kept.stands(f"{book} {NOTEBOOK}", previews[book])]
        tasks = [Task(("page", name, fmt, navigation), readers[name]) for name, fmt in due]
        tasks += [Task(("preview", book, navigation)) for book in new]
        tell = _teller(len(due), log)
        files = [done.result for done in hands.each(tasks, tell)]
    made_now = [(f"{name} {fmt}", wanted[name, fmt]) for name, fmt in due] + [
        (f"{book} {NOTEBOOK}", previews[book]) for book in new
    ]
    fresh = {one: leaf(key, names, root, site) for (one, key), names in zip(made_now, files, strict=True)}
    pages = [f"{name} {fmt}" for name, fmt in wanted] + [f"{book} {NOTEBOOK}" for book in books]
    taken = [name for name in pages if name not in fresh and name in kept.leaves]
    for name in taken:
        kept.take(name, root, site)
    if taken:
        log(f"{len(taken)} of {len(pages)} pages stand as they are")
    kept.leaves = {name: fresh.get(name) or kept.leaves[name] for name in pages if name in fresh or name in kept.leaves}
    kept.known = known
    written = [site / name for one in kept.leaves.values() for name in one.files]
    if "html" in formats:
        written += _finish(project, next((name for name in chosen if "html" in has[name]), ""), known, site)
    return list(dict.fromkeys(written))


def render_notebooks(root: Path, site: Path, books: Sequence[str]) -> None:
    """Write the pages of notebooks (paths from the root) into a site that another engine has rendered."""
    project = load_project(root.resolve())
    sources = {name: read_source(project.root, name) for name in project.documents}
    navigation = entries(project, _titles(sources, {}))
    desk = Desk(project, site.resolve(), FORMATS, keep_typ=False, pdfs=frozenset())
    for book in books:
        desk.preview(book, navigation)
    page.write_library(site)


class _Keys:
    """Digests of what pages are made from."""

    def __init__(
        self, project: Project, sources: Mapping[str, Source], options: tuple[object, ...], *, kept: bool
    ) -> None:
        self.project, self.sources = project, sources
        self.common = common_key(project, sources, options) if kept else ""
        self.documents: dict[str, str] = {}

    def page(self, name: str, fmt: str) -> str:
        """Of a document's page in a format."""
        if not self.common:
            return ""
        if name not in self.documents:
            self.documents[name] = document_key(self.common, self.project, self.sources[name])
        return f"{fmt} {self.documents[name]}"

    def notebook(self, book: str) -> str:
        """Of a notebook's page."""
        return notebook_key(self.common, self.project, book) if self.common else ""


def _due(wanted: Mapping[Page, str], kept: Kept, made: Sequence[str]) -> list[Page]:
    """Pages that have to be made now."""
    return [
        (name, fmt)
        for (name, fmt), key in wanted.items()
        if fmt in made and not (name in kept.known and kept.stands(f"{name} {fmt}", key))
    ]


def _read(
    hands: Crew,
    due: list[Page],
    sources: Mapping[str, Source],
    kept: Kept,
    wanted: Mapping[Page, str],
    odd: Sequence[Problem],
    warn: Callable[[str], None] | None,
) -> tuple[dict[str, Summary], dict[str, int]]:
    """Read the documents of pages that are due; others follow, and are due, whose links no longer lead anywhere.

    Gives what is known of each and who read it. Raises UserError with everything that is wrong, what is `odd` first,
    unless `warn` is to be told of it.
    """
    summaries: dict[str, Summary] = {}
    readers: dict[str, int] = {}
    while missing := [name for name in dict.fromkeys(name for name, _ in due) if name not in summaries]:
        missing.sort(key=lambda name: -_weight(sources[name]))
        tasks = [Task(("read", name, [fmt for other, fmt in due if other == name])) for name in missing]
        for name, done in zip(missing, hands.each(tasks), strict=True):
            summaries[name], readers[name] = done.result, done.worker
        for name in {name for name, _ in wanted} - summaries.keys():
            places = kept.known[name].places if name in kept.known else ()
            if any(target in summaries and not refuse.has_id(summaries[target].ids, place) for target, place in places):
                due += [one for one in wanted if one[0] == name]
    fatal = [problem for name in summaries for problem in summaries[name].fatal]
    ids = {name: one.ids for name, one in kept.known.items()} | {name: one.ids for name, one in summaries.items()}
    asked = [name for name in wanted_names(wanted) if name in summaries]
    refused = hands.each([Task(("refused", name, ids), readers[name]) for name in asked])
    found = [
        problem
        for name, one in zip(asked, refused, strict=True)
        for problem in (*summaries[name].problems, *one.result)
    ]
    found = list(dict.fromkeys([*odd, *found]))
    if fatal or (warn is None and found):
        raise UserError(dict.fromkeys([*fatal, *(found if warn is None else [])]))
    for problem in found if warn else ():
        warn(f"warning: {problem}")  # type: ignore[misc]
    return summaries, readers


def wanted_names(wanted: Mapping[Page, str]) -> list[str]:
    """Documents in the order of the project."""
    return list(dict.fromkeys(name for name, _ in wanted))


def _weight(source: Source) -> int:
    """How long a document will take, about: its lines, and what it embeds."""
    return sum(50 if "embed" in line.text else 1 for line in source.lines)


def _teller(count: int, log: Callable[[str], None]) -> Callable[[Task], None]:
    """Says which page is there, in the order in which they come."""
    numbers = iter(range(1, count + 1))

    def tell(task: Task) -> None:
        if task.job[0] == "preview":
            log(f"notebook: {task.job[1]}")
        else:
            ending = {"typst": "pdf"}.get(task.job[2], task.job[2])
            log(f"page {next(numbers)} of {count}: {posixpath.splitext(task.job[1])[0]}.{ending}")

    return tell


def _titles(sources: Mapping[str, Source], known: Mapping[str, Known]) -> dict[str, str]:
    titles = {name: printed(source.front.get("title")) or name for name, source in sources.items()}
    return titles | {name: one.title for name, one in known.items() if one.title}


def _finish(project: Project, first: str, known: Mapping[str, Known], site: Path) -> list[Path]:
    """Style, script, resources, and a way in when there is no index."""
    page.write_library(site)
    written: list[Path] = []
    for pattern in listed(project.setting("project.resources")):
        for source in sorted(project.root.glob(printed(pattern).lstrip("/"))):
            name = source.relative_to(project.root).as_posix()
            if source.is_file() and not source.is_relative_to(site) and page.copy_file(project.root, site, name):
                written.append(site / name)
    index = site / "index.html"
    if first and not index.exists():
        target = posixpath.splitext(first)[0] + ".html"
        title = known[first].title if first in known else ""
        index.write_text(page.redirect(target, title or project.title), encoding="utf-8")
        written.append(index)
    return written
