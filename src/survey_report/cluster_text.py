"""Tables, sentences and alt text of a grouping of clusters: what was found, what is ruled out, what cannot be told."""

from __future__ import annotations

from typing import Any

import pandas as pd

from survey_report.escaping import bold, sentences
from survey_report.findings.clustered import UNTESTED, VERDICTS, Claims, ClusteredLevels
from survey_report.frames import each_row
from survey_report.marks import Style
from survey_report.numbers import format_number, p_equation
from survey_report.pipe_tables import pipe_table
from survey_report.study import Bound
from survey_report.wording import capital, in_words, listing, uncapital

MADE = "On these data the verdict was made by the generator of the synthetic answers: it says nothing of real areas."


def clustered_table(found: ClusteredLevels, style: Style) -> str:
    """One row a scale: the test by clusters in three ways, the naive one of people beside them."""
    rows = []
    for row in each_row(found.tests):
        naive = style.other(_p(row.naive_p)) if not pd.isna(row.naive_p) else "not tested"
        if row.reason:
            rows.append([str(row.title), "", "", f"not tested: {row.reason}", "", naive])
            continue
        test = f"F({row.df_between:.0f}, {row.df_within:.0f}) = {row.statistic:.2f}, {p_equation(row.p)}"
        means = style.other(f"{_p(row.means_p)}; {_p(row.weighted_p)}") if not row.means_reason else row.means_reason
        left_out = f" (without {row.left_out})" if row.left_out else ""
        rows.append(
            [
                f"{row.title}{left_out}",
                style.other(str(int(row.clusters))),
                style.other(f"{row.icc:.3f}"),
                style.other(test),
                means,
                naive,
            ]
        )
    header = [
        "Scale",
        f"{capital(found.cluster)}s",
        "ICC",
        "Random intercept",
        "Means: plain; weighted",
        "People (naive)",
    ]
    return pipe_table(header, rows, "lrrlrr", [26, 12, 10, 28, 18, 14])


def equivalence_caption(found: ClusteredLevels) -> str:
    """What the table of differences is of: with bounds of equivalence, of what these rule out as well."""
    ruled_out = ", and whether they can be ruled out" if found.bounds else ", and what could be detected"
    return f"Differences by {found.grouping.by}{ruled_out}"


def equivalence_table(found: ClusteredLevels, style: Style) -> str:
    """One row a scale and pair of levels: difference, interval, what could be detected, the verdict at each bound.

    A scale whose deviation a bound is in has it beside its name. Without bounds there are no verdicts.
    """
    rows, in_sd = [], any(bound.unit == "sd" for bound in found.bounds)
    for (scale, title), pairs in found.pairs.groupby(["scale", "title"], sort=False):
        of = found.deviations[str(scale)]
        deviation = f", SD {style.other(f'{of:.2f}')}" if in_sd and not pd.isna(of) else ""
        rows.append([f"{bold(str(title))}{deviation}", *[""] * (3 + len(found.bounds))])
        for pair in each_row(pairs):
            mine = found.equivalence
            mine = mine[(mine["scale"] == pair.scale) & (mine["a"] == pair.a) & (mine["b"] == pair.b)]
            rows.append(
                [
                    str(pair.label),
                    style.other(f"{pair.difference:.2f}"),
                    style.other(f"{pair.low:.2f} to {pair.high:.2f}"),
                    style.other(f"{pair.detectable:.2f}"),
                    *(_bound_cell(row, style) for row in each_row(mine)),
                ]
            )
    if not rows:
        return "No two levels could be compared."
    within = [f"Within {_size(bound)}? (p)" for bound in found.bounds]
    header = ["Levels", "Difference", "95% interval", "Detectable", *within]
    return pipe_table(header, rows, "lrrr" + "l" * len(within), [34, 11, 15, 11, *[19] * len(within)])


@sentences
def cluster_sentences(found: ClusteredLevels, alpha: float, style: Style) -> list[str]:
    """What was found by clusters, and for each bound what is different, negligible, not found, or cannot be told."""
    if found.withheld:
        return [found.withheld]
    made = f" {MADE}" if style.synthetic else ""
    tested = found.tests[found.tests["reason"] == ""]
    if tested.empty:
        reasons = listing(dict.fromkeys(str(reason) for reason in found.tests["reason"]))
        return [f"No scale could be compared by {found.grouping.by} with {found.cluster}s as the unit: {reasons}."]
    differing = tested[tested["p"] < alpha]["title"]
    count = style.other(capital(in_words(len(differing))) if len(differing) else "None")
    verb = "differs" if len(differing) < 2 else "differ"
    named = f": {listing(uncapital(str(title)) for title in differing)}" if len(differing) else ""
    sentences = [
        f"{count} of the {in_words(len(tested))} scales that could be tested {verb} significantly by "
        f"{found.grouping.by} when {found.cluster}s are the unit{named}.{made}"
    ]
    return [*sentences, *(_bound_sentence(found, bound, style) for bound in found.bounds)]


@sentences
def bounds_sentences(found: ClusteredLevels, alpha: float, style: Style) -> list[str]:
    """Each bound of equivalence with the study's reason and its other unit, and what many claims at once are worth."""
    if found.withheld or found.pairs.empty:
        return []
    if not found.bounds:
        return [
            "The study states no bounds of equivalence: no difference is tested for being too small to matter, and "
            "none is called negligible."
        ]
    said = []
    for bound in found.bounds:
        rows = found.equivalence[found.equivalence["stated"] == bound.text]
        reason = bound.reason.rstrip(".")
        size = f"{bound.text}{_other_unit(found, bound, style)}"
        said.append(f"A difference counts as negligible if it is smaller than {size}: {reason}.")
        claims = Claims.of(rows, alpha)
        if not claims.tests:
            continue
        chance = style.other(f"{claims.by_chance:.2f}")
        remain = f"{style.other(in_words(claims.holm))} {'remains' if claims.holm == 1 else 'remain'}"
        adjusted = f"; with all claims adjusted for one another by Holm's procedure {remain}"
        together = adjusted if claims.negligible else ""
        said.append(
            f"At this bound {style.other(str(claims.tests))} claims were tested at a level of {alpha:g} each. If every "
            f"true difference were as large as the bound, at most {chance} of them would pass on average. "
            f"{style.other(capital(in_words(claims.negligible)))} "
            f"{'difference is' if claims.negligible == 1 else 'differences are'} called negligible{together}."
        )
    return said


def _other_unit(found: ClusteredLevels, bound: Bound, style: Style) -> str:
    """A bound in SDs on scales of so many points, and the other way round, as far as deviations may be shown."""
    shown = [found.deviations[str(scale)] for scale in found.pairs["scale"].unique()]
    told = [deviation for deviation in shown if deviation > 0]  # not those that are not shown
    if not told:
        return ""
    sizes = [bound.points(of) if bound.unit == "sd" else bound.size / of for of in told]
    ends = list(dict.fromkeys(f"{end:.2f}" for end in (min(sizes), max(sizes))))
    unit = "points" if bound.unit == "sd" else "standard deviations of all scores on a scale"
    return f" ({style.other(' to '.join(ends))} {unit})"


def alt_equivalence(found: ClusteredLevels, style: Style) -> str:
    """What the chart of differences shows: their range, and the smallest and largest that could be detected."""
    pairs, invented = found.pairs, " (invented)" if style.synthetic else ""
    if pairs.empty:
        return "No two levels could be compared."
    widest = pairs.iloc[int(pairs["difference"].abs().to_numpy(float).argmax())]
    away = int(((pairs["low"] > 0) | (pairs["high"] < 0)).sum())
    to_one_side = f"{capital(in_words(away)) if away else 'None'} of the intervals {'lie' if away > 1 else 'lies'}"
    return (
        f"{len(pairs)} differences between levels with 95% intervals{invented}. The largest is "
        f"{widest['difference']:.2f}, {uncapital(str(widest['title']))}, {uncapital(str(widest['label']))}. "
        f"{to_one_side} wholly to one side of nought. "
        f"Detectable differences run from {pairs['detectable'].min():.2f} to {pairs['detectable'].max():.2f} points."
    )


def _size(bound: Bound) -> str:
    """`0.2`, `0.25 SD`: a number alone is in points of the scale."""
    return bound.text if bound.unit == "sd" else f"{bound.size:g}"


def _bound_sentence(found: ClusteredLevels, bound: Bound, style: Style) -> str:
    """Counts of the verdicts at one bound, each in words that keep apart what they mean."""
    mine = found.equivalence[found.equivalence["stated"] == bound.text]
    words = {
        "difference": "a difference was found",
        "negligible": f"the difference is shown to be negligible, smaller than {_size(bound)}",
        "no difference found": "no difference was found, though one of this size would probably have been, and yet it "
        "is not shown to be negligible",
        "cannot tell": "the data cannot tell, since the design could not have detected a difference of this size",
        UNTESTED: "there was no test, since the deviation of all scores is not shown",
    }
    parts = []
    for name in (*VERDICTS, UNTESTED):
        rows = mine[mine["verdict"] == name]
        if len(rows):
            titles = list(dict.fromkeys(uncapital(str(title)) for title in rows["title"]))
            where = "" if len(rows) == len(mine) else f" ({listing(titles)})"
            parts.append(f"for {style.other(in_words(len(rows)))} {words[name]}{where}")
    number, invented = style.other(str(len(mine))), " (invented)" if style.synthetic else ""
    return f"At a bound of {bound.text}, of {number} differences between levels: {'; '.join(parts)}{invented}."


def _bound_cell(row: Any, style: Style) -> str:
    text = str(row.verdict) if row.reason else f"{row.verdict} ({_p(row.p)})".replace(" (below ", " (below\u00a0")
    return style.other(text)


def _p(value: float) -> str:
    return format_number(value, "p", 3)
