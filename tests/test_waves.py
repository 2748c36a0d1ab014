"""Two waves: a planted change is found, what is not in both is left out, and exports that do not fit are refused."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import shipped
from running import kernels
from second_wave import RISES, SCALE, UNASKED, planted, second_wave
from survey_report.cli import main
from survey_report.errors import UserError
from survey_report.findings.waves import ONE_WAVE, Waves, wave_findings
from survey_report.marks import Style
from survey_report.places import places
from survey_report.rendering import Rendering
from survey_report.scales import item_scores, scale_scores
from survey_report.study import Study
from survey_report.waves_building import check_waves, make_waves, wave_places, waves_source
from survey_report.waves_tables import groups_table, people_table, scale_rows, scales_table
from survey_report.waves_text import item_sentences, limit_sentences, people_sentences, summary_sentences

Records = list[list[str]]
PLAIN = Style("csrr-2023", synthetic=False)


@pytest.fixture(scope="module")
def later_export(export_rows: Records, study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    import csv

    path = tmp_path_factory.mktemp("waves") / "second.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerows(second_wave(export_rows, study))
    return path


@pytest.fixture(scope="module")
def after(later_export: Path) -> Rendering:
    return shipped.rendering_of(later_export)


@pytest.fixture(scope="module")
def waves(after: Rendering) -> Waves:
    return wave_findings(shipped.rendering(), after)


def test_the_planted_change_is_found_where_it_was_planted(waves: Waves) -> None:
    """The mean of each item rises by the share that rises of those who can: so does that of the scale, nearly."""
    before, study = shipped.rendering(), shipped.rendering().study
    scale = study.scale(SCALE)
    scores = item_scores(before.respondents, scale.items, study)
    rises = [planted(scores[name].dropna().astype(int).tolist(), 5) for name in scores]
    assert min(rises) > 0.3
    assert max(rises) < RISES
    found = waves.scales.set_index("scale")
    assert found.loc[SCALE, "difference"] == pytest.approx(np.mean(rises), abs=0.08)
    assert found.loc[SCALE, "low"] < np.mean(rises) < found.loc[SCALE, "high"]
    assert found.loc[SCALE, "adjusted_low"] < np.mean(rises) < found.loc[SCALE, "adjusted_high"]
    assert found.index[found["differs"]].tolist() == found.index[found["adjusted_differs"]].tolist() == [SCALE]
    assert set(waves.items.loc[waves.items["differs"], "scale"]) == {SCALE}


def test_intervals_of_scales_are_those_of_welch(waves: Waves, after: Rendering) -> None:
    study = after.study
    one = scale_scores(shipped.rendering().respondents, study.scale("support"), study).dropna()
    two = scale_scores(after.respondents, study.scale("support"), study).dropna()
    ends = stats.ttest_ind(two, one, equal_var=False).confidence_interval(0.95)
    row = waves.scales.set_index("scale").loc["support"]
    assert [row["low"], row["high"]] == pytest.approx([ends.low, ends.high], abs=0.005)
    assert (row["n_before"], row["n_after"]) == (len(one), len(two))


def test_scales_are_compared_over_the_items_of_both_waves(waves: Waves, after: Rendering) -> None:
    study = after.study
    scale = study.scale(UNASKED[0])
    lost = scale.items[UNASKED[1]]
    row = waves.scales.set_index("scale").loc[scale.id]
    assert (row["items"], row["items_all"]) == (len(scale.items) - 1, len(scale.items))
    shared = replace(scale, items=tuple(item for item in scale.items if item != lost))
    scores = scale_scores(shipped.rendering().respondents, shared, study)
    assert row["before"] == pytest.approx(scores.mean(), abs=0.005)
    assert abs(row["before"] - scale_scores(shipped.rendering().respondents, scale, study).mean()) > 0.05
    assert waves.items.set_index("item").loc[lost.item, "reason"] == ONE_WAVE
    assert waves.in_both == len(waves.items) - 1
    assert f'left out of scale and comparison: "{lost.short}"' in " ".join(item_sentences(waves, PLAIN))


def test_a_change_of_who_answered_is_told(waves: Waves) -> None:
    row = waves.people.set_index("group").loc["community"]
    assert row["before"] == 8.5
    assert row["after"] > 12
    assert row["low"] > 0
    assert f"({row['before']}% to {row['after']}%)" in " ".join(people_sentences(waves, PLAIN))
    assert waves.adjusted_for == ("Service", "Sector", "Role", "Time in post")


def test_shares_of_people_are_of_those_who_answered(after: Rendering) -> None:
    """A fifth of the later wave leave their time in post blank: each share is as if they were not there."""
    column = after.study.column("tenure")
    asked = after.respondents.copy()
    asked.loc[asked.index % 5 == 0, column] = np.nan
    found = wave_findings(shipped.rendering(), replace(after, respondents=asked)).people
    shown = found[(found["grouping"] == "tenure") & found["after"].notna()].set_index("group")
    answered = asked[column].dropna()
    assert len(shown) > 2
    for group, row in shown.iterrows():
        assert row["after"] == pytest.approx(100 * float((answered == group).mean()), abs=0.051)
        assert row["low"] <= row["difference"] <= row["high"]
    assert shown["after"].sum() == pytest.approx(100, abs=0.3)


def test_what_may_not_be_shown_is_not(waves: Waves) -> None:
    hidden = waves.people.set_index("group").loc["other-role"]
    assert hidden[["before", "after", "low"]].isna().all()
    assert hidden["reason"].startswith("fewer than 5 respondents")
    small = waves.groups[waves.groups["difference"].isna()]
    assert len(small)
    assert (small["reason"] != "").all()
    shown = waves.groups[waves.groups["n_after"] < 50]
    assert len(shown) > 20
    assert np.allclose(shown["after"] * 10, (shown["after"] * 10).round())
    for text in (people_table(waves, PLAIN), scales_table(waves, PLAIN), groups_table(waves, "transitions", PLAIN)):
        assert "nan" not in text.lower()
        assert "<NA>" not in text


def test_a_table_of_groups_is_of_one_scale(waves: Waves) -> None:
    of_one = waves.groups[waves.groups["scale"] == "transitions"]
    rows = groups_table(waves, "transitions", PLAIN).split("\n")[2:]
    assert len(rows) == len(of_one) + of_one["heading"].nunique()
    assert len(waves.groups) > len(of_one)


def test_the_summary_follows_from_the_figures(waves: Waves, after: Rendering) -> None:
    text = " ".join(summary_sentences(waves, PLAIN))
    change = waves.scales.set_index("scale").loc[SCALE, "difference"]
    assert f"Ratings rose by more than chance readily explains on local leadership (+{change:.2f} points)." in text
    assert "On the other six scales" in text
    assert "Adjusted for who answered, the same scales stand out" in text
    fallen = replace(waves, scales=waves.scales.assign(difference=-waves.scales["difference"]))
    assert "Ratings fell" in " ".join(summary_sentences(fallen, PLAIN))
    tied = replace(waves, scales=waves.scales.assign(composition=[0.031, -0.029, *[0.01] * 5]))
    assert (
        "adds to a scale is +0.03 points, for local services and −0.03 points, for multi-agency working."
        in " ".join(summary_sentences(tied, PLAIN))
    )
    still = replace(waves, scales=waves.scales.assign(differs=False))
    assert "On none of the seven scales" in " ".join(summary_sentences(still, PLAIN))
    assert "the picture differs for local leadership" in " ".join(summary_sentences(still, PLAIN))
    limits = " ".join(limit_sentences(waves, after.study, PLAIN))
    assert "independent samples" in limits
    assert "by service, sector, role and time in post" in limits


def test_the_chart_has_both_changes_of_a_scale(waves: Waves) -> None:
    rows = scale_rows(waves)
    assert rows["label"].tolist() == ["As measured", "Adjusted for who answered"] * 7
    assert rows["difference"].tolist()[0::2] == waves.scales["difference"].tolist()
    assert rows["difference"].tolist()[1::2] == waves.scales["adjusted"].tolist()


def test_without_any_item_in_common_a_scale_says_so(after: Rendering) -> None:
    frame = after.respondents.copy()
    for item in after.study.scale("strategic").items:
        frame[item.column] = pd.Series(pd.NA, index=frame.index, dtype=frame[item.column].dtype)
    study = replace(after.study, scales=(after.study.scale("strategic"),))
    found = wave_findings(replace(shipped.rendering(), study=study), replace(after, study=study, respondents=frame))
    assert found.scales["reason"].tolist() == [ONE_WAVE]
    assert "No scale can be compared." in " ".join(summary_sentences(found, PLAIN))


def test_faults_of_both_exports_are_told_at_once(
    study: Study, export_rows: Records, write_export: Callable[..., Path], tmp_path: Path
) -> None:
    broken = [[*row] for row in export_rows[:10]]
    broken[5][broken[0].index(study.scale("support").items[0].column)] = "Splendid"
    path = write_export(broken, "broken.csv")
    with pytest.raises(UserError) as caught:
        check_waves(study, path, tmp_path / "missing.csv")
    text = str(caught.value)
    assert "Splendid" in text
    assert "missing.csv" in text
    with pytest.raises(UserError, match="is the same export"):
        check_waves(study, shipped.EXPORT, shipped.EXPORT)


def test_the_command_wants_two_exports(
    monkeypatch: pytest.MonkeyPatch, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(root)
    assert main(["waves", "--baseline", "", "--followup", str(shipped.EXPORT)]) == 2
    assert "BASELINE" in capsys.readouterr().err


def test_a_comparison_has_folders_of_its_own(tmp_path: Path) -> None:
    one, two = tmp_path / "a" / "x.csv", tmp_path / "b" / "x.csv"
    found = {wave_places("s", *pair).build for pair in ((one, two), (two, one), (one, one))}
    assert len(found) == 3
    assert all(path.name.startswith("s-waves-x-x-") for path in found)
    assert places("s", str(one)).build not in found


def test_the_page_embeds_every_scale(study: Study, root: Path) -> None:
    text = waves_source((root / "report" / "any-study" / "waves.qmd").read_text(encoding="utf-8"), study)
    assert text.count("-groups >}}") == len(study.scales)
    assert "%" not in text


@pytest.mark.slow
def test_the_site_of_two_waves(root: Path, later_export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("report", "notebooks", "studies"):
        shutil.copytree(root / name, tmp_path / name, ignore=shutil.ignore_patterns("corpus"))
    for name in ("_quarto.yml", "_environment"):
        shutil.copyfile(root / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    folder, log = Path("studies/csrr-2023"), list[str]()
    found = wave_places("csrr-2023", shipped.EXPORT, later_export)
    with kernels():
        index = make_waves(Path(), folder, shipped.EXPORT, later_export, found, log.append)
    assert index.is_file()
    assert index.with_suffix(".pdf").is_file()
    assert not Path("_site").exists()
    page = index.read_text(encoding="utf-8")
    assert "Every figure on this page is invented." in page
    assert '<meta name="robots" content="noindex">' in page
    assert page.count("<table") == 10
    assert sum("notebook" in line for line in log) == 8
