"""The stored values are what the R scripts beside them give."""

from __future__ import annotations

from pathlib import Path

import pytest

import r_values


@pytest.mark.parametrize(
    ("script", "tables"),
    [
        ("groups.R", ["group-samples.csv", "groups.csv"]),
        ("clusters.R", ["cluster-scores.csv", "clusters.csv"]),
        ("ordered.R", ["ordered-counts.csv", "ordered.csv"]),
        ("items.R", ["item-answers.csv", "items.csv"]),
        ("change.R", ["change-answers.csv", "change.csv"]),
        ("weights.R", ["weight-respondents.csv", "weights.csv"]),
        ("contrasts.R", ["contrast-answers.csv", "contrasts.csv"]),
    ],
)
def test_stored_values_are_what_r_gives(script: str, tables: list[str], tmp_path: Path) -> None:
    r_values.run(script, tmp_path)
    for table in tables:
        r_values.assert_kept(table, tmp_path, rel=1e-6, absolute=1e-9)
