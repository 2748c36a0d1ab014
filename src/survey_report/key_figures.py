"""What the published report states of whole scales and of single items, where this rendering may state it as well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from survey_report.charts.numbers import mean, percent
from survey_report.frames import each_row
from survey_report.numbers import PUBLIC_KINDS, Number
from survey_report.register import Register
from survey_report.study import ResponseSet, Side, Study
from survey_report.wording import listing

MEANS = ["scale", "title", "mean", "kind"]
SHARES = ["scale", "title", "item", "label", "positive", "positive_kind", "negative", "negative_kind"]
ENDS: tuple[Side, Side] = ("positive", "negative")


@dataclass(frozen=True)
class KeyFigures:
    """Published figures that results reproduce, or that are real.

    `means`: one row a scale, the highest first: scale, title, mean, kind. `shares`: one row an item with a published
    share, from the best to the worst: scale, title, item, label, and for each of positive and negative the share in
    percent (NaN where it was not published) and its kind. `answers` are those that all of them rest on: scales with
    other answers are left out.
    """

    means: pd.DataFrame
    shares: pd.DataFrame
    answers: ResponseSet

    @property
    def ends(self) -> tuple[float, float]:
        """The scores of the worst and the best answer."""
        low, high = self.answers.ends
        return float(low), float(high)


def key_figures(study: Study, register: Register, numbers: Mapping[str, Number]) -> KeyFigures:
    """The published means and shares among the results, by the answers of the study's first scale."""
    answers = study.answers(study.scales[0])
    means, shares = [], []
    for scale in study.scales:
        if scale.items[0].response_set != study.scales[0].items[0].response_set:
            continue
        if found := _published(f"{scale.id}.mean.overall", register, numbers):
            means.append((scale.id, scale.title, found.value, _kind(found)))
        for question in scale.items:
            row: dict[str, object] = {"scale": scale.id, "title": scale.title, "item": question.item}
            row["label"] = question.short
            for side in ENDS:
                share = _published(f"{scale.id}.{answers.measures[side]}.{question.item}", register, numbers)
                row |= {side: share.value if share else float("nan"), f"{side}_kind": _kind(share)}
            shares.append(row)
    table = pd.DataFrame(shares, columns=SHARES).dropna(subset=list(ENDS), how="all")
    balance = table["positive"].astype(float).fillna(0) - table["negative"].astype(float).fillna(0)
    return KeyFigures(
        pd.DataFrame(means, columns=MEANS).sort_values("mean", ascending=False, kind="stable").reset_index(drop=True),
        table.loc[balance.sort_values(ascending=False, kind="stable").index].reset_index(drop=True),
        answers,
    )


def _published(key: str, register: Register, numbers: Mapping[str, Number]) -> Number | None:
    """The number of a published figure, where it may stand as a finding."""
    number = numbers.get(key)
    return number if number and key in register.by_key and number.kind in PUBLIC_KINDS else None


def _kind(number: Number | None) -> str:
    """As charts know it: what an erratum corrects stands for a published figure."""
    if number is None:
        return "hidden"
    return "real" if number.kind == "real" else "reproduced"


def alt_scale_means(found: KeyFigures) -> str:
    """What the chart of scale means shows."""
    low, high = found.ends
    told = listing([f"{row.title} {mean(row.mean)}" for row in each_row(found.means)])
    return f"Mean ratings of the scales, from {low:g} to {high:g}, the highest first: {told}."


def alt_shares(found: KeyFigures) -> str:
    """What the chart of shares shows: the largest share of each side, and how many there are."""
    sentences = [f"Published shares of answers to {len(found.shares)} items."]
    for side in ENDS:
        rows = found.shares[found.shares[side].notna()].sort_values(side, ascending=False, kind="stable")
        printed = [percent(share) for share in rows[side]]
        tied = [str(label) for label, share in zip(rows["label"], printed, strict=True) if share == printed[0]]
        if tied:
            share = f"{printed[0]}{' each' if len(tied) > 1 else ''}"
            sentences.append(f"The largest share of answers {found.answers.words[side]}: {listing(tied)}, {share}.")
    return " ".join(sentences)
