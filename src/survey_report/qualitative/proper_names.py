"""Names of people, institutions and areas in a text, by lists, by form and by what stands beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from survey_report.qualitative.word_lists import WORD, Words, any_of

SHORT_TITLES = frozenset(("mr", "mrs", "ms", "mx", "dr", "cllr", "prof"))
CONNECTING = frozenset(("of", "the", "for", "and", "in", "st"))
HEADS = re.compile(r"university|college|hospital|infirmary|school|academy|church|diocese|bank|isle")
IN_FORM = re.compile(r"(?:Mac|Mc|Mhic|Nic)[A-Z]\w+|[OD]'[A-Z]\w+|Fitz[A-Z]\w+")
SHORT = 4  # letters of a plural that could be many a word
MONTH_NAMES = frozenset(("april", "may", "june", "august"))
BEFORE_MONTHS = re.compile(r"in|of|since|from|until|till|by|last|this|next|during|to|early|late|mid|between|and")
ACTS = re.compile(r"said|says|told|asked|thinks|thought|was|is|has|had|and|who|never|always|went|came|did|left|helped")
SENTENCE_START = re.compile(r"(?:^|[.!?…]+[\"')\]]*\s+|\n\s*)[\s\"'(\[*•–—-]*$")


@dataclass(frozen=True)
class Token:
    """A word of a text; `base` is the word in lower case without a possessive ending, `end` the place after it.

    `starts_sentence` is told of words with a capital letter only.
    """

    word: str
    base: str
    start: int
    end: int
    starts_sentence: bool

    @property
    def capital(self) -> bool:
        """Whether it begins with a capital letter."""
        return self.word[0].isupper()

    @property
    def title_case(self) -> bool:
        """Whether it has a capital first and small letters after it."""
        return self.capital and not self.word.isupper()


def tokens(text: str) -> list[Token]:
    """The words of a text, in order."""
    found = []
    for match in WORD.finditer(text):
        word, start = re.sub(r"'s?$|'S$", "", match.group()), match.start()
        begins = word[0].isupper() and SENTENCE_START.search(text, max(0, start - 12), start) is not None
        found.append(Token(word, word.casefold(), start, start + len(word), begins))
    return found


def areas(text: str, words: Words) -> Iterator[tuple[str, str, int, int]]:
    """Areas with few respondents, as kind, replacement, start and end."""
    both = any_of((*words.hidden_areas, *words.shown_areas))
    hidden = any_of(words.hidden_areas)
    for match in both.finditer(text):
        if hidden.fullmatch(match.group()):
            yield "area", words.area_word, *match.span()


def allowed_spans(text: str, words: Words) -> list[tuple[int, int]]:
    """Where areas with enough respondents, and phrases that the study allows, stand."""
    hidden = any_of(words.hidden_areas)
    found = [
        m.span()
        for m in any_of((*words.hidden_areas, *words.shown_areas)).finditer(text)
        if not hidden.fullmatch(m.group())
    ]
    return found + [match.span() for match in any_of(words.phrases).finditer(text)]


def institutions(text: str, told: Sequence[Token], words: Words) -> Iterator[tuple[str, str, int, int]]:
    """Proper names that end in a word such as School, or begin so and go on with `of`, and names after saints."""
    longest = max(map(len, words.institutions), default=0)
    first_words = {ending[0] for ending in words.institutions}
    for i, token in enumerate(told):
        for length in range(longest if token.base in first_words else 0, 0, -1):
            ending = tuple(t.base for t in told[i : i + length])
            kind = words.institutions.get(ending)
            if kind and len(ending) == length and _adjacent(text, told[i : i + length]):
                first = _name_before(text, told, i, words, kind != "organisation")
                if first is not None:
                    yield kind, kind, told[first].start, told[i + length - 1].end
                break
        if HEADS.fullmatch(token.base) and token.capital:
            last = _name_after(text, told, i, words)
            if last is not None:
                yield "organisation", words.institutions.get((token.base,), "organisation"), token.start, told[last].end
        if token.word in ("St", "Saint") and i + 1 < len(told) and told[i + 1].capital:
            yield "organisation", "organisation", token.start, _with_possessive(text, told[i + 1].end)


def people(text: str, told: Sequence[Token], words: Words) -> Iterator[tuple[str, str, int, int]]:
    """Names of people: titles with what follows, names from the lists, names of a known form, and names beside them."""
    for i, token in enumerate(told):
        if token.base in words.titles and (token.capital or token.base in SHORT_TITLES):
            last = _named_after(text, told, i, words, token.base in SHORT_TITLES)
            if last > i:
                yield "name", "name", token.start, told[last].end
        if _is_name(told, i, words):
            first, last = i, i
            while first > 0 and _beside(text, told, first - 1) and _may_be_part(told[first - 1], words):
                first -= 1
            while last + 1 < len(told) and _beside(text, told, last) and _may_be_part(told[last + 1], words):
                last += 1
            yield "name", "name", told[first].start, told[last].end


def _is_name(told: Sequence[Token], i: int, words: Words) -> bool:
    token = told[i]
    parts = [token.base, *token.base.split("-")]
    plain = [part.replace("'", "") for part in parts]  # as in o'neill
    some = [part[:-1] for part in plain if part.endswith("s") and len(part) > SHORT]  # the Khans
    if any(words.is_name(part) for part in (*parts, *plain, *some)) or IN_FORM.fullmatch(token.word):
        return True
    within = token.title_case and not token.starts_sentence
    return within and any(map(words.may_be_name, parts)) and not is_month(told, i)


def is_month(told: Sequence[Token], i: int) -> bool:
    """Whether the word at `i` is a month that is a name as well, going by the word before it."""
    return told[i].base in MONTH_NAMES and i > 0 and BEFORE_MONTHS.fullmatch(told[i - 1].base) is not None


def acts(told: Sequence[Token], i: int) -> bool:
    """Whether the word at `i` is followed by what people do, so that it may be somebody's name."""
    return i + 1 < len(told) and ACTS.fullmatch(told[i + 1].base) is not None


def _may_be_part(token: Token, words: Words) -> bool:
    """Whether a word beside a name belongs to it: a name itself, an initial, or a capital word that is not ordinary."""
    if not token.capital or token.base in ("i",):
        return False
    if token.base in words.first_names or token.base in words.surnames or len(token.word) == 1:
        return not (token.starts_sentence and token.base in words.plain)
    known = words.is_ordinary(token.base) or (token.starts_sentence and token.base in words.seen)
    return not known and token.base not in words.titles and not token.word.isupper()


def _named_after(text: str, told: Sequence[Token], i: int, words: Words, any_word: bool) -> int:
    """The last word of the name after a title at `i`; `i` itself if none follows."""
    last = i
    while last + 1 < len(told) and last - i < 3 and _beside(text, told, last, dot=last == i):
        token = told[last + 1]
        named = token.capital and not (words.is_ordinary(token.base) and token.base not in words.surnames)
        if not named and not (any_word and last == i and token.base not in words.plain):
            break
        last += 1
    return last


def _name_before(text: str, told: Sequence[Token], i: int, words: Words, small: bool) -> int | None:
    """The first word of the proper name that ends before `i`, or None if there is none.

    With `small`, a word in small letters right before `i` that no list and no other source has counts as one.
    """
    first = i
    while first > 0 and i - first < 6 and _beside(text, told, first - 1):
        token = told[first - 1]
        rare = small and first == i and bool(words.seen) and not words.is_known(token.base)
        if not (token.capital or (token.base in CONNECTING and first < i) or rare):
            break
        first -= 1
    while first < i and not _is_proper(told[first], words):
        first += 1
    return first if first < i else None


def _name_after(text: str, told: Sequence[Token], i: int, words: Words) -> int | None:
    """The last word of the proper name that follows `of` or `for` after `i`, or None."""
    if i + 2 >= len(told) or told[i + 1].base not in ("of", "for") or not _adjacent(text, told[i : i + 3]):
        return None
    last = i + 1
    while last + 1 < len(told) and _beside(text, told, last) and told[last + 1].capital:
        last += 1
    return last if any(_is_proper(token, words) for token in told[i + 2 : last + 1]) else None


def _is_proper(token: Token, words: Words) -> bool:
    """Whether a word may be part of a proper name: a capital word that is not ordinary, or one that no list knows."""
    if (token.base,) in words.institutions or token.base in words.titles:
        return False
    if not token.capital:
        return bool(words.seen) and not words.is_known(token.base)
    return not (words.is_ordinary(token.base) or (token.starts_sentence and token.base in words.seen))


def _beside(text: str, told: Sequence[Token], i: int, dot: bool = False) -> bool:
    """Whether only white space, a possessive, or the full stop of an initial or title stands before the next word."""
    between = text[told[i].end : told[i + 1].start]
    stop = r"\.?" if dot or len(told[i].word) == 1 else ""
    return re.fullmatch(rf"(?:'s?)?{stop}[^\S\n]*(?:&[^\S\n]*)?", between) is not None


def _adjacent(text: str, told: Sequence[Token]) -> bool:
    return all(_beside(text, told, i) for i in range(len(told) - 1))


def _with_possessive(text: str, end: int) -> int:
    return end + 2 if text[end : end + 2] == "'s" else end
