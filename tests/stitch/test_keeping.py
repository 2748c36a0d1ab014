"""Pages that stand are kept, and only those: a second rendering gives what a rendering from nothing would."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from survey_report.errors import UserError
from survey_report.stitch import render_project
from survey_report.stitch.keeping import read_kept, write_kept

CONFIG = """project:
  type: website
  render: [a.qmd, b.qmd]
website:
  title: Site
format:
  html:
    css: style.css
  typst: default
"""
FILES = {
    "_quarto.yml": CONFIG,
    "style.css": "p { color: black; }\n",
    "_variables.yml": "n: 5\n",
    "a.qmd": "---\ntitle: A\n---\n\n## One {#sec-one}\n\n{{< include _part.qmd >}}\n",
    "b.qmd": "---\ntitle: B\n---\n\nSee [A](a.qmd#sec-one), {{< var n >}}.\n",
    "_part.qmd": "Part.\n",
}
ALL = {"a.html", "a.pdf", "b.html", "b.pdf"}


def contents(site: Path) -> dict[str, bytes]:
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in sorted(site.rglob("*")) if path.is_file()}


class Site:
    """A project with the site of its last rendering."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.root, self.site = folder, folder / "project", folder / "site"
        self.root.mkdir()
        for name, text in FILES.items():
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        (self.root / name).write_text(text, encoding="utf-8")

    def render(self, workers: int = 1, made: tuple[str, ...] = ()) -> set[str]:
        """Render; gives the names of the pages that were made."""
        new, record, lines = self.folder / "new", self.folder / "pages.json", list[str]()
        kept = read_kept(record, self.site)
        shutil.rmtree(new, ignore_errors=True)
        render_project(self.root, new, log=lines.append, workers=workers, kept=kept, made=made)
        shutil.rmtree(self.site, ignore_errors=True)
        new.rename(self.site)
        write_kept(kept, record)
        return {line.rpartition(": ")[2] for line in lines if line.startswith("page ")}

    def is_fresh(self) -> bool:
        """Whether the site is what a rendering from nothing gives."""
        other = self.folder / "other"
        shutil.rmtree(other, ignore_errors=True)
        render_project(self.root, other, log=lambda line: None)
        return contents(other) == contents(self.site)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


@pytest.fixture
def rendered(site: Site) -> Site:
    assert site.render() == ALL
    return site


CHANGES: list[tuple[Mapping[str, str], set[str]]] = [
    ({}, set()),
    ({"b.qmd": FILES["b.qmd"] + "\nMore.\n"}, {"b.html", "b.pdf"}),
    ({"_part.qmd": "Another part.\n"}, {"a.html", "a.pdf"}),
    ({"_variables.yml": "n: 6\n"}, ALL),
    ({"style.css": "p { color: red; }\n"}, ALL),
    ({"a.qmd": FILES["a.qmd"].replace("title: A", "title: Another")}, ALL),
    ({"_quarto.yml": CONFIG.replace("title: Site", "title: Place")}, ALL),
]


@pytest.mark.parametrize(("files", "made"), CHANGES, ids=lambda one: "-".join(one) if isinstance(one, dict) else "")
def test_what_changed_is_made_again_and_nothing_else(files: Mapping[str, str], made: set[str], rendered: Site) -> None:
    for name, text in files.items():
        rendered.write(name, text)
    assert rendered.render() == made
    assert rendered.is_fresh()


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: path.write_bytes(b"something else")])
def test_a_page_that_is_not_as_it_was_written_is_made_again(damage: Callable[[Path], None], rendered: Site) -> None:
    damage(rendered.site / "a.pdf")
    assert rendered.render() == {"a.pdf"}
    assert rendered.is_fresh()


def test_a_link_to_what_is_no_longer_there_is_found_in_a_page_that_stands(rendered: Site) -> None:
    before = contents(rendered.site)
    rendered.write("a.qmd", FILES["a.qmd"].replace("sec-one", "sec-two"))
    with pytest.raises(UserError) as caught:
        rendered.render()
    assert [(problem.file, problem.value) for problem in caught.value.problems] == [("b.qmd", "a.qmd#sec-one")]
    assert contents(rendered.site) == before


def test_one_format_now_the_other_later(rendered: Site) -> None:
    before = contents(rendered.site)
    rendered.write("b.qmd", FILES["b.qmd"] + "\nMore.\n")
    assert rendered.render(made=("html",)) == {"b.html"}
    now = contents(rendered.site)
    assert now["b.pdf"] == before["b.pdf"]
    assert now["b.html"] != before["b.html"]
    assert rendered.render(made=("html",)) == set()
    assert rendered.render() == {"b.pdf"}
    assert rendered.is_fresh()


def test_two_processes_give_the_same_bytes_and_the_same_problems(site: Site) -> None:
    assert site.render(workers=2) == ALL
    assert site.is_fresh()
    site.write("a.qmd", "---\ntitle: A\n---\n\n{{< video film.mp4 >}}\n")
    texts = []
    for workers in (1, 2):
        with pytest.raises(UserError) as caught:
            site.render(workers=workers)
        texts.append(str(caught.value))
    assert texts[0] == texts[1]
    assert "a.qmd, line 5" in texts[0]


def test_a_record_that_cannot_be_read_is_no_record(rendered: Site) -> None:
    (rendered.folder / "pages.json").write_text('{"pages": {"a.qmd html": 1}}', encoding="utf-8")
    assert rendered.render() == ALL
