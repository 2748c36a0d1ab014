"""The page of inconsistencies: each with its arithmetic, how much the checks find, and what they cannot see."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from survey_report.errors import Problem, raise_if_any
from survey_report.escaping import bold, escaped, marked, sentences
from survey_report.figure_checks.checks import CHECKS, check_figures
from survey_report.figure_checks.outcome import Finding, Limit, Outcome
from survey_report.figure_checks.planted import (
    NARROW,
    Trial,
    clean_register,
    found_by,
    simulated_trials,
    trials,
)
from survey_report.figure_checks.printed import Figures, figures_of, read_frame
from survey_report.frames import each_row
from survey_report.pipe_tables import pipe_table
from survey_report.study import Study
from survey_report.study_fields import read_table
from survey_report.wording import capital, listing

ERRATA = ["id", "where", "published", "expected", "evidence", "figure_ids", "arithmetic"]
PROGRAM, READING = "program", "reading"
UNLISTED = "not in the study's list"


@dataclass(frozen=True)
class Examined:
    """A study's register with what the checks say of it, and the study's own list of errata."""

    figures: Figures
    outcome: Outcome
    errata: tuple[dict[str, str], ...]
    corrections: dict[str, str]

    @property
    def doubted(self) -> tuple[str, ...]:
        """Figures that some erratum names."""
        return tuple(figure for row in self.errata for figure in row["figure_ids"].split(";") if figure)


@dataclass(frozen=True)
class Rates:
    """Planted errors in the study's own register and in simulated ones, and alarms before anything was planted."""

    own: tuple[Trial, ...]
    simulated: tuple[Trial, ...]
    own_alarms: int
    simulated_alarms: int


def examine(study: Study) -> Examined:
    """Read a study's register and errata and run all checks. UserError for files that cannot be read."""
    problems: list[Problem] = []
    errata = read_table(study.files["errata"], ERRATA, problems)
    raise_if_any(problems)
    figures = figures_of(read_frame(study.files["published"]))
    return Examined(figures, check_figures(figures), tuple(errata), dict(study.corrections))


def rates(examined: Examined) -> Rates:
    """Plant errors, one at a time, in the corrected register of the study and in simulated ones."""
    clean = clean_register(examined.figures, examined.corrections, examined.doubted)
    simulated, false_alarms = simulated_trials()
    return Rates(trials(clean), simulated, len(check_figures(clean).findings), false_alarms)


def inconsistency_rows(examined: Examined) -> pd.DataFrame:
    """One row an erratum, then one an alarm that no erratum covers: id, where, printed, expected, found_by, checks,
    arithmetic."""
    rows: list[tuple[str, ...]] = []
    covered: set[int] = set()
    for erratum in examined.errata:
        ids = {figure for figure in erratum["figure_ids"].split(";") if figure}
        mine = [finding for finding in examined.outcome.findings if ids.intersection(finding.figures)]
        covered.update(id(finding) for finding in mine)
        rows.append(
            (
                erratum["id"],
                re.sub(r"^\d+: ", "", erratum["where"]),  # which of the study's sources, by number
                erratum["published"],
                erratum["expected"],
                PROGRAM if mine else READING,
                _checks(mine),
                " ".join(finding.message for finding in mine) or erratum["evidence"],
            )
        )
    for finding in examined.outcome.findings:
        if id(finding) not in covered:
            where = ", ".join(finding.figures)
            rows.append((UNLISTED, where, finding.printed, "", PROGRAM, _checks([finding]), finding.message))
    columns = ["id", "where", "printed", "expected", "found_by", "checks", "arithmetic"]
    return pd.DataFrame(rows, columns=columns, dtype=str)


def inconsistency_table(rows: pd.DataFrame) -> str:
    """The inconsistencies as a table, those found by program first: a row a question, since answers are sentences."""
    lines: list[list[str]] = []
    for row in each_row(rows.sort_values("found_by", kind="stable")):
        where = bold(_plain(row.where))
        lines += [
            [bold("Where?"), f"{marked('[')}{where}{marked(f']{{#{row.id}}}')}" if row.id != UNLISTED else where],
            ["What is printed?", _plain(row.printed)],
            *([["What should it be?", _plain(row.expected)]] if row.expected else []),
            ["How was it found?", _plain(f"By {row.found_by}: {row.checks}" if row.checks else f"By {row.found_by}")],
            ["Why?", _plain(row.arithmetic)],
        ]
    return pipe_table(["Question", "Answer"], lines, "ll", [26, 100])


@sentences
def inconsistency_sentences(examined: Examined, rows: pd.DataFrame) -> list[str]:
    """How many places there are, and who found them."""
    listed = rows[rows["id"] != UNLISTED]
    expected = [row["id"] for row in examined.errata if row["arithmetic"].startswith("y")]
    by_program = set(listed.loc[listed["found_by"] == PROGRAM, "id"])
    missed = [name for name in expected if name not in by_program]
    unlisted = len(rows) - len(listed)
    return [
        f"{len(listed)} places are listed. The programs found {len(by_program)} of them without being told where to "
        f"look; {len(listed) - len(by_program)} were found by reading.",
        f"Of the {len(expected)} that numbers alone give away, the programs "
        + (f"missed {len(missed)}." if missed else "missed none."),
        "The programs raise no further alarm on the register."
        if not unlisted
        else f"The programs raise {unlisted} further alarm{'s' if unlisted > 1 else ''}, listed last.",
    ]


def rate_rows(found: Rates) -> pd.DataFrame:
    """One row a check, then one a summary, kind of figure and kind of slip: part, name, own, own_of, simulated,
    simulated_of. Of planted errors, how many were found; for alarms their number, with no whole."""
    rows: list[tuple[str, str, int, int | None, int, int | None]] = []
    sets = (found.own, found.simulated)
    by_check = [found_by(done) for done in sets]
    whole = [len(done) for done in sets]
    for check in CHECKS:
        rows.append(("check", check, by_check[0][check], whole[0], by_check[1][check], whole[1]))
    hits = [sum(bool(trial.checks) for trial in done) for done in sets]
    narrow = [sum(trial.narrowed for trial in done) for done in sets]
    rows.append(("all", "any check", hits[0], whole[0], hits[1], whole[1]))
    rows.append(("all", f"narrowed down to {NARROW} figures or fewer", narrow[0], whole[0], narrow[1], whole[1]))
    for part in ("kind", "how"):
        names = dict.fromkeys(getattr(trial.slip, part) for done in sets for trial in done)
        for name in sorted(names):
            counted = [[trial for trial in done if getattr(trial.slip, part) == name] for done in sets]
            caught = [sum(bool(trial.checks) for trial in done) for done in counted]
            rows.append((PARTS[part], NAMES.get(name, name), caught[0], len(counted[0]), caught[1], len(counted[1])))
    elsewhere = [sum(trial.elsewhere for trial in done) for done in sets]
    rows.append(("alarms", "that name only other figures than the changed one", elsewhere[0], None, elsewhere[1], None))
    rows.append(("alarms", "with nothing planted", found.own_alarms, None, found.simulated_alarms, None))
    frame = pd.DataFrame(rows, columns=["part", "name", "own", "own_of", "simulated", "simulated_of"])
    return frame.astype({"own_of": "Int64", "simulated_of": "Int64"})


PARTS = {"kind": "kind of figure", "how": "kind of slip"}
HEADINGS = {"check": "Found by", "all": "Found by all checks together", "kind of figure": "Found, by kind of figure",
            "kind of slip": "Found, by kind of slip", "alarms": "False alarms"}  # fmt: skip


def rate_table(rows: pd.DataFrame) -> str:
    """Hit and false-alarm rates as a table."""
    lines: list[list[str]] = []
    for part, mine in rows.groupby("part", sort=False):
        lines.append([bold(HEADINGS[str(part)]), "", ""])
        for row in each_row(mine):
            cells = [(row.own, row.own_of), (row.simulated, row.simulated_of)]
            lines.append([capital(str(row.name)), *(_of(count, whole) for count, whole in cells)])
    return pipe_table(["What was planted", "This report's figures", "Simulated reports"], lines, "lrr", [56, 22, 22])


@sentences
def rate_sentences(found: Rates) -> list[str]:
    """Hit and false-alarm rates in words."""
    hits = [sum(bool(trial.checks) for trial in done) for done in (found.own, found.simulated)]
    missed = Counter(trial.slip.kind for trial in found.own if not trial.checks)
    kinds = listing(f"{count} {NAMES.get(kind, kind)}" for kind, count in missed.most_common())
    return [
        f"Of {len(found.own)} errors planted one at a time among the report's figures, {hits[0]} raised an alarm that "
        f"names the changed figure; in {len(found.simulated)} simulated reports, {hits[1]}.",
        f"With nothing planted there were {found.own_alarms} alarms on the corrected register and "
        f"{found.simulated_alarms} on the simulated ones.",
        *([f"Among the report's figures they missed {kinds}."] if missed else []),
    ]


NAMES = {"count": "counts", "percent": "percentages", "mean": "means"}


def limit_rows(examined: Examined) -> pd.DataFrame:
    """One row a check and figure that it can say little or nothing about: check, power, figure, limit."""
    rows = [
        (limit.check, "none" if limit.blind else "little", figure, limit.reason)
        for limit in examined.outcome.limits
        for figure in limit.figures
    ]
    return pd.DataFrame(rows, columns=["check", "power", "figure", "limit"], dtype=str)


def limit_table(examined: Examined) -> str:
    """What the checks cannot see: like limits in one row, with the numbers of the first as an example."""
    alike: dict[tuple[str, bool, str], list[Limit]] = {}
    for limit in examined.outcome.limits:
        alike.setdefault((limit.check, limit.blind, re.sub(r"[\d.,]+", "0", limit.reason)), []).append(limit)
    lines = []
    for (check, blind, _), limits in sorted(
        alike.items(), key=lambda item: (not item[0][1], [*CHECKS].index(item[0][0]))
    ):
        figures = len({figure for limit in limits for figure in limit.figures})
        example = "" if len({limit.reason for limit in limits}) == 1 else "For instance: "
        reason = f"{example}{limits[0].reason}" if example else capital(limits[0].reason)
        lines.append([capital(check), "none" if blind else "little", f"{figures}", _plain(reason)])
    return pipe_table(["Check", "Power", "Figures", "Why"], lines, "llrl", [26, 10, 10, 80])


@sentences
def limit_sentences(examined: Examined) -> list[str]:
    """How many figures no check can contradict."""
    numbers = [row for row in examined.figures.rows if row.value is not None]
    unseen = [row for row in numbers if row.id not in examined.outcome.tested]
    silent = len(examined.figures.rows) - len(numbers)
    return [
        f"{len(numbers)} rows of the register print a number. {len(unseen)} of them no check can contradict, whatever "
        "possible number they gave.",
        f"{silent} rows print no number; of these, the checks read only which groups differ, and which do not.",
    ]


def _checks(findings: Iterable[Finding]) -> str:
    return "; ".join(dict.fromkeys(f"{finding.check} ({finding.certainty})" for finding in findings))


def _of(count: int, whole: object) -> str:
    return f"{count}" if pd.isna(whole) else f"{count} of {whole}"  # type: ignore[call-overload]


def _plain(text: str) -> str:
    """What is printed, as it is printed."""
    return marked(escaped(str(text)))
