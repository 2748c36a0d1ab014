"""Writing a Corpus as a REFI-QDA project: the same corpus gives the same bytes, and reading it gives the corpus again.

GUIDs are UUIDs of version 5, made from what they stand for. Times in the zip are fixed, members are ordered and stored
as they are: how they would be compressed depends on the machine's zlib.

Traits of sources are written as variables of the sources, valences as sets of codes, coders as users.
"""

from __future__ import annotations

import io
import uuid
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

import pandas as pd

from survey_report.files import write_bytes
from survey_report.frames import each_row
from survey_report.qualitative.corpus import Corpus
from survey_report.study import TRAITS

NAMESPACE = "urn:QDA-XML:project:1.0"
ORIGIN = "survey-report"
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can tell
MARK = "\ufeff"
SHOWN = 80  # characters of a text that name a selection


def guid(*parts: object) -> str:
    """The GUID of what the parts name."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(["urn:survey-report:corpus", *map(str, parts)])))


def refi_qda_bytes(corpus: Corpus, name: str) -> bytes:
    """A `.qdpx` archive as bytes; `name` is the project's.

    Raises ValueError for excerpts that are no stretch of their source's text: the format has no other.
    """
    texts = dict(zip(corpus.sources["source"], corpus.sources["text"], strict=True))
    for row in each_row(corpus.excerpts):
        if pd.isna(row.start) or texts[row.source][row.start : row.end] != row.text:
            raise ValueError(f"an excerpt of {row.source} is no stretch of its text")
    project = _project(corpus, name)
    ElementTree.indent(project, " ")
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        xml = ElementTree.tostring(project, encoding="utf-8", xml_declaration=True)
        _add(archive, "project.qde", xml)
        for source, text in sorted((guid("text", source), text) for source, text in texts.items()):
            mark = MARK if text.startswith(MARK) else ""  # readers take the first one for a byte-order mark
            _add(archive, f"sources/{source}.txt", f"{mark}{text}".encode())
    return content.getvalue()


def write_refi_qda(corpus: Corpus, path: Path, name: str) -> None:
    """Write `refi_qda_bytes` to `path`."""
    write_bytes(path, refi_qda_bytes(corpus, name))


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    member = zipfile.ZipInfo(name, FIRST_DAY)
    member.create_system, member.external_attr = 3, 0o100644 << 16
    archive.writestr(member, content)


def _project(corpus: Corpus, name: str) -> Element:
    project = Element("Project", {"xmlns": NAMESPACE, "name": name, "origin": ORIGIN})
    coders = sorted(set(corpus.excerpts["coder"]) - {""}, key=lambda coder: (len(coder), coder))
    if coders:
        users = SubElement(project, "Users")
        for coder in coders:
            SubElement(users, "User", {"guid": guid("coder", coder), "name": coder})
    if len(corpus.codes):
        _add_codes(SubElement(SubElement(project, "CodeBook"), "Codes"), corpus)
    variables = [column for column in TRAITS if corpus.sources[column].ne("").any()]
    if variables:
        listed = SubElement(project, "Variables")
        for column in variables:
            attributes = {"guid": guid("variable", column), "name": column, "typeOfVariable": "Text"}
            SubElement(listed, "Variable", attributes)
    if len(corpus.sources):
        excerpts: defaultdict[str, list[Any]] = defaultdict(list)
        for row in each_row(corpus.excerpts):
            excerpts[row.source].append(row)
        sources = SubElement(project, "Sources")
        for row in each_row(corpus.sources):
            attributes = {
                "guid": guid("source", row.source),
                "name": row.name,
                "plainTextPath": f"internal://{guid('text', row.source)}.txt",
            }
            element = SubElement(sources, "TextSource", attributes)
            element.extend(_selections(excerpts[row.source]))
            for column in TRAITS:
                if getattr(row, column):
                    value = SubElement(element, "VariableValue")
                    SubElement(value, "VariableRef", {"targetGUID": guid("variable", column)})
                    SubElement(value, "TextValue").text = getattr(row, column)
    valences = sorted(set(corpus.codes["valence"]) - {""})
    if valences:
        sets = SubElement(project, "Sets")
        for valence in valences:
            group = SubElement(sets, "Set", {"guid": guid("valence", valence), "name": valence})
            for code in corpus.codes.loc[corpus.codes["valence"] == valence, "code"]:
                SubElement(group, "MemberCode", {"targetGUID": guid("code", code)})
    return project


def _add_codes(codes: Element, corpus: Corpus) -> None:
    elements = {"": codes}
    for row in each_row(corpus.codes):
        attributes = {"guid": guid("code", row.code), "name": row.name, "isCodable": "true"}
        elements[row.code] = SubElement(elements[row.parent], "Code", attributes)


def _selections(excerpts: Iterable[Any]) -> Iterator[Element]:
    """One selection a stretch, with one coding a code and coder."""
    for (source, start, end), rows in groupby(excerpts, attrgetter("source", "start", "end")):
        coded = list(rows)
        words = " ".join(coded[0].text.split())
        name = words if len(words) <= SHOWN else f"{words[:SHOWN]}…"
        attributes = {"guid": guid("selection", source, start, end), "name": _printable(name)}
        selection = Element("PlainTextSelection", attributes | {"startPosition": str(start), "endPosition": str(end)})
        for row in coded:
            attributes = {"guid": guid("coding", source, start, end, row.code, row.coder)}
            if row.coder:
                attributes["creatingUser"] = guid("coder", row.coder)
            coding = SubElement(selection, "Coding", attributes)
            SubElement(coding, "CodeRef", {"targetGUID": guid("code", row.code)})
        yield selection


def _printable(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return "".join(c for c in text if c >= " " and c not in "\ufffe\uffff")
