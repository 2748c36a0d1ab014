"""Finding what could identify a person or place in a text that is to be quoted: what to replace, and what stays open.

What is found is replaced. What cannot be decided is left open, and a text with anything open is not to be printed: a
word with a capital letter within a sentence that no list knows, an unknown word at the start of a sentence or run
together with digits, an invisible character, another script, a remark on one person whom others would know. Lists and
forms miss things (a name in small letters that no list has, a story that only one person can tell), so a person checks
every quotation before it is published; `safe_quotations` lists what to check.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from survey_report.qualitative.fixed_forms import fixed_forms
from survey_report.qualitative.proper_names import (
    Token,
    acts,
    allowed_spans,
    areas,
    institutions,
    is_month,
    people,
    tokens,
)
from survey_report.qualitative.third_persons import third_persons
from survey_report.qualitative.word_lists import SAME, Words

WITHIN, AT_START = "capital letter within a sentence", "unknown word at the start of a sentence"
INVISIBLE, SCRIPT = "invisible character", "another script"
REMARK = "remark on one person"
DIGITS, NO_CAPITALS = "unknown word with digits", "no capital letters to go by"


@dataclass(frozen=True)
class Finding:
    """A stretch of a text; `replacement` stands in square brackets in its place, and is empty where it is left open."""

    kind: str
    start: int
    end: int
    replacement: str = ""


@dataclass(frozen=True)
class Search:
    """What was found in a text: what to replace, and what is left open."""

    replaced: tuple[Finding, ...]
    left_open: tuple[Finding, ...]

    def apply(self, text: str) -> str:
        """The text with the replacements."""
        for finding in reversed(self.replaced):
            text = f"{text[: finding.start]}[{finding.replacement}]{text[finding.end :]}"
        return text


def search(text: str, words: Words, writes_capitals: bool = True) -> Search:
    """What could identify somebody in a text.

    `writes_capitals` tells whether the source the text comes from has capital letters at all; where it has none,
    nothing can be told from them, and the text is left open.
    """
    told = folded(text)
    spans = tokens(told)
    allowed = allowed_spans(told, words)
    found = [
        *fixed_forms(told),
        *areas(told, words),
        *(found for found in institutions(told, spans, words) if not _within(found[2], found[3], allowed)),
        *people(told, [token for token in spans if not _overlaps(token.start, token.end, allowed)], words),
    ]
    replaced = _merged(Finding(kind, start, end, words_for) for kind, words_for, start, end in found)
    covered = [*allowed, *((finding.start, finding.end) for finding in replaced)]
    left = [*_odd_characters(text), *_unknown(told, spans, covered, words)]
    remarks = (Finding(f"{REMARK}: {what}", start, end) for what, start, end in third_persons(told))
    left += [remark for remark in remarks if not _within(remark.start, remark.end, allowed)]
    if not writes_capitals:
        left.append(Finding(NO_CAPITALS, 0, len(text)))
    return Search(tuple(replaced), tuple(sorted(left, key=lambda finding: (finding.start, finding.end, finding.kind))))


def folded(text: str) -> str:
    """The text with apostrophes, hyphens, spaces, wide letters and digits in plain forms, one for one."""
    if text.isascii():
        return text.translate(SAME)
    plain = (unicodedata.normalize("NFKC", c) if c > "\xff" else c for c in text.translate(SAME))
    return "".join(new if len(new) == 1 else old for new, old in zip(plain, text, strict=True)).translate(SAME)


def writes_capitals(text: str) -> bool:
    """Whether a text has capital letters other than `I` standing alone."""
    return any(token.word != token.word.lower() and token.base != "i" for token in tokens(folded(text)))


def _merged(found: Iterable[Finding]) -> list[Finding]:
    """Findings in the order of the text; those that overlap become one, of the longest one's kind."""
    merged: list[tuple[Finding, Finding]] = []  # what gives the kind, and the whole
    for finding in sorted(found, key=lambda finding: finding.start):  # a stable sort keeps the order of the search
        if merged and finding.start < merged[-1][1].end:
            told, whole = merged[-1]
            told = finding if finding.end - finding.start > told.end - told.start else told
            end = max(whole.end, finding.end)
            merged[-1] = (told, Finding(told.kind, whole.start, end, told.replacement))
        else:
            merged.append((finding, finding))
    return [whole for _, whole in merged]


def _unknown(text: str, spans: Sequence[Token], covered: Sequence[tuple[int, int]], words: Words) -> Iterable[Finding]:
    for i, token in enumerate(spans):
        known = words.is_known(token.base) or words.is_ordinary(token.base)
        if text[token.end : token.end + 1].isdigit() and len(token.word) > 2 and not known:
            yield Finding(DIGITS, token.start, token.end)
        if token.word == token.word.lower() or _overlaps(token.start, token.end, covered):
            continue
        parts = token.base.split("-")
        if all(words.is_ordinary(part) or (part,) in words.institutions for part in parts) or is_month(spans, i):
            continue
        if not token.starts_sentence or not token.title_case:
            if not words.is_ordinary(token.base):
                yield Finding(WITHIN, token.start, token.end)
        elif not all(words.may_start(part) for part in parts) or (words.may_be_name(token.base) and acts(spans, i)):
            yield Finding(AT_START, token.start, token.end)


def _odd_characters(text: str) -> Iterable[Finding]:
    for place, character in enumerate(text):
        if character < "\x7f":
            continue
        category = unicodedata.category(character)
        if category in ("Cf", "Co", "Cn", "Cc"):
            yield Finding(INVISIBLE, place, place + 1)
        elif category[0] == "L" and not unicodedata.name(character, "").startswith(
            ("LATIN", "FULLWIDTH LATIN", "MODIFIER")
        ):
            yield Finding(SCRIPT, place, place + 1)


def _overlaps(start: int, end: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(start < other_end and other_start < end for other_start, other_end in spans)


def _within(start: int, end: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(other_start <= start and end <= other_end for other_start, other_end in spans)
