"""What the published register asks of the data: counts, shares, means, pairs that differ and pairs that do not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from survey_report.errors import Problem, raise_if_any
from survey_report.study import Side, Study
from survey_report.study_fields import read_table

# Words of the register for the sides of a response set.
SIDES: dict[str, Side] = {
    "pct_positive": "positive",
    "pct_negative": "negative",
    "pct_improved": "positive",
    "pct_worse": "negative",
    "pct_no_change": "neutral",
}
COLUMNS = ["id", "source", "scale", "item", "group_by", "group", "measure", "period", "relation", "value", "value_high"]


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
    """The register's plain rows on answers; rows that carry an erratum are left out, save corrected ones.

    `counts[grouping][category]`, `sides[question id][side]` and `options[question id][option id]` in percent,
    `means[scale, grouping, group]` (two empty texts for everybody), `spans[scale]` the range of the unchanged over
    the periods, `calm` the (scale, grouping) where no groups differ.
    """

    complete: int
    incomplete: int
    open_answers: int
    counts: Mapping[str, Mapping[str, int]]
    sides: Mapping[str, Mapping[Side, Figure]]
    options: Mapping[str, Mapping[str, Figure]]
    means: Mapping[tuple[str, str, str], Figure]
    spans: Mapping[str, tuple[Figure, Figure]]
    pairs: tuple[Pair, ...]
    calm: frozenset[tuple[str, str]]


def read_targets(study: Study) -> Targets:
    """Read the register of `study`; where the study corrects a row, its own value stands for the printed one.

    Raises UserError when a row's number is none, or when counts do not add up to the complete answers.
    """
    problems: list[Problem] = []
    path = study.files["published"]
    rows = read_table(path, [*COLUMNS, "decimals", "erratum"], problems)
    raise_if_any(problems)
    single: dict[str, int] = {}
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    sides: dict[str, dict[Side, Figure]] = defaultdict(dict)
    options: dict[str, dict[str, Figure]] = defaultdict(dict)
    means: dict[tuple[str, str, str], Figure] = {}
    spans: dict[str, tuple[Figure, Figure]] = {}
    pairs: list[Pair] = []
    calm: set[tuple[str, str]] = set()
    names = {(question.scale, question.item): question for question in study.questions}
    changes = {(question.scale, question.period): question for scale in study.scales for question in scale.changes}
    for number, row in enumerate(rows, 2):
        if row["source"] != "responses":
            continue
        if row["measure"] == "significant_pair":
            if "|" not in row["group"]:
                calm.add((row["scale"], row["group_by"]))
            elif row["group"].count("|") == 1:
                a, b = row["group"].split("|")
                pairs.append(Pair(row["id"], row["scale"], row["group_by"], a, b, row["relation"] == "differs"))
            continue
        correction = study.corrections.get(row["id"])
        if row["relation"] not in ("=", "between") or (row["erratum"] and correction is None):
            continue
        try:
            figure = Figure(row["id"], Fraction(correction or row["value"]), int(row["decimals"]))
            high = Fraction(row["value_high"] or row["value"])
        except ValueError:
            problems.append(
                Problem(path.name, f"row {number}", row["value"], "value or decimals is no number", "correct the row")
            )
            continue
        measure, question = row["measure"], names.get((row["scale"], row["item"]))
        change = changes.get((row["scale"], row["period"]))
        if row["relation"] == "between":
            if SIDES.get(measure) == "neutral":
                spans[row["scale"]] = (figure, Figure(row["id"], high, figure.decimals))
        elif measure == "n" and not row["scale"]:
            counts[row["group_by"]][row["group"]] = int(figure.value)
        elif measure in ("n_complete", "n_incomplete", "n_open_answer"):
            single[measure] = int(figure.value)
        elif measure == "mean":
            overall = row["group_by"] in ("", "overall")
            means[row["scale"], "" if overall else row["group_by"], "" if overall else row["group"]] = figure
        elif measure in SIDES and (question or change):
            sides[(question or change).id][SIDES[measure]] = figure  # type: ignore[union-attr]
        elif measure.startswith("pct_") and question:
            options[question.id][measure.removeprefix("pct_").replace("_", "-")] = figure
    for measure in ("n_complete", "n_incomplete", "n_open_answer"):
        if measure not in single:
            problems.append(Problem(path.name, measure, "", "no row gives this number", f"add a row for {measure}"))
    for grouping, groups in counts.items():
        total = sum(groups.values())
        if total != single.get("n_complete", total):
            problems.append(
                Problem(
                    path.name,
                    f"measure n, {grouping}",
                    str(total),
                    f"the counts do not add up to the {single['n_complete']} complete answers",
                    "mend the counts, or give the count that is in doubt in corrections.csv",
                )
            )
    raise_if_any(problems)
    return Targets(
        single["n_complete"],
        single["n_incomplete"],
        single["n_open_answer"],
        counts,
        sides,
        options,
        means,
        spans,
        tuple(pairs),
        frozenset(calm),
    )
