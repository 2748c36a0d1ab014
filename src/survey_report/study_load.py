"""Loading a study folder into a Study; everything wrong in any of its files is reported in one go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import cast

from survey_report.errors import Problem, raise_if_any
from survey_report.study import (
    Category,
    ExportPolicy,
    Grouping,
    ItemCount,
    Option,
    Participants,
    Period,
    Question,
    ResponseSet,
    Scale,
    Sessions,
    Side,
    Study,
    Thresholds,
)
from survey_report.study_fields import Fields, read_table, read_yaml

QUESTION_COLUMNS = [
    "id",
    "column",
    "type",
    "scale",
    "item",
    "short",
    "label",
    "basis",
    "response_type",
    "asked_if",
    "period",
    "note",
]
QUESTION_TYPES = ("rating", "change_over_time", "open", "demographic", "routing", "derived")
BASES = ("stated", "implied", "inferred", "assumed")
TABLES = (
    "instrument",
    "categories",
    "published",
    "errata",
    "corrections",
    "released",
    "participants",
    "sessions",
    "conditions",
)
Rows = list[dict[str, str]]


def load_study(folder: Path) -> Study:
    """Read `folder`/study.yml and the files it names.

    Raises UserError that lists every problem with file, key or row, value and remedy.
    """
    problems: list[Problem] = []
    top = Fields(read_yaml(folder / "study.yml", problems), "study.yml", "", problems)
    raise_if_any(problems if not top.data else ())
    files = {name: folder / top.text(name) for name in TABLES}
    response_sets = _response_sets(top.part("response_sets"))
    categories = _categories(
        read_table(files["categories"], ["question", "id", "label", "phrase", "answer"], problems), problems
    )
    questions = _questions(
        read_table(files["instrument"], QUESTION_COLUMNS, problems), categories, response_sets, problems
    )
    periods = tuple(Period(f.text("id"), f.text("label"), f.text("phrase")) for f in _closed(top.each("periods")))
    limits = top.part("thresholds")
    export = top.part("export")
    consent = top.part("consent") if "consent" in top.data else None
    study = Study(
        id=top.text("id"),
        folder=folder,
        title=top.text("title"),
        short_title=top.text("short_title"),
        organisation=top.text("organisation"),
        wave=top.text("wave"),
        language=top.text("language"),
        opened=top.day("opened"),
        closed=top.day("closed"),
        report_author=top.text("report_author"),
        report_date=top.day("report_date"),
        citation=top.text("citation"),
        export=ExportPolicy(
            export.text("file"),
            export.text("synthetic_column", ""),
            tuple(map(str, export.rows("synthetic_values", []))),
            tuple(map(str, export.rows("real_exports", []))),
        ),
        response_sets=response_sets,
        questions=questions,
        scales=_scales(top, questions),
        groupings=_groupings(top, folder, categories, problems),
        further_demographics=tuple(map(str, top.rows("further_demographics", []))),
        periods=periods,
        item_counts=tuple(_item_count(f) for f in _closed(top.each("item_counts"))),
        consent=(consent.text("question"), consent.text("refused")) if consent else None,
        thresholds=Thresholds(
            min_group=int(limits.number("min_group", 1, 1000)),
            min_cell=int(limits.number("min_cell", 1, 1000)),
            min_answered=limits.number("min_answered", 0, 1),
            alpha=limits.number("alpha", 0.0001, 0.5),
            min_test_group=int(limits.number("min_test_group", 2, 1000)),
        ),
        participants=tuple(
            _participants(
                read_table(files["participants"], ["method", "group", "label", "participants"], problems), problems
            )
        ),
        sessions=tuple(_sessions(read_table(files["sessions"], ["method", "mode", "sessions"], problems), problems)),
        corrections={
            row["figure_id"]: row["value"]
            for row in read_table(files["corrections"], ["figure_id", "erratum", "value"], problems)
        },
        files=files,
    )
    for fields in (top, limits, export, *([consent] if consent else [])):
        fields.done()
    problems.extend(_check(study, categories))
    raise_if_any(problems)
    return study


def _closed(fields: Iterable[Fields]) -> Iterable[Fields]:
    """Each in turn, and when the reader has taken what it wants, note what was left over."""
    for one in fields:
        yield one
        one.done()


def _response_sets(fields: Fields) -> dict[str, ResponseSet]:
    sets = {}
    for name in fields.data:
        part = fields.part(str(name))
        options = tuple(
            Option(f.text("id"), f.text("answer"), int(f.number("score", -100, 100)), _side(f))
            for f in _closed(part.each("options"))
        )
        missing = tuple(Option(f.text("id"), f.text("answer")) for f in _closed(part.each("missing")))
        words = part.part("words")
        sets[str(name)] = ResponseSet(
            str(name), options, missing, {side: words.text(side) for side in ("positive", "neutral", "negative")}
        )
        part.done()
    return sets


def _side(fields: Fields) -> Side:
    side = fields.text("side")
    if side not in ("positive", "neutral", "negative"):
        fields.note("side", side, "is no side", "use positive, neutral or negative")
        return "neutral"
    return cast(Side, side)


def _categories(rows: Rows, problems: list[Problem]) -> dict[str, tuple[Category, ...]]:
    found: dict[str, list[Category]] = defaultdict(list)
    for number, row in enumerate(rows, 2):
        if any(category.id == row["id"] for category in found[row["question"]]):
            problems.append(
                Problem(
                    "categories.csv",
                    f"row {number}, id",
                    row["id"],
                    f"stands twice for `{row['question']}`",
                    "give it an id of its own",
                )
            )
        found[row["question"]].append(Category(row["id"], row["label"], row["phrase"], row["answer"]))
    return {question: tuple(categories) for question, categories in found.items()}


def _questions(
    rows: Rows,
    categories: Mapping[str, tuple[Category, ...]],
    response_sets: Mapping[str, ResponseSet],
    problems: list[Problem],
) -> tuple[Question, ...]:
    questions = []
    seen: dict[str, int] = {}
    for number, row in enumerate(rows, 2):

        def note(key: str, message: str, remedy: str, number: int = number, row: Mapping[str, str] = row) -> None:
            problems.append(Problem("instrument.csv", f"row {number}, {key}", row[key], message, remedy))

        for key, allowed in (("type", QUESTION_TYPES), ("basis", BASES)):
            if row[key] not in allowed:
                note(key, "is not known", f"use one of: {', '.join(allowed)}")
        for key in ("id", "column"):
            name = f"{key} {row[key]}"
            if row[key] and name in seen:
                note(key, f"stands in row {seen[name]} as well", "give each question its own")
            seen[name] = number
        rated = row["type"] in ("rating", "change_over_time")
        if rated and row["response_type"] not in response_sets:
            note("response_type", "is no response set of study.yml", f"use one of: {', '.join(response_sets)}")
        if row["type"] in ("demographic", "routing") and not categories.get(row["item"]):
            note("item", "has no categories", "add its answers to categories.csv")
        pairs = []
        for rule in filter(None, row["asked_if"].split(";")):
            question, _, category = rule.partition("=")
            if category not in {c.id for c in categories.get(question, ())}:
                note(
                    "asked_if",
                    "names a category that does not exist",
                    "write question=category with ids of categories.csv",
                )
            pairs.append((question, category))
        questions.append(
            Question(
                id=row["id"],
                column=row["column"],
                type=row["type"],
                scale=row["scale"],
                item=row["item"],
                short=row["short"],
                label=row["label"],
                basis=row["basis"],
                response_set=row["response_type"] if rated else "",
                categories=categories.get(row["item"], ()) if not rated else (),
                asked_if=tuple(pairs),
                period=row["period"],
                note=row["note"],
            )
        )
    return tuple(questions)


def _scales(top: Fields, questions: tuple[Question, ...]) -> tuple[Scale, ...]:
    scales = []
    for fields in _closed(top.each("scales")):
        name = fields.text("id")
        mine = [question for question in questions if question.scale == name]
        items = tuple(question for question in mine if question.type == "rating")
        if not items:
            fields.note("id", name, "has no rating item in instrument.csv", "add items with this scale, or remove it")
        changes = tuple(question for question in mine if question.type == "change_over_time")
        scales.append(Scale(name, fields.text("title"), fields.text("subject"), items, changes))
    return tuple(scales)


def _groupings(
    top: Fields, folder: Path, categories: Mapping[str, tuple[Category, ...]], problems: list[Problem]
) -> tuple[Grouping, ...]:
    groupings = []
    for fields in _closed(top.each("groupings")):
        name, source = fields.text("id"), fields.text("derived_from", "")
        table, column = fields.text("table", ""), fields.text("column", "")
        mapping = basis = None
        if source:
            rows = read_table(folder / table, ["id", column, "basis"], problems)
            mapping = {row["id"]: row[column] for row in rows}
            basis = {row["id"]: row["basis"] for row in rows}
            known = {category.id for category in categories.get(name, ())}
            for number, row in enumerate(rows, 2):
                if row[column] not in known:
                    problems.append(
                        Problem(
                            table,
                            f"row {number}, {column}",
                            row[column],
                            f"is no category of `{name}`",
                            f"use one of: {', '.join(sorted(known))}",
                        )
                    )
            for category in categories.get(source, ()):
                if category.id not in mapping:
                    problems.append(
                        Problem(
                            table, "id", category.id, f"is missing, so `{name}` cannot be derived for it", "add a row"
                        )
                    )
        if name not in categories:
            fields.note("id", name, "has no categories", "add its categories to categories.csv")
        groupings.append(
            Grouping(
                name,
                fields.text("label"),
                fields.text("by"),
                fields.flag("tested"),
                categories.get(name, ()),
                source,
                mapping,
                basis,
                fields.text("count"),
            )
        )
    return tuple(groupings)


SHARES = ("positive", "neutral", "negative", "larger side", "difference of sides")


def _item_count(fields: Fields) -> ItemCount:
    share = fields.text("share")
    if share not in SHARES:
        fields.note("share", share, "is no share that can be counted", f"use one of: {', '.join(SHARES)}")
    bounds = [
        fields.number(key, 0, 100) if key in fields.data else open for key, open in (("at_least", 0), ("at_most", 100))
    ]
    fields.taken.update(("at_least", "at_most"))
    return ItemCount(fields.text("id"), share, *map(float, bounds))


def _count(row: Mapping[str, str], key: str, file: str, number: int, problems: list[Problem]) -> int:
    if not row[key].isdigit():
        problems.append(
            Problem(file, f"row {number}, {key}", row[key], "should be a whole number", "correct the value")
        )
        return 0
    return int(row[key])


def _participants(rows: Rows, problems: list[Problem]) -> Iterable[Participants]:
    for number, row in enumerate(rows, 2):
        count = _count(row, "participants", "participants.csv", number, problems)
        yield Participants(row["method"], row["group"], row["label"], count)


def _sessions(rows: Rows, problems: list[Problem]) -> Iterable[Sessions]:
    for number, row in enumerate(rows, 2):
        yield Sessions(row["method"], row["mode"], _count(row, "sessions", "sessions.csv", number, problems))


def _check(study: Study, categories: Mapping[str, tuple[Category, ...]]) -> Iterable[Problem]:
    """What can only be seen when all files have been read."""
    items = {question.item for question in study.questions if question.type in ("demographic", "routing", "derived")}
    if study.id != study.folder.name:
        yield Problem("study.yml", "id", study.id, "differs from the name of its folder", f"write {study.folder.name}")
    if study.closed < study.opened:
        yield Problem("study.yml", "closed", str(study.closed), "lies before `opened`", "correct the dates")
    for grouping in study.groupings:
        for name in filter(None, (grouping.id, grouping.derived_from)):
            if name not in items:
                yield Problem(
                    "study.yml", "groupings", name, "is no question of instrument.csv", "add it, or correct the id"
                )
    for name in study.further_demographics:
        if name not in items:
            yield Problem(
                "study.yml", "further_demographics", name, "is no question of instrument.csv", "correct the id"
            )
    if study.consent and study.consent[1] not in {c.id for c in categories.get(study.consent[0], ())}:
        yield Problem(
            "study.yml", "consent.refused", study.consent[1], f"is no answer to `{study.consent[0]}`", "correct it"
        )
    for scale in {question.scale for question in study.questions if question.scale} - {s.id for s in study.scales}:
        yield Problem(
            "instrument.csv", "scale", scale, "is no scale of study.yml", "add it to `scales`, or correct the row"
        )
    known = {period.id for period in study.periods}
    for question in study.questions:
        if question.type == "change_over_time" and question.period not in known:
            yield Problem(
                "instrument.csv", f"{question.id}, period", question.period, "is no period of study.yml", "add it"
            )
