"""Building everything again, from nothing and in a folder of its own, and comparing every digest with the site's."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path, PurePosixPath

from survey_report.errors import Problem, UserError, raise_if_any
from survey_report.places import places
from survey_report.site.digests import NAME, all_digests, differences, read_digests, way_to
from survey_report.stitching import choose_engine

# What a build reads: the sources, nothing that was built.
FILES = (
    "_quarto.yml", "_environment", "index.qmd", "reproducibility.qmd", "explore.qmd", "CITATION.cff", "Snakefile",
    "Makefile", "requirements.lock",
)  # fmt: skip
FOLDERS = ("notebooks", "report", "src", "studies")
FOLDER = "verify"
# What real Quarto writes with the time of its making.
DATED = ("*.pdf", "sitemap.xml")
TOLD = {
    "changed": "its digest is not the one on record",
    "missing": "it is on record and not there",
    "new": "it is there and not on record",
}
BROKEN = "something changed it after the build; `make report` after removing it (or `make clean`) makes it again"
UNLIKE = "a second build gives other bytes; compare the file with the one in {}"


def copy_sources(root: Path, target: Path) -> Path:
    """Copy what a build reads into a new folder; gives the folder."""
    target.mkdir(parents=True)
    for name in FILES:
        shutil.copyfile(root / name, target / name)
    for name in FOLDERS:
        shutil.copytree(root / name, target / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    return target


def verify(root: Path, study: Path, export: Path | None, log: Callable[[str], None] = print) -> None:
    """Compare the present site with its own record, then with a second build; the folder of that goes if all agrees.

    Raises UserError naming every file that differs, for a site that is not there, and for a build that fails.
    """
    found = places(study.name, str(export or ""))
    site, build = root / found.site, root / found.build
    if not (site / NAME).is_file():
        remedy = "run `make report` first"
        raise UserError([Problem(str(found.site / NAME), "", "", "there is no record of a build", remedy)])
    try:
        recorded = read_digests(site / NAME)
    except ValueError as error:
        raise UserError([Problem(str(found.site / NAME), "", "", str(error), "build the site again")]) from error
    way = way_to(found.build, found.site)
    log(f"comparing {len(recorded):,} files with the record of their build, {found.site / NAME}")
    raise_if_any(_problems(recorded, all_digests(site, build, way), found.site, BROKEN))
    folder = build / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    copy = copy_sources(root, folder / "checkout")
    log(f"building everything again in {found.build / FOLDER}")
    # Profiles are made before the site that they become part of, and only where the present site has them.
    for target in (["profiles"] if any(name.startswith("profiles/") for name in recorded) else []) + ["site"]:
        _build(copy, study.name, export, target)
    again = read_digests(copy / found.site / NAME)
    quarto = bool(choose_engine().program)
    if quarto:
        log("set by Quarto, whose PDFs carry the time of their making: these are not compared")
    kept, fresh = (_undated(digests) if quarto else digests for digests in (recorded, again))
    raise_if_any(_problems(kept, fresh, found.site, UNLIKE.format(found.build / FOLDER / "checkout" / found.site)))
    shutil.rmtree(folder)
    log(f"verified: {len(kept):,} files, each with the same digest in both builds")


def _problems(recorded: Mapping[str, str], found: Mapping[str, str], site: Path, remedy: str) -> Iterable[Problem]:
    for name, what in differences(recorded, found):
        place = Path(os.path.normpath(site / name)).as_posix()
        value = f"{recorded.get(name, 'none')[:12]} on record, {found.get(name, 'none')[:12]} found"
        yield Problem(place, "", value, TOLD[what], remedy)


def _undated(digests: Mapping[str, str]) -> dict[str, str]:
    return {name: digest for name, digest in digests.items() if not any(PurePosixPath(name).match(p) for p in DATED)}


def _build(folder: Path, study: str, export: Path | None, target: str) -> None:
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONPATH": str((folder / "src").resolve()),
        "STUDY": study,
        "EXPORT": str(export.resolve()) if export else "",
    }
    command = ["snakemake", target, "--cores", "2", "--quiet", "all", "--nolock"]
    run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if run.returncode:
        last = "\n".join((run.stdout + run.stderr).strip().split("\n")[-12:])
        raise UserError([Problem("the second build", "", "", f"it failed:\n{last}", "see above")])
