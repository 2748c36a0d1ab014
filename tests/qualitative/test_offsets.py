"""Positions: the standard's own examples, and the ways of counting that programs are known for."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from refi_files import codes, project, qdpx, selection, source

from survey_report.qualitative.offsets import Counting, Named, Positions, choose_counting, plain
from survey_report.qualitative.refi_qda import read_refi_qda

LINES = "Waits are long.\r\nStaff are kind.\r\nThey listen."
EMOJI = "Good 👍 Staff are kind. 👍 They listen."


@pytest.mark.parametrize(
    ("start", "end", "name"),
    [
        (139, 195, "Oh, that was great. See you tomorrow? Eleven thirty. Mm."),
        (215, 275, "I did try the gluten free bread, but it was always so soggy,"),
    ],
)
def test_the_end_is_the_place_after_the_last_character(start: int, end: int, name: str) -> None:
    """Two selections of Annex A.2 of the standard, which are named after their texts."""
    assert Positions("-" * start + name + "---", Counting()).place(start, end) == (start, start + len(name))


@pytest.mark.parametrize(
    ("text", "start", "end", "counting"),
    [
        (LINES, 17, 32, Counting(2, 1)),
        (LINES, 16, 31, Counting(1, 1)),
        (EMOJI, 7, 22, Counting(2, 1)),
        (EMOJI, 8, 23, Counting(2, 2)),
        ("👍\r\n" + LINES, 19, 34, Counting(1, 2)),
    ],
)
@pytest.mark.parametrize("named", ["Staff are kind.", "Staff are…", "Staff  are ki..."])
def test_names_of_selections_tell_the_way_of_counting(
    tmp_path: Path, text: str, start: int, end: int, counting: Counting, named: str
) -> None:
    assert choose_counting([(text, [Named(start, end, named)])]) == counting
    inside = codes("a") + f"<Sources>{source('s', selection(start, end, 'a', name=named))}</Sources>"
    corpus = read_refi_qda(qdpx(tmp_path, project(inside), {"s": text}))
    assert corpus.excerpts["text"].tolist() == ["Staff are kind."]
    assert any("positions count" in notice for notice in corpus.notices) == (counting != Counting())


def test_without_names_the_standard_counts_and_atlas_ti_counts_a_line_end_once() -> None:
    assert choose_counting([(LINES, [Named(17, 32, "")])], "NVivo 14") == Counting(2, 1)
    assert choose_counting([(LINES, [Named(16, 31, "")])], "ATLAS.ti 26.1.2") == Counting(1, 1)
    assert choose_counting([(LINES, [Named(17, 32, "Staff are kind.")])], "ATLAS.ti 26.1.2") == Counting(2, 1)
    # A selection to the very end of the text fits in one way only.
    assert choose_counting([(LINES, [Named(34, 46, "")])], "ATLAS.ti 26.1.2") == Counting(2, 1)


def test_names_lack_what_xml_cannot_hold() -> None:
    assert choose_counting([("Kind\x01👍\x01", [Named(0, 7, "Kind👍")])]) == Counting()
    assert choose_counting([("👍" + "Kind " * 200, [Named(2, 1001, "Kind " * 200)])]) == Counting(2, 2)


def test_a_mark_at_the_start_counts_for_nothing() -> None:
    assert Positions("\ufeffAh so", Counting()).place(3, 5) == (3, 5)
    assert plain("\ufeffa\r\nb\rc\nd") == "a\nb\nc\nd"


texts = st.text(st.sampled_from("ab \r\n👍é"), max_size=30)


@given(
    raw=texts,
    counting=st.sampled_from([Counting(1, 1), Counting(2, 1), Counting(1, 2), Counting(2, 2)]),
    data=st.data(),
)
def test_positions_against_counting_character_by_character(raw: str, counting: Counting, data: st.DataObject) -> None:
    """The slow way: walk through the text and add up what each character counts."""
    place, counted, bounds = 0, 0, [0]
    while place < len(raw):
        if raw[place : place + 2] == "\r\n":
            place, counted = place + 2, counted + counting.line_end
        else:
            place, counted = place + 1, counted + (counting.astral if raw[place] > "\uffff" else 1)
        bounds.append(counted)
    positions = Positions(raw, counting)
    assert positions.last == counted
    assert len(bounds) == len(positions.text) + 1
    start = data.draw(st.integers(0, len(bounds) - 1))
    end = data.draw(st.integers(start, len(bounds) - 1))
    assert positions.place(bounds[start], bounds[end]) == (start, end)
    past = positions.place(counted + 3, counted + 5)
    assert past == (len(positions.text),) * 2
