"""Which modules a notebook uses, directly and through others."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

import shipped
from survey_report.sources import code_of, imported, notebook_modules, used_modules


def modules(name: str) -> set[str]:
    return {module.removeprefix("survey_report.") for module in notebook_modules(shipped.ROOT / "notebooks" / name)}


def test_a_notebook_uses_what_it_imports_and_what_that_imports() -> None:
    theme, instrument = modules("theme.ipynb"), modules("instrument.ipynb")
    assert {"survey_report", "notebook", "narrative", "charts", "charts.canvas", "findings", "scales"} <= theme
    assert "instrument_tables" in instrument - theme
    assert not {"cli", "execution", "stitching", "synthesis", "stitch"} & (theme | instrument)


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("from survey_report import tables", {"survey_report.tables", "survey_report"}),
        ("from survey_report.findings.theme import Theme", {"survey_report.findings.theme", "survey_report.findings"}),
        ("def f():\n    import survey_report.frames", {"survey_report.frames", "survey_report"}),
        ("import survey_reports\nfrom . import tables", set()),
        ("from survey_report import no_such_module", {"survey_report"}),
    ],
)
def test_imports_in_any_form(source: str, names: set[str]) -> None:
    found = used_modules(imported(ast.parse(source)))
    assert names <= found.keys()
    assert all(path.is_file() for path in found.values())
    if not names:
        assert not found


def test_lines_that_are_not_python_are_no_hindrance(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "markdown", "source": "from survey_report import scales"},
        {
            "cell_type": "code",
            "source": ["%matplotlib inline\n", "if True:\n", "    !ls\n", "import survey_report.errors"],
        },
    ]
    path = tmp_path / "n.ipynb"
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    assert code_of({"cells": cells}).count("pass") == 2
    assert notebook_modules(path).keys() == {"survey_report", "survey_report.errors"}
