"""Processes are forked in the environment that a build gives them."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from survey_report.execution import ENVIRONMENT


@pytest.fixture(scope="module", autouse=True)
def environment() -> Iterator[None]:
    """Linear algebra in one thread above all."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        yield


@pytest.fixture(autouse=True)
def interrupts_arrive() -> Iterator[None]:
    """A shell has what it runs in the background ignore interrupts, and so would everything that is started here."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
