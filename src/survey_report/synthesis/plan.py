"""The plan: counts of every answer and means of every group that meet the register together, or the rows that clash."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from survey_report.errors import Problem, raise_if_any
from survey_report.study import Question, Scale, Study
from survey_report.synthesis.headcounts import clash_problem
from survey_report.synthesis.linear import Model
from survey_report.synthesis.mean_orders import order_means
from survey_report.synthesis.means import Key, Means, Sizes
from survey_report.synthesis.pairs import Calm, PairDemand, pair_demands
from survey_report.synthesis.people import Column
from survey_report.synthesis.settings import Settings
from survey_report.synthesis.shares import Shares
from survey_report.synthesis.skipping import Asked, scored
from survey_report.synthesis.starts import starting_counts
from survey_report.synthesis.targets import Figure, Targets

OF_SHARES = ("share", "items", "extreme", "rank", "close", "sides", "span", "number", "base")


@dataclass(frozen=True)
class ScalePlan:
    """What the answers to a scale aim at: the mean of everybody and of each group (`printed` ones as figures), tests,
    groups that are tested."""

    means: Mapping[Key, float]
    printed: Mapping[Key, Figure]
    pairs: tuple[PairDemand, ...]
    calms: tuple[Calm, ...]
    tested: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Plan:
    """Counts in the order of the options by question id, and the plan of each scale."""

    counts: Mapping[str, tuple[int, ...]]
    scales: Mapping[str, ScalePlan]


def make_plan(
    study: Study,
    targets: Targets,
    settings: Settings,
    groups: Mapping[str, Column],
    ratings: Mapping[str, Asked],
    changes: Mapping[str, Asked],
) -> Plan:
    """Plan all answers. `groups[grouping]` is each person's category, `ratings` are by scale, `changes` by question.

    Raises UserError naming the register rows that clash, as few as could be found for each clash.
    """
    problems: list[Problem] = []
    counts: dict[str, tuple[int, ...]] = {}
    scales: dict[str, ScalePlan] = {}
    for family in _families(study, targets):
        # What clashes among the shares alone is found sooner without the means.
        asked = {scale.id: ratings[scale.id] for scale in family}
        _solved(_share_model(study, targets, family, asked), study, problems)
    raise_if_any(problems)
    everything = _Scales(study, targets, settings, groups, ratings)
    values = _solved(everything.model, study, problems)
    if values is not None:
        counts |= _counts(everything.shares, values)
        scales = everything.plans(values)
    for scale in study.scales:
        model = Model()
        bases = {question.id: changes[question.id].bases[question.id] for question in scale.changes}
        shares = Shares(model, study, targets, scale.changes, bases)
        shares.printed()
        _start(shares, study, targets, settings, scale, scale.changes, {})
        for demand in targets.demands:
            if demand.form in OF_SHARES and set(demand.among) <= set(bases):
                shares.enter(demand)
        values = _solved(model, study, problems)
        if values is not None:
            counts |= _counts(shares, values)
    raise_if_any(problems)
    return Plan(counts, scales)


class _Scales:
    """One model of the ratings of all scales: some rows set items or means of several scales against each other."""

    def __init__(
        self,
        study: Study,
        targets: Targets,
        settings: Settings,
        groups: Mapping[str, Column],
        asked: Mapping[str, Asked],
    ) -> None:
        self.study, self.settings, self.model = study, settings, Model()
        bases = {question: base for scale in study.scales for question, base in asked[scale.id].bases.items()}
        self.shares = Shares(self.model, study, targets, [q for scale in study.scales for q in scale.items], bases)
        self.shares.printed()
        self.means: dict[str, Means] = {}
        self.tests: dict[str, tuple[list[PairDemand], list[Calm]]] = {}
        self.open: dict[str, list[tuple[tuple[str, str, str], list[int]]]] = {}
        self.tested: dict[str, dict[str, tuple[str, ...]]] = {}
        self.printed: dict[str, dict[Key, Figure]] = {}
        for scale in study.scales:
            self._add(scale, targets, groups, asked[scale.id])
        for demand in targets.demands:
            if demand.form in OF_SHARES:
                if set(demand.among) <= set(bases):
                    self.shares.enter(demand)
            elif demand.form == "mean" or (demand.form == "mean-extreme" and demand.grouping):
                self.means[demand.scale].enter(demand)
            elif demand.form.startswith("mean-"):
                order_means(self.model, demand, self.means)
        for scale in study.scales:
            self._test(scale, targets)

    def plans(self, values: np.ndarray) -> dict[str, ScalePlan]:
        """The plan of each scale at these values."""
        found = {}
        for scale, (pairs, calms) in self.tests.items():
            means = {key: float(values[name]) for key, name in self.means[scale].names.items()}
            for (grouping, a, b), (up, down) in self.open.get(scale, []):
                differs = bool(values[up] > 0.5 or values[down] > 0.5)
                high, low = (b, a) if values[down] > 0.5 else (a, b)
                p = self.settings.margins.of(scale, grouping, a, b, differs=differs)
                pairs.append(PairDemand("", grouping, high, low, differs, p))
            found[scale] = ScalePlan(means, self.printed[scale], tuple(pairs), tuple(calms), self.tested[scale])
        return found

    def _add(self, scale: Scale, targets: Targets, groups: Mapping[str, Column], asked: Asked) -> None:
        study = self.study
        who = scored(asked, study.thresholds.min_answered)
        sizes: dict[Key, int] = {}
        tested: dict[str, tuple[str, ...]] = {}
        for grouping in study.tested_groupings:
            mine = groups[grouping.id][asked.rows]
            own = {c.id: int((who & (mine == c.id)).sum()) for c in grouping.categories}
            sizes |= {(grouping.id, group): n for group, n in own.items()}
            tested[grouping.id] = tuple(group for group, n in own.items() if n >= study.thresholds.min_test_group)
        self.tested[scale.id] = tested
        _start(self.shares, study, targets, self.settings, scale, scale.items, asked.weights)
        weights = asked.weights
        answers = max(1, sum(base * weights[question] for question, base in asked.bases.items()))
        pooled = {
            cell: scores[option] * weights[question.id] / answers
            for question, scores in ((question, study.scores(question)) for question in scale.items)
            for option, cell in self.shares.cells[question.id].items()
        }
        ends = study.answers(scale).ends
        self.means[scale.id] = Means(self.model, scale.id, Sizes(int(who.sum()), sizes), pooled, ends)
        self.means[scale.id].printed(targets)
        printed = {(k, g): figure for (s, k, g), figure in targets.means.items() if s == scale.id}
        self.printed[scale.id] = {key: figure for key, figure in printed.items() if key in self.means[scale.id].names}

    def _test(self, scale: Scale, targets: Targets) -> None:
        study, means, tested = self.study, self.means[scale.id], self.tested[scale.id]
        spread, alpha = self.settings.scales[scale.id].spread, study.thresholds.alpha
        pairs, calms, left_open = pair_demands(study, targets, self.settings.margins, scale.id, tested)
        said: dict[tuple[str, frozenset[str]], int] = {}
        for pair in pairs:
            means.test(pair, len(tested.get(pair.grouping, ())), spread, alpha)
            # Whether the pair differs: said once one way and once the other, it is both.
            key = (pair.grouping, frozenset((pair.a, pair.b)))
            flag = said.setdefault(key, self.model.variable(0, 1))
            self.model.row(pair.id, {flag: 1.0}, *((1.0, 1.0) if pair.differs else (0.0, 0.0)))
        if scale.id in targets.n_pairs:
            figure = targets.n_pairs[scale.id]
            flags: dict[int, float] = {}
            self.open[scale.id] = []
            for grouping, a, b in left_open:
                found = means.open(grouping, a, b, len(tested[grouping]), spread, alpha)
                self.open[scale.id].append(((grouping, a, b), found))
                flags |= dict.fromkeys(found, 1.0)
            for pair in pairs:
                if pair.differs:
                    # A listed pair counts; without its row it need not.
                    listed = self.model.variable(0, 1, whole=True)
                    self.model.row(pair.id, {listed: 1.0}, low=1)
                    flags[listed] = 1.0
            self.model.row(figure.id, flags, float(figure.value), float(figure.value))
        self.tests[scale.id] = (pairs, calms)


def _families(study: Study, targets: Targets) -> list[list[Scale]]:
    """Scales in groups: two are in one group where a row sets items of both against each other."""
    of = {question.id: scale.id for scale in study.scales for question in scale.items}
    family = {scale.id: scale.id for scale in study.scales}
    for demand in targets.demands:
        if demand.form in OF_SHARES and set(demand.among) <= set(of):
            joined = {family[of[question]] for question in demand.among} | {family[demand.scale]}
            family = {scale: min(joined) if name in joined else name for scale, name in family.items()}
    return [[scale for scale in study.scales if family[scale.id] == name] for name in dict.fromkeys(family.values())]


def _share_model(study: Study, targets: Targets, family: Sequence[Scale], asked: Mapping[str, Asked]) -> Model:
    model = Model()
    bases = {question: base for scale in family for question, base in asked[scale.id].bases.items()}
    shares = Shares(model, study, targets, [question for scale in family for question in scale.items], bases)
    shares.printed()
    for demand in targets.demands:
        if demand.form in OF_SHARES and set(demand.among) <= set(bases):
            shares.enter(demand)
    return model


def _start(
    shares: Shares,
    study: Study,
    targets: Targets,
    settings: Settings,
    scale: Scale,
    questions: Sequence[Question],
    weights: Mapping[str, float],
) -> None:
    for question, counts in starting_counts(study, targets, settings, scale, questions, shares.bases, weights).items():
        shares.start(question, counts)


def _counts(shares: Shares, values: np.ndarray) -> dict[str, tuple[int, ...]]:
    return {
        question: tuple(round(float(values[cell])) for cell in cells.values())
        for question, cells in shares.cells.items()
    }


def _solved(model: Model, study: Study, problems: list[Problem]) -> np.ndarray | None:
    values = model.solve()
    if values is None:
        problems.append(clash_problem(study, model.clash()))
    return values
