"""Who gives no answer to a rated question, and why: don't know, not applicable or blank, by question and by group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from survey_report.study import Question, Study
from survey_report.synthesis.draws import Bools, Draws, Floats, Ints
from survey_report.synthesis.people import Column, People, asked
from survey_report.synthesis.settings import Settings
from survey_report.synthesis.shares import window
from survey_report.synthesis.targets import Targets

# How far the number of answers may be moved to reach percentages that the expected number cannot give.
LARGEST_MOVE = 8


@dataclass(frozen=True)
class Asked:
    """A set of questions put to the people in `rows`: who answered which, and why the others did not.

    `put[person, question]` is whether a question was put to a person, `answered` whether it was answered;
    `reasons[question id]` holds the id of a missing answer, "" for a blank, an answer, or what was not asked.
    """

    questions: tuple[Question, ...]
    rows: Ints
    put: Bools
    answered: Bools
    reasons: Mapping[str, Column]

    @property
    def bases(self) -> dict[str, int]:
        """Number of answers by question id."""
        return {q.id: int(self.answered[:, place].sum()) for place, q in enumerate(self.questions)}

    @property
    def weights(self) -> dict[str, float]:
        """What an answer weighs in the mean of person means, by question id: 1 where everybody was asked everything.

        Who was asked few questions has a mean of few, in which each counts for more.
        """
        many = self.put.sum(axis=1)
        parts = {q.id: len(self.questions) / many[self.put[:, place]] for place, q in enumerate(self.questions)}
        return {name: float(np.cumsum(part)[-1]) / len(part) if len(part) else 1.0 for name, part in parts.items()}


def put(
    study: Study,
    questions: Sequence[Question],
    targets: Targets,
    settings: Settings,
    people: People,
    name: str,
) -> Asked:
    """Put `questions` to those of `people` whom each was asked of.

    The register's bounds on the number who answer anything are kept, and a question gets as many answers as it takes to
    reach its percentages.
    """
    size = len(next(iter(people.values())))
    among = np.column_stack([asked(question, people, size) for question in questions])
    rows = np.flatnonzero(among.any(axis=1))
    given = among[rows]
    dropping = Draws(settings.seed, f"{name} dropping {questions[0].scale}").normal(len(rows))
    # A few people skip most of a scale, most people nothing: about 1 on average, 11 for one in a thousand.
    hurry = np.maximum(dropping + 2.5, 0.05) ** 4 / 80
    out = _out(questions[0].scale, targets, rows, hurry)
    answered = np.zeros((len(rows), len(questions)), dtype=np.bool_)
    reasons = {}
    for place, question in enumerate(questions):
        draws = Draws(settings.seed, f"{name} skipping {question.id}")
        rates = _rates(question, settings, {item: column[rows] for item, column in people.items()})
        chance = np.minimum((rates[0] + rates[1] + rates[2]) / 100, 0.95)
        mine = np.flatnonzero(given[:, place])
        expected = len(mine) - round(float(np.cumsum(chance[mine])[-1])) if len(mine) else 0
        most = len(mine) - int(out[mine].sum())
        base = possible_base(question.id, min(expected, most), most, targets)
        luck = draws.uniform(len(rows))
        # The smaller, the sooner skipped: like the waiting time to an event of this chance.
        key = np.where(out, -1.0, luck / (1.0001 - luck) / (chance * hurry + 1e-6))
        skipped = mine[np.argsort(key[mine], kind="stable")[: len(mine) - base]]
        answered[mine, place] = True
        answered[skipped, place] = False
        missing = [option.id for option in study.response_sets[question.response_set].missing]
        reasons[question.id] = _why(rates, missing, skipped, len(rows), draws.uniform(len(rows)))
    return Asked(tuple(questions), rows, given, answered, reasons)


def possible_base(question: str, expected: int, limit: int, targets: Targets) -> int:
    """The number of answers nearest to `expected`, at most `limit`, of which the printed percentages are possible; a
    printed number of answers where there is one."""
    for demand in targets.demands:
        if demand.form == "base" and question in demand.among:
            return max(0, min(int(demand.value), limit))
    figures = (*targets.sides.get(question, {}).values(), *targets.options.get(question, {}).values())
    sides = targets.sides.get(question, {})
    for move in range(LARGEST_MOVE + 1):
        for base in (expected - move, expected + move):
            if not 0 < base <= limit:
                continue
            windows = [window(base, figure) for figure in figures]
            three = [window(base, figure) for figure in sides.values()]
            full = len(three) == 3 and not sum(w[0] for w in three) <= base <= sum(w[1] for w in three)
            if all(low <= high for low, high in windows) and not full:
                return base
    return max(0, min(expected, limit))


def _out(scale: str, targets: Targets, rows: Ints, hurry: Floats) -> Bools:
    """Who answers no question of the scale, so that as many answer as the register says."""
    most = len(rows)
    for demand in targets.demands:
        if demand.form == "answering" and demand.scale == scale and demand.relation in ("<", "<=", "="):
            most = min(most, int(demand.value) - (demand.relation == "<"))
    out = np.zeros(len(rows), dtype=np.bool_)
    out[np.argsort(-hurry, kind="stable")[: len(rows) - max(0, most)]] = True
    return out


def _rates(question: Question, settings: Settings, people: People) -> tuple[Floats, Floats, Floats]:
    """Percent chance of each person to know no answer, to find it not applicable, to leave it blank."""
    size = len(next(iter(people.values())))
    unknown, unfit, blank = (np.full(size, rate) for rate in settings.items[question.id].skipped)
    for knowledge in settings.knowledge:
        if knowledge.of in (question.id, question.scale):
            members = people[knowledge.grouping] == knowledge.group
            unknown[members] *= knowledge.dont_know
            unfit[members] *= knowledge.not_applicable
    return unknown, unfit, blank


def _why(rates: Sequence[Floats], missing: Sequence[str], skipped: Ints, size: int, luck: Floats) -> Column:
    reasons = np.full(size, "", dtype=object)
    known = [*missing[:2], "", ""][:2]  # the columns of the rates stand for the set's first two missing answers
    for person in skipped.tolist():
        unknown, unfit, blank = (float(rate[person]) for rate in rates)
        at = float(luck[person]) * (unknown + unfit + blank)
        reasons[person] = known[0] if at < unknown else known[1] if at < unknown + unfit else ""
    return reasons


def scored(asked_of: Asked, least: float) -> Bools:
    """Who answered at least this share of the questions that were put to them, and one at least."""
    answered = asked_of.answered.sum(axis=1)
    return np.asarray((answered > 0) & (answered >= least * asked_of.put.sum(axis=1)))
