"""Rounding and formats of numbers, against Python's own decimal arithmetic."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from survey_report.numbers import NOT_SHOWN, Number, format_number, round_half_up

printed = st.decimals(min_value=-100_000, max_value=100_000, places=8, allow_nan=False, allow_infinity=False)


@given(value=printed, decimals=st.integers(0, 4))
@settings(deadline=None)
@example(value=Decimal("2.5"), decimals=0)
@example(value=Decimal("-2.5"), decimals=0)
@example(value=Decimal("1.005"), decimals=2)  # below 1.005 as a float, so round() gives 1.0
@example(value=Decimal("2.675"), decimals=2)
@example(value=Decimal("0.5"), decimals=0)
@example(value=Decimal("40.45"), decimals=1)
def test_rounding_is_decimal_half_up(value: Decimal, decimals: int) -> None:
    expected = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    assert round_half_up(float(value), decimals) == float(expected)


def test_errors_of_floats_do_not_tip_a_half() -> None:
    assert round_half_up(0.1 + 0.2 + 0.2, 0) == 1  # 0.5 by a sum that is not exactly it
    assert round_half_up(100 * 0.145, 0) == 15  # 14.499999999999998 as a float


@given(value=st.floats(-0.4999, 0.4999))
@settings(deadline=None)
def test_nothing_rounds_to_minus_zero(value: float) -> None:
    assert math.copysign(1, round_half_up(value, 0)) == 1
    assert "-" not in format_number(value, "mean", 0)


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "text"),
    [
        (1399, "count", 0, "1,399"),
        (0, "count", 0, "0"),
        (1234567, "count", 0, "1,234,567"),
        (40.6004, "percent", 1, "40.6%"),
        (40.65, "percent", 1, "40.7%"),
        (72.5, "percent", 0, "73%"),
        (100, "percent", 1, "100.0%"),
        (3.045, "mean", 2, "3.05"),
        (3, "mean", 2, "3.00"),
        (0.0009999, "p", 3, "below 0.001"),
        (0, "p", 3, "below 0.001"),
        (0.001, "p", 3, "0.001"),
        (0.25, "p", 3, "0.250"),
        (1, "p", 3, "above 0.999"),
        (0.9994, "p", 3, "0.999"),
        (None, "percent", 1, NOT_SHOWN),
        (math.nan, "mean", 2, NOT_SHOWN),
        (math.nan, "p", 3, NOT_SHOWN),
    ],
)
def test_formats(value: float | None, unit: str, decimals: int, text: str) -> None:
    assert format_number(value, unit, decimals) == text


def test_a_number_under_another_key_and_as_a_dict() -> None:
    number = Number("a.b", 3.05, "3.05", "mean", 2, 1391, "tbl-a", "reproduced", "row-1")
    assert number.under("c").key == "c"
    assert Number(key="a.b", **number.as_dict()) == number  # type: ignore[arg-type]
    assert "key" not in number.as_dict()


def test_numbers_of_numpy_round_like_others() -> None:
    assert round_half_up(np.float64(2.5), 0) == 3
    assert round_half_up(np.int64(7), 2) == 7  # type: ignore[arg-type]
