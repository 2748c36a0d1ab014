"""Columns that Qualtrics adds to the answers: their names, ids and values, in the languages in which they are met."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from survey_report.exports.export import Export
from survey_report.spelling import spelling

RESPONSE_ID, STATUS, COMPLETED = "ResponseId", "Status", "Finished"
CHANNEL, LANGUAGE = "DistributionChannel", "UserLanguage"
# Names in an English export by ImportId, which is the same in every language.
NAMES = {
    "startDate": "StartDate",
    "endDate": "EndDate",
    "status": STATUS,
    "progress": "Progress",
    "duration": "Duration (in seconds)",
    "finished": COMPLETED,
    "recordedDate": "RecordedDate",
    "_recordId": RESPONSE_ID,
    "distributionChannel": CHANNEL,
    "userLanguage": LANGUAGE,
}
# Names of so general a sense that any table may have them for something else; others are known however they are spelt.
GENERAL = frozenset({STATUS, COMPLETED, "Progress"})
# Response types, by recode value; those of previews and tests mark a response which is no real one.
STATUSES = {
    "0": "IP Address",
    "1": "Survey Preview",
    "2": "Survey Test",
    "4": "Imported",
    "8": "Spam",
    "9": "Survey Preview Spam",
    "12": "Imported Spam",
    "16": "Offline",
    "17": "Offline Survey Preview",
    "32": "EX",
    "36": "Imported",
    "40": "EX Spam",
    "48": "EX Offline",
    "256": "Synthetic",
}
PREVIEWS, TESTS = ("1", "9", "17"), ("2",)
PREVIEW_CHANNEL, TEST_CHANNEL = ("preview",), ("test",)
# True and False as Qualtrics writes them, and as spreadsheets do in the languages of those who use them.
TRUE = (
    "True", "1", "Wahr", "Vrai", "Verdadero", "Verdadeiro", "Vero", "Waar", "Sant", "Sann", "Sand", "Tosi", "Prawda",
    "Pravda", "Igaz", "Adevărat", "Doğru", "Истина", "Істина",
)  # fmt: skip
FALSE = (
    "False", "0", "Falsch", "Faux", "Falso", "Onwaar", "Falskt", "Usann", "Falsk", "Epätosi", "Fałsz", "Nepravda",
    "Hamis", "Fals", "Yanlış", "YANLIŞ", "Ложь", "Хибність",
)  # fmt: skip

FINISHED = {spelling(word): True for word in TRUE} | {spelling(word): False for word in FALSE}
STATUS_CODES = {spelling(text): code for code, text in STATUSES.items()} | {code: code for code in STATUSES}
PREVIEW_STATUS = frozenset(text for text, code in STATUS_CODES.items() if code in PREVIEWS)
TEST_STATUS = frozenset(text for text, code in STATUS_CODES.items() if code in TESTS)
BY_IMPORT_ID = {import_id.casefold(): name for import_id, name in NAMES.items()}


def _letters(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())


BY_LETTERS = {_letters(name): name for name in NAMES.values() if name not in GENERAL}


def canonical_names(names: Sequence[str], import_ids: Sequence[str], loosely: bool) -> list[str]:
    """Names as Qualtrics has them in English for the columns it adds, other names as they are.

    Decided by ImportId; where no column has the ImportId, by name. `loosely` takes other spellings of a name too
    (`Response ID`, `Duration__in_seconds_`), as files that came through other programs have them.
    """
    found = [BY_IMPORT_ID.get(import_id.casefold(), "") for import_id in import_ids]
    taken = set(found) | set(names)
    for i, name in enumerate(names):
        if not found[i]:
            loose = BY_LETTERS.get(_letters(name), "") if loosely else ""
            found[i] = loose if loose and loose not in taken else name
            taken.add(found[i])
    return found


def looks_like_metadata(name: str, cell: str) -> bool | None:
    """Whether the cell is a value of that column (True) or its heading (False); None where it cannot be told."""
    if not cell.strip() or name not in NAMES.values():
        return None
    if name in (CHANNEL, LANGUAGE):
        return None
    if name == STATUS:
        return True if spelling(cell) in STATUS_CODES else None
    if name == COMPLETED:
        return spelling(cell) in FINISHED
    if name == RESPONSE_ID:
        return bool(re.fullmatch(r"R_\w+", cell.strip()))
    return any(character.isdigit() for character in cell)


def complete_metadata(export: Export) -> Export:
    """The export with the columns that a form without them does without: each row then is a complete response.

    Only a table with one header row and an SPSS file may lack them. Rows without an id are numbered, as in the file,
    and are no repetitions of each other however alike they are.
    """
    if export.form not in ("plain", "sav"):
        return export
    rows = export.responses.index
    made = {
        RESPONSE_ID: [str(row) for row in rows],
        STATUS: [STATUSES["0"]] * len(rows),
        COMPLETED: ["True"] * len(rows),
    }
    added = [name for name in made if name not in export.responses]
    if not added:
        return export
    columns = {name: pd.Series(made[name], index=rows, dtype="str") for name in added}
    responses = pd.concat([export.responses, pd.DataFrame(columns, index=rows)], axis=1)
    notes = list(export.notes)
    digests = export.row_digests
    if RESPONSE_ID in added:
        digests = pd.Series([f"{row} {digest}" for row, digest in digests.items()], index=rows, dtype="str")
        notes.append("the file has no ids of responses: the rows are numbered, and rows alike are kept apart")
    if COMPLETED in added:
        notes.append("the file does not say which responses are finished: every row counts as a complete response")
    return replace(
        export,
        responses=responses,
        row_digests=digests,
        texts={**export.texts, **dict.fromkeys(added, "")},
        import_ids={**export.import_ids, **dict.fromkeys(added, "")},
        added=(*export.added, *added),
        notes=tuple(notes),
    )
