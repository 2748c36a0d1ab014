"""Data files carry the digits of the page: by hand, and every download of a built site."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pandas as pd
import pytest

from survey_report.digits import p_value, read_data
from survey_report.notebook import csv_text

LONG = re.compile(r"(?<![\w.-])-?\d+\.\d{4,}(?![\w.])")


def test_a_p_value_is_neither_nought_nor_one() -> None:
    frame = pd.DataFrame({"p": [0.0, 0.0009, 0.0312, 0.9996, 1.0, None], "naive_p": 0.5})
    text = csv_text(frame)
    assert [line.split(",")[0] for line in text.splitlines()[1:]] == [
        "<0.001",
        "<0.001",
        "0.031",
        ">0.999",
        ">0.999",
        "",
    ]
    assert [p_value(value) for value in read_data(io.StringIO(text))["p"].dropna()] == [0, 0, 0.031, 1, 1]


def test_whole_figures_have_no_point_and_means_two_decimals() -> None:
    frame = pd.DataFrame({"n": [12.0, None], "positive": [54.51, 20.0], "mean": [3.14159, 2.0], "pct": [3.333, 5.0]})
    assert csv_text(frame) == "n,positive,mean,pct\n12,55,3.14,3.3\n,20,2.0,5.0\n"


def digits_of(text: str) -> list[str]:
    """Numbers of a data file with more than three decimals, and p values that no p value has."""
    found = LONG.findall(text)
    frame = pd.read_csv(io.StringIO(text), comment="#", dtype="str", keep_default_na=False)
    columns = [name for name in frame.columns if name == "p" or name.endswith("_p") or name.startswith("p_")]
    return found + [
        value for name in columns for value in frame[name] if value in ("0", "0.0", "0.000", "1", "1.0", "1.000")
    ]


@pytest.mark.slow
def test_no_download_of_a_site_has_more_digits_than_its_page(root: Path) -> None:
    """Of the site that stands, if one does."""
    files = sorted((root / "_site" / "_build").glob("*/findings/downloads/*.csv"))
    if not files:
        pytest.skip("no site is built")
    assert {path.name: found for path in files if (found := digits_of(path.read_text(encoding="utf-8")))} == {}
