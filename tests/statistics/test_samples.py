"""Scores by group: what belongs to a group, and what may be tested."""

from __future__ import annotations

import numpy as np
import pandas as pd

from survey_report.statistics.samples import eligible, group_samples, ineligible


def test_scores_find_their_group_by_respondent() -> None:
    scores = pd.Series([1.0, 2.0, np.nan, 4.0, 5.0], index=[10, 11, 12, 13, 14])
    groups = pd.Series(["b", None, "a", "b", "other", "a"], index=[14, 13, 12, 11, 10, 99], dtype="category")
    found = group_samples(scores, groups, ["a", "b", "c"])
    assert {group: sample.tolist() for group, sample in found.items()} == {"a": [], "b": [2.0, 5.0], "c": []}


def test_small_and_flat_groups_are_not_tested() -> None:
    assert ineligible(np.arange(9.0), 10) == "fewer than 10 answers"
    assert ineligible(np.array([1.0]), 0) == "fewer than 2 answers"
    assert ineligible(np.full(12, 3.0), 10) == "cannot be computed"
    assert ineligible(np.arange(10.0), 10) == ""
    assert list(eligible({"small": np.arange(9.0), "flat": np.full(12, 3.0), "ten": np.arange(10.0)}, 10)) == ["ten"]
