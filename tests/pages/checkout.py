"""Copying the checkout, building it as the Makefile does, and digests of what came out."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from survey_report.verifying import copy_sources

ROOT = Path(__file__).parents[2]


def copy_checkout(target: Path, source: Path = ROOT) -> Path:
    """What `make report` reads, without anything that was built."""
    return copy_sources(source, target)


def build(
    folder: Path, export: str = "", study: str = "csrr-2023", corpus: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run the build as the Makefile does, with the interpreter of the tests and the embedded engine."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(folder / "src"),
        "SURVEY_REPORT_ENGINE": "embedded",
        "STUDY": study,
        "EXPORT": export,
        "CORPUS": corpus,
    }
    command = ["snakemake", "site", "--cores", "2", "--quiet", "all", "--nolock"]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def digests(folder: Path) -> dict[str, str]:
    """Digest of every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
