"""The console command and `make` as a user meets them: messages, exit codes, and where things are put."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from survey_report.cli import HELP, STEPS, main
from survey_report.places import places
from survey_report.study import Study

HEADER_ROWS = 3
Records = list[list[str]]
WriteExport = Callable[..., Path]
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def checkout(tmp_path: Path, root: Path) -> Path:
    """A folder with the studies and something that was built."""
    folder = tmp_path / "checkout"
    shutil.copytree(root / "studies", folder / "studies")
    for name in ("_build/csrr-2023/results.json", "_site/index.html"):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text("built before", encoding="utf-8")
    return folder


@pytest.fixture
def run(checkout: Path) -> Run:
    """Run the command in the checkout."""

    def command(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-W", "error", "-m", "survey_report.cli", *map(str, arguments)],
            cwd=checkout, capture_output=True, text=True, encoding="utf-8", timeout=1200, check=False,
        )  # fmt: skip

    return command


def content(folder: Path) -> dict[str, str]:
    """Digests of all files, by name."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def few(export_rows: Records) -> Records:
    return [list(record) for record in export_rows[: HEADER_ROWS + 30]]


def put(records: Records, row: int, column: str, value: str) -> None:
    records[row - 1][records[0].index(column)] = value


# Messages and exit codes


def test_the_command_is_installed() -> None:
    (command,) = entry_points(group="console_scripts", name="survey-report")
    assert command.value == "survey_report.cli:main"
    assert command.load() is main


def test_a_good_export(run: Run, checkout: Path) -> None:
    before = content(checkout)
    done = run("check")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "the coded material fits the study: 2,293 sources, 568 codes, 4,899 excerpts",
        "the export fits the study: 1,794 rows, 1,399 complete responses",
    ]
    assert content(checkout) == before


def test_a_bad_export_is_one_message_and_changes_nothing(
    run: Run, checkout: Path, export_rows: Records, write_export: WriteExport
) -> None:
    records = few(export_rows)
    put(records, 5, "service", "plumbing")
    put(records, 6, "local_authority", "Narnia")
    put(records, 9, "ResponseId", records[9][records[0].index("ResponseId")])
    records[0][records[0].index("gender")] = "sex"
    path = write_export(records)
    before = content(checkout)
    for step in ("check", "read"):
        done = run(step, "--export", path)
        assert done.returncode == 2
        assert done.stdout == ""
        assert "Traceback" not in done.stderr
        assert done.stderr.startswith(f"\nsurvey-report {step}: 4 problems\n")
        for words in ("column service, row 5", "plumbing", "column local_authority, row 6", "Narnia", "column gender",
                      "column ResponseId, rows 9, 10", "what was built before is as it was"):  # fmt: skip
            assert words in done.stderr
        assert done.stderr.count("export.csv, ") == 4
        assert done.stderr.count("    -> ") == 4
        assert content(checkout) == before


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nowhere.csv", "nowhere.csv: there is no such file"),
        ("studies", "studies: is a folder, not a file"),
        ("studies/csrr-2023/areas.csv", "areas.csv, row 3: this is not a Qualtrics export"),
        ("studies/csrr-2023/study.yml", "study.yml: `.yml` files cannot be read yet"),
        ("", "is a folder, not a file"),
        ("a{b}.csv", "a{b}.csv: Snakemake takes braces in a path for wildcards"),
    ],
)
def test_no_export_at_all(name: str, message: str, run: Run, checkout: Path) -> None:
    before = content(checkout)
    done = run("check", "--export", name)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "survey-report check: 1 problem\n" in done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert content(checkout) == before


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("study.yml", "wave:", "wvae:", "did you mean `wave`?"),
        ("published.csv", ",count,0,", ",count,none,", "published.csv, row 2, decimals: should be a whole number"),
        ("conditions.yml", "when:", "whem:", "did you mean `when`?"),
    ],
)
def test_a_broken_study(name: str, old: str, new: str, message: str, run: Run, checkout: Path) -> None:
    path = checkout / "studies" / "csrr-2023" / name
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    done = run("check")
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_study_that_does_not_exist(run: Run) -> None:
    done = run("check", "--study", "studies/csrr-2032")
    assert done.returncode == 2
    assert "studies/csrr-2032: there is no study of this name" in done.stderr
    assert "studies that are there: csrr-2023" in done.stderr
    assert "Traceback" not in done.stderr


def test_reading_tells_the_flow_and_how_to_declare_a_real_export(
    run: Run, checkout: Path, export_rows: Records, write_export: WriteExport
) -> None:
    records = few(export_rows)
    for row, (column, value) in enumerate(
        [("Status", "Survey Preview"), ("Status", "Survey Test"), ("consent", "no"), ("Finished", "False")], 4
    ):
        put(records, row, column, value)
    put(records, 10, "Finished", "True")
    put(records, 10, "role", "frontline staff")
    put(records, 10, "strategic_shared_planning", "Good")
    records.append(list(records[11]))
    path = write_export(records)
    done = run("read", "--export", path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "read export.csv: 31 rows, of which " in done.stdout
    assert " 1 previews, 1 tests, 1 repeated, 1 without consent" in done.stdout
    assert "set aside: 1 single answers to questions that were not meant for the respondent" in done.stdout
    assert "treated as synthetic" in done.stdout
    assert hashlib.sha256(path.read_bytes()).hexdigest() in done.stdout
    built = [path.relative_to(checkout).as_posix() for path in (checkout / "_build").rglob("*") if path.is_file()]
    place = places("csrr-2023", str(path)).build.as_posix()
    assert sorted(built) == sorted(
        ["_build/csrr-2023/results.json", f"{place}/reading.json", f"{place}/responses.parquet"]
    )


def test_help_explains_each_step(run: Run) -> None:
    whole = run("--help")
    assert whole.returncode == 0
    assert set(HELP) == set(STEPS)
    text = " ".join(whole.stdout.split())
    assert "`make report` calls these steps in order" in text
    for name, explained in HELP.items():
        assert f"{name} {explained}" in text


def test_each_step_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    for name, explained in HELP.items():
        with pytest.raises(SystemExit) as left:
            main([name, "--help"])
        assert left.value.code == 0
        said = " ".join(capsys.readouterr().out.split())
        assert explained in said
        assert "--study" in said


def test_an_unknown_step_lists_the_steps(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["reed"])
    assert left.value.code == 2
    said = capsys.readouterr().err
    assert all(name in said for name in STEPS)


# Places


def test_the_study_s_own_export_has_the_plain_place(study: Study) -> None:
    assert places(study.id, "").build == Path("_build/csrr-2023")
    assert places(study.id, "").site == Path("_site")
    assert places(study.id, "").index == Path("_site/index.html")
    assert places("another", "").site == Path("_build/another/site")


def test_no_two_renderings_share_a_place(tmp_path: Path) -> None:
    exports = [
        "", "mine.csv", "a/mine.csv", "b/mine.csv", "a/Mine.csv", "a/mine .csv", "a/mïne.csv", "a/---.csv", "a/'.csv",
        "csrr-2023.csv",
    ]  # fmt: skip
    found = [places(name, str(tmp_path / each) if each else "") for name in ("csrr-2023", "other") for each in exports]
    assert len({place.build for place in found}) == len(found)
    assert len({place.site for place in found}) == len(found)
    for place in found:
        assert place.site == Path("_site") or place.build in place.site.parents
        assert not [other for other in found if place.build in other.build.parents]


def test_one_export_has_one_place_however_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a").mkdir()
    ways = ["a/mine.csv", "./a/mine.csv", "a/../a/mine.csv", str(tmp_path / "a" / "mine.csv")]
    assert len({places("csrr-2023", way).build for way in ways}) == 1


AWKWARD = ["with space/my export.csv", "it's \"quoted\".csv", "cost $HOME $(date) $$ `id`.csv", "a;b&c|d>e*?[x].csv",
           "ünï çödé.csv", "#hash %p.csv"]  # fmt: skip


@pytest.mark.parametrize("name", AWKWARD)
def test_the_place_of_an_awkward_path_is_a_plain_name(name: str) -> None:
    (part,) = places("csrr-2023", name).build.relative_to("_build").parts
    assert part.startswith("csrr-2023-")
    assert part.isascii()
    assert part.replace("-", "").isalnum()


def test_a_name_that_is_not_utf_8_has_a_place() -> None:
    assert places("csrr-2023", os.fsdecode(b"r\xe9sum\xe9.csv")).build.name.startswith("csrr-2023-r-sum-")


def stand_ins(root: Path, tmp_path: Path) -> None:
    """The Makefile itself, with stand-ins for the tools that write down what they were given."""
    shutil.copyfile(root / "Makefile", tmp_path / "Makefile")
    tools = tmp_path / ".venv" / "bin"
    tools.mkdir(parents=True)
    for name in ("requirements.lock", "pyproject.toml"):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (0, 0))
    script = """#!/bin/sh
printf '%s\\n' "$(basename "$0")" >> heard
for each; do printf '  <%s>\\n' "$each" >> heard; done
"""
    (tools / "survey-report").write_text(script, encoding="utf-8")
    (tools / "survey-report").chmod(0o755)
    (tmp_path / ".venv" / ".ready").touch()


CODE = [
    "$(shell touch made)",
    "`touch made`",
    '"; touch made; "',
    "x || touch made",
    "x\ntouch made",
    "'$(touch made)'",
]
TYPED = [*({"EXPORT": name} for name in AWKWARD), *({"STUDY": name} for name in CODE), {"CORPUS": CODE[0]}]


def heard_by_a_step(way: str, target: str, root: Path, folder: Path, typed: dict[str, str]) -> str:
    """What `make` hands on of variables that are given on its command line, or in the environment."""
    (folder / "heard").unlink(missing_ok=True)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    words = [f"{name}={value}" for name, value in typed.items()] if way == "command line" else []
    environment |= typed if way == "environment" else {}
    command = ["make", target, *words]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert not (folder / "made").exists(), typed
    return (folder / "heard").read_text(encoding="utf-8")


@pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")
@pytest.mark.parametrize("way", ["command line", "environment"])
def test_make_passes_what_was_typed_as_it_was_typed(way: str, root: Path, tmp_path: Path) -> None:
    stand_ins(root, tmp_path)
    for typed in TYPED:
        lines = ["build", "report", "--study", f"studies/{typed.get('STUDY', 'csrr-2023')}"]
        lines += [f"--{name.lower()}={value}" for name, value in typed.items() if name != "STUDY"]
        expected = "survey-report\n" + "".join(f"  <{line}>\n" for line in lines)
        assert heard_by_a_step(way, "report", root, tmp_path, typed) == expected
    waves = heard_by_a_step(way, "waves", root, tmp_path, {"BASELINE": CODE[0], "FOLLOWUP": CODE[1]})
    assert waves.endswith(f"  <--baseline={CODE[0]}>\n  <--followup={CODE[1]}>\n")
    profiles = heard_by_a_step(way, "profiles", root, tmp_path, {"CLUSTER": "my clusters/$HOME 'a'"})
    assert profiles.endswith("  <--cluster=my clusters/$HOME 'a'>\n")


@pytest.mark.parametrize("name", [*CODE, "", "..", "Mine", "a_b", "-a", "ä", "a/../../b"])
def test_what_is_no_name_of_a_study_reaches_no_program(name: str, run: Run, checkout: Path) -> None:
    """A folder of that name, as somebody may have mailed it, makes no difference."""
    if name.strip("./") and "/" not in name:
        (checkout / "studies" / name).mkdir()
    before = content(checkout)
    done = run("build", "report", "--study", f"studies/{name}")
    assert done.returncode == 2
    assert "survey-report build: 1 problem\n\n  STUDY: " in done.stderr
    assert "Traceback" not in done.stderr
    assert content(checkout) == before


def test_snakemake_reads_an_awkward_path(
    checkout: Path, root: Path, export_rows: Records, write_export: WriteExport
) -> None:
    shutil.copyfile(root / "Snakefile", checkout / "Snakefile")
    path = write_export(few(export_rows), 'my folder/it\'s "$HOME" & `id` é*[x].csv')
    scripts = Path(sys.executable).parent
    environment = os.environ | {"EXPORT": str(path), "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", "read", "--cores", "1", "--nolock"],
        cwd=checkout, env=environment, capture_output=True, text=True, timeout=1200, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    place = checkout / places("csrr-2023", str(path)).build
    assert (place / "responses.parquet").is_file()
