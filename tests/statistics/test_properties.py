"""What holds of any answers: numbers or a reason, intervals around estimates, no matter the order of rows or groups."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from survey_report.statistics.adjusted import adjusted_mean
from survey_report.statistics.change import balance_change, net_balance
from survey_report.statistics.clustered import Clustered, cluster_means, intraclass_correlation, random_intercept
from survey_report.statistics.comparisons import compare
from survey_report.statistics.effect_sizes import EffectSize, hedges_g_pairs, omega_squared
from survey_report.statistics.equivalence import equivalence
from survey_report.statistics.factor import omega
from survey_report.statistics.measurement import cronbach_alpha, item_statistics
from survey_report.statistics.multiplicity import holm
from survey_report.statistics.ordinal import CumulativeLogit, cumulative_logit
from survey_report.statistics.power import detectable_difference
from survey_report.statistics.samples import group_samples
from survey_report.statistics.sensitivity import (
    OneWay,
    brunner_munzel_pairs,
    classical_anova,
    classical_omega_squared,
    kruskal_wallis,
    tukey_pairs,
)
from survey_report.statistics.shares import wilson
from survey_report.statistics.weighted import weighted_mean, weighted_share
from survey_report.statistics.weighting import rake

GROUPS = ["a", "b", "c", "d"]
score = st.sampled_from([1.0, 2.0, 3.0, 3.5, 4.0, 5.0, math.nan])
row = st.tuples(score, st.sampled_from([*GROUPS, None]), st.sampled_from(["p", "q", "r", "s", "t", None]))
rows = st.lists(row, max_size=40)
orders = st.permutations(GROUPS)
HARD = [
    [],
    [(3.0, "a", "p")] * 6 + [(3.0, "b", "q")] * 6,
    [(1.0, "a", "p"), (2.0, "a", "p"), (5.0, "b", "q"), (4.0, "b", "q")],
    [(math.nan, "a", "p")] * 4 + [(2.0, "b", "q"), (3.0, "b", "r")],
]


def with_hard_ones(test: Callable[..., None]) -> Callable[..., None]:
    for hard in HARD:
        test = example(rows=hard, order=GROUPS, seed=1)(test)
    return settings(deadline=None, max_examples=60)(given(rows=rows, order=orders, seed=st.integers(0, 9))(test))


def frame_of(rows: Iterable[tuple[float, str | None, str | None]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["score", "group", "cluster"])
    return frame.astype({"score": float, "group": object, "cluster": object})


def sound(result: object, *, may_lack: Iterable[str] = ()) -> None:
    """Numbers, all finite, or a reason."""
    assert is_dataclass(result)
    numbers = [
        value
        for field in fields(result)
        if isinstance(value := getattr(result, field.name), float) and field.name not in may_lack
    ]
    assert not any(math.isinf(number) for number in numbers)
    assert result.reason or not any(math.isnan(number) for number in numbers), result  # type: ignore[attr-defined]


def sound_frame(frame: pd.DataFrame, columns: list[str]) -> None:
    values = frame[columns].to_numpy(float)
    assert not np.isinf(values).any()
    assert (frame["reason"].ne("") | ~np.isnan(values).any(axis=1)).all(), frame


def around(low: object, value: object, high: object) -> None:
    """The interval holds the estimate, or there is none."""
    ends = np.asarray([low, value, high], dtype=float)
    known = ~np.isnan(ends).any(axis=0)
    assert (ends[0][known] <= ends[1][known] + 1e-9).all()
    assert (ends[1][known] <= ends[2][known] + 1e-9).all()


def same(first: object, second: object) -> None:
    """Two results that differ by rounding at most; frames are looked at elsewhere."""
    for field in fields(first):  # type: ignore[arg-type]
        one, other = getattr(first, field.name), getattr(second, field.name)
        if isinstance(one, float):
            assert one == pytest.approx(other, rel=1e-6, abs=1e-9, nan_ok=True), field.name
        elif not isinstance(one, pd.DataFrame | pd.Series | tuple):
            assert one == other, field.name


def same_pairs(first: pd.DataFrame, second: pd.DataFrame, turned: str, kept: list[str], sign: float = 0.0) -> None:
    """The same pairs, maybe named the other way round: `turned` then changes to `sign` - itself, `kept` does not."""
    other = {(pair["a"], pair["b"]): pair for _, pair in second.iterrows()}
    assert len(first) == len(second)
    for _, pair in first.iterrows():
        straight = (pair["a"], pair["b"]) in other
        found = other[(pair["a"], pair["b"]) if straight else (pair["b"], pair["a"])]
        value = found[turned] if straight else sign - found[turned]
        assert pair[turned] == pytest.approx(value, rel=1e-6, abs=1e-8, nan_ok=True)
        for column in kept:
            close = (
                found[column] if column == "reason" else pytest.approx(found[column], rel=1e-6, abs=1e-8, nan_ok=True)
            )
            assert pair[column] == close, column


@with_hard_ones
def test_groups_by_other_methods(rows: list[tuple], order: list[str], seed: int) -> None:
    frame = frame_of(rows)
    mixed = frame.sample(frac=1, random_state=seed)
    samples = group_samples(frame["score"], frame["group"], GROUPS)
    again = group_samples(mixed["score"], mixed["group"], order)
    whole: Callable[..., OneWay]
    for whole in (classical_anova, kruskal_wallis):
        sound(whole(samples), may_lack=["df_within"])
        same(whole(samples), whole(again))
    size: EffectSize = classical_omega_squared(samples, alpha=0.05)
    sound(size)
    around(size.low, size.value, size.high)
    sizes, tukey, ranked = (
        hedges_g_pairs(samples, alpha=0.05),
        tukey_pairs(samples, alpha=0.05),
        brunner_munzel_pairs(samples),
    )
    sound_frame(sizes, ["g", "low", "high"])
    around(sizes["low"], sizes["g"], sizes["high"])
    sound_frame(tukey, ["difference", "low", "high", "p"])
    around(tukey["low"], tukey["difference"], tukey["high"])
    sound_frame(ranked, ["superiority", "statistic", "p", "p_holm"])
    assert ranked["superiority"].dropna().between(0, 100).all()
    assert ranked["p"].dropna().between(0, 1).all()
    same_pairs(sizes, hedges_g_pairs(again, alpha=0.05), "g", ["reason"])
    same_pairs(tukey, tukey_pairs(again, alpha=0.05), "difference", ["p", "reason"])
    same_pairs(ranked, brunner_munzel_pairs(again), "superiority", ["p", "p_holm", "reason"], sign=100)
    for a, b in combinations(GROUPS, 2):
        found = equivalence(samples[a], samples[b], bound=0.8, alpha=0.05)
        sound(found)
        around(found.low, found.difference, found.high)


@with_hard_ones
def test_comparisons(rows: list[tuple], order: list[str], seed: int) -> None:
    frame = frame_of(rows)
    mixed = frame.sample(frac=1, random_state=seed)
    found = compare(frame["score"], frame["group"], GROUPS, min_n=3, alpha=0.05)
    again = compare(mixed["score"], mixed["group"], order, min_n=3, alpha=0.05)
    around(found.means["low"], found.means["mean"], found.means["high"])
    same_pairs(found.pairs, again.pairs, "difference", ["p"])
    if found.welch:
        n = int(found.means.loc[list(found.welch.groups), "n"].sum())
        size = omega_squared(found.welch.statistic, found.welch.df_between, found.welch.df_within, n, alpha=0.05)
        sound(size)
        around(size.low, size.value, size.high)


@with_hard_ones
def test_clusters(rows: list[tuple], order: list[str], seed: int) -> None:
    frame = frame_of(rows)
    # Half of the time the grouping is one of clusters.
    if seed % 2:
        frame["group"] = frame["cluster"].map({"p": "a", "q": "a", "r": "b", "s": "b", "t": "c"}).astype(object)
    mixed = frame.sample(frac=1, random_state=seed)
    fits: list[Callable[..., Clustered]] = [
        random_intercept,
        lambda *given, **limits: cluster_means(*given, **limits, weighted=True),
        lambda *given, **limits: cluster_means(*given, **limits, weighted=False),
    ]
    for fit in fits:
        found = fit(frame["score"], frame["group"], frame["cluster"], GROUPS, min_n=2, alpha=0.05)
        again = fit(mixed["score"], mixed["group"], mixed["cluster"], order, min_n=2, alpha=0.05)
        sound(found, may_lack=[] if fit is random_intercept else ["variance_between", "variance_within", "icc"])
        same(found, again)
        around(found.pairs["low"], found.pairs["difference"], found.pairs["high"])
        same_pairs(found.pairs, again.pairs, "difference", ["se", "p", "p_holm"])
    sound(
        intraclass_correlation(frame["score"], frame["cluster"]), may_lack=["statistic", "df_between", "df_within", "p"]
    )


@with_hard_ones
def test_ordered_answers(rows: list[tuple], order: list[str], seed: int) -> None:
    frame = frame_of(rows)
    mixed = frame.sample(frac=1, random_state=seed)
    found: CumulativeLogit = cumulative_logit(frame["score"], frame["group"], GROUPS, min_n=1, alpha=0.05)
    again = cumulative_logit(mixed["score"], mixed["group"], order, min_n=1, alpha=0.05)
    sound(found)
    same(found, again)
    around(found.effects["low"], found.effects["coefficient"], found.effects["high"])
    # Turned round, higher answers are lower ones.
    turned = cumulative_logit(6 - frame["score"], frame["group"], GROUPS, min_n=1, alpha=0.05)
    assert turned.effects["coefficient"].tolist() == pytest.approx((-found.effects["coefficient"]).tolist(), abs=1e-6)
    assert turned.lr == pytest.approx(found.lr, abs=1e-6, nan_ok=True)


item_rows = st.lists(st.lists(st.sampled_from([1.0, 2, 3, 4, 5, math.nan]), min_size=4, max_size=4), max_size=30)


@given(answers=item_rows, seed=st.integers(0, 9))
@settings(deadline=None, max_examples=80)
@example(answers=[[3.0] * 4] * 5, seed=0)
@example(answers=[[1.0, 2, 3, 4], [2, 3, 4, 5], [1, 1, 1, 1], [5, 5, 4, 4], [2, 2, 3, 3], [4, 3, 4, 3]], seed=0)
def test_items(answers: list[list[float]], seed: int) -> None:
    items = pd.DataFrame(answers, columns=list("wxyz"), dtype=float)
    mixed = items.sample(frac=1, random_state=seed)[list("zxwy")]
    alpha = cronbach_alpha(items, alpha=0.05)
    sound(alpha)
    around(alpha.low, alpha.alpha, alpha.high)
    same(alpha, cronbach_alpha(mixed, alpha=0.05))
    sound_frame(item_statistics(items), ["mean", "sd", "item_rest"])
    factor = omega(items)
    sound(factor)
    if not factor.reason:
        assert 0 <= factor.omega <= 1
        again = omega(mixed)
        assert again.reason or again.omega == pytest.approx(factor.omega, abs=1e-3)
    adjusted = adjusted_mean(items)
    sound(adjusted)
    same(adjusted, adjusted_mean(mixed))


answer = st.sampled_from([1.0, 0.0, -1.0, math.nan])


@given(answers=st.lists(st.tuples(answer, answer), max_size=30), seed=st.integers(0, 9))
@settings(deadline=None)
def test_change(answers: list[tuple[float, float]], seed: int) -> None:
    frame = pd.DataFrame(answers, columns=["earlier", "later"], dtype=float)
    for period in ("earlier", "later"):
        found = net_balance(frame[period], alpha=0.05)
        sound(found)
        around(found.low, found.balance, found.high)
        if not found.reason:
            assert -100 <= found.low <= found.high <= 100
            assert 0 <= found.better + found.worse <= 100 + 1e-9
    changed = balance_change(frame["earlier"], frame["later"], alpha=0.05)
    sound(changed)
    around(changed.low, changed.difference, changed.high)
    mixed = frame.sample(frac=1, random_state=seed)
    same(changed, balance_change(mixed["earlier"], mixed["later"], alpha=0.05))
    back = balance_change(frame["later"], frame["earlier"], alpha=0.05)
    assert back.difference == pytest.approx(-changed.difference, nan_ok=True)
    assert back.p == pytest.approx(changed.p, nan_ok=True)


person = st.tuples(st.sampled_from("xy"), st.sampled_from("uvw"), st.sampled_from([0.0, 1.0, math.nan]))


@given(
    people=st.lists(
        st.tuples(st.sampled_from("xy"), st.sampled_from("uvw"), st.sampled_from([0.0, 1.0, math.nan])), max_size=40
    ),
    shares=st.tuples(st.integers(1, 99), st.integers(1, 49), st.integers(1, 49)),
    largest=st.sampled_from([1.2, 3.0, 100.0]),
    seed=st.integers(0, 9),
)
@settings(deadline=None, max_examples=60)
def test_weights(people: list[tuple[str, str, float]], shares: tuple[int, int, int], largest: float, seed: int) -> None:
    certain = [(one, two, 1.0) for one in "xy" for two in "uvw"]  # every cell has somebody
    frame = pd.DataFrame([*certain, *people], columns=["one", "two", "member"])
    first, second, third = shares
    wanted = {"one": {"x": first, "y": 100 - first}, "two": {"u": second, "v": third, "w": 100 - second - third}}
    margins = pd.DataFrame(
        [(name, category, share) for name, of in wanted.items() for category, share in of.items()],
        columns=["variable", "category", "share"],
    )
    found = rake(frame, margins, largest=largest)
    assert found.weights.mean() == pytest.approx(1)
    assert (found.weights > 0).all()
    assert found.weights.max() <= largest * (1 + 1e-9)
    assert found.design_effect >= 1 - 1e-12
    if not found.trimmed:
        assert found.margins["weighted"].tolist() == pytest.approx(found.margins["wanted"].tolist(), abs=1e-7)
    for columns in ("unweighted", "weighted", "wanted"):
        assert found.margins[columns].between(0, 100).all()
    for estimate in (weighted_mean, weighted_share):
        value = estimate(frame["member"], found, alpha=0.05)
        sound(value)
        around(value.low, value.value, value.high)
    share = weighted_share(frame["member"], found, alpha=0.05)
    assert -1e-9 <= share.low <= share.high <= 100 + 1e-9
    mixed = frame.sample(frac=1, random_state=seed)
    again = rake(mixed, margins.iloc[::-1], largest=largest)
    assert again.weights[frame.index].tolist() == pytest.approx(found.weights.tolist(), rel=1e-6)


@settings(deadline=None)
@given(counts=st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=8), alpha=st.floats(0.001, 0.4))
def test_shares(counts: list[tuple[int, int]], alpha: float) -> None:
    part = pd.Series([min(pair) for pair in counts], dtype=float)
    whole = pd.Series([max(pair) for pair in counts], dtype=float)
    found = wilson(part, whole, alpha=alpha)
    sound_frame(found, ["share", "low", "high"])
    around(found["low"], found["share"], found["high"])
    assert (found[["low", "high"]].min(axis=1).dropna() >= 0).all()
    assert (found[["low", "high"]].max(axis=1).dropna() <= 100).all()


@given(st.lists(st.floats(0, 1), max_size=12), st.randoms(use_true_random=False))
def test_holm_does_not_mind_the_order(p: list[float], random: object) -> None:
    adjusted = holm(p)
    assert (adjusted >= np.array(p)).all()
    assert (adjusted <= 1).all()
    order = list(range(len(p)))
    random.shuffle(order)  # type: ignore[attr-defined]
    assert holm([p[i] for i in order]).tolist() == pytest.approx([adjusted[i] for i in order])


@given(st.integers(2, 500), st.integers(2, 500), st.floats(0.1, 10), st.floats(0.1, 10))
@settings(deadline=None)
def test_more_answers_detect_more(n_a: int, n_b: int, sd_a: float, sd_b: float) -> None:
    found = detectable_difference(n_a, n_b, sd_a, sd_b, alpha=0.05)
    assert 0 < detectable_difference(n_a * 3, n_b * 3, sd_a, sd_b, alpha=0.05) < found
    assert detectable_difference(n_b, n_a, sd_b, sd_a, alpha=0.05) == pytest.approx(found, rel=1e-7)
    assert detectable_difference(n_a, n_b, sd_a, sd_b, alpha=0.05, power=0.9) > found
