"""Where the means of a scale should lie: a range for everybody and for each group, published or chosen to suit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from survey_report.study import Grouping, Study
from survey_report.synthesis.draws import Bools, Floats
from survey_report.synthesis.people import Column, People
from survey_report.synthesis.targets import Figure, Targets

# Two groups said not to differ are put this far apart where only one mean is published (points of the scale).
QUIET_GAP = 0.25
# A group without a published mean lies within SOFT / sqrt(size) of where it is aimed at, so about one standard error;
# where it is aimed at is never farther than FARTHEST from everybody's mean.
SOFT = 0.6
LARGEST_SOFT = 0.12
FARTHEST = 0.35
# Half units of the last printed digit by which published means, everybody's and the groups' together, may be moved so
# that the groups without one come nearer to everybody's. Two would use up all that rounding leaves.
SLACK = 1.5
# Share of half a rounding unit that a published mean may lie off its printed value.
WITHIN = 0.88


@dataclass(frozen=True)
class Aim:
    """Members of a group, and the range in which the mean of their scale scores should lie."""

    grouping: str
    group: str
    members: Bools
    low: float
    high: float
    weight: float

    @property
    def centre(self) -> float:
        """Middle of the range."""
        return (self.low + self.high) / 2


def scale_aims(study: Study, targets: Targets, scale: str, people: People, scored: Bools) -> list[Aim]:
    """Aims for a scale: everybody first (none when no mean is published), then every group asked about directly."""
    overall = targets.means.get((scale, "", ""))
    if overall is None:
        return []
    aims = [_published("", "", scored, overall)]
    for grouping in study.tested_groupings:
        if not grouping.derived_from:
            aims.extend(_group_aims(targets, scale, grouping, people[grouping.id], scored, float(overall.value)))
    return aims


def _group_aims(
    targets: Targets, scale: str, grouping: Grouping, column: Column, scored: Bools, overall: float
) -> list[Aim]:
    members = {c.id: scored & (column == c.id) for c in grouping.categories}
    sizes = {group: int(mask.sum()) for group, mask in members.items()}
    figures = {g: targets.means[scale, grouping.id, g] for g in sizes if (scale, grouping.id, g) in targets.means}
    centres = {group: float(figure.value) for group, figure in figures.items()}
    for pair in targets.pairs:
        if (pair.scale, pair.grouping) == (scale, grouping.id) and not pair.differs:
            for known, other in ((pair.a, pair.b), (pair.b, pair.a)):
                if known in figures and other not in centres:
                    towards = 1.0 if overall > centres[known] else -1.0
                    centres[other] = centres[known] + QUIET_GAP * towards
    left = [group for group in sizes if group not in centres]
    rest = sum(sizes[group] for group in left)
    if rest:
        # What the published groups leave over belongs to the others together, or everybody's mean could not be met;
        # the means are rounded, so it need not be all of it.
        total = sum(sizes.values())
        spare = overall * total - sum(sizes[g] * mean for g, mean in centres.items())
        slack = SLACK * max((half_unit(f) for f in figures.values()), default=0.0) * total / rest
        off = spare / rest - overall
        off = min(max(abs(off) - slack, 0.0), FARTHEST) * (1.0 if off > 0 else -1.0)
        centres.update(dict.fromkeys(left, overall + off))
    return [
        _published(grouping.id, group, mask, figures[group])
        if group in figures
        else _soft(grouping.id, group, mask, centres[group])
        for group, mask in members.items()
        if sizes[group] >= 3
    ]


def _soft(grouping: str, group: str, members: Bools, centre: float) -> Aim:
    half = min(LARGEST_SOFT, SOFT / float(np.sqrt(members.sum())))
    return Aim(grouping, group, members, centre - half, centre + half, 0.02)


def _published(grouping: str, group: str, members: Bools, figure: Figure) -> Aim:
    half = WITHIN * half_unit(figure)
    value = float(figure.value)
    return Aim(grouping, group, members, value - half, value + half, 1.0)


def half_unit(figure: Figure) -> float:
    """How far a number may lie from the printed one and still round to it."""
    return 0.5 / float(10**figure.decimals)


def group_means(scores: Floats, aims: Sequence[Aim]) -> Floats:
    """Mean of `scores` in each aim's group."""
    return np.array([float(np.cumsum(scores[aim.members])[-1]) / int(aim.members.sum()) for aim in aims])
