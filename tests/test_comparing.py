"""Comparisons of groups: against SciPy and statsmodels; what is hidden; what degenerate data give."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import shipped
from survey_report import comparison_text as text
from survey_report.findings.comparing import AllComparisons, Comparing, all_comparisons, comparing_findings
from survey_report.findings.other_methods import METHODS, cluster_question, compared_otherwise, pooled_scores
from survey_report.marks import Style
from survey_report.notebook import csv_text
from survey_report.numbers import NOT_SHOWN
from survey_report.rendering import Rendering, open_rendering
from survey_report.responses import read_responses
from survey_report.scales import item_scores, scale_scores
from survey_report.statistics.adjusted import adjusted_mean
from survey_report.statistics.clustered import random_intercept
from survey_report.statistics.sensitivity import brunner_munzel_pairs
from survey_report.study_load import load_study
from survey_report.synthesis import synthesise

sys.path.insert(0, str(Path(__file__).parent / "synthesis"))
from second_study import write_second_study

STYLE, PLAIN = Style("csrr-2023", True), Style("csrr-2023", False)
SERVICES = (
    "community", "early-learning", "education", "health", "police", "residential", "social-work", "other-service",
)  # fmt: skip
TABLES = (text.sizes_table, text.differences_table, text.sensitivity_table)


@cache
def found(scale: str = "services") -> Comparing:
    with shipped.exactly():
        return comparing_findings(shipped.in_full(shipped.rendering()), scale)


@cache
def everything() -> AllComparisons:
    with shipped.exactly():
        return all_comparisons(shipped.in_full(shipped.rendering()))


def every_size() -> Rendering:
    return shipped.every_size(shipped.in_full(shipped.rendering()))


@cache
def with_every_size() -> Comparing:
    with shipped.exactly():
        return comparing_findings(every_size(), "services")


@cache
def all_with_every_size() -> AllComparisons:
    with shipped.exactly():
        return all_comparisons(every_size())


def samples(scale: str, grouping: str, groups: list[str]) -> list[np.ndarray]:
    """Scores of groups, picked out without the package's own tools."""
    rendering = shipped.in_full(shipped.rendering())
    scores = scale_scores(rendering.respondents, rendering.study.scale(scale), rendering.study)
    column = rendering.respondents[rendering.study.column(grouping)].astype("object")
    return [scores[(column == group) & scores.notna()].to_numpy() for group in groups]


def row_of(frame: pd.DataFrame, **where: object) -> pd.Series:
    met = np.logical_and.reduce([frame[name] == value for name, value in where.items()])
    assert met.sum() == 1
    return frame[met].iloc[0]


def own(respondents: pd.DataFrame) -> Rendering:
    """A user's own export: nothing is public already."""
    rendering = shipped.in_full(shipped.rendering())
    reading = replace(rendering.reading, shipped=False)
    policy = replace(rendering.policy, released=frozenset())
    return replace(rendering, respondents=respondents.reset_index(drop=True), policy=policy, reading=reading)


def told(found: Comparing) -> str:
    """All that the tables and sentences of a comparison say, and the data behind them."""
    data = [csv_text(frame) for frame in (found.groups, found.pairs, found.sensitivity)]
    return "\n".join([*(table(found, STYLE) for table in TABLES), *text.conclusion_sentences(found, STYLE), *data])


# Against other software.


def test_tests_and_pairs_are_scipy_s() -> None:
    groups = ["senior-leader", "manager", "frontline", "support-role"]
    scores = samples("services", "role", groups)
    welch = stats.f_oneway(*scores, equal_var=False)
    test = row_of(with_every_size().tests, grouping="role")
    assert (test.statistic, test.p) == pytest.approx((welch.statistic, welch.pvalue))
    assert (test.pairs, test.df_between) == (6, 3)
    howell = stats.tukey_hsd(*scores, equal_var=False)
    interval = howell.confidence_interval(0.95)
    for i, a in enumerate(groups):
        for j, b in enumerate(groups[i + 1 :], i + 1):
            pair = row_of(with_every_size().pairs, grouping="role", a=a, b=b)
            assert pair.difference == pytest.approx(scores[i].mean() - scores[j].mean())
            assert (pair.low, pair.high) == pytest.approx((interval.low[i, j], interval.high[i, j]), abs=1e-5)
            assert pair.p == pytest.approx(howell.pvalue[i, j], abs=1e-5)


def test_spread_and_sizes_follow_from_the_scores() -> None:
    groups = ["public", "third", "private", "other-sector"]
    scores = samples("services", "sector", groups)
    for group, sample in zip(groups, scores, strict=True):
        row = row_of(found().groups, grouping="sector", group=group)
        assert (row.n, row.sd) == (len(sample), pytest.approx(sample.std(ddof=1)))
    n = sum(len(sample) for sample in scores)
    excess = 3 * (stats.f_oneway(*scores, equal_var=False).statistic - 1)
    test = row_of(found().tests, grouping="sector")
    assert test.omega == pytest.approx(excess / (excess + n), abs=5e-4)
    assert test.omega_low < test.omega < test.omega_high
    pair = row_of(found().pairs, grouping="sector", a="public", b="third")
    spread = np.sqrt((scores[0].var(ddof=1) + scores[1].var(ddof=1)) / 2)
    assert pair.g == pytest.approx(pair.difference / spread, rel=0.01)  # less a small correction
    assert pair.g_low < pair.g < pair.g_high


def test_other_methods_are_scipy_s_where_it_has_them() -> None:
    groups = ["under-1-year", "1-to-3-years", "3-to-5-years", "5-years-plus"]
    scores = samples("services", "tenure", groups)
    of = {row.method: row for row in found().sensitivity.itertuples() if row.grouping == "tenure"}
    assert list(of) == list(METHODS)
    assert of["welch"].p == pytest.approx(stats.f_oneway(*scores, equal_var=False).pvalue)
    assert of["classical"].p == pytest.approx(stats.f_oneway(*scores).pvalue)
    assert of["order"].p == pytest.approx(stats.kruskal(*scores).pvalue)
    assert of["classical"].found == (np.triu(stats.tukey_hsd(*scores).pvalue, 1)[np.triu_indices(4, 1)] < 0.05).sum()


def test_the_share_of_variance_between_areas_is_statsmodels_and_stands_in_the_table() -> None:
    rendering = shipped.rendering()
    scores = scale_scores(rendering.respondents, rendering.study.scale("transitions"), rendering.study)
    frame = pd.DataFrame({"score": scores, **rendering.respondents[["tenure", "local_authority"]].astype("object")})
    fit = sm.MixedLM.from_formula("score ~ C(tenure)", frame.dropna(), groups="local_authority").fit(reml=True)
    between = float(fit.cov_re.iloc[0, 0])
    table = found("transitions").sensitivity
    row = row_of(table, method="mixed", grouping="tenure")
    assert row["icc"] == pytest.approx(between / (between + fit.scale), abs=1e-4)
    assert row["icc"] > 0.001
    assert table.loc[table["method"] != "mixed", "icc"].isna().all()
    assert f"ICC\u00a0{row['icc']:.3f}" in text.sensitivity_table(found("transitions"), STYLE)


def test_holm_is_over_the_groupings_of_a_scale_and_over_all_tests() -> None:
    from statsmodels.stats.multitest import multipletests

    of = {row.grouping: row.p for row in with_every_size().sensitivity.itertuples() if row.method == "holm"}
    p = with_every_size().tests["p"].to_numpy()
    assert list(of.values()) == pytest.approx(multipletests(p, method="holm")[1])
    assert with_every_size().tests["p_holm"].to_list() == pytest.approx(list(of.values()))
    tests = all_with_every_size().tests.dropna(subset="p")
    assert tests["p_holm"].to_list() == pytest.approx(multipletests(tests["p"], method="holm")[1])


def test_the_mean_of_all_answers_has_the_variance_of_a_regression_with_answers_clustered_in_persons() -> None:
    rendering = shipped.in_full(shipped.rendering())
    study, scale = rendering.study, rendering.study.scale("services")
    items = item_scores(rendering.respondents, scale.items, study)
    sector = rendering.respondents[study.column("sector")].astype("object")
    scores = pooled_scores(items, sector)
    long = items.stack().rename("score").rename_axis(["person", "item"]).reset_index()
    long["sector"] = long["person"].map(sector)
    long = long.dropna()
    design = pd.get_dummies(long["sector"]).astype(float)
    model = sm.OLS(long["score"], design)
    fit = model.fit(cov_type="cluster", cov_kwds={"groups": long["person"], "use_correction": False})
    for group in design.columns:
        mine = scores[(sector == group) & scores.notna()]
        n = len(mine)
        assert mine.mean() == pytest.approx(fit.params[group])
        assert mine.std(ddof=1) / np.sqrt(n) == pytest.approx(fit.bse[group] * np.sqrt(n / (n - 1)))


def test_the_ways_to_score_give_the_means_that_they_say() -> None:
    rendering = shipped.in_full(shipped.rendering())
    scale = rendering.study.scale("services")
    items = item_scores(rendering.respondents, scale.items, rendering.study)
    values = items.to_numpy()
    means = dict(zip(found().means["method"], found().means["mean"], strict=True))
    assert means["pooled"] == pytest.approx(np.nanmean(values))
    answered = ~np.isnan(values).all(axis=1)
    assert means["one"] == pytest.approx(np.nanmean(values[answered], axis=1).mean())
    assert found().overall.value == pytest.approx(round(means["welch"], 2))
    enough = (~np.isnan(values)).sum(axis=1) >= len(scale.items) / 2  # the same people as in the main analysis
    adjusted = adjusted_mean(items[enough])
    assert means["adjusted"] == pytest.approx(adjusted.mean)
    sector = rendering.respondents[rendering.study.column("sector")][enough]
    parts = [part.to_numpy() for _, part in adjusted.persons.groupby(sector.astype("object"))]
    p = row_of(found().sensitivity, method="adjusted", grouping="sector")["p"]
    assert p == pytest.approx(stats.f_oneway(*parts, equal_var=False).pvalue)


# What the page says.


def test_chance_is_a_twentieth_of_the_tests() -> None:
    numbers = {key.split(".")[1]: number.value for key, number in everything().numbers.items()}
    tests = everything().tests
    assert numbers["n_tests"] == tests["p"].notna().sum() == 33
    assert numbers["n_significant"] == (tests["p"] < 0.05).sum()
    assert numbers["by_chance"] == 1.7  # 33 / 20, rounded half up
    assert (tests["reason"] != "").sum() == 2  # one scale was put to leaders, nearly all of one sector
    assert all(word in text.all_sentences(everything(), STYLE)[0] for word in ("33", "14", "1.7", "12"))
    assert text.all_table(everything(), STYLE).count("not tested") == 2


def test_tests_say_the_same_as_the_theme() -> None:
    theme = shipped.theme_in_full("services")
    pd.testing.assert_frame_equal(with_every_size().pairs[theme.pairs.columns], theme.pairs)
    pd.testing.assert_frame_equal(with_every_size().groups[theme.groups.columns], theme.groups)
    assert with_every_size().numbers.items() <= theme.numbers.items()


def every_pair(pairs: pd.DataFrame) -> set[tuple[str, str, str]]:
    return set(zip(pairs["grouping"], pairs["a"], pairs["b"], strict=True))


def test_no_method_counts_a_pair_that_is_not_told() -> None:
    """How many pairs differ by a method beside how many do in the table of pairs would say which of them do."""
    rendering, theme = every_size(), shipped.theme_in_full("services")
    scores = scale_scores(rendering.respondents, theme.scale, rendering.study)
    differing = theme.pairs[theme.pairs["significant"].astype(bool)].iloc[0]
    hidden = (differing.grouping, differing.a, differing.b)
    told = every_pair(theme.pairs) - {hidden}
    frame, steady = compared_otherwise(rendering, theme.scale, scores, theme.tests, theme.pairs, told, alpha=0.05)
    whole, _ = compared_otherwise(
        rendering, theme.scale, scores, theme.tests, theme.pairs, every_pair(theme.pairs), alpha=0.05
    )
    main, before = (row_of(rows, method="welch", grouping=differing.grouping) for rows in (frame, whole))
    assert (main["found"], main["of"]) == (before["found"] - 1, before["of"] - 1)
    assert main["p"] == before["p"]
    assert hidden not in steady


def test_pairs_count_after_holm_only_where_their_grouping_still_differs() -> None:
    rendering, theme = every_size(), shipped.theme_in_full("services")
    scores = scale_scores(rendering.respondents, theme.scale, rendering.study)
    weak = theme.tests.assign(p=[0.04, 0.001, 0.02, 0.03, 0.5])
    frame, steady = compared_otherwise(
        rendering, theme.scale, scores, weak, theme.pairs, every_pair(theme.pairs), alpha=0.05
    )
    after = frame[frame["method"] == "holm"].set_index("grouping")
    assert after["p"].to_list() == pytest.approx([0.09, 0.005, 0.08, 0.09, 0.5])
    assert after["found"].to_list() == [0, 2, 0, 0, 0]
    assert after["lost"].to_list() == [4, 0, 2, 1, 0]
    assert {grouping for grouping, *_ in steady} == {"sector"}


def test_pairs_of_the_other_methods_are_adjusted_for_their_number() -> None:
    rendering, theme = shipped.in_full(shipped.rendering()), shipped.theme_in_full("services")
    noise = pd.Series(np.random.default_rng(8).normal(size=len(rendering.respondents)), rendering.respondents.index)
    frame, steady = compared_otherwise(
        rendering, theme.scale, noise, theme.tests, theme.pairs, every_pair(theme.pairs), alpha=0.05
    )
    service, area = (rendering.respondents[rendering.study.column(name)] for name in ("service", "local_authority"))
    mixed = random_intercept(noise, service, area, SERVICES, min_n=10, alpha=0.05)
    ranks = brunner_munzel_pairs({name: noise[service == name].to_numpy() for name in SERVICES})
    for method, pairs in (("mixed", mixed.pairs), ("order", ranks)):
        row = row_of(frame, method=method, grouping="service")
        assert row["found"] == (pairs["p_holm"] < 0.05).sum() < (pairs["p"] < 0.05).sum()
    assert row_of(frame, method="mixed", grouping="service")["p"] == pytest.approx(mixed.p)
    assert steady == frozenset()


def test_every_method_compares_the_same_groups() -> None:
    for frame in (found().sensitivity, found("strategic").sensitivity):
        compared = frame[frame["what"] == "pairs"]
        assert (compared.groupby("grouping")["of"].nunique() == 1).all()
    strategic = found("strategic").groups.set_index(["grouping", "group"])["note"]
    assert strategic["service", "education"] == "not tested"
    assert strategic["role", "other-role"] == "not asked"
    assert strategic["service", "health"] == ""
    line = next(line for line in text.sizes_table(found("strategic"), STYLE).split("\n") if "| Education" in line)
    assert "not tested" in line


def test_the_line_says_where_another_method_concludes_otherwise() -> None:
    plain = text.conclusion_sentences(found(), PLAIN)[0]
    assert plain.startswith("The conclusion does not change with the method")
    assert "Of the nine pairs that differ, all do so by every method" in plain
    assert "(invented)" not in plain
    assert "(invented)" in text.conclusion_sentences(found(), STYLE)[0]
    frame = found().sensitivity.copy()
    frame.loc[(frame["method"] == "order") & (frame["grouping"] == "role"), "differs"] = False
    frame.loc[(frame["method"] == "classical") & (frame["grouping"] == "integration"), "differs"] = True
    pairs = found().pairs.assign(steady=False)
    changed = text.conclusion_sentences(replace(found(), sensitivity=frame, pairs=pairs), PLAIN)[0]
    assert "role (the analysis of ranks finds no difference)" in changed
    assert "structural integration (the classical analysis finds a difference)" in changed
    assert "for the other groupings it does not" in changed
    assert "Of the nine pairs that differ, none do so by every method." in changed


def test_a_pair_stands_higher_group_first_whichever_way_it_was_tested() -> None:
    turned = found().pairs.rename(columns={"a": "b", "b": "a", "label_a": "label_b", "label_b": "label_a"})
    turned = turned.assign(
        difference=-turned["difference"], low=-turned["high"], high=-turned["low"], g=-turned["g"],
        g_low=-turned["g_high"], g_high=-turned["g_low"],
    )  # fmt: skip
    assert text.differences_table(replace(found(), pairs=turned), STYLE) == text.differences_table(found(), STYLE)


# Disclosure.


def test_small_groups_are_hidden_and_their_sizes_do_not_follow() -> None:
    respondents = shipped.in_full(shipped.rendering()).respondents
    others = respondents.index[respondents["role"] == "other-role"]
    small = comparing_findings(own(respondents.drop(others[3:])), "services")
    roles = small.groups[small.groups["grouping"] == "role"].set_index("group")
    assert pd.isna(roles.loc["other-role", ["n", "mean", "low", "high", "sd"]]).all()
    (covered,) = set(roles.index[roles["n"].isna()]) - {"other-role"}
    assert pd.isna(roles.loc[covered, "sd"]), "with its interval the deviation gives the size"
    assert not pd.isna(roles.loc[covered, "mean"])
    touched = small.pairs[(small.pairs["grouping"] == "role") & small.pairs[["a", "b"]].eq(covered).any(axis=1)]
    assert len(touched) == 3
    assert touched[["g", "g_low", "g_high"]].isna().all(axis=None)
    assert set(touched["reason"]) == {"the number of a group is not shown"}
    assert not small.pairs[["a", "b"]].eq("other-role").any(axis=None)
    line = next(line for line in text.sizes_table(small, STYLE).split("\n") if line.startswith("| Other role"))
    assert line.count(NOT_SHOWN) == 3
    assert not set(line.replace("fewer than 10", "")) & set("0123456789")


def test_a_mean_that_would_tell_the_answers_of_a_few_more_people_is_hidden() -> None:
    means = found("strategic").means.set_index("method")
    assert means.loc["one", "reason"] == "single answers could follow from it"
    assert pd.isna(means.loc["one", "mean"])
    rendering = shipped.in_full(shipped.rendering())
    scale = rendering.study.scale("strategic")
    items = item_scores(rendering.respondents, scale.items, rendering.study)
    given = items.notna().sum(axis=1)
    assert 0 < ((given > 0) & (given < len(scale.items) / 2)).sum() < 5


def test_a_handful_of_respondents_gives_reasons_and_no_numbers() -> None:
    few = own(shipped.in_full(shipped.rendering()).respondents.head(9))
    for scale in few.study.scales:
        small = comparing_findings(few, scale.id)
        assert small.groups.empty
        assert small.pairs.empty
        assert small.sensitivity.empty
        assert small.means["mean"].isna().all()
        assert small.tests.empty
        assert small.withheld == text.conclusion_sentences(small, STYLE)[0]
        assert text.differences_table(small, STYLE) == "No pair of groups could be tested."
        assert text.sensitivity_table(small, STYLE) == "No grouping could be tested."
        assert "invented" not in text.sizes_table(small, STYLE)
        assert "reproduced" not in text.sizes_table(small, STYLE)
    respondents = shipped.in_full(shipped.rendering()).respondents.copy()
    for question in few.study.scale("services").items:
        respondents[question.column] = pd.Series("good", respondents.index, dtype=respondents[question.column].dtype)
    alike = comparing_findings(own(respondents), "services")
    assert set(alike.tests["reason"]) == {"too few groups can be compared"}
    told_of_it = text.sizes_table(alike, STYLE)
    assert "not tested" in told_of_it
    assert "alike" not in told_of_it, "that all answers are alike tells what everybody answered"
    nothing = all_comparisons(few)
    assert nothing.numbers["comparisons.n_tests"].value == 0
    assert text.all_sentences(nothing, STYLE) == [nothing.withheld]


@given(size=st.integers(5, 120), seed=st.integers(0, 2**16), alike=st.booleans())
@settings(max_examples=8, deadline=None)
def test_thin_data_give_reasons_not_nonsense(size: int, seed: int, alike: bool) -> None:
    respondents = shipped.in_full(shipped.rendering()).respondents.sample(size, random_state=seed)
    scale = shipped.in_full(shipped.rendering()).study.scale("strategic" if seed % 2 else "transitions")
    if alike:
        for question in scale.items:
            respondents[question.column] = pd.Series(
                "good", index=respondents.index, dtype=respondents[question.column].dtype
            )
    thin = comparing_findings(own(respondents), scale.id)
    words = told(thin).replace("invented", "").lower()
    assert "nan" not in words
    assert "inf" not in words
    assert not thin.groups.loc[~thin.groups["shown"].astype(bool), ["n", "mean", "sd"]].notna().any(axis=None)
    for row in thin.groups[thin.groups["note"] != ""].itertuples():
        mine = thin.pairs[thin.pairs["grouping"] == row.grouping]
        assert row.group not in {*mine["a"], *mine["b"]}
    tested = thin.sensitivity
    assert (tested["p"].notna() | (tested["reason"] != "")).all()


# A study of another kind: two scales, no areas, a group that is reported but too small to test.


def test_a_study_without_areas_has_no_random_intercept(tmp_path: Path) -> None:
    folder = write_second_study(tmp_path)
    study = load_study(folder)
    synthesise(study, folder / study.export.file, log=lambda _: None)
    read_responses(folder, None, tmp_path / "build")
    rendering = open_rendering(folder, tmp_path / "build")
    assert cluster_question(study) == ""
    for scale in study.scales:
        second = comparing_findings(rendering, scale.id)
        assert list(dict.fromkeys(second.sensitivity["method"])) == [name for name in METHODS if name != "mixed"]
        assert set(second.tests["grouping"]) == {"branch", "member"}
        assert "nan" not in told(second).lower()
    hill = rendering.respondents.index[rendering.respondents["branch"] == "hill"]
    fewer = replace(rendering, respondents=rendering.respondents.drop(hill[6:]).reset_index(drop=True))
    row = row_of(comparing_findings(fewer, "visits").groups, grouping="branch", group="hill")
    assert row.note == "not tested"


def test_a_group_that_answered_alike_has_the_words_of_every_group_that_is_not_tested() -> None:
    rendering = own(shipped.rendering().respondents)
    respondents, scale = rendering.respondents.copy(), rendering.study.scale("relationships")
    for question in scale.items:
        answers = rendering.study.response_sets[question.response_set]
        middle = sorted(answers.scores, key=answers.scores.__getitem__)[2]
        respondents.loc[respondents["service"] == "police", question.column] = middle
    rows = comparing_findings(replace(rendering, respondents=respondents), scale.id).groups
    alike = row_of(rows, grouping="service", group="police")
    small = row_of(rows, grouping="role", group="other-role")
    assert alike.note == small.note == "not tested"
    assert not alike.shown
    assert pd.isna(alike["mean"])
    assert pd.isna(alike.sd)
    assert alike.reason == "single answers could follow from it"
