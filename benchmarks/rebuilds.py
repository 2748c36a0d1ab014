"""How long a build takes when nothing, a paragraph or a notebook has changed, in a copy of the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from opening import opened

from survey_report.verifying import copy_sources

FULL_REPORT = Path("report") / "csrr-2023" / "full-report.html"
PROSE = Path("report") / "csrr-2023" / "sections" / "_services.qmd"
NOTEBOOK = Path("notebooks") / "instrument.ipynb"


def rebuilds(root: Path, scratch: Path, repeats: int) -> Iterator[tuple[str, float]]:
    """Seconds by name: the whole build, the full report opened, then each change, `repeats` times."""
    copy = copy_sources(root, scratch / "checkout")
    yield "everything", _make(root, copy, "report")
    for _ in range(repeats):
        yield from opened(copy / "_site" / FULL_REPORT)
    for number in range(repeats):
        yield "nothing", _make(root, copy, "report")
        _add_sentence(copy / PROSE, f"The first sentence of round {number}.")
        yield "a paragraph, HTML only", _make(root, copy, "pages")
        _make(root, copy, "report")
        _add_sentence(copy / PROSE, f"The second sentence of round {number}.")
        yield "a paragraph, HTML and PDF", _make(root, copy, "report")
        _add_remark(copy / NOTEBOOK, f"Round {number}.")
        yield "a notebook", _make(root, copy, "report")


def _make(root: Path, copy: Path, target: str) -> float:
    """Run `make` with the checkout's own environment, which counts as set up."""
    venv = Path(sys.prefix)
    command = ["make", f"VENV={venv}", "--old-file", str(venv / ".ready"), target]
    environment = {**os.environ, "PYTHONPATH": str(copy / "src"), "SURVEY_REPORT_ENGINE": "embedded"}
    began = perf_counter()
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    taken = perf_counter() - began
    if done.returncode:
        raise RuntimeError(f"make {target} failed:\n{done.stdout[-1500:]}{done.stderr[-3000:]}")
    return taken


def _add_sentence(path: Path, sentence: str) -> None:
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{sentence}\n", encoding="utf-8")


def _add_remark(path: Path, remark: str) -> None:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    first = next(cell for cell in notebook["cells"] if cell["cell_type"] == "markdown")
    first["source"] = f"{''.join(first['source'])} {remark}"
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
