"""What pages say, kept from one stitching to the next: most are the same, and reading takes longer than finding out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from survey_report.files import digest_bytes, digest_file, write_text
from survey_report.site import reading
from survey_report.site.reading import Reading, Section, read_page


def read_pages(pages: Mapping[str, str], record: Path) -> dict[str, Reading]:
    """`read_page` of every page by name; those whose text is in `record` are taken from it, and it is written anew."""
    reader = digest_file(Path(reading.__file__))
    before = _kept(record, reader)
    keys = {name: digest_bytes(text.encode()) for name, text in pages.items()}
    found = {name: before[key] if (key := keys[name]) in before else read_page(pages[name]) for name in pages}
    if any(key not in before for key in keys.values()) or len(before) != len(set(keys.values())):
        content = {keys[name]: asdict(one) for name, one in sorted(found.items())}
        write_text(record, json.dumps({"reader": reader, "pages": content}, ensure_ascii=False) + "\n")
    return found


def _kept(record: Path, reader: str) -> dict[str, Reading]:
    """Readings by the digest of a page's text; none where the record cannot be read or another reader wrote it."""
    try:
        content = json.loads(record.read_text(encoding="utf-8"))
        return {key: _reading(one) for key, one in content["pages"].items()} if content["reader"] == reader else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _reading(one: Mapping[str, Any]) -> Reading:
    return Reading(one["title"], [Section(**section) for section in one["sections"]], dict(one["captions"]))
