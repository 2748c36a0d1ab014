"""The numbers of a rendering in the form of a register, so that the checks on published figures read them too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from survey_report.figure_checks.printed import OVERALL, Figures, Printed
from survey_report.numbers import Number
from survey_report.study import SIDES, Question, Scale, Study

MEAN_DECIMALS = 2  # of means that are not rounded more coarsely to protect a small group
KINDS = {"percent": "percent", "mean": "mean"}


def figures_of_results(numbers: Mapping[str, Number], study: Study) -> Figures:
    """One row a number that is shown, and one a base. Rows bear the keys of the results as their ids.

    Totals of tables are left out where a cell of the table is hidden.
    """
    rows = [*_respondents(numbers)]
    for scale in study.scales:
        rows += _scale(numbers, scale, study)
    return Figures(tuple(rows))


def _respondents(numbers: Mapping[str, Number]) -> Iterator[Printed]:
    everybody = numbers["respondents.n_complete"]
    tables: dict[str, list[Number]] = {}
    for key, number in numbers.items():
        parts = key.split(".")
        if parts[0] == "respondents" and len(parts) == 4:
            tables.setdefault(parts[2], []).append(number)
            if parts[1] == "pct" and number.base != everybody.value:
                continue  # of those who answered: see the check of the table itself
            yield from _row(number, parts[1], by=parts[2], group=parts[3])
    for name in ("n_complete", "n_open_answer", "n_incomplete"):
        yield from _row(numbers[f"respondents.{name}"], name)
    for table in tables.values():
        if all(number.value is not None for number in table):
            yield from _row(everybody, "n_total", where=table[0].source)


def _scale(numbers: Mapping[str, Number], scale: Scale, study: Study) -> Iterator[Printed]:
    for key in ("n_items", *(count.id for count in study.item_counts)):
        yield from _row(numbers[f"{scale.id}.{key}"], key, scale=scale.id)
    least = study.thresholds.coarse_group
    for question in scale.items:
        keyed = _keyed(numbers, scale, study, question, question.item)
        yield from _question(keyed, least, scale=scale.id, item=question.item)
    for change in scale.changes:
        keyed = _keyed(numbers, scale, study, change, change.period)
        yield from _question(keyed, least, scale=scale.id, period=change.period)
    unit = "scale_{}_{}".format(*study.answers(scale).ends)
    yield from _row(numbers[f"{scale.id}.mean.overall"], "mean", unit=unit, scale=scale.id)
    for grouping in study.tested_groupings:
        for category in grouping.categories:
            number = numbers[f"{scale.id}.mean.{grouping.id}.{category.id}"]
            if number.decimals >= MEAN_DECIMALS:
                yield from _row(number, "mean", unit=unit, scale=scale.id, by=grouping.id, group=category.id)


def _keyed(
    numbers: Mapping[str, Number], scale: Scale, study: Study, question: Question, name: str
) -> list[tuple[str, Number]]:
    """The numbers of the three sides of a question, under the names that the checks have for sides."""
    measures = study.response_sets[question.response_set].measures
    return [(f"pct_{side}", numbers[f"{scale.id}.{measures[side]}.{name}"]) for side in SIDES]


def _question(
    keyed: Sequence[tuple[str, Number]], least: int, scale: str, item: str = "", period: str = "none"
) -> Iterable[Printed]:
    """Rows of a question; none with fewer answers than `least`, of which shares are too coarse to be checked."""
    if any((number.base or least) < least for _, number in keyed):
        return
    for name, number in keyed:
        yield from _row(number, name, scale=scale, item=item, period=period)
    first = keyed[0][1]
    if first.value is not None and first.base is not None:
        base = Number(f"{first.key} (base)", float(first.base), "", "count", 0, None, first.source, first.kind)
        yield from _row(base, "n_base", scale=scale, item=item, period=period)


def _row(
    number: Number,
    measure: str,
    *,
    unit: str = "",
    scale: str = "",
    item: str = "",
    by: str = OVERALL,
    group: str = "all",
    period: str = "none",
    where: str = "",
) -> Iterator[Printed]:
    """A row for a number that is shown, nothing for one that is not."""
    if number.value is None:
        return
    yield Printed(
        id=number.key,
        section="",
        kind=KINDS.get(number.unit, "count"),
        source="",
        scale=scale,
        item=item,
        group_by=by,
        group=group,
        measure=measure,
        period=period,
        relation="=",
        unit=unit or number.unit,
        where=where or number.source,
        basis="stated",
        theme="",
        decimals=number.decimals,
        value=Fraction(f"{number.value:.{number.decimals}f}"),
        value_high=None,
    )
