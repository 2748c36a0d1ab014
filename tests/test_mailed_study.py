"""A study folder that somebody else made: its ids, its files and its YAML harm nobody who builds it."""

from __future__ import annotations

import csv
import json
import os
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from survey_report import cli
from survey_report.errors import Problem, UserError
from survey_report.files import below, private_folder, write_bytes
from survey_report.finish import Finished
from survey_report.mapping.table import mapping_path, read_mapping
from survey_report.places import OWN_EXPORT
from survey_report.responses import read_responses
from survey_report.study import Study
from survey_report.study_fields import read_yaml
from survey_report.study_ids import LONG, SHORT, is_plain, new_id
from survey_report.study_load import load_study
from survey_report.up_to_date import Basis, write_run

OUTSIDE = "../../../../notebooks/victim"


@pytest.fixture
def copied(study: Study, tmp_path: Path) -> Path:
    """A copy of the shipped study, without its export."""
    return Path(shutil.copytree(study.folder, tmp_path / study.id, ignore=shutil.ignore_patterns("data", "corpus")))


def replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def problems_of(folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(UserError) as caught:
        load_study(folder)
    assert all(problem.remedy for problem in caught.value.problems)
    return caught.value.problems


# Ids


@pytest.mark.parametrize(
    ("file", "written", "name", "place"),
    [
        ("study.yml", "{id: support, title: Support for the workforce, subject", "support", "scales, id"),
        ("study.yml", "{id: service, label", "service", "groupings, id"),
        ("study.yml", "{id: before_covid", "before_covid", "periods, id"),
        ("study.yml", "{id: n_items_balanced", "n_items_balanced", "item_counts, id"),
        ("study.yml", "{id: systemic", "systemic", "corpus.sections, id"),
        ("study.yml", "{id: very-good", "very-good", "response_sets.likert_5, id"),
        ("study.yml", "  likert_5:", "likert_5", "response_sets"),
        ("study.yml", "negative: pct_worse", "pct_worse", "response_sets.change_5.measures"),
        ("study.yml", "count: n_roles", "n_roles", "groupings, count"),
        ("instrument.csv", "\nservices-waiting-time,", "services-waiting-time", "row 3, id"),
        ("instrument.csv", ",waiting_time,", "waiting_time", "row 3, item"),
        ("categories.csv", "\nservice,health,", "health", "row 5, id"),
        ("participants.csv", "\nfocus_group,health,", "focus_group", "row 2, method"),
        ("sessions.csv", "\nfocus_group,", "focus_group", "row 2, method"),
        ("published.csv", "\nmethod-overarching-questions,", "method-overarching-questions", "row 2, id"),
        ("published.csv", "\nmethod-overarching-questions,respondents,", "respondents", "row 2, section"),
        ("errata.csv", "\ntable2-east-ayrshire-count,", "table2-east-ayrshire-count", "row 2, id"),
        ("released.csv", "\nmethod-weeks-open,", "method-weeks-open", "row 2, figure_id"),
        (
            "corrections.csv",
            "\nrespondents-local-authority-east-ayrshire-n,",
            "respondents-local-authority-east-ayrshire-n",
            "row 2, figure_id",
        ),
    ],
)
def test_an_id_is_no_path(file: str, written: str, name: str, place: str, copied: Path) -> None:
    bad = f"x/{OUTSIDE}"
    replaced(copied / file, written, written.replace(name, bad))
    found = [problem for problem in problems_of(copied) if problem.message == "is no plain id"]
    assert (file, place, bad) in [(problem.file, problem.place, problem.value) for problem in found]


@pytest.mark.parametrize("tag", ['en" onload="a()', "en]#read(x)", "english language", "EN", "e", "en-GB\n"])
def test_the_language_is_a_tag(tag: str, copied: Path) -> None:
    replaced(copied / "study.yml", "language: en-GB", f"language: {json.dumps(tag)}")
    assert [(p.place, p.message) for p in problems_of(copied)] == [("language", "is no tag of a language")]


@pytest.mark.parametrize("tag", ["de", "zh-Hant-TW", "gsw-CH"])
def test_any_tag_of_a_language_will_do(tag: str, copied: Path) -> None:
    replaced(copied / "study.yml", "language: en-GB", f"language: {tag}")
    assert load_study(copied).language == tag


def test_all_ids_are_told_at_once(copied: Path) -> None:
    for old in ("{id: services, title: Local services, subject", "{id: tenure, label", "{id: since_covid"):
        replaced(copied / "study.yml", old, old.replace("{id: ", "{id: ../"))
    found = [problem.value for problem in problems_of(copied) if problem.message == "is no plain id"]
    assert found == ["../services", "../since_covid", "../tenure"]
    replaced(copied / "study.yml", "instrument: instrument.csv", "instrument: ../../secret.csv")
    told = [problem.message for problem in problems_of(copied)]
    assert told.count("is no plain id") == 3
    assert "is no file of the study's own folder" in told


@pytest.mark.parametrize("name", ["x || id > PWNED", "$(id)", "Study", "-rf", "a.b", "a_b", "ä"])
def test_the_folder_has_a_plain_name(name: str, copied: Path) -> None:
    folder = copied.rename(copied.with_name(name))
    (problem,) = problems_of(folder)
    assert problem.message == "is no name for the folder of a study"
    assert name not in problem.remedy


def test_a_name_may_be_long_where_it_is_made_of_words_and_names_no_file(copied: Path) -> None:
    """Studies drafted by version 0.1.0 have ids as long as their questions; where files are named, they are cut off."""
    for file in ("instrument.csv", "categories.csv", "study.yml"):
        replaced(copied / file, "contracted_hours", "c" * 300)
    assert load_study(copied).question("c" * 300)
    replaced(copied / "study.yml", "profiles: [local_authority", f"profiles: [{'c' * 300}, local_authority")
    assert "is no grouping of the study" in [problem.message for problem in problems_of(copied)]
    assert (is_plain("a" * SHORT), is_plain("a" * (SHORT + 1)), is_plain("a" * LONG, LONG)) == (True, False, True)


def test_new_ids_are_plain_short_and_the_same_for_the_same_texts() -> None:
    texts = ["Team", "team!", "Größe", "команда", "команды", "In which local authority area do you mostly work? " * 3]
    texts += [texts[-1] + "And why?", "Team 2"]
    for between in "-_":
        taken: set[str] = set()
        made = [new_id(text, taken, between=between, otherwise="question") for text in texts]
        assert len(set(made)) == len(texts) == len(taken)
        assert all(map(is_plain, made)), made
        again: set[str] = set()
        assert [new_id(text, again, between=between, otherwise="question") for text in texts] == made
    assert made[:3] == ["team", "team_2", "grosse"]
    assert made[3:5] == ["question", "question_2"]
    assert made[-1] == "team_2_2"


def test_many_texts_of_one_id_take_no_longer_than_they_are_many() -> None:
    taken: set[str] = set()
    begun = time.monotonic()
    made = [new_id("вопрос", taken, between="-", otherwise="answer") for _ in range(3000)]
    assert made[-1] == "answer-3000"
    assert time.monotonic() - begun < 10


# Files


@pytest.mark.parametrize(
    ("key", "old"),
    [
        ("instrument", "instrument: instrument.csv"),
        ("errata", "errata: errata.csv"),
        ("conditions", "conditions: conditions.yml"),
        ("groupings[5].table", "table: areas.csv"),
        ("corpus.file", "file: data/synthetic-corpus.qdpx"),
        ("corpus.crosswalk", "crosswalk: service_crosswalk.csv"),
        ("quotations.allowed", "allowed: allowed_words.csv"),
    ],
)
@pytest.mark.parametrize("path", ["/etc/passwd", "../secret.csv", "link.csv", "loop.csv", "..\\secret.csv"])
def test_files_of_a_study_lie_in_its_folder(key: str, old: str, path: str, copied: Path) -> None:
    (copied.parent / "secret.csv").write_text("secret\n", encoding="utf-8")
    (copied / "link.csv").symlink_to(copied.parent / "secret.csv")
    (copied / "loop.csv").symlink_to(copied / "loop.csv")
    replaced(copied / "study.yml", old, f"{old.partition(': ')[0]}: {path}")
    problems = problems_of(copied)
    assert (key, path) in [(problem.place, problem.value) for problem in problems if "own folder" in problem.message]
    assert "secret\n" not in str(problems)


def test_links_within_the_folder_are_followed(copied: Path) -> None:
    (copied / "tables").mkdir()
    (copied / "areas.csv").rename(copied / "tables" / "areas.csv")
    (copied / "areas.csv").symlink_to(copied / "tables" / "areas.csv")
    assert load_study(copied).grouping("integration").mapping


def test_study_yml_is_no_link_to_a_file_elsewhere(copied: Path) -> None:
    (copied / "study.yml").rename(copied.parent / "elsewhere.yml")
    (copied / "study.yml").symlink_to(copied.parent / "elsewhere.yml")
    assert "own folder" in problems_of(copied)[0].message


@pytest.mark.parametrize("linked", ["own", "file"])
@pytest.mark.parametrize("name", [OWN_EXPORT, "own/mapping.csv", "own/rare-answers.csv"])
def test_the_own_files_of_a_study_lie_in_its_folder(name: str, linked: str, copied: Path) -> None:
    """Neither read nor written nor made private is what a link in a mailed folder leads to."""
    outside = copied.parent / "outside"
    outside.mkdir(mode=0o755)
    file = outside / Path(name).name
    file.write_text("/secret\n", encoding="utf-8")
    replaced(copied / "study.yml", "file: data/synthetic-export.csv", "file: ''")
    if linked == "own":
        (copied / "own").symlink_to(outside)
    else:
        (copied / "own").mkdir()
        (copied / name).symlink_to(file)
    if name == "own/mapping.csv" and linked == "file":
        study = load_study(copied)
        for step in (read_mapping, mapping_path):
            with pytest.raises(UserError, match="own folder"):
                step(study)
    else:
        (problem,) = problems_of(copied)
        assert "own folder" in problem.message
        assert "secret" not in str(problem)
    assert file.read_text(encoding="utf-8") == "/secret\n"
    assert stat.S_IMODE(outside.stat().st_mode) == 0o755


def test_the_check_tells_what_a_mailed_study_decides(
    copied: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (copied / "own").mkdir()
    (copied / OWN_EXPORT).write_text(f"{tmp_path}/none.csv\n", encoding="utf-8")
    cli.main(["check", "--study", str(copied)])
    assert OWN_EXPORT not in capsys.readouterr().out
    replaced(copied / "study.yml", "file: data/synthetic-export.csv", "file: ''")
    replaced(copied / "study.yml", "min_group: 10 ", "min_group: 2 ")
    replaced(copied / "study.yml", "min_report: 20", "min_report: 0")
    replaced(copied / "study.yml", "min_cell: 5 ", "min_cell: 1 ")
    assert cli.main(["check", "--study", str(copied)]) == 2
    assert capsys.readouterr().out.splitlines() == [
        f"the export is {tmp_path}/none.csv, named by own/export.txt of the study",
        "min_group is 2, below its default of 10: the report tells of fewer people",
        "min_cell is 1, below its default of 5: the report tells of fewer people",
        "min_report is 0, below its default of 20: the report tells of fewer people",
    ]
    cli.main(["check", "--study", str(copied), "--export", "other.csv"])
    assert OWN_EXPORT not in capsys.readouterr().out


# YAML

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 11)
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (BOMB, "references repeat more than a study can need"),
        ("a: &a\n  b: *a\n", "a value refers to itself"),
        ("a: &a [*a]\n", "a value refers to itself"),
        (f"a: {'[' * 100_000}", "nested more than 50 levels deep"),
        ("a:\n" + "".join(f"{' ' * n}- \n" for n in range(1, 60)), "nested more than 50 levels deep"),
        (f"a: {'9' * 5000}", "a number has more than 100 characters"),
        (f"a: 1{':59' * 100_000}", "a number has more than 100 characters"),
        ("a: " + "x" * 2_000_001, "is larger than 2 MB, the most that is read"),
        (f"a: &a {'x' * 100_000}\nb: [{'*a, ' * 100}]", "references repeat more than a study can need"),
    ],
    ids=["bomb", "itself", "itself-2", "deep", "deep-2", "digits", "sixties", "large", "long"],
)
def test_yaml_that_is_a_bomb(text: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "study.yml").write_text(text, encoding="utf-8")
    problems: list[Problem] = []
    begun = time.monotonic()
    assert read_yaml(tmp_path / "study.yml", problems) == {}
    assert time.monotonic() - begun < 2
    (problem,) = problems
    assert told in problem.message


def test_references_that_repeat_little_are_read(tmp_path: Path) -> None:
    (tmp_path / "study.yml").write_text("a: &a {x: 1}\nb: {<<: *a, y: 2}\nc: [*a, *a]\n", encoding="utf-8")
    problems: list[Problem] = []
    assert read_yaml(tmp_path / "study.yml", problems) == {"a": {"x": 1}, "b": {"x": 1, "y": 2}, "c": [{"x": 1}] * 2}
    assert not problems


def test_a_large_value_of_the_wrong_kind_is_told_by_its_beginning(copied: Path) -> None:
    replaced(copied / "study.yml", "language: en-GB", f"language: [{', '.join(['x'] * 100_000)}]")
    (problem,) = problems_of(copied)
    assert problem.place == "language"
    assert len(problem.value) <= 80


def test_a_number_beyond_all_bounds(copied: Path) -> None:
    replaced(copied / "study.yml", "alpha: 0.05", f"alpha: {'9' * 90}")
    replaced(copied / "study.yml", "min_cell: 5", "min_cell: .nan")
    assert {problem.place for problem in problems_of(copied)} == {"thresholds.alpha", "thresholds.min_cell"}


# What is written


def test_nothing_is_written_outside_the_build(tmp_path: Path) -> None:
    build = tmp_path / "checkout" / "_build" / "study"
    victim = tmp_path / "checkout" / "notebooks" / "theme.ipynb"
    victim.parent.mkdir(parents=True)
    victim.write_text("kept", encoding="utf-8")
    finished = Finished({"cells": []}, {}, {}, {}, ())
    for name in ("theme-x/../../../../notebooks/theme", "x/../../../../../theme"):
        with pytest.raises(UserError):
            write_run(name, finished, {}, Basis("findings", "d"), build)
    with pytest.raises(UserError):
        write_run("fine", Finished({"cells": []}, {"../../../../victim": "a"}, {}, {}, ()), {}, Basis("f", "d"), build)
    assert victim.read_text(encoding="utf-8") == "kept"
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [victim]


@pytest.mark.parametrize("name", ["..", ".", "", "a/..", "../build-2/x", "/etc/passwd", "a/../../x"])
def test_a_place_that_leads_out(name: str, tmp_path: Path) -> None:
    with pytest.raises(UserError):
        below(tmp_path / "build", name)
    assert below(tmp_path / "build", "a/../b.csv") == tmp_path / "build" / "b.csv"


@pytest.fixture
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.usefixtures("usual_umask")
def test_what_single_people_said_is_readable_by_its_owner_only(
    study: Study, export_rows: list[list[str]], write_export: Callable[..., Path], tmp_path: Path
) -> None:
    build = tmp_path / "build"
    read_responses(study.folder, write_export(export_rows), build, study.folder / str(study.coded and study.coded.file))
    private_folder(build / "private")
    write_bytes(build / "private" / "raw.parquet", pd.DataFrame({"a": [1]}).to_parquet(), private=True)
    modes = {path.relative_to(build).as_posix(): oct(path.stat().st_mode & 0o777) for path in build.rglob("*")}
    assert {"responses.parquet", "coded", "coded/to-check.csv", "coded/sources.parquet"} <= set(modes)
    assert {mode for name, mode in modes.items() if "." in name} == {"0o600"}
    assert {mode for name, mode in modes.items() if "." not in name} == {"0o700"}
    write_bytes(build / "site" / "index.html", b"x")
    assert (build / "site" / "index.html").stat().st_mode & 0o777 == 0o644
    with (build / "coded" / "to-check.csv").open(encoding="utf-8", newline="") as handle:
        assert not [cell for line in csv.reader(handle) for cell in line if cell.startswith(("=", "@", "+"))]
