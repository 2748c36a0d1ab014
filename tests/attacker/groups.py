"""Every group of few answers whose figures a site prints, and what its distributions of answers may be."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pandas as pd
from distributions import Printed, few_by_mean, revealed
from knowledge import COARSE_GROUP, SIDES, Knowledge

MEAN_STEPS = ((20, 0.5), (50, 0.1))  # as the methods say: below so many answers
Found = tuple[str, str, str, str]


def printed_items(knowledge: Knowledge) -> Iterator[tuple[Found, Printed]]:
    """What is printed of every group under the limit of coarse figures, question by question."""
    for row in knowledge.rows.itertuples():
        if pd.isna(row.n) or row.n >= COARSE_GROUP:  # type: ignore[operator]
            continue
        shares = tuple(None if pd.isna(getattr(row, side)) else float(getattr(row, side)) for side in SIDES)
        place = (str(row.grouping), str(row.group), str(row.scale), f"{row.kind} {row.item}")
        yield place, Printed(int(row.n), shares=shares, step=max(float(row.step), 1e-4))  # type: ignore[arg-type]


def printed_means(
    tables: dict[str, pd.DataFrame],
) -> dict[tuple[str, str, str], tuple[int, float, float, float | None]]:
    """Number, mean, step and deviation (if printed) of every group of few answers, by (grouping, group, scale)."""
    found: dict[tuple[str, str, str], tuple[int, float, float, float | None]] = {}
    for table in tables.values():
        if not {"grouping", "group", "scale", "n", "mean"} <= set(table.columns):
            continue
        for row in table.itertuples():
            if pd.isna(row.n) or pd.isna(row.mean) or row.n >= COARSE_GROUP:  # type: ignore[operator]
                continue
            step = 0.01 if not math.isclose(float(row.mean), round(float(row.mean), 1)) else 0.0  # type: ignore[arg-type]
            step = step or next(step for most, step in MEAN_STEPS if int(row.n) < most)  # type: ignore[arg-type]
            if "step" in table.columns:
                step = float(row.step)  # type: ignore[arg-type]
            sd = getattr(row, "sd", None)
            place = (str(row.grouping), str(row.group), str(row.scale))
            before = found.get(place)
            if before is None or step < before[2]:
                known = None if sd is None or pd.isna(sd) else float(sd)
                found[place] = (int(row.n), float(row.mean), step, known)  # type: ignore[arg-type]
    return found


def given_away(knowledge: Knowledge, tables: dict[str, pd.DataFrame]) -> list[Found]:
    """Groups of which a single distribution fits and tells of few answers, or of which a deviation is printed, or a
    mean that leaves no room."""
    found, items = [], dict[tuple[str, str, str], list[Printed]]()
    of_scale = _items_listed(tables) | _items_of(knowledge)
    for place, printed in printed_items(knowledge):
        if revealed(printed):
            found.append(place)
        if place[3].startswith("item "):
            items.setdefault((place[0], place[1], place[2]), []).append(printed)
    for group, (n, mean, step, sd) in printed_means(tables).items():
        if sd is not None:
            found.append((*group, "deviation"))
        mine = items.get(group, [])
        mine += [Printed(n)] * (of_scale.get(group[2], 1) - len(mine))  # of those that are not printed nothing is known
        few = few_by_mean(n, mine, mean, step)
        found += [(*group, f"mean, answer {answer}") for answer in few]
    return found


def _items_listed(tables: dict[str, pd.DataFrame]) -> dict[str, int]:
    """How many items the report's own table of a scale lists."""
    listed = {name: table for name, table in tables.items() if name.startswith("tbl-") and name.endswith("-items")}
    return {name[4:-6]: len(table) for name, table in listed.items() if "item" in table}


def _items_of(knowledge: Knowledge) -> dict[str, int]:
    """How many items each scale has."""
    if knowledge.rows.empty:
        return {}
    asked = knowledge.rows[knowledge.rows["kind"] == "item"]
    return {str(scale): count for scale, count in asked.groupby("scale")["item"].nunique().items()}
