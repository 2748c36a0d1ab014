"""How many people give each answer to one question, so that the rounded percentages are the published ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from survey_report.study import Option, Question, ResponseSet, Side
from survey_report.synthesis.settings import ItemShares, ScaleShape
from survey_report.synthesis.targets import Figure, Targets

# How far the number of answers may be moved to reach percentages that the expected number cannot give.
LARGEST_MOVE = 8


def side_shares(question: Question, targets: Targets, assumed: ItemShares) -> dict[Side, float]:
    """Percent on each side: published, else assumed, the neutral side taking what is left."""
    figures = targets.sides.get(question.id, {})
    shares: dict[Side, float] = {}
    for side, fallback in (("positive", assumed.positive), ("negative", assumed.negative)):
        figure = figures.get(side)  # type: ignore[call-overload]
        if figure is None and fallback is None:
            raise ValueError(f"{question.id}: neither the register nor the assumed shares give its {side} side")
        shares[side] = float(figure.value) if figure else float(fallback or 0.0)  # type: ignore[index]
    shares["neutral"] = max(0.0, 100.0 - shares["positive"] - shares["negative"])
    return shares


def reachable(base: int, shares: Mapping[Side, float], figures: Mapping[Side, Figure]) -> dict[Side, int] | None:
    """Counts of the sides among `base` answers whose rounded percentages are the published `figures`, or None."""
    best: tuple[float, dict[Side, int]] | None = None
    for positive in _near(base, shares["positive"], figures.get("positive")):
        for negative in _near(base, shares["negative"], figures.get("negative")):
            counts: dict[Side, int] = {
                "positive": positive,
                "negative": negative,
                "neutral": base - positive - negative,
            }
            if counts["neutral"] < 0 or not all(f.met_by(percent(counts[s], base)) for s, f in figures.items()):
                continue
            distance = sum(abs(100 * counts[side] / base - share) for side, share in shares.items())
            if best is None or distance < best[0] - 1e-9:
                best = (distance, counts)
    return best[1] if best else None


def percent(count: int, base: int) -> Fraction:
    """An exact percentage."""
    return Fraction(100 * count, base)


def possible_base(
    base: int, limit: int, shares: Mapping[Side, float], figures: Mapping[Side, Figure]
) -> tuple[int, dict[Side, int]]:
    """The number of answers nearest to `base`, at most `limit`, that can give the published percentages; its counts.

    Falls back on `base` and rounded counts where none can (a base too small for any percentage).
    """
    for move in range(LARGEST_MOVE + 1):
        for candidate in (base - move, base + move):
            counts = reachable(candidate, shares, figures) if 0 < candidate <= limit else None
            if counts:
                return candidate, counts
    positive = round(base * shares["positive"] / 100)
    negative = min(round(base * shares["negative"] / 100), base - positive)
    return base, {"positive": positive, "negative": negative, "neutral": base - positive - negative}


def option_counts(
    answers: ResponseSet,
    sides: Mapping[Side, int],
    base: int,
    shape: ScaleShape,
    figures: Mapping[str, Figure],
) -> list[int]:
    """Counts in the order of `answers.options`. The end of a side takes its share, the rest is split evenly; an option
    with a published percentage takes the nearest count."""
    counts = {option.id: 0 for option in answers.options}
    for side, total in sides.items():
        options = [option for option in answers.options if option.side == side]
        options.sort(key=_score, reverse=side == "positive")
        left = total
        for option in options:
            if option.id in figures:
                counts[option.id] = min(left, round(base * figures[option.id].value / 100))
                left -= counts[option.id]
        free = [option for option in options if option.id not in figures]
        if not free:
            if options:
                counts[options[-1].id] += left
            continue
        end = shape.positive_end if side == "positive" else shape.negative_end
        if len(free) > 1 and side != "neutral":
            counts[free[0].id] = round(left * end)
            left -= counts[free[0].id]
            free = free[1:]
        for place, option in enumerate(free):
            counts[option.id] += left // len(free) + (place < left % len(free))
    return [counts[option.id] for option in answers.options]


def _score(option: Option) -> int:
    return option.score or 0


def _near(base: int, share: float, figure: Figure | None) -> Sequence[int]:
    centre = round(base * share / 100)
    if figure is None:
        return [min(max(centre + move, 0), base) for move in (0, -1, 1, -2, 2)]
    reach = int(base / (100 * 10**figure.decimals)) + 2
    found = [n for n in range(max(0, centre - reach), min(base, centre + reach) + 1) if figure.met_by(percent(n, base))]
    return sorted(found, key=lambda n: abs(n - base * share / 100))[:12]
