"""Files that are written whole or not at all, and digests of files."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from survey_report import provenance
from survey_report.files import digest_files, write_json


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_the_digest_of_files_is_over_names_and_contents_in_order_of_names(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "b.csv").write_bytes(b"1\n")
    (tmp_path / "sub" / "a.csv").write_bytes(b"2\n")
    one, two = sha(b"1\n"), sha(b"2\n")
    found = digest_files([tmp_path / "sub" / "a.csv", tmp_path / "b.csv"], tmp_path)
    assert found == sha(f"b.csv\0{one}\nsub/a.csv\0{two}\n".encode())
    (tmp_path / "b.csv").rename(tmp_path / "c.csv")
    assert digest_files([tmp_path / "sub" / "a.csv", tmp_path / "c.csv"], tmp_path) != found


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_that_json_does_not_know_are_refused_and_leave_the_file_as_it_was(tmp_path: Path, value: float) -> None:
    path = tmp_path / "numbers.json"
    write_json(path, {"b": 1, "a": "é"})
    before = path.read_bytes()
    assert before == '{\n "a": "é",\n "b": 1\n}\n'.encode()
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(path, {"a": value})
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {"numbers.json": before}


def test_the_digest_of_the_code_changes_with_any_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provenance, "__file__", str(tmp_path / "provenance.py"))
    (tmp_path / "sub").mkdir()
    seen = set()
    for name, content in (("one.py", "1"), ("sub/two.py", "2"), ("one.py", "3"), ("sub/two.py", "4")):
        (tmp_path / name).write_text(content, encoding="utf-8")
        seen.add(provenance.code_digest())
    assert len(seen) == 4


def test_the_digest_of_the_lock_is_that_of_its_file(tmp_path: Path) -> None:
    assert provenance.lock_digest(tmp_path) == "no lock file"
    (tmp_path / "requirements.lock").write_bytes(b"pandas==2\n")
    assert provenance.lock_digest(tmp_path) == sha(b"pandas==2\n")
