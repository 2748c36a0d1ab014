"""Two coders: the first codes every passage with its theme, the second a share of the sources, not quite alike."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from survey_report.synthesis.corpus.bank import Bank, Passage
from survey_report.synthesis.draws import Draws

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


def second_coding(bank: Bank, texts: Sequence[Text], certain: Collection[str], apart: Collection[str]) -> list[Excerpt]:
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
        mine = [t for t in texts if t.method == method and not any(p.theme in apart for _, p in t.places)]
        size = round(form.overlap * sum(text.method == method for text in texts))
        for place in sorted(draws.order(len(mine))[:size].tolist()):
            for start, passage in mine[place].places:
                found.extend(_seen(bank, mine[place], start, passage, chance[passage.theme], certain, draws))
    return found


def _seen(
    bank: Bank, text: Text, start: int, passage: Passage, chance: float, certain: Collection[str], draws: Draws
) -> list[Excerpt]:
    form, coder = bank.coding, bank.coding.coders[1]
    agrees, marks, takes, chooses, adds, cuts = draws.uniform(6).tolist()
    end = start + len(passage.text)
    if passage.theme in certain:
        return [Excerpt(text.id, passage.theme, coder, start, end)]
    near = _neighbours(bank, passage.theme, certain)
    other = near[min(int(chooses * len(near)), len(near) - 1)] if near else ""
    found = []
    if agrees < chance:
        from_, to = (start, end) if marks < form.same_stretch else _stretch(text.text, start, end, cuts)
        found.append(Excerpt(text.id, passage.theme, coder, from_, to))
    elif takes < form.neighbour and other:
        found.append(Excerpt(text.id, other, coder, start, end))
    if adds < form.extra and other and not any(one.code == other for one in found):
        found.append(Excerpt(text.id, other, coder, start, end))
    return found


def _neighbours(bank: Bank, theme: str, certain: Collection[str]) -> list[str]:
    """Other subthemes of the same theme."""
    own = bank.by_id[theme]
    return [
        other.id
        for other in bank.themes
        if (other.section, other.theme) == (own.section, own.theme) and other.id != theme and other.id not in certain
    ]


def _stretch(text: str, start: int, end: int, luck: float) -> tuple[int, int]:
    """Another stretch for the same thing: without the first or the last sentence, or on to the end of the line."""
    ends = [match.end() for match in SENTENCE_END.finditer(text[start:end])]
    if ends and luck < 0.5:
        return start + ends[-1], end
    if ends:
        return start, start + len(text[start : start + ends[-1]].rstrip())
    line = text.find("\n", end)
    return start, line if line >= 0 else len(text)
