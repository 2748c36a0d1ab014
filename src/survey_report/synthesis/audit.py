"""Which published numbers the generated answers reproduce: counted afresh from the answers, with exact fractions."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from survey_report.study import Grouping, Scale, Study
from survey_report.synthesis.draws import Bools
from survey_report.synthesis.people import Column
from survey_report.synthesis.respondents import Respondents
from survey_report.synthesis.targets import Figure, Targets

Check = tuple[str, Figure, Fraction]


def unmet(study: Study, targets: Targets, respondents: Respondents) -> list[str]:
    """One line for each published count, share or mean that the complete answers miss, with both numbers."""
    return [
        f"{name}: published {float(figure.value):g}, reproduced {float(number):.4f}"
        for name, figure, number in checks(study, targets, respondents)
        if not figure.met_by(number)
    ]


def checks(study: Study, targets: Targets, respondents: Respondents) -> Iterator[Check]:
    """Every count, share and mean the register gives: its name, the figure, and the number in the complete answers."""
    complete = respondents.progress == 100
    columns = {question: column[complete] for question, column in respondents.answers.items()}
    for name, wanted, number in (
        ("complete", targets.complete, int(complete.sum())),
        ("incomplete", targets.incomplete, int((~complete).sum())),
        ("with an open answer", targets.open_answers, _writers(study, columns)),
    ):
        yield name, Figure(name, Fraction(wanted), 0), Fraction(number)
    groups = {g.id: _groups(study, g, columns) for g in study.groupings}
    for grouping, counts in targets.counts.items():
        for group, count in counts.items():
            number = int((groups[grouping] == group).sum())
            yield count.id, count, Fraction(number)
    for question in study.questions:
        if not question.response_set:
            continue
        answers = study.response_sets[question.response_set]
        counted = {option.id: int((columns[question.id] == option.id).sum()) for option in answers.options}
        base = max(1, sum(counted.values()))
        for side, figure in targets.sides.get(question.id, {}).items():
            yield figure.id, figure, Fraction(100 * sum(counted[option] for option in answers.side(side)), base)
        for option, figure in targets.options.get(question.id, {}).items():
            yield figure.id, figure, Fraction(100 * counted[option], base)
    for scale in study.scales:
        scores = scale_scores(study, scale, columns)
        for (name, grouping, group), figure in targets.means.items():
            if name == scale.id:
                members = groups[grouping] == group if grouping else np.ones(len(scores), dtype=np.bool_)
                yield figure.id, figure, _mean(scores, members)


def scale_scores(study: Study, scale: Scale, columns: dict[str, Column]) -> list[Fraction | None]:
    """Mean of each respondent's answered items, None with fewer than the study's share of items answered."""
    values = study.response_sets[scale.items[0].response_set].scores
    found: list[Fraction | None] = []
    for row in zip(*(columns[question.id] for question in scale.items), strict=True):
        points = [values[answer] for answer in row if answer in values]
        enough = points and len(points) >= study.thresholds.min_answered * len(row)
        found.append(Fraction(sum(points), len(points)) if enough else None)
    return found


def _mean(scores: list[Fraction | None], members: Bools) -> Fraction:
    mine = [score for score, member in zip(scores, members, strict=True) if member and score is not None]
    return sum(mine, Fraction(0)) / max(1, len(mine))


def _groups(study: Study, grouping: Grouping, columns: dict[str, Column]) -> Column:
    column = columns[study.question(grouping.derived_from or grouping.id).id]
    if grouping.mapping is None:
        return column
    mapping = grouping.mapping
    return np.array([mapping.get(str(answer), "") for answer in column], dtype=object)


def _writers(study: Study, columns: dict[str, Column]) -> int:
    texts = [columns[question.id] != "" for question in study.open_questions]
    return int(np.any(texts, axis=0).sum()) if texts else 0
