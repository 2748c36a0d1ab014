"""The samples of Californian schools of R's survey as surveys: weights, groups, and schools that come by district."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from beside_r import EXACT, ByR, Made, as_computed, as_shown, as_told, looked_at_by_r
from made_surveys import Answers, Item, Survey, group_id

import shipped
from r_values import P_ERROR, assert_kept, read, run
from survey_report.findings.clustered import clustered_findings
from survey_report.findings.weighting import weighting_findings, weights_of
from survey_report.frames import each_row
from survey_report.statistics.equivalence import equivalence_of_contrast

pytestmark = pytest.mark.slow
POINTS = tuple(f"Point {n}" for n in range(1, 6))
ITEMS = {"now": False, "before": False, "unschooled": True}
GROUPS = {"stype": ("E", "H", "M"), "target": ("No", "Yes")}
FITTED = 1e-5  # two searches


def values(data: str) -> dict[tuple[str, str, str], float]:
    """R's kept values of one sample: (quantity, a, b) -> value."""
    return {
        (row["quantity"], row["a"], row["b"]): float(row["value"]) for row in read("schools.csv") if row["data"] == data
    }


def survey(rows: pd.DataFrame, sample: str) -> Survey:
    """One sample as a survey: by type and target with margins, or by district and the level of a district."""
    mine = rows[rows["sample"] == sample]
    columns = {item: [POINTS[point - 1] for point in mine[item]] for item in ITEMS}
    answers = {"school": Answers("school", POINTS, tuple(range(1, 6)))}
    items = tuple(Item(item, "school", turned) for item, turned in ITEMS.items())
    if sample != "apiclus1":
        shares = [(*a.split(" "), share) for (_, a, _), share in values("margin").items()]
        margins = tuple((name, group_id(group), share) for name, group, share in shares)
        columns |= {name: mine[name].tolist() for name in GROUPS}
        return Survey(sample, answers, items, GROUPS, pd.DataFrame(columns), margins=margins)
    districts = sorted(set(mine["district"]))
    columns["district"] = [f"District {district}" for district in mine["district"]]
    levels = {f"District {district}": f"Level {place % 3 + 1}" for place, district in enumerate(districts)}
    return Survey(sample, answers, items, {"district": tuple(levels)}, pd.DataFrame(columns), levels)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where R has just written the samples; skips where it is not installed."""
    place = tmp_path_factory.mktemp("schools")
    run("schools.R", place)
    return place


@pytest.fixture(scope="module")
def schools(folder: Path) -> tuple[dict[str, Made], ByR]:
    rows = pd.read_csv(folder / "schools-answers.csv")
    made = {sample: Made(survey(rows, sample), folder) for sample in ("apisrs", "apistrat", "apiclus1")}
    return made, looked_at_by_r([made["apisrs"], made["apistrat"]], folder)


def test_kept_values_are_what_r_gives(folder: Path) -> None:
    assert_kept("schools.csv", folder, rel=1e-6)


def test_every_number_is_that_of_r(schools: tuple[dict[str, Made], ByR]) -> None:
    made, by_r = [schools[0][sample] for sample in ("apisrs", "apistrat")], schools[1]
    computed, shown = as_computed(made, by_r), as_shown(made, by_r)
    print("\n".join([*computed.lines(), "", *shown.lines()]))
    assert computed.wrong == shown.wrong == as_told(made, by_r).wrong == []
    assert computed.counts["answer"] == 30
    assert computed.counts["pair_p"] == 8


@pytest.mark.parametrize("sample", ["apisrs", "apistrat"])
def test_weighted_means_are_those_of_the_survey_package(schools: tuple[dict[str, Made], ByR], sample: str) -> None:
    rendering, by_r = schools[0][sample].rendering, {name: value for (name, *_), value in values(sample).items()}
    weights = weights_of(rendering.respondents, rendering.study)
    assert weights.design_effect == pytest.approx(by_r["design_effect"], rel=1e-8)
    assert weights.effective_n == pytest.approx(by_r["effective_n"], rel=1e-8)
    assert weights.weights.max() == pytest.approx(by_r["largest"], rel=1e-8)
    with shipped.exactly():
        found = weighting_findings(rendering).means.iloc[0]
    assert found["unweighted"] == pytest.approx(by_r["plain"], abs=EXACT)
    assert found["weighted"] == pytest.approx(by_r["mean"], abs=EXACT)
    assert [found["low"], found["high"]] == pytest.approx([by_r["low"], by_r["high"]], abs=EXACT)
    printed = weighting_findings(rendering).means.iloc[0]
    for name, value in (("unweighted", "plain"), ("weighted", "mean"), ("low", "low"), ("high", "high")):
        assert printed[name] == pytest.approx(by_r[value], abs=0.005 + EXACT), name


def test_districts_are_compared_as_by_lme4(schools: tuple[dict[str, Made], ByR]) -> None:
    rendering, by_r = shipped.every_size(shipped.in_full(schools[0]["apiclus1"].rendering)), values("apiclus1")
    with shipped.exactly():
        found = clustered_findings(rendering, "level")
    (test,) = each_row(found.tests)
    assert (test.clusters, test.reason, test.left_out) == (15, "", "")
    assert test.icc == pytest.approx(by_r["icc", "mixed", ""], rel=FITTED)
    assert test.statistic == pytest.approx(by_r["f", "mixed", ""], rel=FITTED)
    assert test.df_within == by_r["df", "mixed", ""] == 12
    for column, method in (("p", "mixed"), ("means_p", "plain"), ("weighted_p", "weighted")):
        assert getattr(test, column) == pytest.approx(by_r["p", method, ""], abs=P_ERROR), column
    for pair in each_row(found.pairs):
        name = f"{pair.a} {pair.b}"
        for column in ("difference", "se", "low", "high"):
            assert getattr(pair, column) == pytest.approx(by_r[column, "mixed", name], rel=1e-4, abs=1e-6), column
        assert pair.p == pytest.approx(by_r["pair_p", "mixed", name], abs=1e-5)
        assert pair.p_holm == pytest.approx(by_r["p_holm", "mixed", name], abs=1e-5)
        for bound in (0.5, 1.0, 2.0):
            tested = equivalence_of_contrast(pair.difference, pair.se, pair.df, bound=bound, alpha=0.05)
            p = by_r["equivalence_p", f"{bound:g}", name]
            assert tested.p == pytest.approx(p, abs=1e-5)
            assert tested.equivalent == (p < 0.05) == (-bound < tested.low < tested.high < bound)
    assert len(found.pairs) == 3


def test_the_mean_of_a_district_is_hidden_where_it_has_few_schools(schools: tuple[dict[str, Made], ByR]) -> None:
    """Fifteen districts of 1 to 37 schools: no size under five is in the table of respondents."""
    found = schools[0]["apiclus1"].published.people
    shown = [found.numbers[key].value for key in found.breakdown("district")["n_key"]]
    assert all(value is None or value >= 5 for value in shown)
    assert any(value is None for value in shown)
