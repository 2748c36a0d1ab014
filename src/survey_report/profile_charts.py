"""Charts of profiles with the texts that say what they show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from survey_report.charts.canvas import WIDTH
from survey_report.charts.contrasts import contrasts_chart, least_reach, signed
from survey_report.findings.profile import Profile
from survey_report.findings.profiles import Profiles
from survey_report.frames import each_row
from survey_report.notebook import Desk
from survey_report.wording import listing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LOWER, HIGHER = "lower than all others", "higher than all others"
BALANCE = "the share of those who saw improvement less the share of those who saw decline"


def scales_chart(profile: Profile, desk: Desk, width: float = WIDTH) -> Figure | None:
    """Differences of scale means from those of all others."""
    rows = profile.scales.assign(label=profile.scales["title"])
    return _chart(rows, desk, "Points", least_reach(desk.rendering.study), LOWER, HIGHER, width)


def items_chart(profile: Profile, desk: Desk, width: float = WIDTH) -> Figure | None:
    """Differences of the shares of good answers, of the items farthest from all others."""
    rows = profile.standing_out.assign(decimals=0)
    return _chart(rows, desk, "% points", 20.0, "fewer good answers", "more good answers", width)


def changes_chart(profile: Profile, desk: Desk, width: float = WIDTH) -> Figure | None:
    """Differences of the net balances of change, those that may be shown, by period."""
    shown = profile.changes[profile.changes["difference"].notna()]
    rows = shown.assign(label=shown["title"], heading=shown["period_label"], decimals=0)
    return _chart(rows, desk, "% points", 20.0, "less improvement", "more improvement", width)


def groups_rows(profiles: Profiles, grouping: str, scale: str) -> pd.DataFrame:
    """Every group of a grouping on one scale, in the order of their names: grouping, group, label, n, mean, rest_mean,
    difference, low, high, decimals, differs, reason."""
    groups = profiles.groups[profiles.groups["grouping"] == grouping]
    mine = profiles.scales[(profiles.scales["grouping"] == grouping) & (profiles.scales["scale"] == scale)]
    figures = [name for name in mine.columns if name not in ("n", "reason")]
    rows = groups[["grouping", "group", "label", "reason"]].merge(mine[figures], on=["grouping", "group"], how="left")
    told = mine.set_index("group")["reason"].reindex(rows["group"]).fillna("").tolist()
    rows["reason"] = [first or second for first, second in zip(rows["reason"], told, strict=True)]
    rows["differs"] = rows["differs"].astype("boolean").fillna(False).astype(bool)
    return rows.sort_values("label", kind="stable").reset_index(drop=True)


def groups_chart(rows: pd.DataFrame, desk: Desk, width: float = WIDTH) -> Figure | None:
    """Differences of every group of a grouping from all others, by name."""
    return _chart(rows, desk, "Points", least_reach(desk.rendering.study), LOWER, HIGHER, width)


def alt_contrasts(rows: pd.DataFrame, name: str, what: str, desk: Desk, decimals: int = 0) -> str:
    """What a chart of differences shows: which rows are apart from all others, and which are not shown."""
    invented = ", invented" if desk.style.synthetic else ""
    shown = rows[rows["difference"].notna()]
    if shown.empty:
        return "Nothing can be shown."
    apart = [
        f"{getattr(row, name)} ({signed(row.difference, int(getattr(row, 'decimals', decimals)))}{invented})"
        for row in each_row(shown[shown["differs"]])
    ]
    found = f"The interval leaves out no difference for {listing(apart)}." if apart else (
        "Every interval holds no difference."
    )  # fmt: skip
    hidden = len(rows) - len(shown)
    kept = f" {hidden} {'row is' if hidden == 1 else 'rows are'} not shown." if hidden else ""
    return f"{what}, with 95% intervals, for {len(shown)} rows. {found}{kept}"


def _chart(
    rows: pd.DataFrame, desk: Desk, unit: str, reach: float, lower: str, higher: str, width: float
) -> Figure | None:
    if rows.empty:
        return None
    return contrasts_chart(
        rows, unit=unit, reach=reach, lower=lower, higher=higher, kind=desk.kind, notice=desk.notice, width=width
    )
