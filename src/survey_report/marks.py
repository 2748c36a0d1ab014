"""How numbers look in Markdown: upright and linked what reproduces a published figure, in italics what is invented."""

from __future__ import annotations

from dataclasses import dataclass

from survey_report.numbers import Number

NOTICE = "Synthetic data: no real answers."
PREFIX = "synthetic-"  # of the names of files for readers
# The type under which a notebook offers a chart again for a narrow window, beside the image that everybody knows.
# Quarto passes over types that it does not know, and takes the image.
NARROW_IMAGE = "application/vnd.survey-report.narrow-svg"
KEY = "Upright numbers reproduce published figures; numbers in italics are invented."


def register_page(study_id: str) -> str:
    """Project path of the page that holds the register of published figures."""
    return f"/report/{study_id}/register.qmd"


@dataclass(frozen=True)
class Style:
    """Writes numbers as Markdown that both stitchers understand; the theme styles the class names."""

    study_id: str
    synthetic: bool

    def __call__(self, number: Number) -> str:
        """A number of the ledger with its mark."""
        if number.kind == "hidden":
            return f"[{number.text}]{{.hidden-value}}"
        if number.kind == "invented":
            return f"[*{number.text}*]{{.invented}}"
        if number.kind in ("reproduced", "corrected") and not number.figure:
            return f"[{number.text}]{{.reproduced}}"
        if number.kind in ("reproduced", "corrected"):
            classes = ".reproduced" if number.kind == "reproduced" else ".reproduced .corrected"
            return f"[{number.text}]({register_page(self.study_id)}#{number.figure}){{{classes}}}"
        return number.text

    def other(self, text: str) -> str:
        """A number that no row of the register could hold: an interval, a test, a base."""
        return f"[*{text}*]{{.invented}}" if self.synthetic else text
