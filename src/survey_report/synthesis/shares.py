"""How many people give each answer: whole numbers that meet every published share, bound, order and count of items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import ceil

from survey_report.study import ItemCount, Question, Side, Study
from survey_report.synthesis.demands import CLOSE, Demand
from survey_report.synthesis.linear import Model, total
from survey_report.synthesis.targets import Figure, Targets

# Weights of what is made small: the largest distance from the starting share of any answer of a question set, and the
# sum of all distances (both in percent of a question's answers).
FARTHEST, EACH = 20.0, 0.05
SIDES: dict[str, Side] = {"positive": "positive", "neutral": "neutral", "negative": "negative"}
# Largest rounded percentage; percentage points by which an item leads another.
REACH, GAP = 100, 0.05


class Shares:
    """Counts of the answers to some questions, as variables of a model. `cells[question id][option id]`."""

    def __init__(
        self, model: Model, study: Study, targets: Targets, questions: Sequence[Question], bases: Mapping[str, int]
    ) -> None:
        printed = {question: d.id for d in targets.demands if d.form == "base" for question in d.among}
        self.targets = targets
        self.model, self.bases = model, bases
        self.counts = {count.id: count for count in study.item_counts}
        self.sets = {q.id: study.response_sets[q.response_set] for q in questions}
        self.cells: dict[str, dict[str, int]] = {}
        self._rounded: dict[tuple[str, str], int] = {}
        for question in questions:
            base = bases[question.id]
            options = self.sets[question.id].options
            most = 10 * base if question.id in printed else base
            self.cells[question.id] = {o.id: model.variable(0, most, whole=True) for o in options}
            model.row(printed.get(question.id, ""), total(self.cells[question.id].values()), base, base)

    def terms(self, question: str, what: str, factor: float = 1.0) -> dict[int, float]:
        """The count of a side or an option, times `factor`."""
        cells = self.cells[question]
        wanted = self.sets[question].side(SIDES[what]) if what in SIDES else (what,)
        return total((cells[option] for option in wanted), factor)

    def start(self, question: str, counts: Mapping[str, int]) -> None:
        """Stay near these counts; call it for every question of the set."""
        base = max(1, self.bases[question])
        most = self.model.variable(0, REACH, cost=FARTHEST)
        for option, cell in self.cells[question].items():
            self.model.distance({cell: 1.0}, counts[option], EACH * 100 / base, most, base / 100)

    def printed(self) -> None:
        """Enter the plain figures of the questions' sides and options."""
        targets = self.targets
        for question in self.cells:
            for name, figure in (*targets.sides.get(question, {}).items(), *targets.options.get(question, {}).items()):
                self.figure(question, str(name), figure)

    def figure(self, question: str, what: str, figure: Figure) -> None:
        """The rounded percentage equals the printed one."""
        least, most = window(self.bases[question], figure)
        self.model.row(figure.id, self.terms(question, what), least, most)

    def enter(self, demand: Demand) -> None:
        """Enter a row that is no plain number."""
        match demand.form:
            case "share":
                for question in demand.among:
                    self._bound(demand, question)
            case "number":
                for question in demand.among:
                    related(self.model, demand, self.terms(question, demand.what), 0, 10 * self.bases[question])
            case "base":
                for question in demand.among:
                    related(self.model, demand, total(self.cells[question].values()), 0, self.bases[question])
            case "items":
                flags, constant = self._meeting(demand.among, self.counts[demand.what])
                related(self.model, demand, flags, constant)
            case "extreme":
                sign = 1.0 if demand.relation == "is_max" else -1.0
                self.figure(demand.subject, demand.what, Figure(demand.id, demand.value, demand.decimals))
                for other in demand.among:
                    self.model.row(demand.id, self._apart(demand.subject, other, demand.what, sign), low=GAP)
            case "rank":
                sign = -1.0 if demand.what == "top" else 1.0
                ahead = [
                    self.model.holds_if(self._apart(demand.subject, other, "positive", sign), GAP, REACH, GAP)
                    for other in demand.among
                ]
                related(self.model, demand, total(ahead), 1)
            case "close":
                flags, constant = self._meeting(demand.among, ItemCount("", "difference of sides", -REACH, CLOSE))
                least = len(demand.among) // 2 + 1 if demand.what == "most" else len(demand.among)
                self.model.row(demand.id, flags, low=least - constant)
            case "sides":
                for question in demand.among:
                    sign = 1.0 if demand.relation == ">" else -1.0
                    terms = self.terms(question, "positive", sign) | self.terms(question, "negative", -sign)
                    self.model.row(demand.id, terms, low=1)
            case "span":
                low, high = int(demand.value), int(demand.high)
                rounded = [self.rounded(question, demand.what) for question in demand.among]
                for one in rounded:
                    self.model.row(demand.id, {one: 1.0}, low, high)
                self.model.row(demand.id, total(self._least(one, low + 1) for one in rounded), high=len(rounded) - 1)
                self.model.row(demand.id, total(self._least(one, high) for one in rounded), low=1)

    def rounded(self, question: str, what: str) -> int:
        """The share in whole percent, rounded half up, as a variable."""
        if (question, what) not in self._rounded:
            base, name = self.bases[question], self.model.variable(0, REACH, whole=True)
            # r <= 100 c / base + 1/2 < r + 1, in whole numbers.
            self.model.row("", {**self.terms(question, what, 200.0), name: -2.0 * base}, -base, base - 1)
            self._rounded[question, what] = name
        return self._rounded[question, what]

    def _least(self, rounded: int, bound: int) -> int:
        return self.model.holds_if({rounded: 1.0}, bound, REACH)

    def _bound(self, demand: Demand, question: str) -> None:
        base, half, value = self.bases[question], Fraction(1, 2 * 10**demand.decimals), demand.value
        if demand.relation == "=":
            self.figure(question, demand.what, Figure(demand.id, value, demand.decimals))
        else:
            edge = value - half if demand.relation in (">=", "<") else value + half
            limit = ceil(base * edge / 100)
            above = demand.relation.startswith(">")
            bounds = {"low": limit} if above else {"high": limit - 1}
            self.model.row(demand.id, self.terms(question, demand.what), **bounds)

    def _apart(self, one: str, other: str, what: str, sign: float) -> dict[int, float]:
        """Share of `one` less that of `other` in percent, times `sign`."""
        mine = self.terms(one, what, sign * 100 / max(1, self.bases[one]))
        return mine | self.terms(other, what, -sign * 100 / max(1, self.bases[other]))

    def _meeting(self, questions: Sequence[str], count: ItemCount) -> tuple[dict[int, float], int]:
        """Flags whose sum, with the constant, is how many questions meet an item count."""
        flags: dict[int, float] = {}
        constant = 0
        for question in questions:
            for bound, sign in ((count.at_least, 1.0), (count.at_most + 1, -1.0)):
                if not -REACH < bound <= REACH:
                    # Always at least that much, or always below it.
                    constant += int(sign) * int(bound <= -REACH)
                else:
                    name, sure = self._at_least(question, count.share, ceil(bound))
                    flags |= {flag: factor * sign for flag, factor in name.items()}
                    constant += int(sign) * sure
        return flags, constant

    def _at_least(self, question: str, share: str, bound: int) -> tuple[dict[int, float], int]:
        """A sum of flags and a constant, together 1 where the share is at least `bound`, else 0."""
        if share not in ("larger side", "difference of sides"):
            return {self._least(self.rounded(question, share), bound): 1.0}, 0
        positive, negative = self.rounded(question, "positive"), self.rounded(question, "negative")
        if share == "difference of sides":
            if bound <= 0:
                return {}, 1
            flags = [
                self.model.holds_if({one: 1.0, other: -1.0}, bound, REACH)
                for one, other in ((positive, negative), (negative, positive))
            ]
            return total(flags), 0  # never both
        both = [self._least(side, bound) for side in (positive, negative)]
        either = self.model.variable(0, 1, whole=True)
        self.model.row("", {either: 1.0, both[0]: -1.0, both[1]: -1.0}, high=0)
        for flag in both:
            self.model.row("", {either: 1.0, flag: -1.0}, low=0)
        return {either: 1.0}, 0


def window(base: int, figure: Figure) -> tuple[int, int]:
    """Smallest and largest count of `base` whose percentage rounds to the figure; none does if the first is larger."""
    least = ceil(base * (figure.value - figure.half_unit) / 100)
    return max(0, least), min(base, ceil(base * (figure.value + figure.half_unit) / 100) - 1)


def related(model: Model, demand: Demand, flags: Mapping[int, float], constant: int, most: float = REACH) -> None:
    """The sum of flags, itself at most `most`, and the constant stands in the demand's relation to its value."""
    value = float(demand.value) - constant
    low, high = {
        "=": (value, value),
        ">=": (value, most),
        ">": (value + 1, most),
        "<=": (-most, value),
        "<": (-most, value - 1),
    }[demand.relation]
    model.row(demand.id, flags, low, high)
