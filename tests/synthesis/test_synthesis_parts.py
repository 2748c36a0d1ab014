"""The generator's parts, and what it does when the study's data change."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from survey_report.errors import UserError
from survey_report.study import Study
from survey_report.study_load import load_study
from survey_report.synthesis import synthesise
from survey_report.synthesis.critical import distances
from survey_report.synthesis.draws import Draws, spread_exactly
from survey_report.synthesis.pages import survey_pages
from survey_report.synthesis.people import arrange
from survey_report.synthesis.shares import window
from survey_report.synthesis.targets import Figure, read_targets


def figure(value: int) -> Figure:
    return Figure("f", Fraction(value), 0)


def test_streams_are_fixed_and_apart() -> None:
    assert Draws(1, "a").uniform(3).tolist() == Draws(1, "a").uniform(3).tolist()
    assert Draws(1, "a").uniform(3).tolist() != Draws(1, "b").uniform(3).tolist()
    normal = Draws(1, "n").normal(20000)
    assert abs(normal.mean()) < 0.03
    assert abs(normal.std() - 1) < 0.03


@given(st.integers(0, 3000), st.lists(st.floats(0.01, 100), min_size=1, max_size=8))
def test_spreading_keeps_the_total(total: int, shares: list[float]) -> None:
    counts = spread_exactly(total, np.array(shares))
    assert counts.sum() == total
    exact = total * np.array(shares) / np.sum(shares)
    assert np.all(np.abs(counts - exact) <= 1 + 1e-6)


def test_arranging_keeps_the_counts_and_follows_the_weights() -> None:
    labels = np.array([0] * 300 + [1] * 100)
    weights = [[1.0, 20.0 if person % 4 == 0 else 1.0] for person in range(400)]
    arranged = arrange(labels, weights, Draws(1, "arrange"))
    assert sorted(arranged.tolist()) == sorted(labels.tolist())
    assert arranged[::4].mean() > 0.6


@given(st.integers(100, 1500), st.integers(0, 100))
def test_a_percentage_has_counts_from_a_hundred_answers(base: int, value: int) -> None:
    least, most = window(base, figure(value))
    assert least <= most
    assert all(figure(value).met_by(Fraction(100 * count, base)) for count in (least, most))
    assert not any(
        figure(value).met_by(Fraction(100 * count, base)) for count in (least - 1, most + 1) if 0 <= count <= base
    )


def test_rounding_is_half_up() -> None:
    assert figure(13).met_by(Fraction(25, 2))
    assert not figure(12).met_by(Fraction(25, 2))


@pytest.mark.parametrize("k", [2, 3, 8])
@pytest.mark.parametrize("df", [8.0, 40.0, 1e6])
def test_distances_of_pairs_are_those_of_the_studentised_range(k: int, df: float) -> None:
    expected = stats.studentized_range.isf(0.05, k, df) / np.sqrt(2)
    assert abs(distances(0.05, k, np.array([df]))[0] - expected) < 0.002 * expected


def test_pages_put_every_question_once_and_gates_first(study: Study) -> None:
    order = [question for page in survey_pages(study) for question in page]
    assert sorted(q.id for q in order) == sorted(q.id for q in study.asked)
    place = {q.item: number for number, q in enumerate(order) if q.type in ("demographic", "routing")}
    for number, question in enumerate(order):
        assert all(place[item] < number for item, _ in question.asked_if), question.id


@pytest.fixture
def copied(study: Study, tmp_path: Path) -> Path:
    folder = tmp_path / study.folder.name
    shutil.copytree(study.folder, folder, ignore=shutil.ignore_patterns("data"))
    return folder


def rewrite(path: Path, change: Callable[[dict[str, str]], None]) -> None:
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    for row in rows:
        change(row)
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def run(folder: Path, target: Path) -> list[str]:
    lines: list[str] = []
    synthesise(load_study(folder), target, log=lines.append)
    return [line for line in lines if line.startswith("not met")]


def test_a_changed_figure_is_met(copied: Path, tmp_path: Path) -> None:
    changed: list[str] = []

    def change(row: dict[str, str]) -> None:
        if row["relation"] == "=" and row["measure"] == "pct_worse" and row["scale"] in ("support", "relationships"):
            row["value"] = str(int(row["value"]) + 3)
            changed.append(row["id"])
        if row["relation"] == "=" and row["measure"] == "mean" and row["group_by"] == "tenure":
            row["value"] = f"{float(row['value']) - 0.02:.2f}"
            changed.append(row["id"])

    rewrite(copied / "published.csv", change)
    assert len(changed) > 10
    assert run(copied, tmp_path / "export.csv") == []
    targets = read_targets(load_study(copied))
    assert len(targets.means) == 43


def test_all_gaps_in_the_assumptions_are_named_at_once(copied: Path, tmp_path: Path) -> None:
    lines = (copied / "synthesis_items.csv").read_text(encoding="utf-8").splitlines()
    (copied / "synthesis_items.csv").write_text(
        "\n".join([*lines[:-2], "no-such-question,1,1,0,0,0"]), encoding="utf-8"
    )
    path = copied / "synthesis.yml"
    text = path.read_text(encoding="utf-8").replace("seed:", "sede:").replace("white: 94", "wite: 94")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as caught:
        run(copied, tmp_path / "export.csv")
    message = str(caught.value)
    for part in ("seed", "sede", "wite", "no-such-question", lines[-1].split(",")[0], lines[-2].split(",")[0]):
        assert part in message
