"""Putting the sections' numbers together: results.json, the variables of the documents, the reconciliation."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from survey_report.conditions import Facts, evaluate, load_conditions
from survey_report.disclosure.precision import steps_text
from survey_report.downloads import download_links
from survey_report.escaping import settled, typeset
from survey_report.execution import Run
from survey_report.files import digest_file, write_json, write_text, write_yaml
from survey_report.findings.voices import sections_told
from survey_report.handover import METADATA, RECONCILIATION, RESULTS, VARIABLES
from survey_report.marks import Style
from survey_report.numbers import Number
from survey_report.provenance import code_digest, lock_digest
from survey_report.reconciliation import reconcile, reconciliation_csv
from survey_report.rendering import Rendering
from survey_report.study import Study


def write_results(rendering: Rendering, runs: Iterable[Run], build: Path) -> list[str]:
    """Merge the numbers of all runs and write the four files; returns names of conditions that do not hold.

    Raises UserError for conditions and rules that cannot be evaluated, ValueError for a number entered by two sections.
    """
    numbers, pairs, orders = _collect(runs, build)
    study = rendering.study
    file = study.files.get("conditions")
    holds = evaluate(load_conditions(file), Facts(numbers, pairs, orders), file.name if file else "")
    content = {
        "study": study.id,
        "synthetic": rendering.reading.synthetic,
        "numbers": {key: number.as_dict() for key, number in numbers.items()},
        "pairs": pairs,
        "orders": orders,
    }
    write_json(build / RESULTS, content)
    write_text(build / RECONCILIATION, reconciliation_csv(reconcile(rendering, numbers)))
    write_yaml(build / METADATA, _metadata(rendering, holds))
    write_json(build / VARIABLES, variables(rendering, numbers, digest_file(build / RESULTS)))
    return [name for name, held in holds.items() if not held]


def log_lines(runs: Iterable[Run], build: Path) -> list[str]:
    """What sections have to say to whoever builds, in the order of the runs."""
    return [line for run in runs for line in _content(run, build)["log"]]


def _content(run: Run, build: Path) -> dict[str, Any]:
    """What a run handed over beside its notebook and tables."""
    content: dict[str, Any] = json.loads((build / "numbers" / f"{run.name}.json").read_text(encoding="utf-8"))
    return content


def _metadata(rendering: Rendering, holds: Mapping[str, bool]) -> dict[str, Any]:
    """What documents may ask in `when-meta`."""
    published = bool(rendering.register.figures)
    told = dict.fromkeys(sorted(sections_told(rendering)), True)
    return {"synthetic": rendering.reading.synthetic, "published": published, "voices": told, "holds": dict(holds)}


def _collect(runs: Iterable[Run], build: Path) -> tuple[dict[str, Number], list[dict[str, Any]], list[dict[str, Any]]]:
    """Numbers by key, tested pairs and orders of figures, of all runs."""
    numbers: dict[str, Number] = {}
    pairs: list[dict[str, Any]] = []
    orders: list[dict[str, Any]] = []
    for run in runs:
        content = _content(run, build)
        double = numbers.keys() & content["numbers"].keys()
        if double:
            raise ValueError(f"entered by two sections: {sorted(double)}")
        numbers |= {key: Number(key=key, **value) for key, value in content["numbers"].items()}
        pairs += content["pairs"]
        orders += content["orders"]
    return numbers, pairs, orders


# By the digest of people's answers a guess of all of them could be confirmed.
UNTOLD = "not published"


def variables(rendering: Rendering, numbers: Mapping[str, Number], results_digest: str) -> dict[str, Any]:
    """What documents may name: `r` numbers with marks, `p` plain numbers, `study` and `build` facts."""
    style = Style(rendering.study.id, rendering.reading.synthetic, keyed=True)
    reading = rendering.reading
    return {
        "r": nested({key: str(settled(style(number))) for key, number in numbers.items()}),
        "p": nested({key: str(typeset(number.text)) for key, number in numbers.items()}),
        "study": {name: str(typeset(text)) for name, text in study_facts(rendering.study).items()},
        "build": {
            "data_kind": "synthetic: every answer is invented" if reading.synthetic else "real, as the study declares",
            "export_name": str(typeset(reading.export_name if reading.shipped else "an export of one’s own")),
            "export_digest": reading.export_digest if reading.shipped else UNTOLD,
            "responses_digest": reading.responses_digest if reading.shipped else UNTOLD,
            "results_digest": results_digest,
            "code_digest": code_digest(),
            "results_short": results_digest[:12],
            "code_short": code_digest()[:12],
            "version": version("survey-report"),
            "lock_digest": lock_digest(Path()),
            "python": platform.python_version(),
            "n_rows": f"{reading.flow.rows:,}",
            **download_links(rendering.study, synthetic=reading.synthetic),
        },
    }


def study_facts(study: Study) -> dict[str, str]:
    """Facts of the study as text."""
    small, smallest = steps_text(study)
    return {
        "id": study.id,
        "title": study.title,
        "short_title": study.short_title,
        "organisation": study.organisation,
        "wave": study.wave,
        "opened": _day(study.opened),
        "closed": _day(study.closed),
        "report_author": study.report_author,
        "report_date": study.report_date.isoformat(),
        "citation": study.citation,
        "n_scales": str(len(study.scales)),
        "n_items": str(sum(len(scale.items) for scale in study.scales)),
        "n_areas": str(sum(len(g.categories) for g in study.groupings if not g.tested)),
        "min_group": str(study.thresholds.min_group),
        "min_cell": str(study.thresholds.min_cell),
        "min_report": str(study.thresholds.min_report),
        "coarse_group": str(study.thresholds.coarse_group),
        "coarse_step": str(study.thresholds.coarse_step),
        "mean_step": small,
        "smallest_mean_step": smallest,
        "half_point_group": str(study.thresholds.half_point_group),
        "alpha": f"{study.thresholds.alpha:g}",
        "invited": f"{study.invited:,}" if study.invited else "not known",
    }


def _day(day: Any) -> str:
    return f"{day.day} {day:%B %Y}"


def nested(flat: Mapping[str, str]) -> dict[str, Any]:
    """`{"a.b": x}` as `{"a": {"b": x}}`; ValueError where a key is both a value and a branch."""
    tree: dict[str, Any] = {}
    for key, value in flat.items():
        *branches, leaf = key.split(".")
        node = tree
        for branch in branches:
            node = node.setdefault(branch, {})
            if not isinstance(node, dict):
                raise ValueError(f"`{key}`: `{branch}` is a value already")
        if leaf in node:
            raise ValueError(f"`{key}` is a branch already")
        node[leaf] = value
    return tree
