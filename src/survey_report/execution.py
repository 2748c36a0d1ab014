"""Running notebooks with papermill, several at a time, each in a fresh kernel, and finishing what comes out."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from survey_report.errors import Problem, UserError
from survey_report.finish import Finished, finish, stderr_of
from survey_report.handover import BUILD, STUDIES, STUDY, rendering_digest
from survey_report.kernels.forking import can_fork, each_forked, start
from survey_report.sections import coded_sections, has, level_groupings
from survey_report.shortages import shortage
from survey_report.sources import notebook_imports
from survey_report.study import Study
from survey_report.up_to_date import Basis, clear, parts_of, stands, with_parameters, write_run

WORKERS = 2
START_TRIES = 2
PRELOADED = "SURVEY_REPORT_PRELOAD"
COLD = "SURVEY_REPORT_COLD_KERNELS"
ENVIRONMENT = {
    # One thread for linear algebra: results must not depend on how many cores a machine has.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "MPLBACKEND": "agg",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    # No thread of its own for pyarrow to give memory back: processes are forked, and threads are not forked with them.
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}


@dataclass(frozen=True)
class Run:
    """One notebook with one set of parameters; `name` is the executed notebook's file name without suffix."""

    name: str
    notebook: str
    parameters: Mapping[str, str]


def runs_of(study: Study) -> tuple[Run, ...]:
    """The runs of a study's report: who took part, each theme and its groups compared, each derived grouping over all
    scales, what the supplementary report tells of instrument, measurement, change and weighting, and each part of the
    code frame of coded material; each only where the study has it."""
    base = {"study": study.id}
    compared = study.scales if has(study, "groups") else ()
    further = {"measurement": "scales", "change": "changes", "weighting": "margins"}
    return (
        Run("respondents", "respondents", base),
        *(Run(f"theme-{scale.id}", "theme", {**base, "scale": scale.id}) for scale in study.scales),
        *(Run(f"comparison-{scale.id}", "comparison", {**base, "scale": scale.id}) for scale in compared),
        *([Run("comparisons", "comparisons", base)] if compared else []),
        *(Run(name, "integration", {**base, "grouping": name}) for name in level_groupings(study)),
        Run("instrument", "instrument", base),
        *(Run(name, name, base) for name, needed in further.items() if has(study, needed)),
        *(Run(f"voices-{part}", "qualitative", {**base, "section": part}) for part in coded_sections(study)),
    )


def record_runs(study: Study) -> tuple[Run, ...]:
    """Runs that need the results of all others: the provenance; for a study with published figures also the register,
    its errata, readings of means and, where it has scales, a view of its key figures."""
    records = [name for name, needed in (("register", "published"), ("errata", "errata")) if has(study, needed)]
    glance = ["key-figures"] if records and study.scales else []
    names = [*records, *(["readings"] if records else []), *glance, "provenance"]
    return tuple(Run(name, name, {"study": study.id}) for name in names)


def prepare(notebooks: Path, study: Path, build: Path) -> None:
    """Set what kernels find in their environment, and let the process that is forked for them begin to import.

    `execute_all` does it as well; whoever knows earlier that notebooks will run can do so while the imports go on.
    """
    place = {BUILD: str(build.resolve()), STUDIES: str(study.parent.resolve()), STUDY: study.name}
    os.environ.update(ENVIRONMENT | place)
    if _warm():
        os.environ[PRELOADED] = preloaded(notebooks)
        start()


def preloaded(notebooks: Path) -> str:
    """What notebooks import, as the process that is forked for them is told of it."""
    return ",".join(sorted({name for path in notebooks.glob("*.ipynb") for name in notebook_imports(path)}))


def _warm() -> bool:
    return can_fork() and not os.environ.get(COLD)


def execute_all(
    runs: Sequence[Run],
    notebooks: Path,
    studies: Path,
    build: Path,
    log: Callable[[str], None] = print,
    *,
    stage: str = "findings",
    further: str = "",
    into: Path | None = None,
    whole: bool = True,
    keep_going: bool = False,
) -> list[Problem]:
    """Execute `runs` on the rendering in `build`; write notebooks, data tables and numbers below `into` (or `build`).

    Each is written as it ends. A run that still stands is not made again (see `up_to_date`); `further` is a digest of
    what runs of this stage read beside data and study. What runs left that the stage no longer has is removed, unless
    these are not the `whole` stage. Raises UserError naming each notebook that failed and its error; what it left
    before stays. With `keep_going` these problems are returned.
    """
    study = runs[0].parameters.get("study", "") if runs else ""
    prepare(notebooks, studies / study, build)
    basis = Basis(stage, rendering_digest(studies / study, build), further)
    target = into or build
    if whole:  # others may be writing where this is only a part
        clear([run.name for run in runs], basis, target)
    shared = {
        name: parts_of(notebooks / f"{name}.ipynb", basis) for name in dict.fromkeys(run.notebook for run in runs)
    }
    parts = {run.name: with_parameters(shared[run.notebook], run.parameters) for run in runs}
    due = [run for run in runs if not stands(run.name, parts[run.name], target)]
    if len(due) < len(runs):
        log(f"  {len(runs) - len(due)} of {len(runs)} notebooks stand as they are")
    problems: list[Problem] = []
    with closing(_executed(due, notebooks)) as outcomes:
        for number, (run, done, error) in enumerate(outcomes, 1):
            if done is None:
                if missing := shortage(error):
                    raise UserError([missing])
                where = f"run {run.name}"
                problems.append(
                    Problem(f"{run.notebook}.ipynb", where, "", _short(error), "open the notebook and run it")
                )
                continue
            finished, noise = done
            write_run(run.name, finished, parts[run.name], basis, target)
            log(f"  notebook {number} of {len(due)}: {run.name}")
            if noise:
                log(f"  {run.name} wrote to standard error:\n{noise}")
    problems.sort(key=lambda problem: problem.place)
    if problems and not keep_going:
        raise UserError(problems)
    return problems


Done = tuple[Finished, str]


def _executed(runs: Sequence[Run], notebooks: Path) -> Generator[tuple[Run, Done | None, Exception]]:
    """Each run with what came out, or with the error, as they end."""
    nothing = Exception()
    if not runs:
        return
    if warm := _warm():
        for outcome in each_forked(partial(_run, notebooks=notebooks, warm=warm), runs, WORKERS):
            yield outcome.task, outcome.result, outcome.error or nothing
        return
    with ThreadPoolExecutor(WORKERS) as pool:
        waiting = {pool.submit(_run, run, notebooks, warm): run for run in runs}
        try:
            for future in as_completed(waiting):
                error = future.exception()
                if isinstance(error, Exception):
                    yield waiting[future], None, error
                else:
                    yield waiting[future], future.result(), nothing
        finally:
            pool.shutdown(cancel_futures=True)


def _run(run: Run, notebooks: Path, warm: bool) -> Done:
    execute = _execute_here if warm else _execute
    executed = execute(notebooks / f"{run.notebook}.ipynb", run.parameters)
    return finish(executed, run.parameters), stderr_of(executed)


def _execute_here(source: Path, parameters: Mapping[str, str]) -> dict[str, Any]:
    """Papermill's result from this process, which is a fresh one (see `kernels`)."""
    from survey_report.kernels.engine import NAME

    return _papermill(source, parameters, None, engine_name=NAME)


def _execute(source: Path, parameters: Mapping[str, str]) -> dict[str, Any]:
    """Papermill's result from a kernel of its own; one that would not start is tried once more."""
    from papermill.exceptions import PapermillExecutionError

    for attempt in range(1, START_TRIES + 1):
        with tempfile.TemporaryDirectory() as folder:
            try:
                target = str(Path(folder) / source.name)
                quiet = ["--IPKernelApp.log_level=50"]  # ending a kernel is no error worth a line
                return _papermill(source, parameters, target, extra_arguments=quiet, **_transport(folder))
            except PapermillExecutionError:
                raise
            except RuntimeError:
                if attempt == START_TRIES:
                    raise
    raise AssertionError("unreachable")


def _papermill(source: Path, parameters: Mapping[str, str], target: str | None, **settings: Any) -> dict[str, Any]:
    import papermill

    _refuse_unknown(source, parameters)
    node = papermill.execute_notebook(
        str(source),
        target,
        parameters=dict(parameters),
        kernel_name="python3",
        progress_bar=False,
        request_save_on_cell_execute=False,
        log_output=False,
        **settings,
    )
    return dict(node)


def _transport(folder: str) -> dict[str, Any]:
    """Kernels talk through sockets in a folder of their own: nothing that they say passes through the network."""
    if os.name == "nt":
        return {}
    from jupyter_client.manager import AsyncKernelManager

    class PrivateKernelManager(AsyncKernelManager):
        def __init__(self, **settings: Any) -> None:
            super().__init__(**settings, transport="ipc", ip=str(Path(folder) / "kernel"))

    return {"kernel_manager_class": PrivateKernelManager}


def _refuse_unknown(source: Path, parameters: Mapping[str, str]) -> None:
    """Papermill writes parameter names into code as they are, so only names that the notebook declares may pass."""
    cells = json.loads(source.read_text(encoding="utf-8"))["cells"]
    lines = [
        line
        for cell in cells
        if "parameters" in cell["metadata"].get("tags", [])
        for line in "".join(cell["source"]).split("\n")
    ]
    declared = {line.split("=")[0].strip() for line in lines if "=" in line}
    unknown = sorted(name for name in parameters if not name.isidentifier() or name not in declared)
    if unknown:
        raise ValueError(f"{source.name} declares no parameter {', '.join(unknown)}")


def _short(error: Exception) -> str:
    name, value = getattr(error, "ename", type(error).__name__), getattr(error, "evalue", str(error))
    return f"{name}: {value}"[:400]
