"""Corpora drawn at random, with what real ones hold: line ends, emoji, overlaps, nested codes, several coders."""

from __future__ import annotations

from hypothesis import strategies as st

from survey_report.qualitative.corpus import CodeRecord, Corpus, ExcerptRecord, SourceRecord, assemble
from survey_report.study import METHODS

words = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
texts = st.text(
    st.one_of(st.sampled_from("a b.\n👍é\u2028\u0085\ufeff"), st.characters(exclude_categories=("Cs",))), max_size=60
)


@st.composite
def corpora(draw: st.DrawFn) -> Corpus:
    """Any corpus that readers can make."""
    sources = []
    for _ in range(draw(st.integers(0, 4))):
        traits = {
            "method": draw(st.sampled_from(["", *METHODS])),
            "service": draw(st.sampled_from(["", "health", "social-work"])),
            "area": draw(st.sampled_from(["", "fife"])),
        }
        sources.append(SourceRecord(draw(words), draw(texts).replace("\r", "\n"), traits))
    codes: list[CodeRecord] = []
    for number in range(draw(st.integers(0, 6))):
        parent = draw(st.sampled_from([None, *range(number)]))
        codes.append(CodeRecord(number, draw(words), parent, draw(st.sampled_from(["", "challenge", "need"]))))
    excerpts = []
    if sources and codes:
        for _ in range(draw(st.integers(0, 6))):
            place = draw(st.integers(0, len(sources) - 1))
            start = draw(st.integers(0, len(sources[place].text)))
            end = draw(st.integers(start, len(sources[place].text)))
            code, coder = draw(st.integers(0, len(codes) - 1)), draw(st.sampled_from([None, "ann", "bob"]))
            excerpts.append(ExcerptRecord(place, code, coder, start, end))
    return assemble(sources, codes, excerpts)
