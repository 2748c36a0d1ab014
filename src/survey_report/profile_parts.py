"""Parts of the profiles: on a cluster each is a job of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from survey_report.errors import Problem, UserError

One = TypeVar("One")


@dataclass(frozen=True)
class Part:
    """The `number`-th (from 1) of `count` parts."""

    number: int
    count: int

    def of_all(self, everything: Sequence[One]) -> list[One]:
        """What is in this part: every `count`-th, so that long ones, which stand together, are shared out."""
        return list(everything[self.number - 1 :: self.count])


def read_part(text: str) -> Part:
    """The part that is written as K/N. Raises UserError for anything else."""
    found = re.fullmatch(r"([1-9][0-9]{0,5})/([1-9][0-9]{0,5})", text)
    if found is None or int(found[1]) > int(found[2]):
        remedy = "write the number of the part, a slash and how many parts there are, as in `2/8`"
        raise UserError([Problem("--batch", "", text, "this is no part of a whole", remedy)])
    return Part(int(found[1]), int(found[2]))
