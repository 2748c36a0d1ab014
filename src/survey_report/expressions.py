"""A small language of expressions that files may hold: read with `ast` and walked node by node, never executed.

Who uses it says which kinds of nodes it may hold and hands over the functions and values that it may name; nothing
else can be reached. Two further bounds keep an expression from taking long: its length and its number of steps.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

MAX_LENGTH, MAX_STEPS = 2_000, 200_000
Kinds = frozenset[type[ast.AST]]

BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.In: lambda item, items: item in _sequence(items),
    ast.NotIn: lambda item, items: item not in _sequence(items),
}
LOGIC: Kinds = frozenset({ast.Constant, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.Call})
NUMBERS: Kinds = frozenset({ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Compare})
ORDER: Kinds = frozenset({ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq})
NAMES: Kinds = frozenset({ast.Name, ast.Load})
# Numbers, comparisons, and/or/not and calls of functions.
PLAIN: Kinds = LOGIC | NUMBERS | ORDER
# The same with values by name, tuples, `in`, generators inside a call, and the days between two dates.
FULL: Kinds = PLAIN | NAMES | {
    ast.In, ast.NotIn, ast.Tuple, ast.GeneratorExp, ast.comprehension, ast.Store, ast.Attribute,
}  # fmt: skip


class ExpressionError(ValueError):
    """The expression holds something that it may not hold, or takes too long."""


@dataclass(frozen=True)
class Language:
    """What expressions may hold: kinds of nodes, functions that they may call, values that they may name."""

    kinds: Kinds
    functions: Mapping[str, Callable[..., Any]]
    values: Mapping[str, Any]


def parse(text: str) -> ast.expr:
    """The expression as a tree; a comment after `#` is no part of it. Raises ExpressionError if it cannot be read."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"longer than {MAX_LENGTH:,} characters")
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ExpressionError(f"cannot be read: {error}") from error


def check(text: str, kinds: Kinds, functions: frozenset[str], values: frozenset[str]) -> ast.expr:
    """The tree of an expression that holds nothing else than named here. Raises ExpressionError for the first thing."""
    tree = parse(text)
    nodes = list(ast.walk(tree))
    bound = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    called = {id(call.func) for call in calls}
    in_calls = {id(call.args[0]) for call in calls if len(call.args) == 1}
    for node in nodes:
        if id(node) in called:
            if not isinstance(node, ast.Name) or node.id not in functions:
                raise _refused(node)
        elif type(node) not in kinds | {ast.Load} or not _well_formed(node, id(node) in in_calls):
            raise _refused(node)
        elif isinstance(node, ast.Name) and node.id not in values | bound:
            raise ExpressionError(f"`{node.id}` is no value that can be named here")
    return tree


def _well_formed(node: ast.AST, sole_argument: bool) -> bool:
    match node:
        case ast.GeneratorExp():
            return sole_argument
        case ast.Constant(value=value):
            return isinstance(value, (int, float, str))
        case ast.Attribute(attr=name):
            return name == "days"
        case ast.comprehension(target=target, is_async=later):
            names = target.elts if isinstance(target, ast.Tuple) else [target]
            return not later and all(isinstance(name, ast.Name) for name in names)
        case _:
            return True


def evaluate(expression: str | ast.expr, language: Language) -> Any:
    """The value of an expression.

    Raises ExpressionError for what the language does not allow, and whatever the functions raise.
    """
    tree = parse(expression) if isinstance(expression, str) else expression
    try:
        return _Walk(language).value(tree, language.values)
    except RecursionError as error:
        raise ExpressionError("too deeply nested") from error


class _Walk:
    """One evaluation, with the steps it has taken."""

    def __init__(self, language: Language) -> None:
        self.kinds, self.functions, self.steps = language.kinds, language.functions, 0

    def value(self, node: ast.expr, names: Mapping[str, Any]) -> Any:
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise ExpressionError(f"takes more than {MAX_STEPS:,} steps")
        if type(node) not in self.kinds:
            raise _refused(node)
        match node:
            case ast.Constant(value=value) if isinstance(value, (int, float, str)):
                return value
            case ast.Name(id=name) if name in names:
                return names[name]
            case ast.Tuple(elts=parts):
                return tuple(self.value(part, names) for part in parts)
            case ast.BoolOp(op=ast.And(), values=values):
                return all(self.value(value, names) for value in values)
            case ast.BoolOp(op=ast.Or(), values=values):
                return any(self.value(value, names) for value in values)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return not self.value(operand, names)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -self.value(operand, names)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in self.kinds and type(op) in BINARY:
                return _combined(node, op, self.value(left, names), self.value(right, names))
            case ast.Compare(left=left, ops=ops, comparators=others) if all(type(op) in self.kinds for op in ops):
                return self._compared(ops, [left, *others], names)
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in self.functions:
                return self.functions[name](*self._arguments(arguments, names))
            case ast.Attribute(value=inner, attr="days"):
                return _days(node, self.value(inner, names))
            case _:
                raise _refused(node)

    def _compared(self, ops: list[ast.cmpop], nodes: list[ast.expr], names: Mapping[str, Any]) -> bool:
        values = [self.value(node, names) for node in nodes]
        return all(COMPARE[type(op)](*pair) for op, pair in zip(ops, pairwise(values), strict=True))

    def _arguments(self, arguments: list[ast.expr], names: Mapping[str, Any]) -> list[Any]:
        """Values of arguments. A generator stands for its values and may only be the sole argument of a call."""
        if len(arguments) == 1 and isinstance(only := arguments[0], ast.GeneratorExp):
            if ast.GeneratorExp not in self.kinds:
                raise _refused(only)
            return [self._generated(only, only.generators, names)]
        return [self.value(argument, names) for argument in arguments]

    def _generated(
        self, node: ast.GeneratorExp, loops: list[ast.comprehension], names: Mapping[str, Any]
    ) -> Iterator[Any]:
        if not loops:
            yield self.value(node.elt, names)
            return
        loop, *inner = loops
        if loop.is_async:
            raise _refused(node)
        for item in _sequence(self.value(loop.iter, names)):
            inside = {**names, **_bound(loop.target, item)}
            if all(self.value(condition, inside) for condition in loop.ifs):
                yield from self._generated(node, inner, inside)


def _bound(target: ast.expr, item: Any) -> dict[str, Any]:
    """The names that a loop gives to one item: `for g in ...`, `for a, b in ...`."""
    names = target.elts if isinstance(target, ast.Tuple) else [target]
    items = _sequence(item) if isinstance(target, ast.Tuple) else (item,)
    if len(names) != len(items):
        raise ExpressionError(f"`{ast.unparse(target)}` does not name {item!r}")
    bound = {}
    for name, part in zip(names, items, strict=True):
        if not isinstance(name, ast.Name):
            raise _refused(target)
        bound[name.id] = part
    return bound


def _combined(node: ast.expr, op: ast.operator, left: Any, right: Any) -> Any:
    """Arithmetic of numbers; tuples can be joined and dates subtracted, text has no arithmetic."""
    numbers = isinstance(left, (int, float)) and isinstance(right, (int, float))
    joined = isinstance(op, ast.Add) and isinstance(left, tuple) and isinstance(right, tuple)
    apart = isinstance(op, ast.Sub) and isinstance(left, date) and isinstance(right, date)
    if not (numbers or joined or apart):
        raise ExpressionError(f"`{ast.unparse(node)}` does not work with numbers")
    return BINARY[type(op)](left, right)


def _days(node: ast.expr, value: Any) -> int:
    if not isinstance(value, timedelta):
        raise _refused(node)
    return value.days


def _sequence(value: Any) -> tuple[Any, ...]:
    if not isinstance(value, tuple):
        raise ExpressionError(f"{value!r} is no sequence")
    return value


def _refused(node: ast.AST) -> ExpressionError:
    return ExpressionError(f"`{ast.unparse(node)}` is not allowed here")
