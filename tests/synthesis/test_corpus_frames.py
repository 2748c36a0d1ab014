"""The corpus as frames: sources, code tree and codings that hold together and meet the published counts."""

from __future__ import annotations

import csv
import hashlib
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.inter_rater import cohens_kappa

from survey_report.errors import UserError
from survey_report.frames import each_row
from survey_report.study import Study
from survey_report.synthesis import study_corpus, write_corpus
from survey_report.synthesis.corpus import Bank, SyntheticCorpus
from survey_report.synthesis.corpus.allocation import allocate
from survey_report.synthesis.corpus.bank import slug

FIRST, SECOND = "coder-1", "coder-2"
TURN = re.compile(r"^(Moderator|Interviewer|P(\d+)): \S", re.MULTILINE)


def test_the_corpus_says_that_it_is_synthetic(corpus: SyntheticCorpus, bank: Bank) -> None:
    assert corpus.name.startswith("Synthetic")
    assert corpus.description.startswith("Synthetic.")
    told = corpus.sources[corpus.sources["method"] != "survey"]
    assert all("Invented transcript" in text.partition("\n")[0] for text in told["text"])


def test_sources_are_the_export_s_answers_and_the_sessions(
    corpus: SyntheticCorpus, study: Study, complete: list[dict[str, str]]
) -> None:
    sources = corpus.sources
    assert list(sources.columns) == [
        "source", "name", "method", "respondent", "service", "sector", "role", "area", "text",
    ]  # fmt: skip
    assert sources["source"].is_unique
    assert sources["source"].tolist() == [slug(name) for name in sources["name"]]
    written = [row[q.column] for row in complete for q in study.open_questions if row[q.column]]
    assert sources.loc[sources["method"] == "survey", "text"].tolist() == written
    counted = Counter(sources["method"])
    # Methods and people as published: 968 respondents with an answer, 13 focus groups, 15 interviews.
    assert (counted["focus group"], counted["interview"]) == (13, 15)
    people = sources.loc[sources["method"] == "survey", "respondent"]
    assert people.nunique() == 968
    assert (sources.loc[sources["method"] == "survey", "source"].str.extract(r"^respondent-(\d+)-")[0] == people).all()
    assert (sources.loc[sources["method"] != "survey", "respondent"] == "").all()


def test_variables_of_survey_sources_are_the_respondents(
    corpus: SyntheticCorpus, study: Study, complete: list[dict[str, str]]
) -> None:
    sources = corpus.sources[corpus.sources["method"] == "survey"]
    for variable, item in (("service", "service"), ("sector", "sector"), ("role", "role"), ("area", "local_authority")):
        question = study.question(item)
        ids = {category.answer: category.id for category in question.categories} | {"": ""}
        expected = [ids[row[question.column]] for row in complete for q in study.open_questions if row[q.column]]
        assert sources[variable].tolist() == expected, variable


def test_sessions_have_the_categories_of_the_crosswalk(corpus: SyntheticCorpus, study: Study) -> None:
    told = corpus.sources[corpus.sources["method"] != "survey"]
    groups = Counter(zip(told["method"], told["service"], told["sector"], told["role"], strict=True))
    assert groups["focus group", "health", "", "frontline"] == 3
    assert groups["focus group", "", "third", "frontline"] == 2
    assert groups["focus group", "other-service", "", "frontline"] == 1
    assert groups["interview", "social-work", "", "senior-leader"] == 4
    assert groups["interview", "", "", "senior-leader"] == 1  # retired leaders belong to no service
    assert set(told["area"]) == {""}
    for variable in ("service", "sector", "role"):
        known = {category.id for category in study.question(variable).categories} | {""}
        assert set(corpus.sources[variable]) <= known


def test_transcripts_have_turns_with_speakers(corpus: SyntheticCorpus, bank: Bank) -> None:
    people = {session.id: session.participants for session in bank.sessions}
    limits = {"focus group": (25, 60), "interview": (15, 30)}
    for source in each_row(corpus.sources[corpus.sources["method"] != "survey"]):
        lines = source.text.split("\n")[1:]
        turns = [TURN.match(line) for line in lines]
        assert all(turns), source.source
        low, high = limits[source.method]
        assert low <= len(turns) <= high, source.source
        heard = {int(turn[2]) for turn in turns if turn and turn[2]}
        assert heard == set(range(1, people[source.source] + 1)), source.source
        asked = turns[0] and turns[0][1], turns[-1] and turns[-1][1]
        assert set(asked) == {"Moderator" if source.method == "focus group" else "Interviewer"}


def test_what_is_said_in_a_session_fits_who_is_there(study: Study, bank: Bank) -> None:
    told = allocate(study, bank)
    sessions = {session.id: session for session in bank.sessions}
    said = [(sessions[session], passage) for session, passages in told.items() for passage in passages]
    assert len(said) > 800
    assert max(Counter(passage.text for _, passage in said).values()) == 1
    spoken_for = [(session, passage) for session, passage in said if passage.speaker]
    assert len(spoken_for) > 200
    for session, passage in spoken_for:
        assert passage.suits(session.voice), (session.id, passage.text)
        # Youth justice, child protection committees and partnerships are one category of the survey, not one voice.
        services = set(bank.by_id[passage.theme].services)
        if any(services & one.labels for one in bank.sessions if one.method == session.method):
            assert services & session.labels, (session.id, passage.text)
    sizes = [len(passages) for passages in told.values()]
    assert max(sizes) < 2.5 * min(sizes)


def test_codes_form_the_published_tree(corpus: SyntheticCorpus, bank: Bank) -> None:
    codes = corpus.codes.set_index("code")
    assert codes.index.is_unique
    leaves = codes[codes["valence"] != ""]
    assert leaves.index.tolist() == [theme.id for theme in bank.themes]
    assert (leaves["path"].str.count(" > ") == 2).all()
    seen: set[str] = {""}
    for code in each_row(corpus.codes):
        assert code.parent in seen, "a parent comes before its children"
        seen.add(code.code)
        above = codes.loc[code.parent, "path"] + " > " if code.parent else ""
        assert code.path == above + code.name


def test_excerpts_are_what_stands_between_their_offsets(corpus: SyntheticCorpus, bank: Bank) -> None:
    texts = corpus.sources.set_index("source")["text"]
    leaves = set(corpus.codes.loc[corpus.codes["valence"] != "", "code"])
    for excerpt in each_row(corpus.excerpts):
        assert texts[excerpt.source][excerpt.start : excerpt.end] == excerpt.text != ""
        assert excerpt.code in leaves
    assert not corpus.excerpts.duplicated(["source", "code", "coder", "start", "end"]).any()
    said = {(passage.theme, passage.text) for passage in bank.passages}
    by_first = corpus.excerpts[corpus.excerpts["coder"] == FIRST]
    assert set(zip(by_first["code"], by_first["text"], strict=True)) <= said
    # A character beyond the basic plane stands before some excerpts: offsets that counted UTF-16 units would be wrong.
    wide = texts[texts.str.contains("[\U00010000-\U0010ffff]")].index
    assert set(wide) & set(corpus.excerpts["source"])


def test_every_theme_comes_up_and_only_in_its_methods(corpus: SyntheticCorpus, bank: Bank) -> None:
    methods = corpus.sources.set_index("source")["method"]
    found = set(zip(corpus.excerpts["code"], corpus.excerpts["source"].map(methods), strict=True))
    assert {code for code, _ in found} == {theme.id for theme in bank.themes}
    assert all(method in bank.by_id[code].methods for code, method in found)


def test_published_counts_of_themes_hold(corpus: SyntheticCorpus, study: Study) -> None:
    with study.files["published"].open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if row["source"] == "corpus"]
    assert len(rows) == 25
    by_first = corpus.excerpts[corpus.excerpts["coder"] == FIRST]
    for row in rows:
        themes = row["theme_id"].split(";")
        # Whether the second coder counts or not.
        for excerpts in (corpus.excerpts, by_first):
            mine = excerpts[excerpts["code"].isin(themes)]
            number = {
                "n_raising": mine["source"].nunique(),
                "n_examples": len(mine),
            }.get(row["measure"], mine["code"].nunique())
            assert number == int(row["value"]), row["id"]
    # The second coder sees them where the first does.
    counted = {row["theme_id"] for row in rows if row["measure"] == "n_raising"}
    by_second = corpus.excerpts[corpus.excerpts["coder"] == SECOND]
    twice = set(by_second["source"])
    pairs = [
        {(one.source, one.code) for one in each_row(mine) if one.code in counted and one.source in twice}
        for mine in (by_first, by_second)
    ]
    assert pairs[0] == pairs[1] != set()


def test_what_the_report_says_of_single_counted_sources(corpus: SyntheticCorpus, study: Study) -> None:
    """The service or role that the register's notes give for a count of one."""
    told = {
        "support-recruitment-and-retention-measures-nine-day-fortnight": ("survey", "social-work"),
        "support-supervision-and-coaching-measures-outside-supervision": ("survey", "health"),
        "services-availability-and-responsiveness-affluent-areas": ("focus group", "education"),
        "integration-experience-of-local-integration-moving-arrangements": ("interview", "education"),
        "integration-perceived-benefits-financial-flexibility": ("interview", "other-service"),
    }
    sources = corpus.sources.set_index("source")
    for theme, expected in told.items():
        raising = sources.loc[corpus.excerpts.loc[corpus.excerpts["code"] == theme, "source"]]
        assert set(zip(raising["method"], raising["service"], strict=True)) == {expected}


def test_themes_said_to_come_up_most_do(corpus: SyntheticCorpus) -> None:
    by_first = corpus.excerpts[corpus.excerpts["coder"] == FIRST]
    raising = by_first.groupby("code")["source"].nunique()

    def ranked(parent: str) -> list[str]:
        mine = raising[raising.index.str.startswith(parent)]
        return mine.sort_values(ascending=False, kind="stable").index.tolist()

    assert set(ranked("future-service-design-")[:2]) == {
        "future-service-design-early-help-investment",
        "future-service-design-better-transitions",
    }
    assert ranked("services-waiting-times-")[0] == "services-waiting-times-long-waits-for-mental-health-assessment"


def presence(excerpts: pd.DataFrame, sources: list[str], codes: list[str]) -> np.ndarray:
    table = pd.crosstab(excerpts["source"], excerpts["code"]).reindex(index=sources, columns=codes, fill_value=0)
    return (table.to_numpy() > 0).astype(int)


def kappa(a: np.ndarray, b: np.ndarray) -> float:
    pairs = np.array([[np.sum((a == i) & (b == j)) for j in (0, 1)] for i in (0, 1)])
    return float(cohens_kappa(pairs, return_results=False))


def test_two_coders_agree_well_but_not_on_everything(corpus: SyntheticCorpus) -> None:
    excerpts = corpus.excerpts
    twice = sorted(set(excerpts.loc[excerpts["coder"] == SECOND, "source"]))
    methods = corpus.sources.set_index("source")["method"]
    share = Counter(methods[twice])
    for method, all_of_it in Counter(methods).items():
        assert abs(share[method] - 0.15 * all_of_it) <= 0.5, method
    codes = corpus.codes.loc[corpus.codes["valence"] != "", "code"].tolist()
    both = excerpts[excerpts["source"].isin(twice)]
    first, second = (presence(both[both["coder"] == coder], twice, codes) for coder in (FIRST, SECOND))
    assert 0.6 < kappa(first.ravel(), second.ravel()) < 0.9
    used = [place for place in range(len(codes)) if (first[:, place] | second[:, place]).sum() >= 3]
    single = [kappa(first[:, place], second[:, place]) for place in used]
    assert len(single) > 50
    assert min(single) < 0.4 < 0.6 < sorted(single)[len(single) // 2]
    # They do not always mark the same stretch for the same thing.
    spans = {
        coder: {(e.source, e.code, e.start, e.end) for e in each_row(both[both["coder"] == coder])}
        for coder in (FIRST, SECOND)
    }
    same = {(e[0], e[1]) for e in spans[FIRST]} & {(e[0], e[1]) for e in spans[SECOND]}
    shifted = {(e[0], e[1]) for e in spans[SECOND] - spans[FIRST]} & same
    assert 0.03 < len(shifted) / len(same) < 0.3


def test_answers_that_are_not_of_the_bank_are_refused(study: Study, records: list[list[str]], tmp_path: Path) -> None:
    column = records[0].index(study.open_questions[0].column)
    place = next(i for i, record in enumerate(records[3:], 3) if record[column] and "True" in record)
    changed = [list(record) for record in records]
    changed[place][column] = "Words from elsewhere."
    path = tmp_path / "export.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerows(changed)
    with pytest.raises(UserError) as caught:
        study_corpus(study, path)
    (problem,) = caught.value.problems
    assert problem.place == f"row {place + 1}, column {study.open_questions[0].column}"
    assert "elsewhere" not in str(problem)


SCRIPT = """
import hashlib, pathlib, sys
from survey_report.study_load import load_study
from survey_report.synthesis import study_corpus, write_corpus
corpus = study_corpus(load_study(pathlib.Path(sys.argv[1])))
text = "".join(f.to_csv(index=False) for f in (corpus.sources, corpus.codes, corpus.excerpts))
print(hashlib.sha256(text.encode()).hexdigest())
"""


def test_another_run_gives_the_same_corpus(corpus: SyntheticCorpus, study: Study) -> None:
    text = "".join(frame.to_csv(index=False) for frame in (corpus.sources, corpus.codes, corpus.excerpts))
    command = [sys.executable, "-c", SCRIPT, str(study.folder)]
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300, env=environment)
    assert done.stdout.strip() == hashlib.sha256(text.encode()).hexdigest()


def test_the_file_that_is_shipped_is_made_again_byte_for_byte(study: Study, tmp_path: Path) -> None:
    assert study.coded is not None
    assert study.coded.synthetic
    assert "synthetic" in study.coded.file
    write_corpus(study, tmp_path / "again.qdpx", log=lambda line: None)
    assert (tmp_path / "again.qdpx").read_bytes() == (study.folder / study.coded.file).read_bytes()
