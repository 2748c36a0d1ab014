"""Where a rendering's files lie. A rendering is a study, an export and coded material; two never share a folder."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

# The study whose report the checkout itself is set up for, and whose site is `_site`.
DEFAULT_STUDY = "csrr-2023"


@dataclass(frozen=True)
class Places:
    """Folders of one rendering, relative to the checkout: what is built, and the finished site."""

    build: Path
    site: Path

    @property
    def index(self) -> Path:
        """The first page of the site."""
        return self.site / "index.html"


def places(study_id: str, export: str, corpus: str = "", default_study: str = DEFAULT_STUDY) -> Places:
    """Folders of a rendering; `export` and `corpus` are empty for the study's own.

    Two files of one name in two folders have two renderings: the place enters as a short digest.
    """
    name = study_id
    for file in filter(None, (export, corpus)):
        path = Path(file)
        stem = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-") or "export"
        name = f"{name}-{stem}-{hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:6]}"
    build = Path("_build") / name
    return Places(build, Path("_site") if name == default_study else build / "site")
