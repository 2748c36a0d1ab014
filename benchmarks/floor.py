"""Running the cells of a notebook in this process, with nothing around them but what shows their results."""

from __future__ import annotations

import ast
import importlib
import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def warm(path: list[str]) -> None:
    """Import everything that notebooks use, in a new process."""
    sys.path[:] = path
    importlib.import_module("survey_report.kernels.preload")


def ready(_: int) -> None:
    """Long enough for every process to have its turn."""
    time.sleep(0.5)


def run_cells(path: str, parameters: Mapping[str, str]) -> int:
    """Run the code cells and make what each shows; returns how many there were."""
    notebook = json.loads(Path(path).read_text(encoding="utf-8"))
    names: dict[str, Any] = {}
    count = 0
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] != "code" or not source.strip():
            continue
        tree = ast.parse(source)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, path, "exec"), names)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), path, "eval"), names)
            if value is not None:
                value._repr_mimebundle_()
        if "parameters" in cell["metadata"].get("tags", []):
            names.update(parameters)
        count += 1
    return count
