"""Making all profiles of a rendering: figures once, a notebook run each, then pages; one that fails stops no other."""

from __future__ import annotations

import multiprocessing
import re
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from survey_report.disclosure.sets import read_protected, write_protected
from survey_report.documents import TEMPLATES
from survey_report.downloads import captions_of, write_tables
from survey_report.errors import Problem, UserError
from survey_report.execution import Run, execute_all
from survey_report.files import digest_files, write_json, write_text
from survey_report.findings.profile_groups import ProfileGroup, find_group, profile_groups
from survey_report.findings.profiles import FOLDER, Profiles, all_profiles, write_profiles
from survey_report.handover import PRIVATE, PROTECTED_FILE, rendering_digest
from survey_report.page_project import lay_out, without_resources
from survey_report.profile_pages import index_source, profile_source, too_small_source
from survey_report.rendering import Rendering, open_rendering
from survey_report.staging import MADE, swap
from survey_report.stitching import choose_engine, run_quarto
from survey_report.study import Study

WORKERS = 2
INDEX = "index.qmd"
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

    Pages that are not made anew stay as they were. Raises UserError for a grouping or group that does not exist and for
    a study that has no profiles.
    """
    rendering = open_rendering(study_folder, build)
    study = rendering.study
    chosen = chosen_groups(study, grouping, group)
    place = build / FOLDER
    log(f"profiles: figures of {len(profile_groups(study))} groups, protected together")
    profiles = all_profiles(rendering, _answers(rendering, build))
    write_profiles(profiles, build)
    small = set(
        profiles.groups.loc[profiles.groups["reason"] != "", ["grouping", "group"]].itertuples(index=False, name=None)
    )
    whole = grouping == ""
    large = [one for one in chosen if (one.grouping, one.group) not in small]
    overviews = overview_runs(study)
    runs = [*(profile_run(study, one) for one in large), *(run for by in overviews.values() for run in by.values())]
    further = digest_files(place.glob("*.parquet"), place)
    problems = execute_all(
        runs, root / "notebooks", study_folder.parent, build, log,
        stage="profiles", further=further, into=place, whole=whole, keep_going=True,
    )  # fmt: skip
    done = {run.name for run in runs if (place / "numbers" / f"{run.name}.json").is_file()}
    done -= {problem.place.removeprefix("run ") for problem in problems}
    write_tables([run for run in runs if run.name in done], place, synthetic=rendering.reading.synthetic)
    pages = [one for one in chosen if (one.grouping, one.group) in small or profile_run(study, one).name in done]
    kept = place / "site"
    before = set() if whole else {p.relative_to(kept).with_suffix("").as_posix() for p in kept.glob("*/*.html")}
    known = {one.page for one in profile_groups(study)} & (before | {one.page for one in pages})
    seen = {g: named for g, by in overviews.items() if (named := {s: r.name for s, r in by.items() if r.name in done})}
    folder = _stage(root, rendering, profiles, place, pages, small, known, seen)
    failed = _render(folder, place, [f"{one.page}.qmd" for one in pages], keep=not whole, log=log)
    problems += failed
    _install(place, site, rendering, log)
    return Made(len(pages) - len(failed), site / FOLDER, tuple(problems))


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
    listed = [name for name in study.profiles if not study.grouping(name).tested]
    return {
        name: {
            scale.id: Run(
                f"overview-{name}-{scale.id}", "profiles", {"study": study.id, "grouping": name, "scale": scale.id}
            )
            for scale in study.scales
        }
        for name in listed
    }


def _stage(
    root: Path,
    rendering: Rendering,
    profiles: Profiles,
    place: Path,
    pages: Sequence[ProfileGroup],
    small: Iterable[tuple[str, str]],
    known: Iterable[str],
    overviews: Mapping[str, Mapping[str, str]],
) -> Path:
    """Lay the sources of the pages out as a project of their own; returns its folder."""
    study, folder, templates = rendering.study, place / "stage", root / "report" / TEMPLATES
    names = ("profile", "profile-too-small", "profiles")
    texts = {name: (templates / f"{name}.qmd").read_text(encoding="utf-8") for name in names}
    documents = {INDEX: index_source(texts["profiles"], profiles, study, set(known), overviews)}
    for one in pages:
        if (one.grouping, one.group) in small:
            text = too_small_source(texts["profile-too-small"], one, study)
        else:
            text = profile_source(texts["profile"], one, study, captions_of(profile_run(study, one), place))
        documents[f"{one.page}.qmd"] = text
    navigation = [{"text": "Home", "href": "../index.html"}, {"text": "All profiles", "href": INDEX}]
    lay_out(root, rendering, place / "findings", folder, documents, navigation)
    return folder


def _render(folder: Path, place: Path, documents: Sequence[str], *, keep: bool, log: Log) -> list[Problem]:
    """Render into `place`/site; pages of documents that are not among these are kept if `keep`. Gives what failed."""
    engine, new, kept = choose_engine(), place / "site.new", place / "site"
    shutil.rmtree(new, ignore_errors=True)
    log(f"profiles: {len(documents)} pages with {engine.note}")
    problems: list[Problem] = []
    if engine.program:
        run_quarto(engine.program, folder, log)
        (folder / "_site").rename(new)
    else:
        without_resources(folder)
        problems = _embedded(folder, new, documents, log)
    if keep and kept.is_dir():
        shutil.copytree(kept, new, dirs_exist_ok=True, copy_function=_unless_there)
    swap(new, kept)
    return problems


def _unless_there(source: str, target: str) -> str:
    return target if Path(target).exists() else str(shutil.copyfile(source, target))


def _embedded(folder: Path, new: Path, documents: Sequence[str], log: Log) -> list[Problem]:
    """Each document by itself, in two processes, so that one that cannot be rendered stops no other."""
    problems: list[Problem] = []
    new.mkdir(parents=True)
    failed = render_one(str(folder), str(new), INDEX)
    if failed:
        raise UserError([Problem(INDEX, "", "", failed, "correct the template of the index")])
    with ProcessPoolExecutor(WORKERS, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting = {pool.submit(render_one, str(folder), str(new), name): name for name in documents}
        for number, future in enumerate(as_completed(waiting), 1):
            name = waiting[future].removesuffix(".qmd")
            message = future.result()
            if message:
                problems.append(Problem(f"{name}.qmd", "", "", message, "the other profiles are not touched by this"))
            log(f"  profile {number} of {len(documents)}: {name}{' FAILED' if message else ''}")
    return sorted(problems, key=lambda problem: problem.file)


def render_one(folder: str, site: str, document: str) -> str:
    """Render one document of the staged project in its formats; what went wrong, empty if nothing did."""
    from survey_report.stitch import render_project

    try:
        render_project(Path(folder), Path(site), only=[document], log=lambda text: None)
    except UserError as error:
        return "; ".join(str(problem).split("\n")[0] for problem in error.problems)
    except Exception as error:  # whatever it is, it is this profile's
        return f"{type(error).__name__}: {error}"[:400]
    return ""


def _install(place: Path, site: Path, rendering: Rendering, log: Log) -> None:
    """Mark the pages while the data are synthetic, note what they were made from, and put them into the site."""
    if rendering.reading.synthetic:
        for path in sorted((place / "site").rglob("*.html")):
            write_text(path, marked(path.read_text(encoding="utf-8")))
    pages = [path for path in (place / "site").rglob("*") if path.is_file()]
    made_from = rendering_digest(rendering.study.folder, place.parent)
    write_json(place / MADE, {"made_from": made_from, "pages": digest_files(pages, place / "site")})
    new = site / f".{FOLDER}.new"
    shutil.rmtree(new, ignore_errors=True)
    shutil.copytree(place / "site", new)
    swap(new, site / FOLDER)
    log(f"profiles: {site / FOLDER / 'index.html'}")


def marked(page: str) -> str:
    """A page that asks search engines not to list it."""
    return page if ROBOTS in page else re.sub(r"(<head[^>]*>)", rf"\1\n{ROBOTS}", page, count=1)
