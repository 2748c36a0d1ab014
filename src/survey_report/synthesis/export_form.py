"""The form of a Qualtrics CSV export: three header rows, metadata columns, choice texts, embedded data."""

from __future__ import annotations

import csv
import json
import os
import string
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from survey_report.study import Question, Study
from survey_report.synthesis.draws import Draws
from survey_report.synthesis.pages import survey_pages
from survey_report.synthesis.people import Column
from survey_report.synthesis.respondents import Respondents
from survey_report.synthesis.timing import Visit, visits

# Column name, text in the second row, ImportId in the third.
METADATA = (
    ("StartDate", "Start Date", "startDate"),
    ("EndDate", "End Date", "endDate"),
    ("Status", "Response Type", "status"),
    ("IPAddress", "IP Address", "ipAddress"),
    ("Progress", "Progress", "progress"),
    ("Duration (in seconds)", "Duration (in seconds)", "duration"),
    ("Finished", "Finished", "finished"),
    ("RecordedDate", "Recorded Date", "recordedDate"),
    ("ResponseId", "Response ID", "_recordId"),
    ("RecipientLastName", "Recipient Last Name", "recipientLastName"),
    ("RecipientFirstName", "Recipient First Name", "recipientFirstName"),
    ("RecipientEmail", "Recipient Email", "recipientEmail"),
    ("ExternalReference", "External Data Reference", "externalDataReference"),
    ("LocationLatitude", "Location Latitude", "locationLatitude"),
    ("LocationLongitude", "Location Longitude", "locationLongitude"),
    ("DistributionChannel", "Distribution Channel", "distributionChannel"),
    ("UserLanguage", "User Language", "userLanguage"),
)
# Addresses set aside for documentation (RFC 5737): they belong to nobody.
ADDRESS = "192.0.2.{}"
LETTERS = string.digits + string.ascii_uppercase + string.ascii_lowercase
ID_LENGTH = 15


def write_export(study: Study, respondents: Respondents, seed: int, target: Path) -> None:
    """Write the export to `target`, ordered by start; an existing file is replaced only once the new one is whole."""
    questions = tuple(question for page in survey_pages(study) for question in page)
    columns = {question.id: _spelled(study, question, respondents.answers[question.id]) for question in questions}
    size = len(respondents.progress)
    answered = np.zeros(size, dtype=np.int64)
    written = np.zeros(size, dtype=np.int64)
    for question in questions:
        lengths = np.array([len(str(text)) for text in columns[question.id]], dtype=np.int64)
        if question.type == "open":
            written += lengths
        else:
            answered += lengths > 0
    times = visits(study, seed, respondents.progress, answered, written)
    draws = Draws(seed, "form")
    numbers = draws.below(254, size) + 1
    ids = response_ids(size, draws)
    order = sorted(range(size), key=lambda person: (times[person].start, ids[person]))
    target.parent.mkdir(parents=True, exist_ok=True)
    half_done = target.with_name(target.name + ".part")
    with half_done.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerows(header(study, questions))
        for person in order:
            meta = _metadata(
                study,
                times[person],
                int(respondents.progress[person]),
                ADDRESS.format(numbers[person]),
                ids[person],
            )
            answers = [columns[question.id][person] for question in questions]
            writer.writerow([*meta, *answers, *study.export.synthetic_values[:1]])
    os.replace(half_done, target)


def header(study: Study, questions: Sequence[Question]) -> list[list[str]]:
    """The three header rows: column names, texts, import ids. Items of a scale are rows of one matrix question."""
    names, texts, imports = (list(column) for column in zip(*METADATA, strict=True))
    numbers: dict[str, int] = {}
    rows: dict[str, int] = {}
    for question in questions:
        matrix = f"{question.scale} matrix" if question.type == "rating" else question.id
        number = numbers.setdefault(matrix, len(numbers) + 1)
        rows[matrix] = rows.get(matrix, 0) + 1
        suffix = {"rating": f"_{rows[matrix]}", "open": "_TEXT"}.get(question.type, "")
        names.append(question.column)
        texts.append(question.label)
        imports.append(f"QID{number}{suffix}")
    if study.export.synthetic_column:
        for row in (names, texts, imports):
            row.append(study.export.synthetic_column)
    return [names, texts, [json.dumps({"ImportId": name}, separators=(",", ":")) for name in imports]]


def response_ids(size: int, draws: Draws) -> list[str]:
    """Ids of the form R_ and fifteen letters and digits, all different."""
    found: dict[str, None] = {}
    while len(found) < size:
        letters = draws.below(len(LETTERS), ID_LENGTH).tolist()
        found["R_" + "".join(LETTERS[letter] for letter in letters)] = None
    return list(found)


def _metadata(study: Study, visit: Visit, progress: int, address: str, response_id: str) -> list[str]:
    values: Mapping[str, str] = {
        "StartDate": str(visit.start),
        "EndDate": str(visit.end),
        "Status": "IP Address",
        "IPAddress": address,
        "Progress": str(progress),
        "Duration (in seconds)": str(visit.seconds),
        "Finished": str(progress == 100),
        "RecordedDate": str(visit.recorded),
        "ResponseId": response_id,
        "DistributionChannel": "anonymous",
        "UserLanguage": study.language.upper(),
    }
    return [values.get(name, "") for name, _, _ in METADATA]


def _spelled(study: Study, question: Question, column: Column) -> Column:
    if question.type == "open":
        return column
    spelling = {category.id: category.answer for category in question.categories}
    if question.response_set:
        answers = study.response_sets[question.response_set]
        spelling = {option.id: option.answer for option in (*answers.options, *answers.missing)}
    return np.array([spelling[answer] if answer else "" for answer in column], dtype=object)
