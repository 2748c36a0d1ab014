"""All scales over the levels of one grouping, such as structural integration, in one view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from survey_report.digits import released
from survey_report.findings.theme import group_findings
from survey_report.numbers import Number
from survey_report.rendering import Rendering
from survey_report.scales import scale_scores
from survey_report.study import Grouping, Study


@dataclass(frozen=True)
class Levels:
    """One grouping over all scales.

    `rows`: one row a scale and level: scale, title, group, label, n, mean, low, high, kind, key, shown. `tests`: one
    row a scale: scale, title, statistic, df_between, df_within, p of Welch's test.
    `ends` are the lowest and the highest score of any scale, `words` what they mean.
    """

    grouping: Grouping
    rows: pd.DataFrame
    tests: pd.DataFrame
    numbers: Mapping[str, Number]
    numbers_by_scale: Mapping[str, Number]
    ends: tuple[int, int]
    words: tuple[str, str]
    withheld: str = ""


def level_findings(rendering: Rendering, grouping_id: str) -> Levels:
    """Means of every scale by level with Welch's test; the count of scales on which it finds a difference is entered.

    Welch's test alone says whether the levels differ. Pairs, which say which ones do, would add errors of their own:
    one or the other finds a difference where there is none in 6 of 100 surveys, not in 5.
    """
    study = rendering.study
    grouping, alpha = study.grouping(grouping_id), study.thresholds.alpha
    rows, tests, by_scale = [], [], {}
    for scale in study.scales:
        ledger = rendering.ledger()
        scores = scale_scores(rendering.respondents, scale, study)
        groups, test, _ = group_findings(rendering, ledger, scale, scores, only=grouping_id)
        rows.append(groups.assign(scale=scale.id, title=scale.title))
        tests.append(test.assign(scale=scale.id, title=scale.title))
        by_scale.update(ledger.numbers)
    summary = rendering.ledger()
    frame = pd.concat(tests, ignore_index=True)
    source, told = f"tbl-{grouping_id}", rendering.withheld
    summary.count(
        f"{grouping_id}.n_significant_associations",
        int((frame["p"].astype(float) < alpha).sum()),
        source=source,
        shown=not told,
    )
    summary.count(f"{grouping_id}.n_tables_compared", len(frame), source=source, shown=not told)
    ends, words = _ends(study)
    table = pd.concat(rows, ignore_index=True)
    return Levels(grouping, table, released(frame), summary.numbers, by_scale, ends, words, told)


def _ends(study: Study) -> tuple[tuple[int, int], tuple[str, str]]:
    """The ends of an axis for all scales; what they mean in the words of the answers, where all scales share these."""
    sets = [study.answers(scale) for scale in study.scales]
    lows, highs = zip(*(answers.ends for answers in sets), strict=True)
    words = {(answers.low, answers.high) for answers in sets}
    return (min(lows), max(highs)), words.pop() if len(words) == 1 else ("lower", "higher")
