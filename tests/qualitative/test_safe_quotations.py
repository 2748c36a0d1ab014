"""Safe quotations and their choice: what is printed, what is kept back, and by which rules."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_report.qualitative.attributing import Attribution
from survey_report.qualitative.choosing import choose
from survey_report.qualitative.corpus import CodeRecord, Corpus, ExcerptRecord, SourceRecord, assemble
from survey_report.qualitative.safe_quotations import Checked, safe_quotations, write_to_check
from survey_report.qualitative.word_lists import study_words
from survey_report.study import QuotationRules

WORDS = study_words(["CAMHS"])
CODES = [CodeRecord("s", "Services"), CodeRecord("w", "Waits", "s"), CodeRecord("k", "Kind")]


def corpus_of(*told: tuple[str, str, str, str]) -> Corpus:
    """A corpus from method, service, text and code of each source, coded whole by two coders."""
    sources = [SourceRecord(f"Source {i}", text, {"method": m, "service": s}) for i, (m, s, text, _) in enumerate(told)]
    excerpts = [
        ExcerptRecord(place, code, coder, 0, len(text))
        for place, (_, _, text, codes) in enumerate(told)
        for code in codes.split()
        for coder in ("ann", "bob")
    ]
    return assemble(sources, CODES, excerpts)


TOLD = corpus_of(
    ("survey", "health", "We told Fiona MacDonald and ring 0131 496 0123.\nIt is slow.", "w k"),
    ("interview", "police", "We waited with Obuya for years.", "w"),
    ("focus group", "", "CAMHS could not help us then.", "k"),
    ("survey", "", "   ", "k"),
    ("survey", "", "nobody helps us", "k"),
)


def test_what_is_printed_and_what_is_kept_back() -> None:
    checked = safe_quotations(TOLD, WORDS)
    rows = checked.quotations.set_index(["quotation", "code"])
    first = ("source-0:0-59", "services-waits")
    assert rows.loc[first, "text"] == "We told [name] and ring [telephone number]. It is slow."
    assert rows.loc[first, ["printable", "replaced", "left_open"]].tolist() == [True, 2, 0]
    assert rows.loc[first, ["source", "method", "service"]].tolist() == ["source-0", "survey", "health"]
    kept_back = rows.loc[("source-1:0-31", "services-waits")]
    assert (kept_back["text"], kept_back["printable"], kept_back["left_open"]) == ("", False, 1)
    assert rows.loc[("source-2:0-29", "kind"), "text"] == "CAMHS could not help us then."
    assert not rows.loc[("source-4:0-15", "kind"), "printable"]  # no capital letters to go by
    assert len(rows) == 5  # a blank stretch is none; two coders are one
    assert checked.replacements.to_numpy().tolist() == [
        ["source-0:0-59", "source-0", "name", 8, 15, "[name]"],
        ["source-0:0-59", "source-0", "telephone", 33, 13, "[telephone number]"],
    ]
    assert checked.left_open.to_numpy().tolist()[0] == [
        "source-1:0-31",
        "source-1",
        "capital letter within a sentence",
        15,
        5,
    ]


def test_found_texts_stand_in_the_list_to_check_only(tmp_path: Path) -> None:
    checked = safe_quotations(TOLD, WORDS)
    shown = "".join(frame.to_csv() for frame in (checked.quotations, checked.replacements, checked.left_open))
    assert not [word for word in ("Fiona", "MacDonald", "496", "Obuya") if word in shown + repr(checked)]
    write_to_check(checked, tmp_path / "check.csv", "ours.csv")
    listed = pd.read_csv(tmp_path / "check.csv", dtype="str")
    assert listed["found"].tolist()[:3] == ["Fiona MacDonald", "0131 496 0123", "Obuya"]
    assert listed["decision"].tolist()[:3] == ["replaced", "replaced", "left open"]
    assert listed["original"][2] == "We waited with Obuya for years."


def test_the_list_to_check_holds_no_formulas(tmp_path: Path) -> None:
    said = '=HYPERLINK("x.example","Fiona MacDonald") told us so.'
    write_to_check(
        safe_quotations(corpus_of(("survey", "health", said, "w")), WORDS), tmp_path / "check.csv", "ours.csv"
    )
    with (tmp_path / "check.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert {row["original"] for row in rows} == {"'" + said}
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "@", "+"))]


def listed(folder: Path, said: str, *allowed: str) -> list[dict[str, str]]:
    """Rows of the list to check for one answer."""
    corpus = corpus_of(("survey", "health", said, "w"))
    write_to_check(safe_quotations(corpus, study_words(allowed)), folder / "check.csv", "ours.csv")
    with (folder / "check.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


ADVOCATE = "One advocate for the whole county, and she is off."


def test_a_remark_on_a_recognisable_person_is_kept_back_with_file_place_and_remedy(tmp_path: Path) -> None:
    checked = safe_quotations(corpus_of(("survey", "health", f"We wait. {ADVOCATE}", "w")), WORDS)
    assert not checked.quotations["printable"].any()
    (row,) = listed(tmp_path, f"We wait. {ADVOCATE}")
    assert (row["decision"], row["kind"]) == ("left open", "remark on one person: health or death")
    assert row["what_to_do"] == (
        "ours.csv, source source-0, quotation source-0:0-59, from its character 10: speaks of one person whom others "
        "may know (health or death). The quotation is kept back. If nobody can tell who is meant, or the person "
        "agrees, add what is found, word for word, to the table that `quotations: allowed:` in study.yml names; else "
        "leave it out."
    )


def test_who_has_read_a_remark_can_let_it_pass(tmp_path: Path) -> None:
    (row,) = listed(tmp_path, ADVOCATE)
    assert listed(tmp_path, ADVOCATE, row["found"]) == []
    corpus = corpus_of(("survey", "health", ADVOCATE, "w"))
    assert safe_quotations(corpus, study_words([row["found"]])).quotations["printable"].all()
    assert not safe_quotations(corpus, study_words(["advocate", "One advocate"])).quotations["printable"].any()
    dashed = "Our head – of whom we think well – had a breakdown."
    (row,) = listed(tmp_path, dashed)
    assert listed(tmp_path, dashed, row["found"]) == [], "dashes are one whatever their length"


def test_no_remedy_prints_a_name(tmp_path: Path) -> None:
    rows = listed(tmp_path, "The team is one nurse called Fiona and her car.")
    (remark,) = [row for row in rows if row["kind"].startswith("remark")]
    assert "allowed" not in remark["what_to_do"]
    assert remark["what_to_do"].endswith("As the same words hold another finding, leave it out.")


def test_the_same_words_in_two_places_are_listed_twice() -> None:
    said = "We told Fiona. "
    excerpts = [ExcerptRecord(0, "k", None, start, start + 14) for start in (0, 15)]
    corpus = assemble([SourceRecord("A", said * 2, {"method": "survey"})], CODES, excerpts)
    assert safe_quotations(corpus, WORDS).replacements["quotation"].tolist() == ["a:0-14", "a:15-29"]


def test_a_person_can_withhold_a_quotation() -> None:
    checked = safe_quotations(TOLD, WORDS, withheld=["source-2:0-29"])
    row = checked.quotations.set_index("quotation").loc["source-2:0-29"]
    assert (row["printable"], row["text"]) == (False, "")


def test_stretches_without_a_place_have_ids_too() -> None:
    excerpts = [ExcerptRecord(0, "k", None, None, None, text) for text in ("They are kind.", "They were kind.")]
    corpus = assemble([SourceRecord("A", "", {"method": "survey"})], CODES, excerpts)
    checked = safe_quotations(corpus, WORDS)
    assert checked.quotations["quotation"].is_unique
    assert checked.quotations["printable"].all()
    assert set(choose(corpus, checked, ["kind"], QuotationRules(5, 5, 50))["text"]) == {
        "They are kind.",
        "They were kind.",
    }


SAID = "We have waited for a very long time and nothing has changed, number"
NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def many() -> Corpus:
    kinds = [("survey", "health")] * 4 + [("survey", "police")] * 2 + [("interview", "health"), ("focus group", "")]
    return corpus_of(*[(m, s, f"{SAID} {n}.", "w") for (m, s), n in zip(kinds, NUMBERS, strict=False)])


def test_quotations_vary_in_service_and_method_and_are_attributed() -> None:
    corpus = many()
    labels = {"health": "Health", "police": "Police"}
    pairs = frozenset({("survey", "health"), ("survey", "police"), ("interview", "health")})
    named = Attribution(labels, pairs)
    told = choose(corpus, safe_quotations(corpus, WORDS), ["services"], QuotationRules(a_theme=5), named)
    assert told["attribution"].tolist() == [
        "(Health: Survey)",
        "(Focus group)",
        "(Police: Survey)",
        "(Health: Interview)",
        "(Police: Survey)",
    ]
    assert told["place"].tolist() == [1, 2, 3, 4, 5]
    assert told["text"].is_unique
    few = Attribution(labels, frozenset({("survey", "health")}))
    again = choose(corpus, safe_quotations(corpus, WORDS), ["services"], QuotationRules(a_theme=5), few)
    assert again["attribution"].tolist() == ["(Health: Survey)", "(Focus group)", "(Survey)", "(Interview)", "(Survey)"]


def test_none_twice_nor_part_of_one_nor_one_printed_elsewhere() -> None:
    text = f"{SAID} one. {SAID} two."
    first = len(SAID) + 5
    spans = [("w", 0, first), ("w", 0, len(text)), ("k", 0, first), ("k", first + 1, len(text))]
    excerpts = [ExcerptRecord(0, code, None, start, end) for code, start, end in spans]
    excerpts.append(ExcerptRecord(1, "k", None, 0, first))  # the same words by somebody else
    sources = [SourceRecord(name, text, {"method": "survey", "service": name}) for name in ("a", "b")]
    corpus = assemble(sources, CODES, excerpts)
    checked = safe_quotations(corpus, WORDS)
    told = choose(corpus, checked, ["services", "services-waits", "kind"])
    assert told[["theme", "quotation"]].to_numpy().tolist() == [
        ["services", f"a:0-{first}"],
        ["kind", f"a:{first + 1}-{len(text)}"],
    ]
    elsewhere = choose(corpus, checked, ["kind"], printed=[f"a:0-{first}"])
    assert elsewhere["quotation"].tolist() == [f"a:{first + 1}-{len(text)}"]


@pytest.mark.parametrize(("shortest", "longest", "count"), [(1, 10, 0), (73, 400, 5), (1, 72, 3), (1, 400, 8)])
def test_length_is_bounded(shortest: int, longest: int, count: int) -> None:
    corpus = many()
    told = choose(corpus, safe_quotations(corpus, WORDS), ["services"], QuotationRules(20, shortest, longest))
    assert len(told) == count
    assert told["text"].str.len().between(shortest, longest).all()


def test_nothing_kept_back_is_chosen() -> None:
    checked = safe_quotations(TOLD, WORDS)
    told = choose(TOLD, checked, ["services", "kind"], QuotationRules(9, 1, 400))
    assert told["text"].tolist() == [
        "We told [name] and ring [telephone number]. It is slow.",
        "CAMHS could not help us then.",
    ]


@given(
    told=st.lists(
        st.tuples(
            st.sampled_from(["survey", "interview"]),
            st.sampled_from(["health", "police", ""]),
            st.sampled_from(
                [f"{SAID} {n}." for n in NUMBERS] + ["We told Obuya.", "We told Fiona all about it again."]
            ),
            st.sampled_from(["w", "k", "s k", "w k"]),
        ),
        max_size=10,
    )
)
@settings(max_examples=60, deadline=None)
def test_choice_is_the_same_each_time_and_holds_its_rules(told: list[tuple[str, str, str, str]]) -> None:
    corpus = corpus_of(*told)
    checked: Checked = safe_quotations(corpus, WORDS)
    chosen = choose(corpus, checked, ["services", "kind"], QuotationRules(3, 20, 400))
    pd.testing.assert_frame_equal(chosen, choose(corpus, checked, ["services", "kind"], QuotationRules(3, 20, 400)))
    assert chosen["text"].is_unique
    assert chosen["quotation"].is_unique
    assert (chosen.groupby("theme").size() <= 3).all()
    assert not chosen["text"].str.contains("Obuya|Fiona").any()
    possible = checked.quotations[checked.quotations["printable"] & checked.quotations["text"].str.len().ge(20)]
    fits = possible.loc[possible["code"].str.startswith("services"), "text"].nunique()
    assert (chosen["theme"] == "services").sum() == min(3, fits)
