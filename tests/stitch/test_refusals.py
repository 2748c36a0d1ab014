"""Sources outside the subset are refused: every problem, each with its file and line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from survey_report.errors import Problem, UserError
from survey_report.stitch import render_project
from survey_report.stitch.project import load_project

HEAD = "---\ntitle: A\n---\n\n"
BOOK = json.dumps(
    {
        "cells": [
            {"cell_type": "code", "id": "c1", "metadata": {}, "source": "#| label: txt-a\n1", "outputs": []},
            {
                "cell_type": "code",
                "id": "c2",
                "metadata": {},
                "source": "#| label: txt-b\n1",
                "outputs": [{"output_type": "display_data", "data": {"text/markdown": "Words {{< var none >}}."}}],
            },
        ]
    }
)


def refused(root: Path) -> list[Problem]:
    with pytest.raises(UserError) as caught:
        render_project(root, root.parent / "site", log=lambda line: None)
    assert not list((root.parent / "site").rglob("*.html"))
    return list(caught.value.problems)


# The source (its first line is line 5 of the file), the line that is named, and a part of the message.
CASES = {
    "code cell": ("```{python}\n1\n```\n", 5, "code cells are not run"),
    "diagram": ("```{mermaid}\na-->b\n```\n", 5, "diagrams"),
    "inline code": ("Text `{python} 1 + 1` text.\n", 5, "code in the text"),
    "unknown shortcode": ("A {{< video x.mp4 >}} here.\n", 5, "unknown shortcode 'video'"),
    "embed in text": ("See {{< embed b.ipynb#txt-b >}} here.\n", 5, "among other text"),
    "include in a list": ("- a\n\n  {{< include b.ipynb >}}\n", 7, "indented"),
    "nested shortcode": ("A {{< var {{< meta k >}} >}}.\n", 5, "inside a shortcode"),
    "parted paragraph": ("{{< meta title >}} of {{< meta title >}}\nand more.\n", 5, "parts the paragraph"),
    "parting line": ("Words\n{{< meta title >}}\n", 6, "parts the paragraph"),
    "variable": ("One.\n\nA {{< var none >}}.\n", 7, "unknown var key"),
    "meta": ("A {{< meta none >}}.\n", 5, "unknown meta key"),
    "mixed bracket": ("# S {#sec-s}\n\nA [@sec-s; @key].\n", 7, "a reference and a citation"),
    "text in bracket": ("# S {#sec-s}\n\nA [@sec-s, p. 3].\n", 7, "text after a reference"),
    "reference": ("A @fig-none.\n", 5, "nothing in this document"),
    "unnumbered": ("# S {.unnumbered #sec-s}\n\nA @sec-s.\n", 7, "without number"),
    "citation": ("A [@nobody].\n", 5, "not in the bibliography"),
    "double quotes": ('[a]{title="x {{< var none >}}"}\n', 5, "double quotes"),
    "pixels": ("![A](a.png){#fig-a fig-alt='A' width=300px}\n", 5, "pixels"),
    "no unit": ("![A](a.png){#fig-a fig-alt='A' width=300}\n", 5, "pixels"),
    "no alt": ("![A](a.png){#fig-a}\n", 5, "without alternative text"),
    "no id": ("![A](a.png){fig-alt='A'}\n", 5, "needs an id"),
    "table without id": ("| a |\n|---|\n| 1 |\n\n: Words\n", 9, "needs an id"),
    "no image": ("![A](none.png){#fig-a fig-alt='A'}\n", 5, "image not found"),
    "margin": ("::: {.column-margin}\nA\n:::\n", 5, "HTML only"),
    "grid": ("::: {.grid}\nA\n:::\n", 5, "HTML only"),
    "layout": ('::: {#fig-a layout="[[1,2]]"}\n![](a.png){fig-alt="A"}\n\nB\n:::\n', 5, "layout"),
    "theorem": ("::: {#thm-a}\nA\n:::\n", 5, "by Quarto only"),
    "proof": ("::: {.proof}\nA\n:::\n", 5, "by Quarto only"),
    "note on code": ("```python\na = 1  # <1>\n```\n\n1. One.\n", 6, "notes on lines of code"),
    "environment": ("A {{< env HOME >}} here.\n", 5, "unknown shortcode 'env'"),
    "same equation": ("$$x$$ {#eq-a}\n\n$$y$$ {#eq-a}\n", 5, "used twice"),
    "condition with class": ('::: {.lead .content-visible when-format="html"}\nA\n:::\n', 5, "with its classes"),
    "profile": ('::: {.content-visible when-profile="p"}\nA\n:::\n', 5, "profiles"),
    "format list": ('::: {.content-visible when-format="html,typst"}\nA\n:::\n', 5, "no such format"),
    "callout": ("::: {.callout-foo}\nA\n:::\n", 5, "no such callout"),
    "callout id": ("::: {#x .callout-note}\nA\n:::\n", 5, "id on a callout"),
    "tabset": ("::: {.panel-tabset}\nA\n:::\n", 5, "loses its content"),
    "same id": ("# A {#sec-a}\n\n# B {#sec-a}\n", 5, "used twice"),
    "level": ("# A\n\n### B\n", 7, "level 3 under one of level 1"),
    "heading in text": ("One.\n# Two\n", 6, "no empty line"),
    "div in text": ("One.\n::: {.lead}\nA\n:::\n", 6, "no empty line"),
    "link": ("[a](none.qmd)\n", 5, "not rendered"),
    "anchor": ("[a](#none)\n", 5, "not in this document"),
    "anchor elsewhere": ("# S {#sec-s}\n\n[a](a.qmd#sec-s), [b](a.qmd#none)\n", 7, "not in a.qmd"),
    "file": ("[a](none.csv)\n", 5, "linked file not found"),
    "footnote": ("A[^x].\n", 5, "no such footnote"),
    "unclosed": ("One.\n\n::: {.lead}\nA\n", 7, "unclosed"),
    "include": ("One.\n\n{{< include none.qmd >}}\n", 7, "included file not found"),
    "notebook": ("{{< embed none.ipynb#a >}}\n", 5, "notebook not found"),
    "cell": ("{{< embed b.ipynb#none >}}\n", 5, "no such cell"),
    "no output": ("{{< embed b.ipynb#txt-a >}}\n", 5, "no output to embed"),
    "embedded text": ("{{< embed b.ipynb#txt-b >}}\n", None, "unknown var key"),
}


@pytest.mark.parametrize("name", CASES)
def test_refused_with_its_line(write: Callable[..., Path], name: str) -> None:
    body, number, message = CASES[name]
    problems = refused(write(HEAD + body, {"b.ipynb": BOOK, "a.png": b""}))
    found = [problem for problem in problems if message in problem.message]
    assert found, problems
    assert found[0].file == "a.qmd"
    assert found[0].remedy
    if number:
        assert found[0].place == f"line {number}"


@pytest.mark.parametrize(
    ("front", "message"),
    [
        ("date: today", "clock"),
        ("date: Spring 2024", "not a date"),
        ("date-modified: last-modified", "clock"),
        ("filters: [x]", "not supported"),
        ("lang: de", "English"),
        ("format: pdf", "made by Quarto only"),
        ("crossref: {chapters: true}", "Quarto only"),
        ("fig-cap-location: top", "not supported"),
    ],
)
def test_front_matter_is_refused(write: Callable[..., Path], front: str, message: str) -> None:
    (problem,) = refused(write(f"---\ntitle: A\n{front}\n---\n\nText.\n"))
    assert (problem.place, message in problem.message) == ("line 3", True)


def test_all_problems_of_all_documents_at_once(write: Callable[..., Path]) -> None:
    config = "project: {type: website, render: [a.qmd, b.qmd]}\nformat: {html: default}\n"
    others = {"_quarto.yml": config, "b.qmd": HEAD + "{{< include _c.qmd >}}\n", "_c.qmd": "One.\n\nA {{< var y >}}.\n"}
    problems = refused(write(HEAD + "A {{< var x >}}, @fig-x.\n", others))
    assert [(p.file, p.place, p.value) for p in problems] == [
        ("a.qmd", "line 5", "{{< var x >}}"),
        ("a.qmd", "line 5", "@fig-x"),
        ("_c.qmd", "line 3", "{{< var y >}}"),
    ]


def test_what_is_shown_as_code_is_not_refused(write: Callable[..., Path]) -> None:
    body = "Write `@fig-none`, `{{{< var x >}}}` or {{{< embed x >}}}.\n\n"
    body += "```{.python}\n# [@a; @fig-b] {width=3px}\n```\n"
    root = write(HEAD + body)
    assert render_project(root, root.parent / "site", formats=("html",), log=lambda line: None)


def test_broken_yaml_names_its_line(write: Callable[..., Path]) -> None:
    (problem,) = refused(write("---\ntitle: A\nauthor: [x\n---\n\nText.\n"))
    assert problem.file == "a.qmd"
    assert problem.place.startswith("line ")


def test_missing_project_files(tmp_path: Path, write: Callable[..., Path]) -> None:
    with pytest.raises(UserError, match=r"no _quarto\.yml"):
        load_project(tmp_path)
    config = "project: {render: [none.qmd]}\nmetadata-files: [none.yml]\n"
    with pytest.raises(UserError) as caught:
        load_project(write("", {"_quarto.yml": config}))
    assert [problem.value for problem in caught.value.problems] == ["none.yml", "none.qmd"]


def test_circular_include(write: Callable[..., Path]) -> None:
    (problem,) = refused(write(HEAD + "{{< include _b.qmd >}}\n", {"_b.qmd": "\n{{< include _b.qmd >}}\n"}))
    assert (problem.file, problem.place) == ("_b.qmd", "line 2")


def test_value_that_refers_to_itself(write: Callable[..., Path]) -> None:
    (problem,) = refused(write(HEAD + "A {{< var a >}}.\n", {"_variables.yml": "a: x {{< var a >}}\n"}))
    assert "itself" in problem.message
