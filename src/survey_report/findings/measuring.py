"""How well the scales measure: consistency of their items, every answer to them, and answers that count as missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from survey_report.digits import released, whole_shares
from survey_report.disclosure.comparisons import coarse_p
from survey_report.disclosure.precision import rounded
from survey_report.disclosure.reasons import NOT_TOGETHER, SOME_FEW, few
from survey_report.findings.no_answers import kinds_of, shown_kinds
from survey_report.findings.theme import answer_shares
from survey_report.frames import each_row
from survey_report.ledger import Ledger
from survey_report.numbers import Number
from survey_report.rendering import Rendering
from survey_report.scales import (
    NOT_ASKED,
    answer_counts,
    answered_any,
    item_scores,
    not_counted,
    scale_scores,
)
from survey_report.statistics.factor import omega
from survey_report.statistics.measurement import cronbach_alpha, item_statistics
from survey_report.study import Grouping, Question, ResponseSet, Scale

LOW_ALPHA = 0.5  # a scale with less is said to hang together badly
COARSE_COEFFICIENT = 0.1  # what coefficients are rounded to where few answered: with all their digits they tell spread
SOURCE, MISSING_SOURCE = "tbl-measurement-scales", "tbl-measurement-missing"
SCALES = ["scale", "title", "items", "n", "scored", "alpha", "low", "high", "omega", "statistic", "df", "p", "reason"]
ITEMS = ["scale", "title", "item", "label", "n", "mean", "sd", "item_rest", "alpha_without", "reason"]
MISSING = [
    "scale", "title", "item", "label", "grouping", "group", "group_label", "kind", "kind_label", "asked",
    "n", "percent", "key",
]  # fmt: skip


@dataclass(frozen=True)
class Measurement:
    """Measurement of all scales.

    `scales`: one row a scale: scale, title, items, n (respondents who answered every item; NA where it may not be
    shown), scored (respondents with a score, likewise), alpha with low and high, omega, statistic, df and p of the test
    that one factor is enough, and the reason where something is not there. `items`: one row an item, from the same
    respondents: scale, title, item, label, n, mean, sd, item_rest, alpha_without, reason. `answers`: one row an item:
    scale, title, item, label, n, and a column in percent for each answer of any scale (NaN where not shown, or not an
    answer of the scale). `missing`: one row an item, a group (empty for all respondents) and a kind of answer that
    counts as missing: asked and n (respondents; NA for groups, and where not shown), percent of those asked (NaN where
    not shown), key. `grouping` is the one that `missing` goes by, if any.
    `judged` are the scales that enough respondents answered in full for their consistency to be told in words.
    """

    scales: pd.DataFrame
    items: pd.DataFrame
    answers: pd.DataFrame
    missing: pd.DataFrame
    kinds: Mapping[str, str]
    grouping: Grouping | None
    numbers: Mapping[str, Number]
    judged: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Doubt:
    """What speaks against the mean of a scale: items that go against its rest, and items that hardly go together."""

    scale: str
    title: str
    against: tuple[str, ...]
    loose: bool


def doubts(found: Measurement) -> list[Doubt]:
    """The doubts of every scale that is judged and has some, by what is printed."""
    told = []
    for row in each_row(found.scales[found.scales["scale"].isin(list(found.judged))]):
        items = found.items[found.items["scale"] == row.scale]
        against = tuple(map(str, items.loc[items["item_rest"] < 0, "label"]))
        loose = bool(row.alpha < LOW_ALPHA)
        if against or loose:
            told.append(Doubt(str(row.scale), str(row.title), against, loose))
    return told


def measurement_findings(rendering: Rendering) -> Measurement:
    """Consistency, answers and missing answers of every scale; missing ones by the first tested grouping as well."""
    study, ledger = rendering.study, rendering.ledger()
    grouping = next(iter(study.tested_groupings), None)
    scale_rows, item_frames, answer_frames, missing, judged = [], [], [], [], set()
    for scale in study.scales:
        answers = study.answers(scale)
        scores = item_scores(rendering.respondents, scale.items, study).dropna()
        if len(scores) >= study.thresholds.min_report:
            judged.add(scale.id)
        row, items = _consistency(rendering, ledger, scale, answers, scores)
        scale_rows.append(row)
        item_frames.append(items)
        shares = answer_shares(  # a ledger of its own: the scale's section enters these numbers
            rendering, rendering.ledger(), scale.items, answers, [question.item for question in scale.items], scale
        )
        names = {"scale": scale.id, "title": scale.title, "item": [question.item for question in scale.items]}
        shares = released(shares, whole_shares(answers))
        answer_frames.append(shares.assign(**names)[[*names, "label", "n", *(option.id for option in answers.options)]])
        for question in scale.items:
            missing += list(_missing(rendering, ledger, scale, question, grouping))
    kinds = {
        str(kind): str(label) for kind, label in dict.fromkeys((row["kind"], row["kind_label"]) for row in missing)
    }
    return Measurement(
        scales=released(pd.DataFrame(scale_rows, columns=SCALES), {"statistic": 1, "omega": 2}),
        items=released(pd.concat(item_frames, ignore_index=True)) if item_frames else pd.DataFrame(columns=ITEMS),
        answers=pd.concat(answer_frames, ignore_index=True) if answer_frames else pd.DataFrame(),
        missing=released(
            pd.DataFrame([row for row in missing if not (rendering.withheld and row["group"])], columns=MISSING)
        ),
        kinds=kinds,
        grouping=grouping,
        numbers=ledger.numbers,
        judged=frozenset(judged),
    )


def _consistency(
    rendering: Rendering, ledger: Ledger, scale: Scale, answers: ResponseSet, scores: pd.DataFrame
) -> tuple[dict[str, object], pd.DataFrame]:
    limits, policy = rendering.study.thresholds, rendering.policy
    n, least = len(scores), limits.min_group
    enough = policy.group_may_show(n)
    found, factor = cronbach_alpha(scores, alpha=limits.alpha), omega(scores)
    # With the number of respondents who answered anything, that of complete answers tells how many left something out.
    anything = int(answered_any(rendering.respondents, scale, rendering.study).sum())
    scored = int(scale_scores(rendering.respondents, scale, rendering.study).notna().sum())
    countable = enough and bool(policy.may_show_counts(pd.Series([n, anything - n]), ["", ""])[0])
    apart = policy.may_show_counts(pd.Series([n, scored - n]), ["", ""])
    base = n if countable else None
    ledger.count(f"measurement.n.{scale.id}", n, source=SOURCE, shown=countable)
    values = {"alpha": found.alpha, "low": found.low, "high": found.high, "omega": factor.omega}
    precision = policy.precision(n)
    if precision.coarse:
        values = {name: rounded(value, COARSE_COEFFICIENT) for name, value in values.items()}
    entered = {
        name: ledger.enter(
            f"measurement.{name}.{scale.id}", value, unit="coefficient", decimals=2, source=SOURCE, base=base,
            shown=enough,
        )
        for name, value in values.items()
    }  # fmt: skip
    reason = " and ".join(dict.fromkeys(text for text in (found.reason, factor.reason) if text))
    test = {"statistic": factor.statistic, "df": factor.df, "p": factor.p}
    if precision.coarse:
        test |= {"statistic": rounded(factor.statistic, 1.0), "p": coarse_p(factor.p, limits.alpha)}
    row: dict[str, object] = {
        "scale": scale.id,
        "title": scale.title,
        "items": len(scale.items),
        "n": n if countable else pd.NA,
        "scored": scored if countable and bool(apart.all()) else pd.NA,
        **{name: float("nan") if number.value is None else values[name] for name, number in entered.items()},
        **(test if enough else {"statistic": float("nan"), "df": 0, "p": float("nan")}),
        "reason": reason if enough else few(least) if scale.asked_together else NOT_TOGETHER,
    }
    return row, _items(rendering, scale, answers, scores, countable)


def _items(
    rendering: Rendering, scale: Scale, answers: ResponseSet, scores: pd.DataFrame, countable: bool
) -> pd.DataFrame:
    """Item statistics from complete answers; an item whose answers may not be shown says nothing, not even why."""
    policy = rendering.policy
    frame = item_statistics(scores)
    complete = rendering.respondents.loc[scores.index]
    detail = policy.answer_detail(answer_counts(complete, scale.items, answers), answers)
    hidden = (detail == "none").to_numpy()
    enough = policy.group_may_show(len(scores))
    frame["reason"] = frame["reason"].mask(hidden, SOME_FEW)
    if not enough:
        frame["reason"] = few(rendering.study.thresholds.min_group)
    frame["sd"] = frame["sd"].mask((detail != "full").to_numpy())  # with mean and shares of sides it tells all answers
    statistics = ["mean", "sd", "item_rest", "alpha_without"]
    frame[statistics] = frame[statistics].mask(pd.Series(hidden | (not enough)), other=float("nan"))
    precision = policy.precision(len(scores), answers=answers)
    if precision.coarse:
        frame["mean"] = [precision.mean(float(value)) for value in frame["mean"]]
        frame["sd"] = float("nan")
        for name in ("item_rest", "alpha_without"):
            frame[name] = [rounded(float(value), COARSE_COEFFICIENT) for value in frame[name]]
    frame["n"] = frame["n"].astype("Int64") if countable else pd.array([pd.NA] * len(frame), dtype="Int64")
    frame["item"] = [question.item for question in scale.items]
    labels = [f"{item.short} (reversed)" if item.reverse else item.short for item in scale.items]  # its mean is turned
    return frame.assign(scale=scale.id, title=scale.title, label=labels)[ITEMS]


def _missing(
    rendering: Rendering,
    ledger: Ledger,
    scale: Scale,
    question: Question,
    grouping: Grouping | None,
) -> Iterator[dict[str, object]]:
    """Answers to one item that count as missing, of all who were asked and by group, protected.

    The kinds of one item add to those asked less those who answered, and the groups of one kind to all respondents: a
    kind that is hidden for all is hidden for every group, and no single group is hidden.
    """
    policy, study = rendering.policy, rendering.study
    marks = not_counted(rendering.respondents, question, study)
    asked, everybody = ~marks[NOT_ASKED], marks.sum().astype(int)
    open_to_see = shown_kinds(rendering, everybody)
    kinds = {kind: label for kind, label in kinds_of(question, study).items() if kind != NOT_ASKED}
    marks, counts, base = marks.loc[asked, list(kinds)], everybody[list(kinds)], int(asked.sum())
    shown = open_to_see[list(kinds)] & policy.group_may_show(base)
    countable = bool(open_to_see[NOT_ASKED])  # or the number of those asked would tell how few were not
    names = {"scale": scale.id, "title": scale.title, "item": question.item, "label": question.short}
    key = f"missing.{scale.id}.{{}}.{question.item}.{{}}"

    def row(group: str, label: str, kind: str, n: int, of: int, visible: bool, name: str) -> dict[str, object]:
        precision = policy.precision(of)
        share = 100 * n / of if of else float("nan")
        share = precision.percent(share) if precision.coarse else share
        decimals = 0 if precision.coarse else 1
        told = of if group or countable else None
        number = ledger.enter(
            name, share, unit="percent", decimals=decimals, source=MISSING_SOURCE, base=told, shown=visible
        )
        hidden = number.value is None
        return {
            **names,
            "grouping": grouping.id if grouping and group else "",
            "group": group,
            "group_label": label,
            "kind": kind,
            "kind_label": kinds[kind],
            "asked": pd.NA if group or not countable else of,
            "n": n if visible and not group else pd.NA,
            "percent": float("nan") if hidden else share,
            "key": name,
        }

    for kind in kinds:
        yield row("", "All", kind, int(counts[kind]), base, bool(shown[kind]), key.format(kind, "overall"))
    if grouping is None:
        return
    groups = rendering.members(grouping.id)[asked].astype("object").fillna("")
    ids = [category.id for category in grouping.categories]
    sizes = groups.value_counts().reindex([*ids, ""], fill_value=0)
    for kind in kinds:
        by_group = marks[kind].groupby(groups).sum().reindex([*ids, ""], fill_value=0).astype(int)
        small = (sizes > 0) & (sizes < policy.thresholds.min_group)
        small[""] = by_group[""] > 0  # those without a group have no column: what they said follows from the others
        visible = policy.may_show_counts(by_group, ["" for _ in by_group.index], hide=small) & bool(shown[kind])
        for category in grouping.categories:
            n, of = int(by_group[category.id]), int(sizes[category.id])
            name = key.format(kind, f"{grouping.id}.{category.id}")
            yield row(category.id, category.label, kind, n, of, bool(visible[category.id]), name)
