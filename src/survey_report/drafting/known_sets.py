"""Sets of answers that were published: what a rated question may have offered. They stand in assets/answer_sets.yml."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from itertools import pairwise

from survey_report.drafting.answer_sets import asset
from survey_report.spelling import spelling
from survey_report.study import SIDES, Side

# A rated question has at least so many levels.
FEWEST = 3
BETWEEN, WORD = "|", "{}"
# The word that the answers of a set share is no longer than this.
LONGEST_WORD = 40


@dataclass(frozen=True)
class Level:
    """One answer of a set: its side, and its spellings, the usual one first."""

    side: Side
    texts: tuple[str, ...]

    @cached_property
    def spellings(self) -> frozenset[str]:
        """The spellings as they are compared."""
        return frozenset(map(spelling, self.texts))


@dataclass(frozen=True)
class KnownSet:
    """A set of answers as it was asked, the best first, with the words for its sides and the sources it is from."""

    family: str
    levels: tuple[Level, ...]
    words: Mapping[str, str] = field(hash=False)
    measures: Mapping[str, str] = field(hash=False)
    sources: tuple[str, ...]

    def place(self, answer: str) -> int | None:
        """Which level an answer (as it is compared) is, counted from the best; None for an answer of another set."""
        return next((n for n, level in enumerate(self.levels) if answer in level.spellings), None)

    def fits(self, given: Collection[str]) -> bool:
        """Whether all these answers are answers of the set, and no two of them the same one."""
        places = [self.place(answer) for answer in given]
        return None not in places and len(set(places)) == len(places)

    def unseen(self, given: Collection[str]) -> tuple[Level, ...]:
        """The levels that are none of these answers."""
        seen = {self.place(answer) for answer in given}
        return tuple(level for n, level in enumerate(self.levels) if n not in seen)


@dataclass(frozen=True)
class Fit:
    """The set that answers are of, with the other sets that they may be of as well.

    `loose` says that no published set holds them all: they are ordered as the sets of their family order them.
    """

    known: KnownSet
    rivals: tuple[KnownSet, ...] = ()
    loose: bool = False


@cache
def known_sets() -> tuple[KnownSet, ...]:
    """All sets of the asset, in its order."""
    families = asset()["families"]
    found = []
    for part in asset()["sets"]:
        family = families[part["family"]]
        levels = [
            Level(side, tuple(text.strip() for text in answer.split(BETWEEN)))
            for side in SIDES
            for answer in part.get(side, ())
        ]
        words = part.get("words", family["words"])
        found.append(KnownSet(part["family"], tuple(levels), words, family["measures"], tuple(part["from"])))
    return tuple(found)


def fit_of(answers: Iterable[str]) -> Fit | None:
    """The smallest known set that holds all these answers; None where none does, or where they say too little.

    Two answers say enough only if one is an end of a set of four or more: else these two may be all. Of sets of one
    size the first in the asset counts. Other sets are rivals where an answer of the set was not given, or where both
    ends of theirs were not.
    """
    given = {spelling(answer) for answer in answers}
    fits = sorted(_fitting(given), key=lambda one: len(one.levels))
    if len(given) < 2 or (not fits and len(given) < FEWEST):
        return None
    if not fits:
        return _loose_fit(given)
    if len(given) < FEWEST:
        fits = [one for one in fits if len(one.levels) > FEWEST]
    if not fits:
        return None
    best, *others = fits
    ends = {0, len(best.levels) - 1}
    if len(given) < FEWEST and not ends & {best.place(answer) for answer in given}:
        return None
    if not best.unseen(given):
        others = [one for one in others if {one.levels[0], one.levels[-1]} <= set(one.unseen(given))]
    return Fit(best, tuple(others))


def sides_of(answers: Iterable[str]) -> tuple[str, dict[str, Side]]:
    """The family that knows most of these answers, and the side of each that it knows, by spelling; empty for none.

    An answer that stands on several sides in different sets of the family has none here.
    """
    given = {spelling(answer) for answer in answers}
    best: tuple[str, dict[str, Side]] = ("", {})
    for family, known in _vocabulary(_words(given)).items():
        sides = {answer: next(iter(known[answer])) for answer in given if len(known.get(answer, ())) == 1}
        if len(sides) > len(best[1]):
            best = family, sides
    return best


def is_known(answer: str) -> bool:
    """Whether an answer is one of some set."""
    return bool(_fitting({spelling(answer)}))


def words_of(family: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Words and measures of the sides of a family."""
    part = asset()["families"][family]
    return part["words"], part["measures"]


def _fitting(given: Collection[str]) -> list[KnownSet]:
    """The sets that hold all these answers."""
    words = _words(given)
    return [one for known in known_sets() for one in _instances(known, words) if given and one.fits(given)]


def _words(given: Iterable[str]) -> tuple[str, ...]:
    """The words that may stand in place of `{}` in the answers of a set."""
    found = {
        match[1]: None
        for answer in sorted(given)
        for known in known_sets()
        for level in known.levels
        for text in level.texts
        if WORD in text and (match := _pattern(text).fullmatch(answer)) and len(match[1]) <= LONGEST_WORD
    }
    return tuple(found)


@cache
def _pattern(text: str) -> re.Pattern[str]:
    before, after = (re.escape(part) for part in spelling(text).split(WORD))
    return re.compile(f"{before}(.+){after}")


@cache
def _instances(known: KnownSet, words: tuple[str, ...]) -> tuple[KnownSet, ...]:
    """A set itself, or one for each word that its answers may share."""
    if not any(WORD in text for level in known.levels for text in level.texts):
        return (known,)
    return tuple(
        replace(
            known,
            levels=tuple(
                replace(level, texts=tuple(text.replace(WORD, word) for text in level.texts)) for level in known.levels
            ),
        )
        for word in words
    )


def _vocabulary(words: tuple[str, ...]) -> dict[str, dict[str, set[Side]]]:
    """By family and answer, the sides that the answer has in the sets of the family."""
    found: dict[str, dict[str, set[Side]]] = defaultdict(lambda: defaultdict(set))
    for known in known_sets():
        for one in _instances(known, words):
            for level in one.levels:
                for answer in level.spellings:
                    found[one.family][answer].add(level.side)
    return found


def _loose_fit(given: Collection[str]) -> Fit | None:
    """These answers alone as a set, where the sets of one family leave no doubt of their order."""
    for family in asset()["families"]:
        before = _order(family)
        ranked = sorted(given, key=lambda answer: (-len(before[answer] & set(given)), answer))
        in_order = all(after in before[answer] for answer, after in pairwise(ranked))
        if in_order and not any(answer in before[after] for answer in given for after in before[answer] & set(given)):
            words, measures = words_of(family)
            sides = sides_of(ranked)[1]
            levels = [Level(side, (answer,)) for answer, side in zip(ranked, _sides(ranked, sides), strict=True)]
            return Fit(KnownSet(family, tuple(levels), words, measures, ()), loose=True)
    return None


def _sides(ranked: Sequence[str], known: Mapping[str, Side]) -> list[Side]:
    """The sides of answers from the best to the worst: the known ones where all are, else by their place."""
    sides = [known[answer] for answer in ranked if answer in known]
    if len(sides) == len(ranked) and sides == sorted(sides, key=SIDES.index):
        return sides
    return [side_of(place, len(ranked)) for place in range(len(ranked) - 1, -1, -1)]


def side_of(place: int, number: int) -> Side:
    """The side of a place among a number of places, counted from the lowest, by where it lies."""
    middle = (number - 1) / 2
    return "neutral" if place == middle else "positive" if place > middle else "negative"


@cache
def _order(family: str) -> Mapping[str, set[str]]:
    """By answer, all those that come after it, since some set of the family says so or several together do."""
    after: dict[str, set[str]] = defaultdict(set)
    for known in known_sets():
        if known.family == family:
            for n, level in enumerate(known.levels):
                for answer in level.spellings:
                    after[answer].update(one for later in known.levels[n + 1 :] for one in later.spellings)
    grown = True
    while grown:
        grown = False
        for answer in list(after):
            more = set().union(*(after[one] for one in list(after[answer]))) - after[answer]
            if more:
                after[answer] |= more
                grown = True
    return after


def knows(family: str, answer: str) -> bool:
    """Whether an answer is one of a set of this family."""
    given = (spelling(answer),)
    return bool(given[0]) and given[0] in _vocabulary(_words(given)).get(family, {})


def families() -> tuple[str, ...]:
    """The names of all families."""
    return tuple(asset()["families"])
