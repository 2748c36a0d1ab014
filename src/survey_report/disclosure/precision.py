"""How finely the figures of a group are given: the fewer its respondents, the coarser.

From the number of answers, a mean and a deviation with two decimals, all answers of a small group can be worked out.
What means are rounded to is a part of the range of the scores: half a point is an eighth of that of five answers, and
half of that of two.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from survey_report.numbers import decimals_of, readable, round_half_up
from survey_report.study import ResponseSet, Study, Thresholds
from survey_report.wording import listing

NAN = float("nan")
FINE_STEP, FINE_MEAN_STEP = 1.0, 0.01  # of a large group, whatever the range: on 0 and 1 a mean is a share in percent
# Parts of the range that means of a group under `coarse_group` and under `half_point_group` answers are rounded to:
# with five answers tenths and halves.
COARSE_PART, COARSEST_PART = 1 / 40, 1 / 8


@dataclass(frozen=True)
class MeanSteps:
    """What means of coarse groups are rounded to, in points of the scale: `small` groups' and `smallest` groups'.

    The ends of their intervals, differences and the like are rounded to `small` in either case.
    """

    small: float
    smallest: float


def mean_steps(answers: ResponseSet, limits: Thresholds) -> MeanSteps:
    """The parts of the range of a set of answers as readable steps, see `numbers.readable`.

    With two answers the mean is a share, and no step is smaller than that of percentages.
    """
    low, high = answers.ends
    span = max(high - low, 1)
    share = span * limits.coarse_step / 100 if len(set(answers.scores.values())) == 2 else 0.0
    small, smallest = (max(readable(span * part), share) for part in (COARSE_PART, COARSEST_PART))
    return MeanSteps(small, smallest)


def steps_text(study: Study) -> tuple[str, str]:
    """What means of small and of the smallest groups are rounded to, over all scales: `0.1`, or `0.1 or 0.2`."""
    found = [mean_steps(study.answers(scale), study.thresholds) for scale in study.scales]
    named = [[steps.small for steps in found], [steps.smallest for steps in found]]
    if not found:
        return "fortieth", "eighth"
    small, smallest = (listing([f"{step:g}" for step in sorted(set(steps))], "or") for steps in named)
    return small, smallest


@dataclass(frozen=True)
class Precision:
    """`mean_step` and `pct_step` are what means and percentages are rounded to, `sd` whether spread may be shown
    (deviations, intervals of means, sizes of effects), `end_step` what the ends of intervals of means are rounded to.

    Without the answers that a mean is of, there is none: its steps are NaN.
    """

    mean_step: float
    pct_step: float
    sd: bool
    end_step: float = FINE_MEAN_STEP

    @property
    def coarse(self) -> bool:
        """Whether figures are given less finely than those of a large group."""
        return self.pct_step > FINE_STEP

    @property
    def decimals(self) -> int:
        """Decimals that a mean is written with: one at least."""
        return max(1, decimals_of(self.mean_step))

    def mean(self, value: float) -> float:
        """A mean, or a difference of means, as it may be shown. Raises ValueError without the answers it is of."""
        if math.isnan(self.mean_step):
            raise ValueError("how a mean is rounded depends on the answers of its scale")
        return rounded(value, self.mean_step)

    def percent(self, value: float) -> float:
        """A percentage, or a difference of percentages in points, as it may be shown."""
        return rounded(value, self.pct_step)


def precision_of(n: int, limits: Thresholds, answers: ResponseSet | None = None) -> Precision:
    """The precision of a group of n respondents who answered; of means only with the `answers` of their scale."""
    if n >= limits.coarse_group:
        return Precision(FINE_MEAN_STEP, FINE_STEP, sd=True)
    steps = mean_steps(answers, limits) if answers else MeanSteps(NAN, NAN)
    step = steps.small if n >= limits.half_point_group else steps.smallest
    return Precision(step, float(limits.coarse_step), sd=False, end_step=steps.small)


def rounded(value: float, step: float) -> float:
    """`value` to the nearest multiple of `step`, halves away from zero; NaN stays NaN."""
    if math.isnan(value):
        return value
    return round(math.copysign(round_half_up(abs(value) / step, 0) * step, value), 10) + 0.0
