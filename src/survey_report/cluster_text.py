"""Tables, sentences and alt text of a grouping of clusters: what was found, what is ruled out, what cannot be told."""

from __future__ import annotations

from typing import Any

import pandas as pd

from survey_report.escaping import bold, sentences
from survey_report.findings.clustered import BOUNDS, VERDICTS, ClusteredLevels
from survey_report.frames import each_row
from survey_report.marks import Style
from survey_report.numbers import format_number, p_equation
from survey_report.pipe_tables import pipe_table
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


def equivalence_table(found: ClusteredLevels, style: Style) -> str:
    """One row a scale and pair of levels: difference, interval, what could be detected, the verdict at each bound."""
    rows = []
    for title, pairs in found.pairs.groupby("title", sort=False):
        rows.append([bold(str(title)), *[""] * (3 + len(BOUNDS))])
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
    header = ["Levels", "Difference", "95% interval", "Detectable", *(f"Within {bound:g}? (p)" for bound in BOUNDS)]
    return pipe_table(header, rows, "lrrrll", [34, 11, 15, 11, *[19] * len(BOUNDS)])


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
    return [*sentences, *(_bound_sentence(found, bound, style) for bound in BOUNDS)]


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


def _bound_sentence(found: ClusteredLevels, bound: float, style: Style) -> str:
    """Counts of the verdicts at one bound, each in words that keep apart what they mean."""
    mine = found.equivalence[found.equivalence["bound"] == bound]
    words = {
        "difference": "a difference was found",
        "negligible": f"the difference is shown to be negligible, smaller than {bound:g}",
        "no difference found": "no difference was found, though one of this size would probably have been, and yet it "
        "is not shown to be negligible",
        "cannot tell": "the data cannot tell, since the design could not have detected a difference of this size",
    }
    parts = []
    for name in VERDICTS:
        rows = mine[mine["verdict"] == name]
        if len(rows):
            titles = list(dict.fromkeys(uncapital(str(title)) for title in rows["title"]))
            where = "" if len(rows) == len(mine) else f" ({listing(titles)})"
            parts.append(f"for {style.other(in_words(len(rows)))} {words[name]}{where}")
    number, invented = style.other(str(len(mine))), " (invented)" if style.synthetic else ""
    return f"At a bound of {bound:g} points, of {number} differences between levels: {'; '.join(parts)}{invented}."


def _bound_cell(row: Any, style: Style) -> str:
    text = str(row.verdict) if row.reason else f"{row.verdict} ({_p(row.p)})".replace(" (below ", " (below\u00a0")
    return style.other(text)


def _p(value: float) -> str:
    return format_number(value, "p", 3)
