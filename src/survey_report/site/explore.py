"""Data of the explore page: the protected tables of every scale, by group and by item, ready to be shown.

Everything comes from files that are published anyway (the data behind the tables, results.json) and from the answers of
groups that disclosure control has decided on together.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from survey_report.cells import as_given
from survey_report.digits import MEAN
from survey_report.disclosure.reasons import not_shown
from survey_report.files import digest_bytes, digest_files
from survey_report.handover import ITEM, METADATA, PRIVATE, PROTECTED_FILE, RECONCILIATION, RESULTS
from survey_report.marks import KEY, NOTICE
from survey_report.memory import recall, remember
from survey_report.numbers import NOT_SHOWN, Number, ends_text, format_number
from survey_report.provenance import code_digest
from survey_report.results_file import read_synthetic
from survey_report.site.numbers import NumberFacts
from survey_report.site.scripts import assignment
from survey_report.study import SIDES, Scale, Study
from survey_report.wording import capital

NAME = "SURVEY_EXPLORE"
KEPT = "explore-data.kept"
Row = Mapping[str, str]


def explore_script(study: Study, build: Path, facts: NumberFacts) -> str:
    """The data as a script; taken from the last time where nothing that it is made from has changed."""
    made_from, maker = _made_from(study, build), code_digest()
    kept = recall(build / KEPT, maker).get(made_from)
    if kept is None:
        kept = assignment(NAME, explore_data(study, build, facts)).rstrip("\n")
        remember(build / KEPT, maker, {made_from: kept})
    return f"{kept}\n"


def _made_from(study: Study, build: Path) -> str:
    """A digest over answers, results and tables, and the study's definition."""
    built = [build / PRIVATE / PROTECTED_FILE, build / RESULTS, build / RECONCILIATION, build / METADATA]
    built += [path for folder in ("findings/data", "numbers") for path in sorted((build / folder).glob("*"))]
    definition = [*sorted(study.folder.glob("*.csv")), *sorted(study.folder.glob("*.yml"))]
    parts = [digest_files([path for path in built if path.is_file()], build), digest_files(definition, study.folder)]
    return digest_bytes("".join(parts).encode())


def explore_data(study: Study, build: Path, facts: NumberFacts) -> dict[str, Any]:
    """Notice, and for each scale its items, groupings and views.

    A view is what one choice shows: title, columns, rows of [label, cells, chart]. A cell is [text, kind]; a chart is
    {"bars": shares by side or answer}, {"mean": [mean, low, high]} or nothing where the row may not be shown.
    """
    synthetic = read_synthetic(build)
    folder = build / "findings" / "data"
    protected = _protected(build / PRIVATE / PROTECTED_FILE)
    scales = [_scale(study, scale, folder, facts, protected, synthetic) for scale in study.scales]
    notice = f"{NOTICE} {KEY}" if synthetic else ""
    return {"notice": notice, "synthetic": synthetic, "scales": [scale for scale in scales if scale["views"]]}


def _protected(file: Path) -> list[dict[str, Any]]:
    """What may be shown of each group's answers to each item; nothing where a build has no such file."""
    if not file.is_file():
        return []
    from pyarrow import parquet

    return [row for row in parquet.read_table(file).to_pylist() if row["kind"] == ITEM]


def _scale(
    study: Study,
    scale: Scale,
    folder: Path,
    facts: NumberFacts,
    protected: Sequence[Mapping[str, Any]],
    synthetic: bool,
) -> dict[str, Any]:
    other = "invented" if synthetic else "real"
    items, groups = (_rows(folder / f"tbl-{scale.id}-{name}.csv") for name in ("items", "means"))
    views: dict[str, Any] = {}
    if items:
        views["|"] = _items_view(study, scale, items, other)
    for row in items:
        views[f"{row['item']}|"] = _item_view(study, scale, row, other)
    for grouping in dict.fromkeys(row["grouping"] for row in groups):
        mine = [row for row in groups if row["grouping"] == grouping]
        views[f"|{grouping}"] = _means_view(study, scale, mine, facts.numbers, other)
        for row in items:
            answers = [
                a for a in protected if (a["scale"], a["grouping"], a["item"]) == (scale.id, grouping, row["item"])
            ]
            if answers:
                title = f"{scale.title}, {row['label']}: by {mine[0]['grouping_label'].lower()}"
                views[f"{row['item']}|{grouping}"] = _groups_view(study, scale, title, answers, other)
    return {
        "id": scale.id,
        "title": scale.title,
        "items": [[row["item"], row["label"]] for row in items],
        "groupings": [[row["grouping"], row["grouping_label"]] for row in groups if _first(row, groups)],
        "ends": list(study.answers(scale).ends),
        "views": views,
    }


def _items_view(study: Study, scale: Scale, rows: Sequence[Row], other: str) -> dict[str, Any]:
    answers = study.answers(scale)
    made: list[Any] = []
    for row in rows:
        if row["shown"] != "True":
            made.append([row["label"], _hidden(len(SIDES), row, other), None])
            continue
        shares = [float(row[side]) for side in SIDES]
        cells = [[format_number(share, "percent", 0), _kind(row, side, other)] for share, side in
                 zip(shares, SIDES, strict=True)]  # fmt: skip
        made.append([row["label"], [*cells, [_count(row["n"]), other]], {"bars": shares}])
    view = {
        "title": f"{scale.title}: every item, all respondents",
        "columns": ["Item", *(answers.words[side].capitalize() for side in SIDES), "Answers"],
        "rows": made,
        "sides": list(SIDES),
    }
    return _noted(view, _reasons((row["label"], row.get("reason")) for row in rows))


def _item_view(study: Study, scale: Scale, row: Row, other: str) -> dict[str, Any]:
    answers = study.answers(scale)
    title = f"{scale.title}, {row['label']}: all respondents"
    if row["shown"] != "True":
        return _empty(title, f"{capital(not_shown(row.get('reason') or ''))}.")
    full = row.get("merged") != "True"
    names = [option.id for option in answers.options] if full else list(SIDES)
    labels = [option.answer for option in answers.options] if full else [answers.words[s].capitalize() for s in SIDES]
    sides = [str(option.side or "neutral") for option in answers.options] if full else list(SIDES)
    made = []
    for name, label, side in zip(names, labels, sides, strict=True):
        if row.get(name):
            share = float(row[name])
            kind = other if full else _kind(row, name, other)
            made.append([label, [[format_number(share, "percent", 0), kind]], {"bars": [share], "side": side}])
    notes = [f"{_count(row['n'])} answers."]
    notes += [] if full else ["Single answers are not shown: too few of some."]
    return {"title": title, "columns": ["Answer", "Share"], "rows": made, "sides": sides, "note": " ".join(notes)}


def _groups_view(
    study: Study, scale: Scale, title: str, rows: Sequence[Mapping[str, Any]], other: str
) -> dict[str, Any]:
    """Answers to one item by group: a side that may not be shown has a word, and then the row has no chart."""
    labels = {category.id: category.label for category in study.grouping(str(rows[0]["grouping"])).categories}
    answers = study.answers(scale)
    made: list[Any] = []
    for row in rows:
        shares = [None if row[side] is None or math.isnan(row[side]) else float(row[side]) for side in SIDES]
        cells = [
            [NOT_SHOWN, "hidden"] if share is None else [format_number(share, "percent", 0), other] for share in shares
        ]
        n = [NOT_SHOWN, "hidden"] if row["n"] is None else [_count(str(row["n"])), other]
        chart = None if None in shares else {"bars": shares}
        made.append([labels[str(row["group"])], [*cells, n], chart])
    view = {
        "title": title,
        "columns": ["Group", *(answers.words[side].capitalize() for side in SIDES), "Answers"],
        "rows": made,
        "sides": list(SIDES),
    }
    step = study.thresholds.coarse_step
    notes = [_reasons((labels[str(row["group"])], row["reason"]) for row in rows)]
    if step and any(row["step"] == step for row in rows):
        notes.append(f"Shares of groups under {study.thresholds.coarse_group} are rounded to the nearest {step}.")
    return _noted(view, *notes)


def _means_view(
    study: Study, scale: Scale, rows: Sequence[Row], numbers: Mapping[str, Number], other: str
) -> dict[str, Any]:
    made: list[Any] = []
    overall = numbers.get(f"{scale.id}.mean.overall")
    if overall is not None and overall.value is not None:
        base = format_number(overall.base, "count", 0) if overall.base else ""
        chart = {"mean": [overall.value, overall.value, overall.value]}
        made.append(["All respondents", [[overall.text, overall.kind], ["", ""], [base, other]], chart])
    for row in rows:
        if row["shown"] != "True" or not row["mean"]:
            made.append([row["label"], _hidden(2, row, other), None])
            continue
        low, high = (float(row[name]) if row.get(name) else None for name in ("low", "high"))
        number = numbers.get(f"{scale.id}.mean.{row['grouping']}.{row['group']}")
        decimals = number.decimals if number else MEAN
        interval = "" if low is None or high is None else ends_text(low, high, decimals)
        text = number.text if number and number.value is not None else row["mean"]
        cells = [[text, row["kind"]], [interval, other], [_count(row["n"]), other]]
        made.append([row["label"], cells, {"mean": [float(row["mean"]), low, high]}])
    view = {
        "title": f"{scale.title}: mean score by {rows[0]['grouping_label'].lower()}",
        "columns": ["Group", "Mean", "95% interval", "Respondents"],
        "rows": made,
    }
    return _noted(view, _reasons((row["label"], row.get("reason")) for row in rows))


def _hidden(cells: int, row: Row, other: str) -> list[list[str]]:
    base = [_count(row["n"]), other] if row["n"] else [NOT_SHOWN, "hidden"]
    return [*([NOT_SHOWN, "hidden"] for _ in range(cells)), base]


def _empty(title: str, note: str) -> dict[str, Any]:
    return {"title": title, "columns": [], "rows": [], "note": note}


def _reasons(rows: Iterable[tuple[str, str | None]]) -> str:
    """Why something of some rows is not shown, with their labels; empty where all are shown."""
    labels: dict[str, list[str]] = {}
    for label, reason in rows:
        if reason:
            labels.setdefault(reason, []).append(label)
    return " ".join(f"{', '.join(names)}: {not_shown(reason)}." for reason, names in labels.items())


def _noted(view: dict[str, Any], *notes: str) -> dict[str, Any]:
    told = " ".join(note for note in notes if note)
    return {**view, "note": told} if told else view


def _kind(row: Row, side: str, other: str) -> str:
    return row.get(f"{side}_kind") or other


def _count(text: str) -> str:
    return format_number(float(text), "count", 0) if text else NOT_SHOWN


def _first(row: Row, rows: Sequence[Row]) -> bool:
    return next(other for other in rows if other["grouping"] == row["grouping"]) is row


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as handle:
        return [{name: as_given(cell or "") for name, cell in row.items()} for row in csv.DictReader(handle)]
