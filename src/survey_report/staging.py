"""Laying out the sources of one rendering, so that two renderings never share a file that a stitcher reads."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from survey_report.documents import TEMPLATES, for_study, general_sources, project_text
from survey_report.errors import Problem, raise_if_any
from survey_report.files import read_yaml, write_text, write_yaml
from survey_report.handover import METADATA, VARIABLES
from survey_report.places import DEFAULT_STUDY
from survey_report.study import Study

SOURCES = ("_quarto.yml", "_environment", "index.qmd", "reproducibility.qmd")
SHARED = ("reproducibility.qmd", "report/*.qmd")  # sources that serve any study
VARIABLE = re.compile(r"\{\{<\s*var\s+([^\s>]+)\s*>\}\}")
CONDITION = re.compile(r"(?:when|unless)-meta=[\"']?holds\.([^\"'\s}]+)")


def stage(root: Path, study: Study, build: Path, engine_note: str) -> Path:
    """Copy sources, findings and variables of a rendering into `build`/stage; returns that folder.

    The layout is that of the checkout, so that the same sources render in both. A study that is not the default one
    gets a configuration of its own, and general documents for those that it lacks. Raises UserError for a source that
    names a variable or a condition that does not exist.
    """
    folder = build / "stage"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in SOURCES:
        shutil.copyfile(root / name, folder / name)
    others = {path.parent.name for path in (root / "studies").glob("*/study.yml")} - {study.id}
    shutil.copytree(root / "report", folder / "report", ignore=shutil.ignore_patterns(TEMPLATES, *others))
    if study.id != DEFAULT_STUDY:
        _for_another_study(root, study, folder)
    place = folder / "_build" / study.id
    shutil.copytree(build / "findings", place / "findings")
    shutil.copyfile(build / METADATA, place / METADATA)
    known = read_yaml(build / VARIABLES)
    known["build"]["engine_note"] = engine_note
    write_yaml(folder / "_variables.yml", known)
    holds = read_yaml(build / METADATA)["holds"]
    raise_if_any(check_names(folder, known, holds))
    return folder


def _for_another_study(root: Path, study: Study, folder: Path) -> None:
    write_text(folder / "_quarto.yml", project_text(root, study))
    for path in [path for pattern in SHARED for path in sorted(folder.glob(pattern))]:
        write_text(path, for_study(path.read_text(encoding="utf-8"), study.id))
    for name, text in general_sources(root, study).items():
        write_text(folder / name, text)


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
    known = read_yaml(build / VARIABLES)
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
