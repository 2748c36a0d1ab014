"""Cells of CSV files that a spreadsheet may open: a text that would count as a formula is made harmless."""

from __future__ import annotations

import re

# What begins a formula in a spreadsheet, save for plain numbers; a tab or line break before it does not help. Texts
# with an apostrophe before it are marked as well, or they could not be told from those that were marked.
FORMULA = re.compile(r"'*\s*[=+\-@＝＋－＠]")
NUMBER = re.compile(r"[+-]?\d+(\.\d*)?%?")
MARK = "'"


def harmless(text: str) -> str:
    """The text, after an apostrophe where a spreadsheet would take it for a formula."""
    return MARK + text if FORMULA.match(text) and not NUMBER.fullmatch(text) else text


def as_given(text: str) -> str:
    """A text as it was before `harmless`."""
    rest = text.removeprefix(MARK)
    return rest if rest != text and harmless(rest) == text else text
