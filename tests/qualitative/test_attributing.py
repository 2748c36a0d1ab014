"""Which services an attribution may name: how many spoke, what the table of participants tells, who is left unnamed."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_report.qualitative.attributing import FEWEST, Attribution, may_be_named, told_of_participants
from survey_report.study import Participants

OWN = {"health": "health", "police": "police", "schools": "schools"}


def heard(method: str = "interview", **people: int) -> pd.DataFrame:
    """So many people of each service."""
    rows = [
        (f"{service} {n}", method, service.replace("_", "-")) for service, count in people.items() for n in range(count)
    ]
    return pd.DataFrame(rows, columns=["who", "method", "service"])


def named(voices: pd.DataFrame, *table: Participants, crosswalk: dict[str, str | None] | None = None) -> set[str]:
    told = told_of_participants(table, OWN, crosswalk or {})
    return {service for _, service in may_be_named(voices, FEWEST, told)}


def test_two_interviewees_of_a_service_are_not_named() -> None:
    assert named(heard(police=2)) == set()
    assert named(heard(police=3)) == {"police"}
    assert named(heard("focus group", police=2)) == set()  # nobody says how many sat in them
    assert named(heard(police=2, health=2, schools=9)) == {"schools"}


def test_the_only_unnamed_service_would_be_told_by_its_absence() -> None:
    assert named(heard(police=2, health=3, schools=9)) == {"schools"}
    assert named(heard(police=1, health=1, schools=9)) == set(), "two people left unnamed know of each other"
    assert named(heard(police=2, not_told=4, schools=9)) == {"schools"}


def test_the_table_says_how_many_spoke() -> None:
    row = Participants("focus_group", "police", "Police", 7)
    assert named(heard("focus group", police=1), row) == {"police"}
    assert named(heard("interview", police=1), row) == set(), "that is another method"
    assert named(heard("focus group", police=5), Participants("focus_group", "police", "Police", 2)) == set()


def test_a_table_that_names_the_post_leaves_the_method_alone() -> None:
    senior = Participants("interview", "police-senior-officer", "Senior police officers", 3)
    nurses = Participants("interview", "health", "Health", 9)
    assert named(heard(police=3, health=9, schools=9), senior, nurses) == set(), "it may be a post of any service"
    assert named(heard(police=3)) == {"police"}
    known = {"senior police officers": "police"}
    assert named(heard(police=3, health=9, schools=9), senior, nurses, crosswalk=known) == {"schools"}
    councillors = Participants("interview", "elected", "Elected members", 1)
    assert named(heard(health=9, schools=9), councillors, crosswalk={"elected members": None}) == {"health", "schools"}


def test_attribution() -> None:
    told = Attribution({"police": "Police"}, frozenset({("interview", "police")}))
    assert told.text("police", "interview") == "(Police: Interview)"
    assert told.text("police", "focus group") == "(Focus group)"
    assert told.text("", "interview") == "(Interview)"
    assert told.text("", "") == ""


@given(people=st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 8), min_size=1), least=st.integers(1, 10))
@settings(max_examples=300, deadline=None)
def test_whoever_is_unnamed_is_one_of_enough(people: dict[str, int], least: int) -> None:
    found = {name for _, name in may_be_named(heard("survey", **people), {"survey": least})}
    unnamed = people.keys() - found
    assert all(people[name] >= least for name in found)
    if found and unnamed:
        assert len(unnamed) > 1
        assert sum(people[name] for name in unnamed) >= least


@pytest.mark.parametrize("method", ["survey", "interview"])
def test_without_a_limit_nobody_is_named_of_too_few(method: str) -> None:
    assert may_be_named(heard(method, health=99), {method: float("inf")}) == frozenset()
