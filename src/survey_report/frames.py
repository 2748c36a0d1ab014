"""Reading a frame, going through it row by row, and counting in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd


def each_row(frame: pd.DataFrame) -> Iterator[Any]:
    """Each row as a named tuple without its index; typed loosely, since columns differ from frame to frame."""
    return iter(frame.itertuples(index=False))


def read_frame(path: Path) -> pd.DataFrame:
    """The frame as pandas reads it, but without a thread being started: processes are forked with it in memory."""
    import pyarrow.parquet

    with pyarrow.parquet.ParquetFile(path, pre_buffer=False) as file:
        frame: pd.DataFrame = file.read(use_threads=False).to_pandas(use_threads=False)
    return frame


def cross_counts(first: pd.Series, second: pd.Series, rows: Sequence[str], columns: Sequence[str]) -> pd.DataFrame:
    """How often each value of `rows` in one column goes with each value of `columns` in another of the same respondents
    (one row and column a value, integers); others are not counted."""
    places = [pd.Index(names).get_indexer(pd.Index(values)) for values, names in ((first, rows), (second, columns))]
    known = (places[0] >= 0) & (places[1] >= 0)
    cells = np.bincount(places[0][known] * len(columns) + places[1][known], minlength=len(rows) * len(columns))
    return pd.DataFrame(cells.reshape(len(rows), len(columns)), index=list(rows), columns=list(columns))
