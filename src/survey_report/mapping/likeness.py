"""How alike two wordings are, from 0 to 1, and what of a question's text tells it from its neighbours."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher

from survey_report.spelling import spelling

# Words that say little about what is asked.
COMMON = frozenset(
    """
    a an and are as at be by do does for from has have how in is it its of on or that the their them they this to was
    what when where whether which who will with you your please select following extent would rate
    """.split()  # noqa: SIM905
)
ENDINGS = ("ing", "ies", "s", "ed", "ly")
SEPARATOR = re.compile(r"\s+[-–—|]\s+|\s*:\s+")


def words(text: str) -> tuple[str, ...]:
    """The telling words of a text, without endings: `waiting times` and `wait time` have the same."""
    found = re.findall(r"[^\W_]+", spelling(text.replace("_", " ")))
    return tuple(stem(word) for word in found if word not in COMMON) or tuple(found)


def stem(word: str) -> str:
    """A word without its ending, where something of it remains."""
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word


def last_part(text: str) -> str:
    """What stands behind the last dash or colon: the item of a matrix question, whose stem comes first."""
    return SEPARATOR.split(text.strip())[-1]


class Weights:
    """How much each word counts: the rarer among the texts of a study, the more."""

    def __init__(self, texts: Iterable[str]) -> None:
        seen: Counter[str] = Counter()
        total = 0
        for text in texts:
            seen.update(set(words(text)))
            total += 1
        self._weights: Mapping[str, float] = {word: 1.0 / (1.0 + 6.0 * n / max(1, total)) for word, n in seen.items()}

    def __getitem__(self, word: str) -> float:
        return self._weights.get(word, 1.0)


def likeness(one: Sequence[str], other: Sequence[str], weights: Weights) -> float:
    """How much two lists of words share: the larger of the weighted Jaccard index and most of the share of the shorter
    list that the longer one holds."""
    a, b = set(one), set(other)
    if not a or not b:
        return 0.0
    shared = sum(weights[word] for word in sorted(a & b))
    either = sum(weights[word] for word in sorted(a | b))
    shorter = min(sum(weights[word] for word in sorted(words)) for words in (a, b))
    return max(shared / either, 0.9 * shared / shorter if len(a & b) > 1 else 0.6 * shared / shorter)


def answer_likeness(one: str, other: str) -> float:
    """How alike two answers are: 1 for spellings of one text, else by their words and their letters."""
    a, b = spelling(one), spelling(other)
    if a == b:
        return 1.0
    mine, others = set(words(a)), set(words(b))
    if mine == others and len(mine) > 0:
        return 0.95
    letters = SequenceMatcher(None, a, b, autojunk=False).ratio()
    held = len(mine & others) / min(len(mine), len(others)) if mine and others else 0.0
    # An answer that only adds words ("Police Scotland" for "Police") is likelier than one that shares letters.
    return min(0.94, max(0.9 * letters**2, 0.85 * held * (0.5 + 0.5 * len(mine & others) / len(mine | others))))
