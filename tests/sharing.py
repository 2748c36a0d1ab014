"""What is made once a run, for all processes that tests are shared out to."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

GIVEN = "made_once"


class Sharing:
    """A folder of the run: the first process makes it and tells the others of it."""

    def __init__(self, config: pytest.Config) -> None:
        told = getattr(config, "workerinput", {}).get(GIVEN)
        self.own = not told
        self.folder = Path(told or tempfile.mkdtemp(prefix="survey-report-tests-"))

    def once(self, name: str, make: Callable[[Path], object]) -> Path:
        """A folder of this name, filled by whoever asks first; others wait for it."""
        folder, done = self.folder / name, self.folder / f"{name}.done"
        with (self.folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                make(folder)
                done.touch()
        return folder

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        node.workerinput[GIVEN] = str(self.folder)

    def pytest_unconfigure(self) -> None:
        if self.own:
            shutil.rmtree(self.folder, ignore_errors=True)


def state(folder: Path, pattern: str = "*") -> dict[str, tuple[int, int]]:
    """When each file below a folder was written, and its size; but for what Python compiled."""
    files = (path for path in folder.rglob(pattern) if path.is_file() and "__pycache__" not in path.parts)
    found = {path.relative_to(folder).as_posix(): path.stat() for path in files}
    return {name: (one.st_mtime_ns, one.st_size) for name, one in found.items()}
