"""To whom quotations are attributed: a service and the method, or the method alone where the service would tell more.

What an attribution tells is read beside everything else that is printed. A service is named only where at least so many
of its people spoke by that method, and never where the study's own table of participants names what they are more
closely than by the service ("Senior police officers, 3" beside "(Police: Interview)" is one of three). As for hidden
counts, no service is the only one left unnamed: everybody could tell which it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from survey_report.qualitative.speakers import FOCUS_GROUP, INTERVIEW, NOT_TOLD
from survey_report.study import Participants

# People of a service who must have spoken: of two, each would know which words are the other's.
FEWEST_SPEAKERS = 3
FEWEST = {FOCUS_GROUP: FEWEST_SPEAKERS, INTERVIEW: FEWEST_SPEAKERS}


@dataclass(frozen=True)
class Attribution:
    """How quotations are attributed: `(Service: Method)` or `(Method)`.

    `services` gives the labels of services, `named` the pairs of method and service that may be told.
    """

    services: Mapping[str, str] = field(default_factory=dict)
    named: frozenset[tuple[str, str]] = frozenset()

    def text(self, service: str, method: str) -> str:
        """The attribution of a quotation from a service by a method."""
        label = method[:1].upper() + method[1:]
        if (method, service) in self.named:
            return f"({self.services.get(service, service)}: {label})"
        return f"({label})" if label else ""


@dataclass(frozen=True)
class TableOfParticipants:
    """What the study's table of participants tells of one method: `people` of each service that a row is named after,
    `closer` services of which a row names a part or a post, and whether such a row names what belongs to `any`."""

    people: Mapping[str, int]
    closer: frozenset[str]
    any: bool


def told_of_participants(
    rows: Iterable[Participants], own: Mapping[str, str], crosswalk: Mapping[str, str | None]
) -> dict[str, TableOfParticipants]:
    """What the study's table of participants tells, by method.

    `own` gives the service by its own names, `crosswalk` by others (None: of no service). A row under another name than
    the service's own tells more of its people than the service; one that no list knows may be about any service.
    """
    found: dict[str, tuple[dict[str, int], set[str], list[str]]] = {}
    for row in rows:
        people, closer, unknown = found.setdefault(row.method.replace("_", " "), ({}, set(), []))
        names = [" ".join(name.split()).casefold() for name in (row.label, row.group)]
        service = next((own[name] for name in names if name in own), None)
        if service is not None:
            people[service] = people.get(service, 0) + row.participants
            continue
        known = next((name for name in names if name in crosswalk), None)
        if known is None:
            unknown.append(row.label)
        elif (other := crosswalk[known]) is not None:
            closer.add(other)
    return {
        method: TableOfParticipants(people, frozenset(closer), bool(unknown))
        for method, (people, closer, unknown) in found.items()
    }


def may_be_named(
    heard: pd.DataFrame, fewest: Mapping[str, float], tables: Mapping[str, TableOfParticipants] | None = None
) -> frozenset[tuple[str, str]]:
    """The pairs of method and service that an attribution may tell.

    `heard` are the `voices` of the corpus. How many people of a service spoke is what the table of participants says,
    or else the number of people, interviews or focus groups of it: each has at least one. `fewest` is how many it takes
    by method; a method that is not there takes as many as an interview.
    """
    found: set[tuple[str, str]] = set()
    for method, rows in heard[heard["method"] != NOT_TOLD].groupby("method"):
        table = (tables or {}).get(str(method), TableOfParticipants({}, frozenset(), any=False))
        if table.any:
            continue
        people = {str(name): int(n) for name, n in rows.groupby("service")["who"].nunique().items()}
        people |= {name: n for name, n in table.people.items() if name in people}
        least = fewest.get(str(method), FEWEST_SPEAKERS)
        unnamed = {name for name, n in people.items() if name == NOT_TOLD or n < least or name in table.closer}
        while unnamed - {NOT_TOLD} and (len(unnamed) == 1 or sum(people[name] for name in unnamed) < least):
            named = sorted(people.keys() - unnamed, key=lambda name: (people[name], name))
            if not named:
                break
            unnamed.add(named[0])
        found |= {(str(method), name) for name in people.keys() - unnamed}
    return frozenset(found)
