"""Pandoc as a process: text in, text out."""

from __future__ import annotations

import functools
import json
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypandoc

from survey_report.stitch.tree import Node

READER = "markdown-yaml_metadata_block"


@functools.cache
def binary() -> str:
    """The path of the pandoc program that the wheel brings."""
    return str(pypandoc.get_pandoc_path())


@dataclass(frozen=True)
class Answer:
    """What a run of pandoc wrote, and its warnings."""

    text: str
    warnings: tuple[str, ...]


def run(arguments: Sequence[str], source: str, folder: Path | None = None) -> Answer:
    """Run pandoc on `source`. Raises RuntimeError when it fails."""
    done = subprocess.run(
        [binary(), *arguments], input=source, capture_output=True, text=True, encoding="utf-8", cwd=folder, check=False
    )
    if done.returncode:
        raise RuntimeError(f"pandoc failed: {done.stderr.strip()}")
    found = re.findall(r"^\[WARNING\] (.*(?:\n  .*)*)", done.stderr, re.M)
    return Answer(done.stdout, tuple(re.sub(r"\s+", " ", line).strip() for line in found))


def read(source: str, reader: str = READER) -> tuple[list[Node], tuple[str, ...]]:
    """The blocks of a text, and the warnings."""
    answer = tree(source, reader)
    return json.loads(answer.text)["blocks"], answer.warnings


def tree(source: str, reader: str = READER) -> Answer:
    """The tree of a text as JSON."""
    return run(["-f", reader, "-t", "json"], source)


@functools.cache
def api_version() -> list[int]:
    """The version of the tree that this pandoc speaks."""
    return list(json.loads(run(["-f", "markdown", "-t", "json"], "").text)["pandoc-api-version"])


def write(blocks: list[Node], meta: dict[str, Any], arguments: Sequence[str], folder: Path | None = None) -> Answer:
    """Blocks and metadata written in another format; `arguments` name it."""
    tree = {"pandoc-api-version": api_version(), "meta": meta, "blocks": blocks}
    return run(["-f", "json", *arguments], json.dumps(tree, ensure_ascii=False), folder)
