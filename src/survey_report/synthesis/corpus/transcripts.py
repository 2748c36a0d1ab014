"""Transcripts of focus groups and interviews: turns with speakers, and where each passage stands in the text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from survey_report.study import Study
from survey_report.synthesis.corpus.bank import Bank, MethodForm, Passage, Session
from survey_report.synthesis.corpus.session_load import spelled
from survey_report.synthesis.draws import Draws

# Said at the head of every transcript, wherever it is shown.
NOTICE = "Invented transcript: nobody said any of this."
# With several participants: shares of changes of theme at which the asker puts a question, of answers that carry on and
# are asked to, of answers after which another adds a few words. With one or two: how often an answer begins with some.
QUESTIONS, FOLLOW_UPS, ASIDES, LEAD_INS = 0.5, 0.25, 0.3, 0.2
# How many make a group, in which people speak after each other without being asked.
GROUP = 3
# Turns of a group that are kept for questions and asides.
KEPT = 8


@dataclass(frozen=True)
class Told:
    """One transcript: its text, and the first code point of each passage in it with the passage."""

    session: Session
    text: str
    places: tuple[tuple[int, Passage], ...]


@dataclass
class _Turn:
    speaker: str
    pieces: list[str | Passage] = field(default_factory=list)


@dataclass(frozen=True)
class _Answer:
    """What one participant says at once, on one section of the code tree."""

    section: str
    passages: tuple[Passage, ...]


def tell(study: Study, bank: Bank, told: Mapping[str, Sequence[Passage]]) -> list[Told]:
    """The transcript of every session, from the passages said in it."""
    used: Counter[str] = Counter()
    forms = {form.method: form for form in bank.methods}
    return [_Teller(study, bank, one, forms[one.method], used).tell(told[one.id]) for one in bank.sessions]


class _Teller:
    """Puts one transcript together; `used` counts glue over all of them, so that none is heard too often."""

    def __init__(self, study: Study, bank: Bank, session: Session, form: MethodForm, used: Counter[str]) -> None:
        self.study, self.bank, self.session, self.form, self.used = study, bank, session, form, used
        self.draws = Draws(bank.seed, f"transcript {session.id}")
        self.group = session.participants >= GROUP
        self.last = ""

    def tell(self, passages: Sequence[Passage]) -> Told:
        """Welcome, section after section, goodbye."""
        answers = self._answers(passages)
        asked, told_on, commented = self._extras(answers)
        turns = [_Turn(self.form.asker, [self._glue("welcome")])]
        for place, answer in enumerate(answers):
            if place in asked:
                turns.append(_Turn(self.form.asker, [self._question(answers, place)]))
            elif place in told_on:
                turns.append(_Turn(self.form.asker, [self._glue("follow-up")]))
            turn = _Turn(self._speaker())
            if not self.group and self._luck() < LEAD_INS:
                turn.pieces.append(self._glue("aside"))
            turn.pieces.extend(answer.passages)
            turns.append(turn)
            if place in commented:
                turns.append(_Turn(self._speaker(), [self._glue("aside")]))
        turns.append(_Turn(self.form.asker, [self._glue("goodbye")]))
        return self._written(turns)

    def _answers(self, passages: Sequence[Passage]) -> list[_Answer]:
        """Passages in ones, twos or more, so that there are no more turns than there may be."""
        sections: dict[str, list[Passage]] = {}
        for passage in passages:
            sections.setdefault(self.bank.by_id[passage.theme].section, []).append(passage)
        together = 1
        while True:
            answers = [
                _Answer(section, part)
                for section, said in sections.items()
                for part in self._parts(said, together, across=together > 2)
            ]
            turns = len(sections) + len(answers) + KEPT if self.group else 2 * len(answers)
            if turns + 2 <= self.form.most or together > len(passages):
                return answers
            together += 1

    def _parts(self, said: Sequence[Passage], together: int, *, across: bool) -> list[tuple[Passage, ...]]:
        """Cut a section's passages into parts of up to `together`, over the limits of a theme only if `across`."""
        parts: list[list[Passage]] = []
        room = 0
        for passage in said:
            if room and (across or self._code(parts[-1][-1]) == self._code(passage)):
                parts[-1].append(passage)
                room -= 1
            else:
                parts.append([passage])
                room = int(self._luck() * together)
        return [tuple(part) for part in parts]

    def _extras(self, answers: Sequence[_Answer]) -> tuple[Collection[int], Collection[int], Collection[int]]:
        """Before which answers a question is put, before which the last speaker is asked on, after which another adds
        a few words; never more turns than there may be."""
        every = range(len(answers))
        opening = [place for place in every if place == 0 or answers[place - 1].section != answers[place].section]
        turned = [place for place in every if place not in opening and self._turns(answers, place)]
        carried = [place for place in every if place not in opening and place not in turned]
        if not self.group:
            return {*opening, *turned}, carried, ()
        spare = self.form.most - 2 - len(opening) - len(answers)
        asked = self._some(turned, QUESTIONS, spare)
        told_on = self._some(carried, FOLLOW_UPS, spare - len(asked))
        commented = self._some(every, ASIDES, spare - len(asked) - len(told_on))
        return {*opening, *asked}, told_on, commented

    def _turns(self, answers: Sequence[_Answer], place: int) -> bool:
        return self._code(answers[place - 1].passages[-1]) != self._code(answers[place].passages[0])

    def _some(self, places: Sequence[int], share: float, most: int) -> list[int]:
        chosen = self.draws.order(len(places))[: max(0, min(most, round(share * len(places))))]
        return [places[place] for place in chosen.tolist()]

    def _question(self, answers: Sequence[_Answer], place: int) -> str:
        """A question on the theme that comes, or on its section where that starts or the answer will wander."""
        answer = answers[place]
        codes = list(dict.fromkeys(self._code(passage) for passage in answer.passages))
        wide = place == 0 or answers[place - 1].section != answer.section or len(codes) > 1
        return self._glue("question", codes[0], answer.section if wide else "")

    def _code(self, passage: Passage) -> str:
        return self.bank.by_id[passage.theme].parent

    def _speaker(self) -> str:
        """A participant; in a group never the one who has just spoken."""
        names = [f"P{number}" for number in range(1, self.session.participants + 1)]
        others = [name for name in names if name != self.last] if self.group else names
        self.last = others[min(int(self._luck() * len(others)), len(others) - 1)]
        return self.last

    def _glue(self, part: str, *about: str) -> str:
        """One of the least used words of a part that are about this, or about nothing in particular."""
        own = [glue.text for code in about for glue in self.bank.words(self.session.method, part, code)]
        own = own or [glue.text for glue in self.bank.words(self.session.method, part)]
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
        return Told(self.session, text, tuple(places))
