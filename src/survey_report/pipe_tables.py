"""A table in Markdown, and what its cells say of bases, intervals, tests and figures that are not shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import pandas as pd

from survey_report.disclosure.reasons import NOT_TOLD, not_shown
from survey_report.escaping import Markdown, marked, settled, typeset
from survey_report.marks import Style, unkeyed
from survey_report.numbers import NOT_SHOWN, decimals_of, ends_text, format_number, p_equation

BARE_PIPE = re.compile(r"(?<!\\)((?:\\\\)*)\|")  # a pipe that no backslash escapes would end the cell
HIDDEN_CELL = marked(f"[{NOT_SHOWN}]{{.hidden-value}}")
NOT_TOLD_CELL = marked(f"[{NOT_TOLD}]{{.hidden-value}}")
WITHHELD = marked("[\\[c\\]]{.hidden-value}")  # the usual mark of a confidential value, where "not shown" would not fit


def pipe_table(
    header: Sequence[str], rows: Sequence[Sequence[str]], align: str, widths: Sequence[int] = ()
) -> Markdown:
    """A pipe table; `align` has one letter a column (l, r, c), `widths` their relative widths. Numbers lose keys.

    Cells are words, and Markdown where they say so (see `escaping`).
    """
    rule = {"l": ":{}", "r": "{}:", "c": ":{}:"}
    dashes = [
        rule[letter].format("-" * width) for letter, width in zip(align, widths or [10] * len(align), strict=True)
    ]
    lines = [_line(map(settled, header)), _line(dashes), *(_line(map(settled, row)) for row in rows)]
    return Markdown(unkeyed("\n".join(lines)))


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(BARE_PIPE.sub(r"\1\\|", cell) for cell in cells) + " |"


def welch_text(test: object) -> str:
    """`F(3, 120.4) = 5.12, p = 0.002` of a row of `Theme.tests`."""
    p = getattr(test, "p", None)
    if p is None or pd.isna(p):
        return "not tested"
    statistic, between, within = (float(getattr(test, name)) for name in ("statistic", "df_between", "df_within"))
    relation = p_equation(float(p))
    if pd.isna(statistic):  # a group among those tested is too small for it to be shown
        return relation
    return f"F({between:.0f}, {within:.1f}) = {statistic:.2f}, {relation}"


def interval_text(row: object, style: Style) -> str:
    """The interval of a mean, a row of `Theme.groups`; empty where there is none."""
    low, high, step = (float(getattr(row, name)) for name in ("low", "high", "step"))
    if not getattr(row, "shown", False) or pd.isna(low):
        return ""
    decimals = max(1, decimals_of(step)) if getattr(row, "coarse", False) else 2
    return style.other(ends_text(low, high, decimals))


def pair_p_text(pair: object, alpha: float) -> str:
    """p of a pair of groups; of a pair with a coarse group, on which side of alpha it lies."""
    p = float(getattr(pair, "p"))  # noqa: B009
    if pd.isna(p):
        return f"below {alpha:g}" if getattr(pair, "significant", False) else f"{alpha:g} or more"
    return format_number(p, "p", 3)


def base_text(n: object, style: Style) -> str:
    """The number of respondents behind a result."""
    if n is None or pd.isna(n):  # type: ignore[call-overload]
        return HIDDEN_CELL
    return style.other(format_number(float(n), "count", 0))  # type: ignore[arg-type]


def reason_text(reason: str) -> str:
    """Why something is not shown, behind what it is."""
    return marked(f"[({typeset(not_shown(reason))})]{{.hidden-value}}")
