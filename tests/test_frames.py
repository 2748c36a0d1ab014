"""Going through a frame row by row."""

from __future__ import annotations

import pandas as pd

from survey_report.frames import each_row


def test_a_row_is_its_cells_by_place_and_by_name() -> None:
    frame = pd.DataFrame({"name": ["first", "second"], "n": [4, 9]}, index=[7, 8])
    assert [tuple(row) for row in each_row(frame)] == [("first", 4), ("second", 9)]
    assert [row.n for row in each_row(frame)] == [4, 9]
