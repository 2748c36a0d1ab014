"""The register beside the data: every row answered, no match lost, and a departure seen where there is one."""

from __future__ import annotations

import ast
import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import shipped
from survey_report import expressions, reconciliation
from survey_report.errors import UserError
from survey_report.findings import theme as theme_module
from survey_report.findings.people import people_findings
from survey_report.findings.theme import theme_findings
from survey_report.numbers import NOT_SHOWN, Number, round_half_up
from survey_report.quantities import NotComputed, Quantities
from survey_report.reconciliation import COLUMNS, MEASURES, Line, reconcile, reconciliation_csv
from survey_report.register import Figure, Register
from survey_report.rendering import Rendering
from survey_report.rules import FUNCTIONS, NOT_YET, PLAIN, ROW_VALUES, VALUES, answer_measures, check_rules
from survey_report.statistics.comparisons import Comparison, significance
from survey_report.study import Study

STATUSES = {"match", "differs", "erratum", "stated", "open"}
ERRATA = {
    "respondents-local-authority-east-ayrshire-n": "22",
    "transitions-change-before-exception": "fails",
    "leadership-change-no-change-range-b": "39 to 51",
}


def figures() -> tuple[Figure, ...]:
    return shipped.rendering().register.figures


def with_figures(change: Callable[[Figure], Figure], only: Iterable[str] | None = None) -> dict[str, Line]:
    """The shipped data beside a changed register; `only` narrows it to some rows."""
    wanted = None if only is None else set(only)
    made = tuple(change(figure) for figure in figures() if wanted is None or figure.id in wanted)
    register = Register(made, shipped.rendering().register.by_key, {})
    lines = reconcile(replace(shipped.rendering(), register=register), shipped.numbers())
    return {line.figure.id: line for line in lines}


def with_respondents(change: Callable[[pd.DataFrame], None], only: Iterable[str]) -> dict[str, str]:
    """Status of some rows when the shipped respondents are changed in place; everything may be shown."""
    respondents = shipped.rendering().respondents.copy()
    change(respondents)
    rendering = replace(narrowed(shipped.rendering(), only), respondents=respondents)
    return {line.figure.id: line.status for line in reconcile(rendering, shipped.numbers())}


def narrowed(rendering: Rendering, only: Iterable[str]) -> Rendering:
    """A rendering with some rows of the register."""
    wanted = set(only)
    made = tuple(figure for figure in figures() if figure.id in wanted)
    assert len(made) == len(wanted)
    return replace(rendering, register=replace(rendering.register, figures=made))


# The shipped data


def test_no_match_is_lost() -> None:
    """Every figure that is computed from answers or session tables matches, errata apart."""
    lost = {
        line.figure.id: (line.published, line.reproduced, line.status)
        for line in shipped.reconciled().values()
        if line.figure.source in ("responses", "sessions") and line.status != "match" and not line.figure.erratum
    }
    assert lost == {}


def test_every_row_has_one_line_and_a_status() -> None:
    lines = shipped.reconciled()
    assert list(lines) == [figure.id for figure in figures()]
    assert {line.status for line in lines.values()} <= STATUSES
    counts = Counter((line.figure.source, line.status) for line in lines.values())
    assert counts == {
        ("responses", "match"): 328,
        ("responses", "erratum"): 3,
        ("sessions", "match"): 26,
        ("instrument", "match"): 14,
        ("other_seed", "match"): 2,
        ("study_record", "stated"): 6,
        ("corpus", "match"): 25,
    }


def test_errata_follow_the_register() -> None:
    found = {line.figure.id: line.reproduced for line in shipped.reconciled().values() if line.status == "erratum"}
    assert found == ERRATA == {figure.id: ERRATA[figure.id] for figure in figures() if figure.erratum}
    without = with_figures(lambda figure: replace(figure, erratum=""), ERRATA)
    assert {line.status for line in without.values()} == {"differs"}
    doubted = with_figures(lambda figure: replace(figure, erratum="e"), ["services-mean-overall", "method-weeks-open"])
    assert {(line.status, line.reproduced) for line in doubted.values()} == {("erratum", "3.05"), ("erratum", "6")}


def test_numbers_are_those_of_the_report() -> None:
    """What is set beside a published figure rounds to the number that tables and text show under its key."""
    compared = 0
    for line in shipped.reconciled().values():
        number = shipped.numbers().get(line.figure.key)
        if number is None or number.value is None or number.unit == "words":
            continue
        decimals = min(number.decimals, line.figure.decimals)
        assert round_half_up(float(line.reproduced), decimals) == round_half_up(number.value, decimals), line
        compared += 1
    assert compared > 250


def test_tests_are_those_of_the_report() -> None:
    quantities = Quantities(shipped.rendering()).functions
    for scale in ("services", "strategic"):
        theme = shipped.theme_in_full(scale)
        for pair in theme.pairs.itertuples():
            assert quantities["p_pair"](scale, pair.grouping, pair.a, pair.b) == pytest.approx(pair.p, rel=1e-9)
            assert quantities["p_pair"](scale, pair.grouping, pair.b, pair.a) == pytest.approx(pair.p, rel=1e-9)
        for test in theme.tests.itertuples():
            mine = theme.pairs[theme.pairs["grouping"] == test.grouping]
            assert set(quantities["pairs"](scale, test.grouping)) == set(zip(mine["a"], mine["b"], strict=True))
            if test.p is not None and not pd.isna(test.p):
                assert quantities["p_min"](scale, test.grouping) == pytest.approx(min([test.p, *mine["p"]]), rel=1e-9)


def test_a_number_or_a_word_stands_beside_every_figure_that_is_computed() -> None:
    for line in shipped.reconciled().values():
        computed = line.status in ("match", "differs", "erratum")
        assert bool(line.reproduced) == computed, line
        assert line.published
        assert line.reproduced != NOT_SHOWN
    texts = {name: line.reproduced for name, line in shipped.reconciled().items()}
    assert texts["respondents-overall-heard-from"] == "1490"
    assert texts["respondents-service-social-work-pct-text"] == "41"
    assert texts["respondents-local-authority-falkirk-top-three"] == "3"
    assert texts["services-other-items-pct-positive-max"].isdecimal()
    assert texts["leadership-items-balanced"] == "holds"
    assert re.fullmatch(r"\d+ and \d+", texts["services-change-under-4-years-balanced"])
    assert re.fullmatch(r"p (= 0\.0[0-4]\d|below 0\.001)", texts["services-sig-role-manager-vs-frontline"])
    assert texts["integration-significance-overall"] == "p 0.05 or more"  # small groups are among those tested


def test_the_file_keeps_its_form() -> None:
    rows = list(csv.DictReader(io.StringIO(reconciliation_csv(shipped.reconciled().values()))))
    assert list(rows[0]) == COLUMNS == ["id", "published", "reproduced", "source", "status"]
    assert len(rows) == len(figures())
    by_id = {row["id"]: row for row in rows}
    assert by_id["transitions-change-no-change-range"]["published"] == "38 to 52"
    assert by_id["services-sig-integration-none"]["published"] == "does not differ"
    assert by_id["support-mean-overall"]["published"] == by_id["support-mean-overall"]["reproduced"]


# Departures


def test_one_unit_in_the_last_printed_place_is_seen() -> None:
    """Every plain row differs as soon as the printed number is another one."""
    plain = [f.id for f in figures() if f.source in reconciliation.COMPUTED and f.relation == "=" and not f.erratum]
    assert len(plain) > 230
    for step in (1, -1):
        moved = with_figures(
            lambda figure, step=step: replace(  # type: ignore[misc]
                figure, value=f"{float(figure.value) + step * 10.0**-figure.decimals:.{figure.decimals}f}"
            ),
            plain,
        )
        assert {name for name, line in moved.items() if line.status != "differs"} == set()


def test_bounds_and_ranges_are_seen_from_both_sides() -> None:
    turned = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
    bounds = [f.id for f in figures() if f.relation in turned and not f.rule and f.source in reconciliation.COMPUTED]
    assert len(bounds) == 6
    lines = with_figures(lambda figure: replace(figure, relation=turned[figure.relation]), bounds)
    assert {line.status for line in lines.values()} == {"differs"}
    ranges = [f.id for f in figures() if f.relation == "between" and not f.erratum]
    for change in ({"value": "40"}, {"value_high": "53"}):
        lines = with_figures(lambda figure, change=change: replace(figure, **change), ranges)  # type: ignore[misc]
        assert {line.status for line in lines.values()} == {"differs"}


@pytest.mark.parametrize(
    ("relation", "below", "equal", "above"),
    [
        ("=", False, True, False),
        ("<", True, False, False),
        ("<=", True, True, False),
        (">", False, False, True),
        (">=", False, True, True),
    ],
)
def test_relations_at_their_bound(relation: str, below: bool, equal: bool, above: bool) -> None:
    """The mean of services is 3.05; beside it stand a figure above, the same and one below."""
    for value, holds in (("3.06", below), ("3.05", equal), ("3.04", above)):
        lines = with_figures(lambda f, v=value: replace(f, relation=relation, value=v), ["services-mean-overall"])
        assert lines["services-mean-overall"].status == ("match" if holds else "differs"), value


def test_the_rule_decides_where_there_is_one() -> None:
    ruled = [f.id for f in figures() if f.rule and f.source in reconciliation.COMPUTED and not f.erratum]
    assert len(ruled) > 100
    lines = with_figures(lambda f: replace(f, rule=f"not ({f.rule.partition('#')[0]})"), ruled)
    assert {line.status for line in lines.values()} == {"differs"}


def test_pairs_have_a_direction() -> None:
    name = "services-sig-role-manager-vs-frontline"
    turned = with_figures(lambda figure: replace(figure, group="frontline|manager"), [name])[name]
    assert turned.status == "differs"
    assert turned.reproduced.endswith(", the other way round")


@pytest.mark.parametrize(
    ("column", "rows", "kept"),
    [
        (
            "services_quality_of_practice",
            ["services-quality-of-practice-pct-positive", "services-mean-overall", "services-mean-social-work"],
            ["services-waiting-time-pct-negative", "support-mean-overall", "services-change-since-worse"],
        ),
        (
            "leadership_change_since_covid",
            [
                "leadership-change-since-improved",
                "leadership-change-since-worse",
                "leadership-change-no-change-range-a",
            ],
            ["leadership-mean-overall", "leadership-change-before-improved"],
        ),
        (
            "strategic_shared_commissioning",
            ["strategic-shared-commissioning-pct-good", "strategic-shared-commissioning-pct-very-good"],
            ["strategic-impact-analysis-pct-positive", "leadership-mean-overall"],
        ),
    ],
)
def test_changed_answers_are_seen_and_nothing_else_moves(column: str, rows: list[str], kept: list[str]) -> None:
    def give_the_first_answer(respondents: pd.DataFrame) -> None:
        some = respondents.index[respondents[column].notna()][::3]
        respondents.loc[some, column] = respondents[column].cat.categories[0]

    statuses = with_respondents(give_the_first_answer, [*rows, *kept])
    assert {name: status for name, status in statuses.items() if (status == "differs") != (name in rows)} == {}


def test_one_respondent_in_another_group_is_seen() -> None:
    def move(respondents: pd.DataFrame) -> None:
        respondents.loc[respondents.index[respondents["service"] == "health"][0], "service"] = "education"

    rows = [f"respondents-service-{service}-n" for service in ("health", "education", "police")]
    statuses = with_respondents(move, [*rows, "respondents-complete-n", "respondents-table1-total-n"])
    assert {name for name, status in statuses.items() if status == "differs"} == set(rows[:2])
    assert {status for name, status in statuses.items() if name not in rows[:2]} == {"match"}


def test_a_total_line_counts_those_who_answered() -> None:
    def leave_blank(respondents: pd.DataFrame) -> None:
        respondents.loc[respondents.index[:1], "sector"] = None

    totals = ["respondents-table1-total-n", "respondents-table1-total-pct", "respondents-table2-total-n"]
    beside = ["respondents-sector-third-n", "respondents-service-police-n", "respondents-local-authority-moray-n"]
    statuses = with_respondents(leave_blank, [*totals, *beside])  # which groupings a table holds, its rows tell
    assert [statuses[name] for name in totals] == ["differs", "differs", "match"]


def test_a_share_of_a_group_is_of_those_who_answered_and_an_empty_group_is_not_present() -> None:
    """Table 1 counts 207 in health, 8 services and 1,399 respondents; here the police, 47, left the question blank."""
    respondents = shipped.rendering().respondents.copy()
    services = respondents["service"].astype("object")
    before = Quantities(shipped.rendering()).functions
    respondents["service"] = services.where(services != "police", None).astype(respondents["service"].dtype)
    after = Quantities(replace(shipped.rendering(), respondents=respondents)).functions
    assert after["n"]("service", "health") == before["n"]("service", "health") == 207
    assert after["pct"]("service", "health") == pytest.approx(100 * 207 / (1399 - 47))
    assert (before["present"]("service"), after["present"]("service")) == (8, 7)


def test_groups_that_are_shuffled_lose_their_differences() -> None:
    def shuffle(respondents: pd.DataFrame) -> None:
        respondents["service"] = respondents["service"].sample(frac=1, random_state=1).to_numpy()

    pairs = [f.id for f in figures() if f.scale == "support" and f.group_by == "service" and "|" in f.group]
    statuses = with_respondents(shuffle, [*pairs, "support-mean-overall", "support-sig-integration-none"])
    assert {statuses[name] for name in pairs} == {"differs"}
    assert statuses["support-mean-overall"] == statuses["support-sig-integration-none"] == "match"


# What may not be shown


def own(respondents: pd.DataFrame) -> Rendering:
    """A rendering of a user's own export: no number is exempt."""
    reading = replace(
        shipped.rendering().reading,
        shipped=False,
        flow=replace(shipped.rendering().reading.flow, complete=len(respondents)),
    )
    policy = replace(shipped.rendering().policy, released=frozenset())
    return replace(shipped.rendering(), respondents=respondents.reset_index(drop=True), reading=reading, policy=policy)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Comparisons without pairs, which take most of the time and hide nothing."""
    real = theme_module.compare

    def means_only(*args: object, **options: object) -> Comparison:
        return real(*args, **{**options, "min_n": 10**6})  # type: ignore[arg-type]

    monkeypatch.setattr(theme_module, "compare", means_only)


def own_numbers(rendering: Rendering) -> dict[str, Number]:
    found = dict(people_findings(rendering).numbers)
    for scale in rendering.study.scales:
        found |= theme_findings(rendering, scale.id).numbers
    return found


@pytest.mark.usefixtures("quick")
def test_nothing_is_set_beside_a_published_figure_that_may_not_be_shown() -> None:
    rendering = own(shipped.rendering().respondents.iloc[::9])
    numbers = own_numbers(rendering)
    lines = reconcile(rendering, numbers)
    hidden = [line for line in lines if line.figure.key in numbers and numbers[line.figure.key].kind == "hidden"]
    assert len(hidden) > 20
    for line in hidden:  # whether it agrees would tell what it is
        assert line.reproduced == NOT_SHOWN, line
        assert line.status == ("erratum" if line.figure.erratum else "open"), line
    by_id = {line.figure.id: line for line in lines}
    for name in ("strategic-shared-commissioning-pct-good", "strategic-shared-commissioning-pct-very-good"):
        assert (by_id[name].reproduced, by_id[name].status) == (NOT_SHOWN, "open")
    # Numbers over a set in which one is hidden: the largest, a count, a rank, a range.
    for name in (
        "strategic-all-items-positive-max",
        "strategic-items-at-least-half-n",
        "strategic-shared-planning-rank",
        "respondents-local-authority-edinburgh-top-three",
    ):
        assert (by_id[name].reproduced, by_id[name].status) == (NOT_SHOWN, "open")
    assert by_id["support-sig-service-police-vs-early-learning"].reproduced == "not tested"
    assert by_id["support-sig-service-police-vs-early-learning"].status == "open"
    assert by_id["respondents-complete-n"].status == "differs"
    assert by_id["strategic-n-items"].status == by_id["respondents-participants-n"].status == "match"


def test_a_published_pair_of_people_is_not_found_again_in_another_export() -> None:
    """Two people in a group, as published: a match would say so, though a count of two is never shown."""
    respondents = shipped.rendering().respondents
    rendering = own(respondents[respondents["sector"] != "private"])
    assert (rendering.respondents["role"] == "other-role").sum() == 2
    names = ("respondents-role-other-role-n", "respondents-role-other-role-pct")
    lines = reconcile(narrowed(rendering, names), people_findings(rendering).numbers)
    assert [(line.published, line.reproduced, line.status) for line in lines] == [
        ("2", NOT_SHOWN, "open"),
        ("0.1", NOT_SHOWN, "open"),
    ]


def hiding(*keys: str) -> dict[str, Number]:
    """The shipped numbers, some of them hidden."""
    hidden = {key: Number(key, None, NOT_SHOWN, "count", 0, None, "t", "hidden") for key in keys}
    assert all(key in shipped.numbers() or key.endswith("no-answer") for key in keys)
    return {**shipped.numbers(), **hidden}


def test_a_total_from_which_few_blanks_would_follow_is_not_shown() -> None:
    names = ["respondents-table1-total-n", "respondents-service-police-n", "respondents-sector-third-n"]
    rendering = narrowed(shipped.rendering(), names)
    for numbers, status in ((hiding(), "match"), (hiding("respondents.n.sector.no-answer"), "open")):
        assert {line.figure.id: line.status for line in reconcile(rendering, numbers)}[names[0]] == status


def test_what_has_no_number_of_its_own_is_hidden_with_any_part() -> None:
    rendering = narrowed(shipped.rendering(), ["leadership-items-balanced", "services-change-under-4-years-balanced"])
    assert [line.status for line in reconcile(rendering, hiding())] == ["match", "match"]
    numbers = hiding("leadership.pct_negative.resources", "services.pct_worse.under_4_years")
    assert [line.reproduced for line in reconcile(rendering, numbers)] == [NOT_SHOWN, NOT_SHOWN]


def test_an_order_may_rest_on_what_is_hidden_as_long_as_its_own_number_is_shown() -> None:
    rendering = narrowed(shipped.rendering(), ["respondents-service-social-work-max", "transitions-mean-lowest"])
    numbers = hiding("respondents.n.service.police", "strategic.mean.overall")
    assert [(line.reproduced, line.status) for line in reconcile(rendering, numbers)] == [
        ("41", "match"),
        ("2.63", "match"),
    ]


def test_groups_of_the_smallest_size_are_tested_and_smaller_ones_are_not() -> None:
    scores = pd.Series([float(i % 5) for i in range(39)])
    groups = pd.Series(["a"] * 20 + ["b"] * 10 + ["c"] * 9)
    assert list(significance(scores, groups, ["a", "b", "c"], min_n=10).pairs) == [("a", "b")]
    assert significance(scores, groups, ["b", "c"], min_n=10).welch is None


def test_few_open_answers_are_not_shown() -> None:
    numbers = hiding("respondents.n_open_answer")
    (line,) = reconcile(narrowed(shipped.rendering(), ["respondents-open-answers-n"]), numbers)
    assert (line.reproduced, line.status) == (NOT_SHOWN, "open")


def test_nobody_answered() -> None:
    respondents = shipped.rendering().respondents.copy()
    for column in respondents.columns[respondents.columns.str.startswith(("strategic_", "transitions_change"))]:
        respondents[column] = respondents[column] if respondents[column].dtype == bool else None
    changed = respondents.astype({c: shipped.rendering().respondents[c].dtype for c in respondents.columns})
    quantities = Quantities(replace(shipped.rendering(), respondents=changed)).functions
    for name, of in (
        ("pct_positive", ["shared_planning"]),
        ("pct_improved", ["transitions", "since_covid"]),
        ("mean", ["strategic"]),
        ("group_mean", ["strategic", "service", "health"]),
        ("p_pair", ["strategic", "service", "health", "education"]),
        ("p_min", ["strategic", "service"]),
    ):
        with pytest.raises(NotComputed):
            quantities[name](*of)
    assert quantities["answering"]("strategic") == 0
    assert quantities["n_base"]("shared_planning") == 0


# Rules


def test_every_rule_of_the_register_can_be_read_and_names_what_there_is(study: Study) -> None:
    assert list(check_rules(shipped.rendering().register, study)) == []
    assert sum(bool(figure.rule) for figure in figures()) == 124


def test_what_rules_may_name_is_what_quantities_have(study: Study) -> None:
    quantities = Quantities(shipped.rendering())
    assert set(quantities.functions) == {*PLAIN, *FUNCTIONS, *answer_measures(study)}
    assert set(quantities.values) == set(VALUES)
    assert set(quantities.values) & {*ROW_VALUES, *NOT_YET} == set()
    assert set(quantities.functions) & {*ROW_VALUES, *NOT_YET} == set()


def test_what_measures_mean_can_be_read(study: Study) -> None:
    functions = frozenset({*PLAIN, *FUNCTIONS})
    for texts in MEASURES.values():
        for text in texts:
            expressions.check(text, expressions.FULL, functions, frozenset({*VALUES, *ROW_VALUES}))


BROKEN = {
    "syntax": "mean(scale) >",
    "no such quantity": "median(scale) > 3",
    "no such value": "n_everybody > 3",
    "an attribute": "scale.__class__ == 'x'",
    "an import": "__import__('os').system('true') == 0",
    "a lambda": "(lambda: True)()",
    "a function that is not called": "mean > 3",
}


def test_broken_rules_are_found_before_anything_is_built(study: Study) -> None:
    some = [replace(figures()[i], id=name, rule=rule) for i, (name, rule) in enumerate(BROKEN.items())]
    problems = list(check_rules(Register(tuple(some), {}, {}), study))
    assert [problem.place for problem in problems] == [f"{name}, rule" for name in BROKEN]
    assert {problem.file for problem in problems} == {"published.csv"}
    assert all(problem.remedy for problem in problems)


def test_rules_that_cannot_be_evaluated_are_listed_at_once() -> None:
    wrong = {
        **BROKEN,
        "no such scale": "mean('nothing') > 3",
        "no such group": "group_mean('services', 'service', 'nobody') > 3",
        "no such item": "pct_positive('nothing') > 3",
        "a number": "mean('services')",
        "text": "'mean'",
        "too few arguments": "mean() > 3",
        "nothing to compare": "max(pct_positive(i) for i in items('services') if i == 'x') > 3",
        "a tenth of nothing": "1 / 0 > 1",
    }
    some = tuple(replace(figures()[11], id=name, rule=rule) for name, rule in wrong.items())
    assert some[0].source == "responses"
    with pytest.raises(UserError) as caught:
        reconcile(replace(shipped.rendering(), register=Register(some, {}, {})), shipped.numbers())
    assert [problem.place for problem in caught.value.problems] == [f"{name}, rule" for name in wrong]


def test_rows_that_nothing_computes_are_open_and_facts_of_the_record_are_stated() -> None:
    base = next(figure for figure in figures() if figure.id == "respondents-complete-n")
    made = {
        "match": base,
        "an unknown measure": replace(base, measure="n_unheard_of"),
        "a relation without a rule": replace(base, relation="is_max"),
        "no such source": replace(base, source="interviews"),
        "the record": replace(base, source="study_record"),
        "the record, doubted": replace(base, source="study_record", erratum="e"),
        "an unknown item": replace(base, measure="pct_positive", scale="services", item="nothing"),
    }
    some = tuple(replace(figure, id=name) for name, figure in made.items())
    lines = reconcile(replace(shipped.rendering(), register=Register(some, {}, {})), shipped.numbers())
    assert [line.status for line in lines] == ["match", "open", "open", "open", "stated", "erratum", "open"]


def test_code_names_no_scale_item_or_group(study: Study) -> None:
    """Which study it is shows in the register and the study's files only."""
    names = {scale.id for scale in study.scales} | {item.item for scale in study.scales for item in scale.items}
    names |= {category.id for grouping in study.groupings for category in grouping.categories}
    names |= {grouping.id for grouping in study.groupings} | {period.id for period in study.periods}
    folder = Path(reconciliation.__file__).parent
    for module in ("quantities", "reconciliation", "rules", "visibility", "register_page", "expressions"):
        tree = ast.parse((folder / f"{module}.py").read_text(encoding="utf-8"))
        texts = {
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        words = {word for text in texts for word in (text, *re.findall(r"'([\w-]+)'", text))}
        assert words & names <= {"full"}, module  # also a level of detail of answers
