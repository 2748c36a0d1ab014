"""The fast tests that are likeliest to notice a change: first those that call the changed function.

Of these the tests that call fewest functions of the package come first, as they are the quickest and the most telling.
The rest of the files in which they stand come after them; all files where nothing calls the function (what runs in
other processes is not watched), those that name the module before the others.
"""

from __future__ import annotations

import ast
import json
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import CodeType, FrameType

import pytest

PACKAGE = "/survey_report/"
# Folders and files of tests that ask of other parts, or at length of what others ask step by step.
LEFT_OUT = {
    "drafting", "mutations", "pages", "stitch", "synthesis", "test_export_mutations",
}  # fmt: skip
OPTIONS = ("-x", "-q", "-p", "no:cacheprovider", "-m", "not slow", "--hypothesis-seed=0")
CALLS = "calls.json"
# Functions by module and first line, as `numbers.py:44`, that each test called.
Calls = Mapping[str, Sequence[str]]
# Of the ids of all tests those to run, in this order.
Choose = Callable[[Mapping[str, pytest.Item]], list[str]]


def every_test(root: Path, kept: Path) -> str:
    """Run all tests and note in `kept` which functions each calls; those that fail, parted by commas.

    A test that fails before anything is changed can tell nothing: it is left out from then on.
    """
    watch = Watch(tracing=True)
    failed = _pytest(_files(root), watch, OPTIONS[1:])
    calls = {name: sorted(called) for name, called in watch.calls.items() if name not in watch.failed}
    (kept / CALLS).write_text(json.dumps(calls))
    return ", ".join(watch.failed) or failed


def first_failing(root: Path, kept: Path, module: str, source: str, before: str) -> str:
    """The first test that fails after `before` was changed in a module of this source, empty if none does."""
    calls = json.loads((kept / CALLS).read_text(encoding="utf-8"))
    telling = most_telling(calls, module, source, before)
    files = [name for name in _files(root) if any(test.startswith(f"{name}::") for test in telling)]
    first = Watch(lambda known: [name for name in telling if name in known])
    rest = Watch(lambda known: [name for name in known if name in calls and name not in telling])
    if telling:
        return _pytest(files, first) or _pytest(files, rest)
    naming = [name for name in _files(root) if names_module((root / name).read_text(encoding="utf-8"), module)]
    return _pytest(naming, rest) or _pytest([name for name in _files(root) if name not in naming], rest)


def names_module(test: str, module: str) -> bool:
    """Whether the source of a test names a module of the package (`kernels/forking.py`), or the package it is in."""
    dotted = module.removesuffix(".py").replace("/", ".")
    return any(f"survey_report.{name}" in test for name in {dotted, dotted.rpartition(".")[0]} - {""})


def most_telling(calls: Calls, module: str, source: str, before: str) -> list[str]:
    """Tests that call the function in which `before` stands, or any of the module where it stands in none."""
    place = function_at(source, source[: source.index(before)].count("\n") + 1)
    wanted = f"{module}:{place or ''}"
    found = [
        name
        for name, called in calls.items()
        if any((one == wanted if place else one.startswith(wanted)) for one in called)
    ]
    return sorted(found, key=lambda name: (len(calls[name]), name))


def function_at(source: str, line: int) -> int | None:
    """The first line, decorators included, of the innermost function around a line; None outside functions."""
    starts = [
        min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef) and node.lineno <= line <= (node.end_lineno or 0)
    ]
    return max(starts, default=None)


class Watch:
    """A plug-in of pytest: keeps to some tests, in their order, and notes what fails and what each test calls."""

    def __init__(self, choose: Choose = list, *, tracing: bool = False) -> None:
        self.choose, self.tracing = choose, tracing
        self.failed: list[str] = []
        self.calls: dict[str, set[str]] = {}
        self._places: dict[CodeType, str] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the chosen tests."""
        known = {item.nodeid: item for item in items}
        items[:] = [known[name] for name in self.choose(known)]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Note what a test calls."""
        if not self.tracing:
            return (yield)
        called, places = self.calls.setdefault(item.nodeid, set()), self._places

        def note(frame: FrameType, event: str, value: object) -> None:
            code = frame.f_code
            if (place := places.get(code)) is None:
                place = places[code] = _place(code)
            if place:
                called.add(place)

        sys.settrace(note)
        threading.settrace(note)  # for threads that the test starts
        try:
            return (yield)
        finally:
            sys.settrace(None)
            threading.settrace(None)  # type: ignore[arg-type]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a test that fails."""
        if report.failed:
            self.failed.append(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a file that cannot be read."""
        if report.failed:
            self.failed.append(report.nodeid)


def _place(code: CodeType) -> str:
    """Where a function of the package stands; empty for others."""
    _, package, module = code.co_filename.partition(PACKAGE)
    return f"{module}:{code.co_firstlineno}" if package and code.co_name != "<module>" else ""


def _pytest(files: Sequence[str], watch: Watch, options: Sequence[str] = OPTIONS) -> str:
    code = pytest.main([*options, *files], plugins=[watch])
    return watch.failed[0] if watch.failed else "" if code in (0, 5) else f"pytest ends with {int(code)}"


def _files(root: Path) -> list[str]:
    found = (path for path in (root / "tests").rglob("test_*.py") if not {path.parent.name, path.stem} & LEFT_OUT)
    return sorted(path.relative_to(root).as_posix() for path in found)
