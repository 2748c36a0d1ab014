"""Means of scales set against each other: the largest, a rank, or a rule in the register's own words."""

from __future__ import annotations

import ast
from collections.abc import Mapping

import numpy as np

from survey_report.synthesis.demands import Demand
from survey_report.synthesis.linear import Model
from survey_report.synthesis.means import ABOVE, EVERYBODY, Means
from survey_report.synthesis.targets import Figure


def order_means(model: Model, demand: Demand, means: Mapping[str, Means]) -> bool:
    """Enter a row that sets means of scales against each other; False where its rule has a form not known here."""
    names = {scale: one.names[EVERYBODY] for scale, one in means.items()}
    if demand.form == "mean-extreme":
        means[demand.scale].figure(EVERYBODY, Figure(demand.id, demand.value, demand.decimals))
        sign = 1.0 if demand.relation == "is_max" else -1.0
        for other in demand.among:
            model.row(demand.id, {names[demand.scale]: sign, names[other]: -sign}, low=ABOVE)
        return True
    if demand.form == "mean-rank":
        sign = -1.0 if demand.what == "top" else 1.0
        span = max(one.ends[1] for one in means.values()) - min(one.ends[0] for one in means.values())
        ahead = [
            model.holds_if({names[demand.scale]: sign, names[other]: -sign}, ABOVE, span, ABOVE)
            for other in demand.among
        ]
        value = float(demand.value) - 1
        low, high = {"=": (0.0, 0.0), "<=": (-99.0, 0.0), "<": (-99.0, -1.0), ">=": (0.0, 99.0), ">": (1.0, 99.0)}[
            demand.relation
        ]
        model.row(demand.id, dict.fromkeys(ahead, 1.0), value + low, value + high)
        return True
    rows = _linear_rule(demand, names)
    for terms, low, high in rows:
        model.row(demand.id, terms, low, high)
    return bool(rows)


Line = tuple[dict[int, float], float]


def _linear_rule(demand: Demand, names: Mapping[str, int]) -> list[tuple[dict[int, float], float, float]]:
    """Rows of a rule that compares sums of mean('scale') and numbers; none where it says anything else."""

    def line(node: ast.expr) -> Line:
        match node:
            case ast.Constant(value=float() | int() as number):
                return {}, float(number)
            case ast.Name(id="value"):
                return {}, float(demand.value)
            case ast.Call(func=ast.Name(id="mean"), args=[ast.Constant(value=str() as scale)]):
                return {names[scale]: 1.0}, 0.0
            case ast.Call(func=ast.Name(id="mean"), args=[ast.Name(id="scale")]):
                return {names[demand.scale]: 1.0}, 0.0
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
                (mine, a), (other, b) = line(left), line(right)
                sign = 1.0 if isinstance(op, ast.Add) else -1.0
                return {n: mine.get(n, 0.0) + sign * other.get(n, 0.0) for n in {**mine, **other}}, a + sign * b
        raise ValueError(ast.unparse(node))

    try:
        tree = ast.parse(demand.rule.partition("#")[0].strip(), mode="eval").body
        if not isinstance(tree, ast.Compare):
            return []
        sides = [line(side) for side in (tree.left, *tree.comparators)]
    except (SyntaxError, ValueError, KeyError):
        return []
    rows = []
    for (left, a), op, (right, b) in zip(sides[:-1], tree.ops, sides[1:], strict=True):
        terms = {n: right.get(n, 0.0) - left.get(n, 0.0) for n in {**left, **right}}
        gap = ABOVE if isinstance(op, (ast.Lt, ast.Gt)) else 0.0
        if isinstance(op, (ast.Lt, ast.LtE)):
            rows.append((terms, a - b + gap, np.inf))
        elif isinstance(op, (ast.Gt, ast.GtE)):
            rows.append((terms, -np.inf, a - b - gap))
        else:
            return []
    return rows
