"""Plain text as Markdown that prints just that text, whoever wrote it.

Labels, titles, answers and names are text, never markup. Who writes a cell or a sentence puts them between words as
they are, and marks what is Markdown of its own with `marked`; `settled` escapes all the rest at the end. So a label
that nobody thought of is escaped, and a mark that somebody forgot shows on the page and does no harm.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable
from functools import wraps
from typing import ParamSpec, overload

P = ParamSpec("P")

# What nobody sees: controls, marks that turn the direction of writing, joiners without width, tags. The two joiners
# that Persian, Hindi and emoji need stay.
UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
BREAKS = re.compile(r"[ \t]*[\n\r\v\f\x85\u2028\u2029]+[ \t]*|\t")
MARKDOWN = re.compile(r"([\\*_`\[\]{}<>#@$^~|&]|-(?=-)|\.(?=\.\.))")
QUOTES = re.compile(r"([\"'])")
# What begins a list, a definition or a block where it stands first: the sign that decides is escaped.
START = re.compile(r"^(\s*)(?:([-+:%=])(?=[:=\s]|$)|(\(?\w{1,9})([.)])(?=\s|$))")

SIGNS = re.compile(r"[!-/:-@\[-`{-~]")

# Two words that no text of a study can hold, because every process makes up its own.
_TOKEN = secrets.token_hex(8)
_OPEN, _CLOSE = f"\ue000{_TOKEN}\ue000", f"\ue000{_TOKEN}\ue001"
_ENDS = re.compile(f"({_OPEN}|{_CLOSE})")


class Markdown(str):
    """Markdown that is finished: every text in it is escaped. For YAML, which knows no such texts, take its `str`."""

    __slots__ = ()


@overload
def visible(text: str) -> str: ...
@overload
def visible(text: object) -> object: ...
def visible(text: object) -> object:
    """A text without characters that nobody sees; other values as they are."""
    return text if not isinstance(text, str) or text.isprintable() else UNSEEN.sub("", text)


def typeset(text: str) -> Markdown:
    """A text on one line in which no character acts as Markdown: labels, titles, names. Its straight quotation marks
    are set as curved ones, as everywhere."""
    return Markdown(_beginning(_inert(text).strip(" ")))


def escaped(text: str) -> Markdown:
    """A text likewise, with quotation marks as they were typed: what somebody said, or what stands in print."""
    return Markdown(QUOTES.sub(r"\\\1", typeset(text)))


def marked(markdown: str) -> str:
    """Markdown to stand between words that are none."""
    return f"{_OPEN}{markdown}{_CLOSE}"


def bold(text: str) -> str:
    """Words in bold print."""
    return f"{marked('**')}{text}{marked('**')}" if text else ""


def italic(text: str) -> str:
    """Words in italics."""
    return f"{marked('*')}{text}{marked('*')}" if text else ""


def code(text: str) -> str:
    """The name of a file or a program; one that is more than letters, digits and usual signs is plain text."""
    return marked(f"`{text}`") if re.fullmatch(r"[\w./ +-]+", text) else text


def front_matter(text: str) -> str:
    """A plain text as Markdown between the double quotes of a value of a front matter."""
    return typeset(text).replace("\\", "\\\\").replace('"', '\\"')


def settled(text: str) -> Markdown:
    """Words and Markdown between them as Markdown: what is not marked is text."""
    if isinstance(text, Markdown):
        return text
    depth, made = 0, []
    for part in _ENDS.split(text):
        if part == _OPEN:
            depth += 1
        elif part == _CLOSE:
            depth -= 1
        elif part:
            made.append(part if depth else _inert(part))
    starts_with_text = bool(made) and not text.startswith(_OPEN)
    whole = "".join(made).strip(" ")
    return Markdown(_beginning(whole) if starts_with_text else whole)


def sentences(write: Callable[P, Iterable[str]]) -> Callable[P, list[str]]:
    """A function that writes sentences, with all of them settled."""

    @wraps(write)
    def settle(*args: P.args, **kwargs: P.kwargs) -> list[str]:
        return [settled(sentence) for sentence in write(*args, **kwargs)]

    return settle


def one_line(text: str) -> str:
    """A text without line breaks, and without characters that nobody sees."""
    return BREAKS.sub(" ", visible(text))


def plain_words(text: str) -> str:
    """A text on one line where no Markdown is read but shortcodes are: they are set apart."""
    return one_line(text).replace("{{<", "{ {<")


def in_attribute(text: str) -> str:
    """A text as Markdown between the quotation marks of an attribute, which prints just that text.

    Signs are written as numbers: a bracket in an attribute would close the brackets that the attribute stands in.
    """
    return SIGNS.sub(lambda found: f"&#{ord(found[0])};", plain_words(text))


def _inert(text: str) -> str:
    return MARKDOWN.sub(r"\\\1", one_line(text))


def _beginning(text: str) -> str:
    """A text whose first characters begin no list and no block."""
    return START.sub(lambda found: f"{found[1]}\\{found[2]}" if found[2] else f"{found[1]}{found[3]}\\{found[4]}", text)
