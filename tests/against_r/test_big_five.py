"""The Big Five of psych's data set bfi: five scales by gender and education, from export to published numbers."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest
from beside_r import EXACT, ByR, Made, as_computed, as_shown, as_told, looked_at_by_r
from made_surveys import Answers, Item, Survey

from r_values import P_ERROR, assert_kept, read, run
from survey_report.scales import scale_scores

pytestmark = pytest.mark.slow
SIX = ("Very Inaccurate", "Moderately Inaccurate", "Slightly Inaccurate",
       "Slightly Accurate", "Moderately Accurate", "Very Accurate")  # fmt: skip
GENDER = ("Men", "Women")
EDUCATION = ("High school", "Finished high school", "Some college", "College graduate", "Graduate degree")
REVERSED = {"a1", "c4", "c5", "e1", "e2", "o2", "o5"}  # as the manual of psych has them
# Of it, as published findings must have it: mean, alpha, women less men.
RIGHT = {"a": (4.65, 0.70, 0.395), "c": (4.27, 0.73, 0.190), "e": (4.14, 0.76, 0.238), "o": (4.59, 0.60, -0.100)}


def survey(path: Path) -> Survey:
    """The data set as a survey of five scales."""
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    names = [f"{letter}{number}" for letter in "aceno" for number in range(1, 6)]
    columns = {name: [SIX[int(row[name.upper()]) - 1] if row[name.upper()] else "" for row in rows] for name in names}
    for name, words in (("gender", GENDER), ("education", EDUCATION)):
        columns[name] = [words[int(row[name]) - 1] if row[name] else "" for row in rows]
    return Survey(
        "bfi-survey",
        {letter: Answers(letter, SIX, tuple(range(1, 7))) for letter in "aceno"},
        tuple(Item(name, name[0], name in REVERSED) for name in names),
        {"gender": GENDER, "education": EDUCATION},
        pd.DataFrame(columns),
    )


@pytest.fixture(scope="module")
def big_five(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Made], ByR, Path]:
    folder = tmp_path_factory.mktemp("big-five")
    run("big-five.R", folder)
    made = [Made(survey(folder / "bfi.csv"), folder)]
    return made, looked_at_by_r(made, folder), folder


def test_kept_values_are_what_r_gives(big_five: tuple[list[Made], ByR, Path]) -> None:
    assert_kept("big-five.csv", big_five[2])


def test_every_number_is_that_of_r(big_five: tuple[list[Made], ByR, Path]) -> None:
    made, by_r, _ = big_five
    computed, shown = as_computed(made, by_r), as_shown(made, by_r)
    print("\n".join([*computed.lines(), "", *shown.lines()]))
    assert computed.wrong == shown.wrong == as_told(made, by_r).wrong == []
    assert computed.counts["answer"] == 150
    assert computed.counts["welch_p"] == 20  # by two sections that state it
    assert computed.counts["pair_p"] == 5 * 11


@pytest.mark.parametrize("scale", "aceno")
def test_psych_and_effectsize_score_them_alike(big_five: tuple[list[Made], ByR, Path], scale: str) -> None:
    (one,) = big_five[0]
    by_r = {row["quantity"]: float(row["value"]) for row in read("big-five.csv") if row["a"] == scale.upper()}
    scores = scale_scores(one.rendering.respondents, one.rendering.study.scale(scale), one.rendering.study)
    assert scores.notna().sum() == by_r["n"]
    assert scores.mean() == pytest.approx(by_r["mean"], abs=EXACT)
    pair = one.computed.comparing[scale].pairs.set_index("grouping").loc["gender"]
    sign = -1 if pair["a"] == "men" else 1
    assert sign * pair["difference"] == pytest.approx(by_r["difference"], abs=EXACT)
    assert sorted(sign * pair[["low", "high"]]) == pytest.approx([by_r["low"], by_r["high"]], abs=1e-6)
    assert pair["p"] == pytest.approx(by_r["p"], abs=P_ERROR)
    # Hedges' g is d less at most 3 / (4 df - 1), df being some 1,800 here.
    assert sign * pair["g"] == pytest.approx(by_r["d"], rel=1e-3)
    measured = one.computed.measurement.scales.set_index("scale").loc[scale]
    assert measured["alpha"] == pytest.approx(by_r["alpha"], abs=EXACT)


@pytest.mark.parametrize("scale", RIGHT)
def test_what_is_published_is_right(big_five: tuple[list[Made], ByR, Path], scale: str) -> None:
    (one,) = big_five[0]
    mean, alpha, difference = RIGHT[scale]
    assert one.published.themes[scale].overall.value == mean
    assert one.published.measurement.scales.set_index("scale").loc[scale, "alpha"] == alpha
    pair = one.published.themes[scale].pairs.iloc[0]
    assert (-1 if pair["a"] == "men" else 1) * pair["difference"] == pytest.approx(difference, abs=0.005 + EXACT)
    assert pair["significant"]
