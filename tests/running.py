"""Running notebooks in a test: the environment put back, no warning of what the library of kernels leaves open."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from survey_report.execution import ENVIRONMENT
from survey_report.notebook import BUILD, STUDIES


@contextmanager
def kernels() -> Iterator[None]:
    """The library that talks to kernels leaves an event loop a thread to the garbage collector, which would warn."""
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        for name in (*ENVIRONMENT, BUILD, STUDIES):
            patch.setenv(name, "")
        patch.setenv("SURVEY_REPORT_ENGINE", "embedded")
        warnings.simplefilter("ignore", ResourceWarning)
        try:
            yield
        finally:
            gc.collect()
