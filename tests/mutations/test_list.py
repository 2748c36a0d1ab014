"""The list of mutations fits the code as it stands, and every one of them has a result."""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from mutation_list import HERE, PACKAGE, ROOT, Mutation, read_list, read_results, write_results
from suite import function_at, most_telling, names_module

LISTED = read_list()
RESULTS = read_results()
KINDS = ("recode", "formula", "filter", "base")
# Steps of the command through which the data pass before pages are made.
STEPS = ("_check", "_read", "_findings", "_results", "_records")
# What these import although no number passes it: errors, folders, type, pages, a form without behaviour.
BESIDE = re.compile(r"(.*/)?__init__\.py|(stitch|site)/.*|(errors|places|documents|charts/typeface|exports/export)\.py")


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
    counts = Counter(one.module for one in LISTED)
    way = {name for name in modules_on_the_way() if not BESIDE.fullmatch(name)}
    assert len(way) > 50
    assert {name: counts[name] for name in way if counts[name] < 2} == {}, "choose mutations of these modules"
    assert sorted(counts.keys() - way) == []


def modules_on_the_way() -> set[str]:
    """Files of the package that the steps and the notebooks import, or what these import in turn."""
    command = ast.parse((ROOT / PACKAGE / "cli.py").read_text(encoding="utf-8"))
    steps = [node for node in command.body if isinstance(node, ast.FunctionDef) and node.name in STEPS]
    waiting = [name for step in steps for name in imports(step)]
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        cells = [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
        waiting += [name for cell in cells for name in imports(ast.parse("".join(cell["source"])))]
    found = {"cli.py"}
    while waiting:
        place = ROOT / PACKAGE.parent / waiting.pop().replace(".", "/")
        for path in filter(Path.is_file, (place.with_suffix(".py"), place / "__init__.py")):
            if (name := path.relative_to(ROOT / PACKAGE).as_posix()) not in found:
                found.add(name)
                waiting += imports(ast.parse(path.read_text(encoding="utf-8")))
    return found


def imports(tree: ast.AST) -> Iterable[str]:
    """Names of the package that are imported anywhere in a piece of code, modules among them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == PACKAGE.name:
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_ids_stand_once() -> None:
    assert [name for name, times in Counter(one.id for one in LISTED).items() if times > 1] == []


def test_results_are_of_mutations_and_say_who_noticed() -> None:
    assert RESULTS.keys() == {one.id for one in LISTED}
    for name, result in RESULTS.items():
        for word, reason in ((result.reconciliation, result.lost), (result.tests, result.by)):
            assert word == ("caught" if reason else "survived"), name
    noted = {one.id for one in LISTED if one.note}
    assert {name for name, result in RESULTS.items() if result.tests == "survived"} == noted


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


def test_a_file_of_tests_names_a_module_or_its_package() -> None:
    text = "from survey_report.kernels import engine\nfrom survey_report import tables\n"
    for module, named in (("kernels/forking.py", True), ("kernels/engine.py", True), ("site/search.py", False)):
        assert names_module(text, module) is named
    assert names_module("import survey_report.tables", "tables.py")
    assert not names_module("import survey_report.results", "tables.py")


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
