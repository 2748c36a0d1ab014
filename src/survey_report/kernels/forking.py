"""Calling a function in processes forked from one that has imported everything already, each call in a fresh one.

The process that is forked is that of the standard library's `multiprocessing` (method `forkserver`). It imports
`preload` once, has a single thread, and ends when this process does. So does every forked process: it watches the pipe
that it was started through, and takes its own children with it.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import ModuleType
from typing import Any, Generic, TypeVar

PRELOAD = "survey_report.kernels.preload"
LEAVE = 0.2  # seconds for a process to end by itself once its result is here

Task = TypeVar("Task")
Result = TypeVar("Result")


class Died(RuntimeError):
    """A forked process ended without a result."""


@dataclass(frozen=True)
class Outcome(Generic[Task, Result]):
    """A task with its result, or with what was raised in its place."""

    task: Task
    result: Result | None
    error: Exception | None


def can_fork() -> bool:
    """Whether this system has the means; elsewhere kernels are started the ordinary way."""
    return "forkserver" in multiprocessing.get_all_start_methods()


def start() -> None:
    """Start the process that is to be forked, with this process's environment; does not wait for its imports."""
    from multiprocessing.forkserver import ensure_running

    _context()
    with _no_script():
        ensure_running()


def each_forked(
    function: Callable[[Task], Result], tasks: Sequence[Task], workers: int
) -> Iterator[Outcome[Task, Result]]:
    """Call `function` once a task, `workers` at a time, each in a process of its own; outcomes come as they are there.

    If the caller stops early, or is interrupted, all processes are killed.
    """
    waiting = list(reversed(tasks))
    running: dict[Connection, tuple[Task, BaseProcess]] = {}

    def start_next() -> None:
        task = waiting.pop()
        connection, process = _fork(function, task)
        running[connection] = (task, process)

    try:
        while waiting and len(running) < workers:
            start_next()
        while running:
            for ready in wait(list(running)):
                assert isinstance(ready, Connection)
                if waiting:  # before the result is looked at, so that nobody waits for what is done with it
                    start_next()
                task, process = running[ready]
                outcome: Outcome[Task, Result] = _received(ready, task)
                _end(process)
                del running[ready]
                ready.close()
                yield outcome
    finally:
        for connection, (_, process) in running.items():
            _end(process, leave=0)
            connection.close()


def _context() -> Any:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([PRELOAD])
    return context


def _fork(function: Callable[[Task], Result], task: Task) -> tuple[Connection, BaseProcess]:
    here, there = multiprocessing.Pipe(duplex=False)
    process = _context().Process(target=_child, args=(there, function, task, dict(os.environ)))
    with _no_script():
        process.start()
    there.close()
    return here, process


@contextmanager
def _no_script() -> Iterator[None]:
    """Keep the standard library from running this process's script in the new one as well, as it otherwise does."""
    script = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = script


def _received(connection: Connection, task: Task) -> Outcome[Task, Result]:
    try:
        result, error = connection.recv()
    except (EOFError, OSError):
        return Outcome(task, None, Died("the kernel died before it replied"))
    return Outcome(task, result, error)


def _end(process: BaseProcess, leave: float = LEAVE) -> None:
    """Wait for a process to end; kill it and all that it started if it does not."""
    if leave:
        process.join(leave)
    if process.exitcode is None or not leave:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid or 0, signal.SIGKILL)
        process.kill()  # if it had no group of its own yet
    process.join()
    process.close()


def _child(connection: Connection, function: Callable[[Any], Any], task: Any, environment: Mapping[str, str]) -> None:
    """What a forked process does: the call, and nothing after it."""
    os.setsid()  # no signal from the terminal; whoever started this process decides when it ends
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.environ.clear()
    os.environ.update(environment)
    if "numpy" in sys.modules:  # its random numbers would go on where every other process goes on
        sys.modules["numpy"].random.seed()
    error: Exception | None = None
    result: Any = None
    try:
        result = function(task)
    except Exception as raised:
        error = raised
    try:
        connection.send((result, error))
    except Exception as raised:
        connection.send((None, RuntimeError(f"{type(error or raised).__name__}: {error or raised}")))
    connection.close()
    _end_all()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    _end_all()


def _end_all() -> None:
    """End this process and all that it started; nothing of what it holds in memory is needed any more."""
    os.killpg(os.getpid(), signal.SIGKILL)
