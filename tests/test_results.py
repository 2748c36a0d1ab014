"""The sections' numbers put together."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

import shipped
from survey_report.execution import Run
from survey_report.files import write_json
from survey_report.register import Register
from survey_report.rendering import Rendering
from survey_report.results import write_results
from survey_report.results_file import read_results

RUNS = (Run("first", "n", {}), Run("second", "n", {}))


@pytest.fixture
def unpublished() -> Rendering:
    """The shipped rendering of a study that has published nothing and has no conditions."""
    rendering = shipped.rendering()
    files = {name: path for name, path in rendering.study.files.items() if name not in ("conditions", "published")}
    return replace(rendering, study=replace(rendering.study, files=files), register=Register((), {}, {}))


def write(build: Path, first: str, second: str) -> None:
    """What two runs leave: a number each under these keys, and a pair of tested groups."""
    for run, key in zip(RUNS, (first, second), strict=True):
        number = shipped.numbers()[key].as_dict()
        content = {"numbers": {key: number}, "pairs": [{"a": run.name}], "orders": [{"b": run.name}]}
        write_json(build / "numbers" / f"{run.name}.json", content)


def test_numbers_and_pairs_of_every_section_are_kept(unpublished: Rendering, tmp_path: Path) -> None:
    write(tmp_path, "services.n", "support.n")
    assert write_results(unpublished, RUNS, tmp_path) == []
    numbers, pairs = read_results(tmp_path)
    assert numbers == {key: shipped.numbers()[key] for key in ("services.n", "support.n")}
    assert pairs == [{"a": "first"}, {"a": "second"}]
    written = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert written["orders"] == [{"b": "first"}, {"b": "second"}]


def test_a_number_that_two_sections_enter_is_refused(unpublished: Rendering, tmp_path: Path) -> None:
    write(tmp_path, "services.n", "services.n")
    with pytest.raises(ValueError, match=r"entered by two sections: \['services\.n'\]"):
        write_results(unpublished, RUNS, tmp_path)
    assert not (tmp_path / "results.json").exists()
