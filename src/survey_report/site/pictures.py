"""Charts of a page, drawn when they come near: a long report is there before its thirtieth chart is.

Each gets its size, so that nothing moves when it comes. Browsers that print a page draw all of it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

PICTURE = re.compile(r'<(img|source)\b(?![^>]*\b(?:loading|width)=)(?=[^>]*\b(?:src|srcset)="([^"]+\.svg)")')
SIZE = re.compile(r'<svg\b[^>]*?\bwidth="([\d.]+)pt"[^>]*?\bheight="([\d.]+)pt"', re.S)
HEAD = 1000  # characters of a file in which its size stands
PIXELS = 4 / 3  # in a point


def with_lazy_pictures(markup: str, folder: Path) -> str:
    """The page with each SVG picture's size, and told to wait; addresses are seen from `folder`."""
    return PICTURE.sub(_sized(folder), markup)


def _sized(folder: Path) -> Callable[[re.Match[str]], str]:
    def sized(found: re.Match[str]) -> str:
        tag, address = found[1], unquote(html.unescape(found[2]))
        file = folder / address
        size = SIZE.search(_head(file)) if "//" not in address and file.is_file() else None
        if size is None:
            return found[0]
        wide, high = (round(float(value) * PIXELS) for value in size.groups())
        wait = ' loading="lazy"' if tag == "img" else ""
        return f'<{tag}{wait} width="{wide}" height="{high}"'

    return sized


def _head(file: Path) -> str:
    with file.open(encoding="utf-8") as handle:
        return handle.read(HEAD)
