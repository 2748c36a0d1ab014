"""Ways to run the same notebooks: this project's, papermill's and nbconvert's commands, and their floor.

Every way starts from an empty folder and has to give the same notebooks in the end, cell for cell and byte for byte;
the floor, which writes nothing, has to execute as many cells.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

import floor
import nbformat

from survey_report.execution import ENVIRONMENT, PRELOADED, Run, preloaded
from survey_report.finish import finish, notebook_json
from survey_report.handover import BUILD, STUDIES, STUDY

AT_ONCE = 2
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Work:
    """Notebooks to run: the rendering they read, the study, and the runs."""

    name: str
    root: Path
    study: str
    build: Path
    runs: tuple[Run, ...]

    @property
    def notebooks(self) -> Path:
        """Where the notebooks lie."""
        return self.root / "notebooks"

    @property
    def cells(self) -> int:
        """How many code cells there are in all runs together."""
        return sum(len(code_cells(self.notebooks / f"{run.notebook}.ipynb")) for run in self.runs)


def code_cells(path: Path) -> list[dict[str, object]]:
    """The code cells of a notebook that hold code."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code" and "".join(cell["source"]).strip()]


def timed(way: Callable[[Work, Path], None], work: Work, target: Path) -> float:
    """Seconds on the clock of one way, which begins with nothing in `target`."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    began = perf_counter()
    with _environment(work):
        way(work, target)
    return perf_counter() - began


@contextmanager
def _environment(work: Work) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(ENVIRONMENT)
    os.environ[BUILD], os.environ[STUDIES] = str(work.build.resolve()), str((work.root / "studies").resolve())
    os.environ[STUDY] = work.study
    os.environ[PRELOADED] = preloaded(work.notebooks)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def ours(work: Work, target: Path) -> None:
    """As a step of the build runs them: a new process, from its first import to the last file written."""
    about = json.dumps({**asdict(work), "root": str(work.root), "build": str(work.build), "target": str(target)})
    _run([sys.executable, str(Path(__file__).with_name("ours.py")), about])


def papermill_one_by_one(work: Work, target: Path) -> None:
    """Papermill's command, one notebook after the other."""
    for run in work.runs:
        _papermill(work, run, target)


def papermill_two(work: Work, target: Path) -> None:
    """Papermill's command, two at a time."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda run: _papermill(work, run, target), work.runs))


def nbconvert_one_by_one(work: Work, target: Path) -> None:
    """`jupyter nbconvert --execute`, one after the other; it takes no parameters, so each has its own copy."""
    for run in work.runs:
        notebook = json.loads((work.notebooks / f"{run.notebook}.ipynb").read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            if "parameters" in cell["metadata"].get("tags", []):
                cell["source"] = "\n".join(f"{name} = {json.dumps(value)}" for name, value in run.parameters.items())
        path = target / f"{run.name}.ipynb"
        path.write_text(json.dumps(notebook), encoding="utf-8")
        _run([str(BIN / "jupyter-nbconvert"), "--to", "notebook", "--execute", "--inplace", str(path)])


def _papermill(work: Work, run: Run, target: Path) -> None:
    parameters = [part for name, value in run.parameters.items() for part in ("-r", name, value)]
    source, made = work.notebooks / f"{run.notebook}.ipynb", target / f"{run.name}.ipynb"
    _run([str(BIN / "papermill"), str(source), str(made), *parameters, "-k", "python3", "--no-progress-bar"])


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stderr[-3000:]}")


def check_notebooks(work: Work, target: Path, reference: Path | None) -> dict[str, str]:
    """Assert that all cells of all notebooks ran; gives each notebook as it is published, and compares with another."""
    made: dict[str, str] = {}
    executed = 0
    for run in work.runs:
        place = next(
            path for path in (target / "findings" / f"{run.name}.ipynb", target / f"{run.name}.ipynb") if path.is_file()
        )
        ready = place.parent.name == "findings"
        text = place.read_text(encoding="utf-8")
        notebook = json.loads(text) if ready else dict(nbformat.reads(text, as_version=4))
        cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        own = [cell for cell in cells if "injected-parameters" not in cell["metadata"].get("tags", [])]
        executed += sum(cell["execution_count"] is not None for cell in own)
        made[run.name] = notebook_json(notebook if ready else finish(notebook, run.parameters).notebook)
    assert executed == work.cells, f"{executed} of {work.cells} cells were executed"
    if reference is not None:
        differ = [
            name for name, text in made.items() if text != (reference / f"findings/{name}.ipynb").read_text("utf-8")
        ]
        assert not differ, f"{', '.join(differ)} came out differently"
    return made


def floor_seconds(work: Work) -> float:
    """The same cells in two processes that have imported everything before the clock starts; no kernel, no file."""
    with _environment(work), ProcessPoolExecutor(AT_ONCE, initializer=floor.warm, initargs=(list(sys.path),)) as pool:
        list(pool.map(floor.ready, range(2 * AT_ONCE)))
        began = perf_counter()
        jobs = [
            pool.submit(floor.run_cells, str(work.notebooks / f"{run.notebook}.ipynb"), dict(run.parameters))
            for run in work.runs
        ]
        executed = sum(job.result() for job in jobs)
        taken = perf_counter() - began
    assert executed == work.cells, f"{executed} of {work.cells} cells were executed"
    return taken
