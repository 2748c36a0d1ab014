"""One build of a rendering at a time: a lock that ends with the processes that hold it, however they end."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from survey_report.errors import Problem, UserError

LOCK = "lock"


@contextmanager
def locked(build: Path) -> Iterator[int]:
    """Hold the lock of a rendering; gives the open file, which child processes may hold as well.

    Raises UserError where another build holds it. A file system that knows no locks is used without.
    """
    build.mkdir(parents=True, exist_ok=True)
    with (build / LOCK).open("wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            message, remedy = "is being built by another command", "wait until that has ended, then try again"
            raise UserError([Problem(str(build), "", "", message, remedy)]) from None
        except OSError:  # no locks here
            pass
        yield file.fileno()
