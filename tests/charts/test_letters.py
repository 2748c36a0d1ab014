"""Charts draw what a label says: no sign of it is mathematics, and no letter that a font lacks stops a chart."""

from __future__ import annotations

import re
import warnings

import pytest

from survey_report.charts.canvas import Canvas, svg, text_width, wrap
from survey_report.charts.typeface import font


def drawn(text: str) -> str:
    canvas = Canvas.of_height(40)
    canvas.text(3, 20, text)
    return svg(canvas.figure)


def glyphs(picture: str) -> int:
    return len(re.findall(r"<use ", picture))


@pytest.mark.parametrize("text", ["$x^2$ and $\\frac{a$", "\\alpha $", "a_b^c", "<b>&amp;</b>", "$\\undefined{}$"])
def test_no_sign_of_a_label_is_mathematics(text: str) -> None:
    picture = drawn(text)
    assert glyphs(picture) == len(text.replace(" ", "")) or glyphs(picture) == len(text)
    assert "<b>" not in picture
    assert text_width(text, "regular", 10) == pytest.approx(
        sum(text_width(sign, "regular", 10) for sign in text), rel=0.1
    )


@pytest.mark.parametrize("text", ["中文", "العربية", "Ответ", "שלום", "हिन्दी", "👩\u200d💻", "É"])
def test_letters_that_a_font_lacks_stop_nothing(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert text_width(text, "semibold", 9) > 0
        assert glyphs(drawn(text)) > 0


def test_a_text_is_set_in_the_font_that_has_its_letters() -> None:
    assert "ReportSans" in str(font("regular", 9, "Échelle, Ωμέγα").get_file())
    assert "DejaVuSans" in str(font("regular", 9, "Ответ").get_file())
    assert "ReportSans" in str(font("regular", 9, "中文").get_file())  # neither has them


def test_a_break_in_a_label_is_a_space(caplog: pytest.LogCaptureFixture) -> None:
    """Matplotlib writes into its log that a typeface has no sign for a line break."""
    assert drawn("Two\nlines\u2028here") == drawn("Two lines here")
    assert text_width("Two\r\n\tlines", "regular", 10) == text_width("Two lines", "regular", 10)
    assert wrap("Two\nlines", 400, "regular", 10) == ["Two lines"]
    assert not caplog.records
