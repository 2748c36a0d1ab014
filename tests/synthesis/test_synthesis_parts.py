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

from survey_report.errors import UserError
from survey_report.study import Study
from survey_report.study_load import load_study
from survey_report.synthesis import synthesise
from survey_report.synthesis.draws import Draws, spread_exactly
from survey_report.synthesis.pages import survey_pages
from survey_report.synthesis.people import arrange
from survey_report.synthesis.quotas import option_counts, percent, possible_base, reachable
from survey_report.synthesis.settings import ScaleShape
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


@given(st.integers(100, 1500), st.integers(0, 100), st.integers(0, 100))
def test_percentages_are_reached_from_a_hundred_answers(base: int, positive: int, negative: int) -> None:
    if positive + negative > 99:
        return
    shares = {"positive": float(positive), "negative": float(negative), "neutral": float(100 - positive - negative)}
    counts = reachable(base, shares, {"positive": figure(positive), "negative": figure(negative)})
    assert counts is not None
    assert sum(counts.values()) == base
    assert figure(positive).met_by(percent(counts["positive"], base))
    assert figure(negative).met_by(percent(counts["negative"], base))


def test_a_base_that_cannot_give_a_percentage_moves() -> None:
    shares = {"positive": 45.0, "negative": 30.0, "neutral": 25.0}
    assert reachable(10, shares, {"positive": figure(45)}) is None
    base, counts = possible_base(10, 93, shares, {"positive": figure(45)})
    assert base == 11
    assert figure(45).met_by(percent(counts["positive"], base))


def test_rounding_is_half_up() -> None:
    assert figure(13).met_by(Fraction(25, 2))
    assert not figure(12).met_by(Fraction(25, 2))


def test_options_fill_their_side(study: Study) -> None:
    answers = next(iter(study.response_sets.values()))
    sides = {"positive": 40, "neutral": 25, "negative": 35}
    counts = option_counts(answers, sides, 100, ScaleShape(0.5, 0.25, 0.4), {})
    assert sum(counts) == 100
    assert counts[0] == 10
    assert counts[-1] == 14
    pinned = option_counts(answers, sides, 100, ScaleShape(0.5, 0.25, 0.4), {answers.options[0].id: figure(0)})
    assert pinned[:2] == [0, 40]


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
        if row["relation"] == "=" and row["measure"] == "pct_worse":
            row["value"] = str(int(row["value"]) + 3)
            changed.append(row["id"])
        if row["relation"] == "=" and row["measure"] == "mean" and row["group_by"] == "tenure":
            row["value"] = f"{float(row['value']) - 0.05:.2f}"
            changed.append(row["id"])

    rewrite(copied / "published.csv", change)
    assert len(changed) > 15
    assert run(copied, tmp_path / "export.csv") == []
    targets = read_targets(load_study(copied))
    assert len(targets.means) == 43


def test_figures_that_cannot_be_are_named(copied: Path, tmp_path: Path) -> None:
    def change(row: dict[str, str]) -> None:
        if row["relation"] == "=" and row["measure"] == "pct_improved" and row["value"] == "59":
            row["value"] = "97"

    rewrite(copied / "published.csv", change)
    assert run(copied, tmp_path / "export.csv")


def test_counts_that_do_not_add_up_are_refused(copied: Path, tmp_path: Path) -> None:
    def change(row: dict[str, str]) -> None:
        if row["measure"] == "n" and row["relation"] == "=" and row["group_by"] == "sector":
            row["value"] = str(int(row["value"]) + 1)

    rewrite(copied / "published.csv", change)
    with pytest.raises(UserError, match="do not add up") as caught:
        run(copied, tmp_path / "export.csv")
    assert "sector" in str(caught.value)
    assert not (tmp_path / "export.csv").exists()


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
