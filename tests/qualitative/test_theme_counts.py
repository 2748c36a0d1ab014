"""Counts of themes, by hand on a small corpus, and what protection hides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_report.disclosure import Policy
from survey_report.findings.voices import within
from survey_report.qualitative.corpus import CodeRecord, Corpus, ExcerptRecord, SourceRecord, assemble
from survey_report.qualitative.protection import may_show_parts
from survey_report.qualitative.theme_counts import (
    raised,
    raised_together,
    source_counts,
    theme_by_service,
    theme_counts,
    valence_counts,
)
from survey_report.study import Thresholds


def policy(min_group: int = 1, min_cell: int = 1, *released: str) -> Policy:
    return Policy(Thresholds(min_group, min_cell, 0.5, 0.05, 10), frozenset(released))


CODES = [
    CodeRecord("services", "Services"),
    CodeRecord("waits", "Waits", "services", "challenge"),
    CodeRecord("camhs", "Crisis", "waits"),  # a challenge, as what is above it
    CodeRecord("hubs", "Hubs", "services", "improvement"),
    CodeRecord("staff", "Staff"),
    CodeRecord("kind", "Kind", "staff", "improvement"),
    CodeRecord("idle", "Idle"),
]


def coded(*told: tuple[str, str, str]) -> Corpus:
    """A corpus from method, service and codes of each source; every code is given twice, by two coders."""
    sources = [SourceRecord(f"s{i}", "word", {"method": m, "service": s}) for i, (m, s, _) in enumerate(told)]
    excerpts = [
        ExcerptRecord(place, code, coder, start, start + 1)
        for place, (_, _, codes) in enumerate(told)
        for code in codes.split()
        for coder, start in (("ann", 0), ("bob", 2))
    ]
    return assemble(sources, CODES, excerpts)


SMALL = coded(
    ("survey", "health", "waits camhs"),
    ("survey", "health", "camhs kind"),
    ("survey", "police", "hubs"),
    ("survey", "", "services"),
    ("survey", "police", ""),
    ("focus group", "health", "waits hubs kind"),
    ("interview", "police", "kind"),
    ("interview", "", "camhs"),
)


def numbers(frame: pd.DataFrame, *by: str) -> dict[tuple[str, ...], int | None]:
    return {
        tuple(row[name] for name in by): None if pd.isna(row["n"]) else int(row["n"])
        for row in frame.to_dict("records")
    }


def test_sources_raising_each_theme_by_method_and_service() -> None:
    counts = numbers(theme_counts(SMALL, policy()), "theme", "method", "service")
    assert {key: n for key, n in counts.items() if n and key[2] == "all"} == {
        ("services", "survey", "all"): 4,  # itself once, through what is below it three times
        ("services", "focus group", "all"): 1,
        ("services", "interview", "all"): 1,
        ("services", "all", "all"): 6,
        ("services-waits", "survey", "all"): 2,  # waits and crisis in one answer are one source
        ("services-waits", "focus group", "all"): 1,
        ("services-waits", "interview", "all"): 1,
        ("services-waits", "all", "all"): 4,
        ("services-waits-crisis", "survey", "all"): 2,
        ("services-waits-crisis", "interview", "all"): 1,
        ("services-waits-crisis", "all", "all"): 3,
        ("services-hubs", "survey", "all"): 1,
        ("services-hubs", "focus group", "all"): 1,
        ("services-hubs", "all", "all"): 2,
        ("staff", "survey", "all"): 1,
        ("staff", "focus group", "all"): 1,
        ("staff", "interview", "all"): 1,
        ("staff", "all", "all"): 3,
        ("staff-kind", "survey", "all"): 1,
        ("staff-kind", "focus group", "all"): 1,
        ("staff-kind", "interview", "all"): 1,
        ("staff-kind", "all", "all"): 3,
    }
    assert counts["services", "survey", "health"] == 2
    assert counts["services", "survey", "police"] == 1
    assert counts["services", "survey", "not-told"] == 1
    assert counts["idle", "all", "all"] == 0
    table = theme_by_service(theme_counts(SMALL, policy()))
    assert table.columns.tolist() == ["health", "not-told", "police", "all"]
    assert table.index.tolist() == SMALL.codes["code"].tolist()
    assert table.loc["services"].tolist() == [3, 2, 1, 6]
    assert theme_by_service(theme_counts(SMALL, policy()), "survey").loc["staff"].tolist() == [1, 0, 0, 1]
    assert len(raised(SMALL)) == sum(n or 0 for key, n in counts.items() if key[1:] == ("all", "all"))


def test_sources_by_method_and_service() -> None:
    counts = numbers(source_counts(SMALL, policy()), "method", "service")
    assert counts["survey", "health"] == 2
    assert counts["survey", "all"] == 5
    assert counts["interview", "not-told"] == 1


def test_challenge_against_improvement() -> None:
    counts = numbers(valence_counts(SMALL, policy()), "theme", "valence", "method")
    assert counts["services", "challenge", "survey"] == 2
    assert counts["services", "improvement", "survey"] == 1
    assert counts["services", "challenge", "all"] == 4
    assert counts["services", "improvement", "all"] == 2
    assert counts["services-waits", "challenge", "all"] == 4
    assert counts["staff", "improvement", "all"] == 3
    assert ("staff", "challenge", "all") not in counts
    assert ("services-waits", "improvement", "all") not in counts


def test_themes_raised_together() -> None:
    pairs = raised_together(SMALL, policy()).set_index(["first", "second"])
    assert pairs.index.tolist() == [("services", "staff"), ("services", "idle"), ("staff", "idle")]
    assert pairs.loc[("services", "staff"), ["n_first", "n_second", "together"]].tolist() == [6, 3, 2]
    assert pairs.loc[("services", "staff"), "jaccard"] == pytest.approx(2 / 7)
    assert pairs.loc[("staff", "idle"), "jaccard"] == 0
    chosen = ["services", "services-waits", "services-hubs", "staff-kind"]
    fine = raised_together(SMALL, policy(), chosen).set_index(["first", "second"])
    assert ("services", "services-hubs") not in fine.index  # one lies within the other
    assert fine.loc[("services-waits", "services-hubs"), "together"] == 1
    assert fine.loc[("services-waits", "services-hubs"), "jaccard"] == pytest.approx(1 / 5)
    assert len(fine) == 4


def survey(health: int, police: int, schools: int, nobody: int = 20) -> Corpus:
    """Respondents of three services who raise `staff`, others who do not, and two focus groups of health that do."""
    told = [
        ("survey", name, "kind")
        for name, n in (("health", health), ("police", police), ("schools", schools))
        for _ in range(n)
    ]
    told += [("survey", name, "") for name in ("health", "police", "schools") for _ in range(nobody)]
    return coded(*told, ("focus group", "health", "kind"), ("focus group", "health", "waits"))


def test_small_counts_of_respondents_are_hidden_and_so_is_what_gives_them_away() -> None:
    frame = theme_counts(survey(3, 7, 30), policy(10, 5))
    counts = numbers(frame, "theme", "method", "service")
    assert counts["staff", "survey", "health"] is None
    assert counts["staff", "survey", "police"] is None  # or 40 - 30 - 7 would be told
    assert counts["staff", "survey", "schools"] == 30
    assert counts["staff", "survey", "all"] == 40
    assert counts["staff", "all", "health"] is None  # would tell the survey's part, since the groups' is known
    assert counts["staff", "focus group", "health"] == 1
    assert counts["staff", "all", "all"] == 41
    assert frame.loc[~frame["shown"], "n"].isna().all()
    assert frame.loc[frame["shown"], "n"].notna().all()


def test_few_respondents_in_all_are_hidden_with_the_total_over_methods() -> None:
    corpus = survey(3, 0, 0)
    counts = numbers(theme_counts(corpus, policy(10, 5)), "theme", "method", "service")
    assert counts["staff", "survey", "all"] is None
    assert counts["staff", "all", "all"] is None
    assert counts["services", "survey", "all"] == 0
    valence = numbers(valence_counts(corpus, policy(10, 5)), "theme", "valence", "method")
    assert valence["staff", "improvement", "survey"] is None
    assert valence["staff", "improvement", "all"] is None
    assert valence["staff", "improvement", "focus group"] == 1


def test_groups_that_are_not_reported_and_released_figures() -> None:
    corpus = survey(6, 7, 30, nobody=2)  # eight and nine respondents
    counts = numbers(theme_counts(corpus, policy(10, 5)), "theme", "method", "service")
    assert (counts["staff", "survey", "health"], counts["staff", "survey", "police"]) == (None, None)
    key = "themes.staff.n.survey.health"
    released = theme_counts(corpus, policy(10, 5, key)).set_index("key")
    assert released.loc[key, "n"] == 6
    assert numbers(theme_counts(corpus, policy(60, 5)), "theme", "method", "service")["staff", "survey", "all"] is None


def test_sources_without_a_method_are_protected_like_answers() -> None:
    corpus = coded(*[("", "health", "kind")] * 3, *[("", "health", "")] * 20)
    assert numbers(theme_counts(corpus, policy(10, 5)), "theme", "method", "service")["staff", "all", "all"] is None


def test_pairs_of_few_respondents_are_hidden() -> None:
    def pair(both: int, first: int, second: int) -> Mapping[str, object]:
        told = [
            ("survey", "health", c)
            for c, n in (("waits kind", both), ("waits", first), ("kind", second))
            for _ in range(n)
        ]
        row = raised_together(coded(*told, *[("interview", "", "waits kind")] * 9), policy(10, 5)).iloc[0]
        return dict(row)

    assert pair(6, 9, 7)["together"] == 15
    assert pair(6, 9, 7)["jaccard"] == pytest.approx(15 / 31)
    for few in ((4, 9, 7), (6, 4, 7), (6, 9, 4)):
        hidden = pair(*few)
        assert not hidden["shown"]
        assert all(pd.isna(hidden[name]) for name in ("n_first", "n_second", "together", "jaccard"))
    assert pair(0, 9, 7)["together"] == 9


@given(
    counts=st.lists(st.integers(0, 12), min_size=1, max_size=7),
    small=st.lists(st.booleans(), min_size=7, max_size=7),
    cell=st.integers(1, 6),
)
@settings(max_examples=300)
def test_no_hidden_part_follows_from_the_total(counts: list[int], small: list[bool], cell: int) -> None:
    numbers, keys = pd.Series(counts), [str(i) for i in range(len(counts))]
    not_reported = small[: len(counts)]
    shown = may_show_parts(numbers, keys, policy(1, cell), not_reported).to_numpy()
    hidden = np.array(counts)[~shown]
    assert not any(shown[i] and (not_reported[i] or 0 < counts[i] < cell) for i in range(len(counts)))
    left = [n for n, visible in zip(counts, shown, strict=True) if visible and n > 0]
    assert len(hidden) != 1 or not left
    assert hidden.sum() >= cell or not len(hidden) or not left
    assert Counter(hidden) + Counter(np.array(counts)[shown]) == Counter(counts)


@given(
    counts=st.lists(st.integers(0, 12), min_size=1, max_size=6),
    spare=st.lists(st.integers(0, 9), min_size=6, max_size=6),
    small=st.lists(st.booleans(), min_size=6, max_size=6),
    cell=st.integers(1, 6),
)
@settings(max_examples=200, deadline=None)
def test_the_total_leaves_each_hidden_count_as_wide_a_range_as_a_share_has(
    counts: list[int], spare: list[int], small: list[bool], cell: int
) -> None:
    """What a reader can work out, by trying all tables that have the same total."""
    numbers, keys = pd.Series(counts), [str(i) for i in range(len(counts))]
    apart, most = small[: len(counts)], [n + more for n, more in zip(counts, spare, strict=False)]
    shown = may_show_parts(numbers, keys, policy(1, cell), apart, most).to_numpy()
    hidden = np.flatnonzero(~shown)
    if any(visible and n for visible, n in zip(shown, counts, strict=True)):
        total = sum(counts[i] for i in hidden)
        limits = [range(0 if apart[i] else 1, (total if apart[i] else most[i]) + 1) for i in hidden]
        reachable = [{0}]
        for limit in limits:
            reachable.append({done + more for done in reachable[-1] for more in limit if done + more <= total})
        for place in range(len(hidden)):
            others = {0}
            for limit in limits[:place] + limits[place + 1 :]:
                others = {done + more for done in others for more in limit if done + more <= total}
            possible = [n for n in limits[place] if total - n in others]
            assert max(possible) - min(possible) >= cell


def test_three_small_counts_that_add_up_to_five_take_another_with_them() -> None:
    shown = may_show_parts(pd.Series([1, 1, 3, 40, 50]), list("abcde"), policy(10, 5), [False] * 5)
    assert shown.tolist() == [False, False, False, False, True], "or each would be known to lie in 1 to 3"


def test_a_part_of_the_frame_has_its_own_codes_and_excerpts_and_all_sources() -> None:
    part = within(SMALL, "staff")
    assert part.codes["code"].tolist() == ["staff", "staff-kind"]
    assert set(SMALL.excerpts["code"]) > set(part.excerpts["code"]) == {"staff-kind"}
    assert part.sources.equals(SMALL.sources)
