"""Random numbers that are the same on every machine: only uniform draws of a fixed generator and exact arithmetic."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Draws:
    """One stream of random numbers. `name` keeps streams apart, so that a change in one part leaves the others alone.

    Normal numbers are sums of twelve uniform ones: logarithms and the like differ in the last digit between machines,
    and a digit is enough to change an order and with it the file.
    """

    def __init__(self, seed: int, name: str) -> None:
        self._bits = np.random.Generator(np.random.PCG64([seed, zlib.crc32(name.encode())]))

    def uniform(self, *shape: int) -> Floats:
        """Numbers from 0 up to 1."""
        return np.asarray(self._bits.random(shape), dtype=np.float64)

    def normal(self, *shape: int) -> Floats:
        """Numbers of mean 0 and standard deviation 1, never beyond 6."""
        total = np.full(shape, -6.0)
        for _ in range(12):
            total += self.uniform(*shape)
        return total

    def order(self, size: int) -> Ints:
        """The numbers 0 .. size-1 in random order."""
        return np.argsort(self.uniform(size), kind="stable").astype(np.int64)

    def below(self, limit: int, size: int) -> Ints:
        """Whole numbers from 0 to limit-1."""
        return np.asarray(np.minimum(np.floor(self.uniform(size) * limit), limit - 1), dtype=np.int64)

    def pick(self, weights: Floats, size: int) -> Ints:
        """Places in `weights`, each as often as its weight says."""
        steps: Floats = np.cumsum(weights)
        places = np.searchsorted(steps, self.uniform(size) * steps[-1], side="right")
        last = len(steps) - 1
        return np.array([min(int(place), last) for place in places], dtype=np.int64)


def spread_exactly(total: int, shares: Floats) -> Ints:
    """Whole numbers that add up to `total`, in proportion to `shares` (largest remainders)."""
    exact = total * shares / np.cumsum(shares)[-1]
    counts: Ints = np.floor(exact + 1e-9).astype(np.int64)
    remainders = np.argsort(counts - exact, kind="stable")
    counts[remainders[: total - int(counts.sum())]] += 1
    return counts
