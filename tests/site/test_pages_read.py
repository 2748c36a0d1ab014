"""What pages say is kept by their text: the same page is read once, another one anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from survey_report.site import pages_read
from survey_report.site.pages_read import read_pages
from survey_report.site.reading import read_page

PAGE = """<title>t</title><main id="quarto-document-content"><h1 class="title">Report</h1>
<section id="a"><h2>First</h2><p>Some words.</p>
<div id="tbl-x"><figure><figcaption>Table 1: A caption <a>Data</a></figcaption><table></table></figure></div>
</section></main>"""


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    read: list[str] = []
    monkeypatch.setattr(pages_read, "read_page", lambda text: (read.append(text), read_page(text))[1])
    return read


def test_a_page_is_read_when_its_text_is_new(tmp_path: Path, counted: list[str]) -> None:
    record, pages = tmp_path / "r.json", {"a.html": PAGE, "b.html": PAGE.replace("First", "Second")}
    first = read_pages(pages, record)
    assert first == {name: read_page(text) for name, text in pages.items()}
    assert first["a.html"].captions == {"tbl-x": "Table 1: A caption"}
    assert len(counted) == 2
    assert read_pages(pages, record) == first
    assert len(counted) == 2
    pages["b.html"] = PAGE.replace("First", "Third")
    assert [part.title for part in read_pages(pages, record)["b.html"].sections] == ["Third"]
    assert counted[2:] == [pages["b.html"]]
    assert "Second" not in record.read_text(encoding="utf-8"), "what is gone is forgotten"


@pytest.mark.parametrize("kept", ["", "{", "another reader\nx\t{}\n", "\n\n"])
def test_a_record_that_is_of_no_use_is_written_anew(kept: str, tmp_path: Path, counted: list[str]) -> None:
    record = tmp_path / "r.json"
    record.write_text(kept, encoding="utf-8")
    assert read_pages({"a.html": PAGE}, record) == {"a.html": read_page(PAGE)}
    read_pages({"a.html": PAGE}, record)
    assert len(counted) == 1
