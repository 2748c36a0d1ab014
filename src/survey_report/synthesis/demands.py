"""Rows of the register that are no plain number: bounds, counts of items, orders, ranks, ranges; how they are read."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from survey_report.rules import count_name
from survey_report.study import Question, Side, Study

# share: the rounded share of every question in `among` stands in `relation` to `value`. items: so many questions meet
# the study's item count `what`. extreme: `subject` has the largest (is_max) or smallest share. rank: its place by
# share. close: shares of the two sides at most CLOSE points apart. sides: one side larger than the other. span: rounded
# smallest and largest share over the periods. The mean-... forms say the same of scale means, mean-rule in a rule's own
# words. answering: how many answered any item. The group-... forms speak of respondents: the largest group, a group's
# place by size, a bound on its size, how many groups have anybody. number and base: how many take a side, how many
# answer.
Form = Literal[
    "share", "items", "extreme", "rank", "close", "sides", "span",
    "mean", "mean-extreme", "mean-rank", "mean-rule", "answering", "group-extreme", "group-rank", "group-size",
    "groups",
    "number", "base",
]  # fmt: skip
# What `about_equal` means in the register.
CLOSE = 10
RELATIONS = ("=", "<", "<=", ">", ">=")


@dataclass(frozen=True)
class Demand:
    """One row. `among` are question ids (scale ids for means, groups for means within a grouping), `subject` one of
    them or empty; `what` is a side, an option, an item count or `most`; `scale` and `grouping` as in the register."""

    id: str
    form: Form
    scale: str
    subject: str
    among: tuple[str, ...]
    what: str
    relation: str
    value: Fraction
    high: Fraction
    decimals: int
    grouping: str = ""
    rule: str = ""


def read_demand(row: Mapping[str, str], study: Study) -> Demand | None:
    """The demand a register row makes, or None for a row whose form is not known here."""
    scale = next((s for s in study.scales if s.id == row["scale"]), None)
    measure, relation = row["measure"], row["relation"]
    try:
        value = Fraction(row["value"] or 0)
        high = Fraction(row["value_high"] or row["value"] or 0)
        decimals = int(row["decimals"] or 0)
    except ValueError:
        return None

    def demand(form: Form, subject: str, among: Sequence[str], what: str = "", grouping: str = "") -> Demand:
        read = (relation, value, high, decimals)
        return Demand(row["id"], form, row["scale"], subject, tuple(among), what, *read, grouping, row["rule"])

    if scale is None:
        return None if row["scale"] else _of_people(row, study, demand)
    items = {q.item: q.id for q in scale.items}
    if measure == "n" and relation in RELATIONS and row["group_by"] in ("", "overall"):
        return demand("answering", "", ())
    if measure == "mean" or measure.startswith("rank_of_mean_"):
        return _of_means(row, study, demand)
    if relation in RELATIONS and any(count.id == measure for count in study.item_counts):
        return demand("items", "", tuple(items.values()), measure)
    if measure.startswith("rank_"):
        return _rank(row, study, items, demand)
    change = scale.change(row["period"])
    subjects = _subjects(row, items, change)
    if relation == "between" and not row["item"] and scale.changes:
        side = side_of(scale.changes[0], study, measure)
        return demand("span", "", [q.id for q in scale.changes], side) if side else None
    if not subjects:
        return None
    asked = next(question for question in (*scale.items, *scale.changes) if question.id == subjects[0])
    measures = study.response_sets[asked.response_set].measures
    if measure == f"{measures['positive']}_vs_{measures['negative']}":
        if relation == "about_equal":
            return demand("close", "", subjects, "most" if row["item"].startswith("most") else "")
        return demand("sides", "", subjects) if relation in (">", "<") else None
    if measure == "n_base" and relation == "=":
        return demand("base", "", subjects)
    counted = next((side for side in measures if count_name(measures[side]) == measure), "")
    if counted and relation in RELATIONS:
        return demand("number", "", subjects, counted)
    what = side_of(asked, study, measure) or option_of(asked, study, measure)
    if not what:
        return None
    if relation in ("is_max", "is_min") and len(subjects) == 1:
        family = items.values() if row["item"] else [q.id for q in scale.changes]
        return demand("extreme", subjects[0], [q for q in family if q != subjects[0]], what)
    return demand("share", "", subjects, what) if relation in RELATIONS else None


def _of_people(row: Mapping[str, str], study: Study, demand: Callable[..., Demand]) -> Demand | None:
    measure, relation, by = row["measure"], row["relation"], row["group_by"]
    for grouping in study.groupings:
        if measure == grouping.count and by in ("overall", "", grouping.id):
            return demand("groups", "", (), "", grouping.id) if relation in RELATIONS else None
    try:
        categories = [category.id for category in study.categories(by)]
    except KeyError:
        return None
    if row["group"] not in categories:
        return None
    others = [category for category in categories if category != row["group"]]
    if measure in ("n", "pct") and relation in ("is_max", "is_min"):
        return demand("group-extreme", row["group"], others, measure, by)
    if measure == "rank_by_n" and relation in RELATIONS:
        return demand("group-rank", row["group"], others, "", by)
    return demand("group-size", row["group"], (), "", by) if measure == "n" and relation in RELATIONS else None


def side_of(question: Question, study: Study, measure: str) -> Side | None:
    """The side that a measure counts among the answers to a question, as the study names it."""
    measures = study.response_sets[question.response_set].measures
    sides: tuple[Side, ...] = ("positive", "neutral", "negative")
    return next((side for side in sides if measures[side] == measure), None)


def option_of(question: Question, study: Study, measure: str) -> str:
    """The single answer that a measure such as `pct_very_good` counts, or nothing."""
    options = [option.id for option in study.response_sets[question.response_set].options]
    return next((option for option in options if measure == f"pct_{option.replace('-', '_')}"), "")


def _subjects(row: Mapping[str, str], items: Mapping[str, str], change: Question | None) -> list[str]:
    """Ids of the questions a row speaks of: one item, a set of items that its rule narrows down, a period's change."""
    if not row["item"]:
        return [change.id] if change else []
    if row["item"] in items:
        return [items[row["item"]]]
    left_out = excluded(row["rule"])
    whole = row["item"] == "all_items" or row["item"].startswith("most_")
    if not whole and not left_out:
        return []  # a set that only the rule defines, in words not known here
    return [question for item, question in items.items() if item not in left_out]


def excluded(rule: str) -> set[str]:
    """Items that a rule leaves out of a scale, as in `for i in items(scale) if i not in ('a', 'b')`."""
    try:
        tree = ast.parse(rule.partition("#")[0].strip() or "0", mode="eval")
    except SyntaxError:
        return set()
    tests = [test for node in ast.walk(tree) if isinstance(node, ast.comprehension) for test in node.ifs]
    return {
        constant.value
        for test in tests
        if isinstance(test, ast.Compare) and isinstance(test.ops[0], (ast.NotEq, ast.NotIn))
        for constant in ast.walk(test.comparators[0])
        if isinstance(constant, ast.Constant) and isinstance(constant.value, str)
    }


def _rank(
    row: Mapping[str, str], study: Study, items: Mapping[str, str], demand: Callable[..., Demand]
) -> Demand | None:
    """A place by the positive share, among the scale's items or those of the scales that the rule names."""
    if row["item"] not in items or row["relation"] not in RELATIONS:
        return None
    named = {s.id: [q.id for q in s.items] for s in study.scales if f"items('{s.id}')" in row["rule"]}
    family = [q for group in named.values() for q in group] or list(items.values())
    subject = items[row["item"]]
    bottom = row["measure"].startswith("rank_from_bottom")
    if not bottom and row["measure"] != "rank_by_pct_positive":
        return None
    return demand("rank", subject, [q for q in family if q != subject], "bottom" if bottom else "top")


def _of_means(row: Mapping[str, str], study: Study, demand: Callable[..., Demand]) -> Demand | None:
    grouping = next((g for g in study.groupings if g.id == row["group_by"]), None)
    relation, scales = row["relation"], [s.id for s in study.scales]
    if row["measure"].startswith("rank_of_mean_"):
        bottom = row["measure"].endswith("from_bottom")
        others = [s for s in scales if s != row["scale"]]
        place = "bottom" if bottom else "top"
        return demand("mean-rank", row["scale"], others, place) if relation in RELATIONS else None
    if relation in ("is_max", "is_min"):
        subject = row["group"] if grouping else row["scale"]
        family = [c.id for c in grouping.categories] if grouping else scales
        others = [one for one in family if one != subject]
        return demand("mean-extreme", subject, others, "", grouping.id if grouping else "")
    if relation in RELATIONS:
        form = "mean-rule" if "mean('" in row["rule"] else "mean"
        subject = row["group"] if grouping else row["scale"]
        return demand(form, subject, (), "", grouping.id if grouping else "")
    return None
