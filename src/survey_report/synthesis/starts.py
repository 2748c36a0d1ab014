"""Where the counts of answers start from: printed sides, else assumed ones, with ends that suit the printed mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from survey_report.study import Question, ResponseSet, Scale, Side, Study
from survey_report.synthesis.settings import ItemShares, ScaleShape, Settings
from survey_report.synthesis.targets import Targets

# Shares of a question of which nothing is printed or assumed; the other way round where it is reversed.
POSITIVE, NEGATIVE = 45.0, 30.0
ENDS: tuple[Side, Side] = ("positive", "negative")
STEPS = 30


def starting_counts(
    study: Study,
    targets: Targets,
    settings: Settings,
    scale: Scale,
    questions: Sequence[Question],
    bases: Mapping[str, int],
    weights: Mapping[str, float],
) -> dict[str, dict[str, int]]:
    """Counts by question and option id, near to what is wanted; they need not meet anything exactly.

    Each side's end (very good, very poor) takes the share set for the scale, moved until the mean of all answers, each
    with the weight of its item, is the printed one.
    """
    shape = settings.scales[scale.id]
    overall = targets.means.get((scale.id, "", ""))
    ratings = overall is not None and tuple(questions) == scale.items
    low, high = -0.9, 0.9
    found = _all(study, targets, settings, questions, bases, shape, 0.0)
    if not ratings or overall is None:
        return found
    for _ in range(STEPS):
        shift = (low + high) / 2
        found = _all(study, targets, settings, questions, bases, shape, shift)
        low, high = (low, shift) if _mean(study, questions, found, weights) > float(overall.value) else (shift, high)
    return found


def side_shares(question: Question, targets: Targets, assumed: ItemShares, answers: ResponseSet) -> dict[Side, float]:
    """Percent on each side as people saw it: printed, else assumed, the neutral side taking what is left.

    Where there is no neutral answer, the sides of which nothing is printed take it.
    """
    printed = {side: float(figure.value) for side, figure in targets.sides.get(question.id, {}).items()}
    likely = (NEGATIVE, POSITIVE) if question.reverse else (POSITIVE, NEGATIVE)
    positive = printed.get("positive", likely[0] if assumed.positive is None else assumed.positive)
    negative = printed.get("negative", likely[1] if assumed.negative is None else assumed.negative)
    if "negative" not in printed:
        negative = min(negative, 100 - positive)
    if "positive" not in printed:
        positive = min(positive, 100 - negative)
    shares: dict[Side, float] = {"positive": positive, "negative": negative}
    left = max(0.0, 100 - positive - negative)
    if answers.side("neutral"):
        return {**shares, "neutral": left}
    free = {side: share for side, share in shares.items() if side not in printed and answers.side(side)}
    whole = sum(free.values())
    return shares | {side: share + left * (share / whole if whole else 1 / len(free)) for side, share in free.items()}


def _all(
    study: Study,
    targets: Targets,
    settings: Settings,
    questions: Sequence[Question],
    bases: Mapping[str, int],
    shape: ScaleShape,
    shift: float,
) -> dict[str, dict[str, int]]:
    found = {}
    for question in questions:
        answers, scores = study.response_sets[question.response_set], study.scores(question)
        shares = side_shares(question, targets, settings.items[question.id], answers)
        options = {option: float(figure.value) for option, figure in targets.options.get(question.id, {}).items()}
        ends: dict[Side, float] = {"positive": shape.positive_end, "negative": shape.negative_end}
        if question.reverse:
            ends = {"positive": shape.negative_end, "negative": shape.positive_end}
        upper = _upper(answers, scores)
        ends = {side: _within(share + (shift if side == upper else -shift)) for side, share in ends.items()}
        found[question.id] = _counts(answers, scores, upper, bases[question.id], shares, options, ends)
    return found


def _upper(answers: ResponseSet, scores: Mapping[str, int]) -> Side:
    """The side that has the high scores."""
    middle = sum(answers.ends) / 2
    above, below = (sum(scores[option] - middle for option in answers.side(side)) for side in ENDS)
    return "positive" if above >= below else "negative"


def _counts(
    answers: ResponseSet,
    scores: Mapping[str, int],
    upper: Side,
    base: int,
    shares: Mapping[Side, float],
    printed: Mapping[str, float],
    ends: Mapping[Side, float],
) -> dict[str, int]:
    """The end of a side takes its share and the rest is split evenly; a printed option takes its own share."""
    counts = {option.id: 0 for option in answers.options}
    for side, share in shares.items():
        options = sorted(answers.side(side), key=lambda option: scores[option], reverse=side == upper)
        left = round(base * share / 100)
        for option in options:
            if option in printed:
                counts[option] = min(left, round(base * printed[option] / 100))
                left -= counts[option]
        free = [option for option in options if option not in printed]
        if len(free) > 1 and side in ends:
            counts[free[0]] = round(left * ends[side])
            left -= counts[free[0]]
            free = free[1:]
        for place, option in enumerate(free):
            counts[option] += left // len(free) + (place < left % len(free))
    return counts


def _mean(
    study: Study,
    questions: Sequence[Question],
    counts: Mapping[str, Mapping[str, int]],
    weights: Mapping[str, float],
) -> float:
    total = number = 0.0
    for question in questions:
        scores, row = study.scores(question), counts[question.id]
        total += weights[question.id] * sum(scores[option] * n for option, n in row.items())
        number += weights[question.id] * sum(row.values())
    return total / max(1.0, number)


def _within(end: float) -> float:
    return min(max(end, 0.02), 0.9)
