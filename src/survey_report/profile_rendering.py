"""Rendering the pages of profiles, each by itself so that one that fails stops no other.

Parts of the profiles (see `profile_building.make_part`) leave each page in a folder of its own below `pages`, with a
record of what it was made from. Whoever puts all pages together takes those that stand and renders the others.
"""

from __future__ import annotations

import json
import multiprocessing
import platform
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import yaml

from survey_report.errors import Problem, UserError
from survey_report.files import digest_bytes, digest_files, write_json
from survey_report.page_project import without_resources
from survey_report.provenance import lock_digest
from survey_report.sources import PACKAGE
from survey_report.staging import swap
from survey_report.stitching import choose_engine, run_quarto
from survey_report.up_to_date import KEYS

WORKERS = 2
INDEX, CONFIGURATION = "index.qmd", "_quarto.yml"
PAGES = "pages"
Log = Callable[[str], None]


def render_pages(
    root: Path, folder: Path, place: Path, documents: Mapping[str, str], *, keep: bool, log: Log
) -> list[Problem]:
    """Render the project in `folder` into `place`/site; gives what failed.

    `documents` are named with the run that each embeds (empty if none). Pages of others that are in the site already
    stay if `keep`.
    """
    engine, new, kept = choose_engine(), place / "site.new", place / "site"
    shutil.rmtree(new, ignore_errors=True)
    log(f"profiles: {len(documents)} pages with {engine.note}")
    problems: list[Problem] = []
    if engine.program:
        run_quarto(engine.program, folder, log)
        (folder / "_site").rename(new)
    else:
        without_resources(folder)
        new.mkdir(parents=True)
        problems = _embedded(folder, new, _not_left(root, folder, place, documents, new, engine.note, log), log)
    if keep and kept.is_dir():
        shutil.copytree(kept, new, dirs_exist_ok=True, copy_function=_unless_there)
    swap(new, kept)
    return problems


def leave_pages(root: Path, folder: Path, place: Path, documents: Mapping[str, str], log: Log) -> None:
    """Render each document of the project in `folder` into a folder of its own, where `render_pages` finds it.

    One that cannot be rendered is left to `render_pages`, and so are all where Quarto is there: it renders a whole
    project.
    """
    engine = choose_engine()
    if engine.program:
        log(f"profiles: pages are left to the last step, which sets all of them with {engine.note}")
        return
    without_resources(folder)
    common = common_digest(root, folder, engine.note)
    due = {}
    for name, run in documents.items():
        key = page_key(common, folder, place, name, run)
        if not _stands(place, name, key):
            _record(place, name).unlink(missing_ok=True)
            shutil.rmtree(_left(place, name), ignore_errors=True)
            due[name] = key
    log(f"profiles: {len(due)} of {len(documents)} pages with {engine.note}")
    for number, (name, message) in enumerate(_each(folder, {name: _left(place, name) for name in due}), 1):
        log(f"  profile {number} of {len(due)}: {_title(name)}{f' FAILED: {message}' if message else ''}")
        if not message:
            (_left(place, name) / "index.html").unlink()  # the way in of a site of one page
            write_json(_record(place, name), {"made_from": due[name], "written": _written(place, name)})


def _not_left(
    root: Path, folder: Path, place: Path, documents: Mapping[str, str], new: Path, note: str, log: Log
) -> list[str]:
    """Copy pages that parts have left into the new site; gives the documents that are still to be rendered."""
    if not (place / PAGES).is_dir():
        return list(documents)
    common = common_digest(root, folder, note)
    due = []
    for name, run in documents.items():
        if _stands(place, name, page_key(common, folder, place, name, run)):
            shutil.copytree(_left(place, name), new, dirs_exist_ok=True)
        else:
            due.append(name)
    log(f"  {len(documents) - len(due)} of {len(documents)} pages stand as they are")
    return due


def common_digest(root: Path, folder: Path, note: str) -> str:
    """Digest of what all pages of a staged project are made from, whichever documents it has."""
    own = {folder / CONFIGURATION}
    files = [path for path in folder.rglob("*") if path.is_file() and path not in own and path.suffix != ".qmd"]
    shared = [path for path in files if "findings" not in path.relative_to(folder).parts]
    config = yaml.safe_load((folder / CONFIGURATION).read_text(encoding="utf-8"))
    config["project"].pop("render")
    code = [path for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    programs = [platform.python_version(), lock_digest(root), note]
    parts = [config, digest_files(shared, folder), digest_files(code, PACKAGE), programs]
    return digest_bytes(json.dumps(parts, sort_keys=True).encode())


def page_key(common: str, folder: Path, place: Path, name: str, run: str) -> str:
    """Digest of all that a page is made from: what is common to all, its source, and what its run wrote."""
    source = (folder / name).read_bytes()
    key = (place / KEYS / f"{run}.json").read_bytes() if run else b""
    return digest_bytes(b"\0".join([common.encode(), source, key]))


def _stands(place: Path, name: str, key: str) -> bool:
    try:
        record = json.loads(_record(place, name).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(record == {"made_from": key, "written": _written(place, name)})


def _written(place: Path, name: str) -> str:
    folder = _left(place, name)
    return digest_files((path for path in folder.rglob("*") if path.is_file()), folder)


def _left(place: Path, name: str) -> Path:
    return place / PAGES / _title(name)


def _record(place: Path, name: str) -> Path:
    return place / PAGES / f"{_title(name)}.json"


def _title(name: str) -> str:
    return name.removesuffix(".qmd")


def _unless_there(source: str, target: str) -> str:
    return target if Path(target).exists() else str(shutil.copyfile(source, target))


def _embedded(folder: Path, new: Path, documents: Sequence[str], log: Log) -> list[Problem]:
    """The index, then each document by itself, all into one site. Raises UserError where the index fails."""
    failed = render_one(str(folder), str(new), INDEX)
    if failed:
        raise UserError([Problem(INDEX, "", "", failed, "correct the template of the index")])
    problems: list[Problem] = []
    for number, (name, message) in enumerate(_each(folder, dict.fromkeys(documents, new)), 1):
        if message:
            problems.append(Problem(name, "", "", message, "the other profiles are not touched by this"))
        log(f"  profile {number} of {len(documents)}: {_title(name)}{' FAILED' if message else ''}")
    return sorted(problems, key=lambda problem: problem.file)


def _each(folder: Path, sites: Mapping[str, Path]) -> Iterator[tuple[str, str]]:
    """Render documents into their sites in two processes; gives each, as it ends, with what went wrong."""
    if not sites:
        return
    with ProcessPoolExecutor(WORKERS, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting = {pool.submit(render_one, str(folder), str(site), name): name for name, site in sites.items()}
        for future in as_completed(waiting):
            yield waiting[future], future.result()


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
