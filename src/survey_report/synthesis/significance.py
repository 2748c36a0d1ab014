"""What tests say of the answers, worked out afresh from them: pairs and groupings beside what the register says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from scipy import stats

from survey_report.study import Scale, Study
from survey_report.synthesis.audit import groups_of, scale_scores
from survey_report.synthesis.critical import beyond
from survey_report.synthesis.draws import Floats
from survey_report.synthesis.pairs import pair_demands
from survey_report.synthesis.people import Column
from survey_report.synthesis.settings import Settings
from survey_report.synthesis.targets import Targets


@dataclass(frozen=True)
class Outcome:
    """One thing said of groups: `id` is where, `p` what comes out, `wanted` the p it should lie below or above.

    `holds` is whether it comes out as said at the study's level, `margin` whether with the margin aimed at.
    """

    id: str
    scale: str
    grouping: str
    what: str
    p: float
    wanted: float
    holds: bool
    margin: bool


def outcomes(study: Study, targets: Targets, settings: Settings, columns: Mapping[str, Column]) -> Iterator[Outcome]:
    """Everything said of pairs and groupings, scale by scale; `columns` are the answers of complete respondents."""
    members = {g.id: groups_of(study, g, columns) for g in study.tested_groupings}
    for scale in study.scales:
        samples = _samples(study, scale, columns, members)
        tested = {grouping: tuple(own) for grouping, own in samples.items()}
        pairs, calms, _ = pair_demands(study, targets, settings.margins, scale.id, tested)
        alpha = study.thresholds.alpha
        for pair in pairs:
            own = samples.get(pair.grouping, {})
            what = f"{pair.a}, {pair.b}"
            if not {pair.a, pair.b} <= set(own):
                yield Outcome(pair.id, scale.id, pair.grouping, what, 1.0, pair.p, not pair.differs, not pair.differs)
                continue
            a, b = own[pair.a], own[pair.b]
            p = games_howell_p(a, b, len(own))
            if pair.differs:
                above = bool(a.mean() > b.mean())
                holds, margin = above and p < alpha, above and p < pair.p
            else:
                holds, margin = p >= alpha, p > pair.p
            yield Outcome(pair.id, scale.id, pair.grouping, what, p, pair.p, holds, margin)
        for calm in calms:
            p = float(stats.f_oneway(*samples[calm.grouping].values(), equal_var=False).pvalue)
            yield Outcome(calm.id, scale.id, calm.grouping, "Welch", p, calm.p, p >= alpha, p > calm.p)


def games_howell_p(a: Floats, b: Floats, groups: int) -> float:
    """The Games-Howell p of two samples among so many groups."""
    ea, eb = float(a.var(ddof=1)) / len(a), float(b.var(ddof=1)) / len(b)
    freedom = (ea + eb) ** 2 / (ea**2 / (len(a) - 1) + eb**2 / (len(b) - 1))
    distance = abs(float(a.mean() - b.mean())) / float(np.sqrt((ea + eb) / 2))
    return max(0.0, beyond(distance, groups, freedom))


def _samples(
    study: Study, scale: Scale, columns: Mapping[str, Column], members: Mapping[str, Column]
) -> dict[str, dict[str, Floats]]:
    """Scores by grouping and group, of the groups large enough for a test."""
    scores = scale_scores(study, scale, columns)
    known = np.array([score is not None for score in scores], dtype=np.bool_)
    values = np.array([float(score or 0) for score in scores])
    found: dict[str, dict[str, Floats]] = {}
    for grouping in study.tested_groupings:
        own = {c.id: values[known & (members[grouping.id] == c.id)] for c in grouping.categories}
        found[grouping.id] = {
            group: sample
            for group, sample in own.items()
            if len(sample) >= max(2, study.thresholds.min_test_group) and np.ptp(sample) > 0
        }
    return found
