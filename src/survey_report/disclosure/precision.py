"""How finely the figures of a group are given: the fewer its respondents, the coarser.

From the number of answers, a mean and a deviation with two decimals, all answers of a small group can be worked out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from survey_report.numbers import round_half_up
from survey_report.study import Thresholds

FINE_STEP, FINE_MEAN_STEP = 1.0, 0.01
COARSE_MEAN_STEP, HALVES = 0.1, 0.5


@dataclass(frozen=True)
class Precision:
    """`mean_step` and `pct_step` are what means and percentages are rounded to, `sd` whether spread may be shown
    (deviations, intervals of means, sizes of effects).
    """

    mean_step: float
    pct_step: float
    sd: bool

    @property
    def coarse(self) -> bool:
        """Whether figures are given less finely than those of a large group."""
        return self.pct_step > FINE_STEP

    @property
    def decimals(self) -> int:
        """Decimals that a mean is written with."""
        return {FINE_MEAN_STEP: 2}.get(self.mean_step, 1)

    def mean(self, value: float) -> float:
        """A mean, or a difference of means, as it may be shown."""
        return rounded(value, self.mean_step)

    def percent(self, value: float) -> float:
        """A percentage, or a difference of percentages in points, as it may be shown."""
        return rounded(value, self.pct_step)


def precision_of(n: int, limits: Thresholds) -> Precision:
    """The precision of a group of n respondents who answered."""
    if n >= limits.coarse_group:
        return Precision(FINE_MEAN_STEP, FINE_STEP, sd=True)
    step = COARSE_MEAN_STEP if n >= limits.half_point_group else HALVES
    return Precision(step, float(limits.coarse_step), sd=False)


def rounded(value: float, step: float) -> float:
    """`value` to the nearest multiple of `step`, halves away from zero; NaN stays NaN."""
    if math.isnan(value):
        return value
    return round(math.copysign(round_half_up(abs(value) / step, 0) * step, value), 10) + 0.0
