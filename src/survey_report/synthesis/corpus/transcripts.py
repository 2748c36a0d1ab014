"""Transcripts of focus groups and interviews: turns with speakers, and where each passage stands in the text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from survey_report.study import Study
from survey_report.synthesis.corpus.bank import Bank, MethodForm, Passage, Session
from survey_report.synthesis.corpus.session_load import spelled
from survey_report.synthesis.draws import Draws

# Said at the head of every transcript, wherever it is shown.
NOTICE = "Invented transcript: nobody said any of this."
# Passages in one turn at first; more where a session would have too many turns.
TOGETHER = 2
# Chances that somebody adds a few words, that the asker does, and that an answer begins with words of no weight.
ASIDE, FOLLOW_UP, LEAD_IN = 0.35, 0.2, 0.3


@dataclass(frozen=True)
class Told:
    """One transcript: its text, and for each passage in it the first code point and the passage."""

    session: Session
    text: str
    places: tuple[tuple[int, Passage], ...]
    turns: int


@dataclass
class _Turn:
    speaker: str
    pieces: list[str | Passage] = field(default_factory=list)


def tell(study: Study, bank: Bank, told: dict[str, tuple[Passage, ...]]) -> list[Told]:
    """The transcript of every session, from the passages said in it."""
    used: Counter[str] = Counter()
    forms = {form.method: form for form in bank.methods}
    return [
        _Teller(study, bank, session, forms[session.method], used).tell(told[session.id]) for session in bank.sessions
    ]


class _Teller:
    """Puts one transcript together; `used` counts glue over all of them, so that none is heard too often."""

    def __init__(self, study: Study, bank: Bank, session: Session, form: MethodForm, used: Counter[str]) -> None:
        self.study, self.bank, self.session, self.form, self.used = study, bank, session, form, used
        self.draws = Draws(bank.seed, f"transcript {session.id}")
        self.last = ""

    def tell(self, passages: Sequence[Passage]) -> Told:
        """Welcome, section after section, goodbye."""
        blocks = self._blocks(passages)
        turns = [_Turn(self.form.asker, [self._glue("welcome")])]
        # Turns that there must be: a question and an answer for each block, welcome and goodbye.
        spare = self.form.most - 2 - 2 * len(blocks)
        short = max(0, self.form.fewest - 2 - 2 * len(blocks))
        for place, (section, block) in enumerate(blocks):
            asked = place > 0 and blocks[place - 1][0] == section
            turns.append(_Turn(self.form.asker, [self._glue("follow-up" if asked else "question", section)]))
            turns.append(self._answer(block))
            for part, chance in (("aside", ASIDE), ("follow-up", FOLLOW_UP)):
                # An aside is another's, so it takes two; after a follow-up somebody has to speak, if only briefly.
                cost = 1 if part == "aside" else 2
                if self.session.participants > 1 and spare >= cost and (self._luck() < chance or short > 0):
                    if part == "follow-up":
                        turns.append(_Turn(self.form.asker, [self._glue(part)]))
                    turns.append(_Turn(self._speaker(), [self._glue("aside")]))
                    spare, short = spare - cost, short - cost
        turns.append(_Turn(self.form.asker, [self._glue("goodbye")]))
        return self._written(turns)

    def _blocks(self, passages: Sequence[Passage]) -> list[tuple[str, list[Passage]]]:
        """Passages of a section in ones, twos or more, so that the session has no more turns than it may."""
        sections: dict[str, list[Passage]] = {}
        for passage in passages:
            sections.setdefault(self.bank.by_id[passage.theme].section, []).append(passage)
        together = TOGETHER
        while True:
            blocks = []
            for section, said in sections.items():
                at = 0
                while at < len(said):
                    size = 1 + int(self._luck() * together)
                    blocks.append((section, said[at : at + size]))
                    at += size
            if 2 * len(blocks) + 2 <= self.form.most or together > len(passages):
                return blocks
            together += 1

    def _answer(self, block: Sequence[Passage]) -> _Turn:
        turn = _Turn(self._speaker())
        if self.session.participants == 1 and self._luck() < LEAD_IN:
            turn.pieces.append(self._glue("aside"))
        turn.pieces.extend(block)
        return turn

    def _speaker(self) -> str:
        """A participant, not the one who has just spoken."""
        others = [f"P{n}" for n in range(1, self.session.participants + 1) if f"P{n}" != self.last or n == 1]
        if len(others) > 1:
            others = [name for name in others if name != self.last]
        self.last = others[min(int(self._luck() * len(others)), len(others) - 1)]
        return self.last

    def _glue(self, part: str, about: str = "") -> str:
        """One of the least used words of a part."""
        words = self.bank.words(self.session.method, part, about)
        own = [glue.text for glue in words if glue.about == about] or [glue.text for glue in words]
        least = min(self.used[text] for text in own)
        free = [text for text in own if self.used[text] == least]
        text = free[min(int(self._luck() * len(free)), len(free) - 1)]
        self.used[text] += 1
        return text

    def _luck(self) -> float:
        return float(self.draws.uniform(1)[0])

    def _written(self, turns: Sequence[_Turn]) -> Told:
        labels = {(row.method, row.group): row.label for row in self.study.participants}
        groups = [labels[spelled(self.session.method), group] for group, _ in self.session.groups]
        text = f"{self.session.name} ({'; '.join(groups)}; {self.session.mode}). {NOTICE}"
        places = []
        for turn in turns:
            text += f"\n{turn.speaker}:"
            for piece in turn.pieces:
                text += " "
                if isinstance(piece, Passage):
                    places.append((len(text), piece))
                    text += piece.text
                else:
                    text += piece
        return Told(self.session, text, tuple(places), len(turns))
