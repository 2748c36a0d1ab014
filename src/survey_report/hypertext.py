"""Outputs of cells as HTML, for whoever opens a notebook: Jupyter knows neither Pandoc's Markdown nor captions."""

from __future__ import annotations

import base64
import re
import subprocess
from collections.abc import Mapping
from functools import cache
from html import escape, unescape
from pathlib import Path

FILTER = Path(__file__).parent / "assets" / "notebook.lua"
READER = "markdown-yaml_metadata_block"
SVG = "image/svg+xml"


def shown(data: Mapping[str, str], carried: Mapping[str, object]) -> dict[str, str]:
    """An output's content as Jupyter can show it: HTML with the caption that it carries, and plain text."""
    caption, alt = (str(carried.get(name, "")) for name in ("caption", "alt"))
    if SVG in data:
        source = base64.b64encode(data[SVG].encode()).decode()
        image = f'<img alt="{escape(alt)}" src="data:{SVG};base64,{source}" style="max-width: 100%">'
        return {"text/html": _captioned(image, caption), "text/plain": alt}
    if "text/markdown" not in data:
        return dict(data)
    body = as_html(data["text/markdown"])
    plain = unescape(re.sub(r"<[^>]*>", "", body)).strip()
    return {"text/html": _captioned(body, caption), "text/plain": caption or plain}


def as_html(markdown: str) -> str:
    """Markdown as the stitchers know it as HTML that needs no page around it: links lead within it or to the web."""
    done = subprocess.run(
        [_pandoc(), "--from", READER, "--to", "html", "--wrap", "none", "--lua-filter", str(FILTER)],
        input=markdown, capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    return done.stdout


def _captioned(body: str, caption: str) -> str:
    if not caption:
        return body
    return f'<figure style="margin: 0"><figcaption><strong>{escape(caption)}</strong></figcaption>\n{body}</figure>'


@cache
def _pandoc() -> str:
    import pypandoc

    return str(pypandoc.get_pandoc_path())
