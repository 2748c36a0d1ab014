"""Data for the scripts of a page, written so that they can stand in HTML and in a script alike."""

from __future__ import annotations

import json
from typing import Any

UNSAFE = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def compact(content: Any) -> str:
    """JSON in one line, with no character that would end a script element."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False).translate(UNSAFE)


def assignment(name: str, content: Any) -> str:
    """A script that puts the data under a name of the window."""
    return f"window.{name}={compact(content)};\n"
