"""Reading the coded material of a rendering: read and checked once, then kept beside the respondents (see `coded`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from survey_report.disclosure import Policy
from survey_report.errors import Problem, UserError, raise_if_any
from survey_report.files import digest_file, private_folder, write_bytes, write_json
from survey_report.qualitative.attributing import (
    FEWEST,
    Attribution,
    TableOfParticipants,
    may_be_named,
    told_of_participants,
)
from survey_report.qualitative.choosing import choose
from survey_report.qualitative.coded import FOLDER, QUOTATIONS, READING, TO_CHECK, category_rows, service_labels
from survey_report.qualitative.corpus import COLUMNS, Corpus
from survey_report.qualitative.naming import Naming, check_values, fold
from survey_report.qualitative.reading import read_corpus
from survey_report.qualitative.safe_quotations import Checked, safe_quotations, write_to_check
from survey_report.qualitative.speakers import SURVEY, torn, untold, voices
from survey_report.qualitative.word_lists import Area, study_words
from survey_report.study import ANY

if TYPE_CHECKING:
    from survey_report.study import Study

FROM_STUDY = ("service", "sector", "role")  # columns of sources whose values are categories of the study's questions


def corpus_path(study: Study, own: Path | None, *, shipped: bool) -> Path | None:
    """The file with the coded material of a rendering; None where there is none.

    `own` is what the user names, `shipped` whether the answers are those that come with the study: an invented corpus
    belongs to them alone. Raises UserError for a file that is not there, or the invented corpus named as one's own.
    """
    policy = study.coded
    kept = study.folder / policy.file if policy and policy.file else None
    goes_with = policy is not None and (shipped or not policy.synthetic)
    found = own or (kept if goes_with else None)
    if found is None:
        return None
    if policy is None:
        message, remedy = "belongs to a study that says nothing of coded material", "add `corpus:` to its study.yml"
        raise UserError([Problem(str(found), "", "", message, remedy)])
    if not found.is_file():
        remedy = "check the path" if own else "put it there, or correct `corpus: file:` in study.yml"
        raise UserError([Problem(str(found), "", "", "there is no such file", remedy)])
    invented = kept is not None and kept.is_file() and policy.synthetic
    if own and kept and invented and not shipped and digest_file(own) == digest_file(kept):
        message = "is the invented corpus that comes with the study, and these answers do not"
        raise UserError([Problem(str(own), "", "", message, "name the coded material of your own survey")])
    return found


def read_coded(study: Study, path: Path) -> Corpus:
    """The corpus in a file, its services, sectors and roles as the study's categories.

    Raises UserError for a file that cannot be read, and for values that the study does not know.
    """
    corpus = read_corpus(path, study.coded.naming if study.coded else Naming())
    joined = replace(corpus, sources=_joined(corpus.sources, study))
    known = {name: ids for name in FROM_STUDY if (ids := _categories(study, name))}
    raise_if_any(check_values(joined, known, path.name))
    return _with_sectors(replace(joined, notices=(*joined.notices, *_on_people(joined))))


def check_people(corpus: Corpus, respondents: int, file: str) -> None:
    """Raise UserError where answers that do not tell whose they are are more than there are `respondents`: then they
    cannot be one person's each, and themes count people."""
    answers = untold(corpus)
    if answers > respondents:
        value = f"{answers:,} answers that tell no respondent, and {respondents:,} complete responses"
        message = "has more answers than people, and themes count people, not answers"
        remedy = (
            "add a column `respondent` that tells whose each answer is, or a variable of the sources that "
            "`corpus: variables: respondent:` in study.yml names"
        )
        raise UserError([Problem(file, "respondent", value, message, remedy)])


def write_coded(
    study: Study, path: Path, corpus: Corpus, respondents: int, areas: Mapping[str, int], policy: Policy, build: Path
) -> Checked:
    """Search the corpus for identifying text, choose quotations, and keep both below `build`.

    `respondents` is how many answered the survey, `areas` how many by category id. What was found is listed in
    `to-check.csv`, a local file.
    """
    material = study.coded
    words = study_words(
        allowed=material.allowed if material else (),
        areas=[Area(names, areas.get(area, 0)) for area, names in _area_names(study).items()],
        policy=policy,
        area_word="area",
        corpus=corpus,
    )
    checked = safe_quotations(corpus, words)
    rules = material.rules if material else None
    few = respondents < policy.thresholds.min_report  # of so few respondents no group is told
    fewest = FEWEST | {SURVEY: inf if few else policy.thresholds.min_group}
    named = may_be_named(voices(corpus), fewest, _participants(study))
    chosen = choose(corpus, checked, middle_codes(corpus), rules, Attribution(service_labels(study), named))
    folder = private_folder(build / FOLDER)
    for name in COLUMNS:
        write_bytes(folder / f"{name}.parquet", getattr(corpus, name).to_parquet(index=False), private=True)
    write_bytes(folder / QUOTATIONS, chosen.to_parquet(index=False), private=True)
    write_to_check(checked, folder / TO_CHECK, path.name)
    told = {"name": path.name, "digest": digest_file(path), "notices": list(corpus.notices)}
    write_json(folder / READING, told, private=True)
    return checked


def _on_people(corpus: Corpus) -> list[str]:
    """What a person should know about who is behind the sources."""
    told = []
    if answers := untold(corpus):
        source = "1 answer of the survey does" if answers == 1 else f"{answers:,} answers of the survey do"
        told.append(f"{source} not tell the respondent: each counts as one person (column or variable `respondent`)")
    if people := torn(corpus):
        person = "1 person has" if people == 1 else f"{people:,} people have"
        told.append(f"{person} sources of several services, and counts as of none")
    return told


def middle_codes(corpus: Corpus) -> list[str]:
    """Codes right below those at the top, the rows of tables. A top code without any stands for itself."""
    codes = corpus.codes
    tops = codes.loc[codes["parent"] == "", "code"]
    below = {parent: list(rows["code"]) for parent, rows in codes.groupby("parent", sort=False)}
    return [code for top in tops for code in below.get(top, [top])]


def _joined(sources: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Sources whose values are ids of the study: by the id itself, a label or answer, or the crosswalk of services."""
    frame = sources.copy()
    for column in FROM_STUDY:
        rows = category_rows(study, column)
        ids = {fold(name): c.id for c in rows for name in (c.label, c.answer, c.id) if name != ANY}
        frame[column] = [ids.get(fold(value), value) for value in frame[column]]
    crosswalk = {
        fold(label): (kind, category) for label, kind, category in (study.coded.crosswalk if study.coded else ())
    }
    services, sectors = set(_categories(study, "service")), frame["sector"].tolist()
    told = []
    for place, value in enumerate(frame["service"]):
        kind, category = crosswalk.get(fold(value), ("", "")) if value not in services else ("", "")
        if kind == "sector" and not sectors[place]:
            sectors[place] = category
        told.append(category if kind == "service" else "" if kind else value)
    frame["service"], frame["sector"] = told, sectors
    return frame.astype({"service": "str", "sector": "str"})


def _participants(study: Study) -> dict[str, TableOfParticipants]:
    """What the study's table of participants tells of services (of sectors, where sessions count by these)."""
    own: dict[str, str] = {}
    for column in ("sector", "service"):
        for c in category_rows(study, column):
            short = c.label.partition(" (")[0]
            names = (c.label, short, f"{short} {column}", c.answer, c.id)  # the third sector is `Third` in an answer
            own |= {fold(name): c.id for name in names if name != ANY}
    told = study.coded.crosswalk if study.coded else ()
    others = {
        fold(label): category if kind in ("service", "sector") and category else None for label, kind, category in told
    }
    return told_of_participants(study.participants, own, others)


def _with_sectors(corpus: Corpus) -> Corpus:
    """The corpus in which sessions of a sector and no service (the third sector, say) count by their sector."""
    sources = corpus.sources.copy()
    alone = (sources["service"] == "") & (sources["method"] != "survey")
    sources["service"] = sources["service"].where(~alone, sources["sector"])
    return replace(corpus, sources=sources)


def _area_names(study: Study) -> dict[str, tuple[str, ...]]:
    """Names of the areas that respondents are grouped by and never compared, by category id."""
    return {
        category.id: tuple(name for name in dict.fromkeys((category.label, category.answer)) if name != ANY)
        for grouping in study.groupings
        if not grouping.tested
        for category in grouping.categories
    }


def _categories(study: Study, name: str) -> tuple[str, ...]:
    return tuple(category.id for category in category_rows(study, name))
