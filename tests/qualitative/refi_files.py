"""REFI-QDA files for tests: a project's XML from parts, and archives, good and hostile."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from survey_report.qualitative.corpus import Corpus

HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'


def project(inside: str, origin: str = "test", attributes: str = "") -> str:
    """A project's XML."""
    space = 'xmlns="urn:QDA-XML:project:1.0"'
    return f'{HEAD}<Project {space} name="p" origin="{origin}" {attributes}>{inside}</Project>'


def codes(*names: str) -> str:
    """A code book of codes whose guids are their names."""
    inside = "".join(f'<Code guid="{name}" name="{name}" isCodable="true"/>' for name in names)
    return f"<CodeBook><Codes>{inside}</Codes></CodeBook>"


def selection(start: object, end: object, *coded: str, name: str = "", user: str = "") -> str:
    """A selection with codings."""
    by = f' creatingUser="{user}"' if user else ""
    codings = "".join(f'<Coding guid="x"{by}><CodeRef targetGUID="{code}"/></Coding>' for code in coded)
    named = f' name="{name}"' if name else ""
    place = f'startPosition="{start}" endPosition="{end}"'
    return f'<PlainTextSelection guid="x"{named} {place}>{codings}</PlainTextSelection>'


def source(guid: str, inside: str = "", name: str = "", path: str | None = None) -> str:
    """A text source whose text lies beside the project."""
    path = f"internal://{guid}.txt" if path is None else path
    told = f' plainTextPath="{path}"' if path else ""
    return f'<TextSource guid="{guid}" name="{name or guid}"{told}>{inside}</TextSource>'


def qdpx(folder: Path, xml: str | bytes, texts: Mapping[str, str | bytes] | None = None, name: str = "p.qdpx") -> Path:
    """An archive as programs write it."""
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", xml)
        for guid, text in (texts or {}).items():
            archive.writestr(f"sources/{guid}.txt", text)
    return path


def assert_same(one: Corpus, other: Corpus) -> None:
    """Both hold the same rows, values and types."""
    for name in ("sources", "codes", "excerpts"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))
