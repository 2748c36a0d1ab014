"""The ledger of a section: every number that it shows, entered once under its key, with what kind of number it is."""

from __future__ import annotations

import math
from collections.abc import Sequence

from survey_report.numbers import NOT_SHOWN, Number, format_number, round_half_up
from survey_report.register import Register


class Ledger:
    """Collects numbers; entering one decides its kind and text, so nothing is shown that was not entered."""

    def __init__(self, register: Register, *, synthetic: bool) -> None:
        self._register, self._synthetic = register, synthetic
        self.numbers: dict[str, Number] = {}

    def enter(
        self,
        key: str,
        value: float | None,
        *,
        unit: str,
        decimals: int,
        source: str,
        base: int | None = None,
        shown: bool = True,
        parts: Sequence[str] = (),
    ) -> Number:
        """Enter a number; `shown=False`, None or NaN enters it as not shown.

        `parts` are keys already entered that the number is a sum of: where all of them reproduce published figures, so
        does the sum. Raises ValueError for a key entered twice.
        """
        if key in self.numbers:
            raise ValueError(f"the number `{key}` is entered twice")
        if value is None or math.isnan(value) or not shown:
            number = Number(key, None, NOT_SHOWN, unit, decimals, None, source, "hidden")
        else:
            kind, figure = self._register.kind(key, value, synthetic=self._synthetic)
            if kind == "invented" and parts and all(self.numbers[part].kind == "reproduced" for part in parts):
                kind = "reproduced"  # by addition: no row of the register holds it, so it leads to none
            rounded = round_half_up(value, decimals)
            number = Number(
                key, rounded, format_number(value, unit, decimals), unit, decimals, base, source, kind, figure
            )
        self.numbers[key] = number
        return number

    def count(self, key: str, value: int, *, source: str, base: int | None = None, shown: bool = True) -> Number:
        """Enter a count."""
        return self.enter(key, value, unit="count", decimals=0, source=source, base=base, shown=shown)

    def share(
        self, key: str, part: float, whole: float, *, source: str, decimals: int = 0, shown: bool = True
    ) -> Number:
        """Enter a share in percent of `whole`, which is its base."""
        value = 100 * part / whole if whole else None
        return self.enter(key, value, unit="percent", decimals=decimals, source=source, base=int(whole), shown=shown)

    def mean(
        self, key: str, value: float, *, source: str, base: int | None, shown: bool = True, decimals: int = 2
    ) -> Number:
        """Enter a mean on the scale of the answers, two decimals unless fewer may be shown."""
        return self.enter(key, value, unit="mean", decimals=decimals, source=source, base=base, shown=shown)

    def words(self, key: str, text: str, *, like: Number, source: str) -> Number:
        """Enter words that follow from a number, such as the name of the best rated item: same kind, same row."""
        hidden = like.kind == "hidden"
        number = Number(key, None, NOT_SHOWN if hidden else text, "words", 0, like.base, source, like.kind, like.figure)
        self.numbers[key] = number
        return number
