"""Agreement between coders: Cohen's kappa for pairs and Krippendorff's alpha for any number, code by code.

A code is a yes-or-no question put to each coder for each unit: is it in there? A code counts as marked where one below
it is. A unit enters where at least two coders coded its source; who gave a source no code at all is taken not to have
read it, unless the study says who read what. Units that nobody marked count as agreement, so kappa and alpha, which
allow for chance, are the figures to look at, not the share of units agreed on.

Kappa: Cohen (1960), A coefficient of agreement for nominal scales. Alpha: Krippendorff (2011), Computing Krippendorff's
Alpha-Reliability, for nominal data; values may be missing.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from survey_report.qualitative.corpus import Corpus
from survey_report.qualitative.units import Kind, coded_sources, marked_units, text_units, unit_rows

NO_PAIR = "no unit was coded by two coders"
NO_VARIATION = "all answers are the same, so there is nothing to agree or disagree about"


@dataclass(frozen=True)
class Agreement:
    """A coefficient over `units`; `value` is None where there is none, and `reason` says why."""

    value: float | None
    units: int
    observed: float | None = None  # share of agreement seen (kappa), or of disagreement (alpha)
    expected: float | None = None  # the same by chance
    reason: str = ""


def cohen_kappa(first: Sequence[Hashable], second: Sequence[Hashable]) -> Agreement:
    """Cohen's kappa of two coders' answers to the same units; units where either is missing are left out.

    (observed - expected) / (1 - expected), with expected agreement from each coder's own shares.
    """
    if len(first) != len(second):
        raise ValueError("both coders need one answer a unit")
    pairs = pd.DataFrame({"first": list(first), "second": list(second)}).dropna()
    if pairs.empty:
        return Agreement(None, 0, reason=NO_PAIR)
    observed = float((pairs["first"] == pairs["second"]).mean())
    shares = [pairs[name].value_counts(normalize=True) for name in ("first", "second")]
    expected = float(shares[0].mul(shares[1], fill_value=0).sum())
    if shares[0].size == 1 and shares[0].index.equals(shares[1].index):
        return Agreement(None, len(pairs), observed, expected, NO_VARIATION)
    return Agreement((observed - expected) / (1 - expected), len(pairs), observed, expected)


def krippendorff_alpha(answers: pd.DataFrame) -> Agreement:
    """Krippendorff's alpha for nominal data; `answers` has a row a unit and a column a coder.

    1 - observed / expected disagreement, over the pairs of answers within and across units. Answers may be missing;
    units with fewer than two answers are left out.
    """
    codes, values = pd.factorize(answers.to_numpy(dtype=object).ravel())
    counts = np.zeros((len(answers), len(values)), dtype=int)
    units, _ = np.divmod(np.arange(codes.size), max(1, answers.shape[1]))
    told = codes >= 0
    np.add.at(counts, (units[told], codes[told]), 1)
    return _alpha(counts)


def _alpha(counts: np.ndarray) -> Agreement:
    """Alpha from a table with one row a unit and one column a value: how many coders gave the unit that value."""
    counts = counts[counts.sum(axis=1) >= 2]
    if not len(counts):
        return Agreement(None, 0, reason=NO_PAIR)
    answers = counts.sum(axis=1)
    total, shares = int(answers.sum()), counts.sum(axis=0)
    within = (answers * (answers - 1) - (counts * (counts - 1)).sum(axis=1)) / (answers - 1)
    observed = float(within.sum() / total)
    expected = float(total * total - (shares * shares).sum()) / (total * (total - 1))
    if expected == 0:
        return Agreement(None, len(counts), observed, expected, NO_VARIATION)
    return Agreement(1 - observed / expected, len(counts), observed, expected)


def alphas(
    corpus: Corpus, kind: Kind = "sentence", read: pd.DataFrame | None = None, chosen: Collection[str] = ()
) -> pd.DataFrame:
    """One row a code: `code`, `coders` and `units` compared, `marked` (yes answers), `alpha`, `reason` if none.

    `read` has one row a `source` and `coder` who coded it; by default, who gave it any code. `chosen` are the codes,
    all if none is named.
    """
    return _alphas(_Answers(corpus, kind, read), chosen or corpus.codes["code"])


def kappas(
    corpus: Corpus, kind: Kind = "sentence", read: pd.DataFrame | None = None, chosen: Collection[str] = ()
) -> pd.DataFrame:
    """One row a code and pair of coders: `code`, `first`, `second` and the `units` that both judged.

    Then in how many of them `both`, the `first_only`, the `second_only` or nobody (`unmarked`) marked the code, the
    share `agreed`, `kappa` and `reason` if there is none.
    """
    return _kappas(_Answers(corpus, kind, read), chosen or corpus.codes["code"])


def alphas_and_kappas(
    corpus: Corpus, kind: Kind = "sentence", read: pd.DataFrame | None = None, chosen: Collection[str] = ()
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """`alphas` and `kappas` of the same answers, which are looked up once."""
    table, codes = _Answers(corpus, kind, read), chosen or corpus.codes["code"]
    return _alphas(table, codes), _kappas(table, codes)


def _alphas(table: _Answers, codes: Iterable[str]) -> pd.DataFrame:
    rows = []
    for code in codes:
        yes = table.marks(str(code)).sum(axis=1)
        found = _alpha(np.column_stack([yes, table.judged.sum(axis=1) - yes]))
        compared = table.judged.sum(axis=1) >= 2
        coders = int(table.judged[compared].any(axis=0).sum())
        rows.append((code, coders, found.units, int(yes[compared].sum()), found.value, found.reason))
    return _typed(rows, ["code", "coders", "units", "marked", "alpha", "reason"], "alpha")


def _kappas(table: _Answers, codes: Iterable[str]) -> pd.DataFrame:
    rows = []
    for code in codes:
        marks = table.marks(str(code))
        for one, other in combinations(range(len(table.coders)), 2):
            shared = table.judged[:, one] & table.judged[:, other]
            a, b = marks[shared, one], marks[shared, other]
            found = cohen_kappa(a.tolist(), b.tolist())
            cells = [int(cell.sum()) for cell in (a & b, a & ~b, ~a & b, ~a & ~b)]
            pair = (table.coders[one], table.coders[other])
            rows.append((code, *pair, found.units, *cells, found.observed, found.value, found.reason))
    counts = ["units", "both", "first_only", "second_only", "unmarked"]
    return _typed(rows, ["code", "first", "second", *counts, "agreed", "kappa", "reason"], "agreed", "kappa")


class _Answers:
    """Which units each coder judged, and which of them he or she marked with a code; rows are units, columns coders."""

    def __init__(self, corpus: Corpus, kind: Kind, read: pd.DataFrame | None) -> None:
        read = coded_sources(corpus) if read is None else read
        units = text_units(corpus, kind)
        self.coders = sorted(set(read["coder"]), key=lambda coder: (len(coder), coder))
        place = unit_rows(units)
        column = {coder: i for i, coder in enumerate(self.coders)}
        self.judged = np.zeros((len(units), len(self.coders)), dtype=bool)
        for source, coder in zip(read["source"], read["coder"], strict=True):
            if source in place:
                self.judged[place[source], column[coder]] = True
        self._marked: dict[str, list[tuple[int, int]]] = {}
        marked = marked_units(corpus, units, kind)
        for source, unit, coder, theme in marked.itertuples(index=False):
            if coder in column:
                self._marked.setdefault(theme, []).append((place[source].start + unit - 1, column[coder]))

    def marks(self, code: str) -> np.ndarray:
        """True where the coder judged and marked the unit."""
        found = np.zeros_like(self.judged)
        if code in self._marked:
            found[tuple(np.array(self._marked[code]).T)] = True
        return found & self.judged


def _typed(rows: Sequence[tuple[object, ...]], columns: Sequence[str], *shares: str) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=list(columns))
    return frame.astype(dict.fromkeys(shares, "Float64"))
