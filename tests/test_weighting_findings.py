"""A study with margins of its population: weights by hand where one margin decides, and what is shown of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import shipped
from supplement import libraries, made_up
from survey_report.errors import UserError
from survey_report.findings.weighting import check_margins, weighting_findings, weights_of
from survey_report.marks import Style
from survey_report.rendering import Rendering
from survey_report.scales import scale_scores
from survey_report.supplement_tables import margins_table, weighted_table, weighting_sentences

ONE = "variable,category,share\nmember,yes,80\nmember,no,20\n"
TWO = ONE + "branch,town,50\nbranch,harbour,30\nbranch,hill,20\n"
STYLE = Style("libraries", False)


def rendering(folder: Path, margins: str, n: int = 300) -> Rendering:
    return made_up(libraries(folder, margins), n)


def test_one_margin_weighs_as_by_hand(tmp_path: Path) -> None:
    one = rendering(tmp_path, ONE)
    member = one.respondents["member"].astype(str)
    weight = member.map({"yes": 0.8 / (member == "yes").mean(), "no": 0.2 / (member == "no").mean()})
    with shipped.exactly():
        found = weighting_findings(one)
    assert found.numbers["weighting.design_effect"].value == pytest.approx(float((weight**2).mean()), abs=0.005)
    effective = float(weight.sum() ** 2 / (weight**2).sum())
    assert found.numbers["weighting.effective_n"].value == round(effective)
    for row in found.means.itertuples():
        scores = scale_scores(one.respondents, one.study.scale(row.scale), one.study)
        given = scores.notna()
        assert row.unweighted == pytest.approx(float(scores.mean()))
        assert row.weighted == pytest.approx(float(np.average(scores[given], weights=weight[given])))
        assert row.low < row.weighted < row.high
        assert row.n == given.sum()


def test_two_margins_are_both_met(tmp_path: Path) -> None:
    found = weighting_findings(rendering(tmp_path, TWO))
    assert found.margins["weighted"].tolist() == pytest.approx([80, 20, 50, 30, 20])
    assert found.margins["wanted"].tolist() == pytest.approx([80, 20, 50, 30, 20])
    assert found.margins["heading"].drop_duplicates().tolist() == ["Membership", "Branch"]
    text = margins_table(found, STYLE)
    assert "80.0%" in text
    assert "design effect" in weighting_sentences(found, STYLE)[0]
    assert len(weighted_table(found, STYLE).split("\n")) == 4


def test_a_small_group_s_share_is_not_shown(tmp_path: Path) -> None:
    whole = rendering(tmp_path, TWO)
    branch = whole.respondents["branch"]
    hill = np.flatnonzero(branch == "hill")
    few = whole.respondents.drop(index=hill[3:]).reset_index(drop=True)
    margins = weighting_findings(replace(whole, respondents=few)).margins.set_index("category")
    assert margins.loc[["hill"], ["respondents", "weighted"]].isna().all(axis=None)
    shown = margins.loc[["town", "harbour", "hill"], "respondents"].notna()
    assert shown.sum() == 1, "three of all would follow from the other two"


def test_few_answers_give_a_reason(tmp_path: Path) -> None:
    few = rendering(tmp_path, ONE, n=8)
    found = weighting_findings(few)
    assert (found.means["reason"] == "fewer than 20 respondents in all").all()
    assert found.means[["unweighted", "weighted", "low"]].isna().all(axis=None)
    assert "nan" not in weighted_table(found, STYLE)


def test_margins_that_cannot_be_met_are_told_before_anything_is_built(tmp_path: Path) -> None:
    wrong = rendering(tmp_path, "variable,category,share\nmember,yes,80\nmember,maybe,10\nshoes,big,100\n")
    problems = [str(problem) for problem in check_margins(wrong.respondents, wrong.study)]
    assert all(problem.startswith("margins.csv") for problem in problems)
    for words in ("shoes", "maybe", "do not sum to 100", "without a share"):
        assert any(words in problem for problem in problems), words
    with pytest.raises(UserError):
        weights_of(wrong.respondents, wrong.study)
    assert check_margins(pd.DataFrame(), replace(wrong.study, files={})) == []


def test_a_table_without_its_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="`share` is missing"):
        libraries(tmp_path, "variable,category,percent\nmember,yes,80\n")
