"""Reading REFI-QDA files (.qdpx, .qde), which NVivo, MAXQDA, ATLAS.ti, QualCoder and others exchange, into a Corpus.

Written after the standard, version 1.5, and after files that programs write, which depart from it. Read are text
sources with their selections and codings, the code tree, users (as numbers), variables of sources, cases that hold
sources, and sets. Audio, video, picture and PDF sources, memos, links and graphs are passed over; what is passed over
is counted in the notices.

Nothing is looked up outside the file: base paths and paths to other files are never followed, kept or shown.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from xml.etree.ElementTree import Element

from survey_report.errors import Problem, UserError, raise_if_any
from survey_report.qualitative.archive import LIMITS, REMEDY, Contents, Limits, open_contents
from survey_report.qualitative.corpus import CodeRecord, Corpus, ExcerptRecord, SourceRecord, assemble
from survey_report.qualitative.naming import Naming
from survey_report.qualitative.offsets import STANDARD, choose_counting
from survey_report.qualitative.refi_sources import Text, read_source
from survey_report.qualitative.refi_traits import Traits, read_traits
from survey_report.qualitative.safe_xml import parse

NAMESPACE = "urn:QDA-XML:project"
NOT_TEXT = {"PDFSource": "PDF", "PictureSource": "picture", "AudioSource": "audio", "VideoSource": "video"}


def read_refi_qda(path: Path, naming: Naming | None = None, limits: Limits = LIMITS) -> Corpus:
    """Read a `.qdpx` or `.qde` file. `naming` says which variables and sets tell the traits of sources.

    Raises UserError for a file that cannot be read or trusted, and for positions or texts that make no sense.
    """
    naming = naming or Naming()
    contents = open_contents(path, limits)
    root, namespace = parse(contents.project, path.name)
    if root.tag != "Project" or not namespace.startswith(NAMESPACE):
        what = "a codebook without sources" if root.tag == "CodeBook" else "no REFI-QDA project"
        raise UserError([Problem(path.name, "", "", f"holds {what}", "export a REFI-QDA project (.qdpx)")])
    problems: list[Problem] = []
    traits = read_traits(root, naming)
    codes = list(islice(_codes(root, traits, naming), limits.codes + 1))
    if len(codes) > limits.codes:
        raise UserError([Problem(path.name, "", "", f"holds more than {limits.codes:,} codes", REMEDY)])
    texts, skipped = _texts(root, contents, path.name, problems)
    raise_if_any(problems)
    counting = choose_counting(((text.raw or "", text.named) for text in texts), root.get("origin", ""))
    known = {record.key for record in codes}
    excerpts: list[ExcerptRecord] = []
    unknown = outside = 0
    for place, text in enumerate(texts):
        for excerpt in text.excerpts(place, counting):
            if excerpt.code in known:
                excerpts.append(excerpt)
            else:
                unknown += 1
        outside += text.outside(counting)
    sources = [SourceRecord(text.name, text.shown, traits.of_source(text.guid)) for text in texts]
    users = [user.get("guid", "").lower() for user in root.findall("Users/User")]
    notices = [
        *skipped,
        *_plural(
            sum(text.raw is None for text in texts),
            "source has its text elsewhere: its codings count, but cannot be quoted",
        ),
        *_plural(unknown, "coding names a code that the file does not hold and is left out"),
        *_plural(outside, "selection reaches past the end of its text and is cut there"),
        *traits.notices({text.guid for text in texts}),
    ]
    if counting != STANDARD:
        notices.append(f"positions count {counting}, as their names show or the program is known to do")
    return assemble(sources, codes, excerpts, users, notices)


def _codes(root: Element, traits: Traits, naming: Naming) -> Iterator[CodeRecord]:
    """All codes, parents first; a code without a guid is known by its place."""
    top: str | None = None
    waiting = [(code, top) for code in reversed(root.findall("CodeBook/Codes/Code"))]
    number = 0
    seen: set[str] = set()
    while waiting:
        element, parent = waiting.pop()
        number += 1
        key = element.get("guid", "").lower()
        if not key or key in seen:  # two codes of one guid: codings mean the first
            key = f"code {number}"
        seen.add(key)
        name = element.get("name", "")
        yield CodeRecord(key, name, parent, traits.valences.get(key) or naming.of_code(name))
        waiting += [(child, key) for child in reversed(element.findall("Code"))]


def _texts(root: Element, contents: Contents, file: str, problems: list[Problem]) -> tuple[list[Text], list[str]]:
    """Text sources, and notices on the sources that are left out, with the codings lost with them."""
    texts: list[Text] = []
    left: Counter[str] = Counter()
    lost: defaultdict[str, int] = defaultdict(int)
    sources = root.find("Sources")
    for number, element in enumerate(sources if sources is not None else [], 1):
        kind = NOT_TEXT.get(element.tag, "")
        if element.tag == "TextSource":
            text = read_source(element, number, contents, file, problems)
            if text is not None:
                texts.append(text)
                continue
            kind = "rich-text-only"
        if kind:
            left[kind] += 1
            lost[kind] += sum(1 for _ in element.iter("Coding"))
    notices = []
    for kind, count in sorted(left.items()):
        codings = f"{lost[kind]:,} coding{'s' if lost[kind] != 1 else ''}"
        notices += _plural(count, f"{kind} source is left out, and {codings} with it")
    return texts, notices


PLURALS = {
    "source is": "sources are",
    "source has its text": "sources have their text",
    "its codings": "their codings",
    "with it": "with them",
    "coding names": "codings name",
    "selection reaches past the end of its text and is": "selections reach past the end of their text and are",
    "does not hold and is": "does not hold and are",
}


def _plural(count: int, sentence: str) -> list[str]:
    """The sentence with its number in front, or nothing for none."""
    if not count:
        return []
    if count > 1:
        for one, many in PLURALS.items():
            sentence = sentence.replace(one, many)
    return [f"{count:,} {sentence}"]
