"""What a study says of the names in its corpus: which variable or set tells a source's method or service."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from survey_report.errors import Problem, rows_text
from survey_report.study import METHODS, TRAITS
from survey_report.study_fields import Fields

if TYPE_CHECKING:
    import pandas as pd

    from survey_report.qualitative.corpus import Corpus

VALENCES = ("challenge", "improvement", "good practice", "need")


@dataclass(frozen=True)
class Naming:
    """What the names in a corpus file stand for. Names are compared without regard to case.

    `variables`: column of `sources` -> name of the variable that tells it (by default, the column's own name).
    `sets`: name of a set of sources (a document group in MAXQDA) -> column -> value of its members.
    `values`: column -> value as told -> value wanted. Others stay as told; methods are also known by plural and hyphen.
    `valence`: name of a set of codes, or of a code with all below it -> valence. Sets named as in
    `VALENCES` need no entry.
    """

    variables: Mapping[str, str] = field(default_factory=dict)
    sets: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    valence: Mapping[str, str] = field(default_factory=dict)

    def column(self, variable: str) -> str:
        """The column that a variable tells; empty if it tells none."""
        names = {fold(self.variables.get(column, column)): column for column in TRAITS}
        return names.get(fold(variable), "")

    def value(self, column: str, told: str) -> str:
        """The value wanted for a value as told."""
        told = " ".join(told.split())
        wanted = {fold(name): value for name, value in self.values.get(column, {}).items()}
        if fold(told) in wanted:
            return wanted[fold(told)]
        return _method(told) if column == "method" else told

    def of_set(self, name: str) -> Mapping[str, str]:
        """Column and value that membership of a set tells."""
        return next((told for known, told in self.sets.items() if fold(known) == fold(name)), {})

    def of_code(self, name: str) -> str:
        """Valence that a code of this name tells; empty if none."""
        return {fold(told): valence for told, valence in self.valence.items()}.get(fold(name), "")

    def of_codes(self, name: str) -> str:
        """Valence that a set of codes of this name tells; empty if none."""
        return self.of_code(name) or next((valence for valence in VALENCES if fold(valence) == fold(name)), "")


def read_naming(fields: Fields) -> Naming:
    """Naming as a study tells it: the keys `variables`, `sets`, `values` and `valence`, each of which may be left out.

    What does not fit is noted in the problems of `fields`. The caller closes `fields`.
    """
    variables = _texts(fields, "variables", TRAITS)
    values = {column: _texts(part, column) for part, column in _parts(fields, "values", TRAITS)}
    sets = {name: _texts(part, name, TRAITS) for part, name in _parts(fields, "sets")}
    return Naming(variables, sets, values, _texts(fields, "valence"))


def _parts(fields: Fields, key: str, known: Collection[str] = ()) -> Iterator[tuple[Fields, str]]:
    if key not in fields.data:
        fields.taken.add(key)
        return
    part = fields.part(key)
    for name in map(str, part.data):
        if not known or name in known:
            yield part, name
        else:
            part.note(name, None, "is no column of sources", f"columns: {', '.join(known)}")


def _texts(fields: Fields, key: str, known: Collection[str] = ()) -> dict[str, str]:
    return {name: part.text(name) for part, name in _parts(fields, key, known)}


def fold(name: str) -> str:
    """A name for comparing: one space between words, case folded."""
    return " ".join(name.split()).casefold()


def check_values(corpus: Corpus, known: Mapping[str, Collection[str]], file: str) -> list[Problem]:
    """Values of sources that the study does not know, one problem a value; `known` has one entry a column to check.

    Call it with the study's category ids. Values of `method` are always checked. Empty values pass: they are not told.
    """
    problems = []
    for column, allowed in {"method": METHODS, **known}.items():
        values: pd.Series[str] = corpus.sources[column]
        for value in sorted(set(values) - set(allowed) - {""}):
            places = (values.index[values == value] + 1).tolist()
            problems.append(
                Problem(
                    file,
                    f"{column}, {rows_text(places).replace('row', 'source')}",
                    value[:80],
                    f"is no {column} of the study",
                    f"say under `corpus: values: {column}:` which of these it is: {', '.join(sorted(allowed))}",
                )
            )
    return problems


def _method(told: str) -> str:
    plain = re.sub(r"[\s_-]+", " ", told).strip().casefold()
    return next((method for method in METHODS if plain in (method, f"{method}s")), told)
