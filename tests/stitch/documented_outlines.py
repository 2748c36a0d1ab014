#!/usr/bin/env python3
"""Outlines of the documents in `documented/`, as real Quarto renders them or as they lie in a site.

    QUARTO=quarto python tests/stitch/documented_outlines.py > tests/stitch/documented.json

records them anew (the file here is from Quarto 1.5.57); `rsvg-convert` has to be on the path for the Word files.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))  # whether called by pytest or as a program

import outline

HERE = Path(__file__).parent
SOURCES = HERE / "documented"
DOCUMENTS = ("index", "writing", "pictures", "tables", "notices", "paper", "values", "embedded", "beyond")
# Typst does not take the pixels in `pictures`; Quarto 1.5.57 breaks off when it writes `notices` for Word.
FORMATS = {
    "html": DOCUMENTS,
    "typst": ("index", "writing", "tables", "notices", "paper", "values", "embedded"),
    "docx": ("index", "writing", "pictures", "tables", "paper", "values", "embedded"),
}
ENVIRONMENT = {"SURVEY_PRESS": "the old press"}
SUFFIXES = {"html": ".html", "typst": ".typ", "pdf": ".pdf", "docx": ".docx"}


def outlines(root: Path) -> dict[str, dict[str, Any]]:
    """What was rendered at `root`: for each document and format its outline, evened out (see `even`)."""
    facts: dict[str, dict[str, Any]] = {}
    for name in DOCUMENTS:
        for fmt, suffix in SUFFIXES.items():
            places = [folder / f"{name}{suffix}" for folder in (root / "_site", root)]
            found = next((path for path in places if path.exists()), None)
            if found and name in FORMATS["typst" if fmt == "pdf" else fmt]:
                read = json.loads(json.dumps(outline.READERS[suffix](found)))
                facts.setdefault(name, {})[fmt] = even(read, fmt)
    return facts


def even(facts: dict[str, Any], fmt: str) -> dict[str, Any]:
    """An outline without what says nothing about the document: how an address is typed, styles, layout tables."""
    if fmt == "html":
        facts["pages"] = [[words, href.removeprefix("./")] for words, href in facts.get("pages", [])]
        facts["refs"] = [row for row in facts.get("refs", []) if row[0]]  # others are the numbers of lines of code
    if fmt == "docx":
        rows = [row[1:] for row in facts.get("captions", []) if any(row[1:])]
        facts["captions"] = sorted(rows, key=json.dumps)  # that of a panel stands above it or below it
        # Quarto writes "1. Method" and "1.1 Sheet"; here both numbers stand without a full stop.
        headings = [[level, re.sub(r"^(\d)\. ", r"\1 ", words)] for level, words in facts.get("headings", [])]
        facts["headings"] = [[level, re.sub(r"\s+", " ", words)] for level, words in headings]
        facts.pop("tables", None)  # Quarto lays figures and callouts out in tables
    if fmt == "pdf":
        for key in ("pages", "lang", "tagged", "title"):  # of the writer, not of the document
            facts.pop(key, None)
    return {key: value for key, value in facts.items() if value not in (None, [], {})}


def by_quarto(quarto: str, root: Path, formats: Collection[str]) -> dict[str, dict[str, Any]]:
    """Copy the sources to `root`, render them with real Quarto and read what it made."""
    shutil.copytree(SOURCES, root)
    _render(quarto, root, ".", "html")
    for fmt in (fmt for fmt in ("typst", "docx") if fmt in formats):
        for name in FORMATS[fmt]:
            _render(quarto, root, f"{name}.qmd", fmt)
    return outlines(root)


def _render(quarto: str, root: Path, what: str, fmt: str) -> None:
    command = [quarto, "render", what, "--to", fmt, "-M", "keep-typ:true"]
    done = subprocess.run(command, cwd=root, env=os.environ | ENVIRONMENT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr[-2000:]}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        made = by_quarto(os.environ.get("QUARTO", "quarto"), Path(folder) / "documented", FORMATS)
    print(outline.dumps(made))
