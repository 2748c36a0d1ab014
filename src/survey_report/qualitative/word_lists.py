"""Lists of words that the search for identifying text goes by: the package's own, a study's and its corpus's."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from survey_report.disclosure import Policy
from survey_report.frames import each_row
from survey_report.qualitative.corpus import Corpus

WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
# Apostrophes, hyphens and spaces in plain forms, one for one.
SAME = str.maketrans("’‘ʼ`“”‐‑–—\u00a0\u202f", "''''\"\"----  ")
SEEN_IN = 2  # sources that must use a word in lower case before it counts as an ordinary one


@dataclass(frozen=True)
class Area:
    """An area: the names it goes by, and how many respondents it has."""

    names: tuple[str, ...]
    respondents: int


@dataclass(frozen=True)
class Words:
    """What names somebody or something, and what does not. Single words are in lower case.

    - `first_names`, `surnames`: names of people; those also in `also_words` are ordinary words too
    - `titles`: what stands before people's names
    - `institutions`: kind of institution by the words that end its name, without possessive endings
    - `plain`: words that identify nobody
    - `allowed`, `phrases`: words, and runs of several, that the study says identify nobody, even if they are names
    - `seen`: words that the corpus has in lower case
    - `hidden_areas`, `shown_areas`: names of areas with few and with enough respondents
    """

    first_names: frozenset[str]
    surnames: frozenset[str]
    also_words: frozenset[str]
    titles: frozenset[str]
    institutions: Mapping[tuple[str, ...], str]
    plain: frozenset[str]
    allowed: frozenset[str] = frozenset()
    phrases: tuple[str, ...] = ()
    seen: frozenset[str] = frozenset()
    hidden_areas: tuple[str, ...] = ()
    shown_areas: tuple[str, ...] = ()
    area_word: str = "area"

    def is_name(self, word: str) -> bool:
        """Whether a word is a name and nothing else."""
        return (word in self.first_names or word in self.surnames) and word not in self.also_words

    def may_be_name(self, word: str) -> bool:
        """Whether a word is a name and an ordinary word as well, which the study does not allow."""
        return word in self.also_words and word not in self.allowed

    def is_known(self, word: str) -> bool:
        """Whether a word in small letters is known at all, from the lists or the corpus."""
        return word in self.plain or word in self.seen or word in self.allowed or word in self.also_words

    def may_start(self, word: str) -> bool:
        """Whether a word with a capital letter at the start of a sentence is an ordinary one."""
        return word in self.plain or word in self.allowed or (word in self.seen and word not in self.also_words)

    def is_ordinary(self, word: str) -> bool:
        """Whether a word identifies nobody though it has a capital letter within a sentence."""
        return word in self.allowed or (word in self.plain and not self.may_be_name(word))


def own_words() -> Words:
    """The package's own lists."""
    folder = files("survey_report.qualitative") / "words"
    lines = (folder / "institutions.csv").read_text(encoding="utf-8").splitlines()
    institutions = {tuple(row["ending"].replace("'s", "").split()): row["kind"] for row in csv.DictReader(lines)}
    names = ("first-names", "surnames", "also-words", "titles", "plain-words")
    first, sur, also, titles, plain = (_listed(folder / f"{name}.txt") for name in names)
    return Words(first, sur, also, titles, institutions, plain)


def study_words(
    allowed: Iterable[str] = (),
    names: Iterable[str] = (),
    areas: Iterable[Area] = (),
    policy: Policy | None = None,
    area_word: str = "area",
    corpus: Corpus | None = None,
) -> Words:
    """The package's lists with a study's words.

    `allowed` are words, phrases and signs such as P7 that identify nobody (services, policies, programmes), `names`
    more names of people. Names of areas that `policy` may not report, all if there is no policy, are replaced by
    `[area_word]`; others stay. Words that two sources of `corpus` have in small letters count as ordinary at the start
    of a sentence.
    """
    words, told = own_words(), list(areas)
    entries = [word.strip().translate(SAME) for word in allowed if word.strip()]
    singles = [word for word in entries if WORD.fullmatch(word)]
    hidden = [area for area in told if policy is None or not policy.group_may_show(area.respondents)]
    return replace(
        words,
        first_names=words.first_names | {_plain(name) for name in names},
        also_words=words.also_words - {_plain(name) for name in names},
        allowed=frozenset(map(_plain, singles)),
        phrases=tuple(word for word in entries if word not in singles),
        seen=seen_words(corpus) if corpus is not None else frozenset(),
        hidden_areas=tuple(name for area in hidden for name in area.names),
        shown_areas=tuple(name for area in told if area not in hidden for name in area.names),
        area_word=area_word,
    )


def seen_words(corpus: Corpus) -> frozenset[str]:
    """Words that the texts of at least two sources have in lower case."""
    count: Counter[str] = Counter()
    for row in each_row(corpus.sources):
        count.update({word for word in WORD.findall(row.text.replace("’", "'")) if word.islower()})
    return frozenset(word for word, sources in count.items() if sources >= SEEN_IN)


@cache
def any_of(names: tuple[str, ...]) -> re.Pattern[str]:
    """A pattern for any of the names as whole words, the longest first, without regard to case."""
    longest = sorted({" ".join(name.split()) for name in names if name.strip()}, key=lambda name: (-len(name), name))
    parts = "|".join(r"\s+".join(re.escape(word) for word in name.replace("’", "'").split()) for name in longest)
    return re.compile(rf"(?<!\w)(?:{parts})(?!\w)" if parts else r"(?!)", re.IGNORECASE)


def _listed(path: Traversable) -> frozenset[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def _plain(word: str) -> str:
    return word.strip().replace("’", "'").casefold()
