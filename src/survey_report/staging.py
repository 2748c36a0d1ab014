"""Laying out the sources of one rendering, so that two renderings never share a file that a stitcher reads."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from survey_report.documents import TEMPLATES, for_study, general_sources, project_text
from survey_report.errors import Problem, raise_if_any
from survey_report.files import read_json, read_yaml, write_bytes, write_text, write_yaml
from survey_report.handover import METADATA, VARIABLES, rendering_digest
from survey_report.marks import NOTICE
from survey_report.places import DEFAULT_STUDY
from survey_report.site.digests import NAME
from survey_report.study import Study

SOURCES = ("_quarto.yml", "_environment", "index.qmd", "reproducibility.qmd", "explore.qmd", "CITATION.cff")
PROFILES, MADE = "profiles", "made.json"
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
    metadata = read_yaml(build / METADATA)
    if (profiles := made_profiles(study, build)) is not None:
        metadata["profiles"] = True
        (folder / PROFILES).mkdir()
        shutil.copyfile(profiles / "index.html", folder / PROFILES / "index.html")  # what the first page links to
    write_yaml(place / METADATA, metadata)
    write_references(build, place)
    known = read_json(build / VARIABLES)
    known["build"]["engine_note"] = engine_note
    write_yaml(folder / "_variables.yml", named(known, folder.rglob("*.qmd")))
    write_text(folder / NAME, "The digests are written when the site is whole.\n")  # so that pages can link to it
    raise_if_any(check_names(folder, known, metadata["holds"]))
    return folder


def made_profiles(study: Study, build: Path) -> Path | None:
    """The pages of profiles of a rendering, where there are some that were made from the present answers and study:
    thresholds among them, so that no page stays that shows more than is allowed now."""
    made = build / PROFILES / MADE
    if not made.is_file():
        return None
    made_from = json.loads(made.read_text(encoding="utf-8")).get("made_from")
    return build / PROFILES / "site" if made_from == rendering_digest(study.folder, build) else None


def add_profiles(study: Study, build: Path, site: Path) -> None:
    """Put the pages of profiles into a site, if there are any of its answers and study."""
    if (profiles := made_profiles(study, build)) is not None:
        shutil.rmtree(site / PROFILES, ignore_errors=True)
        shutil.copytree(profiles, site / PROFILES)


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


def named(known: Mapping[str, Any], sources: Iterable[Path]) -> dict[str, Any]:
    """Those of the variables that sources name: Quarto hands all that it is given to every program that it runs, and
    some thousands of numbers are more than a command line takes."""
    texts = (path.read_text(encoding="utf-8") for path in sources)
    names = {name for text in texts for name in VARIABLE.findall(text)}
    tree: dict[str, Any] = {}
    for name in sorted(names):
        *branches, leaf = name.split(".")
        if isinstance(value := _find(known, name), str):
            node = tree
            for branch in branches:
                node = node.setdefault(branch, {})
            node[leaf] = value
    return tree


def write_references(build: Path, place: Path) -> None:
    """Write the looks of Word files and slides into `place`; they say so on every page while the data are synthetic."""
    from survey_report.stitch.office_reference import reference

    synthetic = read_yaml(build / METADATA)["synthetic"]
    for kind in ("docx", "pptx"):
        write_bytes(place / f"reference.{kind}", reference(kind, NOTICE if synthetic else ""))


def prepare_checkout(root: Path, build: Path) -> None:
    """Write `_variables.yml` at the root, so that `quarto render` works in the checkout itself."""
    known = read_json(build / VARIABLES)
    known["build"]["engine_note"] = "Quarto, run in the checkout itself"
    write_yaml(root / "_variables.yml", named(known, [*root.glob("*.qmd"), *(root / "report").rglob("*.qmd")]))
    write_references(build, build)


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
