"""Small files as people have them, drafted and built: no one's own words come out, every sound file has a report."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest

from survey_report.verifying import copy_sources

HERE = Path(__file__).parent
pytestmark = pytest.mark.heavy
MIN_CELL = 5


@dataclass(frozen=True)
class Made:
    """A study drafted from a file, and what its build left: folders of study and build, exit code, what was said."""

    study: Path
    build: Path
    code: int
    said: str

    @property
    def site(self) -> Path:
        return self.build / "site"

    @property
    def numbers(self) -> dict[str, dict[str, object]]:
        return dict(json.loads((self.build / "results.json").read_text(encoding="utf-8"))["numbers"])


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout for all files: each study has a build of its own."""
    return copy_sources(HERE.parents[1], tmp_path_factory.mktemp("field") / "checkout")


def run(checkout: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command in the checkout, with its code and the embedded engine; more than ten minutes is a fault."""
    variables = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(checkout / "src"),
        "SURVEY_REPORT_ENGINE": "embedded",
        **environment,
    }
    return subprocess.run(
        command, cwd=checkout, env=variables, capture_output=True, text=True, check=False, timeout=600
    )


def made(checkout: Path, file: str, *, real: bool = False) -> Made:
    """Draft a study from a file and build it, once a file."""
    name = Path(file).stem
    study, built = checkout / "studies" / name, checkout / "_build" / name
    said, code = "", 0
    if not study.exists():
        days = ("--opened", "2026-03-01", "--closed", "2026-03-31")
        options = [*days, *(["--real"] if real else [])]
        drafted = run(checkout, "survey-report", "new-study", str(HERE / file), "--study", f"studies/{name}", *options)
        said, code = drafted.stdout + drafted.stderr, drafted.returncode
        if code == 0:
            done = run(checkout, "survey-report", "build", "report", "--study", f"studies/{name}")
            said, code = said + done.stdout + done.stderr, done.returncode
        built.mkdir(parents=True, exist_ok=True)
        (built / "said.json").write_text(json.dumps([code, said]), encoding="utf-8")
    code, said = json.loads((built / "said.json").read_text(encoding="utf-8"))
    return Made(study, built, code, said)


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Name and text of every file below a folder, with the parts of packed ones; PDFs as a reader sees them."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        if path.suffix in (".docx", ".pptx", ".xlsx"):
            with zipfile.ZipFile(path) as packed:
                for part in packed.namelist():
                    yield f"{path.name}/{part}", packed.read(part).decode("utf-8", "replace")
        elif path.suffix == ".pdf":
            yield path.name, subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True).stdout
        else:
            yield path.name, path.read_bytes().decode("utf-8", "replace")


def published(result: Made) -> dict[str, str]:
    """What goes out or may be committed: site, findings, results, and the study without its owner's own folder."""
    found = {f"site/{name}": text for name, text in texts(result.site)}
    found |= {f"findings/{name}": text for name, text in texts(result.build / "findings")}
    for path in (result.build / "results.json", *result.study.glob("*.*")):
        found[path.name] = path.read_text(encoding="utf-8")
    return found


def columns(file: str) -> dict[str, list[str]]:
    with (HERE / file).open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    return {name: [row[name] for row in rows] for name in rows[0]}


def test_own_words_and_times_of_day_come_out_nowhere(checkout: Path) -> None:
    result = made(checkout, "google-forms-other.csv")
    assert result.code == 0, result.said
    given = columns("google-forms-other.csv")
    rare = [text for name, cells in given.items() for text, n in Counter(cells).items() if n < MIN_CELL]
    times = set(given["Timestamp"])
    assert len(rare) == 3
    for name, text in published(result).items():
        for words in (*rare, *times):
            assert words.casefold() not in text.casefold(), (name, words)
    for word in ("Priya", "Rosebank", "10:11"):
        assert not [name for name, text in published(result).items() if word in text]
    assert not any(text in result.said for text in rare)
    kept = (result.study / "own" / "rare-answers.csv").read_text(encoding="utf-8")
    assert all(text in kept for text in rare)
    rated = {name.split(".")[0] for name in result.numbers if name.endswith(".mean.overall")}
    assert len(rated) == 1
    (scale,) = rated
    assert result.numbers[f"{scale}.n_items"]["value"] == 2


def cells_of(file: str) -> list[list[str]]:
    """All rows of a table as texts, the header first; times as a reader sees them."""
    if file.endswith(".xlsx"):
        sheet = openpyxl.load_workbook(HERE / file).worksheets[0]
        return [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    with (HERE / file).open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.reader(handle))


@pytest.mark.parametrize("file", ["ms-forms.xlsx", "redcap-raw.csv"])
def test_who_answered_and_when_comes_out_nowhere(checkout: Path, file: str) -> None:
    """Names and addresses, times to the minute, and that a column of record ids is in the file."""
    result = made(checkout, file)
    assert "Traceback" not in result.said
    assert result.study.exists()
    header, *rows = cells_of(file)
    given = {name: {row[place] for row in rows} - {"", "anonymous"} for place, name in enumerate(header)}
    times = {cell for name, cells in given.items() if re.search("time(stamp)?$", name) for cell in cells if ":" in cell}
    assert len(times) >= 50
    moments = {re.search(r"\d\d:\d\d(:\d\d)?", cell) for cell in times}
    people = given.get("Name", set()) | given.get("Email", set())
    secret = {*people, *times, *(moment[0] for moment in moments if moment and moment[1])}
    found = published(result) if result.code == 0 else dict(texts(result.study))
    for name, text in found.items():
        assert not [words for words in secret if words in text], name
    ids = {"ID", "record_id", "Email", "Name", "Start time", "Completion time", "staff_survey_timestamp"} & set(header)
    with (result.study / "instrument.csv").open(encoding="utf-8", newline="") as handle:
        asked = {row["column"] for row in csv.DictReader(handle)}
    assert asked
    assert not asked & ids
    assert not any(set(ids) & set(text.split(",")) for name, text in found.items() if name.endswith(".csv"))


@pytest.mark.parametrize("file", ["few-real-1.csv", "few-real-4.csv"])
def test_no_report_is_made_of_few_people(checkout: Path, file: str) -> None:
    result = made(checkout, file)
    assert result.code == 2
    assert "fewer than min_group, which is 10" in result.said
    assert "Traceback" not in result.said
    assert not result.site.exists()
    assert not (result.build / "responses.parquet").exists()


def test_a_report_of_twelve_shows_overall_results_only(checkout: Path) -> None:
    result = made(checkout, "few-real-12.csv")
    assert result.code == 0, result.said
    with (HERE / "few-real-12.csv").open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.reader(handle))
    head, people = rows[0], [row for row in rows[3:] if row[rows[0].index("Status")] != "Survey Test"]
    assert len(people) == 12
    for question in ("Q1", "Q2", "Q3"):
        answers = {row[head.index(question)] for row in people}
        slugs = {re.sub(r"\W+", "-", answer).casefold() for answer in answers}
        for key, number in result.numbers.items():
            if any(slug in key for slug in slugs):
                assert number["value"] is None, key


@pytest.mark.parametrize("file", ["one-respondent.csv", "answer-docx-dde.csv"])
def test_markup_in_an_answer_stays_text(checkout: Path, file: str) -> None:
    result = made(checkout, file)
    assert result.code == 0, result.said
    for name, text in texts(result.site):
        if not name.endswith((".csv", ".txt")):  # where a text is as it was typed
            assert "<img src=x" not in text, name
        if ".docx/" in name or ".pptx/" in name:
            fields = re.findall(r"<w:instrText[^>]*>([^<]*)|w:instr=\"([^\"]*)", text)
            assert all("DDE" not in field for found in fields for field in found), name


def test_answers_in_any_script_have_a_report_and_a_workbook(checkout: Path) -> None:
    result = made(checkout, "non-latin-answers.csv")
    assert result.code == 0, result.said
    sheets = dict(texts(result.site))
    strings = next(text for name, text in sheets.items() if name.endswith("tables.xlsx/xl/sharedStrings.xml"))
    for answer in ("中文", "العربية", "É"):
        assert answer in strings
        assert answer in next(text for name, text in sheets.items() if name == "full-report.html")


@pytest.mark.parametrize("file", ["theme-names-xss.qde", "transcript-brackets.qde"])
def test_coded_material_of_strangers_is_text(checkout: Path, file: str) -> None:
    snake = ("snakemake", "site", "--cores", "2", "--quiet", "all", "--nolock")
    done = run(checkout, *snake, STUDY="csrr-2023", EXPORT="", CORPUS=str(HERE / file))
    assert done.returncode == 0, done.stderr[-3000:]
    (folder,) = (path for path in (checkout / "_build").iterdir() if Path(file).stem in path.name)
    pages = dict(texts(folder / "site"))
    assert any(name == "full-report.html" for name in pages)
    for name, text in pages.items():
        if name.endswith(".html"):
            assert not re.search(r"<[^>]+\son\w+\s*=", text), name
            assert "<script>window" not in text, name
            assert "javascript:" not in text.casefold().replace("&quot;javascript:", ""), name


def test_a_row_numbered_two_thousand_million_is_refused() -> None:
    from survey_report.errors import UserError
    from survey_report.exports.read import read_export

    with pytest.raises(UserError, match="row") as told:
        read_export(HERE / "far-row.xlsx")
    assert len(told.value.problems) == 1


def test_nobody_disagrees_is_nought_percent_or_hidden_for_its_true_reason(checkout: Path) -> None:
    result = made(checkout, "nobody-disagrees.csv")
    assert result.code == 0, result.said
    report = next(text for name, text in texts(result.site) if name == "full-report.html")
    assert "too few people answered" not in report.casefold()
    shares = {key: number for key, number in result.numbers.items() if ".pct_disagree." in key and "matters" in key}
    assert shares
    # 180, 94 and 26 of 300: no answer holds more than n - 5, so that nobody disagreed may be said.
    assert {number["value"] for number in shares.values()} == {0.0}


def test_two_scales_of_different_length_have_each_its_own_ends(checkout: Path) -> None:
    result = made(checkout, "agree-five-and-seven.csv")
    assert result.code == 0, result.said
    report = " ".join(next(text for name, text in texts(result.site) if name == "full-report.html").split())
    assert len([key for key in result.numbers if key.endswith(".mean.overall")]) == 2
    assert "a computation of this project is wrong" not in result.said
    assert report.count("On a scale from") == 2


def test_a_scale_from_nought_to_ten_ends_at_ten(checkout: Path) -> None:
    result = made(checkout, "ten-point-only.csv")
    assert result.code == 0, result.said
    report = " ".join(next(text for name, text in texts(result.site) if name == "full-report.html").split())
    assert "On a scale from 0" in report
    data = next(text for name, text in texts(result.site) if name == "explore-data.js")
    assert re.search(r'"ends":\s*\[0,\s*10\]', data)
    given = [
        int(cell) for cell in columns("ten-point-only.csv")["How likely are you to recommend us, 0 to 10?"] if cell
    ]
    (mean,) = (number for key, number in result.numbers.items() if key.endswith(".mean.overall"))
    assert mean["value"] == pytest.approx(sum(given) / len(given), abs=0.0051)


def test_a_survey_without_rated_questions_has_a_report(checkout: Path) -> None:
    result = made(checkout, "closed-only.csv")
    assert result.code == 0, result.said
    report = next(text for name, text in texts(result.site) if name == "full-report.html")
    assert "North" in report
    assert "Team" in report
    assert not [key for key in result.numbers if ".mean." in key]
