"""The quantities that the register's rules name, computed from respondents and study when they are asked for.

They are unrounded, come from the same functions as the findings, and know whether they may be shown: the numbers that
the sections entered, under disclosure control, decide that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from survey_report.comparisons import Significance, significance
from survey_report.findings.people import open_answers, weeks_open
from survey_report.numbers import Number, round_half_up
from survey_report.rendering import Rendering
from survey_report.scales import answer_counts, answered_any, scale_scores
from survey_report.study import Question, Scale, Side, Study

Function = Callable[..., Any]
# What a rule may do with quantities beside comparing and reckoning.
PLAIN: Mapping[str, Function] = {"abs": abs, "len": len, "min": min, "max": max, "sum": sum, "all": all, "any": any}
# Names of the qualitative material, which nothing computes yet: a row that needs one is open.
NOT_YET = ("excerpts", "theme_ids", "years_named")
# The result keys that say whether a quantity may be shown; the others are facts of the study or tests of large groups.
KEYS = {
    "n": "respondents.n.{}.{}",
    "pct": "respondents.pct.{}.{}",
    "answering": "{}.n",
    "mean": "{}.mean.overall",
    "group_mean": "{}.mean.{}.{}",
}


class NotComputed(Exception):
    """A quantity that this rendering does not have; the text says why, in two words."""


class Quantities:
    """Quantities of one rendering by the names that rules use, each computed once.

    `functions` and `values` are what a rule may name; `shown` says whether a function's result may be shown.
    """

    def __init__(self, rendering: Rendering, numbers: Mapping[str, Number]) -> None:
        self._rendering, self._numbers = rendering, numbers
        self._study: Study = rendering.study
        self._items = {item.item: (scale, item) for scale in self._study.scales for item in scale.items}
        self._known: dict[tuple[str, ...], Any] = {}
        self._sides, self._options = _measures(self._study)
        self.functions: dict[str, Function] = {**PLAIN, **self._named()}
        self.values: dict[str, Any] = self._constants()

    def _named(self) -> dict[str, Function]:
        sides: dict[str, Function] = {}
        for name in self._sides:
            sides[name] = lambda *of, name=name: self._share(name, *of)
            sides[_count_name(name)] = lambda *of, name=name: self._count(name, *of)
        options: dict[str, Function] = {
            name: lambda item, name=name: self._option_share(name, item) for name in self._options
        }
        return {
            "r0": lambda value: round_half_up(value, 0),
            "r2": lambda value: round_half_up(value, 2),
            "items": lambda scale: tuple(item.item for item in self._scale(scale).items),
            "scores": lambda scale: tuple(self._study.response_sets[self._response_set(scale)].scores.values()),
            "categories": lambda grouping: tuple(c.id for c in self._study.grouping(grouping).categories),
            "participants": self._participants,
            "sessions": self._sessions,
            "n": self._n,
            "pct": lambda grouping, group: _percent(self._n(grouping, group), self._complete),
            "total": lambda grouping: sum(self._counts(grouping).values()),
            "present": lambda grouping: sum(n > 0 for n in self._counts(grouping).values()),
            "n_base": lambda item: sum(self._answers(item).values()),
            "answering": self._answering,
            "mean": self._mean,
            "group_mean": self._group_mean,
            "pairs": lambda scale, grouping: tuple(self._tests(scale, grouping).pairs),
            "p_pair": self._p_pair,
            "p_min": self._p_min,
            **options,
            **sides,
        }

    def _constants(self) -> dict[str, Any]:
        study = self._study
        return {
            "scales": tuple(scale.id for scale in study.scales),
            "groupings": tuple(grouping.id for grouping in study.tested_groupings),
            "periods": tuple(period.id for period in study.periods),
            "n_complete": self._complete,
            "n_incomplete": self._rendering.reading.flow.incomplete,
            "n_open_answer": open_answers(self._rendering),
            "n_participants": sum(group.participants for group in study.participants),
            "first_day": study.opened,
            "last_day": study.closed,
            "weeks_open": weeks_open(study),
        }

    def item(self, name: str) -> bool:
        """Whether a scale of the study has an item of that name."""
        return name in self._items

    def shown(self, name: str, *of: str) -> bool:
        """Whether the result of a function may be shown, to judge by what the sections show."""
        if name == "n_base" or name in self._options:
            return self._answers_shown(name, *of)
        if name == "total":  # follows from the respondents of all categories and those who gave no answer
            key = f"respondents.n.{of[0]}.no-answer"
            return key not in self._numbers or self._visible(key)
        side = next((measure for measure in self._sides if name in (measure, _count_name(measure))), "")
        if side:
            scale = of[0] if len(of) > 1 else self._items[of[0]][0].id
            return self._visible(f"{scale}.{side}.{of[-1]}")
        return name not in KEYS or self._visible(KEYS[name].format(*of))

    def _visible(self, key: str) -> bool:
        return key in self._numbers and self._numbers[key].kind != "hidden"

    def _answers_shown(self, name: str, item: str) -> bool:
        """Whether every single answer to an item may be shown, or this share of the study's own data is public."""
        scale, question = self._items[item]
        if self._rendering.reading.shipped and f"{scale.id}.{name}.{item}" in self._rendering.register.by_key:
            return True
        answers = self._study.response_sets[question.response_set]
        counts = answer_counts(self._rendering.respondents, [question], answers)
        detail = str(self._rendering.policy.answer_detail(counts, answers).iloc[0])
        return detail == "full" or (name == "n_base" and detail == "sides")

    @property
    def _complete(self) -> int:
        return self._rendering.reading.flow.complete

    def _once(self, key: tuple[str, ...], make: Callable[[], Any]) -> Any:
        if key not in self._known:
            self._known[key] = make()
        return self._known[key]

    def _scale(self, scale: str) -> Scale:
        return self._study.scale(scale)

    def _response_set(self, scale: str) -> str:
        return self._scale(scale).items[0].response_set

    def _counts(self, grouping: str) -> Mapping[str, int]:
        """Respondents of each category."""

        def make() -> dict[str, int]:
            counts = self._rendering.respondents[self._study.column(grouping)].value_counts()
            return {c.id: int(counts.get(c.id, 0)) for c in self._study.grouping(grouping).categories}

        return self._once(("counts", grouping), make)  # type: ignore[no-any-return]

    def _n(self, grouping: str, group: str) -> int:
        return self._counts(grouping)[group]

    def _answers(self, *of: str) -> Mapping[str, int]:
        """Counts by option: of an item, or of a scale's change question in a period."""
        question = self._question(*of)

        def make() -> dict[str, int]:
            answers = self._study.response_sets[question.response_set]
            counts = answer_counts(self._rendering.respondents, [question], answers)
            tally = counts.loc[question.id].to_dict()
            return {option.id: int(tally[option.id]) for option in answers.options}

        return self._once(("answers", question.id), make)  # type: ignore[no-any-return]

    def _question(self, *of: str) -> Question:
        question = self._items[of[0]][1] if len(of) == 1 else self._scale(of[0]).change(of[1])
        if question is None:
            raise NotComputed("not asked")
        return question

    def _count(self, measure: str, *of: str) -> int:
        answers = self._study.response_sets[self._question(*of).response_set]
        side = next((side for side, name in answers.measures.items() if name == measure), None)
        if side is None:
            raise NotComputed("not asked")
        return sum(self._answers(*of)[option] for option in answers.side(cast(Side, side)))

    def _share(self, measure: str, *of: str) -> float:
        return _percent(self._count(measure, *of), sum(self._answers(*of).values()))

    def _option_share(self, name: str, item: str) -> float:
        answers = self._answers(item)
        return _percent(answers.get(self._options[name], 0), sum(answers.values()))

    def _answering(self, scale: str) -> int:
        return self._once(  # type: ignore[no-any-return]
            ("answering", scale),
            lambda: int(answered_any(self._rendering.respondents, self._scale(scale), self._study).sum()),
        )

    def _scores(self, scale: str) -> Any:
        return self._once(
            ("scores", scale), lambda: scale_scores(self._rendering.respondents, self._scale(scale), self._study)
        )

    def _mean(self, scale: str) -> float:
        return _number(self._scores(scale).mean())

    def _group_mean(self, scale: str, grouping: str, group: str) -> float:
        self._study.grouping(grouping).category(group)
        members = self._rendering.respondents[self._study.column(grouping)] == group
        return _number(self._scores(scale)[members.fillna(False).astype(bool)].mean())

    def _tests(self, scale: str, grouping: str) -> Significance:
        limits = self._study.thresholds
        return self._once(  # type: ignore[no-any-return]
            ("tests", scale, grouping),
            lambda: significance(
                self._scores(scale),
                self._rendering.respondents[self._study.column(grouping)],
                [category.id for category in self._study.grouping(grouping).categories],
                min_n=max(limits.min_test_group, limits.min_group),
            ),
        )

    def _p_pair(self, scale: str, grouping: str, a: str, b: str) -> float:
        for group in (a, b):
            self._study.grouping(grouping).category(group)
        pairs = self._tests(scale, grouping).pairs
        if (a, b) not in pairs and (b, a) not in pairs:
            raise NotComputed("not tested")
        return pairs[(a, b) if (a, b) in pairs else (b, a)]

    def _p_min(self, scale: str, grouping: str) -> float:
        found = self._tests(scale, grouping)
        if found.welch is None:
            raise NotComputed("not tested")
        return min(found.welch, *found.pairs.values())

    def _participants(self, method: str, group: str = "") -> int:
        rows = [row for row in self._study.participants if row.method == method and group in ("", row.group)]
        if not rows:
            raise NotComputed("not recorded")
        return sum(row.participants for row in rows)

    def _sessions(self, method: str, mode: str = "") -> int:
        return sum(row.sessions for row in self._study.sessions if row.method == method and mode in ("", row.mode))


def _measures(study: Study) -> tuple[frozenset[str], dict[str, str]]:
    """Names of shares of a side of the answers (`pct_positive`), and of shares of one answer with its option's id."""
    sides = frozenset(name for answers in study.response_sets.values() for name in answers.measures.values())
    options = {
        f"pct_{option.id.replace('-', '_')}": option.id
        for answers in study.response_sets.values()
        for option in answers.options
    }
    return sides, {name: option for name, option in options.items() if name not in sides}


def _count_name(share: str) -> str:
    """`n_positive` for `pct_positive`: the answers that the share counts."""
    return f"n_{share.removeprefix('pct_')}"


def _percent(part: int, whole: int) -> float:
    if not whole:
        raise NotComputed("no answers")
    return 100 * part / whole


def _number(value: float) -> float:
    if value != value:
        raise NotComputed("no answers")
    return float(value)
