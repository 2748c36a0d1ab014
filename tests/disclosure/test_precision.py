"""How finely figures of small groups are given: steps by hand, and what a reader can work out of them."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from survey_report.disclosure import Policy
from survey_report.disclosure.comparisons import coarse_p, coarse_pairs, coarse_tests, order_known
from survey_report.disclosure.precision import MeanSteps, mean_steps, precision_of, rounded, steps_text
from survey_report.study import Option, ResponseSet, Thresholds
from survey_report.study_load import load_study

sys.path.insert(0, str(Path(__file__).parents[1] / "attacker"))
from distributions import Printed, fitting, revealed

LIMITS = Thresholds(min_group=10, min_cell=5, min_answered=0.5, alpha=0.05, min_test_group=10)
NAMES = ("positive", "positive", "neutral", "negative", "negative")
FIVE = ResponseSet(
    "five",
    tuple(Option(f"o{5 - i}", f"O{5 - i}", 5 - i, side) for i, side in enumerate(NAMES)),
    (),
    {},  # type: ignore[arg-type]
)


@pytest.mark.parametrize(
    ("n", "mean", "percent", "spread"),
    [(50, 3.28, 28.0, True), (49, 3.3, 30.0, False), (20, 3.3, 30.0, False), (19, 3.5, 30.0, False)],
)
def test_the_fewer_the_coarser(n: int, mean: float, percent: float, spread: bool) -> None:
    precision = precision_of(n, LIMITS, FIVE)
    assert (precision.mean(3.276), precision.percent(27.6)) == (mean, percent)
    assert precision.sd is spread


def answers_from(low: int, high: int) -> ResponseSet:
    """A set with a score for every whole number between its ends; those below the middle are its negative side."""
    options = []
    for score in range(low, high + 1):
        side = ("negative", "neutral", "positive")[int(np.sign(2 * score - low - high)) + 1]
        options.append(Option(f"o{score}", str(score), score, side))  # type: ignore[arg-type]
    return ResponseSet("of", tuple(options), (), {})


@pytest.mark.parametrize(
    ("low", "high", "small", "smallest", "shown"),
    [
        (0, 1, 0.05, 0.1, (0.65, 0.6)),  # of two answers the mean is a share: no finer than shares, which go by five
        (1, 2, 0.05, 0.1, (1.65, 1.6)),
        (1, 3, 0.05, 0.2, (2.25, 2.2)),
        (1, 4, 0.1, 0.5, (2.9, 3.0)),
        (1, 5, 0.1, 0.5, (3.5, 3.5)),
        (-2, 2, 0.1, 0.5, (0.5, 0.5)),
        (1, 7, 0.2, 1.0, (4.8, 5.0)),
        (1, 10, 0.2, 1.0, (6.6, 7.0)),
        (0, 10, 0.2, 1.0, (6.2, 6.0)),
    ],
)
def test_small_groups_are_protected_in_proportion_to_the_range(
    low: int, high: int, small: float, smallest: float, shown: tuple[float, float]
) -> None:
    """Five eighths up from the low end; steps by hand: a fortieth and an eighth of the range as 1, 2 or 5."""
    answers, mean = answers_from(low, high), low + 0.626 * (high - low)
    assert mean_steps(answers, LIMITS) == MeanSteps(small, smallest)
    span = high - low
    assert 0.1 <= smallest / span <= 1 / 6 + 1e-9
    assert (0.02 <= small / span <= 1 / 30 + 1e-9) or span == 1
    found = [precision_of(n, LIMITS, answers) for n in (20, 10, 50)]
    assert tuple(one.mean(mean) for one in found[:2]) == shown
    for one in found:  # what is printed is what it was rounded to
        assert round(one.mean(mean), one.decimals) == one.mean(mean)
        assert one.end_step == (small if one.coarse else 0.01)
    assert found[2].mean(mean) == rounded(mean, 0.01)


def test_a_mean_without_its_answers_is_refused() -> None:
    with pytest.raises(ValueError, match="depends on the answers"):
        precision_of(20, LIMITS).mean(3.2)
    assert precision_of(20, LIMITS).percent(27.6) == 30


def test_steps_in_words_are_those_of_every_scale() -> None:
    study = load_study(Path(__file__).parents[2] / "studies" / "csrr-2023")
    assert steps_text(study) == ("0.1", "0.5")
    ten = {**study.response_sets, study.scales[0].items[0].response_set: answers_from(0, 10)}
    assert steps_text(replace(study, response_sets=ten)) == ("0.2", "1")
    assert steps_text(replace(study, scales=())) == ("fortieth", "eighth")


def test_a_figure_that_is_public_is_given_as_it_is() -> None:
    policy = Policy(LIMITS, frozenset({"known"}))
    assert policy.precision(12, "known", FIVE).mean(2.531) == 2.53
    assert policy.precision(12, "other", FIVE).mean(2.531) == 2.5


@pytest.mark.parametrize(
    ("value", "step", "found"), [(12.5, 5, 15), (-12.5, 5, -15), (3.25, 0.5, 3.5), (3.24, 0.5, 3.0), (0.15, 0.1, 0.2)]
)
def test_halves_are_rounded_away_from_nought(value: float, step: float, found: float) -> None:
    assert rounded(value, step) == found


@pytest.mark.parametrize(
    ("p", "shown"),
    [(0.0342, 0.03), (0.0467, 0.04), (0.0501, 0.05), (0.00049, 0.0005), (0.77, 0.8), (1.0, 1.0), (2.2e-13, 2e-13)],
)
def test_one_digit_of_p_stays_on_its_side_of_the_level(p: float, shown: float) -> None:
    assert coarse_p(p, 0.05) == pytest.approx(shown, rel=1e-6, abs=0)


@given(p=st.floats(1e-12, 1.0), alpha=st.sampled_from([0.01, 0.05, 0.1]))
def test_p_never_crosses_the_level(p: float, alpha: float) -> None:
    assert (coarse_p(p, alpha) < alpha) == (p < alpha)


def paired(means: dict[str, tuple[float, float, bool]], found: list[tuple[str, str, float, bool]]) -> pd.DataFrame:
    """Pairs (a, b, exact difference, significant) as they may be shown of groups (mean, step, coarse)."""
    groups = pd.DataFrame([("g", name, *of) for name, of in means.items()])
    groups.columns = pd.Index(["grouping", "group", "mean", "step", "coarse"])
    pairs = pd.DataFrame(found, columns=["a", "b", "difference", "significant"])
    return coarse_pairs(pairs.assign(grouping="g", low=-0.1, high=0.9, p=0.02), groups)


def test_of_a_pair_with_a_small_group_only_shown_means_enter() -> None:
    groups = {"a": (3.11, 0.01, False), "b": (2.9, 0.1, True), "c": (2.5, 0.01, False)}
    shown = paired(groups, [("a", "b", 0.17, True), ("a", "c", 0.61, True), ("b", "c", 0.4, False)])
    assert shown["difference"].tolist() == pytest.approx([0.21, 0.61, 0.4])
    assert shown["p"].isna().tolist() == shown["low"].isna().tolist() == [True, False, True]
    assert shown["state"].tolist() == ["differs", "differs", "no difference found"]
    assert shown["significant"].tolist() == [True, True, False]


@pytest.mark.parametrize("significant", [True, False])
@pytest.mark.parametrize("difference", [-0.108, 0.2])
def test_nothing_is_told_of_a_pair_whose_shown_means_leave_the_order_open(difference: float, significant: bool) -> None:
    """Whatever the test found and whichever is the higher: the public sector's 3.09 beside 3.0, which may be 3.24."""
    groups = {"a": (3.09, 0.01, False), "b": (3.0, 0.5, True)}
    shown = paired(groups, [("a", "b", difference, significant)]).iloc[0]
    assert shown["state"] == "not told"
    assert pd.isna(shown[["difference", "low", "high", "p", "significant"]]).all()


@pytest.mark.parametrize(
    ("gap", "steps", "known"), [(0.5, (0.5, 0.5), True), (0.25, (0.5, 0.01), False), (0.26, (0.5, 0.01), True),
                                (0.1, (0.1, 0.1), True), (0.0, (0.01, 0.01), False), (0.05, (0.1, 0.01), False)],
)  # fmt: skip
def test_it_is_told_where_the_shown_means_tell_the_order(gap: float, steps: tuple[float, float], known: bool) -> None:
    groups = {"a": (3.0 + gap, steps[0], True), "b": (3.0, steps[1], False)}
    shown = paired(groups, [("a", "b", 0.3, True)])
    assert (shown["state"].iloc[0] == "differs") == known
    assert (order_known(-gap, sum(steps)), order_known(gap, sum(steps))) == (known, known)


@given(
    a=st.floats(1, 5), b=st.floats(1, 5), steps=st.tuples(*[st.sampled_from([0.01, 0.1, 0.5])] * 2),
)  # fmt: skip
def test_a_pair_that_is_told_never_stands_the_wrong_way_round(a: float, b: float, steps: tuple[float, float]) -> None:
    shown = [rounded(mean, step) for mean, step in zip((a, b), steps, strict=True)]
    if order_known(shown[0] - shown[1], sum(steps)):
        assert (shown[0] > shown[1]) == (a > b)


def test_pairs_of_which_it_is_public_that_none_differs_are_told_without_a_difference() -> None:
    groups = pd.DataFrame({"grouping": "g", "group": ["a", "b"], "mean": [3.1, 3.1], "step": 0.1, "coarse": True})
    pairs = pd.DataFrame({"grouping": "g", "a": ["a"], "b": ["b"], "difference": [0.02], "low": [0.0], "high": [0.1],
                          "p": [0.9], "significant": [False]})  # fmt: skip
    shown = coarse_pairs(pairs, groups, public=True).iloc[0]
    assert (shown["state"], pd.isna(shown["difference"])) == ("no difference found", True)
    turned = coarse_pairs(pairs.assign(significant=True), groups, public=True).iloc[0]
    assert turned["state"] == "not told"


def test_a_test_with_a_small_group_loses_its_statistic() -> None:
    groups = pd.DataFrame(
        {"grouping": ["g", "g", "h"], "group": ["a", "b", "a"], "mean": 3.0, "coarse": [True, False, False]}
    )
    found = [("g", 4.2, 31.0, 0.0123, ("a", "b")), ("h", 4.2, 31.0, 0.0123, ("a",))]
    tests = pd.DataFrame(found, columns=["grouping", "statistic", "df_within", "p", "groups"])
    shown = coarse_tests(tests, groups, 0.05)
    assert shown["statistic"].isna().tolist() == [True, False]
    assert shown["p"].tolist() == [0.01, 0.0123]


def printed(counts: list[int]) -> Printed:
    """What is printed of a group's answers to the only question of a scale, as the policy has it."""
    policy, n = Policy(LIMITS, frozenset()), sum(counts)
    frame = pd.DataFrame([counts], columns=[option.id for option in FIVE.options])
    precision = policy.precision(n, answers=FIVE)
    mean = float(np.dot(counts, [5, 4, 3, 2, 1]) / n)
    detail = policy.answer_detail(frame, FIVE).iloc[0]
    sides = (counts[0] + counts[1], counts[2], counts[3] + counts[4])
    shares = tuple(precision.percent(100 * side / n) if detail != "none" else None for side in sides)
    shown = policy.group_may_show(n) and policy.mean_may_show(mean, n, frame, FIVE)
    return Printed(
        n,
        precision.mean(mean) if shown else None,
        precision.mean_step,
        shares=shares,
        step=precision.pct_step,  # type: ignore[arg-type]
    )


groups = st.integers(10, 49).flatmap(
    lambda n: st.lists(st.floats(0.001, 1), min_size=5, max_size=5).map(lambda w: [int(v) for v in split(n, w)])
)


def split(n: int, weights: list[float]) -> np.ndarray:
    return np.random.default_rng(int(1e6 * sum(weights))).multinomial(n, np.array(weights) / sum(weights))


@given(counts=groups)
@example(counts=[0, 8, 7, 0, 7])  # the shares and the mean together told that nobody chose two of the answers
@settings(max_examples=150, deadline=None)
def test_answers_of_a_small_group_do_not_follow(counts: list[int]) -> None:
    """What is printed fits several distributions, and leaves room for five answers on every side that is hidden.

    Of a side that nobody chose it may be printed that it has none, where no side was chosen by all but a few.
    """
    seen = printed(counts)
    found = fitting(seen)
    nobody = np.array([share == 0 for share in seen.shares])
    assert nobody.any() or not revealed(seen)
    sides = np.column_stack([found[:, :2].sum(axis=1), found[:, 2], found[:, 3:].sum(axis=1)])
    if seen.mean is not None:
        assert (found.max(axis=0) >= LIMITS.min_cell)[~np.repeat(nobody, [2, 1, 2])].all()
    if seen.shares[0] is None:
        assert (sides.max(axis=0) >= LIMITS.min_cell).all()
        assert (sides.max(axis=0) - sides.min(axis=0) >= LIMITS.min_cell).all()
    else:
        assert sides.min(axis=0).max() <= seen.n - LIMITS.min_cell


def test_the_mean_and_spread_with_two_decimals_would_tell_all() -> None:
    """Why they are not printed: of most groups of ten only one distribution fits them with the positive share."""
    draw, told = np.random.default_rng(5), 0
    for _ in range(60):
        counts = draw.multinomial(10, [0.15, 0.35, 0.2, 0.2, 0.1])
        answers = np.repeat([5, 4, 3, 2, 1], counts)
        share = 100 * float((answers >= 4).mean())
        mean, sd = round(float(answers.mean()), 2), round(float(answers.std(ddof=1)), 2)
        told += revealed(Printed(10, mean, sd=sd, shares=(share, None, None)))
    assert told > 40
