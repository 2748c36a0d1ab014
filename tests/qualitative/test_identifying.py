"""Identifying text: planted kinds of which none survives, ordinary text that stays as it is, and what is left open."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_report.disclosure import Policy
from survey_report.qualitative.corpus import SourceRecord, assemble
from survey_report.qualitative.identifying import (
    AT_START,
    DIGITS,
    INVISIBLE,
    NO_CAPITALS,
    SCRIPT,
    WITHIN,
    search,
    writes_capitals,
)
from survey_report.qualitative.word_lists import WORD, Area, Words, own_words, seen_words, study_words
from survey_report.study import Thresholds

POLICY = Policy(Thresholds(10, 5, 0.5, 0.05, 10), frozenset())
AREAS = [Area(("Northmoor", "North Moor"), 3), Area(("Stirling", "Stirling Council"), 40), Area(("Isle of Wester",), 9)]
SEEN = "we have waited for the staff and grant money, hope it helps; will they mark it, said a local team in spring"
CORPUS = assemble([SourceRecord("a", SEEN), SourceRecord("b", SEEN.upper() + " " + SEEN)], [], [])
ALLOWED = ["CAMHS", "GIRFEC", "Promise", "Children and Young People", "P7", "Head", "Young", "Hope House Fund"]
WORDS = study_words(ALLOWED, ["Tamsay"], AREAS, POLICY, "council", CORPUS)

# Kind of identifying text, how it may be written, and what stands in its place.
PLANTED = {
    "name": ("Fiona MacDonald", "fiona", "AISHA", "Mrs Oluwaseun", "mr obuya", "Dr. J. Obuya", "O’Hara", "Tamsay",
             "Anne-Marie", "Mark", "Kirsty’s", "Grant Obuya", "Obuya Grant", "McObuya", "Ｆｉｏｎａ", "Cllr Brown",
             "J.R. Murray", "o'neill", "the Khans"),
    "e-mail address": ("f.mac+x@nhs.scot", "fiona @ example.org", "jane at example dot org"),
    "web address": ("https://x.example/y?z=1", "www.example.scot", "example.org.uk/staff", "192.0.2.77"),
    "social media name": ("@fionam", "@fiona.mac_1", "obuya_mac"),
    "telephone number": ("0131 496 0123", "(0131) 4960123", "07700 900123", "07700-900-123", "+44 7700 900123",
                         "0044 (0)131 496 0123", "496 0123", "0131–496–0123"),
    "postcode": ("EH12 5AB", "g511aa", "G51", "KW1 4YT"),
    "health number": ("0101801234", "010180 1234", "311299-1234", "01 01 80 1234", "943 476 5919"),
    "National Insurance number": ("QQ 12 34 56 C", "qq123456c", "AB-12-34-56"),
    "date": ("12/03/2011", "3 March 2014", "3rd of march", "March 3rd, 2014", "2011-03-12"),
    "address": ("12 Mill Wynd", "4b Upper Mill Road", "12 mill street"),
    "number": ("SW123456", "CP/2023/0456", "1234567"),
    "registration number": ("SN12 ABC",),
    "school": ("Obuya Primary School", "Obuya High", "Stirling High School", "obuya academy"),
    "nursery": ("Little Obuya Nursery",),
    "university": ("University of Obuya", "Obuya University"),
    "hospital": ("Royal Obuya Hospital", "Obuya Health Centre", "the Obuya Infirmary"),
    "organisation": ("Obuya House", "St Obuya’s", "Obuya Children’s Home"),
    "council": ("Northmoor", "north moor", "ISLE OF WESTER"),
}  # fmt: skip
FRAMES = ("we asked {} about it", "It was {}.", "They wrote ({}) to us, and waited.", "at {}", "{} helped us, we said")


def leaks(planted: str, shown: str) -> set[str]:
    """Words with a capital, names and digits of a planted text that can still be read."""
    told = {
        w for w in re.findall(r"[^\W_]+", planted.casefold()) if w not in ("a", "of", "the", "at", "dot", "s", "mr")
    }
    return told & set(re.findall(r"[^\W_]+", re.sub(r"\[[^\]]*\]", " ", shown).casefold()))


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize(("kind", "planted"), [(kind, text) for kind, texts in PLANTED.items() for text in texts])
def test_nothing_planted_survives(kind: str, planted: str, frame: str) -> None:
    """Replaced by the word for its kind; one that starts a sentence may keep the quotation back instead."""
    found = search(frame.format(planted), WORDS)
    shown = found.apply(frame.format(planted))
    kept_back = bool(found.left_open)
    assert kept_back or not leaks(planted, shown)
    if not frame.startswith("{"):
        assert f"[{kind}]" in shown
        assert not leaks(planted, shown)


def test_there_are_many_kinds() -> None:
    assert len(PLANTED) >= 12


@given(data=st.data(), frame=st.sampled_from(["We told {} and {} then.", "we saw {}, not {}", "{} and\n{}", "({}/{})"]))
@settings(max_examples=300, deadline=None)
def test_two_kinds_in_one_text(data: st.DataObject, frame: str) -> None:
    texts = st.sampled_from([text for texts in PLANTED.values() for text in texts])
    planted = [data.draw(texts), data.draw(texts)]
    found = search(frame.format(*planted), WORDS)
    shown = found.apply(frame.format(*planted))
    assert found.left_open or not any(leaks(text, shown) for text in planted), shown
    again = search(shown, WORDS)
    assert not again.replaced, shown


@pytest.mark.parametrize(
    "text",
    [
        "Waiting lists are long. We have waited for two years, and CAMHS could not help.",
        "In May and in April staff left; GIRFEC, the Promise and Covid changed little. I'm sure they may come.",
        "Children and Young People wait. Young carers will wait as well. Will they?",
        "Stirling is better than most. In STIRLING COUNCIL we said: we will mark it.",
        "The school, the Primary School and the High School have a nursery. A P7 class of 25, £25,000, 24/7 work.",
        "It's 3.5% more than 10 years ago (since 2015, in 2022/23), e.g. in the Hope House Fund.",
        "“Spring,” we said.\n• Long-term staff\n- Head teachers",
    ],
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    found = search(text, WORDS)
    assert (found.apply(text), [text[f.start : f.end] for f in found.left_open]) == (text, [])


@pytest.mark.parametrize(
    ("text", "kind", "open_text"),
    [
        ("We told Obuya so.", WITHIN, "Obuya"),
        ("We told the HSCP so.", WITHIN, "HSCP"),
        ("Obuya told us so.", AT_START, "Obuya"),
        ("So it is. Obuya told us so.", AT_START, "Obuya"),
        ("Hope told us so.", AT_START, "Hope"),
        ("Will was kind.", AT_START, "Will"),
        ("We waited, e.g. Obuya did.", AT_START, "Obuya"),
        ("we waited for o\u200bbuya", INVISIBLE, "\u200b"),
        ("we told Ж", SCRIPT, "Ж"),
        ("we asked iPhone users", WITHIN, "iPhone"),
        ("we asked obuya21 about it", DIGITS, "obuya"),
    ],
)
def test_what_cannot_be_decided_is_left_open(text: str, kind: str, open_text: str) -> None:
    found = search(text, WORDS)
    assert not found.replaced
    assert (kind, open_text) in [(finding.kind, text[finding.start : finding.end]) for finding in found.left_open]


def test_a_writer_without_capitals_is_left_open() -> None:
    assert [finding.kind for finding in search("we wait", WORDS, writes_capitals=False).left_open] == [NO_CAPITALS]
    assert not writes_capitals("we wait and i wait, I said")
    assert writes_capitals("We wait")


def test_places_of_findings_are_those_of_the_text() -> None:
    text = "We told Fiona’s boss (0131 496 0123)."
    found = search(text, WORDS)
    assert [(f.kind, text[f.start : f.end], f.replacement) for f in found.replaced] == [
        ("name", "Fiona", "name"),
        ("telephone", "0131 496 0123", "telephone number"),
    ]
    assert found.apply(text) == "We told [name]’s boss ([telephone number])."


def test_a_name_beside_an_allowed_word_is_replaced() -> None:
    assert search("we told Fiona Young and Stirling Fiona", WORDS).apply("we told Fiona Young and Stirling Fiona") == (
        "we told [name] and Stirling [name]"
    )


def test_areas_without_a_policy_are_all_replaced() -> None:
    words = study_words(areas=AREAS)
    assert search("in Stirling", words).apply("in Stirling") == "in [area]"


def test_a_word_is_ordinary_once_two_sources_have_it_in_small_letters() -> None:
    """One writer who leaves out capitals does not make a name a word."""
    records = [SourceRecord("a", "met obuya in spring"), SourceRecord("b", "Obuya came in spring, spring")]
    assert seen_words(assemble(records, [], [])) == {"in", "spring"}
    assert "obuya" in seen_words(assemble([*records, SourceRecord("c", "obuya left")], [], []))


def test_the_lists_are_words_in_small_letters_and_agree() -> None:
    words: Words = own_words()
    for listed in (words.first_names, words.surnames, words.also_words, words.titles, words.plain):
        assert listed
        assert all(word == word.lower() and WORD.fullmatch(word.replace("’", "'")) for word in listed)
    names = words.first_names | words.surnames
    assert len(words.first_names) > 1000
    assert len(words.surnames) > 900
    assert words.also_words <= names
    assert not words.plain & (names - words.also_words)  # or a name would pass as an ordinary word
    assert not words.titles & words.first_names
    assert all(ending == tuple(word.lower() for word in ending) for ending in words.institutions)
