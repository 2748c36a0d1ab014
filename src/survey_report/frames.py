"""Reading a frame, and going through it row by row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

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
