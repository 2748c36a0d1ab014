"""Which modules of the package a notebook uses, found by reading its imports and those of what it imports."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).parent


def code_of(notebook: Mapping[str, Any]) -> str:
    """The code cells of a notebook as one text; lines for the shell and magics of IPython are left out."""
    cells = (cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "code")
    lines = (line for cell in cells for line in "".join(cell).split("\n"))
    return "\n".join(re.sub(r"^(\s*)[%!].*", r"\1pass", line) for line in lines)


def notebook_imports(path: Path) -> list[str]:
    """Names of the package that a notebook imports itself; some may be no modules."""
    return imported(ast.parse(code_of(json.loads(path.read_text(encoding="utf-8")))))


def notebook_modules(path: Path) -> dict[str, Path]:
    """Modules of the package that a notebook uses, by name, whether it imports them itself or through others."""
    return used_modules(notebook_imports(path))


def used_modules(names: Iterable[str]) -> dict[str, Path]:
    """The files of modules by name, with those of what they import, and the packages that hold them."""
    found: dict[str, Path] = {}
    waiting, seen = list(names), set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        waiting += [name.rpartition(".")[0]] if "." in name else []
        if file := _file(name):
            found[name] = file
            waiting += _imports(file, file.stat().st_mtime_ns)
    return dict(sorted(found.items()))


def imported(tree: ast.AST) -> list[str]:
    """Names of the package that are imported anywhere in a piece of code; some may be no modules."""
    names: list[str] = []
    for node in _statements(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return [name for name in names if name.partition(".")[0] == PACKAGE.name]


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """All statements of a piece of code; expressions, of which there are many more, are not gone through."""
    for field in ("body", "handlers", "orelse", "finalbody", "cases"):
        part = getattr(node, field, ())
        for child in part if isinstance(part, list) else ():
            yield child
            yield from _statements(child)


@cache
def _imports(file: Path, _changed: int) -> tuple[str, ...]:
    return tuple(imported(ast.parse(file.read_text(encoding="utf-8"))))


def _file(name: str) -> Path | None:
    place = PACKAGE.parent.joinpath(*name.split("."))
    return next((path for path in (place.with_suffix(".py"), place / "__init__.py") if path.is_file()), None)
