"""Three readings of "scale mean": a published mean seldom says which of them it is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from survey_report.register import Register
from survey_report.scales import item_scores
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
    scores = item_scores(respondents, scale.items, study.response_sets[scale.items[0].response_set])
    answered = scores.notna().sum(axis=1)
    enough = answered >= study.thresholds.min_answered * len(scale.items)
    persons = scores.mean(axis=1)
    rows: list[tuple[object, ...]] = []
    everybody = pd.Series(True, index=respondents.index)
    places = [("overall", "all", everybody)]
    for grouping in study.tested_groupings:
        column = respondents[study.column(grouping.id)]
        places += [(grouping.id, category.id, column == category.id) for category in grouping.categories]
    for grouping_id, group, members in places:
        half, one = members & enough & (answered > 0), members & (answered > 0)
        answers = scores.loc[members].to_numpy(float)
        n = int(np.count_nonzero(~np.isnan(answers)))
        pooled = float(np.nansum(answers) / n) if n else float("nan")
        means = (int(half.sum()), float(persons[half].mean()), int(one.sum()), float(persons[one].mean()), n, pooled)
        rows.append((scale.id, grouping_id, group, *means))
    return rows
