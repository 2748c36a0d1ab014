"""How alike texts are: sentences and their beginnings that come back, and answers that share most of their words."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

SPEAKER = re.compile(r"^(P\d+|Moderator|Interviewer): ")
WORD = re.compile(r"[\w']+")


def words(text: str) -> list[str]:
    """Words in small letters."""
    return WORD.findall(text.lower())


def sentences(texts: Iterable[str]) -> Iterable[list[str]]:
    """Sentences of all texts as words, without the speakers' names."""
    for text in texts:
        for line in text.split("\n"):
            for sentence in re.split(r"(?<=[.!?…])\s+", SPEAKER.sub("", line)):
                yield words(sentence)


def repeated(texts: Sequence[str], first: int | None = None) -> Counter[str]:
    """How often each sentence occurs, or each beginning of `first` words of a longer one."""
    found: Counter[str] = Counter()
    for sentence in sentences(texts):
        if first is None or len(sentence) > first:
            found[" ".join(sentence[:first])] += 1
    del found[""]
    return found


def nearest(texts: Sequence[str], size: int = 3) -> list[float]:
    """For each text, its Jaccard similarity to the most similar other: shared runs of `size` words over all of both."""
    runs = [_runs(words(text), size) for text in texts]
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, mine in enumerate(runs):
        for run in mine:
            holders[run].append(place)
    most = []
    for place, mine in enumerate(runs):
        shared = Counter(other for run in mine for other in holders[run] if other != place)
        most.append(max((n / (len(mine) + len(runs[other]) - n) for other, n in shared.items()), default=0.0))
    return most


def _runs(found: list[str], size: int) -> set[tuple[str, ...]]:
    return {tuple(found[at : at + size]) for at in range(max(1, len(found) - size + 1))}
