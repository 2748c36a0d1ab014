"""One command of the Makefile from beginning to end: what it runs, what it locks, what it says of a poor machine."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from survey_report import building, cli
from survey_report.building import Order, build
from survey_report.errors import UserError
from survey_report.files import SCRATCH_IN, scratch_folder
from survey_report.locks import LOCK, locked
from survey_report.places import data_files
from survey_report.shortages import shortage

STUDY = Path("studies/s")


@pytest.fixture
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Commands that a build runs, none of which is carried out."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / STUDY).mkdir(parents=True)
    (tmp_path / STUDY / "study.yml").write_text("export: {file: data/e.csv}\n", encoding="utf-8")
    commands: list[list[str]] = []

    def run(command: list[str], order: Order, scratch: Path, lock: int) -> int:
        commands.append(command[command.index("-m") + 1 :])
        return 0

    monkeypatch.setattr(building, "_run", run)
    return commands


def programs(ran: list[list[str]]) -> list[str]:
    return [" ".join(command[:2]).replace("survey_report.cli ", "") for command in ran]


def test_a_report_is_checked_first_and_what_stands_runs_nothing(ran: list[list[str]]) -> None:
    assert build("report", Order(STUDY)) == 0
    assert programs(ran) == ["check", "snakemake site"]
    ran.clear()
    assert build("report", Order(STUDY)) == 0
    assert ran == []


def test_a_cluster_gets_profiles_and_nothing_else(ran: list[list[str]]) -> None:
    assert build("profiles", Order(STUDY, cluster="my clusters/$HOME 'a'")) == 0
    assert programs(ran) == ["check", "snakemake profile_figures", "snakemake profiles", "snakemake site"]
    named = [command[-2:] for command in ran if "--workflow-profile" in command]
    assert named == [["--workflow-profile", "my clusters/$HOME 'a'"]]
    assert ["--cores" in command for command in ran] == [False, True, False, True]


def test_jobs_of_a_cluster_are_refused_where_they_cannot_run(
    ran: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(tmp_path / STUDY, tmp_path / "new folder" / STUDY)
    monkeypatch.chdir(tmp_path / "new folder")
    with pytest.raises(UserError, match="jobs of a cluster cannot run in a folder with a space"):
        build("profiles", Order(STUDY, cluster="cluster/slurm"))
    assert ran == []
    assert build("profiles", Order(STUDY)) == 0


def test_a_lock_is_held_by_one_and_ends_with_whoever_holds_it(tmp_path: Path) -> None:
    code = "import sys, time; from pathlib import Path; from survey_report.locks import locked\n"
    code += "with locked(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        with pytest.raises(UserError, match="is being built by another command"), locked(tmp_path):
            pass
        with locked(tmp_path / "another rendering"):
            pass
        other.send_signal(signal.SIGKILL)
        other.wait()
    assert (tmp_path / LOCK).is_file()
    with locked(tmp_path):
        pass


def test_a_misspelt_study_leaves_nothing(ran: list[list[str]], tmp_path: Path) -> None:
    (tmp_path / "studies" / "empty").mkdir()
    for name, told in (("t", "studies that are there: s"), ("empty", "create it in empty/")):
        with pytest.raises(UserError, match=told):
            build("report", Order(Path("studies", name)))
    assert not (tmp_path / "_build").exists()
    assert ran == []


def test_what_a_killed_build_left_is_swept(ran: list[list[str]], tmp_path: Path) -> None:
    left = tmp_path / "_build" / "s" / "scratch" / "stitch-x"
    left.mkdir(parents=True)
    build("report", Order(STUDY))
    assert not left.parent.exists()


def test_scratch_folders_lie_in_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SCRATCH_IN, str(tmp_path / "scratch"))
    with scratch_folder() as folder:
        assert folder.parent == tmp_path / "scratch"
    assert not folder.exists()


def test_an_ended_build_ends_what_it_started(tmp_path: Path) -> None:
    """A signal to the one process that holds the build reaches what it runs."""
    code = "import os; from pathlib import Path; from survey_report.building import Order, _run\n"
    code += "_run(['sleep', '60'], Order(Path('studies/s')), Path('x'), os.open('l', os.O_CREAT))"
    with subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path) as process:
        until = time.monotonic() + 30
        while not (children := _children(process.pid)) and time.monotonic() < until:
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    assert children
    assert not any(Path("/proc", child).exists() for child in children)


def _children(pid: int) -> list[str]:
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    if not listed.is_file():
        pytest.skip("this system has no list of processes")
    return listed.read_text().split()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "_build/s/results.json"), "s/results.json: the disk is full"),
        (OSError(errno.EROFS, os.strerror(errno.EROFS), "_build"), "_build: lies where nothing may be written"),
        (PermissionError(errno.EACCES, os.strerror(errno.EACCES), "_site"), "_site: may not be read or written"),
        (shutil.Error([("a", "b", "[Errno 28] No space left on device: 'b'")]), "the disk is full"),
        (RuntimeError("OSError: [Errno 28] No space left on device"), "the disk is full"),
        (MemoryError(), "there is not enough memory"),
    ],
)
def test_what_a_machine_lacks_is_said_in_a_sentence(
    error: Exception, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(options: object) -> None:
        raise error

    monkeypatch.setitem(cli.STEPS, "read", fail)
    assert cli.main(["read"]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert "-> " in said
    assert said.count("problem") == 1


def test_a_fault_of_the_program_is_none_of_the_machine() -> None:
    assert shortage(ValueError("Errno 28")) is None
    assert shortage(FileNotFoundError(errno.ENOENT, "no such file", "x")) is None


def test_files_of_answers(tmp_path: Path) -> None:
    study = tmp_path / "s"
    study.mkdir()

    def found(export: str = "", corpus: str = "") -> list[str]:
        return [path.relative_to(tmp_path).as_posix() for path in data_files(study, export, corpus)]

    assert found() == []
    for broken in ("[", "export: 3", "export: {file: [1]}", "a: 2023-99-99", "[" * 5000):
        (study / "study.yml").write_text(broken, encoding="utf-8")
        assert found() == []
    (study / "study.yml").write_text("export: {file: data/e.csv}\ncorpus: {file: data/c.qdpx}\n", encoding="utf-8")
    assert found() == ["s/data/e.csv", "s/data/c.qdpx"]
    assert found(str(tmp_path / "mine.csv"), str(tmp_path / "mine.qde")) == ["mine.csv", "mine.qde"]
    (study / "own").mkdir()
    (study / "own" / "export.txt").write_text(f"{tmp_path}/drafted from.csv\n", encoding="utf-8")
    assert found() == ["s/data/e.csv", "s/data/c.qdpx"]
    (study / "study.yml").write_text("export: {file: ''}\ncorpus: {file: data/c.qdpx}\n", encoding="utf-8")
    assert found() == ["drafted from.csv", "s/data/c.qdpx"]
    assert found(str(tmp_path / "mine.csv")) == ["mine.csv", "s/data/c.qdpx"]
