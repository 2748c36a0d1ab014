"""How numbers are written in charts and alt texts, and how their origin is marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal, cast

import pandas as pd

from survey_report.charts.typeface import Face
from survey_report.digits import MEAN
from survey_report.numbers import decimals_of

Kind = Literal["reproduced", "invented", "real", "hidden"]
WITHHELD = "c"  # the usual mark of a confidential value, where words would not fit
FACES: dict[str, Face] = {"reproduced": "semibold", "real": "regular", "invented": "italic", "hidden": "regular"}


def known(value: object) -> bool:
    """Whether a cell of a frame holds a number (neither None nor NaN)."""
    return isinstance(value, int | float) and not pd.isna(value)


def number(value: object) -> float:
    """The number in a cell; NaN where there is none."""
    return float(cast(Any, value)) if known(value) else float("nan")


def _rounded(value: float, places: str) -> Decimal:
    # Twelve decimals first, so that 2.675 read from a file is the 2.675 that a reader sees and rounds up.
    return Decimal(repr(round(value, 12))).quantize(Decimal(places), rounding=ROUND_HALF_UP)


def whole(value: float) -> str:
    """A percentage without its sign, rounded half up: 52.5 is "53"."""
    return str(int(_rounded(value, "1")))


def percent(value: float) -> str:
    """A percentage with its sign."""
    return f"{whole(value)}%"


def mean(value: float, step: object = None) -> str:
    """A scale mean with two decimals, or as many as the step that it was rounded to has, but one at least."""
    decimals = max(1, decimals_of(number(step))) if known(step) else MEAN
    return str(_rounded(value, str(Decimal(1).scaleb(-decimals))))


def count(value: float) -> str:
    """A number of people with thousands separated: "1,234"."""
    return f"{int(value):,}"


def people(value: float) -> str:
    """The base of a row: "n = 1,234", with no-break spaces."""
    return f"n\u00a0=\u00a0{count(value)}"


def kind_of(row: Mapping[str, object], column: str, default: Kind) -> Kind:
    """The kind that a row declares in a column, or the default where the frame has no such column."""
    value = row.get(column)
    return cast(Kind, value) if value in FACES else default


def reason_of(row: Mapping[str, object]) -> str:
    """Why something of a row is not shown; empty where the frame does not say."""
    reason = row.get("reason")
    return reason if isinstance(reason, str) else ""


def no_size_text(shown: Iterable[Mapping[str, object]]) -> str:
    """What the mark in the place of a number of answers means; empty where none is missing."""
    reasons = dict.fromkeys(reason_of(row) or "not shown" for row in shown if not known(row["n"]))
    return f"{WITHHELD}: {'; '.join(reasons)}." if reasons else ""


def mean_shown(row: Mapping[str, object]) -> bool:
    """Whether the mean of a row may be shown: declared so, not of the hidden kind, and there."""
    return bool(row["shown"]) and known(row["mean"]) and row.get("kind") != "hidden"
