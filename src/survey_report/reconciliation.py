"""The register beside the rendering: for each published figure what the pipeline arrives at, and how the two stand.

A plain row holds when the computed number, rounded half up to the printed precision, stands in the row's relation to
the printed one; a row with a rule holds when its rule is true. Nothing that may not be shown is set beside a published
figure: whether it agrees would tell what it is.
"""

from __future__ import annotations

import ast
import csv
import io
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

from survey_report import expressions
from survey_report.cells import harmless
from survey_report.errors import raise_if_any
from survey_report.numbers import NOT_SHOWN, Number, p_equation, round_half_up
from survey_report.quantities import NotComputed, Quantities
from survey_report.register import CORPUS, Figure, Register
from survey_report.rendering import Rendering
from survey_report.rules import answer_measures, unreadable
from survey_report.study import Study
from survey_report.visibility import Visibility

Status = Literal["match", "differs", "erratum", "stated", "open"]
COLUMNS = ["id", "published", "reproduced", "source", "status"]
# What nothing computes, and what is computed; any other source is open.
RECORD = "study_record"
COMPUTED = ("responses", "sessions", "instrument", "other_seed", CORPUS)
RELATIONS: Mapping[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
# What a measure means. Of several expressions the first counts whose names the row fills; `tables` are the groupings
# that stand in the row's printed table, `sets` the scales of the row's chapter.
MEASURES: Mapping[str, tuple[str, ...]] = {
    "n": ("answering(scale)", "n(group_by, group)"),
    "pct": ("pct(group_by, group)",),
    "n_total": ("min(total(k) for k in tables)",),
    "pct_total": ("min(100 * total(k) / n_complete for k in tables)",),
    "n_complete": ("n_complete",),
    "n_responded": ("n_complete",),
    "pct_responded": ("100 * n_complete / invited()",),
    "n_incomplete": ("n_incomplete",),
    "n_open_answer": ("n_open_answer",),
    "n_all_methods": ("n_complete + n_participants",),
    "mean": ("group_mean(scale, group_by, group)", "mean(scale)"),
    "n_base": ("n_base(item)",),
    "n_participants": ("n_participants",),
    "n_focus_groups": ("sessions('focus_group')",),
    "n_interviews": ("sessions('interview')",),
    "n_telephone_interviews": ("sessions('interview', 'telephone')",),
    "n_focus_group_participants": ("participants('focus_group', group)", "participants('focus_group')"),
    "n_interview_participants": ("participants('interview', group)", "participants('interview')"),
    "n_focus_group_participants_total": ("participants('focus_group')",),
    "n_interview_participants_total": ("participants('interview')",),
    "weeks_open": ("weeks_open",),
    "n_raising": ("raising(theme_id)",),
    "n_examples": ("excerpts(theme_id)",),
    "n_items": ("len(items(scale))",),
    "n_response_options": ("len(scores(scale))", "max(len(scores(s)) for s in scales)"),
    "scale_min": ("min(scores(scale))", "min(min(scores(s)) for s in scales)"),
    "scale_max": ("max(scores(scale))", "max(max(scores(s)) for s in scales)"),
    "n_question_sets": ("len(sets)",),
    "n_tables_compared": ("len(scales)",),
    "significant_pair": (
        "p_pair(scale, group_by, a, b)",
        "p_min(scale, group_by)",
        "min(p_min(s, group_by) for s in scales)",
    ),
}
PROBABILITIES = ("significant_pair",)
BETWEEN = "_vs_"  # parts two measures that a row sets against each other


@dataclass(frozen=True)
class Line:
    """One published figure beside what the pipeline arrives at, both as text."""

    figure: Figure
    published: str
    reproduced: str
    status: Status


def reconcile(rendering: Rendering, numbers: Mapping[str, Number]) -> tuple[Line, ...]:
    """One line a row of the register, in its order; `numbers` are those of all sections and say what may be shown.

    Raises UserError for rules that cannot be evaluated, all at once.
    """
    quantities = Quantities(rendering)
    comparing = _Comparing(
        quantities,
        Visibility(rendering, numbers),
        _measures(rendering.study),
        rendering.study.thresholds.alpha,
        rendering.policy.released,
    )
    places = _Places(rendering.register)
    lines, problems = [], []
    for figure in rendering.register.figures:
        try:
            reproduced, status = comparing.row(figure, _row_values(figure, rendering.study, quantities, places))
        except (ValueError, KeyError, TypeError, ArithmeticError) as error:
            problems.append(unreadable(rendering.study.files["published"].name, figure, error))
            continue
        lines.append(Line(figure, published_text(figure), reproduced, status))
    raise_if_any(problems)
    return tuple(lines)


def reconciliation_csv(lines: Iterable[Line]) -> str:
    """The lines as CSV."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for line in lines:
        cells = [line.figure.id, line.published, line.reproduced, line.figure.source, line.status]
        writer.writerow([harmless(cell) for cell in cells])
    return text.getvalue()


def published_text(figure: Figure) -> str:
    """What the published report states: `50`, `38 to 52`, or in words what it says of groups."""
    if figure.value_high:
        return f"{figure.value} to {figure.value_high}"
    return figure.value or figure.relation.replace("not_differs", "does not differ").replace("_", " ")


@dataclass(frozen=True)
class _Comparing:
    quantities: Quantities
    visibility: Visibility
    measures: Mapping[str, tuple[ast.expr, ...]]
    alpha: float
    public: frozenset[str]  # ids of rows of which the report itself says that they hold
    coarse: list[str] = field(default_factory=list)  # tests of the row at hand that involve a small group

    def row(self, figure: Figure, values: Mapping[str, Any]) -> tuple[str, Status]:
        """What is reproduced, as text, and how it stands to what is published."""
        if figure.source == RECORD and not figure.erratum:
            return "", "stated"
        if figure.source not in COMPUTED:
            return "", "erratum" if figure.erratum else "open"
        if figure.source == CORPUS and not values.get("theme_ids"):
            return "no such theme" if self.quantities.codes else "", "erratum" if figure.erratum else "open"
        hidden: list[str] = []
        self.coarse.clear()
        try:
            number = self._number(figure, values, hidden)
            # An order tells little of those beside which it sets the row's own number; a row without one tells more.
            holds = self._holds(figure, values, number, hidden if number is None else [])
        except NotComputed as why:
            return str(why), "erratum" if figure.erratum else "open"
        if holds is None:
            return "", "erratum" if figure.erratum else "open"
        if hidden and (figure.key or figure.id not in self.public):
            return NOT_SHOWN, "erratum" if figure.erratum else "open"
        text = _text(figure, None if hidden else number, holds, self.alpha, coarse=bool(self.coarse))
        if figure.erratum:
            return text, "erratum"
        return text, "match" if holds else "differs"

    def _number(self, figure: Figure, values: Mapping[str, Any], hidden: list[str]) -> tuple[float, ...] | None:
        """The row's own number or numbers: by its measure, else what its rule sets beside the printed value."""
        meant = [self._chosen(measure, values) for measure in figure.measure.split(BETWEEN)]
        trees = [tree for tree in meant if tree is not None]
        if len(trees) < len(meant):
            trees = _claimed(expressions.parse(figure.rule)) if figure.rule else []
        return tuple(self._value(tree, values, hidden) for tree in trees) or None

    def _chosen(self, measure: str, values: Mapping[str, Any]) -> ast.expr | None:
        known = values.keys() | self.quantities.values.keys()
        return next((tree for tree in self.measures.get(measure, ()) if _named(tree) <= known), None)

    def _holds(
        self, figure: Figure, values: Mapping[str, Any], number: tuple[float, ...] | None, hidden: list[str]
    ) -> bool | None:
        """Whether the row holds; None for a plain row of which there is no number, or no relation to check."""
        if figure.rule:
            answer = self._value(expressions.parse(figure.rule), values, hidden)
            if not isinstance(answer, bool):
                raise TypeError(f"gives {answer!r}, neither true nor false")
            return answer
        if number is None or figure.relation not in RELATIONS:
            return None
        return RELATIONS[figure.relation](round_half_up(number[0], figure.decimals), float(figure.value))

    def _value(self, tree: ast.expr, values: Mapping[str, Any], hidden: list[str]) -> Any:
        """The value of an expression; uses of quantities that may not be shown are noted in `hidden`."""
        hidden += [name for name in _named(tree) if not self.visibility.value(name)]
        functions = {name: partial(self._noted, name, hidden) for name in self.quantities.functions}
        named = {**self.quantities.values, **values}
        return expressions.evaluate(tree, expressions.Language(expressions.FULL, functions, named))

    def _noted(self, name: str, hidden: list[str], *of: Any) -> Any:
        found = self.quantities.functions[name](*of)
        if not self.visibility.result(name, *of):
            hidden.append(name)
        if self.visibility.coarse(name, *of):
            self.coarse.append(name)
        return found


class _Places:
    """What stands where in the published report, to judge by the register itself."""

    def __init__(self, register: Register) -> None:
        self._tables: dict[str, dict[str, None]] = {}
        self._sets: dict[str, dict[str, None]] = {}
        for figure in register.figures:
            if figure.measure == "n" and not figure.scale:
                self._tables.setdefault(figure.where, {})[figure.group_by] = None
            if figure.measure == "n_items":
                self._sets.setdefault(_chapter(figure), {})[figure.scale] = None

    def values(self, figure: Figure) -> dict[str, tuple[str, ...]]:
        """`tables`: groupings with counts in the row's place; `sets`: scales in its chapter."""
        found = {"tables": self._tables.get(figure.where, {}), "sets": self._sets.get(_chapter(figure), {})}
        return {name: tuple(ids) for name, ids in found.items() if ids}


def _chapter(figure: Figure) -> str:
    return figure.where.partition(" > ")[0]


def _row_values(figure: Figure, study: Study, quantities: Quantities, places: _Places) -> dict[str, Any]:
    """What a row's expressions may name of the row itself; what it leaves open (`all`, `none`) has no name."""
    pair = figure.group.split("|")
    named = {
        "scale": figure.scale in [scale.id for scale in study.scales],
        "item": quantities.item(figure.item),
        "group_by": figure.group_by not in ("", "overall"),
        "group": figure.group not in ("", "all") and len(pair) == 1,
        "period": figure.period in [period.id for period in study.periods],
    }
    values: dict[str, Any] = {name: getattr(figure, name) for name, given in named.items() if given}
    values |= {name: float(getattr(figure, name)) for name in ("value", "value_high") if getattr(figure, name)}
    if figure.theme_ids:
        values["theme_ids"] = tuple(theme for theme in figure.theme_ids if theme in quantities.codes)
        values |= {"theme_id": figure.theme_ids[0]} if len(figure.theme_ids) == 1 else {}
    return values | (dict(zip("ab", pair, strict=True)) if len(pair) == 2 else {}) | places.values(figure)


def _measures(study: Study) -> dict[str, tuple[ast.expr, ...]]:
    """MEASURES with those that the study names itself: shares of answers, categories with a respondent."""
    own = {name: (f"{name}(item)", f"{name}(scale, period)") for name in answer_measures(study)}
    counts = {grouping.count: (f"present('{grouping.id}')",) for grouping in study.groupings if grouping.count}
    return {
        name: tuple(expressions.parse(text) for text in texts) for name, texts in {**own, **counts, **MEASURES}.items()
    }


def _named(tree: ast.expr) -> set[str]:
    """Values that an expression needs: names that it neither calls nor binds."""
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called]
    return {node.id for node in names} - {node.id for node in names if isinstance(node.ctx, ast.Store)}


def _claimed(tree: ast.expr) -> list[ast.expr]:
    """What a rule sets beside `value` (and `value_high`): the left sides of such comparisons."""
    parts = tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]
    return [
        part.left
        for part in parts
        if isinstance(part, ast.Compare) and isinstance(last := part.comparators[-1], ast.Name)
        if len(part.ops) == 1 and last.id in ("value", "value_high")
    ]


def _text(figure: Figure, numbers: tuple[float, ...] | None, holds: bool, alpha: float, *, coarse: bool) -> str:
    if numbers is None:
        return "holds" if holds else "fails"
    if figure.measure in PROBABILITIES:
        side = f"p below {alpha:g}" if numbers[0] < alpha else f"p {alpha:g} or more"
        turned = figure.relation == "differs" and not holds and numbers[0] < alpha
        said = side if coarse else p_equation(numbers[0])  # the number itself would tell the spread of a small group
        return said + (", the other way round" if turned else "")
    joint = " to " if figure.value_high else " and "
    return joint.join(f"{round_half_up(number, figure.decimals):.{figure.decimals}f}" for number in numbers)
