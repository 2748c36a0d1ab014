"""Registers of small invented surveys, right by construction: whatever a check says of them is a false alarm."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from survey_report.figure_checks.printed import OVERALL, Figures, Printed
from survey_report.figure_checks.remainders import CLASSES
from survey_report.numbers import round_half_up

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
PERIODS = ("period-0", "period-1", "period-2")
POINTS = 5  # answers from 1 to 5; 4 and 5 are the good side, 1 and 2 the poor side
FEWEST = 10  # groups smaller than this have no printed mean


def simulated_register(seed: int) -> Figures:
    """A register of a survey of 40 to 1,500 people: who they are, three scales with change, two short questions."""
    draw = np.random.default_rng(seed)
    people = int(draw.integers(40, 1500))
    groupings = {f"grouping-{i}": draw.integers(0, k, people) for i, k in enumerate(draw.integers(2, 9, 3))}
    rows = [
        _row("n_complete", people),
        _row("n_incomplete", int(draw.integers(0, people))),
        _row("n_open_answer", int(draw.integers(0, people + 1))),
    ]
    for name, groups in groupings.items():
        rows += _table(name, groups, int(draw.integers(0, 2)))
    scores: dict[str, Floats] = {}
    for number in range(3):
        scale = f"scale-{number}"
        answers = _answers(draw, people, int(draw.integers(3, 9)), list(groupings.values()))
        scores[scale] = _scores(answers)
        rows += [*_items(scale, answers), *_means(scale, scores[scale], groupings, draw)]
        rows += _changes(scale, draw, people)
    rows += [*_order(scores), *_short_question(draw, "short-0"), *_short_question(draw, "short-1")]
    return Figures(tuple(rows))


def _row(
    measure: str,
    value: float,
    *,
    scale: str = "",
    item: str = "",
    by: str = OVERALL,
    group: str = "all",
    period: str = "none",
    relation: str = "=",
    decimals: int = 0,
    high: float | None = None,
    where: str = "text",
) -> Printed:
    unit = "percent" if measure.startswith("pct") else "scale_1_5" if measure.startswith("mean") else "count"
    return Printed(
        id=".".join((measure, relation, scale, item, by, group, period, where)),
        section="",
        kind={"percent": "percent", "scale_1_5": "mean"}.get(unit, "count"),
        source="responses",
        scale=scale,
        item=item,
        group_by=by,
        group=group,
        measure=measure,
        period=period,
        relation=relation,
        unit=unit,
        where=where,
        basis="stated",
        theme="",
        decimals=decimals,
        value=Fraction(f"{value:.{decimals}f}"),
        value_high=None if high is None else Fraction(f"{high:.{decimals}f}"),
    )


def _percent(part: float, whole: float, decimals: int = 0) -> float:
    return round_half_up(100 * part / whole, decimals)


def _table(name: str, groups: Ints, decimals: int) -> Iterator[Printed]:
    people, where = len(groups), f"table of {name}"
    for group, count in enumerate(np.bincount(groups)):
        row = partial(_row, by=name, group=f"group-{group}", where=where)
        yield row("n", int(count))
        yield row("pct", _percent(int(count), people, decimals), decimals=decimals)
    yield _row("n_total", people, where=where)
    yield _row("pct_total", 100, decimals=decimals, where=where)


def _answers(draw: np.random.Generator, people: int, items: int, groupings: list[Ints]) -> Floats:
    """Answers that depend on the person, the item and the groups; some are missing."""
    mood = draw.normal(0, 0.8, people)
    for groups in groupings:
        mood = mood + draw.normal(0, 0.3, int(groups.max()) + 1)[groups]
    latent = mood[:, None] + draw.normal(0, 0.6, items)[None, :] + draw.normal(0, 0.8, (people, items))
    answers = np.clip(np.round(latent + draw.uniform(2.4, 3.8)), 1, POINTS)
    answers[draw.random((people, items)) < draw.uniform(0, 0.2)] = np.nan
    return answers


def _scores(answers: Floats) -> Floats:
    given = np.sum(~np.isnan(answers), axis=1)
    sums = np.nansum(answers, axis=1)
    return np.where(given * 2 >= answers.shape[1], sums / np.maximum(given, 1), np.nan)


def _items(scale: str, answers: Floats) -> Iterator[Printed]:
    items = answers.shape[1]
    good = []
    for item in range(items):
        given = answers[:, item][~np.isnan(answers[:, item])]
        row = partial(_row, scale=scale, item=f"item-{item}", period="current")
        good.append(_percent(int((given >= 4).sum()), len(given)))
        yield row("pct_positive", good[-1])
        if item % 2:
            yield row("pct_negative", _percent(int((given <= 2).sum()), len(given)))
            yield row("pct_neutral", _percent(int((given == 3).sum()), len(given)))
    yield _row("n_items", items, scale=scale)
    yield _row("n_items_at_least_50", sum(share >= 50 for share in good), scale=scale, period="current")
    if good.count(max(good)) == 1:
        best = f"item-{good.index(max(good))}"
        yield _row("pct_positive", max(good), scale=scale, item=best, period="current", relation="is_max")


def _means(scale: str, scores: Floats, groupings: dict[str, Ints], draw: np.random.Generator) -> Iterator[Printed]:
    row = partial(_row, scale=scale, period="current")
    yield row("mean", round_half_up(float(np.nanmean(scores)), 2), decimals=2)
    for name, groups in groupings.items():
        means = {}
        for group in range(int(groups.max()) + 1):
            mine = scores[groups == group]
            mine = mine[~np.isnan(mine)]
            if len(mine) >= FEWEST and draw.random() < 0.7:
                means[f"group-{group}"] = round_half_up(float(mine.mean()), 2)
        for group_id, mean in means.items():
            yield row("mean", mean, decimals=2, by=name, group=group_id)
        for a, b in pairwise(means):
            if means[a] - means[b] > 0.2:
                yield row("significant_pair", 0, by=name, group=f"{a}|{b}", relation="differs")


def _changes(scale: str, draw: np.random.Generator, people: int) -> Iterator[Printed]:
    """Three classes of answers in three periods; the middle one only as a range over the periods."""
    unchanged = []
    for period in PERIODS:
        base = int(draw.integers(max(20, people // 3), people + 1))
        better, same, worse = draw.multinomial(base, draw.dirichlet([4, 4, 3]))
        yield _row("pct_improved", _percent(int(better), base), scale=scale, period=period)
        yield _row("pct_worse", _percent(int(worse), base), scale=scale, period=period)
        unchanged.append(_percent(int(same), base))
    yield _row("pct_no_change", min(unchanged), high=max(unchanged), scale=scale, relation="between")


def _order(scores: dict[str, Floats]) -> Iterator[Printed]:
    means = {scale: float(np.nanmean(values)) for scale, values in scores.items()}
    ranked = sorted(means, key=lambda scale: -means[scale])
    second = _row("n_rank", 2, scale=ranked[1], period="current")
    yield replace(second, measure="rank_of_mean_from_top")
    top = round_half_up(means[ranked[0]], 2)
    yield _row("mean", top, relation="is_max", scale=ranked[0], period="current", decimals=2)


def _short_question(draw: np.random.Generator, item: str) -> Iterator[Printed]:
    base = int(draw.integers(12, 60))
    counts = draw.multinomial(base, draw.dirichlet([4, 2, 3]))
    yield _row("n_base", base, item=item)
    for measure, count in zip(CLASSES[-1], counts, strict=True):
        yield _row(measure.replace("pct", "n", 1), int(count), item=item)
        yield _row(measure, _percent(int(count), base), item=item)
