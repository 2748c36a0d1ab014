"""What a REFI-QDA project tells about its sources and codes beside the text: variables, cases and sets.

A source may have variables of its own. Most programs give them to cases instead, and cases refer to their sources;
MAXQDA writes its document groups as sets of sources. A source's own variable comes first, then those of its cases, then
its sets. Where several cases of one source (the people of a focus group) tell different values, none is taken.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from survey_report.qualitative.naming import Naming
from survey_report.study import TRAITS


@dataclass(frozen=True)
class Traits:
    """Values told by source guid and column, in order of precedence, and valences by code guid."""

    told: tuple[dict[str, dict[str, set[str]]], ...]
    valences: dict[str, str]
    parts_only: int = 0  # cases that refer to parts of sources only

    def of_source(self, guid: str) -> dict[str, str]:
        """Column and value of one source."""
        return {column: value for column in TRAITS if (value := self._value(guid, column))}

    def notices(self, guids: Collection[str]) -> Iterator[str]:
        """What is not told or was not taken, for the sources that were read."""
        untold = sum(not self._value(guid, "method") for guid in guids)
        if untold:
            yield f"{untold:,} source{' tells' if untold == 1 else 's tell'} no method"
        for column in TRAITS:
            torn = sum(self._torn(guid, column) for guid in guids)
            if torn:
                sources = "1 source has" if torn == 1 else f"{torn:,} sources have"
                yield f"{sources} several values of {column}, so none is taken"
        if self.parts_only:
            cases = "1 case holds" if self.parts_only == 1 else f"{self.parts_only:,} cases hold"
            yield f"{cases} parts of sources only, which tells nothing about a whole source"

    def _value(self, guid: str, column: str) -> str:
        values = next(
            (by_column[guid][column] for by_column in self.told if by_column.get(guid, {}).get(column)), set()
        )
        return next(iter(values)) if len(values) == 1 else ""

    def _torn(self, guid: str, column: str) -> bool:
        values = next(
            (by_column[guid][column] for by_column in self.told if by_column.get(guid, {}).get(column)), set()
        )
        return len(values) > 1


def read_traits(root: Element, naming: Naming) -> Traits:
    """Traits of a project's sources and codes, under the names that `naming` gives."""
    names = {
        variable.get("guid", "").lower(): variable.get("name", "") for variable in root.findall("Variables/Variable")
    }
    own, cases, sets = _nested(), _nested(), _nested()
    for source in root.findall("Sources/*"):
        guid = source.get("guid", "").lower()
        for column, value in _variables(source, names, naming):
            own[guid][column].add(value)
    parts_only = 0
    for case in root.findall("Cases/Case"):
        told = list(_variables(case, names, naming))
        whole = [ref.get("targetGUID", "").lower() for ref in case.findall("SourceRef")]
        parts_only += bool(told and not whole and case.find("SelectionRef") is not None)
        for guid in whole:
            for column, value in told:
                cases[guid][column].add(value)
    valences: dict[str, str] = {}
    for group in root.findall("Sets/Set"):
        name = group.get("name", "")
        for member in group.findall("MemberSource"):
            for column, value in naming.of_set(name).items():
                sets[member.get("targetGUID", "").lower()][column].add(value)
        for member in group.findall("MemberCode"):
            if naming.of_codes(name):
                valences[member.get("targetGUID", "").lower()] = naming.of_codes(name)
    return Traits((own, cases, sets), valences, parts_only)


def _nested() -> defaultdict[str, dict[str, set[str]]]:
    return defaultdict(lambda: defaultdict(set))


def _variables(element: Element, names: dict[str, str], naming: Naming) -> Iterator[tuple[str, str]]:
    """Column and value of each variable that tells a trait; values without text tell nothing."""
    for told in element.findall("VariableValue"):
        ref = told.find("VariableRef")
        column = naming.column(names.get(ref.get("targetGUID", "").lower(), "")) if ref is not None else ""
        text = next((child.text or "" for child in told if child.tag.endswith("Value")), "")
        value = naming.value(column, text) if column else ""
        if value:
            yield column, value
