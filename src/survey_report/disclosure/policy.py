"""Disclosure control, first line of defence: what every table, figure and sentence passes before it is shown.

Groups under `min_group` respondents are not reported and counts under `min_cell` are not shown; where one hidden count
could be worked out from a total, the next smallest is hidden too. Figures already public for the study's own shipped
data (`released`) are exempt; a user's own export has no exemptions.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from survey_report.disclosure.means import room_for_all
from survey_report.disclosure.precision import Precision, precision_of
from survey_report.disclosure.reasons import SOME_FEW, few
from survey_report.disclosure.zeros import harmless
from survey_report.study import SIDES, ResponseSet, Side, Thresholds


@dataclass(frozen=True)
class Policy:
    """Thresholds, and what is exempt: result keys of figures already public, and the ids of their register rows."""

    thresholds: Thresholds
    released: frozenset[str]

    def group_may_show(self, n: int, key: str = "") -> bool:
        """Whether results of a group of n respondents may be reported."""
        return n >= self.thresholds.min_group or key in self.released

    def precision(self, n: int, key: str = "", answers: ResponseSet | None = None) -> Precision:
        """How finely figures of a group of n answers are given; a figure that is public already is given as it is.

        Means need the `answers` of their scale.
        """
        return precision_of(self.thresholds.coarse_group if key in self.released else n, self.thresholds, answers)

    def mean_may_show(
        self,
        mean: float,
        n: int,
        counts: pd.DataFrame,
        answers: ResponseSet,
        key: str = "",
        turned: Sequence[bool] = (),
    ) -> bool:
        """Whether the mean of a group of n may be shown, rounded as its precision says.

        `counts` are the group's answers: one row an item of the scale, one column an option. At the end of the scale a
        mean tells that everybody chose the last answer, but for fewer than `min_cell`. Of a coarse group, near an end
        of what the shares of the items allow, a mean leaves room for few of some answer: where fewer than `min_cell`
        over all items could have been given, it tells that these are few. `turned` are the items that are reversed:
        their answers enter the mean as those of the opposite side, and where a set has none that is just opposite no
        coarse group has a mean.
        """
        precision = self.precision(n, key, answers)
        if key in self.released or math.isnan(mean):
            return True
        shown, half = precision.mean(mean), precision.mean_step / 2
        ends = (shown - half, shown + half)
        scores, given = answers.scores.values(), int(counts.to_numpy(dtype=int).sum())
        if min(max(scores) - ends[0], ends[1] - min(scores)) * given < self.thresholds.min_cell:
            return False
        if not precision.coarse:
            return True
        sides = np.column_stack([counts[list(answers.side(side))].sum(axis=1) for side in SIDES])
        if any(turned):
            if not answers.symmetric:
                return False
            sides[list(turned)] = sides[list(turned), ::-1]
        return room_for_all(ends, sides, precision.pct_step, answers, self.thresholds.min_cell)

    def may_show_counts(
        self,
        counts: pd.Series[int],
        keys: Sequence[str],
        blocks: pd.Series | None = None,
        hide: pd.Series[bool] | None = None,
    ) -> pd.Series[bool]:
        """Which counts of one table may be shown.

        `keys` are the result keys of the counts, `blocks` groups of rows whose totals are published as well (missing
        for rows of no such group: their total follows from the others). A count from 1 to below `min_cell` is hidden;
        within the table, and within each block, a single hidden count or hidden counts that add to less than `min_cell`
        take the next smallest count above zero with them. Zeros are shown: an area without respondents has no one to
        protect. `hide` are counts that another rule hides whatever their size.
        """
        exempt = np.array([key in self.released for key in keys])
        numbers = counts.to_numpy(dtype=int)
        hidden = (numbers > 0) & (numbers < self.thresholds.min_cell) & ~exempt
        if hide is not None:
            hidden |= hide.to_numpy(dtype=bool)
        parts = [np.arange(len(numbers))]
        if blocks is not None:
            named = blocks.astype("object").where(blocks.notna(), "").to_numpy()
            parts += [np.flatnonzero(named == block) for block in dict.fromkeys(named)]
        changed = True
        while changed:
            changed = False
            for part in parts:
                mine = part[hidden[part]]
                if len(mine) and (len(mine) == 1 or numbers[mine].sum() < self.thresholds.min_cell):
                    others = [i for i in part if not hidden[i] and numbers[i] > 0 and not exempt[i]]
                    if others:
                        hidden[min(others, key=lambda i: (numbers[i], i))] = True
                        changed = True
        return pd.Series(~hidden, index=counts.index)

    def answer_detail(
        self,
        counts: pd.DataFrame,
        answers: ResponseSet,
        keys: Mapping[str, Mapping[Side, tuple[str, str]]] | None = None,
    ) -> pd.Series[str]:
        """How much of each row of answer counts may be shown: `full`, `sides` (three merged classes) or `none`.

        `counts` has one row a question (or period, or group) and one column an option. A row is shown in full where
        its options are `harmless` and it is no coarse group's; in three classes where its sides are, or are public
        already (`keys` holds the result keys of each side's share and count by row); else not at all.
        """
        names, options, least = list(counts.columns), counts.to_numpy(dtype=int), self.thresholds.min_cell
        sizes = options.sum(axis=1)
        base = sizes >= self.thresholds.min_group
        full = base & (sizes >= self.thresholds.coarse_group) & harmless(options, least).all(axis=1)
        filled = _filled_sides(answers)
        sides = [options[:, [names.index(option) for option in answers.side(side)]].sum(axis=1) for side in filled]
        public = [self._public(counts.index, side, keys or {}) for side in filled]
        enough = base & (harmless(np.column_stack(sides), least) | np.column_stack(public)).all(axis=1)
        return pd.Series(np.select([full, enough], ["full", "sides"], "none"), index=counts.index)

    def why_hidden(self, n: int) -> str:
        """Why a row of n answers of which `answer_detail` is none is not shown, in words that tell nothing of it."""
        return few(self.thresholds.min_group) if n < self.thresholds.min_group else SOME_FEW

    def _public(self, rows: pd.Index, side: Side, keys: Mapping[str, Mapping[Side, tuple[str, str]]]) -> np.ndarray:
        """Whether the share or count of a side is public, row by row."""
        public = [row in keys and not self.released.isdisjoint(keys[row][side]) for row in rows]
        return np.array(public, dtype=bool)


def _filled_sides(answers: ResponseSet) -> list[Side]:
    return [side for side in SIDES if answers.side(side)]
