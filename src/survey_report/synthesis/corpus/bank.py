"""The bank of an invented corpus: themes, what may be said of each and by whom, and what stands in between."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from survey_report.study import Question

SURVEY = "survey"
# What glue may be: around the passages of an answer, and in a session.
ANSWER_PARTS = ("opener", "link", "closer")
SESSION_PARTS = ("welcome", "question", "follow-up", "aside", "goodbye")


@dataclass(frozen=True)
class Theme:
    """A leaf of the code tree; `services` are labels of the crosswalk, `named` the survey categories they stand for."""

    id: str
    section: str
    theme: str
    subtheme: str
    valence: str
    methods: tuple[str, ...]
    services: tuple[str, ...]
    named: frozenset[str]

    @property
    def top(self) -> str:
        """Code of its section."""
        return slug(self.section)

    @property
    def parent(self) -> str:
        """Code of the theme that it is a part of."""
        return f"{self.top}-{slug(self.theme)}"


@dataclass(frozen=True)
class Passage:
    """A few sentences on one theme, used whole. `speaker`: a survey category, `!` and one for all others, or empty."""

    theme: str
    method: str
    speaker: str
    text: str
    identifying: tuple[str, ...]

    def suits(self, voice: Collection[str]) -> bool:
        """Whether somebody of these categories may say it."""
        if self.speaker.startswith("!"):
            return self.speaker[1:] not in voice
        return not self.speaker or self.speaker in voice


@dataclass(frozen=True)
class Glue:
    """Words that are not coded; `about` is the item of an open question, the code of a section or theme, or empty."""

    method: str
    part: str
    about: str
    text: str
    identifying: tuple[str, ...]


@dataclass(frozen=True)
class Session:
    """One focus group or interview: who took part, the crosswalk labels it speaks as, the categories it counts under.

    `groups` are rows of the study's participants with their numbers, the largest first.
    """

    id: str
    name: str
    method: str
    mode: str
    groups: tuple[tuple[str, int], ...]
    labels: frozenset[str]
    variables: Mapping[str, str]

    @property
    def participants(self) -> int:
        """How many took part."""
        return sum(number for _, number in self.groups)

    @property
    def voice(self) -> frozenset[str]:
        """Categories in whose voice it speaks."""
        return frozenset(value for value in self.variables.values() if value)


@dataclass(frozen=True)
class Draw:
    """Under which scales the themes of a section come up; `theme` empty for all that have no rule of their own."""

    section: str
    theme: str
    scales: tuple[str, ...]


@dataclass(frozen=True)
class AnswerForm:
    """Shares of answers with one, two ... passages; shares (0 to 1) with words before, after and between them."""

    passages: tuple[float, ...]
    opener: float
    closer: float
    link: float
    most_uses: int


@dataclass(frozen=True)
class MethodForm:
    """How sessions of one method run: who asks, what those who answer count as unless the crosswalk tells, how many
    turns there are."""

    method: str
    asker: str
    counts_as: Mapping[str, str]
    fewest: int
    most: int


@dataclass(frozen=True)
class CodingForm:
    """Two coders; shares (0 to 1) as corpus.yml explains them."""

    coders: tuple[str, str]
    overlap: float
    agree: float
    hard_themes: float
    agree_hard: float
    same_stretch: float
    neighbour: float
    extra: float


@dataclass(frozen=True)
class Bank:
    """Everything the invented corpus is made of; `kinds` are the groupings whose categories passages may speak for."""

    name: str
    description: str
    seed: int
    themes: tuple[Theme, ...]
    passages: tuple[Passage, ...]
    glue: tuple[Glue, ...]
    sessions: tuple[Session, ...]
    limits: Mapping[str, int]
    draws: tuple[Draw, ...]
    valences: Mapping[str, tuple[str, ...]]
    kinds: tuple[str, ...]
    variables: Mapping[str, str]
    named_service: float
    answers: AnswerForm
    methods: tuple[MethodForm, ...]
    coding: CodingForm

    @cached_property
    def by_id(self) -> dict[str, Theme]:
        """Themes by id."""
        return {theme.id: theme for theme in self.themes}

    @cached_property
    def said(self) -> dict[tuple[str, str], tuple[Passage, ...]]:
        """Passages by theme and method."""
        found: dict[tuple[str, str], list[Passage]] = {}
        for passage in self.passages:
            found.setdefault((passage.theme, passage.method), []).append(passage)
        return {key: tuple(passages) for key, passages in found.items()}

    def words(self, method: str, part: str, about: str = "") -> tuple[Glue, ...]:
        """Glue of one part that is about this, or about nothing in particular."""
        return tuple(g for g in self.glue if g.method == method and g.part == part and g.about in ("", about))

    def raised_under(self, question: Question) -> tuple[Theme, ...]:
        """Themes that answers to an open question may raise."""
        valences = self.valences.get(question.item, ())
        return tuple(
            theme
            for theme in self.themes
            if SURVEY in theme.methods and theme.valence in valences and question.scale in self._scales(theme)
        )

    def _scales(self, theme: Theme) -> tuple[str, ...]:
        mine = [draw for draw in self.draws if draw.section == theme.section and draw.theme in ("", theme.theme)]
        own = [draw for draw in mine if draw.theme]
        return tuple(scale for draw in own or mine for scale in draw.scales)


def slug(text: str) -> str:
    """Lower-case words joined by hyphens, as in the ids of themes."""
    return "-".join(re.findall(r"[a-z0-9]+", text.lower().replace("'", "")))


def may_write(theme: Theme, passage: Passage, voice: Collection[str]) -> bool:
    """Whether a respondent of these categories may write a passage: its speaker decides, else the services named."""
    if passage.speaker:
        return passage.suits(voice)
    return not theme.named or not theme.named.isdisjoint(voice)
