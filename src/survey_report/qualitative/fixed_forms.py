"""Identifying text that has a form of its own: e-mail and web addresses, telephone and other numbers, postcodes, dates.

Forms are those of the United Kingdom. Where a text could be two things, it is taken for the first in the list; where it
could be nothing at all, it is taken for something: a quotation loses little by it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
STREET = r"(?:street|road|avenue|crescent|terrace|wynd|gardens)"
STREET_NAME = (
    r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Drive|Dr|Crescent|Cres|Place|Pl|Terrace|Court|Ct|Gardens|Gdns|Way|Close|Square|Wynd"
    r"|Brae|Row|Grove|Park|View|Loan|Vennel|Quay)"
)
YEARS = r"(?:19|20)\d\d[-/](?:20)?\d\d"  # 2022/23, 2022-2023
SCOTTISH_OUTWARD = r"(?:AB|DD|DG|EH|FK|G|HS|IV|KA|KW|KY|ML|PA|PH|TD|ZE)"
TEN_DIGITS = re.compile(r"(?<!\d)(\d\d)[\s/.-]?(\d\d)[\s/.-]?(\d\d)[\s/.-]?\d{3}[\s-]?\d(?!\d)")

DOMAIN = r"(?:com|org|net|uk|scot|edu|info|io|eu|app|gov)\b"
AFTER_NUMBER = r"(?![\w%])"
NOT_MONEY = r"(?<![\w£$€.,])"


@dataclass(frozen=True)
class Form:
    """A kind of identifying text, what stands in its place, and how it is written."""

    kind: str
    replacement: str
    pattern: re.Pattern[str]


def _form(kind: str, pattern: str, replacement: str = "") -> Form:
    """A form; `(?i)` at the start of its pattern makes it blind to case."""
    return Form(kind, replacement or kind, re.compile(pattern))


FORMS = (
    _form("e-mail", r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+", "e-mail address"),
    _form("e-mail", rf"(?i)[\w.+'-]+\s?@\s?(?:[\w-]+\.)+{DOMAIN}", "e-mail address"),
    _form(
        "e-mail", r"(?i)[\w.+-]+\s*[\[(]?\bat\b[\])]?\s*[\w-]+(?:\s*[\[(]?\bdot\b[\])]?\s*\w+){1,3}", "e-mail address"
    ),
    _form("web", r"(?i)(?:\b(?:https?|ftp)://|\bwww\.)[^\s<>\"]*[\w/]", "web address"),
    _form("web", rf"(?i)(?<![\w@.-])(?:[a-z0-9-]+\.)+{DOMAIN}(?:/[^\s<>\"]*[\w/])?", "web address"),
    _form("web", r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?!\.?\d)", "web address"),
    _form("social media", r"(?<![\w@])@\w(?:[\w.-]*\w)?", "social media name"),
    _form("social media", r"(?<![\w@])(?=\w*[A-Za-z])\w+_\w+", "social media name"),
    _form("National Insurance number", r"(?i)(?<!\w)[a-z]{2}[\s-]?\d\d([\s-]?)\d\d\1\d\d[\s-]?[a-d](?!\w)"),
    _form("National Insurance number", r"(?<!\w)[A-Z]{2}([\s-])\d\d\1\d\d\1\d\d(?!\w)"),
    _form("health number", r"(?<!\d)\d{3}[\s-]\d{3}[\s-]\d{4}(?!\d)"),
    _form("telephone", r"(?<!\w)(?:\+|00)\s?44[\s.-]?(?:\(0\)|0)?(?:[\s./()-]*\d){9,10}(?!\d)", "telephone number"),
    _form("telephone", r"(?<!\w)(?:\((?=0[\d\s]*\)[\s-]*\d))?0(?:[\s./()-]*\d){9,10}(?!\d)", "telephone number"),
    _form("telephone", r"(?<!\w)\+(?:[\s.()-]*\d){8,15}(?!\d)", "telephone number"),
    _form("telephone", r"(?<![\d£$€.,])\d{3}[\s-]\d{4}(?!\d)", "telephone number"),
    _form("postcode", r"(?i)(?<!\w)[a-z]{1,2}\d[a-z\d]?\s*\d[abd-hjlnp-uw-z]{2}(?!\w)"),
    _form("postcode", rf"(?<!\w){SCOTTISH_OUTWARD}\d{{1,2}}(?!\w)"),
    _form("date", r"(?<!\d)\d{1,4}(?:[/.-]\d{1,4}){2,}(?!\d)"),
    _form("date", rf"(?i)(?<!\w)\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{MONTH}\b(?:,?\s+\d{{4}})?"),
    _form("date", rf"(?i)\b{MONTH}\s+(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}})?(?!\d)"),
    _form("address", rf"(?<!\w)\d{{1,4}}[A-Za-z]?,?\s+(?:[A-Z][\w'-]+\s+){{1,3}}{STREET_NAME}\b"),
    _form("address", rf"(?i)(?<!\w)\d{{1,4}}[a-z]?,?\s+[a-z'-]+\s+{STREET}\b"),
    _form("address", rf"(?<!\w)(?:[A-Z][\w'-]+\s+){{1,2}}{STREET_NAME}\b(?=\s*,)"),
    _form("registration number", r"(?<!\w)[A-Z]{2}\d\d\s?[A-Z]{3}(?!\w)"),
    _form("number", rf"(?i){NOT_MONEY}(?!{YEARS}(?!\d))[a-z]{{0,4}}[-/]?\d{{4,}}(?:[-/]\d+)+(?!\w)"),
    _form("number", rf"(?i){NOT_MONEY}[a-z]{{1,4}}[-/]?\d{{4,}}\w*"),
    _form("number", rf"{NOT_MONEY}\d{{5,}}{AFTER_NUMBER}"),
)


# For texts without a digit: a pattern that names digits does not match them.
WORDS_ONLY = tuple(form for form in FORMS if r"\d" not in form.pattern.pattern)


def fixed_forms(text: str) -> Iterator[tuple[str, str, int, int]]:
    """Kind, replacement, start and end of everything in the text that has an identifying form; they may overlap.

    A number of ten digits that begins with a day, month and year is a Community Health Index (CHI) number before it is
    a telephone number.
    """
    for match in TEN_DIGITS.finditer(text):
        if _is_date(*match.groups()):
            yield "CHI number", "health number", *match.span()
    digits = re.search(r"\d", text) is not None
    for form in FORMS if digits else WORDS_ONLY:
        for match in form.pattern.finditer(text):
            yield form.kind, form.replacement, *match.span()


def _is_date(day: str, month: str, year: str) -> bool:
    for century in (1900, 2000):
        try:
            date(century + int(year), int(month), int(day))
        except ValueError:
            continue
        return True
    return False
