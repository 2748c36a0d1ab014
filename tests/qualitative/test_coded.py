"""The coded material of a rendering: which file it is, how it joins the study, and what comes out of it."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import planted
import shipped
from survey_report import voices_text
from survey_report.disclosure import Policy
from survey_report.errors import UserError
from survey_report.escaping import escaped
from survey_report.findings.voices import WHOLE, sections_told, voices_findings
from survey_report.marks import Style
from survey_report.qualitative import coded
from survey_report.qualitative.coded import Coded, open_coded
from survey_report.qualitative.coded_reading import corpus_path, read_coded, write_coded
from survey_report.rendering import Rendering
from survey_report.study import CodedMaterial, Study

HEAD = "source,method,service,sector,coder,code,text,valence"
FEW = "Orkney Islands"


def material(study: Study) -> CodedMaterial:
    assert study.coded is not None
    return study.coded


def write(folder: Path, *lines: str) -> Path:
    path = folder / "excerpts.csv"
    path.write_text("\n".join([HEAD, *lines]) + "\n", encoding="utf-8")
    return path


def kept(
    study: Study, path: Path, build: Path, policy: Policy | None = None, respondents: int = 1399, **areas: int
) -> Coded:
    policy = policy or Policy(study.thresholds, frozenset())
    write_coded(study, path, read_coded(study, path), respondents, areas, policy, build)
    found = open_coded(build)
    assert found is not None
    return found


def with_coded(found: Coded | None) -> Rendering:
    rendering = shipped.rendering()
    return replace(rendering, coded=found, policy=Policy(rendering.study.thresholds, frozenset()))


def test_the_invented_corpus_goes_with_the_shipped_answers_only(study: Study, tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_text("x", encoding="utf-8")
    invented = study.folder / material(study).file
    assert corpus_path(study, None, shipped=True) == invented
    assert corpus_path(study, None, shipped=False) is None
    assert corpus_path(study, own, shipped=False) == own
    assert corpus_path(study, own, shipped=True) == own
    real = replace(study, coded=replace(material(study), synthetic=False))
    assert corpus_path(real, None, shipped=False) == invented
    assert corpus_path(replace(study, coded=None), None, shipped=True) is None
    with pytest.raises(UserError, match=r"says nothing of coded material.*\n.*add `corpus:` to its study\.yml"):
        corpus_path(replace(study, coded=None), own, shipped=True)


def test_the_invented_corpus_is_nobody_s_own_by_another_name(study: Study, tmp_path: Path) -> None:
    copy = tmp_path / "ours.qdpx"
    shutil.copyfile(study.folder / material(study).file, copy)
    with pytest.raises(UserError, match=r"ours\.qdpx.*is the invented corpus that comes with the study"):
        corpus_path(study, copy, shipped=False)
    assert corpus_path(study, copy, shipped=True) == copy


def test_a_file_that_is_not_there(study: Study, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"(?s)nowhere\.qdpx.*there is no such file.*check the path"):
        corpus_path(study, tmp_path / "nowhere.qdpx", shipped=False)
    missing = replace(study, coded=replace(material(study), file="data/nowhere.qdpx"))
    with pytest.raises(UserError, match=r"correct `corpus: file:` in study\.yml"):
        corpus_path(missing, None, shipped=True)


def test_services_are_known_by_id_label_answer_and_crosswalk(study: Study, tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "A,survey,health,,c,services > x,one,",
        "B,survey,Social work,,c,services > x,two,",
        "C,interview,Chief Social Work Officer,,c,services > x,three,",
        "D,focus group,Third sector,,c,services > x,four,",
        "E,survey,,third,c,services > x,five,",
        "F,focus group,Local authority elected members,,c,services > x,six,",
    )
    sources = read_coded(study, path).sources.set_index("name")
    assert sources["service"].to_dict() == {
        "A": "health", "B": "social-work", "C": "social-work", "D": "third", "E": "", "F": "",
    }  # fmt: skip
    assert sources.loc["D", "sector"] == "third"


def test_a_service_that_nobody_knows_is_named_with_a_remedy(study: Study, tmp_path: Path) -> None:
    path = write(tmp_path, "A,survey,Astronomy,,c,services > x,one,")
    with pytest.raises(UserError, match=r"(?s)excerpts\.csv.*service, source 1.*Astronomy.*corpus: values: service:"):
        read_coded(study, path)


def hand_coded(folder: Path) -> Path:
    """Twelve answers from health, six each from police and residential care, a focus group, two interviews."""
    lines = []
    for service, answers in (("health", 12), ("police", 6), ("residential", 6)):
        for number in range(answers):
            head = f"{service} {number},survey,{service},,a"
            lines.append(f"{head},services > waits > long,Waiting again number {number} this year.,challenge")
            if number < answers / 2:
                lines.append(f"{head},services > hubs > new,The new hub helps us {number}.,improvement")
    lines.append("G,focus group,health,,a,services > hubs > new,We like the hub and all that it does.,improvement")
    lines += [f"I{n},interview,police,,a,leadership > drive > good,She leads well {n}.,improvement" for n in range(2)]
    return write(folder, *lines)


def test_counts_are_those_made_by_hand(study: Study, tmp_path: Path) -> None:
    rendering = with_coded(kept(study, hand_coded(tmp_path), tmp_path))
    assert sections_told(rendering) == {WHOLE, "services", "leadership"}
    found = voices_findings(rendering, "services")
    rows = found.raised.set_index("theme")
    assert rows["label"].to_dict() == {"services-waits": "Waits", "services-hubs": "Hubs"}
    assert rows["n_survey"].to_dict() == {"services-waits": 24, "services-hubs": 12}
    assert rows["n_focus_group"].to_dict() == {"services-waits": 0, "services-hubs": 1}
    assert rows["n_challenge"].to_dict() == {"services-waits": 24, "services-hubs": 0}
    assert rows["n_improvement"].to_dict() == {"services-waits": 0, "services-hubs": 13}
    assert found.whole["themes.services.n.survey"].value == 24
    assert {name: number.value for name, number in found.sources.items()} == {
        "survey": 24, "focus group": 1, "interview": 2,
    }  # fmt: skip
    shares = found.by_service.set_index(["theme", "service"])["share"]
    # Six answers are too few to report a service, so only health has a column: 12 and 6 of its 12 answers.
    assert shares.to_dict() == {("services-waits", "health"): 100.0, ("services-hubs", "health"): 50.0}


def test_themes_together_by_hand(study: Study, tmp_path: Path) -> None:
    rendering = with_coded(kept(study, hand_coded(tmp_path), tmp_path))
    (pair,) = voices_findings(rendering, "services").together.to_dict("records")
    # Twelve answers raise both, twelve waits alone, the focus group hubs alone.
    assert (pair["together"], pair["n_first"], pair["n_second"]) == (12, 24, 13)
    assert pair["jaccard"] == pytest.approx(12 / 25)


def test_pairs_that_may_not_be_shown_or_that_nobody_raises_are_in_no_table(study: Study, tmp_path: Path) -> None:
    found = voices_findings(with_coded(kept(study, hand_coded(tmp_path), tmp_path)), "services")
    table = pd.concat(
        [found.together.assign(shown=shown, together=n) for shown, n in ((True, 0), (False, 9), (True, 7))]
    )
    assert voices_text.pairs_shown(replace(found, together=table))["together"].tolist() == [7]


def test_a_rendering_without_coded_material_has_empty_findings() -> None:
    rendering = with_coded(None)
    assert sections_told(rendering) == frozenset()
    found = voices_findings(rendering, "services")
    for name in ("raised", "by_service", "agreement", "together", "quotations"):
        assert getattr(found, name).empty
    assert found.numbers == {}
    style = Style("s", synthetic=False)
    assert voices_text.voices_sentences(found, style) == []
    assert voices_text.agreement_sentences(found, style) == []
    assert voices_text.alt_themes(found) == "No share may be shown."


def test_agreement_needs_two_coders(study: Study, tmp_path: Path) -> None:
    rendering = with_coded(kept(study, hand_coded(tmp_path), tmp_path))
    found = voices_findings(rendering, "services")
    assert found.unit == "source"  # a table of excerpts has no whole texts
    assert found.agreement["alpha"].isna().all()
    assert voices_text.agreement_sentences(found, Style("s", synthetic=False)) == [
        "No source was coded by two coders, so that agreement cannot be told."
    ]


def test_nothing_that_identifies_anybody_comes_out(study: Study, tmp_path: Path) -> None:
    assert len(planted.PLANTED) >= 12
    path = tmp_path / "excerpts.csv"
    hidden = planted.write_planted(path, FEW)
    found = kept(study, path, tmp_path, **{"orkney-islands": 4})
    listed = (tmp_path / coded.FOLDER / coded.TO_CHECK).read_text(encoding="utf-8")
    assert all(text in listed for text in hidden[:-1]), "the person who checks sees all that was found"
    voices = voices_findings(with_coded(found), planted.SECTION)
    quoted = "\n".join(voices.quotations["text"])
    assert quoted.count("[") >= len(voices.quotations) > 8, "most are quoted with a word in brackets, others kept back"
    style = Style("s", synthetic=False)
    shown = [
        voices_text.quotations_table(voices, invented=False),
        voices_text.raised_table(voices, style),
        *voices_text.voices_sentences(voices, style),
        json.dumps({key: number.as_dict() for key, number in voices.numbers.items()}),
        *(getattr(voices, name).to_csv() for name in ("raised", "by_service", "together", "agreement", "quotations")),
    ]
    assert [text for text in hidden for part in shown if text in part] == []


def test_what_people_wrote_is_no_markdown() -> None:
    assert escaped("a *b* [c](d) | `e` <f> $g$ @h #i") == (r"a \*b\* \[c\](d) \| \`e\` \<f\> \$g\$ \@h \#i")


def test_the_shipped_corpus_meets_the_register() -> None:
    rows = [line for line in shipped.reconciled().values() if line.figure.source == "corpus"]
    assert len(rows) == 25
    assert {line.status for line in rows} == {"match"}
    assert all(line.published == line.reproduced for line in rows)


def test_quotations_are_invented_texts_each_printed_once() -> None:
    quotations = pd.concat([found.quotations for found in shipped.voices().values()])
    assert len(quotations) > 40
    assert quotations["text"].is_unique
    assert quotations["text"].str.len().between(50, 260).all()
    assert quotations["attribution"].str.fullmatch(r"\((?:[^:()]+: )?(?:Survey|Focus group|Interview)\)").all()


def plain(sentences: list[str]) -> list[str]:
    """Sentences without the marks of their numbers."""
    return [re.sub(r"\[\*?([\d.,]+)\*?\](?:\{[^}]*\}|\([^)]*\)\{[^}]*\})", r"\1", sentence) for sentence in sentences]


def test_sentences_say_what_was_counted(study: Study, tmp_path: Path) -> None:
    rendering = with_coded(kept(study, hand_coded(tmp_path), tmp_path))
    style = Style("s", synthetic=True)
    found = voices_findings(rendering, "services")
    assert plain(voices_text.voices_sentences(found, style)) == [
        "The subject comes up in 24 of 24 people in the survey and 1 of 1 focus group.",
        "Of its themes, people in the survey raise *waits* (24) most, then *hubs* (12).",
        "Focus groups and interviews most often speak of *hubs* (1 focus group).",
        "More sources name a challenge (24) than an improvement (13).",
        "Improvements prevail on one of two themes: *hubs*.",
        "The ratings lie near the middle of the scale (3.05), and in the coded material challenges outnumber "
        "improvements: words lean further to one side than ratings do.",
    ]
    alike = replace(found, raised=found.raised.assign(n_survey=24, n_focus_group=1))
    told = " ".join(plain(voices_text.voices_sentences(alike, style)))
    assert re.search(r"people in the survey raise \*\w+\* \(\d+\) and \*\w+\* \(\d+\) most\.", told)
    assert re.search(r"most often speak of \*\w+\* \(\d focus groups?\) and \*\w+\* \(\d focus groups?\)\.", told)
    assert voices_text.alt_themes(found) == (
        "In a grid of 2 themes by 1 service the largest share is 100% (invented): of the people from health, those "
        "who raise waits."
    )


@pytest.mark.parametrize(
    ("rating", "end"),
    [(3.4, "above the middle of the scale (3.40)*the two diverge."), (2.5, "below*the two point the same way.")],
)
def test_ratings_and_words_that_part_or_agree(study: Study, tmp_path: Path, rating: float, end: str) -> None:
    found = voices_findings(with_coded(kept(study, hand_coded(tmp_path), tmp_path)), "services")
    assert found.rating is not None
    changed = replace(found, rating=replace(found.rating, value=rating, text=f"{rating:.2f}"))
    last = plain(voices_text.voices_sentences(changed, Style("s", synthetic=True)))[-1]
    start, _, finish = end.partition("*")
    assert start in last
    assert last.endswith(f": {finish}")


@pytest.mark.parametrize(("respondents", "named"), [(1399, True), (1, False)])
def test_of_too_few_respondents_no_quotation_names_a_service(
    study: Study, tmp_path: Path, respondents: int, named: bool
) -> None:
    lines = [
        f"s{i},survey,health,,a,services > waits > long,We wait for months until anybody calls us back {i}.,challenge"
        for i in range(12)
    ]
    chosen = kept(study, write(tmp_path, *lines), tmp_path / "build", respondents=respondents).quotations
    assert len(chosen)
    assert chosen["attribution"].str.contains(": Survey").any() == named
