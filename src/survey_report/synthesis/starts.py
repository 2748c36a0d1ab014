"""Where the counts of answers start from: printed sides, else assumed ones, with ends that suit the printed mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from survey_report.study import Option, Question, ResponseSet, Scale, Side, Study
from survey_report.synthesis.settings import ItemShares, ScaleShape, Settings
from survey_report.synthesis.targets import Targets

# Shares of a question of which nothing is printed or assumed.
POSITIVE, NEGATIVE = 45.0, 30.0
STEPS = 30


def starting_counts(
    study: Study,
    targets: Targets,
    settings: Settings,
    scale: Scale,
    questions: Sequence[Question],
    bases: Mapping[str, int],
) -> dict[str, dict[str, int]]:
    """Counts by question and option id, near to what is wanted; they need not meet anything exactly.

    Each side's end (very good, very poor) takes the share set for the scale, moved until the mean of all answers is the
    printed one.
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
        low, high = (low, shift) if _mean(study, questions, found) > float(overall.value) else (shift, high)
    return found


def side_shares(question: Question, targets: Targets, assumed: ItemShares) -> dict[Side, float]:
    """Percent on each side: printed, else assumed, the neutral side taking what is left."""
    printed = {side: float(figure.value) for side, figure in targets.sides.get(question.id, {}).items()}
    positive = printed.get("positive", POSITIVE if assumed.positive is None else assumed.positive)
    negative = printed.get("negative", NEGATIVE if assumed.negative is None else assumed.negative)
    if "negative" not in printed:
        negative = min(negative, 100 - positive)
    if "positive" not in printed:
        positive = min(positive, 100 - negative)
    return {"positive": positive, "negative": negative, "neutral": max(0.0, 100 - positive - negative)}


def _all(
    study: Study,
    targets: Targets,
    settings: Settings,
    questions: Sequence[Question],
    bases: Mapping[str, int],
    shape: ScaleShape,
    shift: float,
) -> dict[str, dict[str, int]]:
    ends = (_within(shape.positive_end + shift), _within(shape.negative_end - shift))
    found = {}
    for question in questions:
        shares = side_shares(question, targets, settings.items[question.id])
        options = {option: float(figure.value) for option, figure in targets.options.get(question.id, {}).items()}
        answers = study.response_sets[question.response_set]
        found[question.id] = _counts(answers, bases[question.id], shares, options, ends)
    return found


def _counts(
    answers: ResponseSet,
    base: int,
    shares: Mapping[Side, float],
    printed: Mapping[str, float],
    ends: tuple[float, float],
) -> dict[str, int]:
    """The end of a side takes its share and the rest is split evenly; a printed option takes its own share."""
    counts = {option.id: 0 for option in answers.options}
    for side, share in shares.items():
        options = sorted((o for o in answers.options if o.side == side), key=_score, reverse=side == "positive")
        left = round(base * share / 100)
        for option in options:
            if option.id in printed:
                counts[option.id] = min(left, round(base * printed[option.id] / 100))
                left -= counts[option.id]
        free = [option for option in options if option.id not in printed]
        if len(free) > 1 and side != "neutral":
            counts[free[0].id] = round(left * ends[side == "negative"])
            left -= counts[free[0].id]
            free = free[1:]
        for place, option in enumerate(free):
            counts[option.id] += left // len(free) + (place < left % len(free))
    return counts


def _mean(study: Study, questions: Sequence[Question], counts: Mapping[str, Mapping[str, int]]) -> float:
    scores = study.response_sets[questions[0].response_set].scores
    total = sum(scores[option] * n for row in counts.values() for option, n in row.items())
    return total / max(1, sum(n for row in counts.values() for n in row.values()))


def _within(end: float) -> float:
    return min(max(end, 0.02), 0.9)


def _score(option: Option) -> int:
    return option.score or 0
