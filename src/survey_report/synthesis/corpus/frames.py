"""The invented corpus as three frames: sources with their variables, the code tree, coded excerpts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from survey_report.cleaning import clean
from survey_report.errors import Problem, raise_if_any
from survey_report.exports.export import Export
from survey_report.exports.metadata import COMPLETED, FINISHED
from survey_report.spelling import meant
from survey_report.study import Study
from survey_report.synthesis.corpus.allocation import allocate
from survey_report.synthesis.corpus.answers import found_passages
from survey_report.synthesis.corpus.bank import SURVEY, Bank, slug
from survey_report.synthesis.corpus.coding import Excerpt, Text, first_coding, second_coding
from survey_report.synthesis.corpus.fixed import read_fixed
from survey_report.synthesis.corpus.transcripts import tell

SOURCE_COLUMNS = ["source", "name", "method", "respondent"]  # then the bank's variables, then the text
CODE_COLUMNS = ["code", "name", "parent", "path", "valence"]
EXCERPT_COLUMNS = ["source", "code", "coder", "start", "end", "text"]
PATH = " > "


@dataclass(frozen=True)
class SyntheticCorpus:
    """An invented corpus; `name` and `description` say that it is one.

    `sources`: source (the name in lower case with hyphens), name, method, respondent, the bank's variables (ids of the
    study's categories, empty where none), text. A survey source is one open answer; its respondent is the number of the
    complete one in the order of the export, and empty for sessions.
    `codes`: code, name, parent (empty at the top), path, valence (of the leaves), in the order of the tree.
    `excerpts`: source, code, coder, start, end, text; offsets count Unicode code points of the source's text, `end` is
    the first one that no longer belongs to the excerpt.
    """

    name: str
    description: str
    sources: pd.DataFrame
    codes: pd.DataFrame
    excerpts: pd.DataFrame


def synthetic_corpus(study: Study, export: Export, bank: Bank) -> SyntheticCorpus:
    """The corpus of `study`: the open answers of complete respondents in `export`, and the sessions of the bank.

    Survey sources are made from the export as it was read, one for each open answer, and coded where passages of the
    bank stand in them; what a synthetic export and the corpus say is therefore the same. Same inputs, same frames.
    Raises UserError when the export does not fit the study, or its answers are not of this bank.
    """
    sources, texts = _answers(study, export, bank)
    for told in tell(study, bank, allocate(study, bank)):
        session = told.session
        values = {variable: session.variables.get(grouping, "") for variable, grouping in bank.variables.items()}
        head = {"source": session.id, "name": session.name, "method": session.method, "respondent": ""}
        sources.append(head | values | {"text": told.text})
        texts.append(Text(session.id, session.method, told.text, told.places))
    fixed = read_fixed(study, bank)
    certain = {one.theme for one in fixed} | set(bank.limits)
    apart = {one.theme for one in fixed if one.examples}
    excerpts = [*first_coding(bank, texts), *second_coding(bank, texts, certain, apart)]
    return SyntheticCorpus(
        bank.name,
        bank.description,
        pd.DataFrame(sources, columns=[*SOURCE_COLUMNS, *bank.variables, "text"], dtype="str"),
        code_tree(bank),
        _excerpt_frame(excerpts, texts),
    )


def code_tree(bank: Bank) -> pd.DataFrame:
    """Sections, themes and subthemes as codes, each below its parent."""
    rows: dict[str, tuple[str, str, str, str, str]] = {}
    for theme in bank.themes:
        section, middle = theme.top, theme.parent
        path = f"{theme.section}{PATH}{theme.theme}"
        rows.setdefault(section, (section, theme.section, "", theme.section, ""))
        rows.setdefault(middle, (middle, theme.theme, section, path, ""))
        rows[theme.id] = (theme.id, theme.subtheme, middle, f"{path}{PATH}{theme.subtheme}", theme.valence)
    return pd.DataFrame(list(rows.values()), columns=CODE_COLUMNS, dtype="str")


def _answers(study: Study, export: Export, bank: Bank) -> tuple[list[dict[str, str]], list[Text]]:
    respondents, flow = clean(export, study)
    finished = meant(export.responses[COMPLETED], FINISHED).eq(True)
    rows = export.responses[finished]
    if len(rows) != flow.complete:
        what = f"{len(rows) - flow.complete} finished rows are left out as previews, tests or repetitions"
        raise_if_any([Problem(export.name, COMPLETED, "", what, "use the export that the generator wrote")])
    values = {name: _ids(respondents[study.column(grouping)]) for name, grouping in bank.variables.items()}
    titles = {scale.id: scale.title for scale in study.scales}
    sources: list[dict[str, str]] = []
    texts = []
    strange = []
    for place, (row, answers) in enumerate(rows.iterrows()):
        for question in study.open_questions:
            text = str(answers[question.column])
            if not text or not respondents[question.column].iloc[place]:
                continue
            respondent = f"{place + 1:04d}"
            name = f"Respondent {respondent}: {titles[question.scale]}, {question.short.lower()}"
            source = slug(name)
            head = {"source": source, "name": name, "method": SURVEY, "respondent": respondent}
            sources.append(head | {variable: ids[place] for variable, ids in values.items()} | {"text": text})
            places = tuple(found_passages(bank, question, text))
            texts.append(Text(source, SURVEY, text, places))
            if not places:
                what = "no passage of the bank stands in this answer"
                remedy = "make the export anew: survey-report synthesise"
                strange.append(Problem(export.name, f"row {row}, column {question.column}", "", what, remedy))
    raise_if_any(strange)
    return sources, texts


def _ids(column: pd.Series) -> list[str]:
    return ["" if pd.isna(value) else str(value) for value in column]


def _excerpt_frame(excerpts: Sequence[Excerpt], texts: Sequence[Text]) -> pd.DataFrame:
    """Excerpts by source in the order of the sources, then by place and coder."""
    order = {text.id: place for place, text in enumerate(texts)}
    words = {text.id: text.text for text in texts}
    ordered = sorted(excerpts, key=lambda e: (order[e.source], e.start, e.end, e.coder, e.code))
    rows = [(e.source, e.code, e.coder, e.start, e.end, words[e.source][e.start : e.end]) for e in ordered]
    frame = pd.DataFrame(rows, columns=EXCERPT_COLUMNS)
    kinds = {name: "int64" if name in ("start", "end") else "str" for name in EXCERPT_COLUMNS}
    return frame.astype(kinds)
