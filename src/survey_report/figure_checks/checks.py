"""All checks on a register of published figures, in the order in which they are reported."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import pandas as pd

from survey_report.figure_checks import means, orders, remainders, repeats, shares, sums
from survey_report.figure_checks.outcome import Finding, Outcome, together
from survey_report.figure_checks.printed import Figures, figures_of

CHECKS: Mapping[str, Callable[[Figures], Outcome]] = MappingProxyType(
    {
        shares.ROUNDING: shares.check_rounding,
        shares.PAIRS: shares.check_pairs,
        sums.SUMS: sums.check_sums,
        sums.HUNDRED: sums.check_hundred,
        sums.WHOLES: sums.check_wholes,
        remainders.THREE: remainders.check_three,
        remainders.RANGE: remainders.check_range,
        remainders.COMPONENTS: remainders.check_components,
        repeats.TWICE: repeats.check_twice,
        repeats.BOUNDS: repeats.check_bounds,
        orders.ORDERS: orders.check_orders,
        orders.PAIRS: orders.check_pairs_differ,
        means.GRIM: means.check_grim,
        means.WEIGHTED: means.check_weighted,
    }
)


def check_figures(figures: Figures) -> Outcome:
    """What every check says of a register."""
    return together(check(figures) for check in CHECKS.values())


def check_frame(frame: pd.DataFrame) -> tuple[Finding, ...]:
    """Contradictions in a register given as a frame, one row a figure, with the columns of published.csv as text."""
    return check_figures(figures_of(frame)).findings
