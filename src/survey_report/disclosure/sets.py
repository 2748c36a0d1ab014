"""Answers of every group of several profile sets, protected together.

A profile set parts the respondents into groups, each with a page of its own: councils, services, sectors. What one page
hides may follow from the pages of the other groups and the national table, so that rows are decided on together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from survey_report.disclosure.margins import Link, Place, hidden_cells
from survey_report.disclosure.policy import Policy
from survey_report.disclosure.reasons import SOME_FEW, few
from survey_report.files import private_folder, write_bytes
from survey_report.frames import each_row
from survey_report.handover import ITEM, PRIVATE, PROTECTED_FILE
from survey_report.rendering import Rendering
from survey_report.study import SIDES, CrossSection, Question, ResponseSet, Scale, Study

CHANGE, RAW_FILE = "change", "answers.parquet"
NAMES = ["grouping", "group", "scale", "kind", "item"]
RAW = [*NAMES, "n", *SIDES]
REST = [f"rest_{name}" for name in ("n", *SIDES, "step")]
PROTECTED = [*NAMES, "n", *SIDES, *REST, "step", "detail", "reason"]
HERE_OR_THERE = f"{SOME_FEW}, here or in another group"


@dataclass(frozen=True)
class ProfileSet:
    """Respondents parted into groups: the set's id, each respondent's group (missing: in none), the groups in order."""

    id: str
    members: pd.Series
    groups: tuple[str, ...]


def grouping_set(rendering: Rendering, grouping_id: str) -> ProfileSet:
    """The profile set of one of the study's groupings; KeyError if the study has none of that id."""
    study = rendering.study
    groups = tuple(category.id for category in study.grouping(grouping_id).categories)
    return ProfileSet(grouping_id, rendering.members(grouping_id), groups)


def section_set(rendering: Rendering, section: CrossSection) -> ProfileSet:
    """A cross-section as a set of one group, of which most respondents are not."""
    inside = pd.Series(True, index=rendering.respondents.index)
    for name, category in section.where:
        column = rendering.members(name).astype("object")
        inside &= (column == category).fillna(False).astype(bool)
    return ProfileSet(
        section.id, pd.Series(section.id, index=inside.index, dtype="object").where(inside), (section.id,)
    )


def study_sets(rendering: Rendering) -> tuple[ProfileSet, ...]:
    """Every set of groups that the study reports on. They are protected together: whoever reads one reads them all."""
    if rendering.withheld:
        return ()
    groupings = (grouping_set(rendering, grouping.id) for grouping in rendering.study.groupings)
    return (*groupings, *(section_set(rendering, section) for section in rendering.study.cross_sections))


def questions_of(study: Study) -> list[tuple[Scale, str, str, Question]]:
    """Every rated question as (scale, kind, name, question): `item` with the item's short name, `change` with the
    period's id."""
    found: list[tuple[Scale, str, str, Question]] = []
    for scale in study.scales:
        found += [(scale, ITEM, question.item, question) for question in scale.items]
        found += [(scale, CHANGE, question.period, question) for question in scale.changes]
    return found


def raw_answers(rendering: Rendering, sets: Sequence[ProfileSet]) -> pd.DataFrame:
    """Counts of the three sides: one row a set, group and question, columns RAW; grouping and group are empty in the
    rows of everybody. Never published."""
    respondents, study = rendering.respondents, rendering.study
    everybody = ProfileSet("", pd.Series("", index=respondents.index, dtype="object"), ("",))
    parts = [everybody, *sets]
    places = [pd.Index(part.groups).get_indexer(pd.Index(part.members.astype("object"))) for part in parts]
    rows: list[tuple[object, ...]] = []
    for scale, kind, name, question in questions_of(study):
        sides = _sides(respondents[question.column], study.response_sets[question.response_set])
        for part, place in zip(parts, places, strict=True):
            given = (place >= 0) & (sides >= 0)
            pairs = place[given] * len(SIDES) + sides[given]
            counts = np.bincount(pairs, minlength=len(part.groups) * len(SIDES)).reshape(-1, len(SIDES))
            rows += [
                (part.id, group, scale.id, kind, name, int(line.sum()), *map(int, line))
                for group, line in zip(part.groups, counts, strict=True)
            ]
    frame = pd.DataFrame(rows, columns=RAW)
    order = {(part.id, group): number for number, (part, group) in enumerate((p, g) for p in parts for g in p.groups)}
    ranks = [order[(row.grouping, row.group)] for row in each_row(frame)]
    return frame.iloc[np.argsort(ranks, kind="stable")].reset_index(drop=True)


def _sides(column: pd.Series, answers: ResponseSet) -> np.ndarray:
    """The place in SIDES of each respondent's answer, -1 where there is none."""
    side_of = {option.id: SIDES.index(option.side) for option in answers.options if option.side}
    return column.astype("object").map(side_of).fillna(-1).to_numpy(int)


def links_between(sets: Sequence[ProfileSet]) -> tuple[Link, ...]:
    """Groups of one set that are made of whole groups of another, such as levels of councils.

    Cross-sections are sets of one group each: those that lie in one group and share no member are parts of it together,
    since who reads all of them can take them from it.
    """
    found: list[Link] = []
    apart = _apart([part for part in sets if len(part.groups) == 1])
    single: dict[Place, list[str]] = {}
    for fine in sets:
        for coarse in sets:
            if fine is coarse:
                continue
            inside, outside = (_named(part) for part in (fine, coarse))
            named = outside[inside.notna()].fillna("").groupby(inside[inside.notna()])
            if (named.nunique() > 1).any():
                continue
            parent = named.first()
            for group in coarse.groups:
                parts = tuple((fine.id, child) for child in fine.groups if parent.get(child) == group)
                if parts and fine.id in apart:
                    single.setdefault((coarse.id, group), []).append(fine.id)
                elif parts:
                    found.append(Link((coarse.id, group), parts))
    groups = {part.id: part.groups[0] for part in sets}
    for whole, names in single.items():
        found += [Link(whole, tuple((name, groups[name]) for name in family)) for family in _families(names, apart)]
    return tuple(found)


def _apart(sections: Sequence[ProfileSet]) -> dict[str, set[str]]:
    """Of each set of one group those others that share no member with it."""
    inside = {part.id: _named(part).notna() for part in sections}
    return {a: {b for b in inside if b != a and not (inside[a] & inside[b]).any()} for a in inside}


def _families(names: Sequence[str], apart: Mapping[str, set[str]]) -> list[tuple[str, ...]]:
    """The largest families of sets that share no member with each other, each in the order of `names`: together they
    may make up a whole (maximal cliques, by the algorithm of Bron and Kerbosch)."""
    found: list[tuple[str, ...]] = []

    def grow(family: set[str], candidates: list[str], used: set[str]) -> None:
        if not candidates and not used:
            found.append(tuple(name for name in names if name in family))
        while candidates:
            name = candidates.pop(0)
            grow(family | {name}, [other for other in candidates if other in apart[name]], used & apart[name])
            used = used | {name}

    grow(set(), list(names), set())
    return found


def _named(part: ProfileSet) -> pd.Series:
    """The group of each respondent, missing for those in none."""
    members = part.members.astype("object")
    return members.where(members.isin(part.groups))


def protected_answers(rendering: Rendering, sets: Sequence[ProfileSet]) -> pd.DataFrame:
    """What the profiles of the sets may print: one row a set, group and question, in the order of `raw_answers`.

    Columns: grouping, group, scale, kind (`item` or `change`), item (an item's short name, a period's id), n (answers,
    NA where no side is shown), positive, neutral, negative (percent, rounded to `step`; NaN where not shown), rest_n
    and rest_positive, rest_neutral, rest_negative (everybody else, in whole percent; not shown where the group's are
    not), step (what the group's percentages, and all differences drawn from them, are rounded to), detail (`sides`:
    all three, `some`: one of them, `none`) and reason (empty where all three are shown).

    What a page works out further, such as the difference from the rest or an interval, must follow from these columns
    alone: worked out from the answers, it would tell what the rounding hides.
    """
    return protect(raw_answers(rendering, sets), rendering.policy, links_between(sets))


def write_protected(rendering: Rendering, build: Path) -> pd.DataFrame:
    """Protect the answers of all the study's sets; writes the raw and the protected rows into the build's private
    folder, which nothing publishes, and returns the protected ones."""
    sets = study_sets(rendering)
    raw = raw_answers(rendering, sets)
    protected = protect(raw, rendering.policy, links_between(sets))
    folder = private_folder(build / PRIVATE)
    write_bytes(folder / RAW_FILE, raw.to_parquet(index=False), private=True)
    write_bytes(folder / PROTECTED_FILE, protected.to_parquet(index=False), private=True)
    return protected


def read_protected(build: Path) -> pd.DataFrame:
    """The protected rows that `write_protected` wrote."""
    return pd.read_parquet(build / PRIVATE / PROTECTED_FILE)


def protected_changes(rendering: Rendering) -> pd.DataFrame:
    """The protected rows of the questions on change, as `protected_answers` of all the study's sets holds them."""
    sets = study_sets(rendering)
    raw = raw_answers(rendering, sets)
    return protect(raw[raw["kind"] == CHANGE], rendering.policy, links_between(sets))


def protect(raw: pd.DataFrame, policy: Policy, links: Sequence[Link] = ()) -> pd.DataFrame:
    """The protected rows of `raw_answers` without those of everybody."""
    limits = policy.thresholds
    everybody = raw["grouping"] == ""
    totals = {
        (row.scale, row.kind, row.item): np.array([getattr(row, side) for side in SIDES], dtype=int)
        for row in each_row(raw[everybody])
    }
    shown = pd.DataFrame(False, index=raw.index, columns=list(SIDES))
    for (scale, kind, item), part in raw[~everybody].groupby(["scale", "kind", "item"], sort=False):
        exact = kind == CHANGE  # the tables of change over time hold the shares of groups as they are
        hidden = hidden_cells(part, totals[(scale, kind, item)], links, limits, exact=exact)
        shown.loc[part.index] = ~hidden
    rows = []
    for row, visible in zip(each_row(raw[~everybody]), shown[~everybody].to_numpy(bool), strict=True):
        rows.append(_printed(row, visible, totals[(row.scale, row.kind, row.item)], policy))
    return pd.DataFrame(rows, columns=PROTECTED).astype({"n": "Int64", "rest_n": "Int64"})


def _printed(row: Any, visible: np.ndarray, totals: np.ndarray, policy: Policy) -> tuple[object, ...]:
    """A row of `protect`: only what is visible of it."""
    counts = np.array([getattr(row, side) for side in SIDES], dtype=int)
    rest, limits, precision = totals - counts, policy.thresholds, policy.precision(row.n)
    every, some = bool(visible[totals > 0].all()) and row.n > 0, bool(visible.any()) and row.n > 0
    reason = few(limits.min_group) if row.n < limits.min_group else "" if every else HERE_OR_THERE
    n_rest, nan = int(rest.sum()), float("nan")
    others = policy.precision(n_rest)
    seen = visible if some else np.zeros(len(SIDES), dtype=bool)
    return (
        *(getattr(row, name) for name in NAMES),
        row.n if some else pd.NA,
        *(precision.percent(100 * c / row.n) if v else nan for c, v in zip(counts, seen, strict=True)),
        n_rest if some else pd.NA,
        *(
            others.percent(100 * c / n_rest) if v and some and n_rest else nan
            for c, v in zip(rest, visible, strict=True)
        ),
        others.pct_step,
        precision.pct_step,
        "sides" if every else "some" if some else "none",
        reason,
    )
