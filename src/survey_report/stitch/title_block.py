"""What stands above a page's text (title, authors, dates, abstract) and, below it, how the page may be used."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

from survey_report.stitch.resolving import Resolver
from survey_report.stitch.tree import Node, plain, raw, raw_inline
from survey_report.stitch.values import listed, printed

# The Creative Commons licences that Quarto knows by these names; without a version it takes 4.0.
LICENCE = re.compile(r"CC (BY(?:-NC)?(?:-SA|-ND)?)(?:\s+(\d\.\d))?", re.I)


def title_block(resolver: Resolver, title: list[Node]) -> list[Node]:
    """The header of a page."""
    options = resolver.metadata
    made = [raw("html", '<header id="title-block-header" class="quarto-title-block default">')]
    if title:
        made.append(_around("h1", "title", title))
    if options.get("subtitle"):
        made.append(_around("p", "subtitle lead", resolver.inlines(options["subtitle"])))
    if options.get("description"):
        made.append(_around("div", "description", resolver.inlines(options["description"])))
    facts = [*_people(resolver), *_facts(resolver)]
    if facts:
        made += [raw("html", '<div class="quarto-title-meta">'), *facts, raw("html", "</div>")]
    if options.get("abstract"):
        words = html.escape(printed(options.get("abstract-title") or "Abstract"))
        made += [raw("html", f'<div class="abstract"><div class="block-title">{words}</div>')]
        made += [*resolver.markdown(options["abstract"]), raw("html", "</div>")]
    words = html.escape(", ".join(printed(word) for word in listed(options.get("keywords"))))
    if words:
        made.append(raw("html", f'<div class="keywords">{_heading("Keywords")}<p>{words}</p></div>'))
    return [*made, raw("html", "</header>")]


def _people(resolver: Resolver) -> list[Node]:
    people = authors(resolver.metadata)
    if not people:
        return []
    made: list[Node] = [raw("html", f"<div>{_heading('Author' if len(people) == 1 else 'Authors')}")]
    for person in people:
        made.append(_around("p", "author", resolver.inlines(person["name"])))
        if person["affiliation"]:
            made.append(_around("p", "affiliation", resolver.inlines(person["affiliation"])))
        if links := _contact(person):
            made.append(raw("html", f'<p class="author-contact">{links}</p>'))
    return [*made, raw("html", "</div>")]


def _contact(person: Mapping[str, str]) -> str:
    email, orcid = html.escape(person["email"]), html.escape(person["orcid"])
    links = [f'<a href="mailto:{email}">{email}</a>'] if email and "{{<" not in email else []
    return ", ".join([*links, *([f'<a href="https://orcid.org/{orcid}">ORCID {orcid}</a>'] if orcid else [])])


def _facts(resolver: Resolver) -> list[Node]:
    made: list[Node] = []
    for key, words in (("date", "Published"), ("date-modified", "Modified")):
        if resolver.metadata.get(key):
            made += [
                raw("html", f"<div>{_heading(words)}"),
                _around("p", key, resolver.inlines(resolver.metadata[key])),
            ]
            made.append(raw("html", "</div>"))
    doi = html.escape(printed(resolver.metadata.get("doi")))
    if doi:
        link = f'<p class="doi"><a href="https://doi.org/{doi}">{doi}</a></p>'
        made.append(raw("html", f"<div>{_heading('Doi')}{link}</div>"))
    return made


def _heading(words: str) -> str:
    return f'<div class="quarto-title-meta-heading">{words}</div>'


def _around(tag: str, classes: str, inlines: list[Node]) -> Node:
    return plain([raw_inline("html", f'<{tag} class="{classes}">'), *inlines, raw_inline("html", f"</{tag}>")])


def authors(options: Mapping[str, Any]) -> list[dict[str, str]]:
    """Authors (name, affiliation, email, orcid), however they are written; `ref:` names an affiliation by its id."""
    people = listed(options.get("author") or options.get("authors"))
    own = [place for person in people if isinstance(person, Mapping) for place in _places(person)]
    known = {place["id"]: place for place in [*_places(options), *own] if isinstance(place, Mapping) and "id" in place}
    return [_author(person, known) for person in people]


def _places(source: Mapping[str, Any]) -> list[Any]:
    return listed(source.get("affiliation") or source.get("affiliations"))


def _author(person: Any, known: Mapping[Any, Mapping[str, Any]]) -> dict[str, str]:
    if not isinstance(person, Mapping):
        return {"name": printed(person), "affiliation": "", "email": "", "orcid": ""}
    names = []
    for place in _places(person):
        found = known.get(place["ref"], {}) if isinstance(place, Mapping) and "ref" in place else place
        names.append(printed(found.get("name")) if isinstance(found, Mapping) else printed(found))
    name = person.get("name")
    if isinstance(name, Mapping):  # given, particle and family name apart
        order = ("given", "dropping-particle", "non-dropping-particle", "family")
        name = name.get("literal") or " ".join(printed(name[part]) for part in order if name.get(part))
    return {
        "name": printed(name),
        "affiliation": ", ".join(name for name in names if name),
        "email": printed(person.get("email")),
        "orcid": printed(person.get("orcid")).removeprefix("https://orcid.org/"),
    }


def reuse(options: Mapping[str, Any]) -> list[Node]:
    """The section that says under which licence a page may be used; nothing where the front matter names none."""
    rows = [f"<div>{_licence(item)}</div>" for item in listed(options.get("license"))]
    if not rows:
        return []
    head = '<section class="quarto-appendix-contents" id="quarto-reuse">'
    head += '<h2 class="anchored quarto-appendix-heading">Reuse</h2>'
    return [raw("html", f"{head}{''.join(rows)}</section>")]


def _licence(item: Any) -> str:
    words, address = printed(item), ""
    if isinstance(item, Mapping):
        words, address = printed(item.get("text")), printed(item.get("url"))
    elif found := LICENCE.fullmatch(words.strip()):
        version = found[2] or "4.0"
        words = f"CC {found[1].upper()} {version}"
        address = f"https://creativecommons.org/licenses/{found[1].lower()}/{version}/"
    words = html.escape(words or address)
    return f'<a rel="license" href="{html.escape(address)}">{words}</a>' if address else words
