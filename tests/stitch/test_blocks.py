"""Formulas, listings, raw tables, title blocks and the like in strict rendering, as readers get them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from pdfminer.high_level import extract_text

from survey_report.errors import UserError
from survey_report.stitch import render_project
from survey_report.stitch.citations import uncited
from survey_report.stitch.keyboard import keys
from survey_report.stitch.title_block import authors, reuse
from survey_report.stitch.tree import plain_text
from survey_report.stitch.words import words

HEAD = "---\ntitle: A\n---\n\n"
Rendered = Callable[..., str]
Write = Callable[..., Path]
PARTS = (
    "# S {#sec-s}\n\nThe mean\n\n$$\n\\bar{x} = 1\n$$ {#eq-mean}\n\nand $$y$$ {#eq-y}, then $$z$$ without.\n\n"
    '```{#lst-count .sql lst-cap="Counting *all*"}\nSELECT 1\n```\n\n'
    "@eq-mean, [-@eq-y], [Formula @eq-y], @lst-count, @Lst-count.\n"
)


def soup(page: str) -> Tag:
    main = BeautifulSoup(page, "lxml").main
    assert main
    return main


def test_formulas_and_listings_are_numbered_and_referred_to(rendered: Rendered) -> None:
    main = soup(rendered(HEAD + PARTS))
    assert [node.get_text() for node in main.select(".equation-number")] == ["(1)", "(2)"]
    assert [node["id"] for node in main.select(".equation")] == ["eq-mean", "eq-y"]
    assert len(main.select("math[display=block]")) == 3
    assert [node.get_text() for node in main.select("figcaption")] == ["Listing\xa01: Counting all"]
    assert main.select_one("#lst-count pre.sql")
    found = [(link.get_text(), link["href"]) for link in main.select("a.quarto-xref")]
    assert found == [
        ("Equation\xa01", "#eq-mean"), ("2", "#eq-y"), ("Formula\xa02", "#eq-y"),
        ("Listing\xa01", "#lst-count"), ("Listing\xa01", "#lst-count"),
    ]  # fmt: skip


def test_formulas_and_listings_are_numbered_in_a_pdf(write: Write, tmp_path: Path) -> None:
    render_project(write(HEAD + PARTS), tmp_path / "site", formats=("typst",), log=lambda line: None)
    text = " ".join(extract_text(tmp_path / "site/a.pdf").replace("\xa0", " ").split())
    for part in ("Equation 1, Equation 2", "Listing 1: Counting all", "Listing 1, Listing 1.", "(1)", "(2)"):
        assert part in text


def test_words_of_captions_and_references_follow_the_front_matter(rendered: Rendered) -> None:
    options = "crossref: {fig-title: Fig., fig-prefix: fig., sec-prefix: part, title-delim: '.'}"
    body = "# S {#sec-s}\n\n![C](a.png){#fig-a fig-alt='x'}\n\n@fig-a, @Fig-a, @sec-s, [-@fig-a]\n"
    main = soup(rendered(f"---\ntitle: A\n{options}\n---\n\n{body}", {"a.png": b""}))
    assert [node.get_text() for node in main.select("figcaption")] == ["Fig.\xa01. C"]
    assert [a.get_text() for a in main.select("a.quarto-xref")] == ["fig.\xa01", "Fig.\xa01", "part\xa01", "1"]
    assert words({}).caption["fig"] == "Figure"


RAW = '```{=html}\n<table class="own"><tr><th>Branch</th></tr><tr><td>{{< var place >}}</td></tr></table>\n```\n'


def test_a_table_of_raw_html_reaches_every_format(write: Write, tmp_path: Path) -> None:
    body = f"{RAW}\n::: {{#tbl-raw}}\n\n{RAW}\n\nA caption\n:::\n\n@tbl-raw\n\n```{{=html}}\n<b>kept</b>\n```\n"
    root = write(HEAD + body, {"_variables.yml": "place: Harbour\n"})
    render_project(root, tmp_path / "site", keep_typ=True, log=lambda line: None)
    main = soup((tmp_path / "site/a.html").read_text(encoding="utf-8"))
    assert [cell.get_text() for cell in main.select("td")] == ["Harbour", "Harbour"]
    assert [node.get_text() for node in main.select("figcaption")] == ["Table\xa01: A caption"]
    assert main.select_one("b")
    source = (tmp_path / "site/a.typ").read_text(encoding="utf-8")
    assert source.count("[Harbour]") == 2
    assert "kept" not in source


def test_a_table_that_asks_for_it_stays_raw(rendered: Rendered) -> None:
    main = soup(
        rendered(
            HEAD + RAW.replace("<table ", '<table data-quarto-disable-processing="true" '),
            {"_variables.yml": "place: X\n"},
        )
    )
    assert main.select_one("table.own:not(.table)")


def test_a_picture_that_is_a_link_is_a_figure(rendered: Rendered) -> None:
    body = "[![C *d*](a.png){#fig-a fig-alt='x'}](https://example.org/)\n\n@fig-a\n"
    main = soup(rendered(HEAD + body, {"a.png": b""}))
    assert [node.get_text() for node in main.select("#fig-a figcaption")] == ["Figure\xa01: C d"]
    assert main.select_one('#fig-a a[href="https://example.org/"] img[alt=x]')


@pytest.mark.parametrize(("fmt", "shown"), [("html", ["a = 1"]), ("typst", ["b = 2"])])
def test_conditions_hold_for_code(write: Write, tmp_path: Path, fmt: str, shown: list[str]) -> None:
    body = '```{.python .content-visible when-format="html"}\na = 1\n```\n\n'
    body += '```{.python .content-hidden when-format="html"}\nb = 2\n```\n'
    root = write(HEAD + body)
    render_project(root, tmp_path / "site", formats=(fmt,), keep_typ=True, log=lambda line: None)
    text = (tmp_path / f"site/a.{'html' if fmt == 'html' else 'typ'}").read_text(encoding="utf-8")
    plain = BeautifulSoup(text, "lxml").get_text() if fmt == "html" else text
    assert [code for code in ("a = 1", "b = 2") if code in plain] == shown
    assert "when-format" not in text


def test_keys_are_shown_for_every_system(rendered: Rendered) -> None:
    main = soup(rendered(HEAD + "Press {{< kbd Ctrl-P >}} or {{< kbd mac=Cmd-Q win=Alt-F4 >}} now.\n"))
    assert main.p.get_text() == "Press Ctrl-P or Cmd-Q (mac), Alt-F4 (windows) now."
    assert [key.get_text() for key in main.select("kbd")] == ["Ctrl-P", "Cmd-Q", "Alt-F4"]
    assert plain_text(keys("Ctrl-P", "docx")) == "Ctrl-P"


def test_headings_in_tabs_stand_one_level_below_them(rendered: Rendered, write: Write, tmp_path: Path) -> None:
    tabs = "# A\n\n::: {.panel-tabset}\n## One\n\n### Inside\n\nText.\n:::\n"
    assert soup(rendered(HEAD + tabs)).h3
    with pytest.raises(UserError, match="level 4 under one of level 2"):
        render_project(write(HEAD + tabs.replace("###", "####")), tmp_path / "other", log=lambda line: None)


FRONT = """---
title: A
description: What it is
toc-title: Inside
date: 2024-05-03
date-modified: 2024-06-01
doi: 10.5555/12345678
license: CC BY-SA
author:
  - name: {given: Ailsa, family: Grant}
    orcid: 0000-0002-1825-0097
    email: a@example.org
    affiliation: [{id: l, name: Library}]
  - {name: Rory Munro, affiliations: [{ref: l}, School]}
bibliography: s.bib
nocite: "@quiet"
---

# S

Text.
"""


def test_the_title_block_says_all_that_the_front_matter_says(rendered: Rendered) -> None:
    page = BeautifulSoup(
        rendered(FRONT, {"s.bib": "@book{quiet, title = {Quiet}, author = {Q, R}, year = {2020}}"}), "lxml"
    )
    assert page.main
    head = page.main.header
    assert head
    assert [node.get_text() for node in head.select(".author")] == ["Ailsa Grant", "Rory Munro"]
    assert [node.get_text() for node in head.select(".affiliation")] == ["Library", "Library, School"]
    assert [node.get_text() for node in head.select(".date, .date-modified, .description")] == [
        "What it is", "3 May 2024", "1 June 2024",
    ]  # fmt: skip
    links = [str(link["href"]) for link in head.select("a")]
    assert links == [
        "mailto:a@example.org",
        "https://orcid.org/0000-0002-1825-0097",
        "https://doi.org/10.5555/12345678",
    ]
    assert page.select_one("#quarto-reuse a[rel=license]").get_text() == "CC BY-SA 4.0"
    assert page.select_one("#toc-title").get_text() == "Inside"
    assert "Quiet" in page.select_one("#refs").get_text()


def test_sources_that_the_text_does_not_name_are_in_the_pdf_too(write: Write, tmp_path: Path) -> None:
    root = write(FRONT, {"s.bib": "@book{quiet, title = {Quiet}, author = {Q, R}, year = {2020}}"})
    render_project(root, tmp_path / "site", formats=("typst",), log=lambda line: None)
    assert "Quiet" in extract_text(tmp_path / "site/a.pdf")
    assert uncited({"nocite": "@a, @b:c.d and @*"}) == ["a", "b:c.d", "*"]


def test_other_licences_stand_as_they_are_written() -> None:
    assert reuse({}) == []
    (block,) = reuse({"license": ["All rights <reserved>", {"text": "Ours", "url": "https://example.org/l"}]})
    assert "<div>All rights &lt;reserved&gt;</div>" in block["c"][1]
    assert '<a rel="license" href="https://example.org/l">Ours</a>' in block["c"][1]
    assert authors({"author": "One"}) == [{"name": "One", "affiliation": "", "email": "", "orcid": ""}]


def test_the_style_of_citations_counts_from_the_document(write: Write, tmp_path: Path) -> None:
    style = (Path(__file__).parent / "documented/short.csl").read_text(encoding="utf-8")
    document = "---\ntitle: B\nbibliography: s.bib\ncsl: own.csl\n---\n\nSee [@key].\n"
    others = {
        "_quarto.yml": "project: {render: [d/b.qmd]}\nformat: {html: default}\n",
        "d/b.qmd": document, "d/s.bib": "@book{key, title = {T}, author = {Q, R}, year = {2020}}", "d/own.csl": style,
    }  # fmt: skip
    root = write("", others)
    render_project(root, tmp_path / "site", log=lambda line: None)
    assert "(Q 2020)" in soup((tmp_path / "site/d/b.html").read_text(encoding="utf-8")).get_text()
    (root / "d/own.csl").unlink()
    with pytest.raises(UserError, match="no such file"):
        render_project(root, tmp_path / "other", log=lambda line: None)
