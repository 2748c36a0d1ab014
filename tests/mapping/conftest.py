"""A copy of the shipped study, into which mappings may be written."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from survey_report.study import Study
from survey_report.study_load import load_study


@pytest.fixture
def own_study(study: Study, tmp_path: Path) -> Study:
    folder = tmp_path / study.folder.name
    shutil.copytree(study.folder, folder, ignore=shutil.ignore_patterns("own"))
    return load_study(folder)
