"""The two engines side by side, where a real Quarto is at hand."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

QUARTO = os.environ.get("QUARTO") or shutil.which("quarto")
SAMPLE = Path(__file__).parent / "sample"
# Facts of HTML that both engines must agree on, whatever the versions of Quarto and Pandoc.
SAME = ("headings", "captions", "refs", "unresolved", "images", "tables", "callouts", "tabsets", "footnotes", "toc")


@pytest.mark.slow
@pytest.mark.quarto
@pytest.mark.skipif(not QUARTO, reason="no quarto program on PATH or in QUARTO")
def test_both_engines_agree(sample: Path, outline: ModuleType, tmp_path: Path) -> None:
    root = tmp_path / "quarto"
    shutil.copytree(SAMPLE, root)
    done = subprocess.run(
        [str(QUARTO), "render", "--to", "html"], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    theirs = outline.project_outline(root, root / "_site")
    ours = outline.project_outline(sample, sample / "_site")
    for name in ("report/full", "report/summary", "report/supplement"):
        for key in SAME:
            pair = [re.sub(r"\s+", " ", str(facts[name]["html"].get(key))) for facts in (theirs, ours)]
            assert pair[0] == pair[1], (name, key)
