"""Arithmetic of rounded numbers, exact. A half may have been rounded either way, so limits belong to their span."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

HALF = Fraction(1, 2)


@dataclass(frozen=True)
class Span:
    """Numbers from `low` to `high`, both included; empty where low is above high."""

    low: Fraction
    high: Fraction

    def holds(self, value: Fraction) -> bool:
        """Whether a number lies in the span."""
        return self.low <= value <= self.high

    def meets(self, other: Span) -> bool:
        """Whether two spans have a number in common."""
        return self.low <= other.high and other.low <= self.high


def span_of(value: Fraction, decimals: int | None) -> Span:
    """What a printed number can have been before rounding; decimals None for an exact number."""
    slack = Fraction(0) if decimals is None else HALF / 10**decimals
    return Span(value - slack, value + slack)


def total(spans: Iterable[Span]) -> Span:
    """What the sum of some numbers can be."""
    listed = list(spans)
    return Span(sum((s.low for s in listed), Fraction(0)), sum((s.high for s in listed), Fraction(0)))


def rounded_values(span: Span, decimals: int) -> list[Fraction]:
    """What a number of the span can be printed as, a half rounded either way."""
    unit = Fraction(1, 10**decimals)
    first, last = math.ceil((span.low - unit / 2) / unit), math.floor((span.high + unit / 2) / unit)
    return [step * unit for step in range(first, last + 1)]


def counts_printed_as(percentage: Span, base: int) -> range:
    """Whole numbers of a base whose percentage lies in the span."""
    first = max(0, math.ceil(percentage.low * base / 100))
    last = min(base, math.floor(percentage.high * base / 100))
    return range(first, last + 1)


def bases_of(count: int, percentage: Span) -> Span | None:
    """Bases of which a count is a percentage in the span; None where any base will do (nought in nought per cent)."""
    if count == 0:
        return None if percentage.holds(Fraction(0)) else Span(Fraction(1), Fraction(0))
    if percentage.high <= 0:
        return Span(Fraction(1), Fraction(0))
    low = Fraction(100 * count) / percentage.high
    # A share that may be nought fits any larger base.
    high = Fraction(100 * count) / percentage.low if percentage.low > 0 else Fraction(10**9)
    return Span(max(low, Fraction(count)), high)


def reachable_mean(mean: Span, cases: int) -> bool:
    """Whether a mean of whole numbers over `cases` lies in the span: the test of granularity (GRIM).

    `cases` is people, or people times items where each answered every item.
    """
    highest, lowest = math.floor(mean.high * cases), math.ceil(mean.low * cases)
    return highest >= lowest


def every_mean_reachable(cases: int, decimals: int) -> bool:
    """Whether means of `cases` whole numbers lie so close that every printed value can occur: no power."""
    return cases >= int(10**decimals)


def weighted_limits(values: list[Span], weights: list[Span]) -> Span | None:
    """Lowest and highest weighted mean when values and weights lie in their spans; None where all weights may be 0.

    The highest takes every value at its highest and gives full weight to the largest values and least weight to the
    rest: all ways to part the ordered values in two are tried.
    """
    high = _highest([value.high for value in values], weights)
    low = _highest([-value.low for value in values], weights)
    return None if high is None or low is None else Span(-low, high)


def _highest(values: list[Fraction], weights: list[Span]) -> Fraction | None:
    order = sorted(range(len(values)), key=lambda i: -values[i])
    mass = sum((weights[i].low for i in order), Fraction(0))
    weighted = sum((weights[i].low * values[i] for i in order), Fraction(0))
    best = weighted / mass if mass else None
    for i in order:
        extra = weights[i].high - weights[i].low
        mass, weighted = mass + extra, weighted + extra * values[i]
        if mass:
            best = weighted / mass if best is None else max(best, weighted / mass)
    return best
