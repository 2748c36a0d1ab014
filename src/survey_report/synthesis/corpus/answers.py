"""Open answers out of the bank: one to three passages each, fitting the question and whoever answers it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from survey_report.errors import raise_if_any
from survey_report.study import Question, Study
from survey_report.synthesis.corpus.bank import SURVEY, Bank, Passage, Theme, may_write
from survey_report.synthesis.corpus.fixed import Fixed, clashes, read_fixed
from survey_report.synthesis.draws import Draws

# How likely a passage is to be taken again after so many uses, beside one that nobody has used.
AGAIN = (1.0, 0.3, 0.1)
# How much the readiness with which themes are raised varies: from the first number to the sum of both.
READINESS = (0.4, 1.2)


@dataclass(frozen=True)
class Slot:
    """One answer to be written: the question, and the categories of the respondent."""

    question: Question
    voice: frozenset[str]


def compose(study: Study, bank: Bank, slots: Sequence[Slot], name: str, *, counted: bool) -> list[str]:
    """Texts for `slots`, in their order, the same for the same seed and `name`.

    The register's numbers of sources are met where the answers are `counted`; in other answers those themes do not
    come up. Raises UserError naming rows of the register that the answers have no room for.
    """
    fixed = tuple(one for one in read_fixed(study, bank) if one.method == SURVEY)
    writer = _Writer(bank, slots, name, fixed)
    if counted:
        raise_if_any(clashes(study, writer.write_fixed(fixed), fixed))
        writer.write_each()
    writer.write_rest()
    return writer.texts()


class _Writer:
    """Deals passages to answers one by one, keeping count of what has been used."""

    def __init__(self, bank: Bank, slots: Sequence[Slot], name: str, fixed: Sequence[Fixed]) -> None:
        self.bank, self.slots, self.name = bank, slots, name
        self.fixed = {one.theme for one in fixed}
        draws = Draws(bank.seed, f"{name} answers")
        self.order = draws.order(len(slots)).tolist()
        shares = np.array(bank.answers.passages)
        self.wanted = (draws.pick(shares, len(slots)) + 1).tolist()
        self.luck = draws.uniform(len(slots), len(shares), 2).tolist()
        low, width = READINESS
        ready = (low + width * draws.uniform(len(bank.themes))).tolist()
        self.ready = {theme.id: readiness for theme, readiness in zip(bank.themes, ready, strict=True)}
        self.chosen: list[list[Passage]] = [[] for _ in slots]
        self.uses: Counter[str] = Counter()
        self.raised: Counter[str] = Counter()
        self._open: dict[tuple[str, frozenset[str]], list[tuple[Theme, tuple[Passage, ...]]]] = {}

    def write_fixed(self, fixed: Sequence[Fixed]) -> dict[str, int]:
        """Give each fixed theme its sources; returns rows that could not have as many, with how many they have."""
        short = {}
        for one in fixed:
            found = 0
            for place in self.order:
                if found == one.number:
                    break
                said = {theme.id: passages for theme, passages in self._fitting(place)}
                if one.theme in said and not self.chosen[place]:
                    unused = sorted(said[one.theme], key=lambda passage: self.uses[passage.text])
                    self._take(place, unused[0])
                    found += 1
            if found < one.number:
                short[one.row] = found
        return short

    def write_each(self) -> None:
        """Give every other theme a source, those first that few could raise."""
        fitting: dict[str, list[int]] = {theme.id: [] for theme in self.bank.themes if theme.id not in self.fixed}
        for place in self.order:
            for theme, _ in self._fitting(place):
                if theme.id in fitting:
                    fitting[theme.id].append(place)
        for theme_id, places in sorted(fitting.items(), key=lambda item: len(item[1])):
            place = next((place for place in places if not self.chosen[place]), None)
            if place is not None:
                mine = next(passages for theme, passages in self._fitting(place) if theme.id == theme_id)
                self._take(place, mine[0])

    def write_rest(self) -> None:
        """Fill every answer up to its number of passages, each from another theme.

        Answers of one passage come first: they get passages that nobody has used, so that no two answers are alike.
        """
        for place in sorted(self.order, key=lambda place: int(self.wanted[place])):
            while len(self.chosen[place]) < self.wanted[place]:
                first, second = self.luck[place][len(self.chosen[place])]
                passage = self._pick(place, first, second)
                if passage is None:
                    break
                self._take(place, passage)

    def _pick(self, place: int, first: float, second: float) -> Passage | None:
        taken = {passage.theme for passage in self.chosen[place]} | self.fixed
        voice = self.slots[place].voice
        options: list[tuple[float, list[Passage]]] = []
        for theme, passages in self._fitting(place):
            if theme.id in taken or self.raised[theme.id] >= self.bank.limits.get(theme.id, len(self.slots)):
                continue
            least = min(self.uses[passage.text] for passage in passages)
            if least >= self.bank.answers.most_uses:
                continue
            weight = self.ready[theme.id] * sum(self._freshness(passage) for passage in passages)
            if not theme.named.isdisjoint(voice):
                weight *= self.bank.named_service
            options.append((weight, [passage for passage in passages if self.uses[passage.text] == least]))
        if self.wanted[place] == 1:
            unused = [(weight, mine) for weight, mine in options if not self.uses[mine[0].text]]
            options = unused or options
        if not options:
            return None
        fresh = options[_at(first, [weight for weight, _ in options])][1]
        return fresh[min(int(second * len(fresh)), len(fresh) - 1)]

    def _freshness(self, passage: Passage) -> float:
        uses = self.uses[passage.text]
        return AGAIN[uses] if uses < len(AGAIN) else 0.0

    def _take(self, place: int, passage: Passage) -> None:
        self.chosen[place].append(passage)
        self.uses[passage.text] += 1
        self.raised[passage.theme] += 1

    def _fitting(self, place: int) -> list[tuple[Theme, tuple[Passage, ...]]]:
        """Themes that may come up in an answer, with the passages that its writer may have written."""
        slot = self.slots[place]
        key = slot.question.id, slot.voice
        if key not in self._open:
            self._open[key] = []
            for theme in self.bank.raised_under(slot.question):
                said = self.bank.said.get((theme.id, SURVEY), ())
                mine = tuple(passage for passage in said if may_write(theme, passage, slot.voice))
                if mine:
                    self._open[key].append((theme, mine))
        return self._open[key]

    def texts(self) -> list[str]:
        """The answers, passages and what stands around them joined by single spaces."""
        form, size = self.bank.answers, len(self.slots)
        draws = Draws(self.bank.seed, f"{self.name} glue")
        before, after = (draws.uniform(size) < share for share in (form.opener, form.closer))
        between = draws.uniform(size, len(form.passages)) < form.link
        luck = draws.uniform(size, len(form.passages) + 2).tolist()
        used: Counter[str] = Counter()
        texts = []
        for place, slot in enumerate(self.slots):
            pieces = []
            for number, passage in enumerate(self.chosen[place]):
                part = "link" if number else "opener"
                if between[place, number] if number else before[place]:
                    pieces.extend(self._words(part, slot.question, used, luck[place][number]))
                pieces.append(passage.text)
            if after[place]:
                pieces.extend(self._words("closer", slot.question, used, luck[place][-1]))
            texts.append(" ".join(pieces))
        return texts

    def _words(self, part: str, question: Question, used: Counter[str], luck: float) -> list[str]:
        """One of the least used pieces of glue; none where the bank has none."""
        words = self.bank.words(SURVEY, part, question.item)
        if not words:
            return []
        least = min(used[glue.text] for glue in words)
        free = [glue.text for glue in words if used[glue.text] == least]
        text = free[min(int(luck * len(free)), len(free) - 1)]
        used[text] += 1
        return [text]


def _at(luck: float, weights: Sequence[float]) -> int:
    """Place in `weights`, as often as its weight says, for a number from 0 up to 1."""
    aim, total = luck * sum(weights), 0.0
    for place, weight in enumerate(weights):
        total += weight
        if aim < total:
            return place
    return len(weights) - 1


def found_passages(bank: Bank, question: Question, text: str) -> list[tuple[int, Passage]]:
    """Where passages of the bank stand in an answer to `question`, in order: their first code point, and which."""
    places = [
        (text.find(passage.text), passage)
        for theme in bank.raised_under(question)
        for passage in bank.said.get((theme.id, SURVEY), ())
        if passage.text in text
    ]
    return sorted(places, key=lambda place: place[0])


def voices(bank: Bank, groups: Mapping[str, NDArray[np.object_]], size: int) -> list[frozenset[str]]:
    """Each respondent's categories among those that passages may speak for; `groups[grouping]` by respondent."""
    mine = [groups[kind] for kind in bank.kinds if kind in groups]
    return [frozenset(str(column[person]) for column in mine if column[person]) for person in range(size)]
