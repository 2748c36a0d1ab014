"""Writing the folder of a new study: study.yml, the instrument, the categories. Guesses, for a person to correct."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from survey_report.cells import harmless
from survey_report.drafting.batteries import Battery, batteries_of
from survey_report.drafting.columns import Column
from survey_report.errors import Problem, UserError
from survey_report.files import private_folder, write_bytes, write_text
from survey_report.places import OWN_EXPORT, STUDY_NAME
from survey_report.rare_answers import RareAnswer, write_rare_answers
from survey_report.spelling import spelling
from survey_report.study import ANY, MIN_CELL, MIN_GROUP, SIDES, ResponseSet, Study
from survey_report.study_ids import new_id
from survey_report.study_load import OPTIONAL_COLUMNS, QUESTION_COLUMNS, load_study
from survey_report.wording import capital

# Groups are compared where at least two of them have so many people.
TESTED_GROUP = 10
MOST_GROUPS = 12
# Columns of these kinds are no questions of the study.
UNUSED = ("empty", "constant", "aside")
# More groupings would make every chart of means longer than a page; a person may choose others.
MOST_GROUPINGS = 6
HEADER = """# Drafted by `survey-report new-study` from the columns of the survey: everything here is a guess. Correct
# what is wrong: titles of scales, questions that group people (`tested` are compared), order of answers. An answer `*`
# in categories.csv stands for any that is not listed; answers of few people are in own/rare-answers.csv alone.
"""


class _Plain(yaml.SafeDumper):
    """Writes a value that stands twice twice, without references."""

    def ignore_aliases(self, data: object) -> bool:
        return True


@dataclass(frozen=True)
class Naming:
    """What the person who drafts a study says of it."""

    title: str
    organisation: str
    opened: date
    closed: date
    export: str = ""  # path of the study's own export, empty for none
    real_digest: str = ""


def draft_study(
    folder: Path, columns: Sequence[Column], naming: Naming, sizes: Mapping[str, Mapping[str, int]]
) -> Study:
    """Write a study folder and load it; nothing is left behind if it does not load.

    `sizes[column][answer]` are numbers of respondents, empty for a data dictionary. Raises UserError where the folder
    is there already, or where no column can be reported.
    """
    if folder.exists():
        remedy = "go on with the study that is there, or give another name after --study"
        raise UserError([Problem(folder.as_posix(), "", folder.name, "there is a study of this name", remedy)])
    if not STUDY_NAME.fullmatch(folder.name):
        remedy = "use small letters, digits and hyphens"
        raise UserError([Problem(folder.as_posix(), "--study", folder.name, "is no name for a study", remedy)])
    used = [column for column in columns if column.kind not in UNUSED]
    if not any(column.kind in ("rated", "closed") for column in used):
        what = "no column holds answers to a rated or closed question"
        raise UserError([Problem("the survey", "", "", what, "check the file; open answers alone make no report")])
    aside = folder.with_name(f".{folder.name}.part") / folder.name
    shutil.rmtree(aside.parent, ignore_errors=True)
    try:
        _write(aside, used, naming, sizes)
        load_study(aside)
        aside.rename(folder)
    finally:
        shutil.rmtree(aside.parent, ignore_errors=True)
    return load_study(folder)


def _write(folder: Path, columns: Sequence[Column], naming: Naming, sizes: Mapping[str, Mapping[str, int]]) -> None:
    batteries = batteries_of(columns)
    names = _names(columns)
    questions = list(_questions(columns, batteries, names))
    categories = [
        row for column in columns if column.kind in ("closed", "option") for row in _categories(column, names)
    ]
    groups = [column for column in columns if column.kind == "closed" and _groups(column, sizes)][:MOST_GROUPINGS]

    others = [column for column in columns if column.kind in ("closed", "option") and column not in groups]
    rare = [RareAnswer(names[c.name], answer, people) for c in columns for answer, people in c.rare]
    if rare:
        write_rare_answers(folder, rare)
    if naming.export:
        private_folder((folder / OWN_EXPORT).parent)
        write_bytes(folder / OWN_EXPORT, f"{naming.export}\n".encode(), private=True)
    write_text(folder / "instrument.csv", _csv([*QUESTION_COLUMNS, *OPTIONAL_COLUMNS], questions))
    write_text(folder / "categories.csv", _csv(["question", "id", "label", "phrase", "answer", "missing"], categories))
    content = _study_yml(folder.name, batteries, naming)
    content["groupings"] = [
        {"id": names[c.name], "label": c.item, "by": _by(c.item), "tested": True, "count": f"n_{names[c.name]}_groups"}
        for c in groups
    ]
    content["further_demographics"] = [names[column.name] for column in others]
    write_text(
        folder / "study.yml", HEADER + yaml.dump(content, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=110)
    )


def _study_yml(name: str, batteries: Sequence[Battery], naming: Naming) -> dict[str, Any]:
    sets = {battery.answers.id: battery.answers for battery in batteries}
    return {
        "id": name,
        "title": naming.title,
        "short_title": naming.title,
        "organisation": naming.organisation,
        "wave": str(naming.closed.year),
        "language": "en-GB",
        "opened": naming.opened,
        "closed": naming.closed,
        "report_author": naming.organisation,
        "report_date": naming.closed,
        "citation": naming.title,
        "export": {
            "file": "",
            "synthetic_column": "DataKind",
            "synthetic_values": ["synthetic"],
            "real_exports": [naming.real_digest] if naming.real_digest else [],
        },
        "instrument": "instrument.csv",
        "categories": "categories.csv",
        "response_sets": {name: _set(answers) for name, answers in sets.items()},
        "scales": [{"id": battery.id, "title": battery.title, "subject": _by(battery.title)} for battery in batteries],
        "thresholds": {
            "min_group": MIN_GROUP,
            "min_cell": MIN_CELL,
            "min_answered": 0.5,
            "alpha": 0.05,
            "min_test_group": 10,
        },
    }


def _set(answers: ResponseSet) -> dict[str, Any]:
    return {
        "options": [{"id": o.id, "answer": o.answer, "score": o.score, "side": o.side} for o in answers.options],
        "missing": [{"id": o.id, "answer": o.answer} for o in answers.missing],
        "measures": {side: answers.measures[side] for side in SIDES},
        "words": {side: answers.words[side] for side in SIDES},
    }


def _names(columns: Sequence[Column]) -> dict[str, str]:
    """A short name for each column, in small letters, digits and underscores."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for column in columns:
        names[column.name] = new_id(column.name, taken, between="_", otherwise="question")
    return names


def _questions(
    columns: Sequence[Column], batteries: Sequence[Battery], names: Mapping[str, str]
) -> Iterable[dict[str, str]]:
    scale_of = {item.name: battery for battery in batteries for item in battery.items}
    for column in columns:
        battery = scale_of.get(column.name)
        kind = {"rated": "rating", "open": "open"}.get(column.kind, "demographic")
        yield dict.fromkeys([*QUESTION_COLUMNS, *OPTIONAL_COLUMNS], "") | {
            "id": names[column.name].replace("_", "-"),
            "column": column.name,
            "type": kind,
            "scale": battery.id if battery else "",
            "item": names[column.name],
            "short": column.item,
            "label": column.text,
            "basis": "stated",
            "response_type": battery.answers.id if battery else "",
            "period": "current",
        }


def _categories(column: Column, names: Mapping[str, str]) -> Iterable[dict[str, str]]:
    ids: set[str] = set()
    spelt: set[str] = set()
    for answer in (*column.answers, *column.none):
        if spelling(answer) in spelt:
            continue
        spelt.add(spelling(answer))
        name = new_id(answer, ids, between="-", otherwise="answer")
        said = {"label": capital(answer), "phrase": answer, "answer": answer}
        yield {"question": names[column.name], "id": name, **said, "missing": "yes" if answer in column.none else ""}
    if column.other:
        phrase = column.other[:1].lower() + column.other[1:]
        name = new_id(column.other, ids, between="-", otherwise="answer")
        yield {"question": names[column.name], "id": name, "label": column.other, "phrase": phrase, "answer": ANY,
               "missing": ""}  # fmt: skip


def _groups(column: Column, sizes: Mapping[str, Mapping[str, int]]) -> bool:
    listed = {spelling(answer) for answer in column.answers}
    large = [n for answer, n in sizes.get(column.name, {}).items() if n >= TESTED_GROUP and spelling(answer) in listed]
    return 2 <= len(column.answers) <= MOST_GROUPS and (len(large) >= 2 or not sizes)


def _by(text: str) -> str:
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def _csv(header: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, header, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: harmless(cell) for name, cell in row.items()} for row in rows)
    return text.getvalue()
