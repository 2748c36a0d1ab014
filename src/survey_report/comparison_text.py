"""Tables and sentences of comparisons of groups: descriptives, sizes of effects, other methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from survey_report.disclosure.reasons import DIFFERS, NO_DIFFERENCE
from survey_report.escaping import bold, sentences
from survey_report.findings.comparing import ALL, AllComparisons, Comparing
from survey_report.findings.other_methods import METHODS
from survey_report.frames import each_row
from survey_report.marks import Style
from survey_report.numbers import format_number
from survey_report.pipe_tables import (
    HIDDEN_CELL,
    NOT_TOLD_CELL,
    base_text,
    interval_text,
    pair_p_text,
    pipe_table,
    welch_text,
)
from survey_report.wording import in_words, listing, uncapital


def sizes_table(found: Comparing, style: Style) -> str:
    """Number, mean, standard deviation and interval of every group; Welch's test and omega squared of each grouping."""
    rows = [[bold("All respondents"), base_text(found.overall.base, style), style(found.overall), "", ""]]
    for test in each_row(found.tests):
        rows.append([f"{bold(str(test.label))}: {_test_text(test, style)}", "", "", "", ""])
        for row in each_row(found.groups[found.groups["grouping"] == test.grouping]):
            note = f" ({row.note})" if row.note else ""
            interval = interval_text(row, style)
            deviation = style.other(f"{row.sd:.2f}") if not pd.isna(row.sd) else HIDDEN_CELL
            mean = style(found.numbers[str(row.key)])
            rows.append([f"{row.label}{note}", base_text(row.n, style), mean, deviation, interval])
    return pipe_table(["Group", "n", "Mean", "SD", "95% interval"], rows, "lrrrr", [48, 14, 14, 12, 18])


def differences_table(found: Comparing, style: Style) -> str:
    """Pairs that differ, higher group first, with the simultaneous interval and Hedges' g; one line for the others:
    the largest difference among them, and the end of their intervals that lies furthest from nought."""
    rows: list[list[str]] = []
    for test in each_row(found.tests[found.tests["pairs"] > 0]):
        not_told = f", {test.not_told} not told" if test.not_told else ""
        rows.append([bold(str(test.label)), style.other(f"{test.differ} of {test.pairs} differ{not_told}"), *[""] * 4])
        mine = found.pairs[found.pairs["grouping"] == test.grouping]
        rows += [_pair_row(pair, found.alpha, style) for pair in each_row(mine[mine["state"] == DIFFERS])]
        others = mine[mine["state"] == NO_DIFFERENCE]
        if len(others):
            most = others["difference"].abs().max()  # of those that are shown
            largest = HIDDEN_CELL if pd.isna(most) else style.other(f"up to {most:.2f}")
            furthest = others[["low", "high"]].abs().max().max()  # of the pairs whose intervals are shown
            reach = HIDDEN_CELL if pd.isna(furthest) else style.other(f"within ±{furthest:.2f}")
            rows.append(["Other pairs" if len(others) < test.pairs else "All pairs", "", largest, reach, "", ""])
        if test.not_told:
            rows.append(["Pairs not told", "rounded means too near", NOT_TOLD_CELL, "", "", ""])
    if not rows:
        return "No pair of groups could be tested."
    header = ["Higher", "Lower", "Difference", "95% interval", "Hedges' g", "p"]
    return pipe_table(header, rows, "llrrrr", [24, 24, 13, 17, 22, 16])


def sensitivity_table(found: Comparing, style: Style) -> str:
    """One row a method, one column a grouping: p, and how many of the pairs (or items) differ."""
    if found.sensitivity.empty:
        return "No grouping could be tested."
    means = {row.method: row for row in each_row(found.means)}
    rows: list[list[str]] = []
    for (method, label), mine in found.sensitivity.groupby(["method", "method_label"], sort=False):
        by = {row.grouping: row for row in each_row(mine)}
        # Why a grouping is not tested at all is said once, in the first row.
        cells = [
            _method_cell(by.get(test.grouping), "" if rows else test.reason, style) for test in each_row(found.tests)
        ]
        mean = means.get(str(method))
        shown = (
            "" if mean is None else style.other(f"{mean.mean:.{mean.decimals}f}") if not mean.reason else mean.reason
        )
        rows.append([str(label), shown, *cells])
    header = ["Method", "Mean", *found.tests["label"]]
    return pipe_table(header, rows, "lr" + "l" * len(found.tests), [28, 10, *[18] * len(found.tests)])


@sentences
def conclusion_sentences(found: Comparing, style: Style) -> list[str]:
    """One line: whether the conclusions change with the method."""
    if found.withheld:
        return [found.withheld]
    tested = found.sensitivity[found.sensitivity["p"].notna()]
    if tested.empty:
        return [f"{found.scale.title}: no grouping could be tested."]
    labels = dict(zip(found.tests["grouping"], found.tests["label"], strict=True))
    changes = []
    for grouping, mine in tested.groupby("grouping", sort=False):
        main = bool(mine.loc[mine["method"] == "welch", "differs"].iloc[0])
        others = [METHODS[str(row.method)][1] for row in each_row(mine) if row.differs != main]
        if others:
            verb = "no difference" if main else "a difference"
            changes.append(f"{uncapital(labels[str(grouping)])} ({listing(others)} {_finds(others)} {verb})")
    invented = " (invented)" if style.synthetic else ""
    if changes:
        text = f"The conclusion changes with the method for {listing(changes)}"
        text += "; for the other groupings it does not" if len(changes) < tested["grouping"].nunique() else ""
    else:
        text = "The conclusion does not change with the method: every one finds the same groupings to differ"
    return [f"{text}{invented}.{_steady_text(found, style)}{_further_text(tested, labels, style)}"]


def _steady_text(found: Comparing, style: Style) -> str:
    """How many of the pairs that differ do so by every method."""
    pairs = int(found.pairs["significant"].sum())
    steady = int((found.pairs["significant"] & found.pairs["steady"]).sum())
    if not pairs:
        return ""
    if pairs == 1:
        return f" The {style.other('one')} pair that differs does so by {'every' if steady else 'not every'} method."
    all_of = "all" if steady == pairs else in_words(steady) if steady else "none"
    verb = "does" if steady == 1 else "do"
    return f" Of the {style.other(in_words(pairs))} pairs that differ, {style.other(all_of)} {verb} so by every method."


def _further_text(tested: pd.DataFrame, labels: Mapping[str, str], style: Style) -> str:
    """Pairs that differ by another method only."""
    gained = tested[tested["gained"] > 0]
    parts = []
    for method, mine in gained.groupby("method", sort=False):
        where = listing(
            f"{style.other(in_words(row.gained))} by {uncapital(labels[row.grouping])}" for row in each_row(mine)
        )
        parts.append(f"{METHODS[str(method)][1]} ({where})")
    return f" Further pairs differ by {listing(parts)}." if parts else ""


def all_table(found: AllComparisons, style: Style) -> str:
    """One row a scale, one column a grouping: p of Welch's test and omega squared; a star where Holm's p is small."""
    rows = []
    for _, mine in found.tests.groupby("scale", sort=False):
        rows.append([str(mine["title"].iloc[0]), *(_all_cell(row, style) for row in each_row(mine))])
    header = ["Scale", *(grouping.label for grouping in found.groupings)]
    return pipe_table(header, rows, "l" * len(header), [22, *[20] * len(found.groupings)])


@sentences
def all_sentences(found: AllComparisons, style: Style) -> list[str]:
    """How many tests are significant, how many would be by chance alone, how many remain after Holm's adjustment."""
    numbers = {name: found.numbers[f"{ALL}.{name}"] for name in _NUMBERS}
    if not numbers["n_tests"].value:
        return [found.withheld or "No scale could be tested over any grouping."]
    return [
        f"Significant tests: {style(numbers['n_significant'])} of {style(numbers['n_tests'])}. By chance alone, if no "
        f"group differed from any other, {style(numbers['by_chance'])} would be expected. Significant after Holm's "
        f"adjustment over all of them: {style(numbers['n_significant_holm'])}."
    ]


_NUMBERS = ("n_tests", "n_significant", "by_chance", "n_significant_holm")


def _test_text(test: Any, style: Style) -> str:
    """Welch's F and p with omega squared, or why there is none."""
    reason = str(test.reason)
    if reason:
        return f"not tested ({reason})"
    omega, low, high = (float(getattr(test, name)) for name in ("omega", "omega_low", "omega_high"))
    size = f"{omega:.2f}" if pd.isna(test.statistic) else f"{omega:.3f} ({low:.3f} to {high:.3f})"
    return f"{style.other(welch_text(test))}; ω² = {style.other(size)}"


def _pair_row(pair: Any, alpha: float, style: Style) -> list[str]:
    up = float(pair.difference) > 0
    names = ("label_a", "label_b") if up else ("label_b", "label_a")
    sign = 1.0 if up else -1.0

    def ends(low: str, high: str) -> Sequence[float]:
        return sorted(sign * float(getattr(pair, name)) for name in (low, high))

    low, high = ends("low", "high")
    size = sign * float(pair.g)
    g_low, g_high = ends("g_low", "g_high")
    g = str(pair.reason) if pd.isna(size) else style.other(f"{size:.2f} ({g_low:.2f} to {g_high:.2f})")
    return [
        *(str(getattr(pair, name)) for name in names),
        style.other(f"{abs(float(pair.difference)):.2f}"),
        HIDDEN_CELL if pd.isna(low) else style.other(f"{low:.2f} to {high:.2f}"),
        g,
        style.other(pair_p_text(pair, alpha)),
    ]


def _method_cell(row: Any, reason: str, style: Style) -> str:
    if row is None or row.reason or pd.isna(row.p):
        why = reason if row is None else row.reason
        return f"not tested ({why})" if why else "not tested"
    parts = [_p(float(row.p))]
    if row.of:  # there may be no pair that is told
        parts.append(f"{row.found} of {row.of}{'' if row.what == 'pairs' else ' items'}")
    if not pd.isna(row.icc):
        parts.append(f"ICC {row.icc:.3f}")
    return style.other("; ".join(map(_kept, parts)))


def _all_cell(row: Any, style: Style) -> str:
    reason = str(row.reason)
    if reason:
        return "not tested"
    p, size = float(row.p), float(row.omega)
    decimals = 2 if pd.isna(row.omega_low) else 3
    return style.other(f"{_kept(_p(p))}; {size:.{decimals}f}")


def _kept(text: str) -> str:
    """The text with spaces that no line breaks at, for narrow columns."""
    return text.replace(" ", "\u00a0")


def _p(value: float) -> str:
    return format_number(value, "p", 3)


def _finds(methods: Sequence[str]) -> str:
    return "finds" if len(methods) == 1 else "find"
