"""The page around the text: shell, navigation, contents, style. Nothing of it is fetched from elsewhere."""

from __future__ import annotations

import html
import posixpath
import re
import shutil
import string
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from survey_report.stitch.html_writer import PageParts
from survey_report.stitch.links import ELSEWHERE, to_root
from survey_report.stitch.navigation import Entry, listing, paging
from survey_report.stitch.project import Project
from survey_report.stitch.sources import inside, resolve
from survey_report.stitch.title_block import authors
from survey_report.stitch.values import listed, printed

LIBRARY = "site_libs/stitch"
OFFICE = "application/vnd.openxmlformats-officedocument"
TYPES = {
    ".pdf": "application/pdf",
    ".docx": f"{OFFICE}.wordprocessingml.document",
    ".pptx": f"{OFFICE}.presentationml.presentation",
}
ASSETS = resources.files("survey_report.stitch") / "assets"


def asset(name: str) -> str:
    """The text of a file that comes with the package."""
    return (ASSETS / name).read_text(encoding="utf-8")


def write_library(site: Path) -> None:
    """Put the style and the scripts into the site."""
    folder = site / LIBRARY
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("page.css", "page.js", "start.js"):
        (folder / name).write_text(asset(name), encoding="utf-8")


def render_page(
    parts: PageParts,
    document: str,
    project: Project,
    options: Mapping[str, Any],
    navigation: Sequence[Entry],
    other_formats: Mapping[str, str],
) -> str:
    """The whole page. `other_formats` are names and files beside it."""
    root = to_root(document)
    title = parts.title or posixpath.basename(document)
    styles = [f"{root}{LIBRARY}/page.css", *(root + name for name in stylesheets(options, document))]
    contents = ""
    if parts.contents:
        words = html.escape(printed(options.get("toc-title") or "On this page"))
        contents = f'<details class="page-details" open><summary>{words}</summary>\n'
        contents += '<nav id="TOC" role="doc-toc" class="toc-active" aria-labelledby="toc-title">'
        contents += f'<h2 id="toc-title">{words}</h2>\n{parts.contents}\n</nav></details>'
    others = "".join(
        f'<li><a href="{html.escape(name)}" type="{TYPES[posixpath.splitext(name)[1]]}">{html.escape(label)}</a></li>'
        for label, name in other_formats.items()
    )
    if others:
        contents += f'<div class="quarto-alternate-formats"><h2>Other formats</h2><ul>{others}</ul></div>'
    if contents:
        contents = (
            f'<aside id="quarto-margin-sidebar" class="margin-sidebar" aria-label="About this page">{contents}</aside>'
        )
    appendix = f'<div id="quarto-appendix" class="default">{parts.appendix}</div>' if parts.appendix else ""
    footer = f'<footer class="nav-footer">{parts.footer}</footer>' if parts.footer else ""
    fields = {
        "lang": html.escape(printed(options.get("lang") or "en")),
        "title": html.escape(" – ".join(part for part in (title, project.title) if part)),
        "meta": "".join(_meta(options)),
        "styles": "\n".join(f'<link rel="stylesheet" href="{html.escape(name)}">' for name in styles),
        "script": f"{root}{LIBRARY}/page.js",
        "start": f"{root}{LIBRARY}/start.js",
        "home": html.escape(root + home(project)),
        "site": html.escape(project.title or title),
        "navigation": listing(navigation, document),
        "contents": contents,
        "header": parts.header,
        "body": parts.body,
        "appendix": appendix,
        "paging": paging(navigation, document) if project.setting("website.page-navigation") is True else "",
        "footer": footer,
        "classes": "has-contents" if contents else "no-contents",
    }
    return string.Template(asset("page.html")).substitute(fields)


def _meta(options: Mapping[str, Any]) -> list[str]:
    rows = [("author", person["name"]) for person in authors(options)]
    rows += [("dcterms.date", printed(options.get("date-iso")))] if options.get("date-iso") else []
    rows += [("description", printed(options["description"]))] if options.get("description") else []
    return [f'<meta name="{name}" content="{html.escape(value)}">\n' for name, value in rows if "{{<" not in value]


def home(project: Project) -> str:
    """The page that the name of the site leads to."""
    return "index.html"


def stylesheets(options: Mapping[str, Any], document: str) -> list[str]:
    """The project's own stylesheets, from the root. A document's own count from the root too."""
    return [posixpath.normpath(printed(name).lstrip("/")) for name in listed(options.get("css"))]


def style_files(root: Path, name: str) -> list[str]:
    """The files, from the root, that a stylesheet names (fonts, pictures)."""
    path = root / name
    if not path.is_file():
        return []
    named = re.findall(r"url\(\s*[\"']?([^\"')?#]+)", path.read_text(encoding="utf-8"))
    return [found for address in named if not ELSEWHERE.match(address) and inside(found := resolve(name, address))]


def copy_file(root: Path, site: Path, name: str) -> bool:
    """Copy one file of the project to its place in the site; says whether it is there."""
    source, target = root / name, site / name
    if not inside(name) or not source.is_file():
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    return True


def redirect(target: str, title: str) -> str:
    """A page that leads on to the first document."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="refresh" content="0; url={html.escape(target)}">\n<title>{html.escape(title)}</title>\n'
        f'</head>\n<body>\n<p><a href="{html.escape(target)}">{html.escape(title)}</a></p>\n</body>\n</html>\n'
    )
