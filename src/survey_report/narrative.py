"""Sentences that follow from the results, so that they stay true for any export."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from survey_report.disclosure.precision import FINE_MEAN_STEP
from survey_report.disclosure.reasons import not_shown
from survey_report.escaping import sentences
from survey_report.findings.levels import Levels
from survey_report.findings.people import NO_ANSWER, People
from survey_report.findings.theme import Theme
from survey_report.frames import each_row
from survey_report.marks import Style
from survey_report.numbers import Number, round_half_up
from survey_report.study import SIDES, ResponseSet, Study
from survey_report.wording import capital, in_words, listing, uncapital

CAPTION_NAMES = 4


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
    sentences = []
    for grouping in study.groupings:
        rows = people.breakdown(grouping.id)
        counts = {row.category: people.numbers[str(row.n_key)] for row in each_row(rows)}
        values = {key: number.value for key, number in counts.items() if key != NO_ANSWER.id}
        shown = {key: value for key, value in values.items() if value}
        of_those = " of those shown" if None in values.values() else ""
        if grouping.tested and shown:
            largest = max(shown, key=lambda key: shown[key])
            row = rows[rows["category"] == largest].iloc[0]
            share = people.numbers[str(row["pct_key"])]
            sentences.append(
                f"By {grouping.by}, the largest group{of_those} is {uncapital(str(row['label']))}: "
                f"{style(counts[str(largest)])} respondents ({style(share)}){_invented(counts[str(largest)])}."
            )
        elif not grouping.tested:
            top = sorted(shown, key=lambda key: -shown[key])[:3]
            named = [f"{rows[rows['category'] == key].iloc[0]['label']} ({style(counts[str(key)])})" for key in top]
            total = people.numbers[f"respondents.{grouping.count}"]
            largest = f"; the largest numbers{of_those} came from {listing(named)}" if named else ""
            of_all = f" of the {len(grouping.categories)}" if total.value != len(grouping.categories) else ""
            every = "" if of_all else "all "
            sentences.append(f"Respondents come from {every}{style(total)}{of_all} {grouping.by}s{largest}.")
    return sentences


@sentences
def item_sentences(theme: Theme, style: Style) -> list[str]:
    """What stands out among a scale's items."""
    number, words = theme.number, theme.answers.words
    total = len(theme.scale.items)
    opening = f"{capital(in_words(total))} {'item was' if total == 1 else 'items were'} rated."
    shown = int(theme.items["shown"].sum())
    if not shown:
        return [f"{opening} No shares of answers are shown: {listing(dict.fromkeys(theme.items['reason']))}."]
    if total == 1:
        return [_one_item(theme, style)]
    of_these = "" if shown == total else f"Of the {in_words(shown)} that can be shown, "
    best, worst = number("best.pct"), number("worst.pct")
    sentences = [
        f"{opening} {of_these}{_quoted(number('best.label').text)} has the largest share of {words['positive']} "
        f"answers, {style(best)}{_invented(best)}.",
        f"{of_these}{_quoted(number('worst.label').text)} has the largest share of {words['negative']} answers, "
        f"{style(worst)}{_invented(worst)}.",
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
    silent, untested = [], []
    for test in each_row(theme.tests):
        pairs = theme.pairs[theme.pairs["grouping"] == test.grouping]
        if pairs.empty:
            untested.append(uncapital(str(test.label)))
        elif not pairs["significant"].any():
            silent.append(uncapital(str(test.label)))
        else:
            sentences.extend(_pair_sentences(theme, str(test.grouping), pairs[pairs["significant"]], style))
    if silent:
        sentences.append(f"No two groups differ significantly by {listing(silent, 'or')}.")
    if untested:
        sentences.append(f"Groups by {listing(untested, 'or')} could not be compared.")
    return [*sentences, theme.withheld] if theme.withheld else sentences


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
    shown = levels.rows[levels.rows["shown"]]
    fine = shown[shown["step"] <= FINE_MEAN_STEP]  # of rounded means the gap is that of the rounding
    of_those = "" if len(fine) == len(shown) else " whose means have two decimals"
    fine = fine[fine.groupby("scale")["group"].transform("size") > 1]
    spread = fine.groupby("scale", sort=False)["mean"].agg(lambda means: round_half_up(means.max() - means.min(), 2))
    widest = str(spread.idxmax()) if len(spread) else ""
    if not widest:
        return [first]
    scale = study.scale(widest)
    title = scale.title
    gap = f"{float(spread.max()):.2f}"
    return [
        first,
        f"The largest gap between two levels{of_those} is {style.other(gap)} points of "
        f"{_scale(study.answers(scale))}, for "
        f"{uncapital(title)}{' (invented)' if style.synthetic else ''}.",
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
