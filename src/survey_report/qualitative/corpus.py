"""A coded corpus as three frames, each named after its rows, and how records become one.

`sources`, one row a source (an open answer of one respondent, a focus group, an interview):

| column | meaning |
|---|---|
| `source` | id: the name in lower case with hyphens, numbered where two names meet; unique |
| `name` | name as told. May identify a person: never shown |
| `method` | `survey`, `focus group` or `interview`; empty where not told |
| `respondent` | who answered or was interviewed, as told; empty where not told. Identifies a person: never shown |
| `service`, `sector`, `role`, `area` | category of the people behind the source; empty where not told |
| `text` | the whole plain text, line ends as `\\n`; empty where the text is not at hand |

`codes`, one row a code of the code frame, parents before their children:

| column | meaning |
|---|---|
| `code` | id: the ids of all names from the top, joined by hyphens; unique |
| `name` | name as told |
| `parent` | id of the code above; empty at the top |
| `path` | names from the top, joined by ` > ` |
| `valence` | `challenge`, `improvement` or what else the study tells; empty where not told |

`excerpts`, one row a stretch of a source with one code by one coder, in the order of the sources:

| column | meaning |
|---|---|
| `source`, `code` | ids |
| `coder` | `coder-1`, `coder-2` and so on: names and logins of coders are not kept; empty where not told |
| `start`, `end` | first character and the one after the last, in code points of the text; missing where not told |
| `text` | the stretch; empty where the text is not at hand |
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field

import pandas as pd

from survey_report.escaping import visible
from survey_report.study import TRAITS

COLUMNS = {
    "sources": ("source", "name", *TRAITS, "text"),
    "codes": ("code", "name", "parent", "path", "valence"),
    "excerpts": ("source", "code", "coder", "start", "end", "text"),
}
STEP = " > "


@dataclass(frozen=True, eq=False)
class Corpus:
    """Three frames, described above, and what a person should know about how they were read."""

    sources: pd.DataFrame
    codes: pd.DataFrame
    excerpts: pd.DataFrame
    notices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, columns in COLUMNS.items():
            found = tuple(getattr(self, name).columns)
            if found != columns:
                raise ValueError(f"{name} should have the columns {columns}, not {found}")


@dataclass(frozen=True)
class SourceRecord:
    """A source before it has an id."""

    name: str
    text: str = ""
    traits: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CodeRecord:
    """A code before it has an id; `key` is what the file calls it, `parent` the key of the code above or None."""

    key: Hashable
    name: str
    parent: Hashable = None
    valence: str = ""


@dataclass(frozen=True)
class ExcerptRecord:
    """An excerpt: `source` is a place in the list of sources, `code` the key of a code, `coder` what the file says."""

    source: int
    code: Hashable
    coder: Hashable
    start: int | None
    end: int | None
    text: str | None = None  # None: what the source has between start and end


def assemble(
    sources: Sequence[SourceRecord],
    codes: Sequence[CodeRecord],
    excerpts: Iterable[ExcerptRecord],
    coders: Iterable[Hashable] = (),
    notices: Iterable[str] = (),
) -> Corpus:
    """A corpus with ids, coder numbers and a fixed order, whatever the records came from.

    `coders` gives the order in which coders are numbered; those it leaves out follow as they appear. The same excerpt
    told twice is kept once. Codes whose parent is not among them stand at the top.
    """
    source_ids = unique_ids((slug(clean(record.name)) for record in sources), "source")
    ordered, code_frame = _code_frame(codes)
    code_place = {key: place for place, key in enumerate(ordered)}
    code_id = dict(zip(ordered, code_frame["code"], strict=True))
    told = list(excerpts)
    used = {record.coder for record in told if record.coder is not None}
    numbered = [coder for coder in dict.fromkeys([*coders, *(record.coder for record in told)]) if coder in used]
    coder_place = {coder: place for place, coder in enumerate(numbered, 1)}
    rows = {}
    for record in told:
        coder = coder_place.get(record.coder, 0)
        found = sources[record.source].text[record.start or 0 : record.end or 0]
        text = found if record.text is None else record.text
        order = (record.source, -1 if record.start is None else record.start, -1 if record.end is None else record.end)
        key = (*order, code_place[record.code], coder, text)
        rows[key] = (
            source_ids[record.source],
            code_id[record.code],
            f"coder-{coder}" if coder else "",
            record.start,
            record.end,
            text,
        )
    return Corpus(
        _frame(
            "sources",
            [
                (source_id, clean(record.name), *(record.traits.get(name, "") for name in TRAITS), record.text)
                for source_id, record in zip(source_ids, sources, strict=True)
            ],
        ),
        code_frame,
        _frame("excerpts", [rows[key] for key in sorted(rows)]),
        tuple(notices),
    )


def themes(corpus: Corpus) -> pd.DataFrame:
    """Which codes stand for which theme: one row a `code` and a `theme`, the theme being the code or above it."""
    parents = dict(zip(corpus.codes["code"], corpus.codes["parent"], strict=True))
    rows = [(code, theme) for code in corpus.codes["code"] for theme in [code, *_above(code, parents)]]
    return pd.DataFrame(rows, columns=["code", "theme"])


def valences(corpus: Corpus) -> dict[str, str]:
    """Valence of each code: its own, or else that of the nearest code above that has one; empty where none has."""
    own = dict(zip(corpus.codes["code"], corpus.codes["valence"], strict=True))
    parents = dict(zip(corpus.codes["code"], corpus.codes["parent"], strict=True))
    return {code: next((own[c] for c in [code, *_above(code, parents)] if own[c]), "") for code in own}


def clean(name: str) -> str:
    """A name on one line, without characters that print nothing."""
    kept = (c for c in visible(name) if c.isspace() or unicodedata.category(c) not in ("Cc", "Cs", "Cn", "Co"))
    return " ".join("".join(kept).split())


def slug(name: str) -> str:
    """A name in lower case with hyphens, without accents and apostrophes; empty if it has no Latin letter or digit."""
    plain = unicodedata.normalize("NFKD", name.replace("'", "")).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def unique_ids(wanted: Iterable[str], otherwise: str) -> list[str]:
    """Each wanted id, `otherwise` for an empty one, with `-2`, `-3` and so on where it is taken already."""
    taken: set[str] = set()
    last: dict[str, int] = {}
    given = []
    for base in wanted:
        name, number = base or otherwise, last.get(base or otherwise, 1)
        unique = name
        while unique in taken:
            number += 1
            unique = f"{name}-{number}"
        last[name] = number
        taken.add(unique)
        given.append(unique)
    return given


def _code_frame(codes: Sequence[CodeRecord]) -> tuple[list[Hashable], pd.DataFrame]:
    """Keys and rows of the codes, each followed by what is below it."""
    records = {record.key: record for record in codes}
    below: dict[Hashable, list[CodeRecord]] = {}
    for record in records.values():
        below.setdefault(record.parent if record.parent in records else None, []).append(record)
    ordered: list[tuple[CodeRecord, tuple[str, ...]]] = []
    top: tuple[str, ...] = ()
    waiting = [(record, top) for record in reversed(below.get(None, []))]
    while waiting:  # no recursion: a file may nest codes as deep as it likes
        record, above = waiting.pop()
        path = (*above, clean(record.name) or "unnamed code")
        ordered.append((record, path))
        waiting += [(child, path) for child in reversed(below.get(record.key, []))]
    if len(ordered) < len(records):
        raise ValueError("codes that stand above themselves")
    ids = unique_ids(("-".join(filter(None, map(slug, path))) for _, path in ordered), "code")
    by_key = {record.key: code for (record, _), code in zip(ordered, ids, strict=True)}
    rows = [
        (code, path[-1], by_key.get(record.parent, ""), STEP.join(path), record.valence)
        for (record, path), code in zip(ordered, ids, strict=True)
    ]
    return [record.key for record, _ in ordered], _frame("codes", rows)


def _above(code: str, parents: dict[str, str]) -> list[str]:
    found = []
    while parents[code]:
        code = parents[code]
        found.append(code)
    return found


def _frame(name: str, rows: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    columns = COLUMNS[name]
    types = {column: "Int64" if column in ("start", "end") else "str" for column in columns}
    return pd.DataFrame(list(rows), columns=list(columns)).astype(types)
