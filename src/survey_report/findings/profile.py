"""What one profile shows: the rows of its group, the items that stand out, and how many would by chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from survey_report.findings.profile_groups import ProfileGroup, find_group
from survey_report.findings.profiles import Profiles
from survey_report.findings.raised import Raised, themes_raised
from survey_report.frames import each_row
from survey_report.rendering import Rendering
from survey_report.statistics.multiplicity import holm

COMPARED = ("scales", "items", "changes")
LARGEST = 10  # items whose shares are farthest from those of all others
EXTREMES = 3


@dataclass(frozen=True)
class Profile:
    """One group beside everybody else; frames as in `Profiles`, of this group only.

    `n` is None where the number of respondents may not be shown. `reason` says why there are no figures (empty if there
    are). `standing_out` are the items with the largest differences, largest positive one first, `best` and `worst`
    those with the largest shares of good and of poor answers, `answers` all protected rows of the group. `scales`,
    `items` and `changes` say as well whether a difference is `beyond` chance: by Holm's adjustment over all that the
    profile compares (see `luck`).
    """

    group: ProfileGroup
    n: int | None
    reason: str
    scales: pd.DataFrame
    items: pd.DataFrame
    changes: pd.DataFrame
    answers: pd.DataFrame
    standing_out: pd.DataFrame
    best: pd.DataFrame
    worst: pd.DataFrame
    raised: Raised
    profiles: int

    @property
    def compared(self) -> int:
        """How many comparisons with everybody else the profile makes."""
        return sum(int(frame["low"].notna().sum()) for frame in self._frames)

    @property
    def differing(self) -> int:
        """In how many of these the interval leaves out nought."""
        return sum(int(frame["differs"].sum()) for frame in self._frames)

    @property
    def by_chance(self) -> float:
        """In how many it would, on average, if the group were drawn at random from all who answered."""
        return sum(float(frame["chance"].sum()) for frame in self._frames)

    @property
    def beyond(self) -> int:
        """How many differences lie beyond chance with all comparisons counted."""
        return sum(int(frame["beyond"].sum()) for frame in self._frames)

    @property
    def _frames(self) -> tuple[pd.DataFrame, ...]:
        return self.scales, self.items, self.changes


def profile_findings(rendering: Rendering, profiles: Profiles, grouping: str, group: str) -> Profile:
    """The profile of a group, the first that has figures where none is named. Raises UserError that lists the groups
    that exist."""
    shown = profiles.groups[profiles.groups["reason"] == ""]
    if not (grouping or group) and len(shown):
        grouping, group = shown[["grouping", "group"]].iloc[0]
    found = find_group(rendering.study, grouping, group)
    mine = {name: _of(getattr(profiles, name), found) for name in ("groups", "scales", "items", "changes", "answers")}
    mine |= _beyond({name: mine[name] for name in COMPARED}, rendering.study.thresholds.alpha)
    row = next(each_row(mine["groups"]))
    items = mine["items"][mine["items"]["low"].notna()]
    largest = items.loc[items["difference"].abs().sort_values(ascending=False, kind="stable").index[:LARGEST]]
    return Profile(
        group=found,
        n=None if pd.isna(row.n) else int(row.n),
        reason=str(row.reason),
        scales=mine["scales"],
        items=mine["items"],
        changes=mine["changes"],
        answers=mine["answers"],
        standing_out=largest.sort_values("difference", ascending=False, kind="stable").reset_index(drop=True),
        best=items.nlargest(EXTREMES, "positive").reset_index(drop=True),
        worst=mine["items"][mine["items"]["negative"].notna()].nlargest(EXTREMES, "negative").reset_index(drop=True),
        raised=themes_raised(rendering, found),
        profiles=int((profiles.groups["reason"] == "").sum()),
    )


def _beyond(frames: Mapping[str, pd.DataFrame], alpha: float) -> dict[str, pd.DataFrame]:
    """The frames with a column `beyond`: the interval leaves out zero, and the adjusted p lies below alpha."""
    adjusted = holm(np.concatenate([frame["p"].to_numpy(float) for frame in frames.values()]))
    differs = np.concatenate([frame["differs"].to_numpy(bool) for frame in frames.values()])
    parts = np.split(differs & (adjusted < alpha), np.cumsum([len(frame) for frame in frames.values()])[:-1])
    return {name: frame.assign(beyond=part) for (name, frame), part in zip(frames.items(), parts, strict=True)}


def _of(frame: pd.DataFrame, group: ProfileGroup) -> pd.DataFrame:
    mine = (frame["grouping"] == group.grouping) & (frame["group"] == group.group)
    return frame[mine].reset_index(drop=True)
