"""Small pieces of sentences: counts in words, listings, first letters."""

from __future__ import annotations

from collections.abc import Iterable

WORDS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]


def in_words(count: int) -> str:
    """Small counts in words."""
    return WORDS[count] if 0 <= count < len(WORDS) else f"{count:,}"


def listing(parts: Iterable[str], last: str = "and") -> str:
    """`a, b and c`."""
    items = list(parts)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}" if items else ""


def capital(text: str) -> str:
    """The text with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def uncapital(text: str) -> str:
    """A title inside a sentence: its first letter in lower case, unless it is that of an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
