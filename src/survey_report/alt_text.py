"""Alt texts that state what a chart shows, from the frame it is drawn from. Hidden numbers never enter them.

A screen reader does not tell italics, so a number that is invented is followed by the word.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

import pandas as pd

from survey_report.charts.numbers import Kind, kind_of, known, mean, mean_shown, number, percent, reason_of
from survey_report.disclosure.precision import FINE_MEAN_STEP
from survey_report.disclosure.reasons import not_shown
from survey_report.study import SIDES, ResponseSet, Side
from survey_report.wording import capital, listing, uncapital

Row = Mapping[str, object]

MOST_NAMES = 5


def alt_items(items: pd.DataFrame, response_set: ResponseSet, scale_title: str) -> str:
    """What `items_chart` shows: the best and the worst item, and which are not shown. Columns as there."""
    rows = _rows(items)
    best = _extreme(rows, "positive", largest=True)
    least = _extreme(rows, "positive", largest=False)
    worst = _extreme(rows, "negative", largest=True)
    good, poor = response_set.words["positive"], response_set.words["negative"]
    sentences: list[str] = []
    if len(rows) == 1 and best is not None:
        shares = [f"{_share(rows[0], side)} {response_set.words[side]}" for side in SIDES if _side_shown(rows[0], side)]
        return f"Answers to the item {_name(rows[0])}: {', '.join(shares)}."
    if best is not None:
        sentences.append(
            f"Of {len(rows)} items on {uncapital(scale_title)}, {_names(rows, best, 'positive')} the largest share of "
            f"answers {good}: {_share(best, 'positive')}."
        )
    if least is not None and least not in _tied(rows, best, "positive"):
        sentences.append(f"{_names(rows, least, 'positive')} the smallest: {_share(least, 'positive')}.")
    if worst is not None:
        named = listing([_name(row) for row in _tied(rows, worst, "negative")])
        sentences.append(f"Answers {poor} are most frequent for {named}: {_share(worst, 'negative')}.")
    return _joined(sentences, [row for row in rows if not _any_side(row)])


def alt_change(changes: pd.DataFrame, response_set: ResponseSet, scale_title: str) -> str:
    """What `change_chart` shows: the shares of each side in each period. Columns as there."""
    rows = _rows(changes)
    sentences: list[str] = []
    worst = _extreme(rows, "negative", largest=True)
    if worst is not None:
        words = response_set.words["negative"]
        tied = [_name(row) for row in _tied(rows, worst, "negative")]
        where = f"the period {tied[0]}" if len(tied) == 1 else f"the periods {listing(tied)}, alike in print"
        sentences.append(f"{scale_title}: the largest share of answers {words} is in {where}.")
    periods = []
    for row in rows:
        parts = [
            f"{_share(row, side)} {response_set.words[side]}"
            for side in ("negative", "neutral", "positive")
            if _side_shown(row, side)
        ]
        if parts:
            periods.append(f"{_name(row)}: {', '.join(parts)}")
    if periods:
        sentences.append("; ".join(periods) + ".")
    return _joined(sentences, [row for row in rows if not _any_side(row)])


def alt_means(groups: pd.DataFrame, overall: float | None, scale_title: str, *, overall_kind: Kind = "invented") -> str:
    """What `means_chart` shows: the overall mean, and the groups with the highest and lowest means of each grouping."""
    rows = _rows(groups)
    sentences: list[str] = []
    if overall is not None and known(overall):
        sentences.append(f"{scale_title}: the mean of all respondents is {_marked(mean(overall), overall_kind)}.")
    ranges = []
    for _, found in groupby(rows, key=lambda row: row["grouping"]):
        members = sorted((row for row in found if mean_shown(row)), key=lambda row: -number(row["mean"]))
        if len(members) > 1:
            label = uncapital(str(members[0]["grouping_label"]))
            ends = [f"{_mean(end)} for {_alike(members, end)}" for end in (members[-1], members[0])]
            ranges.append(f"by {label}, from {' to '.join(ends)}")
    if ranges:
        sentences.append(f"Means run {'; '.join(ranges)}.")
    return _joined(sentences, [row for row in rows if not mean_shown(row)])


def _rounded(row: Row) -> bool:
    """Whether a mean is rounded so that gaps between it and others are those of the rounding."""
    return known(row.get("step")) and number(row["step"]) > FINE_MEAN_STEP


def alt_integration(rows: pd.DataFrame) -> str:
    """What `integration_chart` shows: the scales on which the levels differ most and least. Columns as there."""
    found = _rows(rows)
    gaps: list[tuple[float, Row, Row]] = []
    for _, lanes in groupby(found, key=lambda row: row["scale"]):
        members = sorted(
            (row for row in lanes if mean_shown(row) and not _rounded(row)), key=lambda row: -number(row["mean"])
        )
        if len(members) > 1:
            gaps.append((number(members[0]["mean"]) - number(members[-1]["mean"]), members[0], members[-1]))
    sentences: list[str] = []
    spread = [mean(gap) for gap, _, _ in gaps]  # as printed: what is alike there is no order
    ends = {max(spread, key=float): "furthest apart", min(spread, key=float): "closest"} if len(set(spread)) > 1 else {}
    for printed, words in ends.items():
        for _, high, low in (gap for gap, one in zip(gaps, spread, strict=True) if one == printed):
            sentences.append(
                f"The levels are {words} on {uncapital(str(high['title']))}: {_mean(high)} for {_name(high)}, "
                f"{_mean(low)} for {_name(low)}."
            )
    hidden: list[Row] = [
        {"label": f"{row['title']}, {uncapital(_name(row))}", "reason": reason_of(row)}
        for row in found
        if not mean_shown(row)
    ]
    return _joined(sentences, hidden)


def _rows(frame: pd.DataFrame) -> list[Row]:
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def _name(row: Row) -> str:
    return str(row["label"])


def _marked(text: str, kind: str) -> str:
    return f"{text} (invented)" if kind == "invented" else text


def _side_shown(row: Row, side: Side) -> bool:
    return known(row[side]) and kind_of(row, f"{side}_kind", "hidden") != "hidden"


def _any_side(row: Row) -> bool:
    return any(_side_shown(row, side) for side in ("positive", "neutral", "negative"))


def _share(row: Row, side: Side) -> str:
    return _marked(percent(number(row[side])), kind_of(row, f"{side}_kind", "hidden"))


def _mean(row: Row) -> str:
    return _marked(mean(number(row["mean"]), row.get("step")), kind_of(row, "kind", "invented"))


def _extreme(rows: list[Row], side: Side, *, largest: bool) -> Row | None:
    shown = [row for row in rows if _side_shown(row, side)]
    sign = 1 if largest else -1
    return max(shown, key=lambda row: sign * number(row[side]), default=None)


def _tied(rows: list[Row], extreme: Row | None, side: Side) -> list[Row]:
    """All rows whose share of a side is printed like that of the extreme one."""
    if extreme is None:
        return []
    printed = percent(number(extreme[side]))
    return [row for row in rows if _side_shown(row, side) and percent(number(row[side])) == printed]


def _alike(members: list[Row], end: Row) -> str:
    """The groups whose mean is printed like that of one end."""
    return listing([_name(row) for row in members if _mean(row) == _mean(end)])


def _names(rows: list[Row], extreme: Row, side: Side) -> str:
    """`A has`, or `A and B each have` where their shares are alike in print."""
    names = [_name(row) for row in _tied(rows, extreme, side)]
    return f"{names[0]} has" if len(names) == 1 else f"{listing(names)} each have"


def _joined(sentences: list[str], hidden: list[Row]) -> str:
    if hidden:
        by_reason: dict[str, list[str]] = {}
        for row in hidden:
            by_reason.setdefault(capital(not_shown(reason_of(row))), []).append(_name(row))
        for reason, names in by_reason.items():
            told = "; ".join(names) if len(names) <= MOST_NAMES else f"{len(names)} rows"
            sentences = [*sentences, f"{reason}, for {told}." if ":" in reason else f"{reason}: {told}."]
    return " ".join(sentences)
