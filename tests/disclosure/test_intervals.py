"""Intervals around rounded figures: by hand, by simulation from a known truth, and where the scale ends."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import shipped
from survey_report.disclosure.intervals import BALANCE_ENDS, around, difference_ends, mean_ends, outward
from survey_report.disclosure.precision import precision_of
from survey_report.findings.changing import coarse_balance
from survey_report.findings.theme import theme_findings
from survey_report.scales import scale_scores
from survey_report.statistics.change import balance_of_counts
from survey_report.study import Option, ResponseSet, Study

FIVE = (1.0, 5.0)
DRAWS = 4000


def test_an_interval_from_everybodys_spread() -> None:
    """By hand: t of 24 degrees of freedom at 97.5% is 2.0639, times 1 over the root of 25 is 0.413; half a step of 0.1
    makes it 0.463, and the ends 2.537 and 3.463 go outward to one decimal."""
    assert mean_ends(3.0, 25, 1.0, step=0.1, unit=0.1, alpha=0.05, ends=FIVE) == (2.5, 3.5)
    low, high = mean_ends(3.0, 25, 1.0, step=0.0, unit=1e-4, alpha=0.05, ends=FIVE)
    assert (low, high) == pytest.approx((3 - 2.0639 / 5, 3 + 2.0639 / 5), abs=2e-4)


def test_no_interval_of_one_person_or_without_a_spread() -> None:
    assert all(math.isnan(end) for end in mean_ends(3.0, 1, 1.0, step=0.5, unit=0.1, alpha=0.05, ends=FIVE))
    assert all(math.isnan(end) for end in mean_ends(3.0, 9, math.nan, step=0.5, unit=0.1, alpha=0.05, ends=FIVE))


@given(
    mean=st.floats(1, 5), n=st.integers(2, 49), spread=st.floats(0.05, 2), step=st.sampled_from([0.01, 0.1, 0.5]),
)  # fmt: skip
def test_the_interval_of_a_rounded_mean_holds_that_of_the_mean_as_it_was_and_ends_with_the_scale(
    mean: float, n: int, spread: float, step: float
) -> None:
    printed = round(mean / step) * step
    low, high = mean_ends(printed, n, spread, step=step, unit=0.1, alpha=0.05, ends=FIVE)
    half = stats.t.ppf(0.975, n - 1) * spread / math.sqrt(n)
    assert 1 <= low <= max(1.0, mean - half) + 1e-6
    assert 5 >= high >= min(5.0, mean + half) - 1e-6
    assert low - 1e-6 <= printed <= high + 1e-6
    assert high - low <= 2 * half + step + 0.2 + 1e-6, "no wider than rounding makes it"


@pytest.mark.parametrize("points", [2, 5, 11])
@pytest.mark.parametrize("n", [10, 12, 15, 19, 20, 35, 49])
def test_the_interval_of_a_small_group_holds_its_mean_as_often_as_it_says(n: int, points: int) -> None:
    """Scores of four items; the true means run through everything between two steps, as no one rounds well."""
    draw = np.random.default_rng(1000 * points + n)
    limits, top = shipped.rendering().study.thresholds, float(points - 1)
    answers = ResponseSet("of", tuple(Option(f"a{k}", f"a{k}", k, "positive") for k in range(points)), (), {})
    precision = precision_of(n, limits, answers)
    step = precision.mean_step
    covered = []
    for lean in np.linspace(0.3, 0.6, 7):
        mine = draw.binomial(points - 1, lean, (DRAWS // 7, n, 4)).mean(axis=2)
        spread = math.sqrt((points - 1) * lean * (1 - lean) / 4)
        for mean in mine.mean(axis=1):
            printed = round(mean / step) * step
            low, high = mean_ends(printed, n, spread, step=step, unit=precision.end_step, alpha=0.05, ends=(0.0, top))
            covered.append(low <= top * lean <= high)
    assert np.mean(covered) >= 0.95


def test_ends_move_outward_and_not_for_float_noise() -> None:
    assert outward(-0.31, 0.29, 0.1) == (-0.4, 0.3)
    assert outward(0.1 + 0.2, 0.7, 0.1) == (0.3, 0.7)
    assert outward(-0.04, 0.0, 0.1) == (-0.1, 0.0)
    assert [end.tolist() for end in outward(np.array([-0.31, 0.3]), np.array([0.29, 0.7]), 0.1)] == [
        [-0.4, 0.3],
        [0.3, 0.7],
    ]


def test_a_rounded_difference_of_shares_stays_possible() -> None:
    assert around(-99.0, 20.0, moved=5.0, unit=1.0, ends=BALANCE_ENDS) == (-100, 25)


def test_the_interval_of_a_difference_holds_the_one_from_means_as_they_were() -> None:
    for mean in np.linspace(2.0, 4.0, 41):
        for step in (0.1, 0.5):
            printed = round(mean / step) * step
            low, high = difference_ends(printed - 3.05, 25, 1000, 0.8, step=step, unit=0.1, alpha=0.05, width=4.0)
            half = stats.t.ppf(0.975, 1023) * 0.8 * math.sqrt(1 / 25 + 1 / 1000)
            assert low <= mean - 3.05 - half + 1e-9
            assert high >= mean - 3.05 + half - 1e-9


def test_the_interval_of_a_balance_of_rounded_shares_holds_that_of_the_answers() -> None:
    limits = shipped.rendering().study.thresholds
    for n in (10, 23, 49):
        for better in range(n + 1):
            for worse in range(0, n + 1 - better, 3):
                shares = [5 * round(20 * count / n) for count in (better, n - better - worse, worse)]
                *_, balance, low, high = coarse_balance(shares, n, limits)
                assert -100 <= low <= balance <= high <= 100
                if sum(shares[::2]) <= 100:
                    exact = balance_of_counts(better, worse, n, alpha=limits.alpha)
                    # the variance is that of the printed shares, which may be a little smaller
                    assert low <= exact.low + 2
                    assert high >= exact.high - 2


def test_printed_intervals_of_groups_end_with_the_scale(study: Study) -> None:
    """Twelve police who hardly vary, near the lowest answer: as any study may have them."""
    found = shipped.rendering()
    frame, scale = found.respondents.copy(), study.scale("services")
    service = study.column("service")
    police = frame.index[frame[service] == "police"]
    lowest = min(study.answers(scale).scores, key=lambda option: study.answers(scale).scores[option])
    second = sorted(study.answers(scale).scores, key=lambda option: study.answers(scale).scores[option])[1]
    for number, item in enumerate(scale.items):
        frame.loc[police, item.column] = [lowest if (place + number) % 2 else second for place in range(len(police))]
    changed = replace(found, respondents=frame, policy=replace(found.policy, released=frozenset()))
    groups = theme_findings(changed, "services").groups
    assert scale_scores(frame, scale, study)[police].max() < 2
    shown = groups[groups["low"].notna()]
    assert len(shown) > 10
    assert ((shown["low"] >= 1) & (shown["high"] <= 5)).all()
    assert ((shown["low"] <= shown["mean"]) & (shown["mean"] <= shown["high"])).all()
