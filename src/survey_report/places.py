"""Where a rendering's files lie. A rendering is a study, an export and coded material; two never share a folder."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from survey_report.errors import Problem, UserError

# What the folder of a study may be called: it becomes part of paths, addresses and commands.
STUDY_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
# Where a drafted study, which holds no answers, names its export; git leaves the folder alone.
OWN_EXPORT = "own/export.txt"
# The study whose report the checkout itself is set up for, and whose site is `_site`.
DEFAULT_STUDY = "csrr-2023"


@dataclass(frozen=True)
class Places:
    """Folders of one rendering, relative to the checkout: what is built, and the finished site."""

    build: Path
    site: Path

    @property
    def index(self) -> Path:
        """The first page of the site."""
        return self.site / "index.html"


def places(study_id: str, export: str, corpus: str = "", default_study: str = DEFAULT_STUDY) -> Places:
    """Folders of a rendering; `export` and `corpus` are empty for the study's own.

    Two files of one name in two folders have two renderings: the place enters as a short digest. Raises UserError for
    a name that no study may have.
    """
    if not STUDY_NAME.fullmatch(study_id):
        message, remedy = "no study can have this name", "name its folder with small letters a to z, digits and hyphens"
        raise UserError([Problem("STUDY", "", ascii(study_id), message, remedy)])
    name = study_id
    for file in filter(None, (export, corpus)):
        path = Path(file)
        stem = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-") or "export"
        name = f"{name}-{stem}-{hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:6]}"
    build = Path("_build") / name
    return Places(build, Path("_site") if name == default_study else build / "site")


def check_there(study_folder: Path) -> None:
    """Raise UserError where there is no folder of a study, naming those there are, or no study.yml in it."""
    if not study_folder.is_dir():
        known = sorted(path.parent.name for path in study_folder.parent.glob("*/study.yml"))
        remedy = f"studies that are there: {', '.join(known) or 'none'}"
        what = "there is no study of this name"
        raise UserError([Problem(study_folder.as_posix(), "", study_folder.name, what, remedy)])
    if not (study_folder / "study.yml").is_file():
        raise UserError([Problem("study.yml", "", "", "there is no such file", f"create it in {study_folder.name}/")])


def data_files(study_folder: Path, export: str, corpus: str) -> list[Path]:
    """The files of people's answers that a rendering reads: the export, then coded material if there is any.

    Those that are named come first, then those that study.yml names; then, for the export, the one that the folder
    names in `own/export.txt`. What study.yml should say and does not is for the check to tell.
    """
    found = [
        export or _kept(study_folder, "export") or own_export(study_folder),
        corpus or _kept(study_folder, "corpus"),
    ]
    return [Path(path) for path in found if path]


def own_export(study_folder: Path) -> str:
    """The path of the export that a drafted study was made from, empty where it names none.

    Raises UserError where the file that should name it lies outside the study's folder.
    """
    from survey_report.study_fields import own_file

    file = own_file(study_folder, OWN_EXPORT)
    try:
        return file.read_text(encoding="utf-8").split("\n")[0].strip() if file.is_file() else ""
    except (OSError, ValueError):
        return ""


def export_elsewhere(study_folder: Path, export: str) -> str:
    """The path of the export that is read because `own/export.txt` names it, empty where another one is."""
    return "" if export or _kept(study_folder, "export") else own_export(study_folder)


def _kept(study_folder: Path, part: str) -> str:
    """A file that study.yml names, as a path; empty where it names none."""
    from survey_report.study_fields import read_yaml

    said = read_yaml(study_folder / "study.yml", [])
    told = said.get(part) if isinstance(said, dict) else None
    name = told.get("file") if isinstance(told, dict) else None
    return (study_folder / name).as_posix() if isinstance(name, str) and name else ""
