"""The project: its configuration, its variables, the documents to render in their order."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from survey_report.errors import Problem, UserError
from survey_report.stitch.values import listed, load_yaml, lookup, merge

FORMATS = ("html", "typst", "docx", "pptx")


@dataclass(frozen=True)
class Project:
    """What `_quarto.yml`, its metadata files and `_variables.yml` say."""

    root: Path
    config: Mapping[str, Any]
    variables: Mapping[str, Any]
    documents: tuple[str, ...]
    environment: Mapping[str, str]
    strict: bool = True

    def setting(self, key: str, default: Any = None) -> Any:
        """A value of the configuration by dotted key."""
        try:
            return lookup(self.config, key)
        except KeyError:
            return default

    @property
    def title(self) -> str:
        """The title of the site: plain text, which the configuration may write with backslashes as Markdown does."""
        return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", str(self.setting("website.title", "") or ""))


def read_yaml(root: Path, name: str) -> dict[str, Any]:
    """A YAML file that holds a mapping. Raises UserError when it is broken."""
    try:
        value = load_yaml((root / name).read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise UserError([yaml_problem(name, error)]) from error
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise UserError([Problem(name, "", type(value).__name__, "not a mapping", "Write it as `key: value` lines.")])
    return value


def yaml_problem(name: str, error: yaml.YAMLError, offset: int = 0) -> Problem:
    """A YAML error as a problem with its line; `offset` lines stand before the YAML in the file."""
    mark = getattr(error, "problem_mark", None)
    place = f"line {mark.line + 1 + offset}" if mark else ""
    what = str(getattr(error, "problem", None) or error).split("\n")[0]
    return Problem(name, place, what, "YAML that cannot be read", "Correct the YAML.")


def load_project(root: Path) -> Project:
    """Read the project at `root`. Raises UserError for a missing or broken configuration."""
    if not (root / "_quarto.yml").is_file():
        message = Problem(str(root), "", "", "no _quarto.yml in this folder", "Name the folder of a project.")
        raise UserError([message])
    config = read_yaml(root, "_quarto.yml")
    problems = []
    for name in listed(config.get("metadata-files")):
        if (root / str(name)).is_file():
            config = merge(read_yaml(root, str(name)), config)
        else:
            problems.append(
                Problem("_quarto.yml", "metadata-files", str(name), "no such file", "Build it first, or drop the line.")
            )
    variables = read_yaml(root, "_variables.yml") if (root / "_variables.yml").is_file() else {}
    documents, missing = render_list(root, [str(item) for item in listed(_render(config))])
    problems += [
        Problem("_quarto.yml", "project: render", name, "no such document", "Correct the name.") for name in missing
    ]
    if problems:
        raise UserError(problems)
    return Project(root, config, variables, documents, _environment(root))


def _environment(root: Path) -> dict[str, str]:
    """Lines NAME=value of the file `_environment`, which Quarto puts into the environment of its programs."""
    path = root / "_environment"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    pairs = (line.partition("=") for line in lines if "=" in line and not line.lstrip().startswith("#"))
    return {name.strip(): value.strip() for name, _, value in pairs}


def _render(config: Mapping[str, Any]) -> Any:
    return (config.get("project") or {}).get("render") or ["**/*.qmd"]


def _hidden(name: str) -> bool:
    parts = name.split("/")
    return any(part.startswith(("_", ".")) for part in parts) or parts[-1].lower() == "readme.qmd"


def render_list(root: Path, wanted: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """Documents in the order of the list (globs in alphabetical order), and the entries that name nothing."""
    chosen: list[str] = []
    missing: list[str] = []
    for entry in wanted:
        if entry.startswith("!"):
            chosen = [name for name in chosen if not Path(name).match(entry[1:])]
            continue
        if any(sign in entry for sign in "*?["):
            found = sorted(p.relative_to(root).as_posix() for p in root.glob(entry) if p.suffix == ".qmd")
            found = [name for name in found if not _hidden(name)]
        else:
            found = [posixpath.normpath(entry)] if (root / entry).is_file() else []
            missing += [] if found else [entry]
        chosen += [name for name in found if name not in chosen]
    return tuple(chosen), missing


def document_metadata(project: Project, front: Mapping[str, Any], fmt: str) -> dict[str, Any]:
    """Everything that holds for one document in one format, the nearest saying last."""
    merged: dict[str, Any] = {k: v for k, v in project.config.items() if k not in ("project", "website", "format")}
    for layer in (_format_options(project.config, fmt), front, _format_options(front, fmt)):
        merged = merge(merged, {k: v for k, v in layer.items() if k != "format"})
    return merged


def _format_options(source: Mapping[str, Any], fmt: str) -> Mapping[str, Any]:
    formats = source.get("format")
    options = formats.get(fmt) if isinstance(formats, Mapping) else None
    return options if isinstance(options, Mapping) else {}


def document_formats(project: Project, front: Mapping[str, Any], wanted: Sequence[str]) -> tuple[str, ...]:
    """The formats of one document: its own list, else the project's, of those that are wanted."""
    own = front.get("format", project.config.get("format", "html"))
    names = [own] if isinstance(own, str) else list(own or ["html"])
    return tuple(fmt for fmt in FORMATS if fmt in wanted and fmt in names)
