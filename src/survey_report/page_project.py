"""A few pages as a project of their own: the sources laid out, the configuration of the site with other documents."""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from survey_report.escaping import typeset
from survey_report.files import write_text, write_yaml
from survey_report.handover import METADATA
from survey_report.rendering import Rendering
from survey_report.results import variables
from survey_report.study import Study

LEFT_OUT = ("bibliography", "citeproc", "csl")


def lay_out(
    root: Path,
    rendering: Rendering,
    findings: Path,
    folder: Path,
    documents: Mapping[str, str],
    navigation: Sequence[Mapping[str, str]],
    only: Collection[str] | None = None,
) -> None:
    """Write a project into the empty `folder`: theme, executed notebooks, variables, and `documents` by their path.

    Of the findings all files are taken, or `only` those of some names, while others write there.
    """
    study = rendering.study
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(root / "report" / "theme", folder / "report" / "theme")
    shutil.copyfile(root / "_environment", folder / "_environment")

    def others(place: str, names: list[str]) -> list[str]:
        return [n for n in names if only is not None and n not in only and not Path(place, n).is_dir()]

    shutil.copytree(findings, folder / "_build" / study.id / "findings", ignore=others)
    write_yaml(folder / "_build" / study.id / METADATA, {"synthetic": rendering.reading.synthetic})
    known = variables(rendering, {}, "")
    write_yaml(folder / "_variables.yml", {name: known[name] for name in ("study", "build")})
    for name, text in documents.items():
        write_text(folder / name, _written_out(root, text))
    write_yaml(folder / "_quarto.yml", _configuration(root, study, list(documents), navigation))


def _written_out(root: Path, text: str) -> str:
    """A document with its includes, which lie outside the project, in the place of their lines."""

    def included(found: re.Match[str]) -> str:
        return (root / found[1]).read_text(encoding="utf-8").strip("\n")

    return re.sub(r"^\{\{< include /(\S+) >\}\}$", included, text, flags=re.MULTILINE)


def without_resources(folder: Path) -> None:
    """Take the list of files to copy out of a project: the embedded engine copies what its pages link to."""
    path = folder / "_quarto.yml"
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    write_yaml(path, config | {"project": config["project"] | {"resources": []}})


def _configuration(
    root: Path, study: Study, documents: Sequence[str], navigation: Sequence[Mapping[str, str]]
) -> dict[str, Any]:
    config = yaml.safe_load((root / "_quarto.yml").read_text(encoding="utf-8"))
    website = {
        **config["website"],
        "title": str(typeset(study.short_title)),
        "sidebar": {"contents": [dict(n) for n in navigation]},
    }
    resources = [f"_build/{study.id}/findings/downloads/*.*"]
    project = {"type": "website", "output-dir": "_site", "resources": resources, "render": list(documents)}
    kept = {name: value for name, value in config.items() if name not in LEFT_OUT}
    return kept | {
        "project": project,
        "website": website,
        "metadata-files": [f"_build/{study.id}/{METADATA}"],
        "lang": study.language,
    }
