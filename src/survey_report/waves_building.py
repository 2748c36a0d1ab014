"""Making the comparison of two waves: both exports read, one notebook a scale and one for the whole, then a site."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from survey_report.cleaning import clean
from survey_report.documents import TEMPLATES
from survey_report.downloads import write_tables
from survey_report.errors import Problem, UserError, raise_if_any
from survey_report.escaping import typeset
from survey_report.execution import Run, execute_all
from survey_report.files import digest_file
from survey_report.mapping.prepared import prepared_export
from survey_report.page_project import lay_out, without_resources
from survey_report.places import Places
from survey_report.profile_building import finish_pages
from survey_report.profile_pages import NOTICE, book_of, filled
from survey_report.reading import write_reading
from survey_report.rendering import open_rendering
from survey_report.responses import read_responses
from survey_report.staging import swap
from survey_report.stitching import choose_engine, run_quarto
from survey_report.study import Study
from survey_report.study_load import load_study

BEFORE, AFTER = "baseline", "followup"
INDEX = "index.qmd"


def wave_places(study_id: str, before: Path, after: Path) -> Places:
    """Folders of a comparison: never those of a rendering; other files of the same names have others."""
    stems = [re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-") or "export" for path in (before, after)]
    digest = hashlib.sha256(f"{before.resolve()}\0{after.resolve()}".encode()).hexdigest()[:6]
    build = Path("_build") / f"{study_id}-waves-{stems[0]}-{stems[1]}-{digest}"
    return Places(build, build / "site")


def make_waves(
    root: Path, study_folder: Path, before: Path, after: Path, places: Places, log: Callable[[str], None] = print
) -> Path:
    """Compare two exports of a study and write the site; returns its first page.

    Raises UserError for everything wrong with either export, before anything is written.
    """
    study = load_study(study_folder)
    check_waves(study, before, after)
    build = places.build
    earlier = read_responses(study_folder, before, build / BEFORE)
    later = read_responses(study_folder, after, build)
    for name, reading in (("earlier", earlier), ("later", later)):
        log(f"{name} wave, {reading.export_name}: {reading.flow.complete:,} complete responses")
    # One wave that is invented makes every change between the two invented.
    synthetic = earlier.synthetic or later.synthetic
    for folder, reading in ((build / BEFORE, earlier), (build, later)):
        write_reading(replace(reading, synthetic=synthetic, shipped=False), folder)
    runs = wave_runs(study)
    for name in ("findings", "numbers"):
        shutil.rmtree(build / name, ignore_errors=True)
    execute_all(runs, root / "notebooks", study_folder.parent, build, log)
    write_tables(runs, build, synthetic=synthetic)
    rendering = open_rendering(study_folder, build)
    template = (root / "report" / TEMPLATES / "waves.qmd").read_text(encoding="utf-8")
    stage, new = build / "stage", build / "site.new"
    navigation = [{"text": "Two waves compared", "href": INDEX}]
    lay_out(root, rendering, build / "findings", stage, {INDEX: waves_source(template, study)}, navigation)
    shutil.rmtree(new, ignore_errors=True)
    engine = choose_engine()
    log(f"stitching with {engine.note}")
    if engine.program:
        run_quarto(engine.program, stage, log)
        (stage / "_site").rename(new)
    else:
        from survey_report.stitch import render_project

        without_resources(stage)
        new.mkdir(parents=True)
        render_project(stage, new, log=lambda text: None)
    finish_pages(root, new, rendering, [build, build / BEFORE])
    swap(new, places.site)
    return places.index


def check_waves(study: Study, before: Path, after: Path) -> None:
    """Whether both exports fit the study and are two. Raises UserError with the problems of both."""
    remedy = "name the exports of two waves after BASELINE= and FOLLOWUP="
    named = {"BASELINE": before, "FOLLOWUP": after}
    raise_if_any(Problem(name, "", "", "no export is named", remedy) for name, path in named.items() if path == Path())
    problems: list[Problem] = []
    for path in (before, after):
        try:
            clean(prepared_export(study, path), study)
        except UserError as error:
            problems += error.problems
    if not problems and digest_file(before) == digest_file(after):
        problems.append(Problem(str(after), "", "", "is the same export as the earlier wave's", remedy))
    raise_if_any(problems)


def wave_runs(study: Study) -> list[Run]:
    """The whole comparison, and one run a scale for its groups."""
    whole = Run("waves", "waves", {"study": study.id})
    if not study.tested_groupings:
        return [whole]
    return [
        whole,
        *(Run(f"waves-{s.id}", "wave-groups", {"study": study.id, "scale": s.id}) for s in study.scales),
    ]


def waves_source(template: str, study: Study) -> str:
    """The document of the comparison."""
    parts = []
    for run in wave_runs(study)[1:]:
        scale = study.scale(run.parameters["scale"])
        parts.append(
            f"## {typeset(scale.title)}\n\n{{{{< embed {book_of(study, run.name)}#tbl-waves-{scale.id}-groups >}}}}\n"
        )
    notice = filled(NOTICE, {"who": "At least one of the two waves was made up by a program."})
    places = {"notice": notice, "groups": "\n".join(parts), "book": book_of(study, "waves")}
    return filled(template, places)
