"""The register of published figures: which result key each row speaks of, and what a number equals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from survey_report.errors import Problem, raise_if_any
from survey_report.numbers import Kind, round_half_up
from survey_report.study import Study
from survey_report.study_fields import read_table

COLUMNS = [
    "id", "section", "kind", "source", "scale", "item", "group_by", "group", "measure", "period",
    "relation", "value", "value_high", "unit", "decimals", "where", "note", "basis", "erratum", "rule", "rule_basis",
]  # fmt: skip
ROW_NAMES = ("unit", "scale", "item", "group_by", "group", "measure", "period", "value_high", "rule", "rule_basis")
CORPUS = "corpus"  # the source of figures on coded material
KEYED = ("responses", "sessions", "instrument", CORPUS)
# The last rows of printed tables state numbers that have keys already, and so does the number who responded.
TOTALS = {
    "n_total": "n_complete",
    "n_responded": "n_complete",
    "n_focus_group_participants_total": "n_focus_group_participants",
    "n_interview_participants_total": "n_interview_participants",
}


@dataclass(frozen=True)
class Figure:
    """One row of the register; `key` is the result that it speaks of, empty where there is no such single number.

    `rule` is an expression under which the row holds, empty for a row that holds by its relation alone. `theme_ids` are
    the codes of the coded material that it speaks of.
    """

    id: str
    key: str
    section: str
    source: str
    kind: str
    relation: str
    value: str
    decimals: int
    where: str
    note: str
    erratum: str
    unit: str = ""
    scale: str = ""
    item: str = ""
    group_by: str = ""
    group: str = ""
    measure: str = ""
    period: str = ""
    value_high: str = ""
    rule: str = ""
    rule_basis: str = ""
    theme_ids: tuple[str, ...] = ()

    def meets(self, value: float) -> bool:
        """Whether a computed value, rounded to the printed precision, equals the printed one."""
        return round_half_up(value, self.decimals) == float(self.value)


@dataclass(frozen=True)
class Register:
    """Published figures by result key, the most precise first, and the values that errata expect."""

    figures: tuple[Figure, ...]
    by_key: Mapping[str, tuple[Figure, ...]]
    corrections: Mapping[str, str]

    def kind(self, key: str, value: float, *, synthetic: bool) -> tuple[Kind, str]:
        """What kind of number this is, and the register row that it reproduces (empty if none).

        A synthetic number that departs from what an erratum doubts is `corrected`, anything else `invented`.
        """
        rows = self.by_key.get(key, ())
        match = next((row for row in rows if row.meets(value)), None)
        if not synthetic:
            return "real", match.id if match else ""
        if rows and all(row.meets(value) for row in rows if not row.erratum) and match:
            return "reproduced", match.id
        doubted = next((row for row in rows if row.erratum), None)
        if doubted and self.corrections.get(doubted.id) == f"{value:g}":
            return "corrected", doubted.id
        return "invented", ""


def result_key(row: Mapping[str, str]) -> str:
    """The result key that a register row speaks of; empty for tests, ranges, orders and the study record."""
    scale, item, by, group = row["scale"], row["item"], row["group_by"], row["group"]
    measure, period = TOTALS.get(row["measure"], row["measure"]), row["period"]
    if row["source"] == CORPUS:
        themes = theme_ids(row)
        return f"themes.{themes[0]}.n.all" if measure == "n_raising" and len(themes) == 1 else ""
    one_item = bool(item) and not measure.startswith(("n_items", "rank_"))
    if row["source"] == "sessions":
        kinds = {"n_focus_group_participants": "focus_group", "n_interview_participants": "interview"}
        return f"sessions.{measure}" if group == "all" else f"sessions.{kinds.get(measure, measure)}.{group}"
    if measure in ("n_significant_associations", "n_tables_compared"):
        return f"{by}.{measure}"
    if not scale:
        return f"respondents.{measure}" if by == "overall" or group == "all" else f"respondents.{measure}.{by}.{group}"
    if measure == "mean":
        return f"{scale}.mean.overall" if by == "overall" else f"{scale}.mean.{by}.{group}"
    if one_item or (measure.startswith("pct_") and period not in ("", "none", "current")):
        return f"{scale}.{measure}.{item or period}"
    return f"{scale}.{measure}"


def theme_ids(row: Mapping[str, str]) -> tuple[str, ...]:
    """Codes that a register row names."""
    return tuple(filter(None, row.get("theme_id", "").split(";")))


def load_register(study: Study) -> Register:
    """Read a study's register, empty for one that has published nothing.

    A row that names an item and no scale is one of the item's scale. Raises UserError for a missing file or column, an
    id given twice, no number.
    """
    problems: list[Problem] = []
    published = study.files.get("published")
    rows = read_table(published, COLUMNS, problems) if published else []
    problems.extend(_unreadable(published.name, rows) if published else ())
    raise_if_any(problems)
    figures = tuple(_figures(with_scales(rows, study)))
    by_key: dict[str, list[Figure]] = {}
    for figure in figures:
        if figure.key:
            by_key.setdefault(figure.key, []).append(figure)
    ordered = {key: tuple(sorted(rows, key=lambda row: -row.decimals)) for key, rows in by_key.items()}
    return Register(figures, ordered, study.corrections)


def with_scales(rows: Iterable[Mapping[str, str]], study: Study) -> list[dict[str, str]]:
    """Rows of a register; one that names an item and no scale is given the item's scale."""
    scales = study.scale_of
    return [{**row, "scale": row["scale"] or scales.get(row["item"], "")} for row in rows]


def _unreadable(file: str, rows: Iterable[Mapping[str, str]]) -> Iterable[Problem]:
    seen: set[str] = set()
    for number, row in enumerate(rows, 2):
        if row["id"] in seen:
            yield Problem(file, f"row {number}, id", row["id"], "stands twice", "give each figure an id of its own")
        seen.add(row["id"])
        if row["decimals"] and not row["decimals"].isdecimal():
            yield Problem(file, f"row {number}, decimals", row["decimals"], "should be a whole number", "correct it")
        for name in ("value", "value_high"):
            try:
                float(row[name] or 0)
            except ValueError:
                yield Problem(file, f"row {number}, {name}", row[name], "should be a number", "correct the value")


def _figures(rows: Iterable[Mapping[str, str]]) -> Iterable[Figure]:
    for row in rows:
        plain = row["relation"] == "=" and row["value"] != "" and row["source"] in KEYED
        yield Figure(
            id=row["id"],
            key=result_key(row) if plain else "",
            section=row["section"],
            source=row["source"],
            kind=row["kind"],
            relation=row["relation"],
            value=row["value"],
            decimals=int(row["decimals"] or 0),
            where=row["where"],
            note=row["note"],
            erratum=row["erratum"],
            theme_ids=theme_ids(row),
            **{name: row[name] for name in ROW_NAMES},
        )


def released_keys(register: Register, released: Path | None) -> frozenset[str]:
    """Ids and result keys of figures that are public already and so exempt from disclosure control."""
    if released is None:
        return frozenset()
    problems: list[Problem] = []
    ids = {row["figure_id"] for row in read_table(released, ["figure_id"], problems)}
    raise_if_any(problems)
    return frozenset(name for row in register.figures if row.id in ids for name in (row.id, row.key) if name)
