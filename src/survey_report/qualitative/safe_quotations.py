"""Quotations that may be printed: identifying text replaced, and what could not be decided kept back.

Frames, each named after its rows. `quotations` holds only what may be shown: the text of one that is kept back is
empty. `replacements` and `left_open` tell kinds and places, not texts. `to_check` alone holds the found texts: it is
for the person who checks the quotations, is written to a local file, and is never published.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from survey_report.cells import harmless
from survey_report.files import write_text
from survey_report.frames import each_row
from survey_report.qualitative.corpus import Corpus
from survey_report.qualitative.identifying import AT_START, DIGITS, REMARK, WITHIN, Search, search, writes_capitals
from survey_report.qualitative.word_lists import Words

QUOTATIONS = ["quotation", "source", "code", "method", "service", "text", "printable", "replaced", "left_open"]
REPLACEMENTS = ["quotation", "source", "kind", "start", "length", "replacement"]
LEFT_OPEN = ["quotation", "source", "kind", "start", "length"]
TO_CHECK = ["quotation", "source", "decision", "kind", "start", "found", "replacement", "original"]


@dataclass(frozen=True, eq=False)
class Checked:
    """Quotations and what was done to them.

    - `quotations`, one row a stretch and code: `quotation` (its id), `source`, `code`, `method`, `service`, `text`
      (safe, empty if not printable), `printable`, `replaced` and `left_open` (numbers of findings)
    - `replacements`, one row a replacement: `quotation`, `source`, `kind`, `start` and `length` in the original,
      `replacement`
    - `left_open`, one row a finding that keeps its quotation back: `quotation`, `source`, `kind`, `start`, `length`
    - `to_check`, one row a finding of either sort, with the texts. Not for publication
    """

    quotations: pd.DataFrame
    replacements: pd.DataFrame
    left_open: pd.DataFrame
    to_check: pd.DataFrame = field(repr=False)


def safe_quotations(corpus: Corpus, words: Words, withheld: Collection[str] = ()) -> Checked:
    """Every coded stretch of the corpus as a quotation. `withheld` are ids of those that a person decided against."""
    sources = corpus.sources.set_index("source")
    own = corpus.excerpts.groupby("source")["text"].agg(" ".join)
    capitals = {s: writes_capitals(text or own.get(s, "")) for s, text in sources["text"].items()}
    searched: dict[tuple[str, str], Search] = {}
    listed: set[str] = set()
    quotations, replacements, left_open, to_check = [], [], [], []
    for row in each_row(corpus.excerpts[["source", "code", "start", "end", "text"]].drop_duplicates()):
        if not row.text.strip():
            continue
        name, key = quotation_id(row.source, row.start, row.end, row.text), (row.source, row.text)
        if key not in searched:
            searched[key] = search(row.text, words, capitals[row.source])
        found = searched[key]
        safe = found.apply(row.text)
        # What is left after replacing must have nothing more to replace: a name can come to stand beside another.
        printable = not found.left_open and name not in withheld
        printable = printable and not (found.replaced and search(safe, words).replaced)
        traits = sources.loc[row.source, ["method", "service"]]
        counts = (len(found.replaced), len(found.left_open))
        shown = " ".join(safe.split()) if printable else ""
        quotations.append((name, row.source, row.code, *traits, shown, printable, *counts))
        if name in listed:  # with another code
            continue
        listed.add(name)
        for finding in found.replaced:
            size = finding.end - finding.start
            replacements.append((name, row.source, finding.kind, finding.start, size, f"[{finding.replacement}]"))
        for finding in found.left_open:
            left_open.append((name, row.source, finding.kind, finding.start, finding.end - finding.start))
        for decision, findings in (("replaced", found.replaced), ("left open", found.left_open)):
            for finding in findings:
                told = row.text[finding.start : finding.end]
                new_text = f"[{finding.replacement}]" if finding.replacement else ""
                to_check.append((name, row.source, decision, finding.kind, finding.start, told, new_text, row.text))
    return Checked(
        _frame(quotations, QUOTATIONS),
        _frame(replacements, REPLACEMENTS),
        _frame(left_open, LEFT_OPEN),
        _frame(to_check, TO_CHECK),
    )


def quotation_id(source: str, start: int | None, end: int | None, text: str) -> str:
    """Id of a stretch: where it lies, or a digest of its text where that is not told."""
    if start is not None and not pd.isna(start):
        return f"{source}:{start}-{end}"
    return f"{source}:{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def write_to_check(checked: Checked, path: Path, file: str) -> None:
    """Write the list for the person who checks, with the found texts, as CSV. A local file, not for publication.

    `file` is the name of the coded material. Each row says in a sentence what was found where, and what to do.
    """
    rows = list(each_row(checked.to_check))
    mixed = _mixed(rows)
    told = checked.to_check.assign(
        what_to_do=[_what_to_do(row, file, place in mixed) for place, row in enumerate(rows)]
    )
    texts = told.select_dtypes(exclude="number").columns
    told = told.assign(**{name: told[name].map(harmless) for name in texts})
    write_text(path, told.to_csv(index=False, lineterminator="\n"), private=True)


def _mixed(rows: Sequence[Any]) -> set[int]:
    """Places of findings in whose stretch another lies: to allow the whole stretch would print that as well."""
    by_quotation: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        by_quotation.setdefault(row.quotation, []).append(place)
    return {
        place
        for places in by_quotation.values()
        for place in places
        for other in places
        if other != place
        and rows[place].start < rows[other].start + len(rows[other].found)
        and rows[other].start < rows[place].start + len(rows[place].found)
    }


def _what_to_do(row: Any, file: str, mixed: bool) -> str:
    """A sentence on one finding: where it stands, what it may be, and what the person who checks can do. `mixed` tells
    that another finding lies in it."""
    place = f"{file}, source {row.source}, quotation {row.quotation}, from its character {row.start + 1}"
    if row.decision == "replaced":
        return f"{place}: {row.replacement} stands instead of it; read whether the rest still tells who or where it is."
    allow = "add what is found, word for word, to the table that `quotations: allowed:` in study.yml names"
    if row.kind.startswith(REMARK):
        return (
            f"{place}: speaks of one person whom others may know ({row.kind.removeprefix(REMARK).lstrip(': ')}). The "
            "quotation is kept back. "
            + (
                "As the same words hold another finding, leave it out."
                if mixed
                else f"If nobody can tell who is meant, or the person agrees, {allow}; else leave it out."
            )
        )
    if row.kind in (WITHIN, AT_START, DIGITS):
        return f"{place}: {row.kind}. The quotation is kept back. If it identifies nobody, {allow}; else leave it out."
    return f"{place}: {row.kind}. The quotation is kept back; leave it out, or correct the text in the coded material."


def _frame(rows: Sequence[tuple[object, ...]], columns: Sequence[str]) -> pd.DataFrame:
    numbers = {"start", "length", "replaced", "left_open"}
    types = {name: "int64" if name in numbers else "bool" if name == "printable" else "str" for name in columns}
    return pd.DataFrame(list(rows), columns=list(columns)).astype(types)
