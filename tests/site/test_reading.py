"""Reading pages: what the search finds, and where it leads."""

from __future__ import annotations

import json
import re

from survey_report.site.reading import ids, keys, read_page
from survey_report.site.scripts import assignment
from survey_report.site.search import search_index

PAGE = """<html><head><title>Not this</title></head><body><nav id="x"><h2>Nor this</h2></nav>
<main class="content" id="quarto-document-content">
<header><h1 class="title">The report</h1><p class="subtitle">A subtitle</p></header>
<p>Before any heading.<br>A line<img src="a.svg" alt="words"/> more</p>
<section id="sec-a" class="level1"><h1><span class="header-section-number">1</span> Waiting</h1>
<p>Long <em>waits</em>: <span class="invented" data-key="a.b"><em>41%</em></span>.</p>
<section id="sec-b"><h2 class="anchored">Deeper</h2><p>Below<sup><a class="footnote-ref" href="#fn1">1</a></sup> it.</p>
<div id="tbl-a" class="quarto-float"><figure><figcaption>Table 1: Who <a class="data-link" href="#">Data</a>
<a class="made-by" href="#">Notebook</a></figcaption><table><tr><td>hidden cell</td></tr></table></figure></div>
<p>After the table.</p></section></section>
<p>Back outside.</p></main><footer>Not read</footer></body></html>"""


def test_sections_have_the_anchor_of_their_heading_and_their_own_text() -> None:
    page = read_page(PAGE)
    assert page.title == "The report"
    told = {part.anchor: (part.title, part.text) for part in page.sections}
    assert told[""] == ("", "A subtitle Before any heading.A line more")
    assert told["sec-a"] == ("1 Waiting", "Long waits: 41%.")
    assert told["sec-b"] == ("Deeper", "Below it. After the table. Back outside.")
    assert page.captions == {"tbl-a": "Table 1: Who"}


def test_nothing_outside_the_main_part_and_no_table_is_searched() -> None:
    text = json.dumps(search_index({"a.html": read_page(PAGE)}))
    for words in ("Nor this", "Not read", "hidden cell", "Notebook"):
        assert words not in text


def test_index_leads_from_the_root_to_sections_and_captions() -> None:
    index = search_index({"report/a.html": read_page(PAGE)})
    assert index["pages"] == [["report/a.html", "The report"]]
    assert [0, "tbl-a", "Table 1: Who", ""] in index["sections"]


def test_ids_and_keys_of_a_page() -> None:
    assert {"sec-a", "tbl-a"} <= ids(PAGE)
    assert keys(PAGE) == ["a.b"]


def test_no_text_ends_the_script_it_stands_in() -> None:
    script = assignment("X", {"a": "</script><!-- & \u2028"})
    assert not re.search("[<>&\u2028]", script)
    assert json.loads(script[len("window.X=") : -2]) == {"a": "</script><!-- & \u2028"}
