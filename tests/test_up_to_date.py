"""What changed decides which notebooks run again; what was written half does not count as written."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import shipped
from running import kernels
from survey_report import up_to_date
from survey_report.execution import COLD, execute_all
from survey_report.finish import Finished
from survey_report.sources import notebook_modules
from survey_report.up_to_date import Basis, clear, parts_of, stands, with_parameters, write_run

BASIS = Basis("findings", "data-1")
PARAMETERS = {"study": "s"}
CELL = {"cell_type": "code", "id": "a", "metadata": {}, "source": "x = 1", "outputs": [], "execution_count": None}


def save(path: Path, *cells: Mapping[str, Any]) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")
    return path


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    return save(tmp_path / "notebooks" / "n.ipynb", {**CELL, "source": "import survey_report.tables"})


def finished(*labels: str) -> Finished:
    return Finished({"cells": []}, dict.fromkeys(labels, "a\n1\n"), {}, {}, ())


def test_outputs_and_ids_are_no_change_sources_and_tags_are(notebook: Path) -> None:
    before = parts_of(notebook, BASIS)
    cell = {**CELL, "source": "import survey_report.tables"}
    save(notebook, {**cell, "id": "b", "execution_count": 3, "outputs": [{"output_type": "stream"}]})
    assert parts_of(notebook, BASIS) == before
    for changed in ({"source": "import survey_report.tables  # why"}, {"metadata": {"tags": ["parameters"]}}):
        save(notebook, {**cell, **changed})
        after = parts_of(notebook, BASIS)
        assert {part for part in after if after[part] != before[part]} == {"notebook"}


@pytest.mark.parametrize(
    ("parameters", "basis", "part"),
    [
        ({"study": "t"}, BASIS, "parameters"),
        (PARAMETERS, Basis("findings", "data-2"), "data"),
        (PARAMETERS, Basis("findings", "data-1", "results"), "further"),
    ],
)
def test_what_else_is_a_change(parameters: Mapping[str, str], basis: Basis, part: str, notebook: Path) -> None:
    before, after = (with_parameters(parts_of(notebook, b), p) for p, b in ((PARAMETERS, BASIS), (parameters, basis)))
    assert {name for name in after if after[name] != before[name]} == {part}


def test_the_lock_file_python_and_fonts_are_a_change(notebook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = [parts_of(notebook, BASIS)]
    root = notebook.parents[1]
    (root / "requirements.lock").write_text("numpy==1\n", encoding="utf-8")
    seen.append(parts_of(notebook, BASIS))
    monkeypatch.setattr(up_to_date.platform, "python_version", lambda: "3.99")
    seen.append(parts_of(notebook, BASIS))
    (root / "report/theme/fonts").mkdir(parents=True)
    (root / "report/theme/fonts/A.ttf").write_bytes(b"glyphs")
    seen.append(parts_of(notebook, BASIS))
    changes = [{name for name in after if after[name] != before[name]} for before, after in pairwise(seen)]
    assert changes == [{"programs"}, {"programs"}, {"fonts"}]


def test_a_module_that_the_notebook_uses_or_that_runs_it_is_a_change(
    notebook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {name: tmp_path / name for name in ("used.py", "running.py", "other.py")}
    for path in files.values():
        path.write_text("x = 1\n", encoding="utf-8")
    monkeypatch.setattr(up_to_date, "PACKAGE", tmp_path)
    monkeypatch.setattr(up_to_date, "notebook_modules", lambda _: {"used": files["used.py"]})
    monkeypatch.setattr(up_to_date, "used_modules", lambda _: {"running": files["running.py"]})
    changes = []
    for path in files.values():
        before = parts_of(notebook, BASIS)
        path.write_text("x = 2\n", encoding="utf-8")
        after = parts_of(notebook, BASIS)
        changes.append({name for name in after if after[name] != before[name]})
    assert changes == [{"modules"}, {"modules"}, set()]


def test_a_run_stands_while_all_is_there_as_it_was_written(tmp_path: Path) -> None:
    parts = {"notebook": "1"}
    assert not stands("n", parts, tmp_path)
    write_run("n", finished("tbl-a", "tbl-b"), parts, BASIS, tmp_path)
    assert stands("n", parts, tmp_path)
    assert not stands("n", {"notebook": "2"}, tmp_path)
    assert not stands("m", parts, tmp_path)
    for name in ("findings/n.ipynb", "findings/data/tbl-b.csv", "numbers/n.json"):
        content = (tmp_path / name).read_bytes()
        (tmp_path / name).write_bytes(content + b" ")
        assert not stands("n", parts, tmp_path)
        (tmp_path / name).unlink()
        assert not stands("n", parts, tmp_path)
        (tmp_path / name).write_bytes(content)
    assert stands("n", parts, tmp_path)
    (tmp_path / "keys/n.json").write_text("{", encoding="utf-8")
    assert not stands("n", parts, tmp_path)


def test_a_run_that_is_written_half_does_not_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_run("n", finished("tbl-a"), {"notebook": "1"}, BASIS, tmp_path)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(up_to_date, "write_json", stop)
    with pytest.raises(KeyboardInterrupt):
        write_run("n", finished("tbl-a"), {"notebook": "2"}, BASIS, tmp_path)
    assert not stands("n", {"notebook": "1"}, tmp_path)
    assert not stands("n", {"notebook": "2"}, tmp_path)


def test_tables_that_a_run_no_longer_makes_are_removed(tmp_path: Path) -> None:
    write_run("n", finished("tbl-a", "tbl-b"), {}, BASIS, tmp_path)
    write_run("n", finished("tbl-b", "tbl-c"), {}, BASIS, tmp_path)
    assert sorted(path.name for path in (tmp_path / "findings/data").iterdir()) == ["tbl-b.csv", "tbl-c.csv"]


def test_runs_that_a_stage_no_longer_has_are_removed(tmp_path: Path) -> None:
    for name, basis in (("old", BASIS), ("kept", BASIS), ("register", Basis("records", "data-1"))):
        write_run(name, finished(f"tbl-{name}"), {}, basis, tmp_path)
    half = tmp_path / "findings" / ".old.ipynb.1.part"
    half.write_text("{", encoding="utf-8")
    clear(["kept"], BASIS, tmp_path)
    left = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    assert [name for name in left if "old" in name] == []
    assert len(left) == 8
    assert stands("register", {}, tmp_path)


def test_a_part_of_a_stage_removes_nothing_that_others_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(COLD, "1")
    half = tmp_path / "findings" / ".other.ipynb.1.part"
    half.parent.mkdir()
    half.write_text("{", encoding="utf-8")
    write_run("other", finished("tbl-other"), {}, BASIS, tmp_path)
    with kernels():
        execute_all([], tmp_path, tmp_path / "studies", tmp_path, whole=False)
        assert half.is_file()
        assert stands("other", {}, tmp_path)
        execute_all([], tmp_path, tmp_path / "studies", tmp_path)
    assert not half.exists()
    assert not stands("other", {}, tmp_path)


def copied(tmp_path: Path) -> tuple[Path, Callable[..., list[str]]]:
    """A copy of what a build of the second study reads, and how to build its findings there: what ran, as logged."""
    for name in ("src", "studies", "notebooks", "report"):
        shutil.copytree(
            shipped.ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info")
        )
    shutil.copyfile(shipped.ROOT / "requirements.lock", tmp_path / "requirements.lock")

    def step(name: str, *, fails: bool = False) -> list[str]:
        command = [sys.executable, "-m", "survey_report.cli", name, "--study", "studies/integration-2015"]
        environment = {"PYTHONPATH": str(tmp_path / "src"), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert bool(done.returncode) == fails, done.stderr[-2000:]
        return [line.rpartition(": ")[2] for line in done.stdout.splitlines() if line.startswith("  notebook ")]

    return tmp_path, step


@pytest.mark.slow
def test_only_notebooks_that_use_a_changed_module_run_again(tmp_path: Path) -> None:
    root, step = copied(tmp_path)
    step("read")
    first = step("findings")
    assert len(first) > 4
    before = {path: path.read_bytes() for path in (root / "_build").rglob("*.ipynb")}
    assert step("findings") == []
    module = root / "src/survey_report/instrument_tables.py"
    module.write_text(module.read_text(encoding="utf-8") + "\n# A remark.\n", encoding="utf-8")
    assert step("findings") == ["instrument"]
    assert {path: path.read_bytes() for path in before} == before
    (root / "src/survey_report/synthesis/starts.py").write_text("# nothing\n", encoding="utf-8")
    assert step("findings") == []
    broken = root / "notebooks/instrument.ipynb"
    content = broken.read_text(encoding="utf-8")
    broken.write_text(content.replace("import instrument_tables", "import no_such_tables"), encoding="utf-8")
    assert step("findings", fails=True) == []
    broken.write_text(content, encoding="utf-8")
    assert step("findings") == []
    (next(iter(sorted((root / "_build").rglob("numbers/*.json"))))).unlink()
    assert len(step("findings")) == 1


def test_profiles_and_themes_do_not_share_their_own_modules() -> None:
    """A module that only one kind of notebook uses is no reason to run the others."""
    theme = notebook_modules(shipped.ROOT / "notebooks" / "theme.ipynb").keys()
    others = ("instrument_tables", "supplement_tables", "comparison_text", "cluster_text", "profile_tables")
    for name in (*others, "findings.profile", "findings.profiles", "findings.voices", "charts.heat"):
        assert (shipped.ROOT / "src" / "survey_report" / f"{name.replace('.', '/')}.py").is_file()
        assert f"survey_report.{name}" not in theme
    assert "survey_report.findings.theme" in theme
    assert "survey_report.findings.theme" not in notebook_modules(shipped.ROOT / "notebooks" / "instrument.ipynb")


@pytest.mark.parametrize(
    "changed", ["src/survey_report/charts/heat.py", "studies/csrr-2023/study.yml", "requirements.lock"]
)
def test_each_step_looks_again_when_code_or_study_change(changed: str, tmp_path: Path) -> None:
    """A step that is due is so by content, whatever its sources' dates, and after a build that ended early as well."""
    shutil.copytree(
        shipped.ROOT, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("_build", "_site", ".*", "tests")
    )
    command = [sys.executable, "-m", "snakemake", "site", "profiles", "--cores", "1", "--nolock"]

    def steps(*options: str) -> set[str]:
        run = subprocess.run([*command, *options], cwd=tmp_path, text=True, capture_output=True, check=True)
        return set(re.findall(r"^(?:local)?rule (\w+):", run.stdout + run.stderr, re.M))

    def carry_out(only: str = "") -> None:
        """Leave what steps that are due would leave: what they write, then their marks."""
        told = subprocess.run([*command, "-np"], cwd=tmp_path, text=True, capture_output=True, check=True)
        for output, digest, done in re.findall(r"output: (.*)\n[\s\S]*?printf %s (\w+) > (\S+)", told.stdout):
            if only in done:
                for name in output.split(", "):
                    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
                    (tmp_path / name).touch()
                (tmp_path / done).write_text(digest, encoding="utf-8")

    carry_out()
    assert steps("--dry-run") == set()
    os.utime(tmp_path / changed)
    assert steps("--dry-run") == set(), "a date is no change"
    with (tmp_path / changed).open("a", encoding="utf-8") as file:
        file.write("# c\n")
    os.utime(tmp_path / changed, (0, 0))
    carry_out("read.done")
    assert {"protect", "findings", "results", "records", "stitch", "profiles"} <= steps("--dry-run")
