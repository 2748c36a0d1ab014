"""Whether a mean, beside the shares printed of the same answers, tells that hardly anybody chose one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from survey_report.disclosure.zeros import harmless
from survey_report.study import SIDES, ResponseSet, Side

SLACK = 1e-9


def room_for_all(mean: tuple[float, float], sides: np.ndarray, step: float, answers: ResponseSet, small: int) -> bool:
    """Whether each answer can have been given `small` times, as far as a reader can tell.

    `mean` are the lowest and highest mean that the printed one stands for; `sides` counts of positive, neutral and
    negative answers, one row an item, of which those of `small` or more are printed as percentages to the nearest
    `step`, and zeros where they are `harmless`: of these sides a reader may know that nobody chose them. A reader
    knows what each count can be, and the sum of all scores: a linear programme with few unknowns, solved by filling up
    the cheapest side first. True also where mean and shares do not fit each other, as when people left out items: then
    nothing follows.
    """
    scores = {side: [answers.scores[option] for option in answers.side(side)] for side in SIDES if answers.side(side)}
    n, known = sides.sum(axis=1, keepdims=True), (sides >= small) | harmless(sides, small).all(axis=1, keepdims=True)
    shares = np.floor(100 * sides / np.maximum(n, 1) / step + 0.5) * step
    low = np.where(known, np.ceil((shares - step / 2) * n / 100 - SLACK), 0).clip(0)
    high = np.where(known, np.floor((shares + step / 2) * n / 100 + SLACK), n).clip(max=n)
    ranges = {side: (float(low[:, i].sum()), float(high[:, i].sum())) for i, side in enumerate(SIDES) if side in scores}
    total = float(n.sum())
    wanted = (mean[0] * total - SLACK, mean[1] * total + SLACK)

    def possible(side: Side, score: float, times: int) -> bool:
        found = _reach(ranges, scores, total, (side, score, times))
        return found is not None and found[0] <= wanted[1] and found[1] >= wanted[0]

    first = next(iter(scores))
    if not possible(first, scores[first][0], 0):
        return True
    left = [side for side in scores if ranges[side][1] > 0]
    return all(possible(side, score, small) for side in left for score in scores[side])


def _reach(
    ranges: Mapping[Side, tuple[float, float]],
    scores: Mapping[Side, Sequence[float]],
    total: float,
    given: tuple[Side, float, int],
) -> tuple[float, float] | None:
    """Lowest and highest sum of scores when one answer is given so many times; None if the sides leave no room."""
    side, score, times = given
    rest = {one: (max(0.0, a - times * (one == side)), b - times * (one == side)) for one, (a, b) in ranges.items()}
    spare = total - times - sum(a for a, _ in rest.values())
    if (
        spare < -SLACK
        or min(b for _, b in rest.values()) < 0
        or total - times > sum(b for _, b in rest.values()) + SLACK
    ):
        return None
    ends = []
    for best, sign in ((min, 1), (max, -1)):
        each = {one: best(options) for one, options in scores.items()}
        found, left = times * score + sum(a * each[one] for one, (a, _) in rest.items()), spare
        for one in sorted(rest, key=lambda one: sign * each[one]):
            more = min(left, rest[one][1] - rest[one][0])
            found, left = found + more * each[one], left - more
        ends.append(found)
    return ends[0], ends[1]
