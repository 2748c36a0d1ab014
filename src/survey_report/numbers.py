"""Numbers that may be shown: value, text, base and what kind of number it is."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

# reproduced: equals a published figure. corrected: equals what an erratum says should stand there. invented: made up by
# the synthetic data. real: comes from real answers. hidden: may not be shown.
Kind = Literal["reproduced", "corrected", "invented", "real", "hidden"]
PUBLIC_KINDS: tuple[Kind, ...] = ("reproduced", "corrected", "real")
NOT_SHOWN = "not shown"


@dataclass(frozen=True)
class Number:
    """One number under a stable key. `value` is rounded to `decimals`, None where it may not be shown.

    `base` is the number of respondents it rests on, `source` the table it stands in, `figure` its row in the register.
    """

    key: str
    value: float | None
    text: str
    unit: str
    decimals: int
    base: int | None
    source: str
    kind: Kind
    figure: str = ""

    def under(self, key: str) -> Number:
        """The same number under another key."""
        return replace(self, key=key)

    def as_dict(self) -> dict[str, object]:
        """Everything but the key."""
        return {name: value for name, value in asdict(self).items() if name != "key"}


def round_half_up(value: float, decimals: int) -> float:
    """Round half away from zero, as printed tables do (2.5 to 3, not to 2); tiny float errors do not tip it."""
    exact = Decimal(repr(round(float(value), 10)))
    return float(exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)) + 0.0  # no -0.0


def readable(step: float) -> float:
    """The step of 1, 2 or 5 times a power of ten that lies nearest to a step, by ratio: 0.25 gives 0.2."""
    power = 10.0 ** math.floor(math.log10(step))
    found = min((power, 2 * power, 5 * power, 10 * power), key=lambda one: abs(math.log(one / step)))
    return round(found, 10)


def decimals_of(step: float) -> int:
    """Decimals that a multiple of a step is written with."""
    return max(0, -math.floor(math.log10(step) + 1e-9))


def ends_text(low: float, high: float, decimals: int) -> str:
    """`3.1 to 3.6`: the ends of an interval with so many decimals, or with two where these would move an end."""
    exact = all(abs(end - round_half_up(end, decimals)) < 1e-9 for end in (low, high))
    digits = decimals if exact else max(decimals, 2)
    return f"{low:.{digits}f} to {high:.{digits}f}"


def p_equation(value: float) -> str:
    """`p = 0.031`, `p below 0.001`."""
    text = format_number(value, "p", 3)
    return f"p = {text}" if text[0].isdigit() else f"p {text}"


def format_number(value: float | None, unit: str, decimals: int) -> str:
    """`1,399`, `40.6%`, `3.05`, or "not shown"; p values get three decimals, none below 0.001 nor above 0.999."""
    if value is None or math.isnan(value):
        return NOT_SHOWN
    if unit == "p":
        return "below 0.001" if value < 0.001 else "above 0.999" if value >= 0.9995 else f"{value:.3f}"
    rounded = round_half_up(value, decimals)
    text = f"{rounded:,.{decimals}f}"
    return f"{text}%" if unit == "percent" else text
