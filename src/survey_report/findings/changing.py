"""Change over time: net balances of all scales and groups, and what changed between periods for those asked twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import pandas as pd

from survey_report.digits import POINTS, released
from survey_report.disclosure.comparisons import coarse_p
from survey_report.disclosure.intervals import BALANCE_ENDS, CHANGE_ENDS, around
from survey_report.disclosure.precision import Precision
from survey_report.disclosure.reasons import SOME_FEW, few
from survey_report.disclosure.sets import protected_changes
from survey_report.frames import cross_counts, each_row
from survey_report.ledger import Ledger
from survey_report.numbers import Number
from survey_report.rendering import Rendering
from survey_report.scales import answer_counts
from survey_report.statistics.change import BalanceChange, balance_change, balance_of_counts, net_balance
from survey_report.study import SIDES, Period, Question, ResponseSet, Scale, Thresholds

SOURCE = "tbl-change-balances"
BALANCES = ["scale", "title", "period", "period_label", "grouping", "grouping_label", "group", "label", "n", *SIDES,
            "balance", "low", "high", "reason", "key"]  # fmt: skip
CHANGES = ["scale", "title", "earlier", "later", "periods", "grouping", "group", "label", "n_both", "method",
           "difference", "low", "high", "p", "reason", "key"]  # fmt: skip


@dataclass(frozen=True)
class Changes:
    """Change over time on all scales.

    `balances`: one row a scale and period, `groups` one a scale, period and group of each tested grouping: scale,
    title, period, period_label, grouping, grouping_label, group, label, n, positive, neutral, negative (percent),
    balance (percentage points) with low and high, reason, key. NaN where not shown. `pairs` and `group_pairs`: the
    later balance less the earlier one, one row a scale and two periods that one person can have answered: scale,
    title, earlier, later, periods, grouping, group, label, n_both (NA where not shown), method, difference, low, high,
    p, reason, key.
    """

    balances: pd.DataFrame
    groups: pd.DataFrame
    pairs: pd.DataFrame
    group_pairs: pd.DataFrame
    periods: tuple[Period, ...]
    numbers: Mapping[str, Number]


def change_findings(rendering: Rendering) -> Changes:
    """Net balances with intervals and their differences, overall and by every tested grouping, protected."""
    ledger = rendering.ledger()
    balances, groups, pairs, group_pairs = [], [], [], []
    joint = _shown_together(rendering)
    for scale in rendering.study.scales:
        signs = _signs(rendering, scale)
        overall = _balances(rendering, ledger, scale, "", signs, joint)
        balances += overall
        pairs += _differences(rendering, ledger, scale, "", signs, _shown(overall))
        for grouping in rendering.study.tested_groupings:
            by_group = _balances(rendering, ledger, scale, grouping.id, signs, joint)
            groups += by_group
            group_pairs += _differences(rendering, ledger, scale, grouping.id, signs, _shown(by_group))
    return Changes(
        balances=released(pd.DataFrame(balances, columns=BALANCES), POINTS),
        groups=released(pd.DataFrame([] if rendering.withheld else groups, columns=BALANCES), POINTS),
        pairs=released(pd.DataFrame(pairs, columns=CHANGES), POINTS),
        group_pairs=released(pd.DataFrame([] if rendering.withheld else group_pairs, columns=CHANGES), POINTS),
        periods=tuple(p for p in rendering.study.periods if any(s.change(p.id) for s in rendering.study.scales)),
        numbers=ledger.numbers,
    )


def _shown_together(rendering: Rendering) -> frozenset[tuple[str, ...]]:
    """(scale, period, grouping, group) of answers that may be shown beside those of every other set of groups."""
    rows = protected_changes(rendering)
    whole = rows[rows["detail"] == "sides"]
    return frozenset((row.scale, row.item, row.grouping, row.group) for row in each_row(whole))


def _asked(rendering: Rendering, scale: Scale) -> list[tuple[Period, Question]]:
    """Periods of which a scale asks, with the question."""
    return [(period, change) for period in rendering.study.periods if (change := scale.change(period.id))]


def _signs(rendering: Rendering, scale: Scale) -> dict[str, pd.Series[float]]:
    """Answers on change as 1, 0, -1 and NaN by period."""
    signs = {}
    for period, question in _asked(rendering, scale):
        answers = rendering.study.response_sets[question.response_set]
        sides = {
            option.id: {"positive": 1.0, "negative": -1.0}.get(str(option.side), 0.0) for option in answers.options
        }
        signs[period.id] = rendering.respondents[question.column].astype("object").map(sides).astype(float)
    return signs


def _groups_of(rendering: Rendering, grouping: str) -> tuple[pd.Series, list[tuple[str, str]]]:
    """The group of each respondent and (id, label) of the groups; everybody is one group where grouping is empty."""
    respondents = rendering.respondents
    if not grouping:
        return pd.Series("", index=respondents.index, dtype="object"), [("", "All respondents")]
    column = rendering.members(grouping).astype("object").fillna("")
    return column, [(category.id, category.label) for category in rendering.study.grouping(grouping).categories]


def _balances(
    rendering: Rendering,
    ledger: Ledger,
    scale: Scale,
    grouping: str,
    signs: Mapping[str, pd.Series[float]],
    joint: frozenset[tuple[str, ...]],
) -> list[dict[str, object]]:
    limits = rendering.study.thresholds
    column, groups = _groups_of(rendering, grouping)
    heading = rendering.study.grouping(grouping).label if grouping else ""
    rows: list[dict[str, object]] = []
    for period, question in _asked(rendering, scale):
        answers = rendering.study.response_sets[question.response_set]
        names = [group for group, _ in groups]
        allowed = {group for group in names if (scale.id, period.id, grouping, group) in joint}
        shown = _groups_shown(rendering, scale, period, question, answers, column, names, allowed)
        for group, label in groups:
            found = net_balance(signs[period.id][column == group], alpha=limits.alpha)
            precision = rendering.policy.precision(found.n)
            shares = (found.better, 100 - found.better - found.worse, found.worse)
            numbers: tuple[float, ...] = (*shares, found.balance, found.low, found.high)
            if precision.coarse and found.n:  # as they follow from the shares that are shown
                numbers = coarse_balance([precision.percent(share) for share in shares], found.n, limits)
            balance = numbers[len(SIDES)]
            key = f"change.{scale.id}.{period.id}." + (f"{grouping}.{group}" if grouping else "overall")
            visible = shown[group]
            number = ledger.enter(
                key, balance, unit="points", decimals=0, source=SOURCE, base=found.n if visible else None,
                shown=visible,
            )  # fmt: skip
            hidden = number.value is None
            columns = (*SIDES, "balance", "low", "high")
            small = found.n < limits.min_group
            rows.append(
                {
                    "scale": scale.id,
                    "title": scale.title,
                    "period": period.id,
                    "period_label": period.label,
                    "grouping": grouping,
                    "grouping_label": heading,
                    "group": group,
                    "label": label,
                    "n": pd.NA if hidden else found.n,
                    **{name: float("nan") if hidden else v for name, v in zip(columns, numbers, strict=True)},
                    "reason": (few(limits.min_group) if small else SOME_FEW) if hidden else "",
                    "key": key,
                }
            )
    return rows


def coarse_balance(shares: Sequence[float], n: int, limits: Thresholds) -> tuple[float, ...]:
    """Sides, balance and interval (all in percent) from rounded shares of n answers; nothing but these enters.

    The three sides may add to a little more or less than 100: each is rounded for itself. Both shares that enter the
    balance are rounded: the interval is wider by half a step for each, and its ends are rounded outward as the shares
    are.
    """
    step, (better, same, worse) = limits.coarse_step, shares
    kept = min(1.0, 100 / (better + worse)) if better + worse else 1.0  # rounding may have pushed the two over 100
    found = balance_of_counts(better * kept / 100 * n, worse * kept / 100 * n, n, alpha=limits.alpha)
    low, high = around(found.low, found.high, moved=step, unit=step, ends=BALANCE_ENDS)
    return better, same, worse, better - worse, low, high


def _coarse_change(
    found: BalanceChange, earlier: pd.Series[float], later: pd.Series[float], precision: Precision, alpha: float
) -> BalanceChange:
    """A change of which the balances are coarse: the difference of those that are shown, p with one digit.

    The interval is that of the change before rounding, its ends rounded outward, and wider where it would leave out the
    difference that is shown.
    """

    def balance(signs: pd.Series[float]) -> float:
        better, worse = (100 * float((signs.dropna() == sign).mean()) for sign in (1, -1))
        return precision.percent(better) - precision.percent(worse)

    if np.isnan(found.difference):
        return found
    apart = balance(later) - balance(earlier)
    low, high = around(
        min(found.low, apart), max(found.high, apart), moved=0.0, unit=precision.pct_step, ends=CHANGE_ENDS
    )
    return replace(found, difference=apart, low=low, high=high, p=coarse_p(found.p, alpha))


def _groups_shown(
    rendering: Rendering,
    scale: Scale,
    period: Period,
    question: Question,
    answers: ResponseSet,
    column: pd.Series,
    groups: list[str],
    allowed: set[str],
) -> dict[str, bool]:
    """Groups of which the answers on change may be shown: among those `allowed` beside all other sets of groups.

    A balance with its interval tells how many said better and how many worse, so that it is shown where both shares
    may be. Answers of hidden groups together, and of those in no group, follow from the published total: they must be
    many enough as well, or the smallest group that is shown is hidden with them.
    """
    policy = rendering.policy
    respondents = rendering.respondents
    if groups == [""]:
        public = {side: f"{scale.id}.{answers.measures[side]}.{period.id}" for side in SIDES}
        keys = {question.id: {side: (key, key) for side, key in public.items()}}
        detail = policy.answer_detail(answer_counts(respondents, [question], answers), answers, keys)
        return {"": bool(detail.iloc[0] != "none")}
    options = [option.id for option in answers.options]
    counts = cross_counts(column, respondents[question.column], [*groups, ""], options)
    sizes = counts.sum(axis=1)
    shown = policy.answer_detail(counts, answers).ne("none") & np.array([g in allowed for g in counts.index], bool)
    while True:
        rest = counts[~shown & (sizes > 0)]
        together = rest.sum().to_frame().T
        enough = rest.empty or (len(rest) > 1 and policy.answer_detail(together, answers).iloc[0] != "none")
        if enough or not shown.any():
            return {group: bool(shown[group]) for group in groups}
        shown[str(sizes[shown].idxmin())] = False


def _shown(rows: list[dict[str, object]]) -> set[tuple[str, str]]:
    """(period, group) of the balances that are shown."""
    return {(str(row["period"]), str(row["group"])) for row in rows if not row["reason"]}


def _differences(
    rendering: Rendering,
    ledger: Ledger,
    scale: Scale,
    grouping: str,
    signs: Mapping[str, pd.Series[float]],
    shown: set[tuple[str, str]],
) -> list[dict[str, object]]:
    """Later less earlier balance for periods that somebody answered both of, by group."""
    limits = rendering.study.thresholds
    rows: list[dict[str, object]] = []
    column, groups = _groups_of(rendering, grouping)
    for (first, _), (second, _) in combinations(_asked(rendering, scale), 2):
        a, b = signs[first.id], signs[second.id]
        if not bool((a.notna() & b.notna()).any()):
            continue
        for group, label in groups:
            mine = column == group
            found = balance_change(a[mine], b[mine], alpha=limits.alpha)
            both = {(first.id, group), (second.id, group)} <= shown
            visible = both and found.n_both >= limits.min_group
            key = f"change.{scale.id}.{first.id}-{second.id}." + (f"{grouping}.{group}" if grouping else "overall")
            precision = rendering.policy.precision(min(found.n_earlier, found.n_later))
            found = _coarse_change(found, a[mine], b[mine], precision, limits.alpha) if precision.coarse else found
            number = ledger.enter(
                key, found.difference, unit="points", decimals=0, source="tbl-change-pairs", shown=visible
            )
            hidden = number.value is None
            apart = pd.Series([found.n_both, found.n_earlier - found.n_both, found.n_later - found.n_both])
            countable = not hidden and bool(rendering.policy.may_show_counts(apart, ["", "", ""]).all())
            nan = float("nan")
            why = few(limits.min_group) if found.n_both < limits.min_group else SOME_FEW
            rows.append(
                {
                    "scale": scale.id,
                    "title": scale.title,
                    "earlier": first.id,
                    "later": second.id,
                    "periods": f"{first.label} to {second.label[:1].lower()}{second.label[1:]}",
                    "grouping": grouping,
                    "group": group,
                    "label": label,
                    "n_both": found.n_both if countable else pd.NA,
                    "method": found.method if not hidden else "",
                    "difference": nan if hidden else found.difference,
                    "low": nan if hidden else found.low,
                    "high": nan if hidden else found.high,
                    "p": nan if hidden else found.p,
                    "reason": why if hidden else found.reason,
                    "key": key,
                }
            )
    return rows
