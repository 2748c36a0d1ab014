"""A text read in parts comes to what Pandoc makes of it in one reading, and only what changed is read again."""

from __future__ import annotations

from pathlib import Path

import documented_outlines as documented
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_report.stitch import pandoc, parts

ROOT = Path(__file__).parents[2]
TWO = "Before.\n\n# One {#sec-one}\n\nText [@a].\n\n## In short\n\nEnd.\n\n# Two\n\nMore [@b; @c].\n\n## In short\n"
TEXTS = [
    path
    for folder in (ROOT / "report", ROOT / "tests" / "stitch" / "sample", documented.SOURCES)
    for path in sorted(folder.rglob("*.qmd"))
]

# Each may reach from one part into another, or hides a heading that is none.
REACHING = {
    "note": "Text.[^n]\n\n# A\n\n[^n]: A note.\n\n# B\n",
    "note in its place": "Text^[A note.] [@a].\n\n# A\n\nText [@b].\n\n# B\n\nText [@c].\n",
    "link by name": "See [the site][s].\n\n# A\n\n[s]: https://example.org\n\n# B\n",
    "link by the words of a heading": "See [Last words].\n\n# A\n\nText.\n\n# Last *words*\n",
    "numbered examples": "(@) First.\n\n# A\n\n(@good) Second.\n\n# B\n\nAs (@good) shows.\n",
    "macro": "\\newcommand{\\mean}{\\bar x}\n\n# A\n\n$\\mean$\n\n# B\n\n$\\mean$\n",
    "code": "# A\n\n```\n\n# no heading\n\n```\n\n# B\n",
    "div": "# A\n\n::: {.note}\n\n# Inside\n\n:::\n\n# B\n",
    "open div": "# A\n\n::: {.note}\n\nText.\n\n# B\n\nText.\n",
    "comment": "# A\n\n<!-- \n\n# no heading\n\n-->\n\n# B\n",
    "HTML": "# A\n\n<pre>\n\n# no heading\n\n</pre>\n\n# B\n",
    "raw TeX": "# A\n\n\\begin{quote}\n\n# no heading\n\n\\end{quote}\n\n# B\n",
    "table with empty lines": (
        "# A\n\n-------- ------\nOne      Two\n-------- ------\nx        y\n\n# z      q\n-------- ------\n\n# B\n"
    ),
    "list": "# A\n\n- one\n\n  # Inside\n\n- two\n\n# B\n",
    "no empty line before": "# A\n\nText\n# no heading\n\n# B\n",
    "ids of the same words": "# A\n\n## In short\n\n## In short\n\n# B\n\n## In short\n",
    "number in the words": "# In short 1\n\n# In short\n\n# In short\n",
    "an id given twice": "# A {#a}\n\n# B {#a}\n\n# C\n",
    "an id given and made": "# A\n\n# B {#a}\n\n# A\n",
    "an id made and given": "# B {#a}\n\n# A\n\n# A\n",
    "heading without letters": "# 1\n\n# 2\n\n# 3\n",
    "indented code": "# A\n\n    # code\n\n# B\n",
    "quotation": "# A\n\n> quoted\n\n# B\n\n> # C\n\n# A\n",
    "line ends": "# A\r\n\r\nText.\r\n\r\n# B\r\n\r\nText.\r\n",
}


@pytest.fixture
def record(tmp_path: Path) -> Path:
    return tmp_path / "text.trees"


def check(text: str, record: Path) -> None:
    whole = pandoc.read(text)
    for _ in ("nothing kept", "all kept"):
        assert parts.read(text, record) == whole


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_sources_of_the_report_and_of_both_samples(path: Path, record: Path) -> None:
    check(path.read_text(encoding="utf-8").split("\n---\n", 1)[-1], record)


@pytest.mark.parametrize("text", REACHING.values(), ids=REACHING.keys())
def test_what_reaches_across(text: str, record: Path) -> None:
    check(text, record)


PIECES = [
    "# A", "# B {#b}", "## In short", "## In short {#x}", "# In short", "### C {.unnumbered}", "# *A* b", "# A 1",
    "# A", "Text [@a; @b].", "Text [A] and [b].", "^[Note [@c].]", "- item\n- item",
    "| a | b |\n|---|---|\n| c | d |",
    "```\n# code\n```", "```", "::: {.x}", ":::", "::::", "Term\n:   Meaning [@d].", "    # code", "> # quoted", "1. x",
    "[^n]", "[^n]: note", "text\n# text", "***", "---", "A\n===", "<div>", "</div>", "$x$", "*open", "`open",
]  # fmt: skip


@given(pieces=st.lists(st.sampled_from(PIECES), min_size=2, max_size=12))
@settings(max_examples=60, deadline=None)
def test_any_pieces_in_any_order(pieces: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    check("\n\n".join(pieces), tmp_path_factory.mktemp("parts") / "text.trees")


def test_the_full_report_is_read_in_parts() -> None:
    """Else nothing above would say so: its pages would only take longer."""
    sections = sorted((ROOT / "report" / "csrr-2023" / "sections").glob("*.qmd"))
    assert len(sections) > 20
    reaching = {path.name for path in sections if parts.REACHES.search(path.read_text(encoding="utf-8"))}
    assert reaching == set()


def test_only_what_changed_is_read_again(record: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    tree = pandoc.tree

    def watched(source: str, reader: str = pandoc.READER) -> pandoc.Answer:
        seen.append(source)
        return tree(source, reader)

    monkeypatch.setattr(pandoc, "tree", watched)
    parts.read(TWO, record)
    assert [text.split("\n")[0] for text in seen] == ["Before.", "# One {#sec-one}", "# Two"]
    seen.clear()
    changed = TWO.replace("Text [@a].", "Text [@a; @d].")
    blocks, _ = parts.read(changed, record)
    assert [text.split("\n")[0] for text in seen] == ["# One {#sec-one}"]
    assert blocks == pandoc.read(changed)[0]
