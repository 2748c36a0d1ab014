"""How numbers look in Markdown: upright and linked what reproduces a published figure, in italics what is invented."""

from __future__ import annotations

import re
from dataclasses import dataclass

from survey_report.escaping import marked, typeset
from survey_report.numbers import Number

NOTICE = "Synthetic data: no real answers."
PREFIX = "synthetic-"  # of the names of files for readers
KEY_OF = re.compile(r' data-key="[^"]*"')
# The type under which a notebook offers a chart again for a narrow window, beside the image that everybody knows.
# Quarto passes over types that it does not know, and takes the image.
NARROW_IMAGE = "application/vnd.survey-report.narrow-svg"
KEY = "Upright numbers reproduce published figures; numbers in italics are invented."


def register_page(study_id: str) -> str:
    """Project path of the page that holds the register of published figures."""
    return f"/report/{study_id}/register.qmd"


def unkeyed(markdown: str) -> str:
    """Numbers without their keys: in tables, where a stop of the keyboard at every cell would help nobody."""
    return KEY_OF.sub("", markdown)


@dataclass(frozen=True)
class Style:
    """Writes numbers as Markdown that both stitchers understand; the theme styles the class names.

    What it writes is marked to stand between words (see `escaping`). With `keyed`, each number carries its key, so that
    a page can say what it rests on.
    """

    study_id: str
    synthetic: bool
    keyed: bool = False

    def __call__(self, number: Number) -> str:
        """A number of the ledger with its mark."""
        text, key = typeset(number.text), f' data-key="{number.key}"' if self.keyed else ""
        if number.kind == "hidden":
            return marked(f"[{text}]{{.hidden-value{key}}}")
        if number.kind == "invented":
            return marked(f"[*{text}*]{{.invented{key}}}")
        if number.kind in ("reproduced", "corrected") and not number.figure:
            return marked(f"[{text}]{{.reproduced{key}}}")
        if number.kind in ("reproduced", "corrected"):
            classes = ".reproduced" if number.kind == "reproduced" else ".reproduced .corrected"
            return marked(f"[{text}]({register_page(self.study_id)}#{number.figure}){{{classes}{key}}}")
        return marked(f"[{text}]{{.number{key}}}") if key else number.text

    def other(self, text: str) -> str:
        """A number that no row of the register could hold: an interval, a test, a base."""
        return marked(f"[*{typeset(text)}*]{{.invented}}") if self.synthetic else text
