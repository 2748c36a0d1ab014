"""Reading `results.json`: every number that may be shown, under its key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from survey_report.handover import RESULTS
from survey_report.numbers import Number


def read_results(build: Path) -> tuple[dict[str, Number], list[dict[str, Any]]]:
    """Numbers by key and the tested pairs, as written."""
    content = json.loads((build / RESULTS).read_text(encoding="utf-8"))
    return {key: Number(key=key, **value) for key, value in content["numbers"].items()}, content["pairs"]


def read_synthetic(build: Path) -> bool:
    """Whether the results rest on synthetic data."""
    return bool(json.loads((build / RESULTS).read_text(encoding="utf-8"))["synthetic"])
