"""Numbers that stand in the texts of answers: `1 = Strongly disagree`, `Strongly agree (5)`, `5 - Very good`, `1.0`."""

from __future__ import annotations

import re

NUMBER = r"(?P<number>-?\d{1,3})(?:\.0+)?"
WORDS = r"(?P<words>[^\d\s.,;:=()\[\]-].*)"
DASH = "[-–—−]"
FORMS = [
    re.compile(form, re.ASCII)
    for form in (
        rf"{NUMBER}\s*(?:=|:|\)|\.|\s{DASH}|{DASH}\s)\s*{WORDS}",
        rf"{NUMBER}\s*[(\[]\s*(?P<words>[^\d()\[\]][^()\[\]]*)[)\]]",
        rf"(?P<words>\D*[^\d\s([])\s*[(\[]\s*{NUMBER}\s*[)\]]",
        rf"(?P<words>\D*[^\d\s=])\s*=\s*{NUMBER}",
    )
]
# What looks like a number of things, too: it counts only where the words are those of a known answer.
BEFORE_WORDS = re.compile(rf"{NUMBER}\s+{WORDS}", re.ASCII)


def whole_number(text: str) -> int | None:
    """The whole number that a text is, also as `5.0`; None for anything else."""
    found = re.fullmatch(r"(-?\d{1,9})(\.0+)?", text.strip(), re.ASCII)
    return int(found[1]) if found else None


def number_and_words(text: str) -> tuple[int, str] | None:
    """The number of an answer and its words, which are empty for a bare number; None for an answer without number."""
    bare = whole_number(text)
    if bare is not None:
        return bare, ""
    for form in (*FORMS, BEFORE_WORDS):
        if found := form.fullmatch(text.strip()):
            return int(found["number"]), found["words"].strip()
    return None


def is_loose(text: str) -> bool:
    """Whether the number of an answer may be a number of things, as in `3 children`."""
    return not any(form.fullmatch(text.strip()) for form in FORMS) and bool(BEFORE_WORDS.fullmatch(text.strip()))
