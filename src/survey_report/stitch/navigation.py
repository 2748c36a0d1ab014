"""Site navigation: which documents it lists, under which names."""

from __future__ import annotations

import html
import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from survey_report.stitch.links import ELSEWHERE, to_root
from survey_report.stitch.project import Project
from survey_report.stitch.values import listed, printed


@dataclass(frozen=True)
class Entry:
    """A link (`href` from the root, or an address elsewhere) or, without one, a heading over `inner`."""

    text: str
    href: str
    inner: tuple[Entry, ...] = ()


def entries(project: Project, titles: Mapping[str, str]) -> tuple[Entry, ...]:
    """What the sidebar lists, else the navigation bar, else every document."""
    sidebar = project.setting("website.sidebar.contents")
    navbar = project.setting("website.navbar")
    items: list[Any] = listed(sidebar)
    if not items and isinstance(navbar, Mapping):
        items = [*listed(navbar.get("left")), *listed(navbar.get("right"))]
    if not items or items == ["auto"]:
        items = list(project.documents)
    return tuple(_entry(item, titles) for item in items)


def _entry(item: Any, titles: Mapping[str, str]) -> Entry:
    if not isinstance(item, Mapping):
        name = posixpath.normpath(printed(item).lstrip("/"))
        return Entry(titles.get(name, name), _page(name))
    inner = tuple(_entry(part, titles) for part in listed(item.get("contents") or item.get("menu")))
    href = printed(item.get("href") or item.get("file"))
    text = printed(item.get("text") or item.get("section"))
    if href and not ELSEWHERE.match(href):
        name = posixpath.normpath(href.lstrip("/"))
        return Entry(text or titles.get(name, name), _page(name), inner)
    return Entry(text or href, href, inner)


def _page(name: str) -> str:
    return name.removesuffix(".qmd") + ".html" if name.endswith(".qmd") else name


def neighbours(items: Sequence[Entry], document: str) -> tuple[Entry | None, Entry | None]:
    """The entries before and after a document in the order of the navigation; none where it is not listed."""
    flat = [item for item in _flat(items) if item.href and not ELSEWHERE.match(item.href)]
    places = [number for number, item in enumerate(flat) if item.href == document.removesuffix(".qmd") + ".html"]
    if not places:
        return None, None
    before = flat[places[0] - 1] if places[0] else None
    return before, flat[places[0] + 1] if places[0] + 1 < len(flat) else None


def _flat(items: Sequence[Entry]) -> list[Entry]:
    return [entry for item in items for entry in (item, *_flat(item.inner))]


def paging(items: Sequence[Entry], document: str) -> str:
    """Links to the page before and the page after, with Quarto's class names; nothing where there is neither."""
    made = []
    for name, words, entry in zip(("previous", "next"), ("Previous", "Next"), neighbours(items, document), strict=True):
        if entry:
            href = html.escape(to_root(document) + entry.href)
            made.append(
                f'<div class="nav-page nav-page-{name}"><a href="{href}" class="pagination-link" rel="{name[:4]}">'
                f'{words}: <span class="nav-page-text">{html.escape(entry.text)}</span></a></div>'
            )
    return f'<nav class="page-navigation" aria-label="Pages before and after">{"".join(made)}</nav>' if made else ""


def listing(items: Sequence[Entry], document: str) -> str:
    """The entries as a list of links as seen from a document; its own is marked."""
    own = document.removesuffix(".qmd") + ".html"
    rows = []
    for item in items:
        words = html.escape(item.text)
        if not item.href:
            row = f'<span class="sidebar-section">{words}</span>'
        else:
            href = item.href if ELSEWHERE.match(item.href) else to_root(document) + item.href
            here = ' class="active" aria-current="page"' if item.href == own else ""
            row = f'<a href="{html.escape(href)}"{here}>{words}</a>'
        rows.append(f"<li>{row}{listing(item.inner, document) if item.inner else ''}</li>")
    return f"<ul>{''.join(rows)}</ul>" if rows else ""
