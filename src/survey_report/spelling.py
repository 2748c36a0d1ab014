"""Spellings that are taken for one: case, white space, apostrophes, quotation marks and dashes make no difference."""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

APOSTROPHES = "‘’‚‛ʼʹʻʽˈ′´`＇‹›"
QUOTES = "“”„‟«»″〝〞＂"
DASHES = "‐‑‒–—―−﹘﹣－"
# Soft hyphens and marks of no width, which nobody sees.
UNSEEN = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
ALIKE = str.maketrans(
    {
        **dict.fromkeys(APOSTROPHES, "'"),
        **dict.fromkeys(QUOTES, '"'),
        **dict.fromkeys(DASHES, "-"),
        **dict.fromkeys(UNSEEN, ""),
    }
)


def spelling(text: str) -> str:
    """The text as it is compared: what is left when the differences that do not count are taken away.

    Canonical caseless matching of the Unicode standard (section 3.13, D145), with marks and white space folded.
    """
    plain = text.casefold() if text.isascii() else _canonical(_canonical(text).casefold())
    return " ".join(plain.translate(ALIKE).split())


def _canonical(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def meant(texts: pd.Series[str], meanings: Mapping[str, Any]) -> pd.Series:
    """What each text of a column means, by its spelling (keys of `meanings`); missing where it means nothing."""
    found = {text: meanings[spelled] for text in texts.unique() if (spelled := spelling(text)) in meanings}
    return texts.map(found)


def strange(texts: pd.Series[str], known: Container[str]) -> pd.Series[str]:
    """Those texts of a column that are not blank and whose spelling is not known."""
    unknown = [text for text in texts.unique() if text and spelling(text) not in known]
    return texts[texts.isin(unknown)] if unknown else texts.iloc[:0]


def is_one_of(texts: pd.Series[str], known: Container[str]) -> pd.Series[bool]:
    """Whether each text of a column has one of the spellings."""
    return texts.isin([text for text in texts.unique() if spelling(text) in known])
