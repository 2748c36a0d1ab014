"""The whole way from a fresh copy of the checkout to its pages, as a user walks it: built once, looked at often."""

from __future__ import annotations

import csv
import hashlib
import html
import json
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pandas as pd
import pytest
import yaml
from bs4 import BeautifulSoup
from checkout import ROOT, build, copy_checkout, digests

from planted import write_planted
from sharing import state

PERSONAL = ("IPAddress", "ResponseId", "RecipientEmail", "LocationLatitude")
HEADER_ROWS = 3

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def pages(built: Path) -> dict[str, BeautifulSoup]:
    site = built / "_site"
    return {
        path.relative_to(site).as_posix(): BeautifulSoup(path.read_text(encoding="utf-8"), "lxml")
        for path in sorted(site.rglob("*.html"))
    }


def test_the_documents_that_users_are_promised_are_there(built: Path) -> None:
    site = built / "_site"
    for name in ("index.html", "reproducibility.html"):
        assert (site / name).is_file()
    for name in ("full-report", "summary", "supplementary"):
        assert (site / "report/csrr-2023" / f"{name}.html").is_file()
        assert (site / "report/csrr-2023" / f"{name}.pdf").read_bytes().startswith(b"%PDF")
    assert json.loads((built / "_build/csrr-2023/results.json").read_text())["numbers"]
    with (built / "_build/csrr-2023/reconciliation.csv").open() as handle:
        assert next(csv.reader(handle)) == ["id", "published", "reproduced", "source", "status"]


@pytest.mark.heavy
def test_a_second_folder_gives_the_same_bytes(built: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    second = copy_checkout(tmp_path_factory.mktemp("second") / "another name", built)
    done = build(second)
    assert done.returncode == 0, done.stderr[-3000:]
    assert digests(second / "_site") == digests(built / "_site")
    for name in ("results.json", "reconciliation.csv", "responses.parquet", "variables.json", "metadata.yml"):
        assert (second / "_build/csrr-2023" / name).read_bytes() == (built / "_build/csrr-2023" / name).read_bytes()
    assert digests(second / "_build/csrr-2023/findings") == digests(built / "_build/csrr-2023/findings")


def test_no_path_of_the_machine_is_published(built: Path) -> None:
    for path in (built / "_site").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            for trace in (str(built).encode(), str(Path.home()).encode() + b"/", str(ROOT).encode()):
                assert trace not in content, path


def test_nothing_changed_rebuilds_nothing(built_copy: Path) -> None:
    before = state(built_copy / "_site")
    done = build(built_copy)
    assert done.returncode == 0
    assert state(built_copy / "_site") == before


def test_a_changed_paragraph_runs_no_notebook_and_a_broken_one_costs_no_site(built_copy: Path) -> None:
    document = built_copy / "report/csrr-2023/summary.qmd"
    original = document.read_text(encoding="utf-8")
    findings = built_copy / "_build/csrr-2023/findings"
    notebooks = state(findings, "*.ipynb")
    assert notebooks
    document.write_text(original + "\nA sentence that was not there before.\n", encoding="utf-8")
    done = build(built_copy)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "was not there before" in (built_copy / "_site/report/csrr-2023/summary.html").read_text(encoding="utf-8")
    assert state(findings, "*.ipynb") == notebooks
    whole = digests(built_copy / "_site")
    document.write_text(original + "\n{{< video film.mp4 >}}\n\n{{< var r.no.such.key >}}\n", encoding="utf-8")
    done = build(built_copy)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert "r.no.such.key" in done.stderr
    assert digests(built_copy / "_site") == whole


def test_the_notice_stands_on_every_page(built: Path, pages: dict[str, BeautifulSoup]) -> None:
    for name, page in pages.items():
        assert "synthetic" in page.get_text().lower(), name
    pdftotext = shutil.which("pdftotext")
    if pdftotext is None:
        pytest.skip("pdftotext (poppler-utils) is not installed, so the PDFs were not read")
    pdfs = list((built / "_site").rglob("*.pdf"))
    assert len(pdfs) > 3
    for path in pdfs:
        run = subprocess.run([pdftotext, str(path), "-"], capture_output=True, text=True, check=True)
        sheets = run.stdout.split("\f")[:-1]
        assert sheets
        assert [number for number, sheet in enumerate(sheets, 1) if "Synthetic data" not in sheet] == [], path


def answers_in_own_words() -> Iterator[str]:
    """Open answers and response ids of the shipped export."""
    with (ROOT / "studies/csrr-2023/data/synthetic-export.csv").open(encoding="utf-8-sig", newline="") as handle:
        records = list(csv.reader(handle))
    with (ROOT / "studies/csrr-2023/instrument.csv").open(encoding="utf-8", newline="") as handle:
        opened = {row["column"] for row in csv.DictReader(handle) if row["type"] == "open"}
    for column, name in enumerate(records[0]):
        if name in opened or name == "ResponseId":
            yield from {row[column] for row in records[HEADER_ROWS:] if len(row[column]) > 8}


def test_no_respondent_reaches_a_page_a_notebook_or_a_data_file(built: Path) -> None:
    published = [path for path in (built / "_site").rglob("*") if path.suffix in (".html", ".ipynb", ".csv", ".json")]
    published += list((built / "_build/csrr-2023/findings").rglob("*.ipynb"))
    text = html.unescape("\n".join(path.read_text(encoding="utf-8") for path in published))
    private = list(answers_in_own_words())
    assert len(private) > 2000
    quoted = "\n".join(pd.read_parquet(built / "_build/csrr-2023/coded/quotations.parquet")["text"])
    found = [answer for answer in private if answer in text]
    assert [answer for answer in found if answer not in quoted] == [], "but for invented quotations"
    assert len(found) < 40
    assert not list((built / "_site").rglob("to-check*"))
    assert [name for name in PERSONAL if name in text] == []


def test_every_link_and_picture_leads_somewhere(built: Path, pages: dict[str, BeautifulSoup]) -> None:
    site = built / "_site"
    anchors = {name: {node["id"] for node in page.find_all(id=True)} for name, page in pages.items()}
    broken = []
    for name, page in pages.items():
        targets = [
            (node, node.get("href") or node.get("src")) for node in page.find_all(["a", "img", "link", "script"])
        ]
        for node, target in targets:
            if not target:
                continue
            parts = urlsplit(target)
            if parts.scheme in ("http", "https", "mailto"):
                assert node.name == "a", f"{name} loads {target} from the network"
                continue
            if parts.scheme == "data":
                continue
            path = (site / name).parent / unquote(parts.path) if parts.path else site / name
            path = path / "index.html" if path.is_dir() else path
            if not path.is_file():
                broken.append((name, target))
            elif parts.fragment and path.suffix == ".html":
                key = path.resolve().relative_to(site.resolve()).as_posix()
                if unquote(parts.fragment) not in anchors[key]:
                    broken.append((name, target))
    assert broken == []


def test_every_number_of_the_prose_is_marked_and_links_to_its_row(pages: dict[str, BeautifulSoup]) -> None:
    summary = pages["report/csrr-2023/summary.html"]
    for finding in summary.select(".findings"):
        assert finding.select(".invented") == [], finding.get_text()
    assert len(summary.select("a.reproduced")) > 40
    register = pages["report/csrr-2023/register.html"]
    rows = {node["id"] for node in register.select("table [id]")}
    linked = {urlsplit(link["href"]).fragment for page in pages.values() for link in page.select("a.reproduced[href]")}
    assert linked <= rows


def shifted(records: list[list[str]], study: dict[str, object]) -> list[list[str]]:
    """The export with the first scale's answers turned round and nothing in it that says synthetic."""
    turned = {"Very Good": "Very Poor", "Good": "Poor", "Poor": "Good", "Very Poor": "Very Good"}
    head = records[0]
    columns = [i for i, name in enumerate(head) if name.startswith("services_")]
    kind = head.index(str(study["export"]["synthetic_column"]))  # type: ignore[index]
    rows = []
    for row in records[HEADER_ROWS:]:
        changed = [turned.get(cell, cell) if i in columns else cell for i, cell in enumerate(row)]
        changed[kind] = ""
        rows.append(changed)
    return [*records[:HEADER_ROWS], *rows]


def few_respondents(records: list[list[str]]) -> str:
    """A council with fewer respondents than may be reported."""
    head = records[0]
    column, finished = head.index("local_authority"), head.index("Finished")
    counts = Counter(row[column] for row in records[HEADER_ROWS:] if row[finished] == "True" and row[column])
    return min(counts, key=lambda area: (counts[area], area))


@pytest.mark.heavy
def test_a_users_own_export_has_a_site_of_its_own_and_the_sentences_follow_it(built_copy: Path, tmp_path: Path) -> None:
    study_file = built_copy / "studies/csrr-2023/study.yml"
    original = study_file.read_text(encoding="utf-8")
    study = yaml.safe_load(original)
    with (built_copy / "studies/csrr-2023/data/synthetic-export.csv").open(encoding="utf-8-sig", newline="") as handle:
        records = list(csv.reader(handle))
    export = tmp_path / "the council's $answers.csv"
    with export.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerows(shifted(records, study))
    before = digests(built_copy / "_site")
    digest = hashlib.sha256(export.read_bytes()).hexdigest()
    study_file.write_text(original.replace("real_exports: []", f"real_exports: ['{digest}']"), encoding="utf-8")
    corpus = tmp_path / "what people said.csv"
    planted = write_planted(corpus, few_respondents(records))
    done = build(built_copy, str(export), corpus=str(corpus))
    assert done.returncode == 0, done.stderr[-3000:]
    assert digests(built_copy / "_site") == before
    (folder,) = (path for path in (built_copy / "_build").iterdir() if path.name.startswith("csrr-2023-the-council"))
    report = BeautifulSoup((folder / "site/report/csrr-2023/full-report.html").read_text(encoding="utf-8"), "lxml")
    text = " ".join(report.get_text().split())
    assert "“Quality of practice” has the largest share of poor or very poor answers, 74%" in text
    assert "“Waiting time” has the largest share of good or very good answers, 56%" in text
    assert re.search(r"Social work \(2\.77\) rated local services lower than", text)
    assert "These data are synthetic" not in text
    assert report.select(".invented") == []
    table = report.select_one("#tbl-respondents")
    assert table is not None
    hidden = [row.get_text(" ", strip=True) for row in table.select("tr") if "not shown" in row.get_text()]
    assert any(row.startswith("Other role") for row in hidden), "a user's own export has no exemption for two people"
    assert "prose left out because its condition does not hold" in done.stdout + done.stderr
    quoted = report.select("#tbl-services-quotations tbody tr")
    assert 8 < len(quoted) < len(planted)
    assert all("[" in row.get_text() for row in quoted)
    assert "Invented:" not in text
    published = [path for part in ("site", "findings", "numbers", "stage") for path in (folder / part).rglob("*")]
    published += [*folder.glob("*.json"), *folder.glob("*.yml"), *folder.glob("*.csv")]
    texts = {path: path.read_bytes().decode("utf-8", "replace") for path in published if path.is_file()}
    if pdftotext := shutil.which("pdftotext"):
        for path in [path for path in published if path.suffix == ".pdf"]:
            run = subprocess.run([pdftotext, str(path), "-"], capture_output=True, text=True, check=True)
            texts[path] = " ".join(run.stdout.split())
    found = [(path, name) for path, words in texts.items() for name in planted if name in html.unescape(words)]
    assert len(texts) > 100
    # The name of a council is no secret, only that one of its few respondents said this.
    area = planted[-2]
    assert [(path.name, name) for path, name in found if name != area] == []
    assert f"Here in {area}" not in "".join(texts.values())
