"""What tests cost, in processor time: waiting, and what else a machine does, is not theirs."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Generator
from typing import Any

import pytest

# Processor seconds of `make test` and `make test-all`: ten and thirty-five minutes on two cores.
BUDGET = {"not heavy": 1200, "heavy": 4200}
SHOWN = 25  # tests that are named
FEW = 60  # a run of so few seconds names none


def spent() -> float:
    """Processor seconds of this process, and of those that it started and that have ended."""
    return sum(os.times()[:4])


class Costs:
    """Notes what each test takes, with what is made for it first, and says at the end which took most."""

    def __init__(self) -> None:
        self.before = spent()
        self.tests: Counter[str] = Counter()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self) -> Generator[None, Any, Any]:
        self.before = spent()
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, Any, Any]:
        """Of each phase; a report travels from the process of the test to the one that prints."""
        report = yield
        now = spent()
        report.processor_seconds, self.before = now - self.before, now
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.tests[report.nodeid] += report.processor_seconds  # type: ignore[attr-defined]

    def pytest_terminal_summary(self, terminalreporter: Any, config: pytest.Config) -> None:
        total = sum(self.tests.values())
        if total < FEW:
            return
        terminalreporter.section("processor seconds")
        for name, seconds in self.tests.most_common(SHOWN):
            terminalreporter.line(f"{seconds:8.1f}  {name}")
        most = BUDGET.get(config.getoption("markexpr"))
        terminalreporter.line(f"{total:8,.0f}  in all" + (f", of {most:,} (see tests/README.md)" if most else ""))
