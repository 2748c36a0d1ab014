"""Loading a study folder into a Study; everything wrong in any of its files is reported in one go."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import cast

from survey_report.errors import Problem, raise_if_any
from survey_report.places import OWN_EXPORT, check_there, own_export
from survey_report.rare_answers import offered_answers, with_offered
from survey_report.study import (
    MARGIN_COLUMNS,
    SIDES,
    Bound,
    BoundUnit,
    Category,
    CrossSection,
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
from survey_report.study_check import BASES, NO, YES, check_derivation, check_study
from survey_report.study_coded import read_coded_material
from survey_report.study_fields import Fields, own_file, read_table, read_yaml
from survey_report.study_ids import check_ids

# Thresholds that a study may leave at their defaults, with the bounds of their values.
DEFAULTED = {
    "coarse_group": (0, 1000),
    "coarse_step": (1, 20),
    "half_point_group": (0, 1000),
    "min_report": (0, 1000),
}
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
OPTIONAL_COLUMNS = ["reverse"]  # of the instrument: a table without them has none that are reversed
QUESTION_TYPES = ("rating", "change_over_time", "open", "demographic", "routing", "derived")
TABLES = {
    "instrument": QUESTION_COLUMNS,
    "categories": ["question", "id", "label", "phrase", "answer"],
    "published": ["id"],
    "errata": ["id"],
    "corrections": ["figure_id", "erratum", "value"],
    "released": ["figure_id"],
    "participants": ["method", "group", "label", "participants"],
    "sessions": ["method", "mode", "sessions"],
    "margins": MARGIN_COLUMNS,
}
# A study may do without these: it has published nothing, held no sessions, or knows no population.
OPTIONAL = ("published", "errata", "corrections", "released", "participants", "sessions", "conditions", "margins")
Rows = list[dict[str, str]]


def load_study(folder: Path) -> Study:
    """Read `folder`/study.yml and the files it names.

    Raises UserError that lists every problem with file, key or row, value and remedy.
    """
    problems: list[Problem] = []
    check_there(folder)
    top = Fields(read_yaml(own_file(folder, "study.yml"), problems), "study.yml", "", problems)
    raise_if_any(problems if not top.data else ())
    told = len(problems)
    files = _files(top, folder)
    tables = {name: read_table(files[name], TABLES[name], problems) for name in TABLES if name in files}
    if "conditions" in files:
        read_yaml(files["conditions"], problems)
    whole = len(problems) == told
    tables = {name: tables.get(name, []) for name in TABLES}
    response_sets = _response_sets(top.part("response_sets"))
    items = {row["item"]: bool(row["response_type"]) for row in tables["instrument"]} if whole else None
    listed = [row for row in tables["categories"] if row.get("missing", "") != YES]
    categories = with_offered(_categories(listed), offered_answers(folder, items, problems))
    questions = _questions(tables["instrument"], categories, _no_answers(tables["categories"], problems), problems)
    periods = tuple(Period(f.text("id"), f.text("label"), f.text("phrase")) for f in _closed(top.each("periods", [])))
    limits = top.part("thresholds")
    export = top.part("export")
    consent = top.part("consent") if "consent" in top.data else None
    equivalence = top.part("equivalence") if "equivalence" in top.data else None
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
            _export_file(export, folder),
            export.text("synthetic_column", ""),
            tuple(map(str, export.rows("synthetic_values", []))),
            tuple(str(digest).lower() for digest in export.rows("real_exports", [])),
        ),
        response_sets=response_sets,
        questions=questions,
        scales=_scales(top, questions),
        groupings=_groupings(top, folder, categories, problems),
        further_demographics=tuple(map(str, top.rows("further_demographics", []))),
        periods=periods,
        item_counts=tuple(_item_count(f) for f in _closed(top.each("item_counts", []))),
        consent=(consent.text("question"), consent.text("refused")) if consent else None,
        thresholds=Thresholds(
            min_group=limits.whole("min_group", 0, 1000),
            min_cell=limits.whole("min_cell", 0, 1000),
            min_answered=limits.number("min_answered", 0, 1),
            alpha=limits.number("alpha", 0.0001, 0.5),
            min_test_group=limits.whole("min_test_group", 2, 1000),
            **{name: limits.whole(name, low, high) for name, (low, high) in DEFAULTED.items() if name in limits.data},
        ),
        invited=top.whole("invited", 1, 10**9) if "invited" in top.data else None,
        coded=read_coded_material(top, folder),
        profiles=tuple(map(str, top.rows("profiles", []))),
        cross_sections=tuple(_cross_section(f) for f in _closed(top.each("cross_sections", []))),
        bounds=tuple(_bound(f) for f in _closed(equivalence.each("bounds"))) if equivalence else (),
        participants=tuple(_participants(tables["participants"], problems)),
        sessions=tuple(_sessions(tables["sessions"], problems)),
        corrections={row["figure_id"]: row["value"] for row in tables["corrections"]},
        files=files,
    )
    for fields in (top, limits, export, *(part for part in (consent, equivalence) if part)):
        fields.done()
    problems.extend(check_ids(study, tables))
    if whole:  # or every name of an unreadable file would be reported as missing
        problems.extend(check_study(study, categories, tables))
    raise_if_any(problems)
    return study


def _export_file(export: Fields, folder: Path) -> str:
    """The study's own export: a file of its folder, or one elsewhere that only this machine's own/export.txt names."""
    file = export.text("file", "")
    if not file:
        return own_export(folder)
    if not (folder / file).resolve().is_relative_to(folder.resolve()):
        remedy = f"write `file: ''` and put the path into {OWN_EXPORT}, or name the export after EXPORT="
        lines = (folder / "study.yml").read_text(encoding="utf-8").splitlines()
        line = next((f"line {n}, " for n, text in enumerate(lines, 1) if "file:" in text and file in text), "")
        what = "leads out of the study's folder, which may be handed on"
        export.problems.append(Problem("study.yml", f"{line}export.file", file, what, remedy))
        return ""
    return file


def _files(top: Fields, folder: Path) -> dict[str, Path]:
    """The study's files by name; those it may do without are left out where study.yml does not name them."""
    named = {name: top.path(name, folder, "" if name in OPTIONAL else None) for name in (*TABLES, "conditions")}
    return {name: file for name, file in named.items() if file}


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
            Option(f.text("id"), f.text("answer"), f.whole("score", -100, 100), _side(f))
            for f in _closed(part.each("options"))
        )
        missing = tuple(Option(f.text("id"), f.text("answer")) for f in _closed(part.each("missing")))
        words, measures = part.part("words"), part.part("measures")
        sets[str(name)] = ResponseSet(
            str(name),
            options,
            missing,
            {side: words.text(side) for side in SIDES},
            {side: measures.text(side) for side in SIDES},
        )
        part.done()
    return sets


def _side(fields: Fields) -> Side:
    side = fields.text("side")
    if side not in ("positive", "neutral", "negative"):
        if side:
            fields.note("side", side, "is no side", "use positive, neutral or negative")
        return "neutral"
    return cast(Side, side)


def _categories(rows: Rows) -> dict[str, tuple[Category, ...]]:
    found: dict[str, list[Category]] = defaultdict(list)
    for row in rows:
        found[row["question"]].append(Category(row["id"], row["label"], row["phrase"], row["answer"]))
    return {question: tuple(categories) for question, categories in found.items()}


def _no_answers(rows: Rows, problems: list[Problem]) -> dict[str, tuple[Option, ...]]:
    """By question, the rows of categories.csv that are no categories: answers that count as missing."""
    found: dict[str, list[Option]] = defaultdict(list)
    for number, row in enumerate(rows, 2):
        said = row.get("missing", "")
        if said == YES:
            found[row["question"]].append(Option(row["id"], row["answer"]))
        elif said not in ("", NO):
            remedy = "write yes or no, or leave it empty"
            problems.append(Problem("categories.csv", f"row {number}, missing", said[:80], "is not known", remedy))
    return {question: tuple(options) for question, options in found.items()}


def _questions(
    rows: Rows,
    categories: Mapping[str, tuple[Category, ...]],
    no_answers: Mapping[str, tuple[Option, ...]],
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
        turned = row.get("reverse", "")
        if turned not in ("", YES, NO):
            note("reverse", "is not known", "write yes or no, or leave it empty")
        elif turned == YES and row["type"] != "rating":
            note("reverse", "only a rated item of a scale can be reversed", "leave it empty")
        rated = row["type"] in ("rating", "change_over_time")
        rules = [rule.partition("=") for rule in row["asked_if"].split(";") if rule]
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
                asked_if=tuple((question, category) for question, _, category in rules),
                period=row["period"],
                note=row["note"],
                missing=no_answers.get(row["item"], ()) if not rated else (),
                reverse=turned == YES,
            )
        )
    return tuple(questions)


def _scales(top: Fields, questions: tuple[Question, ...]) -> tuple[Scale, ...]:
    scales = []
    asked: dict[str, list[Question]] = defaultdict(list)
    for question in questions:
        asked[question.scale].append(question)
    for fields in _closed(top.each("scales")):
        name = fields.text("id")
        mine = asked[name]
        items = tuple(question for question in mine if question.type == "rating")
        changes = tuple(question for question in mine if question.type == "change_over_time")
        scales.append(Scale(name, fields.text("title"), fields.text("subject"), items, changes))
    return tuple(scales)


def _groupings(
    top: Fields, folder: Path, categories: Mapping[str, tuple[Category, ...]], problems: list[Problem]
) -> tuple[Grouping, ...]:
    groupings = []
    for fields in _closed(top.each("groupings", [])):
        grouping = Grouping(
            fields.text("id"),
            fields.text("label"),
            fields.text("by"),
            fields.flag("tested"),
            categories.get(fields.text("id"), ()),
            count=fields.text("count"),
        )
        if "derived_from" in fields.data:
            grouping = _derived(grouping, fields, folder, categories, problems)
        groupings.append(grouping)
    return tuple(groupings)


def _derived(
    grouping: Grouping,
    fields: Fields,
    folder: Path,
    categories: Mapping[str, tuple[Category, ...]],
    problems: list[Problem],
) -> Grouping:
    source, column = (fields.text(key) for key in ("derived_from", "column"))
    table = fields.path("table", folder)
    told = len(problems)
    rows = read_table(table, ["id", column, "basis"], problems) if table and column else []
    grouping = replace(
        grouping,
        derived_from=source,
        mapping={row["id"]: row[column] for row in rows},
        mapping_basis={row["id"]: row["basis"] for row in rows},
        mapping_note={row["id"]: row.get("note", "") for row in rows},
    )
    known = [category.id for category in categories.get(source, ()) if source != grouping.id]
    if table and column and known and len(problems) == told:
        problems.extend(check_derivation(grouping, table.name, column, rows, known))
    return grouping


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


# What a bound of equivalence may be at most: a standard deviation is no more than half of the range of the scores.
UNITS: Mapping[BoundUnit, float] = {"points": 200, "sd": 2}


def _bound(fields: Fields) -> Bound:
    """A bound of equivalence: a size above nought in one unit, with a reason."""
    given = [unit for unit in UNITS if unit in fields.data]
    fields.taken.update(UNITS)
    unit = given[0] if given else "points"
    size = math.nan  # that of a bound with a fault, which the check passes over
    if not given:
        fields.note("", None, "states no size", "add `points:` or `sd:` with the smallest difference that matters")
    elif len(given) > 1:
        both = ", ".join(f"{name}: {fields.data[name]}" for name in given)
        fields.note("", both, "is in two units", "keep points or sd; a second bound is an entry of its own")
    else:
        value = fields.data[unit]
        if isinstance(value, int | float) and not isinstance(value, bool) and value <= 0:
            fields.note(unit, value, "should be larger than 0", "write the smallest difference that matters")
        else:
            size = fields.number(unit, 0, UNITS[unit]) or math.nan
    if not str(fields.data.get("reason") or "").strip():
        fields.taken.add("reason")
        fields.note("reason", None, "is missing", "say in a sentence why a smaller difference does not matter")
        return Bound(size, unit, "")
    return Bound(size, unit, fields.text("reason").strip())


def _cross_section(fields: Fields) -> CrossSection:
    where = fields.part("where")
    conditions = tuple((str(name), where.text(str(name))) for name in where.data)
    return CrossSection(fields.text("id"), fields.text("label"), conditions)


def _count(row: Mapping[str, str], key: str, file: str, number: int, problems: list[Problem]) -> int:
    if not row[key].isdecimal():
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
