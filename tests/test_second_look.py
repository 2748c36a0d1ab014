"""The findings and the register beside a second look at the export: a script in base R, no code shared.

What R found is kept in reference/, so that it is compared everywhere; where R is installed it looks anew.
"""

from __future__ import annotations

import csv
import math
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import shipped
from r_values import P_ERROR, REFERENCE, assert_kept, read, run
from survey_report.quantities import Quantities
from survey_report.reconciliation import reconcile
from survey_report.register import Figure, load_register
from survey_report.rules import option_measures, side_measures

EXACT = 1e-8  # R's values are kept with ten significant digits
VERDICTS = {"match": "TRUE", "differs": "FALSE"}  # as R writes them
TABLES = ("second-look.csv", "second-look-rows.csv")


@pytest.fixture(scope="module")
def anew(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which R has just written; skips where R is not installed."""
    target = tmp_path_factory.mktemp("second-look")
    run("second-look.R", shipped.EXPORT, target)
    return target


@pytest.fixture(params=["kept", "anew"])
def folder(request: pytest.FixtureRequest) -> Path:
    """Where R's values are, kept and anew."""
    return REFERENCE if request.param == "kept" else request.getfixturevalue("anew")


@pytest.mark.parametrize("name", TABLES)
def test_kept_values_are_what_r_gives(name: str, anew: Path) -> None:
    assert_kept(name, anew)


# The register, row by row


def figures() -> dict[str, Figure]:
    """The rows of the register that rest on answers, by id."""
    return {figure.id: figure for figure in shipped.rendering().register.figures if figure.source == "responses"}


@cache
def verdicts() -> Mapping[str, str]:
    """The project's verdicts: match or differs, for doubted rows as if nobody had doubted them."""
    doubted = tuple(replace(figure, erratum="") for figure in figures().values() if figure.erratum)
    register = replace(shipped.rendering().register, figures=doubted)
    without = reconcile(replace(shipped.rendering(), register=register), shipped.numbers())
    lines = [*shipped.reconciled().values(), *without]
    return {line.figure.id: line.status for line in lines if line.figure.id in figures()}


@cache
def functions() -> Mapping[str, Callable[..., Any]]:
    return Quantities(shipped.rendering()).functions


def unrounded(figure: Figure) -> tuple[float, ...]:
    """The project's mean, percentages or p of a row; empty where the row counts, ranks or sets ranges."""
    named, study = functions(), shipped.rendering().study
    scale, by, group = figure.scale, figure.group_by, figure.group
    match figure.measure:
        case "mean":
            return (named["mean"](scale) if group == "all" else named["group_mean"](scale, by, group),)
        case "significant_pair" if scale != "all" and group != "all":
            return (named["p_pair"](scale, by, *group.split("|")),)
        case "significant_pair":
            return (min(named["p_min"](s.id, by) for s in study.scales if scale in (s.id, "all")),)
        case "pct":
            return (named["pct"](by, group),)
    shares = figure.measure.split("_vs_")
    if set(shares) <= side_measures(study) | option_measures(study).keys():
        if figure.item in functions()["items"](scale):
            return tuple(named[share](figure.item) for share in shares)
        if figure.period in [period.id for period in study.periods]:
            return tuple(named[share](scale, figure.period) for share in shares)
    return ()


def numbers(row: Mapping[str, str]) -> tuple[float, ...]:
    """What R arrives at: no, one or two numbers."""
    return tuple(float(row[name]) for name in ("first", "second") if row[name])


def printed(figure: Figure, found: tuple[float, ...], holds: str) -> str:
    """R's numbers as the reconciliation writes them."""
    if not found:
        return "holds" if holds == "TRUE" else "fails"
    if figure.measure == "significant_pair":
        return "p below 0.001" if found[0] < 0.001 else f"p = {found[0]:.3f}"
    place = Decimal(1).scaleb(-figure.decimals)
    texts = [str(Decimal(str(number)).quantize(place, ROUND_HALF_UP)) for number in found]
    return (" to " if figure.value_high else " and ").join(texts)


def as_coarse_as(mine: str, by_r: str) -> str:
    """R's p with no more digits than a test with a small group is printed with: its side of 0.05."""
    if mine not in ("p below 0.05", "p 0.05 or more"):
        return by_r
    small = by_r.startswith("p below") or float(by_r.removeprefix("p = ")) < 0.05
    return "p below 0.05" if small else "p 0.05 or more"


def test_every_row_that_rests_on_answers_was_looked_at(folder: Path) -> None:
    assert [row["id"] for row in read("second-look-rows.csv", folder)] == list(figures())
    assert len(figures()) == len(verdicts()) == 331


def test_r_comes_to_the_same_verdict_on_every_row(folder: Path) -> None:
    rows = read("second-look-rows.csv", folder)
    assert {row["id"]: row["holds"] for row in rows} == {name: VERDICTS[said] for name, said in verdicts().items()}
    assert {row["id"] for row in rows if row["holds"] == "FALSE"} == {f.id for f in figures().values() if f.erratum}


def test_r_arrives_at_the_same_printed_number_in_every_row(folder: Path) -> None:
    rows = read("second-look-rows.csv", folder)
    by_r = {row["id"]: printed(figures()[row["id"]], numbers(row), row["holds"]) for row in rows}
    mine = {name: shipped.reconciled()[name].reproduced for name in figures()}
    assert {name: as_coarse_as(mine[name], text) for name, text in by_r.items()} == mine


def test_r_arrives_at_the_same_unrounded_number_wherever_there_is_one(folder: Path) -> None:
    compared: Counter[str] = Counter()
    for row in read("second-look-rows.csv", folder):
        figure = figures()[row["id"]]
        mine = unrounded(figure)
        if mine:
            error = P_ERROR if figure.measure == "significant_pair" else EXACT
            assert numbers(row) == pytest.approx(mine, rel=0, abs=error), row
        else:  # counts, ranks, ranges of rounded numbers
            assert all(number == int(number) for number in numbers(row)), row
        compared[figure.measure if mine else "whole"] += 1
    assert compared["mean"] == 48
    assert compared["significant_pair"] == 54
    assert compared["whole"] == 102


def changed(row: dict[str, str]) -> dict[str, str]:
    """A row that claims something else: a printed number one unit further, pairs turned round, another level of p."""
    made = dict(row)
    for name in ("value", "value_high"):
        if row[name]:
            made[name] = f"{float(row[name]) + 10.0 ** -int(row['decimals'] or 0):.{row['decimals'] or 0}f}"
    made["group"] = "|".join(reversed(row["group"].split("|")))
    made["rule"] = row["rule"].replace("0.05", "0.6")
    return made


def test_r_and_the_project_judge_a_changed_register_alike(tmp_path: Path) -> None:
    """Both see a departure, and the same ones: that they agree on the printed register is not for want of looking."""
    export = tmp_path / "data" / shipped.EXPORT.name
    export.parent.mkdir()
    for path in (shipped.EXPORT, *shipped.STUDY.glob("*.csv")):
        shutil.copy(path, tmp_path / path.relative_to(shipped.STUDY))
    rows = [changed({**row, "erratum": ""}) for row in read("published.csv", shipped.STUDY) if row["id"] in figures()]
    with (tmp_path / "published.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    run("second-look.R", export, tmp_path)
    by_r = {row["id"]: row["holds"] for row in read("second-look-rows.csv", tmp_path)}
    study = shipped.rendering().study
    files = {**study.files, "published": tmp_path / "published.csv"}
    register = load_register(replace(study, files=files, corrections={}))
    lines = reconcile(replace(shipped.rendering(), register=register), shipped.numbers())
    assert by_r == {line.figure.id: VERDICTS[line.status] for line in lines}
    assert Counter(by_r.values())["FALSE"] > 260
    assert Counter(by_r.values())["TRUE"] > 20


# Every quantity, whether the register states it or not


@cache
def second_look(folder: Path) -> dict[tuple[str, str, str, str], tuple[int, float]]:
    """What R reads from the export: quantity, scale, item, period or grouping, group or pair -> n and value."""
    return {
        (row["quantity"], row["scale"], row["name"], row["group"]): (int(row["n"]), float(row["value"]))
        for row in read("second-look.csv", folder)
    }


def entries(folder: Path, *quantities: str) -> Iterator[tuple[tuple[str, str, str, str], int, float]]:
    for key, (n, value) in second_look(folder).items():
        if key[0] in quantities:
            yield key, n, value


def test_scale_means_agree(folder: Path) -> None:
    seen = [(scale, n, mean) for (_, scale, _, _), n, mean in entries(folder, "mean")]
    assert [scale for scale, _, _ in seen] == [scale.id for scale in shipped.rendering().study.scales]
    for scale, n, mean in seen:
        assert functions()["mean"](scale) == pytest.approx(mean, rel=0, abs=EXACT)
        assert shipped.theme(scale).overall.base == n
        assert shipped.theme(scale).overall.value == pytest.approx(mean, abs=0.005 + 1e-9)


def test_group_means_agree(folder: Path) -> None:
    looked = second_look(folder)
    for (_, *of), _, mean in entries(folder, "group_mean"):
        assert functions()["group_mean"](*of) == pytest.approx(mean, rel=0, abs=EXACT), of
    shown = [(f.scale.id, row) for f in shipped.themes() for row in f.groups[f.groups["shown"]].itertuples()]
    assert len(shown) > 120
    for scale, row in shown:
        n, mean = looked["group_mean", scale, row.grouping, row.group]
        assert pd.isna(row.n) or row.n == n  # the size of one group may be hidden to protect another
        # Groups under fifty are shown with one decimal, under twenty to the nearest half.
        step = 0.01 if n >= 50 or row.kind == "reproduced" else 0.1 if n >= 20 else 0.5
        assert row.mean == pytest.approx(mean, abs=step / 2 + 1e-9), row


def test_every_test_of_groups_agrees(folder: Path) -> None:
    """Welch's p of each scale and grouping, Games-Howell's of each pair; neither side tests what the other does not."""
    welch, pairs = {}, {}
    for scale in shipped.rendering().study.scales:  # before anything is made coarser to protect small groups
        theme = shipped.theme_in_full(scale.id)
        for test in theme.tests.dropna(subset=["p"]).itertuples():
            welch[theme.scale.id, test.grouping] = test.p
        for pair in theme.pairs.itertuples():
            pairs[theme.scale.id, pair.grouping, frozenset((pair.a, pair.b))] = pair.p
    by_r = {(scale, by): p for (_, scale, by, _), _, p in entries(folder, "p_welch")}
    assert by_r == pytest.approx(welch, rel=0, abs=P_ERROR)
    by_r = {(scale, by, frozenset(pair.split("|"))): p for (_, scale, by, pair), _, p in entries(folder, "p_pair")}
    assert by_r == pytest.approx(pairs, rel=0, abs=P_ERROR)
    assert (len(welch), len(pairs)) == (33, 283)


def test_shares_agree(folder: Path) -> None:
    shown = shipped.numbers()
    seen: Counter[str] = Counter()
    for (measure, scale, name, _), n, share in entries(folder, *side_measures(shipped.rendering().study)):
        of = (name,) if name in functions()["items"](scale) else (scale, name)
        assert functions()[measure](*of) == pytest.approx(share, rel=0, abs=EXACT)
        number = shown[f"{scale}.{measure}.{name}"]
        if number.kind != "hidden":
            assert (number.base, number.value) == (n, math.floor(share + 0.5)), number.key
            seen[measure] += 1
    assert seen["pct_positive"] == seen["pct_negative"] == 47
    assert min(seen[measure] for measure in ("pct_improved", "pct_no_change", "pct_worse")) >= 20


def test_counts_of_respondents_agree(folder: Path) -> None:
    shown = shipped.people().numbers
    seen = 0
    for (quantity, _, by, group), n, value in entries(folder, "n_complete", "n"):
        if quantity == "n_complete":
            assert shown["respondents.n_complete"].value == value
        else:
            assert shown[f"respondents.n.{by}.{group}"].value == value == functions()["n"](by, group)
            assert shown[f"respondents.pct.{by}.{group}"].value == pytest.approx(100 * value / n, abs=0.05)
        seen += 1
    assert seen == 1 + 24 + 32
