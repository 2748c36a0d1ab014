"""The last look: every figure and test in the finished answers. What is missed is an error, a thin margin is noted."""

from __future__ import annotations

from collections.abc import Callable

from survey_report.errors import Problem, raise_if_any
from survey_report.study import Study
from survey_report.synthesis.audit import checks, complete_answers
from survey_report.synthesis.respondents import Respondents
from survey_report.synthesis.settings import Settings
from survey_report.synthesis.significance import outcomes
from survey_report.synthesis.targets import Targets


def judge(
    study: Study, targets: Targets, settings: Settings, respondents: Respondents, log: Callable[[str], object]
) -> None:
    """Log margins that are thin and rows that nothing was fitted to; raise UserError naming every row missed."""
    problems = []
    name = study.files["published"].name
    remedy = "the search found no answers that meet it beside the other rows of its scale; correct one of them"
    for figure, number in checks(study, targets, respondents):
        if not figure.met_by(number):
            what = f"is not met, the answers give {float(number):.4f}"
            problems.append(Problem(name, figure.id, f"{float(figure.value):g}", what, remedy))
    for one in outcomes(study, targets, settings, complete_answers(respondents)):
        place = f"{one.id} ({one.scale}, {one.grouping}: {one.what})"
        if not one.holds:
            problems.append(Problem(name, place, "", f"does not come out as said, p is {one.p:.3f}", remedy))
        elif not one.margin:
            log(f"margin widened: {place}: p is {one.p:.4f} where {one.wanted:g} was aimed at")
    for widened in settings.margins.widened:
        groups = ", ".join(sorted(widened.groups))
        log(f"margin set to {widened.p:g}: {widened.scale}, {widened.grouping}, {groups}: {widened.why}")
    if targets.unread:
        log(f"not fitted, their form is not known: {', '.join(targets.unread)}")
    raise_if_any(problems)
