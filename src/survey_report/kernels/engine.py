"""A papermill engine that runs a notebook in the process that calls it, which must be fresh and is spent afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines

from survey_report.kernels.kernel import start_kernel

NAME = "this-process"


class InThisProcess(PapermillNotebookClient):  # type: ignore[misc]
    """Papermill's client for a kernel that is in this process: nothing is started, nothing is shut down."""

    @contextmanager
    def setup_kernel(self, **_: Any) -> Iterator[None]:
        """Make this process the kernel."""
        self.kc = start_kernel()
        yield


class ThisProcessEngine(NBClientEngine):  # type: ignore[misc]
    """Papermill's usual engine but for the client."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, log_output: bool = False, **settings: Any) -> Any:
        """Run the cells of a notebook."""
        client = InThisProcess(nb_man, kernel_name=kernel_name, log_output=log_output, record_timing=False)
        return client.execute()


papermill_engines.register(NAME, ThisProcessEngine)
