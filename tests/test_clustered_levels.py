"""Levels of areas with areas as the unit: against SciPy and statsmodels; verdicts; what is hidden or left out."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.multitest import multipletests

import shipped
from survey_report import cluster_text as text
from survey_report.charts.equivalence import equivalence_chart
from survey_report.findings.clustered import ClusteredLevels, at_bounds, clustered_findings
from survey_report.findings.theme import group_findings
from survey_report.marks import Style
from survey_report.notebook import csv_text
from survey_report.rendering import Rendering
from survey_report.scales import scale_scores
from survey_report.statistics.power import detectable
from survey_report.study import Bound
from survey_report.wording import in_words

STYLE, PLAIN = Style("csrr-2023", True), Style("csrr-2023", False)
AREA, LEVEL = "local_authority", "integration"


@cache
def found() -> ClusteredLevels:
    with shipped.exactly():
        return clustered_findings(shipped.in_full(shipped.rendering()), LEVEL)


def data(scale: str) -> pd.DataFrame:
    rendering = shipped.in_full(shipped.rendering())
    scores = scale_scores(rendering.respondents, rendering.study.scale(scale), rendering.study)
    columns = {"score": scores, "area": rendering.respondents[AREA], "level": rendering.respondents[LEVEL]}
    return pd.DataFrame(columns).dropna().astype({"area": "object", "level": "object"})


def own(respondents: pd.DataFrame) -> Rendering:
    rendering = shipped.in_full(shipped.rendering())
    policy = replace(rendering.policy, released=frozenset())
    return replace(rendering, respondents=respondents.reset_index(drop=True), policy=policy)


def test_means_of_areas_are_tested_as_scipy_tests_them() -> None:
    for row in found().tests.itertuples():
        means = data(row.scale).groupby(["level", "area"])["score"].mean()
        plain = stats.f_oneway(*(part.to_numpy() for _, part in means.groupby("level")))
        assert row.means_p == pytest.approx(plain.pvalue)
        people = stats.f_oneway(*(p["score"] for _, p in data(row.scale).groupby("level")), equal_var=False)
        assert row.naive_p == pytest.approx(people.pvalue)


def test_the_random_intercept_is_statsmodels_with_degrees_of_freedom_of_areas() -> None:
    rows = data("transitions")
    levels = ["full", "partial", "no-integration"]
    design = pd.DataFrame({level: (rows["level"] == level).astype(float) for level in levels})
    fit = sm.MixedLM(rows["score"], design, groups=rows["area"]).fit(reml=True)
    between, within = float(fit.cov_re.iloc[0, 0]), fit.scale
    test = found().tests.set_index("scale").loc["transitions"]
    assert test["icc"] == pytest.approx(between / (between + within), abs=1e-4)
    assert (test["df_between"], test["df_within"], test["clusters"]) == (2, 29, 32)
    covariance = fit.cov_params().loc[levels, levels]
    pairs = found().pairs[found().pairs["scale"] == "transitions"]
    for pair in pairs.itertuples():
        error = np.sqrt(
            covariance.loc[pair.a, pair.a] + covariance.loc[pair.b, pair.b] - 2 * covariance.loc[pair.a, pair.b]
        )
        assert pair.difference == pytest.approx(fit.params[pair.a] - fit.params[pair.b], abs=1e-4)
        assert pair.se == pytest.approx(error, abs=1e-4)
        half = stats.t.ppf(0.975, 29) * pair.se
        assert (pair.low, pair.high) == pytest.approx((pair.difference - half, pair.difference + half))


def test_equivalence_is_two_one_sided_tests_whatever_can_be_detected() -> None:
    reach = found().pairs.set_index(["scale", "a", "b"])
    assert set(found().equivalence["bound"]) == {bound.size for bound in found().bounds} == {0.1, 0.2}
    seen = set()
    for row in found().equivalence.itertuples():
        pair = reach.loc[(row.scale, row.a, row.b)]
        power = stats.nct.sf(stats.t.ppf(0.975, pair["df"]), pair["df"], row.bound / pair["se"])
        lower = stats.t.sf((pair["difference"] + row.bound) / pair["se"], pair["df"])
        upper = stats.t.cdf((pair["difference"] - row.bound) / pair["se"], pair["df"])
        assert row.p == pytest.approx(max(lower, upper))
        open_ended = "cannot tell" if power < 0.8 else "no difference found"
        assert row.verdict == ("negligible" if max(lower, upper) < 0.05 else open_ended)
        seen.add(row.verdict)
    assert seen == {"cannot tell", "negligible"}


def test_the_test_of_equivalence_decides_not_the_wider_interval() -> None:
    """At 0.075 with a standard error of 0.068 the interval of 90% lies within 0.2 and that of 95% does not."""
    error, half = 0.068, 0.068 * stats.t.ppf(0.975, 29)
    pair: dict[str, object] = {"scale": "s", "title": "S", "a": "x", "b": "y", "difference": 0.075, "se": error}
    pair |= {"df": 29.0, "low": 0.075 - half, "high": 0.075 + half, "detectable": detectable(error, 29, alpha=0.05)}
    bounds = shipped.rendering().study.bounds
    narrow, wide = at_bounds(pair, bounds, math.nan, 0.05)
    assert 0.075 + half > 0.2 > wide["high"]  # type: ignore[operator]
    assert (wide["equivalent"], wide["verdict"], narrow["verdict"]) == (True, "negligible", "cannot tell")
    further = dict(pair, difference=0.12, low=0.12 - half, high=0.12 + half)
    assert at_bounds(further, bounds, math.nan, 0.05)[1]["verdict"] == "no difference found"


def test_leadership_within_two_tenths() -> None:
    """R (lme4 and t on 29 degrees of freedom): full against partial p = .0233, full against none .0111."""
    mine = found().equivalence.query("scale == 'leadership' and bound == 0.2").set_index(["a", "b"])
    assert mine.loc[("full", "partial"), "p"] == pytest.approx(0.0233, abs=5e-5)
    assert mine.loc[("full", "no-integration"), "p"] == pytest.approx(0.0111, abs=5e-5)
    assert mine["detectable"].between(0.2, 0.25).any()
    row = text.equivalence_table(found(), PLAIN).split("leadership")[1]
    assert "negligible (0.023)" in row
    assert "negligible (0.011)" in row


def stating(*bounds: Bound) -> ClusteredLevels:
    rendering = shipped.in_full(shipped.rendering())
    with shipped.exactly():
        return clustered_findings(replace(rendering, study=replace(rendering.study, bounds=bounds)), LEVEL)


def test_without_bounds_nothing_is_claimed() -> None:
    none = stating()
    assert none.equivalence.empty
    assert not [key for key in none.numbers if "within" in key]
    words = [
        text.equivalence_table(none, PLAIN),
        *text.cluster_sentences(none, 0.05, PLAIN),
        text.alt_equivalence(none, PLAIN),
    ]
    assert "negligible" not in " ".join(words)
    assert none.told is none.pairs
    assert found().told is found().equivalence
    assert "Within" not in words[0]
    assert len(none.pairs) == len(found().pairs)
    assert "could be detected" in text.equivalence_caption(none)
    (only,) = text.bounds_sentences(none, 0.05, PLAIN)
    assert only.startswith("The study states no bounds of equivalence")
    assert none.bounds_by_scale == {scale: [] for scale in none.pairs["scale"].unique()}


def test_a_bound_in_deviations_is_that_share_of_the_deviation_of_all_scores() -> None:
    sd = stating(Bound(0.25, "sd", "A quarter."))
    pairs = sd.pairs.set_index(["scale", "a", "b"])
    for row in sd.equivalence.itertuples():
        pair = pairs.loc[(row.scale, row.a, row.b)]
        rendering = shipped.in_full(shipped.rendering())
        deviation = np.std(
            scale_scores(rendering.respondents, rendering.study.scale(row.scale), rendering.study).dropna(), ddof=1
        )
        assert row.bound == pytest.approx(0.25 * deviation)
        lower = stats.t.sf((pair["difference"] + row.bound) / pair["se"], pair["df"])
        upper = stats.t.cdf((pair["difference"] - row.bound) / pair["se"], pair["df"])
        assert row.p == pytest.approx(max(lower, upper))
        assert f"SD {deviation:.2f}" in text.equivalence_table(sd, PLAIN)
    said = text.bounds_sentences(sd, 0.05, PLAIN)[0]
    ends = [0.25 * value for value in sd.deviations.values()]
    assert f"smaller than 0.25 SD ({min(ends):.2f} to {max(ends):.2f} points): A quarter." in said
    assert "Within 0.25 SD?" in text.equivalence_table(sd, PLAIN)
    assert "integration.within_0_25_sd.n_tests" in sd.numbers


def test_a_deviation_of_few_is_not_told_by_a_bound() -> None:
    shipped_one = shipped.rendering()
    bounds = (Bound(0.25, "sd", "A quarter."), Bound(0.5, "points", "Half."))
    few = clustered_findings(
        replace(
            shipped_one,
            respondents=shipped_one.respondents.sample(48, random_state=3).reset_index(drop=True),
            policy=replace(shipped_one.policy, released=frozenset()),
            study=replace(shipped_one.study, bounds=bounds),
        ),
        LEVEL,
    )
    assert not few.equivalence.empty
    in_sd = few.equivalence[few.equivalence["stated"] == "0.25 SD"]
    assert set(in_sd["verdict"]) == {"not tested"}
    assert in_sd["bound"].isna().all()
    assert np.isnan(list(few.deviations.values())).all()
    words = " ".join(text.cluster_sentences(few, 0.05, PLAIN))
    assert "there was no test, since the deviation of all scores is not shown" in words
    assert "nan" not in words + text.equivalence_table(few, PLAIN) + " ".join(text.bounds_sentences(few, 0.05, PLAIN))


def test_many_claims_are_counted_as_many() -> None:
    rows = found().equivalence[found().equivalence["bound"] == 0.2]
    adjusted = multipletests(rows["p"], method="holm")[1]
    assert rows["p_holm"].to_numpy() == pytest.approx(adjusted)
    numbers = {key: number.value for key, number in found().numbers.items()}
    left = int(((adjusted < 0.05) & (rows["verdict"] == "negligible").to_numpy()).sum())
    assert numbers["integration.within_0_2.negligible_holm"] == left < numbers["integration.within_0_2.negligible"]
    assert numbers["integration.within_0_2.n_tests"] == 21
    assert numbers["integration.within_0_2.by_chance"] == pytest.approx(1.05)
    said = text.bounds_sentences(found(), 0.05, PLAIN)[3]
    assert "21 claims were tested at a level of 0.05 each" in said
    assert "at most 1.05 of them would pass on average" in said
    assert f"Holm's procedure {in_words(left)} remain" in said


def test_verdicts_are_counted_and_said_in_words_of_their_own() -> None:
    numbers = {key: number.value for key, number in found().numbers.items()}
    of_two = found().equivalence[found().equivalence["bound"] == 0.2]["verdict"]
    assert numbers["integration.n_clusters"] == 32
    assert numbers["integration.n_differences_estimated"] == 21
    assert numbers["integration.within_0_2.negligible"] == (of_two == "negligible").sum() > 0
    kinds = ("difference", "negligible", "no difference found", "cannot tell")
    made = found().equivalence.assign(verdict=[kinds[i // 2 % 4] for i in range(len(found().equivalence))])
    first, *bounds = text.cluster_sentences(replace(found(), equivalence=made), 0.05, PLAIN)
    assert first.startswith("None of the seven scales")
    assert "generator" not in first
    apart = ("a difference was found", "shown to be negligible, smaller", "not shown to be negligible", "cannot tell")
    for sentence in bounds:
        assert all(words in sentence for words in apart)
    invented = text.cluster_sentences(found(), 0.05, STYLE)
    assert text.MADE in invented[0]
    assert all(sentence.endswith("(invented).") for sentence in invented[1:])


def test_a_real_difference_between_areas_is_found() -> None:
    respondents = shipped.in_full(shipped.rendering()).respondents.copy()
    scale = shipped.in_full(shipped.rendering()).study.scale("services")
    full = respondents[LEVEL] == "full"
    for question in scale.items:
        best = shipped.in_full(shipped.rendering()).study.response_sets[question.response_set].options[0].id
        moved = full & respondents[question.column].notna() & (np.arange(len(respondents)) % 2 == 0)
        respondents.loc[moved, question.column] = best
    shifted = clustered_findings(own(respondents), LEVEL)
    mine = shifted.equivalence[shifted.equivalence["scale"] == "services"]
    assert set(mine[mine["a"] == "full"]["verdict"]) == {"difference"}
    assert shifted.tests.set_index("scale").loc["services", "p"] < 0.001
    first = text.cluster_sentences(shifted, 0.05, PLAIN)[0]
    assert first.startswith("One of the seven scales")
    assert first.endswith("local services.")


def test_a_level_of_two_areas_is_left_out() -> None:
    """From the plain and the weighted mean of two areas the mean of each could be worked out."""
    respondents = shipped.in_full(shipped.rendering()).respondents
    sizes = respondents[respondents[LEVEL] == "full"][AREA].value_counts()
    kept = [str(name) for name in sizes.index[:2]]
    thin = clustered_findings(own(respondents[(respondents[LEVEL] != "full") | respondents[AREA].isin(kept)]), LEVEL)
    row = thin.tests.set_index("scale").loc["services"]
    assert row["left_out"] == "Full structural integration"
    assert not thin.pairs[["a", "b"]].eq("full").any(axis=None)
    assert "without Full structural integration" in text.clustered_table(thin, STYLE)
    none = clustered_findings(own(respondents[respondents[LEVEL] == "full"]), LEVEL)
    assert set(none.tests["reason"]) == {"too few groups can be compared"}
    for frame in (none.pairs, none.equivalence):
        assert frame.empty
    assert text.equivalence_table(none, STYLE) == "No two levels could be compared."
    assert equivalence_chart(none.pairs, {}, span=4) is None
    assert text.alt_equivalence(none, STYLE) == "No two levels could be compared."
    assert "could be compared" in text.cluster_sentences(none, 0.05, STYLE)[0]


@pytest.mark.parametrize("size", [0, 9, 40, 90])
def test_thin_data_give_reasons_not_nonsense(size: int) -> None:
    thin = clustered_findings(own(shipped.in_full(shipped.rendering()).respondents.sample(size, random_state=1)), LEVEL)
    tables = [text.clustered_table(thin, STYLE), text.equivalence_table(thin, STYLE), text.alt_equivalence(thin, STYLE)]
    data = [csv_text(frame) for frame in (thin.tests, thin.pairs, thin.equivalence)]
    words = "\n".join([*tables, *data, *text.cluster_sentences(thin, 0.05, STYLE)]).lower()
    assert "nan" not in words
    assert "inf" not in words
    untested = thin.tests[thin.tests["reason"] != ""]
    assert untested[["p", "icc", "clusters"]].isna().all(axis=None)
    assert not set(untested["scale"]) & set(thin.pairs["scale"])
    assert (thin.tests["means_p"].notna() | (thin.tests["means_reason"] != "")).all()
    if size < 10:
        assert len(untested) == len(thin.tests)


def test_nothing_is_told_of_a_level_whose_mean_is_hidden() -> None:
    """A large level of which all but one answer is the last: from any figure of it the mean would follow."""
    everybody = shipped.rendering().respondents
    rendering = own(everybody.drop(everybody.index[everybody[LEVEL] == "partial"][100:]))
    scale, respondents = rendering.study.scale("relationships"), rendering.respondents.copy()
    of = respondents[LEVEL] == "partial"
    for question in scale.items:
        scores = rendering.study.response_sets[question.response_set].scores
        best, next_best = sorted(scores, key=scores.__getitem__)[:-3:-1]
        respondents.loc[of, question.column] = best
    respondents.loc[respondents.index[of][0], question.column] = next_best
    rendering = replace(rendering, respondents=respondents, study=replace(rendering.study, scales=(scale,)))
    all_scores = scale_scores(respondents, scale, rendering.study)
    groups, tests, pairs = group_findings(rendering, rendering.ledger(), scale, all_scores, only=LEVEL)
    row = groups.set_index("group").loc["partial"]
    assert not row["shown"]
    assert row["coarse"]
    assert tests["groups"].tolist() == [("full", "no-integration")]
    assert pairs[["a", "b"]].to_numpy().tolist() == [["full", "no-integration"]]
    assert pairs["difference"].notna().all()
    clustered = clustered_findings(rendering, LEVEL)
    assert clustered.tests["left_out"].tolist() == [rendering.study.grouping(LEVEL).category("partial").label]
    assert not {"partial"} & {*clustered.pairs["a"], *clustered.pairs["b"]}
