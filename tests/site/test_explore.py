"""Data of the explore page: as the protected tables have them, nothing else."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import shipped
from survey_report.files import write_json, write_text
from survey_report.numbers import Number
from survey_report.site import explore
from survey_report.site.explore import explore_data
from survey_report.site.numbers import NumberFacts
from survey_report.study import SIDES
from survey_report.study_load import load_study

ITEMS = """item,label,n,very-good,good,neither,poor,very-poor,positive,positive_kind,neutral,neutral_kind,negative,negative_kind,merged,shown
quality_of_practice,Quality of practice,1345,15.316,58.6617,17.026,7.0632,1.9331,73.9777,reproduced,17.026,invented,8.9963,invented,False,True
availability,Availability,40,,,,,,50.5,invented,20.0,invented,29.5,invented,True,True
waiting_time,Waiting time,,,,,,,,hidden,,hidden,,hidden,False,False
"""  # noqa: E501
MEANS = """grouping,grouping_label,group,label,n,mean,low,high,kind,shown
service,Service,health,Health,207,2.9,2.7949,3.0049,reproduced,True
service,Service,police,Police,,,,,hidden,False
"""


@pytest.fixture
def scale(tmp_path: Path) -> dict[str, object]:
    write_json(tmp_path / "results.json", {"synthetic": True, "numbers": {}, "pairs": []})
    write_text(tmp_path / "findings/data/tbl-services-items.csv", ITEMS)
    write_text(tmp_path / "findings/data/tbl-services-means.csv", MEANS)
    key = "services.mean.service.health"
    numbers = {key: Number(key, 2.9, "2.90", "mean", 2, 207, "tbl-services-means", "reproduced", "x")}
    data = explore_data(load_study(shipped.STUDY), tmp_path, NumberFacts(numbers, {}, {}, {}))
    assert data["notice"].startswith("Synthetic data")
    assert [scale["id"] for scale in data["scales"]] == ["services"], "scales without data are left out"
    return dict(data["scales"][0])


def test_shares_are_rounded_and_marked_as_the_report_marks_them(scale: dict[str, dict[str, dict]]) -> None:
    rows = {row[0]: row for row in scale["views"]["|"]["rows"]}
    assert rows["Quality of practice"][1][:2] == [["74%", "reproduced"], ["17%", "invented"]]
    assert rows["Quality of practice"][1][3] == ["1,345", "invented"]
    assert rows["Quality of practice"][2] == {"bars": [73.9777, 17.026, 8.9963]}


def test_what_is_not_shown_has_neither_number_nor_chart(scale: dict[str, dict[str, dict]]) -> None:
    label, cells, chart = scale["views"]["|"]["rows"][2]
    assert (label, chart) == ("Waiting time", None)
    assert cells == [["not shown", "hidden"]] * 4
    hidden = scale["views"]["waiting_time|"]
    assert hidden["rows"] == []
    assert hidden["note"] == "Not shown."
    means = scale["views"]["|service"]
    assert means["rows"][-1] == ["Police", [["not shown", "hidden"]] * 3, None]
    assert "note" not in means, "the data do not say why"


def test_answers_that_are_merged_are_shown_in_three_classes_only(scale: dict[str, dict[str, dict]]) -> None:
    view = scale["views"]["availability|"]
    assert [row[1][0][0] for row in view["rows"]] == ["51%", "20%", "30%"]
    assert "Single answers are not shown" in view["note"]
    assert len(scale["views"]["quality_of_practice|"]["rows"]) == 5


def test_means_are_those_of_the_results(scale: dict[str, dict[str, dict]]) -> None:
    assert scale["groupings"] == [["service", "Service"]]
    row = scale["views"]["|service"]["rows"][0]
    assert row == ["Health", [["2.90", "reproduced"], ["2.79 to 3.00", "invented"], ["207", "invented"]],
                   {"mean": [2.9, 2.7949, 3.0049]}]  # fmt: skip
    json.dumps(scale, allow_nan=False)


def test_answers_of_groups_are_those_that_disclosure_control_lets_through(tmp_path: Path) -> None:
    write_json(tmp_path / "results.json", {"synthetic": True, "numbers": {}, "pairs": []})
    write_text(tmp_path / "findings/data/tbl-services-items.csv", ITEMS)
    write_text(tmp_path / "findings/data/tbl-services-means.csv", MEANS)
    rows = [
        ("service", "health", "services", "item", "waiting_time", 200, 20.0, 24.0, 56.0, 1, "sides", ""),
        (
            "service",
            "police",
            "services",
            "item",
            "waiting_time",
            40,
            30.0,
            float("nan"),
            float("nan"),
            5,
            "some",
            "few",
        ),
        ("service", "other-service", "services", "item", "waiting_time", None, *[float("nan")] * 3, 1, "none", "few"),
        ("service", "health", "services", "change", "waiting_time", 200, 1.0, 1.0, 98.0, 1, "sides", ""),
    ]
    names = ["grouping", "group", "scale", "kind", "item", "n", *SIDES, "step", "detail", "reason"]
    (tmp_path / "private").mkdir()
    pd.DataFrame(rows, columns=names).astype({"n": "Int64"}).to_parquet(tmp_path / "private/protected.parquet")
    data = explore_data(load_study(shipped.STUDY), tmp_path, NumberFacts({}, {}, {}, {}))
    view = data["scales"][0]["views"]["waiting_time|service"]
    none = ["not shown", "hidden"]
    assert view["rows"] == [
        ["Health", [["20%", "invented"], ["24%", "invented"], ["56%", "invented"], ["200", "invented"]],
         {"bars": [20.0, 24.0, 56.0]}],
        ["Police", [["30%", "invented"], none, none, ["40", "invented"]], None],
        ["Other service (youth justice, hearings system, multi-agency)", [none, none, none, none], None],
    ]  # fmt: skip
    assert "not shown: few." in view["note"]
    assert "rounded to the nearest 5" in view["note"]
    assert "availability|service" not in data["scales"][0]["views"]


def test_the_script_is_made_anew_when_a_table_an_answer_or_a_label_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    monkeypatch.setattr(explore, "explore_data", lambda *given: made.append("made") or {"times": len(made)})
    folder = tmp_path / "study"
    shutil.copytree(shipped.STUDY, folder, ignore=shutil.ignore_patterns("data", "corpus"))
    study = replace(load_study(shipped.STUDY), folder=folder)
    write_text(tmp_path / "findings/data/tbl-services-items.csv", ITEMS)

    def script() -> str:
        return explore.explore_script(study, tmp_path, NumberFacts({}, {}, {}, {}))

    assert script() == script() == 'window.SURVEY_EXPLORE={"times":1};\n'
    write_text(tmp_path / "findings/data/tbl-services-items.csv", ITEMS.replace("1345", "1346"))
    write_text(tmp_path / "private/protected.parquet", "")
    assert "2" in script()
    write_text(tmp_path / "private/protected.parquet", "other answers")
    assert "3" in script()
    write_text(folder / "study.yml", (folder / "study.yml").read_text(encoding="utf-8") + "# a label\n")
    assert "4" in script()
    assert "4" in script()


def test_ends_of_intervals_have_the_digits_of_their_mean(tmp_path: Path) -> None:
    write_json(tmp_path / "results.json", {"synthetic": True, "numbers": {}, "pairs": []})
    write_text(tmp_path / "findings/data/tbl-services-items.csv", ITEMS)
    write_text(tmp_path / "findings/data/tbl-services-means.csv", MEANS.replace("2.7949,3.0049", "2.7,3.1"))
    key = "services.mean.service.health"
    numbers = {key: Number(key, 2.9, "2.9", "mean", 1, 30, "tbl-services-means", "invented", "")}
    data = explore_data(load_study(shipped.STUDY), tmp_path, NumberFacts(numbers, {}, {}, {}))
    row = data["scales"][0]["views"]["|service"]["rows"][0]
    assert [cell[0] for cell in row[1][:2]] == ["2.9", "2.7 to 3.1"]
