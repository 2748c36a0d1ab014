"""Executed notebooks: their cells, the `#|` options, and which cells an address names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from survey_report.stitch.values import listed, load_yaml

OPTION = re.compile(r"^\s*#\|\s?(.*)$")


@dataclass(frozen=True)
class Cell:
    """A cell: its code or text without options, its options, its outputs; `number` counts from 1."""

    number: int
    kind: str
    source: str
    options: Mapping[str, Any]
    identifier: str
    tags: tuple[str, ...]
    outputs: tuple[Mapping[str, Any], ...]

    @property
    def label(self) -> str:
        """The label, or nothing."""
        return str(self.options.get("label") or "")

    @property
    def hidden(self) -> bool:
        """Whether neither a document nor the preview shows the cell."""
        return self.options.get("include") is False or "remove-cell" in self.tags

    @property
    def anchor(self) -> str:
        """The id of the cell's own div."""
        return f"cell-{self.label}" if self.label else self.identifier


@dataclass(frozen=True)
class Notebook:
    """An executed notebook; `path` counts from the project's root."""

    path: str
    title: str
    front: Mapping[str, Any]
    cells: tuple[Cell, ...]

    def named(self, name: str) -> Cell | None:
        """The cell with this id, label or tag, or with this id in its Markdown."""
        for test in (
            lambda cell: cell.label == name,
            lambda cell: cell.identifier == name,
            lambda cell: name in cell.tags,
            lambda cell: cell.kind == "markdown" and re.search(rf"\{{[^}}]*#{re.escape(name)}[\s}}]", cell.source),
        ):
            for cell in self.cells:
                if test(cell):
                    return cell
        return None

    def labels(self) -> list[str]:
        """All labels, for messages."""
        return [cell.label for cell in self.cells if cell.label]


class NotebookError(Exception):
    """A notebook that cannot be read; the message says why."""


def joined(value: Any) -> str:
    """Text that may be a list of lines."""
    return "".join(value) if isinstance(value, list) else str(value or "")


@lru_cache(maxsize=64)
def read_notebook(root: Path, path: str) -> Notebook:
    """Read a notebook. Raises NotebookError (missing, broken, invalid options, a label used twice)."""
    try:
        book = json.loads((root / path).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise NotebookError(f"notebook not found: {path}") from error
    except (OSError, ValueError) as error:
        raise NotebookError(f"notebook cannot be read: {path}") from error
    cells = tuple(_cell(path, number, cell) for number, cell in enumerate(book.get("cells", []), start=1))
    labels = [cell.label for cell in cells if cell.label]
    twice = sorted({label for label in labels if labels.count(label) > 1})
    if twice:
        raise NotebookError(f"{path}: label used twice: {', '.join(twice)}")
    front = _front(cells)
    title = str(front.get("title") or "") or next(_headings(cells), "") or path.rsplit("/", 1)[-1]
    return Notebook(path, title, front, cells)


def _cell(path: str, number: int, cell: Mapping[str, Any]) -> Cell:
    lines = joined(cell.get("source")).split("\n")
    kind = str(cell.get("cell_type"))
    options: Any = {}
    if kind == "code":
        head: list[str] = []
        while len(head) < len(lines) and (found := OPTION.match(lines[len(head)])):
            head.append(found[1])
        lines = lines[len(head) :]
        try:
            options = load_yaml("\n".join(head)) or {}
        except yaml.YAMLError as error:
            raise NotebookError(f"{path}, cell {number}: options are not YAML") from error
        if not isinstance(options, dict):
            raise NotebookError(f"{path}, cell {number}: options are not `key: value` lines")
    metadata = cell.get("metadata", {})
    identifier = str(cell.get("id") or f"cell-{number}")
    tags = tuple(str(tag) for tag in listed(metadata.get("tags")))
    return Cell(number, kind, "\n".join(lines).strip("\n"), options, identifier, tags, tuple(cell.get("outputs") or ()))


def _front(cells: Sequence[Cell]) -> Mapping[str, Any]:
    for cell in cells[:1]:
        found = re.match(r"\s*---\n(.*?)\n---\s*$", cell.source, re.S)
        if cell.kind == "raw" and found:
            try:
                value = load_yaml(found[1])
            except yaml.YAMLError:
                return {}
            return value if isinstance(value, dict) else {}
    return {}


def _headings(cells: Sequence[Cell]) -> Iterator[str]:
    for cell in cells:
        texts = [cell.source] if cell.kind == "markdown" else []
        texts += [joined(output.get("data", {}).get("text/markdown")) for output in cell.outputs]
        for text in texts:
            for found in re.finditer(r"^#{1,6}\s+(.+?)(?:\s*\{[^}]*\})?\s*#*$", text, re.M):
                yield found[1]


def parse_address(address: str) -> tuple[str, list[str], list[int]]:
    """An embed address: path, names after `#`, positions in brackets."""
    found = re.fullmatch(r"(.+?\.ipynb)\[([\d,\s]+)\]", address)
    if found:
        return found[1], [], [int(part) for part in found[2].split(",") if part.strip()]
    path, _, names = address.partition("#")
    return path, [name.strip() for name in names.split(",") if name.strip()], []


def select(book: Notebook, names: Sequence[str], positions: Sequence[int]) -> tuple[list[Cell], list[str]]:
    """The cells that an address names, and the names it does not have."""
    if not names and not positions:
        return [cell for cell in book.cells if cell.kind != "raw"], []
    cells: list[Cell] = []
    missing: list[str] = []
    for name in names:
        cell = book.named(name)
        if cell:
            cells.append(cell)
        else:
            missing.append(name)
    for position in positions:
        if 1 <= position <= len(book.cells):
            cells.append(book.cells[position - 1])
        else:
            missing.append(str(position))
    return cells, missing
