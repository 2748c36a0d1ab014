"""Making all profiles of a rendering: figures once, a notebook run each, then pages; one that fails stops no other."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from survey_report.disclosure.sets import read_protected, write_protected
from survey_report.documents import TEMPLATES
from survey_report.downloads import captions_of, download_name, write_tables
from survey_report.errors import Problem, UserError
from survey_report.execution import Run, execute_all
from survey_report.files import digest_files, write_json, write_text
from survey_report.findings.profile_groups import ProfileGroup, find_group, profile_groups
from survey_report.findings.profiles import FOLDER, Profiles, all_profiles, read_profiles, write_profiles
from survey_report.handover import PRIVATE, PROTECTED_FILE, rendering_digest
from survey_report.page_project import lay_out
from survey_report.profile_pages import SCRIPT, index_script, index_source, profile_source, too_small_source
from survey_report.profile_parts import Part
from survey_report.profile_rendering import INDEX, leave_pages, render_pages
from survey_report.rendering import Rendering, open_rendering
from survey_report.sections import listed_groupings
from survey_report.site.policy import with_policy
from survey_report.site.traces import check_traces, without_traces
from survey_report.staging import MADE, swap
from survey_report.study import Study

ROBOTS = '<meta name="robots" content="noindex">'
Log = Callable[[str], None]


@dataclass(frozen=True)
class Made:
    """What came out: number of pages, the folder they are in, and what failed."""

    pages: int
    folder: Path
    problems: tuple[Problem, ...]


def make_profiles(
    root: Path, study_folder: Path, build: Path, site: Path, grouping: str = "", group: str = "", log: Log = print
) -> Made:
    """Make the profiles of a rendering, or of one grouping or group, and put them into `site`/profiles.

    Notebooks and pages that parts have left (see `make_part`) are taken; pages that are not made anew stay as they
    were. Raises UserError for a grouping or group that does not exist and for a study that has no profiles.
    """
    rendering = open_rendering(study_folder, build)
    study = rendering.study
    chosen = chosen_groups(study, grouping, group)
    place = build / FOLDER
    profiles = make_figures(rendering, build, log)
    small, whole = small_groups(profiles), grouping == ""
    overviews = overview_runs(study)
    runs = [*group_runs(study, chosen, small), *(run for by in overviews.values() for run in by.values())]
    done, problems = _execute(root, rendering, build, runs, whole=whole, log=log)
    pages = [one for one in chosen if (one.grouping, one.group) in small or profile_run(study, one).name in done]
    kept = place / "site"
    before = set() if whole else {p.relative_to(kept).with_suffix("").as_posix() for p in kept.glob("*/*.html")}
    known = {one.page for one in profile_groups(study)} & (before | {one.page for one in pages})
    seen = {g: named for g, by in overviews.items() if (named := {s: r.name for s, r in by.items() if r.name in done})}
    folder = place / "stage"
    documents = _stage(root, rendering, profiles, folder, build, pages, known, seen)
    failed = render_pages(root, folder, place, documents, keep=not whole, log=log)
    _install(root, place, site, rendering, log)
    return Made(len(pages) - len(failed), site / FOLDER, (*problems, *failed))


def make_figures(rendering: Rendering, build: Path, log: Log = print) -> Profiles:
    """Work out what all profiles print, and write it where their notebooks read it.

    Raises UserError for a study that has no profiles.
    """
    chosen_groups(rendering.study, "", "")
    log(f"profiles: figures of {len(profile_groups(rendering.study))} groups, protected together")
    profiles = all_profiles(rendering, _answers(rendering, build))
    write_profiles(profiles, build)
    return profiles


def make_part(root: Path, study_folder: Path, build: Path, part: Part, log: Log = print) -> None:
    """Run the notebooks of one part of the profiles and render its pages, from figures that `make_figures` wrote.

    Parts may be made at the same time: each writes files of its own, and none removes any. What fails is told and left
    to `make_profiles`, which comes after all parts, tries it again and names it. Raises UserError if there are no
    figures.
    """
    rendering = open_rendering(study_folder, build)
    study, place = rendering.study, build / FOLDER
    try:
        profiles = read_profiles(build)
    except FileNotFoundError as error:
        remedy = "run `survey-report profiles --figures` first, as the Snakefile does"
        raise UserError([Problem(str(error.filename), "", "", "there are no figures of profiles", remedy)]) from error
    small = small_groups(profiles)
    overviews = [run for by in overview_runs(study).values() for run in by.values()]
    groups = part.of_all(chosen_groups(study, "", ""))
    runs = [*group_runs(study, groups, small), *part.of_all(overviews)]
    done, problems = _execute(root, rendering, build, runs, whole=False, log=log)
    for problem in problems:
        log(f"  left to the last step: {problem}")
    pages = [one for one in groups if (one.grouping, one.group) in small or profile_run(study, one).name in done]
    folder = place / f"stage-{part.number}-of-{part.count}"
    documents = _stage(root, rendering, profiles, folder, build, pages, (), {}, only=done)
    leave_pages(root, folder, place, documents, log)
    shutil.rmtree(folder)


def _execute(
    root: Path, rendering: Rendering, build: Path, runs: Sequence[Run], *, whole: bool, log: Log
) -> tuple[set[str], list[Problem]]:
    """Execute runs and write their tables for readers; gives the names of those that are there, and what failed."""
    place, studies = build / FOLDER, rendering.study.folder.parent
    if not runs and not whole:  # more parts than groups
        return set(), []
    further = digest_files(place.glob("*.parquet"), place)
    problems = execute_all(
        runs, root / "notebooks", studies, build, log,
        stage="profiles", further=further, into=place, whole=whole, keep_going=True,
    )  # fmt: skip
    done = {run.name for run in runs if (place / "numbers" / f"{run.name}.json").is_file()}
    done -= {problem.place.removeprefix("run ") for problem in problems}
    write_tables([run for run in runs if run.name in done], place, synthetic=rendering.reading.synthetic)
    return done, problems


def _answers(rendering: Rendering, build: Path) -> pd.DataFrame:
    """The protected answers that the build prepared, or else now: the same rows."""
    if (build / PRIVATE / PROTECTED_FILE).is_file():
        return read_protected(build)
    return write_protected(rendering, build)


def chosen_groups(study: Study, grouping: str, group: str) -> list[ProfileGroup]:
    """The groups that are asked for. Raises UserError that lists those that exist."""
    groups = profile_groups(study)
    if not groups:
        remedy = "name groupings under `profiles:`, or groups under `cross_sections:`"
        raise UserError([Problem("study.yml", "profiles", "", f"{study.id} has no profiles", remedy)])
    if not grouping and not group:
        return list(groups)
    if not group:
        mine = [one for one in groups if one.grouping == grouping]
        return mine or [find_group(study, grouping, "")]
    return [find_group(study, grouping, group)]


def profile_run(study: Study, group: ProfileGroup) -> Run:
    """The run of a group's profile."""
    parameters = {"study": study.id, "grouping": group.grouping, "group": group.group}
    return Run(f"profile-{group.name}", "profile", parameters)


def overview_runs(study: Study) -> dict[str, dict[str, Run]]:
    """Runs of the charts of all groups, by grouping and scale: of groupings that are listed and not tested."""
    return {
        name: {
            scale.id: Run(
                f"overview-{name}-{scale.id}", "profiles", {"study": study.id, "grouping": name, "scale": scale.id}
            )
            for scale in study.scales
        }
        for name in listed_groupings(study)
    }


def small_groups(profiles: Profiles) -> set[tuple[str, str]]:
    """Grouping and group of those that have no figures."""
    frame = profiles.groups
    return set(frame.loc[frame["reason"] != "", ["grouping", "group"]].itertuples(index=False, name=None))


def group_runs(study: Study, groups: Iterable[ProfileGroup], small: Collection[tuple[str, str]]) -> list[Run]:
    """The runs of the groups that are large enough."""
    return [profile_run(study, one) for one in groups if (one.grouping, one.group) not in small]


def _stage(
    root: Path,
    rendering: Rendering,
    profiles: Profiles,
    folder: Path,
    build: Path,
    pages: Sequence[ProfileGroup],
    known: Iterable[str],
    overviews: Mapping[str, Mapping[str, str]],
    only: Collection[str] | None = None,
) -> dict[str, str]:
    """Lay the sources of the pages out as a project in `folder`, with the findings of all runs or `only` of some; gives
    the documents with the run that each embeds, empty if none."""
    study, place, templates = rendering.study, build / FOLDER, root / "report" / TEMPLATES
    names = ("profile", "profile-too-small", "profiles")
    texts = {name: (templates / f"{name}.qmd").read_text(encoding="utf-8") for name in names}
    small = small_groups(profiles)
    documents = {INDEX: index_source(texts["profiles"], profiles, study, set(known), overviews)}
    embedded: dict[str, str] = {}
    for one in pages:
        run = profile_run(study, one)
        if (one.grouping, one.group) in small:
            text = too_small_source(texts["profile-too-small"], one, study, rendering.withheld)
        else:
            text = profile_source(texts["profile"], one, study, captions_of(run, place))
        documents[f"{one.page}.qmd"] = text
        embedded[f"{one.page}.qmd"] = "" if (one.grouping, one.group) in small else run.name
    navigation = [{"text": "Home", "href": "../index.html"}, {"text": "All profiles", "href": INDEX}]
    names_of = None if only is None else _files_of(study, only, place, synthetic=rendering.reading.synthetic)
    lay_out(root, rendering, place / "findings", folder, documents, navigation, names_of)
    return embedded


def _files_of(study: Study, runs: Collection[str], place: Path, *, synthetic: bool) -> set[str]:
    """Names of the files that some profiles' runs wrote and their pages take up: notebooks, and tables for readers."""
    mine = [run for one in profile_groups(study) if (run := profile_run(study, one)).name in runs]
    labels = [label for run in mine for label in captions_of(run, place)]
    return {f"{run.name}.ipynb" for run in mine} | {
        name for label in labels for name in (f"{label}.csv", download_name(f"{label}.csv", synthetic=synthetic))
    }


def _install(root: Path, place: Path, site: Path, rendering: Rendering, log: Log) -> None:
    """Finish the pages, note what they were made from, and put them into the site."""
    finish_pages(root, place / "site", rendering, [place.parent])
    write_text(place / "site" / SCRIPT, index_script())
    pages = [path for path in (place / "site").rglob("*") if path.is_file()]
    made_from = rendering_digest(rendering.study.folder, place.parent)
    write_json(place / MADE, {"made_from": made_from, "pages": digest_files(pages, place / "site")})
    new = site / f".{FOLDER}.new"
    shutil.rmtree(new, ignore_errors=True)
    shutil.copytree(place / "site", new)
    swap(new, site / FOLDER)
    log(f"profiles: {site / FOLDER / 'index.html'}")


def finish_pages(root: Path, pages: Path, rendering: Rendering, builds: Iterable[Path]) -> None:
    """Say on pages what they may load, mark them while the data are synthetic, and take out what an engine told of the
    machine. Raises UserError where something is left of it."""
    for path in sorted(pages.rglob("*.html")):
        page = with_policy(without_traces(path.read_text(encoding="utf-8")))
        write_text(path, marked(page) if rendering.reading.synthetic else page)
    check_traces(root, pages, builds, [rendering.study.organisation, rendering.study.report_author])


def marked(page: str) -> str:
    """A page that asks search engines not to list it."""
    return page if ROBOTS in page else re.sub(r"(<head[^>]*>)", rf"\1\n{ROBOTS}", page, count=1)
