"""Writing the PDF of a document: Typst source through the project's template, then the Typst compiler."""

from __future__ import annotations

import posixpath
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

from survey_report.errors import Problem, UserError
from survey_report.files import scratch_folder
from survey_report.offline import without_network
from survey_report.stitch import pandoc
from survey_report.stitch.citations import citations, nocite, uncited
from survey_report.stitch.document import Document
from survey_report.stitch.packages import refuse_packages
from survey_report.stitch.page import asset
from survey_report.stitch.pages import bibliography, citing, shown_images, write_file
from survey_report.stitch.project import Project
from survey_report.stitch.reading import NOT_TEXT, figure_name
from survey_report.stitch.resolving import Resolver
from survey_report.stitch.sources import inside, resolve_file
from survey_report.stitch.title_block import authors
from survey_report.stitch.tree import Node, each, plain_text, raw
from survey_report.stitch.typst_nodes import convert, separate_references, shift_headings, string
from survey_report.stitch.values import listed, printed

PARTS = ("template.typ", "definitions.typ", "typst-template.typ", "typst-show.typ", "biblio.typ")
# Fixed, so that the same sources give the same bytes whenever they are rendered.
TIMESTAMP = 0


def write_pdf(project: Project, document: Document, site: Path, *, keep_typ: bool = False) -> list[Path]:
    """Write the PDF (and the `.typ` beside it). Raises UserError with Typst's message when it does not compile."""
    stem = posixpath.splitext(document.path)[0]
    with scratch_folder() as work:
        source = work / "tree" / (stem + ".typ")
        source.parent.mkdir(parents=True)
        _lay_out(project, document, work / "tree")
        written = typst_source(project, document, work)
        source.write_text(written, encoding="utf-8")
        pdf = _compile(project, document, source, work / "tree")
        target = site / (stem + ".pdf")
        files = [write_file(target, pdf)]
        if keep_typ:
            files.append(write_file(site / (stem + ".typ"), written.encode()))
    return files


def _lay_out(project: Project, document: Document, tree: Path) -> None:
    """Copy what the Typst source names to where it looks for it."""
    version = document.versions["typst"]
    for name in shown_images(document, "typst"):
        write_file(tree / figure_name(document.path, name), document.reading.figures[name])
    for name in [*version.named.images, *bibliography(project, version.resolver.metadata, document.path)]:
        if inside(name) and (project.root / name).is_file() and not (tree / name).exists():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(project.root / name, tree / name)
    for name in listed(version.resolver.metadata.get("resources")):
        if inside(printed(name)) and (project.root / printed(name)).is_file():
            write_file(tree / printed(name), (project.root / printed(name)).read_bytes())


def typst_source(project: Project, document: Document, work: Path) -> str:
    """The Typst source of a document, by the project's template partials or our own."""
    version = document.versions["typst"]
    options = version.resolver.metadata
    folder = work / "template"
    folder.mkdir(parents=True, exist_ok=True)
    for name in PARTS:
        (folder / name).write_text(asset(name), encoding="utf-8")
    for partial in listed(options.get("template-partials")):
        path = project.root / printed(partial)
        if not path.is_file():
            where = Problem("_quarto.yml", "template-partials", printed(partial), "no such file", "Correct the path.")
            raise UserError([where])
        shutil.copyfile(path, folder / path.name)
    blocks = shift_headings(version.blocks, int(options.get("number-depth") or 6))
    blocks = separate_references(convert(blocks))
    meta = metadata(project, document, options, version.resolver)
    # The template knows language and region apart; citations want the whole.
    arguments = ["-t", "typst", "--wrap=none", f"--template={folder / 'template.typ'}"]
    arguments.append(f"--variable=lang={printed(options.get('lang') or 'en').partition('-')[0]}")
    if options.get("citeproc") is True:
        arguments += citing(project, options, document.path)
        meta |= nocite(options)
    else:
        blocks += [raw("typst", f"#cite(<{key}>, form: none)") for key in uncited(options) if key != "*"]
    return pandoc.write(blocks, meta, arguments).text


def properties(document: Document, options: Mapping[str, Any], resolver: Resolver) -> str:
    """What readers of the PDF find in its properties; without date, which would come from the clock."""
    names = [plain_text(resolver.inlines(person["name"])).strip() for person in authors(options)]
    listed_names = "".join(string(name) + ", " for name in names)
    return f"#set document(title: {string(document.title)}, author: ({listed_names}), date: none)"


def metadata(project: Project, document: Document, options: Mapping[str, Any], resolver: Resolver) -> dict[str, Any]:
    """Pandoc metadata for the template: every text of the document's metadata, and what Quarto adds."""
    texts = {key: value for key, value in options.items() if key not in NOT_TEXT}
    meta: dict[str, Any] = {key: _meta(value, resolver) for key, value in texts.items()}
    if options.get("title"):
        meta["title"] = _inlines(resolver.inlines(options["title"]))
    if options.get("abstract"):
        meta["abstract"] = {"t": "MetaBlocks", "c": convert(resolver.markdown(options["abstract"]))}
    lang = printed(options.get("lang") or "en")
    plain_values = {
        "region": lang.partition("-")[2],
        "papersize": printed(options.get("papersize")),
        "mainfont": printed(options.get("mainfont")),
        "fontsize": printed(options.get("fontsize")),
        "toc-title": printed(options.get("toc-title") or "Table of contents"),
        "section-numbering": printed(options.get("section-numbering") or "1.1.a")
        if options.get("number-sections") is True
        else "",
        "document-properties": properties(document, options, resolver),
        "toc-depth": printed(options.get("toc-depth") or 3),
    }
    if options.get("date") and not options.get("date-format"):
        plain_values["date"] = printed(options.get("date-iso") or options["date"])
    for key, value in plain_values.items():
        meta.pop(key, None)
        if value:
            meta[key] = {"t": "MetaInlines", "c": [{"t": "RawInline", "c": ["typst", value]}]}
    meta["lang"] = {"t": "MetaString", "c": lang}
    if options.get("toc") is not True:
        meta.pop("toc", None)
    if isinstance(options.get("margin"), Mapping):
        pairs = {key: {"t": "MetaString", "c": printed(value)} for key, value in options["margin"].items()}
        meta["margin"] = {"t": "MetaMap", "c": pairs}
    abstract = printed(options.get("abstract-title") or "Abstract")
    meta["labels"] = {"t": "MetaMap", "c": {"abstract": {"t": "MetaString", "c": abstract}}}
    meta["by-author"] = {"t": "MetaList", "c": [_author(person, resolver) for person in authors(options)]}
    files = bibliography(project, options, document.path)
    if (
        files
        and options.get("citeproc") is not True
        and (citations(each(document.versions["typst"].blocks)) or uncited(options))
    ):
        folder = posixpath.dirname(document.path) or "."
        paths = [{"t": "MetaString", "c": posixpath.relpath(name, folder)} for name in files]
        meta["bibliography"] = {"t": "MetaList", "c": paths}
        meta["citations"] = {"t": "MetaBool", "c": True}
    return meta


def _author(person: Mapping[str, str], resolver: Resolver) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "name": {"t": "MetaMap", "c": {"literal": _inlines(resolver.inlines(person["name"]))}},
        "email": _inlines(resolver.inlines(person["email"])),
    }
    if person["affiliation"]:
        place = {"t": "MetaMap", "c": {"name": _inlines(resolver.inlines(person["affiliation"]))}}
        fields["affiliations"] = {"t": "MetaList", "c": [place]}
    return {"t": "MetaMap", "c": fields}


def _inlines(inlines: list[Node]) -> dict[str, Any]:
    return {"t": "MetaInlines", "c": convert(inlines)}


def _meta(value: Any, resolver: Resolver) -> dict[str, Any]:
    if isinstance(value, Mapping):
        return {"t": "MetaMap", "c": {str(key): _meta(item, resolver) for key, item in value.items()}}
    if isinstance(value, list):
        return {"t": "MetaList", "c": [_meta(item, resolver) for item in value]}
    if isinstance(value, bool):
        return {"t": "MetaBool", "c": value}
    return _inlines(resolver.inlines(value))


def _compile(project: Project, document: Document, source: Path, tree: Path) -> bytes:
    options = document.versions["typst"].resolver.metadata
    named = listed(options.get("font-paths")) or listed(project.environment.get("TYPST_FONT_PATHS"))
    fonts = [project.root / resolve_file("", printed(name)) for name in named]
    refuse_packages(source.read_text(encoding="utf-8"), document.path)
    none = tree.parent / "no-packages"
    fixed: dict[str, Any] = {
        "root": str(tree),
        "package_path": str(none),
        "package_cache_path": str(none),
        "font_paths": [str(path) for path in fonts],
        # The machine's own fonts would make the pages differ from one machine to the next.
        "ignore_system_fonts": bool(fonts) or not options.get("mainfont"),
        "timestamp": TIMESTAMP,
        "format": "pdf",
    }
    try:
        with without_network():  # a package whose name is put together would be fetched all the same
            if accessible(document):
                try:
                    return bytes(typst.compile(str(source), pdf_standards=["ua-1"], **fixed))
                except typst.TypstError:
                    pass  # a stricter standard than the document meets: the plain, still tagged, PDF is tried
            return bytes(typst.compile(str(source), **fixed))
    except typst.TypstError as error:
        hints = " ".join(getattr(error, "hints", None) or [])
        message = f"Typst cannot set this document: {getattr(error, 'message', None) or error} {hints}".strip()
        remedy = "Correct the source, or see what stands there with --keep-typ."
        raise UserError([Problem(document.path, "", "", message, remedy)]) from error


def accessible(document: Document) -> bool:
    """Whether the document can claim PDF/UA: it has a title, and alternative text for every image."""
    blocks = document.versions["typst"].blocks
    images = [node for node in each(blocks) if node["t"] == "Image"]
    described = all(any(key in ("fig-alt", "alt") for key, _ in node["c"][0][2]) or node["c"][1] for node in images)
    return bool(document.title) and described
