"""Alt texts state what is shown, and only that."""

from __future__ import annotations

import re

import chart_frames as frames

from survey_report.alt_text import alt_change, alt_integration, alt_items, alt_means

NUMBER = re.compile(r"\d+\.\d\d|\d+%")


def test_items_name_the_best_and_the_worst() -> None:
    data = frames.items().query("item != 'partly'")
    assert alt_items(data, frames.RATING, "Local services") == (
        "Of 6 items on local services, Quality of practice has the largest share of answers good or very good: 62%. "
        "Waiting time has the smallest: 18% (invented). Answers poor or very poor are most frequent for Waiting time: "
        "61%. Not shown: Continuity of support."
    )


def test_no_number_of_a_hidden_cell_is_told() -> None:
    leaky = frames.items().query("item == 'hidden'").assign(n=7, positive=72.4, neutral=9.7, negative=17.9)
    assert not NUMBER.search(alt_items(leaky, frames.RATING, "Local services"))
    hidden = frames.groups().query("kind == 'hidden'").assign(mean=4.44)
    assert not NUMBER.search(alt_means(hidden, None, "Local services"))
    levels = frames.levels().query("kind == 'hidden'").assign(mean=2.4)
    assert not NUMBER.search(alt_integration(levels))


def test_a_hidden_mean_is_told_neither_alone_nor_beside_others() -> None:
    groups = frames.groups()
    leaky = groups.assign(mean=groups["mean"].where(groups["kind"] != "hidden", 4.44))
    assert alt_means(leaky, 3.05, "Local services") == alt_means(groups, 3.05, "Local services")


def test_every_number_is_a_shown_one() -> None:
    data = frames.changes()
    shown = {"38%", "42%", "21%", "65%", "22%", "13%"}
    told = alt_change(data, frames.CHANGE, "Local services")
    assert set(NUMBER.findall(told)) == shown
    assert "Under four years in the area" in told
    assert "21% (invented)" in told
    assert "38% (invented)" not in told


def test_means_give_the_range_of_each_grouping() -> None:
    assert alt_means(frames.groups(), 3.05, "Local services", overall_kind="reproduced") == (
        "Local services: the mean of all respondents is 3.05. Means run by service, from 2.66 (invented) for Other "
        "service (youth justice, hearings system) to 3.23 for Early learning and childcare; by role, from 3.00 "
        "(invented) for Frontline staff to 3.40 (invented) for Senior leader. Not shown: "
        "Police."
    )


def test_integration_tells_the_largest_and_the_smallest_gap() -> None:
    assert alt_integration(frames.levels()) == (
        "The levels are furthest apart on leadership: 3.00 (invented) for Full structural integration, 2.70 (invented) "
        "for Partial structural integration. The levels are closest on local services: 3.20 for None at all, 3.05 "
        "for Partial structural integration. Not shown: Transitions to adult services, full "
        "structural integration."
    )


def test_many_hidden_rows_are_counted_not_listed() -> None:
    rows = [(f"i{n}", f"Item {n}", 5.0, [20.0] * 5, "hhh", False) for n in range(9)]
    assert alt_items(frames.bars("item", frames.RATING, rows), frames.RATING, "Scale").endswith("9 rows.")


# What is alike in print has no order.


def test_items_alike_in_print_are_named_together() -> None:
    data = frames.items().query("item != 'partly'")
    two = data[data["positive"].notna()].index[:2]
    data.loc[two, ["positive", "negative"]] = [[61.3, 9.0], [60.9, 9.4]]
    data.loc[data.index.difference(two), "positive"] = data["positive"].clip(upper=50)
    first, second = data.loc[two, "label"]
    assert f"{first} and {second} each have the largest share of answers good or very good: 61%" in alt_items(
        data, frames.RATING, "Local services"
    )


def test_periods_alike_in_print_are_named_together() -> None:
    data = frames.changes().assign(negative=40.2)
    first, second, *_ = data["label"]
    told = alt_change(data, frames.CHANGE, "Local services")
    assert f"is in the periods {first}" in told
    assert f"{second}" in told.partition(", alike in print")[0]


def test_scales_with_the_same_gap_are_all_told_or_none() -> None:
    levels = frames.levels().query("group != 'full'")
    same = levels.assign(mean=levels.groupby("scale").cumcount() * 0.1 + 3.0)
    assert "furthest apart" not in alt_integration(same)  # every gap is the same
    wider = same.assign(mean=same["mean"].where(same["scale"] == "services", 2 * same["mean"] - 3))
    told = alt_integration(wider)
    assert [told.count(words) for words in ("furthest apart", "closest on local services")] == [2, 1]


def test_groups_alike_in_print_are_both_the_end_of_a_range() -> None:
    groups = frames.groups().query("kind != 'hidden'")
    groups = groups[groups["grouping"] == groups["grouping"].iloc[0]].assign(mean=3.204, kind="real")
    groups.loc[groups.index[0], "mean"] = 2.9
    names = list(groups["label"])[1:]
    assert " and ".join(names[-2:]) in alt_means(groups, None, "Local services").partition(" to ")[2]
