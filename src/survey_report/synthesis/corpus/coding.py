"""Two coders: the first codes every passage with its theme, the second a share of the sources, not quite alike."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass

from survey_report.synthesis.corpus.bank import Bank, Passage
from survey_report.synthesis.draws import Draws

# How often the code taken instead belongs to the same theme.
CLOSE = 0.6
SENTENCE_END = re.compile(r"[.!?]\s+(?=\S)")


@dataclass(frozen=True)
class Text:
    """One source as far as coding goes: id, method, text, and where which passage stands in it."""

    id: str
    method: str
    text: str
    places: tuple[tuple[int, Passage], ...]


@dataclass(frozen=True)
class Excerpt:
    """A stretch of a source, from code point `start` up to before `end`, and its code."""

    source: str
    code: str
    coder: str
    start: int
    end: int


def first_coding(bank: Bank, texts: Sequence[Text]) -> list[Excerpt]:
    """Every passage, coded with its theme by the first coder."""
    coder = bank.coding.coders[0]
    return [
        Excerpt(text.id, passage.theme, coder, start, start + len(passage.text))
        for text in texts
        for start, passage in text.places
    ]


def second_coding(bank: Bank, texts: Sequence[Text], certain: Collection[str], apart: Set[str]) -> list[Excerpt]:
    """What the second coder made of a share of the sources of each method.

    Themes in `certain` are coded as the first coder did, and given to nothing else; sources with a theme in `apart` are
    not coded twice.
    """
    draws = Draws(bank.seed, "second coder")
    form = bank.coding
    hard = draws.uniform(len(bank.themes)) < form.hard_themes
    chance = {
        theme.id: form.agree_hard if is_hard else form.agree
        for theme, is_hard in zip(bank.themes, hard.tolist(), strict=True)
    }
    found = []
    for method in dict.fromkeys(text.method for text in texts):
        mine = [t for t in texts if t.method == method and t.places and apart.isdisjoint(p.theme for _, p in t.places)]
        size = round(form.overlap * sum(text.method == method for text in texts))
        for place in sorted(draws.order(len(mine))[:size].tolist()):
            text = mine[place]
            seen = [
                _seen(bank, text, at, passage, chance[passage.theme], certain, draws) for at, passage in text.places
            ]
            # Whoever codes a source marks something in it: nothing else would tell that it was coded twice.
            found.extend([excerpt for one in seen for excerpt in one] or _whole(bank, text))
    return found


def _whole(bank: Bank, text: Text) -> list[Excerpt]:
    start, passage = text.places[0]
    return [Excerpt(text.id, passage.theme, bank.coding.coders[1], start, start + len(passage.text))]


def _seen(
    bank: Bank, text: Text, start: int, passage: Passage, chance: float, certain: Collection[str], draws: Draws
) -> list[Excerpt]:
    form, coder = bank.coding, bank.coding.coders[1]
    agrees, marks, takes, chooses, luck, adds, cuts = draws.uniform(7).tolist()
    end = start + len(passage.text)
    if passage.theme in certain:
        return [Excerpt(text.id, passage.theme, coder, start, end)]
    near = _neighbours(bank, passage, certain, chooses)
    other = near[min(int(luck * len(near)), len(near) - 1)] if near else ""
    found = []
    if agrees < chance:
        from_, to = (start, end) if marks < form.same_stretch else _stretch(text.text, start, end, cuts)
        found.append(Excerpt(text.id, passage.theme, coder, from_, to))
    elif takes < form.neighbour and other:
        found.append(Excerpt(text.id, other, coder, start, end))
    if adds < form.extra and other and not any(one.code == other for one in found):
        found.append(Excerpt(text.id, other, coder, start, end))
    return found


def _neighbours(bank: Bank, passage: Passage, certain: Collection[str], luck: float) -> list[str]:
    """What a passage may be taken for: mostly another subtheme of its theme, else another theme of its section."""
    own = bank.by_id[passage.theme]
    others = [
        other
        for other in bank.themes
        if other.top == own.top
        and other.id not in {own.id, *certain}
        and passage.method in other.methods
        and other.valence == own.valence
    ]
    close = [other.id for other in others if other.parent == own.parent]
    return close if close and luck < CLOSE else [other.id for other in others]


def _stretch(text: str, start: int, end: int, luck: float) -> tuple[int, int]:
    """Another stretch for the same thing: without the first or the last sentence, or on to the end of the line."""
    ends = [match.end() for match in SENTENCE_END.finditer(text[start:end])]
    if ends and luck < 0.5:
        return start + ends[-1], end
    if ends:
        return start, start + len(text[start : start + ends[-1]].rstrip())
    line = text.find("\n", end)
    return start, line if line >= 0 else len(text)
