"""The usual answers of rated questions, from the best end to the worst, and which of them a column uses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from survey_report.spelling import spelling
from survey_report.study import ANY, SIDES, Option, ResponseSet, Side

# A rated question has at least so many levels.
FEWEST = 3
# Numbers without words count as a scale of so many points at most.
MOST_POINTS = 11
# The last point of a scale of numbers.
LAST_POINTS = (3, 4, 5, 6, 7, 10)


@dataclass(frozen=True)
class Level:
    """One level of a set: score, side, spellings as they are compared, the usual text, whether it always belongs."""

    score: int
    side: Side
    spellings: frozenset[str]
    text: str
    usual: bool


@dataclass(frozen=True)
class AnswerSet:
    """A known set of answers, the best first."""

    id: str
    levels: tuple[Level, ...]
    words: Mapping[str, str]
    measures: Mapping[str, str]

    def level(self, answer: str) -> Level | None:
        """The level an answer (as it is compared) stands for."""
        return next((level for level in self.levels if answer in level.spellings), None)


@cache
def known_sets() -> tuple[AnswerSet, ...]:
    """The sets of assets/answer_sets.yml."""
    return tuple(
        AnswerSet(
            name,
            tuple(
                Level(one["score"], one["side"], frozenset(map(spelling, one["answers"])), one["answers"][0],
                      bool(one.get("usual")))
                for one in part["levels"]
            ),
            part["words"],
            part["measures"],
        )
        for name, part in _asset()["sets"].items()
    )  # fmt: skip


@cache
def missing_spellings() -> frozenset[str]:
    """Answers that are none, as they are compared."""
    return frozenset(spelling(text) for group in _asset()["missing"] for text in group)


@cache
def _spellings(key: str) -> frozenset[str]:
    return frozenset(map(spelling, _asset()[key]))


def is_yes_or_no(answer: str) -> bool:
    """Whether an answer is one of those two."""
    return spelling(answer) in _spellings("yes_no")


def is_fixed(answer: str) -> bool:
    """Whether an answer belongs to a list that every survey may have: yes and no, and answers that are none."""
    return is_yes_or_no(answer) or spelling(answer) in missing_spellings()


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
def _asset() -> dict[str, Any]:
    text = files("survey_report").joinpath("assets/answer_sets.yml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


def set_of(answers: Iterable[str]) -> str:
    """The id of the known set that all these answers (missing ones apart) belong to, or `points` for whole numbers;
    empty for neither. Of several sets the one with the closest fit counts."""
    given = {spelling(answer) for answer in answers} - missing_spellings()
    fits = [one for one in known_sets() if given and all(one.level(answer) for answer in given)]
    fits = [one for one in fits if len({one.level(answer) for answer in given}) == len(given)]
    if fits and len(given) >= 2:
        return max(fits, key=lambda one: sum(level.usual for answer in given if (level := one.level(answer)))).id
    numbers = {number for answer in given if (number := whole_number(answer)) is not None}
    if len(numbers) == len(given) >= FEWEST and max(numbers) - min(numbers) < MOST_POINTS and min(numbers) in (0, 1):
        return "points"
    return ""


def mostly_set_of(people: Mapping[str, int]) -> str:
    """The id of the set that the answers of most people belong to, though not all; empty for none.

    `people` are how many gave each answer.
    """
    kinds = [*(one.id for one in known_sets()), "points"]
    members = {kind: [answer for answer in people if belongs([answer], kind)] for kind in kinds}
    fits = [kind for kind in kinds if _most(people, members[kind]) and set_of(members[kind]) == kind]
    return max(fits, key=lambda kind: sum(people[answer] for answer in members[kind]), default="")


def mostly_belongs(people: Mapping[str, int], kind: str) -> bool:
    """Whether the answers of most people are levels of a set, or missing ones."""
    return _most(people, [answer for answer in people if belongs([answer], kind)])


def _most(people: Mapping[str, int], members: Iterable[str]) -> bool:
    """Whether nine in ten gave one of the members, those who gave no answer apart."""
    none = missing_spellings()
    told = {answer: n for answer, n in people.items() if spelling(answer) not in none}
    return bool(told) and 10 * sum(told.get(answer, 0) for answer in members) >= 9 * sum(told.values())


def belongs(answers: Iterable[str], kind: str) -> bool:
    """Whether all these answers are levels of a known set, or missing ones."""
    given = {spelling(answer) for answer in answers} - missing_spellings()
    if kind == "points":
        return all((number := whole_number(answer)) is not None and 0 <= number < MOST_POINTS for answer in given)
    known = next(one for one in known_sets() if one.id == kind)
    return all(known.level(answer) for answer in given)


def response_set(name: str, kind: str, answers: Sequence[str], *, any_other: bool = False) -> ResponseSet:
    """A response set for a study: the levels of a known set that are usual or given; missing answers last.

    With `any_other`, what is not on the list counts as missing.
    A level is spelled as usual where it is given so but for case and the like, else as the first of `answers` has it.
    """
    texts = {spelling(answer): answer for answer in reversed(answers)}
    missing = tuple(Option(_slug(text), text) for spelt, text in sorted(texts.items()) if spelt in missing_spellings())
    if any_other:
        missing += (Option("any-other-answer", ANY),)
    if kind == "points":
        given_as = {n: text for spelt, text in texts.items() if (n := whole_number(spelt)) is not None}
        return _points(name, given_as, missing)
    known = next(one for one in known_sets() if one.id == kind)
    given = {
        level: level.text if spelling(level.text) == spelt else text
        for spelt, text in texts.items()
        if (level := known.level(spelt))
    }
    levels = [level for level in known.levels if level in given or level.usual]
    options = tuple(
        Option(_slug(given.get(level, level.text)), given.get(level, level.text), len(levels) - place, level.side)
        for place, level in enumerate(levels)
    )
    return ResponseSet(name, options, missing, known.words, known.measures)


def whole_number(text: str) -> int | None:
    """The whole number that a text is, also as `5.0`; None for anything else."""
    found = re.fullmatch(r"(-?\d{1,9})(\.0+)?", text.strip(), re.ASCII)
    return int(found[1]) if found else None


def _points(name: str, numbers: Mapping[int, str], missing: tuple[Option, ...]) -> ResponseSet:
    low = min(numbers)
    high = next(top for top in (*LAST_POINTS, MOST_POINTS) if top >= max(numbers))
    middle = (low + high) / 2
    sides: dict[int, Side] = {
        point: "neutral" if point == middle else "positive" if point > middle else "negative"
        for point in range(low, high + 1)
    }
    options = tuple(Option(f"points-{p}", numbers.get(p, str(p)), p, sides[p]) for p in range(high, low - 1, -1))
    words = {"positive": "upper half", "neutral": "middle", "negative": "lower half"}
    return ResponseSet(name, options, missing, words, {side: f"pct_{words[side].split()[0]}" for side in SIDES})


def _slug(text: str) -> str:
    kept = "".join(c if c.isascii() and c.isalnum() else " " for c in spelling(text).replace("'", ""))
    return "-".join(kept.split()) or "answer"
