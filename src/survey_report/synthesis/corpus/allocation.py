"""Which passage falls in which focus group or interview: the register's numbers first, the rest by fit and load."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from survey_report.errors import raise_if_any
from survey_report.study import Study
from survey_report.synthesis.corpus.bank import SURVEY, Bank, Passage, Session, Theme
from survey_report.synthesis.corpus.fixed import Fixed, clashes, read_fixed
from survey_report.synthesis.draws import Draws

# Share of passages that go to a session whose people the theme names, where there is one.
NAMED = 0.7
# The shortest and the longest session, as multiples of the average number of passages.
LENGTHS = (0.75, 1.25)


def allocate(study: Study, bank: Bank) -> dict[str, tuple[Passage, ...]]:
    """Passages by session id, in the order of the code tree; each passage is said once at most.

    Raises UserError naming rows of the register that the sessions have no room for.
    """
    fixed = tuple(one for one in read_fixed(study, bank) if one.method != SURVEY)
    short: dict[str, int] = {}
    told: dict[str, list[Passage]] = {session.id: [] for session in bank.sessions}
    for method in dict.fromkeys(session.method for session in bank.sessions):
        sessions = [session for session in bank.sessions if session.method == method]
        mine = [one for one in fixed if one.method == method]
        short |= _Dealer(bank, sessions, told, method).deal(mine, {one.theme for one in read_fixed(study, bank)})
    raise_if_any(clashes(study, short, fixed))
    order = {theme.id: place for place, theme in enumerate(bank.themes)}
    return {session: tuple(sorted(said, key=lambda passage: order[passage.theme])) for session, said in told.items()}


class _Dealer:
    """Deals the passages of one method to its sessions."""

    def __init__(self, bank: Bank, sessions: Sequence[Session], told: dict[str, list[Passage]], method: str) -> None:
        self.bank, self.sessions, self.told, self.method = bank, sessions, told, method
        self.draws = Draws(bank.seed, f"allocation {method}")
        low, high = LENGTHS
        size = (low + (high - low) * self.draws.uniform(len(sessions))).tolist()
        self.size = {session.id: length for session, length in zip(sessions, size, strict=True)}

    def deal(self, fixed: Sequence[Fixed], named: set[str]) -> dict[str, int]:
        """Rows that could not be met, with how many sources or examples they have."""
        short = {}
        for one in fixed:
            found = self._examples(one) if one.examples else self._sources(one)
            if found < one.number:
                short[one.row] = found
        free = [
            passage
            for theme in self.bank.themes
            if theme.id not in named
            for passage in self.bank.said.get((theme.id, self.method), ())
        ]
        luck = self.draws.uniform(len(free)).tolist()
        for place in self.draws.order(len(free)).tolist():
            passage, theme = free[place], self.bank.by_id[free[place].theme]
            options = self._options(theme, passage)
            labelled = [session for session in options if not session.labels.isdisjoint(theme.services)]
            if labelled and luck[place] < NAMED:
                options = labelled
            if options:
                self._give(options, passage)
        return short

    def _sources(self, one: Fixed) -> int:
        """Let as many sessions as wanted raise the theme, one passage each."""
        theme, used = self.bank.by_id[one.theme], 0
        for passage in self._shuffled(self.bank.said.get((one.theme, self.method), ())):
            options = [session for session in self._options(theme, passage) if not self._raises(session, theme)]
            if used < one.number and options:
                self._give(options, passage)
                used += 1
        return used

    def _examples(self, one: Fixed) -> int:
        """Let the theme be told as many times as wanted, wherever."""
        theme, used = self.bank.by_id[one.theme], 0
        for passage in self._shuffled(self.bank.said.get((one.theme, self.method), ())):
            options = self._options(theme, passage)
            if used < one.number and options:
                self._give(options, passage)
                used += 1
        return used

    def _options(self, theme: Theme, passage: Passage) -> list[Session]:
        """Sessions in which a passage may be said. Where its speaker is named, or only people named by the theme could
        know, and there is a session of theirs, it is one of those."""
        options = [session for session in self.sessions if passage.suits(session.voice)]
        labelled = [session for session in options if not session.labels.isdisjoint(theme.services)]
        bound = bool(passage.speaker) or theme.named == frozenset()
        return labelled if labelled and bound else options

    def _give(self, options: Iterable[Session], passage: Passage) -> None:
        """Hand a passage to the emptiest session, rather to one in which the theme has not come up."""
        counts = Counter({session.id: len(self.told[session.id]) for session in self.sessions})
        theme = self.bank.by_id[passage.theme]
        best = min(options, key=lambda s: (self._raises(s, theme), (counts[s.id] + 1) / self.size[s.id]))
        self.told[best.id].append(passage)

    def _raises(self, session: Session, theme: Theme) -> bool:
        return any(passage.theme == theme.id for passage in self.told[session.id])

    def _shuffled(self, passages: Sequence[Passage]) -> list[Passage]:
        return [passages[place] for place in self.draws.order(len(passages)).tolist()]
