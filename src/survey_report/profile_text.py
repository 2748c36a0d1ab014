"""Sentences of a profile, generated from its figures."""

from __future__ import annotations

import pandas as pd

from survey_report.charts.contrasts import MINUS, signed
from survey_report.disclosure.precision import steps_text
from survey_report.escaping import sentences
from survey_report.findings.profile import Profile
from survey_report.frames import each_row
from survey_report.marks import Style
from survey_report.numbers import ends_text
from survey_report.study import Study
from survey_report.wording import capital, in_words, listing, uncapital

NAMED = 3  # items that a sentence names
LEAGUE = (
    "A profile is no place in a league table. Groups differ in who works there, who was asked and who answered, and an "
    "order of groups by their figures would mostly be an order of chance."
)


@sentences
def opening_sentences(profile: Profile, style: Style) -> list[str]:
    """Who answered, and in how many scales the group differs from everybody else."""
    first = (
        f"{style.other(f'{profile.n:,}')} respondents are of this group; they are compared with all others."
        if profile.n is not None
        else "The respondents of this group are compared with all others; their number is not shown, since the size of "
        "a smaller group would follow from it."
    )
    return [first, *scale_sentences(profile, style)]


@sentences
def scale_sentences(profile: Profile, style: Style) -> list[str]:
    """The scales on which the group differs, in points, and those on which no difference can be told from chance."""
    scales = profile.scales[profile.scales["low"].notna()]
    if scales.empty:
        return ["No scale can be compared."]
    apart = scales[scales["differs"]]
    total = len(scales)
    if apart.empty:
        scope = "On the one scale" if total == 1 else f"On none of the {in_words(total)} scales"
        ending = " is no" if total == 1 else " is there a"
        return [
            f"{scope} that can be compared{ending} difference that chance does not readily explain. "
            "That is no proof of likeness: differences inside the intervals may well be there."
        ]
    sentences = []
    for name, side in (("higher", apart[apart["difference"] > 0]), ("lower", apart[apart["difference"] < 0])):
        if len(side):
            told = [f"{uncapital(row.title)} ({style.other(_points(row))})" for row in each_row(side)]
            sentences.append(f"{capital(name)} than among all others: {listing(told)}.")
    left = total - len(apart)
    if left:
        scales_left = "scale" if left == 1 else "scales"
        sentences.append(
            f"On the other {in_words(left)} {scales_left} chance could readily explain the difference; that is no "
            "proof that there is none."
        )
    return sentences


@sentences
def item_sentences(profile: Profile, study: Study, style: Style) -> list[str]:
    """What the group rates best and worst, and the items that stand out against everybody else."""
    if profile.best.empty:
        return ["No item can be shown."]
    words = _words(study)
    best = [f'"{row.label}" ({style.other(f"{row.positive:.0f}%")})' for row in each_row(profile.best)]
    sentences = [f"The largest shares of {words['positive']} answers: {listing(best)}."]
    if len(profile.worst):
        worst = [f'"{row.label}" ({style.other(f"{row.negative:.0f}%")})' for row in each_row(profile.worst)]
        sentences.append(f"The largest shares of {words['negative']} answers: {listing(worst)}.")
    sentences.append("The order of these items is that of the printed shares, and was not tested.")
    items = profile.items[profile.items["low"].notna()]
    found, beyond = int(items["differs"].sum()), items[items["beyond"]]
    by_chance = style.other(f"{float(items['chance'].sum()):.1f}")
    sentences.append(
        f"Of {style.other(str(len(items)))} items that can be compared, the difference of {style.other(str(found))} "
        f"from all others has an interval that leaves out zero; by chance about {by_chance} would."
    )
    if len(beyond):
        sentences.append(
            f"With every comparison of this profile counted, {_apart(beyond, style)} "
            f"{'differs' if len(beyond) == 1 else 'differ'} by more than chance readily explains."
        )
    else:
        sentences.append(
            "With every comparison of this profile counted, no item differs by more than chance readily explains."
        )
    return sentences


def _apart(rows: pd.DataFrame, style: Style) -> str:
    """The items whose shares are farthest from those of all others, and how many more there are."""
    furthest = rows.loc[rows["difference"].abs().sort_values(ascending=False, kind="stable").index[:NAMED]]
    named = [f'"{row.label}" ({style.other(f"{signed(row.difference, 0)} points")})' for row in each_row(furthest)]
    more = len(rows) - len(furthest)
    return listing([*named, f"{in_words(more)} more"] if more else named)


@sentences
def change_sentences(profile: Profile, style: Style) -> list[str]:
    """Where improvement or decline prevails by more than chance explains, by period, and where the group differs."""
    shown = profile.changes[profile.changes["balance"].notna()]
    if shown.empty:
        return ["No result of the questions on change can be shown."]
    sentences = []
    for label, rows in shown.groupby("period_label", sort=False):
        better = [uncapital(row.title) for row in each_row(rows[rows["tilt"] == "positive"])]
        worse = [uncapital(row.title) for row in each_row(rows[rows["tilt"] == "negative"])]
        neither = [uncapital(row.title) for row in each_row(rows[rows["tilt"] == ""])]
        parts = []
        if better:
            parts.append(f"more saw improvement than decline in {listing(better)}")
        if worse:
            parts.append(f"more saw decline than improvement in {listing(worse)}")
        if neither:
            parts.append(f"which of the two prevails cannot be told in {listing(neither)}")
        invented = " (invented)" if style.synthetic else ""
        sentences.append(f"{label}: {'; '.join(parts)}{invented}.")
    apart = shown[shown["differs"]]
    if len(apart):
        told = [
            f"{uncapital(row.title)}, {row.period_label[:1].lower()}{row.period_label[1:]} "
            f"({style.other(f'{signed(row.difference, 0)} points')})"
            for row in each_row(apart)
        ]
        sentences.append(
            "Each taken by itself, the balance differs from that of all others by more than chance readily explains: "
            f"{listing(told)}."
        )
    else:
        sentences.append("None of these balances differs from that of all others by more than chance readily explains.")
    return sentences


@sentences
def raised_sentences(profile: Profile) -> list[str]:
    """What the number of people means, or why no themes are told."""
    if profile.raised.reason:
        return [profile.raised.reason]
    return [
        "Each person of the group who answered open questions of the survey counts once. People chose what to write "
        "about: a theme that few raise may matter to many."
    ]


@sentences
def chance_sentences(profile: Profile, study: Study, style: Style) -> list[str]:
    """What the figures of this profile cannot bear."""
    limits = study.thresholds
    several = (
        f"This profile makes {style.other(str(profile.compared))} comparisons. Intervals of rounded figures are wider "
        f"than the level of {limits.alpha:g} asks for, and leave out zero more seldom. If the group were drawn at "
        f"random from all who answered, about {style.other(f'{profile.by_chance:.1f}')} of these intervals would "
        "leave out zero; "
        f"{style.other(str(profile.differing))} do here. With all comparisons counted (Holm's adjustment), "
        f"{style.other(str(profile.beyond))} differ by more than chance readily explains. There are "
        f"{style.other(str(profile.profiles))} profiles, and the largest differences among all of them are the least "
        "to be trusted."
    )
    hidden = sum(int(frame["reason"].ne("").sum()) for frame in (profile.scales, profile.items, profile.changes))
    sentences = [several, LEAGUE]
    if hidden:
        sentences.append(
            f"{style.other(str(hidden))} results are not shown: fewer than {limits.min_group} people answered, or from "
            f"one to {limits.min_cell - 1} gave one of the answers, or all but a few gave the same one, or what is "
            "hidden elsewhere would follow from them. A hidden figure is not a zero."
        )
    small, smallest = steps_text(study)
    sentences += [
        f"Figures of fewer than {limits.coarse_group} answers are rounded: percentages to the nearest "
        f"{limits.coarse_step}, means to the nearest {small}, under {limits.half_point_group} answers to the nearest "
        f"{smallest}. "
        "Their intervals rest on the spread of all respondents and are wider by what rounding may have moved.",
        "Nothing here is weighted.",
        "A difference says nothing about its cause.",
    ]
    return sentences


def too_small_sentence(profile_label: str, study: Study) -> str:
    """Why a group has no figures."""
    return (
        f"Fewer than {study.thresholds.min_group} people of this group ({profile_label}) answered the survey. From the "
        "figures of so few, what single people answered could be worked out, so that none are shown."
    )


def _points(row: object) -> str:
    difference, decimals = getattr(row, "difference"), getattr(row, "decimals")  # noqa: B009
    return f"{signed(float(difference), int(decimals))} points"


def _words(study: Study) -> dict[str, str]:
    """Words for the two sides, from the first scale's answers."""
    return {str(side): word for side, word in study.answers(study.scales[0]).words.items()}


def interval(low: float, high: float, decimals: int) -> str:
    """`-0.3 to 0.4` with real minus signs; empty where there is none."""
    if pd.isna(low):
        return ""
    return ends_text(low, high, decimals).replace("-", MINUS)
