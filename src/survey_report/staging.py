"""Laying out the sources of one rendering, so that two renderings never share a file that a stitcher reads."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from survey_report.errors import Problem, raise_if_any
from survey_report.files import write_yaml
from survey_report.results import METADATA, VARIABLES

SOURCES = ("_quarto.yml", "_environment", "index.qmd", "reproducibility.qmd")
VARIABLE = re.compile(r"\{\{<\s*var\s+([^\s>]+)\s*>\}\}")
CONDITION = re.compile(r"(?:when|unless)-meta=[\"']?holds\.([^\"'\s}]+)")


def stage(root: Path, study_id: str, build: Path, engine_note: str) -> Path:
    """Copy sources, findings and variables of a rendering into `build`/stage; returns that folder.

    The layout is that of the checkout, so that the same sources render in both. Raises UserError for a source that
    names a variable or a condition that does not exist.
    """
    folder = build / "stage"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in SOURCES:
        shutil.copyfile(root / name, folder / name)
    shutil.copytree(root / "report", folder / "report")
    place = folder / "_build" / study_id
    shutil.copytree(build / "findings", place / "findings")
    shutil.copyfile(build / METADATA, place / METADATA)
    known = yaml.safe_load((build / VARIABLES).read_text(encoding="utf-8"))
    known["build"]["engine_note"] = engine_note
    write_yaml(folder / "_variables.yml", known)
    holds = yaml.safe_load((build / METADATA).read_text(encoding="utf-8"))["holds"]
    raise_if_any(check_names(folder, known, holds))
    return folder


def check_names(folder: Path, known: Mapping[str, Any], holds: Mapping[str, bool]) -> Iterable[Problem]:
    """Variables and conditions that a source names but nothing provides; Quarto would print `?var:` and go on."""
    for path in sorted(folder.rglob("*.qmd")):
        name = path.relative_to(folder).as_posix()
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            for key in VARIABLE.findall(line):
                if not isinstance(_find(known, key), str):
                    remedy = "use a key of results.json after `r.` or `p.`, or a key of `study` or `build`"
                    yield Problem(name, f"line {number}", key, "there is no such variable", remedy)
            for condition in CONDITION.findall(line):
                if condition not in holds:
                    remedy = "declare it in the study's conditions.yml"
                    yield Problem(name, f"line {number}", condition, "there is no such condition", remedy)


def prepare_checkout(root: Path, build: Path) -> None:
    """Write `_variables.yml` at the root, so that `quarto render` works in the checkout itself."""
    known = yaml.safe_load((build / VARIABLES).read_text(encoding="utf-8"))
    known["build"]["engine_note"] = "Quarto, run in the checkout itself"
    write_yaml(root / "_variables.yml", known)


def swap(new: Path, site: Path) -> None:
    """Put a whole new site in the place of the old one, which comes back if the new one cannot be put there."""
    old = site.with_name(f".{site.name}.old")
    if site.exists():
        shutil.rmtree(old, ignore_errors=True)
        site.rename(old)
    try:
        new.rename(site)
    except OSError:
        if old.exists():
            old.rename(site)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _find(tree: Any, key: str) -> Any:
    for part in key.split("."):
        tree = tree.get(part) if isinstance(tree, dict) else None
    return tree
