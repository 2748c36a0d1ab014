"""The quantities that the register's rules name, computed from respondents and study when they are asked for.

They are unrounded and come from the same functions as the findings. Whether they may be shown is not decided here.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from typing import Any, cast

import pandas as pd

from survey_report.findings.people import open_answers, weeks_open
from survey_report.numbers import round_half_up
from survey_report.qualitative.corpus import themes
from survey_report.qualitative.speakers import one_coding, raised
from survey_report.rendering import Rendering
from survey_report.rules import FUNCTIONS, PLAIN, count_name, option_measures, side_measures
from survey_report.scales import answer_counts, answered_any, scale_scores
from survey_report.statistics.comparisons import Significance, significance
from survey_report.study import Question, Scale, Side

Function = Callable[..., Any]
BUILT_IN: Mapping[str, Function] = {name: getattr(builtins, name) for name in PLAIN}


class NotComputed(Exception):
    """A quantity that this rendering does not have; the text says why, in two words."""


class Quantities:
    """Quantities of one rendering by the names that rules use, each computed once.

    `functions` and `values` are what a rule may name.
    """

    def __init__(self, rendering: Rendering) -> None:
        self._rendering, self._study = rendering, rendering.study
        self._by_item = {item.item: (scale, item) for scale in self._study.scales for item in scale.items}
        self._known: dict[tuple[str, ...], Any] = {}
        self._options = option_measures(self._study)
        self.functions: dict[str, Function] = {**BUILT_IN, **self._named()}
        self.values: dict[str, Any] = self._constants()

    def _named(self) -> dict[str, Function]:
        named: dict[str, Function] = {name: getattr(self, f"_{name}") for name in FUNCTIONS}
        for name in side_measures(self._study):
            named[name] = partial(self._share, name)
            named[count_name(name)] = partial(self._count, name)
        return named | {name: partial(self._option_share, name) for name in self._options}

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
        return name in self._by_item

    @property
    def _complete(self) -> int:
        return self._rendering.reading.flow.complete

    def _once(self, key: tuple[str, ...], make: Callable[[], Any]) -> Any:
        if key not in self._known:
            self._known[key] = make()
        return self._known[key]

    def _scale(self, scale: str) -> Scale:
        return self._study.scale(scale)

    def _r0(self, value: float) -> float:
        return round_half_up(value, 0)

    def _r2(self, value: float) -> float:
        return round_half_up(value, 2)

    def _items(self, scale: str) -> tuple[str, ...]:
        return tuple(item.item for item in self._scale(scale).items)

    def _scores(self, scale: str) -> tuple[int, ...]:
        return tuple(self._study.answers(self._scale(scale)).scores.values())

    def _categories(self, grouping: str) -> tuple[str, ...]:
        return tuple(category.id for category in self._study.categories(grouping))

    def _counts(self, grouping: str) -> Mapping[str, int]:
        """Respondents of each category."""

        def make() -> dict[str, int]:
            counts = self._rendering.respondents[self._study.column(grouping)].value_counts()
            return {c.id: int(counts.get(c.id, 0)) for c in self._study.categories(grouping)}

        return self._once(("counts", grouping), make)  # type: ignore[no-any-return]

    def _n(self, grouping: str, group: str) -> int:
        return self._counts(grouping)[group]

    def _pct(self, grouping: str, group: str) -> float:
        return _percent(self._n(grouping, group), self._total(grouping))

    def _total(self, grouping: str) -> int:
        return sum(self._counts(grouping).values())

    def _present(self, grouping: str) -> int:
        return sum(n > 0 for n in self._counts(grouping).values())

    def _n_base(self, item: str) -> int:
        return sum(self._answers(item).values())

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
        question = self._by_item[of[0]][1] if len(of) == 1 else self._scale(of[0]).change(of[1])
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

    def _persons(self, scale: str) -> pd.Series[float]:
        return self._once(  # type: ignore[no-any-return]
            ("persons", scale), lambda: scale_scores(self._rendering.respondents, self._scale(scale), self._study)
        )

    def _mean(self, scale: str) -> float:
        return _number(self._persons(scale).mean())

    def _group_mean(self, scale: str, grouping: str, group: str) -> float:
        self._study.grouping(grouping).category(group)
        members = self._rendering.respondents[self._study.column(grouping)] == group
        return _number(self._persons(scale)[members.fillna(False).astype(bool)].mean())

    def _tests(self, scale: str, grouping: str) -> Significance:
        limits = self._study.thresholds
        return self._once(  # type: ignore[no-any-return]
            ("tests", scale, grouping),
            lambda: significance(
                self._persons(scale),
                self._rendering.respondents[self._study.column(grouping)],
                [category.id for category in self._study.grouping(grouping).categories],
                min_n=max(limits.min_test_group, limits.min_group),
            ),
        )

    def _pairs(self, scale: str, grouping: str) -> tuple[tuple[str, str], ...]:
        return tuple(self._tests(scale, grouping).pairs)

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

    def _invited(self) -> int:
        if self._study.invited is None:
            raise NotComputed("not recorded")
        return self._study.invited

    @property
    def codes(self) -> frozenset[str]:
        """Codes that the coded material has; none where there is no such material."""
        coded = self._rendering.coded
        return frozenset(coded.corpus.codes["code"]) if coded else frozenset()

    def _coded(self, theme: str) -> pd.DataFrame:
        """Excerpts of a code with all codes below it."""
        coded = self._rendering.coded
        if coded is None or theme not in self.codes:
            raise NotComputed("no such theme")
        below = themes(coded.corpus)
        mine = set(below.loc[below["theme"] == theme, "code"])
        excerpts = one_coding(coded.corpus).excerpts
        return excerpts[excerpts["code"].isin(mine)]

    @cached_property
    def _raised(self) -> pd.DataFrame:
        """Who raises which theme."""
        coded = self._rendering.coded
        return raised(coded.corpus) if coded else pd.DataFrame(columns=["theme"])

    def _raising(self, theme: str) -> int:
        """People of the survey, focus groups and interviews that raise a theme."""
        if theme not in self.codes:
            raise NotComputed("no such theme")
        return int((self._raised["theme"] == theme).sum())

    def _excerpts(self, theme: str) -> int:
        """Stretches coded with a theme by one coder of each source."""
        return len(self._coded(theme)[["source", "start", "end", "text"]].drop_duplicates())


def _percent(part: int, whole: int) -> float:
    if not whole:
        raise NotComputed("no answers")
    return 100 * part / whole


def _number(value: float) -> float:
    if value != value:
        raise NotComputed("no answers")
    return float(value)
