"""Fifty made surveys, from export to published numbers, beside what R computes from the same files."""

from __future__ import annotations

import pytest
from beside_r import ByR, Made, as_computed, as_shown, as_told, looked_at_by_r
from made_surveys import NUMBER, made_survey

pytestmark = pytest.mark.slow
SOME = range(0, NUMBER, 7)  # of 2, 9, 6, 3, 10, 7, 4 and 11 points
ALL = range(NUMBER)


@pytest.fixture(scope="module", params=[SOME, pytest.param(ALL, marks=pytest.mark.heavy)], ids=["some", "all"])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Made], ByR]:
    """Surveys with their findings, and what R says of them."""
    folder = tmp_path_factory.mktemp("made")
    surveys = [Made(made_survey(seed), folder) for seed in request.param]
    return surveys, looked_at_by_r(surveys, folder)


def test_r_agrees_with_all_that_is_computed(made: tuple[list[Made], ByR]) -> None:
    tally = as_computed(*made)
    print("\n".join(tally.lines()))
    assert tally.wrong == []
    assert sum(tally.counts.values()) > 200 * len(made[0])
    assert min(tally.counts[name] for name in ("pair_p", "alpha", "welch_p", "kruskal_p", "omega")) > len(made[0]) / 2


def test_r_agrees_with_all_that_is_published(made: tuple[list[Made], ByR]) -> None:
    tally = as_shown(*made)
    print("\n".join(tally.lines()))
    assert tally.wrong == []
    assert tally.counts["mean"] > len(made[0])


def test_what_is_not_told_has_a_reason_and_no_text_lacks_a_number(made: tuple[list[Made], ByR]) -> None:
    assert as_told(*made).wrong == []
