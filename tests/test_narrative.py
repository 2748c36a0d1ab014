"""Sentences follow the results: for other answers other names, other numbers, other verdicts, in sound English."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache

import pandas as pd
import pytest

import shipped
from survey_report.conditions import Facts, NotShown, evaluate, load_conditions
from survey_report.disclosure.reasons import DIFFERS, NO_DIFFERENCE, NOT_TOLD
from survey_report.findings.levels import Levels
from survey_report.findings.people import people_findings
from survey_report.findings.theme import Theme, theme_findings
from survey_report.marks import Style
from survey_report.narrative import (
    change_sentences,
    flow_sentences,
    group_sentences,
    item_sentences,
    level_sentences,
    people_sentences,
)
from survey_report.numbers import Number
from survey_report.pipe_tables import welch_text
from survey_report.rendering import Rendering
from survey_report.study import Option, Study
from survey_report.wording import capital, in_words, listing, uncapital

STYLE = Style("csrr-2023", True)
MARKED = re.compile(r"\[[^\]]*\](\([^)]*\))?\{\.reproduced( \.corrected)?\}|\[\*[^*\]]*\*\]\{\.invented\}")
HIDDEN = "[not shown]{.hidden-value}"
RATINGS = ["very-good", "good", "neither", "poor", "very-poor"]
CHANGES = ["improved-a-lot", "improved-a-little", "no-change", "a-little-worse", "a-lot-worse"]


def plain(sentences: Iterable[str]) -> str:
    """Sentences with the marks of their numbers taken off."""
    text = re.sub(r"\[\*?([^*\]]*)\*?\](\([^)]*\))?\{[^}]*\}", r"\1", "\n".join(sentences))
    return text.replace("*", "").replace('"', "").replace(" (invented)", "")


def all_sentences(theme: Theme, study: Study, style: Style = STYLE) -> list[str]:
    return [*item_sentences(theme, style), *group_sentences(theme, style), *change_sentences(theme, study, style)]


def turned(ids: Sequence[str]) -> dict[str, str]:
    return dict(zip(ids, reversed(ids), strict=True))


@cache
def reversed_services(folder: str) -> Theme:
    """Local services in an export where everybody said the opposite, read from a file like any export."""
    words = {
        option.answer: list(answers.options)[-1 - i].answer
        for answers in shipped.rendering().study.response_sets.values()
        for i, option in enumerate(answers.options)
    }
    with shipped.EXPORT.open(encoding="utf-8", newline="") as handle:
        records = list(csv.reader(handle))
    mine = [i for i, name in enumerate(records[0]) if name.startswith("services_") and "open" not in name]
    for record in records[3:]:
        for i in mine:
            record[i] = words.get(record[i], record[i])
    path = f"{folder}/opposite.csv"
    with open(path, "w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows(records)
    rendering = shipped.rendering_of(shipped.ROOT / path)
    assert rendering.policy.released == frozenset()
    return theme_findings(rendering, "services")


@pytest.fixture(scope="module")
def opposite(tmp_path_factory: pytest.TempPathFactory) -> Theme:
    return reversed_services(str(tmp_path_factory.mktemp("opposite")))


def test_items_follow_the_answers(opposite: Theme) -> None:
    was = shipped.theme("services")
    for item in was.scale.items:
        assert opposite.number(f"pct_positive.{item.item}").value == was.number(f"pct_negative.{item.item}").value
        assert opposite.number(f"pct_negative.{item.item}").value == was.number(f"pct_positive.{item.item}").value
    text = plain(item_sentences(opposite, STYLE))
    assert "Waiting time has the largest share of good or very good answers, 56%." in text
    assert "Quality of practice has the largest share of poor or very poor answers, 74%." in text
    assert "Quality of practice has the largest share of good" in plain(item_sentences(was, STYLE))


def test_groups_follow_the_answers(opposite: Theme) -> None:
    was = shipped.theme("services")
    assert was.overall.value == 3.05
    assert opposite.overall.value == 2.95
    assert opposite.overall.kind == "invented"

    def differences(theme: Theme) -> set[tuple[str, str]]:
        found = theme.pairs[theme.pairs["significant"]]
        return {(p.a, p.b) if p.difference > 0 else (p.b, p.a) for p in found.itertuples()}

    assert differences(opposite) == {(low, high) for high, low in differences(was)}
    text = plain(group_sentences(opposite, STYLE))
    assert "Social work (2.77) rated local services lower than community and family-based services (3.07)" in text
    assert "The public sector (2.91) rated local services lower than the third sector" in text
    assert "Social work (3.23) rated local services higher than" in plain(group_sentences(was, STYLE))


def test_change_follows_the_answers(opposite: Theme, study: Study) -> None:
    was = plain(change_sentences(shipped.theme("services"), study, STYLE)).split("\n")
    now = plain(change_sentences(opposite, study, STYLE)).split("\n")
    better, worse, same = (
        shipped.theme("services").number(f"{name}.before_covid").text
        for name in ("pct_improved", "pct_worse", "pct_no_change")
    )
    before = "Before the COVID-19 pandemic"
    assert was[0] == (f"{before}, {better} saw improvement, {worse} saw things get worse and {same} saw no change.")
    assert now[0] == (f"{before}, {worse} saw improvement, {better} saw things get worse and {same} saw no change.")
    assert was[1] != now[1]


def test_conditions_follow_the_answers(opposite: Theme, study: Study) -> None:
    facts = shipped.facts()
    pairs = [pair for pair in facts.pairs if pair["scale"] != "services"]
    pairs += [{str(name): value for name, value in row.items()} for row in opposite.pairs.to_dict("records")]
    conditions = load_conditions(study.files["conditions"])
    before = evaluate(conditions, facts)
    orders = [order for order in facts.orders if "services." not in order["a"] + order["b"]]
    orders += shipped.records(opposite.orders)
    after = evaluate(conditions, Facts({**facts.numbers, **opposite.numbers}, pairs, orders))
    changed = {name for name in before if before[name] != after[name]}
    assert {
        "services-practice-good-waiting-poor",
        "services-public-above-third-and-frontline-below-managers",
        "services-turned-with-the-pandemic",
        "summary-services-none",
    } <= changed
    assert after["summary-services-none"]
    of_others = {c.name for c in conditions if "services" not in c.when}
    assert not changed & {name for name in of_others if name.startswith(("support", "leadership", "strategic"))}


def test_what_rests_on_invented_numbers_never_shows_as_published(opposite: Theme) -> None:
    by_id = {figure.id: figure for figure in shipped.rendering().register.figures}
    for number in opposite.numbers.values():
        if number.kind == "reproduced" and number.value is not None:
            assert by_id[number.figure].meets(number.value)


def with_groups_exchanged(question: str, a: str, b: str) -> Rendering:
    rendering = shipped.rendering()
    respondents = rendering.respondents.copy()
    column = respondents[question].astype("object").replace({a: b, b: a})
    respondents[question] = column.astype(rendering.respondents[question].dtype)
    return replace(rendering, respondents=respondents, study=only(rendering.study, question))


def only(study: Study, grouping: str) -> Study:
    """The study with one tested grouping, so that comparisons take less time."""
    return replace(study, groupings=tuple(g for g in study.groupings if g.id == grouping))


def test_groups_that_change_places_change_names(study: Study) -> None:
    was = shipped.theme("support")
    now = theme_findings(with_groups_exchanged("role", "senior-leader", "frontline"), "support")
    for group, other in (("senior-leader", "frontline"), ("frontline", "senior-leader"), ("manager", "manager")):
        assert now.number(f"mean.role.{group}").value == was.number(f"mean.role.{other}").value
    assert "Senior leaders (3.98) rated support for the workforce higher than" in plain(group_sentences(was, STYLE))
    assert plain(group_sentences(now, STYLE)).split("\n")[1] == (
        "Frontline staff (3.98) rated support for the workforce higher than senior leaders (3.58) and managers and "
        "supervisors (3.69)."
    )
    assert now.number("mean.role.frontline").kind == "invented"  # 3.98 was published of senior leaders


def test_who_took_part_follows_the_answers(study: Study) -> None:
    now = people_findings(with_groups_exchanged("service", "social-work", "police"))
    one = only(study, "service")
    assert plain(people_sentences(now, one, STYLE)) == (
        "By service, the largest group is police: 568 respondents (40.6%)."
    )


# Sound sentences, whatever the data.


def every_sentence() -> list[str]:
    study = shipped.rendering().study
    found = [sentence for theme in shipped.themes() for sentence in all_sentences(theme, study)]
    found += flow_sentences(shipped.people(), STYLE)
    found += people_sentences(shipped.people(), study, STYLE)
    return found + level_sentences(shipped.levels("integration"), study, STYLE)


def assert_sound(sentence: str) -> None:
    for wrong in ("nan", "NaN", "None", "<NA>", "  ", " ,", " .", "..", ",,", "()", "{}", "[]", "and ,"):
        if wrong != "None" or "None of" not in plain([sentence]):
            assert wrong not in sentence, sentence
    assert sentence[0].isupper() or sentence[0] in '["', sentence
    assert sentence.endswith("."), sentence
    assert "\n" not in sentence


def assert_marked(sentence: str) -> None:
    """No number stands unmarked but the ends of the scale, counts of what was asked, and ages or years in labels."""
    rest = MARKED.sub("", sentence).replace(HIDDEN, "")
    rest = re.sub("[Ff]ewer than (10 answers|20 people)", "", rest)  # thresholds of the study
    rest = re.sub(r"from 1 \([a-z ]+\) to 5 \([a-z ]+\)", "", rest)
    rest = re.sub(r"of the 32 local authority areas", "", rest).replace("5 years or more", "").replace("COVID-19", "")
    assert not re.search(r"\d", rest), sentence


def test_sentences_on_the_shipped_data_are_sound_and_marked() -> None:
    sentences = every_sentence()
    assert len(sentences) > 80
    for sentence in sentences:
        assert_sound(sentence)
        assert_marked(sentence)
        assert plain([sentence]).count("(") == plain([sentence]).count(")")
    for theme in shipped.themes():
        mine = all_sentences(theme, shipped.rendering().study)
        assert len(set(mine)) == len(mine)


def test_sentences_on_opposite_answers_are_sound_and_marked(opposite: Theme, study: Study) -> None:
    for sentence in all_sentences(opposite, study):
        assert_sound(sentence)
        assert_marked(sentence)


@pytest.mark.parametrize("size", [0, 6, 12, 40, 92])
def test_sentences_on_few_answers_are_sound_and_marked(size: int, study: Study) -> None:
    rendering = shipped.rendering()
    leaders = rendering.respondents[rendering.respondents["role"] == "senior-leader"].head(size)
    others = rendering.respondents[rendering.respondents["role"] != "senior-leader"].head(max(60 - size, 10))
    kept = pd.concat([leaders, others], ignore_index=True)
    policy = replace(rendering.policy, released=frozenset())
    thin = replace(rendering, respondents=kept, policy=policy)
    theme = theme_findings(thin, "strategic")
    sentences = [*all_sentences(theme, study), *people_sentences(people_findings(thin), study, STYLE)]
    for sentence in sentences:
        assert_sound(sentence)
        assert_marked(sentence)
    if size < 10:
        assert item_sentences(theme, STYLE) == [
            "Four items were rated. No shares of answers are shown: fewer than 10 answers."
        ]
        why = [theme.withheld] if theme.withheld else []
        assert group_sentences(theme, STYLE) == ["The mean for shared strategic working is not shown.", *why]
        assert all(line.endswith("not shown: fewer than 10 answers.") for line in change_sentences(theme, study, STYLE))


def people_text(respondents: pd.DataFrame, study: Study) -> list[str]:
    """Who took part, as told of a user's own export."""
    rendering = shipped.rendering()
    policy = replace(rendering.policy, released=frozenset())
    found = people_findings(replace(rendering, respondents=respondents, policy=policy))
    return plain(people_sentences(found, study, STYLE)).split("\n")


def test_who_took_part_is_not_told_where_nothing_may_be_shown(study: Study) -> None:
    three = shipped.rendering().respondents.head(3)
    why = "Fewer than 20 people answered, so only overall results are shown, none of groups."
    assert people_text(three, study) == [why]


def test_the_largest_group_may_be_one_that_is_hidden(study: Study) -> None:
    """Few people in Orkney and Highland: the one other area of each level is hidden, or theirs would follow."""
    respondents = shipped.rendering().respondents
    sizes = {"orkney": 3, "glasgow-city": 30, "highland": 4, "falkirk": 50, "fife": 20}
    levels = dict(zip(sizes, ["full", "full", "partial", "partial", "no-integration"], strict=True))
    respondents = respondents.head(sum(sizes.values())).copy()
    areas = [area for area, n in sizes.items() for _ in range(n)]
    for name, values in (("local_authority", areas), ("integration", [levels[area] for area in areas])):
        respondents[name] = pd.Series(values).astype(respondents[name].dtype)
    known = {**(study.grouping("integration").mapping or {}), **levels}
    groupings = tuple(replace(g, mapping=known) if g.mapping else g for g in study.groupings)
    policy = replace(shipped.rendering().policy, released=frozenset())
    own = replace(
        shipped.rendering(), respondents=respondents, policy=policy, study=replace(study, groupings=groupings)
    )
    text = plain(people_sentences(people_findings(own), study, STYLE)).split("\n")
    where = "Respondents come from 5 of the 32 local authority areas"
    assert text[-1] == f"{where}; the largest numbers of those shown came from Fife (20)."
    assert "By level of structural integration, the largest group is partial structural integration: 54" in text[-2]


def test_people_who_named_no_group_are_not_one(study: Study) -> None:
    respondents = shipped.rendering().respondents.head(200).copy()
    respondents.loc[:149, "service"] = pd.NA
    assert "no answer" not in "\n".join(people_text(respondents, study)).lower()


def test_real_numbers_carry_no_mark(study: Study) -> None:
    rendering = shipped.rendering()
    real = replace(rendering, reading=replace(rendering.reading, synthetic=False))
    style = Style("csrr-2023", False)
    sentences = all_sentences(theme_findings(real, "strategic"), study, style)
    sentences += people_sentences(people_findings(real), study, style)
    assert not [sentence for sentence in sentences if "{" in sentence.replace(HIDDEN, "")]
    assert plain(sentences).startswith(
        "Four items were rated. The largest shares of good or very good answers are those of Sha"
    )


# Words for counts, singular and plural.


def with_numbers(theme: Theme, values: Mapping[str, float | None]) -> Theme:
    def changed(key: str, number: Number) -> Number:
        short = key.removeprefix(f"{theme.scale.id}.")
        return replace(number, value=values[short]) if short in values else number

    return replace(theme, numbers={key: changed(key, number) for key, number in theme.numbers.items()})


@pytest.mark.parametrize(("count", "words"), [(0, "None"), (1, "One"), (2, "Two"), (6, "Six"), (7, "All")])
def test_counts_of_items_in_words(count: int, words: str) -> None:
    theme = with_numbers(shipped.theme("services"), {"n_items_at_least_50": float(count)})
    last = item_sentences(theme, STYLE)[-1]
    whose = "its" if count == 1 else "their"
    assert plain([last]) == f"{words} of the seven items had at least half of {whose} answers on the good side."
    assert_marked(last)
    assert MARKED.match(last)  # the word is a number and carries its mark


def test_a_count_that_is_not_shown_is_not_told() -> None:
    theme = with_numbers(shipped.theme("services"), {"n_items_at_least_50": None})
    assert len(item_sentences(theme, STYLE)) == 2


def test_a_scale_of_one_item() -> None:
    theme = shipped.theme("services")
    one = replace(theme, scale=replace(theme.scale, items=theme.scale.items[:1]), items=theme.items.head(1))
    assert plain(item_sentences(one, STYLE)) == (
        "Quality of practice: 74% good or very good, 17% neither good nor poor and 9% poor or very poor."
    )


def test_items_that_are_not_shown_are_left_out_of_the_ranking() -> None:
    theme = shipped.theme("services")
    some = replace(theme, items=theme.items.assign(shown=[True] * 5 + [False] * 2))
    first, second, *_ = plain(item_sentences(some, STYLE)).split("\n")
    lead = "Of the five that can be shown,"
    assert first.startswith(f"Seven items were rated. {lead} Quality of practice has the largest share of good")
    assert second.startswith(f"{lead} the largest shares of poor or very poor answers are those of Ease of access")


def test_a_claim_that_rests_on_an_invented_number_says_so() -> None:
    for scale in shipped.themes():
        for name, sentence in zip(("best", "worst"), item_sentences(scale, STYLE), strict=False):
            claim = (sentence.partition(" are those of ")[2] or sentence).partition(', "')[0]  # of the first item
            assert ("(invented)" in claim) == (scale.number(f"{name}.pct").kind == "invented"), sentence


def test_a_gap_between_rounded_means_is_not_the_largest(study: Study) -> None:
    """Of two groups under 20 the gap can only be 0, 0.5, 1 and so on; it says nothing of who is furthest apart."""
    levels = shipped.levels("integration")
    rows = levels.rows.copy()
    services = rows["scale"] == "services"
    rows.loc[services, "step"] = 0.5
    rows.loc[services, "mean"] = [2.0, 3.0, 4.0]
    said = plain(level_sentences(replace(levels, rows=rows), study, STYLE)[1:])
    assert "The largest gap between two levels whose means have two decimals is" in said
    assert "local services" not in said
    assert "2.00" not in said
    coarse = replace(levels, rows=rows.assign(step=0.5))
    assert len(level_sentences(coarse, study, STYLE)) == 1


@pytest.mark.parametrize(
    ("scores", "words"), [((0, 10, 5), "the scale from 0 to 10"), ((0, 1, 2), "the three-point scale")]
)
def test_a_scale_is_named_by_its_scores(scores: tuple[int, ...], words: str, study: Study) -> None:
    options = tuple(Option(f"o{score}", str(score), score, "neutral") for score in scores)
    sets = {name: replace(answers, options=options) for name, answers in study.response_sets.items()}
    said = level_sentences(shipped.levels("integration"), replace(study, response_sets=sets), STYLE)
    assert f"points of {words}, for" in plain(said)


def with_differences(count: int) -> Levels:
    levels = shipped.levels("integration")
    p = [0.001] * count + [0.5] * (len(levels.tests) - count)
    return replace(levels, tests=levels.tests.assign(p=p))


def test_counts_of_scales_in_words(study: Study) -> None:
    def first(count: int) -> str:
        return plain([level_sentences(with_differences(count), study, STYLE)[0]])

    by_level = "a significant difference by level of structural integration"
    assert first(0).startswith(f"None of the seven scales shows {by_level}. That no difference was found is not proof")
    assert first(1) == f"One of the seven scales shows {by_level}: Local services."
    assert first(2).startswith("Two of the seven scales show a significant")
    assert first(2).endswith(": Local services and Multi-agency working.")


def test_the_largest_gap_needs_two_levels(study: Study) -> None:
    levels = shipped.levels("integration")
    gap = plain(level_sentences(levels, study, STYLE)).split("\n")[1]
    fine = levels.rows[levels.rows["step"] == 0.01]  # of strategic working, which few answered, means are rounded
    means = fine.groupby("title", sort=False)["mean"].agg(lambda m: round(m.max() - m.min(), 2))
    assert f"is {means.max():.2f} points" in gap
    assert gap.endswith(f"for {means.idxmax().lower()}.")
    single = replace(levels, rows=levels.rows.assign(shown=levels.rows["group"] == "full"))
    assert len(level_sentences(single, study, STYLE)) == 1


def test_groupings_that_could_not_be_compared_are_not_called_alike() -> None:
    """Only senior leaders were asked about strategic working, so no roles can be compared."""
    theme = shipped.theme("strategic")
    untested = theme.tests.loc[theme.tests["p"].isna(), "label"]
    assert "Role" in set(untested)
    few = listing([label.lower() for label in untested], "or")
    lines = plain(group_sentences(theme, STYLE)).split("\n")
    assert lines[-1] == f"Groups by {few} could not be compared."
    assert not [label for label in untested if any(label.lower() in line for line in lines[:-1])]


def test_every_significant_pair_is_told_once() -> None:
    for theme in shipped.themes():
        text = plain(group_sentences(theme, STYLE))
        told = set()
        phrases = {(row.grouping, row.phrase): row.group for row in theme.groups.itertuples()}
        for line in text.split("\n"):
            found = re.match(rf"(.+?) \([\d.]+\) rated {theme.scale.subject} (higher|lower) than (.+)\.$", line)
            if found:
                others = re.split(r" \([\d.]+\)(?:, | and )?", found[3])[:-1]
                for grouping in {name for name, _ in phrases}:
                    mine = [phrases.get((grouping, phrase)) for phrase in (found[1][0].lower() + found[1][1:], *others)]
                    if all(mine):
                        for other in mine[1:]:
                            pair = (mine[0], other) if found[2] == "higher" else (other, mine[0])
                            assert (grouping, pair) not in told
                            told.add((grouping, pair))
        expected = {
            (pair.grouping, (pair.a, pair.b) if pair.difference > 0 else (pair.b, pair.a))
            for pair in theme.pairs[theme.pairs["significant"]].itertuples()
        }
        assert told == expected, theme.scale.id


def test_small_words() -> None:
    assert [in_words(n) for n in (0, 1, 10, 11, 1399)] == ["no", "one", "ten", "11", "1,399"]
    assert [listing(parts) for parts in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
    assert listing(["sector", "bread and butter", "role"], "or") == "sector, bread and butter or role"
    assert (capital(""), capital("the NHS")) == ("", "The NHS")
    words = ("Staff shortages", "NHS", "A place to play", "")
    assert [uncapital(text) for text in words] == ["staff shortages", "NHS", "a place to play", ""]


def test_tests_in_words() -> None:
    tests = pd.DataFrame(
        {
            "p": [0.00099, 0.0157, None],
            "statistic": [4.618, 1.2, None],
            "df_between": [7.0, 3.0, None],
            "df_within": [97.46, 20.0, None],
        }
    )
    assert [welch_text(test) for test in tests.itertuples()] == [
        "F(7, 97.5) = 4.62, p below 0.001",
        "F(3, 20.0) = 1.20, p = 0.016",
        "not tested",
    ]
    by_role = shipped.theme("strategic").tests.set_index("grouping").loc["role"]
    assert welch_text(by_role) == "not tested"


# Pairs that are not told.


def with_states(**states: Sequence[str]) -> Theme:
    """The theme of services of which only some groupings were tested, their pairs in these states in turn."""
    theme = shipped.theme_in_full("services")
    parts = []
    for grouping, given in states.items():
        mine = theme.pairs[theme.pairs["grouping"] == grouping]
        turn = [given[place % len(given)] for place in range(len(mine))]
        parts.append(mine.assign(state=turn, significant=pd.array([TOLD[state] for state in turn], dtype="boolean")))
    tests = theme.tests[theme.tests["grouping"].isin(list(states))]
    return replace(theme, pairs=pd.concat(parts), tests=tests)


TOLD = {DIFFERS: True, NO_DIFFERENCE: False, NOT_TOLD: None}
NEAR = "it is not told whether they differ: their means are rounded, and lie too near each other."


def test_no_sentence_says_that_no_two_groups_differ_where_a_pair_is_not_told() -> None:
    text = plain(group_sentences(with_states(sector=[NO_DIFFERENCE, NOT_TOLD], tenure=[NOT_TOLD]), STYLE))
    assert "No two groups that are told differ significantly by sector." in text
    assert f"Of some groups by sector and tenure {NEAR}" in text.replace("time in post", "tenure")
    assert "No two groups differ" not in text
    assert "compared differ" not in text


def test_the_sentence_is_the_same_for_every_pair_that_is_not_told_and_beside_pairs_that_differ() -> None:
    text = plain(group_sentences(with_states(sector=[DIFFERS, NOT_TOLD]), STYLE))
    assert " rated local services " in text
    assert f"Of some groups by sector {NEAR}" in text
    assert "No two" not in text


def test_groups_that_were_not_compared_are_not_said_to_be_alike() -> None:
    theme = with_states(sector=[NO_DIFFERENCE], role=[NO_DIFFERENCE])
    groups = [set(of) for of in theme.tests["groups"]]
    fewer = [tuple(sorted(of))[:2] if place else tuple(of) for place, of in enumerate(groups)]
    found = plain(group_sentences(replace(theme, tests=theme.tests.assign(groups=fewer)), STYLE))
    assert "No two groups differ significantly by sector." in found
    assert "No two of the groups that were compared differ significantly by role." in found


def test_two_groups_of_eighteen_that_differ_beyond_doubt_and_round_to_the_same() -> None:
    """Their means are 3.36 and 3.71, both printed as 3.5: no sentence takes them for alike."""
    found = shipped.rendering()
    study, frame = found.study, found.respondents.copy()
    scale, service = study.scale("services"), study.column("service")
    answers = study.answers(scale)
    by_score = {score: option for option, score in answers.scores.items()}
    frame[service] = pd.Series(pd.NA, index=frame.index, dtype="object")
    for place, (group, pattern) in enumerate((("police", [1, 2, 3, 4, 4, 4, 5]), ("health", [1, 3, 3, 4, 4, 5, 5]))):
        for person, row in enumerate(frame.index[40 * place : 40 * place + 18]):
            frame.loc[row, service] = group
            mine = [pattern[0] + person % 2, *pattern[1:]]  # not all alike
            for number, item in enumerate(scale.items):
                frame.loc[row, item.column] = by_score[mine[(number + person) % 7]]
    assert len(scale.items) == 7
    closed = replace(found, respondents=frame, policy=replace(found.policy, released=frozenset()))
    theme = theme_findings(closed, "services")
    pair = theme.pairs[theme.pairs["grouping"] == "service"]
    means = theme.groups.set_index("group").loc[["police", "health"], "mean"].tolist()
    assert means == [3.5, 3.5]
    assert pair["state"].tolist() == [NOT_TOLD]
    assert theme.tests.set_index("grouping").loc["service", "p"] < 0.001
    text = plain(group_sentences(theme, STYLE))
    assert not re.search(r"No two .*\bservice\b", text)
    assert re.search(rf"Of some groups by service\b[^.]* {NEAR}", text)
    assert theme.number("n_significant_pairs").value is None
    with pytest.raises(NotShown):
        Facts(theme.numbers, [*pair.to_dict("records")]).same("services", "service")  # type: ignore[list-item]
