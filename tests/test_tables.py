"""Tables of the findings, read back as a reader would."""

from __future__ import annotations

import pandas as pd
import pytest

import shipped
from survey_report.escaping import settled
from survey_report.marks import Style
from survey_report.pipe_tables import base_text
from survey_report.tables import pairs_table


@pytest.mark.parametrize("scale", ["services", "support"])
def test_the_higher_group_stands_first_with_the_interval_of_its_lead(scale: str) -> None:
    theme = shipped.theme(scale)
    means = dict(zip(theme.groups["label"], theme.groups["mean"], strict=True))
    # An interval would tell a hidden size.
    sizes = dict(zip(theme.groups["label"], theme.groups["n"].fillna(0), strict=True))
    lines = pairs_table(theme, Style("csrr-2023", False)).split("\n")[2:]
    of_groupings = [line for line in lines if "[not told]{.hidden-value}" in line]
    lines = [line for line in lines if line not in of_groupings]
    not_told = theme.pairs[theme.pairs["state"] == "not told"].groupby("grouping", sort=False).size()
    assert [int(line.split(": ")[1].split(" of ")[0]) for line in of_groupings] == not_told.tolist()
    assert len(lines) == theme.pairs["significant"].sum() > 0
    for line in lines:
        higher, lower, difference, interval, _ = (cell.strip() for cell in line.strip("|").split("|"))
        assert float(difference) == pytest.approx(means[higher] - means[lower], abs=0.011)  # of means rounded to 0.01
        if min(sizes[higher], sizes[lower]) < 50:
            assert interval == "[not shown]{.hidden-value}"
            continue
        low, high = map(float, interval.split(" to "))
        assert (low + high) / 2 == pytest.approx(float(difference), abs=0.011)
        assert low > 0  # it differs significantly
    turned = theme.pairs[theme.pairs["significant"]]["difference"] < 0
    assert turned.any()
    assert not turned.all()


def test_a_number_of_respondents_is_whole_grouped_and_marked() -> None:
    assert settled(base_text(1399, Style("s", synthetic=False))) == "1,399"
    assert settled(base_text(1399, Style("s", synthetic=True))) == "[*1,399*]{.invented}"
    assert settled(base_text(pd.NA, Style("s", synthetic=True))) == "[not shown]{.hidden-value}"
