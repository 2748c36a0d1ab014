"""A fresh copy of the checkout, built once for all tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from checkout import build, copy_checkout


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout after one build. Tests that change it put it back."""
    folder = copy_checkout(tmp_path_factory.mktemp("first") / "checkout")
    done = build(folder)
    assert done.returncode == 0, done.stderr[-3000:]
    return folder
