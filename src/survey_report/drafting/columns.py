"""What each column of an export is: a rated question, a closed one, an option of several, or people's own words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from survey_report.drafting.answer_sets import belongs, set_of
from survey_report.exports.export import Export
from survey_report.exports.metadata import NAMES
from survey_report.mapping.likeness import last_part
from survey_report.spelling import spelling

Kind = Literal["rated", "closed", "option", "open", "empty", "constant"]
# A closed question has at most so many answers, and each is given by so many people on average.
MOST_ANSWERS, FEWEST_EACH = 40, 2.0
# A text longer than this is nobody's choice from a list.
LONGEST = 120
# Remarks have more words than answers to choose from, and fewer people write one.
REMARK_WORDS, MOSTLY_BLANK = 3.0, 0.6
OTHER = re.compile(r"(_TEXT$)|(\bplease (state|specify)\b)", re.IGNORECASE)


@dataclass(frozen=True)
class Column:
    """A column with its question text, and its part `item` behind the stem; `answers` in the order they are listed.

    `answer_set` is the known set of a rated question; `block` what columns of one matrix have in common.
    """

    name: str
    text: str
    item: str
    kind: Kind
    answers: tuple[str, ...]
    answer_set: str
    block: str


def columns_of(export: Export) -> tuple[Column, ...]:
    """All columns but those that the survey program adds, in the order of the export."""
    names = [str(name) for name in export.responses.columns if name not in NAMES.values()]
    found = [_column(export, name) for name in names]
    sets = {column.block: column.answer_set for column in found if column.kind == "rated" and column.block}
    return tuple(_among(column, sets.get(column.block, ""), export) for column in found)


def _among(column: Column, answer_set: str, export: Export) -> Column:
    """A column to which everybody gave one answer is rated where its neighbours of the same matrix are."""
    given = tuple(str(answer) for answer in export.responses[column.name].unique() if answer)
    if column.kind not in ("option", "constant") or not answer_set or not belongs(given, answer_set):
        return column
    return replace(column, kind="rated", answers=given, answer_set=answer_set)


def described(name: str, text: str, answers: Sequence[str]) -> Column:
    """A column of which a data dictionary gives the answers, none for an open question."""
    kind_of_set = set_of(answers) if answers else ""
    kind: Kind = "open" if not answers else "rated" if kind_of_set else "option" if len(answers) == 1 else "closed"
    return Column(name, text or name, _item(name, text), kind, tuple(answers), kind_of_set, _block(name, text, ""))


def _column(export: Export, name: str) -> Column:
    cells = export.responses[name]
    given = cells[cells != ""]
    text = export.texts.get(name, "") or name
    labels = list(export.values.get(name, {}).values())
    counts = given.value_counts()
    present = [str(answer) for answer in counts.index]
    answers = [*labels, *(answer for answer in present if answer not in labels)]
    unlike = {spelling(answer) for answer in present}
    found = set_of(answers) if len(unlike) <= MOST_ANSWERS else ""
    longest = max((len(answer) for answer in present), default=0)
    kind: Kind
    if given.empty:
        kind = "empty"
    elif OTHER.search(name) or OTHER.search(last_part(text)):
        kind = "open"
    elif found:
        kind = "rated"
    elif len(unlike) == 1:
        kind = "option" if _part_of_several(name, text, present[0]) else "constant"
    elif labels or (
        len(unlike) <= MOST_ANSWERS
        and longest <= LONGEST
        and len(given) >= FEWEST_EACH * len(unlike)
        and not _like_remarks(present, len(given) / len(cells))
    ):
        kind = "closed"
    else:
        kind = "open"
    if kind == "closed":
        answers = [*labels, *sorted((answer for answer in present if answer not in labels), key=_natural)]
    kept = tuple(answers) if kind in ("rated", "closed", "option") else ()
    return Column(name, text, _item(name, text), kind, kept, found, _block(name, text, export.import_ids.get(name, "")))


def _like_remarks(answers: Sequence[str], answered: float) -> bool:
    """Whether texts look like remarks: several words each, and left blank by most people."""
    words = sum(len(answer.split()) for answer in answers) / len(answers)
    return answered < MOSTLY_BLANK and words >= REMARK_WORDS


def _part_of_several(name: str, text: str, answer: str) -> bool:
    """Whether the only answer is what the column is about: an option of a question with several answers."""
    return spelling(last_part(text)) == spelling(answer) or bool(re.search(r"\d_\d+$", name))


def _item(name: str, text: str) -> str:
    part = last_part(text) if text else name
    return part if len(part) <= LONGEST else part[: LONGEST - 1].rstrip() + "…"


def _block(name: str, text: str, import_id: str) -> str:
    """What columns of one matrix share: the stem of text, id or name."""
    part = last_part(text)
    if part != text.strip():
        return text.strip().removesuffix(part).rstrip(" -–—:|")
    for one in (import_id, name):
        found = re.fullmatch(r"(.*\d)_\d+", one)
        if found:
            return found[1]
    return ""


def _natural(text: str) -> tuple[object, ...]:
    """Order of answers: `2 to 3` before `10 and more`."""
    parts = [part for part in re.split(r"(\d+)", spelling(text)) if part]
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)
