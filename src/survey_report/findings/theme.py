"""Findings of one theme: items, scale mean by group with tests, change over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from survey_report.digits import released, whole_shares
from survey_report.disclosure.comparisons import coarse_pairs, coarse_tests
from survey_report.disclosure.intervals import mean_ends, within
from survey_report.disclosure.precision import rounded
from survey_report.disclosure.reasons import FOLLOWS, NO_SIZE, NOT_ASKED, ONE_QUESTION, few
from survey_report.findings.no_answers import NoAnswers, no_answers
from survey_report.findings.orders import scale_orders
from survey_report.frames import each_row
from survey_report.ledger import Ledger
from survey_report.numbers import Number, round_half_up
from survey_report.rendering import Rendering
from survey_report.rules import count_name
from survey_report.scales import answer_counts, answered_any, group_answers, scale_scores
from survey_report.statistics.comparisons import PAIR_COLUMNS, Comparison, compare
from survey_report.study import SIDES, Grouping, ItemCount, Question, ResponseSet, Scale, Side, Study

GROUPS = [
    "grouping", "grouping_label", "group", "label", "phrase", "n", "mean", "low", "high", "kind", "key", "shown",
    "step", "coarse", "reason", "spread",
]  # fmt: skip
TESTS = ["grouping", "label", "statistic", "df_between", "df_within", "p", "groups"]
PAIRS = [*PAIR_COLUMNS, "scale", "grouping"]


@dataclass(frozen=True)
class Theme:
    """Findings of one scale.

    `items`: one row an item: item, label, n, option columns and positive/neutral/negative in percent (NaN where not
    shown), `<side>_kind`, merged, shown, reason (why it is not shown, empty if it is); best first. `groups`: one row a
    group of each grouping: grouping, grouping_label, group, label, phrase, n, mean, low, high, kind, shown, step (what
    its mean is rounded to), coarse (whether its own spread may not be shown: low and high come from that of everybody,
    and `spread` says why), reason (why its mean, or only its n, is not shown). `changes`: one row a period, as items
    with period instead of item. `tests`: one row a grouping: grouping, label, statistic, df_between, df_within, p,
    groups. `withheld` says why there are no groups at all, empty where there are.
    `orders`: which of two figures is the higher one (see `orders.scale_orders`).
    `pairs`: one row a tested pair: grouping, a, b, difference, low, high, p, significant (missing where it is not told)
    and state. `not_counted` are those who are in no base of an item, `not_counted_changes` of a period. Of pairs and
    tests with a coarse group see `disclosure.comparisons`.
    """

    scale: Scale
    answers: ResponseSet
    change_answers: ResponseSet
    overall: Number
    items: pd.DataFrame
    groups: pd.DataFrame
    changes: pd.DataFrame
    tests: pd.DataFrame
    pairs: pd.DataFrame
    numbers: Mapping[str, Number]
    orders: pd.DataFrame
    alpha: float = 0.05
    withheld: str = ""
    not_counted: tuple[NoAnswers, ...] = ()
    not_counted_changes: tuple[NoAnswers, ...] = ()

    def number(self, key: str) -> Number:
        """A number of this scale by the part of its key after the scale's id."""
        return self.numbers[f"{self.scale.id}.{key}"]


def theme_findings(rendering: Rendering, scale_id: str) -> Theme:
    """All findings of a scale; KeyError for a scale that the study does not have."""
    study = rendering.study
    scale = study.scale(scale_id)
    ledger = rendering.ledger()
    answers = study.answers(scale)
    scores = scale_scores(rendering.respondents, scale, study)
    ledger.count(f"{scale.id}.n_items", len(scale.items), source=f"tbl-{scale.id}-items")
    n = int(answered_any(rendering.respondents, scale, study).sum())
    ledger.count(f"{scale.id}.n", n, source=f"tbl-{scale.id}-items", shown=rendering.policy.group_may_show(n))
    overall = overall_mean(rendering, ledger, scale, scores)
    items = answer_shares(rendering, ledger, scale.items, answers, [q.item for q in scale.items], scale)
    items.insert(0, "item", [question.item for question in scale.items])
    _item_counts(ledger, scale, items, study.item_counts)
    items = items.sort_values(["shown", "positive"], ascending=False, kind="stable").reset_index(drop=True)
    _extremes(ledger, scale, items)
    groups, tests, pairs = group_findings(rendering, ledger, scale, scores)
    change_answers = study.response_sets[scale.changes[0].response_set] if scale.changes else answers
    changes = _changes(rendering, ledger, scale)
    ledger.count(
        f"{scale.id}.n_significant_pairs",
        int(pairs["significant"].sum()),
        source=f"tbl-{scale.id}-pairs",
        shown=bool(pairs["significant"].notna().all()),  # of pairs that are not told, none is known not to differ
    )
    return Theme(
        scale=scale,
        answers=answers,
        change_answers=change_answers,
        overall=overall,
        items=released(items, whole_shares(answers)),
        groups=groups,
        changes=released(changes, whole_shares(change_answers)),
        tests=released(tests),
        pairs=released(pairs),
        numbers=ledger.numbers,
        orders=scale_orders(
            rendering,
            scale,
            overall,
            lambda other, theirs: overall_mean(rendering, rendering.ledger(), other, theirs),
            groups,
            ledger.numbers,
        ),
        alpha=study.thresholds.alpha,
        withheld=rendering.withheld,
        not_counted=tuple(no_answers(rendering, item) for item in scale.items),
        not_counted_changes=tuple(
            replace(no_answers(rendering, change), label=period.label)
            for period in study.periods
            if (change := scale.change(period.id))
        ),
    )


def overall_mean(rendering: Rendering, ledger: Ledger, scale: Scale, scores: pd.Series[float]) -> Number:
    """The mean of all respondents on a scale, entered."""
    key, base, mean = f"{scale.id}.mean.overall", int(scores.notna().sum()), float(scores.mean())
    precision = rendering.policy.precision(base, key, rendering.study.answers(scale))
    return ledger.mean(
        key,
        precision.mean(mean),
        source=f"tbl-{scale.id}-means",
        base=base,
        shown=mean_may_show(rendering, scale, scores.notna(), mean, key),
        decimals=precision.decimals,
    )


def mean_may_show(rendering: Rendering, scale: Scale, members: pd.Series[bool], mean: float, key: str = "") -> bool:
    """Whether the mean on a scale of those respondents who are `members` and have a score may be shown.

    Not where all have the same score: that such a group cannot be tested would tell it.
    """
    policy, n = rendering.policy, int(members.sum())
    if not policy.group_may_show(n, key):
        return False
    scores = scale_scores(rendering.respondents[members], scale, rendering.study)
    if key not in policy.released and scores.nunique() == 1:
        return False
    given = group_answers(rendering.respondents, scale, rendering.study, members)
    turned = [item.reverse for item in scale.items]
    return policy.mean_may_show(mean, n, given, rendering.study.answers(scale), key, turned)


def never_asked(study: Study, scale: Scale, grouping: Grouping, category: str) -> bool:
    """Whether the instrument puts no item of a scale to anybody of a group: what it asks of whom is no secret."""
    return not grouping.mapping and all(
        any(
            study.question(question).column == study.column(grouping.id) and answer != category
            for question, answer in item.asked_if
        )
        for item in scale.items
    )


def group_findings(
    rendering: Rendering, ledger: Ledger, scale: Scale, scores: pd.Series[float], only: str = "", exact: bool = False
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Means by group, one test a grouping, and pairs, as in Theme; enters the means.

    A group whose mean is hidden is not tested: from what is told of a test its mean would follow.
    `only` narrows it to one grouping. `exact` leaves tests and pairs as computed, to compute further: they may not be
    shown before `coarse_tests` and `coarse_pairs` have seen them.
    """
    study, limits = rendering.study, rendering.study.thresholds
    group_rows, test_rows, pair_frames = [], [], []
    spread, points = _spread(rendering, scores), study.answers(scale).ends
    for grouping in (g for g in study.tested_groupings if only in ("", g.id)):
        members = rendering.members(grouping.id)
        of = {c.id: (members == c.id).fillna(False).astype(bool) & scores.notna() for c in grouping.categories}
        keys = {group: f"{scale.id}.mean.{grouping.id}.{group}" for group in of}
        telling = {
            group: mean_may_show(rendering, scale, mine, float(scores[mine].mean()), keys[group])
            for group, mine in of.items()
        }
        compared = compare(
            scores,
            members,
            [category.id for category in grouping.categories],
            min_n=max(limits.min_test_group, limits.min_group),
            alpha=limits.alpha,
            leave_out=[group for group, may_show in telling.items() if not may_show],
        )
        test_rows.append({"grouping": grouping.id, "label": grouping.label, **_test_row(compared)})
        pair_frames.append(compared.pairs.assign(scale=scale.id, grouping=grouping.id))
        sizes = compared.means["n"].astype(int)
        # The size of a group that is too small to count follows from the others: one of them loses its size too. No
        # size of a scale's group is public: Table 1 counts everybody, not those who answered this scale.
        countable = rendering.policy.may_show_counts(sizes, ["" for _ in sizes.index])
        for category, row in zip(grouping.categories, each_row(compared.means), strict=True):
            n, key = int(row.n), keys[category.id]
            precision = rendering.policy.precision(n, key, study.answers(scale))
            number = ledger.mean(
                key,
                precision.mean(float(row.mean)),
                source=f"tbl-{scale.id}-means",
                base=n if countable[category.id] else None,
                shown=telling[category.id],
                decimals=precision.decimals,
            )
            shown = number.kind != "hidden"
            hidden_spread = _why_no_spread(rendering, scale, n, countable=bool(countable[category.id]))
            hidden_spread = hidden_spread or ("" if shown else FOLLOWS)  # from differences and tests the mean follows
            if hidden_spread:
                low, high = mean_ends(
                    float("nan") if number.value is None else number.value,
                    n,
                    # with the size hidden, an interval from a known spread would tell it
                    spread if countable[category.id] else float("nan"),
                    step=precision.mean_step,
                    unit=precision.end_step,
                    alpha=limits.alpha,
                    ends=points,
                )
            else:
                low, high = (rounded(float(end), precision.end_step) for end in within(row.low, row.high, points))
            if shown:
                reason = "" if countable[category.id] else NO_SIZE
            elif never_asked(study, scale, grouping, category.id):
                reason = NOT_ASKED
            else:
                reason = few(limits.min_group) if n < limits.min_group else FOLLOWS
            group_rows.append(
                {
                    "grouping": grouping.id,
                    "grouping_label": grouping.label,
                    "group": category.id,
                    "label": category.label,
                    "phrase": category.phrase,
                    "n": n if shown and countable[category.id] else pd.NA,
                    "mean": number.value if shown else float("nan"),
                    "low": low if shown else float("nan"),
                    "high": high if shown else float("nan"),
                    "kind": number.kind,
                    "key": key,
                    "shown": shown,
                    "step": precision.mean_step,
                    "coarse": bool(hidden_spread),
                    "reason": reason,
                    "spread": hidden_spread,
                }
            )
    if rendering.withheld:  # the numbers are entered as hidden, and there is nothing else to say of any group
        group_rows, test_rows, pair_frames = [], [], []
    pairs = pd.concat(pair_frames, ignore_index=True) if pair_frames else pd.DataFrame(columns=PAIRS)
    pairs["significant"] = (pairs["p"] < limits.alpha).astype(bool)
    groups, tests = pd.DataFrame(group_rows, columns=GROUPS), pd.DataFrame(test_rows, columns=TESTS)
    if exact:
        return groups, tests, pairs
    return groups, coarse_tests(tests, groups, limits.alpha), shown_pairs(rendering, scale, groups, pairs)


def shown_pairs(rendering: Rendering, scale: Scale, groups: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """The pairs of a scale as they may be shown, from those that `group_findings` computed exactly."""
    return coarse_pairs(pairs, groups, public=f"{scale.id}.n_significant_pairs" in rendering.policy.released)


def _why_no_spread(rendering: Rendering, scale: Scale, n: int, *, countable: bool) -> str:
    """Why the spread of a group's scores may not be shown, nor the statistics that it enters; empty if it may.

    Where the number of a group is hidden they would tell it. With mean, number and shares of the sides, the deviation
    of a single question tells how often each answer was given, and these are not shown by group.
    """
    if not rendering.policy.precision(n).sd:
        return f"a group under {rendering.study.thresholds.coarse_group} answers"
    if not countable:
        return "the number of a group is not shown"
    return ONE_QUESTION if len(scale.items) == 1 else ""


def _spread(rendering: Rendering, scores: pd.Series[float]) -> float:
    """The standard deviation of everybody, where they are enough for it to be shown; NaN otherwise."""
    enough = rendering.policy.precision(int(scores.notna().sum())).sd
    return float(scores.std(ddof=1)) if enough else float("nan")


def _test_row(compared: Comparison) -> dict[str, object]:
    welch = compared.welch
    if welch is None:
        return {"statistic": None, "df_between": None, "df_within": None, "p": None, "groups": ()}
    return {
        "statistic": welch.statistic,
        "df_between": welch.df_between,
        "df_within": welch.df_within,
        "p": welch.p,
        "groups": welch.groups,
    }


def answer_shares(
    rendering: Rendering,
    ledger: Ledger,
    questions: Sequence[Question],
    answers: ResponseSet,
    names: Sequence[str],
    scale: Scale,
    labels: Sequence[str] = (),
) -> pd.DataFrame:
    """Percentages of each question's answers, protected.

    Enters for each side its share and its count as SCALE.MEASURE.NAME, and the number of answers as SCALE.n_base.NAME.
    """
    counts = answer_counts(rendering.respondents, questions, answers)
    keys = {
        question.id: {side: _side_keys(scale, answers, side, name) for side in SIDES}
        for question, name in zip(questions, names, strict=True)
    }
    detail = rendering.policy.answer_detail(counts, answers, keys)
    rows = []
    for question, name, label in zip(questions, names, labels or [q.short for q in questions], strict=True):
        tally = counts.loc[question.id].to_dict()
        line = {option.id: int(tally[option.id]) for option in answers.options}
        n, level = sum(line.values()), str(detail[question.id])
        shown = level != "none"
        precision = rendering.policy.precision(n)
        row: dict[str, object] = {"label": label, "n": n if rendering.policy.group_may_show(n) else pd.NA}
        for option in answers.options:
            row[option.id] = 100 * line[option.id] / n if level == "full" else float("nan")
        for side in SIDES:
            count = sum(line[option] for option in answers.side(side))
            key, count_key = keys[question.id][side]
            share = 100 * count / n if n else float("nan")
            if key not in rendering.policy.released:
                share = precision.percent(share) if precision.coarse else share
            number = ledger.enter(key, share, unit="percent", decimals=0, source=f"{scale.id}", base=n, shown=shown)
            countable = shown and (not precision.coarse or count_key in rendering.policy.released)
            ledger.count(count_key, count, source=f"{scale.id}", base=n, shown=countable)
            row[side] = share if shown else float("nan")
            row[f"{side}_kind"] = number.kind
            row[f"{side}_key"] = key
        ledger.count(f"{scale.id}.n_base.{name}", n, source=f"{scale.id}", base=n, shown=shown)
        reason = "" if shown else rendering.policy.why_hidden(n)
        rows.append({**row, "merged": level == "sides", "shown": shown, "reason": reason})
    return pd.DataFrame(rows)


def _side_keys(scale: Scale, answers: ResponseSet, side: Side, name: str) -> tuple[str, str]:
    """Result keys of a side's share and count."""
    measure = answers.measures[side]
    return f"{scale.id}.{measure}.{name}", f"{scale.id}.{count_name(measure)}.{name}"


def _changes(rendering: Rendering, ledger: Ledger, scale: Scale) -> pd.DataFrame:
    periods = [period for period in rendering.study.periods if scale.change(period.id)]
    questions = [question for period in periods if (question := scale.change(period.id))]
    if not questions:
        return pd.DataFrame()
    answers = rendering.study.response_sets[questions[0].response_set]
    frame = answer_shares(
        rendering,
        ledger,
        questions,
        answers,
        [period.id for period in periods],
        scale,
        labels=[period.label for period in periods],
    )
    frame.insert(0, "period", [period.id for period in periods])
    return frame


def _item_counts(ledger: Ledger, scale: Scale, items: pd.DataFrame, rules: Sequence[ItemCount]) -> None:
    """Count items that meet each rule; shares in whole percent, as a reader sees them."""
    whole = items.loc[items["shown"], list(SIDES)].map(lambda share: round_half_up(share, 0))
    shares: dict[str, pd.Series] = {
        **{str(side): whole[side] for side in SIDES},
        "larger side": whole[["positive", "negative"]].max(axis=1),
        "difference of sides": (whole["positive"] - whole["negative"]).abs(),
    }
    complete = bool(items["shown"].all())
    for rule in rules:
        met = shares[rule.share].between(rule.at_least, rule.at_most)
        ledger.count(f"{scale.id}.{rule.id}", int(met.sum()), source=f"tbl-{scale.id}-items", shown=complete)


def _extremes(ledger: Ledger, scale: Scale, items: pd.DataFrame) -> None:
    """The item with the largest good share and the one with the largest poor share."""
    for name, side in (("best", "positive"), ("worst", "negative")):
        shown = items[items["shown"]]
        source = f"tbl-{scale.id}-items"
        if shown.empty:
            hidden = ledger.enter(f"{scale.id}.{name}.pct", None, unit="percent", decimals=0, source=source)
            ledger.words(f"{scale.id}.{name}.label", "", like=hidden, source=source)
            continue
        row = shown.iloc[int(shown[side].to_numpy(float).argmax())]
        like = ledger.numbers[str(row[f"{side}_key"])]
        ledger.words(f"{scale.id}.{name}.label", str(row["label"]), like=like, source=source)
        ledger.numbers[f"{scale.id}.{name}.pct"] = like.under(f"{scale.id}.{name}.pct")
