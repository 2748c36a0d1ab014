"""What must agree across files of the project, and what must not be in them."""

from __future__ import annotations

import ast
import importlib.metadata
import json
import re
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from survey_report.execution import Run, record_runs, runs_of
from survey_report.findings.profile_groups import profile_groups
from survey_report.profile_building import overview_runs, profile_run
from survey_report.study import Study
from survey_report.study_load import load_study
from survey_report.waves_building import wave_runs

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SOURCES = sorted((ROOT / "src" / "survey_report").rglob("*.py"))
STUDIES = ("csrr-2023", "integration-2015")
SHARED = sorted(path for folder in (ROOT, ROOT / "report") for path in folder.glob("*.qmd"))


def own_pages(study: str) -> list[Path]:
    """Sources of a study's own documents."""
    return sorted((ROOT / "report" / study).rglob("*.qmd"))


PAGES = [*SHARED, *own_pages("csrr-2023")]


@pytest.fixture(params=STUDIES)
def each_study(request: pytest.FixtureRequest) -> Study:
    return load_study(ROOT / "studies" / request.param)


@pytest.fixture(scope="session")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def needed(project: dict[str, Any]) -> dict[str, Requirement]:
    """What pyproject.toml asks for, tests included, by name."""
    extra = project["project"]["optional-dependencies"]["test"]
    asked = [Requirement(line) for line in (*project["project"]["dependencies"], *extra)]
    assert len({canonicalize_name(one.name) for one in asked}) == len(asked)
    return {canonicalize_name(one.name): one for one in asked}


@pytest.fixture(scope="session")
def locked() -> dict[str, str]:
    """Versions of requirements.lock by name."""
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    digests = [line for line in lines if line.startswith("    --hash=")]
    assert all(re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line) for line in digests)
    pins = [line.removesuffix(" \\") for line in lines if not line.startswith(("#", "    --hash="))]
    assert sum(line.endswith(" \\") for line in lines) == len(digests), "each version has digests, to the last line"
    for line in pins:
        assert re.fullmatch(r"[a-z0-9][a-z0-9._-]*==[0-9][0-9A-Za-z.+!]*", line), line
    found = {canonicalize_name(name): version for name, version in (line.split("==") for line in pins)}
    assert len(found) == len(pins)
    return found


@pytest.fixture(scope="session")
def committed() -> list[Path]:
    """Files of the project; without git, those of its folders."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        return [path for name in listed.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]
    folders = (".ci", "notebooks", "report", "src", "studies", "tests")
    made = {"__pycache__", "survey_report.egg-info"}
    found = [path for folder in folders for path in (ROOT / folder).rglob("*") if not made & set(path.parts)]
    return [path for path in (*found, *ROOT.iterdir()) if path.is_file()]


# Environments


def test_conda_and_pip_agree(project: dict[str, Any], needed: dict[str, Requirement]) -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    assert environment["name"] == project["project"]["name"]
    assert environment["channels"][0] == "conda-forge"
    plain = [Requirement(line) for line in environment["dependencies"] if isinstance(line, str)]
    asked = {canonicalize_name(one.name): one for one in plain}
    assert asked.pop("python").specifier == SpecifierSet(project["project"]["requires-python"])
    assert {"quarto", "jupyter", "pip", "make"} <= set(asked)
    for name, one in asked.items():
        assert name not in needed or needed[name].specifier == one.specifier, f"{name} is bound in two ways"
    (pip,) = (part["pip"] for part in environment["dependencies"] if isinstance(part, dict))
    assert pip == ["--editable .[test]"]


def test_one_version_everywhere(project: dict[str, Any]) -> None:
    version = project["project"]["version"]
    assert importlib.metadata.version("survey-report") == version
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))["version"] == version
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", changes, re.M)[0] == version
    newest = changes.partition("\n## ")[2].partition("\n## ")[0]
    assert "### Numbers that change" in newest
    assert "### For those who made reports with" in newest


def test_one_python_version_everywhere(project: dict[str, Any]) -> None:
    (bound,) = SpecifierSet(project["project"]["requires-python"])
    assert bound.operator == ">="
    major, minor = bound.version.split(".")
    tools = project["tool"]
    assert tools["ruff"]["target-version"] == f"py{major}{minor}"
    assert tools["mypy"]["python_version"] == bound.version
    assert f"sys.version_info < ({major}, {minor})" in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_the_lock_pins_what_the_project_needs(needed: dict[str, Requirement], locked: dict[str, str]) -> None:
    assert [name for name in needed if name not in locked] == []
    unfit = {name for name, one in needed.items() if not one.specifier.contains(Version(locked[name]))}
    assert unfit == set()


def test_the_lab_has_a_lock_of_its_own_beside_the_other(project: dict[str, Any], locked: dict[str, str]) -> None:
    lines = (ROOT / "requirements-lab.lock").read_text(encoding="utf-8").splitlines()
    pins = dict(line.rstrip(" \\").split("==") for line in lines if not line.startswith(("#", " ")))
    assert not pins.keys() & locked.keys()
    for line in project["project"]["optional-dependencies"]["lab"]:
        assert Requirement(line).specifier.contains(Version(pins[Requirement(line).name]))


def test_a_commit_is_checked_by_the_ruff_that_is_locked(locked: dict[str, str]) -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    revisions = {hook["id"]: repo["rev"] for repo in hooks for hook in repo["hooks"]}
    assert revisions["ruff-check"] == revisions["ruff-format"] == f"v{locked['ruff']}"
    assert "nbstripout" in revisions


def test_the_lock_has_no_addresses() -> None:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    text = "\n".join(line.replace("--hash=", "") for line in lines if not line.startswith("#"))
    assert not re.search(r"://|@|--|\bfile:", text)


def test_the_lock_is_whole(locked: dict[str, str]) -> None:
    """What a locked package needs is locked too (seen on those that are installed as locked)."""
    lacking, seen = [], 0
    for name, version in locked.items():
        try:
            installed = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        if installed.version != version:
            continue
        seen += 1
        for line in installed.requires or ():
            one = Requirement(line)
            if (one.marker is None or one.marker.evaluate({"extra": ""})) and canonicalize_name(one.name) not in locked:
                lacking.append(f"{name} needs {one}")
    if not seen:
        pytest.skip("nothing is installed as locked")
    assert lacking == []


def test_the_build_back_end_is_locked(project: dict[str, Any], locked: dict[str, str]) -> None:
    """`make` installs without build isolation, so what builds the package must be there."""
    for line in project["build-system"]["requires"]:
        one = Requirement(line)
        assert one.specifier.contains(locked[canonicalize_name(one.name)])


def test_what_the_package_imports_is_declared(needed: dict[str, Requirement]) -> None:
    distributions = importlib.metadata.packages_distributions()
    names: set[str] = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                names.add(node.module.partition(".")[0])
    imported = {canonicalize_name(one) for name in names for one in distributions.get(name, ())}
    assert imported - set(needed) - {"survey-report"} == set()


def test_every_test_is_run_by_one_of_two_commands_and_both_by_continuous_integration() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.findall(r"^(test\S*):.*\n\t@\$\(PYTEST\) -m (.+)$", makefile, re.M) == [
        ("test", '"not heavy"'),
        ("test-all", "heavy"),
    ]
    told = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert [line.partition("  #")[0] for line in told if line.startswith("make ")] == [
        "make lint",
        "make test",
        "make test-all",
    ]


# Notebooks


def cells(path: Path) -> list[dict[str, Any]]:
    return list(json.loads(path.read_text(encoding="utf-8"))["cells"])


def code(path: Path) -> list[tuple[dict[str, Any], ast.Module]]:
    return [
        (cell, ast.parse("".join(cell["source"]), f"{path.name}: {cell['id']}"))
        for cell in cells(path)
        if cell["cell_type"] == "code"
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_committed_without_outputs(path: Path) -> None:
    for cell, _ in code(path):
        assert cell["outputs"] == []
        assert cell["execution_count"] is None


def all_runs(study: Study) -> list[Run]:
    """Runs of a study that has everything: the shipped one knows no margins of its population."""
    whole = replace(study, files={**study.files, "margins": study.folder / "margins.csv"})
    overviews = [run for by_scale in overview_runs(study).values() for run in by_scale.values()]
    profiles = [*(profile_run(study, group) for group in profile_groups(study)), *overviews]
    return [*runs_of(whole), *record_runs(whole), *profiles, *wave_runs(study)]


LOGIC = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.For, ast.While, ast.If, ast.Lambda, ast.Try, ast.With,
    ast.IfExp, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.BoolOp, ast.Compare, ast.BinOp, ast.Match,
)  # fmt: skip


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_hold_calls_not_logic(path: Path) -> None:
    parsed = code(path)
    assert len(parsed) <= 16
    for cell, tree in parsed:
        found = [type(node).__name__ for node in ast.walk(tree) if isinstance(node, LOGIC)]
        assert found == [], cell["id"]
    assert cells(path)[0]["cell_type"] == "markdown"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_have_one_cell_of_parameters(path: Path, study: Study) -> None:
    (cell,) = (cell for cell, _ in code(path) if "parameters" in cell["metadata"].get("tags", ()))
    declared = {target.id for node in ast.parse("".join(cell["source"])).body for target in node.targets}  # type: ignore[attr-defined]
    runs = [run for run in all_runs(study) if run.notebook == path.stem]
    assert runs, "no run uses this notebook"
    for run in runs:
        assert set(run.parameters) == declared, run.name


def test_every_run_has_its_notebook(study: Study) -> None:
    runs = all_runs(study)
    assert {run.notebook for run in runs} == {path.stem for path in NOTEBOOKS}
    assert len({run.name for run in runs}) == len(runs)


# Code that serves any study


# Words of general English, or names of other things, that are also ids of the shipped study: file, word, and why.
GENERAL = {
    ("table.py", "yes"): "a decision in a mapping",
    ("table.py", "no"): "the same",
    ("study_check.py", "yes"): "that an item is reversed",
    ("study_check.py", "no"): "that it is not",
    ("columns.py", "Other"): "what answers of few people count as, where a survey has no word for it",
    ("documents.py", "resources"): "a key of _quarto.yml",
    ("policy.py", "full"): "how much of a row is shown: full, sides or none",
    ("theme.py", "full"): "the same",
    ("visibility.py", "full"): "the same",
    ("measuring.py", "full"): "the same",
    ("notebook.py", "service"): "the corpus's column, in which rows are groups of sources",
    ("bank_load.py", "services"): "a column of the table of themes",
    ("dates.py", "full"): "a date format of Quarto",
    ("execution.py", "integration"): "the notebook of that name, which serves any derived grouping",
    ("study_load.py", "consent"): "a key of study.yml",
    ("study_check.py", "consent"): "the same",
    ("wording.py", "no"): "nought in words",
    ("html_nodes.py", "role"): "an attribute of HTML",
    ("resolving.py", "role"): "an attribute of HTML",
    ("reading.py", "resources"): "a key of _quarto.yml",
    ("render.py", "resources"): "a key of _quarto.yml",
    ("typst_writer.py", "resources"): "a folder of the site",
    ("study.py", "service"): "a column of every corpus: the part of the field that a source is from",
    ("study.py", "sector"): "a column of every corpus",
    ("study.py", "role"): "a column of every corpus",
    ("theme_counts.py", "service"): "the corpus's column",
    ("raised.py", "service"): "the corpus's column",
    ("page_project.py", "resources"): "a key of _quarto.yml",
    ("safe_quotations.py", "service"): "the corpus's column",
    ("choosing.py", "service"): "the corpus's column",
    ("coded.py", "service"): "the corpus's column, and the study's question of that name where it has one",
    ("coded.py", "sector"): "the same",
    ("coded_reading.py", "service"): "the same",
    ("coded_reading.py", "sector"): "the same",
    ("coded_reading.py", "role"): "the same",
    ("study_coded.py", "service"): "a kind of entry of a crosswalk",
    ("study_coded.py", "sector"): "the same",
    ("study_coded.py", "role"): "the same",
    ("voices.py", "service"): "the corpus's column",
    ("attributing.py", "service"): "the corpus's column",
    ("speakers.py", "service"): "the corpus's column",
    ("third_persons.py", "health"): "a kind of private matter",
    ("cli.py", "yes"): "an option of the command, and what is typed to go on",
    ("folder.py", "yes"): "what a column of instrument.csv or categories.csv says",
    ("heat.py", "service"): "the corpus's column",
    ("voices_text.py", "service"): "a word of the alt text",
    ("handover.py", "private"): "a folder of the build",
}


def literals(path: Path) -> Iterator[tuple[int, str]]:
    """String literals of a source file with their lines; docstrings are prose and left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    prose = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.lineno, node.value


def words_of(study: Study) -> set[str]:
    """Ids, columns, labels and answers of everything that was asked."""
    found = {word for q in study.questions for word in (q.id, q.column, q.item, q.label, q.short)}
    groups = [category for question in study.questions for category in question.categories]
    groups += [category for grouping in study.groupings for category in grouping.categories]
    found |= {word for group in groups for word in (group.id, group.label, group.phrase, group.answer)}
    found |= {word for scale in study.scales for word in (scale.id, scale.title, scale.subject)}
    found |= {grouping.id for grouping in study.groupings} | {period.id for period in study.periods}
    found |= set(study.response_sets)
    for answers in study.response_sets.values():
        found |= {word for option in (*answers.options, *answers.missing) for word in (option.id, option.answer)}
    return found - {""}


def test_no_code_names_a_question_an_area_or_a_group(study: Study) -> None:
    words = words_of(study)
    assert len(words) > 400
    named, used = [], set()
    for path in SOURCES:
        for line, text in literals(path):
            parts = {text, text.strip(" .:,-_/[]=")}
            if re.fullmatch(r"[\w{}-]*(\.[\w{}-]*)+", text):  # a key such as scale.mean.group
                parts |= set(text.split("."))
            for part in parts & words:
                if (path.name, part) in GENERAL:
                    used.add((path.name, part))
                else:
                    named.append(f"{path.relative_to(ROOT)}:{line}: {part}")
    assert named == []
    assert sorted(set(GENERAL) - used) == [], "no longer needed"


def test_no_code_mentions_an_area_or_a_column(study: Study) -> None:
    """Inside longer texts as well."""
    areas = {area.label for area in study.question("local_authority").categories}
    columns = {question.column for question in study.asked if "_" in question.column}
    pattern = re.compile("|".join(rf"\b{re.escape(word)}\b" for word in sorted(areas | columns)))
    named = [
        f"{path.relative_to(ROOT)}:{line}: {found.group()}"
        for path in SOURCES
        for line, text in literals(path)
        if (found := pattern.search(text))
    ]
    assert named == []


# Files


def test_no_file_names_a_folder_of_somebody_s_machine(committed: list[Path]) -> None:
    folders = "home|root|work|Users|private/var|var/folders|mnt/[a-z]|opt/conda|tmp/[a-z]"
    pattern = re.compile((r"(?<![\w.:/~})>*-])/(?:" + folders + r")/|[A-Z]:\\\\?Users").encode())
    own = [str(ROOT).encode(), str(Path.home()).encode()]
    own = [name for name in own if name.count(b"/") > 1]
    assert len(committed) > 100
    found = []
    for path in committed:
        content = path.read_bytes()
        if path.suffix in {".ttf", ".otf", ".woff2", ".png", ".pdf"} or path.stem in {"traces", "test_traces"}:
            continue  # the latter look for such folders
        hits = [match.group() for match in pattern.finditer(content)] + [name for name in own if name in content]
        found += [f"{path.relative_to(ROOT)}: {hit.decode()}" for hit in hits]
    assert found == []


def test_generated_folders_are_not_committed(committed: list[Path]) -> None:
    made = {"_build", "_site", ".venv", ".snakemake", "__pycache__", ".quarto"}
    parts = [path.relative_to(ROOT).parts for path in committed]
    assert [name for name in parts if made & set(name) and name[0] != "tests"] == []  # a sample of Quarto's has them
    assert "_variables.yml" not in {path.name for path in committed if path.parent == ROOT}


@pytest.mark.parametrize(
    "name",
    [
        *("answers.csv", "answers.tsv", "answers.txt", "answers.xlsx", "answers.sav", "answers.zsav", "answers.zip"),
        *("project.qdpx", "project.qde", "data/answers.csv", "report/answers.csv", "notebooks/answers.xlsx"),
        *(f"studies/{study}/data/answers.{kind}" for study in STUDIES for kind in ("csv", "xlsx", "sav", "qdpx")),
        *("EXPORT.CSV", "my.XLSX", "answers.xls", "answers.ods", "answers.json", "answers.dta", "interviews.Docx"),
        *("project.nvp", "project.nvpx", "project.mx20", "project.mx24", "project.atlproj23", "all.7z"),
        *("report/answers.txt", "report/csrr-2023/answers.xlsx", "notebooks/notes.txt"),
        *(f"studies/{study}/{name}" for study in STUDIES for name in ("export.csv", "survey.txt", "Data.CSV")),
        *("studies/own-survey/study.yml", "studies/own-survey/answers.csv", "studies/csrr-2023/own/mapping.csv"),
    ],
)
def test_answers_put_into_the_checkout_are_ignored_by_git(name: str, committed: list[Path]) -> None:
    assert committed
    assert subprocess.run(["git", "check-ignore", "-q", "--no-index", name], cwd=ROOT).returncode == 0


def test_nothing_that_is_committed_is_ignored(committed: list[Path]) -> None:
    assert committed
    listed = subprocess.run(
        ["git", "ls-files", "-i", "-c", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert listed.stdout == ""


def test_no_remedy_tells_to_throw_answers_away() -> None:
    """Neither columns, rows or answers nor the folder of a study, and no protection of people is to be got round."""
    thrown = re.compile(
        r"\b(remove|delete|drop|discard)\b.*\b(columns?|rows?|it|folder|others?|answers?|respondents?|text)\b"
        r"|to missing\b|another name, in the study"
    )
    assert thrown.search("give the column a name, or remove it")
    found = [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path in SOURCES
        for line, text in literals(path)
        if "\n" not in text and thrown.search(text)
    ]
    assert found == []


def test_what_quarto_is_told_to_use_is_there() -> None:
    config = yaml.safe_load((ROOT / "_quarto.yml").read_text(encoding="utf-8"))
    pages = config["project"]["render"]
    assert len(pages) == len(set(pages))
    named = [*pages, *config["bibliography"], config["format"]["html"]["css"]]
    named += [entry["href"] for entry in config["website"]["sidebar"]["contents"]]
    named += config["format"]["typst"]["template-partials"]
    named += [config[key] for key in ("csl",) if key in config]
    assert [name for name in named if not (ROOT / name).is_file()] == []
    assert {entry["href"] for entry in config["website"]["sidebar"]["contents"]} <= set(pages)
    documents = {path.relative_to(ROOT).as_posix() for path in PAGES if not path.name.startswith("_")}
    assert documents == set(pages), "a document that is not rendered"


def test_what_pages_include_is_there() -> None:
    missing, included = [], set()
    for path in PAGES:
        for name in re.findall(r"\{\{<\s*include\s+(\S+)\s*>\}\}", path.read_text(encoding="utf-8")):
            # As in Quarto: from the root with a slash, else from the document that is rendered.
            places = [ROOT / name[1:]] if name.startswith("/") else [path.parent / name, path.parent.parent / name]
            found = [place.resolve() for place in places if place.is_file()]
            included.update(found)
            missing += [] if found else [f"{path.relative_to(ROOT)}: {name}"]
    assert missing == []
    parts = {path.resolve() for path in PAGES if path.name.startswith("_")}
    assert parts - included == set(), "a part that no page includes"


def test_what_the_study_names_is_there(each_study: Study) -> None:
    assert [path.name for path in each_study.files.values() if not path.is_file()] == []
    assert (each_study.folder / each_study.export.file).is_file()


# Prose


def keys_of(study: Study) -> set[str]:
    """Every results key that the study's prose may name."""
    keys = {f"respondents.n_{name}" for name in ("started", "complete", "incomplete", "open_answer", "all_methods")}
    keys |= {"respondents.n_invited", "respondents.pct_responded"} if study.invited else set()
    keys |= {f"respondents.{grouping.count}" for grouping in study.groupings}
    keys |= {f"sessions.{name}" for name in
             ("n_participants", "n_focus_groups", "n_focus_group_participants", "n_interviews",
              "n_interview_participants", "n_telephone_interviews", "weeks_open")}  # fmt: skip
    keys |= {f"sessions.{row.method}.{row.group}" for row in study.participants}
    groups = [(grouping.id, category.id) for grouping in study.groupings for category in grouping.categories]
    broken_down = [(name, category.id) for name in study.further_demographics for category in study.categories(name)]
    keys |= {f"respondents.{measure}.{by}.{group}" for by, group in (*groups, *broken_down) for measure in ("n", "pct")}
    derived = [grouping.id for grouping in study.groupings if grouping.mapping]
    keys |= {f"{grouping}.{name}" for grouping in derived for name in ("n_significant_associations", "n_clusters")}
    for scale in study.scales:
        keys |= {f"{scale.id}.{name}" for name in
                 ("n", "n_items", "mean.overall", "best.label", "best.pct", "worst.label", "worst.pct",
                  "n_significant_pairs")}  # fmt: skip
        tested = {grouping.id for grouping in study.tested_groupings}
        keys |= {f"{scale.id}.mean.{by}.{group}" for by, group in groups if by in tested}
        keys |= {f"{scale.id}.{count.id}" for count in study.item_counts}
        for question, name in [(q, q.item) for q in scale.items] + [(q, q.period) for q in scale.changes]:
            shares = study.response_sets[question.response_set].measures.values()
            measures = [*shares, *(f"n_{share.removeprefix('pct_')}" for share in shares), "n_base"]
            keys |= {f"{scale.id}.{measure}.{name}" for measure in measures}
    return keys


def test_prose_names_numbers_by_keys_of_the_results(each_study: Study) -> None:
    known, wrong, named = keys_of(each_study), [], 0
    for path in (*SHARED, *own_pages(each_study.id)):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            for key in re.findall(r"\{\{<\s*var\s+(\S+?)\s*>\}\}", line):
                kind, _, rest = key.partition(".")
                named += 1
                if not ((kind in ("r", "p") and rest in known) or (kind in ("study", "build") and rest)):
                    wrong.append(f"{path.relative_to(ROOT)}:{number}: {key}")
    assert named > 40
    assert wrong == []


def test_prose_rests_on_declared_conditions(each_study: Study) -> None:
    declared = set(yaml.safe_load(each_study.files["conditions"].read_text(encoding="utf-8")))
    sources = [path.read_text(encoding="utf-8") for path in (*SHARED, *own_pages(each_study.id))]
    used = {name for source in sources for name in re.findall(r"-meta=[\"']?holds\.([\w-]+)", source)}
    assert used - declared == set(), "not declared"
    assert declared - used == set(), "declared, but no prose rests on it"
