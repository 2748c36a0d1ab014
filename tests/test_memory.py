"""What is kept from one build to the next counts only whole, and only from the same maker."""

from __future__ import annotations

from pathlib import Path

import pytest

from survey_report.memory import recall, remember

TEXTS = {"1a": "one\twith a tab", "2b": "", "3c": "three \u2028 \u00e9"}


@pytest.fixture
def record(tmp_path: Path) -> Path:
    remember(tmp_path / "folder" / "x.kept", "maker 1", TEXTS)
    return tmp_path / "folder" / "x.kept"


def test_what_is_kept_comes_back(record: Path) -> None:
    assert recall(record, "maker 1") == TEXTS
    remember(record, "maker 1", {"4d": "four"})
    assert recall(record, "maker 1") == {"4d": "four"}


def test_another_maker_starts_anew(record: Path) -> None:
    assert recall(record, "maker 2") == {}


def test_what_was_cut_off_does_not_count(record: Path) -> None:
    whole = record.read_text(encoding="utf-8")
    record.write_text(whole[:-2], encoding="utf-8")
    assert recall(record, "maker 1") == {name: TEXTS[name] for name in ("1a", "2b")}
    for spoilt in ("", "maker 1"):
        record.write_text(spoilt, encoding="utf-8")
        assert recall(record, "maker 1") == {}
    record.write_bytes(b"\xff\xfe")
    assert recall(record, "maker 1") == {}
    record.unlink()
    assert recall(record, "maker 1") == {}


def test_a_text_of_several_lines_is_refused(record: Path) -> None:
    with pytest.raises(ValueError, match="one line"):
        remember(record, "maker 1", {"5e": "a\nb"})
    assert recall(record, "maker 1") == TEXTS
