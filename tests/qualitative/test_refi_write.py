"""Writing REFI-QDA: what is written is read again as it was, and the same corpus gives the same bytes."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from made_corpora import corpora
from refi_files import assert_same

from survey_report.qualitative.corpus import CodeRecord, Corpus, ExcerptRecord, SourceRecord, assemble
from survey_report.qualitative.refi_qda import read_refi_qda
from survey_report.qualitative.refi_write import refi_qda_bytes, write_refi_qda


def small() -> Corpus:
    sources = [
        SourceRecord("Group 1", "Waits are long. 👍\nStaff are kind.", {"method": "focus group", "service": "health"}),
        SourceRecord("Answer 7", "They listen.", {"method": "survey"}),
    ]
    codes = [
        CodeRecord("s", "Services"),
        CodeRecord("w", "Waits", "s", "challenge"),
        CodeRecord("k", "Kindness", None, "improvement"),
    ]
    excerpts = [
        ExcerptRecord(0, "w", "ann", 0, 15),
        ExcerptRecord(0, "w", "bob", 0, 15),
        ExcerptRecord(0, "k", "bob", 18, 33),
        ExcerptRecord(1, "k", None, 0, 12),
    ]
    return assemble(sources, codes, excerpts)


@given(corpus=corpora())
@settings(max_examples=150, deadline=None)
def test_what_is_written_is_read_again(corpus: Corpus) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "c.qdpx"
        write_refi_qda(corpus, path, "A corpus")
        found = read_refi_qda(path)
    assert_same(found, corpus)


def test_the_same_bytes_in_another_process() -> None:
    script = "import sys, test_refi_write as t; sys.stdout.buffer.write(t.refi_qda_bytes(t.small(), 'A corpus'))"
    here = str(Path(__file__).parent)
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=here, env={"PYTHONHASHSEED": "7"}, capture_output=True, check=True
    )
    assert run.stdout == refi_qda_bytes(small(), "A corpus")
    # The bytes themselves: whatever changes them changes every committed corpus.
    assert hashlib.sha256(run.stdout).hexdigest()[:16] == "62d9c9b7924a488d"


def test_members_times_and_kind() -> None:
    with zipfile.ZipFile(io.BytesIO(refi_qda_bytes(small(), "A corpus"))) as archive:
        names = archive.namelist()
        assert names[0] == "project.qde"
        assert names[1:] == sorted(names[1:])
        assert len(names) == 3
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        xml = archive.read("project.qde").decode()
    assert '<User guid="' in xml
    assert 'name="Waits are long."' in xml
    assert 'typeOfVariable="Text"' in xml


def test_excerpts_that_are_no_stretch_of_a_text_are_refused() -> None:
    corpus = assemble([SourceRecord("s")], [CodeRecord("c", "c")], [ExcerptRecord(0, "c", None, None, None, "said")])
    with pytest.raises(ValueError, match="no stretch"):
        refi_qda_bytes(corpus, "x")
