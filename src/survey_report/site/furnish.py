"""Going over a finished site: scripts, the index of the search, data behind numbers and for exploring, digests.

Both engines leave the same ids and classes, so one pass serves both; a page without its scripts is whole all the same.
"""

from __future__ import annotations

import posixpath
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from survey_report.files import write_text
from survey_report.register import load_register
from survey_report.site import digests
from survey_report.site.explore import explore_script
from survey_report.site.floats import same_data, with_checks
from survey_report.site.numbers import NumberFacts, page_data, read_facts
from survey_report.site.pages_read import read_pages
from survey_report.site.pictures import with_lazy_pictures
from survey_report.site.policy import with_policy
from survey_report.site.reading import Reading, ids, keys
from survey_report.site.scripts import compact
from survey_report.site.search import search_script
from survey_report.site.traces import without_traces
from survey_report.study import Study

LIBRARY = "site_libs/report"
SCRIPTS = ("site.js", "explore.js")
EXPLORE = 'id="explore"'
PREVIEW = "-preview.html"
PAGES_READ = "pages-read.json"
NUMBERED = re.compile(r"^(?:Table|Figure)\s+\d+:\s*")
REDIRECT = re.compile(r'http-equiv="refresh"')


def furnish(site: Path, study: Study, build: Path, theme: Path, way: str) -> None:
    """Furnish a finished site in place; `theme` holds the scripts, `way` leads from the site to `build`."""
    pages = {path.relative_to(site).as_posix(): without_traces(path.read_text("utf-8")) for path in _pages(site)}
    every = read_pages(pages, build / PAGES_READ)
    read = {name: page for name, page in every.items() if not name.endswith(PREVIEW)}
    facts = read_facts(build, load_register(study))
    register = f"report/{study.id}/register.html"
    register = register if register in pages else ""
    notebooks = {label: f"{name}#{label}" for name, text in pages.items() if name.endswith(PREVIEW)
                 for label in sorted(ids(text)) if label.startswith(("fig-", "tbl-"))}  # fmt: skip
    places = _places(every, study)
    same = same_data(build / "findings" / "data")
    library = site / LIBRARY
    library.mkdir(parents=True, exist_ok=True)
    for name in SCRIPTS:
        shutil.copyfile(theme / name, library / name)
    write_text(library / "search-index.js", search_script(dict(sorted(read.items()))))
    if any(EXPLORE in text for text in pages.values()):
        write_text(library / "explore-data.js", explore_script(study, build, facts))
    for name, text in pages.items():
        if name in read:
            text = with_checks(text, name, facts, same, notebooks, register)
        text = with_lazy_pictures(text, (site / name).parent)
        write_text(site / name, with_policy(_with_scripts(text, name, facts, places, register)))
    digests.write_digests(site, build, way)


def _pages(site: Path) -> list[Path]:
    found = [path for path in sorted(site.rglob("*.html")) if "site_libs" not in path.relative_to(site).parts]
    return [path for path in found if not REDIRECT.search(path.read_text(encoding="utf-8")[:500])]


def _places(pages: Mapping[str, Reading], study: Study) -> dict[str, tuple[str, str]]:
    """Name and address of each table (where it stands first in the reports) and of each notebook's page."""
    places: dict[str, tuple[str, str]] = {}
    documents = [name for name in pages if not name.endswith(PREVIEW)]
    reports = [name for name in documents if name.startswith(f"report/{study.id}/")]
    for name in [*reports, *(name for name in documents if name not in reports)]:
        for label, caption in pages[name].captions.items():
            places.setdefault(label, (f"{caption} ({pages[name].title})", f"{name}#{label}"))
    for name, page in pages.items():
        if name.endswith(PREVIEW):
            run = posixpath.basename(name).removesuffix(PREVIEW)
            places[run] = (page.title or run, name)
            # Some tables stand in no document, only in the notebook that makes them. Their number there means nothing.
            for label, caption in page.captions.items():
                places.setdefault(label, (NUMBERED.sub("", caption), f"{name}#{label}"))
    return places


def _with_scripts(
    text: str, name: str, facts: NumberFacts, places: Mapping[str, tuple[str, str]], register: str
) -> str:
    root = "../" * name.count("/")
    parts = []
    data = page_data(keys(text), facts, places, name, register)
    if data["numbers"]:
        parts.append(f'<script type="application/json" id="report-numbers">{compact(data)}</script>')
    if EXPLORE in text:
        parts += [f'<script src="{root}{LIBRARY}/{file}"></script>' for file in ("explore-data.js", "explore.js")]
    parts.append(f'<script src="{root}{LIBRARY}/site.js" data-root="{root}"></script>')
    before, sign, after = text.rpartition("</body>")
    return f"{before}{''.join(parts)}\n{sign}{after}" if sign else text
