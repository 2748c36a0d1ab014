"""Who took part: from rows of the export to respondents, who they are, who was heard in groups and interviews."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from survey_report.findings.no_answers import NoAnswers, no_answers
from survey_report.ledger import Ledger
from survey_report.numbers import Number, round_half_up
from survey_report.rendering import Rendering
from survey_report.study import Category, Grouping, Question, Study

DAYS_A_WEEK = 7
FLOW_STEPS = (
    ("previews", "Previews by the survey's makers"),
    ("tests", "Test answers"),
    ("repeated", "Exactly repeated rows"),
    ("refused", "Consent refused"),
    ("incomplete", "Abandoned before the end"),
)
BREAKDOWN = ["question", "heading", "category", "label", "n_key", "pct_key"]
NO_ANSWER = Category("no-answer", "No answer", "people who gave no answer", "")


@dataclass(frozen=True)
class People:
    """Who took part.

    Names of questions: `main_groupings` asked and compared, `areas` asked and not compared, `derived` worked out from
    an answer, `further` other characteristics. `flow`: one row a step (label, key). `breakdowns`: one row a category of
    each question: question, heading, category, label, n_key, pct_key; shares are of those who answered it.
    `no_answers`: by question, who did not, where somebody did not. `participants`: one row a group of participants:
    method, label, key.
    """

    flow: pd.DataFrame
    breakdowns: pd.DataFrame
    participants: pd.DataFrame
    numbers: Mapping[str, Number]
    main_groupings: tuple[str, ...]
    areas: tuple[str, ...]
    derived: tuple[str, ...]
    further: tuple[str, ...]
    withheld: str = ""
    no_answers: Mapping[str, NoAnswers] = field(default_factory=dict)

    def not_counted(self, *questions: str) -> list[NoAnswers]:
        """Who did not answer some questions, in the order given."""
        return [self.no_answers[question] for question in questions if question in self.no_answers]

    def by_method(self, method: str) -> pd.DataFrame:
        """Participants of one method: label, key."""
        return self.participants[self.participants["method"] == method]

    def data(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The rows of a table with their protected values, for the data file beside it."""
        keys = [name for name in rows.columns if str(name).endswith("key")]
        shown = rows.drop(columns=keys).reset_index(drop=True)
        for name in keys:
            shown[name.removesuffix("_key") if name != "key" else "value"] = [
                self.numbers[str(key)].value for key in rows[name]
            ]
        return shown

    def breakdown(self, *questions: str) -> pd.DataFrame:
        """Rows of some questions, in the order given."""
        parts = [self.breakdowns[self.breakdowns["question"] == question] for question in questions]
        return pd.concat(parts, ignore_index=True) if parts else self.breakdowns.iloc[:0]


def people_findings(rendering: Rendering) -> People:
    """Everything that the respondents section shows."""
    ledger, study = rendering.ledger(), rendering.study
    flow = _flow(rendering, ledger)
    named = [grouping.id for grouping in study.groupings]
    further = [name for name in study.further_demographics if name not in named]
    tallies = {name: tally(rendering, name) for name in (*named, *further)}
    parts = [_breakdown(rendering, ledger, name, counted) for name, counted in tallies.items()]
    base = len(rendering.respondents)
    if study.invited:
        ledger.count("respondents.n_invited", study.invited, source="tbl-flow")
        ledger.share("respondents.pct_responded", base, study.invited, source="tbl-flow")
    ledger.share("respondents.pct_total", base, base, source="tbl-respondents", decimals=1)
    participants = _participants(ledger, study)
    told = bool(parts) and not rendering.withheld
    total = rendering.reading.flow.complete + int(sum(group.participants for group in study.participants))
    ledger.count(
        "respondents.n_all_methods",
        total,
        source="tbl-interviews",
    )
    return People(
        flow=flow,
        breakdowns=pd.concat(parts, ignore_index=True) if told else pd.DataFrame(columns=BREAKDOWN),
        participants=participants,
        numbers=ledger.numbers,
        main_groupings=tuple(
            g.id for g in study.tested_groupings if not g.mapping and g.id not in study.further_demographics
        ),
        areas=tuple(g.id for g in study.groupings if not g.tested),
        derived=tuple(g.id for g in study.groupings if g.mapping),
        further=study.further_demographics,
        withheld=rendering.withheld,
        no_answers={}
        if rendering.withheld
        else {name: kinds_in(rendering, name, counted) for name, counted in tallies.items() if counted.unanswered},
    )


def _flow(rendering: Rendering, ledger: Ledger) -> pd.DataFrame:
    flow, source = rendering.reading.flow, "tbl-flow"
    ledger.count("respondents.n_complete", flow.complete, source=source, base=flow.complete)
    for name, _ in FLOW_STEPS:
        ledger.count(f"respondents.n_{name}", int(getattr(flow, name)), source=source)
    left_out = [f"respondents.n_{name}" for name, _ in FLOW_STEPS if getattr(flow, name)]
    ledger.enter(
        "respondents.n_started",
        flow.rows,
        unit="count",
        decimals=0,
        source=source,
        parts=["respondents.n_complete", *left_out],
    )
    n_open = open_answers(rendering)
    both = pd.Series([n_open, flow.complete - n_open])
    shown = rendering.policy.may_show_counts(both, ["respondents.n_open_answer", ""])
    ledger.count("respondents.n_open_answer", n_open, source=source, base=flow.complete, shown=bool(shown[0]))
    rows = [("Rows in the export", "respondents.n_started")]
    rows += [(label, f"respondents.n_{name}") for name, label in FLOW_STEPS]
    rows += [("Complete, and so respondents of this report", "respondents.n_complete")]
    if rendering.study.open_questions:
        rows += [("of whom answered at least one open question", "respondents.n_open_answer")]
    return pd.DataFrame(rows, columns=["label", "key"])


def weeks_open(study: Study) -> float:
    """Length of the fieldwork in weeks, both ends counted."""
    return ((study.closed - study.opened).days + 1) / DAYS_A_WEEK


def open_answers(rendering: Rendering) -> int:
    """Respondents who answered at least one open question."""
    columns = [question.column for question in rendering.study.open_questions]
    return int(rendering.respondents[columns].any(axis=1).sum())


@dataclass(frozen=True)
class Tally:
    """One question's categories with their counts, result keys, and which of them may be shown.

    Where somebody gave no answer, `NO_ANSWER` comes last: it is no category, but what is hidden may follow from it.
    """

    heading: str
    categories: tuple[Category, ...]
    counts: pd.Series[int]
    keys: tuple[str, ...]
    shown: pd.Series[bool]

    @property
    def unanswered(self) -> int:
        """How many gave no answer."""
        return int(self.counts.iloc[-1]) if NO_ANSWER in self.categories else 0

    @property
    def bases(self) -> tuple[int, int]:
        """The fewest and the most who answered, as far as what is shown tells: equal where that is no secret."""
        everybody = int(self.counts.sum())
        if not self.unanswered or bool(self.shown.iloc[-1]):
            return everybody - self.unanswered, everybody - self.unanswered
        others = int((~self.shown).sum()) - 1  # hidden categories, each of at least one
        return int(self.counts[self.shown].sum()) + others, everybody - 1


def share_in(n: int, bases: tuple[int, int]) -> tuple[float, int]:
    """A share in percent that is the same for every base in a range, and its decimals; NaN where there is none.

    From a finer one it would follow how many are in the base.
    """
    for decimals in (1, 0) if min(bases) > 0 else ():
        least, most = (round_half_up(100 * n / base, decimals) for base in reversed(bases))
        if least == most:
            return least, decimals
    return float("nan"), 0


def _breakdown(rendering: Rendering, ledger: Ledger, name: str, counted: Tally) -> pd.DataFrame:
    """Counts and shares of one question's categories; shares are of those who answered it."""
    base, bases, rows = len(rendering.respondents), counted.bases, []
    for category, n, visible, key in zip(counted.categories, counted.counts, counted.shown, counted.keys, strict=True):
        ledger.count(key, int(n), source=f"tbl-{name}", base=base, shown=bool(visible))
        if category is NO_ANSWER:
            continue
        pct_key = f"respondents.pct.{name}.{category.id}"
        known = bases[0] if bases[0] == bases[1] else None
        share, decimals = (100 * int(n) / known, 1) if known else share_in(int(n), bases) if bases[0] else (None, 1)
        ledger.enter(
            pct_key, share, unit="percent", decimals=decimals, source=f"tbl-{name}", base=known, shown=bool(visible)
        )
        rows.append((name, counted.heading, category.id, category.label, key, pct_key))
    grouping = next((grouping for grouping in rendering.study.groupings if grouping.id == name), None)
    if grouping:
        present = int((counted.counts[: len(grouping.categories)] > 0).sum())  # without those who gave no answer
        ledger.count(
            f"respondents.{grouping.count}", present, source=f"tbl-{name}", base=base, shown=not rendering.withheld
        )
    return pd.DataFrame(rows, columns=BREAKDOWN)


def tally(rendering: Rendering, name: str) -> Tally:
    study, respondents = rendering.study, rendering.respondents
    grouping = next((grouping for grouping in study.groupings if grouping.id == name), None)
    question: Question | None = None if grouping and grouping.mapping else study.question(name)
    categories: Sequence[Category] = grouping.categories if grouping else question.categories if question else ()
    heading = grouping.label if grouping else question.label if question else name
    answers = respondents[name if question is None else question.column].value_counts()
    counts = [int(answers.get(category.id, 0)) for category in categories]
    blank = len(respondents) - sum(counts)
    if blank:
        categories, counts = [*categories, NO_ANSWER], [*counts, blank]
    numbers = pd.Series(counts)
    keys = tuple(f"respondents.n.{name}.{category.id}" for category in categories)
    shown = rendering.policy.may_show_counts(numbers, keys, _blocks(rendering, name, categories))
    shown &= not rendering.withheld
    return Tally(heading, tuple(categories), numbers, keys, shown)


def kinds_in(rendering: Rendering, name: str, counted: Tally) -> NoAnswers:
    """Who gave no answer to a question of a table of respondents, by kind; not told where the table hides how many."""
    if not bool(counted.shown.iloc[-1]):
        return NoAnswers(counted.heading, {}, (NO_ANSWER.label,), hidden=True)
    derived = any(grouping.id == name and grouping.mapping for grouping in rendering.study.groupings)
    if derived:
        return NoAnswers(counted.heading, {NO_ANSWER.label: counted.unanswered})
    return replace(no_answers(rendering, rendering.study.question(name), joint=True), label=counted.heading)


def _blocks(rendering: Rendering, name: str, categories: Sequence[Category]) -> pd.Series | None:
    """Where a grouping derived from this question publishes totals of its own, the block each category falls in.

    A block whose total is hidden counts as none: only the sum over all of these follows from what is published.
    """
    groupings = rendering.study.groupings
    derived: Grouping | None = next((g for g in groupings if g.mapping and g.derived_from == name), None)
    if derived is None or derived.mapping is None:
        return None
    totals = tally(rendering, derived.id)
    public = {category.id for category, shown in zip(totals.categories, totals.shown, strict=True) if shown}
    blocks = [derived.mapping.get(category.id, "") for category in categories]
    return pd.Series([block if block in public else None for block in blocks], dtype="object")


def _participants(ledger: Ledger, study: Study) -> pd.DataFrame:
    """Focus groups and interviews from the study's own tables."""
    rows, totals = [], {}
    for method in dict.fromkeys(group.method for group in study.participants):
        source = f"tbl-{method}s".replace("_", "-")
        for group in (group for group in study.participants if group.method == method):
            key = f"sessions.{method}.{group.group}"
            ledger.count(key, group.participants, source=source)
            rows.append((method, group.label, key))
        totals[method] = sum(group.participants for group in study.participants if group.method == method)
        held = sum(session.sessions for session in study.sessions if session.method == method)
        ledger.count(f"sessions.n_{method}_participants", totals[method], source=source)
        ledger.count(f"sessions.n_{method}s", held, source=source)
        rows.append((method, "Total", f"sessions.n_{method}_participants"))
    by_phone = sum(s.sessions for s in study.sessions if s.method == "interview" and s.mode == "telephone")
    ledger.count("sessions.n_telephone_interviews", by_phone, source="tbl-interviews")
    ledger.count("sessions.n_participants", sum(totals.values()), source="tbl-interviews")
    weeks = weeks_open(study)
    ledger.count("sessions.weeks_open", int(round_half_up(weeks, 0)), source="study")
    return pd.DataFrame(rows, columns=["method", "label", "key"])
