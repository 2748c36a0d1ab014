"""Which quantities may be shown, to judge by the numbers that the sections entered under disclosure control."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

from survey_report.disclosure.comparisons import order_known
from survey_report.numbers import Number
from survey_report.rendering import Rendering
from survey_report.rules import VALUES, count_name, option_measures, side_measures
from survey_report.scales import answer_counts, scale_scores

# The result keys that decide; what has none is a fact of the study or a test of groups that are large enough.
KEYS = {
    "n": "respondents.n.{}.{}",
    "pct": "respondents.pct.{}.{}",
    "answering": "{}.n",
    "mean": "{}.mean.overall",
    "group_mean": "{}.mean.{}.{}",
    "raising": "themes.{}.n.all",
    "excerpts": "themes.{}.n.all",
}


TESTS = ("p_pair", "p_min")
MEAN_DECIMALS = 2


class Visibility:
    """Says of a quantity by name and arguments whether it may be shown."""

    def __init__(self, rendering: Rendering, numbers: Mapping[str, Number]) -> None:
        self._rendering, self._numbers = rendering, numbers
        self._options = option_measures(rendering.study)
        self._sides = {
            name: side for side in side_measures(rendering.study) for name in (side, count_name(side))
        }  # counts go with their shares
        self._known: dict[tuple[str, str], dict[str, int]] = {}
        self._items = {item.item: (scale, item) for scale in rendering.study.scales for item in scale.items}

    def value(self, name: str) -> bool:
        """Whether a plain value, such as the number of open answers, may be shown."""
        key = f"respondents.{name}"
        return name not in VALUES or key not in self._numbers or self._entered(key)

    def result(self, name: str, *of: str) -> bool:
        """Whether the result of a function may be shown."""
        if name == "n_base" or name in self._options:
            return self._answers(name, of[0])
        if name == "total":  # with the number of respondents it tells how many gave no answer
            key = f"respondents.n.{of[0]}.no-answer"
            return key not in self._numbers or self._entered(key)
        if name in self._sides:
            scale = of[0] if len(of) > 1 else self._items[of[0]][0].id
            return self._entered(f"{scale}.{self._sides[name]}.{of[-1]}")
        if name in ("group_mean", "mean") and self._rounded(KEYS[name].format(*of)):
            return False
        if name in TESTS and (self._rendering.withheld or not self._told(*of)):
            return False
        return name not in KEYS or self._entered(KEYS[name].format(*of))

    def _rounded(self, key: str) -> bool:
        """Whether a mean is shown with fewer decimals than it was published with."""
        return key in self._numbers and self._numbers[key].decimals < MEAN_DECIMALS

    def coarse(self, name: str, *of: str) -> bool:
        """Whether the result of a test tells of a group of which the spread or the size may not be shown."""
        if name not in TESTS:
            return False
        scale, grouping, *groups = of
        named = groups or [category.id for category in self._rendering.study.grouping(grouping).categories]
        sizes = self._sizes(scale, grouping)
        return any(
            self._rendering.policy.precision(int(sizes.get(group, 0))).coarse
            or self._hides_size(KEYS["group_mean"].format(scale, grouping, group))
            for group in named
        )

    def _told(self, scale: str, grouping: str, *pair: str) -> bool:
        """Whether it is told of a pair, or of every pair of a grouping, if it differs (see `coarse_pairs`)."""
        if f"{scale}.n_significant_pairs" in self._rendering.policy.released:
            return True
        study = self._rendering.study
        answers = study.answers(study.scale(scale))
        groups = pair or [category.id for category in study.grouping(grouping).categories]
        sizes, told = self._sizes(scale, grouping), {}
        for group in groups:
            key = KEYS["group_mean"].format(scale, grouping, group)
            if self._entered(key):
                step = self._rendering.policy.precision(int(sizes.get(group, 0)), key, answers).mean_step
                told[group] = (self._numbers[key].value or 0.0, step)
        return all(
            not self.coarse("p_pair", scale, grouping, a, b)
            or order_known(told[a][0] - told[b][0], told[a][1] + told[b][1])
            for a, b in combinations(told, 2)
        )

    def _hides_size(self, key: str) -> bool:
        """Whether a mean is shown without the number of people behind it, which a test would tell."""
        return self._entered(key) and self._numbers[key].base is None

    def _sizes(self, scale: str, grouping: str) -> Mapping[str, int]:
        """Respondents of each group who have a score."""
        if (scale, grouping) not in self._known:
            study, respondents = self._rendering.study, self._rendering.respondents
            scored = scale_scores(respondents, study.scale(scale), study).notna()
            counts = respondents.loc[scored, study.column(grouping)].value_counts()
            self._known[scale, grouping] = {str(group): int(n) for group, n in counts.items()}
        return self._known[scale, grouping]

    def _entered(self, key: str) -> bool:
        return key in self._numbers and self._numbers[key].kind != "hidden"

    def _answers(self, name: str, item: str) -> bool:
        """Whether single answers to an item may be shown, or this share of the study's own data is public."""
        scale, question = self._items[item]
        if self._rendering.reading.shipped and f"{scale.id}.{name}.{item}" in self._rendering.register.by_key:
            return True
        answers = self._rendering.study.response_sets[question.response_set]
        counts = answer_counts(self._rendering.respondents, [question], answers)
        detail = str(self._rendering.policy.answer_detail(counts, answers).iloc[0])
        return detail == "full" or (name == "n_base" and detail == "sides")
