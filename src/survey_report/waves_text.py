"""Sentences on two waves, generated from their comparison."""

from __future__ import annotations

import pandas as pd

from survey_report.charts.contrasts import signed
from survey_report.escaping import sentences
from survey_report.findings.waves import ONE_WAVE, Waves
from survey_report.frames import each_row
from survey_report.marks import Style
from survey_report.study import Study
from survey_report.wording import capital, in_words, listing, uncapital


@sentences
def summary_sentences(waves: Waves, style: Style) -> list[str]:
    """What changed on the scales, as measured and adjusted for who answered."""
    compared = waves.scales[waves.scales["difference"].notna()]
    sentences = [
        f"{style.other(f'{waves.n_before:,}')} people answered the earlier wave and "
        f"{style.other(f'{waves.n_after:,}')} the later one. Both asked {style.other(str(waves.in_both))} of "
        f"{style.other(str(len(waves.items)))} rated items; scales are compared over the items that both asked."
    ]
    if compared.empty:
        return [*sentences, "No scale can be compared."]
    total = in_words(len(compared))
    for word, side in (("rose", compared["difference"] > 0), ("fell", compared["difference"] < 0)):
        found = compared[compared["differs"] & side]
        if len(found):
            names = [f"{uncapital(row.title)} ({style.other(_change(row))})" for row in each_row(found)]
            sentences.append(f"Ratings {word} by more than chance readily explains on {listing(names)}.")
    still = int((~compared["differs"]).sum())
    if still == len(compared):
        sentences.append(
            f"On none of the {total} scales is there a change that chance does not readily explain. That is no proof "
            "that nothing changed."
        )
    elif still:
        scales = "scale" if still == 1 else "scales"
        sentences.append(
            f"On the other {in_words(still)} {scales} chance could readily explain the change; that is no proof that "
            "there was none."
        )
    return [*sentences, *_adjusted(compared, style)]


def _adjusted(compared: pd.DataFrame, style: Style) -> list[str]:
    """Whether adjusting for who answered alters what is seen."""
    told = compared[compared["adjusted"].notna()]
    if told.empty:
        return ["No change could be adjusted for who answered."]
    other = told[told["differs"] != told["adjusted_differs"]]
    effects = told["composition"].abs().round(2)  # as printed: what is alike there is no order
    largest = told[effects == effects.max()]
    gaps = [f"{style.other(_effect(row))}, for {uncapital(row.title)}" for row in each_row(largest)]
    effect = f"The most that a change in who answered adds to a scale is {listing(gaps)}."
    if other.empty:
        return [f"Adjusted for who answered, the same scales stand out and no others. {effect}"]
    names = [uncapital(row.title) for row in each_row(other)]
    return [f"Adjusted for who answered, the picture differs for {listing(names)}. {effect}"]


@sentences
def people_sentences(waves: Waves, style: Style) -> list[str]:
    """Groups whose share among respondents changed."""
    if waves.withheld:
        return [waves.withheld]
    found = waves.people[waves.people["differs"]]
    tested = int(waves.people["difference"].notna().sum())
    if found.empty:
        return [f"None of {style.other(str(tested))} groups' shares changed by more than chance readily explains."]
    names = [
        f"{uncapital(row.label)} ({style.other(f'{row.before:.1f}% to {row.after:.1f}%')})" for row in each_row(found)
    ]
    return [
        f"Of {style.other(str(tested))} groups that can be compared, the share among respondents changed for "
        f"{listing(names)}. Where groups rate differently, such a change alone moves the means of all."
    ]


@sentences
def item_sentences(waves: Waves, style: Style) -> list[str]:
    """Items that moved most, and those that only one wave asked."""
    shown = waves.items[waves.items["difference"].notna()]
    found = shown[shown["differs"]]
    by_chance = style.other(f"{float(shown['chance'].sum()):.1f}")
    sentences = [
        f"Of {style.other(str(len(shown)))} items that can be compared, the change of {style.other(str(len(found)))} "
        f"has an interval that leaves out zero; had nothing changed, about {by_chance} would by chance."
    ]
    if len(found):
        order = found["difference"].abs().sort_values(ascending=False, kind="stable").index[:5]
        moved = found.loc[order]
        names = [f'"{row.label}" ({style.other(f"{signed(row.difference, 0)} points")})' for row in each_row(moved)]
        sentences.append(f"The largest of these changes, as printed: {listing(names)}.")
    lost = waves.items[waves.items["reason"] == ONE_WAVE]
    if len(lost):
        names = [f'"{row.label}"' for row in each_row(lost)]
        sentences.append(f"Not asked in both waves, and so left out of scale and comparison: {listing(names)}.")
    return sentences


@sentences
def limit_sentences(waves: Waves, study: Study, style: Style) -> list[str]:
    """What the comparison rests on and cannot bear."""
    compared = sum(int(frame["low"].notna().sum()) for frame in (waves.people, waves.items, waves.scales, waves.groups))
    chance = compared * study.thresholds.alpha
    groupings = listing(label.lower() for label in waves.adjusted_for)
    return [
        "The waves are anonymous: nobody knows who answered both. They are compared as independent samples. Where the "
        "same people answered alike in both, true intervals are shorter than those shown; a change of single people "
        "cannot be told.",
        f"The adjusted change answers what the change would be had the later wave's respondents been made up as the "
        f"earlier one's by {groupings}. A linear model of the later scores on these predicts a score for every "
        "respondent of the earlier wave; the mean prediction less the earlier mean is the adjusted change (Kitagawa "
        "1955; Oaxaca 1973; its variance after Jann 2008). It does not adjust for what was not asked.",
        f"There are {style.other(str(compared))} comparisons at a level of {study.thresholds.alpha:g}. Had nothing "
        f"changed at all, up to about {style.other(f'{chance:.0f}')} would look like a change by chance: fewer where "
        "figures are rounded, since intervals are wider there.",
        f"Groups of fewer than {study.thresholds.min_group} answers in a wave are not shown. Figures of fewer than "
        f"{study.thresholds.coarse_group} are rounded, and their intervals rest on the spread of all respondents.",
    ]


def _change(row: object) -> str:
    difference, decimals = getattr(row, "difference"), getattr(row, "decimals")  # noqa: B009
    return f"{signed(float(difference), int(decimals))} points"


def _effect(row: object) -> str:
    return f"{signed(float(getattr(row, 'composition')), 2)} points"  # noqa: B009


def title_of(study: Study) -> str:
    """The heading of the comparison."""
    return capital(f"{study.short_title}: two waves")
