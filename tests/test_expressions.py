"""The evaluator of expressions: what it reckons, what it refuses, and that nothing else can happen."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_report.expressions import FULL, MAX_LENGTH, PLAIN, ExpressionError, Language, check, evaluate, parse

SEEN: list[tuple[Any, ...]] = []


def spy(*given: Any) -> Any:
    SEEN.append(given)
    return given[0] if given else 0


FUNCTIONS = {
    "spy": spy,
    "items": lambda scale: ("one", "two", "three") if scale == "s" else ("four",),
    "pct": lambda item: {"one": 40.0, "two": 50.5, "three": 60.0, "four": 10.0}[item],
    "pairs": lambda scale: (("a", "b"), ("b", "c")),
    "p": lambda a, b: 0.01 if (a, b) == ("a", "b") else 0.5,
    "min": min, "max": max, "sum": sum, "all": all, "any": any, "len": len, "abs": abs,
}  # fmt: skip
VALUES = {"x": 3, "value": 50.0, "scale": "s", "first": date(2023, 7, 21), "last": date(2023, 8, 28), "empty": ()}
LANGUAGE = Language(FULL, FUNCTIONS, VALUES)
NAMES = (frozenset(FUNCTIONS), frozenset(VALUES))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x", 3),
        ("x + 1 == 4  # a comment", True),
        ("'a' in ('a', 'b') and x not in (1, 2)", True),
        ("('a', 'b') + ('c',)", ("a", "b", "c")),
        ("()", ()),
        ("(last - first).days + 1", 39),
        ("sum(pct(i) >= value for i in items(scale)) == 2", True),
        ("max(pct(i) for i in items(scale) if i != 'three')", 50.5),
        ("min(pct(i) for i in items('s') + items('t'))", 10.0),
        ("1 + sum(pct(i) > pct('one') for i in items(scale))", 3),
        ("all(pct(i) > 10 for i in items(scale) if i not in ('one', 'two'))", True),
        ("any(pct(i) > 60 for i in items(scale))", False),
        ("sum(p(a, b) < 0.05 for s in items('t') for a, b in pairs(s))", 1),
        ("sum(1 for a in items('s') for b in items('s') if a != b)", 6),
        ("sum(1 for scale in items('s') if scale == 'one')", 1),  # a loop's name hides the row's
        ("len(items(scale)) / 2", 1.5),
        ("0.99 * value <= 49.6 <= value", True),
        ("sum(1 for i in empty)", 0),
        ("all(pct(i) > 1 for i in empty)", True),
        ("-x - -x", 0),
        ("not x == 3 or x / 2 > 1 and True", True),
    ],
)
def test_what_expressions_mean(text: str, expected: object) -> None:
    assert evaluate(text, LANGUAGE) == expected
    check(text, FULL, *NAMES)


def test_and_or_and_generators_stop_as_soon_as_they_can() -> None:
    SEEN.clear()
    assert evaluate("x == 3 or spy(1) == 1", LANGUAGE) is True
    assert evaluate("x == 4 and spy(2) == 1", LANGUAGE) is False
    assert evaluate("any(spy(i) == 'one' for i in items(scale))", LANGUAGE) is True
    assert SEEN == [("one",)]


REFUSED = [
    "y", "spy", "min", "(lambda: 1)()", "spy.__globals__", "x.__class__", "x.real", "''.join(('a',))", "(1).days()",
    "spy(a=1)", "spy(*items(scale))", "spy(**x)", "items(scale)[0]", "[1]", "{1}", "{1: 2}", "f'{x}'", "x ** 2",
    "x % 2", "x // 2", "x << 1", "x | 1", "x is 3", "x is not 3", "~x", "+x", "x if x else 1",
    "(y := 1)", "None", "b'x'", "1j",
    "...", "[i for i in items(scale)]", "{i for i in items(scale)}", "{i: i for i in items(scale)}",
    "(i for i in items(scale))", "spy((i for i in items(scale)), 1)", "sum(i async for i in items(scale))", "await x",
    "yield", "sum(i for x.y in items(scale))", "sum(i for (a, (b, c)) in pairs(scale))", "open('f')", "eval('1')",
    "__import__('os')", "__builtins__", "import os", "x = 1", "", "x >", "x; x", "'a' < ", "days", "first.year",
]  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        evaluate(text, LANGUAGE)
    with pytest.raises(ExpressionError):
        check(text, FULL, *NAMES)


@pytest.mark.parametrize(
    "text",
    [
        "'a' * 1000000000", "'a' + 'b'", "(1,) * 3", "first + 1", "first + last", "x - first", "x.days", "scale.days",
        "x in 'abc'", "'a' in scale", "sum(i for i in 'abc')", "sum(i for i in x)", "sum(1 for a, b in items('s'))",
    ],
)  # fmt: skip
def test_values_of_the_wrong_kind_are_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        evaluate(text, LANGUAGE)


def test_a_loops_name_ends_with_the_loop() -> None:
    with pytest.raises(ExpressionError, match="`i`"):
        evaluate("sum(1 for i in items(scale)) > 0 and i == 'one'", LANGUAGE)


def test_a_narrower_language_takes_less() -> None:
    narrow = Language(PLAIN, FUNCTIONS, VALUES)
    assert evaluate("max(1, 2) >= 2 and not 1 > 2", narrow) is True
    for text in ("x", "(1, 2)", "1 in items('s')", "all(i == 1 for i in items('s'))", "(last - first).days"):
        evaluate(text, LANGUAGE)
        with pytest.raises(ExpressionError):
            evaluate(text, narrow)
        with pytest.raises(ExpressionError):
            check(text, PLAIN, *NAMES)


def test_nothing_takes_long() -> None:
    loops = " ".join(f"for i{n} in items('s')" for n in range(40))
    for text in (
        f"sum(1 {loops})",
        "1" + " + 1" * MAX_LENGTH,
        "-" * 1500 + "1",
        "(" * 900 + "1" + ")" * 900,
        "x" + " == x" * 10_000,
        "\x00",
        "9" * 5000,
    ):
        with pytest.raises(ExpressionError):
            evaluate(text, LANGUAGE)


# Nothing is executed: Python tells an audit hook of every file, module, process and piece of code that is touched.

WATCHED = [False]
EVENTS: list[str] = []
HARMLESS = ("compile", "object.__getattr__", "sys._getframe")  # reading a text with `ast` counts as compiling it


def listen(event: str, _: tuple[object, ...]) -> None:
    if WATCHED[0] and event not in HARMLESS:
        EVENTS.append(event)


@contextmanager
def watched() -> Iterator[None]:
    EVENTS.clear()
    WATCHED[0] = True
    try:
        yield
    finally:
        WATCHED[0] = False


@pytest.fixture(scope="module", autouse=True)
def _hook() -> None:
    sys.addaudithook(listen)


ATOMS = st.sampled_from(
    [
        "1", "0.5", "True", "None", "'a'", "'__class__'", "x", "value", "scale", "empty", "first", "spy", "open",
        "__import__", "__builtins__", "...", "b'a'", "first - last", "items(scale)", "pairs(scale)", "i", "a",
    ]
)  # fmt: skip
FORMS = [
    "({0} + {1})", "({0} - {1})", "({0} * {1})", "({0} / {1})", "({0} ** {1})", "({0} % {1})", "({0} < {1})",
    "({0} == {1} != {0})", "({0} in {1})", "({0} not in {1})", "({0} is {1})", "({0} and {1})", "({0} or {1})",
    "(not {0})", "(-{0})", "(~{0})", "spy({0}, {1})", "min({0}, {1})", "len({0})", "sum({0} for i in {1})",
    "all({0} for a, b in {1} if {0})", "any(i for i in {0} for a in {1})", "({0}, {1})", "[{0}, {1}]", "{0}[{1}]",
    "{0}.days", "{0}.__class__", "{0}.__class__.__mro__", "{0}.__init__.__globals__", "{0}({1})", "{0}(*{1})",
    "{0}(**{1})", "(lambda: {0})()", "(lambda x: {0})({1})", "({0} if {1} else {0})", "f'{{{0}}}'", "(y := {0})",
    "[{0} for i in {1}]", "{{{0}: {1}}}", "open('f', 'w').write({0})", "eval({0})", "exec('import os')",
    "__import__('os').system({0})", "getattr({0}, {1})", "().__class__.__base__.__subclasses__()",
]  # fmt: skip
EXPRESSIONS = st.recursive(
    ATOMS,
    lambda inner: st.builds(lambda form, a, b: form.format(a, b), st.sampled_from(FORMS), inner, inner),
    max_leaves=8,
)
ALLOWED = (bool, int, float, str, tuple, date, timedelta)


def assert_harmless(text: str) -> None:
    SEEN.clear()
    with watched():
        try:
            found = evaluate(text, LANGUAGE)
        except (ExpressionError, ValueError, TypeError, ArithmeticError, KeyError):
            found = 0
    assert EVENTS == []
    # Functions may hand a generator back to no one: what comes out, or goes in, is a plain value.
    assert isinstance(found, ALLOWED)
    for given_ in SEEN:
        assert all(isinstance(value, ALLOWED) or type(value).__name__ == "generator" for value in given_)


@given(EXPRESSIONS)
@settings(max_examples=600, deadline=None)
def test_no_expression_reaches_anything_that_was_not_given(text: str) -> None:
    assert_harmless(text)


@given(st.text(alphabet="xis()[]{}.,'\"=<>!+-*/:#_ \n\\0189abcdefinort", max_size=60))
@settings(max_examples=600, deadline=None)
def test_no_text_reaches_anything_either(text: str) -> None:
    assert_harmless(text)


@given(EXPRESSIONS)
@settings(max_examples=300, deadline=None)
def test_what_holds_a_forbidden_node_is_found_without_evaluating(text: str) -> None:
    """What `check` lets through holds nothing that the evaluator would refuse for its kind."""
    try:
        tree = check(text, FULL, *NAMES)
    except ExpressionError:
        return
    said = ""
    try:
        evaluate(tree, LANGUAGE)
    except (ValueError, TypeError, ArithmeticError, KeyError) as error:
        said = str(error)
    elsewhere = ("`i`", "`a`", ".days`")  # a loop's name outside its loop, and the days of what is no difference
    assert "is not allowed here" not in said or any(part in said for part in elsewhere), text


def test_a_tree_is_read_once_and_used_again() -> None:
    tree = parse("x == 3")
    assert evaluate(tree, LANGUAGE) is True
    assert evaluate(tree, Language(FULL, {}, {"x": 4})) is False
