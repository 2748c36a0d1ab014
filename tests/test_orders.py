"""What is called higher than what: printed so and shown, and nothing from a hundredth between two estimates."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import shipped
from survey_report.conditions import Facts, evaluate, load_conditions
from survey_report.findings.measuring import measurement_findings
from survey_report.findings.orders import Measured, above, orders_of
from survey_report.findings.people import people_findings
from survey_report.findings.theme import Theme, theme_findings
from survey_report.marks import Style
from survey_report.narrative import item_sentences, level_sentences, people_sentences
from survey_report.rendering import Rendering
from survey_report.scales import item_scores
from survey_report.statistics.overlapping import mcnemar_p, overlapping_t
from survey_report.study import Study
from survey_report.supplement_tables import complete_sentences, scales_table

STYLE = Style("csrr-2023", synthetic=False)
NAN = float("nan")


def plain(sentences: Sequence[str]) -> str:
    text = re.sub(r"\[\*?([^*\]]*)\*?\](\([^)]*\))?\{[^}]*\}", r"\1", " ".join(sentences))
    return text.replace("*", "").replace('"', "").replace(" (invented)", "")


def of_counts(both: int, first: int, second: int, neither: int) -> tuple[np.ndarray, np.ndarray]:
    """Answers of people who count in both shares, in one of them, or in neither."""
    pairs = [(1.0, 1.0)] * both + [(1.0, 0.0)] * first + [(0.0, 1.0)] * second + [(0.0, 0.0)] * neither
    a, b = zip(*pairs, strict=True)
    return np.array(a), np.array(b)


def test_two_shares_of_the_same_people_as_in_r() -> None:
    """R 4.2: `binom.test(150, 236)`, of the approvals of Agresti (2002), table 10.1, and `binom.test(8, 10)`."""
    assert mcnemar_p(*of_counts(794, 150, 86, 570)) == pytest.approx(3.715936e-05, rel=1e-6)
    assert mcnemar_p(*of_counts(20, 8, 2, 10)) == pytest.approx(0.109375)
    assert mcnemar_p(*of_counts(20, 0, 0, 10)) == 1.0
    a, b = of_counts(20, 8, 2, 10)
    assert mcnemar_p(np.append(a, [1.0, NAN]), np.append(b, [NAN, 0.0])) == pytest.approx(0.109375)


def test_two_means_of_the_same_people_are_compared_pair_by_pair() -> None:
    """R 4.2: `t.test(x, y, paired = TRUE)`."""
    x = np.array([3.1, 2.4, 4.0, 2.9, 3.8, 4.2, 3.0])
    y = np.array([2.8, 2.9, 3.1, 2.2, 3.9, 3.5, 2.6])
    found = overlapping_t(y, x)
    assert (found.method, found.df) == ("paired", 6)
    assert found.p == pytest.approx(0.1172783, rel=1e-6)


def measured(key: str, each: np.ndarray, value: float | None = None, share: bool = True) -> Measured:
    return Measured(key, round(100 * float(np.nanmean(each))) if value is None else value, each, share)


def higher(*several: Measured, least: int = 10) -> dict[tuple[str, str], str]:
    rows = orders_of([several], alpha=0.05, least=least)
    return {(row.a, row.b): row.higher for row in rows.itertuples()}


def test_an_order_is_printed_and_shown() -> None:
    a, b = of_counts(300, 150, 80, 100)
    assert higher(measured("a", a), measured("b", b)) == {("a", "b"): "a"}
    assert higher(measured("b", b), measured("a", a)) == {("b", "a"): "a"}
    # alike in print, or the other way round there: a reader would not see it
    assert higher(measured("a", a, 60), measured("b", b, 60)) == {("a", "b"): ""}
    assert higher(measured("b", b, 60), measured("a", a, 60)) == {("b", "a"): ""}
    assert higher(measured("a", a, 60), measured("b", b, 61)) == {("a", "b"): ""}
    # an order in print that chance may account for
    a, b = of_counts(300, 92, 80, 100)
    assert higher(measured("a", a), measured("b", b)) == {("a", "b"): ""}
    # too few people
    a, b = of_counts(0, 9, 0, 0)
    assert higher(measured("a", a), measured("b", b)) == {("a", "b"): ""}
    assert higher(measured("a", a), measured("b", b), least=9) == {("a", "b"): "a"}
    # what is not shown is not compared
    hidden = Measured("h", None, a, share=True)
    assert higher(measured("a", a), hidden) == {}


def test_figures_of_which_nobody_differs_have_no_order() -> None:
    same = np.full(30, 3.0)
    assert higher(measured("a", same, 3.0, share=False), measured("b", same, 3.0, share=False)) == {("a", "b"): ""}
    assert higher(measured("a", same, 3.0, share=False), measured("b", same - 1, 2.0, share=False)) == {("a", "b"): ""}


def test_the_first_of_many_that_are_alike_is_seldom_called_the_first() -> None:
    """Six items of the same share, of people who lean one way or the other: at most one in twenty has a winner."""
    random, winners, runs = np.random.default_rng(17), 0, 400
    for _ in range(runs):
        lean = random.beta(2, 2, size=(150, 1))
        answers = (random.random((150, 6)) < lean).astype(float)
        several = [measured(f"i{i}", answers[:, i], 100 * float(answers[:, i].mean())) for i in range(6)]
        first, *others = sorted(several, key=lambda one: -(one.value or 0))
        orders = orders_of([several], alpha=0.05, least=10)
        winners += not above(orders, first.key, [one.key for one in others])
    assert winners / runs <= 0.05


# Sentences.


def with_shares(shares: Mapping[str, int], n: int = 1000, apart: int = 0) -> Theme:
    """Local services of n people, of whom so many in a thousand call an item good; items are answered independently."""
    rendering = shipped.rendering()
    respondents = rendering.respondents.head(n).copy()
    random = np.random.default_rng(apart + 1)
    for item in rendering.study.scale("services").items:
        good = np.arange(n) < shares.get(item.item, 300) * n // 1000
        words = np.where(random.permutation(good), "good", "poor")
        respondents[item.column] = pd.Categorical(words, categories=respondents[item.column].cat.categories)
    return theme_findings(replace(rendering, respondents=respondents), "services")


def first_sentence(shares: Mapping[str, int], n: int = 1000) -> str:
    return plain(item_sentences(with_shares(shares, n), STYLE)[:1]).removeprefix("Seven items were rated. ")


def test_a_tenth_of_a_percent_is_no_order() -> None:
    text = first_sentence({"availability": 610, "ease_of_access": 609})
    assert text.startswith("Two items tie for the largest share of good or very good answers: ")
    assert {"Availability", "Ease of access"} <= set(re.findall(r"Availability|Ease of access", text))
    assert text.endswith("61% each.")


def test_an_order_that_chance_may_account_for_says_so() -> None:
    text = first_sentence({"availability": 620, "ease_of_access": 600, "responsiveness": 480})
    assert text == (
        "The largest shares of good or very good answers are those of Availability with 62% and Ease of access with "
        "60%, and chance may account for their order."
    )
    many = dict.fromkeys(("ease_of_access", "responsiveness", "waiting_time"), 600) | {"availability": 620}
    assert "and one more, and chance may account" in first_sentence(many)


def test_an_order_that_is_shown_is_told() -> None:
    assert first_sentence({"availability": 700, "ease_of_access": 600}) == (
        "Availability has the largest share of good or very good answers, 70%."
    )
    assert "chance may account" in first_sentence({"availability": 700, "ease_of_access": 600}, n=60)


def test_groups_of_one_size_are_a_tie(study: Study) -> None:
    rendering = shipped.rendering()
    respondents = rendering.respondents.head(200).copy()
    column = study.column("sector")
    names = list(respondents[column].cat.categories)
    respondents[column] = pd.Categorical([names[i % 2] for i in range(200)], categories=names)
    found = people_findings(replace(rendering, respondents=respondents))
    text = plain(people_sentences(found, study, STYLE))
    assert "By sector, the largest groups are" in text
    assert ": 100 respondents each (50.0%)." in text


def test_gaps_alike_in_print_are_told_together(study: Study) -> None:
    levels = shipped.levels("integration")
    rows = levels.rows.copy()
    fine = rows["scale"].isin(["services", "support"])
    rows["mean"] = np.where(fine, 3 + 0.1 * rows.groupby("scale").cumcount(), 3.0)
    text = plain(level_sentences(replace(levels, rows=rows), study, STYLE))
    assert "is 0.20 points of the five-point scale, for local services and support for the workforce." in text
    coarse = plain(level_sentences(replace(levels, rows=rows.assign(step=0.5)), study, STYLE))
    assert "largest gap" not in coarse  # it may come of rounding


# Prose.


def few(n: int) -> Rendering:
    rendering = shipped.rendering()
    policy = replace(rendering.policy, released=frozenset())
    return replace(rendering, respondents=rendering.respondents.head(n), policy=policy)


def test_forty_people_have_no_order_and_no_likeness(study: Study) -> None:
    """Of prose on orders and likeness nothing stands but sentences that say that nothing was found, or can be told."""
    rendering = few(40)
    themes = [theme_findings(rendering, scale.id) for scale in study.scales]
    numbers = {key: number for theme in themes for key, number in theme.numbers.items()}
    facts = Facts(
        numbers,
        [row for theme in themes for row in shipped.records(theme.pairs)],
        [row for theme in themes for row in shipped.records(theme.orders)],
    )
    mine = [c for c in load_conditions(study.files["conditions"]) if "summary" not in c.name and "key" not in c.name]
    mine = [c for c in mine if "respondents." not in c.when and "integration." not in c.when]
    held = {name for name, value in evaluate(mine, facts).items() if value}
    by_name = {c.name: c.when for c in mine}
    ordered = {name for name in held if "above(" in by_name[name] or "below(" in by_name[name]}
    assert len(ordered) < len([c for c in mine if "above(" in c.when or "below(" in c.when]) / 2
    assert "transitions-lowest" not in held
    assert "support-second-highest" not in held


def test_what_rests_on_no_difference_says_that_it_shows_none(root: Path, study: Study) -> None:
    pages = list((root / "report" / study.id).rglob("*.qmd"))
    sources = "\n".join(path.read_text(encoding="utf-8") for path in pages)
    assert "stands apart" not in sources
    for condition in load_conditions(study.files["conditions"]):
        if "same(" in condition.when or "not above(" in condition.when or "not (above(" in condition.when:
            divs = re.findall(
                rf'::: {{\.content-visible when-meta="holds\.{condition.name}"}}\n(.*?)\n:::', sources, re.DOTALL
            )
            spans = re.findall(rf'\[([^\[\]]*)\]{{\.content-visible when-meta="holds\.{condition.name}"}}', sources)
            assert divs or spans, condition.name
            for text in [*divs, *spans]:
                words = " ".join(text.split())
                assert re.search(r"not show|cannot (be told|tell)|due to chance", words), words


# What coefficients rest on.


def test_alpha_says_how_many_complete_answers_it_rests_on() -> None:
    """Alpha leaves out whoever skipped an item; a mean does not. Of transitions that is half of the people."""
    found = measurement_findings(shipped.rendering())
    rows = found.scales.set_index("scale")
    respondents, study = shipped.rendering().respondents, shipped.rendering().study
    scale = study.scale("transitions")
    assert rows.loc["transitions", "n"] == int(item_scores(respondents, scale.items, study).notna().all(axis=1).sum())
    assert rows.loc["transitions", "scored"] == shipped.numbers()["transitions.mean.overall"].base
    assert plain(complete_sentences(found, STYLE)) == (
        "Alpha and omega rest on those who answered every item: at the least, on 274 of 550 people with a score on "
        "Transitions to adult services."
    )
    row = next(line for line in plain([scales_table(found, STYLE)]).split("|\n|") if "Transitions" in line)
    assert "274 of 550" in row


def test_a_count_that_would_tell_a_few_people_is_left_out_beside_alpha() -> None:
    """Two people have a score and left an item out: their number would follow from the two counts."""
    rendering = shipped.rendering()
    scale, study = rendering.study.scale("relationships"), rendering.study
    complete = item_scores(rendering.respondents, scale.items, study).notna()
    some = pd.concat([complete[complete.all(axis=1)].head(60), complete[complete.sum(axis=1) == 3].head(2)]).index
    nobody = complete[~complete.any(axis=1)].head(30).index
    one = complete[complete.sum(axis=1) == 1].head(9).index
    respondents = rendering.respondents.loc[[*some, *nobody, *one]]
    row = measurement_findings(replace(few(40), respondents=respondents)).scales.set_index("scale").loc["relationships"]
    assert row["n"] == 60
    assert pd.isna(row["scored"])
