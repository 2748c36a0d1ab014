"""A second form of the shipped export, as another team might have built the survey: other names, wordings, answers."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from survey_report.study import Question, Study

# Other spellings and wordings of answers, with what the study calls them.
OTHER_ANSWERS = {
    "Neither Good nor Poor": "Neither good or poor",
    "Don't Know": "Don’t know / unsure",
    "police": "Police Scotland",
    "education": "Education (schools)",
    "Argyll & Bute": "Argyll and Bute",
    "Na h-Eileanan Siar": "Na h-Eileanan Siar (Western Isles)",
}
EXTRA = "Q999"


def strange_export(study: Study, target: Path, *, without: str = "") -> Mapping[str, str]:
    """Write it to `target`; returns the question id of each of its columns. `without` leaves a question out."""
    with (study.folder / study.export.file).open(encoding="utf-8", newline="") as handle:
        names, texts, imports, *records = csv.reader(handle)
    by_column = {question.column: question for question in study.asked}
    meaning: dict[str, str] = {}
    called = []
    for number, (name, text) in enumerate(zip(names, texts, strict=True)):
        question = by_column.get(name)
        if question is None:
            called.append((name, text))
            continue
        called.append(_called(question, number, study))
        meaning[called[-1][0]] = question.id
    keep = [i for i, name in enumerate(names) if name not in by_column or by_column[name].id != without]
    header = [[called[i][0] for i in keep], [called[i][1] for i in keep], [imports[i] for i in keep]]
    header = [[*header[0], EXTRA], [*header[1], "How did you hear of us?"], [*header[2], '{"ImportId":"QID999"}']]
    rows = [
        [*(OTHER_ANSWERS.get(record[i], record[i]) for i in keep), ("E-mail", "Colleague")[n % 2]]
        for n, record in enumerate(records)
    ]
    with target.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerows([*header, *rows])
    return {name: asked for name, asked in meaning.items() if asked != without}


def _called(question: Question, number: int, study: Study) -> tuple[str, str]:
    scales = [scale.id for scale in study.scales]
    if question.type == "rating":
        block = 10 + scales.index(question.scale)
        return f"Q{block}_{number}", f"Thinking about your area, how would you rate the following? - {question.short}"
    return f"Q{number + 100}", f"<b>Please</b> tell us: {question.label.lower()}"
