"""Apply each mutation to a copy of the checkout and see what notices: the reconciliation, the tests.

`python tests/mutations/run.py [ID ...]` runs all, or some and keeps what is known of the others.
"""

from __future__ import annotations

import compileall
import importlib
import json
import multiprocessing
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from mutation_list import ROOT, Mutation, Result, read_list, read_results, write_results
from suite import CALLS

# Imported once by the process that all others come from.
HEAVY = [
    "matplotlib.figure", "nbformat", "numpy", "pandas", "papermill", "pyarrow.parquet", "pytest",
    "scipy.optimize", "scipy.stats", "seaborn", "statsmodels", "yaml",
]  # fmt: skip
ENVIRONMENT = {
    "MPLBACKEND": "agg",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    "PYTHONHASHSEED": "0",
}
KEPT = "kept"
COPIES = 2  # mutations that are run at a time
SECONDS = 900
SECONDS_OF_ALL = 4 * SECONDS  # all tests, before anything is changed
What = Callable[[Path, Path, Mutation | None], dict[str, Any]]
MADE = ("_build", "_site", ".hypothesis", "_variables.yml")


def main(ids: list[str]) -> int:
    """Run the mutations of these ids, all if none is given; returns the exit code."""
    mutations = read_list()
    chosen = [mutation for mutation in mutations if not ids or mutation.id in ids]
    if unknown := set(ids) - {mutation.id for mutation in mutations}:
        print(f"no such mutation: {', '.join(sorted(unknown))}")
        return 2
    known = read_results()
    os.environ.update(ENVIRONMENT)
    multiprocessing.set_start_method("forkserver")
    multiprocessing.set_forkserver_preload(HEAVY)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(COPIES) as pool:
        first = Copy(Path(folder, "1"))
        first.make()
        copies = queue.SimpleQueue[Copy]()
        for copy in (first, *(first.again(Path(folder, str(number))) for number in range(2, COPIES + 1))):
            copies.put(copy)

        def result(mutation: Mutation) -> Result:
            copy = copies.get()
            try:
                return copy.result(mutation)
            finally:
                copies.put(copy)

        for number, one in enumerate(pool.map(result, chosen), 1):
            known[one.id] = one
            print(f"{number}/{len(chosen)} {one.id}: {one.reconciliation} {one.lost}, {one.tests} {one.by}", flush=True)
            write_results(known[one.id] for one in mutations if one.id in known)
    return 0


class Copy:
    """A copy of the checkout, and what the reconciliation says in it before anything is changed."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.root = folder, folder / "checkout"
        self.before: dict[str, Any] = {}

    def again(self, folder: Path) -> Copy:
        """Another copy of the same."""
        shutil.copytree(self.folder, folder)
        other = Copy(folder)
        other.before = self.before
        return other

    def make(self) -> None:
        """Copy the checkout, follow the way of the data in it and run its tests."""
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True,
            capture_output=True, text=True,
        ).stdout  # fmt: skip
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).is_file():
                (self.root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / name, self.root / name)
        shutil.copytree(self.root / "src", self.folder / KEPT / "src")
        compileall.compile_dir(self.root / "src", quiet=1)
        self.before = self._run(follow, None)
        if "statuses" not in self.before:
            raise SystemExit(f"the build fails before anything is changed: {self.before}")
        if failed := self._run(test, None)["by"]:
            print(f"left out, as they fail before anything is changed: {failed}", flush=True)
        if not (self.folder / KEPT / CALLS).is_file():
            raise SystemExit("the tests could not be run")

    def result(self, mutation: Mutation) -> Result:
        """Who notices a mutation."""
        path = mutation.path(self.root)
        source = path.read_text(encoding="utf-8")
        for cached in path.parent.glob(f"__pycache__/{path.stem}.*"):
            cached.unlink()  # it might pass for that of the changed module
        path.write_text(mutation.applied(source), encoding="utf-8")
        try:
            lost = self._lost(self._run(follow, mutation))
            by = self._run(test, mutation)["by"]
        finally:
            path.write_text(source, encoding="utf-8")
        return Result(mutation.id, _word(lost), _word(by), lost, by)

    def _lost(self, after: dict[str, Any]) -> str:
        """What the build or the reconciliation lost."""
        if "statuses" not in after:
            return str(after["by"])
        kept = [name for name, status in self.before["statuses"].items() if status == "match"]
        lost = [name for name in kept if after["statuses"].get(name) != "match"]
        return f"{len(lost)} of {len(kept)} matches, first {lost[0]}" if lost else ""

    def _run(self, what: What, mutation: Mutation | None) -> dict[str, Any]:
        """What a function says that runs in a process of its own, in the copy."""
        for name in MADE:
            shutil.rmtree(self.root / name, ignore_errors=True)
            if (self.root / name).is_file():
                (self.root / name).unlink()
        answer = self.folder / "answer.json"
        answer.unlink(missing_ok=True)
        process = multiprocessing.Process(target=_child, args=(what, self.folder, self.root, mutation))
        process.start()
        process.join(SECONDS if mutation else SECONDS_OF_ALL)
        if process.is_alive() and process.pid:
            os.killpg(process.pid, signal.SIGKILL)
            process.join()
            return {"by": "does not end"}
        return json.loads(answer.read_text(encoding="utf-8")) if answer.is_file() else {"by": "ends at once"}


def _child(what: What, folder: Path, root: Path, mutation: Mutation | None) -> None:
    os.setsid()
    os.chdir(root)
    source = str(root / "src")
    os.environ["PYTHONPATH"] = source  # for the kernels and commands that tests start
    sys.path[:0] = [source, str(root / "tests" / "mutations")]
    sys.dont_write_bytecode = mutation is not None
    if mutation:
        os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    with (folder / "log.txt").open("a", encoding="utf-8") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
        answer = what(folder, root, mutation)
    (folder / "answer.json").write_text(json.dumps(answer), encoding="utf-8")


def follow(folder: Path, root: Path, mutation: Mutation | None) -> dict[str, Any]:
    """The statuses of the reconciliation, or at which step the build was refused or failed."""
    kept = folder / KEPT
    try:
        way = importlib.import_module("data_way")
        _ours(root)
        try:
            return {"statuses": way.rest_of_way(kept, mutation.dotted) if mutation else way.whole_way(kept)}
        except way.Refused as step:
            return {"by": f"refused: {step}"}
    except Exception as error:
        return {"by": f"fails: {type(error).__name__}"}


def test(folder: Path, root: Path, mutation: Mutation | None) -> dict[str, Any]:
    """The first test that fails; without a mutation all are run, and what they call is noted."""
    kept = folder / KEPT
    try:
        suite = importlib.import_module("suite")
        _ours(root)
        if not mutation:
            return {"by": suite.every_test(root, kept)}
        source = mutation.path(kept).read_text(encoding="utf-8")
        return {"by": suite.first_failing(root, kept, mutation.module, source, mutation.before)}
    except Exception as error:
        return {"by": f"fails: {type(error).__name__}"}


def _ours(root: Path) -> None:
    """Make sure that the package is the copy's."""
    place = Path(str(importlib.import_module("survey_report").__file__))
    assert place.is_relative_to(root), f"{place} is not below {root}"


def _word(by: str) -> str:
    return "caught" if by else "survived"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
