"""Two waves of one instrument compared: who answered, items, scales and groups, and the change adjusted for the first.

Waves are anonymous: who answered both is not known, so they are compared as independent samples. Whoever did makes the
true intervals shorter, as far as the same people answer alike.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from survey_report.disclosure import Policy
from survey_report.disclosure.intervals import BALANCE_ENDS, difference_ends, share_ends, within
from survey_report.disclosure.precision import mean_steps
from survey_report.disclosure.reasons import FOLLOWS, NOT_ASKED, ONE_QUESTION, SOME_FEW, few
from survey_report.findings.luck import share_luck
from survey_report.findings.people import NO_ANSWER, Tally, share_in
from survey_report.findings.theme import mean_may_show, never_asked
from survey_report.numbers import round_half_up
from survey_report.rendering import Rendering
from survey_report.scales import answer_counts, item_scores, scale_scores, side_counts
from survey_report.statistics.contrasts import mean_difference, share_difference
from survey_report.statistics.standardised import standardised_change
from survey_report.study import Grouping, Question, ResponseSet, Scale, Thresholds

NAN = float("nan")
ENDS = ["difference", "low", "high", "differs", "reason"]
PEOPLE = ["grouping", "heading", "group", "label", "n_before", "n_after", "before", "after", *ENDS]
ITEMS = ["scale", "title", "item", "label", "n_before", "n_after", "before", "after", "difference", "low", "high",
         "differs", "chance", "reason"]  # fmt: skip
SCALES = ["scale", "title", "items", "items_all", "n_before", "n_after", "before", "after", "difference", "low", "high",
          "differs", "adjusted", "adjusted_low", "adjusted_high", "adjusted_differs", "composition", "decimals",
          "reason", "adjusted_reason"]  # fmt: skip
GROUPS = ["scale", "title", "grouping", "heading", "group", "label", "n_before", "n_after", "before", "after",
          "difference", "low", "high", "differs", "decimals", "reason"]  # fmt: skip
ONE_WAVE = "not asked in both waves"


@dataclass(frozen=True)
class Waves:
    """Two waves side by side, protected; differences are the later wave less the earlier one, NaN where not shown.

    `people`: one row a category of each tested grouping: shares in percent of those who answered. `items`: one row an
    item: shares of good answers in percent, and the `chance` that an interval leaves out zero although nothing changed
    (see `luck`). `scales`: one row a scale: means over the items that both waves asked, the
    change as measured and adjusted for who answered, with intervals. `groups`: one row a scale and group: means. All
    have n_before and n_after (NA where not shown), differs (whether the interval leaves out zero) and reason.
    `adjusted_for` are the labels of the groupings that the adjustment takes in; `withheld` says why there are no
    groups.
    """

    n_before: int
    n_after: int
    people: pd.DataFrame
    items: pd.DataFrame
    scales: pd.DataFrame
    groups: pd.DataFrame
    adjusted_for: tuple[str, ...]
    withheld: str = ""

    def of_scale(self, scale: str) -> pd.DataFrame:
        """The rows of `groups` on one scale."""
        return self.groups[self.groups["scale"] == scale]

    @property
    def in_both(self) -> int:
        """Number of items that both waves asked."""
        return int((self.items["reason"] != ONE_WAVE).sum())


def wave_findings(before: Rendering, after: Rendering) -> Waves:
    """Compare two renderings of one study."""
    study = after.study
    withheld = before.withheld or after.withheld
    told = () if withheld else study.tested_groupings
    composition = [grouping for grouping in told if not grouping.mapping]
    people = [row for grouping in told for row in _people(before, after, grouping)]
    items, scales, groups = [], [], []
    for scale in study.scales:
        common = [item for item in scale.items if _answered(before, scale, item) and _answered(after, scale, item)]
        items += _items(before, after, scale, common)
        if not common:
            scales.append(_without(scale, len(scale.items)))
            continue
        shared = replace(scale, items=tuple(common))
        scores = scale_scores(before.respondents, shared, study), scale_scores(after.respondents, shared, study)
        scales.append(_scale(before, after, scale, shared, scores, composition))
        for grouping in told:
            groups += _groups(before, after, scale, shared, grouping, scores)
    return Waves(
        n_before=len(before.respondents),
        n_after=len(after.respondents),
        people=_counted(pd.DataFrame(people, columns=PEOPLE)),
        items=_counted(pd.DataFrame(items, columns=ITEMS)),
        scales=_counted(pd.DataFrame(scales, columns=SCALES)),
        groups=_counted(pd.DataFrame(groups, columns=GROUPS)),
        adjusted_for=tuple(grouping.label for grouping in composition),
        withheld=withheld,
    )


def _counted(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.astype({"n_before": "Int64", "n_after": "Int64"})


def _answered(wave: Rendering, scale: Scale, item: Question) -> bool:
    return bool(item_scores(wave.respondents, [item], wave.study).notna().any(axis=None))


def _people(before: Rendering, after: Rendering, grouping: Grouping) -> list[tuple[object, ...]]:
    """Shares of each category among those of a wave who answered; one hidden in a wave is hidden in both."""
    tallies = [_tally(wave, grouping) for wave in (before, after)]
    alpha, rows = after.study.thresholds.alpha, []
    for place, category in enumerate(grouping.categories):
        start = (grouping.id, grouping.label, category.id, category.label)
        one, two = (int(tally.counts.iloc[place]) for tally in tallies)
        if not all(bool(tally.shown.iloc[place]) for tally in tallies):
            why = f"{few(after.policy.thresholds.min_cell, 'respondents')}, or others would follow"
            rows.append((*start, pd.NA, pd.NA, *[NAN] * 5, False, why))
            continue
        told = [share_in(n, tally.bases) for n, tally in zip((one, two), tallies, strict=True)]
        (first, second), decimals = (share for share, _ in told), min(digits for _, digits in told)
        if math.isnan(first + second):
            rows.append((*start, one, two, *[NAN] * 5, False, FOLLOWS))
            continue
        # The fewest who can have answered: where their number is hidden, the interval does not tell it.
        found = share_difference(two, tallies[1].bases[0], one, tallies[0].bases[0], alpha=alpha)
        low, high = within(round_half_up(found.low, decimals), round_half_up(found.high, decimals), BALANCE_ENDS)
        difference = round_half_up(second - first, decimals)
        rows.append((*start, one, two, first, second, difference, low, high, low > 0 or high < 0, ""))
    return rows


def _tally(wave: Rendering, grouping: Grouping) -> Tally:
    """Respondents of a wave by category, and those in none where there are any."""
    column = wave.members(grouping.id).astype("object")
    counts = column.value_counts().reindex([category.id for category in grouping.categories], fill_value=0).astype(int)
    blank = len(column) - int(counts.sum())
    if blank:
        counts[NO_ANSWER.id] = blank
    categories = (*grouping.categories, NO_ANSWER) if blank else grouping.categories
    keys = ("",) * len(counts)
    return Tally(grouping.label, categories, counts, keys, wave.policy.may_show_counts(counts, list(keys)))


def _items(before: Rendering, after: Rendering, scale: Scale, common: list[Question]) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for item in scale.items:
        start = (scale.id, scale.title, item.item, item.short)
        if item not in common:
            rows.append((*start, pd.NA, pd.NA, *[NAN] * 5, False, NAN, ONE_WAVE))
            continue
        answers = after.study.response_sets[item.response_set]
        counts = [answer_counts(wave.respondents, [item], answers) for wave in (before, after)]
        waves = zip((before, after), counts, strict=True)
        if any(wave.policy.answer_detail(n, answers).iloc[0] == "none" for wave, n in waves):
            rows.append((*start, pd.NA, pd.NA, *[NAN] * 5, False, NAN, f"{SOME_FEW} in a wave"))
            continue
        sizes = [int(n.sum(axis=1).iloc[0]) for n in counts]
        good = [int(side_counts(n, answers)["positive"].iloc[0]) for n in counts]
        steps = [after.policy.precision(n) for n in sizes]
        shares = [step.percent(100 * k / n) for step, k, n in zip(steps, good, sizes, strict=True)]
        printed, alpha = (shares[1], sizes[1], shares[0], sizes[0]), after.study.thresholds.alpha
        low, high = map(float, share_ends(*printed, steps=sum(step.pct_step for step in steps), alpha=alpha))
        luck = share_luck(*printed, step=steps[1].pct_step, second_step=steps[0].pct_step, alpha=alpha)
        told = shares[1] - shares[0], low, high, low > 0 or high < 0, luck.chance, ""
        rows.append((*start, *sizes, *shares, *told))
    return rows


def _without(scale: Scale, items: int) -> tuple[object, ...]:
    return (scale.id, scale.title, 0, items, pd.NA, pd.NA, *[NAN] * 5, False, *[NAN] * 3, False, NAN, 1, ONE_WAVE,
            ONE_WAVE)  # fmt: skip


def _scale(
    before: Rendering,
    after: Rendering,
    scale: Scale,
    shared: Scale,
    scores: tuple[pd.Series[float], pd.Series[float]],
    composition: list[Grouping],
) -> tuple[object, ...]:
    """The mean of a scale in both waves, over the items in both, and its change as measured and adjusted."""
    limits, start = after.study.thresholds, (scale.id, scale.title, len(shared.items), len(scale.items))
    one, two = (score.dropna().to_numpy(float) for score in scores)
    if min(len(one), len(two)) < limits.min_group:
        why = _few_in_a_wave(limits)
        return (*start, pd.NA, pd.NA, *[NAN] * 5, False, *[NAN] * 3, False, NAN, 1, why, why)
    if not _may_show(before, after, shared, [score.notna() for score in scores], [one, two]):
        return (*start, pd.NA, pd.NA, *[NAN] * 5, False, *[NAN] * 3, False, NAN, 1, FOLLOWS, FOLLOWS)
    told = _means(
        after.policy,
        after.study.answers(shared),
        one,
        two,
        np.concatenate([one, two]),
        limits.alpha,
        exact=len(shared.items) > 1,
        counted=True,
    )
    columns = {grouping.id: after.study.column(grouping.id) for grouping in composition}
    groups = [wave.respondents[list(columns.values())] for wave in (before, after)]
    found = standardised_change(*scores, *groups, alpha=limits.alpha, min_n=limits.min_test_group)
    coarse = not after.policy.precision(min(len(one), len(two))).sd
    reason = found.reason or ("too few answers to adjust" if coarse else "")
    reason = reason or (ONE_QUESTION if len(shared.items) == 1 else "")
    if reason or not columns:
        adjusted: tuple[float, ...] = (NAN, NAN, NAN, NAN)
    else:
        adjusted = tuple(round_half_up(v, 2) for v in (found.adjusted, found.low, found.high, found.composition))
    value, low, high, rest = adjusted
    return (*start, len(one), len(two), *told[:5], _apart(told[3], told[4]), value, low, high, _apart(low, high), rest,
            told[5], "", reason)  # fmt: skip


def _groups(
    before: Rendering,
    after: Rendering,
    scale: Scale,
    shared: Scale,
    grouping: Grouping,
    scores: tuple[pd.Series[float], pd.Series[float]],
) -> list[tuple[object, ...]]:
    """Means of each group in both waves and their difference."""
    limits, waves = after.study.thresholds, (before, after)
    columns = [wave.members(grouping.id).astype("object") for wave in waves]
    parts = [_parts(score, column, grouping) for score, column in zip(scores, columns, strict=True)]
    counts = [pd.Series({name: len(values) for name, values in part.items()}) for part in parts]
    seen = [wave.policy.may_show_counts(n, [""] * len(n)) for wave, n in zip(waves, counts, strict=True)]
    every = np.concatenate([score.dropna().to_numpy(float) for score in scores])
    rows: list[tuple[object, ...]] = []
    for category in grouping.categories:
        one, two = (part[category.id] for part in parts)
        start = (scale.id, scale.title, grouping.id, grouping.label, category.id, category.label)
        if min(len(one), len(two)) < limits.min_group:
            asked = not never_asked(after.study, scale, grouping, category.id)
            why = _few_in_a_wave(limits) if asked else NOT_ASKED
            rows.append((*start, pd.NA, pd.NA, *[NAN] * 5, False, 1, why))
            continue
        mine = [
            score.notna() & (column == category.id).fillna(False).astype(bool)
            for score, column in zip(scores, columns, strict=True)
        ]
        if not _may_show(before, after, shared, mine, [one, two]):
            rows.append((*start, pd.NA, pd.NA, *[NAN] * 5, False, 1, FOLLOWS))
            continue
        open_to_see = all(bool(visible[category.id]) for visible in seen)
        exact = open_to_see and len(shared.items) > 1
        told = _means(
            after.policy,
            after.study.answers(shared),
            one,
            two,
            every,
            limits.alpha,
            exact=exact,
            counted=open_to_see,
        )
        sizes = (len(one), len(two)) if open_to_see else (pd.NA, pd.NA)
        rows.append((*start, *sizes, *told[:5], _apart(told[3], told[4]), told[5], ""))
    return rows


def _few_in_a_wave(limits: Thresholds) -> str:
    return f"{few(limits.min_group)} in a wave"


def _may_show(
    before: Rendering, after: Rendering, scale: Scale, members: Sequence[pd.Series[bool]], samples: Sequence[np.ndarray]
) -> bool:
    """Whether the means of both waves may be shown, by the rule that reports have."""
    waves = zip((before, after), members, samples, strict=True)
    return all(mean_may_show(wave, scale, mine, float(sample.mean())) for wave, mine, sample in waves)


def _parts(scores: pd.Series[float], groups: pd.Series, grouping: Grouping) -> Mapping[str, np.ndarray]:
    """Scores by category, and of those in none."""
    given = scores.dropna()
    mine = groups[given.index]
    parts = {category.id: given[mine == category.id].to_numpy(float) for category in grouping.categories}
    return parts | {"": given[~mine.isin(list(parts))].to_numpy(float)}


def _means(
    policy: Policy,
    answers: ResponseSet,
    one: np.ndarray,
    two: np.ndarray,
    every: np.ndarray,
    alpha: float,
    *,
    exact: bool,
    counted: bool,
) -> tuple[float, float, float, float, float, int]:
    """Both means, their difference with interval, and decimals: Welch's where both samples are large enough for their
    spread to be told and it may be (`exact`), otherwise from printed figures, see `profiles`. Numbers that are not
    shown (not `counted`) enter rounded down."""
    precisions = [policy.precision(len(sample), answers=answers) for sample in (one, two)]
    first, second = (p.mean(float(sample.mean())) for p, sample in zip(precisions, (one, two), strict=True))
    decimals, width = min(p.decimals for p in precisions), float(answers.ends[1] - answers.ends[0])
    if exact and all(p.sd for p in precisions):
        found = mean_difference(two, one, alpha=alpha)
        low, high = within(round_half_up(found.low, 2), round_half_up(found.high, 2), (-width, width))
    else:
        spread = round_half_up(float(np.std(every, ddof=1)), 2)
        n, m = (len(one), len(two)) if counted else (len(one) // 10 * 10, len(two) // 10 * 10)
        step, unit = sum(p.mean_step for p in precisions), mean_steps(answers, policy.thresholds).small
        low, high = difference_ends(second - first, m, n, spread, step=step, unit=unit, alpha=alpha, width=width)
    return first, second, round_half_up(second - first, decimals), low, high, decimals


def _apart(low: float, high: float) -> bool:
    return low > 0 or high < 0
