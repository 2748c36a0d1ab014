"""Rated columns put together to scales: neighbours with one set of answers, and one stem where they have stems."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from survey_report.drafting.answer_sets import response_set
from survey_report.drafting.columns import Column
from survey_report.study import ResponseSet

# Change questions are no items of a scale; a battery of them is reported like one.
TITLE_LENGTH = 70


@dataclass(frozen=True)
class Battery:
    """Items of one scale with their answers; `title` heads its section."""

    id: str
    title: str
    items: tuple[Column, ...]
    answers: ResponseSet


def batteries_of(columns: Sequence[Column]) -> tuple[Battery, ...]:
    """The scales that the rated columns form, in their order."""
    runs: list[list[Column]] = []
    before: Column | None = None
    for column in columns:
        if column.kind == "rated":
            together = before is not None and before.answer_set == column.answer_set and before.block == column.block
            if together:
                runs[-1].append(column)
            else:
                runs.append([column])
            before = column
        elif column.kind not in ("empty", "constant"):
            before = None
    sets: dict[tuple[str, tuple[str, ...]], ResponseSet] = {}
    found = []
    for number, run in enumerate(runs, 1):
        answers = _answers(run, sets)
        found.append(Battery(f"part-{number}", _title(run, number), tuple(run), answers))
    return tuple(found)


def _answers(run: Sequence[Column], sets: dict[tuple[str, tuple[str, ...]], ResponseSet]) -> ResponseSet:
    """The response set of a run; runs with the same answers share one."""
    kind = run[0].answer_set
    texts = list(dict.fromkeys(answer for column in run for answer in column.answers))
    made = response_set("", kind, texts, any_other=any(column.rare for column in run))
    key = (kind, tuple(option.answer for option in (*made.options, *made.missing)))
    if key not in sets:
        alike = sum(known[0] == kind for known in sets)
        name = kind if not alike else f"{kind}_{alike + 1}"
        sets[key] = replace(made, id=name)
    return sets[key]


def _title(run: Sequence[Column], number: int) -> str:
    stem = run[0].block if len(run) > 1 and " " in run[0].block else run[0].item if len(run) == 1 else ""
    if not stem:
        return f"Part {number}"
    return stem if len(stem) <= TITLE_LENGTH else stem[: TITLE_LENGTH - 1].rsplit(" ", 1)[0] + "…"
