"""The accessible workbook: cover, contents, notes, and one sheet for each table, by good practice for tables."""

from __future__ import annotations

import io
import itertools
import re
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

import numpy as np
import pandas as pd

from survey_report.cells import as_given
from survey_report.escaping import one_line
from survey_report.marks import NOTICE
from survey_report.study import SIDES, Study

NOT_SHOWN, NOT_APPLICABLE = "[x]", "[z]"
LEGEND = [
    f"{NOT_SHOWN}: not shown, to protect respondents, or not computed",
    f"{NOT_APPLICABLE}: does not apply",
]
VEIL = "\ue000"  # stands in no text of a workbook: put between signs, and taken out when all is written
HELPERS = ("shown", "merged", "coarse")
HEADERS = {
    "n": "Number of answers",
    "pct": "Percent",
    "p": "p value",
    "sd": "Standard deviation",
    "step": "Rounded to",
    "df": "Degrees of freedom",
    "low": "Interval: lower end",
    "high": "Interval: upper end",
    "a": "First group",
    "b": "Second group",
    "kind": "Kind of number",
    "spread": "Why the spread is not shown",
    "reason": "Why a figure is not shown",
    "positive": "Positive side, percent",
    "neutral": "Neutral side, percent",
    "negative": "Negative side, percent",
    "n_both": "Answered for both periods",
}
KINDS = (
    "Kinds of numbers: reproduced equals a figure that was published, corrected equals what should stand in its place, "
    "invented was made up to fill a gap, real comes from real answers, hidden is not shown."
)


@dataclass(frozen=True)
class Sheet:
    """One table of the workbook: the label of its cell, its caption, its data."""

    label: str
    caption: str
    data: pd.DataFrame


def workbook(sheets: Sequence[Sheet], study: Study, *, synthetic: bool) -> bytes:
    """An .xlsx file; the same tables give the same bytes. Sheets without rows are left out."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # gptables leaves its theme open, and calls pandas in ways of the past
        return _written(sheets, study, synthetic)


def _written(sheets: Sequence[Sheet], study: Study, synthetic: bool) -> bytes:
    import gptables

    filled = [sheet for sheet in sheets if not sheet.data.empty]
    tables = {f"Table {number}": _table(sheet, study, synthetic) for number, sheet in enumerate(filled, 1)}
    notes = [("shown", "; ".join(LEGEND) + "."), ("kinds", KINDS)] + ([("data", _notice())] if synthetic else [])
    buffer = io.BytesIO()
    book = gptables.produce_workbook(
        buffer,
        tables,
        cover=_cover(study, synthetic),
        contentsheet_options={"title": "Contents"},
        notes_table=pd.DataFrame(notes, columns=["Note reference", "Note text"]),
        workbook_options={"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
    )
    _unveil(book.str_table)
    # The time of writing would differ from run to run.
    created = datetime.combine(study.report_date, time())
    title = one_line(f"{study.short_title}: tables")
    book.set_properties(
        {
            "title": title,
            "subject": one_line(study.title),
            "comments": _notice() if synthetic else "",
            "created": created,
        }
    )
    book.close()
    return buffer.getvalue()


def readable(frame: pd.DataFrame, study: Study) -> pd.DataFrame:
    """A table of data with headings for readers, and a mark in every empty cell that says why it is empty."""
    answers = {o.id: o.label for s in study.response_sets.values() for o in (*s.options, *s.missing)}
    kept = frame[[name for name in frame.columns if name not in HELPERS]]
    shown = pd.DataFrame({name: [_cell(value) for value in kept[name]] for name in kept.columns})
    shown.columns = pd.Index(_different(_heading(str(name), answers) for name in kept.columns))
    return shown


def _different(headings: Iterable[str]) -> list[str]:
    """Headings, with a number behind each that stands there already."""
    found: list[str] = []
    for heading in (one_line(text).replace("$$", "$ $") for text in headings):  # it takes no notes there
        number = next(n for n in itertools.count(1) if (heading if n == 1 else f"{heading} ({n})") not in found)
        found.append(heading if number == 1 else f"{heading} ({number})")
    return found


def _heading(name: str, answers: Mapping[str, str]) -> str:
    if name in HEADERS or name in answers:
        return HEADERS.get(name) or answers[name]
    side, _, kind = name.partition("_")
    if side in SIDES and kind == "kind":
        return f"{side.capitalize()}: kind of number"
    return name.replace("_", " ").replace("-", " ").capitalize()


def _cell(value: object) -> object:
    if isinstance(value, str):
        return _veiled(as_given(value)) if any(map(str.isalnum, value)) else NOT_APPLICABLE
    if pd.isna(value):  # type: ignore[call-overload]
        return NOT_SHOWN
    return str(value).lower() if isinstance(value, (bool, np.bool_)) else value


def _table(sheet: Sheet, study: Study, synthetic: bool) -> object:
    from gptables import GPTable

    subtitles = [
        "Cells without a value carry a mark. $$shown$$",
        "The notes explain kinds of numbers. $$kinds$$",
    ]
    if synthetic:
        subtitles.insert(0, f"{NOTICE} $$data$$")
    try:
        return GPTable(
            table=readable(sheet.data, study),
            table_name=sheet.label.replace("-", "_"),
            title=_veiled(sheet.caption),
            subtitles=subtitles,
            instructions="This worksheet contains one table.",
            source=_veiled(study.citation) if not synthetic else "Synthetic answers made by the project",
            legend=LEGEND,
            index_columns={},
        )
    except ValueError as error:
        raise ValueError(f"the table {sheet.label} cannot stand in the workbook: {error}") from error


def _veiled(text: str) -> str:
    """A text in which gptables sees no link, no note, and letters that it knows: it would act on the first two, and
    refuses texts without the third, such as those in other scripts."""
    plain = one_line(text).replace(VEIL, "")
    if plain.startswith("<r>") and plain.endswith("</r>"):  # its writer takes these for XML of its own
        plain += " "
    covered = plain.replace("](", f"]{VEIL}(").replace("$$", f"${VEIL}$")
    return covered if re.search("[a-zA-Z0-9]", covered) else f"{covered}{VEIL}A"


def _unveil(strings: Any) -> None:
    """Have the workbook's table of strings written without veils: by place, since two may then be the same."""

    def sort() -> None:
        veiled = sorted(strings.string_table, key=strings.string_table.__getitem__)
        strings.string_array = [text.removesuffix(f"{VEIL}A").replace(VEIL, "") for text in veiled]
        strings.string_table = {}

    strings._sort_string_data = sort


def _cover(study: Study, synthetic: bool) -> object:
    from gptables import Cover

    intro = ["Every table of the report and of its supplement, one a sheet, with the data behind it."]
    about = [
        _veiled(f"Survey of {study.organisation}, {study.wave}."),
        "Small numbers are protected: a group of fewer than "
        f"{study.thresholds.min_group} respondents is not reported, a count of fewer than {study.thresholds.min_cell} "
        "is not shown.",
        "Tables are numbered for this workbook; the numbers are not those of any published report.",
    ]
    if synthetic:
        intro.insert(0, _notice())
    return Cover(title=_veiled(f"{study.short_title}: tables"), intro=intro, about=about)


def _notice() -> str:
    return f"{NOTICE} Numbers of the kind invented must not be quoted as findings."
