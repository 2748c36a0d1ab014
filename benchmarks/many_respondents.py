"""An export with any number of respondents, made from a study's synthetic one: its rows repeated with seeded changes.

Each copy of a row gets an id of its own, and some answers to closed questions change places with those of other rows of
the copy, so that no two copies are alike. Open answers are left blank: nothing is computed from what they say. What
comes out is synthetic and says so, as the export does that it is made from.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

HEADER_ROWS = 3
ID = "ResponseId"
SWAPPED = 0.05  # share of answers to a question that change places within a copy


def write_many(
    source: Path, target: Path, rows: int, closed: Sequence[str], opened: Sequence[str], seed: int = 1
) -> None:
    """Write `rows` responses to `target`; `closed` and `opened` name the columns of closed and of open questions."""
    with source.open(encoding="utf-8-sig", newline="") as handle:
        records = list(csv.reader(handle))
    names, originals = records[0], records[HEADER_ROWS:]
    changed, blank = ([names.index(name) for name in columns] for columns in (closed, opened))
    place, chance, copy = names.index(ID), random.Random(seed), 0
    for row in originals:
        for column in blank:
            row[column] = ""
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerows(records[:HEADER_ROWS])
        while rows > 0:
            made = [list(row) for row in originals[:rows]]
            for number, row in enumerate(made):
                row[place] = f"R_{copy:05d}{number:05d}"
            for column in changed if copy else ():
                some = chance.sample(range(len(made)), int(len(made) * SWAPPED))
                for one, other in pairwise(some):
                    if made[one][column] and made[other][column]:  # who was not asked still has no answer
                        made[one][column], made[other][column] = made[other][column], made[one][column]
            writer.writerows(made)
            rows, copy = rows - len(made), copy + 1
