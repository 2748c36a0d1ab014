"""What pages say, kept from one stitching to the next: most are the same, and reading takes longer than finding out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from survey_report.files import digest_bytes, digest_file
from survey_report.memory import recall, remember
from survey_report.site import reading
from survey_report.site.reading import Reading, Section, read_page


def read_pages(pages: Mapping[str, str], record: Path) -> dict[str, Reading]:
    """`read_page` of every page by name; those whose text is in `record` are taken from it, and it is written anew."""
    reader = digest_file(Path(reading.__file__))
    before = recall(record, reader)
    kept: dict[str, str] = {}
    found: dict[str, Reading] = {}
    for name, text in pages.items():
        key = digest_bytes(text.encode())
        found[name] = _reading(before[key]) if key in before else read_page(text)
        kept[key] = before[key] if key in before else json.dumps(asdict(found[name]), ensure_ascii=False)
    if kept.keys() != before.keys():
        remember(record, reader, kept)
    return found


def _reading(kept: str) -> Reading:
    one = json.loads(kept)
    return Reading(one["title"], [Section(**section) for section in one["sections"]], dict(one["captions"]))
