"""Labels are text, never markup: whatever a study's texts say, tables and sentences print just that."""

from __future__ import annotations

import ast
import json
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pypandoc
import pytest
import yaml

import shipped
from survey_report import (
    cluster_text,
    comparison_text,
    escaping,
    instrument_tables,
    narrative,
    no_answer_text,
    profile_pages,
    profile_tables,
    profile_text,
    readings,
    supplement_tables,
    tables,
    voices_text,
    waves_tables,
    waves_text,
)
from survey_report.disclosure.sets import protected_answers, study_sets
from survey_report.documents import general_sources
from survey_report.escaping import Markdown, escaped, marked, settled, typeset
from survey_report.findings.changing import change_findings
from survey_report.findings.comparing import comparing_findings
from survey_report.findings.measuring import measurement_findings
from survey_report.findings.no_answers import NoAnswers
from survey_report.findings.profile import profile_findings
from survey_report.findings.profile_groups import profile_groups
from survey_report.findings.profiles import all_profiles
from survey_report.findings.waves import wave_findings
from survey_report.finish import finish
from survey_report.handover import CARRIED
from survey_report.marks import Style
from survey_report.numbers import Number
from survey_report.results import study_facts
from survey_report.stitch.cells import quoted
from survey_report.study import Study

# Everything at once that Markdown, Quarto, HTML, Word, Typst or LaTeX would act on, on more than one line.
PAYLOAD = (
    "<img src=x onerror=a()> `<script>b()</script>`{=html} [c]{onclick=\"d()\" style='e'} [f](javascript:g) "
    "![h](i.png) @work [@work] $x^2$ {{< env HOME >}} {{< include /etc/passwd >}} {{{< var a >}}} **j** _k_ ~~l~~ "
    "m^n^ o~p~ ^[q] "
    "`=1`{=openxml} `#r`{=typst} \\textbf{s} <!-- t --> &lt; | u | {#v .w} --- ... <https://x.example> \\\\\n\n"
    "] [ ]] ](x) [[ \\] \" ' }} {\n"
    "::: {.y}\n# z\n- 1. a\n"
)
FLAT = escaping.one_line(PAYLOAD).strip()
LABELS = re.compile(
    r"(?:.*_)?(?:label|title|heading|short|phrase|by|answer|subject|topic|organisation|wave|author|citation|text|note|"
    r"attribution|part|basis|name|reason|words|low|high|where|where_not|left_out|unit|cluster|quote)(?:_[ab])?$"
)
NOT_THESE = {"method", "id", "key", "kind"}
ACTIVE = {"RawInline", "RawBlock", "Math", "Cite", "Image", "Note", "Code", "CodeBlock", "LineBlock", "Header", "Div",
          "Strikeout", "Superscript", "Subscript", "OrderedList", "DefinitionList", "BlockQuote"}  # fmt: skip
CLASSES = {"invented", "reproduced", "corrected", "number", "hidden-value", "invented-text", "figure-id"}


def hostile(found: Any, name: str = "") -> Any:
    """Findings or a study whose every text for people goes on with the payload."""
    if isinstance(found, Number):
        return found if re.search(r"\d", found.text) else replace(found, text=found.text + PAYLOAD)
    if isinstance(found, pd.DataFrame):
        changed = found.copy()
        for column in changed.columns:
            texts = changed[column].map(lambda value: isinstance(value, str))
            if LABELS.fullmatch(str(column)) and texts.any():
                changed[column] = [f"{v}{PAYLOAD}" if isinstance(v, str) and v else v for v in changed[column]]
        return changed
    if is_dataclass(found) and not isinstance(found, type):
        changes = {f.name: hostile(getattr(found, f.name), f.name) for f in fields(found) if f.init}
        return replace(found, **{key: value for key, value in changes.items() if value is not getattr(found, key)})
    if isinstance(found, str):
        return found + PAYLOAD if found and LABELS.fullmatch(name) else found
    if isinstance(found, Mapping):
        return {key: hostile(value, name if isinstance(value, str) else "") for key, value in found.items()}
    if isinstance(found, tuple):
        return tuple(hostile(value, name if isinstance(value, str) else "") for value in found)
    return found


def tree(markdown: str) -> list[Any]:
    program = [pypandoc.get_pandoc_path(), "-f", "markdown", "-t", "json"]
    done = subprocess.run(program, input=markdown, capture_output=True, text=True, encoding="utf-8", check=True)
    blocks: list[Any] = json.loads(done.stdout)["blocks"]
    return blocks


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "t" in value:
            yield value
        for part in value.values():
            yield from nodes(part)
    elif isinstance(value, list):
        for part in value:
            yield from nodes(part)


def words(value: Any) -> str:
    """The text of a tree, with quotation marks straight."""
    made = []
    for node in nodes(value):
        made.append({"Str": node.get("c"), "Space": " ", "SoftBreak": " "}.get(node["t"], ""))
    return re.sub("[\"'‘’“”]", "", "".join(str(part) for part in made if part))


def check(markdown: str, what: str, allowed: Sequence[str] = ()) -> int:
    """That nothing in the Markdown acts but marks of ours; gives how often the payload is printed."""
    assert escaping._TOKEN not in markdown, what
    assert "{{<" not in re.sub(r"\\.", "", markdown), what
    blocks = tree(markdown)
    for node in nodes(blocks):
        kind = node["t"]
        assert kind not in ACTIVE - set(allowed), (what, node)
        if kind == "Link":
            assert node["c"][2][0].startswith("/report/csrr-2023/register.qmd#"), (what, node)
        if kind in ("Span", "Link"):
            assert not node["c"][0][0], (what, node)
            assert set(node["c"][0][1]) <= CLASSES, (what, node)
            assert {key for key, _ in node["c"][0][2]} <= {"data-key"}, (what, node)
    plain = re.sub("[\"']", "", FLAT)
    # A table or a sentence may hold a label in lower case at its first letter; the payload follows it.
    return words(blocks).replace("\u00a0", " ").count(plain)


@cache
def study() -> Study:
    found: Study = hostile(shipped.rendering().study)
    return found


STYLES = [Style("csrr-2023", synthetic, keyed=True) for synthetic in (True, False)]


def written(style: Style) -> Iterator[tuple[Callable[..., Any], Any]]:
    """Every function that writes Markdown, with what it writes of hostile findings."""
    of, people = study(), hostile(shipped.people())
    theme, levels = hostile(shipped.theme("services")), hostile(shipped.levels("integration"))

    def call(write: Callable[..., Any], *args: Any, **options: Any) -> tuple[Callable[..., Any], Any]:
        return write, write(*args, **options)

    yield call(narrative.flow_sentences, people, style)
    yield call(narrative.people_sentences, people, of, style)
    yield call(narrative.item_sentences, theme, style)
    yield call(narrative.group_sentences, theme, style)
    yield call(narrative.change_sentences, theme, of, style)
    yield call(narrative.level_sentences, levels, of, style)
    yield call(tables.breakdown_table, people, people.main_groupings, style, first=f"Group{PAYLOAD}")
    yield call(tables.keyed_table, people.flow, people.numbers, style, ["Step", "Rows"])
    yield call(tables.items_table, theme, style)
    yield call(tables.changes_table, theme, style)
    yield call(tables.means_table, theme, style)
    yield call(tables.pairs_table, theme, style)
    unanswered = [NoAnswers(f"Item{PAYLOAD}", {f"Unknown{PAYLOAD}": 12}, (f"Refused{PAYLOAD}",), 7)]
    yield call(no_answer_text.no_answer_sentences, unanswered * 2, 5, style)
    yield call(tables.levels_table, levels, style)
    clustered = hostile(shipped.clustered("integration"))
    yield call(cluster_text.clustered_table, clustered, style)
    yield call(cluster_text.equivalence_table, clustered, style)
    yield call(cluster_text.cluster_sentences, clustered, 0.05, style)
    yield call(cluster_text.bounds_sentences, clustered, 0.05, style)
    comparing = hostile(comparing_findings(shipped.rendering(), "services"))
    yield call(comparison_text.sizes_table, comparing, style)
    yield call(comparison_text.differences_table, comparing, style)
    yield call(comparison_text.sensitivity_table, comparing, style)
    yield call(comparison_text.conclusion_sentences, comparing, style)
    every = hostile(shipped.comparisons())
    yield call(comparison_text.all_table, every, style)
    yield call(comparison_text.all_sentences, every, style)
    yield call(instrument_tables.questions_table, of)
    yield call(instrument_tables.response_sets_table, of)
    yield call(instrument_tables.sources_table, of)
    measuring = hostile(measurement_findings(shipped.rendering()))
    yield call(supplement_tables.scales_table, measuring, style)
    yield call(supplement_tables.item_statistics_table, measuring, style)
    against = replace(
        measuring, items=measuring.items.assign(item_rest=-0.2), scales=measuring.scales.assign(alpha=0.4)
    )
    yield call(supplement_tables.consistency_sentences, against)
    yield call(supplement_tables.complete_sentences, measuring, style)
    yield call(supplement_tables.answers_table, measuring, of, style)
    yield call(supplement_tables.missing_table, measuring, style)
    yield call(supplement_tables.missing_by_group_table, measuring, style)
    changing = hostile(change_findings(shipped.rendering()))
    yield call(supplement_tables.balances_table, changing, of, style)
    yield call(supplement_tables.balances_by_group_table, changing, style)
    yield call(supplement_tables.differences_table, changing, style)
    yield call(supplement_tables.group_differences_table, changing, style)
    voices = hostile(shipped.voices()["services"])
    yield call(voices_text.raised_table, voices, style)
    yield call(voices_text.together_table, voices, style)
    yield call(voices_text.agreement_table, voices, style)
    yield call(voices_text.quotations_table, voices, invented=True)
    yield call(voices_text.voices_sentences, voices, style)
    yield call(voices_text.agreement_sentences, voices, style)
    waves = hostile(wave_findings(shipped.rendering(), shipped.rendering()))
    tell_all = {name: getattr(waves, name).assign(differs=True) for name in ("people", "items", "scales")}
    waves = replace(waves, **tell_all)  # a wave beside itself has no change, and the sentences would name nothing
    yield call(waves_text.summary_sentences, waves, style)
    yield call(waves_text.people_sentences, waves, style)
    yield call(waves_text.item_sentences, waves, style)
    yield call(waves_text.limit_sentences, waves, of, style)
    yield call(waves_tables.people_table, waves, style)
    yield call(waves_tables.scales_table, waves, style)
    yield call(waves_tables.items_table, waves, style)
    yield call(waves_tables.groups_table, waves, "services", style)


# Those that another test of this file looks at, that tell numbers only, or that the shipped study has nothing for.
ELSEWHERE = {"margins_table", "weighted_table", "weighting_sentences", "readings_table", "readings_sentences",
             "index_table"}  # fmt: skip
MODULES = (cluster_text, comparison_text, instrument_tables, narrative, profile_tables, profile_text, readings,
           supplement_tables, tables, voices_text, waves_tables, waves_text)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("style", STYLES, ids=["invented", "real"])
def test_no_text_of_a_study_acts_as_markup(style: Style) -> None:
    printed = {}
    for write, made in [*written(style), *of_a_profile(style)]:
        text = made if isinstance(made, str) else "\n".join(f"- {sentence}" for sentence in made)
        assert isinstance(made, (Markdown, list)), write.__name__
        printed[f"{write.__module__}.{write.__name__}"] = check(text, write.__name__)
    without = {name for name, count in printed.items() if not count}
    # These print numbers and words of their own; all others print texts of the study.
    assert {name.rpartition(".")[2] for name in without} <= {
        "flow_sentences", "all_sentences", "limit_sentences", "chance_sentences", "raised_sentences",
        "conclusion_sentences",
    }  # fmt: skip
    writers = {
        f"{module.__name__}.{node.name}"
        for module in MODULES
        for node in ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and re.fullmatch(r"[a-z]\w*_(?:table|sentences)", node.name)
    }
    assert {name for name in writers - printed.keys() if name.rpartition(".")[2] not in ELSEWHERE} == set()


def of_a_profile(style: Style) -> Iterator[tuple[Callable[..., Any], Any]]:
    rendering = shipped.rendering()
    profiles = all_profiles(rendering, protected_answers(rendering, study_sets(rendering)))
    group = next(g for g in profile_groups(rendering.study) if g.grouping == "service")
    profile, of = hostile(profile_findings(rendering, profiles, group.grouping, group.group)), study()
    for write, args in (
        (profile_text.opening_sentences, (profile, style)),
        (profile_text.scale_sentences, (profile, style)),
        (profile_text.item_sentences, (profile, of, style)),
        (profile_text.change_sentences, (profile, style)),
        (profile_text.raised_sentences, (profile,)),
        (profile_text.chance_sentences, (profile, of, style)),
        (profile_tables.scales_table, (profile, style)),
        (profile_tables.items_table, (profile, style)),
        (profile_tables.all_items_table, (profile, style)),
        (profile_tables.changes_table, (profile, style)),
        (profile_tables.raised_table, (profile, style)),
    ):
        yield write, write(*args)  # type: ignore[operator]


def test_facts_and_documents_print_texts_as_they_are() -> None:
    of = study()
    for name, fact in study_facts(of).items():
        check(typeset(fact), name)
    assert words(tree(typeset(study_facts(of)["title"]))).count(re.sub("[\"']", "", FLAT)) == 1
    other = replace(of, id="another")
    sources = general_sources(shipped.ROOT, other)
    for name, text in sources.items():
        for shortcode in re.findall(r"\{\{<\s*(\w+)", text):
            assert shortcode in ("var", "embed", "include"), name
        assert "/etc/passwd >}}" not in text, name
        assert "onclick=" not in "".join(str(n["c"][0]) for n in nodes(tree(text)) if n["t"] in ("Span", "Div", "Link"))
    headings = [n for n in nodes(tree(sources["report/another/supplementary.qmd"])) if n["t"] == "Header"]
    assert any("onerror" in words(heading) for heading in headings)


def test_a_profile_of_any_name_has_a_front_matter_that_yaml_reads() -> None:
    group = next(g for g in profile_groups(shipped.rendering().study))
    named = replace(group, label='"x": \\ %book% ' + PAYLOAD, heading="%name%" + PAYLOAD)
    template = (shipped.ROOT / "report" / "any-study" / "profile.qmd").read_text(encoding="utf-8")
    source = profile_pages.profile_source(template, named, study(), set())
    front = yaml.safe_load(source.split("---")[1] if source.count("\n---\n") else source)
    front = yaml.safe_load(re.match(r"---\n(.*?)\n---\n", source, re.S)[1])  # type: ignore[index]
    assert words(tree(front["title"])) == re.sub("[\"']", "", escaping.one_line('"x": \\ %book% ' + PAYLOAD).strip())


@pytest.mark.parametrize(
    "text",
    ["1. a", "(1) b", "a) x", "iv. x", "#. x", "- x", "-", "+ a", "* a", ": x", "::: {.x}", "::::", "> q", "| line",
     "% title", "---", "===", "~~~", "```", "# h", "a -- b --- c", "and so on...", "a\nb", "R&D &amp;", "x | y",
     "[^1]: z", "[a]: b", "2019. Was a year", "-0.3 to 0.4", "@", "a\\", "\\", "  spaces  ", "`", "**", "<", "http://x.example"],
)  # fmt: skip
def test_a_text_alone_prints_itself(text: str) -> None:
    said = " ".join(text.split())
    for markdown in (typeset(text), escaped(text), settled(text), settled(f"{text} {marked('*i*')}")):
        for block in (markdown, f"- {markdown}", f"# {markdown}", f"| a |\n|---|\n| {markdown} |"):
            got = tree(block)
            assert words(got).removesuffix(" i").removeprefix("a" if "|---|" in block else "").strip() == said, block
            assert not [n for n in nodes(got) if n["t"] in ACTIVE - {"Header"}], block


BREAKING = ["]", "[", "]]", "](x)", "\\]", '"', "'", "\\", "} ]", "]{.x}", PAYLOAD]


@pytest.mark.parametrize("breaking", BREAKING)
@pytest.mark.parametrize("kind", ["fig", "tbl"])
def test_captions_and_alt_texts_print_labels_and_one_link_of_ours(kind: str, breaking: str) -> None:
    """As `finish` writes them: a label in the words of the link to the data closes no bracket around it."""
    said = f"Of {breaking} `<img src=x onerror=a()>`{{=html}} @work $x$ ![i](j) [k](l) **m**"
    carried = {"caption": said, "alt": said, "csv": "a\n1\n"}
    output = {"output_type": "display_data", "data": {}, "metadata": {CARRIED: carried}}
    cell = {"cell_type": "code", "metadata": {}, "source": f"#| label: {kind}-a\n1", "outputs": [output]}
    (done,) = finish({"cells": [cell]}, {"study": "s"}).notebook["cells"]
    options = yaml.safe_load("\n".join(line[3:] for line in done["source"].split("\n") if line.startswith("#| ")))
    found = list(nodes(tree(options[f"{kind}-cap"])))
    assert not [node for node in found if node["t"] in ACTIVE - {"Span"} | {"Strong", "Emph"}]
    (link,) = [node for node in found if node["t"] == "Link"]
    assert link["c"][2][0] == f"/_build/s/findings/downloads/{kind}-a.csv"
    plain = escaping.plain_words(said)
    assert link["c"][0][2] == [["aria-label", f"Data as CSV: {plain}"]]
    if kind == "fig":
        images = nodes(tree(f"![](a.svg){{fig-alt={quoted(options['fig-alt'])}}}"))
        (image,) = [node for node in images if node["t"] == "Image"]
        assert image["c"][0][2] == [["fig-alt", " ".join(plain.split())]]
        assert words(image["c"][1]) == ""


def test_characters_that_nobody_sees_reach_no_page() -> None:
    assert typeset("Zeta\u202eltr\u2066\u200b\ufeff\x00") == "Zetaltr"
    assert escaping.visible("می\u200cخواهم 👩\u200d💻") == "می\u200cخواهم 👩\u200d💻"


def test_no_text_can_pass_for_markup_of_ours() -> None:
    forged = re.sub("[0-9a-f]{16}", "0123456789abcdef", marked("<b>"))
    assert "\\<b\\>" in settled(forged)
    assert settled(settled("a_b")) == "a\\_b"
