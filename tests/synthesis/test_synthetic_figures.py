"""The committed export against the register, counted here from the file alone with exact fractions."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

import shipped
from survey_report.readings import READINGS, beside_published, scale_readings
from survey_report.study import Question, Study

Row = dict[str, str]
Scores = dict[str, list[Fraction | None]]


def rounds_to(number: Fraction, row: Row) -> bool:
    unit = 10 ** int(row["decimals"])
    return (2 * number * unit + 1) // 2 == Fraction(row["value"]) * unit


def members(study: Study, complete: list[Row], grouping_id: str) -> list[str]:
    """Category id of each respondent."""
    grouping = study.grouping(grouping_id)
    question = study.question(grouping.derived_from or grouping.id)
    ids = {category.answer: category.id for category in question.categories}
    found = [ids[row[question.column]] for row in complete]
    return [grouping.mapping[one] for one in found] if grouping.mapping else found


@pytest.fixture(scope="module")
def scores(study: Study, complete: list[Row]) -> Scores:
    """Scale scores of each respondent."""
    found: Scores = {}
    for scale in study.scales:
        points = {o.answer: o.score for o in study.response_sets[scale.items[0].response_set].options}
        column: list[Fraction | None] = []
        for row in complete:
            answered = [points[row[q.column]] for q in scale.items if row[q.column] in points]
            enough = 2 * len(answered) >= len(scale.items)
            column.append(Fraction(sum(p or 0 for p in answered), len(answered)) if enough else None)
        found[scale.id] = column
    return found


def share(study: Study, complete: list[Row], question: Question, wanted: list[str]) -> Fraction:
    answers = study.response_sets[question.response_set]
    texts = {option.id: option.answer for option in answers.options}
    given = [row[question.column] for row in complete if row[question.column] in texts.values()]
    return Fraction(100 * sum(given.count(texts[option]) for option in wanted), len(given))


def reproduced(
    study: Study, complete: list[Row], rows: list[Row], register: list[Row], scores: Scores
) -> Iterator[tuple[Row, Fraction]]:
    """Each plain row on counts, shares and means with the number the file gives."""
    sides = {
        "pct_positive": "positive",
        "pct_negative": "negative",
        "pct_improved": "positive",
        "pct_worse": "negative",
    }
    items = {(q.scale, q.item): q for q in study.questions if q.type == "rating"}
    writers = sum(any(row[q.column] for q in study.open_questions) for row in complete)
    single = {"n_complete": len(complete), "n_incomplete": len(rows) - len(complete), "n_open_answer": writers}
    groups = {grouping.id: members(study, complete, grouping.id) for grouping in study.groupings}
    for row in register:
        measure, grouping, item = row["measure"], row["group_by"], items.get((row["scale"], row["item"]))
        if row["relation"] != "=":
            continue
        if measure in single:
            yield row, Fraction(single[measure])
        elif measure in ("n", "pct") and not row["scale"]:
            count = groups[grouping].count(row["group"])
            yield row, Fraction(count) if measure == "n" else Fraction(100 * count, len(complete))
        elif measure == "mean":
            of = groups.get(grouping, ["all"] * len(complete))
            mine = [
                s for s, group in zip(scores[row["scale"]], of, strict=True) if group == row["group"] and s is not None
            ]
            yield row, sum(mine, Fraction(0)) / len(mine)
        elif measure in sides:
            change = study.scale(row["scale"]).change(row["period"])
            question = item or change
            assert question is not None
            options = study.response_sets[question.response_set].side(sides[measure])  # type: ignore[arg-type]
            yield row, share(study, complete, question, list(options))
        elif measure.startswith("pct_") and item:
            yield row, share(study, complete, item, [measure.removeprefix("pct_").replace("_", "-")])


def test_every_plain_row_is_met(
    study: Study, complete: list[Row], rows: list[Row], register: list[Row], scores: Scores
) -> None:
    checked = list(reproduced(study, complete, rows, register, scores))
    missed = [row["id"] for row, number in checked if not rounds_to(number, row)]
    assert len(checked) == 205
    # The only ones are rows the register itself calls in doubt.
    assert [row["id"] for row, _ in checked if row["erratum"]] == missed


def test_tables_1_and_2_are_exact(study: Study, complete: list[Row], register: list[Row]) -> None:
    counted = [row for row in register if row["measure"] == "n" and not row["scale"]]
    assert len(counted) == 52
    for row in counted:
        expected = int(study.corrections.get(row["id"], row["value"]))
        assert members(study, complete, row["group_by"]).count(row["group"]) == expected, row["id"]
    for grouping in {row["group_by"] for row in counted}:
        assert sum(members(study, complete, grouping).count(c.id) for c in study.grouping(grouping).categories) == 1399


def compare(
    study: Study, complete: list[Row], scores: Scores, scale: str, grouping: str
) -> tuple[float, dict[str, float], dict[tuple[str, str], float]]:
    """Welch's p, means, and Games-Howell p of each pair, of groups that are large enough."""
    of = members(study, complete, grouping)
    samples = {
        c.id: np.array([float(s) for s, g in zip(scores[scale], of, strict=True) if g == c.id and s is not None])
        for c in study.grouping(grouping).categories
    }
    samples = {group: sample for group, sample in samples.items() if len(sample) >= study.thresholds.min_test_group}
    if len(samples) < 2:
        return 1.0, {}, {}
    pairs = stats.tukey_hsd(*samples.values(), equal_var=False).pvalue
    names = list(samples)
    welch = float(stats.f_oneway(*samples.values(), equal_var=False).pvalue)
    table = {(a, b): float(pairs[i, j]) for i, a in enumerate(names) for j, b in enumerate(names) if i != j}
    return welch, {name: float(sample.mean()) for name, sample in samples.items()}, table


Tests = dict[tuple[str, str], tuple[float, dict[str, float], dict[tuple[str, str], float]]]


@pytest.fixture(scope="module")
def tests(study: Study, complete: list[Row], scores: Scores) -> Tests:
    """Welch's p, means and pairs of every scale and tested grouping."""
    return {
        (scale.id, grouping.id): compare(study, complete, scores, scale.id, grouping.id)
        for scale in study.scales
        for grouping in study.tested_groupings
    }


def calm(row: Row, scale: str) -> bool:
    """Whether a row says that no groups of its grouping differ on a scale."""
    return row["measure"] == "significant_pair" and row["group"].count("|") != 1 and row["scale"] in (scale, "all")


@pytest.mark.slow
def test_groups_differ_where_the_report_says_so_and_clearly(tests: Tests, register: list[Row]) -> None:
    pairs_said = [row for row in register if row["measure"] == "significant_pair" and row["group"].count("|") == 1]
    assert len(pairs_said) == 39
    for row in pairs_said:
        _, means, pairs = tests[row["scale"], row["group_by"]]
        a, b = row["group"].split("|")
        if row["relation"] == "differs":
            assert pairs[a, b] < 0.03, row["id"]
            assert means[a] > means[b], row["id"]
        else:
            assert pairs[a, b] > 0.07, row["id"]


@pytest.mark.slow
def test_nothing_else_differs(study: Study, tests: Tests, register: list[Row]) -> None:
    # Where the report lists the pairs of a scale that differ, the others do not; strategic working is silent.
    said = {
        (row["scale"], row["group_by"], frozenset(row["group"].split("|")))
        for row in register
        if row["measure"] == "significant_pair" and row["relation"] == "differs"
    }
    listed = {scale for scale, _, _ in said}
    seen = 0
    for (scale, grouping), (welch, _, pairs) in tests.items():
        quiet = any(calm(row, scale) for row in register if row["group_by"] == grouping)
        if quiet:
            assert welch > 0.10, (scale, grouping)
        for pair, p in pairs.items():
            if (quiet or scale in listed) and (scale, grouping, frozenset(pair)) not in said:
                assert p > 0.07, (scale, grouping, pair)
                seen += 1
    assert seen > 400
    assert all(welch > 0.10 for (_, grouping), (welch, _, _) in tests.items() if grouping == "integration")


@pytest.mark.slow
def test_classical_tests_show_the_same_but_for_one_pair(
    study: Study, complete: list[Row], scores: Scores, tests: Tests
) -> None:
    other = []
    for (scale, grouping), (_, means, pairs) in tests.items():
        of = members(study, complete, grouping)
        samples = [
            np.array([float(s) for s, g in zip(scores[scale], of, strict=True) if g == name and s is not None])
            for name in means
        ]
        if len(samples) < 2:
            continue
        classical = stats.tukey_hsd(*samples, equal_var=True).pvalue
        for i, a in enumerate(means):
            for j, b in enumerate(means):
                if i < j and (pairs[a, b] < 0.05) != (classical[i, j] < 0.05):
                    other.append((scale, a, b))
    # Printed means 0.33 apart, 462 and 93 people: only a deviation of 1.1 would keep Tukey's p above 0.05.
    assert other == [("leadership", "senior-leader", "manager")]


def test_three_readings_of_a_mean_agree_with_every_printed_one() -> None:
    rendering = shipped.rendering()
    readings = scale_readings(rendering.respondents, rendering.study)
    beside = beside_published(readings, rendering.register)
    assert len(beside) == 43
    assert set(beside.loc[beside["grouping"] == "overall", "scale"]) == {s.id for s in rendering.study.scales}
    for reading in READINGS:
        assert beside[f"{reading}_agrees"].all(), reading
    everybody = beside[beside["grouping"] == "overall"]
    # They are three different numbers all the same.
    assert (everybody["half"] != everybody["pooled"]).all()
    assert (everybody["n_one"] >= everybody["n_half"]).all()


def test_what_people_know_differs_by_item_and_service(study: Study, complete: list[Row]) -> None:
    of = members(study, complete, "service")
    unknown = study.response_sets["likert_5"].missing[0].answer

    def rate(question: str, service: str) -> float:
        column = next(q.column for q in study.questions if q.id == question)
        mine = [row[column] for row, group in zip(complete, of, strict=True) if group == service]
        put = [answer for answer in mine if answer]
        return sum(answer == unknown for answer in put) / len(put)

    assert rate("transitions-youth-justice", "health") > 2 * rate("transitions-mental-health", "health")
    assert rate("multi-agency-co-location", "residential") > 1.5 * rate("multi-agency-co-location", "social-work")
    assert rate("leadership-oversight", "social-work") > rate("services-quality-of-practice", "social-work")


def test_no_area_stands_out(study: Study, complete: list[Row], scores: Scores) -> None:
    grouping = next(g for g in study.groupings if g.derived_from)
    of = members(study, complete, grouping.derived_from)
    for scale, column in scores.items():
        known = [(float(s), area) for s, area in zip(column, of, strict=True) if s is not None]
        everybody = float(np.mean([s for s, _ in known]))
        for area in set(of):
            mine = np.array([s for s, place in known if place == area])
            if len(mine) >= study.thresholds.min_test_group:
                distance = abs(mine.mean() - everybody) / (mine.std(ddof=1) / np.sqrt(len(mine)))
                assert distance < 3.5, (scale, area)


def test_items_of_a_scale_hang_together(study: Study, complete: list[Row], scores: Scores) -> None:
    for scale in study.scales:
        points = {o.answer: o.score for o in study.response_sets[scale.items[0].response_set].options}
        table = np.array(
            [
                [points[row[q.column]] for q in scale.items]
                for row in complete
                if all(row[q.column] in points for q in scale.items)
            ],
            dtype=float,
        )
        k = table.shape[1]
        alpha = k / (k - 1) * (1 - table.var(axis=0, ddof=1).sum() / table.sum(axis=1).var(ddof=1))
        assert 0.75 <= alpha <= 0.97, scale.id
        spread = np.std([float(s) for s in scores[scale.id] if s is not None], ddof=1)
        low, high = (0.9, 1.05) if scale.id == "leadership" else (0.75, 0.95)
        assert low <= spread <= high, scale.id


def test_time_in_the_area_goes_with_time_in_post(study: Study, complete: list[Row]) -> None:
    tenure, area = study.question("tenure"), study.question("time_in_area")
    longest, short = tenure.categories[-1].answer, area.categories[0].answer
    new = [row for row in complete if row[area.column] == short]
    assert 0.28 < len(new) / len(complete) < 0.38
    assert sum(row[tenure.column] == longest for row in new) < 0.03 * len(new)
