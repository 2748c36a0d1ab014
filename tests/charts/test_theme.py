"""The theme that pages and PDFs share: its Typst template compiles and says what it must, its colours can be read."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pikepdf
import pytest
import typst
from pdfminer.high_level import extract_pages, extract_text
from pdfminer.layout import LTTextContainer

from survey_report.charts.palette import contrast

THEME = Path(__file__).parents[2] / "report" / "theme"
HEAD = "Synthetic data: no real answers"

BODY = """
= One <sec-one>
Some words, see @tbl-long and @fig-a.

#figure([#figure(align(center)[#table(columns: 2, align: (left, right), table.header([Group], [n]), table.hline(),
  ..range(60).map(n => ([Group #n], [#n])).flatten())], kind: table)],
  caption: figure.caption(position: top, [A long table]), kind: "quarto-float-tbl", supplement: "Table") <tbl-long>

== Two
#figure([#box(width: 100%, rect(height: 4cm))], caption: figure.caption(position: bottom, [A drawing]),
  kind: "quarto-float-fig", supplement: "Figure") <fig-a>

#notice[A notice.]
#findings[A finding.]
#key-figure([61%])[wait too long]
#lead-text[A lead.]

#pagebreak()
#heading(level: 1, numbering: none)[Notes]
> Text#footnote[Note.]
"""


def compiled(tmp_path: Path, arguments: str) -> bytes:
    template = (THEME / "typst-template.typ").read_text(encoding="utf-8")
    source = tmp_path / "page.typ"
    source.write_text(f"{template}\n#show: doc => article({arguments} doc)\n{BODY}", encoding="utf-8")
    fonts = [str(THEME / "fonts")]
    return bytes(typst.compile(str(source), font_paths=fonts, ignore_system_fonts=True, timestamp=0))


REPORT = """title: [Children's *survey*: "full" report], subtitle: [Its subtitle], short-title: [Survey 2023],
authors: ((name: [A. Author], affiliation: [], email: []),), organisation: [A university], date: [30 November 2023],
sectionnumbering: "1.1.a", toc: true, toc_depth: 2, lang: "en", region: "GB","""


def page_texts(pdf: bytes) -> list[str]:
    pages = extract_pages(io.BytesIO(pdf))
    return ["\n".join(box.get_text() for box in page if isinstance(box, LTTextContainer)) for page in pages]


def test_every_page_of_a_synthetic_report_says_so(tmp_path: Path) -> None:
    pages = page_texts(compiled(tmp_path, REPORT + "synthetic: true,"))
    assert len(pages) >= 5
    assert all(HEAD in page for page in pages)
    assert "A university" in pages[0]
    assert "30 November 2023" in pages[0]
    assert "Table of contents" in pages[1] or "Contents" in pages[1]
    assert f"3 of {len(pages)}" in pages[2]
    assert all("Survey 2023" in page for page in pages[1:])


def test_a_real_report_says_nothing_of_it(tmp_path: Path) -> None:
    assert HEAD not in extract_text(io.BytesIO(compiled(tmp_path, REPORT)))


def test_a_document_without_contents_has_no_cover(tmp_path: Path) -> None:
    pages = page_texts(compiled(tmp_path, "title: [Summary], synthetic: true,"))
    assert "Summary" in pages[0]
    assert "One" in pages[0]
    assert HEAD in pages[0]


def test_properties_and_bytes_of_the_pdf(tmp_path: Path) -> None:
    pdf = compiled(tmp_path, REPORT + "synthetic: true,")
    assert pdf == compiled(tmp_path, REPORT + "synthetic: true,")
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert "survey" in str(opened.docinfo["/Title"])
        assert str(opened.docinfo["/Author"]) == "A. Author"
        assert "/CreationDate" not in opened.docinfo
        assert "/StructTreeRoot" in opened.Root
        assert str(opened.Root.Lang) == "en-GB"
    names = set(re.findall(rb"/FontName\s*/[A-Z]{6}\+(\w+)", pdf))
    assert not names or all(name.startswith(b"ReportSans") for name in names)


def test_long_tables_repeat_their_header(tmp_path: Path) -> None:
    pages = page_texts(compiled(tmp_path, REPORT))
    with_rows = [page for page in pages if re.search(r"Group \d", page)]
    assert len(with_rows) > 1
    assert all(re.search(r"Group\s*\n", page) for page in with_rows)


def test_the_template_can_pass_through_pandoc() -> None:
    assert "$" not in (THEME / "typst-template.typ").read_text(encoding="utf-8")
    show = (THEME / "typst-show.typ").read_text(encoding="utf-8")
    assert show.startswith("#show: doc => article(\n")
    taken = set(re.findall(r"^  ([\w-]+):", (THEME / "typst-template.typ").read_text(encoding="utf-8"), re.M))
    assert set(re.findall(r"^  ([\w-]+):", show, re.M)) <= taken


def test_the_style_names_only_files_that_are_there() -> None:
    css = (THEME / "report.css").read_text(encoding="utf-8")
    found = re.findall(r'url\("([^"]+)"\)', css)
    assert len(found) == 4
    assert all((THEME / name).is_file() for name in found)
    assert all(path.stat().st_size < 150_000 for path in (THEME / "fonts").iterdir())


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("--ink", "#ffffff"),
        ("--soft", "#ffffff"),
        ("--soft", "--warm-tint"),
        ("--soft", "--accent-tint"),
        ("--accent", "#ffffff"),
        ("--accent", "--accent-tint"),
        ("--accent", "--warm-tint"),
        ("--accent-dark", "--warm-tint"),
        ("--ink", "--warm-tint"),
    ],
)
def test_text_on_the_pages_can_be_read(text: str, ground: str) -> None:
    css = (THEME / "report.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6});", css))
    assert contrast(colours[text], colours.get(ground, ground)) >= 4.5
