"""What an intruder finds: the tables under a site, and what has been public all along. Nothing of the package is used.

The public record are the study's published figures that are known to have been released, and its list of areas.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import yaml

SIDES = ("positive", "neutral", "negative")
PROFILE_COLUMNS = {"grouping", "group", "scale", "kind", "item", "n", *SIDES, "step"}
COARSE_GROUP, COARSE_STEP = 50, 5  # as the methods say
EXACT = 0.0001  # of percentages with all their digits


@dataclass
class Knowledge:
    """`sizes`: respondents of a (grouping, group). `totals`: answers of everybody by side, by (scale, kind, item).
    `rows`: one row a group and question of the profiles; `others`: the same from other tables, printed as they are.
    `inside`: which (grouping, group) lies in which. `sections`: the (grouping, group) pairs that each declared
    cross-section lies in: who it is."""

    sizes: dict[tuple[str, str], int] = field(default_factory=dict)
    totals: dict[tuple[str, str, str], tuple[int, int, int]] = field(default_factory=dict)
    rows: pd.DataFrame = field(default_factory=pd.DataFrame)
    others: pd.DataFrame = field(default_factory=pd.DataFrame)
    inside: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    sections: dict[str, frozenset[tuple[str, str]]] = field(default_factory=dict)


def tables_under(site: Path) -> dict[str, pd.DataFrame]:
    """Every CSV file under a site by its name without the word that marks synthetic data."""
    found = {}
    for path in sorted(site.rglob("*.csv")):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        start = next((i for i, line in enumerate(lines) if not line.startswith("#")), 0)
        if len(lines) > start + 1:
            found[path.stem.removeprefix("synthetic-")] = pd.read_csv(path, skiprows=start)
    return found


def known(site: Path, study: Path, profiles: pd.DataFrame | None = None) -> Knowledge:
    """Everything that bears on the answers of groups. `profiles` stands for the tables of profile pages."""
    knowledge, tables = Knowledge(), tables_under(site)
    pages = [table for table in tables.values() if set(table.columns) >= PROFILE_COLUMNS]
    pages += [profiles] if profiles is not None else []
    if pages:
        knowledge.rows = pd.concat(pages, ignore_index=True)
    _sizes(knowledge, tables, study)
    _totals(knowledge, tables)
    if "tbl-change-groups" in tables:
        change = tables["tbl-change-groups"].rename(columns={"period": "item"}).assign(kind="change", step=EXACT)
        change.loc[change["n"] < COARSE_GROUP, "step"] = COARSE_STEP
        knowledge.others = change[change["n"].notna()]
    areas = study / "areas.csv"
    if areas.is_file():
        with areas.open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                knowledge.inside["local_authority", row["id"]] = ("integration", row["integration"])
    declared = yaml.safe_load((study / "study.yml").read_text(encoding="utf-8")).get("cross_sections") or []
    knowledge.sections = {str(one["id"]): frozenset(one["where"].items()) for one in declared}
    return knowledge


def _sizes(knowledge: Knowledge, tables: dict[str, pd.DataFrame], study: Path) -> None:
    """From the tables of respondents, and from what was published and released."""
    for table in tables.values():
        if {"question", "category", "n"} <= set(table.columns):
            for row in table[table["n"].notna()].itertuples():
                knowledge.sizes[str(row.question), str(row.category)] = int(row.n)  # type: ignore[arg-type]
    with (study / "released.csv").open(encoding="utf-8", newline="") as handle:
        released = {row["figure_id"] for row in csv.DictReader(handle)}
    with (study / "published.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            one_group = row["group_by"] not in ("", "overall") and row["group"] not in ("", "all")
            if (
                row["id"] in released
                and row["measure"] == "n"
                and one_group
                and not row["scale"]
                and not row["erratum"]
            ):
                knowledge.sizes.setdefault((row["group_by"], row["group"]), int(row["value"]))


def _totals(knowledge: Knowledge, tables: dict[str, pd.DataFrame]) -> None:
    """Counts of everybody's answers, from percentages with all their digits and their base."""
    for name, table in tables.items():
        for suffix, column, kind in (("-items", "item", "item"), ("-change", "period", "change")):
            if not (name.startswith("tbl-") and name.endswith(suffix) and {column, "n", *SIDES} <= set(table.columns)):
                continue
            scale = name.removeprefix("tbl-").removesuffix(suffix)
            for row in table.itertuples():
                shares = [getattr(row, side) for side in SIDES]
                if pd.isna(row.n) or any(pd.isna(share) for share in shares):
                    continue
                counts = tuple(round(float(row.n) * share / 100) for share in shares)  # type: ignore[arg-type]
                knowledge.totals[scale, kind, str(getattr(row, column))] = counts  # type: ignore[assignment]
