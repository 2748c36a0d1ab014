"""Lines are broken where Matplotlib, which draws them, says that they are too wide."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.textpath import text_to_path

from survey_report.charts import typeface
from survey_report.charts.canvas import wrap
from survey_report.charts.typeface import FILES, Face, font

# Pairs that typefaces draw together or apart, also across a space.
WORDS = ("AV", "To", "Ta", "We", "y.", "f’", "‘T", "L", "V", "A", "T", "P.", "1", "7", "–", "(n", "r", "well-being")


@pytest.fixture(params=["theme", "fallback"])
def fonts(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """With the theme's fonts, and with those that are used where these are missing."""
    if request.param == "fallback":
        monkeypatch.setenv(typeface.FONTS, str(tmp_path))
    return str(request.param)


def drawn_width(line: str, face: Face, size: float) -> float:
    """As wide as Matplotlib draws it."""
    return float(text_to_path.get_text_width_height_descent(line, font(face, size), False)[0])


def measured(text: str, width: float, face: Face, size: float) -> list[str]:
    """Whole lines measured, word by word; for words that are narrower than the width."""
    lines, line = [], ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if line and drawn_width(longer, face, size) > width:
            lines.append(line)
            longer = word
        line = longer
    return [*lines, line]


@pytest.mark.usefixtures("fonts")
def test_a_line_breaks_where_it_is_drawn_too_wide() -> None:
    @given(
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=12),
        st.floats(70, 200),
        st.sampled_from(sorted(FILES)),
        st.sampled_from([8.5, 10.0]),
    )
    def check(words: list[str], width: float, face: Face, size: float) -> None:
        text = " ".join(words)
        assert wrap(text, width, face, size) == measured(text, width, face, size)

    check()


@pytest.mark.usefixtures("fonts")
@pytest.mark.parametrize("face", sorted(FILES))
def test_a_line_that_just_fits_is_one_line(face: Face) -> None:
    text = "Ta To We AV AV To Ta P. 7 A V T"
    width = drawn_width(text, face, 10.0)
    assert wrap(text, width, face, 10.0) == [text]
    assert len(wrap(text, width - 0.01, face, 10.0)) == 2


def test_a_word_that_is_too_wide_is_divided() -> None:
    lines = wrap("the Convener of Interdisciplinarity", 40.0, "regular", 10.0)
    assert "".join(lines).replace("-", "").replace(" ", "") == "theConvenerofInterdisciplinarity"
    assert max(drawn_width(line, "regular", 10.0) for line in lines) <= 40.0


def test_nothing_is_one_empty_line() -> None:
    assert wrap("", 40.0, "regular", 10.0) == [""]
    assert wrap(" a", 40.0, "regular", 10.0) == ["a"]
