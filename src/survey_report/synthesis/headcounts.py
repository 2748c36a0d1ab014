"""How many complete respondents fall into each category of the closed questions: printed counts and shares first."""

from __future__ import annotations

from collections.abc import Mapping

from survey_report.errors import Problem, raise_if_any
from survey_report.study import Question, Study
from survey_report.synthesis.linear import Model, total
from survey_report.synthesis.settings import FILE, Settings
from survey_report.synthesis.shares import window
from survey_report.synthesis.targets import Targets


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
    for figure in targets.totals:
        if int(figure.value) != targets.complete:
            problems.append(clash_problem(study, [targets.ids["n_complete"], figure.id]))
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
    for grouping in study.groupings:
        if study.question(grouping.derived_from or grouping.id).item != question.item:
            continue
        for category in grouping.categories:
            mapping = grouping.mapping
            mine = [cell for one, cell in cells.items() if (mapping[one] if mapping else one) == category.id]
            if not mapping and (
                category.id in targets.counts.get(grouping.id, {}) or (grouping.id, category.id) in targets.percents
            ):
                known.add(category.id)
            figure = targets.counts.get(grouping.id, {}).get(category.id)
            if figure is not None:
                model.row(figure.id, total(mine), float(figure.value), float(figure.value))
            for share in targets.percents.get((grouping.id, category.id), ()):
                model.row(share.id, total(mine), *window(size, share))
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
