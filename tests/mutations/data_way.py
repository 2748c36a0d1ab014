"""The way of the data in this process: export, respondents, notebooks, results. Notebooks run without kernels.

Import this only with the package on the path that is to be used; it looks neither at pages nor at PDF.
"""

from __future__ import annotations

import ast
import csv
import importlib
import json
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

STUDY = Path("studies", "csrr-2023")
BUILD = Path("_build", "csrr-2023")
STEPS = ("check", "read", "findings", "results", "records")
FIRST = "first.json"


class Refused(Exception):
    """A step of the build ended with problems for the user to mend."""


def whole_way(kept: Path) -> dict[str, str]:
    """Build in the working directory up to the records; the status of each published figure by its id.

    What every step leaves, and which step imports which module first, is kept for `rest_of_way`.
    """
    first: dict[str, str] = {}
    BUILD.mkdir(parents=True)
    for step in STEPS:
        _step(step)
        shutil.copytree(BUILD, kept / step)
        for name in sys.modules:
            first.setdefault(name, step)
    (kept / FIRST).write_text(json.dumps(first), encoding="utf-8")
    return _statuses()


def rest_of_way(kept: Path, module: str) -> dict[str, str]:
    """The same from the first step on that imports a module; what comes before does not depend on it.

    The records are made only if they are the first to import it, nothing if no step does. Raises Refused, or whatever
    the package raises.
    """
    importing = json.loads((kept / FIRST).read_text(encoding="utf-8")).get(module)
    first = STEPS.index(importing) if importing else len(STEPS)
    if first:
        shutil.copytree(kept / STEPS[first - 1], BUILD)
    for step in STEPS[first : max(first + 1, STEPS.index("records"))]:
        _step(step)
    return _statuses()


def _statuses() -> dict[str, str]:
    with (BUILD / "reconciliation.csv").open(encoding="utf-8", newline="") as handle:
        return {row["id"]: row["status"] for row in csv.DictReader(handle)}


def _step(name: str) -> None:
    if name in ("findings", "records"):
        execution = importlib.import_module("survey_report.execution")
        execution._execute, execution.WORKERS = _executed, 1  # type: ignore[attr-defined]
        os.environ[execution.COLD] = "yes"  # no process is forked
    if importlib.import_module("survey_report.cli").main([name, "--study", STUDY.as_posix()]):
        raise Refused(name)


def _executed(source: Path, parameters: Mapping[str, str]) -> dict[str, Any]:
    """A notebook with the outputs of its cells, run here; as papermill would return it."""
    notebook: dict[str, Any] = json.loads(source.read_text(encoding="utf-8"))
    names: dict[str, Any] = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        value = _run("".join(cell["source"]), names)
        if "parameters" in cell["metadata"].get("tags", []):
            names.update(parameters)
        cell["outputs"] = [] if value is None else [_output(value)]
    return notebook


def _run(source: str, names: dict[str, Any]) -> Any:
    """Run a cell; its value is that of a last line that is an expression."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names) if isinstance(last, ast.Expr) else None


def _output(value: Any) -> dict[str, Any]:
    data, metadata = value._repr_mimebundle_()
    return {"output_type": "execute_result", "execution_count": 1, "data": data, "metadata": metadata}
