"""An invented second wave of the shipped export, with a known change: for tests and for trying `make waves`.

    python tests/second_wave.py OUT.csv

The shipped export is invented itself. Of its rows about three in four are kept, of some services more than of others
(so that who answered changes); then answers to one scale rise by one step for a known share of the respondents, and one
item goes unasked.
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "src"))

from survey_report.study import Study  # noqa: E402
from survey_report.study_load import load_study  # noqa: E402

HEADERS = 3
SCALE, RISES = "leadership", 0.4  # answers on this scale, and the share of them that rise by one step
GROUPING = "service"
KEPT = (0.95, 0.55)  # shares of the first category's respondents and of the others' that answer again
UNASKED = ("services", 1)  # scale and place of the item that the second wave does not ask


def second_wave(rows: Sequence[Sequence[str]], study: Study, seed: int = 7) -> list[list[str]]:
    """Records of the second wave from those of the first, header rows first."""
    draw = random.Random(seed)
    names = list(rows[0])
    scale = study.scale(SCALE)
    steps = _steps(study)
    group, first = names.index(study.column(GROUPING)), study.categories(GROUPING)[0].answer
    items = [names.index(item.column) for item in scale.items]
    unasked = names.index(study.scale(UNASKED[0]).items[UNASKED[1]].column)
    identity = names.index("ResponseId")
    made = [list(row) for row in rows[:HEADERS]]
    for row in rows[HEADERS:]:
        if draw.random() >= (KEPT[0] if row[group] == first else KEPT[1]):
            continue
        changed = list(row)
        changed[identity] = "R_" + "".join(draw.choices("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=15))
        for place in items:
            if draw.random() < RISES:
                changed[place] = steps.get(changed[place], changed[place])
        changed[unasked] = ""
        made.append(changed)
    return made


def planted(scores: Sequence[int], top: int) -> float:
    """By how much the mean of an item rises: the share that rises of all that can."""
    return RISES * sum(score < top for score in scores) / len(scores)


def _steps(study: Study) -> Mapping[str, str]:
    """The next better answer of each answer to the scale."""
    options = study.response_sets[study.scale(SCALE).items[0].response_set].options
    order = sorted(options, key=lambda option: option.score or 0)
    return {low.answer: high.answer for low, high in pairwise(order)}


def main(target: str) -> None:
    """Write the second wave of the shipped export."""
    study = load_study(ROOT / "studies" / "csrr-2023")
    with (study.folder / study.export.file).open(encoding="utf-8", newline="") as handle:
        rows = list(csv.reader(handle, strict=True))
    with Path(target).open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerows(second_wave(rows, study))


if __name__ == "__main__":
    main(sys.argv[1])
