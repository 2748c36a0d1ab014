"""The commands of the Makefile: each held from beginning to end by one process, which locks the rendering meanwhile.

`make report` first asks whether all stands (see `build_record`), checks the export before anything is built, has
Snakemake make what is due (see `step_marks`), and notes what was built if nothing changed meanwhile.
"""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from survey_report.build_record import build_stands, findings_stand, note_build
from survey_report.errors import Problem, UserError
from survey_report.files import SCRATCH, SCRATCH_IN
from survey_report.locks import locked
from survey_report.places import Places, check_there, data_files, places

STUDIES = Path("studies")
# Snakemake tells what is not as a step says; the lock is this project's own, and a killed step is made again.
COMMON = ("--nolock", "--rerun-incomplete")
HERE = ("--cores", "2", "--quiet", "all")
# On a cluster its workflow profile says how many jobs run; Snakemake tells of each.
JOBS = ("--quiet", "progress", "host", "reason", "--workflow-profile")
INTERRUPTED = 130
LITTLE = 1_000_000  # bytes left on a disk that count as none


@dataclass(frozen=True)
class Order:
    """What is to be built: a study's folder, files of the user's (empty for the study's own), a cluster's profile."""

    study: Path
    export: str = ""
    corpus: str = ""
    cluster: str = ""

    @property
    def places(self) -> Places:
        """Where it is built. Raises UserError for what cannot be a study's name."""
        found = places(self.study.name, self.export, self.corpus)
        if self.study != STUDIES / self.study.name:
            remedy = f"put the study into the folder {STUDIES}/ of the checkout, and give its name after STUDY="
            raise UserError([Problem("STUDY", "", str(self.study), "is no study of this checkout", remedy)])
        return found

    @property
    def own(self) -> list[Path]:
        """Files of people's answers, which may lie outside of the study's folder."""
        return data_files(self.study, self.export, self.corpus)

    @property
    def options(self) -> list[str]:
        """The same for a step of the command line."""
        named = {"--export": self.export, "--corpus": self.corpus}
        return ["--study", str(self.study), *(f"{name}={value}" for name, value in named.items() if value)]


class Failed(Exception):
    """A step or Snakemake ended with this exit code; it has said why."""


def build(target: str, order: Order) -> int:
    """Carry out one of `TARGETS`; gives the exit code.

    Raises UserError where there is no such study, or where the rendering is being built already.
    """
    found = order.places
    check_there(order.study)
    with locked(found.build) as lock:
        shutil.rmtree(scratch := found.build.resolve() / SCRATCH, ignore_errors=True)  # of builds that were killed

        def run(*command: str) -> None:
            if code := _run([sys.executable, "-P", "-m", *command], order, scratch, lock):
                raise Failed(code)

        try:
            TARGETS[target](order, run)
        except Failed as failed:
            if shutil.disk_usage(found.build.parent).free < LITTLE:  # whatever was said of it before
                raise OSError(errno.ENOSPC, "", str(found.build)) from None
            return int(failed.args[0])
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    return 0


Run = Callable[..., None]


def _step(run: Run, name: str, order: Order, *further: str) -> None:
    run("survey_report.cli", name, *order.options, *further)


def _make(run: Run, target: str) -> None:
    run("snakemake", target, *COMMON, *HERE)


def _report(order: Order, run: Run) -> None:
    found = order.places
    if not build_stands(Path(), order.study, order.own, found):
        _step(run, "check", order)
        _make(run, "site")
        _tell(note_build(Path(), found, order.own[0]))
    _where(order)


def _pages(order: Order, run: Run) -> None:
    if not findings_stand(Path(), order.study, order.own, order.places):
        _findings(order, run)
    _step(run, "stitch", order, "--html")


def _findings(order: Order, run: Run) -> None:
    _step(run, "check", order)
    _make(run, "findings_only")


def _profiles(order: Order, run: Run) -> None:
    if order.cluster and " " in str(Path.cwd()):
        message, remedy = "jobs of a cluster cannot run in a folder with a space in its name", "move the checkout"
        raise UserError([Problem(str(Path.cwd()), "", "", message, remedy)])
    _step(run, "check", order)
    if order.cluster:
        _make(run, "profile_figures")
        run("snakemake", "profiles", *COMMON, *JOBS, order.cluster)
    else:
        _make(run, "profiles")
    _make(run, "site")
    _where(order)


TARGETS: dict[str, Callable[[Order, Run], None]] = {
    "report": _report,
    "pages": _pages,
    "findings": _findings,
    "profiles": _profiles,
}


def _where(order: Order) -> None:
    found = order.places
    print(f"the report is at {found.index}")
    for page in sorted(found.site.glob(f"report/{order.study.name}/*.pdf")):
        print(f"  {page}")


def _tell(changed: Iterable[str]) -> None:
    """Name files that changed while the report was made."""
    for name in changed:
        print(f"{name} changed while the report was made, which may hold either state: run the same command again")


def _run(command: list[str], order: Order, scratch: Path, lock: int) -> int:
    """Exit code of a command that holds the lock as well, so that nobody builds beside what a killed one left."""
    sys.stdout.flush()
    environment = {
        **os.environ,
        "STUDY": order.study.name,
        "EXPORT": order.export,
        "CORPUS": order.corpus,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        SCRATCH_IN: str(scratch),
    }
    interrupted = False
    with subprocess.Popen(command, env=environment, pass_fds=[lock]) as child:
        before = signal.signal(signal.SIGTERM, lambda number, frame: child.send_signal(number))
        try:
            while True:
                try:
                    code = child.wait()
                    return INTERRUPTED if interrupted else code
                except KeyboardInterrupt:  # the terminal has told the child as well
                    interrupted = True
        finally:
            signal.signal(signal.SIGTERM, before)
