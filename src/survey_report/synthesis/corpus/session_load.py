"""Reading the table of focus groups and interviews: one row for each group of participants in a session."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from survey_report.errors import Problem
from survey_report.study import Study
from survey_report.study_fields import read_table
from survey_report.synthesis.corpus.bank import Session

COLUMNS = ["session", "name", "method", "mode", "group", "participants", "labels"]


def read_sessions(
    study: Study,
    path: Path,
    crosswalk: Sequence[Mapping[str, str]],
    counts_as: Mapping[str, Mapping[str, str]],
    problems: list[Problem],
) -> tuple[Session, ...]:
    """Sessions in the order of their first rows. `counts_as[method]` holds for all its people, unless
    the crosswalk says otherwise.

    Participants of each group and sessions of each mode must add up to the study's own tables.
    """
    rows: dict[str, list[dict[str, str]]] = {}
    for number, row in enumerate(read_table(path, COLUMNS, problems), 2):
        if not row["participants"].isdigit() or not int(row["participants"]):
            what = "is no number of people"
            problems.append(Problem(path.name, f"row {number}", row["participants"], what, "correct the row"))
            continue
        rows.setdefault(row["session"], []).append(row)
    # Of several labels for a group the first stands, as in the study's tables.
    counterparts: dict[str, Mapping[str, str]] = {}
    for label in crosswalk:
        for group in label["figures_group"].split(";"):
            counterparts.setdefault(group, label)
    found = []
    for session, parts in rows.items():
        parts.sort(key=lambda row: -int(row["participants"]))
        first = parts[0]
        counterpart = counterparts.get(first["group"])
        if counterpart is None:
            what = "is no group of the crosswalk"
            problems.append(Problem(path.name, session, first["group"], what, "use a figures_group of the crosswalk"))
            continue
        told = {counterpart["kind"]: counterpart["survey_id"]} if counterpart["survey_id"] else {}
        variables = {**counts_as.get(first["method"], {}), **told}
        labels = {label.strip() for row in parts for label in row["labels"].split(";") if label.strip()}
        found.append(
            Session(
                session,
                first["name"],
                first["method"],
                first["mode"],
                tuple((row["group"], int(row["participants"])) for row in parts),
                frozenset(labels),
                variables,
            )
        )
    problems.extend(_sums(study, path.name, found))
    return tuple(found)


def _sums(study: Study, file: str, sessions: Sequence[Session]) -> list[Problem]:
    people: Counter[tuple[str, str]] = Counter()
    held: Counter[tuple[str, str]] = Counter()
    for session in sessions:
        held[spelled(session.method), session.mode] += 1
        for group, number in session.groups:
            people[spelled(session.method), group] += number
    wanted = {(row.method, row.group): row.participants for row in study.participants}
    modes = {(row.method, row.mode): row.sessions for row in study.sessions}
    problems = []
    for found, expected, what in ((people, wanted, "participants"), (held, modes, "sessions")):
        for key in sorted(set(found) | set(expected)):
            if found[key] != expected.get(key, 0):
                message = f"{found[key]} {what}, where the study's table has {expected.get(key, 0)}"
                problems.append(Problem(file, ", ".join(key), "", message, "make the two tables agree"))
    return problems


def spelled(method: str) -> str:
    """A method as the study's tables of participants and sessions spell it."""
    return method.replace(" ", "_")
