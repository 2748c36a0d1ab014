"""What a study assumes where its register is silent: synthesis.yml and the tables beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from survey_report.errors import Problem, raise_if_any
from survey_report.study import Study
from survey_report.study_fields import Fields, own_file, read_table, read_yaml
from survey_report.synthesis.corpus.bank import Bank
from survey_report.synthesis.corpus.bank_load import load_bank
from survey_report.synthesis.pairs import Margins, Widened

FILE = "synthesis.yml"
KNOWLEDGE_COLUMNS = ["of", "grouping", "group", "dont_know", "not_applicable"]
# The standard deviation of scores as a share of their range: half of it is reached by half of the people at each end.
LEAST_SPREAD, MOST_SPREAD = 0.0125, 0.5
ITEM_COLUMNS = ["question", "pct_positive", "pct_negative", "dont_know", "not_applicable", "blank"]


@dataclass(frozen=True)
class Wider:
    """A group whose opinions on a scale lie further apart than those of others, by a factor."""

    scale: str
    grouping: str
    group: str
    factor: float


@dataclass(frozen=True)
class Affinity:
    """How much likelier than otherwise category `of` meets category `with` in one person: weights[of][with]."""

    of: str
    with_: str
    weights: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class ItemShares:
    """Percentages of one rated question: the sides as people saw them (None where the register must say) and the three
    ways to skip it."""

    positive: float | None
    negative: float | None
    skipped: tuple[float, float, float]


@dataclass(frozen=True)
class ScaleShape:
    """How the answers to one scale hang together: agreement between items, how many take the ends of the sides (of a
    reversed item the ends change places), and the range in which the standard deviation of the scores should lie."""

    agreement: float
    positive_end: float
    negative_end: float
    spread: tuple[float, float]


@dataclass(frozen=True)
class Knowledge:
    """A group that answers don't know or not applicable so many times as often, to a scale or to one question."""

    of: str
    grouping: str
    group: str
    dont_know: float
    not_applicable: float


@dataclass(frozen=True)
class Settings:
    """Everything assumed; see the comments of synthesis.yml."""

    seed: int
    shares: Mapping[str, Mapping[str, float]]
    blank_closed: float
    affinities: tuple[Affinity, ...]
    between_scales: float
    scales: Mapping[str, ScaleShape]
    wider: tuple[Wider, ...]
    items: Mapping[str, ItemShares]
    knowledge: tuple[Knowledge, ...]
    margins: Margins
    open_counts: tuple[float, ...]
    open_weights: Mapping[str, float]
    open_complete: float
    open_abandoned: float
    bank: Bank
    abandon_decay: float
    abandon_blank: float


def read_settings(study: Study) -> Settings:
    """Read synthesis.yml of `study` and its tables.

    Raises UserError listing every missing key, unknown category and number out of range.
    """
    problems: list[Problem] = []
    top = Fields(read_yaml(study.folder / FILE, problems), FILE, "", problems)
    raise_if_any(problems if not top.data else ())
    categories = {q.item: {c.id for c in q.categories} for q in study.questions if q.categories}

    def known(fields: Fields, question: str, names: Mapping[str, object]) -> None:
        for name in names:
            if name not in categories.get(question, set()):
                fields.note(question, name, "is no category of that question", "use an id of categories.csv")

    shares = {}
    part = top.part("shares")
    for name in part.data:
        values = part.part(str(name))
        known(part, str(name), values.data)
        shares[str(name)] = {str(category): values.number(str(category), 0, 100) for category in values.data}
    affinities = []
    for fields in top.each("affinities"):
        of, with_, weights = fields.text("of"), fields.text("with"), fields.part("weights")
        known(fields, of, weights.data)
        table = {}
        for category in weights.data:
            row = weights.part(str(category))
            known(fields, with_, row.data)
            table[str(category)] = {str(other): row.number(str(other), 0.001, 1000) for other in row.data}
        affinities.append(Affinity(of, with_, table))
        fields.done()
    shapes, part = {}, top.part("scales")
    for scale in study.scales:
        fields = part.part(scale.id)
        low, high = study.answers(scale).ends
        shapes[scale.id] = ScaleShape(
            fields.number("agreement", 0, 1),
            fields.number("positive_end", 0, 1),
            fields.number("negative_end", 0, 1),
            _range(fields, "spread", LEAST_SPREAD * (high - low), MOST_SPREAD * (high - low)),
        )
        fields.done()
    opened, left = top.part("open_answers"), top.part("abandoned")
    wider = []
    for fields in top.each("wider"):
        grouping, group = fields.text("grouping"), fields.text("group")
        known(fields, grouping, {group: None})
        wider.append(Wider(fields.text("scale"), grouping, group, fields.number("factor", 0.1, 10)))
        fields.done()
    settings = Settings(
        seed=int(top.number("seed", 0, 2**32)),
        shares=shares,
        blank_closed=top.number("blank_closed", 0, 1),
        affinities=tuple(affinities),
        between_scales=top.number("between_scales", 0, 1),
        scales=shapes,
        wider=tuple(wider),
        items=_items(study, top.text("items"), problems),
        knowledge=_knowledge(study, top.text("knowledge"), problems),
        margins=_margins(top.part("margins")),
        open_counts=tuple(float(value) for value in opened.rows("how_many")),
        open_weights={name: opened.part("weights").number(name, 0, 1000) for name in opened.part("weights").data},
        open_complete=opened.number("complete", 0, 1) if "complete" in opened.data else 0.0,
        open_abandoned=opened.number("abandoned", 0, 1),
        bank=load_bank(study, opened.text("bank"), problems),
        abandon_decay=left.number("decay", 0, 1),
        abandon_blank=left.number("blank", 0, 1),
    )
    for fields in (top, part, left):
        fields.done()
    raise_if_any(problems)
    return settings


def _range(fields: Fields, key: str, low: float, high: float) -> tuple[float, float]:
    values = fields.rows(key)
    numbers = [v for v in values if isinstance(v, int | float) and low <= v <= high]
    if len(numbers) != 2 or len(values) != 2 or numbers[0] >= numbers[1]:
        fields.note(key, values, f"should be two numbers from {low:g} to {high:g}, the smaller first", "correct it")
        return low, high
    return float(numbers[0]), float(numbers[1])


def _margins(fields: Fields) -> Margins:
    widened = []
    for one in fields.each("widened"):
        groups = frozenset(str(group) for group in one.rows("groups"))
        widened.append(
            Widened(one.text("scale"), one.text("grouping"), groups, one.number("p", 0.0001, 1), one.text("why"))
        )
        one.done()
    found = Margins(
        fields.number("differs", 0.0001, 0.5),
        fields.number("quiet", 0.0001, 0.9),
        fields.number("calm", 0.0001, 0.9),
        tuple(widened),
    )
    fields.done()
    return found


def _knowledge(study: Study, name: str, problems: list[Problem]) -> tuple[Knowledge, ...]:
    known = {scale.id for scale in study.scales} | {q.id for s in study.scales for q in (*s.items, *s.changes)}
    groups = {(g.id, c.id) for g in study.groupings if not g.derived_from for c in g.categories}
    found = []
    for number, row in enumerate(read_table(own_file(study.folder, name), KNOWLEDGE_COLUMNS, problems), 2):
        if row["of"] not in known or (row["grouping"], row["group"]) not in groups:
            value = f"{row['of']}, {row['grouping']}, {row['group']}"
            problems.append(
                Problem(name, f"row {number}", value, "names no scale or question, or no group", "use ids of the study")
            )
        try:
            factors = float(row["dont_know"]), float(row["not_applicable"])
        except ValueError as error:
            problems.append(Problem(name, f"row {number}", row["of"], f"holds no number: {error}", "correct the row"))
            continue
        found.append(Knowledge(row["of"], row["grouping"], row["group"], *factors))
    return tuple(found)


def _items(study: Study, name: str, problems: list[Problem]) -> dict[str, ItemShares]:
    found = {}
    rated = {q.id for scale in study.scales for q in (*scale.items, *scale.changes)}
    for number, row in enumerate(read_table(own_file(study.folder, name), ITEM_COLUMNS, problems), 2):
        if row["question"] not in rated:
            problems.append(
                Problem(name, f"row {number}", row["question"], "is no rated question", "use an id of instrument.csv")
            )
        try:
            found[row["question"]] = ItemShares(
                float(row["pct_positive"]) if row["pct_positive"] else None,
                float(row["pct_negative"]) if row["pct_negative"] else None,
                (float(row["dont_know"]), float(row["not_applicable"]), float(row["blank"])),
            )
        except ValueError as error:
            problems.append(
                Problem(name, f"row {number}", row["question"], f"holds no number: {error}", "correct the row")
            )
    for missing in sorted(rated - set(found)):
        problems.append(Problem(name, "question", missing, "has no row", "add a row for it"))
    return found
