"""What each column of an export is: a rated question, a closed one, an option of several, people's own words, or none.

A list of answers is fixed where value labels or a known set give it. Anywhere else an answer is listed only if enough
people gave it; any other counts as "Other", and its text goes into no file but the one for the person who drafts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd

from survey_report.cleaning import reasons
from survey_report.drafting.answer_sets import (
    asks_for_words,
    is_fixed,
    is_mark,
    is_none,
    is_other,
    is_own_other,
    is_yes_or_no,
    not_given,
)
from survey_report.drafting.known_sets import FEWEST
from survey_report.drafting.numbered import is_loose, number_and_words, whole_number
from survey_report.drafting.rated import (
    CODES,
    POINTS,
    Rated,
    belongs,
    mostly_belongs,
    mostly_rated,
    numbers_of,
    rated_of,
    real_labels,
    words_alone,
)
from survey_report.drafting.response_sets import LAST_POINTS
from survey_report.drafting.shapes import (
    NO_ANSWER,
    free_values,
    is_id_name,
    is_level,
    is_number,
    names_an_amount,
    names_points,
    shape_of,
)
from survey_report.exports.export import Export
from survey_report.exports.metadata import NAMES
from survey_report.mapping.likeness import last_part
from survey_report.spelling import spelling
from survey_report.study import MIN_CELL
from survey_report.wording import listing

Kind = Literal["rated", "closed", "option", "open", "aside", "empty", "constant"]
# Why whole numbers are left out.
AMOUNT = "holds whole numbers, maybe a count or an age"
# A closed question has at most so many answers, and each is given by so many people on average.
MOST_ANSWERS, FEWEST_EACH = 40, 2.0
# A text longer than this is nobody's choice from a list.
LONGEST = 120
# Remarks have more words than answers to choose from, and fewer people write one.
REMARK_WORDS, MOSTLY_BLANK = 3.0, 0.6
# How Qualtrics ends the name of the field for the words of an answer.
TEXT = "_TEXT"
# What the names of columns hold that Qualtrics adds for the order in which a question's answers or blocks were shown.
SHOWN = "_DO_"


@dataclass(frozen=True)
class Column:
    """A column with its question text, and its part `item` behind the stem; `answers` in the order they are listed.

    `rated` says how the answers of a rated question are read; `block` what columns of one matrix have in common. `none`
    are answers to a closed question that are no category. `other` is the label of the category for any answer that is
    not listed, empty where the list is all there is; `rare` are those answers with the number of people who gave them.
    `why` says why a column is set aside or taken for own words; `place` counts columns from 1. `people` are how many
    gave each answer, `doubt` says what is unclear of a column that is not rated.
    """

    name: str
    text: str
    item: str
    kind: Kind
    answers: tuple[str, ...]
    rated: Rated | None
    block: str
    other: str = ""
    rare: tuple[tuple[str, int], ...] = ()
    why: str = ""
    place: int = 0
    none: tuple[str, ...] = ()
    people: tuple[tuple[str, int], ...] = ()
    doubt: str = ""

    @property
    def told(self) -> str:
        """What a message calls the column: its name, unless somebody's answer seems to stand in its place."""
        return f"column {self.place}" if shape_of(self.name) else self.name


def columns_of(export: Export) -> tuple[Column, ...]:
    """All columns but those that the survey program adds, in the order of the export."""
    names = [str(name) for name in export.responses.columns if name not in NAMES.values()]
    counted = reasons(export) == "complete"
    found = [replace(_column(export, name, counted), place=place) for place, name in enumerate(names, 1)]
    sets = {column.block: column.rated.kind for column in found if column.rated and column.block}
    numbers = Counter(column.block for column in found if column.why == AMOUNT and column.block)
    sets = {block: POINTS for block, times in numbers.items() if times > 1} | sets
    beside = _beside_points(found)
    among = [
        _among(column, sets.get(column.block, POINTS if column.name in beside else ""), export, counted)
        for column in found
    ]
    split = _without_a_set(among)
    return tuple(
        _alone(column, before) if column.block in split and column.rated else column
        for column, before in zip(among, found, strict=True)
    )


def _without_a_set(columns: Sequence[Column]) -> set[str]:
    """Matrices whose columns are words of one kind each, but no set of answers holds the words of all."""
    words: dict[str, list[str]] = {}
    for column in columns:
        if column.block and column.rated and column.rated.kind != POINTS and not column.rated.codes:
            words.setdefault(column.block, []).extend(column.answers)
    return {block for block, answers in words.items() if rated_of(answers, {}) is None}


def _alone(column: Column, before: Column) -> Column:
    """A column of such a matrix by itself: as it was `before` it was seen among the others, and in no matrix."""
    return replace(before, block="", place=column.place)


def _beside_points(columns: Sequence[Column]) -> set[str]:
    """Names of columns whose numbers are points and codes for no answer, as those of a neighbour show.

    Without the codes they go as far as the points of a column beside them, or as the numbers of another such column.
    """
    asked = [column for column in columns if column.kind not in ("empty", "constant")]
    tops = [_top(column) for column in asked]
    return {
        column.name
        for n, column in enumerate(asked)
        if column.why == AMOUNT and not column.block and tops[n]
        for near in (n - 1, n + 1)
        if 0 <= near < len(asked) and not asked[near].block and tops[near] == tops[n]
    }


def _top(column: Column) -> int:
    """The last point of a column of numbers without those that may be codes for no answer, 0 for other columns."""
    numbers = {n for answer, _ in column.people if (n := whole_number(answer)) is not None} - CODES
    points = (column.rated and column.rated.kind == POINTS) or column.why == AMOUNT
    return max(numbers) if points and numbers and min(numbers) in (0, 1) and max(numbers) in LAST_POINTS else 0


def _among(column: Column, kind: str, export: Export, counted: pd.Series[bool]) -> Column:
    """A column whose answers are too few or too alike to tell is rated where its neighbours of the same matrix are."""
    if column.kind in ("rated", "empty") or shape_of(column.name) or not kind:
        return column
    if real_labels(export.values.get(column.name, {})):
        return column
    if kind == POINTS and names_an_amount(column.name, column.text):
        return column
    people = _people(export.responses[column.name])
    if not mostly_belongs({answer: n for answer, n in people.items() if n}, kind):
        return column
    bare = numbers_of(people)
    if kind == POINTS and any(
        belongs(answer, kind) and not is_none(answer) and answer not in bare for answer in people
    ):
        return column
    rated = Rated(kind, bare if kind == POINTS else {})
    return _rated(column, rated, (), list(people), _people(export.responses[column.name][counted]))


def described(name: str, text: str, answers: Sequence[str]) -> Column:
    """A column of which a data dictionary gives the answers in order, none for an open question."""
    rated = rated_of(answers, {}) if answers else None
    if rated:
        told = [answer for answer in answers if not is_none(answer)]
        places = {answer: n for n, answer in enumerate(told, 1)} if rated.kind != POINTS else rated.codes
        rated = Rated(rated.kind, rated.codes or places, complete=True)
    kind: Kind = "open" if not answers else "rated" if rated else "option" if len(answers) == 1 else "closed"
    return Column(name, text or name, _item(name, text), kind, tuple(answers), rated, _block(name, text, ""))


def _column(export: Export, name: str, counted: pd.Series[bool]) -> Column:
    """One column; `counted` are the rows of respondents, by whom answers are listed."""
    cells = export.responses[name]
    text = export.texts.get(name, "") or name
    by_value = export.values.get(name, {})
    found = _read(name, text, cells, by_value)
    if not found:  # what programs write in place of an answer is no category
        cells = cells.mask(cells.isin([answer for answer in cells.unique() if is_mark(answer)]), "")
    given = cells[cells != ""]
    labels = [label for label in by_value.values() if found or not is_mark(label)]
    present = [str(answer) for answer in given.value_counts().index]
    unlike = {spelling(answer): answer for answer in reversed(present)}
    free = [answer for answer in present if answer not in labels]
    why = "" if found else "an id" if is_id_name(name) else free_values(list(unlike.values()), len(given))
    why = "" if labels and len(free) < len(labels) else why
    why = f"its name looks like {shape_of(name)}" if shape_of(name) else f"holds {why}" if why else ""
    why = "holds the order in which something was shown" if SHOWN in name else why
    column = Column(
        name, text, _item(name, text), "open", (), None, _block(name, text, export.import_ids.get(name, ""))
    )
    if given.empty:
        return replace(column, kind="empty")
    people = _people(cells[counted])
    column = replace(column, people=tuple(people.items()))
    told = [answer for answer in present if not found or belongs(answer, found.kind)]
    if not why and not real_labels(by_value) and _is_amount(column, told, found):
        why = AMOUNT
    if why:
        return replace(column, kind="aside", why=why)
    if not (found and not name.endswith(TEXT)) and _is_field_of_other(name, text, present):
        return column
    if found:
        return _rated(column, found, labels, free, people)
    if len(unlike) == 1:
        option = _part_of_several(name, text, present[0])
        if (
            option
            and not is_own_other(present[0])
            and (spelling(last_part(text)) == spelling(present[0]) or labels or people[present[0]] >= MIN_CELL)
        ):
            return replace(column, kind="option", answers=tuple(present))
        return replace(column, kind="open" if option else "constant")
    longest = max(len(answer) for answer in present)
    if labels or (
        len(unlike) <= MOST_ANSWERS
        and longest <= LONGEST
        and len(given) >= FEWEST_EACH * len(unlike)
        and not _like_remarks(present, len(given) / len(cells))
    ):
        return _closed(column, labels, list(unlike.values()), people)
    return column


def _read(name: str, text: str, cells: pd.Series[str], labels: Mapping[str, str]) -> Rated | None:
    """How the answers of a column are read if it is a rated question, None if it is none."""
    people = _people(cells)
    different = {spelling(answer): answer for answer in reversed(list(people))}
    found = rated_of(people, labels) if len(different) <= MOST_ANSWERS else None
    if not found and not real_labels(labels):
        found = mostly_rated({answer: people[answer] for answer in different.values()})
    if found and found.kind == POINTS:
        alone = not labels and len(different) == int((cells != "").sum())  # numbers of which none stands twice: rows
        return None if alone or names_an_amount(name, text) else found
    return found


def _rated(
    column: Column, rated: Rated, labels: Sequence[str], free: Iterable[str], people: Mapping[str, int]
) -> Column:
    """A rated question with the answers of its set; any other counts as missing."""
    own = {spelling(answer): answer for answer in free if not belongs(answer, rated.kind)}
    rare = tuple((answer, people[answer]) for answer in sorted(own.values(), key=_natural))
    answers = (*labels, *(answer for answer in free if spelling(answer) not in own))
    told = tuple(people.items())
    return replace(column, kind="rated", answers=answers, rated=rated, why="", other="", rare=rare, people=told)


def _is_field_of_other(name: str, text: str, answers: Sequence[str]) -> bool:
    """Whether a column has the words to an answer such as "Other", not that answer itself."""
    part = last_part(text)
    chosen = all(is_other(a) or is_fixed(a) or is_level(a) or spelling(a) == spelling(part) for a in answers)
    return name.endswith(TEXT) or (not chosen and any(map(asks_for_words, (name, part, text))))


def _is_amount(column: Column, answers: Sequence[str], rated: Rated | None) -> bool:
    """Whether whole numbers are counts or ages: their question says so, or nothing says that they are points or codes.

    Points start at 0 or 1, and somebody uses the last of them or the question speaks of a scale. Codes start so too.
    """
    if rated and any(whole_number(answer) is None for answer in rated.codes):
        return False
    given = [whole_number(answer) for answer in answers if not is_none(answer)]
    numbers = {number for number in given if number is not None and number not in NO_ANSWER}
    if None in given or not numbers:
        return False
    if names_an_amount(column.name, column.text):
        return True
    if rated:
        return max(numbers) not in LAST_POINTS and not names_points(column.text)
    return len(numbers) > 1 and min(numbers) > 1


def _people(cells: pd.Series[str]) -> Mapping[str, int]:
    """How many gave each answer, by the spelling that most of them used; none for what nobody gave."""
    texts = [str(answer) for answer in cells.value_counts().index]
    spelt = cells[cells != ""].map(spelling).value_counts()
    return Counter({text: int(spelt[spelling(text)]) for text in texts if text})


def _closed(column: Column, labels: Sequence[str], present: Iterable[str], people: Mapping[str, int]) -> Column:
    """A closed question with the answers that may be listed; an open one where hardly any may."""
    none = tuple(dict.fromkeys(answer for answer in (*labels, *present) if _is_not_given(answer)))
    labels, present = ([answer for answer in part if answer not in none] for part in (labels, present))
    known = {spelling(label) for label in labels}
    free = [answer for answer in present if spelling(answer) not in known]
    # Answers given by fewer people are nobody's but their own, where no list says that they were offered.
    loose = [] if labels else _free_numbers(free)
    listed = [
        a
        for a in free
        if is_fixed(a) or (people[a] >= MIN_CELL and not shape_of(a) and a not in loose and not is_own_other(a))
    ]
    rare = [answer for answer in free if answer not in listed]
    other = next((answer for answer in listed if is_other(answer)), "Other") if rare else ""
    listed = sorted((answer for answer in listed if answer != other), key=_natural)
    told = tuple((answer, people[answer]) for answer in sorted(rare, key=_natural) if not is_other(answer))
    if not (labels or any(people[answer] >= MIN_CELL for answer in listed) or sum(map(is_yes_or_no, listed)) > 1):
        return replace(column, why=f"no answer is given by {MIN_CELL} people")
    answers = (*labels, *listed)
    doubt = _doubt_of_list(answers, none, people)
    return replace(column, kind="closed", answers=answers, none=none, other=other, rare=told, doubt=doubt)


def _is_not_given(answer: str) -> bool:
    """Whether nobody can have chosen an answer, with a code or without: `9 = Missing`."""
    return spelling(words_alone(answer) or answer) in not_given()


def _doubt_of_list(answers: Sequence[str], none: Sequence[str], people: Mapping[str, int]) -> str:
    """What is unclear of the answers to a closed question: some look like none, or numbers put them in an order."""
    told = [found for answer in answers if not is_none(answer) and (found := number_and_words(answer))]
    if any(people.get(answer) for answer in none):
        said = listing([f"`{answer}` ({people.get(answer, 0)})" for answer in none])
        return f"taken for no answer, with the number of answers: {said}"
    worded = len(told) == len(answers) >= FEWEST and all(words for _, words in told) and not any(map(is_loose, answers))
    return "the numbered answers are categories: are they points of a scale?" if worded else ""


def _free_numbers(answers: Sequence[str]) -> list[str]:
    """Those numbers among words that no list offers: all but small whole ones, and these too if they are the odd ones.

    They are none beside an answer such as `3 or more`.
    """
    numbers = [answer for answer in answers if is_number(answer)]
    levels = [answer for answer in numbers if is_level(answer)]
    worded = [answer for answer in answers if answer not in numbers]
    if not worded:
        return []
    ranged = any(character.isdecimal() for answer in worded for character in answer)
    return [n for n in numbers if n not in levels or not (ranged or 2 * len(levels) >= len(answers))]


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
