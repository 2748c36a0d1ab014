"""Coverage of every interval and type I error of every test that a report prints, from answers whose truth is known.

    python benchmarks/simulations.py [--out CSV] [--only WORD] [--part 1.0]

It draws answers (see `truth`), calls what the report calls, and counts how often an interval holds the truth or a test
finds what is not there. An interval may hold it more often than it says, and a test may err less often. Exit code 1
where a rate is worse than nominal by more than Monte Carlo error (two deviations) and a hundredth, or where a rate
that is known to be worse exceeds what is stated of it by as much.
"""

from __future__ import annotations

import argparse
import csv
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats
from truth import ALIKE, ITEMS, Item, in_clusters, related

from survey_report.disclosure import Policy
from survey_report.disclosure.intervals import (
    balance_difference_ends,
    difference_ends,
    mean_ends,
    share_ends,
    within,
)
from survey_report.disclosure.precision import mean_steps, precision_of, rounded
from survey_report.findings.changing import _coarse_change, coarse_balance
from survey_report.findings.luck import balance_luck, mean_luck, share_luck
from survey_report.findings.orders import Measured, above, orders_of
from survey_report.findings.other_methods import pooled_scores
from survey_report.findings.waves import _means
from survey_report.numbers import round_half_up
from survey_report.statistics.adjusted import adjusted_mean
from survey_report.statistics.change import balance_change, net_balance
from survey_report.statistics.clustered import Clustered, cluster_means, random_intercept
from survey_report.statistics.comparisons import compare, games_howell, significance, welch_anova
from survey_report.statistics.contrasts import mean_difference, share_difference
from survey_report.statistics.effect_sizes import hedges_g, omega_squared
from survey_report.statistics.equivalence import equivalence, equivalence_of_contrast
from survey_report.statistics.factor import omega
from survey_report.statistics.measurement import cronbach_alpha
from survey_report.statistics.multiplicity import holm
from survey_report.statistics.ordinal import cumulative_logit, items_on_grouping
from survey_report.statistics.overlapping import mcnemar_p, overlapping_t
from survey_report.statistics.power import POWER, detectable_difference
from survey_report.statistics.samples import group_samples
from survey_report.statistics.sensitivity import brunner_munzel_pairs, classical_anova, kruskal_wallis, tukey_pairs
from survey_report.statistics.standardised import standardised_change
from survey_report.statistics.weighted import weighted_mean
from survey_report.statistics.weighting import rake
from survey_report.study import Thresholds

SEED, ALPHA, NAN = 20231130, 0.05, float("nan")
SLACK = 0.01  # what a rate may be worse than nominal besides Monte Carlo error
DRAWS, FEWER, FEW = 2000, 1000, 500  # of what is cheap, of what takes several milliseconds, of what takes tens
LIMITS = Thresholds(min_group=10, min_cell=5, min_answered=0.5, alpha=ALPHA, min_test_group=10)
SMALL = (10, 12, 15, 19, 20, 35, 49)  # sizes of groups whose means are rounded coarsely, up to the last one
EVERYBODY = 600
LOW_SPREAD = 0.92  # of means with everybody's spread where a group's own is larger, as the page says: by three tenths
COLUMNS = ["statistic", "case", "nominal", "observed", "draws", "error", "low", "high", "verdict", "width"]
Random = np.random.Generator
Kind = Literal["interval", "test", "power"]


@dataclass(frozen=True)
class Hit:
    """Whether an interval held the truth, or a test found something; and the width of the interval."""

    hit: bool
    width: float = NAN

    @classmethod
    def of(cls, low: float, high: float, truth: float) -> Hit:
        """An interval and the truth; what float arithmetic adds is nothing."""
        return cls(bool(low - 1e-9 <= truth <= high + 1e-9), float(high - low))


@dataclass(frozen=True)
class Case:
    """A statistic simulated in one situation; `run` draws and computes it once, None where it is not printed.

    `nominal` is the rate that is promised, `known` the worse one that is stated of it (`nominal` where none is).
    """

    statistic: str
    case: str
    run: Callable[[Random], Hit | None]
    kind: Kind = "interval"
    draws: int = DRAWS
    nominal: float = NAN
    known: float = NAN

    @property
    def promised(self) -> float:
        """The nominal rate: that of the level unless another is given."""
        return (1 - ALPHA if self.kind == "interval" else ALPHA) if np.isnan(self.nominal) else self.nominal


def simulated(case: Case, part: float = 1.0) -> dict[str, object]:
    """A row of the table, see COLUMNS. Every case has a seed of its own, so that it does not depend on the others."""
    random = np.random.default_rng([SEED, zlib.crc32(f"{case.statistic}/{case.case}".encode())])
    found = [hit for _ in range(max(2, round(case.draws * part))) if (hit := case.run(random)) is not None]
    rate, nominal = float(np.mean([one.hit for one in found])), case.promised
    error = 2 * float(np.sqrt(nominal * (1 - nominal) / len(found)))
    stated = nominal if np.isnan(case.known) else case.known
    low, high = max(0.0, stated - error - SLACK), 1.0
    if case.kind == "test":
        low, high = 0.0, stated + error + SLACK
    elif case.kind == "power":
        high = min(1.0, stated + error + SLACK)
    widths = [one.width for one in found]
    width = NAN if np.isnan(widths).all() else float(np.mean(widths))
    verdict = "right" if low <= rate <= high else "WRONG"
    return dict(
        zip(
            COLUMNS,
            (case.statistic, case.case, nominal, rate, len(found), error, low, high, verdict, width),
            strict=True,
        )
    )


# Means and their differences.


def means() -> Iterator[Case]:
    """Intervals of the means of groups: Student's of large ones, from everybody's spread for small ones."""
    for points in (5, 11):
        for n, lean in ((50, 0.0), (50, 0.8), (400, 0.8)):
            item = Item(points, lean)

            def large(random: Random, item: Item = item, n: int = n) -> Hit:
                scores = pd.Series(item.scale(random, n))
                row = compare(scores, pd.Series("a", scores.index), ["a"], min_n=10, alpha=ALPHA).means.iloc[0]
                low, high = within(row["low"], row["high"], item.answers.ends)
                step = precision_of(n, LIMITS, item.answers).end_step
                return Hit.of(rounded(float(low), step), rounded(float(high), step), item.mean)

            yield Case("mean of a large group", f"{points} points, n {n}, lean {lean:g}", large)
    for points in (2, 5, 11):
        for n in (*SMALL, 50, 200):

            def one_question(random: Random, points: int = points, n: int = n) -> Hit | None:
                return _small_mean(random, points, n, Item.draw)

            yield Case("mean, from everybody's spread", f"one question, {points} points, n {n}", one_question)
    for n in SMALL:

        def scale(random: Random, n: int = n) -> Hit | None:
            return _small_mean(random, 5, n, Item.scale)

        yield Case("mean, from everybody's spread", f"four items, 5 points, n {n}", scale)
    for n in (12, 19, 35, 49, 200):
        for sd in (0.7, 1.5):

            def other_spread(random: Random, n: int = n, sd: float = sd) -> Hit | None:
                return _small_mean(random, 5, n, Item.draw, sd)

            case = f"one question, 5 points, n {n} who spread {sd:g} times as much"
            known = LOW_SPREAD if n == 200 and sd > 1 else NAN
            yield Case("mean, from everybody's spread", case, other_spread, known=known)


def _small_mean(
    random: Random, points: int, n: int, draw: Callable[[Item, Random, int], np.ndarray], sd: float = 1.0
) -> Hit | None:
    """The mean of a small group, printed with an interval from the spread of everybody; any lean, so that the truth
    lies anywhere between two steps. `sd` is how much what lies behind its answers spreads, that of the others 1."""
    item = Item(points, random.uniform(-0.8, 0.8), sd)
    mine, others = draw(item, random, n), draw(Item(points, item.shift), random, EVERYBODY - n)
    if np.ptp(mine) == 0:  # such a mean is not shown
        return None
    precision = precision_of(n, LIMITS, item.answers)
    low, high = mean_ends(
        precision.mean(float(mine.mean())),
        n,
        float(np.concatenate([mine, others]).std(ddof=1)),
        step=precision.mean_step,
        unit=precision.end_step,
        alpha=ALPHA,
        ends=item.answers.ends,
    )
    return Hit.of(low, high, item.mean)


def differences() -> Iterator[Case]:
    """Intervals of differences of two means: of a group and the rest, and of two waves."""
    for points in (2, 5, 11):
        for n in (10, 19, 35, 49):

            def rest(random: Random, points: int = points, n: int = n) -> Hit:
                one, two = Item(points, random.uniform(-0.8, 0.8)), Item(points, random.uniform(-0.3, 0.3))
                mine, others = one.draw(random, n), two.draw(random, EVERYBODY - n)
                precision, of_rest = (precision_of(len(part), LIMITS, one.answers) for part in (mine, others))
                low, high = difference_ends(
                    precision.mean(float(mine.mean())) - of_rest.mean(float(others.mean())),
                    n,
                    len(others),
                    round_half_up(float(np.concatenate([mine, others]).std(ddof=1)), 2),
                    step=precision.mean_step + of_rest.mean_step,
                    unit=mean_steps(one.answers, LIMITS).small,
                    alpha=ALPHA,
                    width=float(np.ptp(one.answers.ends)),
                )
                return Hit.of(float(low), float(high), one.mean - two.mean)

            yield Case("difference of a small group and the rest", f"one question, {points} points, n {n}", rest)
    policy = Policy(LIMITS, frozenset())
    for n, m, counted in ((12, 15, True), (19, 45, True), (35, 300, False), (60, 80, True), (60, 80, False)):
        for exact in (True, False):

            def waves(random: Random, n: int = n, m: int = m, counted: bool = counted, exact: bool = exact) -> Hit:
                one, two = Item(5, random.uniform(-0.5, 0.5)), Item(5, random.uniform(-0.5, 0.5))
                draw = Item.scale if exact else Item.draw
                first, second = draw(one, random, n), draw(two, random, m)
                every = np.concatenate([first, second, draw(one, random, 200), draw(two, random, 200)])
                _, _, _, low, high, _ = _means(
                    policy, one.answers, first, second, every, ALPHA, exact=exact and counted, counted=counted
                )
                return Hit.of(low, high, two.mean - one.mean)

            what = "four items" if exact else "one question"
            seen = "" if counted else ", sizes hidden"
            yield Case("difference of a group between waves", f"{what}, n {n} and {m}{seen}", waves)
    for n, m, sd in ((50, 400, 1.0), (50, 400, 1.8), (50, 60, 1.8)):
        one, two = Item(5, 0.5, sd), Item(5)

        def welch(random: Random, n: int = n, m: int = m, one: Item = one, two: Item = two) -> Hit:
            found = mean_difference(one.scale(random, n), two.scale(random, m), alpha=ALPHA)
            return Hit.of(found.low, found.high, one.mean - two.mean)

        yield Case("difference of two means (Welch)", f"n {n} and {m}, spread {sd:g} and 1", welch)


# Shares and balances.


def shares() -> Iterator[Case]:
    """Intervals of differences of two shares: of counts, and of shares that are printed rounded."""
    for n, m in ((12, 400), (35, 400), (60, 400), (200, 250)):
        for lean in (-1.5, 0.0, 1.0):
            one, two = Item(5, lean), Item(5, lean + 0.3)
            truth = 100 * (one.positive - two.positive)

            def printed(
                random: Random, n: int = n, m: int = m, one: Item = one, two: Item = two, truth: float = truth
            ) -> Hit:
                counts = random.binomial(n, one.positive), random.binomial(m, two.positive)
                steps = [precision_of(size, LIMITS) for size in (n, m)]
                a, b = (step.percent(100 * k / size) for step, k, size in zip(steps, counts, (n, m), strict=True))
                return Hit.of(*share_ends(a, n, b, m, steps=sum(step.pct_step for step in steps), alpha=ALPHA), truth)

            case = f"{100 * one.positive:.0f}% of {n}, {100 * two.positive:.0f}% of {m}"
            yield Case("difference of two printed shares", case, printed)
    for n, m, a, b in ((400, 300, 0.04, 0.06), (1400, 300, 0.5, 0.45)):

        def exact(random: Random, n: int = n, m: int = m, a: float = a, b: float = b) -> Hit:
            found = share_difference(random.binomial(n, a), n, random.binomial(m, b), m, alpha=ALPHA)
            return Hit.of(round_half_up(found.low, 1), round_half_up(found.high, 1), 100 * (a - b))

        yield Case("difference of two shares of people", f"{100 * a:g}% of {n}, {100 * b:g}% of {m}", exact)


def balances() -> Iterator[Case]:
    """Intervals of net balances, of their differences, and of their change among partly the same people."""
    for n in (*SMALL, 50, 400):
        for lean in (0.0, 1.0):
            item = Item(5, lean)

            def one(random: Random, n: int = n, item: Item = item) -> Hit:
                found = net_balance(pd.Series(item.signs(item.draw(random, n))), alpha=ALPHA)
                precision = precision_of(n, LIMITS)
                low, high = found.low, found.high
                if precision.coarse:
                    parts = (found.better, 100 - found.better - found.worse, found.worse)
                    *_, low, high = coarse_balance([precision.percent(part) for part in parts], n, LIMITS)
                return Hit.of(low, high, item.balance)

            yield Case("net balance", f"n {n}, truth {item.balance:.0f}", one)
    for n in (12, 35, 100):
        first, second = Item(5, 0.6), Item(5, 0.2)

        def against(random: Random, n: int = n, first: Item = first, second: Item = second) -> Hit:
            one, two = (_sides(random, item, size) for item, size in ((first, n), (second, EVERYBODY)))
            steps = sum(precision_of(size, LIMITS).pct_step for size in (n, EVERYBODY))
            ends = balance_difference_ends(one, n, two, EVERYBODY, steps=steps, alpha=ALPHA)
            return Hit.of(*ends, first.balance - second.balance)

        yield Case("difference of two balances", f"n {n} and {EVERYBODY}", against)
    for n in (12, 19, 35, 60, 300):
        for together in (1.0, 0.5):
            early, late = Item(5, 0.0), Item(5, 0.3)

            def change(
                random: Random, n: int = n, together: float = together, early: Item = early, late: Item = late
            ) -> Hit | None:
                both = round(n * together)
                values = related(random, 2 * n - both, 2, 0.6)
                first = pd.Series(early.signs(early.of(values[:, 0])))
                second = pd.Series(late.signs(late.of(values[:, 1])))
                first[n:], second[: n - both] = np.nan, np.nan
                found = balance_change(first, second, alpha=ALPHA)
                precision = precision_of(n, LIMITS)
                if found.reason:
                    return None
                found = _coarse_change(found, first, second, precision, ALPHA) if precision.coarse else found
                return Hit.of(found.low, found.high, late.balance - early.balance)

            yield Case("change of a balance", f"n {n}, {100 * together:.0f}% answered both", change)


def _sides(random: Random, item: Item, n: int) -> tuple[float, float]:
    """Shares of better and of worse answers of n people, as they are printed."""
    signs, precision = item.signs(item.draw(random, n)), precision_of(n, LIMITS)
    better, worse = (precision.percent(100 * float((signs == sign).mean())) for sign in (1, -1))
    return better, worse


def luck() -> Iterator[Case]:
    """The p values that profiles adjust, of a group that is drawn as everybody is."""
    item = Item(5, 0.4)
    for n in (12, 35, 100):
        steps = {
            "step": precision_of(n, LIMITS).pct_step,
            "second_step": precision_of(EVERYBODY, LIMITS).pct_step,
            "alpha": ALPHA,
        }

        def of_shares(random: Random, n: int = n, steps: dict[str, float] = steps) -> Hit:
            (one, _), (two, _) = _sides(random, item, n), _sides(random, item, EVERYBODY)
            return Hit(share_luck(one, n, two, EVERYBODY, **steps).p < ALPHA)

        def of_balances(random: Random, n: int = n, steps: dict[str, float] = steps) -> Hit:
            one, two = _sides(random, item, n), _sides(random, item, EVERYBODY)
            return Hit(balance_luck(one, n, two, EVERYBODY, **steps).p < ALPHA)

        def of_means(random: Random, n: int = n) -> Hit:
            mine, others = item.scale(random, n), item.scale(random, EVERYBODY)
            one, two = (precision_of(len(part), LIMITS, item.answers) for part in (mine, others))
            found = mean_luck(
                one.mean(float(mine.mean())),
                n,
                two.mean(float(others.mean())),
                EVERYBODY,
                round_half_up(float(np.concatenate([mine, others]).std(ddof=1)), 2),
                step=one.mean_step,
                second_step=two.mean_step,
                unit=mean_steps(item.answers, LIMITS).small,
                alpha=ALPHA,
                width=float(np.ptp(item.answers.ends)),
            )
            return Hit(found.p < ALPHA)

        yield Case("chance in a profile, shares", f"n {n} and {EVERYBODY}", of_shares, "test")
        yield Case("chance in a profile, balances", f"n {n} and {EVERYBODY}", of_balances, "test", FEW)
        yield Case("chance in a profile, means", f"n {n} and {EVERYBODY}", of_means, "test")


# Tests of groups and sizes of effects.


@dataclass(frozen=True)
class Design:
    """Groups of people: their number, and how they lean and differ."""

    name: str
    sizes: tuple[int, ...]
    items: tuple[Item, ...]

    def samples(self, random: Random) -> dict[str, np.ndarray]:
        """Scores of one question by group."""
        groups = zip(self.sizes, self.items, strict=True)
        return {f"g{place}": item.draw(random, n) for place, (n, item) in enumerate(groups)}

    def scores(self, random: Random) -> tuple[pd.Series[float], pd.Series, list[str]]:
        """Scores of one question, the groups of these, and all groups."""
        samples = self.samples(random)
        groups = np.repeat(list(samples), self.sizes)
        return pd.Series(np.concatenate(list(samples.values()))), pd.Series(groups), list(samples)


LIBERAL_RANKS = 0.08  # what the page states of pairs by ranks of groups of 10 to 19 people
LOW_OMEGA = 0.88  # what it states of the interval of omega squared where differences are large
EVEN, UNEVEN, TINY = (60, 60, 60, 60), (15, 40, 120, 300), (10, 12, 15, 19)
SPREADS = (1.8, 1.4, 1.0, 0.7)  # the smallest group differs most, which harms tests that assume one variance


def designs(*, same: bool = False) -> Iterator[Design]:
    """Groups with one mean: of the same distribution, and also with `same` False of different variances."""
    for points in (2, 5, 11):
        for name, sizes in (("equal n", EVEN), ("unequal n", UNEVEN)):
            yield Design(f"{points} points, {name}", sizes, (Item(points, 0.3),) * 4)
    yield Design("5 points, skewed, unequal n", UNEVEN, (Item(5, 1.2),) * 4)
    yield Design("5 points, n 10 to 19", TINY, (Item(5),) * 4)
    if not same:
        for name, sizes in (("equal n", EVEN), ("unequal n", UNEVEN), ("n 10 to 19", TINY)):
            yield Design(f"5 points, {name}, unequal variances", sizes, tuple(Item(5, 0.0, sd) for sd in SPREADS))


def usual(samples: dict[str, np.ndarray]) -> bool:
    """Whether every group varies: others are not tested."""
    return all(np.ptp(sample) > 0 for sample in samples.values())


def tests() -> Iterator[Case]:
    """Tests of several groups with the same mean, and of each pair of them, as one family."""
    for design in designs():

        def welch(random: Random, design: Design = design) -> Hit | None:
            samples = design.samples(random)
            return Hit(welch_anova(samples).p < ALPHA) if usual(samples) else None

        yield Case("Welch's test", design.name, welch, "test")
    for design in designs():

        def pairs(random: Random, design: Design = design) -> Hit | None:
            found = significance(*design.scores(random), min_n=10).pairs
            return Hit(min(found.values()) < ALPHA)

        yield Case("Games-Howell, any pair", design.name, pairs, "test", FEWER)
    for name, sizes, spreads in (("equal", EVEN, (1.0,) * 4), ("unequal", UNEVEN, SPREADS)):
        apart = Design(
            name, sizes, tuple(Item(5, lean, sd) for lean, sd in zip((0, 0.2, 0.4, 0.8), spreads, strict=True))
        )

        def together(random: Random, apart: Design = apart) -> Hit:
            pairs = games_howell(apart.samples(random), alpha=ALPHA)
            true = {f"g{place}": item.mean for place, item in enumerate(apart.items)}
            truth = pairs["a"].map(true) - pairs["b"].map(true)
            return Hit(bool(((pairs["low"] <= truth) & (truth <= pairs["high"])).all()))

        yield Case("Games-Howell, all intervals", f"{name} n and variances", together, draws=FEWER)
    for design in designs(same=True):

        def classical(random: Random, design: Design = design) -> Hit:
            return Hit(classical_anova(design.samples(random)).p < ALPHA)

        def ranks(random: Random, design: Design = design) -> Hit:
            return Hit(kruskal_wallis(design.samples(random)).p < ALPHA)

        yield Case("classical analysis of variance", design.name, classical, "test")
        yield Case("Kruskal-Wallis", design.name, ranks, "test")
    for design in designs(same=True):

        def tukey(random: Random, design: Design = design) -> Hit:
            return Hit(bool((tukey_pairs(design.samples(random), alpha=ALPHA)["p"] < ALPHA).any()))

        def munzel(random: Random, design: Design = design) -> Hit:
            return Hit(bool((brunner_munzel_pairs(design.samples(random))["p_holm"] < ALPHA).any()))

        yield Case("Tukey, any pair", design.name, tukey, "test", FEWER)
        known = LIBERAL_RANKS if design.sizes == TINY else NAN
        yield Case("Brunner-Munzel with Holm, any pair", design.name, munzel, "test", FEWER, known=known)
    yield Case("Holm over 33 tests, any", "11 scales by 3 groupings, 600 people", _holm_33, "test", FEW)
    for name, numbers in (("equal n", EVEN), ("unequal n", UNEVEN)):

        def pooled(random: Random, numbers: tuple[int, ...] = numbers) -> Hit:
            items, groups, order = _with_gaps(random, numbers)
            return Hit((significance(pooled_scores(items, groups), groups, order, min_n=10).welch or 0.0) < ALPHA)

        def adjusted(random: Random, numbers: tuple[int, ...] = numbers) -> Hit:
            items, groups, order = _with_gaps(random, numbers)
            return Hit((significance(adjusted_mean(items).persons, groups, order, min_n=10).welch or 0.0) < ALPHA)

        case = f"5 points, four items with gaps, {name}"
        yield Case("Welch's test, every answer counts once", case, pooled, "test", FEWER)
        yield Case("Welch's test of adjusted means", case, adjusted, "test", FEWER)


def _with_gaps(random: Random, numbers: tuple[int, ...]) -> tuple[pd.DataFrame, pd.Series, list[str]]:
    """Items that people leave out, some items more than others; groups, and all groups."""
    n, order = sum(numbers), [f"g{place}" for place in range(len(numbers))]
    items = pd.DataFrame(Item(5, 0.3).of(related(random, n, ITEMS, ALIKE)))
    return items.mask(random.random(items.shape) < [0.05, 0.1, 0.2, 0.4]), pd.Series(np.repeat(order, numbers)), order


def _holm_33(random: Random) -> Hit:
    """Welch's test of eleven scales, which hang together, over three groupings."""
    item, names = Item(5, 0.3), ["g0", "g1", "g2", "g3"]
    scales = item.of(related(random, EVERYBODY, 11, 0.3))
    groupings = [pd.Series(random.choice(names[:k], EVERYBODY)) for k in (2, 3, 4)]
    found = []
    for grouping, k in zip(groupings, (2, 3, 4), strict=True):
        for column in range(scales.shape[1]):
            found.append(welch_anova(group_samples(pd.Series(scales[:, column]), grouping, names[:k])).p)
    return Hit(bool((holm(np.array(found)) < ALPHA).any()))


def sizes() -> Iterator[Case]:
    """Intervals of sizes of effects."""
    for n, m, lean, sd in (
        (50, 50, 0.0, 1.0), (50, 50, 0.5, 1.0), (50, 300, 0.5, 1.0), (50, 300, 0.5, 1.6), (300, 50, 0.5, 1.6),
        (100, 100, 1.0, 1.0),
    ):  # fmt: skip
        one, two = Item(5, lean, sd), Item(5)
        truth = (one.mean - two.mean) / np.sqrt((one.scale_variance + two.scale_variance) / 2)

        def g(random: Random, n: int = n, m: int = m, one: Item = one, two: Item = two, truth: float = truth) -> Hit:
            found = hedges_g(one.scale(random, n), two.scale(random, m), alpha=ALPHA)
            return Hit.of(found.low, found.high, truth)

        yield Case("Hedges' g", f"n {n} and {m}, truth {truth:.2f}, spread {sd:g} and 1", g)
    for name, numbers, leans, spreads in (
        ("equal n, small", EVEN, (0, 0.1, 0.2, 0.3), (1.0,) * 4),
        ("equal n, large", EVEN, (-0.6, -0.2, 0.2, 0.6), (1.0,) * 4),
        ("unequal n", (50, 60, 120, 300), (-0.3, 0.2, 0, 0.3), (1.0,) * 4),
        ("unequal n and variances", (50, 60, 120, 300), (-0.3, 0.2, 0, 0.3), (1.5, 1.2, 1.0, 0.8)),
    ):
        design = Design(name, numbers, tuple(Item(5, lean, sd) for lean, sd in zip(leans, spreads, strict=True)))
        weights = np.array([n / item.variance for n, item in zip(design.sizes, design.items, strict=True)])
        centres = np.array([item.mean for item in design.items])
        away = float(weights @ (centres - weights @ centres / weights.sum()) ** 2)
        explained = away / (away + sum(design.sizes))

        def om(random: Random, design: Design = design, explained: float = explained) -> Hit:
            test = welch_anova(design.samples(random))
            found = omega_squared(test.statistic, test.df_between, test.df_within, sum(design.sizes), alpha=ALPHA)
            return Hit.of(found.low, found.high, explained)

        known = LOW_OMEGA if explained > 0.15 else NAN
        yield Case("omega squared", f"{name}, truth {explained:.3f}", om, nominal=1 - 2 * ALPHA, known=known)


# Measurement.


def measurement() -> Iterator[Case]:
    """Cronbach's alpha, and the test that one factor is enough."""
    for points, n, alike, lean in (
        (5, 50, 0.4, 0.0), (5, 300, 0.4, 0.8), (5, 1000, 0.6, 0.0), (11, 100, 0.3, 0.0), (2, 100, 0.4, 0.0),
    ):  # fmt: skip
        item, k = Item(points, lean), 5
        mutual = item.covariance(alike)
        truth = k * mutual / (item.variance + (k - 1) * mutual)

        def cronbach(random: Random, n: int = n, alike: float = alike, item: Item = item, truth: float = truth) -> Hit:
            found = cronbach_alpha(pd.DataFrame(item.of(related(random, n, 5, alike))), alpha=ALPHA)
            return Hit.of(found.low, found.high, truth)

        yield Case("Cronbach's alpha", f"{points} points, five items, n {n}, truth {truth:.2f}", cronbach)
    for points, n, lean in ((5, 100, 0.0), (5, 300, 0.0), (5, 300, 0.8), (11, 300, 0.0)):
        item = Item(points, lean)

        def factor(random: Random, n: int = n, item: Item = item) -> Hit | None:
            p = omega(pd.DataFrame(item.of(related(random, n, 5, ALIKE)))).p
            return None if np.isnan(p) else Hit(p < ALPHA)

        yield Case("one factor is enough", f"{points} points, five items, n {n}, lean {lean:g}", factor, "test", FEW)


# Clusters, ordinal models, equivalence.

Areas = tuple[tuple[int, ...], ...]  # people by area, for each of three levels
AREAS: Areas = (  # as in the study that is shipped
    (8, 8, 18, 21, 22, 23, 30, 37, 38, 67),
    (39, 44, 46, 49, 58, 60, 62, 67, 106),
    (6, 17, 32, 32, 33, 37, 39, 48, 48, 57, 73, 76, 93),
)
FEW_AREAS: Areas = ((30,) * 3,) * 3
LIBERAL_AREAS = 0.07  # what the page states of means of areas that are weighted by their answers


def clustered() -> Iterator[Case]:
    """Levels of areas with the same mean: by random intercept, and by means of areas."""
    for name, areas in (("32 areas of unequal size", AREAS), ("9 areas of 30", FEW_AREAS)):
        for icc in (0.0, 0.05):
            case = f"{name}, ICC {icc:g}"

            def mixed(random: Random, areas: Areas = areas, icc: float = icc) -> Hit | None:
                return _rejects(random_intercept(*_levels(random, areas, icc), min_n=10, alpha=ALPHA))

            def ends(random: Random, areas: Areas = areas, icc: float = icc) -> Hit | None:
                found = random_intercept(*_levels(random, areas, icc), min_n=10, alpha=ALPHA)
                return None if found.reason else Hit.of(found.pairs["low"].iloc[0], found.pairs["high"].iloc[0], 0.0)

            def pairs(random: Random, areas: Areas = areas, icc: float = icc) -> Hit | None:
                found = random_intercept(*_levels(random, areas, icc), min_n=10, alpha=ALPHA)
                return None if found.reason else Hit(bool((found.pairs["p_holm"] < ALPHA).any()))

            yield Case("random intercept, levels of areas", case, mixed, "test", FEWER)
            yield Case("random intercept, interval of a pair", case, ends, draws=FEWER)
            yield Case("random intercept, any pair (Holm)", case, pairs, "test", FEW)
            for weighted in (False, True):

                def plain(
                    random: Random, areas: Areas = areas, icc: float = icc, weighted: bool = weighted
                ) -> Hit | None:
                    arguments = _levels(random, areas, icc)
                    return _rejects(cluster_means(*arguments, min_n=10, alpha=ALPHA, weighted=weighted))

                what = "weighted means of areas" if weighted else "means of areas"
                known = LIBERAL_AREAS if weighted and icc and areas is AREAS else NAN
                yield Case(what, case, plain, "test", known=known)

            def people(random: Random, areas: Areas = areas, icc: float = icc) -> Hit | None:
                scores, _, clusters, order = _levels(random, areas, icc)
                groups = pd.Series(random.choice(order, len(scores)))
                return _rejects(random_intercept(scores, groups, clusters, order, min_n=10, alpha=ALPHA))

            yield Case("random intercept, people of each area", case, people, "test", FEWER)


def _levels(
    random: Random, areas: Areas, icc: float, leans: Sequence[float] = (0.3, 0.3, 0.3)
) -> tuple[pd.Series[float], pd.Series, pd.Series, list[str]]:
    """Scores of people in areas, each of one of three levels; levels, areas, and all levels."""
    normal, clusters = in_clusters(random, np.concatenate(areas), icc)
    level = np.repeat(np.arange(len(areas)), [sum(sizes) for sizes in areas])
    scores = np.zeros(len(normal))
    for place, lean in enumerate(leans):
        scores[level == place] = Item(5, lean).of(normal[level == place])
    order = ["l0", "l1", "l2"]
    return pd.Series(scores), pd.Series(np.array(order)[level]), pd.Series(clusters), order


def _rejects(found: Clustered) -> Hit | None:
    return None if found.reason else Hit(found.p < ALPHA)


def ordinal() -> Iterator[Case]:
    """Ordinal models of one item, and of all items of a scale with Holm's adjustment."""
    for name, numbers, item in (
        ("5 points, n 12, 15, 19", (12, 15, 19), Item(5)),
        ("5 points, n 30 each", (30, 30, 30), Item(5, 0.5)),
        ("5 points, n 40, 100, 300", (40, 100, 300), Item(5, 0.8)),
        ("11 points, n 60 each", (60, 60, 60), Item(11)),
    ):
        design = Design(name, numbers, (item,) * 3)

        def one(random: Random, design: Design = design) -> Hit | None:
            found = cumulative_logit(*design.scores(random), min_n=10, alpha=ALPHA)
            return None if found.reason else Hit(found.p < ALPHA)

        def several(random: Random, numbers: tuple[int, ...] = numbers, item: Item = item) -> Hit | None:
            items = pd.DataFrame(item.of(related(random, sum(numbers), 5, ALIKE)))
            groups = pd.Series(np.repeat(["g0", "g1", "g2"], numbers))
            found = items_on_grouping(items, groups, ["g0", "g1", "g2"], min_n=10)["p_holm"]
            return None if found.isna().any() else Hit(float(found.min()) < ALPHA)

        yield Case("ordinal model, one item", name, one, "test", FEWER)
        yield Case("ordinal models of five items (Holm)", name, several, "test", FEW)


def equivalences() -> Iterator[Case]:
    """Tests of equivalence where the truth lies at the bound, and where nothing differs."""
    two = Item(5)
    for n, lean, sd in ((60, 0.3, 1.0), (300, 0.3, 1.0), (300, 0.3, 1.6)):
        one = Item(5, lean, sd)
        bound = abs(one.mean - two.mean)

        def at_bound(random: Random, n: int = n, one: Item = one, bound: float = bound) -> Hit:
            found = equivalence(one.scale(random, n), two.scale(random, n), bound=bound, alpha=ALPHA)
            return Hit(found.equivalent)

        yield Case("equivalence, truth at the bound", f"n {n} each, spread {sd:g} and 1", at_bound, "test")
    for n, bound in ((150, 0.3), (300, 0.2)):
        error = float(np.sqrt(2 * two.scale_variance / n))

        def nothing(random: Random, n: int = n, bound: float = bound) -> Hit:
            found = equivalence(two.scale(random, n), two.scale(random, n), bound=bound, alpha=ALPHA)
            return Hit(found.equivalent)

        power = _equivalence_power(bound / error, 2 * n - 2)
        yield Case("equivalence, power at nought", f"n {n} each, bound {bound:g}", nothing, "power", nominal=power)
    for icc in (0.0, 0.05):
        bound = Item(5, 0.5).mean - Item(5, 0.3).mean

        def areas(random: Random, icc: float = icc, bound: float = bound) -> Hit | None:
            found = random_intercept(*_levels(random, AREAS, icc, (0.5, 0.3, 0.3)), min_n=10, alpha=ALPHA)
            if found.reason:
                return None
            pair = found.pairs.iloc[0]
            estimate, error, df = float(pair["difference"]), float(pair["se"]), float(pair["df"])
            return Hit(equivalence_of_contrast(estimate, error, df, bound=bound, alpha=ALPHA).equivalent)

        yield Case("equivalence of levels of areas, at the bound", f"32 areas, ICC {icc:g}", areas, "test", FEWER)
    for n, m, sd in ((50, 50, 1.0), (50, 200, 1.5)):
        base, other = Item(11, 0.0, sd), Item(11)

        def detected(random: Random, n: int = n, m: int = m, base: Item = base, other: Item = other) -> Hit:
            first, second = base.scale(random, n), other.scale(random, m)
            spreads = float(np.sqrt(base.scale_variance)), float(np.sqrt(other.scale_variance))
            apart = detectable_difference(n, m, *spreads, alpha=ALPHA)
            return Hit(mean_difference(first + apart, second, alpha=ALPHA).p < ALPHA)

        case = f"n {n} and {m}, spread {sd:g} and 1"
        yield Case("detectable difference is found", case, detected, "power", nominal=POWER)


def _equivalence_power(ratio: float, df: float) -> float:
    """Power of two one-sided t tests where nothing differs, the bound being so many standard errors: the estimate must
    lie nearer to 0 than the bound less t times its error. Averaged over that error, which is a chi."""
    quantile = stats.t.isf(ALPHA, df)
    deviations = np.sqrt(stats.chi2.ppf((np.arange(2000) + 0.5) / 2000, df) / df)
    return float(np.mean(np.maximum(0, 2 * stats.norm.cdf(ratio - quantile * deviations) - 1)))


# Weighting, waves, orders.


LOW_TRIMMED = 0.91  # what the page states of weighted means where weights are held at five times the mean


def weighted() -> Iterator[Case]:
    """Means of respondents who are raked to the population."""
    population = {"a0": 30.0, "a1": 30.0, "a2": 40.0}
    leans = {"a0": -0.4, "a1": 0.0, "a2": 0.4}
    truth = sum(Item(5, leans[group]).mean * share / 100 for group, share in population.items())
    wanted = [*(("a", group, share) for group, share in population.items()), ("b", "b0", 60.0), ("b", "b1", 40.0)]
    margins = pd.DataFrame(wanted, columns=["variable", "category", "share"])
    for n, chances in ((150, (0.5, 0.3, 0.2)), (600, (0.5, 0.3, 0.2)), (600, (0.6, 0.3, 0.1))):

        def raked(random: Random, n: int = n, chances: tuple[float, ...] = chances) -> Hit:
            people = pd.DataFrame(
                {"a": random.choice(list(leans), n, p=chances), "b": random.choice(["b0", "b1"], n, p=(0.4, 0.6))}
            )
            normal, scores = random.standard_normal(n), pd.Series(0.0, people.index)
            for group, lean in leans.items():
                mine = (people["a"] == group).to_numpy()
                scores[mine] = Item(5, lean).of(normal[mine])
            found = weighted_mean(scores, rake(people, margins), alpha=ALPHA)
            return Hit.of(found.low, found.high, truth)

        rare = f"{100 * chances[2]:.0f}% of people where 40% are in the population"
        known = LOW_TRIMMED if chances[2] < 0.2 else NAN  # a weight of 4 by one margin and of 1.5 by the other
        yield Case("weighted mean", f"n {n}, {rare}", raked, draws=FEWER, known=known)


def standardised() -> Iterator[Case]:
    """The change between waves, adjusted for who answered."""
    leans, before, after = (-0.4, 0.0, 0.5), (0.2, 0.3, 0.5), (0.4, 0.4, 0.2)
    truth = float(np.array(before) @ [Item(5, lean + 0.2).mean - Item(5, lean).mean for lean in leans])
    for n, m in ((100, 100), (300, 600)):

        def change(random: Random, n: int = n, m: int = m) -> Hit | None:
            waves = []
            for size, chances, more in ((n, before, 0.0), (m, after, 0.2)):
                groups = random.choice(3, size, p=chances)
                people = pd.DataFrame({"a": groups.astype(str), "b": random.choice(["x", "y"], size)})
                normal, scores = random.standard_normal(size), np.zeros(size)
                for place, lean in enumerate(leans):
                    scores[groups == place] = Item(5, lean + more).of(normal[groups == place])
                waves.append((pd.Series(scores), people))
            (first, old), (second, new) = waves
            found = standardised_change(first, second, old, new, alpha=ALPHA)
            return None if found.reason else Hit.of(found.low, found.high, truth)

        yield Case("standardised change", f"n {n} and {m}", change, draws=FEWER)


def orders() -> Iterator[Case]:
    """Which of two figures of the same people is higher, where none is; and the highest of six."""
    for n, lean in ((12, 0.0), (40, 0.0), (300, 1.2)):
        item = Item(5, lean)

        def shares(random: Random, n: int = n, item: Item = item) -> Hit:
            good = (item.signs(item.of(related(random, n, 2, 0.5))) > 0).astype(float)
            return Hit(mcnemar_p(good[:, 0], good[:, 1]) < ALPHA)

        def means(random: Random, n: int = n, item: Item = item) -> Hit:
            scores = item.of(related(random, n, 2, 0.5))
            scores[random.random((n, 2)) < 0.2] = np.nan
            return Hit(overlapping_t(scores[:, 0], scores[:, 1]).p < ALPHA)

        yield Case("order of two shares (McNemar)", f"n {n}, {100 * item.positive:.0f}%", shares, "test")
        yield Case("order of two means", f"n {n}, a fifth left out, lean {lean:g}", means, "test")
    for n in (40, 300):

        def first(random: Random, n: int = n) -> Hit:
            item = Item(5, 0.3)
            good = (item.signs(item.of(related(random, n, 6, 0.4))) > 0).astype(float)
            shown = [100 * round_half_up(float(good[:, k].mean()), 2) for k in range(6)]
            several = [Measured(f"i{k}", shown[k], good[:, k], share=True) for k in range(6)]
            top, *others = sorted(several, key=lambda one: -(one.value or 0.0))
            table = orders_of([several], alpha=ALPHA, least=LIMITS.min_group)
            return Hit(not above(table, top.key, [one.key for one in others]))

        yield Case("the highest of six shares is told", f"n {n}, all alike", first, "test", FEWER)


PARTS = (
    means, differences, shares, balances, luck, tests, sizes, measurement, clustered, ordinal, equivalences, weighted,
    standardised, orders,
)  # fmt: skip


def line(row: dict[str, object]) -> str:
    """A row of the table as it is printed."""
    rates = " ".join(f"{row[name]:>8.3f}" for name in ("nominal", "observed", "error", "low", "high"))
    width = "" if np.isnan(float(row["width"])) else f"{row['width']:.2f}"  # type: ignore[arg-type]
    return f"{row['statistic']:<45}{row['case']:<52}{row['draws']:>6}{rates} {row['verdict']:<7}{width}"


def main() -> int:
    """Simulate, print and write; 1 where a rate is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("_build/bench/simulations.csv"))
    parser.add_argument("--only", default="", help="statistics or cases with this in their names")
    parser.add_argument("--part", type=float, default=1.0, help="the part of the draws that is made")
    options = parser.parse_args()
    print(f"{'statistic':<45}{'case':<52}{'draws':>6} nominal observed    error      low     high verdict width")
    rows, start = [], perf_counter()
    for part in PARTS:
        began = perf_counter()
        for case in part():
            if options.only in f"{case.statistic}: {case.case}":
                rows.append(simulated(case, options.part))
                print(line(rows[-1]), flush=True)
        print(f"    {part.__name__}: {perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with options.out.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([f"{cell:.4f}" if isinstance(cell, float) else cell for cell in row.values()] for row in rows)
    wrong = sum(row["verdict"] != "right" for row in rows)
    print(f"{len(rows)} rates, {wrong} wrong, {perf_counter() - start:.0f} s; written: {options.out}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
