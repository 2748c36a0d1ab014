"""The study as data: what was asked, of whom, how answers are grouped and what may be shown. Frozen, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from survey_report.qualitative.naming import Naming

Side = Literal["positive", "neutral", "negative"]
MARGIN_COLUMNS = ["variable", "category", "share"]
WHOLE_CORPUS = "corpus"  # the section that has the codes at the top for its themes
ANY = "*"  # in place of an answer: the category, or the missing answer, takes every one that no other has
SIDES: tuple[Side, ...] = ("positive", "neutral", "negative")


@dataclass(frozen=True)
class Option:
    """One answer of a response set; `score` and `side` are None for answers that count as missing."""

    id: str
    answer: str
    score: int | None = None
    side: Side | None = None

    @property
    def label(self) -> str:
        """What readers see: the answer, or words for any other."""
        return "Any other answer" if self.answer == ANY else self.answer


@dataclass(frozen=True)
class ResponseSet:
    """Answers in order from one end to the other, those that count as missing, words and measures of the three sides.

    `measures` names what is counted on each side, as in the keys of results: `pct_positive`, `pct_worse`.
    """

    id: str
    options: tuple[Option, ...]
    missing: tuple[Option, ...]
    words: Mapping[str, str]
    measures: Mapping[str, str] = field(default_factory=lambda: {side: f"pct_{side}" for side in SIDES})

    @property
    def scores(self) -> dict[str, int]:
        """Score of each substantive answer id."""
        return {option.id: option.score for option in self.options if option.score is not None}

    @property
    def turned(self) -> dict[str, int]:
        """Score of each substantive answer id to an item that says the opposite of its scale."""
        low, high = self.ends
        return {option: low + high - score for option, score in self.scores.items()}

    @property
    def symmetric(self) -> bool:
        """Whether turned scores make of each side the opposite one, so that a turned answer is one of the set."""
        return all(
            sorted(self.turned[option] for option in self.side(side))
            == sorted(self.scores[option] for option in self.side(opposite))
            for side, opposite in zip(SIDES, reversed(SIDES), strict=True)
        )

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of all answers, missing ones last."""
        return tuple(option.id for option in (*self.options, *self.missing))

    @property
    def any_other(self) -> str:
        """Id of the missing answer that takes every one that no other has; empty where the list is all there is."""
        return next((option.id for option in self.missing if option.answer == ANY), "")

    @property
    def ends(self) -> tuple[int, int]:
        """The lowest and the highest score."""
        return min(self.scores.values()), max(self.scores.values())

    @property
    def low(self) -> str:
        """Words for the end with the lowest score."""
        return min(self.options, key=lambda option: option.score or 0).answer.lower()

    @property
    def high(self) -> str:
        """Words for the end with the highest score."""
        return max(self.options, key=lambda option: option.score or 0).answer.lower()

    def side(self, side: Side) -> tuple[str, ...]:
        """Ids of the answers on one side."""
        return tuple(option.id for option in self.options if option.side == side)


@dataclass(frozen=True)
class Category:
    """One category of a closed question: `answer` as the export spells it (ANY for any other), `phrase` as a sentence
    does."""

    id: str
    label: str
    phrase: str
    answer: str


@dataclass(frozen=True)
class Question:
    """One question. `asked_if` are (question, category id) pairs that must all hold for it to have been asked."""

    id: str
    column: str
    type: str
    scale: str
    item: str
    short: str
    label: str
    basis: str
    response_set: str
    categories: tuple[Category, ...]
    asked_if: tuple[tuple[str, str], ...]
    period: str
    note: str
    missing: tuple[Option, ...] = ()  # answers to a closed question that are no category; of a rated one see its set
    reverse: bool = False  # a rated item that says the opposite of its scale: its scores are turned, its shares are not

    @property
    def answers(self) -> tuple[Category | Option, ...]:
        """What a closed question with categories offers, answers that count as missing last."""
        return (*self.categories, *self.missing)

    @property
    def any_other(self) -> str:
        """Id of the category, or the missing answer, that takes every answer that no other one has; empty where the
        list is all there is."""
        return next((one.id for one in self.answers if one.answer == ANY), "")


@dataclass(frozen=True)
class Scale:
    """A set of rating items that form one findings section, with its change-over-time questions."""

    id: str
    title: str
    subject: str
    items: tuple[Question, ...]
    changes: tuple[Question, ...]

    @property
    def asked_together(self) -> bool:
        """Whether one person can have been asked all items: no two of them want different answers to one question."""
        wanted = {condition for item in self.items for condition in item.asked_if}
        return len(wanted) == len({question for question, _ in wanted})

    def change(self, period: str) -> Question | None:
        """The change question of a period, if the study asks one."""
        return next((question for question in self.changes if question.period == period), None)


@dataclass(frozen=True)
class Grouping:
    """A way to group respondents. A derived one maps the categories of another question to its own."""

    id: str
    label: str
    by: str
    tested: bool
    categories: tuple[Category, ...]
    derived_from: str = ""
    mapping: Mapping[str, str] | None = None
    mapping_basis: Mapping[str, str] | None = None
    mapping_note: Mapping[str, str] | None = None
    count: str = ""  # name of the number of its categories that have respondents

    def category(self, category_id: str) -> Category:
        """The category of that id; KeyError if there is none."""
        for category in self.categories:
            if category.id == category_id:
                return category
        raise KeyError(f"{self.id}: {category_id}")


@dataclass(frozen=True)
class Period:
    """A period of the change-over-time questions."""

    id: str
    label: str
    phrase: str


@dataclass(frozen=True)
class ItemCount:
    """A count of a scale's items whose `share`, in whole percent, lies between two bounds (both included)."""

    id: str
    share: str
    at_least: float
    at_most: float


# What thresholds usually are; a study may decide otherwise, and the check tells of one that lies below.
MIN_GROUP, MIN_CELL, MIN_REPORT = 10, 5, 20


@dataclass(frozen=True)
class Thresholds:
    """Numbers that decide what is computed, tested and shown; see study.yml.

    Groups under `coarse_group` answers are shown less finely: percentages to the nearest `coarse_step`, means to a
    fortieth of the range of their scores, and to an eighth under `half_point_group`. A survey with fewer than
    `min_report` respondents has overall results only: no groups.
    """

    min_group: int
    min_cell: int
    min_answered: float
    alpha: float
    min_test_group: int
    coarse_group: int = 50
    coarse_step: int = 5
    half_point_group: int = 20
    min_report: int = MIN_REPORT

    @property
    def low(self) -> dict[str, tuple[int, int]]:
        """By name, those that decide who is shown and lie below what they usually are, with what they usually are."""
        usual = {"min_group": MIN_GROUP, "min_cell": MIN_CELL, "min_report": MIN_REPORT}
        return {name: (getattr(self, name), least) for name, least in usual.items() if getattr(self, name) < least}


BoundUnit = Literal["points", "sd"]


@dataclass(frozen=True)
class Bound:
    """The smallest difference of means that matters to a study, and why it is that.

    `unit` is `points` of the scale, or `sd`: standard deviations of all respondents' scores on the scale.
    """

    size: float
    unit: BoundUnit
    reason: str

    @property
    def text(self) -> str:
        """`0.2 points`, `0.25 SD`."""
        return f"{self.size:g} {'SD' if self.unit == 'sd' else 'point' if self.size == 1 else 'points'}"

    @property
    def key(self) -> str:
        """What stands for it in keys of results: `within_0_2`, `within_0_25_sd`."""
        return f"within_{self.size:g}".replace(".", "_") + ("_sd" if self.unit == "sd" else "")

    def points(self, deviation: float) -> float:
        """The bound in points of a scale on which all scores have that standard deviation."""
        return self.size * deviation if self.unit == "sd" else self.size


@dataclass(frozen=True)
class CrossSection:
    """Respondents who are in several categories at once; `where` are (grouping or closed question, category id)."""

    id: str
    label: str
    where: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ExportPolicy:
    """Where the study's own export lies (empty for a study without one) and which exports count as real."""

    file: str
    synthetic_column: str
    synthetic_values: tuple[str, ...]
    real_exports: tuple[str, ...]


@dataclass(frozen=True)
class Participants:
    """People in focus groups or interviews, by service or role."""

    method: str
    group: str
    label: str
    participants: int


@dataclass(frozen=True)
class Sessions:
    """Focus groups or interviews held in one mode."""

    method: str
    mode: str
    sessions: int


# How people were heard whose words are coded, and what their sources are told apart by.
METHODS = ("survey", "focus group", "interview")
TRAITS = ("method", "respondent", "service", "sector", "role", "area")


@dataclass(frozen=True)
class QuotationRules:
    """How quotations are chosen: how many a theme, and how many characters they may have."""

    a_theme: int = 3
    shortest: int = 40
    longest: int = 400


@dataclass(frozen=True)
class CodedMaterial:
    """What the study says of its coded material.

    `file` is the study's own corpus (empty for a study without one), `synthetic` whether that is invented. `sections`
    are (id, title) of the parts of the code frame that are told of one by one; an id is that of a code at the top.
    `crosswalk` holds (name of a service, kind, category id), `allowed` words that identify nobody, `rules` how
    quotations are chosen.
    """

    file: str
    synthetic: bool
    naming: Naming
    sections: tuple[tuple[str, str], ...]
    crosswalk: tuple[tuple[str, str, str], ...]
    allowed: tuple[str, ...]
    rules: QuotationRules


@dataclass(frozen=True)
class Study:
    """One study, loaded and checked; `folder` is where its files lie, `files` those that it has, by name.

    `profiles` names the groupings of which every group gets a short report of its own, beside `cross_sections`.
    `invited` is how many were asked to take part, None where that is not known; `coded` is None for a study that says
    nothing of coded material.
    """

    id: str
    folder: Path
    title: str
    short_title: str
    organisation: str
    wave: str
    language: str
    opened: date
    closed: date
    report_author: str
    report_date: date
    citation: str
    export: ExportPolicy
    response_sets: Mapping[str, ResponseSet]
    questions: tuple[Question, ...]
    scales: tuple[Scale, ...]
    groupings: tuple[Grouping, ...]
    further_demographics: tuple[str, ...]
    periods: tuple[Period, ...]
    item_counts: tuple[ItemCount, ...]
    consent: tuple[str, str] | None
    thresholds: Thresholds
    participants: tuple[Participants, ...]
    sessions: tuple[Sessions, ...]
    corrections: Mapping[str, str]
    files: Mapping[str, Path]
    invited: int | None = None
    coded: CodedMaterial | None = None
    profiles: tuple[str, ...] = ()  # groupings of which every group has a profile
    cross_sections: tuple[CrossSection, ...] = ()
    bounds: tuple[Bound, ...] = ()  # of equivalence; without them nothing is said to be negligible

    def scale(self, scale_id: str) -> Scale:
        """The scale of that id; KeyError if there is none."""
        for scale in self.scales:
            if scale.id == scale_id:
                return scale
        raise KeyError(scale_id)

    def answers(self, scale: Scale) -> ResponseSet:
        """The answers that all items of a scale share; what counts as missing is each item's own, see `study_check`."""
        return self.response_sets[scale.items[0].response_set]

    def missing(self, question: Question) -> tuple[Option, ...]:
        """Answers to a question that count as missing."""
        return self.response_sets[question.response_set].missing if question.response_set else question.missing

    def scores(self, question: Question) -> dict[str, int]:
        """Score of each substantive answer id to a rated question, turned where it is reversed."""
        answers = self.response_sets[question.response_set]
        return answers.turned if question.reverse else answers.scores

    def grouping(self, grouping_id: str) -> Grouping:
        """The grouping of that id; KeyError if there is none."""
        for grouping in self.groupings:
            if grouping.id == grouping_id:
                return grouping
        raise KeyError(grouping_id)

    def question(self, item: str) -> Question:
        """The closed question (demographic or routing) of that short name; KeyError if there is none."""
        for question in self.questions:
            if question.item == item and question.type in ("demographic", "routing"):
                return question
        raise KeyError(item)

    def column(self, name: str) -> str:
        """The respondents' column of a grouping or a closed question; KeyError if there is none."""
        derived = any(grouping.id == name and grouping.mapping for grouping in self.groupings)
        return name if derived else self.question(name).column

    def categories(self, name: str) -> tuple[Category, ...]:
        """The categories of a grouping or a closed question; KeyError if there is none."""
        for grouping in self.groupings:
            if grouping.id == name:
                return grouping.categories
        return self.question(name).categories

    @property
    def widest(self) -> int:
        """The range of the scores of its scales, the widest; 0 without scales."""
        ends = [self.answers(scale).ends for scale in self.scales]
        return max((high - low for low, high in ends), default=0)

    @property
    def scale_of(self) -> dict[str, str]:
        """Scale ids by the short names of their rated items."""
        return {item.item: scale.id for scale in self.scales for item in scale.items}

    @property
    def asked(self) -> tuple[Question, ...]:
        """Questions that have a column in an export."""
        return tuple(question for question in self.questions if question.column)

    @property
    def open_questions(self) -> tuple[Question, ...]:
        """Questions answered in the respondent's own words."""
        return tuple(question for question in self.questions if question.type == "open")

    @property
    def tested_groupings(self) -> tuple[Grouping, ...]:
        """Groupings that are compared on every scale."""
        return tuple(grouping for grouping in self.groupings if grouping.tested)
