"""Studies drafted by version 0.1.0: they say which line to change, and then give the numbers that they gave."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from running import kernels
from survey_report.cli import main
from survey_report.errors import UserError
from survey_report.execution import execute_all, runs_of
from survey_report.rendering import open_rendering
from survey_report.responses import read_responses
from survey_report.results import write_results
from survey_report.study_load import load_study

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
OLD = sorted(path.parent.name for path in HERE.glob("*/results.json"))


def copied(name: str, tmp_path: Path) -> tuple[Path, Path]:
    """The study folder with the path that its draft had, and its export."""
    export = shutil.copy(HERE / name / f"{name}.csv", tmp_path)
    folder = shutil.copytree(HERE / name / f"old-{name}", tmp_path / "studies" / f"old-{name}")
    settings = folder / "study.yml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("EXPORTS", str(tmp_path)), encoding="utf-8")
    return folder, Path(export)


def mended(folder: Path, export: Path) -> Path:
    """The folder with the line changed that the message names."""
    settings = folder / "study.yml"
    text = settings.read_text(encoding="utf-8")
    assert text.count(f"  file: {export}\n") == 1
    settings.write_text(text.replace(f"  file: {export}\n", "  file: ''\n"), encoding="utf-8")
    (folder / "own").mkdir()
    (folder / "own" / "export.txt").write_text(f"{export}\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", OLD)
def test_the_line_that_leads_out_of_the_folder_is_named(name: str, tmp_path: Path) -> None:
    folder, export = copied(name, tmp_path)
    with pytest.raises(UserError) as caught:
        load_study(folder)
    (problem,) = caught.value.problems
    number = int(problem.place.removeprefix("line ").partition(",")[0])
    assert (folder / "study.yml").read_text(encoding="utf-8").splitlines()[number - 1] == f"  file: {export}"
    assert "own/export.txt" in problem.remedy
    assert "EXPORT=" in problem.remedy
    assert load_study(mended(folder, export)).export.file == str(export)


def test_answers_of_few_people_in_an_old_list_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, export = copied("point-survey", tmp_path)
    assert main(["check", "--study", str(mended(folder, export))]) == 0
    told = capsys.readouterr().out
    assert "Where do you work?: 4 of 7 answers in categories.csv are given by fewer than 5 people" in told
    assert "Boat" not in told
    folder, export = copied("team-survey", tmp_path)
    assert main(["check", "--study", str(mended(folder, export))]) == 0
    assert "categories.csv" not in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize("name", OLD)
def test_the_numbers_are_those_of_the_old_version(name: str, tmp_path: Path) -> None:
    folder, export = copied(name, tmp_path)
    study = load_study(mended(folder, export))
    build = tmp_path / "build"
    read_responses(folder, None, build)
    runs = runs_of(study)
    with kernels():
        execute_all(runs, ROOT / "notebooks", folder.parent, build, lambda _: None)
    write_results(open_rendering(folder, build), runs, build)
    was = json.loads((HERE / name / "results.json").read_text(encoding="utf-8"))["numbers"]
    found = json.loads((build / "results.json").read_text(encoding="utf-8"))["numbers"]
    assert was.keys() == found.keys()
    # A later version may hide more; what it shows is what was shown.
    shown = {key for key, number in found.items() if number["value"] is not None}
    assert len(shown) > len(was) / 2
    assert {key: found[key]["value"] for key in shown} == {key: was[key]["value"] for key in shown}
