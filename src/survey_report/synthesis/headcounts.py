"""How many complete respondents fall into each category of the closed questions: printed counts and shares first."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from survey_report.errors import Problem, raise_if_any
from survey_report.study import Question, Study
from survey_report.synthesis.demands import Demand
from survey_report.synthesis.linear import Model, total
from survey_report.synthesis.settings import FILE, Settings
from survey_report.synthesis.shares import related, window
from survey_report.synthesis.targets import Figure, Targets


def headcounts(
    study: Study, targets: Targets, settings: Settings, questions: tuple[Question, ...]
) -> dict[str, dict[str, int]]:
    """Counts by question item and category id; where nothing is printed, in proportion to the assumed shares.

    Raises UserError naming the rows that clash, and every question of which neither is known.
    """
    problems: list[Problem] = []
    found = {}
    for question in questions:
        model, cells = _model(study, targets, settings, question)
        if cells is None:
            what = "is missing, and the register has no counts for this question"
            problems.append(Problem(FILE, f"shares.{question.item}", "", what, "give a share for each category"))
            continue
        values = model.solve()
        if values is None:
            problems.append(clash_problem(study, model.clash()))
        else:
            found[question.item] = {category: round(float(values[cell])) for category, cell in cells.items()}
    for figure, percent in targets.totals:
        if not figure.met_by(Fraction(100 if percent else targets.complete)):
            problems.append(clash_problem(study, [figure.id] if percent else [targets.ids["n_complete"], figure.id]))
    raise_if_any(problems)
    return found


def clash_problem(study: Study, clash: list[str]) -> Problem:
    """Rows of the register that cannot hold together, as a problem."""
    name = study.files["published"].name
    what = "these rows cannot hold together" if len(clash) > 1 else "this row cannot hold"
    return Problem(name, ", ".join(clash), "", what, "correct one of them, or mark it with an erratum")


def _model(
    study: Study, targets: Targets, settings: Settings, question: Question
) -> tuple[Model, Mapping[str, int] | None]:
    """Counts of one question as variables; None for them where nothing says how people are spread."""
    model, size = Model(), targets.complete
    cells = {category.id: model.variable(0, size, whole=True) for category in question.categories}
    model.row(targets.ids["n_complete"], total(cells.values()), size, size)
    known: set[str] = set()
    for name, mapping in _breakdowns(study, question).items():
        groups = {
            c.id: total(cell for one, cell in cells.items() if (mapping[one] if mapping else one) == c.id)
            for c in study.categories(name)
        }
        for group, terms in groups.items():
            figure = targets.counts.get(name, {}).get(group)
            printed = targets.percents.get((name, group), ())
            if figure is not None:
                model.row(figure.id, terms, float(figure.value), float(figure.value))
            for share in printed:
                model.row(share.id, terms, *window(size, share))
            if not mapping and (figure is not None or printed):
                known.add(group)
        for demand in targets.demands:
            if demand.grouping == name and not demand.scale:
                _enter(model, demand, groups, size)
    shares = settings.shares.get(question.item, {})
    if not known and not shares:
        return model, None
    left = [one for one in cells if one not in known]
    whole = sum(shares.get(one, 0.0) for one in left)
    # The printed ones take theirs first; the rest is spread as assumed.
    rest = max(0, size - sum(int(figure.value) for figure in targets.counts.get(question.item, {}).values()))
    for one in left:
        part = shares.get(one, 0.0) / whole if whole else 1 / len(left)
        model.distance({cells[one]: 1.0}, round(part * rest, 3), 1.0)
    return model, cells


def _breakdowns(study: Study, question: Question) -> dict[str, Mapping[str, str] | None]:
    """What a question breaks people down by: its own categories, and those of groupings derived from it (with the
    mapping)."""
    derived = {g.id: g.mapping for g in study.groupings if g.mapping and g.derived_from == question.item}
    return {question.item: None, **derived}


def _enter(model: Model, demand: Demand, groups: Mapping[str, dict[int, float]], size: int) -> None:
    """Enter a row on the sizes of groups that is no plain number."""

    def beyond(group: str, other: str, sign: float) -> dict[int, float]:
        return {name: sign * n for name, n in groups[group].items()} | {
            name: -sign * n for name, n in groups[other].items()
        }

    if demand.form == "group-extreme":
        sign = 1.0 if demand.relation == "is_max" else -1.0
        figure = Figure(demand.id, demand.value, demand.decimals)
        exact = (float(demand.value), float(demand.value))
        model.row(demand.id, groups[demand.subject], *(window(size, figure) if demand.what == "pct" else exact))
        for other in demand.among:
            model.row(demand.id, beyond(demand.subject, other, sign), low=1)
    elif demand.form == "group-rank":
        ahead = [model.holds_if(beyond(other, demand.subject, 1.0), 1, size) for other in demand.among]
        related(model, demand, total(ahead), 1)
    elif demand.form == "group-size":
        related(model, demand, groups[demand.subject], 0)
    elif demand.form == "groups":
        related(model, demand, total(model.holds_if(terms, 1, size) for terms in groups.values()), 0)
