"""Reading the pages of a site: their titles, their sections as plain text, and the ids that stand in them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

MAIN = "quarto-document-content"  # the id of both engines' main part
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
UNREAD = frozenset({"script", "style", "table", "pre", "nav", "svg", "details"})
VOID = frozenset({"img", "br", "hr", "input", "meta", "link", "col", "source", "wbr"})
FLOAT = re.compile(r"(?:fig|tbl)-.+")
LINKS = re.compile(r"\s*Data(?: Notebook)?$")  # what a caption ends with
# Most of a page by length; none of it is read, and none holds another of its kind.
WITHOUT_TEXT = re.compile(r"<(table|svg|script|style)\b.*?</\1>", re.S)
BREAKS = frozenset({"p", "li", "dt", "dd", "div", "section", "figure", "blockquote"})


@dataclass
class Section:
    """A heading, or the caption of a figure or table, with the id that leads to it and the text below it."""

    anchor: str
    title: str = ""
    text: str = ""


@dataclass
class Reading:
    """A page: its title, its sections in order (the first without anchor), captions by the id of figure or table."""

    title: str = ""
    sections: list[Section] = field(default_factory=list)
    captions: dict[str, str] = field(default_factory=dict)


def read_page(markup: str) -> Reading:
    """What a page says, tables and code left out."""
    parser = _Parser()
    parser.feed(WITHOUT_TEXT.sub("", markup))
    parser.close()
    return parser.result()


def ids(markup: str) -> frozenset[str]:
    """Every id of a page."""
    return frozenset(re.findall(r'\sid="([^"]+)"', markup))


def keys(markup: str) -> list[str]:
    """The keys of the numbers on a page, sorted."""
    return sorted(set(re.findall(r'\sdata-key="([^"]+)"', markup)))


def plain(text: str) -> str:
    """Text with single spaces."""
    return " ".join(text.split())


@dataclass(frozen=True)
class _Open:
    """An open element: `role` is its tag, or what it counts as."""

    tag: str
    role: str
    id: str


class _Parser(HTMLParser):
    """Keeps the stack of open elements and where text goes: the page's title, a heading, a caption, a section."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.stack: list[_Open] = []
        self.page = Reading(sections=[Section("")])
        self.caption: list[str] = []
        self.float_id = ""

    def result(self) -> Reading:
        """What was read, with single spaces."""
        for section in self.page.sections:
            section.title, section.text = plain(section.title), plain(section.text)
        self.page.sections = [part for part in self.page.sections if part.title or part.text]
        self.page.title = plain(self.page.title)
        return self.page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        found = {name: value or "" for name, value in attrs}
        classes, identifier, role = found.get("class", "").split(), found.get("id", ""), tag
        if tag in HEADINGS and "title" in classes:
            role = "page-title"
        elif {"footnote-ref", "nav-link"} & set(classes):  # marks of notes, names of tabs
            role = "nav"
        self.stack.append(_Open(tag, role, identifier))
        if not self._inside():
            return
        if tag == "div" and FLOAT.fullmatch(identifier):
            self.float_id = identifier
        if role in HEADINGS:
            around = next((one.id for one in reversed(self.stack) if one.tag == "section" and one.id), "")
            self.page.sections.append(Section(identifier or around))
        elif tag == "figcaption":
            self.caption = []

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element without content, such as `<img/>`, opens nothing."""

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID or all(one.tag != tag for one in self.stack):
            return
        if tag == "figcaption" and self.float_id and self._inside():
            self.page.captions.setdefault(self.float_id, LINKS.sub("", plain("".join(self.caption))))
        while self.stack.pop().tag != tag:
            pass
        if tag in BREAKS:
            self.page.sections[-1].text += " "

    def handle_data(self, data: str) -> None:
        roles = {one.role for one in self.stack}
        if "page-title" in roles:
            self.page.title += data
        elif self._inside() and not roles & UNREAD:
            if "figcaption" in roles:
                self.caption.append(data)
            elif roles & HEADINGS:
                self.page.sections[-1].title += data
            else:
                self.page.sections[-1].text += data

    def _inside(self) -> bool:
        return any(one.id == MAIN for one in self.stack)
