"""What the profiles of all groups print, worked out and protected together, once for all of them.

Whatever is printed of a group under the study's `coarse_group` is a function of other printed figures: differences are
those of the printed means and shares, and intervals are computed from the printed ones too, with the spread of all
respondents in place of the group's own, and reach as much farther as rounding may have moved them. So an interval
tells nothing that the rounded figures do not. Larger groups whose number is shown have Welch's interval.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from survey_report.disclosure.intervals import (
    balance_difference_ends,
    difference_ends,
    leaves_out_zero,
    share_ends,
    within,
)
from survey_report.disclosure.precision import mean_steps
from survey_report.disclosure.reasons import FOLLOWS, few
from survey_report.disclosure.sets import CHANGE, PROTECTED, ProfileSet
from survey_report.files import stamp, write_bytes
from survey_report.findings.luck import NOTHING, Luck, balance_luck, mean_luck, share_luck
from survey_report.findings.profile_groups import group_sizes, profile_groups, profile_sets
from survey_report.findings.theme import mean_may_show
from survey_report.frames import each_row, read_frame
from survey_report.handover import ITEM
from survey_report.numbers import round_half_up
from survey_report.rendering import Rendering
from survey_report.scales import scale_scores
from survey_report.statistics.change import balance_ends
from survey_report.statistics.contrasts import mean_difference
from survey_report.study import Scale

NAN = float("nan")
FOLDER = "profiles"
WRITTEN = f"{FOLDER}/groups.parquet"  # one of the files, which is there if all are
FEWEST = 2  # answers that a spread can be drawn from, whatever a study allows
GROUPS = ["grouping", "group", "label", "phrase", "heading", "n", "reason"]
SCALES = ["grouping", "group", "scale", "title", "n", "mean", "rest_mean", "difference", "low", "high", "decimals",
          "differs", "chance", "p", "reason"]  # fmt: skip
ITEMS = ["grouping", "group", "scale", "title", "item", "label", "n", "positive", "negative", "rest_positive",
         "rest_negative", "difference", "low", "high", "differs", "chance", "p", "reason"]  # fmt: skip
CHANGES = ["grouping", "group", "scale", "title", "period", "period_label", "n", "positive", "negative", "balance",
           "rest_balance", "tilt", "difference", "low", "high", "differs", "chance", "p", "reason"]  # fmt: skip


@dataclass(frozen=True)
class Profiles:
    """Protected figures of every group with a profile; nothing in them may not be published.

    `groups`: one row a group: grouping (`cross_sections` for one of these), group, label, phrase, heading, n
    (respondents, NA where not shown), reason (why it has no figures, empty if it has). The others hold one row a group
    and scale, item, or scale and period: the group's figure, that of everybody else (`rest_`), their difference with
    low and high, differs (whether that interval leaves out zero), chance and p (see `Luck`), reason (why it is not
    shown, empty if it is); NaN where not shown. `scales`: scale, title, n, mean, rest_mean in points, decimals.
    `items`: scale, title, item, label, n, positive, negative in percent, the difference of the positive shares in
    percentage points. `changes`: scale, title, period, period_label, n, positive, negative, balance (positive less
    negative) in percentage points, and which of the two its interval shows to be the larger one (`tilt`, empty for
    neither).
    `answers`: the protected rows that items and changes are drawn from, see `protected_answers`.
    """

    groups: pd.DataFrame
    scales: pd.DataFrame
    items: pd.DataFrame
    changes: pd.DataFrame
    answers: pd.DataFrame


def all_profiles(rendering: Rendering, answers: pd.DataFrame) -> Profiles:
    """Everything that the profiles of a study print; `answers` are the protected rows of all its sets."""
    study, limits = rendering.study, rendering.study.thresholds
    sets, groups = profile_sets(rendering), profile_groups(rendering.study)
    sizes = group_sizes(rendering, sets)
    rows = []
    for one in groups:
        n, countable = sizes[one.set_id, one.group]
        small = not rendering.policy.group_may_show(n)
        reason = few(limits.min_group, "respondents") if small else ""
        reason = few(limits.min_report, "respondents in all") if rendering.withheld else reason
        shown = n if countable and not small else pd.NA
        rows.append((one.grouping, one.group, one.label, one.phrase, one.heading, shown, reason))
    frame = pd.DataFrame(rows, columns=GROUPS).astype({"n": "Int64"})
    names = {(one.set_id, one.group): one.grouping for one in groups}
    large = {(one.set_id, one.group) for one, row in zip(groups, rows, strict=True) if not row[-1]}
    answers = answers[[(row.grouping, row.group) in large for row in each_row(answers)]]
    answers = answers.reset_index(drop=True)
    found = [row for scale in study.scales for part in sets for row in _scale_rows(rendering, scale, part, large)]
    return Profiles(
        groups=frame,
        scales=_named(pd.DataFrame(found, columns=SCALES), names),
        items=_named(_items(rendering, answers[answers["kind"] == ITEM]), names),
        changes=_named(_changes(rendering, answers[answers["kind"] == CHANGE]), names),
        answers=_named(answers[PROTECTED], names),
    )


def write_profiles(profiles: Profiles, build: Path) -> None:
    """Write the frames below `build`/profiles, where `read_profiles` finds them."""
    for part in fields(profiles):
        write_bytes(build / FOLDER / f"{part.name}.parquet", getattr(profiles, part.name).to_parquet(index=False))


def read_profiles(build: Path) -> Profiles:
    """What `write_profiles` wrote, for many notebooks: read once as long as the files stay what they are.

    Frames that are read only. Raises FileNotFoundError if there are none.
    """
    files = {part.name: build / FOLDER / f"{part.name}.parquet" for part in fields(Profiles)}
    return _read(tuple((name, file, stamp(file)) for name, file in files.items()))


@lru_cache(maxsize=1)
def _read(files: tuple[tuple[str, Path, tuple[int, int]], ...]) -> Profiles:
    return Profiles(**{name: read_frame(file) for name, file, _ in files})


def _named(frame: pd.DataFrame, names: Mapping[tuple[str, str], str]) -> pd.DataFrame:
    """The frame with the grouping of each group in the place of its set."""
    named = [names[row.grouping, row.group] for row in each_row(frame)]
    return frame.assign(grouping=pd.Series(named, index=frame.index, dtype="object")).astype({"n": "Int64"})


def _scale_rows(
    rendering: Rendering, scale: Scale, part: ProfileSet, large: set[tuple[str, str]]
) -> list[tuple[object, ...]]:
    """One row for each large enough group of a set, columns SCALES."""
    policy, limits, answers = rendering.policy, rendering.study.thresholds, rendering.study.answers(scale)
    steps = mean_steps(answers, limits)
    scores = scale_scores(rendering.respondents, scale, rendering.study)
    values, members = scores.to_numpy(float), part.members.astype("object").to_numpy()
    answered = ~np.isnan(values)
    inside = {group: values[answered & (members == group)] for group in part.groups}
    counts = pd.Series([*map(len, inside.values()), int(answered.sum()) - sum(map(len, inside.values()))])
    countable = policy.may_show_counts(counts, [""] * len(counts))
    spread = round_half_up(float(np.std(values[answered], ddof=1)), 2) if answered.sum() > 1 else NAN
    width = float(answers.ends[1] - answers.ends[0])
    rows: list[tuple[object, ...]] = []
    for number, (group, mine) in enumerate(inside.items()):
        if (part.id, group) not in large:
            continue
        rest = values[answered & (members != group)]
        start = (part.id, group, scale.id, scale.title)
        fewest = max(limits.min_group, FEWEST)
        if min(len(mine), len(rest)) < fewest:
            reason = few(fewest)
            rows.append((*start, pd.NA, *[NAN] * 5, 1, False, NAN, NAN, reason))
            continue
        precision, of_rest = (policy.precision(len(part), answers=answers) for part in (mine, rest))
        if not mean_may_show(rendering, scale, scores.notna() & (members == group), float(mine.mean())):
            rows.append((*start, pd.NA, *[NAN] * 5, 1, False, NAN, NAN, FOLLOWS))
            continue
        mean, other = precision.mean(float(mine.mean())), of_rest.mean(float(rest.mean()))
        seen = bool(countable[number])
        # A number of answers that is not shown enters rounded down: the interval does not tell it.
        n, others = (len(mine), len(rest)) if seen else (len(mine) // 10 * 10, len(rest) // 10 * 10)
        given = {"unit": steps.small, "alpha": limits.alpha, "width": width}
        step, rest_step = precision.mean_step, of_rest.mean_step
        luck = mean_luck(mean, n, other, others, spread, step=step, second_step=rest_step, **given)
        ends = difference_ends(mean - other, n, others, spread, step=step + rest_step, **given)
        if seen and precision.sd and len(scale.items) > 1:  # of one question the spread tells the answers
            exact = mean_difference(mine, rest, alpha=limits.alpha)
            ends = within(round_half_up(exact.low, 2), round_half_up(exact.high, 2), (-width, width))
            luck = Luck(limits.alpha, luck.p)
        difference = round_half_up(mean - other, precision.decimals)
        size = len(mine) if seen else pd.NA
        told = (size, mean, other, difference, *ends, precision.decimals, _differs(*ends), luck.chance, luck.p, "")
        rows.append((*start, *told))
    return rows


def _items(rendering: Rendering, answers: pd.DataFrame) -> pd.DataFrame:
    labels = {(scale.id, item.item): item.short for scale in rendering.study.scales for item in scale.items}
    titles = {scale.id: scale.title for scale in rendering.study.scales}
    alpha, rows = rendering.study.thresholds.alpha, []
    for row in each_row(answers):
        difference, ends, luck = NAN, (NAN, NAN), NOTHING
        if not pd.isna(row.n) and not any(map(math.isnan, (row.positive, row.rest_positive))):
            difference = row.positive - row.rest_positive
            shares = (float(row.positive), int(row.n), float(row.rest_positive), int(row.rest_n))
            ends = share_ends(*shares, steps=row.step + row.rest_step, alpha=alpha)
            luck = share_luck(*shares, step=row.step, second_step=row.rest_step, alpha=alpha)
        rows.append(
            (row.grouping, row.group, row.scale, titles[row.scale], row.item, labels[row.scale, row.item], row.n,
             row.positive, row.negative, row.rest_positive, row.rest_negative, difference, *map(float, ends),
             _differs(*ends), luck.chance, luck.p, "" if not math.isnan(difference) else row.reason)
        )  # fmt: skip
    return pd.DataFrame(rows, columns=ITEMS)


def _changes(rendering: Rendering, answers: pd.DataFrame) -> pd.DataFrame:
    study, rows = rendering.study, []
    titles = {scale.id: scale.title for scale in study.scales}
    periods = {period.id: period.label for period in study.periods}
    for row in each_row(answers):
        balance, rest, tilt, difference, ends, luck = NAN, NAN, "", NAN, (NAN, NAN), NOTHING
        shown = (row.positive, row.negative, row.rest_positive, row.rest_negative)
        if not pd.isna(row.n) and not any(map(math.isnan, shown)):
            balance, rest = row.positive - row.negative, row.rest_positive - row.rest_negative
            difference, alpha = balance - rest, study.thresholds.alpha
            low, high = balance_ends(row.positive / 100 * row.n, row.negative / 100 * row.n, int(row.n), alpha=alpha)
            tilt = "positive" if low > row.step else "negative" if high < -row.step else ""
            two = (row.positive, row.negative), int(row.n), (row.rest_positive, row.rest_negative), int(row.rest_n)
            ends = balance_difference_ends(*two, steps=row.step + row.rest_step, alpha=alpha)
            luck = balance_luck(*two, step=row.step, second_step=row.rest_step, alpha=alpha)
        rows.append(
            (row.grouping, row.group, row.scale, titles[row.scale], row.item, periods[row.item], row.n, row.positive,
             row.negative, balance, rest, tilt, difference, *map(float, ends), _differs(*ends), luck.chance, luck.p,
             "" if not math.isnan(difference) else row.reason)
        )  # fmt: skip
    frame = pd.DataFrame(rows, columns=CHANGES)
    order = {period.id: place for place, period in enumerate(study.periods)}
    return frame.sort_values("period", key=lambda names: names.map(order), kind="stable").reset_index(drop=True)


def _differs(low: float, high: float) -> bool:
    return bool(leaves_out_zero(low, high))
