"""A small invented study of library users, written to a folder: nothing in it is as in the first one."""

from __future__ import annotations

import csv
from pathlib import Path

STUDY = """
id: libraries
title: Library users
short_title: Library users
organisation: Nobody
wave: "1"
language: en-GB
opened: 2021-03-01
closed: 2021-03-20
report_author: Nobody
report_date: 2021-05-01
citation: "Nobody (2021)"
export: {file: data/export.csv, synthetic_column: Kind, synthetic_values: [made up]}
instrument: instrument.csv
categories: categories.csv
published: published.csv
errata: errata.csv
corrections: corrections.csv
released: released.csv
participants: participants.csv
sessions: sessions.csv
conditions: conditions.yml
response_sets:
  four:
    options:
      - {id: often, answer: Often, score: 4, side: positive}
      - {id: at-times, answer: At times, score: 3, side: positive}
      - {id: seldom, answer: Seldom, score: 2, side: negative}
      - {id: never, answer: Never, score: 1, side: negative}
    missing:
      - {id: no-idea, answer: No idea}
    measures: {positive: pct_often, neutral: pct_neither, negative: pct_seldom}
    words: {positive: often or at times, neutral: neither, negative: seldom or never}
  five:
    options:
      - {id: much-better, answer: Much better, score: 5, side: positive}
      - {id: better, answer: Better, score: 4, side: positive}
      - {id: same, answer: The same, score: 3, side: neutral}
      - {id: worse, answer: Worse, score: 2, side: negative}
      - {id: much-worse, answer: Much worse, score: 1, side: negative}
    missing:
      - {id: no-idea, answer: No idea}
    measures: {positive: pct_better, neutral: pct_same, negative: pct_worse}
    words: {positive: better, neutral: the same, negative: worse}
scales:
  - {id: borrowing, title: Borrowing, subject: borrowing}
  - {id: visits, title: Visits, subject: visits}
groupings:
  - {id: branch, label: Branch, by: branch, tested: true, count: n_branches}
  - {id: member, label: Membership, by: membership, tested: true, count: n_memberships}
periods:
  - {id: last_year, label: Last year, phrase: over the last year}
item_counts:
  - {id: n_items_at_least_70, share: positive, at_least: 70}
thresholds: {min_group: 5, min_cell: 3, min_answered: 0.5, alpha: 0.05, min_test_group: 8}
"""

SYNTHESIS = """
seed: 7
shares: {}
blank_closed: 0
affinities: []
between_scales: 0.3
scales:
  borrowing: {agreement: 0.5, positive_end: 0.4, negative_end: 0.4, spread: [0.5, 0.8]}
  visits: {agreement: 0.5, positive_end: 0.4, negative_end: 0.4, spread: [0.5, 0.8]}
wider: []
margins: {differs: 0.03, quiet: 0.07, calm: 0.1, widened: []}
items: synthesis_items.csv
knowledge: synthesis_knowledge.csv
open_answers: {how_many: [1], weights: {remarks: 1}, abandoned: 0.2, bank: bank.yml}
abandoned: {decay: 0.8, blank: 0.05}
"""

BANK = """
name: Made up
description: Made up.
seed: 3
themes: themes.csv
crosswalk: crosswalk.csv
passages: [passages.csv]
glue: glue.csv
questions: [{section: rooms, scales: [visits]}]
valences: {remarks: [wish]}
answers: {passages: [70, 30], opener: 20, closer: 20, link: 50, most_uses: 100}
named_service: 1
variables: {branch: branch}
methods: []
coding:
  {coders: [one, two], overlap: 20, agree: 80, hard_themes: 0, agree_hard: 0, same_stretch: 90, neighbour: 50, extra: 0}
"""

ITEMS = {"borrowing": ["books", "films", "music"], "visits": ["alone", "with_children", "events", "study"]}
LOWER = "mean(scale) < mean('borrowing')"
LOWER = "mean(scale) < mean('borrowing')"
# id, scale, item, group_by, group, measure, period, relation, value, decimals, rule
PUBLISHED = [
    ("complete", "", "", "overall", "all", "n_complete", "none", "=", "240", "0", ""),
    ("incomplete", "", "", "overall", "all", "n_incomplete", "none", "=", "31", "0", ""),
    ("writers", "", "", "overall", "all", "n_open_answer", "none", "=", "77", "0", ""),
    ("town-n", "", "", "branch", "town", "n", "none", "=", "120", "0", ""),
    ("harbour-n", "", "", "branch", "harbour", "n", "none", "=", "80", "0", ""),
    ("hill-n", "", "", "branch", "hill", "n", "none", "=", "40", "0", ""),
    ("members-pct", "", "", "member", "yes", "pct", "none", "=", "62.5", "1", ""),
    ("books", "borrowing", "books", "overall", "all", "pct_often", "current", "=", "81", "0", ""),
    ("music-max", "borrowing", "music", "overall", "all", "pct_often", "current", "<", "50", "0", ""),
    ("borrowing-70", "borrowing", "", "overall", "all", "n_items_at_least_70", "current", "=", "2", "0", ""),
    ("borrowing-mean", "borrowing", "", "overall", "all", "mean", "current", "=", "2.81", "2", ""),
    ("borrowing-hill", "borrowing", "", "branch", "hill", "mean", "current", "=", "2.40", "2", ""),
    ("town-hill", "borrowing", "", "branch", "town|hill", "significant_pair", "current", "differs", "", "", ""),
    ("members-alike", "borrowing", "", "member", "all", "significant_pair", "current", "not_differs", "", "", ""),
    ("visits-mean", "visits", "", "overall", "all", "mean", "current", "=", "2.5", "1", ""),
    ("visits-lower", "visits", "", "overall", "all", "mean", "current", "<", "2.81", "2", LOWER),
    ("books-better", "borrowing", "", "overall", "all", "pct_better", "last_year", "=", "40", "0", ""),
    ("alone-n", "visits", "alone", "overall", "all", "n_base", "current", "=", "200", "0", ""),
    ("alone-seldom", "visits", "alone", "overall", "all", "n_seldom", "current", "=", "90", "0", ""),
    ("books-worse", "borrowing", "", "overall", "all", "pct_worse", "last_year", "<", "20", "0", ""),
]  # fmt: skip
COLUMNS = [
    "id", "scale", "item", "group_by", "group", "measure", "period", "relation", "value", "decimals", "rule",
]  # fmt: skip
REST = [
    "section",
    "kind",
    "source",
    "value_high",
    "unit",
    "where",
    "note",
    "basis",
    "erratum",
    "theme_id",
    "rule_basis",
]


def write_second_study(folder: Path) -> Path:
    """Write the study's files into a folder in `folder` and return it."""
    folder = folder / "libraries"
    folder.mkdir(parents=True)
    for name, text in (("study.yml", STUDY), ("synthesis.yml", SYNTHESIS), ("conditions.yml", "{}\n")):
        (folder / name).write_text(text, encoding="utf-8")
    ratings = [
        (f"{scale}-{item}", f"{scale}_{item}", "rating", scale, item, "four", "current")
        for scale, items in ITEMS.items()
        for item in items
    ]
    questions = [
        ("branch", "branch", "demographic", "", "branch", "single_choice", ""),
        ("member", "member", "demographic", "", "member", "single_choice", ""),
        *ratings,
        ("borrowing-change", "borrowing_change", "change_over_time", "borrowing", "", "five", "last_year"),
        ("remarks", "remarks", "open", "visits", "remarks", "free_text", ""),
    ]
    names = ["id", "column", "type", "scale", "item", "response_type", "period"]
    more = ["short", "label", "basis", "categories_basis", "asked_if", "asked_of", "routing", "frame", "where", "note"]
    extra = {"short": "Short", "label": "Long", "basis": "assumed", "asked_of": "all"}
    rows = [dict(zip(names, q, strict=True)) | {key: extra.get(key, "") for key in more} for q in questions]
    _table(folder / "instrument.csv", [*names, *more], rows)
    categories = [("branch", b) for b in ("town", "harbour", "hill")] + [("member", m) for m in ("yes", "no")]
    cells = [{"question": q, "id": c, "label": c.title(), "phrase": c, "answer": c.title()} for q, c in categories]
    _table(folder / "categories.csv", ["question", "id", "label", "phrase", "answer"], cells)
    register = [dict(zip(COLUMNS, row, strict=True)) | dict.fromkeys(REST, "") for row in PUBLISHED]
    for row in register:
        row |= {"source": "responses", "section": "all", "kind": "count", "basis": "stated"}
    _table(folder / "published.csv", [*COLUMNS, *REST], register)
    rated = [q[0] for q in ratings] + ["borrowing-change"]
    rates = {"pct_positive": "", "pct_negative": "", "dont_know": "4", "not_applicable": "0", "blank": "1"}
    shares = [{"question": question, **rates} for question in rated]
    _table(folder / "synthesis_items.csv", list(shares[0]), shares)
    factors = {"dont_know": "5", "not_applicable": "1"}
    factors = {"dont_know": "5", "not_applicable": "1"}
    knowledge = {"of": "borrowing-films", "grouping": "branch", "group": "hill", **factors}
    _table(folder / "synthesis_knowledge.csv", list(knowledge), [knowledge])
    _bank(folder)
    for name, header in (
        ("errata", "id,where,published,expected,evidence,figure_ids,arithmetic"),
        ("corrections", "figure_id,erratum,value,reason"),
        ("released", "figure_id,where"),
        ("participants", "method,group,label,participants,table"),
        ("sessions", "method,mode,sessions"),
    ):
        (folder / f"{name}.csv").write_text(header + "\n", encoding="utf-8")
    return folder


def _bank(folder: Path) -> None:
    """A bank of four passages on two themes, one of them for one branch only."""
    (folder / "bank.yml").write_text(BANK, encoding="utf-8")
    wish = {"section": "rooms", "valence": "wish", "methods": "survey", "where": "", "description": ""}
    themes = [
        {"id": "rooms-space-chairs", "theme": "space", "subtheme": "chairs", "services": "anybody"},
        {"id": "rooms-space-moorings", "theme": "space", "subtheme": "moorings", "services": "boat people"},
    ]
    _table(folder / "themes.csv", [*themes[0], *wish], [theme | wish for theme in themes])
    labels = [("anybody", "none", ""), ("boat people", "branch", "harbour")]
    rest = {"found_in": "themes", "figures_group": "", "note": ""}
    crosswalk = [dict(zip(("label", "kind", "survey_id"), label, strict=True)) | rest for label in labels]
    _table(folder / "crosswalk.csv", list(crosswalk[0]), crosswalk)
    said = [
        ("rooms-space-chairs", "", "More chairs, please."),
        ("rooms-space-chairs", "hill", "Up here we sit on the stairs."),
        ("rooms-space-chairs", "!hill", "There is one good chair and it is mine."),
        ("rooms-space-moorings", "", "Somewhere to tie up the boat."),
    ]
    passages = [
        {"theme": theme, "method": "survey", "speaker": speaker, "text": text, "identifying": ""}
        for theme, speaker, text in said
    ]
    _table(folder / "passages.csv", list(passages[0]), passages)
    words = [("opener", "Hello."), ("link", "Also."), ("closer", "Thanks.")]
    glue = [{"method": "survey", "part": part, "about": "", "text": text, "identifying": ""} for part, text in words]
    _table(folder / "glue.csv", list(glue[0]), glue)


def _table(path: Path, header: list[str], rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
