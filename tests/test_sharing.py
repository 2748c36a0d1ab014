"""What tests share is made once, whole, and seen to change."""

from __future__ import annotations

import os
from multiprocessing import get_context
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sharing import GIVEN, Sharing, state


def sharing(folder: Path) -> Sharing:
    """As a process has it that was told of the folder."""
    config: Any = SimpleNamespace(workerinput={GIVEN: str(folder)})
    return Sharing(config)


def note(folder: Path) -> None:
    (folder / "maker").write_text(str(os.getpid()), encoding="utf-8")


def ask(folder: Path) -> str:
    return (sharing(folder).once("x", note) / "maker").read_text(encoding="utf-8")


def test_processes_have_one_and_the_same(tmp_path: Path) -> None:
    with get_context("spawn").Pool(2) as pool:
        assert len(set(pool.map(ask, [tmp_path] * 4, chunksize=1))) == 1


def test_what_failed_is_made_again_from_nothing(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").touch()
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        sharing(tmp_path).once("x", fail)
    assert [path.name for path in sharing(tmp_path).once("x", note).iterdir()] == ["maker"]


def test_a_change_is_seen(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "page.html").write_text("as it was", encoding="utf-8")
    before = state(tmp_path)
    assert list(before) == ["a/page.html"]
    for change in (lambda file: file.write_text("not so", encoding="utf-8"), lambda file: file.unlink()):
        change(tmp_path / "a" / "page.html")
        assert state(tmp_path) != before
