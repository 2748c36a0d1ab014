"""Shapes of values that no list offers: times, dates, addresses, ids, free numbers. Told by their form alone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from survey_report.drafting.answer_sets import missing_spellings
from survey_report.drafting.numbered import whole_number
from survey_report.spelling import spelling

# Names of months without their accents: English, German, French, Spanish, Dutch, Welsh.
MONTHS = """
jan(uary)? feb(ruary)? mar(ch)? apr(il)? may june? july? aug(ust)? sept?(ember)? oct(ober)? nov(ember)? dec(ember)?
januar janner februar marz maerz mai juni juli okt(ober)? dez(ember)?
janv(ier)? fevr?(ier)? mars avr(il)? juin juil(let)? aout septembre octobre novembre decembre
ene(ro)? febrero marzo abr(il)? mayo junio julio ago(sto)? sep?tiembre octubre noviembre dic(iembre)?
januari februari mrt maart mei augustus
ionawr chwefror mawrth ebrill mehefin gorffennaf awst medi hydref tachwedd rhagfyr
"""
MONTH = rf"({'|'.join(MONTHS.split())})\.?"
WEEKDAYS = """
(mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)? (mon|diens|donners|frei|sams|sonn)tag mittwoch sonnabend mo di mi
do fr sa so (lun|mar|mercre|jeu|vendre|same)di dimanche lunes martes miercoles jueves viernes sabado domingo
(maan|dins|woens|donder|vrij|zater|zon)dag dydd\\s\\w+
"""
WEEKDAY = rf"((({'|'.join(WEEKDAYS.split())})\.?,?\s+)?((am|den|der|le|el|the|op)\s+)?)"
DAY = r"\d{1,2}(st|nd|rd|th|er|e|o|º|ain|af|il|ydd|fed|eg)?\.?"
OF = r"(of|de|del|o)"
YEAR = rf"(,?[\s-]*({OF}\s+)?'?\d{{2,4}})"
DATE = (
    rf"{WEEKDAY}(\d{{1,4}}[-/.]\s?\d{{1,2}}[-/.]\s?\d{{1,4}}|\d{{4}}[-/](0?[1-9]|1[0-2])|(0?[1-9]|1[0-2])/\d{{4}}"
    rf"|{DAY}[\s-]*({OF}\s+)?{MONTH}{YEAR}?|{MONTH}\s+{DAY}(,?\s*\d{{4}})?|{MONTH}[\s-]+({OF}\s+)?\d{{4}})"
)
HOUR = r"([01]?\d|2[0-4])"
NUMERAL = r"(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d{1,2})"
ZAHL = r"(eins?|zwei|drei|vier|funf|sechs|sieben|acht|neun|zehn|elf|zwolf|\d{1,2})"
GETAL = r"(een|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|\d{1,2})"
OF_DAY = r"(\s*([ap]\.?\s?m\b\.?|noon|midday|midnight|in the (morning|afternoon|evening)|at night))"
TIME = (
    rf"((at|um|gegen|at about|ca\.?|vers|a las?|om)\s+)?("
    rf"\d{{1,2}}([:h]\d{{2}}){{1,2}}([.,]\d+)?(\s*(uhr|h|hrs?|uur))?{OF_DAY}?|{HOUR}([.:]\d{{2}})?{OF_DAY}"
    rf"|{HOUR}([.:]\d{{2}})?\s*(uhr|uur)(\s*\d{{2}})?|{HOUR}\s?h|{HOUR}\s?heures?(\s\d{{2}})?"
    rf"|{NUMERAL}\s*o\s?'\s?clock{OF_DAY}?|(half|(a )?quarter|\w+ minutes) (past|to) {NUMERAL}{OF_DAY}?"
    rf"|(halb|viertel (vor|nach)|dreiviertel) {ZAHL}(\s*uhr)?|{ZAHL}\s*uhr|(half|kwart (voor|over)) {GETAL})"
)
ZONE = r"((\s*(z|utc|gmt)|\s+[a-z]{2,4}))?(\s*[+-]\d{1,2}(:?\d{2})?)?"
SHAPES = {
    "a date or a time": rf"({DATE})|({TIME}){ZONE}|({DATE})[t,\s]*({TIME}){ZONE}",
    "a pair of coordinates": r"[+-]?\d{1,3}\.\d+\s?°?\s?[ns]?\s?[,;\s]\s?[+-]?\d{1,3}\.\d+\s?°?\s?[ewo]?",
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
# Questions for a count or an age; some words mean it only in a heading that says hardly anything else.
AMOUNT = re.compile(
    r"\b(how (many|old)|number of|wie ?viele?|wie alt|anzahl|combien|quel age|nombre d[e']|cuant[oa]s|que edad"
    r"|numero de|hoeveel|hoe oud|aantal|faint|sawl|nifer|oed)\b"
)
AMOUNT_HEADING = re.compile(
    r"(\b|_)(age|aged|years?|count|children|kids|dependants|dependents|alter|jahre|kinder|annees|ans|enfants|edad|anos"
    r"|hijos|leeftijd|jaar|jaren|kinderen|blynyddoedd)(\b|_)"
)
SHORT_HEADING = 5
POINTS = re.compile(
    r"\b(?P<low>[01])\s?(=.*)?(-|to|bis|a|hasta|tot|i|and|und|et|y|en)\s?(?P<high>[3-9]|10)\b"
    r"|\b(scale|rate|rating|points|stars|skala|bewert\w*|punkten?|echelle|notez|escala|schaal|graddfa)\b"
)
# What identifies a row of a file, whatever its values.
ID_NAMES = frozenset(
    f"{whose}{what}"
    for whose in ("record", "response", "respondent", "participant", "submission", "user", "person", "patient",
                  "client", "case", "entry", "row", "session", "panelist", "worker")
    for what in ("id", "ids", "nr", "number", "token", "key", "uuid")
) | {"id", "uuid", "guid", "token", "serialnumber", "rowindex"}  # fmt: skip


def shape_of(value: str) -> str:
    """What a single value is that no list offers, in words; empty for other texts, and for plain numbers."""
    text = _without_accents(value)
    for what, pattern in PATTERNS.items():
        if pattern.fullmatch(text):
            return what
    if PHONE.fullmatch(text) and sum(map(str.isdecimal, text)) >= PHONE_DIGITS:
        dialled = text.startswith(("+", "0", "(")) or not (RANGE.fullmatch(text) or NUMBER.fullmatch(text))
        return "a telephone number" if dialled else ""
    return ""


def _without_accents(text: str) -> str:
    """A text as it is compared, and without accents."""
    return "".join(sign for sign in spelling(text) if not unicodedata.combining(sign))


def is_number(text: str) -> bool:
    """Whether a text is a number and nothing else, with a currency or a percent sign or without."""
    return NUMBER.fullmatch(spelling(text)) is not None


def is_level(text: str) -> bool:
    """Whether a text is a small whole number, as the levels of something and the codes of answers are."""
    number = whole_number(text)
    return number is not None and 0 <= number <= MOST_LEVEL


def names_an_amount(*texts: str) -> bool:
    """Whether a question asks how many there are of something, or for an age: its answers are no points of a scale.

    `texts` are what it is called, each looked at by itself.
    """
    plain = [_without_accents(text) for text in texts]
    headings = [text for text in plain if len(text.split()) <= SHORT_HEADING]
    return any(map(AMOUNT.search, plain)) or any(map(AMOUNT_HEADING.search, headings))


def names_points(text: str) -> bool:
    """Whether a question says that its numbers are the points of a scale."""
    return POINTS.search(_without_accents(text)) is not None


def ends_named(text: str) -> tuple[int, int] | None:
    """The first and the last point of a scale that a question names: `from 1 to 9`; None where it names none."""
    found = POINTS.search(_without_accents(text))
    return (int(found["low"]), int(found["high"])) if found and found["high"] else None


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
