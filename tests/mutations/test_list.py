"""The list of mutations fits the code as it stands, and every one of them has a result."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest
from mutation_list import HERE, PACKAGE, ROOT, Mutation, read_list, read_results, write_results
from suite import function_at, most_telling

LISTED = read_list()
RESULTS = read_results()
KINDS = ("recode", "formula", "filter", "base")
# What no number passes on its way from the export to the results and the notebooks: pages and engine, the generator of
# the synthetic export, errors, folders, type.
OFF_THE_WAY = re.compile(r"(stitch|synthesis)/.*|(.*/)?__init__\.py|(stitching|errors|places|charts/typeface)\.py")


@pytest.mark.parametrize("one", LISTED, ids=lambda one: one.id)
def test_a_mutation_fits_its_module(one: Mutation) -> None:
    source = one.path(ROOT).read_text(encoding="utf-8")
    assert source.count(one.before) == 1
    changed = one.applied(source)
    assert changed != source
    assert ast.dump(ast.parse(changed)) != ast.dump(ast.parse(source))
    stem = re.sub(r"[/_]", "-", one.module.removesuffix(".py"))
    assert re.fullmatch(rf"{stem}-\d+", one.id)
    assert one.what.partition(": ")[0] in KINDS
    assert one.what.partition(": ")[2]


def test_every_module_on_the_way_of_the_data_has_two() -> None:
    modules = [path.relative_to(ROOT / PACKAGE).as_posix() for path in (ROOT / PACKAGE).rglob("*.py")]
    counts = Counter(one.module for one in LISTED)
    assert {name: counts[name] for name in modules if not OFF_THE_WAY.fullmatch(name) and counts[name] < 2} == {}
    assert [name for name in counts if OFF_THE_WAY.fullmatch(name)] == []


def test_ids_stand_once() -> None:
    assert [name for name, times in Counter(one.id for one in LISTED).items() if times > 1] == []


def test_every_mutation_has_a_result_and_every_survivor_a_reason() -> None:
    assert list(RESULTS) == [one.id for one in LISTED]
    for one in LISTED:
        result = RESULTS[one.id]
        for word, reason in ((result.reconciliation, result.lost), (result.tests, result.by)):
            assert word == ("caught" if reason else "survived"), one.id
        assert bool(one.note) == (result.tests == "survived"), one.id


def test_the_tests_that_caught_them_are_there() -> None:
    texts: dict[str, str] = {}
    for result in RESULTS.values():
        file, _, name = result.by.partition("::")
        if name:
            text = texts.setdefault(file, (ROOT / file).read_text(encoding="utf-8"))
            assert f"def {name.partition('[')[0]}(" in text, result.by


def test_the_readme_counts_them() -> None:
    text = (HERE / "README.md").read_text(encoding="utf-8")
    by = {(part, word): sum(getattr(one, part) == word for one in RESULTS.values())
          for part in ("reconciliation", "tests") for word in ("caught", "survived")}  # fmt: skip
    assert f"{len(LISTED)} mutations in {len({one.module for one in LISTED})} modules" in text
    for part, label in (("reconciliation", "The reconciliation"), ("tests", "The tests")):
        assert f"| {label} | {by[part, 'caught']} | {by[part, 'survived']} |" in text


def test_a_text_that_stands_twice_is_refused() -> None:
    one = Mutation("m-1", "m.py", "formula: x", "a + b", "a - b", "")
    assert one.applied("x = a + b\n") == "x = a - b\n"
    for source in ("x = a + b\ny = a + b\n", "x = a\n"):
        with pytest.raises(ValueError, match=r"m-1: 'a \+ b' stands [02] times in m\.py"):
            one.applied(source)


def test_results_are_written_as_they_are_read(tmp_path: Path) -> None:
    write_results(RESULTS.values(), tmp_path / "results.csv")
    assert (tmp_path / "results.csv").read_bytes() == (HERE / "results.csv").read_bytes()


SOURCE = """LIMIT = 1


@cache
def outer(x):
    def inner(y):
        return y + LIMIT

    return inner(x)
"""


@pytest.mark.parametrize(("line", "place"), [(1, None), (5, 4), (7, 6), (9, 4)])
def test_the_innermost_function_around_a_line(line: int, place: int | None) -> None:
    assert function_at(SOURCE, line) == place


def test_tests_that_call_the_changed_function_come_first() -> None:
    calls = {
        "wide": ["m.py:4", "m.py:6", "n.py:1"],
        "close": ["m.py:4"],
        "inner": ["m.py:6", "n.py:1"],
        "no": ["n.py:4"],
    }
    assert most_telling(calls, "m.py", SOURCE, "return inner") == ["close", "wide"]
    assert most_telling(calls, "m.py", SOURCE, "y + LIMIT") == ["inner", "wide"]
    assert most_telling(calls, "m.py", SOURCE, "LIMIT = 1") == ["close", "inner", "wide"]
