"""The register as a page: the headline, counts by status, the rows that do not match, and all rows by section."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import pandas as pd

from survey_report.escaping import Markdown, bold, escaped, marked, sentences, settled, typeset
from survey_report.frames import each_row
from survey_report.handover import RECONCILIATION
from survey_report.notebook import Desk
from survey_report.pipe_tables import pipe_table
from survey_report.register import Figure
from survey_report.study import Study
from survey_report.wording import listing

STATUSES = ("match", "differs", "erratum", "stated", "open")
# What figures rest on, in the order of the table of counts. The headline counts those that respondents or participants
# gave: the others would agree whatever the answers are.
SOURCES = {
    "responses": "Survey answers",
    "sessions": "Focus groups and interviews",
    "instrument": "The questionnaire",
    "other_seed": "The same survey, told elsewhere",
    "corpus": "Coded qualitative material",
    "study_record": "Study record",
}
COUNTED = ("responses", "sessions")
RELATIONS = {
    "<": "under {}",
    "<=": "at most {}",
    ">": "over {}",
    ">=": "at least {}",
    "is_max": "largest, {}",
    "is_min": "smallest, {}",
}
READINGS = {"ours": "Our reading", "stated": "As the report has it"}
HEADER = ["Figure", "Published", "Here", "Status"]
ALIGN, WIDTHS = "lrrl", (58, 16, 16, 12)


def register_rows(desk: Desk) -> pd.DataFrame:
    """One row a published figure.

    Columns: id, published, reproduced, source, status, section, relation, unit, where, note, erratum, rule, rule_basis.
    """
    compared = pd.read_csv(desk.built(RECONCILIATION) / RECONCILIATION, dtype=str, keep_default_na=False)
    figures = {figure.id: figure for figure in desk.rendering.register.figures}
    for name in ("section", "relation", "unit", "where", "note", "erratum", "rule", "rule_basis"):
        compared[name] = [_text_of(figures[row], name) for row in compared["id"]]
    return compared


@sentences
def register_sentences(rows: pd.DataFrame, desk: Desk) -> list[str]:
    """The headline, what does not match, what is not counted, and what agreement shows and does not show."""
    counted = rows[rows["source"].isin(COUNTED)]
    computed = counted[counted["status"] != "open"]
    by_status = {status: list(computed.loc[computed["status"] == status, "id"]) for status in STATUSES}
    sentences = [
        bold(f"{len(by_status['match'])} of {len(computed)} figures computed from answers or session tables match.")
    ]
    if by_status["erratum"]:
        names = listing(_link(name) for name in by_status["erratum"])
        sentences.append(
            f"{_many(by_status['erratum'], 'is', 'are')} in doubt, because the published report contradicts itself "
            f"there: {names}."
        )
    if by_status["differs"]:
        sentences.append(f"{_many(by_status['differs'], 'differs', 'differ')} from what is published.")
    if unseen := list(counted.loc[counted["status"] == "open", "id"]):
        sentences.append(
            f"{_many(unseen, 'rests', 'rest')} on too few people to be shown or tested here; nothing is compared there."
        )
    return [*sentences, *_beside(rows[~rows["source"].isin(COUNTED)]), _meaning(desk.rendering.reading.shipped)]


def counts_table(rows: pd.DataFrame) -> str:
    """How many figures there are of each status, by what they rest on."""
    counts = pd.crosstab(rows["source"], rows["status"]).reindex(columns=list(STATUSES), fill_value=0)
    known = [source for source in SOURCES if source in counts.index]
    order = [*known, *(str(source) for source in counts.index if source not in SOURCES)]
    lines = [[_source(name), *map(str, counts.loc[name]), str(counts.loc[name].sum())] for name in order]
    lines.append([bold("All figures"), *map(str, counts.sum()), str(len(rows))])
    return pipe_table(["Computed from", *STATUSES, "All"], lines, "lrrrrrr", [40, 10, 10, 10, 10, 10, 10])


def apart_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows that differ, then the errata."""
    return rows[rows["status"].isin(("differs", "erratum"))].sort_values("status", kind="stable")


def apart_table(apart: pd.DataFrame) -> str:
    """The rows of `apart_rows`, each with a link to its place in the register."""
    if apart.empty:
        return "No figure differs, and none is in doubt."
    lines = [
        [f"{marked(f'[[`{row.id}`](#{row.id})]{{.figure-id}}')} {_what(row, row.where)}", *_cells(row)]
        for row in each_row(apart)
    ]
    return pipe_table(HEADER, lines, ALIGN, WIDTHS)


def register_sections(rows: pd.DataFrame, study: Study) -> Markdown:
    """All rows, a heading and a table for each section of the report, under the places where they are printed.

    Each row can be linked to by the figure's id.
    """
    sections = list(rows.groupby("section", sort=False))
    # The contents beside a page leave out headings of embedded cells, so the sections are listed here.
    titles = {str(section): typeset(_section_title(str(section), study)) for section, _ in sections}
    links = (marked(f"[{title}](#register-{section})") for section, title in titles.items())
    parts = [settled(f"By section: {listing(links)}.")]
    for section, part in sections:
        counts = part["status"].value_counts()
        told = listing(f"{counts[status]} {status}" for status in STATUSES if status in counts)
        lines, place = [], ""
        for row in each_row(part):
            if row.where != place:
                lines.append([bold(marked(escaped(row.where))), "", "", ""])
                place = row.where
            lines.append([f"{marked(f'[`{row.id}`]{{#{row.id} .figure-id}}')} {_what(row)}", *_cells(row)])
        parts += [
            Markdown(f"### {titles[str(section)]} {{#register-{section}}}"),
            settled(f"{len(part)} figures: {told}."),
            pipe_table(HEADER, lines, ALIGN, WIDTHS),
        ]
    return Markdown("\n\n".join(parts))


def _beside(others: pd.DataFrame) -> Iterable[str]:
    """What the headline leaves out."""
    checked = others[others["status"].isin(("match", "differs", "erratum"))]
    if len(checked):
        agree = int((checked["status"] == "match").sum())
        yield (
            f"Not counted there: {agree} of {len(checked)} figures about the questionnaire, the coded material, or "
            "this survey in another source agree."
        )
    rest = [
        f"{n} {what}"
        for status, what in (
            ("stated", "are facts of the study record that nothing computes"),
            ("open", "rest on what this export and its coded material cannot tell, and are not compared"),
        )
        if (n := int((others["status"] == status).sum()))
    ]
    if rest:
        yield f"Of the others, {listing(rest)}."


def _meaning(shipped: bool) -> str:
    if shipped:
        return (
            "The shipped answers were made to meet the published figures. That they do shows that the pipeline applies "
            "the definitions we assume. It validates neither those definitions nor the published figures."
        )
    return (
        "This export is not the one that comes with the study. A figure that differs shows where its answers depart "
        "from what was published, which is no error in itself; one that matches validates neither our definitions nor "
        "the published figure."
    )


def _cells(row: Any) -> list[str]:
    """What is published, what is reproduced, and the status."""
    published = RELATIONS.get(row.relation, "{}").format(row.published)
    texts = [_with_unit(text, row.unit) or "-" for text in (published, row.reproduced)]
    return [*texts, marked(f"[{row.status}]{{.status-{row.status}}}")]


def _what(row: Any, place: str = "") -> str:
    """What else to know of a row: its note, the reading behind its rule, its erratum."""
    comment = row.rule.partition("#")[2].strip()
    told = [row.note, place, comment and f"{READINGS.get(row.rule_basis, 'Rule')}: {comment}"]
    told.append(row.erratum and f"Erratum: {row.erratum}")
    return marked(escaped(" ".join(f"{part.rstrip('.')}." for part in told if part)))


def _with_unit(text: str, unit: str) -> str:
    return re.sub(r"\d+(\.\d+)?", r"\g<0>%", text) if unit == "percent" else text


def _text_of(figure: Figure, name: str) -> str:
    return str(getattr(figure, name))


def _source(name: str) -> str:
    return SOURCES.get(name, name.replace("_", " ").capitalize())


def _section_title(section: str, study: Study) -> str:
    """The scale's title, the grouping's label, or the section's name in capitals."""
    titles = {grouping.id: grouping.label for grouping in study.groupings} | {s.id: s.title for s in study.scales}
    return titles.get(section, section.replace("-", " ").capitalize())


def _many(rows: list[Any], one: str, several: str) -> str:
    return f"{len(rows)} {one if len(rows) == 1 else several}"


def _link(name: str) -> str:
    return marked(f"[`{name}`](#{name})")
