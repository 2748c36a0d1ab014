"""Named conditions under which prose may stand, evaluated on results: a small language, never Python's `eval`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from survey_report import expressions
from survey_report.disclosure.reasons import DIFFERS, NOT_TOLD
from survey_report.errors import Problem, raise_if_any
from survey_report.numbers import PUBLIC_KINDS, Number
from survey_report.study_fields import Fields, read_yaml

ARITHMETIC: dict[str, Callable[..., Any]] = {"abs": abs, "round": round, "min": min, "max": max}


@dataclass(frozen=True)
class Condition:
    """A condition of prose: its name, the expression, and why the prose needs it."""

    name: str
    when: str
    why: str


class NotShown(Exception):
    """A number that the condition needs may not be shown: the condition does not hold."""


@dataclass(frozen=True)
class Facts:
    """What conditions may ask about: numbers by key, pairs and tests of all scales, and orders of figures."""

    numbers: Mapping[str, Number]
    pairs: Sequence[Mapping[str, Any]]
    orders: Sequence[Mapping[str, Any]] = ()

    def value(self, key: str) -> float:
        """The number under a key; KeyError if there is none, NotShown if it may not be shown."""
        number = self.numbers[key]
        if number.value is None:
            raise NotShown(key)
        return number.value

    def shown(self, *keys: str) -> bool:
        """Whether all these numbers may stand as findings: they are real, or they reproduce published figures."""
        if not keys:
            raise TypeError("shown() needs at least one key")
        return all(self.numbers[key].kind in PUBLIC_KINDS for key in keys)

    def above(self, first: str, *others: str) -> bool:
        """Whether the first figure is shown to be higher than each of the others; NotShown if one may not be shown.

        KeyError for figures that nobody compares.
        """
        if not others:
            raise TypeError("above() needs at least two keys")
        return {self._higher(first, other) for other in others} == {first}

    def below(self, first: str, *others: str) -> bool:
        """Whether each of the other figures is shown to be higher than the first; likewise."""
        if not others:
            raise TypeError("below() needs at least two keys")
        return [self._higher(first, other) for other in others] == list(others)

    def _higher(self, first: str, second: str) -> str:
        """Which of two figures is the higher one; empty where that is not shown."""
        for key in (first, second):
            self.value(key)
        for order in self.orders:
            if {order["a"], order["b"]} == {first, second}:
                return str(order["higher"])
        raise KeyError(f"{first} and {second} are not compared")

    def differs(self, scale: str, grouping: str, high: str, low: str) -> bool:
        """Whether `high` has the higher mean and the pair differs significantly; NotShown for a pair that is not tested
        or not told."""
        for group in (high, low):
            self._refuse_unknown(f"{scale}.mean.{grouping}.{group}")
        for pair in self._pairs(scale, grouping):
            if {pair["a"], pair["b"]} == {high, low} and pair["state"] != NOT_TOLD:
                return bool(pair["state"] == DIFFERS and (pair["difference"] > 0) == (pair["a"] == high))
        raise NotShown(f"{scale} by {grouping}: {high}, {low}")

    def same(self, scale: str, grouping: str) -> bool:
        """Whether no pair of groups differs significantly; NotShown if nothing was tested, or a pair is not told.

        One test answers: Games and Howell's, which allows for the number of pairs of a grouping, so that it finds a
        pair where none differs in 5 of 100 surveys. Whether Welch's test of the grouping finds a difference is another
        question (`findings.levels`); to ask both would find one in 6 of 100.
        """
        self._refuse_unknown(f"{scale}.mean.{grouping}.")
        pairs = self._pairs(scale, grouping)
        if not pairs:
            raise NotShown(f"{scale} by {grouping}")
        states = {pair["state"] for pair in pairs}
        if DIFFERS not in states and NOT_TOLD in states:
            raise NotShown(f"{scale} by {grouping}")
        return DIFFERS not in states

    def _refuse_unknown(self, start: str) -> None:
        if not any(key.startswith(start) for key in self.numbers):
            raise KeyError(start.rstrip("."))

    def _pairs(self, scale: str, grouping: str) -> list[Mapping[str, Any]]:
        return [pair for pair in self.pairs if (pair["scale"], pair["grouping"]) == (scale, grouping)]


def load_conditions(path: Path | None) -> tuple[Condition, ...]:
    """Conditions of a study's prose, in the order of the file; none without one. Raises UserError for a broken file."""
    if path is None:
        return ()
    problems: list[Problem] = []
    top = Fields(read_yaml(path, problems) or {}, path.name, "", problems)
    conditions = []
    for name in top.data:
        part = top.part(str(name))
        conditions.append(Condition(str(name), part.text("when"), part.text("why")))
        part.done()
    raise_if_any(problems)
    return tuple(conditions)


def evaluate(conditions: Sequence[Condition], facts: Facts, file: str = "conditions.yml") -> dict[str, bool]:
    """Whether each condition holds. Raises UserError for expressions that are wrong, all at once.

    A condition that needs a number which may not be shown does not hold.
    """
    problems, holds = [], {}
    functions = {
        name: getattr(facts, name) for name in ("value", "shown", "above", "below", "differs", "same")
    } | ARITHMETIC
    language = expressions.Language(expressions.PLAIN, functions, {})
    for condition in conditions:
        try:
            answer = expressions.evaluate(condition.when, language)
            if not isinstance(answer, bool):
                raise TypeError(f"gives {answer!r}, neither true nor false")
            holds[condition.name] = answer
        except NotShown:
            holds[condition.name] = False
        except (ValueError, KeyError, TypeError, ArithmeticError) as error:
            named = ", ".join(name for name in functions if name not in ARITHMETIC)
            remedy = f"use {named} with keys of results.json, comparisons, and/or/not, arithmetic"
            message = f"cannot be evaluated: {type(error).__name__}: {error}"
            problems.append(Problem(file, condition.name, condition.when[:120], message, remedy))
    raise_if_any(problems)
    return holds
