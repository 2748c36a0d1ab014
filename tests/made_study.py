"""A small study made by a test: its questions, answers and groupings as rows, everything else as it usually is."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from survey_report.rendering import Rendering, open_rendering
from survey_report.responses import read_responses
from survey_report.study_load import QUESTION_COLUMNS

AGREE = ["Strongly disagree", "Disagree", "Neither", "Agree", "Strongly agree"]
SIDES = ["negative", "negative", "neutral", "positive", "positive"]


def five_points(*missing: tuple[str, str], answers: Sequence[str] = AGREE, least: int = 1) -> dict[str, Any]:
    """A response set of five answers, scored from `least`; `missing` are (id, answer)."""
    return {
        "options": [
            {"id": f"level-{place}", "answer": answer, "score": score, "side": side}
            for place, (score, answer, side) in enumerate(zip(range(least, least + 5), answers, SIDES, strict=True), 1)
        ],
        "missing": [{"id": name, "answer": answer} for name, answer in missing],
        "measures": {side: f"pct_{side}" for side in ("positive", "neutral", "negative")},
        "words": {"positive": "agree", "neutral": "neither", "negative": "disagree"},
    }


def write_made_study(
    folder: Path,
    questions: Sequence[Mapping[str, str]],
    sets: Mapping[str, Any],
    categories: Sequence[Mapping[str, str]] = (),
    groupings: Sequence[str] = (),
    **further: Any,
) -> Path:
    """Write a study; a question needs its `item`, and of the rest what is not that of a rated item of the scale `mood`
    answered by `agree`. `further` are keys of study.yml."""
    folder.mkdir(parents=True)
    rows = []
    for question in questions:
        rated = question.get("type", "rating") in ("rating", "change_over_time")
        item = question["item"]
        usual = {"id": item, "column": item, "short": item.capitalize(), "label": f"What of {item}?", "type": "rating",
                 "basis": "stated", "period": "current"}  # fmt: skip
        usual |= {"scale": "mood", "response_type": "agree"} if rated else {}
        rows.append(dict.fromkeys(QUESTION_COLUMNS, "") | usual | question)
    scales = dict.fromkeys(row["scale"] for row in rows if row["scale"])
    content = {
        "id": folder.name, "title": "Made", "short_title": "Made", "organisation": "Us", "wave": "2026",
        "language": "en-GB", "opened": date(2026, 1, 1), "closed": date(2026, 1, 31), "report_author": "Us",
        "report_date": date(2026, 2, 1), "citation": "Us",
        "export": {"file": "", "synthetic_column": "", "synthetic_values": [], "real_exports": []},
        "instrument": "instrument.csv", "categories": "categories.csv", "response_sets": dict(sets),
        "scales": [{"id": scale, "title": scale.capitalize(), "subject": scale} for scale in scales],
        "thresholds": {"min_group": 10, "min_cell": 5, "min_answered": 0.5, "alpha": 0.05, "min_test_group": 10},
        "groupings": [{"id": name, "label": name.capitalize(), "by": name, "tested": True, "count": f"n_{name}"}
                      for name in groupings],
        "further_demographics": [row["item"] for row in rows if row["type"] == "demographic"],
        **further,
    }  # fmt: skip
    (folder / "study.yml").write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    write_rows(folder / "instrument.csv", rows)
    header = list(
        dict.fromkeys(["question", "id", "label", "phrase", "answer", *(k for row in categories for k in row)])
    )
    known = [dict.fromkeys(header, "") | {"label": row["answer"], "phrase": row["answer"]} | row for row in categories]
    write_rows(folder / "categories.csv", known, header)
    return folder


def write_rows(path: Path, rows: Sequence[Mapping[str, str]], header: Sequence[str] = ()) -> Path:
    """Write a table of CSV."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(header) or list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def rendered(folder: Path, export: Path, build: Path) -> Rendering:
    """The rendering of a study with an export, read anew."""
    read_responses(folder, export, build)
    return open_rendering(folder, build)
