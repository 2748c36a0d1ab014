"""The register as a page: its headline, its tables, and where each row can be found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import shipped
from survey_report import register_page
from survey_report.marks import Style
from survey_report.notebook import Desk
from survey_report.reconciliation import Line, reconciliation_csv
from survey_report.results import RECONCILIATION


def desk(build: Path = Path(), *, own: bool = False) -> Desk:
    rendering = shipped.rendering()
    if own:
        rendering = replace(rendering, reading=replace(rendering.reading, shipped=False))
    return Desk(rendering, Style("csrr-2023", True), build)


@pytest.fixture
def build(tmp_path: Path) -> Path:
    return tmp_path


def rows_of(build: Path, lines: Sequence[Line] | None = None) -> pd.DataFrame:
    text = reconciliation_csv(shipped.reconciled().values() if lines is None else lines)
    (build / RECONCILIATION).write_text(text, encoding="utf-8")
    return register_page.register_rows(desk(build))


def test_the_headline_counts_what_people_gave_and_claims_no_more(build: Path) -> None:
    headline, doubt, beside, others, meaning = register_page.register_sentences(rows_of(build), desk())
    assert headline == "**354 of 357 figures computed from answers or session tables match.**"
    assert doubt.startswith("3 are in doubt, because the published report contradicts itself there: [`respondents-")
    for line in shipped.reconciled().values():
        assert (f"(#{line.figure.id})" in doubt) == bool(line.figure.erratum)
    assert "41 of 41 figures about the questionnaire, the coded material" in beside
    assert others == "Of the others, 6 are facts of the study record that nothing computes."
    assert "applies the definitions we assume" in meaning
    assert "validates neither those definitions nor the published figures" in meaning


def test_another_export_is_told_where_it_departs(build: Path) -> None:
    lines = list(shipped.reconciled().values())
    counted = [i for i, line in enumerate(lines) if line.figure.source == "responses" and line.status == "match"]
    for i in counted[:4]:
        lines[i] = replace(lines[i], status="differs", reproduced="7")
    lines[counted[4]] = replace(lines[counted[4]], status="open", reproduced="not shown")
    rows = rows_of(build, lines)
    sentences = register_page.register_sentences(rows, desk(own=True))
    assert sentences[0] == "**349 of 356 figures computed from answers or session tables match.**"
    assert "4 differ from what is published." in sentences
    assert any(sentence.startswith("1 rests on too few people") for sentence in sentences)
    assert "where its answers depart" in sentences[-1]
    assert "made to meet" not in " ".join(sentences)
    apart = register_page.apart_rows(rows)
    assert list(apart["status"]) == ["differs"] * 4 + ["erratum"] * 3
    table = register_page.apart_table(apart)
    assert all(f"](#{lines[i].figure.id})" in table for i in counted[:4])


def test_counts_add_up(build: Path) -> None:
    table = register_page.counts_table(rows_of(build)).split("\n")[2:]
    cells = {line.split("|")[1].strip(): [int(cell) for cell in line.split("|")[2:-1]] for line in table}
    assert cells["Survey answers"] == [328, 0, 3, 0, 0, 331]
    assert cells["**All figures**"] == [395, 0, 3, 6, 0, 404]
    for counts in cells.values():
        assert sum(counts[:-1]) == counts[-1]
    assert [sum(column) for column in zip(*list(cells.values())[:-1], strict=True)] == cells["**All figures**"]


def test_no_row_apart_is_said_in_words(build: Path) -> None:
    lines = [replace(line, status="match") for line in shipped.reconciled().values()]
    apart = register_page.apart_rows(rows_of(build, lines))
    assert "|" not in register_page.apart_table(apart)


def test_every_row_can_be_linked_to_and_stands_under_its_place(build: Path) -> None:
    rows = rows_of(build)
    text = register_page.register_sections(rows, desk().rendering.study)
    anchors = re.findall(r"\{#([\w-]+) \.figure-id\}", text)
    assert sorted(anchors) == sorted(rows["id"])
    headings = re.findall(r"^### (.+) \{#register-([\w-]+)\}$", text, re.MULTILINE)
    assert ("Local services", "services") in headings
    assert ("Respondents", "respondents") in headings
    assert [section for _, section in headings] == list(dict.fromkeys(rows["section"]))
    for title, section in headings:
        assert f"[{title}](#register-{section})" in text.split("\n")[0]
    assert "37 figures: 37 match." in text
    assert "158 figures: 151 match, 1 erratum and 6 stated." in text
    place = ""
    for line in text.split("\n"):
        place = re.sub(r"\\(.)", r"\1", line.split("**")[1]) if line.startswith("| **") else place
        found = re.search(r"\{#([\w-]+) \.figure-id\}", line)
        if found:
            assert place == rows.set_index("id").loc[found[1], "where"]


def test_what_is_said_of_numbers_is_put_in_words(build: Path) -> None:
    text = register_page.register_sections(rows_of(build), desk().rendering.study)
    cells = {
        found[1]: [cell.strip() for cell in line.split("|")[2:5]]
        for line in text.split("\n")
        if (found := re.search(r"\{#([\w-]+) \.figure-id\}", line))
    }
    assert cells["services-quality-of-practice-majority"][0] == "over 50%"
    assert cells["strategic-n-answering"][0] == "at most 93"
    assert cells["relationships-mean-highest"][:2] == ["largest, 3.85", "3.85"]
    assert cells["transitions-change-no-change-range"] == ["38% to 52%", "38% to 52%", "[match]{.status-match}"]
    assert cells["services-sig-integration-none"][0] == "does not differ"
    assert cells["services-sig-integration-none"][1].startswith("p = 0.")
    assert cells["method-sub-questions"] == ["5", "\\-", "[stated]{.status-stated}"]
    assert "Our reading: about level: at most 10 points apart." in text
    assert "Erratum: table2-east-ayrshire-count." in text


def test_text_of_the_register_is_no_markdown(build: Path) -> None:
    rows = rows_of(build)
    rows.loc[0, ["note", "where"]] = ["*a* [b](c) | <i> `d` {{< var x >}}", "e | $f$"]
    text = register_page.register_sections(rows, desk().rendering.study)
    assert r"\*a\* \[b\](c) \| \<i\> \`d\` \{\{\< var x \>\}\}." in text
    assert r"**e \| \$f\$**" in text


def test_a_source_or_section_that_is_not_known_is_shown_by_its_name(build: Path) -> None:
    rows = rows_of(build)
    rows.loc[0, ["source", "section"]] = ["parents_panel", "case-studies"]
    assert "| Parents panel | 0 |" in register_page.counts_table(rows)
    assert "### Case studies {#register-case-studies}" in register_page.register_sections(rows, desk().rendering.study)
