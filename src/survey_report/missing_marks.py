"""Marks of no answer: what survey programs write into cells, and what an SPSS file declares missing.

They are missing in every study, unless its own answers offer the very same. What the study lists as missing keeps its
name; who was not asked is told from who left a question blank.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import pandas as pd

from survey_report.export_check import answers_of
from survey_report.exports.export import Export
from survey_report.spelling import spelling
from survey_report.study import Question, Study

Mark = Literal["blank", "not-asked", ""]
# Qualtrics recodes questions that were seen and left blank as -99, and lets -1 be chosen for the same ("Recode seen but
# unanswered questions", Export Data Options). Survey archives write "Not asked" for who was routed around a question.
BLANK_NUMBERS, NOT_ASKED_WORDS = (-99, -1), ("not asked",)
LONGEST = 12  # no mark is longer: people's own words are not looked at


def mark_of(text: str) -> Mark:
    """What a cell says in the place of an answer: that it was left blank, that it was not asked, or nothing."""
    key = _key(text)
    return "blank" if key in BLANK_NUMBERS else "not-asked" if key in NOT_ASKED_WORDS else ""


def without_marks(export: Export, study: Study) -> Export:
    """The export with marks taken out of the columns of the study: blank cells, and `not_asked` for whom they name.

    Values that the file declares missing get the text of the study's missing answer where it lists that one.
    """
    changed: dict[str, pd.Series[str]] = {}
    unasked: dict[str, Sequence[int]] = dict(export.not_asked)
    read = 0
    for question in study.asked:
        if question.column not in export.responses:
            continue
        column = export.responses[question.column]
        marks, same = _marks(column, question, study)
        found = column.map(same).fillna(column) if same else column
        not_asked = {int(row) for row in column.index[column.isin([t for t, mark in marks.items() if mark != "blank"])]}
        if marks:
            read += int(column.isin(list(marks)).sum())
            found = found.mask(column.isin(list(marks)), "")
        named = {spelling(option.answer): option.answer for option in study.missing(question)}
        for text, rows in export.declared.get(question.column, {}).items():
            if spelling(text) in named:
                found = found.mask(found.index.isin(rows) & (found == ""), named[spelling(text)])
            elif mark_of(text) == "not-asked":
                not_asked |= set(rows)
        if found is not column:
            changed[question.column] = found.astype("str")
        if not_asked:
            unasked[question.column] = sorted(not_asked | set(unasked.get(question.column, ())))
    if not changed and unasked == export.not_asked:
        return export
    note = f"marks of no answer ({', '.join(map(str, BLANK_NUMBERS))}, not asked) are read as such in {read:,} cells"
    return replace(
        export,
        responses=export.responses.assign(**changed),
        not_asked=unasked,
        notes=(*export.notes, *([note] if read else [])),
    )


def _marks(column: pd.Series[str], question: Question, study: Study) -> tuple[dict[str, Mark], dict[str, str]]:
    """The texts of a column that are marks, and those that are numbers the study offers and only spelled in another way
    (`-1.0` for `-1`), with its spelling.

    A study may give a name of its own to who left a question blank; who was not asked is nobody's answer.
    """
    own = {_key(answer): answer for answer in answers_of(question, study)}
    for option in study.missing(question):
        if mark_of(option.answer) == "not-asked":
            del own[_key(option.answer)]
    marks: dict[str, Mark] = {}
    same: dict[str, str] = {}
    for text in column.unique():
        if not text or len(text) > LONGEST or not (mark := mark_of(text)):
            continue
        if (key := _key(text)) not in own:
            marks[text] = mark
        elif spelling(text) != spelling(own[key]):
            same[text] = own[key]
    return marks, same


def _key(text: str) -> int | str:
    """A text as marks are compared: a whole number, also as `-99.0`, or its spelling."""
    spelt = spelling(text) if len(text) <= LONGEST else text
    return int(float(spelt)) if re.fullmatch(r"-\d{1,3}(\.0+)?", spelt, re.ASCII) else spelt
