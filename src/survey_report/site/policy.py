"""What a page may load and run: its own scripts, pictures and styles, nothing from elsewhere, nothing from its text.

A net below the escaping of labels: whatever got into the text of a page as markup would run no script, send no form and
fetch nothing. Pages work from a disk as well, where some browsers do not count files as the page's own: hence `file:`.
"""

from __future__ import annotations

import base64
import hashlib
import re

SOURCES = "'self' file:"
POLICY = (
    "default-src 'none'; script-src {scripts}; style-src {own} 'unsafe-inline'; img-src {own} data:; "
    "font-src {own} data:; base-uri 'none'; form-action 'none'"
)
REFERRER = '<meta name="referrer" content="no-referrer">'
HEAD = re.compile(r"<head[^>]*>(?:\s*<meta charset=[^>]*>)?", re.I)
INLINE = re.compile(r"<script\b([^>]*)>(.*?)</script\s*>", re.I | re.S)
HANDLER = re.compile(r"""(<[a-zA-Z][^<>]*?)\son[a-z]+\s*=\s*(?:"[^"]*"|'[^']*')""")
# No policy keeps a page from `<meta http-equiv="refresh">`, and no page of ours has any such tag in its body.
META = re.compile(r"<(?=meta\b)", re.I)
KIND = re.compile(r"""\btype\s*=\s*["']?(?:text/javascript|application/javascript|module)\b""", re.I)


def with_policy(page: str) -> str:
    """A page that says so in its head; once is enough. What would send a reader elsewhere by itself is text.

    A script that an engine writes into the page itself is let through by its digest, unless it stands in the text.
    """
    head, body, rest = page.partition("<body")
    page = head + body + META.sub("&lt;", rest)
    if "Content-Security-Policy" in page.partition("<body")[0]:
        return page
    page = _without_handlers(page)
    scripts = " ".join([SOURCES, *(f"'sha256-{_digest(script)}'" for script in _own_scripts(page))])
    policy = POLICY.format(scripts=scripts, own=SOURCES)
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n{REFERRER}'
    return HEAD.sub(lambda found: f"{found[0]}\n{meta}", page, count=1)


def _without_handlers(page: str) -> str:
    """A page without the handlers that an engine writes into tags outside of the text: the policy would stop them, and
    the browser complain of each. Its menus open by its scripts."""
    before, start, rest = page.partition("<main")
    text, end, after = rest.rpartition("</main>")
    return "".join([HANDLER.sub(r"\1", before), start, text, end, HANDLER.sub(r"\1", after)])


def _own_scripts(page: str) -> list[str]:
    """The scripts that stand outside the text: before `<main>`, and after the last `</main>`."""
    before, start, rest = page.partition("<main")
    after = rest.rpartition("</main>")[2] if start else ""
    found = [script for part in (before, after) for script in INLINE.findall(part)]
    runs = (text for attributes, text in found if "src=" not in attributes and _is_script(attributes) and text.strip())
    return list(dict.fromkeys(runs))


def _is_script(attributes: str) -> bool:
    return "type" not in attributes.lower() or bool(KIND.search(attributes))


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.replace("\r\n", "\n").encode()).digest()).decode()
