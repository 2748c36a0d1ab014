"""Remarks on a third person whom colleagues would know without a name: one post, and something private or a pronoun.

"One advocate for the whole county, and she is off" names nobody and tells of somebody's health. What gives such a
remark away is that it speaks of one person by what only one may be (`one`, `the`, `our`, `my` with a post or relation
in the singular, or a post without an article at the start of a sentence), and goes on in that sentence or the next with
*he* or *she*, or with words of health, family, dismissal or offence. Without a post, a pronoun and such words in one
sentence are enough. The rule finds more than it should: a person reads what it lists, and what it misses could harm
somebody.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

KINDS = {
    "health": "health or death",
    "family": "family or circumstances",
    "dismissal": "dismissal or failure at work",
    "offence": "an offence or harm done",
}
ONE_PERSON = "a post or relation, and who that is"
SENTENCE = re.compile(r"[^.!?…\n]+(?:[.!?…]+|\n|$)")
# `every`, `each`, `any` and `no` speak of nobody in particular, nor do `a` and `an` unless something private follows.
ONE = r"(?:one|the|our|my|their|your|this|that|his|her|another|an?\s+(?:single|sole|lone|certain|particular))"
SOME = r"(?P<some>an?)"
# What stands between an article and its noun.
BETWEEN = (
    r"(?!(?:of|for|to|in|on|at|by|with|from|and|or|but|is|was|are|were|be|has|have|had|who|which|that|as|if|so|not|"
    r"i|we|they|you|he|she|it)\b)[\w'-]+"
)
ALONE = r"(?:^|(?<=[.!?;:\n]\s)|(?<=[.!?;:\n]))"
# Both or neither: "he or she" is anybody.
EITHER = re.compile(
    r"\b(?:he|him|his|himself)\s*(?:/|or|and)\s*(?:she|hers?|herself)\b|\bs/he\b|"
    r"\b(?:she|hers?|herself)\s*(?:/|or|and)\s*(?:he|him|his|himself)\b"
)
PRONOUN = re.compile(r"\b(?:he|she|him|her|hers|his|himself|herself|he's|she's|he'd|she'd|he'll|she'll)\b")


def third_persons(text: str) -> Iterator[tuple[str, int, int]]:
    """Remarks that may tell something of one person: what they tell, start and end.

    `text` has its apostrophes and spaces in plain forms (`identifying.folded`).
    """
    plain = "".join(small if len(small := character.lower()) == 1 else character for character in text)
    plain = EITHER.sub(lambda match: "x" * len(match.group()), plain)
    spans = [match.span() for match in SENTENCE.finditer(plain) if match.group().strip()]
    covered = 0
    for place, (start, end) in enumerate(spans):
        if start < covered:
            continue
        last = spans[place + 1][1] if place + 1 < len(spans) else end
        for told in (_of_a_post(plain, start, end, last), _of_a_pronoun(plain, start, end)):
            if told is not None:
                yield told
                covered = max(covered, told[2])
                break


def _of_a_post(text: str, start: int, end: int, last: int) -> tuple[str, int, int] | None:
    """A remark on whoever a post in this sentence stands for."""
    for post in _one_post().finditer(text, start, end):
        told = [match for match in (PRONOUN.search(text, post.end(), last),) if match]
        private = _private(text, start, last)
        indefinite = post["some"] is not None
        if private and (told or not indefinite):
            kind, found = private
            first, final = _around(post.span(), found, *(match.span() for match in told))
            return KINDS[kind], first, final
        if told and not indefinite:
            return ONE_PERSON, *_around(post.span(), told[0].span())
    return None


def _of_a_pronoun(text: str, start: int, end: int) -> tuple[str, int, int] | None:
    """A remark on somebody who is only *he* or *she* in this sentence."""
    told, private = PRONOUN.search(text, start, end), _private(text, start, end)
    if told is None or private is None:
        return None
    kind, found = private
    return KINDS[kind], *_around(told.span(), found)


def _private(text: str, start: int, end: int) -> tuple[str, tuple[int, int]] | None:
    """The first words in a stretch that tell something private: their kind and place."""
    match = _private_words().search(text, start, end)
    if match is None:
        return None
    return next(kind for kind in KINDS if match.group(kind)), match.span()


def _around(*spans: tuple[int, int]) -> tuple[int, int]:
    return min(start for start, _ in spans), max(end for _, end in spans)


@cache
def _one_post() -> re.Pattern[str]:
    lines = _words("posts.txt")
    posts = "|".join(re.escape(line) for line in sorted(lines, key=len, reverse=True) if not line.startswith("#"))
    several = rf"(?:{posts}|children|people|wom[ae]n|men)s?\b"
    head = rf"(?:{posts})(?![\w-])"
    forms = (
        rf"\bone\s+of\s+(?:the|our|my|their|these|those)\s+(?:{BETWEEN}\s+){{0,3}}?{several}",
        rf"\b(?:{ONE}|{SOME})\s+(?:{BETWEEN}\s+){{0,4}}?{head}",
        rf"{ALONE}(?:{BETWEEN}\s+)?{head}(?=\s+(?:is|was|has|had|off|of|at|in|who)\b)",
    )
    return re.compile("|".join(forms), re.MULTILINE)


@cache
def _private_words() -> re.Pattern[str]:
    rows = list(csv.DictReader(_words("private-matters.csv")))
    parts = []
    for kind in KINDS:
        mine = [row["words"] for row in rows if row["kind"] == kind]
        forms = (re.escape(words).replace(r"\*", r"\w*").replace(r"\ ", r"\s+") for words in mine)
        parts.append(rf"(?P<{kind}>{'|'.join(sorted(forms, key=len, reverse=True))})")
    return re.compile(rf"(?<![\w-])(?:{'|'.join(parts)})(?![\w-])")


def _words(name: str) -> list[str]:
    path = files("survey_report.qualitative") / "words" / name
    return [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
