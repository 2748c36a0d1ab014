"""Checks on published figures: their arithmetic, each check on small registers, and the two registers there are."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_report.errors import UserError
from survey_report.figure_checks import (
    CHECKS,
    Figures,
    Finding,
    Outcome,
    check_figures,
    check_frame,
    figures_of,
    page,
    read_frame,
)
from survey_report.figure_checks.page import Examined, Rates
from survey_report.figure_checks.planted import SLIPS, Slip, Trial, clean_register, plant, simulated_trials, trials
from survey_report.figure_checks.printed import COLUMNS
from survey_report.figure_checks.remainders import chance_of_range
from survey_report.figure_checks.rounding import (
    Span,
    bases_of,
    counts_printed_as,
    every_mean_reachable,
    reachable_mean,
    rounded_values,
    span_of,
    weighted_limits,
)
from survey_report.figure_checks.simulated import simulated_register
from survey_report.numbers import round_half_up
from survey_report.study import Study
from survey_report.study_load import load_study

ROOT = Path(__file__).parents[1]
STUDY = ROOT / "studies" / "csrr-2023"
OTHER = ROOT / "tests" / "data" / "figures-2015.csv"


def span(text: str) -> Span:
    return span_of(Fraction(text), len(text.partition(".")[2]))


# Arithmetic of rounded numbers


@pytest.mark.parametrize(
    ("mean", "cases", "possible"),
    [
        # Brown and Heathers: 28 people, one item. 145/28 is 5.18, 146/28 is 5.21.
        ("5.18", 28, True),
        ("5.19", 28, False),
        ("5.20", 28, False),
        ("5.21", 28, True),
        # Two items double the number of answers.
        ("5.18", 14 * 2, True),
        ("5.18", 14, False),
        # Twenty throws of a die end in .x0 or .x5.
        ("3.45", 20, True),
        ("3.48", 20, False),
        ("3.50", 20, True),
        # 43 people; 49 people.
        ("5.27", 43, False),
        ("5.93", 49, False),
        ("5.94", 49, True),
        # Half points: 9/8 is 1.125, printed as 1.12 or as 1.13.
        ("1.12", 8, True),
        ("1.13", 8, True),
        ("1.14", 8, False),
    ],
)
def test_means_that_whole_numbers_can_have(mean: str, cases: int, possible: bool) -> None:
    assert reachable_mean(span(mean), cases) is possible


@given(st.integers(1, 400), st.integers(0, 2000), st.integers(0, 3))
def test_a_mean_that_occurs_is_never_called_impossible(cases: int, total: int, decimals: int) -> None:
    printed = f"{round_half_up(total / cases, decimals):.{decimals}f}"
    assert reachable_mean(span_of(Fraction(printed), decimals), cases)


@pytest.mark.parametrize("cases", [1, 7, 28, 60, 99, 100, 101, 250])
def test_power_ends_where_every_mean_occurs(cases: int) -> None:
    occur = [reachable_mean(span_of(Fraction(value, 100), 2), cases) for value in range(100, 500)]
    assert every_mean_reachable(cases, 2) is (cases >= 100)
    assert all(occur) is (cases >= 100)
    # The share of means that occur is about cases in a hundred, as the paper has it.
    assert sum(occur) >= min(400, 4 * cases) * 0.9
    assert sum(occur) <= min(400, 4 * cases + 4 * cases // 5 + 5)


@pytest.mark.parametrize(
    ("percentage", "base", "counts"),
    [
        ("61", 23, [14]),
        ("57", 23, [13]),
        ("56", 23, []),
        ("22", 23, [5]),
        ("1.6", 1399, [22, 23]),
        ("2.4", 1399, [33, 34]),
        ("0", 23, [0]),
        ("100", 23, [23]),
        ("50", 1, []),
        ("12", 8, [1]),  # 12.5, rounded down
        ("13", 8, [1]),  # and up
        ("105", 20, []),
    ],
)
def test_counts_behind_a_percentage(percentage: str, base: int, counts: list[int]) -> None:
    assert list(counts_printed_as(span(percentage), base)) == counts


@given(st.integers(1, 2000), st.data(), st.integers(0, 2))
def test_the_count_of_a_percentage_is_among_its_counts(base: int, data: st.DataObject, decimals: int) -> None:
    count = data.draw(st.integers(0, base))
    share = span_of(Fraction(str(round_half_up(100 * count / base, decimals))), decimals)
    assert count in counts_printed_as(share, base)
    bases = bases_of(count, share)
    assert bases is None or bases.holds(Fraction(base))


def test_bases_that_a_pair_allows() -> None:
    assert bases_of(0, span("0")) is None
    assert bases_of(0, span("3")) == Span(Fraction(1), Fraction(0))
    assert bases_of(3, Span(Fraction(-1), Fraction(0))) == Span(Fraction(1), Fraction(0))
    wide = bases_of(1, span("0"))
    assert wide is not None
    assert wide.low == 200
    narrow = bases_of(13, span("57"))
    assert narrow is not None
    assert [b for b in range(1, 100) if narrow.holds(Fraction(b))] == [23]


def test_rounded_values_take_halves_both_ways() -> None:
    assert rounded_values(Span(Fraction("38.6"), Fraction("39.4")), 0) == [39]
    assert rounded_values(Span(Fraction("38.5"), Fraction("39.5")), 0) == [38, 39, 40]
    assert rounded_values(Span(Fraction("38"), Fraction("40")), 0) == [38, 39, 40]
    assert rounded_values(span("2.50"), 1) == [Fraction("2.5")]
    assert rounded_values(span("2.5"), 0) == [2, 3]


weights = st.tuples(st.integers(0, 5), st.integers(0, 5)).map(lambda ends: Span(*map(Fraction, sorted(ends))))


@given(st.lists(st.tuples(st.integers(1, 5), weights), min_size=1, max_size=4))
def test_limits_of_a_weighted_mean_are_those_of_all_weights(groups: list[tuple[int, Span]]) -> None:
    """The extremes lie where every weight is at one of its ends, so trying all ends finds them."""
    means = []
    for chosen in itertools.product(*((w.low, w.high) for _, w in groups)):
        if sum(chosen):
            means.append(sum(w * value for w, (value, _) in zip(chosen, groups, strict=True)) / sum(chosen))
    found = weighted_limits([Span(Fraction(v), Fraction(v)) for v, _ in groups], [w for _, w in groups])
    assert found == (Span(min(means), max(means)) if means else None)


def test_limits_take_values_at_their_ends() -> None:
    one = [Span(Fraction(1), Fraction(1))] * 2
    assert weighted_limits([span("3"), span("4")], one) == Span(Fraction(3), Fraction(4))


def test_the_chance_of_a_range_follows_from_even_rounding_errors() -> None:
    left = [Span(Fraction(38), Fraction(40))]
    assert chance_of_range(left, Fraction(39), Fraction(39)) == Fraction(3, 4)
    assert chance_of_range(left, Fraction(38), Fraction(38)) == Fraction(1, 8)
    both = [*left, Span(Fraction(51), Fraction(53))]
    assert chance_of_range(both, Fraction(39), Fraction(51)) == Fraction(3, 32)
    assert chance_of_range(both, Fraction(39), Fraction(50)) == 0


# Each check on a register of a few rows

DEFAULTS = {
    "section": "", "source": "responses", "scale": "", "item": "", "group_by": "overall", "group": "all",
    "period": "none", "relation": "=", "value": "", "value_high": "", "where": "text", "basis": "stated",
}  # fmt: skip


def row(name: str, measure: str, value: str = "", **cells: str) -> dict[str, str]:
    """A row of a register; unit, kind and decimals follow from measure and value unless they are given."""
    unit = "percent" if "pct" in measure else "scale_1_5" if measure == "mean" else "count"
    kind = {"percent": "percent", "scale_1_5": "mean"}.get(unit, "count")
    decimals = str(len(value.partition(".")[2]))
    return {
        **DEFAULTS,
        "unit": unit,
        "kind": kind,
        "decimals": decimals,
        "id": name,
        "measure": measure,
        "value": value,
        **cells,
    }


def examined(*rows: dict[str, str]) -> Outcome:
    return check_figures(figures_of(pd.DataFrame(rows)))


def the_one(*rows: dict[str, str]) -> Finding:
    (finding,) = examined(*rows).findings
    return finding


def silent(*rows: dict[str, str]) -> Outcome:
    outcome = examined(*rows)
    assert outcome.findings == ()
    return outcome


def changed(rows: list[dict[str, str]], name: str, **cells: str) -> list[dict[str, str]]:
    assert name in {one["id"] for one in rows}
    return [{**one, **cells} if one["id"] == name else one for one in rows]


BASE = row("base", "n_base", "23", item="q")


def test_a_percentage_that_no_count_gives() -> None:
    finding = the_one(BASE, row("share", "pct_agree", "56", item="q"))
    assert (finding.check, finding.certainty) == ("rounding", "certain")
    assert set(finding.figures) == {"base", "share"}
    assert "12 of 23 is 52.17%" in finding.message
    assert "13 of 23 is 56.52%" in finding.message
    assert "share" in silent(BASE, row("share", "pct_agree", "57", item="q")).tested


def test_a_base_is_borrowed_where_two_other_questions_agree_on_one() -> None:
    other, share = row("base-2", "n_base", "23", item="r"), row("share", "pct_agree", "56", item="s")
    finding = the_one(BASE, other, share)
    assert finding.certainty == "likely"
    assert "not printed here" in finding.message
    silent(BASE, share)
    silent(BASE, {**other, "value": "50"}, share)
    silent(BASE, other, {**share, "scale": "scale"})


def test_rounding_without_power_is_no_pass() -> None:
    everybody = row("all", "n_complete", "279")
    outcome = silent(everybody, row("share", "pct", "9", group_by="g", group="a"))
    (limit,) = (limit for limit in outcome.limits if limit.check == "rounding")
    assert limit.blind
    assert "of 279 people, one is 0.358 points" in limit.reason
    assert "share" not in outcome.tested
    # Of 100 people every whole percentage occurs; of 99 all but 50, since 49 are 49.495 and 50 are 50.505 per cent.
    shares = [row("share", "pct", f"{k}", group_by="g", group="a") for k in range(101)]
    for people, impossible in (("100", []), ("99", ["50"]), ("98", ["25", "75"])):
        found = [one["value"] for one in shares if examined({**everybody, "value": people}, one).findings]
        assert found == impossible, people


def test_an_upper_bound_of_the_base() -> None:
    bound = row("bound", "n", "5", scale="s", relation="<=")
    finding = the_one(bound, row("share", "pct_positive", "7", scale="s", item="i"))
    assert "no share of up to 5 people" in finding.message
    outcome = silent(bound, row("share", "pct_positive", "33", scale="s", item="i"))
    assert [limit.reason for limit in outcome.limits] == ["at most 5 answered; 3 would do to give this percentage"]
    strict = {**bound, "relation": "<", "value": "3"}
    the_one(strict, row("share", "pct_positive", "33", scale="s", item="i"))


@pytest.mark.parametrize(
    ("measure", "value"),
    [
        ("pct", "101"),
        ("pct", "-1"),
        ("mean", "5.01"),
        ("mean", "0.99"),
        ("n_people", "-2"),
        ("n_people", "2.5"),
        ("n_items", "0"),
    ],
)
def test_numbers_out_of_their_range(measure: str, value: str) -> None:
    assert the_one(row("figure", measure, value)).figures == ("figure",)


@pytest.mark.parametrize(
    ("measure", "value"), [("pct", "0"), ("pct", "100"), ("mean", "1.00"), ("mean", "5"), ("n_people", "0")]
)
def test_the_ends_of_a_range_belong_to_it(measure: str, value: str) -> None:
    silent(row("figure", measure, value))


def test_a_count_that_does_not_give_its_percentage() -> None:
    pair = [row("n", "n", "33", group_by="g", group="a"), row("pct", "pct", "1.6", group_by="g", group="a")]
    everybody = row("all", "n_complete", "1399")
    finding = the_one(everybody, *pair)
    assert finding.check == "count and percentage"
    assert "33 of 1,399 is 2.359%" in finding.message
    assert "only 22 or 23" in finding.message
    silent(everybody, *changed(pair, "n", value="22"))
    silent(everybody, *changed(pair, "n", value="23"))
    the_one(everybody, *changed(pair, "n", value="24"))
    # A coarser share of the same group must go with the count as well.
    coarse = row("coarse", "pct", "3", group_by="g", group="a", where="elsewhere")
    assert {f.check for f in examined(everybody, *changed(pair, "n", value="22"), coarse).findings} == {
        "count and percentage", "given twice"
    }  # fmt: skip


def test_pairs_without_a_base_must_share_one() -> None:
    rows = [
        row("n1", "n_agree", "10", item="q"), row("p1", "pct_agree", "43", item="q"),
        row("n2", "n_disagree", "8", item="q"), row("p2", "pct_disagree", "35", item="q"),
    ]  # fmt: skip
    silent(*rows)  # 23 will do
    finding = the_one(*changed(rows, "p2", value="25"))  # 8 is 25 per cent of 31 to 33, 10 is 43 of 23
    assert finding.check == "count and percentage"
    assert "no base in common" in finding.message
    assert set(finding.figures) == {"n1", "p1", "n2", "p2"}


TABLE = [
    *(row(f"n-{g}", "n", n, group_by="g", group=g, where="T") for g, n in (("a", "13"), ("b", "7"), ("c", "3"))),
    *(
        row(f"pct-{g}", "pct", p, group_by="g", group=g, where="T")
        for g, p in (("a", "56.5"), ("b", "30.4"), ("c", "13.0"))
    ),
    row("total", "n_total", "23", where="T"),
    row("whole", "pct_total", "100.0", where="T"),
]


def test_a_right_table() -> None:
    outcome = silent(*TABLE)
    assert outcome.tested == {one["id"] for one in TABLE}
    (limit,) = (limit for limit in outcome.limits if limit.check == "adds to 100")
    assert not limit.blind
    assert "may be off by 0.15 points" in limit.reason


def test_counts_against_the_last_line() -> None:
    findings = examined(*changed(TABLE, "n-b", value="5")).findings
    assert [finding.check for finding in findings] == ["count and percentage", "sums"]
    # The one count that contradicts its percentage and mends the sum is named alone.
    assert findings[1].figures == ("n-b", "total")
    assert "add to 21, the total is 23: 2 too few" in findings[1].message
    assert "with 7 instead of 5" in findings[1].message
    # Without percentages, any line of the table may be wrong.
    bare = [one for one in changed(TABLE, "n-b", value="9") if not one["id"].startswith("pct")]
    finding = the_one(*bare)
    assert set(finding.figures) == {"n-a", "n-b", "n-c", "total"}
    assert "2 too many" in finding.message
    # A table without a line of totals need not be whole.
    silent(*(one for one in bare if one["id"] != "total"))


def test_a_count_that_agrees_with_its_percentage_is_not_singled_out() -> None:
    rows = [
        *(row(f"n-{g}", "n", n, group_by="g", group=g, where="T") for g, n in (("a", "500"), ("b", "899"))),
        *(row(f"pct-{g}", "pct", p, group_by="g", group=g, where="T") for g, p in (("a", "36"), ("b", "64.2"))),
        row("total", "n_total", "1400", where="T"),
    ]
    assert set(the_one(*rows).figures) == {"n-a", "n-b", "total"}  # 501 would be 36 per cent too


def test_percentages_against_100() -> None:
    shares = [one for one in TABLE if one["id"].startswith("pct")]
    line = row("whole", "pct_total", "100.0", where="T")
    silent(*shares, line)
    silent(*changed(shares, "pct-c", value="13.2"), line)  # 100.1
    finding = the_one(*changed(shares, "pct-c", value="13.3"), line)  # 100.2, of which rounding explains 0.15
    assert finding.check == "adds to 100"
    assert "add to 100.2" in finding.message
    assert "adds to 100" in {f.check for f in examined(*shares, {**line, "value": "99.0"}).findings}


def test_each_table_has_its_own_total() -> None:
    """The shares of a second table, of some respondents only, rest on its own last line."""
    rows = [
        *(row(f"m-{g}", "n", n, group_by="h", group=g, where="U") for g, n in (("a", "4"), ("b", "6"))),
        *(row(f"share-{g}", "pct", p, group_by="h", group=g, where="U") for g, p in (("a", "40.0"), ("b", "60.0"))),
        row("ten", "n_total", "10", where="U"),
    ]
    # Two totals of respondents cannot both be right, but that is all that is wrong.
    assert {finding.check for finding in examined(*TABLE, *rows).findings} == {"given twice"}


def test_parts_of_everybody() -> None:
    rows = [
        row("in-groups", "n_focus_group_participants", "66", source="sessions"),
        row("in-interviews", "n_interview_participants", "25", source="sessions"),
        row("all", "n_participants", "91", source="sessions"),
    ]
    silent(*rows)
    assert the_one(*changed(rows, "all", value="92")).message == "66 and 25 make 91, but 92 is printed for all of them."
    silent(rows[0], rows[2])


@pytest.mark.parametrize(
    ("small", "large"),
    [("n_open_answer", "n_complete"), ("n_responded", "n_invited"), ("n_interviews", "n_interview_participants")],
)
def test_a_part_is_no_more_than_its_whole(small: str, large: str) -> None:
    silent(row("part", small, "9"), row("whole", large, "9"))
    assert the_one(row("part", small, "10"), row("whole", large, "9")).check == "parts and wholes"


def test_categories_are_counted() -> None:
    rows = [row(f"n-{g}", "n", str(n), group_by="city", group=g) for g, n in (("a", 4), ("b", 2), ("c", 0))]
    silent(*rows, row("said", "n_cities", "2"))
    silent(*rows, row("said", "n_categories", "2", group_by="city"))
    assert the_one(*rows, row("said", "n_cities", "3")).figures == ("said",)


def test_items_of_a_scale() -> None:
    items = row("items", "n_items", "7", scale="s")
    silent(items, row("count", "n_items_balanced", "7", scale="s"))
    assert the_one(items, row("count", "n_items_balanced", "8", scale="s")).check == "parts and wholes"


def test_three_shares_make_100() -> None:
    def three(good: str, same: str, bad: str) -> list[dict[str, str]]:
        cells = {"scale": "s", "item": "i", "period": "current"}
        return [
            row("good", "pct_positive", good, **cells),
            row("same", "pct_neutral", same, **cells),
            row("bad", "pct_negative", bad, **cells),
        ]

    silent(*three("34", "52", "14"))
    silent(*three("34", "53", "14"))  # 101 through rounding
    finding = the_one(*three("34", "54", "14"))  # 102 is out of reach: 100.5 at least
    assert finding.check == "three shares"
    assert "34, 54 and 14 make 102" in finding.message
    the_one(*three("34", "50", "14"))
    # Two of them leave room for the third, and cannot pass 100.
    silent(*three("60", "", "41")[::2])
    assert "cannot pass 100" in the_one(*three("60", "", "42")[::2]).message


def test_three_shares_of_few_people_must_be_whole_people() -> None:
    shares = [
        row("a", "pct_agree", "39", item="q"),
        row("n", "pct_neither", "39", item="q"),
        row("d", "pct_disagree", "22", item="q"),
    ]
    silent(BASE, *shares)  # 9, 9 and 5 of 23
    found = examined(BASE, *changed(shares, "d", value="17")).findings
    assert {f.check for f in found} == {"three shares"}
    assert any("stand for 22 to 22 people" in f.message for f in found)


def test_counts_of_three_answers_against_the_base() -> None:
    counts = [
        row("a", "n_agree", "13", item="q"),
        row("n", "n_neither", "3", item="q"),
        row("d", "n_disagree", "7", item="q"),
    ]
    shares = [row("pa", "pct_agree", "57", item="q"), row("pd", "pct_disagree", "30", item="q")]
    silent(BASE, *counts, *shares)
    finding = the_one(BASE, *changed(counts, "n", value="4"), *shares)
    assert finding.check == "three shares"
    assert "13 and 4 and 7 make 24" in finding.message


CHANGE = [
    row("b1", "pct_improved", "34", scale="s", period="one"), row("w1", "pct_worse", "14", scale="s", period="one"),
    row("b2", "pct_improved", "33", scale="s", period="two"), row("w2", "pct_worse", "28", scale="s", period="two"),
    row("b3", "pct_improved", "36", scale="s", period="three"), row("w3", "pct_worse", "23", scale="s", period="three"),
]  # fmt: skip


def unchanged(low: str, high: str, name: str = "range") -> dict[str, str]:
    return row(name, "pct_no_change", low, scale="s", relation="between", value_high=high)


@pytest.mark.parametrize(
    ("low", "high", "possible"),
    [
        ("39", "52", True),
        ("38", "51", True),
        ("40", "53", True),
        ("39", "54", False),
        ("41", "52", False),
        ("37", "52", False),
        ("39", "50", False),
    ],
)
def test_a_range_of_the_third_share(low: str, high: str, possible: bool) -> None:
    """52, 39 and 41 are left, each give or take one."""
    found = examined(*CHANGE, unchanged(low, high)).findings
    assert ([finding.check for finding in found] == []) is possible
    if not possible:
        assert [finding.check for finding in found] == ["range of the third share"]
        assert "33 and 28 leave 38 to 40" in found[0].message


def test_a_range_over_a_period_without_shares() -> None:
    """An end may belong to a period of which only words are printed; what is printed must still lie within."""
    words = row("words", "pct_improved_vs_pct_worse", scale="s", period="four", relation="about_equal", unit="none")
    silent(*CHANGE, words, unchanged("20", "70"))
    assert [f.check for f in examined(*CHANGE, words, unchanged("45", "70")).findings] == ["range of the third share"]
    outcome = silent(unchanged("20", "70"))
    assert [limit.reason for limit in outcome.limits] == ["no period prints both other shares"]


def test_a_range_given_twice() -> None:
    finding = the_one(*CHANGE, unchanged("39", "51", "a"), unchanged("38", "51", "b"))
    assert finding.check == "given twice"
    assert set(finding.figures) == {"a", "b"}
    assert "39 to 51 is about 6 times as likely as 38 to 51" in finding.message
    silent(*CHANGE, unchanged("39", "51", "a"), unchanged("39", "51", "b"))
    found = examined(*CHANGE, unchanged("39", "51", "a"), unchanged("30", "51", "b")).findings
    assert {f.check for f in found} == {"given twice", "range of the third share"}
    assert any("Only 39 to 51 can come of that" in f.message for f in found)


def test_parts_of_a_share() -> None:
    cells = {"scale": "s", "item": "i", "period": "current"}
    rows = [
        row("good", "pct_good", "28", **cells),
        row("very", "pct_very_good", "0", **cells),
        row("both", "pct_positive", "28", **cells),
    ]
    silent(*rows)
    silent(*changed(rows, "both", value="29"))  # 28.4 and 0.4
    assert the_one(*changed(rows, "both", value="30")).check == "shares and their parts"


def test_a_figure_given_twice() -> None:
    fine, coarse = (
        row("fine", "pct", "40.6", group_by="g", group="a"),
        row("coarse", "pct", "41", group_by="g", group="a"),
    )
    silent(fine, coarse)
    finding = the_one(fine, {**coarse, "value": "40"})
    assert finding.check == "given twice"
    assert "40.6 does not round to 40" in finding.message
    silent({**fine, "value": "40.5"}, {**coarse, "value": "40"})  # a half, rounded down
    assert "9 is not 8" in the_one(row("a", "n_complete", "9"), row("b", "n_total", "8", where="T")).message
    # Of rows without scale, item or group nothing tells whether they speak of the same.
    outcome = silent(row("a", "n_areas", "2"), row("b", "n_areas", "1"))
    assert [set(limit.figures) for limit in outcome.limits] == [{"a", "b"}]
    # The last line of a table of participants repeats their number.
    the_one(
        row("a", "n_interview_participants_total", "25", scale="x"),
        row("b", "n_interview_participants", "26", scale="x"),
    )


@pytest.mark.parametrize(
    ("relation", "value", "right"),
    [
        ("<", "50", False),
        ("<=", "50", True),
        (">", "50", False),
        (">=", "50", True),
        ("<", "51", True),
        (">", "49", True),
    ],
)
def test_bounds(relation: str, value: str, right: bool) -> None:
    cells = {"scale": "s", "period": "current"}
    number = row("number", "pct_positive", "50", item="i", **cells)
    for item in ("i", "all_items", "all_but_j"):
        found = examined(number, row("bound", "pct_positive", value, item=item, relation=relation, **cells)).findings
        assert ([f.check for f in found] == []) is right, item
        assert right or [f.check for f in found] == ["bounds and thresholds"]
    # The item that is left out is free, and so are other scales.
    silent(number, row("bound", "pct_positive", value, item="all_but_i", relation=relation, **cells))
    silent(
        number, row("bound", "pct_positive", value, item="all_items", relation=relation, scale="t", period="current")
    )


def test_numbers_of_items_beyond_a_threshold() -> None:
    cells = {"scale": "s", "period": "current"}
    rows = [row("items", "n_items", "3", scale="s")]
    rows += [row(f"item-{i}", "pct_positive", share, item=f"i{i}", **cells) for i, share in enumerate(("60", "49"))]

    def counted(measure: str, value: str, *more: dict[str, str]) -> list[str]:
        return [f.check for f in examined(*rows, *more, row("count", measure, value, **cells)).findings]

    assert [n for n in range(4) if not counted("n_items_at_least_50", str(n))] == [1, 2]
    assert [n for n in range(4) if not counted("n_items_at_least_60", str(n))] == [1, 2]
    assert [n for n in range(4) if not counted("n_items_at_least_61", str(n))] == [0, 1]
    assert [n for n in range(4) if not counted("n_items_below_50", str(n))] == [1, 2]
    low = row("bound", "pct_positive", "61", item="all_items", relation="<", **cells)
    assert [n for n in range(4) if not counted("n_items_at_least_61", str(n), low)] == [0]
    high = row("bound", "pct_positive", "40", item="all_items", relation=">=", **cells)
    assert [n for n in range(4) if not counted("n_items_at_least_40", str(n), high)] == [3]
    assert counted("n_items_over_50", "0") == []


ITEMS = [
    row(f"item-{i}", "pct_positive", share, scale="s", item=f"i{i}", period="current")
    for i, share in enumerate(("45", "44", "28"))
] + [row("items", "n_items", "3", scale="s")]


@pytest.mark.parametrize(
    ("relation", "item", "value", "right"),
    [
        ("is_max", "i0", "45", True),
        ("is_max", "i1", "44", False),
        ("is_min", "i2", "28", True),
        ("is_min", "i1", "44", False),
    ],
)
def test_largest_and_smallest(relation: str, item: str, value: str, right: bool) -> None:
    claim = row("claim", "pct_positive", value, scale="s", item=item, period="current", relation=relation)
    found = examined(*ITEMS, claim).findings
    assert (found == ()) is right
    assert {f.check for f in found} <= {"orders and ranks"}


def test_ties_in_print_are_no_contradiction_of_an_order() -> None:
    claim = row("claim", "pct_positive", "45", scale="s", item="i0", period="current", relation="is_max")
    silent(*changed(ITEMS, "item-1", value="45"), claim)
    outcome = silent(ITEMS[0], claim)
    assert [limit.reason for limit in outcome.limits if limit.check == "orders and ranks"] == [
        "nothing else of its order is printed"
    ]


@pytest.mark.parametrize(
    ("measure", "item", "relation", "ranks"),
    [
        ("rank_by_pct_positive", "i1", "=", [2]),
        ("rank_by_pct_positive", "i1", "<=", [2, 3]),
        ("rank_of_pct_positive_from_bottom", "i1", "=", [2]),
        ("rank_of_pct_positive_from_bottom", "i2", "=", [1]),
        ("rank_of_pct_positive_from_top", "i2", "=", [3]),
    ],
)
def test_ranks(measure: str, item: str, relation: str, ranks: list[int]) -> None:
    def right(rank: int, rows: list[dict[str, str]]) -> bool:
        claim = row("claim", measure, str(rank), scale="s", item=item, period="current", relation=relation, unit="none")
        return examined(*rows, claim).findings == ()

    assert [rank for rank in (1, 2, 3) if right(rank, ITEMS)] == ranks
    # Where not all items are printed a rank can be worse than the printed ones tell, never better.
    assert [rank for rank in (1, 2, 3) if right(rank, changed(ITEMS, "items", value="4"))] == list(range(ranks[0], 4))


@pytest.mark.parametrize(("value", "right"), [("99.9", False), ("100", True), ("100.0", True), ("100.1", False)])
def test_a_total_line_prints_100(value: str, right: bool) -> None:
    found = examined(row("total", "pct_total", value, group_by="overall", group="all")).findings
    assert ("adds to 100" in {finding.check for finding in found}) is not right


def test_ranks_of_scales_and_of_groups() -> None:
    means = [
        row(f"mean-{s}", "mean", m, scale=s, period="current") for s, m in (("a", "3.85"), ("b", "3.65"), ("c", "2.63"))
    ]
    claim = row("claim", "rank_of_mean_from_top", "2", scale="b", period="current", unit="none")
    silent(*means, claim)
    the_one(*means, {**claim, "value": "1"})
    groups = [row(f"n-{g}", "n", n, group_by="g", group=g) for g, n in (("a", "9"), ("b", "9"), ("c", "4"))]
    top = row("top", "rank_by_n", "1", group_by="g", group="b", relation="<=", unit="none")
    silent(*groups, top)  # ties share the better rank
    the_one(*groups, {**top, "group": "c"})


def test_two_shares_set_against_each_other() -> None:
    cells = {"scale": "s", "period": "one"}
    claim = row("claim", "pct_improved_vs_pct_worse", "14", relation=">", **cells)
    silent(*CHANGE[:2], claim)
    assert "said to be larger" in the_one(*changed(CHANGE[:2], "b1", value="13"), claim).message
    assert "15 is given for the smaller share" in the_one(*CHANGE[:2], {**claim, "value": "15"}).message
    level = {**claim, "value": "", "relation": "about_equal"}
    assert the_one(*CHANGE[:2], level).certainty == "likely"
    silent(*changed(CHANGE[:2], "b1", value="24"), level)


def pair(group: str, **cells: str) -> dict[str, str]:
    return row(
        f"pair-{group}",
        "significant_pair",
        scale="s",
        group_by="g",
        group=group,
        period="current",
        relation="differs",
        **cells,
    )


def test_the_first_of_two_that_differ_is_the_higher() -> None:
    means = [
        row(f"mean-{g}", "mean", m, scale="s", group_by="g", group=g, period="current")
        for g, m in (("a", "3.23"), ("b", "2.77"))
    ]
    silent(*means, pair("a|b"))
    finding = the_one(*means, pair("b|a"))
    assert (finding.check, finding.certainty) == ("pairs that differ", "certain")
    assert the_one(*changed(means, "mean-a", value="2.77"), pair("a|b")).certainty == "likely"
    outcome = silent(means[0], pair("a|b"))
    assert any(limit.reason == "not both means are printed" for limit in outcome.limits)


def test_differences_are_counted_and_not_ruled_out() -> None:
    count = row("count", "n_significant_pairs", "1", scale="s", period="current")
    silent(pair("a|b"), count)
    assert "2 are named" in the_one(pair("a|b"), pair("a|c"), count).message
    scales = row("count", "n_significant_associations", "0", group_by="g", period="current")
    assert the_one(pair("a|b"), scales).figures == ("count",)
    none = {**pair("a|b"), "id": "none", "relation": "not_differs"}
    assert set(the_one(pair("a|b"), none).figures) == {"none", "pair-a|b"}
    the_one(pair("a|b"), {**none, "group": "all"})
    the_one(pair("a|b"), {**none, "group": "a|b|c", "scale": "all"})
    silent(pair("a|b"), {**none, "group": "a|c"})
    silent(pair("a|b"), {**none, "group": "all", "scale": "t"})
    silent(pair("a|b"), {**none, "group": "all", "group_by": "h"})


def test_means_of_few_people_leave_gaps() -> None:
    def mean(value: str, people: str, items: str) -> Outcome:
        rows = [
            row("mean", "mean", value, scale="s", period="current"),
            row("n", "n", people, scale="s"),
            row("items", "n_items", items, scale="s"),
        ]
        return examined(*rows)

    (finding,) = mean("4.19", "28", "1").findings
    assert (finding.check, finding.certainty) == ("reachable means", "certain")
    assert "117 points over 28 answers make 4.179, 118 points make 4.214" in finding.message
    assert mean("4.18", "28", "1").findings == ()
    assert "mean" in mean("4.18", "28", "1").tested
    (finding,) = mean("4.19", "14", "2").findings
    assert finding.certainty == "likely"
    assert "answered every item" in finding.message
    assert mean("4.18", "14", "2").findings == ()  # 117 points over 28 answers; 14 cannot give it
    assert len(mean("4.18", "14", "1").findings) == 1
    without = mean("4.19", "14", "8")  # 112 answers
    assert without.findings == ()
    (limit,) = (limit for limit in without.limits if limit.check == "reachable means")
    assert limit.blind
    assert limit.reason == (
        "a mean of b people over 8 items moves in steps of 1/(8b); "
        "2 decimals leave gaps only up to b = 12, and 14 answered"
    )
    assert "mean" not in without.tested


@pytest.mark.parametrize(
    ("kind", "unit", "exact"), [("count", "people", True), ("order", "count", True), ("percent", "percent", False)]
)
def test_a_count_is_exact_by_its_kind_or_its_unit(kind: str, unit: str, exact: bool) -> None:
    (printed,) = figures_of(pd.DataFrame([row("a", "n", "7") | {"kind": kind, "unit": unit, "decimals": "0"}])).rows
    assert printed.span == (Span(Fraction(7), Fraction(7)) if exact else Span(Fraction(13, 2), Fraction(15, 2)))


def test_of_numbers_printed_twice_the_most_precise_counts() -> None:
    rows = [row(name, "mean", value, scale="s") for name, value in (("b", "3.1"), ("a", "3.05"), ("c", "3"))]
    figures = figures_of(pd.DataFrame(rows))
    found = figures.at("mean", figures.rows[0].subject)
    assert found is not None
    assert found.id == "a"


def test_without_a_printed_base_reachable_means_have_no_power() -> None:
    rows = [
        row("mean", "mean", "3.23", scale="s", group_by="g", group="a"),
        row("n", "n", "568", group_by="g", group="a"),
        row("items", "n_items", "7", scale="s"),
    ]
    outcome = silent(*rows)
    (limit,) = (limit for limit in outcome.limits if limit.check == "reachable means")
    assert limit.reason.endswith("only up to b = 14, and up to 568 may have answered")
    (limit,) = (limit for limit in silent(rows[0]).limits if limit.check == "reachable means")
    assert limit.reason.endswith("how many answered is not known")


def grouped(overall: str, means: dict[str, str], sizes: dict[str, str], *more: dict[str, str]) -> Outcome:
    rows = [row("overall", "mean", overall, scale="s")]
    rows += [row(f"mean-{g}", "mean", m, scale="s", group_by="g", group=g) for g, m in means.items()]
    rows += [row(f"n-{g}", "n", n, group_by="g", group=g) for g, n in sizes.items()]
    everybody = row("everybody", "n_complete", str(sum(map(int, sizes.values()))))
    return examined(*rows, *more, *([everybody] if sizes and not more else []))


def test_the_overall_mean_lies_where_the_groups_can_bring_it() -> None:
    both, sizes = {"a": "3.00", "b": "4.00"}, {"a": "90", "b": "10"}
    # With 45 to 90 and 5 to 10 people: between 3 + 5/95 and 3 + 10/55, and half a cent of rounding.
    for overall, right in (("3.05", True), ("3.18", True), ("3.04", False), ("3.20", False)):
        outcome = grouped(overall, both, sizes)
        assert (outcome.findings == ()) is right, overall
        if not right:
            (finding,) = outcome.findings
            assert (finding.check, finding.certainty) == ("group means and the overall mean", "likely")
            assert "the group means allow 3.05 to 3.19" in finding.message
    (finding,) = grouped("4.20", both, sizes).findings
    assert finding.certainty == "certain"  # above every group
    limit = next(x for x in grouped("3.05", both, sizes).limits if x.check == "group means and the overall mean")
    assert not limit.blind


def test_groups_without_a_mean_may_have_any() -> None:
    sizes = {"a": "90", "b": "10"}
    one = {"a": "3.00"}
    # b may say 1 or 5: 3 - 2 * 10/55 to 3 + 2 * 10/55.
    assert grouped("2.64", one, sizes).findings == ()
    assert grouped("3.36", one, sizes).findings == ()
    (finding,) = grouped("3.40", one, sizes).findings
    assert finding.certainty == "likely"
    # A scale put to some only: nothing is known of who answered.
    everybody = row("everybody", "n_complete", "100")
    some = row("some", "n", "100", scale="s", relation="<")
    outcome = grouped("4.90", one, sizes, some, everybody)
    assert outcome.findings == ()
    assert any(limit.blind and limit.check == "group means and the overall mean" for limit in outcome.limits)
    # Nor where no sizes are printed.
    outcome = grouped("4.90", one, {})
    assert any("how many people each group has" in limit.reason for limit in outcome.limits)


def test_people_in_groups_that_are_not_printed_may_say_anything() -> None:
    both, sizes = {"a": "3.00", "b": "4.00"}, {"a": "90", "b": "10"}
    # As many again outside the two groups: 5 for 100 of them against 45 at 3 and 10 at 4.
    more = row("everybody", "n_complete", "200")
    assert grouped("4.30", both, sizes, more).findings == ()
    (finding,) = grouped("4.40", both, sizes, more).findings
    assert finding.certainty == "likely"
    # Where nothing tells how many there are, nothing follows, not even for a mean above both.
    unknown = row("unrelated", "n_incomplete", "3")
    outcome = grouped("4.90", both, sizes, unknown)
    assert outcome.findings == ()
    assert any("there may be other groups" in limit.reason for limit in outcome.limits)


def test_a_register_without_a_column_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    pd.DataFrame([row("a", "n", "1")]).drop(columns=["relation"]).to_csv(path, index=False)
    with pytest.raises(UserError, match="`relation` is missing"):
        read_frame(path)


# The registers there are


@cache
def own() -> Examined:
    return page.examine(load_study(STUDY))


def errata_by_arithmetic() -> set[str]:
    return {one["id"] for one in own().errata if one["arithmetic"] == "yes"}


def test_the_study_s_errata_are_found_unaided_and_nothing_else() -> None:
    rows = page.inconsistency_rows(own())
    assert set(rows.loc[rows["found_by"] == page.PROGRAM, "id"]) == errata_by_arithmetic()
    assert errata_by_arithmetic() == {"table2-east-ayrshire-count", "leadership-no-change-lower-bound"}
    assert {finding.certainty for finding in own().outcome.findings} == {"certain"}
    assert [(finding.check, finding.figures[0]) for finding in own().outcome.findings] == [
        ("count and percentage", "respondents-local-authority-east-ayrshire-n"),
        ("sums", "respondents-local-authority-east-ayrshire-n"),
        ("given twice", "leadership-change-no-change-range-a"),
    ]


def test_the_checks_do_not_read_what_is_known_of_errata() -> None:
    frame = read_frame(STUDY / "published.csv")
    blank = frame.assign(erratum="", note="", rule="", rule_basis="")
    assert check_frame(blank) == check_frame(frame) == own().outcome.findings


def test_no_alarm_once_errata_are_corrected() -> None:
    clean = clean_register(own().figures, own().corrections, own().doubted)
    assert check_figures(clean).findings == ()
    both = own().figures.with_number(["respondents-local-authority-east-ayrshire-n"], Fraction(22))
    both = both.with_number(["leadership-change-no-change-range-b"], Fraction(39))
    assert check_figures(both).findings == ()


def test_the_other_register() -> None:
    found = check_frame(read_frame(OTHER))
    assert [finding.check for finding in found] == ["rounding", "count and percentage"]
    assert all("y2015-partners-agree-pct" in finding.figures for finding in found)
    assert {finding.certainty for finding in found} == {"certain"}
    right = figures_of(read_frame(OTHER)).with_number(["y2015-partners-agree-pct"], Fraction(57))
    assert check_figures(right).findings == ()


def test_figures_without_power_are_named() -> None:
    blind = {}
    for limit in own().outcome.limits:
        if limit.blind:
            blind.setdefault(limit.check, set()).update(limit.figures)
    means = {one.id for one in own().figures.by_measure["mean"]}
    assert blind["reachable means"] == means
    percentages = {one.id for one in own().figures.exact if one.unit == "percent" and one.measure != "pct_total"}
    assert percentages <= blind["rounding"]


# Planted errors


@cache
def rates() -> Rates:
    return page.rates(own())


def test_rates_are_the_same_each_time() -> None:
    assert page.rates(own()) == rates()


def test_clean_registers_raise_no_alarm() -> None:
    assert (rates().own_alarms, rates().simulated_alarms) == (0, 0)
    alarms = {seed: check_figures(simulated_register(seed)).findings for seed in range(150)}
    assert {seed for seed, found in alarms.items() if found} == set()


def test_hit_rates() -> None:
    """Floors a little under what is reached, so that a check that falls silent is noticed."""
    found = page.rate_rows(rates()).set_index(["part", "name"])
    assert set(found.loc["check"].index) == set(CHECKS)
    assert found.loc[("all", "any check"), "own"] >= 74
    assert found.loc[("all", "any check"), "simulated"] >= 70
    floors = {
        "count and percentage": 40,
        "sums": 25,
        "parts and wholes": 10,
        "orders and ranks": 5,
        "pairs that differ": 4,
        "given twice": 3,
    }
    for check, floor in floors.items():
        assert found.loc[("check", check), "own"] >= floor, check
    floors = {"rounding": 12, "three shares": 15, "range of the third share": 8, "adds to 100": 10, "given twice": 10}
    for check, floor in floors.items():
        assert found.loc[("check", check), "simulated"] >= floor, check
    for part in ("kind of figure", "kind of slip"):
        for column in ("own_of", "simulated_of"):
            assert found.loc[part, column].sum() == 100


def test_an_error_is_one_changed_number() -> None:
    clean = clean_register(own().figures, own().corrections, own().doubted)
    before = {one.id: one for one in clean.rows}
    seen = set()
    for trial in rates().own:
        slip = trial.slip
        seen.add(slip.how)
        first = before[slip.figures[0]]
        assert first.basis == "stated"
        assert Fraction(slip.before) == first.number != Fraction(slip.after)
        if slip.how == "another last digit":
            assert slip.before[:-1] == slip.after[:-1]
        elif slip.how == "two digits exchanged":
            assert sorted(slip.before) == sorted(slip.after)
        else:
            alike = [one.number for one in clean.exact if (one.measure, one.where) == (first.measure, first.where)]
            assert Fraction(slip.after) in alike
        assert {before[name].value for name in slip.figures} == {first.value}
    assert seen == set(SLIPS)


def test_an_alarm_that_names_half_a_table_narrows_nothing_down() -> None:
    def trial(*figures: str) -> Trial:
        return Trial(Slip(("a",), "count", "another last digit", "1", "2"), (Finding("sums", figures, "", "", ""),))

    assert [trial(*names).narrowed for names in ("a", "abc", "abcd", "bc")] == [True, True, False, False]
    assert [len(trial(*names).checks) for names in ("a", "abcd", "bc")] == [1, 1, 0]
    assert [trial(*names).elsewhere for names in ("a", "abcd", "bc")] == [0, 0, 1]


def test_an_alarm_counts_once_it_names_a_row_of_the_planted_error_and_not_otherwise() -> None:
    def trial(*figures: str) -> Trial:
        slip = Slip(("a", "b"), "count", "another last digit", "1", "2")
        return Trial(slip, (Finding("sums", figures, "", "", ""),))

    assert [len(trial(*names).checks) for names in ("a", "b", "ab", "c")] == [1, 1, 1, 0]
    found = page.rate_rows(Rates((trial("a"), trial("c")), (trial("c"),), 0, 0)).set_index(["part", "name"])
    assert found.loc[("all", "any check"), ["own", "own_of", "simulated", "simulated_of"]].tolist() == [1, 2, 0, 1]


def test_an_erratum_is_found_once_an_alarm_names_one_of_its_figures() -> None:
    one = own().errata[0] | {"figure_ids": "x;y"}
    alarms = (Finding("sums", ("y", "z"), "", "", "1 + 1 is not 3"),)
    rows = page.inconsistency_rows(replace(own(), errata=(one,), outcome=Outcome(alarms)))
    assert rows[["id", "found_by"]].to_numpy().tolist() == [[one["id"], page.PROGRAM]]
    assert rows.loc[0, "arithmetic"] == "1 + 1 is not 3"


def test_what_repeats_a_number_as_an_order_changes_with_it() -> None:
    claim = row("claim", "pct_positive", "45", scale="s", item="i0", period="current", relation="is_max")
    figures = figures_of(pd.DataFrame([ITEMS[0], claim]))
    register, slip = plant(figures, random.Random(1))
    assert slip.figures == ("item-0", "claim")
    assert len({one.value for one in register.rows}) == 1
    inferred = figures_of(pd.DataFrame([{**ITEMS[0], "basis": "inferred"}]))
    with pytest.raises(ValueError, match="no figure"):
        plant(inferred, random.Random(1))


def test_another_seed_plants_other_errors() -> None:
    clean = clean_register(own().figures, own().corrections, own().doubted)
    assert [t.slip for t in trials(clean, 20, 1)] != [t.slip for t in trials(clean, 20, 2)]
    assert simulated_trials(3, 5)[0] != simulated_trials(3, 6)[0]


def test_simulated_registers_have_the_form_of_a_register() -> None:
    register: Figures = simulated_register(3)
    assert len(register.rows) > 60
    assert len({one.id for one in register.rows}) == len(register.rows)
    assert {one.measure for one in register.rows} >= {
        "n",
        "pct",
        "n_total",
        "mean",
        "pct_improved",
        "pct_no_change",
        "n_base",
    }
    assert check_figures(register).tested >= {
        one.id for one in register.rows if one.measure in ("n", "n_total", "n_agree")
    }


# The page


def test_every_erratum_has_its_row_with_arithmetic(study: Study) -> None:
    rows = page.inconsistency_rows(own())
    assert list(rows["id"]) == [one["id"] for one in own().errata]
    assert not rows["arithmetic"].eq("").any()
    table = page.inconsistency_table(rows)
    for erratum in own().errata:
        assert f"{{#{erratum['id']}}}" in table
    assert table.index("table2-east-ayrshire-count") < table.index("table4-caption")
    assert "By program: count and percentage (certain); sums (certain)" in table
    assert table.count("What should it be?") == len(own().errata)
    assert "000:" not in table


def test_an_alarm_that_no_erratum_covers_is_shown() -> None:
    fewer = Examined(own().figures, own().outcome, own().errata[1:], own().corrections)
    rows = page.inconsistency_rows(fewer)
    assert list(rows.loc[rows["id"] == page.UNLISTED, "checks"]) == ["count and percentage (certain)", "sums (certain)"]
    assert any("2 further alarms" in text for text in page.inconsistency_sentences(fewer, rows))
    blind = Examined(own().figures, Outcome(), own().errata, own().corrections)
    assert any("missed 2" in text for text in page.inconsistency_sentences(blind, page.inconsistency_rows(blind)))


def test_sentences_and_tables_of_the_page() -> None:
    rows = page.inconsistency_rows(own())
    assert page.inconsistency_sentences(own(), rows)[1:] == [
        "Of the 2 that numbers alone give away, the programs missed none.",
        "The programs raise no further alarm on the register.",
    ]
    hits = sum(bool(trial.checks) for trial in rates().own)
    assert f"{hits} raised an alarm" in page.rate_sentences(rates())[0]
    table = page.rate_table(page.rate_rows(rates()))
    assert f"| Any check | {hits} of 100 |" in table
    assert "| With nothing planted | 0 | 0 |" in table
    assert page.limit_table(own()).count("| none |") >= 8
    assert set(page.limit_rows(own())["figure"]) <= {one.id for one in own().figures.rows}


def test_columns_of_a_register() -> None:
    assert set(COLUMNS) <= set(pd.read_csv(STUDY / "published.csv", nrows=1).columns)
    assert set(COLUMNS) <= set(pd.read_csv(OTHER, nrows=1).columns)
