"""The list of mutations and what came of them, as files."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PACKAGE = Path("src", "survey_report")
LIST, RESULTS = HERE / "mutations.csv", HERE / "results.csv"


@dataclass(frozen=True)
class Mutation:
    """One change of one module: `before`, which stands there once, becomes `after`.

    `note` says why nothing can notice it, empty where something should.
    """

    id: str
    module: str
    what: str
    before: str
    after: str
    note: str

    @property
    def dotted(self) -> str:
        """The module's name."""
        return f"{PACKAGE.name}.{self.module.removesuffix('.py').replace('/', '.')}"

    def path(self, root: Path) -> Path:
        """The module's file in a checkout."""
        return root / PACKAGE / self.module

    def applied(self, source: str) -> str:
        """The module's source with the change; ValueError where `before` does not stand there once."""
        if (times := source.count(self.before)) != 1:
            raise ValueError(f"{self.id}: {self.before!r} stands {times} times in {self.module}")
        return source.replace(self.before, self.after)


@dataclass(frozen=True)
class Result:
    """Who noticed a mutation: each of `reconciliation` and `tests` is `caught` or `survived`.

    `lost` is what the reconciliation or the build said, `by` the first test that failed; empty where it survived.
    """

    id: str
    reconciliation: str
    tests: str
    lost: str
    by: str


def read_list(path: Path = LIST) -> tuple[Mutation, ...]:
    """The mutations, in the order of the file."""
    return tuple(Mutation(**row) for row in _rows(path))


def read_results(path: Path = RESULTS) -> dict[str, Result]:
    """Results by the mutation's id; none where there is no file."""
    return {row["id"]: Result(**row) for row in _rows(path)} if path.is_file() else {}


def write_results(results: Iterable[Result], path: Path = RESULTS) -> None:
    """Write results in the order given."""
    names = [field.name for field in fields(Result)]
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(names)
        writer.writerows([getattr(result, name) for name in names] for result in results)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle, strict=True))
