"""Errors that a user can meet: every problem at once, each with its place and its remedy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: the file, the place in it, the value found, what is wrong and what to do."""

    file: str
    place: str
    value: str
    message: str
    remedy: str

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.file, self.place) if part)
        found = f" (found: {self.value})" if self.value else ""
        return f"{where}: {self.message}{found}\n    -> {self.remedy}"


class Told(Exception):
    """An error whose text is all that a reader needs: notebooks show it without a page of traceback."""

    def _render_traceback_(self) -> list[str]:
        return str(self).split("\n")


class UserError(Told):
    """Raised before anything is built; `problems` lists everything found, not only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[UserError], tuple[tuple[Problem, ...]]]:
        """Between processes the problems travel, not the text."""
        return UserError, (self.problems,)


def rows_text(rows: Iterable[int], shown: int = 5) -> str:
    """`row 4`, or `rows 4, 9, 12, 13, 15 and 40 more`."""
    numbers = list(rows)
    more = f" and {len(numbers) - shown:,} more" if len(numbers) > shown else ""
    return f"row{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers[:shown]))}{more}"


def raise_if_any(problems: Iterable[Problem]) -> None:
    """Raise one UserError for all problems, or return when there are none."""
    found = tuple(problems)
    if found:
        raise UserError(found)
