"""Themes count people: one who wrote much, sources that two have coded, coders who share the code frame, sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import shipped
from survey_report.disclosure import Policy
from survey_report.errors import UserError
from survey_report.findings.profile_groups import find_group
from survey_report.findings.raised import themes_raised
from survey_report.findings.voices import voices_findings
from survey_report.qualitative.coded import Coded, open_coded
from survey_report.qualitative.coded_reading import check_people, read_coded, write_coded
from survey_report.qualitative.corpus import CodeRecord, Corpus, ExcerptRecord, SourceRecord, assemble
from survey_report.qualitative.speakers import one_coding, raised, speakers, torn, untold, voices
from survey_report.qualitative.theme_counts import source_counts, theme_counts, valence_counts
from survey_report.study import Study, Thresholds

POLICY = Policy(Thresholds(10, 5, 0.5, 0.05, 10), frozenset())
CODES = [
    CodeRecord("services", "Services"),
    CodeRecord("waits", "Waits", "services", "challenge"),
    CodeRecord("hubs", "Hubs", "services", "improvement"),
    CodeRecord("staff", "Staff"),
    CodeRecord("kind", "Kind", "staff"),
]
FLAT = [CodeRecord(name, name.capitalize()) for name in ("waits", "hubs", "kind")]


def coded(
    sources: Sequence[dict[str, str]], excerpts: Sequence[tuple[int, str, str]], codes: Sequence[CodeRecord] = CODES
) -> Corpus:
    """Sources by their traits (and name); excerpts by place of the source, code and coder."""
    records = [
        SourceRecord(told.get("name", f"Text {n}"), "word", {k: v for k, v in told.items() if k != "name"})
        for n, told in enumerate(sources)
    ]
    return assemble(records, codes, [ExcerptRecord(place, code, who or None, 0, 4) for place, code, who in excerpts])


def answers(people: Sequence[str], service: str) -> list[dict[str, str]]:
    return [{"method": "survey", "service": service, "respondent": who} for who in people]


def number(frame: pd.DataFrame, **where: str) -> int | None:
    for name, value in where.items():
        frame = frame[frame[name] == value]
    (n,) = frame["n"]
    return None if pd.isna(n) else int(n)


def test_one_talkative_person_is_one_person() -> None:
    corpus = coded(
        [*answers(["ann"] * 10, "police"), *answers([f"h{n}" for n in range(12)], "health")],
        [(place, "waits", "x") for place in range(22)],
    )
    assert voices(corpus).groupby("service").size().to_dict() == {"police": 1, "health": 12}
    bases, counts = source_counts(corpus, POLICY), theme_counts(corpus, POLICY)
    assert number(bases, method="survey", service="all") == 13
    assert number(bases, method="survey", service="police") is None
    assert number(counts, theme="services", method="survey", service="all") == 13
    assert number(counts, theme="services", method="survey", service="police") is None, "no service of one is reported"
    assert number(valence_counts(corpus, POLICY), theme="services", valence="challenge", method="survey") == 13


def test_a_person_is_told_by_a_column_or_by_a_numbered_name() -> None:
    names = [
        "Respondent 0001: Services, challenges", "respondent 1 - Staff", "Respondent 11: Services", "R12 Q1", "R12 Q2",
        "Respondents on waits", "Rota 1", "Rota 2",
    ]  # fmt: skip
    sources = [{"name": name, "method": "survey"} for name in names]
    corpus = coded(sources, [])
    who = speakers(corpus)["who"]
    assert who[0] == who[1]
    assert who[3] == who[4]
    assert who.nunique() == 6
    assert untold(corpus) == 3
    told = coded([{**sources[0], "respondent": " ANN "}, {**sources[2], "respondent": "ann"}], [])
    assert speakers(told)["who"].nunique() == 1


def test_a_focus_group_is_a_session_and_an_interviewee_a_person() -> None:
    focus = {"method": "focus group", "service": "police", "respondent": "the same"}
    alone = {"method": "interview", "service": "police", "respondent": "chief"}
    corpus = coded([focus, focus, alone, alone, {"method": "interview"}], [(n, "waits", "x") for n in range(5)])
    counts = theme_counts(corpus, POLICY)
    found = {m: number(counts, theme="services", method=m, service="all") for m in ("focus group", "interview", "all")}
    assert found == {"focus group": 2, "interview": 2, "all": 4}


def test_a_person_of_two_services_is_of_none() -> None:
    corpus = coded([*answers(["ann"], "police"), *answers(["ann", "bob"], "health"), *answers(["bob"], "")], [])
    assert voices(corpus)["service"].tolist() == ["not-told", "health"]
    assert torn(corpus) == 1


def test_a_source_coded_by_two_counts_by_the_coding_of_one() -> None:
    sources = answers([f"h{n}" for n in range(8)], "health")
    first = [(n, "waits", "ann") for n in range(8)]
    second = [(0, "hubs", "bob"), (1, "waits", "bob"), (1, "hubs", "bob")]
    once, twice = coded(sources, first), coded(sources, [*first, *second])
    hubs = [place for place, code in enumerate(one_coding(twice).excerpts["code"]) if code == "services-hubs"]
    assert hubs == [], "what only the second coder marked would count in no source that one has coded"
    pd.testing.assert_frame_equal(raised(once), raised(twice))
    pd.testing.assert_frame_equal(theme_counts(once, POLICY), theme_counts(twice, POLICY))
    flat = coded(sources, [*first, *second], FLAT)
    assert set(raised(flat)["theme"]) == {"waits"}, "a frame without sections is one section"


def test_whose_coding_counts_is_told_by_how_much_they_coded_and_never_changes() -> None:
    sources = answers(["a", "b", "c"], "health")
    told = [(0, "waits", "ann"), (0, "hubs", "bob"), (1, "hubs", "bob"), (2, "kind", "bob"), (2, "kind", "ann")]
    corpus = coded(sources, told)
    chosen = one_coding(corpus)
    assert chosen.excerpts[["source", "code"]].to_numpy().tolist() == [
        ["text-0", "services-hubs"],
        ["text-1", "services-hubs"],
        ["text-2", "staff-kind"],
    ]
    pd.testing.assert_frame_equal(one_coding(chosen).excerpts, chosen.excerpts)
    for shuffled in (told[::-1], told[2:] + told[:2]):
        pd.testing.assert_frame_equal(raised(coded(sources, shuffled)), raised(corpus))


def test_coders_who_share_the_frame_among_themselves_all_count() -> None:
    sources = answers(["a", "b"], "health")
    corpus = coded(sources, [(0, "waits", "ann"), (1, "waits", "ann"), (0, "kind", "bob")])
    assert set(raised(corpus)["theme"]) == {"services", "services-waits", "staff", "staff-kind"}


HEAD = "source,method,service,respondent,coder,code,text,valence"


def kept(study: Study, folder: Path, lines: Sequence[str]) -> Coded:
    path = folder / "excerpts.csv"
    path.write_text("\n".join([HEAD, *lines]) + "\n", encoding="utf-8")
    write_coded(study, path, read_coded(study, path), 1399, {}, Policy(study.thresholds, frozenset()), folder)
    found = open_coded(folder)
    assert found is not None
    return found


def test_the_page_shows_no_service_of_one_talkative_person(study: Study, tmp_path: Path) -> None:
    said = "We are still waiting for an answer to this and that was number"
    lines = [f"p{n},survey,police,ann,x,services > waits > long,{said} {n}.,challenge" for n in range(10)]
    lines += [f"h{n},survey,health,h{n},x,services > waits > long,{said} {n + 10}.,challenge" for n in range(12)]
    lines += [f"e{n},survey,education,e{n},x,services > waits > long,{said} {n + 30}.,challenge" for n in range(14)]
    lines += ["i,interview,police,chief,x,services > waits > long,They have told us so in so many words.,challenge"]
    rendering = shipped.rendering()
    rendering = replace(rendering, coded=kept(study, tmp_path, lines), policy=Policy(study.thresholds, frozenset()))
    found = voices_findings(rendering, "services")
    # Of the two others together nothing is shown: health alone would leave the one person of the police.
    assert set(found.by_service["service"]) == {"education"}
    assert found.sources["survey"].value == 27
    quoted = found.quotations["attribution"]
    assert not quoted.str.contains("Police").any()
    assert themes_raised(rendering, find_group(study, "service", "police")).rows.empty
    assert themes_raised(rendering, find_group(study, "service", "education")).rows["n"].tolist() == [14]


def test_more_answers_than_people_ask_whose_they_are(study: Study) -> None:
    corpus = coded([{"name": f"Rota {n}", "method": "survey"} for n in range(5)], [])
    check_people(corpus, 5, "ours.csv")
    with pytest.raises(UserError, match=r"(?s)ours\.csv.*5 answers.*3 complete.*add a column `respondent`"):
        check_people(corpus, 3, "ours.csv")
    check_people(coded(answers(["ann"] * 5, "health"), []), 1, "ours.csv")
