"""What the published register asks of the data: counts, shares, means, pairs that differ and pairs that do not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from survey_report.errors import Problem, raise_if_any
from survey_report.register import with_scales
from survey_report.study import Side, Study
from survey_report.study_fields import read_table
from survey_report.synthesis.demands import Demand, option_of, read_demand, side_of

COLUMNS = [
    "id", "source", "scale", "item", "group_by", "group", "measure", "period",
    "relation", "value", "value_high", "decimals", "erratum", "rule",
]  # fmt: skip
SINGLE = {name: name for name in ("n_complete", "n_incomplete", "n_open_answer")} | {"n_responded": "n_complete"}
# Rows that follow from the number of complete answers and from tests of single scales; nothing is fitted to them.
FOLLOWS = {"n_all_methods", "n_significant_associations", "pct_responded"}


@dataclass(frozen=True)
class Figure:
    """One published number: it is met when the computed one, rounded half up to `decimals`, equals `value`."""

    id: str
    value: Fraction
    decimals: int

    def met_by(self, number: Fraction) -> bool:
        """Whether `number` rounds to the published value."""
        unit = 10**self.decimals
        return bool((2 * number * unit + 1) // 2 == self.value * unit)

    @property
    def half_unit(self) -> Fraction:
        """How far a number may lie from the printed one and still round to it."""
        return Fraction(1, 2 * 10**self.decimals)


@dataclass(frozen=True)
class Pair:
    """Two groups of which the report says that their scale means differ (a is higher), or that they do not."""

    id: str
    scale: str
    grouping: str
    a: str
    b: str
    differs: bool


@dataclass(frozen=True)
class Targets:
    """The register's rows on answers; rows that carry an erratum are left out, save corrected ones.

    `counts[grouping][category]`, `sides[question id][side]` and `options[question id][option id]` in percent,
    `means[scale, grouping, group]` (two empty texts for everybody), `percents[grouping, group]` all figures of that
    share of respondents, `calm` the id of the row by which no groups of (scale, grouping) differ, `n_pairs[scale]` how
    many pairs differ, `open_answers` None where the register does not say how many wrote something, `totals` total
    lines of printed tables and whether they are percentages, `ids` of the rows on questionnaires, `demands` rows of
    other forms, `unread` ids of rows whose form is not known.
    """

    complete: int
    incomplete: int
    open_answers: int | None
    counts: Mapping[str, Mapping[str, Figure]]
    percents: Mapping[tuple[str, str], Sequence[Figure]]
    sides: Mapping[str, Mapping[Side, Figure]]
    options: Mapping[str, Mapping[str, Figure]]
    means: Mapping[tuple[str, str, str], Figure]
    pairs: tuple[Pair, ...]
    calm: Mapping[tuple[str, str], str]
    n_pairs: Mapping[str, Figure]
    totals: tuple[tuple[Figure, bool], ...]
    ids: Mapping[str, str]
    demands: tuple[Demand, ...]
    unread: tuple[str, ...]


def read_targets(study: Study) -> Targets:
    """Read the register of `study`; where the study corrects a row, its own value stands for the printed one.

    A row that names an item and no scale is one of the item's scale. Raises UserError when a row's number is none, or
    when the number of complete questionnaires is missing.
    """
    problems: list[Problem] = []
    path = study.files["published"]
    printed = read_table(path, COLUMNS, problems)
    rows = with_scales((row for row in printed if row["source"] == "responses"), study)
    raise_if_any(problems)
    single: dict[str, Figure] = {}
    totals: list[tuple[Figure, bool]] = []
    counts: dict[str, dict[str, Figure]] = defaultdict(dict)
    percents: dict[tuple[str, str], list[Figure]] = defaultdict(list)
    sides: dict[str, dict[Side, Figure]] = defaultdict(dict)
    options: dict[str, dict[str, Figure]] = defaultdict(dict)
    means: dict[tuple[str, str, str], Figure] = {}
    n_pairs: dict[str, Figure] = {}
    demands: list[Demand] = []
    unread: list[str] = []
    questions = {(scale.id, q.item): q for scale in study.scales for q in scale.items}
    changes = {(scale.id, q.period): q for scale in study.scales for q in scale.changes}
    for row in rows:
        measure, doubted = row["measure"], bool(row["erratum"]) and row["id"] not in study.corrections
        if doubted or measure == "significant_pair":
            continue
        question = questions.get((row["scale"], row["item"])) or (
            None if row["item"] else changes.get((row["scale"], row["period"]))
        )
        figure = _figure(row, study, path, problems) if row["relation"] == "=" else None
        side = side_of(question, study, measure) if question else None
        option = option_of(question, study, measure) if question else ""
        if figure and measure in SINGLE:
            single[SINGLE[measure]] = figure
        elif figure and measure in ("n_total", "pct_total"):
            totals.append((figure, measure == "pct_total"))
        elif figure and measure == "n" and not row["scale"]:
            counts[row["group_by"]][row["group"]] = figure
        elif figure and measure == "pct" and not row["scale"]:
            percents[row["group_by"], row["group"]].append(figure)
        elif figure and measure == "mean" and (place := _place(row)) not in means:
            means[place] = figure
        elif figure and question and side and side not in sides[question.id]:
            sides[question.id][side] = figure
        elif figure and question and option and option not in options[question.id]:
            options[question.id][option] = figure
        elif figure and measure == "n_significant_pairs":
            n_pairs[row["scale"]] = figure
        elif (found := read_demand(row, study)) is not None:
            demands.append(found)
        elif measure not in FOLLOWS:
            unread.append(row["id"])
    if "n_complete" not in single:
        remedy = "add a row for n_complete, or for n_responded"
        problems.append(Problem(path.name, "n_complete", "", "no row gives this number", remedy))
    raise_if_any(problems)
    pairs, calm = _tests(rows)
    number = {name: int(figure.value) for name, figure in single.items()}
    return Targets(
        number["n_complete"], number.get("n_incomplete", 0), number.get("n_open_answer"),
        counts, percents, sides, options, means, pairs, calm, n_pairs, tuple(totals),
        {measure: figure.id for measure, figure in single.items()}, tuple(demands), tuple(unread),
    )  # fmt: skip


def _figure(row: Mapping[str, str], study: Study, path: Path, problems: list[Problem]) -> Figure | None:
    value = study.corrections.get(row["id"]) or row["value"]
    try:
        return Figure(row["id"], Fraction(value), int(row["decimals"]))
    except ValueError:
        what = "value or decimals is no number"
        problems.append(Problem(path.name, row["id"], value, what, "correct the row"))
        return None


def _place(row: Mapping[str, str]) -> tuple[str, str, str]:
    overall = row["group_by"] in ("", "overall")
    return row["scale"], "" if overall else row["group_by"], "" if overall else row["group"]


def _tests(rows: Sequence[Mapping[str, str]]) -> tuple[tuple[Pair, ...], dict[tuple[str, str], str]]:
    """Pairs with what is said of them, and groupings within which nothing differs (scale `all` for every scale)."""
    pairs, calm = [], {}
    for row in rows:
        if row["measure"] != "significant_pair" or row["erratum"]:
            continue
        if row["group"].count("|") == 1:
            a, b = row["group"].split("|")
            pairs.append(Pair(row["id"], row["scale"], row["group_by"], a, b, row["relation"] == "differs"))
        elif row["relation"] == "not_differs":
            calm[row["scale"], row["group_by"]] = row["id"]
    return tuple(pairs), calm
