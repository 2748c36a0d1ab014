"""The same intruder before a site: pages of profiles as they are published, made with protection and without."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml
from cells import attack
from distributions import Printed, few_by_mean, fitting, revealed
from groups import given_away, printed_items, printed_means
from knowledge import known, tables_under
from reading import drawn_finer, exhibits_under, numbers_in, segments, untold, untold_sentences, untold_words

import shipped
from running import kernels
from survey_report.disclosure.sets import PRIVATE, PROTECTED_FILE, RAW, RAW_FILE
from survey_report.findings.changing import change_findings
from survey_report.findings.people import people_findings
from survey_report.findings.theme import theme_findings
from survey_report.notebook import csv_text
from survey_report.profile_building import make_profiles
from survey_report.rendering import Rendering, open_rendering
from survey_report.responses import read_responses

OFF = {"min_group": 0, "min_cell": 0, "coarse_group": 0, "half_point_group": 0}
SECTIONS = [
    {"id": f"health-{role}", "label": f"Health, {role}", "where": {"service": "health", "role": role}}
    for role in ("senior-leader", "manager", "frontline", "support-role")
]
PROFILES = re.compile(r"^(tbl|fig)-(sector|integration|cross_sections)-.*-(scales|items|change|answers)$")
DRAWN = re.compile(r"^fig-(sector|integration|cross_sections)-.*-(scales|items|change)$")


def made(root: Path, limits: dict[str, int]) -> Path:
    """A site of a copied study with thresholds of its own: its profiles, and the downloads that bear on groups."""
    for name in ("report", "notebooks"):
        shutil.copytree(shipped.ROOT / name, root / name)
    for name in ("_quarto.yml", "_environment"):
        shutil.copyfile(shipped.ROOT / name, root / name)
    study = root / "studies" / "csrr-2023"
    shutil.copytree(shipped.STUDY, study, ignore=shutil.ignore_patterns("corpus"))
    declared = yaml.safe_load((study / "study.yml").read_text(encoding="utf-8"))
    declared["thresholds"] |= limits
    declared |= {"profiles": ["sector", "integration"], "cross_sections": SECTIONS}
    (study / "study.yml").write_text(yaml.safe_dump(declared, sort_keys=False), encoding="utf-8")
    build, site = root / "_build" / "csrr-2023", root / "_site"
    read_responses(study, None, build)
    with kernels():
        found = make_profiles(root, study, build, site, log=lambda line: None)
    assert not found.problems
    rendering = open_rendering(study, build)
    downloads = site / "_build" / "csrr-2023" / "findings" / "downloads"
    downloads.mkdir(parents=True)
    with shipped.exactly():  # an intruder may have more digits from elsewhere than a site prints
        for name, frame in national(rendering).items():
            (downloads / f"synthetic-tbl-{name}.csv").write_text(csv_text(frame), encoding="utf-8")
    return root


def national(rendering: Rendering) -> dict[str, pd.DataFrame]:
    """Tables of the reports that bear on answers of groups, by name."""
    found = {"change-groups": change_findings(rendering).groups}
    for scale in rendering.study.scales:
        theme = theme_findings(rendering, scale.id)
        found |= {f"{scale.id}-items": theme.items, f"{scale.id}-change": theme.changes}
        found[f"{scale.id}-sizes"] = theme.groups.assign(scale=scale.id)
    people = people_findings(rendering)
    found["respondents"] = people.data(people.breakdowns)
    return {name: frame for name, frame in found.items() if len(frame)}


@pytest.fixture(scope="module")
def protected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("protected"), {})


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("bare"), OFF)


def study_of(root: Path) -> Path:
    return root / "studies" / "csrr-2023"


@pytest.mark.heavy
def test_nothing_follows_from_what_a_site_shows(protected: Path) -> None:
    site = protected / "_site"
    found, tables = known(site, study_of(protected)), tables_under(site)
    groups = set(zip(found.rows["grouping"], found.rows["group"], strict=True))
    assert {("cross_sections", "health-manager"), ("sector", "private"), ("integration", "full")} <= groups
    assert len(found.sections) == len(SECTIONS)
    assert len(found.totals) > 60
    assert attack(found) == []
    assert len(list(printed_items(found))) > 40
    assert len(printed_means(tables)) > 10
    assert given_away(found, tables) == []


@pytest.mark.heavy
def test_pages_show_no_more_than_their_downloads(protected: Path) -> None:
    """Tables, alternative texts, sentences and drawings of profiles, and of the notebooks that made them."""
    site = protected / "_site"
    pages = {exhibit.page for exhibit in exhibits_under(site) if exhibit.rows}
    assert any("/_build/" in page for page in pages)
    assert any(page.startswith("profiles/sector/") for page in pages)
    assert untold(site, PROFILES) == []
    assert untold_words(site, PROFILES) == []
    assert untold_sentences(site, "profiles") == []
    assert drawn_finer(site, DRAWN) == []


@pytest.mark.heavy
def test_what_is_private_lies_in_no_site(protected: Path) -> None:
    """Neither the files of the private folder nor their names or columns."""
    site, private = protected / "_site", protected / "_build" / "csrr-2023" / PRIVATE
    kept = sorted(path.name for path in private.iterdir())
    assert kept == sorted([RAW_FILE, PROTECTED_FILE])
    contents = {path.read_bytes() for path in private.iterdir()}
    header, words = ",".join(RAW), [PRIVATE + "/", *kept]
    for path in (path for path in site.rglob("*") if path.is_file()):
        content = path.read_bytes()
        assert path.name not in kept
        assert path.suffix not in {".parquet", ".ipynb"}, path
        assert content not in contents
        text = content.decode("utf-8", errors="replace")
        assert not any(word in text for word in words), path
        assert not re.search(rf"^{header}$", text, flags=re.MULTILINE), path


@pytest.mark.heavy
def test_plenty_follows_where_protection_is_off(bare: Path) -> None:
    """The same reading of a site with thresholds of nought."""
    site = bare / "_site"
    found, tables = known(site, study_of(bare)), tables_under(site)
    breaches = attack(found, every=4)
    assert len(breaches) > 100
    assert any(breach.place[0] == "cross_sections" for breach in breaches)
    kinds = {place[3].split(",")[0].split(" ")[0] for place in given_away(found, tables)}
    assert {"item", "change"} & kinds


@pytest.mark.heavy
def test_a_page_that_shows_more_is_found(protected: Path, tmp_path: Path) -> None:
    """A figure in place of one that is hidden, one in an alternative text, a share in a sentence."""
    site = tmp_path / "site"
    shutil.copytree(protected / "_site" / "profiles", site / "profiles")
    page = site / "profiles" / "sector" / "private.html"
    text = page.read_text(encoding="utf-8")
    more, times = re.subn(r"(<td[^>]*>(?:<[^>]*>)*)\[c\]", r"\g<1>37.4%", text, count=1)
    assert times == 1
    more = more.replace('alt="', 'alt="The mean is 3.137. ', 1)
    page.write_text(re.sub(r"(<main[^>]*>)", r"\1<p>Only 37.3% did.</p>", more, count=1), encoding="utf-8")
    assert {place for place, *_ in untold(site, PROFILES)} == {"profiles/sector/private.html"}
    assert [value for *_, value in untold_words(site, PROFILES)] == [3.137]
    assert untold_sentences(site, "profiles") == [("profiles/sector/private.html", 37.3)]


@pytest.mark.heavy
def test_a_drawing_that_shows_more_is_found(protected: Path, tmp_path: Path) -> None:
    """Intervals drawn a little off what the download says of them."""
    site = tmp_path / "site"
    shutil.copytree(protected / "_site" / "profiles", site / "profiles")
    drawing = next(path for path in site.rglob("*fig-sector-public-scales-output-1.svg") if len(segments(path)) > 3)
    strokes = drawing.read_text(encoding="utf-8")
    for number, (_, end) in enumerate(segments(drawing)):
        strokes = strokes.replace(f"L {end:g} ", f"L {end + 9 * (number % 2):g} ")
    drawing.write_text(strokes, encoding="utf-8")
    assert [name for name, _ in drawn_finer(site, DRAWN)] == [drawing.name]


# ---- the tools themselves ----


def test_numbers_of_words_are_read_with_their_decimals() -> None:
    assert numbers_in("−0.5 to 0.20") == [(-0.5, 1), (0.2, 2)]
    assert numbers_in("1,345 of 80%") == [(1345.0, 0), (80.0, 0)]
    assert numbers_in("fig-2a [c]") == []


def test_one_distribution_may_be_all_that_fits() -> None:
    """Ten answers, all but one of them the best: no other distribution has this mean and deviation."""
    mean, sd = 4.9, 0.32
    assert fitting(Printed(10, mean, 0.01, sd, 0.01)).tolist() == [[9, 1, 0, 0, 0]]
    assert revealed(Printed(10, mean, 0.01, sd, 0.01))
    assert not revealed(Printed(10, 4.9, 0.5))


def test_a_mean_at_the_end_of_what_shares_allow_tells() -> None:
    """Half of 40 answers positive, a quarter each of the others: of 4.0 times 20, 3 times 10 and 1 times 10 the mean is
    3.0, so that nobody chose 5 or 2."""
    items = [Printed(40, shares=(50.0, 25.0, 25.0), step=0.01)]
    assert few_by_mean(40, items, 3.0, 0.01) == [5, 2]
    assert few_by_mean(40, items, 3.4, 0.01) == []
    assert few_by_mean(40, items, 4.9, 0.01) == []  # does not fit at all
