"""What coders are compared over: whole sources, passages or sentences, and which of them each coder marked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import numpy as np
import pandas as pd

from survey_report.frames import each_row
from survey_report.qualitative.corpus import Corpus, themes

Kind = Literal["source", "passage", "sentence"]
COLUMNS = ["source", "unit", "start", "end"]
SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)\]]*\s+")


def text_units(corpus: Corpus, kind: Kind) -> pd.DataFrame:
    """One row a unit: `source`, `unit` (its number in the source from 1), `start`, `end`.

    A `source` is one unit whether or not its text is at hand. A `passage` is a line of the text that is not blank (a
    turn of a focus group, a paragraph of an answer). A `sentence` ends at a full stop, question mark, exclamation mark
    or ellipsis before white space, and at the end of a passage; abbreviations are not told apart, so coders' units may
    be shorter than sentences, the same ones for each of them.
    """
    rows = [
        (row.source, number, start, end)
        for row in each_row(corpus.sources)
        for number, (start, end) in enumerate(_spans(row.text, kind), 1)
    ]
    return pd.DataFrame(rows, columns=COLUMNS).astype(
        {"source": "str", "unit": "int64", "start": "int64", "end": "int64"}
    )


def marked_units(corpus: Corpus, units: pd.DataFrame, kind: Kind) -> pd.DataFrame:
    """One row a `source`, `unit`, `coder` and `theme`: the coder marked the unit with the theme or a code below it.

    An excerpt marks each unit that it shares a character with; one that spans nothing marks the unit it stands in.
    Excerpts without a coder are left out, and so, unless the unit is the source, are excerpts without a place.
    """
    told = corpus.excerpts[corpus.excerpts["coder"] != ""]
    numbers, starts, ends = (units[name].to_numpy() for name in ("unit", "start", "end"))
    bounds = unit_rows(units)
    rows = []
    for row in each_row(told):
        if row.source not in bounds or (kind != "source" and pd.isna(row.start)):
            continue
        all_of = bounds[row.source]
        first, last = all_of.start, all_of.stop
        if kind != "source":
            first += int(np.searchsorted(ends[all_of], row.start, side="right"))
            last = all_of.start + int(np.searchsorted(starts[all_of], max(row.end, row.start + 1), side="left"))
        rows += [(row.source, int(number), row.coder, row.code) for number in numbers[first:last]]
    marked = pd.DataFrame(rows, columns=["source", "unit", "coder", "code"])
    return marked.merge(themes(corpus), on="code")[["source", "unit", "coder", "theme"]].drop_duplicates(
        ignore_index=True
    )


def unit_rows(units: pd.DataFrame) -> dict[str, slice]:
    """Where each source's rows of `text_units` lie."""
    names = units["source"].to_numpy(dtype=object)
    if not len(names):
        return {}
    first = np.flatnonzero(np.append(True, names[1:] != names[:-1]))
    return {
        str(names[start]): slice(int(start), int(end))
        for start, end in zip(first, [*first[1:], len(names)], strict=True)
    }


def coded_sources(corpus: Corpus) -> pd.DataFrame:
    """One row a `source` and `coder` who gave it any code: what is taken for having read it."""
    told = corpus.excerpts[corpus.excerpts["coder"] != ""]
    return told[["source", "coder"]].drop_duplicates(ignore_index=True)


def _spans(text: str, kind: Kind) -> Iterator[tuple[int, int]]:
    if kind == "source":
        yield 0, len(text)
        return
    for line in re.finditer(r"[^\n]*\S[^\n]*", text):
        start = line.start()
        if kind == "sentence":
            for stop in SENTENCE_END.finditer(text, line.start(), line.end()):
                yield start, stop.end()
                start = stop.end()
        if text[start : line.end()].strip():
            yield start, line.end()
