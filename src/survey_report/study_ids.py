"""Ids that a study gives to its parts: plain ones only, since they become names of files, keys and marks of pages."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from survey_report.errors import Problem, rows_text
from survey_report.places import STUDY_NAME
from survey_report.spelling import spelling
from survey_report.study import Study

PLAIN = re.compile(r"[a-z0-9][a-z0-9_-]*")
# Names of files are made of ids of the first kind. Those made from the wording of a question or an answer may be
# longer: they stand inside files only.
SHORT, LONG = 61, 1000
NUMBERED = 6  # characters kept for the number of an id that others have as well
SHORTER = f"write at most {SHORT} small letters, digits, hyphens and underscores, the same wherever it stands"
PLAINER = "write small letters, digits, hyphens and underscores, a letter or digit first, the same wherever it stands"
# Columns of other tables that hold ids, and how long these may be. Those of figures and errata are marks of pages.
OTHER_TABLES = (
    ("participants", "method", SHORT),
    ("sessions", "method", SHORT),
    ("margins", "variable", LONG),
    ("published", "id", LONG),
    ("published", "section", LONG),
    ("errata", "id", LONG),
    ("released", "figure_id", LONG),
    ("corrections", "figure_id", LONG),
)
Rows = Sequence[Mapping[str, str]]


def new_id(text: str, taken: set[str], *, between: str, otherwise: str) -> str:
    """A short plain id made from a text, which joins those that are `taken`: the same from the same texts in order.

    What is too long is cut, and ends in a digest of the whole; what is taken gets a number.
    """
    letters = "".join(letter for letter in spelling(text) if not unicodedata.combining(letter))
    name = between.join(re.findall("[a-z0-9]+", letters)) or otherwise
    if len(name) > SHORT - NUMBERED:
        digest = hashlib.sha256(name.encode()).hexdigest()[:6]
        name = f"{name[: SHORT - NUMBERED - 7].rstrip('-_')}{between}{digest}"
    found, number = name, 1
    while found in taken:
        number += 1
        found = f"{name}{between}{number}"
    taken.add(found)
    return found


def is_plain(name: str, longest: int = SHORT) -> bool:
    """Whether a name may be an id."""
    return len(name) <= longest and bool(PLAIN.fullmatch(name))


def check_ids(study: Study, tables: Mapping[str, Rows]) -> Iterable[Problem]:
    """The folder's name and all ids of a study that are no plain ones; empty ids are told of elsewhere."""
    if not STUDY_NAME.fullmatch(study.folder.name):
        remedy = "give the folder, and `id` in study.yml, a name of small letters, digits and hyphens"
        yield Problem(study.folder.name[:80], "", "", "is no name for the folder of a study", remedy)
    for place, names in _short(study):
        for name in dict.fromkeys(names):
            if name and not is_plain(name):
                yield Problem("study.yml", place, name[:80], "is no plain id", SHORTER)
    in_files = {*study.profiles, *(grouping.id for grouping in study.groupings if grouping.mapping is not None)}
    instrument, table = study.files.get("instrument"), study.files.get("categories")
    if instrument:
        for key in ("id", "item"):
            given = [(getattr(question, key), LONG) for question in study.questions]
            yield from _in_rows(instrument.name, key, given)
    if table:
        yield from _in_rows(table.name, "question", [(row["question"], LONG) for row in tables["categories"]])
        named = [(row["id"], SHORT if row["question"] in in_files else LONG) for row in tables["categories"]]
        yield from _in_rows(table.name, "id", named)
    for grouping in study.groupings:
        short = SHORT if grouping.id in in_files else LONG
        for key, name, longest in (("id", grouping.id, short), ("count", grouping.count, LONG)):
            if name and not is_plain(name, longest):
                yield Problem("study.yml", f"groupings, {key}", name[:80], "is no plain id", _remedy(longest))
    for name, column, longest in OTHER_TABLES:
        if name in study.files:
            given = [(row.get(column, ""), longest) for row in tables[name]]
            yield from _in_rows(study.files[name].name, column, given)


def _short(study: Study) -> Iterable[tuple[str, Iterable[str]]]:
    """Ids of study.yml with their places, where names of files or keys are made of them."""
    yield "scales, id", [scale.id for scale in study.scales]
    yield "periods, id", [period.id for period in study.periods]
    yield "item_counts, id", [count.id for count in study.item_counts]
    yield "cross_sections, id", [section.id for section in study.cross_sections]
    yield "response_sets", list(study.response_sets)
    for answers in study.response_sets.values():
        yield f"response_sets.{answers.id}, id", [option.id for option in (*answers.options, *answers.missing)]
        yield f"response_sets.{answers.id}.measures", list(answers.measures.values())
    if study.coded:
        yield "corpus.sections, id", [section for section, _ in study.coded.sections]


def _in_rows(file: str, column: str, given: Iterable[tuple[str, int]]) -> Iterable[Problem]:
    wrong: dict[tuple[str, int], list[int]] = {}
    for number, (name, longest) in enumerate(given, 2):
        if name and not is_plain(name, longest):
            wrong.setdefault((name, longest), []).append(number)
    for (name, longest), numbers in wrong.items():
        yield Problem(file, f"{rows_text(numbers)}, {column}", name[:80], "is no plain id", _remedy(longest))


def _remedy(longest: int) -> str:
    return SHORTER if longest == SHORT else PLAINER
