"""Sentences that follow from the results, so that they stay true for any export."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

import pandas as pd

from survey_report.disclosure.precision import FINE_MEAN_STEP
from survey_report.disclosure.reasons import NOT_ASKED, NOT_TOLD, TOO_NEAR, not_shown
from survey_report.escaping import sentences
from survey_report.findings.levels import Levels
from survey_report.findings.orders import above
from survey_report.findings.people import People
from survey_report.findings.theme import Theme
from survey_report.frames import each_row
from survey_report.marks import Style
from survey_report.numbers import Number, round_half_up
from survey_report.study import SIDES, ResponseSet, Side, Study
from survey_report.wording import capital, in_words, listing, uncapital

CAPTION_NAMES = 4
NAMED = 3  # items, groups or areas that a sentence names where none is above the others


@sentences
def flow_sentences(people: People, style: Style) -> list[str]:
    """From rows to respondents."""
    n = people.numbers
    return [
        f"The export holds {style(n['respondents.n_started'])} rows. {style(n['respondents.n_complete'])} people "
        f"completed the survey and are the respondents of this report; {style(n['respondents.n_incomplete'])} "
        "left before the end and are not counted.",
        *(
            [f"{style(n['respondents.n_open_answer'])} respondents answered at least one open question."]
            if "respondents.n_open_answer" in set(people.flow["key"])
            else []
        ),
    ]


def breakdown_caption(people: People, questions: Iterable[str], start: str = "Respondents by") -> str:
    """`Respondents by service, sector and role`: what a table breaks respondents down by."""
    headings = people.breakdown(*questions)["heading"].drop_duplicates()
    if not len(headings) or len(headings) > CAPTION_NAMES:
        return f"{start} group"
    return f"{start} {listing(uncapital(str(heading)) for heading in headings)}"


@sentences
def people_sentences(people: People, study: Study, style: Style) -> list[str]:
    """The largest group of every grouping that was asked, and how the areas are spread."""
    if people.withheld:
        return [people.withheld]
    sentences: list[str] = []
    for grouping in study.groupings:
        rows = people.breakdown(grouping.id)
        counts = {row.category: people.numbers[str(row.n_key)] for row in each_row(rows)}
        values = {key: number.value for key, number in counts.items()}
        shown = {key: value for key, value in values.items() if value}
        of_those = " of those shown" if None in values.values() else ""
        if grouping.tested and shown:
            largest = [key for key in shown if shown[key] == max(shown.values())]
            names = [uncapital(str(rows[rows["category"] == key].iloc[0]["label"])) for key in largest]
            share = people.numbers[str(rows[rows["category"] == largest[0]].iloc[0]["pct_key"])]
            count = counts[str(largest[0])]
            groups, each = ("group", "") if len(largest) == 1 else ("groups", " each")
            sentences.append(
                f"By {grouping.by}, the largest {groups}{of_those} {'are' if each else 'is'} {listing(names)}: "
                f"{style(count)} respondents{each} ({style(share)}){_invented(count)}."
            )
        elif not grouping.tested:
            top = _first(shown)
            named = [f"{rows[rows['category'] == key].iloc[0]['label']} ({style(counts[key])})" for key in top]
            total = people.numbers[f"respondents.{grouping.count}"]
            where = f"; the largest numbers{of_those} came from {listing(named)}" if named else ""
            of_all = f" of the {len(grouping.categories)}" if total.value != len(grouping.categories) else ""
            every = "" if of_all else "all "
            sentences.append(f"Respondents come from {every}{style(total)}{of_all} {grouping.by}s{where}.")
    return sentences


def _first(counts: Mapping[str, float]) -> list[str]:
    """The keys of the few largest counts: none is left out that has as many as one that is named."""
    ordered = sorted(counts, key=lambda key: -counts[key])
    return [key for key in ordered if counts[key] > counts[ordered[NAMED]]] if len(ordered) > NAMED else ordered


@sentences
def item_sentences(theme: Theme, style: Style) -> list[str]:
    """What stands out among a scale's items."""
    total = len(theme.scale.items)
    opening = f"{capital(in_words(total))} {'item was' if total == 1 else 'items were'} rated."
    shown = int(theme.items["shown"].sum())
    if not shown:
        return [f"{opening} No shares of answers are shown: {listing(dict.fromkeys(theme.items['reason']))}."]
    if total == 1:
        return [_one_item(theme, style)]
    of_these = "" if shown == total else f"Of the {in_words(shown)} that can be shown, "
    sentences = [
        f"{opening} {capital(of_these + _leading(theme, 'positive', style))}",
        capital(of_these + _leading(theme, "negative", style)),
    ]
    half = next((n for key, n in theme.numbers.items() if key.endswith("n_items_at_least_50")), None)
    if half is not None and half.value is not None and not any(item.reverse for item in theme.scale.items):
        count = int(half.value)
        start = "All" if count == total else "None" if count == 0 else capital(in_words(count))
        sentences.append(
            f"{style(replace(half, text=start))} of the {in_words(total)} items had at least half of "
            f"{'its' if count == 1 else 'their'} answers on the good side."
        )
    return sentences


def _leading(theme: Theme, side: Side, style: Style) -> str:
    """The items with the largest share of a side: one that is above all others, a tie, or those not told apart."""
    rows = theme.items[theme.items["shown"].astype(bool)].sort_values(side, ascending=False, kind="stable")
    labels = {str(row[f"{side}_key"]): _quoted(str(row["label"])) for _, row in rows.iterrows()}
    first, *others = labels
    numbers, share = theme.numbers, f"the largest share of {theme.answers.words[side]} answers"
    tied = [key for key in labels if numbers[key].value == numbers[first].value]
    close = above(theme.orders, first, others)
    if len(tied) > 1:
        marks = next((mark for key in tied if (mark := _invented(numbers[key]))), "")
        named = listing(labels[key] for key in tied)
        return f"{in_words(len(tied))} items tie for {share}: {named}, {style(numbers[first])} each{marks}."
    if not close:
        return f"{labels[first]} has {share}, {style(numbers[first])}{_invented(numbers[first])}."
    told = [f"{labels[key]} with {style(numbers[key])}{_invented(numbers[key])}" for key in [first, *close][:NAMED]]
    more = len(close) + 1 - len(told)
    if more:
        told.append(f"{in_words(more)} more")
    shares = share.replace("share", "shares", 1)
    return f"{shares} are those of {listing(told)}, and chance may account for their order."


def _one_item(theme: Theme, style: Style) -> str:
    """The answers to the only item of a scale."""
    row = theme.items.iloc[0]
    shares = [(theme.numbers[str(row[f"{side}_key"])], theme.answers.words[side]) for side in SIDES]
    parts = [f"{style(share)} {words}{_invented(share)}" for share, words in shares]
    return f"{_quoted(str(row['label']))}: {listing(parts)}."


@sentences
def group_sentences(theme: Theme, style: Style) -> list[str]:
    """The scale's mean, who differs from whom, and where nobody does."""
    scale, overall = theme.scale, theme.overall
    if overall.value is None:
        return [f"The mean for {scale.subject} is not shown.", *([theme.withheld] if theme.withheld else [])]
    low, high = theme.answers.ends
    sentences = [
        f"On a scale from {_end(low, theme.answers.low)} to {_end(high, theme.answers.high)}, the mean for "
        f"{scale.subject} is {style(overall)}."
    ]
    silent: dict[str, list[str]] = {"groups": [], "of the groups that were compared": [], "groups that are told": []}
    near, untested = [], []
    for test in each_row(theme.tests):
        pairs, label = theme.pairs[theme.pairs["grouping"] == test.grouping], uncapital(str(test.label))
        told = pairs[pairs["state"] != NOT_TOLD]
        near += [label] if len(told) < len(pairs) else []
        if pairs.empty:
            untested.append(label)
        elif told["significant"].any():
            sentences.extend(_pair_sentences(theme, str(test.grouping), told[told["significant"]], style))
        elif len(told):
            every, compared, some = silent.values()
            whole = every if _all_compared(theme, str(test.grouping), test.groups) else compared
            (some if len(told) < len(pairs) else whole).append(label)
    for whom, labels in silent.items():
        if labels:
            sentences.append(f"No two {whom} differ significantly by {listing(labels, 'or')}.")
    if near:
        sentences.append(f"Of some groups by {listing(near)} it is not told whether they differ: {TOO_NEAR}.")
    if untested:
        sentences.append(f"Groups by {listing(untested, 'or')} could not be compared.")
    return [*sentences, theme.withheld] if theme.withheld else sentences


def _all_compared(theme: Theme, grouping: str, compared: Collection[str]) -> bool:
    """Whether every group of a grouping that was asked was compared with the others."""
    mine = theme.groups[theme.groups["grouping"] == grouping]
    return set(mine.loc[mine["reason"] != NOT_ASKED, "group"]) <= set(compared)


def _pair_sentences(theme: Theme, grouping: str, pairs: pd.DataFrame, style: Style) -> Iterable[str]:
    """Few sentences for many pairs: each names the group that most of the remaining pairs have in common."""
    rows = {str(row.group): row for row in each_row(theme.groups[theme.groups["grouping"] == grouping])}

    def named(group: str) -> str:
        return f"{rows[group].phrase} ({style(theme.numbers[str(rows[group].key)])})"

    left = [(str(p.a), str(p.b)) if float(p.difference) > 0 else (str(p.b), str(p.a)) for p in each_row(pairs)]
    while left:
        ends = [(side, pair[side]) for pair in left for side in (0, 1)]
        side, group = max(dict.fromkeys(ends), key=lambda end: (ends.count(end), -end[0]))
        others = [pair[1 - side] for pair in left if pair[side] == group]
        others.sort(key=lambda other: list(rows).index(other))
        relation = "higher" if side == 0 else "lower"
        yield f"{capital(named(group))} rated {theme.scale.subject} {relation} than {listing(map(named, others))}."
        left = [pair for pair in left if pair[side] != group]


@sentences
def change_sentences(theme: Theme, study: Study, style: Style) -> list[str]:
    """Improved against worse for each period."""
    sentences = []
    for row in each_row(theme.changes):
        period = next(period for period in study.periods if period.id == row.period)
        better, worse, same = (
            theme.numbers[str(getattr(row, f"{side}_key"))] for side in ("positive", "negative", "neutral")
        )
        if better.value is None or worse.value is None:
            sentences.append(f"{capital(period.phrase)}: {not_shown(str(row.reason))}.")
            continue
        sentences.append(
            f"{capital(period.phrase)}, {style(better)} saw improvement, {style(worse)} saw things get worse and "
            f"{style(same)} saw no change."
        )
    return sentences


@sentences
def level_sentences(levels: Levels, study: Study, style: Style) -> list[str]:
    """Whether anything differs between the levels, and between which values the means lie."""
    if levels.withheld:
        return [levels.withheld]
    count = levels.numbers[f"{levels.grouping.id}.n_significant_associations"]
    total = len(levels.tests)
    by = levels.grouping.by
    found = levels.tests[levels.tests["p"].astype(float) < study.thresholds.alpha]["title"]
    words = style(replace(count, text="None" if found.empty else capital(in_words(len(found)))))
    if found.empty:
        first = (
            f"{words} of the {in_words(total)} scales shows a significant difference by {by}. "
            "That no difference was found is not proof that there is none."
        )
    else:
        verb = "shows" if len(found) == 1 else "show"
        first = f"{words} of the {in_words(total)} scales {verb} a significant difference by {by}: {listing(found)}."
    shown = levels.rows[levels.rows["shown"].astype(bool)]
    fine = shown[shown["step"] <= FINE_MEAN_STEP]  # of rounded means the gap is that of the rounding
    of_those = "" if len(fine) == len(shown) else " whose means have two decimals"
    fine = fine[fine.groupby("scale")["group"].transform("size") > 1]
    spread = fine.groupby("scale", sort=False)["mean"].agg(lambda means: round_half_up(means.max() - means.min(), 2))
    spread = spread[spread > FINE_MEAN_STEP]  # less may come of rounding
    widest = [study.scale(str(name)) for name in spread.index[spread == spread.max()]]
    if not widest:
        return [first]
    scales = listing(dict.fromkeys(_scale(study.answers(scale)) for scale in widest), "or")
    gap = f"{float(spread.max()):.2f}"
    return [
        first,
        f"The largest gap between two levels{of_those} is {style.other(gap)} points of {scales}, for "
        f"{listing(uncapital(scale.title) for scale in widest)}{' (invented)' if style.synthetic else ''}.",
    ]


def _scale(answers: ResponseSet) -> str:
    """`the five-point scale`; with its ends where its scores do not go up one by one."""
    scores, (low, high) = set(answers.scores.values()), answers.ends
    if len(scores) == high - low + 1:
        return f"the {in_words(len(scores))}-point scale"
    return f"the scale from {low} to {high}"


def _end(score: int, words: str) -> str:
    """An end of a scale: its score, and what it means in words where these are more than the number again."""
    return f"{score}" if words == f"{score}" else f"{score} ({words})"


def _quoted(label: str) -> str:
    """A label inside a sentence; italics are kept for invented numbers."""
    return f'"{label}"'


def _invented(number: Number) -> str:
    """Words that say of a claim what italics say of its number."""
    return " (invented)" if number.kind == "invented" else ""
