"""The shipped data's findings beside the register of published figures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import shipped
from survey_report.errors import UserError
from survey_report.findings import theme as theme_module
from survey_report.findings.levels import level_findings
from survey_report.findings.people import people_findings
from survey_report.findings.theme import theme_findings
from survey_report.ledger import Ledger
from survey_report.marks import Style
from survey_report.numbers import Number
from survey_report.register import Figure, Register, load_register, released_keys, result_key
from survey_report.results import nested
from survey_report.scales import answered_any
from survey_report.statistics.comparisons import Comparison
from survey_report.study import Study

# Plain rows of the register that nothing computes yet: facts of the printed instrument, and ranks.
NOT_COMPUTED = {
    "method-response-options",
    "method-scale-max",
    "method-scale-min",
    "transitions-items-groups-n",
    "transitions-items-joint-working-n",
    "leadership-question-sets-n",
    "support-mean-rank",
    "strategic-shared-planning-rank",
    "strategic-shared-commissioning-pct-good",
    "strategic-shared-commissioning-pct-very-good",
}
EAST_AYRSHIRE = "respondents-local-authority-east-ayrshire-n"


def figures() -> tuple[Figure, ...]:
    return shipped.rendering().register.figures


def test_every_plain_row_speaks_of_a_number_that_is_computed() -> None:
    missing = {figure.id for figure in figures() if figure.key and figure.key not in shipped.numbers()}
    assert missing == NOT_COMPUTED


@pytest.mark.parametrize(("table", "rows"), [("Table 1", 36), ("Table 2", 72), ("Table 3", 10), ("Table 4", 9)])
def test_published_tables_match(table: str, rows: int) -> None:
    mine = [figure for figure in figures() if figure.where.endswith(table) and figure.relation == "="]
    assert len(mine) == rows
    for figure in mine:
        row = shipped.reconciled()[figure.id]
        if figure.id == EAST_AYRSHIRE:
            assert (row.published, row.reproduced, row.status) == ("33", "22", "erratum")
        else:
            assert row.status == "match", row
            assert float(row.published) == float(row.reproduced), row


def test_east_ayrshire_is_corrected_and_links_to_its_row() -> None:
    number = shipped.numbers()["respondents.n.local_authority.east-ayrshire"]
    assert (number.value, number.kind, number.figure) == (22, "corrected", EAST_AYRSHIRE)
    mark = Style("csrr-2023", True)(number)
    assert f"#{EAST_AYRSHIRE})" in mark
    assert ".corrected" in mark
    assert sum(n.kind == "corrected" for n in shipped.numbers().values()) == 1


def test_every_released_mean_is_reproduced() -> None:
    released = shipped.rendering().policy.released
    means = [key for key in released if ".mean." in key]
    assert len(means) == 43
    ids = {figure.id for figure in figures()}
    for key in released - ids:
        number = shipped.numbers()[key]
        assert number.kind in ("reproduced", "corrected"), key
        figure = next(f for f in figures() if f.id == number.figure)
        assert figure.key == key or key == "respondents.n_complete"


def test_a_reproduced_number_equals_the_row_it_links_to() -> None:
    by_id = {figure.id: figure for figure in figures()}
    for number in shipped.numbers().values():
        if number.kind == "reproduced" and number.unit != "words" and number.key != "respondents.n_started":
            assert number.value is not None
            assert by_id[number.figure].meets(number.value), number
        if number.kind == "invented":
            assert number.figure == ""
        assert number.kind != "real", "synthetic numbers are never real"


def test_what_the_number_of_rows_is_made_of_is_published() -> None:
    numbers = shipped.numbers()
    assert numbers["respondents.n_started"].value == 1794 == 1399 + 395
    assert numbers["respondents.n_started"].kind == "reproduced"


def test_a_number_links_to_its_most_precise_figure() -> None:
    several = [rows for rows in shipped.rendering().register.by_key.values() if len({row.decimals for row in rows}) > 1]
    assert several
    for rows in several:
        assert [row.decimals for row in rows] == sorted((row.decimals for row in rows), reverse=True)
        number = shipped.numbers()[rows[0].key]
        assert (number.kind, number.figure) == ("reproduced", rows[0].id)


def test_levels_of_integration() -> None:
    numbers = shipped.numbers()
    counts = [numbers[f"respondents.n.integration.{level}"].value for level in ("full", "partial", "no-integration")]
    assert counts == [273, 532, 594]


def test_people_who_answered_anything(study: Study) -> None:
    for scale in study.scales:
        number = shipped.numbers()[f"{scale.id}.n"]
        assert number.value == answered_any(shipped.rendering().respondents, scale, study).sum()
        base = shipped.theme(scale.id).overall.base
        assert base is not None
        assert number.value is not None
        assert base <= number.value <= 1399


def test_best_and_worst_items_are_the_extremes_of_what_is_shown() -> None:
    for found in shipped.themes():
        for name, side in (("best", "positive"), ("worst", "negative")):
            row = found.items.loc[found.items[side].idxmax()]
            assert found.number(f"{name}.label").text == row["label"]
            assert found.number(f"{name}.pct") == found.numbers[row[f"{side}_key"]].under(
                f"{found.scale.id}.{name}.pct"
            )


def test_items_stand_in_order_and_means_as_printed() -> None:
    for found in shipped.themes():
        assert found.items["positive"].is_monotonic_decreasing
        for row in found.groups[found.groups["shown"]].itertuples():
            assert row.mean == found.numbers[row.key].value


def test_item_counts_follow_from_the_shares_as_printed(study: Study) -> None:
    for found in shipped.themes():
        shares = [
            {side: found.number(f"pct_{side}.{item.item}").value or 0.0 for side in ("positive", "negative")}
            for item in found.scale.items
        ]
        assert found.number("n_items_at_least_50").value == sum(s["positive"] >= 50 for s in shares)
        assert found.number("n_items_at_least_60").value == sum(s["positive"] >= 60 for s in shares)
        assert found.number("n_items_below_50").value == sum(s["positive"] < 50 for s in shares)
        assert found.number("n_items_over_50").value == sum(max(s.values()) > 50 for s in shares)
        assert found.number("n_items_very_negative").value == sum(s["negative"] >= 60 for s in shares)
        assert found.number("n_items_balanced").value == sum(abs(s["positive"] - s["negative"]) <= 10 for s in shares)
    assert {rule.id for rule in study.item_counts} == {
        "n_items_at_least_50",
        "n_items_at_least_60",
        "n_items_below_50",
        "n_items_over_50",
        "n_items_very_negative",
        "n_items_balanced",
    }


def test_significance_is_counted_from_the_tests(study: Study) -> None:
    for found in (shipped.theme_in_full(scale.id) for scale in study.scales):
        assert found.number("n_significant_pairs").value == found.pairs["significant"].sum()
        found = replace(found, pairs=found.pairs[found.pairs["p"].notna()])  # a pair with a hidden size has no p
        for pair in found.pairs.itertuples():
            assert pair.significant == (pair.p < 0.05)
            assert pair.state == ("differs" if pair.significant else "no difference found")
        # Only groups of which results are reported are tested.
        shown = {(row.grouping, row.group) for row in found.groups.itertuples() if row.shown}
        assert {(pair.grouping, end) for pair in found.pairs.itertuples() for end in (pair.a, pair.b)} <= shown
    levels = shipped.levels("integration")
    assert levels.numbers["integration.n_significant_associations"].value == (levels.tests["p"] < 0.05).sum() == 0
    assert levels.numbers["integration.n_tables_compared"].value == 7


def test_levels_over_all_scales_are_those_of_the_themes() -> None:
    levels = shipped.levels("integration")
    for found, test in zip(shipped.themes(), levels.tests.itertuples(), strict=True):
        mine = found.tests.set_index("grouping").loc["integration"]
        assert test.scale == found.scale.id
        assert test.p == mine["p"]
    assert not levels.numbers_by_scale.keys() - shipped.numbers().keys()
    for key, number in levels.numbers_by_scale.items():
        assert number == shipped.numbers()[key]


@pytest.fixture
def pairs_without_welch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Comparisons in which no test of Welch's is significant, but every pair is."""
    real = theme_module.compare

    def changed(*args: Any, **options: Any) -> Comparison:
        found = real(*args, **options)
        assert found.welch is not None
        return replace(found, welch=replace(found.welch, p=0.2), pairs=found.pairs.assign(p=0.01))

    monkeypatch.setattr(theme_module, "compare", changed)


@pytest.mark.usefixtures("pairs_without_welch")
def test_pairs_and_welchs_test_answer_a_question_each() -> None:
    """Whether two groups differ the pairs say, whether levels differ Welch's test: either has its 5 % to err."""
    theme = theme_findings(shipped.in_full(shipped.rendering()), "relationships")
    assert len(theme.pairs) > 10
    assert theme.number("n_significant_pairs").value == len(theme.pairs)
    levels = level_findings(shipped.rendering(), "integration")
    assert levels.numbers["integration.n_significant_associations"].value == 0


def test_groups_are_tested_from_the_larger_of_two_least_sizes(study: Study) -> None:
    """Of the services only health, education and social work have more than 200 respondents (Table 1)."""
    thresholds = replace(study.thresholds, min_test_group=170)
    assert thresholds.min_group < 170
    rendering = replace(shipped.rendering(), study=replace(study, thresholds=thresholds))
    tests = theme_findings(rendering, "services").tests.set_index("grouping")
    assert set(tests.loc["service", "groups"]) == {"health", "education", "social-work"}


def test_tables_in_which_no_group_is_large_enough_are_compared_in_vain(study: Study) -> None:
    thresholds = replace(study.thresholds, min_test_group=2000)
    levels = level_findings(replace(shipped.rendering(), study=replace(study, thresholds=thresholds)), "integration")
    assert levels.tests["p"].isna().all()
    assert levels.numbers["integration.n_significant_associations"].value == 0
    assert levels.numbers["integration.n_tables_compared"].value == len(study.scales)


def test_shares_of_categories_are_of_those_who_answered() -> None:
    """Table 1 counts 207 in health and 47 in the police of 1,399; here the police left the question blank: 207 of 1,352
    are 15.3 %."""
    respondents = shipped.rendering().respondents.copy()
    services = respondents["service"].astype("object")
    respondents["service"] = services.where(services != "police", None).astype(respondents["service"].dtype)
    numbers = people_findings(replace(shipped.rendering(), respondents=respondents)).numbers
    assert numbers["respondents.pct.service.health"].value == 15.3


# What kind a number is, without the study.


def register(*rows: tuple[str, str, int, str], corrections: dict[str, str] | None = None) -> Register:
    """A register of (id, value, decimals, erratum), all of the key `a.b`."""
    made = tuple(
        Figure(name, "a.b", "a", "responses", "count", "=", value, decimals, "p. 1", "", erratum)
        for name, value, decimals, erratum in rows
    )
    return Register(made, {"a.b": tuple(sorted(made, key=lambda row: -row.decimals))}, corrections or {})


def entered(register: Register, value: float, *, synthetic: bool = True, decimals: int = 2) -> Number:
    return Ledger(register, synthetic=synthetic).enter("a.b", value, unit="mean", decimals=decimals, source="t")


def test_a_number_that_meets_all_its_rows_is_reproduced_under_the_most_precise() -> None:
    both = register(("whole", "3", 0, ""), ("fine", "3.05", 2, ""))
    assert (entered(both, 3.049).kind, entered(both, 3.049).figure) == ("reproduced", "fine")
    assert entered(both, 3.06).kind == "invented"  # meets the whole number only
    assert entered(both, 3.06).figure == ""


@pytest.mark.parametrize(("value", "up", "even"), [(2.5, "3", "2"), (64.5, "65", "64"), (0.5, "1", "0")])
def test_a_half_meets_the_figure_that_is_rounded_up(value: float, up: str, even: str) -> None:
    """As numbers are printed everywhere; Python's own `round` goes to the even neighbour."""
    assert entered(register(("row", up, 0, "")), value).kind == "reproduced"
    assert entered(register(("row", even, 0, "")), value).kind == "invented"


def test_real_numbers_are_real_whatever_was_published() -> None:
    one = register(("fine", "3.05", 2, ""))
    assert (entered(one, 3.05, synthetic=False).kind, entered(one, 3.05, synthetic=False).figure) == ("real", "fine")
    assert (entered(one, 3.06, synthetic=False).kind, entered(one, 3.06, synthetic=False).figure) == ("real", "")


def test_a_doubted_figure_is_corrected_only_by_the_expected_value() -> None:
    doubted = register(("row", "33", 0, "wrong"), corrections={"row": "22"})
    assert entered(doubted, 22, decimals=0).kind == "corrected"
    assert entered(doubted, 23, decimals=0).kind == "invented"
    assert entered(register(("row", "33", 0, "wrong")), 22, decimals=0).kind == "invented"


def test_a_number_is_entered_once() -> None:
    ledger = Ledger(register(), synthetic=True)
    ledger.count("x", 1, source="t")
    with pytest.raises(ValueError, match="entered twice"):
        ledger.count("x", 1, source="t")


def test_shares_of_nothing_and_means_of_nobody_are_not_shown() -> None:
    ledger = Ledger(register(), synthetic=True)
    assert ledger.share("s", 0, 0, source="t").kind == "hidden"
    assert ledger.mean("m", float("nan"), source="t", base=0).kind == "hidden"
    assert ledger.words("w", "Item", like=ledger.numbers["s"], source="t").text == "not shown"


def test_sums_are_reproduced_only_where_all_their_parts_are() -> None:
    ledger = Ledger(register(("row", "10", 0, "")), synthetic=True)
    ledger.count("a.b", 10, source="t")
    ledger.count("c", 5, source="t")
    assert ledger.enter("d", 15, unit="count", decimals=0, source="t", parts=["a.b", "c"]).kind == "invented"
    assert ledger.enter("e", 10, unit="count", decimals=0, source="t", parts=["a.b"]).kind == "reproduced"
    assert ledger.numbers["e"].figure == ""  # nothing was printed that it could lead to


def test_keys_of_register_rows() -> None:
    blank = dict.fromkeys(("scale", "item", "group_by", "group", "measure", "period", "source"), "")

    def key(**row: str) -> str:
        return result_key({**blank, "source": "responses", **row})

    assert key(scale="services", group_by="overall", group="all", measure="mean") == "services.mean.overall"
    assert key(scale="services", group_by="role", group="manager", measure="mean") == "services.mean.role.manager"
    assert key(scale="services", item="x", measure="pct_negative") == "services.pct_negative.x"
    assert key(scale="services", measure="pct_worse", period="since_covid") == "services.pct_worse.since_covid"
    assert key(group_by="role", group="manager", measure="n") == "respondents.n.role.manager"
    assert key(group_by="overall", group="all", measure="n_total") == "respondents.n_complete"
    assert key(source="sessions", group="police", measure="n_focus_group_participants") == "sessions.focus_group.police"
    assert key(source="sessions", group="all", measure="weeks_open") == "sessions.weeks_open"


def test_a_broken_register_is_refused(study: Study, tmp_path: Path) -> None:
    path = study.files["published"]
    lines = path.read_text(encoding="utf-8").split("\n")
    broken = tmp_path / "published.csv"
    broken.write_text("\n".join([lines[0].replace("measure", "mesure"), *lines[1:]]), encoding="utf-8")
    with pytest.raises(UserError, match="`measure` is missing"):
        load_register(replace(study, files={**study.files, "published": broken}))
    with pytest.raises(UserError, match="no such file"):
        released_keys(shipped.rendering().register, broken.with_name("none.csv"))


def test_nested_variables() -> None:
    assert nested({"a.b": "1", "a.c.d": "2", "e": "3"}) == {"a": {"b": "1", "c": {"d": "2"}}, "e": "3"}
    for flat in ({"a": "1", "a.b": "2"}, {"a.b": "2", "a": "1"}):
        with pytest.raises(ValueError, match="`a"):
            nested(flat)
    nested({key: number.text for key, number in shipped.numbers().items()})
