"""Who speaks in each source, and whose coding of it counts: themes count people, not answers and not coders.

Everything a respondent wrote is one person's, however many questions they answered: what is counted is how many people
raise a theme, and not how often it comes up (so Namey, Guest, Thairu and Johnson 2008, Data reduction techniques for
large qualitative data sets, in Guest and MacQueen, Handbook for Team-Based Qualitative Research). A focus group
counts once, as a session and never as a person, for nobody can tell from a transcript how many of its people think
alike; an interview counts once as well, or its interviewee does where the material tells who that is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from survey_report.frames import each_row
from survey_report.qualitative.corpus import Corpus, themes
from survey_report.study import METHODS

NOT_TOLD = "not-told"
SURVEY, FOCUS_GROUP, INTERVIEW = METHODS
# A name such as `Respondent 0012: Local services, challenges` or `R12 Q3` tells whose answer it is.
NUMBERED = re.compile(
    r"\s*(respondent|participant|interviewee|person|case|id|r|p)[\s#._-]*0*(\d+)(?!\w)", re.IGNORECASE
)


def speakers(corpus: Corpus) -> pd.DataFrame:
    """One row a source: `source`, `method`, `service` (`not-told` where it is not), and `who` counts once. Not to be
    shown.

    `who` is the respondent whom the material names, or a numbered one whom the source's name names, or else the source
    itself. A person whose sources tell several services is of none.
    """
    rows = [
        (row.source, row.method or NOT_TOLD, row.service or NOT_TOLD, f"{row.method} {_who(row)}")
        for row in each_row(corpus.sources)
    ]
    frame = pd.DataFrame(rows, columns=["source", "method", "service", "who"]).astype("str")
    told = frame[frame["service"] != NOT_TOLD].groupby("who")["service"].agg(lambda services: sorted(set(services)))
    service = {who: names[0] if len(names) == 1 else NOT_TOLD for who, names in told.items()}
    return frame.assign(service=[service.get(who, NOT_TOLD) for who in frame["who"]]).astype("str")


def voices(corpus: Corpus) -> pd.DataFrame:
    """One row a person, focus group or interview: `who`, `method`, `service`. Not to be shown."""
    return speakers(corpus)[["who", "method", "service"]].drop_duplicates(ignore_index=True)


def one_coding(corpus: Corpus) -> Corpus:
    """The corpus with one coder's excerpts of each source, so that those that two have coded do not count more often.

    Of the coders who coded a source, it is the one who coded most sources (of as many, the first by number). Where
    coders share the code frame among themselves, this holds for each section of it (a code at the top with all below
    it): only coders who use the section at all are chosen from. Excerpts that tell no coder count as one coder's. As
    one coding is left, its excerpts name no coder.
    """
    excerpts = corpus.excerpts
    if excerpts["coder"].nunique() < 2:
        return corpus
    part = excerpts["code"].map(_sections(corpus))
    coders = excerpts.groupby("source")["coder"].unique()
    size = excerpts.groupby("coder")["source"].nunique()
    rank = {coder: place for place, coder in enumerate(sorted(size.index, key=lambda c: (-size[c], len(c), c)))}
    users = {section: set(names) for section, names in excerpts.groupby(part)["coder"].unique().items()}
    pairs = pd.DataFrame({"source": excerpts["source"], "part": part}).drop_duplicates()
    chosen = {
        (row.source, row.part): min((c for c in coders[row.source] if c in users[row.part]), key=rank.__getitem__)
        for row in each_row(pairs)
    }
    kept = [
        chosen[source, section] == coder
        for source, section, coder in zip(excerpts["source"], part, excerpts["coder"], strict=True)
    ]
    counted = excerpts[kept].assign(coder="").astype({"coder": "str"}).drop_duplicates(ignore_index=True)
    return replace(corpus, excerpts=counted)


def raised(corpus: Corpus) -> pd.DataFrame:
    """One row a theme and who raises it: `who`, `theme`, `method`, `service`. Not to be shown."""
    coded = one_coding(corpus).excerpts[["source", "code"]].drop_duplicates()
    found = coded.merge(themes(corpus), on="code")[["source", "theme"]].drop_duplicates()
    found = found.merge(speakers(corpus), on="source")
    return found[["who", "theme", "method", "service"]].drop_duplicates(ignore_index=True)


def untold(corpus: Corpus) -> int:
    """How many answers of the survey do not tell whose they are, so that each is taken for one person's."""
    mine = corpus.sources[corpus.sources["method"] == SURVEY]
    return sum(not row.respondent and not NUMBERED.match(row.name) for row in each_row(mine))


def torn(corpus: Corpus) -> int:
    """How many people have sources of several services."""
    told = corpus.sources[(corpus.sources["service"] != "") & (corpus.sources["method"] != FOCUS_GROUP)]
    who = [f"{row.method} {_who(row)}" for row in each_row(told)]
    return int((told["service"].groupby(who).nunique() > 1).sum())


def _who(row: object) -> str:
    respondent, name, source, method = (str(getattr(row, part)) for part in ("respondent", "name", "source", "method"))
    if method == FOCUS_GROUP:
        return f"session {source}"
    if respondent:
        return f"person {' '.join(respondent.split()).casefold()}"
    numbered = NUMBERED.match(name)
    return f"number {numbered[1].casefold()} {numbered[2]}" if numbered else f"source {source}"


def _sections(corpus: Corpus) -> Mapping[str, str]:
    """The code at the top above each code; codes at the top with none below them are one section together."""
    pairs, above = themes(corpus), set(corpus.codes["parent"])
    tops = set(corpus.codes.loc[corpus.codes["parent"] == "", "code"])
    found = pairs[pairs["theme"].isin(tops)]
    return {row.code: row.theme if row.theme in above else "" for row in each_row(found)}
