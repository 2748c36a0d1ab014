"""What chance does to printed comparisons, beside Fisher's exact test and beside groups drawn at random."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from survey_report.disclosure.intervals import (
    balance_difference_ends,
    difference_ends,
    leaves_out_zero,
    share_ends,
)
from survey_report.disclosure.precision import rounded
from survey_report.findings.luck import Luck, balance_luck, mean_luck, share_luck

ALPHA, FINE = 0.05, 1e-9
DRAWS = 4000


def within_error(found: float, rate: float, draws: int = DRAWS) -> bool:
    """Totals follow from rounded shares, and jumps of a rounded figure move the rate by up to a point in a hundred."""
    return abs(found - rate) <= 3.5 * np.sqrt(max(rate, 0.002) * (1 - rate) / draws) + 0.01


@pytest.mark.parametrize(("mine", "theirs", "n"), [(12, 5, 30), (3, 11, 25), (40, 52, 100), (7, 7, 15)])
def test_p_of_shares_is_that_of_fishers_exact_test(mine: int, theirs: int, n: int) -> None:
    """In two groups of one size the least likely tables are those with the largest differences."""
    luck = share_luck(100 * mine / n, n, 100 * theirs / n, n, step=FINE, second_step=FINE, alpha=ALPHA)
    exact = stats.fisher_exact([[mine, n - mine], [theirs, n - theirs]]).pvalue
    assert luck.p == pytest.approx(exact, rel=1e-6)


@pytest.mark.parametrize(("n", "step"), [(12, 5.0), (35, 5.0), (120, 1.0)])
def test_shares_of_groups_drawn_at_random(n: int, step: float) -> None:
    draw, whole, total = np.random.default_rng(n), 600, 210
    counts = draw.hypergeometric(total, whole - total, n, size=DRAWS)
    first = np.array([rounded(100 * k / n, step) for k in counts])
    second = np.array([rounded(100 * (total - k) / (whole - n), 1.0) for k in counts])
    ends = share_ends(first, n, second, whole - n, steps=step + 1, alpha=ALPHA)
    seen = float(leaves_out_zero(*ends).mean())
    luck = share_luck(first[0], n, second[0], whole - n, step=step, second_step=1.0, alpha=ALPHA)
    assert within_error(seen, luck.chance)
    assert seen < ALPHA, "intervals of rounded shares are wider than the level asks for"
    assert within_error(float((np.abs(first - second) >= abs(first[0] - second[0])).mean()), luck.p)


@pytest.mark.parametrize(("n", "step"), [(14, 5.0), (40, 5.0), (200, 1.0)])
def test_balances_of_groups_drawn_at_random(n: int, step: float) -> None:
    draw, better, worse, whole = np.random.default_rng(n), 220, 130, 700
    counts = draw.multivariate_hypergeometric([better, worse, whole - better - worse], n, size=DRAWS)
    first = [np.array([rounded(100 * k / n, step) for k in counts[:, place]]) for place in (0, 1)]
    second = [
        np.array([rounded(100 * (total - k) / (whole - n), 1.0) for k in counts[:, place]])
        for place, total in enumerate((better, worse))
    ]
    two = (first[0], first[1]), n, (second[0], second[1]), whole - n
    seen = float(leaves_out_zero(*balance_difference_ends(*two, steps=step + 1, alpha=ALPHA)).mean())
    one = (first[0][0], first[1][0]), n, (second[0][0], second[1][0]), whole - n
    luck = balance_luck(*one, step=step, second_step=1.0, alpha=ALPHA)
    assert within_error(seen, luck.chance)
    assert seen < ALPHA


@pytest.mark.parametrize(("n", "step"), [(15, 0.5), (30, 0.1), (150, 0.01)])
def test_means_of_groups_drawn_at_random(n: int, step: float) -> None:
    draw = np.random.default_rng(n)
    scores = draw.choice([1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5], size=800)
    spread, given = float(scores.std(ddof=1)), {"unit": 0.1, "alpha": ALPHA, "width": 4.0}
    first, second = np.zeros(DRAWS), np.zeros(DRAWS)
    for place in range(DRAWS):
        order = draw.permutation(800)
        first[place] = rounded(float(scores[order[:n]].mean()), step)
        second[place] = rounded(float(scores[order[n:]].mean()), 0.01)
    ends = difference_ends(first - second, n, 800 - n, spread, step=step + 0.01, **given)
    luck = mean_luck(first[0], n, second[0], 800 - n, spread, step=step, second_step=0.01, **given)
    assert within_error(float(leaves_out_zero(*ends).mean()), luck.chance)
    assert luck.chance < ALPHA


def test_a_difference_that_chance_hardly_makes_has_a_small_p() -> None:
    assert share_luck(80, 60, 30, 500, step=1, second_step=1, alpha=ALPHA).p < 1e-9
    assert share_luck(30, 60, 30, 500, step=1, second_step=1, alpha=ALPHA).p == pytest.approx(1.0)
    assert isinstance(
        mean_luck(3.0, 60, 3.0, 500, 0.8, step=0.01, second_step=0.01, unit=0.1, alpha=ALPHA, width=4), Luck
    )
