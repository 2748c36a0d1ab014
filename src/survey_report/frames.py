"""Going through a frame row by row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd


def each_row(frame: pd.DataFrame) -> Iterator[Any]:
    """Each row as a named tuple without its index; typed loosely, since columns differ from frame to frame."""
    return iter(frame.itertuples(index=False))
