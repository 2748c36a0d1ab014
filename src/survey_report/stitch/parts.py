"""A text read in parts, of which those that were read before are not read again; it comes to what one reading gives.

Parts begin at headings of the first level that stand in no other block. A text in which something may reach from one
part into another is read at once: notes and links by name, numbered examples, macros, raw blocks, ids given twice.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

from survey_report.files import digest_bytes
from survey_report.memory import recall, remember
from survey_report.stitch import pandoc
from survey_report.stitch.sources import Line, outside_code
from survey_report.stitch.tree import Node

REACHES = re.compile(
    r"""\[\^ | \^\[                              # notes, which are counted
      | ^[ ]{0,3}\[[^\]\n]+\]:                  # what links or notes by name lead to
      | \][ ]?\[                                # links by name
      | ^[ \t]*\(@[\w-]*\)[ \t]                  # numbered examples
      | \\(?:newcommand|renewcommand|providecommand|newenvironment|renewenvironment|def)\b
      | \\begin\{ | <!-- | ^[ ]{0,3}<[A-Za-z/]  # raw blocks, which may hold empty lines
      | ^[ ]{0,3}-{2,}[- ]*$                    # tables that may hold empty lines
      """,
    re.M | re.X,
)
FENCE = re.compile(r"^ {0,3}(:{3,})\s*(\S.*)?$")
HEADING = re.compile(r"^#{1,6}[ \t]+(.*?)(?:[ \t]*\{[^{}]*\})?[ \t]*#*$", re.M)
BRACKETS = re.compile(r"\[([^\[\]]{1,200})\](?![({\[:])")
ID = re.compile(r"#([^\s{}]+)")
# In JSON the quotation marks of a text are escaped, so that nothing but a citation or a heading looks like these.
NOTE_NUMBER = re.compile(r'("citationNoteNum":)(\d+)')
HEADER = re.compile(r'("t":"Header","c":\[\d,\[")([^"]*)(")')


def read(text: str, record: Path) -> tuple[list[Node], tuple[str, ...]]:
    """The blocks of a text and the warnings, as `pandoc.read`; `record` keeps the parts for the next time."""
    parts = split(text)
    if len(parts) < 2:
        return pandoc.read(text)
    known = recall(record, _programs())
    digests = [digest_bytes(part.encode()) for part in parts]
    trees: list[str] = []
    for part, digest in zip(parts, digests, strict=True):
        if digest in known:
            trees.append(known[digest])
            continue
        answer = pandoc.tree(part)
        if answer.warnings:  # they name lines of the whole text
            return pandoc.read(text)
        trees.append(answer.text.strip())
    numbered = with_ids(parts, trees)
    if numbered is None:
        return pandoc.read(text)
    if set(digests) != known.keys():
        remember(record, _programs(), dict(zip(digests, trees, strict=True)))
    return [block for tree in with_citations_counted(numbered) for block in json.loads(tree)["blocks"]], ()


def split(text: str) -> list[str]:
    """The parts of a text; one where something may reach across."""
    if REACHES.search(text) or _named_by_heading(text):
        return [text]
    lines = text.split("\n")
    starts, depth = [0], 0
    for position, line, is_text, _ in outside_code([Line(line, "", 0) for line in lines]):
        if not is_text:
            continue
        if found := FENCE.match(line.text):
            depth += 1 if found[2] else -1
        elif not depth and line.text.startswith("# ") and position and not lines[position - 1].strip():
            starts.append(position)
    if depth:
        return [text]
    ends = [*starts[1:], len(lines)]
    return ["\n".join(lines[start:end]) for start, end in zip(starts, ends, strict=True)]


def _named_by_heading(text: str) -> bool:
    """Whether anything in brackets stands for a link to the heading of the same words."""
    headings = {_plain(found) for found in HEADING.findall(text)}
    return any(_plain(found) in headings for found in BRACKETS.findall(text))


def _plain(words: str) -> str:
    return re.sub(r"[*_`\s]+", " ", words).strip().lower()


def with_ids(parts: Sequence[str], trees: Sequence[str]) -> list[str] | None:
    """Trees in which headings of the same words are numbered over all parts, as Pandoc does; None where that cannot be
    told from the parts."""
    used: set[str] = set()
    clash = False
    made = []
    for part, tree in zip(parts, trees, strict=True):
        given, mine = set(ID.findall(part)), {found[2] for found in HEADER.finditer(tree)}

        def name(found: re.Match[str], given: set[str] = given, mine: set[str] = mine) -> str:
            nonlocal clash
            wanted = found[2]
            numbered = re.fullmatch(r"(.+)-\d+", wanted)
            clash |= wanted in used and wanted in given
            clash |= bool(numbered) and numbered[1] in mine and wanted not in given  # type: ignore[index]
            if wanted and wanted in used:
                wanted = next(one for number in range(1, 60_000) if (one := f"{wanted}-{number}") not in used)
            used.add(wanted)
            return f"{found[1]}{wanted}{found[3]}"

        made.append(HEADER.sub(name, tree))
    return None if clash else made


def with_citations_counted(trees: Sequence[str]) -> Iterator[str]:
    """Trees in which citations are numbered through all parts, as Pandoc counts them for styles with notes."""
    before = 0
    for tree in trees:
        counted = [int(found[2]) for found in NOTE_NUMBER.finditer(tree)]
        yield NOTE_NUMBER.sub(lambda found, before=before: f"{found[1]}{int(found[2]) + before}", tree)  # type: ignore[misc]
        before += max(counted, default=0)


def _programs() -> str:
    return f"{pandoc.READER} {version('pypandoc_binary')}"
