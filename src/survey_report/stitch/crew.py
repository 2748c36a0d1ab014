"""Work on documents shared out over processes, since reading and numbering a document is Python's work, not Pandoc's.

A document stays with the process that read it: its tree is large, and what others need of it is little. Results do
not depend on who does what, or on who is done first.
"""

from __future__ import annotations

import gc
import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any, Protocol


class Worker(Protocol):
    """Does jobs one after the other and remembers documents between them."""

    def do(self, job: tuple[Any, ...]) -> Any:
        """Do a job; returns what can be sent to another process."""


@dataclass(frozen=True)
class Task:
    """A job, and the worker that has to do it where it is not all the same (-1)."""

    job: tuple[Any, ...]
    worker: int = -1


@dataclass(frozen=True)
class Done:
    """What came of a job, and which worker did it."""

    result: Any
    worker: int


class Crew:
    """Several workers, the first of which may be this process."""

    def __init__(self, hands: Sequence[Connection], alone: Worker | None) -> None:
        self.hands, self.alone = hands, alone

    def each(self, tasks: Sequence[Task], tell: Callable[[Task], None] = lambda _: None) -> list[Done]:
        """Do all tasks; results in the order of the tasks. Whatever a job raises is raised here."""
        if self.alone:
            return [self._alone(task, tell) for task in tasks]
        done: dict[int, Done] = {}
        waiting, busy = dict(enumerate(tasks)), dict[int, int]()
        while waiting or busy:
            for worker, hand in enumerate(self.hands):
                place = next((p for p, task in waiting.items() if task.worker in (-1, worker)), None)
                if worker not in busy and place is not None:
                    hand.send(waiting.pop(place).job)
                    busy[worker] = place
            ready = wait([self.hands[worker] for worker in busy])
            for worker in [worker for worker in busy if self.hands[worker] in ready]:
                place = busy.pop(worker)
                result, error = self.hands[worker].recv()
                if error:
                    raise error
                done[place] = Done(result, worker)
                tell(tasks[place])
        return [done[place] for place in range(len(tasks))]

    def _alone(self, task: Task, tell: Callable[[Task], None]) -> Done:
        assert self.alone
        result = self.alone.do(task.job)
        tell(task)
        return Done(result, 0)


@contextmanager
def crew(worker: Worker, size: int) -> Iterator[Crew]:
    """`size` copies of a worker, each in a process of its own; the worker itself if one is enough.

    Processes are new ones rather than forks: Typst keeps threads, which a fork would lose.
    """
    if size < 2:
        with _uncollected():
            yield Crew((), worker)
        return
    context = multiprocessing.get_context("spawn")
    ours: list[Connection] = []
    processes = []
    try:
        for _ in range(size):
            here, there = context.Pipe()
            ours.append(here)
            process = context.Process(target=_serve, args=(there, worker), daemon=True)
            process.start()
            there.close()
            processes.append(process)
        yield Crew(ours, None)
    finally:
        for hand in ours:
            hand.close()
        for process in processes:
            process.join(1)
            process.kill()
            process.join()


def _serve(hand: Connection, worker: Worker) -> None:
    """Do what comes until nobody is there to send it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with _uncollected():
        while True:
            try:
                job = hand.recv()
            except (EOFError, OSError):
                return
            answer: tuple[Any, Exception | None]
            try:
                answer = (worker.do(job), None)
            except Exception as error:
                answer = (None, error)
            try:
                hand.send(answer)
            except OSError:
                return


@contextmanager
def _uncollected() -> Iterator[None]:
    """Trees of documents are large and hold no cycles: looking for some would take as long as the work itself."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
