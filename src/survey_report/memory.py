"""What takes long to make, kept from one build to the next by the digest of what it was made from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from survey_report.files import write_text


def recall(record: Path, maker: str) -> dict[str, str]:
    """Texts by digest, as they were kept; none where the file cannot be read or another maker wrote it."""
    try:
        first, *lines = record.read_text(encoding="utf-8").split("\n")
    except (OSError, ValueError):
        return {}
    pairs = [line.partition("\t") for line in lines[:-1]]  # a file that was cut off ends within its last line
    return {digest: text for digest, _, text in pairs} if first == maker else {}


def remember(record: Path, maker: str, texts: Mapping[str, str]) -> None:
    """Keep texts by digest, in the place of those that were kept before. ValueError for a text of several lines."""
    if any("\n" in text for text in (maker, *texts.values())):
        raise ValueError(f"{record.name} keeps texts of one line")
    write_text(record, "\n".join([maker, *(f"{digest}\t{text}" for digest, text in texts.items())]) + "\n")
