"""How the answers of a rated question are read: by the codes of their labels, by numbers in them, or as a known set.

That is the order in which they count. What none of these orders is no rated question.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from survey_report.drafting.answer_sets import is_none, marks, missing_spellings
from survey_report.drafting.known_sets import FEWEST, families, fit_of, is_known, knows, sides_of
from survey_report.drafting.numbered import is_loose, number_and_words, whole_number
from survey_report.drafting.shapes import NO_ANSWER
from survey_report.spelling import spelling

# Answers that are numbers, with words at most for some of them.
POINTS = "points"
# Numbers without words count as a scale of so many points at most.
MOST_POINTS = 11
# Codes that stand for no answer in many files where they lie outside the scale.
CODES = NO_ANSWER | {8, 9}


@dataclass(frozen=True)
class Rated:
    """How answers are read: `kind` is the family of known sets they are words of, or `points`.

    `codes` are their numbers by text, where they have some; `complete` says that these are all that were offered.
    """

    kind: str
    codes: Mapping[str, int] = field(default_factory=dict)
    complete: bool = False


def rated_of(answers: Iterable[str], labels: Mapping[str, str]) -> Rated | None:
    """How these answers are read, None for those that are no levels of one thing.

    `labels` are value labels by the value that they stand for. Answers that are none do not count.
    """
    told = list({spelling(answer): answer for answer in answers if not is_none(answer)}.values())
    if real_labels(labels):
        return _labelled(told, real_labels(labels))
    if found := _numbered(told):
        return found
    if fit := fit_of(answer for answer in told if whole_number(answer) not in CODES):
        return Rated(fit.known.family)
    points = numbers_of(told)
    inside = {n for n in points.values() if 0 <= n < MOST_POINTS}
    outside = set(points.values()) - inside
    if len(points) == len(told) and len(inside) >= FEWEST and min(inside) in (0, 1) and outside <= NO_ANSWER:
        return Rated(POINTS, points)
    return None


def mostly_rated(people: Mapping[str, int]) -> Rated | None:
    """How the answers of most people are read, though not of all; None where there is no such way.

    `people` are how many gave each answer.
    """
    found: list[tuple[int, Rated]] = []
    for kind in (*families(), POINTS):
        members = [answer for answer in people if not is_none(answer) and belongs(answer, kind)]
        rated = rated_of(members, {}) if members and _most(people, members) else None
        if rated and rated.kind == kind:
            found.append((sum(people[answer] for answer in members), rated))
    return max(found, key=lambda one: one[0])[1] if found else None


def mostly_belongs(people: Mapping[str, int], kind: str) -> bool:
    """Whether the answers of most people are levels of one kind, those that are none apart."""
    return _most(people, [answer for answer in people if belongs(answer, kind)])


def belongs(answer: str, kind: str) -> bool:
    """Whether an answer is a level of a kind, or none."""
    if is_none(answer):
        return True
    found = number_and_words(answer)
    if kind == POINTS:
        return found is not None and (0 <= found[0] < MOST_POINTS or found[0] in CODES)
    if found is not None and not found[1]:
        return found[0] in CODES
    return knows(kind, words_alone(answer)) or knows(kind, answer)


def real_labels(labels: Mapping[str, str]) -> dict[str, str]:
    """Those value labels that stand for an answer."""
    return {value: label for value, label in labels.items() if not is_none(label) and spelling(value) not in marks()}


def numbers_of(answers: Iterable[str]) -> dict[str, int]:
    """The numbers of those answers that are whole numbers, by text."""
    return {answer: n for answer in answers if (n := whole_number(answer)) is not None}


def words_alone(answer: str) -> str:
    """The words of an answer without its number."""
    found = number_and_words(answer)
    return found[1] if found else answer


def is_one_scale(codes: Mapping[str, int]) -> bool:
    """Whether answers in the order of their codes are a scale: a known set, or two ends with others between them.

    Answers of a known set whose codes are in another order are no scale.
    """
    ranked = sorted(codes, key=lambda answer: codes[answer])
    sides = sides_of(ranked)[1]
    first, last = (sides.get(spelling(answer)) for answer in (ranked[0], ranked[-1]))
    ends = {"positive", "negative"} == {first, last}
    fit = fit_of(ranked)
    if fit is None:
        return ends and 2 * len(sides) >= len(ranked)
    places = [fit.known.place(spelling(answer)) or 0 for answer in ranked]
    return places in (sorted(places), sorted(places, reverse=True))


def _labelled(told: Sequence[str], labels: Mapping[str, str]) -> Rated | None:
    """By the codes of value labels: all are worded, or both ends are and the points between are numbers."""
    codes = {label: n for value, label in labels.items() if (n := whole_number(value)) is not None}
    if len(codes) < len(labels) or len(codes) < 2:
        return None
    low, high = min(codes.values()), max(codes.values())
    bare = [answer for answer in told if answer not in codes]
    numbers = numbers_of(bare)
    inside = {answer: n for answer, n in numbers.items() if low < n < high}
    strange = len(numbers) < len(bare) or set(numbers.values()) - set(inside.values()) - CODES
    if strange or len(codes) + len(inside) < FEWEST or high - low >= MOST_POINTS:
        return None
    if inside:
        return Rated(POINTS, codes | inside, complete=True)
    return Rated(sides_of(codes)[0], codes, complete=True) if is_one_scale(codes) else None


def _numbered(told: Sequence[str]) -> Rated | None:
    """By numbers in the texts: all have words of one scale, or some are bare numbers and an end has words."""
    found = {answer: both for answer in told if (both := number_and_words(answer))}
    codes = {answer: n for answer, (n, _) in found.items()}
    words = {answer: words for answer, (_, words) in found.items() if words}
    beyond = CODES & {n for n in codes.values() if n > max((codes[answer] for answer in words), default=n)}
    codes = {answer: n for answer, n in codes.items() if n not in beyond}
    if any(is_loose(answer) and not is_known(spelling(word)) for answer, word in words.items()):
        return None
    if not words or len(found) < len(told) or len(set(codes.values())) < max(FEWEST, len(codes)):
        return None
    low, high = min(codes.values()), max(codes.values())
    if low not in (0, 1) or high >= MOST_POINTS:
        return None
    if len(words) == len(codes):
        scale = {words[answer]: n for answer, n in codes.items()}
        if len(scale) == len(codes) and is_one_scale(scale):
            return Rated(sides_of(scale)[0], codes)
        return None
    ended = {codes[answer] for answer in words} & {low, high}
    return Rated(POINTS, codes, complete=len(ended) == 2) if ended else None


def _most(people: Mapping[str, int], members: Iterable[str]) -> bool:
    """Whether nine in ten gave one of the members, those who gave no answer apart."""
    none = missing_spellings()
    told = {answer: n for answer, n in people.items() if spelling(answer) not in none}
    return bool(told) and 10 * sum(told.get(answer, 0) for answer in members) >= 9 * sum(told.values())
