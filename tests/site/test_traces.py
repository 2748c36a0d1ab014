"""Traces of the machine are found wherever a file may hold them, and ordinary words are none."""

from __future__ import annotations

import json
import zipfile
import zlib
from pathlib import Path

import pytest

from survey_report.errors import UserError
from survey_report.site import traces
from survey_report.site.traces import check_traces, without_traces


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty site of a user whose name is a word, who has an own export."""
    monkeypatch.setattr(traces, "user_names", lambda: {"support"})
    monkeypatch.setattr(Path, "home", lambda: Path("/home", "support"))
    build = tmp_path / "checkout é" / "_build" / "s-ann-s-answers-123456"
    (build / "site").mkdir(parents=True)
    told = {"shipped": False, "export_name": "Ann's answers.csv"}
    (build / "reading.json").write_text(json.dumps(told), encoding="utf-8")
    (build.parents[1] / "index.qmd").write_text("See /tmp/example.csv and `data.csv`.", encoding="utf-8")
    return build / "site"


def found(site: Path) -> list[str]:
    try:
        check_traces(site.parents[2], site, [site.parent], ["The Organisation"])
    except UserError as error:
        return [problem.message for problem in error.problems]
    return []


CHECKOUT = "holds the path of the checkout"
EXPORT = "holds the file name of your export"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('<a href="file://{root}/x">', CHECKOUT),
        ('"{script}/x"', CHECKOUT),
        ("{quoted}", CHECKOUT),
        ("Ann's answers.csv", EXPORT),
        ("<td>Ann&#x27;s answers.csv</td>", EXPORT),
        ("Ann%27s%20answers.csv", EXPORT),
        ("../s-ann-s-answers-123456/", "holds the name of the build's folder"),
        (str(Path("/home", "support", "x")), "holds the path of the home folder"),
        ("C:\\Users\\support\\x", "holds a path with a user's name"),
    ],
)
@pytest.mark.parametrize("name", ["index.html", "site_libs/a.js", "a.csv", "a.svg", "digests.txt"])
def test_a_trace_is_found_in_any_file(text: str, message: str, name: str, site: Path) -> None:
    root = str(site.parents[2])
    quoted = root.replace("é", "%C3%A9").replace(" ", "%20")
    (site / name).parent.mkdir(exist_ok=True)
    (site / name).write_text(text.format(root=root, script=json.dumps(root)[1:-1], quoted=quoted), encoding="utf-8")
    assert found(site) == [message]


def test_a_trace_is_found_in_what_is_packed(site: Path) -> None:
    path = f"{site.parents[2]}/figure.svg"
    with zipfile.ZipFile(site / "a.docx", "w", zipfile.ZIP_DEFLATED) as office:
        office.writestr("docProps/custom.xml", f"<p>{path}</p>")
        office.writestr("docProps/core.xml", "<dc:creator>support</dc:creator>")
    packed = zlib.compress(f"({path})".encode())
    (site / "a.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\nstream\n" + packed + b"\nendstream\n/Author (support)")
    names = "names this machine's user as a person"
    assert sorted(found(site)) == sorted([CHECKOUT, names, CHECKOUT, names])


def test_ordinary_words_are_no_traces(site: Path) -> None:
    text = "support from /homes/support, data.csv, /tmp/example.csv, more-Ann's answers.csv-like, The Organisation"
    (site / "index.html").write_text(f'<meta name="author" content="The Organisation">{text}', encoding="utf-8")
    (site / "a.pdf").write_bytes(b"%PDF-1.7\n/Author (The Organisation) stream\nnot packed\nendstream")
    assert found(site) == []


def test_the_folders_that_quarto_notes_are_taken_out() -> None:
    page = '<div class="cell" data-notebook="/a/b.ipynb" data-key="k">x</div>'
    assert without_traces(page) == '<div class="cell" data-key="k">x</div>'
