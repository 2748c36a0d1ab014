"""Reading REFI-QDA: a real file, what programs are known to write, and the examples of the standard."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from refi_files import codes, project, qdpx, selection, source

from survey_report.errors import UserError
from survey_report.qualitative.corpus import Corpus
from survey_report.qualitative.naming import Naming, check_values
from survey_report.qualitative.reading import read_corpus
from survey_report.qualitative.refi_qda import read_refi_qda

TEXT = "Waiting lists are long. Staff are kind. They listen."


def excerpt(corpus: Corpus, place: int = 0) -> tuple[object, ...]:
    return tuple(corpus.excerpts.iloc[place])


def read(
    tmp_path: Path, inside: str, naming: Naming | None = None, origin: str = "test", **texts: str | bytes
) -> Corpus:
    return read_refi_qda(qdpx(tmp_path, project(inside, origin), texts), naming)


def test_a_real_project_of_maxqda(root: Path) -> None:
    naming = Naming(sets={"icls 2024": {"method": "interview"}, "ICLS 2025": {"method": "survey"}})
    corpus = read_corpus(root / "tests" / "data" / "maxqda-sample.qde", naming)
    assert (len(corpus.sources), len(corpus.codes), len(corpus.excerpts)) == (10, 307, 0)
    assert corpus.codes["code"].is_unique
    assert set(corpus.codes["parent"]) - {""} <= set(corpus.codes["code"])
    top = corpus.codes[corpus.codes["parent"] == ""]
    assert top.iloc[0]["code"] == "additional-themes-and-ideas"
    assert top.iloc[0]["path"] == "Additional Themes and Ideas"
    assert corpus.sources["method"].tolist() == ["interview"] * 5 + ["survey"] * 5
    assert corpus.sources["source"][0] == "icls-2024-3-10"
    assert "10 sources have their text elsewhere: their codings count, but cannot be quoted" in corpus.notices
    assert "johnb" not in str(vars(corpus))  # a login


def test_text_beside_and_inside_the_project(tmp_path: Path) -> None:
    inside = (
        codes("a")
        + "<Sources>"
        + source("s1", selection(0, 23, "a"))
        + f'<TextSource guid="s2" name="Two"><PlainTextContent>{TEXT} &amp; more&#10;</PlainTextContent>'
        + selection(24, 39, "A", user="u")  # guids are compared without regard to case
        + "</TextSource></Sources>"
    )
    corpus = read(tmp_path, inside, s1=TEXT)
    assert excerpt(corpus) == ("s1", "a", "", 0, 23, "Waiting lists are long.")
    assert excerpt(corpus, 1) == ("two", "a", "coder-1", 24, 39, "Staff are kind.")
    assert corpus.sources["text"].tolist() == [TEXT, f"{TEXT} & more\n"]


def test_any_one_project_name_upper_case_folders_backslashes_and_what_macos_adds(tmp_path: Path) -> None:
    path = tmp_path / "Trial.qdpx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "Trial.QDE", project(codes("a") + "<Sources>" + source("S1", selection(0, 7, "a")) + "</Sources>")
        )
        archive.writestr("Sources\\s1.TXT", "\ufeff" + TEXT)
        archive.writestr("sources/.root", "")
        archive.writestr("__MACOSX/._Trial.qde", "x")
        archive.writestr("._Trial.qde", "x")
    assert excerpt(read_refi_qda(path))[-1] == "Waiting"


def test_departures_that_are_read(tmp_path: Path) -> None:
    inside = (
        codes("a", "b")
        + "<Sources>"
        + source(
            "s",
            selection(7, 7, "a")  # nothing between start and end
            + selection(0, 13, "a", "b")
            + selection(8, 22, "b")  # overlaps
            + selection(0, 5)  # a memo's, without a code
            + selection(24, 39, "gone")
            + selection(40, 4000, "a")
            + selection(9000, 9001, "a")
            + '<Coding guid="c"><CodeRef targetGUID="b"/></Coding>',  # the whole source
        )
        + "</Sources>"
    )
    corpus = read(tmp_path, inside, s=TEXT)
    found = [(row.code, row.start, row.end, row.text) for row in corpus.excerpts.itertuples()]
    assert found == [
        ("a", 0, 13, "Waiting lists"),
        ("b", 0, 13, "Waiting lists"),
        ("b", 0, 52, TEXT),
        ("a", 7, 7, ""),
        ("b", 8, 22, "lists are long"),
        ("a", 40, 52, "They listen."),
        ("a", 52, 52, ""),
    ]
    assert "1 coding names a code that the file does not hold and is left out" in corpus.notices
    assert "2 selections reach past the end of their text and are cut there" in corpus.notices


def test_other_sources_are_left_out_and_counted(tmp_path: Path) -> None:
    area = '<PictureSelection guid="q" firstX="1" firstY="1" secondX="2" secondY="2">'
    coding = '<Coding guid="c"><CodeRef targetGUID="a"/></Coding>'
    picture = f'<PictureSource guid="p" path="internal://p.jpg">{area}{coding}</PictureSelection></PictureSource>'
    inside = (
        codes("a")
        + '<Sources><TextSource guid="r" name="rich" richTextPath="internal://r.docx"/>'
        + picture * 2
        + '<AudioSource guid="m" path="relative:///m.m4a"/>'
        + source("s", selection(0, 7, "a"))
        + source("far", selection(3, 9, "a"), path="absolute:///C:/Users/jane.doe/far.txt")
        + source("gone", "")
        + source("bare", "", path="")
        + "</Sources>"
    )
    corpus = read(tmp_path, inside, s=TEXT)
    assert corpus.sources["source"].tolist() == ["s", "far", "gone", "bare"]
    assert corpus.notices[:4] == (
        "1 audio source is left out, and 0 codings with it",
        "2 picture sources are left out, and 2 codings with them",
        "1 rich-text-only source is left out, and 0 codings with it",
        "2 sources have their text elsewhere: their codings count, but cannot be quoted",
    )
    assert excerpt(corpus, 1) == ("far", "a", "", 3, 9, "")
    assert "jane" not in str(vars(corpus))


def test_base_paths_and_users_are_not_kept(tmp_path: Path) -> None:
    names = {"U1": "Ann Other", "u9": "idle", "u2": "jsmith"}
    users = "".join(f'<User guid="{guid}" name="{name}"/>' for guid, name in names.items())
    both = selection(0, 7, "a", user="u2") + selection(0, 4, "a", user="u1")
    inside = f"<Users>{users}</Users>{codes('a')}<Sources>{source('s', both, path='//host/jsmith/s.txt')}</Sources>"
    path = qdpx(tmp_path, project(inside, attributes='basePath="C:/Users/jsmith"'))
    corpus = read_refi_qda(path)
    assert corpus.excerpts["coder"].tolist() == ["coder-1", "coder-2"]  # in the order of the users who coded
    shown = str(corpus.notices) + "".join(frame.to_csv() for frame in (corpus.sources, corpus.codes, corpus.excerpts))
    assert not [word for word in ("jsmith", "Ann", "host") if word in shown]


def test_nested_codes_names_and_valences(tmp_path: Path) -> None:
    book = """<CodeBook><Codes>
      <Code guid="1" name="Local services" isCodable="false">
        <Code guid="2" name="Waits &amp; access" isCodable="true"><Code guid="3" name="Rural" isCodable="true"/></Code>
        <Code guid="4" name="Waits - access" isCodable="true"/></Code>
      <Code guid="5" name="Dinge, die helfen" isCodable="true"/>
      <Code guid="6" name="困难" isCodable="true"/><Code guid="6" name="Twice"/>
    </Codes></CodeBook>"""
    members = {"Challenge": 2, "Helps": 5, "Mine": 4}
    groups = (f'<Set guid="s" name="{n}"><MemberCode targetGUID="{m}"/></Set>' for n, m in members.items())
    sets = f"<Sets>{''.join(groups)}</Sets>"
    corpus = read(tmp_path, book + sets, Naming(valence={"helps": "improvement"}))
    assert corpus.codes.set_index("code")[["parent", "path", "valence"]].T.to_dict("list") == {
        "local-services": ["", "Local services", ""],
        "local-services-waits-access": ["local-services", "Local services > Waits & access", "challenge"],
        "local-services-waits-access-rural": [
            "local-services-waits-access",
            "Local services > Waits & access > Rural",
            "",
        ],
        "local-services-waits-access-2": ["local-services", "Local services > Waits - access", ""],
        "dinge-die-helfen": ["", "Dinge, die helfen", "improvement"],
        "code": ["", "困难", ""],
        "twice": ["", "Twice", ""],
    }


NAMES = {"v1": "Method", "v2": "Service area", "v3": "role", "v4": "age"}
LISTED = "".join(f'<Variable guid="{guid}" name="{name}" typeOfVariable="Text"/>' for guid, name in NAMES.items())
VARIABLES = f"<Variables>{LISTED}</Variables>"


def told(variable: str, value: str, kind: str = "TextValue") -> str:
    return f'<VariableValue><VariableRef targetGUID="{variable}"/><{kind}>{value}</{kind}></VariableValue>'


def test_variables_of_sources_of_cases_and_of_sets(tmp_path: Path) -> None:
    cases = (
        f'<Cases><Case guid="c1" name="Jane">{told("V1", "Interviews")}{told("v2", "Social Work")}'
        f"{told('v3', 'leader')}"
        '<SourceRef targetGUID="S1"/><SourceRef targetGUID="s2"/></Case>'
        f'<Case guid="c2" name="Jo">{told("v3", "carer")}{told("v4", "34", "IntegerValue")}'
        '<SourceRef targetGUID="s2"/></Case>'
        f'<Case guid="c3" name="Al">{told("v3", "carer")}<SelectionRef targetGUID="x"/></Case></Cases>'
    )
    sources = source("s1", told("v1", "focus-group") + told("v2", "")) + source("s2") + source("s3") + source("s4")
    members = '<MemberSource targetGUID="s3"/><MemberSource targetGUID="s1"/>'
    sets = f'<Sets><Set guid="9" name="Police">{members}</Set></Sets>'
    naming = Naming(
        variables={"service": "service AREA"},
        values={"service": {"social work": "social-work"}},
        sets={"police": {"service": "police", "method": "survey"}},
    )
    corpus = read(tmp_path, VARIABLES + cases + f"<Sources>{sources}</Sources>" + sets, naming)
    assert corpus.sources[["method", "service", "role"]].to_numpy().tolist() == [
        ["focus group", "social-work", "leader"],  # own before case, case before set; an empty value tells nothing
        ["interview", "social-work", ""],  # two people with two roles
        ["survey", "police", ""],
        ["", "", ""],
    ]
    assert "1 source has several values of role, so none is taken" in corpus.notices
    assert "1 source tells no method" in corpus.notices
    assert "1 case holds parts of sources only, which tells nothing about a whole source" in corpus.notices
    problems = check_values(corpus, {"service": ["police", "health"]}, "corpus.qdpx")
    assert [(problem.place, problem.value) for problem in problems] == [("service, sources 1, 2", "social-work")]


def test_methods_that_are_none_are_problems(tmp_path: Path) -> None:
    sources = f"<Sources>{source('s1', told('v1', 'Walk'))}</Sources>"
    problems = check_values(read(tmp_path, VARIABLES + sources), {}, "corpus.qdpx")
    assert [str(problem) for problem in problems] == [
        "corpus.qdpx, method, source 1: is no method of the study (found: Walk)\n"
        "    -> say under `corpus: values: method:` which of these it is: focus group, interview, survey"
    ]


@pytest.mark.parametrize(
    ("start", "end"), [("-1", "4"), ("x", "4"), ("", "4"), ("5", "4"), ("1.5", "4"), ("1", "9" * 30)]
)
def test_positions_that_are_no_place_are_all_named(tmp_path: Path, start: str, end: str) -> None:
    text = source("s", selection(0, 2, "a") + selection(start, end, "a") + selection("?", 2, "a"))
    with pytest.raises(UserError) as raised:
        read(tmp_path, codes("a") + f"<Sources>{text}</Sources>", s=TEXT)
    assert [problem.place for problem in raised.value.problems] == ["source 1, selection 2", "source 1, selection 3"]


def test_a_text_that_is_not_utf_8_is_named_and_utf_16_with_its_mark_is_read(tmp_path: Path) -> None:
    sources = f"{codes('a')}<Sources>{source('s', selection(0, 7, 'a'))}</Sources>"
    with pytest.raises(UserError, match="source 1: has a text that is not UTF-8"):
        read(tmp_path, sources, s="Más".encode("latin-1"))
    assert excerpt(read(tmp_path, sources, s=TEXT.encode("utf-16")))[-1] == "Waiting"


@pytest.mark.parametrize("namespace", ["urn:QDA-XML:project:1.0", "urn:QDA-XML:project:0:10"])
def test_namespaces_of_both_versions_and_with_a_prefix(tmp_path: Path, namespace: str) -> None:
    text = '<q:TextSource guid="s" name="S"><q:PlainTextContent>Hm</q:PlainTextContent></q:TextSource>'
    xml = f'<q:Project xmlns:q="{namespace}" name="p"><q:Sources>{text}</q:Sources></q:Project>'
    assert read_refi_qda(qdpx(tmp_path, xml)).sources["text"].tolist() == ["Hm"]


def test_a_codebook_is_no_project(tmp_path: Path) -> None:
    path = tmp_path / "codes.qdc"
    path.write_text('<CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes/></CodeBook>', encoding="utf-8")
    with pytest.raises(UserError, match=r"codes.qdc: holds a codebook without sources"):
        read_refi_qda(path)
