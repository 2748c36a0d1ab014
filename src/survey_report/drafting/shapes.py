"""Shapes of values that no list offers: times, dates, addresses, ids, free numbers. Told by their form alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from survey_report.drafting.answer_sets import missing_spellings, whole_number
from survey_report.spelling import spelling

MONTH = (
    r"(jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|oct(ober)?|nov(ember)?"
    r"|dec(ember)?)\.?"
)
WEEKDAY = r"((mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?\.?,?\s+)?"
DAY = r"\d{1,2}(st|nd|rd|th)?\.?"
DATE = (
    rf"{WEEKDAY}(\d{{1,4}}[-/.]\d{{1,2}}[-/.]\d{{1,4}}|\d{{4}}[-/](0?[1-9]|1[0-2])|(0?[1-9]|1[0-2])/\d{{4}}"
    rf"|{DAY}[\s-]+(of\s+)?{MONTH}(,?[\s-]*\d{{2,4}})?|{MONTH}\s+{DAY}(,?\s*\d{{4}})?|{MONTH}[\s-]+\d{{4}})"
)
TIME = r"\d{1,2}([:h]\d{2}){1,2}([.,]\d+)?(\s*[ap]\.?m\.?)?|\d{1,2}\s*[ap]\.?m\.?"
ZONE = r"(\s*(z|utc|gmt|[a-z]{2,4}))?(\s*[+-]\d{1,2}(:?\d{2})?)?"
SHAPES = {
    "a date or a time": rf"({DATE})|({TIME}){ZONE}|({DATE})[t,\s]*({TIME}){ZONE}",
    "an e-mail address": r"(mailto:)?\S+@\S+\.\S+",
    "an address of the web": r"(https?://|www\.)\S+",
    "an address of a computer": r"(\d{1,3}\.){3}\d{1,3}(:\d+)?|[0-9a-f]{0,4}(:[0-9a-f]{0,4}){3,7}",
    "a postcode": r"[a-z]{1,2}\d[a-z\d]?\s?\d[a-z]{2}|\d{4}\s?[a-z]{2}|[a-z]\d[a-z]\s?\d[a-z]\d",
    "an id": r"\{?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?|r_[0-9a-z]{8,}|(?=.*\d)(?=.*[a-f])[0-9a-f]{12,}",
}
PATTERNS = {what: re.compile(pattern) for what, pattern in SHAPES.items()}
RANGE = re.compile(r"[1-9]\d*\s*-\s*\d+")
PHONE = re.compile(r"\+?[\d\s()./-]+")
PHONE_DIGITS = 9
NUMBER = re.compile(r"[+-]?\s?[£$€]?\s?\d[\d\s.,']*\s?[£$€%]?")
# Whole numbers up to the first are levels of something or codes of answers; the others stand for no answer.
MOST_LEVEL, NO_ANSWER = 10, {-999, -99, -98, -97, -9, -8, -7, -1, 77, 88, 97, 98, 99, 998, 999}
# What identifies a row of a file, whatever its values.
ID_NAMES = frozenset(
    f"{whose}{what}"
    for whose in ("record", "response", "respondent", "participant", "submission", "user", "person", "patient",
                  "client", "case", "entry", "row", "session", "panelist", "worker")
    for what in ("id", "ids", "nr", "number", "token", "key", "uuid")
) | {"id", "uuid", "guid", "token", "serialnumber", "rowindex"}  # fmt: skip


def shape_of(value: str) -> str:
    """What a single value is that no list offers, in words; empty for other texts, and for plain numbers."""
    text = spelling(value)
    for what, pattern in PATTERNS.items():
        if pattern.fullmatch(text):
            return what
    if PHONE.fullmatch(text) and sum(map(str.isdecimal, text)) >= PHONE_DIGITS:
        dialled = text.startswith(("+", "0", "(")) or not (RANGE.fullmatch(text) or NUMBER.fullmatch(text))
        return "a telephone number" if dialled else ""
    return ""


def free_values(answers: Sequence[str], given: int) -> str:
    """What the different `answers` of a column are, if most are of a shape that no list offers, else an empty text.

    `given` is how many people answered: where hardly two gave the same, texts with a digit and without spaces are ids.
    """
    texts = [text for text in answers if spelling(text) not in missing_spellings()]
    if not texts:
        return ""
    shapes = [shape for text in texts if (shape := shape_of(text))]
    if 2 * len(shapes) >= len(texts):
        return max(dict.fromkeys(shapes), key=shapes.count)
    numbers = [text for text in texts if NUMBER.fullmatch(spelling(text))]
    if 2 * len(numbers) >= len(texts) and not _levels(numbers, given):
        return "a number"
    words = [text for text in texts if " " not in text and any(map(str.isdecimal, text))]
    return "an id" if len(texts) > 2 and len(texts) >= 0.9 * given and 2 * len(words) >= len(texts) else ""


def _levels(numbers: Sequence[str], given: int) -> bool:
    """Whether numbers are few and small, each given by several people, like the codes of answers."""
    whole = [whole_number(text) for text in numbers]
    return len(numbers) < max(given, 2) and all(
        n is not None and (0 <= n <= MOST_LEVEL or n in NO_ANSWER) for n in whole
    )


def is_id_name(name: str) -> bool:
    """Whether a column of this name has an id of each row."""
    return "".join(character for character in spelling(name) if character.isalpha()) in ID_NAMES
