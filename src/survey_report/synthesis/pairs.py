"""Which groups must differ on a scale, which must not, and with what margin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from survey_report.study import Study
from survey_report.synthesis.targets import Targets


@dataclass(frozen=True)
class Widened:
    """A pair for which another p than the study's margin is aimed at, and why the margin can't be had."""

    scale: str
    grouping: str
    groups: frozenset[str]
    p: float
    why: str


@dataclass(frozen=True)
class Margins:
    """p values aimed at: pairs that differ lie below `differs`, others above `quiet`; Welch's above `calm`."""

    differs: float
    quiet: float
    calm: float
    widened: tuple[Widened, ...]

    def of(self, scale: str, grouping: str, a: str, b: str, *, differs: bool) -> float:
        """The margin of one pair."""
        for one in self.widened:
            if (one.scale, one.grouping, one.groups) == (scale, grouping, frozenset((a, b))):
                return one.p
        return self.differs if differs else self.quiet


@dataclass(frozen=True)
class PairDemand:
    """What is said of one pair: `a` lies above `b` significantly, or nothing shows. `id` is where it is said."""

    id: str
    grouping: str
    a: str
    b: str
    differs: bool
    p: float


@dataclass(frozen=True)
class Calm:
    """A grouping within which Welch's test shows nothing."""

    id: str
    grouping: str
    p: float


def silent_id(scale: str) -> str:
    """Stands for the pairs that a list of differing pairs leaves out: no register row says it of each."""
    return f"pairs of {scale} that are not listed as differing"


def pair_demands(
    study: Study, targets: Targets, margins: Margins, scale: str, tested: Mapping[str, Sequence[str]]
) -> tuple[list[PairDemand], list[Calm], list[tuple[str, str, str]]]:
    """Demands on the pairs and groupings of a scale; pairs that a published number of differing pairs leaves open.

    `tested[grouping]` are the groups large enough for a test. A pair that the register lists as differing may be of
    groups that are not; the caller finds that it cannot be.
    """
    said = [pair for pair in targets.pairs if pair.scale == scale]
    listed = any(pair.differs for pair in said)
    counted = scale in targets.n_pairs
    known = {(pair.grouping, frozenset((pair.a, pair.b))) for pair in said}
    demands = [
        PairDemand(p.id, p.grouping, p.a, p.b, p.differs, margins.of(scale, p.grouping, p.a, p.b, differs=p.differs))
        for p in said
    ]
    calms, left_open = [], []
    for grouping in study.tested_groupings:
        groups = tested.get(grouping.id, ())
        calm = targets.calm.get((scale, grouping.id)) or targets.calm.get(("all", grouping.id))
        if calm and len(groups) > 1:
            calms.append(Calm(calm, grouping.id, margins.calm))
        for a, b in combinations(groups, 2):
            quiet = margins.of(scale, grouping.id, a, b, differs=False)
            if calm:
                demands.append(PairDemand(calm, grouping.id, a, b, False, quiet))
            elif (grouping.id, frozenset((a, b))) in known:
                continue
            elif counted:
                left_open.append((grouping.id, a, b))
            elif listed:
                demands.append(PairDemand(silent_id(scale), grouping.id, a, b, False, quiet))
    return demands, calms, left_open
