"""What tests call in forked processes, which import it by name."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from survey_report.kernels.forking import each_forked

kept: list[str] = []
# What runs a notebook, and what its process is made from.
WANTED = ("survey_report.execution", "survey_report.kernels.kernel", "multiprocessing.popen_forkserver", "seaborn")


def double(number: int) -> int:
    return 2 * number


def keep(word: str) -> tuple[list[str], str, int]:
    """What was kept before, a variable of the environment, and the process."""
    kept.append(word)
    return list(kept), os.environ.get("SURVEY_REPORT_TEST", ""), os.getpid()


def chance(_: int) -> tuple[float, float]:
    return random.random(), float(np.random.default_rng().random() + np.random.random())


def fail(word: str) -> None:
    raise ValueError(word)


def fail_strangely(_: str) -> None:
    class Local(Exception):
        """Cannot be pickled, nor can what it holds."""

    raise Local(lambda: None)


def die(how: str) -> None:
    if how == "exit":
        os._exit(3)
    os.kill(os.getpid(), signal.SIGKILL)


def surroundings(_: int) -> tuple[int, bool, bool, list[str], int]:
    """Threads of the process that was forked, whether this one leads a group, has a terminal, its path and umask."""
    threads = len(os.listdir(f"/proc/{os.getppid()}/task")) if Path("/proc").is_dir() else 1
    return threads, os.getpgrp() == os.getpid(), sys.stdin.isatty(), list(sys.path), os.getppid()


def what_is_there(_: int) -> dict[str, bool]:
    """Whether a process that has just been forked finds made what takes long to make."""
    missing = [name for name in WANTED if name not in sys.modules]
    assert not missing, missing
    from survey_report.charts.canvas import _width
    from survey_report.kernels.kernel import KernelApp

    return {
        "a kernel": KernelApp.initialized(),
        "a chart was drawn": _width.cache_info().currsize > 0,
        "its main module": sys.modules["__main__"].__dict__.get("get_ipython") is None,
        "its hook": sys.excepthook is sys.__excepthook__,
    }


def wait_with_children(folder: str) -> None:
    """Start a child in this process's group and note both; then wait for long."""
    child = subprocess.Popen(["sleep", "600"])
    place = Path(folder, f"{os.getpid()}")
    place.with_suffix(".new").write_text(f"{os.getpid()} {child.pid} {os.getppid()}", encoding="utf-8")
    place.with_suffix(".new").rename(place.with_suffix(".pids"))
    time.sleep(600)


def wait_in_two(folders: Sequence[str]) -> None:
    """What a process does that tests kill: two calls that take long."""
    for _ in each_forked(wait_with_children, list(folders), 2):
        pass
