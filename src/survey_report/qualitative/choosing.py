"""Choosing quotations by stated rules, so that nobody picks the striking ones by hand.

Taken are quotations that may be printed, of a bounded length. For each theme in turn, the next one is always that whose
service, then method, has been quoted least for the theme; then from the source quoted least so far, the service, then
the method quoted least so far; then with the fewest replacements; then the first in the order of the corpus. No
stretch, no text and no part of a stretch is printed twice.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import pandas as pd

from survey_report.frames import each_row
from survey_report.qualitative.attributing import Attribution
from survey_report.qualitative.corpus import Corpus, themes
from survey_report.qualitative.safe_quotations import Checked, quotation_id
from survey_report.study import QuotationRules

COLUMNS = ["theme", "place", "quotation", "text", "attribution", "method", "service"]


def choose(
    corpus: Corpus,
    checked: Checked,
    chosen: Sequence[str],
    rules: QuotationRules | None = None,
    attribution: Attribution | None = None,
    printed: Collection[str] = (),
) -> pd.DataFrame:
    """Quotations for the `chosen` themes, in their order: one row a quotation.

    Columns: `theme`, `place` (1, 2, ... within the theme), `quotation` (id), `text`, `attribution`, `method`,
    `service`. A theme has fewer rows than `rules.a_theme` where fewer fit. `printed` are ids that stand elsewhere
    already.
    """
    rules, attribution = rules or QuotationRules(), attribution or Attribution()
    candidates = _candidates(corpus, checked, rules)
    taken = [one for told in candidates.values() for one in told if one.quotation in printed]
    rows = []
    for theme in chosen:
        mine: list[Candidate] = []
        left = candidates.get(theme, [])
        while len(mine) < rules.a_theme and (left := [one for one in left if one.is_new(taken)]):
            best = min(left, key=lambda one: one.rank(mine, taken))
            mine.append(best)
            taken.append(best)
            told = attribution.text(best.service, best.method)
            rows.append((theme, len(mine), best.quotation, best.text, told, best.method, best.service))
    return pd.DataFrame(rows, columns=COLUMNS).astype({name: "int64" if name == "place" else "str" for name in COLUMNS})


@dataclass(frozen=True)
class Candidate:
    """A quotation that fits a theme; `order` is its place in the corpus, `span` where it lies in its source."""

    quotation: str
    source: str
    text: str
    method: str
    service: str
    replaced: int
    order: int
    span: tuple[int, int] | None

    def is_new(self, taken: Sequence[Candidate]) -> bool:
        """Whether nothing of it is among the quotations taken."""
        return not any(
            self.quotation == other.quotation
            or self.text.casefold() == other.text.casefold()
            or (self.source == other.source and _overlap(self.span, other.span))
            for other in taken
        )

    def rank(self, mine: Sequence[Candidate], taken: Sequence[Candidate]) -> tuple[int, ...]:
        """Order in which quotations are taken: how often its like has been quoted for the theme, then at all."""
        return (
            sum(other.service == self.service for other in mine),
            sum(other.method == self.method for other in mine),
            sum(other.source == self.source for other in taken),
            sum(other.service == self.service for other in taken),
            sum(other.method == self.method for other in taken),
            self.replaced,
            self.order,
        )


def _candidates(corpus: Corpus, checked: Checked, rules: QuotationRules) -> dict[str, list[Candidate]]:
    """Quotations by theme, each once, in the order of the corpus."""
    spans = {
        quotation_id(row.source, row.start, row.end, row.text): (int(row.start), int(row.end))
        for row in each_row(corpus.excerpts)
        if not pd.isna(row.start)
    }
    fitting = checked.quotations[checked.quotations["printable"]]
    fitting = fitting[fitting["text"].str.len().between(rules.shortest, rules.longest)]
    order = {name: place for place, name in enumerate(dict.fromkeys(fitting["quotation"]))}
    coded = fitting.merge(themes(corpus), on="code").drop_duplicates(["quotation", "theme"])
    found: dict[str, list[Candidate]] = {}
    for row in each_row(coded):
        told = (row.quotation, row.source, row.text, row.method, row.service, row.replaced)
        found.setdefault(row.theme, []).append(Candidate(*told, order[row.quotation], spans.get(row.quotation)))
    return found


def _overlap(one: tuple[int, int] | None, other: tuple[int, int] | None) -> bool:
    return one is not None and other is not None and one[0] < other[1] and other[0] < one[1]
