"""Answers of every group protected together: the frame's promises, by hand and for the shipped study."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import shipped
from survey_report.disclosure.margins import Link, hidden_cells
from survey_report.disclosure.sets import (
    CHANGE,
    PROTECTED,
    RAW,
    ProfileSet,
    _families,
    links_between,
    protect,
    protected_answers,
    protected_changes,
    raw_answers,
    study_sets,
)
from survey_report.findings.profile_groups import profile_sets
from survey_report.rendering import Rendering
from survey_report.study import SIDES, CrossSection, Thresholds

LIMITS = Thresholds(min_group=10, min_cell=5, min_answered=0.5, alpha=0.05, min_test_group=10)


@cache
def raw() -> pd.DataFrame:
    return raw_answers(shipped.rendering(), study_sets(shipped.rendering()))


@cache
def part() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Raw and protected rows of the questions of the smallest scale, which most has to hide."""
    rendering = shipped.rendering()
    mine = raw()[raw()["scale"] == "strategic"]
    return mine, protect(mine, rendering.policy, links_between(study_sets(rendering)))


def test_counts_are_those_of_the_answers() -> None:
    respondents, scale = shipped.rendering().respondents, shipped.rendering().study.scale("services")
    question = scale.items[0]
    mine = respondents[respondents["local_authority"] == "fife"][question.column].value_counts()
    row = raw()[(raw()["group"] == "fife") & (raw()["item"] == question.item)].iloc[0]
    assert row["positive"] == mine["very-good"] + mine["good"]
    assert row["n"] == sum(row[side] for side in SIDES)
    everybody = raw()[raw()["grouping"] == ""]
    assert len(everybody) == len(raw()[["scale", "kind", "item"]].drop_duplicates())


def test_levels_are_made_of_areas() -> None:
    links = links_between(study_sets(shipped.rendering()))
    assert {link.whole[0] for link in links} == {"integration"}
    assert sum(len(link.parts) for link in links) == 32


def test_a_row_says_what_it_shows() -> None:
    counts, shown = part()
    assert list(shown.columns) == PROTECTED
    assert len(shown) == (counts["grouping"] != "").sum()
    seen = shown[list(SIDES)].notna().sum(axis=1)
    assert (shown["reason"] == "").equals(shown["detail"] == "sides")
    assert ((seen > 0) == shown["n"].notna()).all()
    assert ((seen > 0) == shown["rest_n"].notna()).all()
    small = counts[counts["grouping"] != ""]["n"].to_numpy() < 10
    assert (shown["detail"].to_numpy()[small] == "none").all()
    assert shown.loc[small, "reason"].eq("fewer than 10 answers").all()
    for side in SIDES:
        values = shown[side].dropna()
        steps = shown.loc[values.index, "step"]
        assert ((values % steps) == 0).all()
        some_others = shown["rest_n"].fillna(0) > 0
        assert (shown[f"rest_{side}"].notna() == (shown[side].notna() & some_others)).all()


def test_no_small_side_is_shown() -> None:
    counts, shown = part()
    mine = counts[counts["grouping"] != ""].reset_index(drop=True)
    for side in SIDES:
        assert (mine.loc[shown[side].notna(), side] >= 5).all()


def rows_of(counts: list[tuple[str, str, int, int, int]]) -> pd.DataFrame:
    rows = [(grouping, group, a + b + c, a, b, c) for grouping, group, a, b, c in counts]
    return pd.DataFrame(rows, columns=["grouping", "group", "n", *SIDES])


def hidden_of(counts: list[tuple[str, str, int, int, int]], everybody: tuple[int, int, int], *links: Link) -> list[str]:
    """Hidden sides of each row by their first letters in a made-up table of exact counts (p, u for neutral, n)."""
    rows = rows_of(counts)
    found = hidden_cells(rows, np.array(everybody), links, LIMITS, exact=True)
    return ["".join(letter for letter, hides in zip("pun", row, strict=True) if hides) for row in found]


def test_one_small_group_is_not_left_to_subtraction() -> None:
    """By hand: only b has few negative answers; the totals of everybody would tell them, so another goes with it."""
    found = hidden_of([("g", "a", 30, 20, 25), ("g", "b", 20, 12, 2), ("g", "c", 40, 30, 30)], (90, 62, 57))
    assert found[1] == "un"
    assert sorted(found) == sorted(["un", "un", ""])


def test_nothing_small_hides_nothing() -> None:
    assert hidden_of([("g", "a", 30, 20, 25), ("g", "b", 20, 12, 9)], (50, 32, 34)) == ["", ""]


def test_who_is_in_no_group_does_not_follow_either() -> None:
    """Ten people are in no group. With both groups shown their answers would be what is left over."""
    found = hidden_of([("g", "a", 30, 20, 25), ("g", "b", 20, 12, 9)], (58, 33, 35))
    assert any(found)
    assert hidden_of([("g", "a", 30, 20, 25), ("g", "b", 20, 12, 9)], (58, 39, 41)) != ["", ""]


def test_a_level_and_its_areas_are_one_table() -> None:
    """Level x is areas a and b. One more set of groups tells the sum of their answers."""
    counts = [("area", "a", 30, 20, 25), ("area", "b", 20, 12, 2), ("area", "c", 40, 30, 2), ("area", "d", 33, 20, 20),
              ("level", "x", 50, 32, 27), ("level", "y", 73, 50, 22)]  # fmt: skip
    links = [Link(("level", "x"), (("area", "a"), ("area", "b"))), Link(("level", "y"), (("area", "c"), ("area", "d")))]
    apart = hidden_of(counts, (123, 82, 49))
    linked = hidden_of(counts, (123, 82, 49), *links)
    assert apart[0] == "", "without the level, c gives b its room"
    assert linked[0] or linked[4], "with it, a or the level must be hidden too"


cells = st.integers(0, 9) | st.integers(0, 60)


@given(counts=st.lists(st.tuples(cells, cells, cells), min_size=3, max_size=7), rest=st.tuples(cells, cells, cells))
@settings(max_examples=40, deadline=None)
def test_hidden_rows_move_with_others(counts: list[tuple[int, int, int]], rest: tuple[int, int, int]) -> None:
    """No hidden side is alone in its row, and none alone among its set and those who are in no group."""
    named = [("g", f"{i}", *row) for i, row in enumerate(counts)]
    everybody = np.array(counts).sum(axis=0) + np.array(rest)
    hidden = hidden_cells(rows_of(named), everybody, (), LIMITS, exact=True)
    for row, covered in zip(counts, hidden, strict=True):
        alike = max(row) > sum(row) - 5  # where nearly everybody chose one side, the others' zeros tell it
        wanted = [side for side in range(3) if everybody[side] and (0 < row[side] < 5 or alike or sum(row) < 10)]
        assert covered[wanted].all()
        assert covered.sum() != 1 or (everybody > 0).sum() == 1
    for side in range(3):
        alone = hidden[:, side].sum() == 1 and not sum(rest)
        if alone and everybody[side]:
            row = int(np.flatnonzero(hidden[:, side])[0])
            others = [i for i in range(len(counts)) if i != row and sum(counts[i])]
            assert not others, "the column's total tells it"


def test_a_row_under_the_least_size_is_hidden_whole() -> None:
    rows = rows_of([("g", "a", 6, 6, 6), ("g", "b", 30, 20, 25), ("g", "c", 40, 30, 30)])
    everybody = np.array([76, 56, 61])
    found = [hidden_cells(rows, everybody, (), replace(LIMITS, min_group=least)) for least in (18, 19)]
    assert [hidden[0].tolist() for hidden in found] == [[False] * 3, [True] * 3]


def test_rounding_protects_but_where_shares_are_printed_as_they_are() -> None:
    """The shares of a and c, in whole percent, leave room for the two answers of b; unrounded shares leave none."""
    groups = [("g", "a", 300, 200, 250), ("g", "b", 60, 50, 2), ("g", "c", 400, 300, 300), ("", "", 760, 550, 552)]
    kinds = ("item", CHANGE)
    rows = [(*names, "s", kind, kind, sum(sides), *sides) for kind in kinds for *names, a, b, c in groups
            for sides in [(a, b, c)]]  # fmt: skip
    shown = protect(pd.DataFrame(rows, columns=RAW), shipped.rendering().policy)
    details = {kind: shown.loc[shown["kind"] == kind, "detail"].tolist() for kind in kinds}
    assert details["item"] == ["sides", "some", "sides"]
    assert sorted(details[CHANGE]) == ["sides", "some", "some"]


def test_thresholds_of_nought_hide_nothing() -> None:
    off = Thresholds(min_group=0, min_cell=0, min_answered=0.5, alpha=0.05, min_test_group=10, coarse_group=0)
    rows = rows_of([("g", "a", 3, 0, 1), ("g", "b", 2, 2, 2)])
    assert not hidden_cells(rows, np.array([5, 2, 3]), (), off).any()


def test_members_of_no_group_are_in_no_row() -> None:
    rendering = shipped.rendering()
    half = rendering.respondents["sector"].astype("object").where(rendering.respondents["sector"] == "third")
    rows = raw_answers(rendering, [ProfileSet("made", half, ("third",))])
    mine = rows[rows["grouping"] == "made"].set_index("item")["n"]
    same = raw()[raw()["group"] == "third"].set_index("item")["n"]
    assert mine.tolist() == same.tolist()


@pytest.mark.slow
def test_change_over_time_shows_no_more_than_the_profiles() -> None:
    from survey_report.findings.changing import change_findings

    rendering = shipped.rendering()
    mine = raw()[raw()["kind"] == "change"]
    joint = protect(mine, rendering.policy, links_between(study_sets(rendering)))
    whole = {(r.scale, r.item, r.grouping, r.group) for r in joint[joint["detail"] == "sides"].itertuples()}
    shown = change_findings(rendering).groups
    shown = shown[shown["balance"].notna()]
    assert len(shown) > 50
    assert {(r.scale, r.period, r.grouping, r.group) for r in shown.itertuples()} <= whole


def sections_of(*roles: str) -> tuple[CrossSection, ...]:
    """Cross-sections of one service by role."""
    return tuple(CrossSection(f"health-{role}", role, (("service", "health"), ("role", role))) for role in roles)


def of_questions(rendering: Rendering, *items: str) -> tuple[pd.DataFrame, pd.DataFrame, tuple[Link, ...]]:
    """Raw and protected rows of some items of the first scale, and the links of all sets."""
    sets = study_sets(rendering)
    counts = raw_answers(rendering, sets)
    mine = counts[(counts["scale"] == "services") & counts["item"].isin(items)]
    return mine, protect(mine, rendering.policy, links_between(sets)), links_between(sets)


def with_sections(*roles: str) -> Rendering:
    rendering = shipped.rendering()
    return replace(rendering, study=replace(rendering.study, cross_sections=sections_of(*roles)))


def test_cross_sections_of_one_group_are_parts_of_it_together() -> None:
    """Whoever reads three of the four takes them from the service and has the fourth."""
    roles = ("senior-leader", "manager", "frontline", "support-role")
    counts, shown, links = of_questions(with_sections(*roles), "availability", "ease_of_access")
    whole = [link for link in links if link.whole == ("service", "health")]
    assert [{name for name, _ in link.parts} for link in whole] == [{f"health-{role}" for role in roles}]
    table = shown[shown["item"] == "availability"].set_index("grouping")
    few = counts[counts["item"] == "availability"].set_index("grouping").loc["health-senior-leader"]
    assert (few["n"] > 9, few["positive"] < 5) == (True, True)
    assert table.loc["health-senior-leader", list(SIDES)].isna().any()


def test_families_are_of_those_that_share_no_member() -> None:
    apart = {"a": {"b", "c"}, "b": {"a"}, "c": {"a", "d"}, "d": {"c"}, "e": set[str]()}
    found = {frozenset(family) for family in _families(list("abcde"), apart)}
    assert found == {frozenset(name) for name in ("ab", "ac", "cd", "e")}


def test_who_is_left_by_a_large_group_needs_no_hiding() -> None:
    """Frontline staff of one service and everybody else both have many of each answer: nothing is hidden."""
    counts, shown, _ = of_questions(with_sections("frontline"), "availability")
    assert (counts.loc[counts["grouping"] == "health-frontline", list(SIDES)] >= 10).all(axis=None)
    mine = shown[shown["grouping"].isin(["health-frontline", "service"])]
    assert (mine["detail"] == "sides").all()


def test_the_study_reports_on_its_cross_sections_with_its_groupings() -> None:
    """Profiles print rows of the sets that are protected together, and no others; so do tables of change."""
    rendering = with_sections("manager", "frontline")
    together, printed = study_sets(rendering), profile_sets(rendering)
    assert [part.id for part in together[-2:]] == [part.id for part in printed[-2:]] == [
        "health-manager", "health-frontline",
    ]  # fmt: skip
    members = {part.id: part for part in together}
    for part in printed:
        assert part.groups == members[part.id].groups
        pd.testing.assert_series_equal(part.members, members[part.id].members)
    scale = rendering.study.scale("services")
    one = replace(rendering, study=replace(rendering.study, scales=(scale,)))
    changes = protected_changes(one)
    whole = protected_answers(one, study_sets(one))
    pd.testing.assert_frame_equal(changes, whole[whole["kind"] == CHANGE].reset_index(drop=True))
    assert {"health-manager", "health-frontline"} <= set(changes["grouping"])
