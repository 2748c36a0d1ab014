"""The sample rendered once, the outline reader, and small projects written for one test."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from survey_report.stitch import render_project

HERE = Path(__file__).parent
SAMPLE = HERE / "sample"

CONFIG = """
project: {type: website, render: [a.qmd]}
website: {title: Small, page-footer: "Foot *note*"}
lang: en-GB
number-sections: true
format:
  html: {toc: true}
  typst: {papersize: a4}
"""


@pytest.fixture(scope="session")
def outline() -> ModuleType:
    """The outline reader that also read real Quarto's output."""
    spec = importlib.util.spec_from_file_location("outline", HERE / "outline.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample with its site in `_site`, rendered as Quarto would, warnings and all."""
    root = tmp_path_factory.mktemp("sample") / "project"
    shutil.copytree(SAMPLE, root)
    render_project(root, root / "_site", keep_typ=True, strict=False, log=lambda line: None)
    return root


Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a project: its one document, and other files by name."""

    def files(document: str, others: Mapping[str, str | bytes] | None = None) -> Path:
        root = tmp_path / "project"
        texts: dict[str, Any] = {"_quarto.yml": CONFIG, "a.qmd": document, **(others or {})}
        for name, content in texts.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return root

    return files


@pytest.fixture
def rendered(write: Write, tmp_path: Path) -> Callable[..., str]:
    """The HTML of a small project's document; the whole page, or what `render` makes of it in the site."""

    def html(document: str, others: Mapping[str, str | bytes] | None = None, **options: Any) -> str:
        root, site = write(document, others), tmp_path / "site"
        render_project(root, site, formats=("html",), log=lambda line: None, **options)
        return (site / "a.html").read_text(encoding="utf-8")

    return html
