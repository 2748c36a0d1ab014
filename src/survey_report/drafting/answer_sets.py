"""Words that every survey may have among its answers: yes and no, answers that are none, and `Other`."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from survey_report.drafting.numbered import number_and_words, whole_number
from survey_report.spelling import spelling


@cache
def missing_spellings() -> frozenset[str]:
    """Answers that are none, as they are compared, and what survey programs write in their place."""
    return frozenset(spelling(text) for group in asset()["missing"] for text in group) | not_given()


@cache
def marks() -> frozenset[str]:
    """What survey programs write themselves where nobody answered, as it is compared."""
    return _spellings("marks")


def not_given() -> frozenset[str]:
    """Those answers that are none and that nobody can have chosen."""
    return marks() | _spellings("not_given")


def is_mark(answer: str) -> bool:
    """Whether a survey program wrote this in place of an answer, a number also as `-99.0`."""
    number = whole_number(answer)
    return spelling(answer if number is None else str(number)) in marks()


def is_none(answer: str) -> bool:
    """Whether an answer is none, with a number before or behind its words or without: `9 = Refused`."""
    if spelling(answer) in missing_spellings() or is_mark(answer):
        return True
    found = number_and_words(answer)
    return found is not None and bool(found[1]) and spelling(found[1]) in missing_spellings()


@cache
def _spellings(key: str) -> frozenset[str]:
    return frozenset(map(spelling, asset()[key]))


def is_yes_or_no(answer: str) -> bool:
    """Whether an answer is one of those two."""
    return spelling(answer) in _spellings("yes_no")


def is_fixed(answer: str) -> bool:
    """Whether an answer belongs to a list that every survey may have: yes and no, and answers that are none."""
    return is_yes_or_no(answer) or spelling(answer) in missing_spellings() - not_given()


def is_other(answer: str) -> bool:
    """Whether an answer says only that it is none of those on the list, and perhaps that it is to be said."""
    words = spelling(answer)
    return words in _spellings("none_of_these") or bool(_behind_other(words) & {"", *_spellings("to_be_said")})


def is_own_other(answer: str) -> bool:
    """Whether an answer is somebody's own words behind such a word: `Other: my aunt`."""
    return not is_other(answer) and bool(_behind_other(spelling(answer), separators=":-"))


def asks_for_words(heading: str) -> bool:
    """Whether a column is the text field of such an answer, by its heading or its name."""
    words = spelling(heading)
    if is_other(words) or any(words.endswith(("_" + tail, " " + tail)) for tail in ("text", "txt")):
        return True
    tail = re.split(r"_+", words)
    return is_other(tail[-1]) or any(re.search(rf"\b{re.escape(said)}\b", words) for said in _phrases())


@cache
def _phrases() -> frozenset[str]:
    """Those requests for words that no other heading holds."""
    return frozenset(said for said in _spellings("to_be_said") if " " in said)


def _behind_other(words: str, separators: str = ":-,(;/") -> set[str]:
    """What stands behind such a word at the beginning and a separator, without brackets; nothing where none does."""
    starts = (other for other in _spellings("none_of_these") if words.startswith(other))
    rests = (words.removeprefix(other).lstrip() for other in starts)
    return {rest.strip(" :-,;/().…") for rest in rests if rest[:1] and rest[0] in separators}


@cache
def asset() -> dict[str, Any]:
    """What assets/answer_sets.yml says."""
    text = files("survey_report").joinpath("assets/answer_sets.yml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))
