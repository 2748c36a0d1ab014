"""Themes that people of a group raise in the coded material of the study, where it has any and tells the group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from survey_report.findings.profile_groups import ProfileGroup
from survey_report.qualitative.corpus import Corpus
from survey_report.qualitative.speakers import SURVEY
from survey_report.qualitative.theme_counts import theme_counts
from survey_report.rendering import Rendering

COLUMNS = ["theme", "part", "label", "n"]
MOST = 8
TOLD_BY = ("service",)  # what the coded material tells of the people behind its sources
NO_CORPUS = "This rendering has no coded material, so that no themes can be told."
NOT_TOLD = "The coded material tells the service of those who speak; of the groups on this page it says nothing."
NONE = "No theme was raised by enough people of this group to be shown."


@dataclass(frozen=True)
class Raised:
    """Themes by how many people of the group raise them, most first.

    `rows`: theme, part (the code above it), label, n (people of the group who wrote of it in the survey, protected: who
    was interviewed or sat in a focus group of few would be told by the name of the group). `reason` says why there are
    none, empty if there are some.
    """

    rows: pd.DataFrame
    reason: str = ""


def themes_raised(rendering: Rendering, group: ProfileGroup) -> Raised:
    """The themes most often raised by a group; services are joined to sources by the study's crosswalk."""
    coded: Any = getattr(rendering, "coded", None)
    if coded is None:
        return _none(NO_CORPUS)
    if group.grouping not in TOLD_BY:
        return _none(NOT_TOLD)
    corpus: Corpus = coded.corpus
    counts = theme_counts(corpus, rendering.policy)
    mine = counts[
        (counts["method"] == SURVEY) & (counts["service"] == group.group) & counts["shown"] & (counts["n"] > 0)
    ]
    codes = corpus.codes.set_index("code")
    below = [
        bool(codes["parent"].get(theme)) and not codes["parent"].get(codes["parent"][theme]) for theme in mine["theme"]
    ]
    mine = mine.loc[below].sort_values("n", ascending=False, kind="stable").head(MOST)
    if mine.empty:
        return _none(NONE)
    names = codes["name"].str[:1].str.upper() + codes["name"].str[1:]
    rows = pd.DataFrame(
        {
            "theme": mine["theme"].to_numpy(),
            "part": [names[codes["parent"][theme]] for theme in mine["theme"]],
            "label": [names[theme] for theme in mine["theme"]],
            "n": mine["n"].astype(int).to_numpy(),
        }
    )
    return Raised(rows[COLUMNS])


def _none(reason: str) -> Raised:
    return Raised(pd.DataFrame(columns=COLUMNS), reason)
