"""What the rest of the package knows of an export, whatever file it came in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from survey_report.errors import Problem


@dataclass(frozen=True)
class Export:
    """An export without its personal columns.

    `responses` has one row a response, text in every column, and the row's number in the file as index (counted as
    a spreadsheet counts, header rows included; in an SPSS file the number of the case). `row_digests` has the digest
    of each whole row, personal columns included, so that exact repetitions can be told without keeping them; where
    responses have no ids, rows alike are not taken for repetitions, and each digest is a row's own.

    `form` is the form of the header: `qualtrics-3`, `qualtrics-2` (names and texts only), `plain` or `sav`. Columns
    that Qualtrics adds are called as it calls them in English, and `original_names` maps them to the file's names where
    those differ; `added` are those that the file lacks and the form does without. `texts` maps columns to question
    texts, without HTML; `import_ids` to ids of Qualtrics, empty where there is none; `values` to labels by the value
    they stand for, in the order of the values (.sav only); `missing` to the number of rows by what made them blank: a
    label of a missing value, or an empty text for a system-missing one (.sav only); `declared` to the rows that were
    declared missing, by the same label; `not_asked` to the rows that say that the question was not asked.

    `respaced` maps columns to cells that were changed in their white space, with the number of rows (short cells only,
    and no more than some of them). `dropped` are the personal columns, as the file names them. `notes` are sentences
    for the user on what was taken for granted. `faults` is what is wrong with the file: with any, it must not be used.
    """

    name: str
    digest: str
    responses: pd.DataFrame
    row_digests: pd.Series[str]
    texts: Mapping[str, str]
    dropped: tuple[str, ...]
    faults: tuple[Problem, ...] = ()
    form: str = "qualtrics-3"
    import_ids: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    missing: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    declared: Mapping[str, Mapping[str, Sequence[int]]] = field(default_factory=dict)
    not_asked: Mapping[str, Sequence[int]] = field(default_factory=dict)
    original_names: Mapping[str, str] = field(default_factory=dict)
    added: tuple[str, ...] = ()
    respaced: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
