"""Reversed items, items asked only of some, 2 to 11 points: generated answers still meet the register."""

from __future__ import annotations

import csv
import re
import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import yaml
from second_study import write_second_study

import shipped
from survey_report.findings.clustered import clustered_findings
from survey_report.findings.comparing import all_comparisons
from survey_report.findings.levels import level_findings
from survey_report.findings.people import people_findings
from survey_report.findings.theme import theme_findings
from survey_report.findings.voices import WHOLE, voices_findings
from survey_report.numbers import Number
from survey_report.reconciliation import Line, reconcile
from survey_report.rendering import Rendering, open_rendering
from survey_report.responses import read_responses
from survey_report.study_load import load_study
from survey_report.synthesis import synthesise, write_corpus
from survey_report.synthesis.audit import scale_scores
from survey_report.synthesis.settings import ItemShares
from survey_report.synthesis.skipping import Asked, scored
from survey_report.synthesis.starts import side_shares
from survey_report.synthesis.targets import Figure, read_targets

STUDIES = Path(__file__).parents[2] / "studies"
Row = dict[str, str]


def rewrite(path: Path, change: Callable[[Row], Row | None]) -> None:
    """Change the rows of a table; None takes one out, and a new column is empty where a row does not have it."""
    with path.open(encoding="utf-8", newline="") as handle:
        rows = [made for row in csv.DictReader(handle) if (made := change(row)) is not None]
    header = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, header, restval="")
        writer.writeheader()
        writer.writerows(rows)


def say_the_opposite(folder: Path, item: str, sides: Mapping[str, str]) -> None:
    """Let an item say the opposite of what it said: who agreed disagrees now, and the mean of its scale stays.

    `sides` are measures of which each takes the place of another.
    """
    assumed = {"pct_positive": "pct_negative", "pct_negative": "pct_positive"}
    ids = {q.id for q in load_study(folder).questions if q.item == item and q.type == "rating"}

    def printed(row: Row) -> Row:
        if row["item"] != item:
            return row
        rule = re.sub(r"\w+", lambda word: sides.get(word[0], word[0]), row["rule"])
        return row | {"measure": sides.get(row["measure"], row["measure"]), "rule": rule}

    rewrite(folder / "published.csv", printed)
    rewrite(folder / "instrument.csv", lambda row: row | ({"reverse": "yes"} if row["id"] in ids else {}))
    rewrite(
        folder / "synthesis_items.csv",
        lambda row: row | ({a: row[b] for a, b in assumed.items()} if row["question"] in ids else {}),
    )


def made(folder: Path) -> tuple[Rendering, list[Row]]:
    """The rendering of a study with answers made for it, and its complete answers as the export spells them."""
    study = load_study(folder)
    export = folder / study.export.file
    synthesise(study, export, log=lambda _: None)
    with export.open(encoding="utf-8", newline="") as handle:
        header, _, _, *records = csv.reader(handle)
    rows = [dict(zip(header, record, strict=True)) for record in records]
    read_responses(folder, None, folder.parent / "build")
    return open_rendering(folder, folder.parent / "build"), [row for row in rows if row["Finished"] == "True"]


def lines(rendering: Rendering) -> dict[str, Line]:
    """Every row of a register that rests on answers beside what the pipeline finds in them, nothing hidden."""
    shown = shipped.every_size(shipped.in_full(rendering))
    numbers = dict(people_findings(shown).numbers)
    for scale in shown.study.scales:
        numbers |= theme_findings(shown, scale.id).numbers
    if shown.study.tested_groupings:
        numbers |= all_comparisons(shown).numbers
    return {line.figure.id: line for line in reconcile(shown, numbers)}


# Copies of the shipped studies


@pytest.mark.heavy
def test_the_shipped_study_with_a_reversed_item_meets_every_published_figure(tmp_path: Path) -> None:
    folder = tmp_path / "csrr-2023"
    shutil.copytree(STUDIES / folder.name, folder)
    say_the_opposite(folder, "waiting_time", {"pct_positive": "pct_negative", "pct_negative": "pct_positive"})
    rendering, rows = made(folder)
    write_corpus(rendering.study, folder / "data" / "synthetic-corpus.qdpx", log=lambda _: None)
    read_responses(folder, None, tmp_path / "build")
    rendering = open_rendering(folder, tmp_path / "build")
    assert rendering.study.coded is not None
    numbers: dict[str, Number] = {}
    for section in (
        people_findings(rendering),
        *(theme_findings(rendering, scale.id) for scale in rendering.study.scales),
        all_comparisons(rendering),
        level_findings(rendering, "integration"),
        clustered_findings(rendering, "integration"),
        *(voices_findings(rendering, part) for part in (*dict(rendering.study.coded.sections), WHOLE)),
    ):
        numbers |= section.numbers
    found = {line.figure.id: line.status for line in reconcile(rendering, numbers)}
    assert len(found) == 404
    assert found == {name: line.status for name, line in shipped.reconciled().items()}
    # In the words people saw, the item now has the shares the other way round.
    given = Counter(row["services_waiting_time"] for row in rows)
    good, poor = given["Very Good"] + given["Good"], given["Very Poor"] + given["Poor"]
    assert 55.5 <= 100 * good / (good + poor + given["Neither Good nor Poor"]) < 56.5


def test_the_study_of_2015_with_every_statement_turned_round(tmp_path: Path) -> None:
    folder = tmp_path / "integration-2015"
    shutil.copytree(STUDIES / folder.name, folder)
    before = {name: line.status for name, line in lines(made(folder)[0]).items()}
    pairs = {"n_agree": "n_disagree", "pct_agree": "pct_disagree"}
    for item in {q.item for q in load_study(folder).questions if q.type == "rating"}:
        say_the_opposite(folder, item, pairs | {b: a for a, b in pairs.items()})
    rendering, rows = made(folder)
    assert {name: line.status for name, line in lines(rendering).items()} == before
    assert len(before) == 44
    given = Counter(row["partners_involved"].removeprefix("Strongly ").casefold() for row in rows)
    assert (given["agree"], given["neither agree nor disagree"], given["disagree"]) == (7, 3, 13)


# A small made study: one item reversed, one asked only of members

SCORES = {"Often": 4, "At times": 3, "Seldom": 2, "Never": 1}
SEEN = {"pct_often": "pct_seldom", "pct_seldom": "pct_often", "n_often": "n_seldom", "n_seldom": "n_often"}
HIGHER = "group_mean(scale, group_by, a) > group_mean(scale, group_by, b)"


@pytest.fixture
def libraries(tmp_path: Path) -> Path:
    """The study of library users, its register with more places, so that a wrong mean shows, and with rules."""
    folder = write_second_study(tmp_path)
    closer = {"value": "2.47", "decimals": "2"}
    more = {
        "visits-mean": closer,
        "borrowing-70": {"rule": "sum(r0(pct_often(i)) >= 70 for i in items(scale)) == value"},
        "town-hill": {"rule": f"p_pair(scale, group_by, a, b) < 0.05 and {HIGHER}"},
        "members-alike": {"rule": "p_min(scale, group_by) >= 0.05"},
    }
    rewrite(folder / "published.csv", lambda row: row | more.get(row["id"], {}))
    return folder


def add_figure(folder: Path, like: str, **values: str) -> None:
    """Add a row to the register, as an existing one with some values changed."""
    path = folder / "published.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        row = next(row for row in csv.DictReader(handle) if row["id"] == like)
    with path.open("a", encoding="utf-8", newline="") as handle:
        csv.DictWriter(handle, list(row)).writerow(row | values)


def ask_only(folder: Path, ids: set[str], condition: str) -> None:
    rewrite(folder / "instrument.csv", lambda row: row | ({"asked_if": condition} if row["id"] in ids else {}))


def missed(rendering: Rendering) -> dict[str, tuple[str, str]]:
    found = lines(rendering)
    return {name: (line.published, line.reproduced) for name, line in found.items() if line.status != "match"}


def means_by_hand(
    rows: list[Row], columns: Mapping[str, bool], scores: Mapping[str, int], least: int = 2
) -> np.ndarray:
    """Mean of the answered items of each row of an export, NaN with too few; `columns` tells which are turned."""
    low, high = min(scores.values()), max(scores.values())
    table = np.array(
        [[(low + high - scores[row[name]] if turned else scores[row[name]]) if row[name] in scores else np.nan
          for name, turned in columns.items()] for row in rows]
    )  # fmt: skip
    given = (~np.isnan(table)).sum(axis=1)
    return np.nansum(table, axis=1) / np.where(given >= least, given, np.nan)


def test_a_made_study_with_a_reversed_item_meets_its_register(libraries: Path) -> None:
    say_the_opposite(libraries, "books", SEEN)
    # Two items of three had 70 % or more; what was the first one's is now on the other side.
    rewrite(libraries / "published.csv", lambda row: row | ({"value": "1"} if row["id"] == "borrowing-70" else {}))
    rendering, rows = made(libraries)
    assert missed(rendering) == {}
    books = Counter(row["borrowing_books"] for row in rows)
    assert 100 * (books["Seldom"] + books["Never"]) / sum(books[one] for one in SCORES) == pytest.approx(81, abs=0.5)
    columns = {"borrowing_books": True, "borrowing_films": False, "borrowing_music": False}
    means = means_by_hand(rows, columns, SCORES)
    assert np.nanmean(means) == pytest.approx(2.81, abs=0.005)
    hill = np.array([row["branch"] == "Hill" for row in rows])
    assert np.nanmean(means[hill]) == pytest.approx(2.40, abs=0.005)
    # What people think shows in the item too: turned, it goes with the others of its scale.
    alone, others = (means_by_hand(rows, part, SCORES, 1) for part in (
        {"borrowing_books": True}, {"borrowing_films": False, "borrowing_music": False}))  # fmt: skip
    both = ~np.isnan(alone) & ~np.isnan(others)
    assert np.corrcoef(alone[both], others[both])[0, 1] > 0.2


def test_a_made_study_with_an_item_asked_only_of_some_meets_its_register(libraries: Path) -> None:
    ask_only(libraries, {"visits-with_children"}, "member=yes")
    say_the_opposite(libraries, "events", SEEN)
    add_figure(libraries, "books", id="children", scale="visits", item="with_children", value="12")
    add_figure(libraries, "visits-mean", id="visits-members", group_by="member", group="yes", value="2.35")
    add_figure(libraries, "visits-mean", id="visits-town", group_by="branch", group="town", value="2.60")
    rendering, rows = made(libraries)
    assert missed(rendering) == {}
    assert {row["visits_with_children"] for row in rows if row["member"] == "No"} == {""}
    assert sum(row["visits_with_children"] in SCORES for row in rows if row["member"] == "Yes") > 130
    columns = {f"visits_{item}": item == "events" for item in ("alone", "with_children", "events", "study")}
    means = means_by_hand(rows, columns, SCORES)
    for name, group, mean in (("", "", 2.47), ("member", "Yes", 2.35), ("branch", "Town", 2.60)):
        mine = np.array([not name or row[name] == group for row in rows])
        assert np.nanmean(means[mine]) == pytest.approx(mean, abs=0.005), group


def test_who_was_not_asked_a_closed_question_has_no_answer_to_it_nor_to_what_hangs_on_it(libraries: Path) -> None:
    rewrite(libraries / "published.csv", lambda row: None if row["id"] in ("members-pct", "members-alike") else row)
    made_up = (libraries / "synthesis.yml").read_text(encoding="utf-8")
    shares = made_up.replace("shares: {}", "shares: {member: {'yes': 60, 'no': 40}}")
    (libraries / "synthesis.yml").write_text(shares, encoding="utf-8")
    ask_only(libraries, {"member"}, "branch=town")
    ask_only(libraries, {"visits-with_children"}, "member=yes")
    rendering, rows = made(libraries)
    assert missed(rendering) == {}
    assert {row["member"] for row in rows if row["branch"] != "Town"} == {""}
    assert 0.4 < sum(row["member"] == "Yes" for row in rows) / 120 < 0.8
    assert {row["visits_with_children"] for row in rows if row["member"] != "Yes"} == {""}


def test_a_score_needs_its_share_of_what_was_put_to_the_person(libraries: Path) -> None:
    """Half of two items is one, half of four is two, and nobody has a score of nothing."""
    ask_only(libraries, {"visits-with_children", "visits-events"}, "member=yes")
    study = load_study(libraries)
    scale = study.scale("visits")
    put = np.array([[1, 1, 1, 1], [1, 1, 1, 1], [1, 0, 0, 1], [1, 0, 0, 1], [0, 0, 0, 0]], dtype=np.bool_)
    answered = np.array([[1, 0, 0, 0], [1, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]], dtype=np.bool_)
    asked = Asked(scale.items, np.arange(5), put, answered, {})
    assert scored(asked, 0.5).tolist() == [False, True, True, False, False]
    weights = asked.weights
    assert weights["visits-alone"] == pytest.approx((1 + 1 + 2 + 2) / 4)
    assert weights["visits-events"] == 1
    member = ["yes", "yes", "no", "no"]
    columns = {"member": np.array(member, dtype=object), "branch": np.array(["town"] * 4, dtype=object)} | {
        question.id: np.where(answered[:4, place], "often", "").astype(object)
        for place, question in enumerate(scale.items)
    }
    assert scale_scores(study, scale, columns) == [None, 4, 4, None]


# Other numbers of points


def as_far(mean: float, scores: list[int], *, falling: bool) -> tuple[str, int]:
    """A mean of 1 to 4 as far up another range (down, where it is `falling`), as printed, and its decimals."""
    low, high = scores[0], scores[-1]
    up = (mean - 1) / 3 * (high - low)
    decimals = 2 if high - low < 20 else 0  # as fine as people of one group can have
    return f"{high - up if falling else low + up:.{decimals}f}", decimals


def with_points(folder: Path, scores: list[int], *, middle: bool, falling: bool = False, turned: str = "") -> None:
    """The study of library users with other answers to its items: means lie as far up the range as before.

    `falling` gives the positive side the low scores; `turned` is an item that says the opposite.
    """
    low, high = scores[0], scores[-1]
    content = yaml.safe_load((folder / "study.yml").read_text(encoding="utf-8"))
    half = (low + high) / 2
    if not middle:
        half += 0.25  # one answer in the middle, if there is one, is on the lower side
    names = {"above": "negative" if falling else "positive", "below": "positive" if falling else "negative"}
    content["response_sets"]["four"]["options"] = [
        {"id": f"p{score}", "answer": f"Point {score}", "score": score,
         "side": "neutral" if score == half else names["above" if score > half else "below"]}
        for score in scores
    ]  # fmt: skip
    (folder / "study.yml").write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    made_up = yaml.safe_load((folder / "synthesis.yml").read_text(encoding="utf-8"))
    for shape in made_up["scales"].values():
        shape["spread"] = [0.17 * (high - low), 0.46 * (high - low)]
    (folder / "synthesis.yml").write_text(yaml.safe_dump(made_up, sort_keys=False), encoding="utf-8")

    def printed(row: Row) -> Row | None:
        if row["id"] == "borrowing-70":
            return None
        if row["measure"] != "mean":
            return row
        value, decimals = as_far(float(row["value"]), scores, falling=falling)
        relation = {"<": ">", "=": "="}[row["relation"]] if falling else row["relation"]
        rule = row["rule"].replace("<", ">") if falling else row["rule"]
        return row | {"value": value, "decimals": str(decimals), "relation": relation, "rule": rule}

    rewrite(folder / "published.csv", printed)
    if falling:  # the branch that is named first lies higher
        rewrite(
            folder / "published.csv", lambda row: row | ({"group": "hill|town"} if row["id"] == "town-hill" else {})
        )
    if turned:
        say_the_opposite(folder, turned, SEEN)


POINTS = [
    *(pytest.param(list(range(1, n + 1)), n % 2 == 1, False, "", id=f"1 to {n}") for n in range(2, 12)),
    pytest.param(list(range(11)), True, False, "", id="0 to 10"),
    pytest.param(list(range(11)), False, False, "books", id="0 to 10 without a middle, reversed"),
    pytest.param([1, 2, 3], False, False, "", id="three without a middle"),
    pytest.param([-2, -1, 0, 1, 2], True, False, "music", id="-2 to 2, reversed"),
    pytest.param([0, 25, 50, 75, 100], True, False, "music", id="in steps, reversed"),
    pytest.param([1, 2, 3, 4, 5, 6], False, True, "", id="the good end has the low scores"),
    pytest.param([1, 2, 3, 4, 5], True, True, "books", id="the good end has the low scores, reversed"),
]


@pytest.mark.parametrize(("scores", "middle", "falling", "turned"), POINTS)
def test_any_number_of_points_meets_its_register(
    libraries: Path, scores: list[int], *, middle: bool, falling: bool, turned: str
) -> None:
    with_points(libraries, scores, middle=middle, falling=falling, turned=turned)
    rendering, rows = made(libraries)
    assert missed(rendering) == {}
    columns = {f"borrowing_{item}": item == turned for item in ("books", "films", "music")}
    means = means_by_hand(rows, columns, {f"Point {score}": score for score in scores})
    text, decimals = as_far(2.81, scores, falling=falling)
    assert np.nanmean(means) == pytest.approx(float(text), abs=0.5 / 10**decimals + 1e-9)
    given = [{row[f"borrowing_{item}"] for row in rows} - {"", "No idea"} for item in ("books", "films", "music")]
    assert set.union(*given) == {f"Point {score}" for score in scores}


def test_many_items_of_many_points_meet_their_register(libraries: Path) -> None:
    """Sums of squares of 23 items in units of a person mean no longer fit a whole number, were they kept exact."""
    items = [f"more{number}" for number in range(20)]
    for name, key, like in (
        ("instrument", "id", "borrowing-films"),
        ("synthesis_items", "question", "borrowing-films"),
    ):
        path = libraries / f"{name}.csv"
        with path.open(encoding="utf-8", newline="") as handle:
            row = next(row for row in csv.DictReader(handle) if row[key] == like)
        own = [row | {key: f"borrowing-{item}"} for item in items]
        if name == "instrument":
            own = [one | {"item": item, "column": f"borrowing_{item}"} for one, item in zip(own, items, strict=True)]
        with path.open("a", encoding="utf-8", newline="") as handle:
            csv.DictWriter(handle, list(row)).writerows(own)
    with_points(libraries, list(range(11)), middle=True, turned="music")
    rendering, _ = made(libraries)
    assert missed(rendering) == {}


def test_no_share_is_lost_where_there_is_no_middle(libraries: Path) -> None:
    given = load_study(libraries)
    four, five = given.response_sets["four"], given.response_sets["five"]
    books = given.scale("borrowing").items[0]
    silent, assumed = replace(read_targets(given), sides={}, options={}), ItemShares(None, None, (0, 0, 0))
    assert side_shares(books, silent, assumed, four) == {"positive": pytest.approx(60), "negative": pytest.approx(40)}
    assert side_shares(books, silent, assumed, five) == {"positive": 45, "negative": 30, "neutral": 25}
    turned = replace(books, reverse=True)
    assert side_shares(turned, silent, assumed, five) == {"positive": 30, "negative": 45, "neutral": 25}
    printed = replace(silent, sides={books.id: {"negative": Figure("x", Fraction(20), 0)}})
    assert side_shares(books, printed, assumed, four) == {"negative": 20, "positive": pytest.approx(80)}
