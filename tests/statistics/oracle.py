"""Values that R gave, by name, and the data that they are of; the scripts lie beside them in tests/reference."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from survey_report.statistics.samples import group_samples

REFERENCE = Path(__file__).parents[1] / "reference"
EXACT = 1e-8  # closed forms; R's values are kept with twelve significant digits
P_ERROR = 1e-6  # absolute, of p values
FITTED = 1e-4  # searches that stop at a tolerance of their own
ENDS = 1e-6  # roots of noncentral distributions, which R computes to eight digits or so

Values = dict[str, dict[tuple[str, str], float]]


@cache
def values(table: str, data: str) -> Values:
    """One set of a table: quantity -> (a, b) -> value."""
    found: Values = defaultdict(dict)
    with (REFERENCE / table).open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            if row["data"] == data:
                found[row["quantity"]][row["a"], row["b"]] = float(row["value"])
    assert found, f"{table} has no values of {data}"
    return found


@cache
def frame(table: str, data: str = "") -> pd.DataFrame:
    """A table of data, or the rows of one set."""
    read = pd.read_csv(REFERENCE / table)
    return read[read["data"] == data].reset_index(drop=True) if data else read


@cache
def samples(data: str) -> dict[str, np.ndarray]:
    """One set of group-samples.csv."""
    rows = frame("group-samples.csv", data)
    return group_samples(rows["score"], rows["group"], sorted(set(rows["group"])))


def signed(found: dict[tuple[str, str], float], a: str, b: str) -> tuple[float, int]:
    """The value of a pair and 1, or that of the pair named the other way round and -1."""
    return (found[a, b], 1) if (a, b) in found else (found[b, a], -1)


def made(seed: int) -> Callable[..., np.ndarray]:
    """Whole numbers without a pattern, the same for ever: made(seed)(n, high) are n of 0..high-1."""
    state = seed

    def draw(n: int, high: int) -> np.ndarray:
        nonlocal state
        drawn = []
        for _ in range(n):
            state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
            drawn.append((state >> 33) % high)
        return np.array(drawn)

    return draw
