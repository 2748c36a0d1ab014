"""What small numbers pass before they are shown: properties of the rules, and a user's own export from end to end."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import shipped
from survey_report.disclosure import Policy
from survey_report.findings import theme as theme_module
from survey_report.findings.levels import level_findings
from survey_report.findings.people import People, people_findings
from survey_report.findings.theme import Theme, theme_findings
from survey_report.marks import Style
from survey_report.notebook import csv_text
from survey_report.numbers import NOT_SHOWN, Number
from survey_report.rendering import Rendering
from survey_report.statistics.comparisons import Comparison
from survey_report.study import Option, ResponseSet, Thresholds
from survey_report.tables import breakdown_table, levels_table, means_table

MIN_GROUP, MIN_CELL = 10, 5
LIMITS = Thresholds(min_group=MIN_GROUP, min_cell=MIN_CELL, min_answered=0.5, alpha=0.05, min_test_group=10)
STYLE = Style("csrr-2023", True)

rows = st.lists(
    st.tuples(st.integers(0, 12) | st.integers(0, 300), st.booleans(), st.sampled_from(["a", "b", ""])),
    min_size=1,
    max_size=12,
)


def shown_of(table: list[tuple[int, bool, str]], blocks: bool) -> list[bool]:
    """Which of (count, released, block) may be shown; an empty block is none."""
    released = frozenset(f"k{i}" for i, row in enumerate(table) if row[1])
    counts = pd.Series([row[0] for row in table])
    named = pd.Series([row[2] or None for row in table], dtype="object") if blocks else None
    shown = Policy(LIMITS, released).may_show_counts(counts, [f"k{i}" for i in range(len(table))], named)
    return [bool(value) for value in shown]


@given(counts=st.lists(st.integers(0, 60), min_size=2, max_size=9), data=st.data())
@settings(max_examples=200, deadline=None)
def test_what_another_rule_hides_takes_others_with_it(counts: list[int], data: st.DataObject) -> None:
    hide = data.draw(st.lists(st.booleans(), min_size=len(counts), max_size=len(counts)))
    numbers, policy = pd.Series(counts), Policy(LIMITS, frozenset())
    shown = policy.may_show_counts(numbers, ["" for _ in counts], hide=pd.Series(hide))
    assert not (shown & pd.Series(hide)).any()
    hidden, others = numbers[~shown], numbers[shown & (numbers > 0)]
    assert hidden.empty or others.empty or (len(hidden) > 1 and hidden.sum() >= MIN_CELL)


@given(table=rows, blocks=st.booleans())
@settings(max_examples=400, deadline=None)
@example(table=[(3, False, "")], blocks=False)
@example(table=[(3, False, ""), (5, False, "a"), (9, False, "a"), (40, False, "b")], blocks=True)  # 3 as what is left
@example(table=[(1, False, ""), (1, False, ""), (50, False, "")], blocks=False)
def test_shown_counts(table: list[tuple[int, bool, str]], blocks: bool) -> None:
    shown = shown_of(table, blocks)
    small = [0 < n < MIN_CELL and not free for n, free, _ in table]
    for (n, free, _), visible, is_small in zip(table, shown, small, strict=True):
        if is_small:
            assert not visible, "a count below the smallest cell is shown"
        if n == 0 or free:
            assert visible, "nobody to protect, or public already"
    if not any(small):
        assert all(shown), "something is hidden without need"
    parts = [range(len(table))]
    if blocks:
        parts += [[i for i, row in enumerate(table) if row[2] == name] for name in ("a", "b", "")]
    for part in parts:
        hidden = [table[i][0] for i in part if not shown[i]]
        others = [i for i in part if shown[i] and table[i][0] > 0 and not table[i][1]]
        follows = len(hidden) == 1 or sum(hidden) < MIN_CELL
        assert not hidden or not follows or not others, f"hidden counts {hidden} follow from a total"


@given(table=rows)
@settings(max_examples=150, deadline=None)
def test_no_hidden_count_follows_from_the_published_totals(table: list[tuple[int, bool, str]]) -> None:
    """Solve the published totals for the hidden counts, as an intruder would: none of them has one solution only."""
    shown = shown_of(table, blocks=True)
    hidden = [i for i, visible in enumerate(shown) if not visible]
    totals = [[1.0] * len(hidden), *([float(table[i][2] == name) for i in hidden] for name in ("a", "b"))]
    matrix = np.array(totals)
    rank = np.linalg.matrix_rank(matrix) if hidden else 0
    for column, i in enumerate(hidden):
        unit = np.eye(len(hidden))[column]
        solved = np.linalg.matrix_rank(np.vstack([matrix, unit])) == rank
        alone = [j for j, row in enumerate(table) if row[2] == table[i][2] and row[0] > 0 and not row[1]]
        assert not solved or alone == [i], "a hidden count follows although another could have been hidden with it"


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([3, 40, 7, 0], [False, True, False, True]),
        ([2, 2, 9, 8], [False, False, True, False]),
        ([3, 4, 9], [False, False, True]),
        ([4, 5], [False, False]),
        ([5, 6], [True, True]),
        ([3], [False]),
        ([0, 0], [True, True]),
    ],
)
def test_the_next_smallest_count_is_hidden_too(counts: list[int], shown: list[bool]) -> None:
    assert shown_of([(n, False, "") for n in counts], False) == shown


def test_what_is_public_is_neither_hidden_nor_taken_along() -> None:
    assert shown_of([(3, True, ""), (7, False, "")], False) == [True, True]
    assert shown_of([(3, False, ""), (7, True, ""), (40, False, "")], False) == [False, True, False]


@pytest.mark.parametrize(
    ("n", "released", "shown"), [(9, False, False), (10, False, True), (9, True, True), (0, False, False)]
)
def test_groups(n: int, released: bool, shown: bool) -> None:
    policy = Policy(LIMITS, frozenset({"key"} if released else set()))
    assert policy.group_may_show(n, "key") is shown


def answers(*sides: str) -> ResponseSet:
    options = tuple(Option(f"o{i}", f"O{i}", i, side) for i, side in enumerate(sides))  # type: ignore[arg-type]
    return ResponseSet("r", options, (), words={}, measures={})


FIVE = answers("positive", "positive", "neutral", "negative", "negative")


@given(counts=st.lists(st.integers(0, 12) | st.integers(0, 200), min_size=5, max_size=5))
@settings(max_examples=300, deadline=None)
def test_detail_of_answers(counts: list[int]) -> None:
    frame = pd.DataFrame([counts], columns=[option.id for option in FIVE.options], index=["q"])
    detail = Policy(LIMITS, frozenset()).answer_detail(frame, FIVE)["q"]
    sides = [counts[0] + counts[1], counts[2], counts[3] + counts[4]]
    n = sum(counts)

    def fine(of: list[int]) -> bool:
        """None is few, nobody at all is no few, and no answer was given by all but a few."""
        return max(of) <= n - MIN_CELL and not any(0 < count < MIN_CELL for count in of)

    if n >= LIMITS.coarse_group and fine(counts):
        assert detail == "full"
    elif n >= MIN_GROUP and fine(sides):
        assert detail == "sides"
    else:
        assert detail == "none"


@pytest.mark.parametrize(
    ("counts", "detail"),
    [
        ([500, 380, 20, 0, 0], "full"),  # nobody disagrees, and that may be said
        ([60, 0, 0, 0, 0], "none"),  # all alike
        ([56, 0, 4, 0, 0], "none"),
        ([57, 2, 1, 0, 0], "none"),
        ([60, 3, 7, 0, 0], "sides"),
        ([7, 0, 5, 0, 0], "sides"),  # twelve people
        ([7, 5, 0, 0, 0], "none"),  # whose sides are alike
        ([8, 0, 4, 0, 0], "none"),
    ],
)
def test_zeros_are_shown_where_no_answer_holds_nearly_everybody(counts: list[int], detail: str) -> None:
    frame = pd.DataFrame([counts], columns=[option.id for option in FIVE.options])
    assert Policy(LIMITS, frozenset()).answer_detail(frame, FIVE).to_list() == [detail]


def test_detail_of_answers_needs_a_group() -> None:
    yes_no = answers("positive", "negative")
    frame = pd.DataFrame({"o0": [5, 4, 5], "o1": [5, 6, 4]}, index=["ten", "small", "nine"])
    assert Policy(LIMITS, frozenset()).answer_detail(frame, yes_no).to_dict() == {
        "ten": "sides",
        "small": "none",
        "nine": "none",
    }
    larger = replace(LIMITS, min_group=11)
    assert set(Policy(larger, frozenset()).answer_detail(frame, yes_no)) == {"none"}
    three = answers("positive", "positive", "negative")
    merged = pd.DataFrame([[1, 4, 5]], columns=["o0", "o1", "o2"])
    assert Policy(LIMITS, frozenset()).answer_detail(merged, three).to_list() == ["sides"]
    assert Policy(larger, frozenset()).answer_detail(merged, three).to_list() == ["none"]


# A user's own export: the same answers, nothing public already.


def own(respondents: pd.DataFrame | None = None) -> Rendering:
    rendering = shipped.rendering()
    reading = replace(rendering.reading, shipped=False)
    policy = replace(rendering.policy, released=frozenset())
    kept = rendering.respondents if respondents is None else respondents
    flow = replace(reading.flow, complete=len(kept))
    return replace(rendering, respondents=kept, policy=policy, reading=replace(reading, flow=flow))


SMALL = {"orkney": 3, "shetland": 1}  # areas of the user's own export with so many respondents only


@cache
def own_rendering() -> Rendering:
    """A user's own export, where few people in two areas have answered."""
    respondents = shipped.rendering().respondents
    area = respondents["local_authority"]
    extra = [index for name, n in SMALL.items() for index in respondents.index[area == name][n:]]
    return own(respondents.drop(extra).reset_index(drop=True))


@cache
def own_people() -> People:
    return people_findings(own_rendering())


def counts_of(rendering: Rendering, question: str) -> dict[str, int]:
    grouping = next((g for g in rendering.study.groupings if g.id == question), None)
    column = question if grouping and grouping.mapping else rendering.study.question(question).column
    return {str(key): int(n) for key, n in rendering.respondents[column].value_counts().items()}


def assert_breakdowns_are_safe(people: People, rendering: Rendering) -> None:
    for question, part in people.breakdowns.groupby("question", sort=False):
        counts = counts_of(rendering, str(question))
        blank = len(rendering.respondents) - sum(counts.values())
        none = people.numbers.get(f"respondents.n.{question}.no-answer")
        assert (none is None) == (blank == 0)
        hidden = [blank] if none is not None and none.kind == "hidden" else []
        for row in part.itertuples():
            n, number = counts.get(row.category, 0), people.numbers[row.n_key]
            if number.kind == "hidden":
                hidden.append(n)
                assert people.numbers[row.pct_key].kind == "hidden"
            else:
                assert n == 0 or n >= MIN_CELL, row.n_key
        assert len(hidden) != 1, question
        assert not hidden or sum(hidden) >= MIN_CELL


def test_a_users_own_export_has_no_exemptions() -> None:
    people, rendering = own_people(), own_rendering()
    assert_breakdowns_are_safe(people, rendering)
    areas = counts_of(rendering, "local_authority")
    hidden = {a for a in areas if people.numbers[f"respondents.n.local_authority.{a}"].kind == "hidden"}
    assert {area for area, n in areas.items() if 0 < n < MIN_CELL} == set(SMALL)
    # In the level of either area the next smallest goes with it, for the number of people in a level is shown.
    levels = rendering.study.grouping("integration").mapping
    assert levels is not None
    assert set(SMALL) < hidden
    for area in SMALL:
        peers = [n for name, n in areas.items() if levels[name] == levels[area] and n >= MIN_CELL]
        assert min(peers) in [areas[name] for name in hidden if levels[name] == levels[area]]
    released = replace(rendering, policy=shipped.rendering().policy)
    public = people_findings(released).numbers
    assert all(public[f"respondents.n.local_authority.{area}"].value == n for area, n in areas.items())


def test_hidden_numbers_keep_no_trace() -> None:
    people = own_people()
    hidden = [number for number in people.numbers.values() if number.kind == "hidden"]
    assert hidden
    for number in hidden:
        content = number.as_dict()
        assert (content["value"], content["text"], content["base"], content["figure"]) == (None, NOT_SHOWN, None, "")


def test_tables_and_data_of_a_users_own_export_hide_small_areas() -> None:
    people, rendering = own_people(), own_rendering()
    labels = {c.id: c.label for c in rendering.study.grouping("local_authority").categories}
    table = breakdown_table(people, people.areas, STYLE, "Area")
    data = csv_text(people.data(people.breakdown(*people.areas)))
    for area in SMALL:
        line = next(line for line in table.split("\n") if f"| {labels[area]} |" in line)
        assert line.count(NOT_SHOWN) == 2
        assert not set(line) & set("0123456789")
        record = next(line for line in data.split("\n") if f",{area}," in line)
        assert record.endswith(",,")
    assert table.count(NOT_SHOWN) == 2 * data.count(",,\n") >= 2 * len(SMALL) + 2
    public = breakdown_table(shipped.people(), shipped.people().areas, STYLE, "Area")
    assert NOT_SHOWN not in public


def test_published_tables_stand_in_full_for_the_shipped_export() -> None:
    people = shipped.people()
    table = breakdown_table(people, people.main_groupings, STYLE)
    assert people.main_groupings == ("service", "sector", "role")
    assert NOT_SHOWN not in table
    assert table.count(".reproduced") == 2 * (8 + 4 + 5 + 1)
    assert "other-role-n" in table


@st.composite
def thinned(draw: st.DrawFn) -> pd.DataFrame:
    """The shipped respondents thinned out at random, with some answers on the area blank."""
    size = draw(st.integers(1, 250))
    kept = shipped.rendering().respondents.sample(size, random_state=draw(st.integers(0, 2**16))).reset_index(drop=True)
    blank = draw(st.integers(0, min(8, size)))
    kept.loc[: blank - 1, ["local_authority", "integration"]] = pd.NA
    return kept


@given(respondents=thinned())
@settings(max_examples=40, deadline=None)
def test_areas_and_their_levels_together_give_nothing_away(respondents: pd.DataFrame) -> None:
    """Shown areas, shown levels and the number of respondents, solved for what is hidden."""
    rendering = own(respondents)
    people, study = people_findings(rendering), rendering.study
    levels, areas = study.grouping("integration"), study.grouping("local_authority")
    assert levels.mapping is not None
    names = [(g.id, c) for g in (areas, levels) for c in (*(category.id for category in g.categories), "no-answer")]
    unknown = {name: i for i, name in enumerate(names)}
    total = {
        g.id: [float(name[0] == g.id) for name in names] for g in (areas, levels)
    }  # areas add to all respondents, and so do levels
    known = list(total.values())
    for level in (*(c.id for c in levels.categories), "no-answer"):
        line = [0.0] * len(names)
        line[unknown["integration", level]] = -1
        for area in (*(c.id for c in areas.categories), "no-answer"):
            if levels.mapping.get(area, "no-answer") == level:
                line[unknown["local_authority", area]] = 1
        known.append(line)
    counts = {g.id: counts_of(rendering, g.id) for g in (areas, levels)}
    hidden = []
    for (grouping, category), i in unknown.items():
        number = people.numbers.get(f"respondents.n.{grouping}.{category}")
        if number is None or number.kind != "hidden":
            known.append([float(j == i) for j in range(len(names))])
        else:
            hidden.append((grouping, category))
    matrix, rank = np.array(known), np.linalg.matrix_rank(np.array(known))
    blank = len(respondents) - sum(counts["integration"].values())
    for name in hidden:
        n = counts[name[0]].get(name[1], blank)
        unit = [float(j == unknown[name]) for j in range(len(names))]
        solved = np.linalg.matrix_rank(np.vstack([matrix, unit])) == rank
        assert n >= MIN_CELL or not solved or alone(counts), f"{name}: {n} follows from what is shown"


def alone(counts: Mapping[str, Mapping[str, int]]) -> bool:
    """Whether everybody is in one area or level, so that nothing is left to hide a small number behind."""
    return any(sum(n > 0 for n in found.values()) < 2 for found in counts.values())


def test_no_answer_does_not_follow_from_levels_and_areas() -> None:
    """Few people named no area. The smallest level is hidden with them, and so is an area of that level."""
    levels = shipped.rendering().study.grouping("integration").mapping
    assert levels is not None
    sizes = {"inverclyde": 20, "highland": 6, "moray": 40, "fife": 120, "falkirk": 80}
    assert [levels[area] for area in sizes] == ["full", "partial", "partial", "no-integration", "no-integration"]
    areas = [area for area, n in sizes.items() for _ in range(n)]
    respondents = shipped.rendering().respondents.head(len(areas) + 3).copy()
    for name, values in (("local_authority", areas), ("integration", [levels[area] for area in areas])):
        column = pd.Series([*values, None, None, None], index=respondents.index, dtype="object")
        respondents[name] = column.astype(respondents[name].dtype)
    numbers = people_findings(own(respondents)).numbers
    hidden = {key for key, number in numbers.items() if number.kind == "hidden" and ".n." in key}
    expected = {"integration.no-answer", "integration.full", "local_authority.no-answer", "local_authority.inverclyde"}
    assert {f"respondents.n.{name}" for name in expected} <= hidden
    assert numbers["respondents.n.integration.partial"].value == 46


@pytest.mark.parametrize(
    ("answered", "shown"), [(0, True), (3, False), (5, True), (95, True), (97, False), (100, True)]
)
def test_how_many_wrote_something_is_a_small_number_too(answered: int, shown: bool) -> None:
    respondents = shipped.rendering().respondents.head(100).copy()
    opened = [question.column for question in shipped.rendering().study.open_questions]
    respondents[opened] = False
    respondents.loc[: answered - 1, opened[:2]] = True
    number = people_findings(own(respondents)).numbers["respondents.n_open_answer"]
    assert (number.kind != "hidden") is shown
    assert number.value == (answered if shown else None)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Comparisons without pairs, which take most of the time and hide nothing."""
    real = theme_module.compare

    def means_only(*args: object, **options: object) -> Comparison:
        return real(*args, **{**options, "min_n": 10**6})  # type: ignore[arg-type]

    monkeypatch.setattr(theme_module, "compare", means_only)


@pytest.mark.usefixtures("quick")
def test_means_of_small_groups_and_their_sizes() -> None:
    respondents = shipped.rendering().respondents
    people_in_other_roles = respondents.index[respondents["role"] == "other-role"]
    rendering = own(respondents.drop(people_in_other_roles[3:]))  # three are left
    found = theme_findings(rendering, "services")
    small = found.number("mean.role.other-role")
    assert small.kind == "hidden"
    assert small.base is None
    roles = found.groups[found.groups["grouping"] == "role"].set_index("group")
    assert pd.isna(roles.loc["other-role", ["n", "mean", "low", "high"]]).all()
    # The sizes of the other groups and the number of all would give it away, so one more size is hidden.
    assert roles["n"].isna().sum() == 2
    assert roles["mean"].notna().sum() == 4
    for row in roles.itertuples():
        assert (found.numbers[row.key].base is None) == pd.isna(row.n)
    line = next(line for line in means_table(found, STYLE).split("\n") if line.startswith("| Other role"))
    assert not set(line) & set("0123456789")
    levels = level_findings(rendering, "integration")
    assert NOT_SHOWN not in levels_table(levels, STYLE)


@pytest.mark.usefixtures("quick")
def test_a_handful_of_respondents_gives_no_results() -> None:
    rendering = own(shipped.rendering().respondents.head(9))
    for scale in rendering.study.scales:
        found = theme_findings(rendering, scale.id)
        # The instrument has so many items, whoever answered, and none of the (absent) pairs differs.
        told = {f"{scale.id}.n_items", f"{scale.id}.n_significant_pairs"}
        assert {key for key, number in found.numbers.items() if number.kind != "hidden"} == told
        for frame in (found.items, found.groups, found.changes):
            assert not frame["shown"].any()
            assert frame["n"].isna().all()


@pytest.mark.usefixtures("quick")
@given(seed=st.integers(0, 2**16), size=st.integers(10, 120))
@settings(max_examples=10, deadline=None)
def test_shares_of_a_thin_export_rest_on_enough_answers(seed: int, size: int) -> None:
    respondents = shipped.rendering().respondents.sample(size, random_state=seed).reset_index(drop=True)
    rendering = own(respondents)
    found = theme_findings(rendering, "transitions")
    for row, question in itertools.chain(pairs_of(found)):
        answers = respondents[question].value_counts()
        for option in found.answers.options if "item" in row else found.change_answers.options:
            if not pd.isna(row[option.id]):
                assert answers[option.id] == 0 or answers[option.id] >= MIN_CELL
        if row["shown"]:
            assert row["n"] >= MIN_GROUP
        else:
            assert all(pd.isna(row[side]) for side in ("positive", "neutral", "negative"))
    for number in found.numbers.values():
        assert_whole(number)


def pairs_of(found: Theme) -> list[tuple[dict[str, object], str]]:
    items = {question.item: question.column for question in found.scale.items}
    pairs = [(row, items[str(row["item"])]) for row in found.items.to_dict("records")]
    for row in found.changes.to_dict("records"):
        change = found.scale.change(str(row["period"]))
        assert change
        pairs.append((row, change.column))
    return [({str(key): value for key, value in row.items()}, column) for row, column in pairs]


def assert_whole(number: Number) -> None:
    if number.kind == "hidden":
        assert number.value is None
        assert number.text == NOT_SHOWN
        assert number.base is None
    elif number.unit != "count" and number.base is not None:
        assert number.base >= MIN_GROUP
