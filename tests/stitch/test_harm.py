"""Nothing that a notebook printed runs on a page, nothing is fetched for a PDF, no path leads out of a project."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from survey_report.errors import UserError
from survey_report.stitch import render_project
from survey_report.stitch.outputs import closed

HEAD = "---\ntitle: A\n---\n\n"
PRINTED = """Kept [number]{.invented data-key="k"} and [link](https://example.org/) and *italics*.

<img src=x onerror=a()> `<b>raw</b>`{=html} `#sys.version`{=typst}

[handler]{onclick="a()" style="position:fixed" ONFOCUS="b()"} [code](javascript:a()) [data](data:text/html,b)
[form](https://example.org/y){formaction="javascript:a()"} ![p](data:text/html,c)

```{=html}
<script>a()</script>
<form action="https://evil.example/">
```

| A | B |
|---|--:|
| c | [1]{.invented} |
"""


def book(markdown: str) -> str:
    output = {"output_type": "display_data", "data": {"text/markdown": markdown}, "metadata": {}}
    cell = {"cell_type": "code", "id": "c", "metadata": {}, "source": "#| label: txt-a\n1", "outputs": [output]}
    return json.dumps({"cells": [cell]})


def test_what_a_notebook_printed_keeps_words_and_loses_code(rendered: Callable[..., str]) -> None:
    text = rendered(HEAD + "{{< embed b.ipynb#txt-a >}}\n\n[own]{style='color: red'}\n", {"b.ipynb": book(PRINTED)})
    page = BeautifulSoup(text, "lxml")
    main = page.main
    assert main
    assert not main.select("script, form, img, b, iframe, object, embed, base, meta, link")
    found = [name for tag in main.find_all(True) for name in tag.attrs if name.startswith("on")]
    assert found == []
    cell = main.select_one(".cell-output")
    assert cell
    assert not cell.select("[style], [formaction], [action]") or all("width" in t["style"] for t in cell.select("col"))
    assert [a["href"] for a in cell.select("a[href]")] == ["https://example.org/", "https://example.org/y"]
    assert cell.select_one("span.invented")["data-key"] == "k"  # type: ignore[index]
    assert cell.select_one("td span.invented").get_text() == "1"  # type: ignore[union-attr]
    for words in ("Kept", "handler", "code", "data", "form"):
        assert words in cell.get_text()
    assert main.select_one("span[style]").get_text() == "own"  # type: ignore[union-attr]  # a document's own markup


@pytest.mark.parametrize("text", [":::", "::: {.x}", "a\n\n:::\n\n<b>x</b>\n\n::: {.y}", "```\ncode", "~~~"])
def test_an_output_stays_in_its_place(rendered: Callable[..., str], text: str) -> None:
    source = HEAD + "{{< embed b.ipynb#txt-a >}}\n\nAfter.\n\n::: {.own}\nInside.\n:::\n"
    page = BeautifulSoup(rendered(source, {"b.ipynb": book(text)}), "lxml")
    assert page.main
    assert not page.main.select("b, .x, .y")
    after = next(p for p in page.main.select("p") if p.get_text() == "After.")
    assert not after.find_parent(class_="cell")
    assert page.main.select_one(".own p").get_text() == "Inside."  # type: ignore[union-attr]


SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'


@pytest.mark.parametrize("option", ["fig-cap", "fig-subcap", "tbl-cap"])
def test_what_a_notebook_says_of_its_output_runs_nothing(rendered: Callable[..., str], option: str) -> None:
    said = "Kept <img src=x onerror=a()>`<b>r</b>`{=html} [handler]{onclick='a()'} [code](javascript:a())"
    said += "\n\n:::\n\n::: {.x}"
    kind = option[:3]
    text = json.dumps([said, "Second"]) if option == "fig-subcap" else json.dumps(said)
    lines = [f"#| label: {kind}-a", f"#| {option}: {text}", f"#| fig-alt: {json.dumps(said)}"]
    lines += ["#| fig-cap: All"] if option == "fig-subcap" else []
    data = (
        {"text/html": "<table><tbody><tr><td>3</td></tr></tbody></table>"} if kind == "tbl" else {"image/svg+xml": SVG}
    )
    output = {"output_type": "display_data", "data": data, "metadata": {}}
    cell = {"cell_type": "code", "id": "c", "metadata": {}, "source": "\n".join([*lines, "1"]),
            "outputs": [output] * (2 if option == "fig-subcap" else 1)}  # fmt: skip
    source = HEAD + f"{{{{< embed b.ipynb#{kind}-a >}}}}\n\nAfter.\n"
    page = BeautifulSoup(rendered(source, {"b.ipynb": json.dumps({"cells": [cell]})}), "lxml")
    assert page.main
    assert not page.main.select("b, script, .x, [onclick], [onerror]")
    assert not [a for a in page.main.select("a[href]") if "javascript" in str(a["href"])]
    captions = " ".join(caption.get_text() for caption in page.main.select("figcaption"))
    assert all(word in captions for word in ("Kept", "handler", "code")), captions
    if kind == "fig":
        assert page.main.select_one("img")["alt"] == " ".join(said.split())  # type: ignore[index]


def test_an_output_that_closes_what_it_opens_is_left_alone() -> None:
    for text in ("::: {.panel}\na\n:::", "```\n:::\n```", "a", ":::: {.a}\n::: {.b}\n:::\n::::"):
        assert closed(text) == text


def proxies() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if "PROXY" in name.upper()}


@pytest.fixture
def proxy() -> Iterator[list[bytes]]:
    """What a proxy, which the environment names, is asked for."""
    asked: list[bytes] = []
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen()

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                asked.append(connection.recv(200))

    threading.Thread(target=serve, daemon=True).start()
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
            patch.setenv(name, f"http://127.0.0.1:{server.getsockname()[1]}")
        before = proxies()
        yield asked
        assert proxies() == before
    server.close()


IMPORTS = {
    "named": ('#import "@preview/cetz:0.3.0": canvas', "imports a package of Typst"),
    "local": ('#include "@local/mine:1.0.0"', "imports a package of Typst"),
    "put together": ('#let p = "@pre" + "view/cetz:0.3.0"\n#import p: canvas', "failed to download package"),
}


@pytest.mark.parametrize("case", list(IMPORTS))
def test_no_package_of_typst_is_fetched(write: Callable[..., Path], proxy: list[bytes], case: str) -> None:
    source, message = IMPORTS[case]
    root = write(HEAD.replace("title: A", "title: A\nformat: {typst: default}") + f"```{{=typst}}\n{source}\n```\n")
    with pytest.raises(UserError) as caught:
        render_project(root, root.parent / "site", log=lambda line: None)
    assert [problem.file for problem in caught.value.problems] == ["a.qmd"]
    assert message in caught.value.problems[0].message
    assert proxy == []


def test_the_name_of_a_package_may_be_told(write: Callable[..., Path], proxy: list[bytes]) -> None:
    text = 'The answer was "import \\"\\@preview/cetz:0.3.0\\"" and \\#import "\\@preview/cetz:0.3.0".\n'
    root = write(HEAD.replace("title: A", "title: A\nformat: {typst: default}") + text)
    render_project(root, root.parent / "site", log=lambda line: None)
    assert (root.parent / "site" / "a.pdf").is_file()
    assert proxy == []


OUTSIDE = {
    "include": "{{< include ../out.qmd >}}",
    "embed": "{{< embed ../out.ipynb#txt-a >}}",
    "image": "![A](../out.png){fig-alt='x'}",
    "deep image": "![A](x/../../out.png){fig-alt='x'}",
    "rooted image": "![A](/../out.png){fig-alt='x'}",
}


@pytest.mark.parametrize("case", list(OUTSIDE))
def test_no_path_leads_out_of_the_project(write: Callable[..., Path], case: str) -> None:
    root = write(HEAD + OUTSIDE[case] + "\n")
    for name in ("out.qmd", "out.png"):
        (root.parent / name).write_bytes(b"outside")
    (root.parent / "out.ipynb").write_text(book("outside"), encoding="utf-8")
    with pytest.raises(UserError) as caught:
        render_project(root, root.parent / "site", log=lambda line: None)
    assert any("leads out of the project" in problem.message for problem in caught.value.problems)
    render_lenient(root)
    assert not [
        path for path in (root.parent / "site").rglob("*") if path.is_file() and b"outside" in path.read_bytes()
    ]


def render_lenient(root: Path) -> None:
    """What a page holds that is rendered although it steps outside the subset."""
    try:
        render_project(root, root.parent / "site", strict=False, log=lambda line: None)
    except UserError:
        return


@pytest.mark.parametrize("line", ["bibliography: ../out.bib", "csl: ../out.csl\nbibliography: own.bib"])
def test_no_file_of_citations_lies_outside(write: Callable[..., Path], line: str) -> None:
    root = write(HEAD.replace("title: A", f"title: A\n{line}") + "A.\n", {"own.bib": ""})
    for name in ("out.bib", "out.csl"):
        (root.parent / name).write_text("", encoding="utf-8")
    with pytest.raises(UserError, match="leads out of the project"):
        render_project(root, root.parent / "site", log=lambda line: None)
