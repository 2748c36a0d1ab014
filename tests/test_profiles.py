"""Profiles: whose there are, what they print and only that, their pages and index; one that fails stops no other."""

from __future__ import annotations

import math
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pikepdf
import pytest
import yaml
from bs4 import BeautifulSoup
from scipy import stats

import shipped
from running import kernels
from survey_report.charts.contrasts import contrasts_chart, signed
from survey_report.cli import main
from survey_report.disclosure.sets import protected_answers
from survey_report.errors import UserError
from survey_report.files import write_text
from survey_report.findings import raised
from survey_report.findings.profile import Profile, profile_findings
from survey_report.findings.profile_groups import CROSS_SECTIONS, find_group, group_sizes, profile_groups, profile_sets
from survey_report.findings.profiles import Profiles, all_profiles, read_profiles, write_profiles
from survey_report.findings.raised import Raised, themes_raised
from survey_report.handover import PRIVATE, PROTECTED_FILE
from survey_report.marks import Style
from survey_report.notebook import Desk
from survey_report.profile_building import ROBOTS, chosen_groups, make_part, make_profiles, marked
from survey_report.profile_charts import alt_contrasts, groups_rows
from survey_report.profile_pages import index_rows, index_table, profile_source
from survey_report.profile_parts import Part, read_part
from survey_report.profile_rendering import common_digest, page_key
from survey_report.profile_tables import changes_table, items_table, raised_table, scales_table
from survey_report.profile_text import chance_sentences, change_sentences, item_sentences, scale_sentences
from survey_report.qualitative.theme_counts import theme_counts
from survey_report.rendering import Rendering, open_rendering
from survey_report.responses import read_responses
from survey_report.scales import scale_scores
from survey_report.study import CrossSection, Study
from survey_report.study_load import load_study

SECTION = CrossSection("front-social", "Frontline social work", (("service", "social-work"), ("role", "frontline")))
STYLE = Style("csrr-2023", synthetic=True)
NAN = math.nan


@pytest.fixture(scope="module")
def rendering() -> Rendering:
    """The shipped data with profiles of two groupings and a cross-section: protecting all of them takes long."""
    found = shipped.rendering()
    return replace(found, study=replace(found.study, profiles=("sector", "integration"), cross_sections=(SECTION,)))


@pytest.fixture(scope="module")
def profiles(rendering: Rendering) -> Profiles:
    return all_profiles(rendering, protected_answers(rendering, profile_sets(rendering)))


def one(rendering: Rendering, profiles: Profiles, grouping: str, group: str) -> Profile:
    return profile_findings(rendering, profiles, grouping, group)


def members(rendering: Rendering, grouping: str, group: str) -> pd.Series[bool]:
    sets = {part.id: part for part in profile_sets(rendering)}
    return (sets[grouping].members.astype("object") == group).fillna(False)


# ---- which groups ----


def test_every_group_of_the_study_has_a_profile(study: Study) -> None:
    groups = profile_groups(study)
    counts = pd.Series([group.grouping for group in groups]).value_counts().to_dict()
    assert counts == {"local_authority": 32, "service": 8, "sector": 4, "role": 5, "integration": 3}
    assert len({group.name for group in groups}) == len({group.page for group in groups}) == len(groups)


@pytest.mark.parametrize(
    ("grouping", "group", "message"),
    [("councils", "angus", "local_authority, service"), ("service", "angus", "community, early-learning"),
     ("service", "helth", "did you mean `health`?"), ("tenure", "under-1-year", "there is no grouping of this name")],
)  # fmt: skip
def test_unknown_names_are_refused_with_those_that_exist(study: Study, grouping: str, group: str, message: str) -> None:
    with pytest.raises(UserError, match="that has a profile") as caught:
        find_group(study, grouping, group)
    assert message in str(caught.value)


def test_the_command_refuses_unknown_names_before_it_builds(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(root / "studies" / "csrr-2023", tmp_path / "studies" / "csrr-2023")
    monkeypatch.chdir(tmp_path)
    read_responses(Path("studies/csrr-2023"), None, Path("_build/csrr-2023"))
    assert main(["profiles", "--grouping", "sector", "--group", "x; import os"]) == 2
    assert "groups with profiles: public, third, private, other-sector" in capsys.readouterr().err
    assert not Path("_site").exists()
    assert main(["profiles", "--study", "studies/other"]) == 2
    assert "csrr-2023" in capsys.readouterr().err


def test_a_study_without_profiles_says_how_to_get_some(study: Study) -> None:
    with pytest.raises(UserError, match=r"has no profiles[\s\S]*cross_sections"):
        chosen_groups(replace(study, profiles=(), cross_sections=()), "", "")
    assert [group.group for group in chosen_groups(study, "sector", "")] == [
        "public",
        "third",
        "private",
        "other-sector",
    ]


def test_two_groups_never_share_a_name(study: Study) -> None:
    """`sector` and `other-sector` would be called as `sector-other` and `sector` are."""
    sectors = study.grouping("sector")
    other = replace(sectors, id="sector-other", categories=(replace(sectors.categories[0], id="sector"),))
    made = replace(study, groupings=(*study.groupings, other), profiles=("sector", "sector-other"))
    with pytest.raises(UserError, match=r"two profiles share this name \(found: sector-other-sector\)"):
        profile_groups(made)
    assert len(profile_groups(replace(made, profiles=("role", "sector-other")))) == 6


# ---- parts ----


@pytest.mark.parametrize("count", [1, 2, 7, 60])
def test_parts_share_everything_out_and_nothing_twice(study: Study, count: int) -> None:
    groups = profile_groups(study)
    parts = [Part(number, count).of_all(groups) for number in range(1, count + 1)]
    assert sorted(one.name for part in parts for one in part) == sorted(one.name for one in groups)
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


@pytest.mark.parametrize("text", ["", "2", "0/3", "4/3", "1/0", "-1/2", "1/2/3", "a/b", "1 /2"])
def test_what_is_no_part_is_refused(text: str) -> None:
    with pytest.raises(UserError, match="as in `2/8`"):
        read_part(text)
    assert read_part("3/3") == Part(3, 3)


def test_a_page_that_a_part_left_stands_while_nothing_that_it_is_made_from_changes(tmp_path: Path) -> None:
    stage, place, document = tmp_path / "stage", tmp_path / "profiles", "g/a.qmd"
    first = {"_quarto.yml": "project: {render: [g/a.qmd]}", "report/theme/x.css": "p {}", "_variables.yml": "a: 1",
             "_build/s/findings/other.ipynb": "{}", document: "# A"}  # fmt: skip
    for name, text in first.items():
        write_text(stage / name, text)
    write_text(place / "keys" / "run.json", "{}")

    def key(note: str = "engine") -> str:
        return page_key(common_digest(tmp_path, stage, note), stage, place, document, "run")

    before = key()
    write_text(stage / "_quarto.yml", "project: {render: [g/a.qmd, g/b.qmd]}")  # other documents are no change
    write_text(stage / "g/b.qmd", "# B")
    write_text(stage / "_build/s/findings/other.ipynb", "[]")
    assert key() == before
    assert key("another engine") != before
    seen = [before]
    for path in (stage / "report/theme/x.css", stage / "_variables.yml", stage / document, place / "keys" / "run.json",
                 tmp_path / "requirements.lock"):  # fmt: skip
        write_text(path, "changed: 1")
        seen.append(key())
    write_text(stage / "_quarto.yml", "project: {render: [g/a.qmd]}\nlang: fr")
    assert len({*seen, key()}) == 7


def test_a_part_without_figures_says_how_to_get_them(tmp_path: Path) -> None:
    read_responses(shipped.STUDY, None, tmp_path)
    with pytest.raises(UserError, match="survey-report profiles --figures"):
        make_part(shipped.ROOT, shipped.STUDY, tmp_path, Part(1, 2))


# ---- cross-sections ----


def test_a_cross_section_is_who_is_in_all_its_categories(rendering: Rendering) -> None:
    frame, study = rendering.respondents, rendering.study
    expected = (frame[study.column("service")] == "social-work") & (frame[study.column("role")] == "frontline")
    inside = members(rendering, SECTION.id, SECTION.id)
    assert (inside == expected).all()
    n, shown = group_sizes(rendering, profile_sets(rendering))[SECTION.id, SECTION.id]
    assert (n, shown) == (int(expected.sum()), True)


@pytest.mark.parametrize(("left", "shown"), [(0, True), (4, False), (5, True)])
def test_the_size_of_a_cross_section_that_leaves_few_is_not_shown(rendering: Rendering, left: int, shown: bool) -> None:
    """Others in the same service are so few that the number of a group with nearly all would tell them."""
    study, frame = rendering.study, rendering.respondents.copy()
    service, role = (study.column(name) for name in ("service", "role"))
    others = frame.index[(frame[service] == "police") & (frame[role] != "frontline")]
    frame.loc[others[left:], role] = "frontline"
    section = CrossSection("front", "Front", (("service", "police"), ("role", "frontline")))
    changed = replace(rendering, respondents=frame, study=replace(study, cross_sections=(section,)))
    part = [one for one in profile_sets(changed) if one.id == "front"]
    n = int(((frame[service] == "police") & (frame[role] == "frontline")).sum())
    assert group_sizes(changed, part) == {("front", "front"): (n, shown)}


@pytest.mark.parametrize(("left", "shown"), [(4, False), (5, True)])
def test_nor_is_that_of_one_that_leaves_few_of_an_answer(rendering: Rendering, left: int, shown: bool) -> None:
    """As above for a question that is no grouping: few others gave the same answer to it."""
    study, frame = rendering.study, rendering.respondents.copy()
    police = frame[study.column("service")] == "police"
    others = frame.index[~police]
    frame.loc[others[left:], "consent"] = "no"
    section = CrossSection("agreeing", "Agreeing", (("consent", "yes"), ("service", "police")))
    changed = replace(rendering, respondents=frame, study=replace(study, cross_sections=(section,)))
    part = [one for one in profile_sets(changed) if one.id == "agreeing"]
    assert group_sizes(changed, part) == {("agreeing", "agreeing"): (int(police.sum()), shown)}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("profiles: [sector, councils]", "is no grouping of the study"),
        ("profiles: [sector, sector]", "stands twice"),
        ("cross_sections: [{id: sector, label: A, where: {role: frontline}}]", "is the id of a grouping"),
        ("cross_sections: [{id: a/b, label: A, where: {role: frontline}}]", "no plain id"),
        ("cross_sections: [{id: a, label: A, where: {rolle: frontline}}]", "is no grouping or closed question"),
        ("cross_sections: [{id: a, label: A, where: {role: chief}}]", "use one of: senior-leader, manager"),
        ("cross_sections: [{id: a, label: A, where: {}}]", "names no category"),
        ("cross_sections: [{id: a, label: A, who: {role: frontline}}]", "is missing"),
    ],
)
def test_what_a_study_declares_wrongly_is_named(study: Study, tmp_path: Path, text: str, message: str) -> None:
    folder = tmp_path / study.id
    shutil.copytree(study.folder, folder, ignore=shutil.ignore_patterns("data", "corpus"))
    path = folder / "study.yml"
    lines = [line for line in path.read_text(encoding="utf-8").split("\n") if not line.startswith("profiles:")]
    path.write_text("\n".join([*lines, text, ""]), encoding="utf-8")
    with pytest.raises(UserError) as caught:
        load_study(folder)
    assert message in str(caught.value)


# ---- figures ----


def test_scales_of_large_groups_as_scipy_has_them(rendering: Rendering, profiles: Profiles) -> None:
    for grouping, group in (("integration", "full"), ("sector", "third"), (SECTION.id, SECTION.id)):
        mine = members(rendering, grouping, group)
        rows = one(rendering, profiles, grouping if grouping != SECTION.id else CROSS_SECTIONS, group).scales
        row = rows.set_index("scale").loc["services"]
        scores = scale_scores(rendering.respondents, rendering.study.scale("services"), rendering.study)
        a, b = scores[mine].dropna(), scores[~mine].dropna()
        test = stats.ttest_ind(a, b, equal_var=False)
        ends = test.confidence_interval(0.95)
        assert (row["n"], row["decimals"]) == (len(a), 2)
        assert [row["mean"], row["rest_mean"]] == pytest.approx([a.mean(), b.mean()], abs=0.005)
        assert [row["low"], row["high"]] == pytest.approx([ends.low, ends.high], abs=0.005 + 1e-9)
        assert row["differs"] == (ends.low > 0 or ends.high < 0)


def test_what_is_printed_of_small_groups_follows_from_other_printed_figures(
    rendering: Rendering, profiles: Profiles
) -> None:
    found = one(rendering, profiles, "sector", "private")  # 41 respondents
    assert found.n == 41
    scores = {s.id: scale_scores(rendering.respondents, s, rendering.study) for s in rendering.study.scales}
    shown = found.scales[found.scales["mean"].notna() & found.scales["n"].notna()]
    assert len(shown) > 3
    for row in shown.itertuples():
        spread = round(float(scores[str(row.scale)].std()), 2)
        step = 0.1 if row.n >= 20 else 0.5
        rest = int(scores[str(row.scale)].notna().sum()) - row.n
        error = spread * math.sqrt(1 / row.n + 1 / rest)
        half = stats.t.ppf(0.975, row.n + rest - 2) * error + (step + 0.01) / 2  # that of all others is rounded too
        gap = row.mean - row.rest_mean
        assert row.low == pytest.approx(math.floor(round((gap - half) * 10, 5)) / 10)
        assert row.high == pytest.approx(math.ceil(round((gap + half) * 10, 5)) / 10)
        assert row.mean == pytest.approx(round(row.mean / step) * step)


def test_items_and_changes_are_what_disclosure_control_lets_through(profiles: Profiles) -> None:
    answers = profiles.answers.set_index(["group", "scale", "kind", "item"])
    for frame, kind, name in ((profiles.items, "item", "item"), (profiles.changes, "change", "period")):
        shown = frame[frame["difference"].notna()]
        assert len(shown) > 20
        for row in shown.itertuples():
            allowed = answers.loc[(row.group, row.scale, kind, getattr(row, name))]
            assert (row.n, row.positive, row.negative) == (allowed["n"], allowed["positive"], allowed["negative"]) or (
                row.n == allowed["n"] and row.positive == allowed["positive"] and math.isnan(allowed["negative"])
            )
            if kind == "item":
                assert row.difference == row.positive - allowed["rest_positive"]
            else:
                assert row.balance == row.positive - row.negative
                assert row.difference == row.balance - row.rest_balance
            assert row.low <= row.difference <= row.high
    hidden = profiles.items[profiles.items["difference"].isna()]
    assert len(hidden)
    assert (hidden["reason"] != "").all()


def test_a_group_that_is_too_small_has_no_figures(rendering: Rendering) -> None:
    study = replace(rendering.study, profiles=("role",), cross_sections=())
    few = replace(rendering, study=replace(study, thresholds=replace(study.thresholds, min_group=95)))
    few = replace(few, policy=replace(few.policy, thresholds=few.study.thresholds))
    found = all_profiles(few, protected_answers(few, profile_sets(few)))
    reasons = dict(zip(found.groups["group"], found.groups["reason"], strict=True))
    assert reasons["senior-leader"] == reasons["other-role"] == "fewer than 95 respondents"
    assert reasons["manager"] == ""
    assert found.groups.set_index("group")["n"].isna()["senior-leader"]
    for frame in (found.scales, found.items, found.changes):
        assert set(frame["group"]) == {"manager", "frontline"}


def test_frames_are_read_as_they_were_written(profiles: Profiles, tmp_path: Path) -> None:
    write_profiles(profiles, tmp_path)
    again = read_profiles(tmp_path)
    for name in ("groups", "scales", "items", "changes", "answers"):
        pd.testing.assert_frame_equal(getattr(profiles, name), getattr(again, name), check_dtype=False)


def test_comparisons_are_counted_and_those_by_chance(rendering: Rendering, profiles: Profiles) -> None:
    found = one(rendering, profiles, "integration", "full")
    compared = sum(frame["low"].notna().sum() for frame in (found.scales, found.items, found.changes))
    assert found.compared == compared
    assert 0 < found.by_chance < 0.05 * compared, "intervals of rounded figures leave out zero more seldom"
    assert found.beyond <= found.differing
    text = " ".join(chance_sentences(found, rendering.study, Style("csrr-2023", synthetic=False)))
    assert f"makes {compared} comparisons" in text
    assert f"about {found.by_chance:.1f} of these intervals" in text
    assert "league table" in text
    assert "all but a few gave the same one" in text, "an answer that nobody gave is no reason"


def test_no_themes_without_coded_material(rendering: Rendering) -> None:
    for group in (find_group(rendering.study, "sector", "public"),):
        found = themes_raised(replace(rendering), group)
        assert found.rows.empty
        assert found.reason


def test_themes_that_may_not_be_shown_are_not_told(rendering: Rendering, monkeypatch: pytest.MonkeyPatch) -> None:
    coded, group = shipped.rendering().coded, find_group(shipped.rendering().study, "service", "health")
    whole = themes_raised(replace(rendering, coded=coded), group)
    first = whole.rows["theme"].iloc[0]
    monkeypatch.setattr(raised, "theme_counts", lambda *given: hiding(theme_counts(*given), first))
    assert first not in set(themes_raised(replace(rendering, coded=coded), group).rows["theme"])


def hiding(counts: pd.DataFrame, theme: str) -> pd.DataFrame:
    return counts.assign(shown=counts["shown"] & (counts["theme"] != theme))


# ---- sentences, tables and charts ----


def made_profile(base: Profile, scales: list[tuple[str, float, float, float]]) -> Profile:
    rows = [
        {"scale": title.lower(), "title": title, "n": 80, "mean": 3 + gap, "rest_mean": 3.0, "difference": gap,
         "low": low, "high": high, "decimals": 2, "differs": low > 0 or high < 0, "reason": ""}
        for title, gap, low, high in scales
    ]  # fmt: skip
    return replace(base, scales=pd.DataFrame(rows))


def test_sentences_on_scales(rendering: Rendering, profiles: Profiles) -> None:
    base, plain = one(rendering, profiles, "sector", "public"), Style("csrr-2023", synthetic=False)
    mixed = made_profile(
        base, [("Support", 0.2, 0.1, 0.3), ("Leadership", -0.31, -0.5, -0.12), ("Voice", 0.1, -0.1, 0.3)]
    )
    assert scale_sentences(mixed, plain) == [
        "Higher than among all others: support (+0.20 points).",
        "Lower than among all others: leadership (−0.31 points).",
        "On the other one scale chance could readily explain the difference; that is no proof that there is none.",
    ]
    none = made_profile(base, [("Voice", 0.1, -0.1, 0.3), ("Support", 0.0, -0.1, 0.1)])
    assert scale_sentences(none, plain)[0].startswith("On none of the two scales that can be compared")
    assert scale_sentences(
        made_profile(base, []).__class__(**{**base.__dict__, "scales": base.scales.iloc[:0]}), plain
    ) == ["No scale can be compared."]


def test_sentences_name_what_stands_out(rendering: Rendering, profiles: Profiles) -> None:
    found = one(rendering, profiles, "sector", "third")
    text = " ".join(item_sentences(found, rendering.study, STYLE))
    best = found.items.loc[found.items["positive"].idxmax()]
    assert f'"{best["label"]}" ([*{best["positive"]:.0f}%*]{{.invented}})' in text
    assert "The order of these items is that of the printed shares, and was not tested." in text
    assert " ".join(change_sentences(found, STYLE)).count("Before COVID-19") <= 2
    order = found.standing_out["difference"].tolist()
    assert order == sorted(order, reverse=True)
    assert found.items["difference"].abs().max() in np.abs(order)


def test_improvement_outweighs_decline_only_where_it_is_shown(rendering: Rendering, profiles: Profiles) -> None:
    """A balance of one point has no side; which balances have one follows from their intervals."""
    found = one(rendering, profiles, "sector", "public")
    shown = found.changes[found.changes["balance"].notna()]
    assert (shown["tilt"] == "").any()
    assert (shown.loc[shown["tilt"] == "positive", "balance"] > 0).all()
    assert (shown.loc[shown["tilt"] == "negative", "balance"] < 0).all()
    for row in shown.itertuples():
        low, high = net_interval(row.positive, row.negative, row.n)
        if min(abs(low), abs(high)) > 1:
            assert row.tilt == ("positive" if low > 0 else "negative" if high < 0 else ""), row
    near = replace(found, changes=shown.head(1).assign(balance=1.0, tilt="", title="Voice", differs=False))
    assert "which of the two prevails cannot be told in voice" in change_sentences(near, STYLE)[0]
    assert "more saw" not in change_sentences(near, STYLE)[0]


def net_interval(better: float, worse: float, n: int) -> tuple[float, float]:
    """Wald's interval of a difference of two shares of one question, in percentage points."""
    se = np.sqrt((better + worse - (better - worse) ** 2 / 100) * 100 / n)
    return better - worse - 1.96 * se, better - worse + 1.96 * se


def test_tables_show_what_is_hidden_and_why(rendering: Rendering, profiles: Profiles) -> None:
    found = one(rendering, profiles, "sector", "other-sector")
    table = scales_table(found, STYLE)
    assert "[(not shown: fewer than 10 answers)]{.hidden-value}" in table
    made = scales_table(made_profile(found, [("A", 0.25, 0.1, 0.4)]), STYLE)
    assert re.findall(r"\[\*([^*]+)\*\]", made)[:4] == ["3.25", "3.00", "+0.25", "0.10 to 0.40"]
    assert "not shown" in changes_table(found, STYLE)
    for text in (table, changes_table(found, STYLE), items_table(found, STYLE)):
        assert text.split("\n")[1].count("-:") == text.split("\n")[0].count("|") - 2  # numbers stand on the right
        assert "nan" not in text


def test_numbers_of_sources_are_marked_as_invented(rendering: Rendering, profiles: Profiles) -> None:
    rows = pd.DataFrame([{"theme": "a-b", "part": "A", "label": "B", "n": 1234}])
    found = replace(one(rendering, profiles, "sector", "public"), raised=Raised(rows))
    assert "| A | [*1,234*]{.invented} |" in re.sub(r" +", " ", raised_table(found, STYLE))
    assert "| A | 1,234 |" in re.sub(r" +", " ", raised_table(found, replace(STYLE, synthetic=False)))


def test_the_chart_draws_what_is_shown_and_says_what_is_not() -> None:
    rows = pd.DataFrame(
        {"label": ["A", "B", "C"], "difference": [0.31, -0.2, NAN], "low": [0.1, -0.4, NAN], "high": [0.5, 0.1, NAN],
         "differs": [True, False, False], "decimals": [2, 1, 1], "reason": ["", "", "fewer than 10 answers"]}
    )  # fmt: skip
    figure = contrasts_chart(rows, unit="Points", reach=0.5, lower="l", higher="h", kind="real")
    assert figure is not None
    axes = figure.axes[0]
    texts = [text.get_text() for text in axes.texts]
    assert {"+0.31", "−0.2", "not shown: fewer than 10 answers"} <= set(texts)
    lines = {line.get_label(): line for line in axes.lines if str(line.get_label()).startswith("interval")}
    assert set(lines) == {"interval:0", "interval:1"}
    centre = next(x.get_position()[0] for x in axes.texts if x.get_text() == "0.00")
    left, right = (
        np.asarray(lines["interval:0"].get_xdata(), float),
        np.asarray(lines["interval:1"].get_xdata(), float),
    )
    assert left.min() > centre > right.min()
    assert right.max() > centre
    assert contrasts_chart(rows.iloc[2:], unit="", reach=1, lower="", higher="", kind="real") is None
    assert contrasts_chart(rows.iloc[:0], unit="", reach=1, lower="", higher="", kind="real") is None


def test_signs() -> None:
    assert [signed(v, 1) for v in (0.04, -0.04, 0.3, -1.25)] == ["0.0", "0.0", "+0.3", "−1.2"]


def test_all_groups_stand_in_the_order_of_their_names(rendering: Rendering, profiles: Profiles) -> None:
    rows = groups_rows(profiles, "sector", "transitions")
    assert rows["label"].tolist() == sorted(rows["label"])
    assert len(rows) == 4
    assert ((rows["difference"].isna()) == (rows["reason"] != "")).all()
    alt = alt_contrasts(rows, "label", "Differences", Desk(rendering, STYLE))
    assert f"{int(rows['difference'].isna().sum())} rows are not shown" in alt


# ---- pages ----


def test_a_page_leaves_out_what_the_notebook_has_nothing_of(study: Study, root: Path) -> None:
    group = find_group(study, "sector", "third")
    template = (root / "report" / "any-study" / "profile.qmd").read_text(encoding="utf-8")
    text = profile_source(template, group, study, {"fig-sector-third-scales", "tbl-sector-third-scales"})
    assert "profile-sector-third.ipynb#fig-sector-third-scales" in text
    assert "fig-sector-third-items" not in text
    assert "%" not in text.replace("95%", "")


def test_the_index_lists_every_group(profiles: Profiles) -> None:
    table = BeautifulSoup(index_table(profiles, {"sector/public", "integration/full"}), "html.parser")
    rows = table.select("tbody tr")
    assert len(rows) == 8
    assert [row.find("a")["href"] for row in rows if row.find("a")] == ["sector/public.html", "integration/full.html"]
    assert all(row.find("th", scope="row") for row in rows)
    assert len(table.select('thead th[scope="col"]')) == 5
    assert table.select_one(".profile-search").has_attr("hidden")  # until a script shows it
    listed = index_rows(profiles, {"sector/public"})
    apart = profiles.scales[(profiles.scales["group"] == "public") & profiles.scales["differs"]]
    assert listed.set_index("page").loc["sector/public", "differ"] == len(apart)


def test_pages_of_invented_data_ask_not_to_be_listed() -> None:
    page = "<!DOCTYPE html><html><head>\n<title>x</title></head><body></body></html>"
    assert marked(page).count(ROBOTS) == 1
    assert marked(marked(page)) == marked(page)


# ---- the whole way ----


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path, list[str]]:
    """Profiles of the sectors, of which the notebook fails for one; one is too small."""
    root, source = tmp_path_factory.mktemp("profiles"), shipped.ROOT
    for name in ("report", "notebooks"):
        shutil.copytree(source / name, root / name)
    for name in ("_quarto.yml", "_environment"):
        shutil.copyfile(source / name, root / name)
    study = root / "studies" / "csrr-2023"
    shutil.copytree(shipped.STUDY, study, ignore=shutil.ignore_patterns("corpus"))
    declared = yaml.safe_load((study / "study.yml").read_text(encoding="utf-8"))
    declared["profiles"], declared["thresholds"]["min_group"] = ["sector"], 12
    (study / "study.yml").write_text(yaml.safe_dump(declared, sort_keys=False), encoding="utf-8")
    notebook = root / "notebooks" / "profile.ipynb"
    text = notebook.read_text(encoding="utf-8")
    line = '"label = profile.group.label\\n"'
    broken = text.replace(line, f"{line},\n    \"assert group != 'third', 'no third'\\n\"")
    assert broken != text
    notebook.write_text(broken, encoding="utf-8")
    build, log = root / "_build" / "csrr-2023", list[str]()
    read_responses(study, None, build)
    prepared = open_rendering(study, build)
    (build / PRIVATE).mkdir()  # of all groupings it would take long
    protected_answers(prepared, profile_sets(prepared)).to_parquet(build / PRIVATE / PROTECTED_FILE, index=False)
    with kernels():
        found = make_profiles(root, study, build, root / "_site", log=log.append)
    return found, root / "_site" / "profiles", log


@pytest.mark.slow
def test_one_that_fails_is_named_and_the_others_come_out(made: tuple[Any, Path, list[str]]) -> None:
    found, site, log = made
    assert [problem.place for problem in found.problems] == ["run profile-sector-third"]
    assert "no third" in found.problems[0].message or "no third" in found.problems[0].value + str(found.problems[0])
    pages = {path.relative_to(site).as_posix() for path in site.glob("sector/*.*") if path.is_file()}
    assert pages == {f"sector/{n}.{kind}" for n in ("public", "private", "other-sector") for kind in ("html", "pdf")}
    assert found.pages == 3
    assert sum("profile " in line and " of 3" in line for line in log) == 3
    index = BeautifulSoup((site / "index.html").read_text(encoding="utf-8"), "html.parser")
    assert "third or voluntary sector (not made)" in index.find(id="profiles").get_text().lower()


@pytest.mark.slow
def test_a_group_that_is_too_small_has_a_page_that_says_why(made: tuple[Any, Path, list[str]]) -> None:
    page = (made[1] / "sector" / "other-sector.html").read_text(encoding="utf-8")
    text = BeautifulSoup(page, "html.parser").find("main").get_text(" ")
    assert "Fewer than 12 people" in text
    assert "<svg" not in page
    assert "<table" not in page


@pytest.mark.slow
def test_nothing_overwrites_anything_of_another_profile(made: tuple[Any, Path, list[str]]) -> None:
    """Every figure, table, notebook and file of data lies under the name of its own group."""
    site = made[1]
    for group in ("public", "private"):
        page = BeautifulSoup((site / "sector" / f"{group}.html").read_text(encoding="utf-8"), "html.parser")
        files = [image["src"] for image in page.select("main img")] + [
            a["href"] for a in page.select("a.data-link, .data-link a")
        ]
        assert len(files) >= 4
        for name in files:
            assert f"sector-{group}-" in name or f"sector/{group}_files" in name, name
            assert (site / "sector" / name).is_file(), name
    data = [sorted(p.read_text() for p in site.rglob(f"*sector-{group}-scales.csv")) for group in ("public", "private")]
    assert all(len(texts) == 2 for texts in data)
    assert data[0] != data[1]


@pytest.mark.slow
def test_pages_are_short_marked_and_name_no_number_as_found(made: tuple[Any, Path, list[str]]) -> None:
    for path in made[1].rglob("*.html"):
        assert ROBOTS in path.read_text(encoding="utf-8"), path
    for path in made[1].rglob("*.pdf"):
        with pikepdf.open(path) as document:
            assert 1 <= len(document.pages) <= 6, path
    page = (made[1] / "sector" / "public.html").read_text(encoding="utf-8")
    assert "Every figure on this page is invented." in page
    assert "league table" in page


@pytest.mark.slow
def test_the_index_is_searched_and_sorted_by_keyboard(made: tuple[Any, Path, list[str]]) -> None:
    sync = pytest.importorskip("playwright.sync_api")
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("chromium is not installed")
    address = (made[1] / "index.html").as_uri()
    with sync.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(address)
        rows = "Array.from(document.querySelectorAll('#profiles tbody tr')).filter(row => !row.hidden)"
        names = f"{rows}.map(row => row.cells[0].innerText)"
        own = page.evaluate(names)
        page.fill("#profile-search", "PRIVATE sector")
        assert page.evaluate(names) == ["Private or independent sector"]
        assert page.inner_text("#profile-count") == "1 of 4 profiles"
        page.fill("#profile-search", "")
        page.focus("#profiles thead th:nth-child(3) button")
        page.keyboard.press("Enter")
        assert page.get_attribute("#profiles thead th:nth-child(3)", "aria-sort") == "ascending"
        assert page.get_attribute("#profiles thead th:nth-child(1)", "aria-sort") == "none"
        rising = page.evaluate(names)
        page.keyboard.press("Enter")
        assert page.get_attribute("#profiles thead th:nth-child(3)", "aria-sort") == "descending"
        assert page.evaluate(names) == rising[::-1]
        assert rising[-1] == "Public sector"
        plain = browser.new_context(java_script_enabled=False).new_page()
        plain.goto(address)
        assert plain.locator("#profiles tbody tr").count() == len(own) == 4
        assert not plain.locator("#profile-search").is_visible()
        browser.close()
