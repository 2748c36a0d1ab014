"""Which code and programs made a rendering: digests and versions, no times and no paths."""

from __future__ import annotations

import platform
from importlib.metadata import version
from pathlib import Path

from survey_report.files import digest_file, digest_files

PROGRAMS = ("ipykernel", "matplotlib", "numpy", "pandas", "papermill", "pyarrow", "scipy", "seaborn", "statsmodels")
LOCK = "requirements.lock"


def code_digest() -> str:
    """One digest over the package's modules."""
    folder = Path(__file__).parent
    return digest_files(folder.rglob("*.py"), folder)


def lock_digest(root: Path) -> str:
    """Digest of the lock file that says which versions were installed; a word where there is none."""
    path = root / LOCK
    return digest_file(path) if path.is_file() else "no lock file"


def versions() -> list[tuple[str, str]]:
    """Python and the packages that compute results, with their versions."""
    return [("Python", platform.python_version()), *((name, version(name)) for name in PROGRAMS)]
