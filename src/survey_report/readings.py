"""Three readings of "scale mean": a published mean seldom says which of them it is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from survey_report.disclosure.reasons import FOLLOWS, few
from survey_report.escaping import sentences
from survey_report.findings.theme import mean_may_show
from survey_report.frames import each_row
from survey_report.marks import Style
from survey_report.numbers import format_number
from survey_report.pipe_tables import pipe_table
from survey_report.register import Register
from survey_report.rendering import Rendering
from survey_report.scales import item_scores, scored
from survey_report.study import Scale, Study

# half: means of persons who answered at least the study's share of items (its own definition). one: means of persons
# who answered any item, as statistics packages do unless told otherwise. pooled: the mean of all answers to all items.
READINGS = ("half", "one", "pooled")
COLUMNS = ["scale", "grouping", "group", "n_half", "half", "n_one", "one", "n_answers", "pooled"]


def scale_readings(respondents: pd.DataFrame, study: Study) -> pd.DataFrame:
    """The three means of every scale, for everybody (grouping `overall`, group `all`) and for each tested group.

    One row a scale and group; columns: scale, grouping, group, and each reading with the number of persons or answers
    that it rests on. NaN where nobody answered.
    """
    rows = [row for scale in study.scales for row in _of_scale(respondents, scale, study)]
    return pd.DataFrame(rows, columns=COLUMNS)


def beside_published(readings: pd.DataFrame, register: Register) -> pd.DataFrame:
    """The rows of `scale_readings` that have a published mean, with columns `published` and `decimals`, and
    for each reading whether it rounds to the published mean (`half_agrees` and so on, true or false)."""
    found: list[dict[str, object]] = []
    for values in readings.itertuples(index=False):
        row = dict(zip(COLUMNS, values, strict=True))
        place = "overall" if row["grouping"] == "overall" else f"{row['grouping']}.{row['group']}"
        for figure in register.by_key.get(f"{row['scale']}.mean.{place}", ()):
            agree = {f"{name}_agrees": figure.meets(float(row[name])) for name in READINGS}
            found.append({**row, "published": float(figure.value), "decimals": figure.decimals, **agree})
    columns = [*COLUMNS, "published", "decimals", *(f"{name}_agrees" for name in READINGS)]
    return pd.DataFrame(found, columns=columns)


def _of_scale(respondents: pd.DataFrame, scale: Scale, study: Study) -> list[tuple[object, ...]]:
    scores, enough, any_answer = counted(respondents, scale, study)
    persons = scores.mean(axis=1)
    rows: list[tuple[object, ...]] = []
    everybody = pd.Series(True, index=respondents.index)
    places = [("overall", "all", everybody)]
    for grouping in study.tested_groupings:
        column = respondents[study.column(grouping.id)]
        places += [(grouping.id, category.id, column == category.id) for category in grouping.categories]
    for grouping_id, group, members in places:
        half, one = members & enough, members & any_answer
        answers = scores.loc[members].to_numpy(float)
        n = int(np.count_nonzero(~np.isnan(answers)))
        pooled = float(np.nansum(answers) / n) if n else float("nan")
        means = (int(half.sum()), float(persons[half].mean()), int(one.sum()), float(persons[one].mean()), n, pooled)
        rows.append((scale.id, grouping_id, group, *means))
    return rows


def counted(
    respondents: pd.DataFrame, scale: Scale, study: Study
) -> tuple[pd.DataFrame, pd.Series[bool], pd.Series[bool]]:
    """Scores of the items, who answered enough of them for a score, and who answered any."""
    scores = item_scores(respondents, scale.items, study)
    return scores, scored(respondents, scale, study, scores), scores.notna().any(axis=1)


def why_hidden(
    rendering: Rendering, scale: Scale, members: pd.Series[bool], mean: float, main: pd.Series[bool], key: str = ""
) -> str:
    """Why a mean of `members` may not stand beside that of `main`, some of them; empty if it may.

    Where few more people count in the one than in the other, both means together tell the answers of these few.
    """
    limits, n = rendering.study.thresholds, int(members.sum())
    if n < limits.min_group:
        return few(limits.min_group)
    apart = 0 < n - int(main.sum()) < limits.min_cell
    return FOLLOWS if apart or not mean_may_show(rendering, scale, members, mean, key) else ""


def shown_readings(beside: pd.DataFrame, rendering: Rendering) -> pd.DataFrame:
    """Rows of `beside_published` that may be shown: those whose own mean may not are left out.

    Of coarse groups it is said whether each reading agrees with the published mean, not what the readings are.
    """
    study, respondents = rendering.study, rendering.respondents
    told = (beside["grouping"] == "overall") | (beside["n_one"].max() >= study.thresholds.min_report)
    rows: pd.DataFrame = beside[told].copy()
    others, kept = ["n_one", "one", "n_answers", "pooled"], []
    rows[["n_half", "half", *others]] = rows[["n_half", "half", *others]].astype(float)
    for row in each_row(beside[told].reset_index()):
        scale, everyone = study.scale(row.scale), row.grouping == "overall"
        members = pd.Series(True, respondents.index) if everyone else rendering.members(row.grouping) == row.group
        half, one = (members.fillna(False).astype(bool) & met for met in counted(respondents, scale, study)[1:])
        key = f"{scale.id}.mean.{'overall' if everyone else f'{row.grouping}.{row.group}'}"
        kept.append(not why_hidden(rendering, scale, half, row.half, half, key))
        if rendering.policy.precision(int(half.sum())).coarse:
            rows.loc[row.index, ["n_half", "half", *others]] = float("nan")
        elif any(why_hidden(rendering, scale, one, mean, half) for mean in (row.one, row.pooled)):
            rows.loc[row.index, others] = float("nan")
    return rows[np.array(kept, dtype=bool)]


def everybody(beside: pd.DataFrame) -> pd.DataFrame:
    """The rows of everybody's means."""
    return beside[beside["grouping"] == "overall"]


def readings_table(beside: pd.DataFrame, study: Study, style: Style) -> str:
    """Everybody's mean of each scale in the three readings, to three decimals, beside the published one."""
    rows = []
    for row in each_row(everybody(beside)):
        values = [format_number(float(getattr(row, reading)), "score", 3) for reading in READINGS]
        printed = f"{row.published:.{row.decimals}f}"
        rows.append([study.scale(row.scale).title, printed, *(style.other(value) for value in values)])
    header = ["Scale", "Published", "Persons, half answered", "Persons, one answered", "All answers"]
    return pipe_table(header, rows, "lrrrr", [36, 12, 16, 16, 16])


@sentences
def readings_sentences(beside: pd.DataFrame) -> list[str]:
    """How many published means each reading rounds to."""
    found = []
    for where, rows in (
        ("Everybody's means", everybody(beside)),
        ("Means of groups", beside[beside["grouping"] != "overall"]),
    ):
        if len(rows):
            half, one, pooled = (int(rows[f"{reading}_agrees"].sum()) for reading in READINGS)
            found.append(
                f"{where}: of {len(rows)} that are published, {half} agree with the mean of persons who answered half "
                f"the items, {one} with that of persons who answered one, {pooled} with the mean of all answers."
            )
    return found
