"""How many digits the figures of findings carry: those of the page, and no more.

What is computed exactly is rounded here once, before anything is made of it, so that no chart, data file, workbook or
script holds digits that a page does not print. p values stay exact until they are written, since what is significant is
decided on them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TextIO

import pandas as pd

from survey_report.numbers import format_number, round_half_up
from survey_report.study import ResponseSet

WHOLE, MEAN, COEFFICIENT, SMALL_COEFFICIENT, P = 0, 2, 2, 3, 3
MOST = 3  # of any column that is not named here
DECIMALS: Mapping[str, int] = MappingProxyType(
    {
        **dict.fromkeys(("mean", "rest_mean", "sd", "before", "after", "low", "high", "difference", "step"), MEAN),
        **dict.fromkeys(("unweighted", "weighted", "adjusted", "adjusted_low", "adjusted_high", "composition"), MEAN),
        **dict.fromkeys(("naive_difference", "naive_low", "naive_high", "se", "detectable", "bound"), MEAN),
        **dict.fromkeys(("g", "g_low", "g_high", "alpha", "item_rest", "alpha_without"), COEFFICIENT),
        **dict.fromkeys(("kappa", "kappa_low", "kappa_high", "jaccard", "statistic"), COEFFICIENT),
        **dict.fromkeys(("icc", "omega", "omega_low", "omega_high"), SMALL_COEFFICIENT),
        **dict.fromkeys(("df", "df_within"), 1),
        **dict.fromkeys(("positive", "neutral", "negative", "rest_positive", "rest_neutral", "rest_negative"), WHOLE),
        **dict.fromkeys(("balance", "rest_balance", "share", "df_between"), WHOLE),
        **dict.fromkeys(("percent", "pct", "respondents", "wanted"), 1),
    }
)
POINTS: Mapping[str, int] = MappingProxyType(dict.fromkeys(("difference", "low", "high"), WHOLE))  # of percent


def released(frame: pd.DataFrame, own: Mapping[str, int] | None = None) -> pd.DataFrame:
    """The frame with every number rounded as its page prints it; `own` are decimals of columns that differ here.

    Means of coarse groups, and the intervals around them, keep the step that they are rounded to. Columns of p values
    stay as they are.
    """
    shown = frame.copy()
    for name in map(str, shown.select_dtypes("float").columns):
        if not is_p(name):
            decimals = (own or {}).get(name, DECIMALS.get(name, MOST))
            shown[name] = [printed(value, decimals) for value in shown[name]]
    return shown


def as_written(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame as a data file holds it: numbers as `released`, whole ones without a point, p values as text."""
    shown = released(frame)
    for name in map(str, shown.select_dtypes("float").columns):
        values = shown[name]
        if is_p(name):
            shown[name] = [None if pd.isna(value) else p_text(value) for value in values]
        elif _is_whole(values, name):
            shown[name] = values.astype("Int64")
    return shown


def _is_whole(values: pd.Series, name: str) -> bool:
    """Whether a column of floats holds counts or whole percentages, beside empty cells."""
    return DECIMALS.get(name, MOST) != MEAN and bool(values.dropna().mod(1).eq(0).all())


def whole_shares(answers: ResponseSet) -> Mapping[str, int]:
    """That the shares of the answers of a set are given in whole percent."""
    return dict.fromkeys((option.id for option in answers.options), WHOLE)


def printed(value: float, decimals: int) -> float:
    """A number as it is printed; NaN stays NaN."""
    return value if pd.isna(value) else round_half_up(value, decimals)


def is_p(name: str) -> bool:
    """Whether a column holds p values."""
    return name == "p" or name.endswith("_p") or name.startswith("p_")


def p_text(value: float) -> str:
    """A p value with three decimals; never nought nor one, which no p value is."""
    text = format_number(value, "p", P)
    return text.replace("below ", "<").replace("above ", ">")


def read_data(file: Path | TextIO) -> pd.DataFrame:
    """A data file; whole numbers stay whole beside empty cells, p values are numbers but for those under a bound."""
    frame = pd.read_csv(file)
    for name in map(str, frame.columns):
        if is_p(name) and frame[name].dtype.kind not in "fi":
            frame[name] = [text if pd.isna(text) or str(text)[:1] in "<>" else float(text) for text in frame[name]]
        elif frame[name].dtype.kind == "f" and _is_whole(frame[name], name):
            frame[name] = frame[name].astype("Int64")
    return frame


def p_value(text: object) -> float:
    """The number that the text of a p value stands for, an end of its range; NaN where there is none."""
    if isinstance(text, str) and text[:1] in "<>":
        return 0.0 if text.startswith("<") else 1.0
    return float(text)  # type: ignore[arg-type]
