"""Plain text as Markdown that prints just that text, whoever wrote it."""

from __future__ import annotations

import re

MARKDOWN = re.compile(r"([\\*_`\[\]{}<>#@$^~\"'|])")


def escaped(text: str) -> str:
    """A text in which no character acts as Markdown: labels, titles, answers and names are text, never markup."""
    return MARKDOWN.sub(r"\\\1", text)


def typeset(text: str) -> str:
    """A text likewise, but for quotation marks and apostrophes, which are set as curved ones."""
    return escaped(text).replace("\\'", "'").replace('\\"', '"')
