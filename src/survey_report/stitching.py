"""From prepared findings to a site: real Quarto where it is installed, the embedded engine everywhere else."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from survey_report.errors import Problem, UserError
from survey_report.offline import offline
from survey_report.site import furnish
from survey_report.site.digests import way_to
from survey_report.site.traces import check_traces
from survey_report.staging import add_profiles, stage, swap
from survey_report.stitch.packages import refuse_packages
from survey_report.study import Study

ENGINE = "SURVEY_REPORT_ENGINE"


@dataclass(frozen=True)
class Engine:
    """A stitcher: `program` is Quarto's path, empty for the embedded engine."""

    program: str
    note: str


def choose_engine() -> Engine:
    """Quarto if it is on PATH (or QUARTO names it), unless SURVEY_REPORT_ENGINE=embedded.

    Raises UserError where Quarto is asked for and not there.
    """
    wanted = os.environ.get(ENGINE, "")
    program = os.environ.get("QUARTO") or shutil.which("quarto") or ""
    if wanted == "embedded" or (not program and wanted != "quarto"):
        import pypandoc

        pandoc = pypandoc.get_pandoc_version()
        return Engine("", f"the embedded engine, with pandoc {pandoc} and Typst {version('typst')}")
    if not program:
        problem = Problem(ENGINE, "", "quarto", "no quarto program is on PATH", "install Quarto, or unset the variable")
        raise UserError([problem])
    found = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    return Engine(program, f"Quarto {found}")


def engine_note() -> str:
    """What stitches, in words that differ where another program or version does; also where none can be chosen."""
    try:
        engine = choose_engine()
    except UserError as error:
        return str(error)
    return f"{engine.program} {engine.note}"


WORKERS = 2
PAGES, PAGES_RECORD = "pages", "pages.json"  # pages as the embedded engine leaves them, and what they were made from
TREES = "pages-trees"  # what it read of their sources


def stitch(
    root: Path,
    study: Study,
    build: Path,
    site: Path,
    log: Callable[[str], None] = print,
    *,
    formats: tuple[str, ...] = (),
) -> None:
    """Render a rendering's pages and put them in the place of the old site, which stays if anything fails.

    With the embedded engine, pages that stand are taken from the old site, and `formats` may name those that are
    made; the others stay as they are.

    Raises UserError for sources that cannot be rendered.
    """
    engine = choose_engine()
    log(f"stitching with {engine.note}" + ("" if engine.program else " (no quarto found)"))
    folder = stage(root, study, build, engine.note)
    new = build / "site.new"
    shutil.rmtree(new, ignore_errors=True)
    if engine.program:
        from survey_report.stitch import render_notebooks

        run_quarto(engine.program, folder, log)
        (folder / "_site").rename(new)
        books = sorted((folder / "_build" / study.id / "findings").glob("*.ipynb"))
        render_notebooks(folder, new, [book.relative_to(folder).as_posix() for book in books])
    else:
        shutil.copytree(_embedded(folder, build, formats, log), new, copy_function=_linked)
    add_profiles(study, build, new)
    furnish(new, study, build, root / "report" / "theme", way_to(build, site))
    check_traces(root, new, [build], [study.organisation, study.report_author])
    swap(new, site)


def _embedded(folder: Path, build: Path, formats: tuple[str, ...], log: Callable[[str], None]) -> Path:
    """The bare pages by the embedded engine, in a folder where they are kept for the next time."""
    from survey_report.stitch import render_project
    from survey_report.stitch.keeping import read_kept, write_kept

    pages, record, new = build / PAGES, build / PAGES_RECORD, build / f"{PAGES}.new"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    kept = read_kept(record, pages)
    render_project(folder, new, log=log, workers=WORKERS, kept=kept, made=formats, trees=build / TREES)
    record.unlink(missing_ok=True)
    swap(new, pages)
    write_kept(kept, record)
    return pages


def _linked(source: str, target: str) -> str:
    """One file in two places: whoever changes it later writes a new one."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
    return target


def run_quarto(program: str, folder: Path, log: Callable[[str], None]) -> None:
    """Render a project with Quarto, which reaches no network. Raises UserError with its last words where it fails."""
    for source in [*folder.rglob("*.qmd"), *folder.rglob("*.typ")]:
        refuse_packages(source.read_text(encoding="utf-8"), source.relative_to(folder).as_posix())
    environment = offline() | {"NO_COLOR": "1"}
    run = subprocess.run([program, "render"], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    lines = (run.stderr + run.stdout).strip().split("\n")
    for line in lines:
        if "WARN" in line or run.returncode:
            log(f"  quarto: {line}")
    if run.returncode:
        last = next((line for line in reversed(lines) if line.strip()), "")
        raise UserError([Problem("quarto render", "", last[:200], "Quarto could not render the report", "see the log")])
