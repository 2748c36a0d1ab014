"""Which published numbers the generated answers reproduce: counted afresh from the answers, with exact fractions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

import numpy as np

from survey_report.study import Grouping, Scale, Study
from survey_report.synthesis.draws import Bools
from survey_report.synthesis.people import Column, asked, closed_questions
from survey_report.synthesis.respondents import Respondents
from survey_report.synthesis.targets import Figure, Targets

Check = tuple[Figure, Fraction]


def complete_answers(respondents: Respondents) -> dict[str, Column]:
    """Answers of those who finished, by question id."""
    complete = respondents.progress == 100
    return {question: column[complete] for question, column in respondents.answers.items()}


def checks(study: Study, targets: Targets, respondents: Respondents) -> Iterator[Check]:
    """Every count, share and mean the register gives, with the number in the complete answers."""
    columns = complete_answers(respondents)
    size = int((respondents.progress == 100).sum())
    single = {
        "n_complete": (targets.complete, size),
        "n_incomplete": (targets.incomplete, len(respondents.progress) - size),
        "n_open_answer": (targets.open_answers, _writers(study, columns)),
    }
    for measure, (wanted, number) in single.items():
        if measure in targets.ids and wanted is not None:
            yield Figure(targets.ids[measure], Fraction(wanted), 0), Fraction(number)
    groups = {g.id: groups_of(study, g, columns) for g in study.groupings}
    groups |= {q.item: columns[q.id] for q in study.questions if q.categories and q.id in columns}
    for grouping, counts in targets.counts.items():
        for group, count in counts.items():
            yield count, Fraction(int((groups[grouping] == group).sum()))
    for (grouping, group), shares in targets.percents.items():
        for share in shares:
            yield share, Fraction(100 * int((groups[grouping] == group).sum()), max(1, size))
    for question in study.questions:
        if not question.response_set:
            continue
        answers = study.response_sets[question.response_set]
        counted = {option.id: int((columns[question.id] == option.id).sum()) for option in answers.options}
        base = max(1, sum(counted.values()))
        for side, figure in targets.sides.get(question.id, {}).items():
            yield figure, Fraction(100 * sum(counted[option] for option in answers.side(side)), base)
        for option, figure in targets.options.get(question.id, {}).items():
            yield figure, Fraction(100 * counted[option], base)
    for scale in study.scales:
        scores = scale_scores(study, scale, columns)
        for (name, grouping, group), figure in targets.means.items():
            if name == scale.id:
                members = groups[grouping] == group if grouping else np.ones(len(scores), dtype=np.bool_)
                yield figure, _mean(scores, members)


def scale_scores(study: Study, scale: Scale, columns: Mapping[str, Column]) -> list[Fraction | None]:
    """Mean of each respondent's answered items, None with fewer than the study's share of the items put to them."""
    people = {question.item: columns[question.id] for question in closed_questions(study)}
    size = len(columns[scale.items[0].id])
    many = np.sum([asked(question, people, size) for question in scale.items], axis=0)
    values = [study.scores(question) for question in scale.items]
    found: list[Fraction | None] = []
    for put, row in zip(many, zip(*(columns[question.id] for question in scale.items), strict=True), strict=True):
        points = [scores[answer] for scores, answer in zip(values, row, strict=True) if answer in scores]
        enough = points and len(points) >= study.thresholds.min_answered * int(put)
        found.append(Fraction(sum(points), len(points)) if enough else None)
    return found


def groups_of(study: Study, grouping: Grouping, columns: Mapping[str, Column]) -> Column:
    """Each respondent's category in a grouping; empty where there is none."""
    column = columns[study.question(grouping.derived_from or grouping.id).id]
    if grouping.mapping is None:
        return column
    mapping = grouping.mapping
    return np.array([mapping.get(str(answer), "") for answer in column], dtype=object)


def _mean(scores: list[Fraction | None], members: Bools) -> Fraction:
    mine = [score for score, member in zip(scores, members, strict=True) if member and score is not None]
    return sum(mine, Fraction(0)) / max(1, len(mine))


def _writers(study: Study, columns: Mapping[str, Column]) -> int:
    texts = [columns[question.id] != "" for question in study.open_questions]
    return int(np.any(texts, axis=0).sum()) if texts else 0
