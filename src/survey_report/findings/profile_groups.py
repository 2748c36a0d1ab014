"""Which groups have a profile, and who is in them."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from survey_report.disclosure.sets import ProfileSet, grouping_set, links_between, section_set
from survey_report.errors import Problem, UserError
from survey_report.findings.people import tally
from survey_report.rendering import Rendering
from survey_report.study import Study

CROSS_SECTIONS = "cross_sections"
HEADING = "Cross-section"


@dataclass(frozen=True)
class ProfileGroup:
    """A group with a profile: `grouping` is the id of a grouping, or `cross_sections`; `heading` says it in words.

    `label` names the group as a heading does, `phrase` as a sentence does.
    """

    grouping: str
    group: str
    label: str
    phrase: str
    heading: str

    @property
    def set_id(self) -> str:
        """The profile set that the group is of: a cross-section is a set of its own."""
        return self.group if self.grouping == CROSS_SECTIONS else self.grouping

    @property
    def name(self) -> str:
        """What its notebook, labels and files are called; no two groups of a study share it."""
        return f"{self.grouping}-{self.group}"

    @property
    def page(self) -> str:
        """Its page below the folder of profiles, without suffix."""
        return f"{self.grouping}/{self.group}"


def profile_groups(study: Study) -> tuple[ProfileGroup, ...]:
    """Every group with a profile, in the order of study.yml. Raises UserError where two would share a name."""
    groups = [
        ProfileGroup(grouping.id, category.id, category.label, category.phrase or category.label, grouping.label)
        for grouping in map(study.grouping, study.profiles)
        for category in grouping.categories
    ]
    groups += [
        ProfileGroup(CROSS_SECTIONS, section.id, section.label, section.label, HEADING)
        for section in study.cross_sections
    ]
    twice = [name for name, times in Counter(group.name for group in groups).items() if times > 1]
    if twice:
        remedy = "change the id of a grouping or of a category"
        raise UserError(
            Problem("study.yml", "profiles", name, "two profiles share this name", remedy) for name in twice
        )
    return tuple(groups)


def find_group(study: Study, grouping: str, group: str) -> ProfileGroup:
    """The group of that name. Raises UserError that lists those that exist."""
    groups = profile_groups(study)
    known = list(dict.fromkeys(one.grouping for one in groups))
    if grouping not in known:
        raise UserError([_unknown("grouping", grouping, known, study.id)])
    mine = {one.group: one for one in groups if one.grouping == grouping}
    if group not in mine:
        raise UserError([_unknown("group", group, list(mine), f"{study.id}, {grouping}")])
    return mine[group]


def _unknown(what: str, value: str, known: list[str], place: str) -> Problem:
    close = difflib.get_close_matches(value, known, 1)
    guess = f"did you mean `{close[0]}`? " if close else ""
    remedy = f"{guess}{what}s with profiles: {', '.join(known) or 'none'}"
    return Problem("profile", place, value, f"there is no {what} of this name that has a profile", remedy)


def profile_sets(rendering: Rendering) -> list[ProfileSet]:
    """The groupings with profiles and each cross-section as sets."""
    study = rendering.study
    sets = [grouping_set(rendering, grouping) for grouping in study.profiles]
    return [*sets, *(section_set(rendering, section) for section in study.cross_sections)]


def group_sizes(rendering: Rendering, sets: Iterable[ProfileSet]) -> Mapping[tuple[str, str], tuple[int, bool]]:
    """Respondents of each group, by set and group, and whether the number may be shown.

    Groups of a grouping follow the table of respondents. A cross-section's number may be shown where those that it
    leaves of each grouping's category are many enough too, and where it is none of the numbers that have to be hidden
    for those of other cross-sections of the same category: together they may make it up.
    """
    study = rendering.study
    sizes: dict[tuple[str, str], tuple[int, bool]] = {}
    sections = {section.id: section for section in study.cross_sections}
    sets = list(sets)
    for part in sets:
        counts = part.members.value_counts()
        if part.id not in sections:
            counted = tally(rendering, part.id)
            for category, n, shown in zip(counted.categories, counted.counts, counted.shown, strict=True):
                sizes[part.id, category.id] = (int(n), bool(shown))
            continue
        n = int(counts.get(part.id, 0))
        around = [int((rendering.members(q) == c).sum()) for q, c in sections[part.id].where]
        parts = pd.Series([n, *(whole - n for whole in around)])
        open_to_see = rendering.policy.may_show_counts(parts, [""] * len(parts))
        sizes[part.id, part.id] = (n, bool(open_to_see.all()))
    _hide_families(rendering, sizes, sets, set(sections))
    return sizes


def _hide_families(
    rendering: Rendering, sizes: dict[tuple[str, str], tuple[int, bool]], sets: Sequence[ProfileSet], sections: set[str]
) -> None:
    """Hide the numbers of cross-sections from which another's would follow."""
    groupings = [grouping_set(rendering, grouping.id) for grouping in rendering.study.groupings]
    links = [
        link
        for link in links_between([*groupings, *(part for part in sets if part.id in sections)])
        if all(name in sections for name, _ in link.parts)
    ]
    column = {part.id: part.members.astype("object") for part in [*groupings, *sets]}
    changed = True
    while changed:
        before = dict(sizes)
        for link in links:
            numbers = [sizes[part][0] for part in link.parts]
            rest = int((column[link.whole[0]] == link.whole[1]).sum()) - sum(numbers)
            counts = pd.Series([*numbers, rest])
            hidden = pd.Series([*(not sizes[part][1] for part in link.parts), False])
            shown = rendering.policy.may_show_counts(counts, [""] * len(counts), hide=hidden)
            for part, one in zip(link.parts, shown, strict=False):
                sizes[part] = (sizes[part][0], sizes[part][1] and bool(one))
        changed = sizes != before
