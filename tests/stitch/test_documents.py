"""What single features become, in small projects."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from survey_report.stitch import render_notebooks, render_project
from survey_report.stitch.dates import read_date, write_date
from survey_report.stitch.notebooks import parse_address
from survey_report.stitch.project import render_list
from survey_report.stitch.sources import read_source, resolve
from survey_report.stitch.values import load_yaml, lookup, merge, printed

HEAD = "---\ntitle: A\n---\n\n"
Rendered = Callable[..., str]


def test_line_map_leads_back_through_includes(write: Callable[..., Path]) -> None:
    root = write(
        HEAD + "One.\n\n{{< include sub/_b.qmd >}}\n\nTwo.\n",
        {"sub/_b.qmd": "B one.\n\n{{< include sub/_c.qmd >}}\n", "sub/_c.qmd": "C one.\n"},
    )
    lines = read_source(root, "a.qmd").lines
    places = {line.text: (line.file, line.number) for line in lines if line.text}
    assert places == {
        "One.": ("a.qmd", 5),
        "B one.": ("sub/_b.qmd", 1),
        "C one.": ("sub/_c.qmd", 1),
        "Two.": ("a.qmd", 9),
    }


def test_includes_end_their_paragraphs(rendered: Rendered) -> None:
    page = BeautifulSoup(rendered(HEAD + "One\n{{< include _b.qmd >}}\nthree\n", {"_b.qmd": "two"}), "lxml")
    assert [p.get_text() for p in page.main.select("p")] == ["One", "two", "three"]


def test_numbers_run_through_sections_figures_and_parts(rendered: Rendered) -> None:
    body = (
        "# A {#sec-a}\n\n## B {#sec-b}\n\n![C](a.png){#fig-a fig-alt='x'}\n\n# D {.unnumbered}\n\n# E {#sec-e}\n\n"
        "::: {#fig-p layout-ncol=2}\n\n![F](a.png){#fig-p-f fig-alt='x'}\n\n![G](a.png){#fig-p-g fig-alt='x'}\n\n"
        "H\n:::\n\n@sec-b, @sec-e, @fig-a, -@fig-p, [see @fig-p-g], @fig-p-f\n"
    )
    page = BeautifulSoup(rendered(HEAD + body, {"a.png": b""}), "lxml")
    assert [a.get_text() for a in page.select("a.quarto-xref")] == [
        "Section\xa01.1", "Section\xa02", "Figure\xa01", "2", "see\xa02 (b)", "Figure\xa02 (a)",
    ]  # fmt: skip
    assert [h.get_text() for h in page.main.select("h1, h2")][1:] == ["1 A", "1.1 B", "D", "2 E"]


def test_conditions_follow_metadata_files(rendered: Rendered) -> None:
    config = "project: {render: [a.qmd]}\nmetadata-files: [_build/m.yml]\nformat: {html: default}\nholds: {own: true}\n"
    body = "".join(
        f'::: {{.content-visible {kind}-meta="holds.{name}"}}\n{kind} {name}\n:::\n\n'
        for name in ("yes", "no", "text", "own")
        for kind in ("when", "unless")
    )
    metadata = 'holds: {yes: true, no: false, text: "true"}\n'
    page = BeautifulSoup(rendered(HEAD + body, {"_quarto.yml": config, "_build/m.yml": metadata}), "lxml")
    assert [p.get_text() for p in page.main.select("p")] == ["when yes", "unless no", "unless text", "when own"]


def test_values_are_marked_up_in_html_and_plain_in_attributes(rendered: Rendered) -> None:
    variables = 'r: {n: \'<a class="published" href="r.html#x">1,399</a>\'}\nm: "*412*"\n'
    body = "A {{< var r.n >}} and {{< var m >}}.\n\n"
    body += "![C {{< var m >}}](a.png){#fig-a fig-alt='All {{< var m >}} of them'}\n"
    others = {"_variables.yml": variables, "a.png": b"", "r.html": "x"}
    page = rendered(HEAD + body, others)
    assert '<a class="published" href="r.html#x">1,399</a> and <em>412</em>.' in page
    assert 'alt="All 412 of them"' in page


def test_raw_html_of_values_is_text_in_typst(write: Callable[..., Path], tmp_path: Path) -> None:
    root = write(HEAD + "A {{< var n >}}.\n", {"_variables.yml": "n: '<span class=\"x\">3.05</span>'\n"})
    render_project(root, tmp_path / "site", formats=("typst",), keep_typ=True, log=lambda line: None)
    assert "\nA 3.05.\n" in (tmp_path / "site/a.typ").read_text(encoding="utf-8")


TABLE = (
    '<table class="dataframe"><thead><tr><th>Group</th><th style="text-align: right">Mean</th></tr></thead>'
    '<tbody><tr><th>North</th><td style="text-align: right">3.05</td></tr></tbody></table>'
)


def book(*cells: tuple[str, dict[str, str]]) -> str:
    """A notebook of cells, each with its source and one output."""
    made = [
        {
            "cell_type": "code",
            "id": f"c{number}",
            "metadata": {},
            "source": source,
            "outputs": [{"output_type": "display_data", "data": data, "metadata": {}}],
        }
        for number, (source, data) in enumerate(cells)
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
CELLS = book(
    (
        '#| label: fig-a\n#| fig-cap: "A *chart*"\n#| fig-alt: "Alt (with \\"quotes\\") & more"\n1',
        {"image/svg+xml": SVG},
    ),
    ("#| label: tbl-b\n#| tbl-cap: Means\n1", {"text/html": TABLE, "text/plain": "x"}),
    ("#| label: txt-c\n1", {"text/markdown": "See @tbl-b."}),
)
EMBEDS = "".join(f"{{{{< embed f/n.ipynb#{label} >}}}}\n\n" for label in ("fig-a", "tbl-b", "txt-c"))


def test_cells_become_numbered_figures_and_tables(rendered: Rendered, tmp_path: Path) -> None:
    page = BeautifulSoup(rendered(HEAD + EMBEDS, {"f/n.ipynb": CELLS}), "lxml")
    image = page.select_one("#fig-a figure img")
    assert image
    assert image["alt"] == 'Alt (with "quotes") & more'
    assert image["src"] == "a_files/figure-html/f-n-fig-a-output-1.svg"
    assert (tmp_path / "site" / str(image["src"])).read_text() == SVG
    assert [c.get_text() for c in page.select("figcaption")] == ["Figure\xa01: A chart", "Table\xa01: Means"]
    assert page.select_one("#tbl-b .table-scroll[tabindex='0'][aria-label] td[role=rowheader]")
    assert [a["href"] for a in page.select("a.quarto-notebook-link")] == ["f/n-preview.html#cell-fig-a"]
    preview = BeautifulSoup((tmp_path / "site/f/n-preview.html").read_text(encoding="utf-8"), "lxml")
    assert preview.select_one("#cell-fig-a img")
    assert len(preview.select("pre code")) == 3


def test_a_site_of_another_engine_gets_the_same_pages_of_notebooks(rendered: Rendered, tmp_path: Path) -> None:
    rendered(HEAD + EMBEDS, {"f/n.ipynb": CELLS})
    other = tmp_path / "other"
    other.mkdir()
    render_notebooks(tmp_path / "project", other, ["f/n.ipynb"])
    made = sorted(path.relative_to(other) for path in (other / "f").rglob("*") if path.is_file())
    assert Path("f/n-preview.html") in made
    assert all((other / name).read_bytes() == (tmp_path / "site" / name).read_bytes() for name in made)
    assert (other / "site_libs" / "stitch").is_dir()


def test_cells_in_typst(write: Callable[..., Path], tmp_path: Path) -> None:
    root = write(HEAD + EMBEDS, {"f/n.ipynb": CELLS})
    render_project(root, tmp_path / "site", formats=("typst",), keep_typ=True, log=lambda line: None)
    source = (tmp_path / "site/a.typ").read_text(encoding="utf-8")
    assert 'alt: "Alt (with \\"quotes\\") & more"' in source
    assert "#table(" in source
    assert "<tbl-b>" in source
    assert "See @tbl-b." in source


def test_caption_in_the_document_round_a_cell_without(rendered: Rendered) -> None:
    cells = book(
        ('#| label: plot\n#| fig-alt: "Alt"\n1', {"image/svg+xml": SVG}),
        ("#| label: rows\n1", {"text/html": '<table><tbody><tr id="row-1"><td>3</td></tr></tbody></table>'}),
    )
    body = "".join(
        f"::: {{#{name}}}\n\n{{{{< embed n.ipynb#{cell} >}}}}\n\nOwn *caption*\n:::\n\n"
        for name, cell in (("fig-own", "plot"), ("tbl-own", "rows"))
    )
    page = BeautifulSoup(rendered(HEAD + body + "@fig-own, @tbl-own, [row](#row-1)\n", {"n.ipynb": cells}), "lxml")
    assert [c.get_text() for c in page.select("figcaption")] == ["Figure\xa01: Own caption", "Table\xa01: Own caption"]
    assert page.select_one("#fig-own img[alt=Alt]")
    assert page.select_one("#tbl-own tr#row-1 td")


def test_links_between_documents(write: Callable[..., Path], tmp_path: Path) -> None:
    config = "project: {render: [a.qmd, s/b.qmd]}\nformat: {html: default, typst: default}\n"
    other = "---\ntitle: B\nformat: {html: default}\n---\n\n# X {#x}\n\n[a](../a.qmd#sec-a) and [a](/a.qmd)\n"
    body = "# S {#sec-a}\n\n[b](s/b.qmd#x), [me](a.qmd#sec-a)\n"
    root = write(HEAD + body, {"_quarto.yml": config, "s/b.qmd": other})
    render_project(root, tmp_path / "site", keep_typ=True, log=lambda line: None)
    site = tmp_path / "site"
    assert 'href="s/b.html#x"' in (site / "a.html").read_text(encoding="utf-8")
    assert 'href="../a.html#sec-a"' in (site / "s/b.html").read_text(encoding="utf-8")
    typst = (site / "a.typ").read_text(encoding="utf-8")
    assert "s/b" not in typst  # it has no PDF: only the words stay
    assert "#link(<sec-a>)[me]" in typst
    assert not (site / "s/b.pdf").exists()


def test_project_template_and_title(write: Callable[..., Path], tmp_path: Path) -> None:
    config = (
        "project: {render: [a.qmd]}\nformat:\n  typst:\n"
        "    template-partials: [t/typst-show.typ, t/typst-template.typ]\n"
        "organisation: An *office*\n"
    )
    others = {
        "_quarto.yml": config,
        "t/typst-template.typ": "#let article(title: none, by: none, doc) = { [#title by #by]; doc }\n",
        "t/typst-show.typ": "#show: doc => article(\n  title: [$title$],\n  by: [$organisation$],\n  doc,\n)\n",
    }
    root = write(HEAD + "Text.\n", others)
    render_project(root, tmp_path / "site", keep_typ=True, log=lambda line: None)
    assert "by: [An #emph[office]]" in (tmp_path / "site/a.typ").read_text(encoding="utf-8")


def test_way_in_is_the_first_document(rendered: Rendered, tmp_path: Path) -> None:
    rendered(HEAD + "Text.\n")
    assert 'url=a.html"' in (tmp_path / "site/index.html").read_text(encoding="utf-8")


def test_page_has_landmarks_and_names(rendered: Rendered) -> None:
    page = BeautifulSoup(rendered(HEAD + "# S\n\nText.\n"), "lxml")
    assert page.title
    assert page.title.get_text() == "A – Small"
    assert page.html["lang"] == "en-GB"
    assert len(page.select("main")) == len(page.select("h1.title")) == 1
    assert page.select_one("a.skip-link")["href"] == "#" + page.main["id"]
    assert all(nav.get("aria-label") or nav.get("aria-labelledby") for nav in page.select("nav"))
    assert page.select_one(".sidebar a.active[aria-current=page]").get_text() == "A"
    assert page.select_one("footer em").get_text() == "note"


def test_literal_shortcodes_and_code(rendered: Rendered) -> None:
    body = "A {{{< var n >}}}.\n\n```\n{{< var n >}}\n```\n\n```{shortcodes=false}\n{{< var n >}}\n```\n"
    page = BeautifulSoup(rendered(HEAD + body, {"_variables.yml": "n: 5\n"}), "lxml")
    assert page.main.p.get_text() == "A {{< var n >}}."
    assert [c.get_text() for c in page.select("pre code")] == ["5", "{{< var n >}}"]


def test_files_that_a_page_links_are_copied(rendered: Rendered, tmp_path: Path) -> None:
    others = {"d/x y.csv": "1", "d/z.csv": "2", "_variables.yml": "v: '<a href=\"d/z.csv\">z</a>'\n"}
    rendered(HEAD + "[d](d/x%20y.csv), {{< var v >}}\n", others)
    assert (tmp_path / "site/d/x y.csv").exists()
    assert (tmp_path / "site/d/z.csv").exists()


def test_resources_are_copied(rendered: Rendered, tmp_path: Path) -> None:
    config = "project: {render: [a.qmd], resources: ['data/*.csv']}\nformat: {html: {css: t/own.css}}\n"
    page = rendered(
        HEAD + "[d](data/x.csv)\n",
        {"_quarto.yml": config, "data/x.csv": "1", "t/own.css": "p {src: url('f/a.woff2')}", "t/f/a.woff2": "w"},
    )
    assert (tmp_path / "site/data/x.csv").exists()
    assert (tmp_path / "site/t/own.css").exists()
    assert (tmp_path / "site/t/f/a.woff2").exists()
    assert page.index("page.css") < page.index("t/own.css")


@pytest.mark.parametrize(
    ("text", "shown"),
    [("3.50", "3.5"), ("3.00", "3"), ("1e3", "1000"), ("007", "7"), ("1_000", "1000"), ("yes", "yes"), ("true", "true"),
     ("null", ""), ('"3.50"', "3.50"), ("2024-05-01", "2024-05-01"), ("42%", "42%"), ("-0.10", "-0.1")],
)  # fmt: skip
def test_yaml_values_print_as_quarto_prints_them(text: str, shown: str) -> None:
    assert printed(load_yaml(text)) == shown


def test_lookup_counts_list_items_from_one() -> None:
    assert lookup({"a": [{"b": 5}]}, "a.1.b") == 5
    with pytest.raises(KeyError):
        lookup({"a": [1]}, "a.2")
    assert merge({"a": {"b": 1, "c": 2}}, {"a": {"b": 3}}) == {"a": {"b": 3, "c": 2}}


def test_addresses() -> None:
    assert parse_address("a/n.ipynb#x,y") == ("a/n.ipynb", ["x", "y"], [])
    assert parse_address("n.ipynb[2,3]") == ("n.ipynb", [], [2, 3])
    assert [resolve("r/s/a.qmd", name) for name in ("b.qmd", "../b.qmd", "/b.qmd")] == ["r/s/b.qmd", "r/b.qmd", "b.qmd"]


def test_render_list_keeps_its_order(write: Callable[..., Path]) -> None:
    root = write("", {"z.qmd": "", "d/_h.qmd": "", "d/b.qmd": "", "README.qmd": ""})
    assert render_list(root, ["z.qmd", "**/*.qmd"]) == (("z.qmd", "a.qmd", "d/b.qmd"), [])


def test_dates() -> None:
    day = read_date("2024-05-01")
    assert day
    assert [write_date(day, p, "en-GB") for p in ("long", "D MMM YY", "dddd", "iso")] == [
        "1 May 2024", "1 May 24", "Wednesday", "2024-05-01",
    ]  # fmt: skip
    assert write_date(day, "long", "en") == "May 1, 2024"
    assert read_date("2024-13-45") is None


def test_footnotes_and_appendix_close_the_page(rendered: Rendered) -> None:
    page = rendered(HEAD + "# A\n\nB[^1] C^[two].\n\n# D {.appendix}\n\nE\n\n# F\n\nG\n\n[^1]: one\n")
    order = [page.index(part) for part in (" F</h1>", 'id="quarto-appendix"', " D</h2>", ">Footnotes<", ">one", ">two")]
    assert order == sorted(order)
    assert re.search(r'<li id="fn2">\s*<p>two<a href="#fnref2" class="footnote-back"', page)
